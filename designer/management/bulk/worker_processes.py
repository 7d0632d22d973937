"""Processes of their own that work on a run together with this one."""

from __future__ import annotations

import multiprocessing
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import django

PAUSE: Final = 0.1
"""Seconds until somebody who found nothing to do looks again."""


@contextmanager
def at_work(run_id: uuid.UUID, count: int) -> Iterator[None]:
    """So many of them, as long as this lasts."""
    # Not forked: what they would share, a connection and its state, is not to be shared.
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_help, args=(run_id,), daemon=True) for _ in range(count)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        # What one has in hand is rolled back, and its claim has nobody to keep.
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _help(run_id: uuid.UUID) -> None:
    # Ctrl-C reaches all processes of a terminal; the one that people started decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
    from django.db import Error as AnyDatabaseError  # noqa: PLC0415 - after setup

    from designer.management.arguments import leave_pool  # noqa: PLC0415
    from designer.processes.parent_watch import end_with_parent  # noqa: PLC0415
    from profiles.services import audit  # noqa: PLC0415
    from profiles.services.bulk.work import work  # noqa: PLC0415

    end_with_parent()
    leave_pool()
    # The others go on alone.
    with audit.acting_from("command line"), suppress(AnyDatabaseError):
        while True:
            if not work(run_id):
                time.sleep(PAUSE)
