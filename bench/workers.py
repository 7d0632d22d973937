"""Real workers and a real web server on the bench's own data, and what they take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.processes import run_manage, running


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
    with running(log, "manage.py", "serve", part, **own(), **more) as process:
        yield process.pid


def memory(pid: int) -> int:
    """Bytes that a process holds, also those that it shares with the one that it came from until it writes to them."""
    text = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in text.splitlines() if line.startswith("VmRSS:"))
    return 1024 * int(line.split()[1])


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))
