"""Nobody is left behind: a process ends when the one that started it is gone, however that ended."""

import os
import signal
import threading
import time

INTERVAL = 0.5
"""Seconds between two looks."""


def end_with_parent(parent: int | None = None) -> None:
    """From now on look after the process that started this one, and stop as by SIGTERM once that is another one."""
    expected = os.getppid() if parent is None else parent
    threading.Thread(target=_watch, args=(expected,), name="end-with-parent", daemon=True).start()


def _watch(expected: int) -> None:
    while os.getppid() == expected:
        time.sleep(INTERVAL)
    os.kill(os.getpid(), signal.SIGTERM)
