"""`python -m designer.healthcheck`: exit code 0 where the server on this machine answers. For containers."""

import http.client
import sys
from urllib.parse import urlsplit

from designer import env


def main() -> int:
    """Ask the local port under the public name, which is the only one that the server answers to."""
    settings = env.read()
    public = urlsplit(settings.public_url)
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": public.netloc})
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
