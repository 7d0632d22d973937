"""`python -m designer.healthcheck [web | worker | beat]`: exit code 0 where that part works. For containers."""

import http.client
import sys
from urllib.parse import urlsplit

from designer.config import env
from designer.processes import heartbeat


def main(part: str = "web") -> int:
    """The server is asked; the others leave signs of life while they are connected to the broker."""
    settings = env.read()
    if part == "web":
        return 0 if _answers(settings) else 1
    return 0 if heartbeat.is_recent(settings.data_dir, part) else 1


def _answers(settings: env.Environment) -> bool:
    """Ask the local port under the public name, which is the only one that the server answers to."""
    public = urlsplit(settings.public_url)
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": public.netloc})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
