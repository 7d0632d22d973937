"""What workers made, stored in one transaction with the state that it leads to: both or neither, and once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction

from profiles.models import BulkResult, BulkRun, HandOut, Recipient, RecipientState
from profiles.services.bulk import claims
from profiles.services.bulk.claims import Claim

FREE: Final[Mapping[str, Any]] = MappingProxyType({"claim": None, "claimed_until": None})
"""The columns of somebody whom nobody has in hand."""

NONE_FAILED: Final[Mapping[uuid.UUID, str]] = MappingProxyType({})


def store(
    run: BulkRun,
    claim: Claim,
    results: Sequence[BulkResult],
    *,
    links: Sequence[HandOut] = (),
    failed: Mapping[uuid.UUID, str] = NONE_FAILED,
) -> None:
    """Store the results, and the links with them, of those that are still held, and why others failed."""
    with transaction.atomic():
        mine = {row.pk for row in claims.still_mine(claim)}
        made = [result for result in results if result.recipient_id in mine]
        BulkResult.objects.bulk_create(made)
        HandOut.objects.bulk_create([link for link in links if link.recipient_id in mine])
        done = Recipient.objects.filter(pk__in=[result.recipient_id for result in made])
        done.update(state=RecipientState.DONE, **FREE)
        for reason in {failed[pk] for pk in mine & failed.keys()}:
            lost = Recipient.objects.filter(pk__in=[pk for pk in mine if failed.get(pk) == reason])
            lost.update(state=RecipientState.FAILED, reason=reason, **FREE)
        BulkRun.objects.note_progress(run)


def settle(claim: Claim, pk: uuid.UUID, state: RecipientState, *, reason: str = "") -> None:
    """Let somebody who is still held go, in that state."""
    Recipient.objects.filter(pk=pk, claim=claim.token).update(state=state, reason=reason, **FREE)
