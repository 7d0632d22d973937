"""The end of what runs hold: deleted by hand, or expired."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from profiles.exceptions import BulkError
from profiles.models import BulkResult, BulkRun, HandOut, Recipient, RunState, User
from profiles.models.bulk_run import WORKED_ON
from profiles.policy import Action, require
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.bulk.progress import counted

BATCH: Final = 1_000
"""Recipients forgotten in one transaction."""

ABANDONED_AFTER: Final = timedelta(hours=1)
"""A list that is still being read by then never will be."""

REMEMBERED: Final = timedelta(days=365)
"""How long the list of runs shows one after it has expired."""


def delete(*, actor: User, run: BulkRun) -> None:
    """Forget a run with all that it made; its install links work no more.

    Raises BulkRun.DoesNotExist, NotAllowedError, and BulkError for a list that is still being read.
    """
    with transaction.atomic():
        row = BulkRun.objects.for_user(actor).select_for_update(of=("self",)).get(pk=run.pk)
        require(actor, Action.HAND_OUT, row.team_id)
        if row.state == RunState.LOADING:
            raise BulkError("The list of this run is still being read. Wait until that is done.")
        # Before its recipients go, so that workers leave it alone, and the next purge does what is not done here.
        row.state, row.expires_at = RunState.EXPIRED, timezone.now() - REMEMBERED
        row.save(update_fields=["state", "expires_at"])
        audit.record(Event.RUN_DELETED, actor=actor, team_id=row.team_id, subject=row)
    _forget_recipients(row)
    row.delete()


def purge() -> int:
    """Forget the people and results of every run that has expired, and runs themselves after a year: how many runs."""
    now = timezone.now()
    busy = [RunState.LOADING, *WORKED_ON, RunState.EXPIRED]
    over = BulkRun.objects.filter(expires_at__lte=now).exclude(state__in=busy)
    lost = Q(state=RunState.LOADING, created_at__lte=now - ABANDONED_AFTER)
    expired = sum(_expire(run) for run in over)
    # No list ever showed these.
    BulkRun.objects.filter(lost).update(state=RunState.EXPIRED, expires_at=now - REMEMBERED)
    # Those of a run that was expired when a purge was cut off, too.
    for run in BulkRun.objects.filter(state=RunState.EXPIRED):
        _forget_recipients(run)
    BulkRun.objects.filter(state=RunState.EXPIRED, expires_at__lte=now - REMEMBERED).delete()
    return expired


def _expire(run: BulkRun) -> bool:
    """Let it be forgotten, with its totals, unless somebody goes on with it just now."""
    as_it_was = BulkRun.objects.filter(pk=run.pk, state=run.state, expires_at=run.expires_at)
    return bool(as_it_was.update(state=RunState.EXPIRED, totals=counted(run)))


def _forget_recipients(run: BulkRun) -> None:
    """Batch by batch, and without reading what is deleted."""
    while _forget_some(run):
        pass


@transaction.atomic
def _forget_some(run: BulkRun) -> int:
    ids = list(run.recipients.order_by("row").values_list("pk", flat=True)[:BATCH])
    # Locked first, in the order in which workers lock theirs: what they are storing is there then, or never will be.
    list(Recipient.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk"))
    BulkResult.objects.filter(recipient__in=ids).delete()
    HandOut.objects.filter(recipient__in=ids).delete()
    Recipient.objects.filter(pk__in=ids).only("pk").delete()
    return len(ids)
