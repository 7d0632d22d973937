"""A run worked on here, until it is in another state."""

from __future__ import annotations

import time
from typing import Final

from django.core.management.base import CommandError

from designer.management.bulk.progress_bar import Update
from designer.management.bulk.worker_processes import PAUSE
from profiles.models import BulkRun, RunState
from profiles.services.bulk.progress import progress_of
from profiles.services.bulk.work import work

TURN: Final = 0.5
"""Seconds between two looks at how far it has come."""

PATIENCE: Final = 60.0
"""Seconds without any progress; what a worker that was killed had in hand is free again before."""


def work_through(run: BulkRun, aim: RunState, update: Update) -> None:
    """Work on the run until it is in the state `aim`; raises CommandError where it does not get there."""
    before, past, moved = run.state, -1, time.monotonic()
    while run.state == before:
        has_more = work(run.pk, seconds=TURN)
        try:
            run.refresh_from_db()
        except BulkRun.DoesNotExist:
            raise CommandError("Somebody has deleted the run on its page meanwhile.") from None
        now = progress_of(run).past
        if now > past:
            past, moved = now, time.monotonic()
            update(past)
        if run.state == before and not has_more:
            _require_patience(run, moved)
            time.sleep(PAUSE)
    if run.state != aim:
        raise CommandError(run.notice or "Somebody has halted the run on its page meanwhile.")


def _require_patience(run: BulkRun, moved: float) -> None:
    if time.monotonic() - moved > PATIENCE:
        raise CommandError(run.notice or f"Nothing has moved for {PATIENCE:.0f} seconds, so this gives up.")
