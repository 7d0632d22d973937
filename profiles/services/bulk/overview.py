"""All runs of this server at a glance, for those who watch it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count

from profiles.models import BulkRun, Recipient
from profiles.models.bulk_run import WORKED_ON


def runs_by_state() -> Mapping[str, int]:
    """How many runs are in each state."""
    return dict(BulkRun.objects.order_by().values_list("state").annotate(Count("id")))


def recipients_by_state() -> Mapping[str, int]:
    """How many recipients of the runs that workers have something to do for are in each state."""
    rows = Recipient.objects.filter(run__state__in=WORKED_ON).order_by()
    return dict(rows.values_list("state").annotate(Count("id")))
