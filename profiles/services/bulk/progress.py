"""How far a run has come, how fast it goes, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max
from django.utils import timezone

from profiles.models import BulkRun, Pulse, RecipientState, RunState
from profiles.models.recipient import WARNED
from profiles.services.bulk import claims
from profiles.services.bulk.work import PULSE, is_disk_full

SILENT_AFTER: Final = timedelta(seconds=20)
"""Workers leave a sign of life every few seconds; after this long without any there are none."""

LATE_AFTER: Final = timedelta(seconds=5)
"""A chunk takes a second or two."""

SETTLED_AFTER: Final = timedelta(seconds=2)
"""Before that, a rate says more about luck than about the run."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A moment of a run.

    counts      state of a recipient -> how many
    warned      how many rows have warnings, and can be made all the same
    rate        recipients a second since the run was started or gone on with; 0 while that is not known
    waits_for   what keeps it from going on, in a sentence; empty while it goes on
    """

    counts: Mapping[str, int]
    warned: int
    total: int
    past: int
    rate: float
    seconds_left: int | None
    waits_for: str

    @property
    def percent(self) -> int:
        """How much is past, rounded down, so that 100 means all."""
        return 100 * self.past // self.total if self.total else 0

    @property
    def rows(self) -> int:
        """How many rows the list has."""
        return sum(self.counts.values())

    def count(self, state: RecipientState) -> int:
        """How many there are in that state."""
        return self.counts.get(state, 0)


def progress_of(run: BulkRun, *, at: datetime | None = None) -> Progress:
    """The moment of `at`, which is now."""
    now = at or timezone.now()
    counts = run.totals if run.state == RunState.EXPIRED else counted(run)
    total, past = _scope(run, counts)
    rate = _rate(run, past, now)
    left = total - past
    return Progress(
        counts=counts,
        warned=warned(run),
        total=total,
        past=past,
        rate=rate,
        seconds_left=round(left / rate) if rate and run.is_worked_on else None,
        waits_for=_obstacle(run, left, now),
    )


def counted(run: BulkRun) -> dict[str, int]:
    """How many recipients are in each state."""
    return dict(run.recipients.order_by().values_list("state").annotate(Count("id")))


def warned(run: BulkRun) -> int:
    """How many rows have warnings, and can be made all the same."""
    return run.recipients.filter(WARNED).exclude(state=RecipientState.INVALID).count()


def with_warnings(number: int) -> str:
    """ "2 rows with warnings"."""
    return f"{number:,} row{'' if number == 1 else 's'} with warnings"


def _scope(run: BulkRun, counts: Mapping[str, int]) -> tuple[int, int]:
    """What there is to do in this state, and how much of it is past: rows to check, or profiles to make."""
    everything = sum(counts.values())
    if run.state in (RunState.DRAFT, RunState.CHECKING, RunState.CHECKED):
        return everything, everything - counts.get(RecipientState.NEW, 0)
    past = counts.get(RecipientState.DONE, 0) + counts.get(RecipientState.FAILED, 0)
    return everything - counts.get(RecipientState.INVALID, 0), past


def _rate(run: BulkRun, past: int, now: datetime) -> float:
    if not run.is_worked_on or run.counted_from is None or now - run.counted_from < SETTLED_AFTER:
        return 0.0
    return max(0, past - run.counted) / (now - run.counted_from).total_seconds()


def _obstacle(run: BulkRun, left: int, now: datetime) -> str:
    """The first thing that stands in the way, if it should go on and does not."""
    if run.notice:
        return run.notice
    if not run.is_worked_on or not left:
        return ""
    if is_disk_full():
        return "The disk is full. Free some space; this goes on by itself then."
    until = claims.in_hand(run, at=now).aggregate(until=Max("claimed_until"))["until"]
    if until is not None:
        # What was finished before it was started, or gone on with, says nothing.
        quiet = max(filter(None, [run.progressed_at, run.counted_from]), default=now)
        if now - quiet > LATE_AFTER:
            seconds = max(1, round((until - now).total_seconds()))
            within = f"{seconds} second{'s' if seconds > 1 else ''}"
            return f"A worker has not finished what it took. Another takes over in {within}."
        return ""
    if not is_worker_alive(at=now):
        return "No worker has answered lately. Start one, or look at its log; this goes on by itself then."
    return ""


def is_worker_alive(*, at: datetime | None = None) -> bool:
    """Has a worker left a sign of life lately?"""
    age = pulse_age(at=at)
    return age is not None and age < SILENT_AFTER


def pulse_age(*, at: datetime | None = None) -> timedelta | None:
    """How long ago a worker left its last sign of life; None for never."""
    last = Pulse.objects.filter(name=PULSE).values_list("at", flat=True).first()
    return None if last is None else (at or timezone.now()) - last
