"""The dry run: every row is filled in and validated before anything is made."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import transaction

from profiles.exceptions import EncryptionError
from profiles.models import BulkRun, Recipient, RecipientState, RunState
from profiles.plist.template_renderer import Press
from profiles.services.bulk import claims
from profiles.services.bulk.rows import DAMAGED, sound_cells_of
from profiles.services.bulk.templates import press_of
from profiles.services.bulk.verdict import Verdict, judge

SIZE: Final = 200
"""Rows of one chunk."""

_COLUMNS: Final = ("key", "uuid", "state", "reason", "warnings", "claim", "claimed_until")


def check_some(run: BulkRun) -> bool:
    """Check one chunk; False when there was none. Raises EncryptionError where none can be opened."""
    claim = claims.take(run, RecipientState.NEW, SIZE)
    if not claim.recipients:
        _end(run)
        return False
    try:
        press = press_of(run)
        for row in claim.recipients:
            judge_row(run, row, press=press)
            row.claim = row.claimed_until = None
    except EncryptionError:
        claims.give_back(claim)
        raise
    with transaction.atomic():
        # Somebody may have matched the columns anew meanwhile, which takes all claims back.
        BulkRun.objects.note_progress(run)
        # An insert that meets them all: `bulk_update` takes ten times as long.
        Recipient.objects.bulk_create(
            claims.still_mine(claim), update_conflicts=True, unique_fields=["id"], update_fields=_COLUMNS
        )
    return True


def judge_row(run: BulkRun, row: Recipient, *, press: Press) -> None:
    """Put into the row what it says and whether that is right; the caller saves. Raises EncryptionError."""
    cells = sound_cells_of(row)
    found = Verdict(reason=DAMAGED) if cells is None else judge(run, press, cells)
    row.key, row.uuid, row.reason, row.warnings = found.key, found.uuid, found.reason, found.warnings
    row.state = RecipientState.INVALID if row.reason else RecipientState.READY


def twice(run: BulkRun) -> str:
    """What is wrong with somebody who is in the list already."""
    return f"An earlier row has the same “{run.columns[run.key_column or 0]}”. Everybody is in the list once."


@transaction.atomic
def _end(run: BulkRun) -> None:
    """Once nothing is left to be checked, and nobody has any in hand: find who is there twice."""
    row = BulkRun.objects.select_for_update().filter(pk=run.pk).first()
    if row is None or row.state != RunState.CHECKING:
        return
    if row.recipients.filter(state=RecipientState.NEW).exists():
        return
    again = _again(row)
    for start in range(0, len(again), SIZE):
        chunk = Recipient.objects.filter(pk__in=again[start : start + SIZE])
        chunk.update(state=RecipientState.INVALID, reason=twice(row))
    row.state = RunState.CHECKED
    row.save(update_fields=["state"])


def _again(run: BulkRun) -> list[uuid.UUID]:
    """Who is right, but in the list already."""
    again, seen = [], set()
    # Looked at here, since SQLite would compare each with all before it.
    right = run.recipients.filter(state=RecipientState.READY).order_by("row").values_list("pk", "uuid")
    for pk, name in right.iterator():
        if name in seen:
            again.append(pk)
        seen.add(name)
    return again
