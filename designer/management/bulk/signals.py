"""Being stopped: at a good moment, and with everything cleaned up."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_STOPPING: Final = (signal.SIGTERM, signal.SIGHUP)
_HELD_BACK: Final = (signal.SIGINT, *_STOPPING)


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """SIGTERM and SIGHUP end the process by way of `finally`, as Ctrl-C does."""
    # Who started this with nohup wants it to go on.
    kept = [(each, signal.getsignal(each)) for each in _STOPPING]
    changed = [(each, handler) for each, handler in kept if handler is not signal.SIG_IGN]
    for each, _ in changed:
        signal.signal(each, _end)
    try:
        yield
    finally:
        for each, handler in changed:
            signal.signal(each, handler)


@contextmanager
def held_back() -> Iterator[None]:
    """Whoever wants to stop this has to wait until the end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD_BACK)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(number: int, frame: Any) -> None:
    sys.exit(128 + number)
