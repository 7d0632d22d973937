"""Ends a worker that has gone deaf, so that whoever runs it starts it again.

After a broker was away, a worker may seem to be connected, take no message ever after, and believe that it is doing
what it has long done. Only that messages wait and none comes in tells.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from celery.signals import task_postrun, task_prerun, task_received
from django.conf import settings
from kombu.exceptions import OperationalError

from designer.celery import app
from designer.processes.heartbeat import run_folder
from designer.processes.queue_length import waiting

INTERVAL: Final = 5
"""Seconds between two looks, which take milliseconds."""

PATIENCE: Final = 30
"""Seconds without a message while some wait and nothing is being done."""

PATIENCE_AT_WORK: Final = 600
"""The same while something is being done, which may take all processes."""

LAST_WORDS: Final = 10
"""Seconds that it gets to end by itself."""

logger = logging.getLogger(__name__)


class Watchdog:
    """Looks from the loop of the worker, between two messages: a thread of its own could be in the middle of talking to
    the broker, and hold its locks, when the worker forks.
    """

    def __init__(self) -> None:
        self._heard = time.monotonic()

    def start(self, consumer: Any) -> None:
        """From now on, for as long as this connection lasts, where there is a loop that could go deaf."""
        if consumer.hub is None:
            return
        self._heard = time.monotonic()
        task_received.connect(self._hear)
        consumer.timer.call_repeatedly(INTERVAL, self._look)

    def _hear(self, **about: Any) -> None:
        self._heard = time.monotonic()

    def _look(self) -> None:
        if not self.is_deaf():
            return
        logger.error("Messages wait, and this worker takes none: it ends, to be started again.")
        os.kill(os.getpid(), signal.SIGTERM)
        last = threading.Timer(LAST_WORDS, os.kill, (os.getpid(), signal.SIGKILL))
        last.daemon = True
        last.start()

    def is_deaf(self) -> bool:
        """Have messages waited for too long?"""
        if not _is_one_waiting():
            self._heard = time.monotonic()
        patience = PATIENCE_AT_WORK if is_at_work() else PATIENCE
        return time.monotonic() - self._heard > patience


def is_at_work() -> bool:
    """Is any of the processes of this worker doing something?"""
    return any(_is_alive(int(mark.name)) for mark in _marks().glob("*"))


def clear_marks() -> None:
    """To be called before a worker has processes: what others left that were killed may bear the id of anything now."""
    shutil.rmtree(_marks(), ignore_errors=True)


@task_prerun.connect
def _begin(**about: Any) -> None:
    """In the process that does it: Celery tells the one that looks after them nothing that it could rely on."""
    with suppress(OSError):
        _marks().mkdir(mode=0o700, exist_ok=True)
        _mark().touch(mode=0o600)


@task_postrun.connect
def _end(**about: Any) -> None:
    with suppress(OSError):
        _mark().unlink(missing_ok=True)


def _marks() -> Path:
    """A file for each process that is doing something, named by its id."""
    return run_folder(settings.DATA_DIR) / "at-work"


def _mark() -> Path:
    return _marks() / str(os.getpid())


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        # Gone, and its id perhaps given to a process of somebody else.
        return False
    return True


def _is_one_waiting() -> bool:
    """Does the broker hold a message for us? Not while it cannot be reached."""
    connection: Any
    with app.connection_for_read() as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0)
            return waiting(connection) > 0
        except (OperationalError, *connection.connection_errors):
            return False
