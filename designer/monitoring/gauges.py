"""What Prometheus is told of the database: bulk runs, the workers, and the certificate that ends first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from profiles.models import RecipientState, RunState, SigningIdentity
from profiles.services.bulk import overview
from profiles.services.bulk.progress import pulse_age


def bulk_runs() -> Iterable[Metric]:
    """Runs by state, and the recipients of those that workers have in hand."""
    yield _by_state("profile_designer_runs", "Bulk runs", RunState.values, overview.runs_by_state())
    yield _by_state(
        "profile_designer_recipients",
        "Recipients of the bulk runs that are being worked on",
        RecipientState.values,
        overview.recipients_by_state(),
    )


def workers() -> Iterable[Metric]:
    """How long ago a worker last did something; nothing where none ever has."""
    if (age := pulse_age()) is not None:
        yield GaugeMetricFamily(
            "profile_designer_worker_silence_seconds",
            "Seconds since a worker last left a sign of life",
            value=max(0.0, age.total_seconds()),
        )


def identities() -> Iterable[Metric]:
    """When the first of the signing identities ends."""
    ends = SigningIdentity.objects.order_by("not_after").values_list("not_after", flat=True).first()
    if ends is not None:
        yield GaugeMetricFamily(
            "profile_designer_identity_remaining_seconds",
            "Seconds until the first of the signing identities ends",
            value=(ends - timezone.now()).total_seconds(),
        )


def _by_state(name: str, told: str, states: Iterable[str], counts: Mapping[str, int]) -> Metric:
    """Zeroes, too, so that what is watched for is always there."""
    family = GaugeMetricFamily(name, told, labels=["state"])
    for state in states:
        family.add_metric([state], counts.get(state, 0))
    return family
