"""Real processes for tests: `manage.py` and the web server, with data and keys of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from designer.env import NAMES

ROOT = Path(__file__).resolve().parent.parent


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with the given settings alone: nothing of the tests' own, and no `.env`."""
    inherited = {name: text for name, text in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return inherited | dict.fromkeys(NAMES, "") | settings


def run_manage(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`python manage.py …` to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(log: Path, **settings: str) -> Iterator[str]:
    """`manage.py serve` on a free port; yields its address. What it prints goes to `log`."""
    port = free_port()
    settings = {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"} | settings
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment(**settings),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            public = urlsplit(settings["PUBLIC_URL"]).netloc
            request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": public})
            _wait_until_healthy(process, request, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], request: urllib.request.Request, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{log.read_text()}")
