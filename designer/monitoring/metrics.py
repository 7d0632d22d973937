"""What Prometheus is told: requests, counted by each process of the web server, and figures from the database."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable

from django.db import DatabaseError
from django.http import HttpRequest
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from designer.monitoring import gauges

logger = logging.getLogger(__name__)

METHODS = frozenset(["GET", "HEAD", "POST"])
"""Anybody can make up others, which would each be kept for ever."""

SECONDS = Histogram(
    "profile_designer_request_seconds",
    "How long it took to answer requests",
    ["view", "method", "status"],
    buckets=[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
)

FIGURES: list[Callable[[], Iterable[Metric]]] = [gauges.bulk_runs, gauges.workers, gauges.identities]
"""What is read from the database each time that Prometheus asks: functions that make its gauges."""


class DatabaseFigures(Collector):
    """All of FIGURES; none where the database does not answer, since the rest is worth knowing then."""

    def collect(self) -> Iterable[Metric]:
        """Each metric of each."""
        try:
            return [metric for read in FIGURES for metric in read()]
        except DatabaseError:
            logger.warning("The figures from the database were left out, because it does not answer.")
            return []


def count(request: HttpRequest, status: int, seconds: float) -> None:
    """A request was answered. Addresses are not kept, since they hold names and tokens."""
    match = request.resolver_match
    view = (match.view_name if match else "") or "none"
    method = request.method if request.method in METHODS else "other"
    SECONDS.labels(view, method, status).observe(seconds)


def exposition() -> bytes:
    """All metrics as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(DatabaseFigures())
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(registry)
