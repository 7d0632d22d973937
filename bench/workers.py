"""Real workers and a real web server on the bench's own data, and what they take."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.processes import ROOT, environment, run_manage

STARTED_WITHIN = 30
ENDED_WITHIN = 20
"""Seconds."""


def own() -> dict[str, str]:
    """The settings by which a process works on the data of the bench."""
    return {
        "DATA_DIR": str(settings.DATA_DIR),
        "STATIC_DIR": str(settings.DATA_DIR / "static"),
        "SECRET_KEY": settings.SECRET_KEY,
        "ENCRYPTION_KEYS": settings.ENCRYPTION_KEYS,
        "DATABASE_URL": f"sqlite:///{settings.DATABASES['default']['NAME']}",
    }


def collect_static() -> None:
    """The files that a web server does not start without."""
    done = run_manage("collectstatic", "--no-input", "--verbosity", "0", **own())
    assert done.returncode == 0, done.stderr


@contextmanager
def serving(part: str, log: Path, **more: str) -> Iterator[int]:
    """`manage.py serve PART` on the data of the bench; yields its process id."""
    chosen = environment(**own(), **more)
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", part],
            cwd=ROOT,
            env=chosen,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=ENDED_WITHIN)


def children(pid: int) -> list[int]:
    """The processes that this one has started, and those that they have."""
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    direct = [int(line) for line in listed.split()]
    return direct + [each for child in direct for each in children(child)]


def memory(pid: int) -> int:
    """Bytes that a process holds, also those that it shares with the one that it came from until it writes to them."""
    text = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in text.splitlines() if line.startswith("VmRSS:"))
    return 1024 * int(line.split()[1])


def wait_for(what: str, happened: Callable[[], bool], *, within: float = STARTED_WITHIN) -> None:
    """Until `happened()` is true; fails after so many seconds."""
    until = time.monotonic() + within
    while not happened():
        assert time.monotonic() < until, f"{what} did not happen within {within:.0f} seconds"
        time.sleep(0.2)


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))
