"""What workers are woken for: ids in, one service call. Messages carry nothing else, and may get lost."""

from __future__ import annotations

import logging
import uuid
from typing import Final

from celery import shared_task
from kombu.exceptions import OperationalError

from profiles.services import audit, expiry, imports
from profiles.services.bulk import retention, sending
from profiles.services.bulk import work as bulk

WOKEN: Final = 8
"""Messages for one run: as many workers can work on it at once; those that find nothing to do go back to sleep."""

logger = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def work(run_id: str) -> None:
    """Do some of what a run needs, and ask for another turn while there is more."""
    bulk.beat()
    with audit.acting_from("worker"):
        more = bulk.work(uuid.UUID(run_id))
    if more:
        wake(uuid.UUID(run_id), times=1)


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def tend() -> None:
    """Leave a sign of life, and see to what nobody works on: wake workers for it, or give it up."""
    bulk.beat()
    sending.give_up_doubtful()
    for run_id in bulk.stalled():
        wake(run_id)


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def purge() -> None:
    """Forget what has expired."""
    retention.purge()
    imports.purge()


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def warn_of_expiry() -> None:
    """Tell teams of certificates that end soon."""
    expiry.warn()


def wake(run_id: uuid.UUID, *, times: int = WOKEN) -> bool:
    """Wake workers for a run; False when the broker cannot be reached, and `tend` has to do it later."""
    try:
        for _ in range(times):
            work.delay(str(run_id))
    except OperationalError:
        logger.warning("The broker cannot be reached, so bulk run %s goes on a little later.", run_id)
        return False
    return True
