"""What Prometheus is told of the database."""

from collections.abc import Callable, Iterable

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from designer.monitoring import gauges
from profiles.models import User
from profiles.services.bulk import loading, runs
from profiles.services.bulk.csv.reader import read_table
from profiles.services.bulk.work import beat, work
from profiles.services.signing import ensure_local_identity
from profiles.services.teams import home
from tests.services.template_samples import make_template

pytestmark = pytest.mark.django_db


def told(read: Callable[[], Iterable[Metric]]) -> CollectorRegistry:
    class Once(Collector):
        def collect(self) -> Iterable[Metric]:
            return read()

    registry = CollectorRegistry()
    registry.register(Once())
    return registry


def test_runs_and_those_who_wait_are_counted_by_state(alice: User) -> None:
    table = read_table("User name,PIN\nbob,1\ncarol,2\n")
    run = loading.load_table(actor=alice, team=home(alice), template_id=make_template(alice).pk, table=table)
    found = told(gauges.bulk_runs)
    assert found.get_sample_value("profile_designer_runs", {"state": "draft"}) == 1
    assert found.get_sample_value("profile_designer_recipients", {"state": "new"}) == 0

    runs.match(actor=alice, run=run, matching=runs.Matching(variables=run.mapping, key=0))
    found = told(gauges.bulk_runs)
    assert found.get_sample_value("profile_designer_runs", {"state": "checking"}) == 1
    assert found.get_sample_value("profile_designer_recipients", {"state": "new"}) == 2

    work(run.pk)
    found = told(gauges.bulk_runs)
    assert found.get_sample_value("profile_designer_runs", {"state": "checked"}) == 1
    assert found.get_sample_value("profile_designer_runs", {"state": "checking"}) == 0


def test_workers_are_silent_for_as_long_as_they_gave_no_sign() -> None:
    name = "profile_designer_worker_silence_seconds"
    assert told(gauges.workers).get_sample_value(name) is None
    beat()
    silence = told(gauges.workers).get_sample_value(name)
    assert silence is not None
    assert 0 <= silence < 60


def test_the_identity_that_ends_first_is_told_of() -> None:
    name = "profile_designer_identity_remaining_seconds"
    assert told(gauges.identities).get_sample_value(name) is None
    ensure_local_identity()
    remaining = told(gauges.identities).get_sample_value(name)
    assert remaining is not None
    assert remaining > 30 * 24 * 60 * 60
