"""Rows to look at, since they are wrong or doubtful: listed, and corrected one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from profiles.exceptions import BulkError
from profiles.models import BulkResult, BulkRun, HandOut, Recipient, RecipientState, RunState, User
from profiles.models.recipient import TO_LOOK_AT
from profiles.policy import Action, require
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.bulk.checking import judge_row, twice
from profiles.services.bulk.rows import cells_of, put_cells, sound_cells_of
from profiles.services.bulk.templates import press_of
from profiles.services.pagination import LongPage, page_of

OPEN: Final = (RecipientState.INVALID, RecipientState.FAILED, RecipientState.READY)
"""States of rows that can be corrected, as long as nothing was made of them."""

CORRECTABLE: Final = (RunState.CHECKED, RunState.PAUSED, RunState.CANCELLED, RunState.FINISHED)
"""States of runs in which nobody else changes rows."""


def rows_to_look_at(run: BulkRun, page: int | str = 1) -> LongPage:
    """One page of the rows that are invalid, have failed or have warnings, in the order of the list."""
    return page_of(_to_look_at(run).defer("sealed"), page)


def every_row_to_look_at(run: BulkRun) -> Iterator[tuple[Recipient, list[str]]]:
    """All of them with their cells, none where a row is damaged; raises EncryptionError."""
    for row in _to_look_at(run).iterator(chunk_size=500):
        yield row, sound_cells_of(row) or []


def _to_look_at(run: BulkRun) -> QuerySet[Recipient]:
    return run.recipients.filter(TO_LOOK_AT).order_by("row")


def find_row(*, user: User, run: BulkRun, number: int) -> Recipient:
    """That row, which is to be corrected; raises Recipient.DoesNotExist, BulkError while others change rows."""
    require(user, Action.HAND_OUT, run.team_id)
    _require_quiet(run)
    return run.recipients.filter(TO_LOOK_AT, state__in=OPEN).get(row=number)


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
