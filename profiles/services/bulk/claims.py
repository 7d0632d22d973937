"""Claims: who works on which recipients, until when. A claim that has run out is as good as none."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from profiles.models import BulkRun, Recipient, RecipientState, RunState
from profiles.models.recipient import PENDING

LEASE: Final = timedelta(seconds=30)
"""How long a worker may take for a chunk, which takes it a second or two, before another takes over."""

_CHANGING: Final = ("state", "mapping", "key_column", "email_column", "identity", "signer_name", "started_by")
"""What people change in a run while workers have it in hand."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Recipients that one worker has in hand."""

    token: uuid.UUID
    recipients: Sequence[Recipient]


def take(run: BulkRun, state: RecipientState, size: int) -> Claim:
    """The next ones in that state that nobody has in hand, which may be none; the run is then as it is now."""
    now, token = timezone.now(), uuid.uuid4()
    with transaction.atomic():
        free = run.recipients.filter(state=state).filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
        rows = list(free.order_by("row").select_for_update(skip_locked=True)[:size])
        if rows and not _wants(run, state):
            rows = []
        _those(rows).update(claim=token, claimed_until=now + LEASE)
    return Claim(token=token, recipients=rows)


def still_mine(claim: Claim) -> list[Recipient]:
    """Those that nobody else has taken over since, locked until the transaction ends."""
    # In one order for all who lock several, so that no two wait for each other.
    locked = _those(claim.recipients).filter(claim=claim.token).order_by("pk").select_for_update()
    held = set(locked.values_list("pk", flat=True))
    return [row for row in claim.recipients if row.pk in held]


def renew(claim: Claim) -> None:
    """Begin the time anew for what is still held."""
    with transaction.atomic():
        _those(still_mine(claim)).update(claimed_until=timezone.now() + LEASE)


def give_back(claim: Claim) -> None:
    """Let others have what is still held."""
    with transaction.atomic():
        _those(still_mine(claim)).update(claim=None, claimed_until=None)


def in_hand(run: BulkRun, *, at: datetime | None = None) -> QuerySet[Recipient]:
    """Those that some worker has in hand."""
    return run.recipients.filter(claimed_until__gt=at or timezone.now())


def _wants(run: BulkRun, state: RecipientState) -> bool:
    """Look at the run anew: are those in that state still what it needs?

    Before these were locked, somebody may have halted it, or matched its columns anew. Whoever does so afterwards takes
    the claim back, or lets it be finished.
    """
    try:
        run.refresh_from_db(fields=_CHANGING)
    except BulkRun.DoesNotExist:
        return False
    return PENDING.get(RunState(run.state)) == state


def _those(rows: Sequence[Recipient]) -> QuerySet[Recipient]:
    return Recipient.objects.filter(pk__in=[row.pk for row in rows])
