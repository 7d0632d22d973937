"""What a worker does for a run when it is woken: some chunks, then it lets others have their turn.

Nothing that is asked for here stands in the message that wakes it. To be woken too often does no harm, and to be woken
too rarely is mended by `stalled`, which is looked at every few seconds.
"""

from __future__ import annotations

import logging
import shutil
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, transaction
from django.utils import timezone

from profiles.exceptions import DeliveryError, EncryptionError, SigningError
from profiles.models import BulkRun, Delivery, Pulse, RecipientState, RunState
from profiles.policy import Action, may
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.bulk import claims
from profiles.services.bulk.checking import check_some
from profiles.services.bulk.making import link_some, make_some
from profiles.services.bulk.runs import kept_until
from profiles.services.bulk.sending import send_some
from profiles.services.profiles import HEAVY_TEMPLATE

logger = logging.getLogger(__name__)

TURN: Final = 2.0
"""Seconds that a worker stays with one run."""

PULSE: Final = "worker"
LEAST_SPACE: Final = 1_000_000
"""Bytes."""
RETRIED_AFTER: Final = timedelta(seconds=5)

_MAKE: Final[Mapping[str, Callable[[BulkRun], bool]]] = {
    Delivery.FILES: make_some,
    Delivery.LINKS: link_some,
    Delivery.EMAIL: send_some,
}


def work(run_id: uuid.UUID, *, seconds: float = TURN) -> bool:
    """Do some of what the run needs; True when there is more that nobody has in hand."""
    until = time.monotonic() + seconds
    while (run := _open(run_id)) is not None:
        try:
            did = _some(run)
            if not did:
                finish(run)
        except (OperationalError, InterfaceError) as error:
            # Rolled back; what was claimed is free again when its time is over. The connection may be what is broken.
            close_old_connections()
            _hold(run, database_trouble(error))
            return False
        except (DeliveryError, EncryptionError) as error:
            _hold(run, str(error))
            return False
        except SigningError as error:
            _stop(run, str(error))
            return False
        if not did:
            return False
        if time.monotonic() >= until:
            return True
    return False


def beat(name: str = PULSE) -> None:
    """Leave a sign of life."""
    Pulse.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def stalled() -> Sequence[uuid.UUID]:
    """Runs that nobody works on although there is something to do: those whose messages were lost."""
    now = timezone.now()
    runs = BulkRun.objects.worked_on()
    return [run.pk for run in runs if not _waits(run) and not claims.in_hand(run, at=now).exists()]


@transaction.atomic
def finish(run: BulkRun) -> None:
    """Say that the run is over, once nothing is left and nobody has any in hand."""
    row = BulkRun.objects.select_for_update().filter(pk=run.pk).first()
    if row is None or row.state != RunState.RUNNING:
        return
    if row.recipients.filter(state__in=[RecipientState.READY, RecipientState.SENDING]).exists():
        return
    row.state, row.finished_at, row.notice = RunState.FINISHED, timezone.now(), ""
    row.expires_at = kept_until(row)
    row.save(update_fields=["state", "finished_at", "notice", "expires_at"])
    made = row.recipients.filter(state=RecipientState.DONE).count()
    failed = row.recipients.filter(state=RecipientState.FAILED).count()
    audit.record(
        Event.RUN_FINISHED,
        actor=row.started_by,
        team_id=row.team_id,
        subject=row,
        detail=f"{made:,} made{f', {failed:,} failed' if failed else ''}",
    )


def database_trouble(error: Exception) -> str:
    """What keeps the database from going on, for a person."""
    full = "full" in str(error) or "No space left" in str(error)
    if full or is_disk_full():
        return "The disk of the database is full. Free some space; this goes on by itself then."
    return "The database does not answer as it should. This goes on by itself once it does."


def is_disk_full() -> bool:
    """Is there no space left for the data of this server?"""
    try:
        return shutil.disk_usage(settings.DATA_DIR).free < LEAST_SPACE
    except OSError:
        return False


def _open(run_id: uuid.UUID) -> BulkRun | None:
    """The run, if there is something to do for it now."""
    run = (
        BulkRun.objects.worked_on()
        .select_related("started_by", "template")
        .defer(*HEAVY_TEMPLATE)
        .filter(pk=run_id)
        .first()
    )
    return None if run is None or _waits(run) else run


def _waits(run: BulkRun) -> bool:
    return run.retry_at is not None and run.retry_at > timezone.now()


def _some(run: BulkRun) -> bool:
    if run.state == RunState.CHECKING:
        return check_some(run)
    if run.started_by is None or not may(run.started_by, Action.HAND_OUT, run.team_id):
        _stop(
            run,
            "Whoever started this may not hand out profiles any more. Somebody who may can go on with it.",
        )
        return True
    if run.template.deleted_at is not None:
        _stop(run, f"The template “{run.title}” was deleted. Bring it back, then go on.")
        return True
    return _MAKE[run.delivery](run)


def _hold(run: BulkRun, sentence: str) -> None:
    """Leave the run alone for a while, and say why, as far as that can be written down."""
    logger.warning("Bulk run %s waits: %s", run.pk, sentence)
    try:
        held = BulkRun.objects.filter(pk=run.pk, state=run.state)
        held.update(notice=sentence, retry_at=timezone.now() + RETRIED_AFTER)
    except (DatabaseError, InterfaceError):
        logger.warning("Bulk run %s: that could not be stored either.", run.pk)


def _stop(run: BulkRun, sentence: str) -> None:
    """Pause the run until somebody has mended what the sentence says."""
    logger.warning("Bulk run %s is paused: %s", run.pk, sentence)
    BulkRun.objects.filter(pk=run.pk, state=run.state).update(
        state=RunState.PAUSED, notice=sentence, expires_at=kept_until(run)
    )
