"""When tasks are due: after a start at once, then as settings.CELERY_BEAT_SCHEDULE says. Nothing needs remembering."""

import logging
from datetime import timedelta
from typing import Any

from celery.beat import ScheduleEntry, SchedulingError
from celery.beat import Scheduler as CeleryScheduler
from django.conf import settings

from designer.celery import app
from designer.processes import heartbeat
from designer.processes.queue_length import waiting

LONGEST_QUEUE = 1000
"""Waiting messages beyond which no more are sent: nobody takes them, and most brokers keep even what has expired."""

LONG_AGO = timedelta(days=2)
"""When everything is taken to have been done last."""

logger = logging.getLogger(__name__)


class Scheduler(CeleryScheduler):
    """Celery's, in memory; what cannot be sent is sent once the broker is back."""

    def setup_schedule(self) -> None:
        """Everything is due once, whatever its time."""
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - LONG_AGO

    def tick(self, *arguments: Any, **keywords: Any) -> float:
        """Send what is due; gives the seconds until something is."""
        heartbeat.give(settings.DATA_DIR, "beat")
        return float(super().tick(*arguments, **keywords))

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Send one message."""
        if not self._was_sent(entry):
            # The next look at the producer makes a new connection, which waits for the broker.
            self.close()
            self._was_sent(entry)

    def _was_sent(self, entry: ScheduleEntry) -> bool:
        connection: Any = self.connection
        try:
            if waiting(connection) < LONGEST_QUEUE:
                self.apply_async(entry, producer=self.producer, advance=False)
            return True
        except (SchedulingError, *connection.connection_errors) as error:
            logger.warning("The message “%s” was not sent: %s", entry.name, error)
            return False


def beat() -> int:
    """Send messages when they are due, until told to stop; the code to exit with."""
    app.Beat(quiet=True).run()
    return 0
