"""Rows that were found wrong: listed, and corrected one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db import transaction

from profiles.exceptions import BulkError
from profiles.models import BulkResult, BulkRun, HandOut, Recipient, RecipientState, RunState, User
from profiles.policy import Action, require
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.bulk.checking import judge_row, twice
from profiles.services.bulk.press import press_of
from profiles.services.bulk.rows import cells_of, put_cells, sound_cells_of
from profiles.services.pages import LongPage, page_of

TO_MEND: Final = (RecipientState.INVALID, RecipientState.FAILED)
"""States of rows that somebody has to look at."""

CORRECTABLE: Final = (RunState.CHECKED, RunState.PAUSED, RunState.CANCELLED, RunState.FINISHED)
"""States of runs in which nobody else changes rows."""


def wrong_rows(run: BulkRun, page: int | str = 1) -> LongPage:
    """One page of the rows that are invalid or have failed, in the order of the list."""
    rows = run.recipients.filter(state__in=TO_MEND).defer("sealed").order_by("row")
    return page_of(rows, page)


def every_wrong_row(run: BulkRun) -> Iterator[tuple[Recipient, list[str]]]:
    """All of them with their cells, none where a row is damaged; raises EncryptionError."""
    for row in run.recipients.filter(state__in=TO_MEND).order_by("row").iterator(chunk_size=500):
        yield row, sound_cells_of(row) or []


def find_row(*, user: User, run: BulkRun, number: int) -> Recipient:
    """That row, which is to be corrected; raises Recipient.DoesNotExist, BulkError while others change rows."""
    require(user, Action.HAND_OUT, run.team_id)
    _require_quiet(run)
    return run.recipients.filter(state__in=TO_MEND).get(row=number)


@transaction.atomic
def correct(*, actor: User, run: BulkRun, number: int, cells: Mapping[int, str]) -> Recipient:
    """Put other texts into columns of a row, by their numbers, and check it; it may be invalid still."""
    run = BulkRun.objects.for_user(actor).select_for_update(of=("self",)).get(pk=run.pk)
    row = find_row(user=actor, run=run, number=number)
    mended = [cells.get(place, cell) for place, cell in enumerate(_padded(run, cells_of(row)))]
    put_cells(row, mended)
    judge_row(run, row, press=press_of(run))
    others = run.recipients.filter(uuid=row.uuid).exclude(pk=row.pk).exclude(state=RecipientState.INVALID)
    if row.state == RecipientState.READY and others.exists():
        row.state, row.reason = RecipientState.INVALID, twice(run)
    row.save()
    # What it was to get before may have gone to somebody else.
    BulkResult.objects.filter(recipient=row).delete()
    HandOut.objects.filter(recipient=row).delete()
    audit.record(Event.RUN_CORRECTED, actor=actor, team_id=run.team_id, subject=run, detail=f"row {row.row}")
    return row


def _padded(run: BulkRun, cells: Sequence[str]) -> list[str]:
    """As many cells as there are columns: what was too much belongs nowhere."""
    return [*cells, *([""] * len(run.columns))][: len(run.columns)]


def _require_quiet(run: BulkRun) -> None:
    if run.is_worked_on:
        raise BulkError("Workers have this list in hand. Wait until they are done, or pause the run.")
    if run.state not in CORRECTABLE:
        raise BulkError("Rows of this run cannot be corrected any more.")
