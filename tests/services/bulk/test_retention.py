"""The end of what runs hold: forgotten in time, by hand or by itself, and nothing else with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from profiles.exceptions import BulkError
from profiles.models import (
    AuditEntry,
    BulkResult,
    BulkRun,
    Delivery,
    HandOut,
    Profile,
    Recipient,
    RunState,
    User,
)
from profiles.services import hand_outs, profiles
from profiles.services.bulk import retention, runs
from profiles.services.bulk import work as bulk
from profiles.services.bulk.runs import Wish
from profiles.services.teams import home
from tests.services.bulk.run_samples import (
    DONE,
    INVALID,
    NEW,
    READY,
    checked,
    content_of,
    finished,
    left_over,
    loaded,
    matching_of,
    meanwhile,
    people,
    person,
    started,
    states,
    work_off,
)
from tests.services.samples import valid

LINKS = Wish(delivery=Delivery.LINKS)
EMPTY = {"runs": 1, "recipients": 0, "results": 0, "links": 0}


def expire(run: BulkRun, *, ago: timedelta = timedelta(0)) -> None:
    BulkRun.objects.filter(pk=run.pk).update(expires_at=timezone.now() - ago)


def test_a_run_that_has_expired_forgets_its_people_and_keeps_its_totals(
    alice: User, template: Profile
) -> None:
    run = finished(alice, template, [*people(3), person(9, user="Bad")], LINKS)
    expire(run)

    assert retention.purge() == 1

    run.refresh_from_db()
    assert (run.state, run.totals) == (RunState.EXPIRED, {DONE: 3, INVALID: 1})
    assert left_over(run.pk) == EMPTY
    assert run in runs.listed(user=alice, team=home(alice)).object_list


def test_nothing_is_forgotten_before_its_time(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(2), LINKS)

    assert retention.purge() == 0
    assert left_over(run.pk) == {"runs": 1, "recipients": 2, "results": 2, "links": 2}
    run.refresh_from_db()
    assert run.state == RunState.FINISHED


def test_runs_last_as_many_days_as_the_settings_say_after_they_were_loaded_started_and_finished(
    alice: User, template: Profile, settings: Settings
) -> None:
    settings.RESULTS_DAYS = 3
    about = [
        loaded(alice, template, people(1)),
        started(alice, template, people(1)),
        finished(alice, template, people(1)),
    ]
    for run in about:
        left = run.expires_at - timezone.now()
        assert timedelta(days=3, minutes=-1) < left <= timedelta(days=3)


@pytest.mark.parametrize("state", [RunState.CHECKING, RunState.RUNNING], ids=lambda state: state.value)
def test_what_is_worked_on_is_never_forgotten(alice: User, template: Profile, state: RunState) -> None:
    run = loaded(alice, template, people(2))
    runs.match(actor=alice, run=run, matching=matching_of(run))
    if state == RunState.RUNNING:
        work_off(run)
        runs.start(actor=alice, run=run, wish=Wish())
    expire(run, ago=timedelta(days=500))

    assert retention.purge() == 0
    assert states(run) == [NEW if state == RunState.CHECKING else READY] * 2


@pytest.mark.parametrize(
    "state",
    [RunState.DRAFT, RunState.CHECKED, RunState.PAUSED, RunState.CANCELLED, RunState.FINISHED],
    ids=lambda state: state.value,
)
def test_what_nobody_works_on_is_forgotten_in_any_state(
    alice: User, template: Profile, state: RunState
) -> None:
    run = checked(alice, template, people(2))
    BulkRun.objects.update(state=state)
    expire(run)

    assert retention.purge() == 1
    assert left_over(run.pk) == EMPTY


def test_a_list_that_was_never_read_to_its_end_goes_without_a_trace(alice: User, template: Profile) -> None:
    old, new = (loaded(alice, template, people(2)) for _ in range(2))
    BulkRun.objects.update(state=RunState.LOADING)
    BulkRun.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(minutes=61))
    BulkRun.objects.filter(pk=new.pk).update(created_at=timezone.now() - timedelta(minutes=59))

    retention.purge()

    assert not any(left_over(old.pk).values())
    assert left_over(new.pk)["recipients"] == 2
    assert BulkRun.objects.get().state == RunState.LOADING


def test_a_run_itself_is_forgotten_after_a_year(alice: User, template: Profile) -> None:
    young, old = (finished(alice, template, people(1)) for _ in range(2))
    expire(young, ago=timedelta(days=364))
    expire(old, ago=timedelta(days=366))

    assert retention.purge() == 2
    assert [*BulkRun.objects.all()] == [young]


def test_a_purge_that_was_cut_off_is_finished_by_the_next(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    run = finished(alice, template, people(5), LINKS)
    expire(run)

    def break_off() -> None:
        raise KeyboardInterrupt

    meanwhile(monkeypatch, "profiles.services.bulk.retention._forget_some", break_off, call=2)
    with pytest.raises(KeyboardInterrupt):
        retention.purge()
    assert left_over(run.pk) == {"runs": 1, "recipients": 3, "results": 3, "links": 3}

    assert retention.purge() == 0
    run.refresh_from_db()
    assert left_over(run.pk) == EMPTY
    assert run.totals == {DONE: 5}


def test_a_deletion_that_was_cut_off_is_finished_by_the_next_purge(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(alice, template, people(3), LINKS)

    def break_off() -> None:
        raise KeyboardInterrupt

    meanwhile(monkeypatch, "profiles.services.bulk.retention._forget_recipients", break_off)
    with pytest.raises(KeyboardInterrupt):
        retention.delete(actor=alice, run=run)
    assert BulkRun.objects.get().state == RunState.EXPIRED
    with pytest.raises(BulkError):
        runs.resume(actor=alice, run=run)

    retention.purge()
    assert not any(left_over(run.pk).values())


@pytest.mark.parametrize("place", ["retention._expire", "retention.counted"])
def test_a_run_that_somebody_goes_on_with_just_now_is_not_forgotten(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    run = finished(alice, template, people(2))
    run.recipients.filter(row=2).update(state="failed")
    BulkResult.objects.filter(recipient__row=2).delete()
    expire(run)
    meanwhile(monkeypatch, f"profiles.services.bulk.{place}", lambda: runs.retry(actor=alice, run=run))

    assert retention.purge() == 0
    work_off(run)
    assert (run.state, states(run)) == (RunState.FINISHED, [DONE] * 2)
    assert run.expires_at > timezone.now()


def test_nor_is_one_that_was_gone_on_with_and_finished_meanwhile(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(alice, template, people(2))
    run.recipients.filter(row=2).update(state="failed")
    BulkResult.objects.filter(recipient__row=2).delete()
    expire(run)

    def try_again() -> None:
        runs.retry(actor=alice, run=run)
        bulk.work(run.pk, seconds=60)

    meanwhile(monkeypatch, "profiles.services.bulk.retention._expire", try_again)
    assert retention.purge() == 0
    assert len(content_of(run)) == 2


def everything_else(run: BulkRun) -> dict[str, Any]:
    """All that has nothing to do with that run."""
    others = BulkRun.objects.exclude(pk=run.pk)
    return {
        "runs": list(others.order_by("pk").values()),
        "recipients": list(Recipient.objects.filter(run__in=others).order_by("pk").values()),
        "results": list(BulkResult.objects.filter(recipient__run__in=others).order_by("pk").values()),
        "links": list(HandOut.objects.exclude(recipient__run=run).order_by("pk").values()),
        "profiles": list(Profile.objects.order_by("pk").values()),
    }


@pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "in time"])
def test_nothing_else_is_touched(alice: User, template: Profile, by_hand: bool) -> None:
    finished(alice, template, people(3), LINKS)
    finished(alice, template, people(3))
    hand_outs.create(actor=alice, profile=profiles.create(actor=alice, team=home(alice), document=valid()))
    run = finished(alice, template, people(3), LINKS)
    before = everything_else(run)

    if by_hand:
        retention.delete(actor=alice, run=run)
    else:
        expire(run)
        retention.purge()

    assert everything_else(run) == before
    assert left_over(run.pk)["recipients"] == 0
    assert HandOut.objects.count() == 4


def test_a_deletion_is_in_the_log_and_leaves_the_log_alone(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(1))
    before = list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))
    retention.delete(actor=alice, run=run)

    assert list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))[: len(before)] == before
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.event, entry.name) == ("alice", "bulk run deleted", "Office VPN")


def test_as_many_statements_forget_a_large_batch_as_a_small_one(alice: User, template: Profile) -> None:
    counts = []
    for size in (10, 200):
        run = finished(alice, template, people(size), LINKS)
        expire(run)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            retention.purge()
        counts.append(len(queries))
        assert not [
            query["sql"] for query in queries if '"sealed"' in query["sql"] and "SELECT" in query["sql"]
        ]
        assert left_over(run.pk) == EMPTY
    assert counts[1] <= counts[0] + 4


def test_batches_are_as_large_as_they_are_said_to_be(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(alice, template, people(5))
    monkeypatch.setattr(retention, "BATCH", 2)
    expire(run)
    with CaptureQueriesContext(connection) as queries:
        retention.purge()
    deletions = [query for query in queries if query["sql"].startswith('DELETE FROM "profiles_recipient"')]
    assert len(deletions) == 3


def test_a_run_that_is_halted_is_kept_as_long_as_the_links_that_it_made(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiles.services.bulk.making.SIZE", 1)
    run = started(alice, template, people(3), LINKS)
    expire(run, ago=-timedelta(hours=1))

    def last_link() -> datetime:
        return HandOut.objects.order_by("-expires_at").values_list("expires_at", flat=True)[0]

    bulk.work(run.pk, seconds=0)
    runs.pause(actor=alice, run=run)
    run.refresh_from_db()
    assert run.expires_at >= last_link()

    runs.resume(actor=alice, run=run)
    expire(run, ago=-timedelta(hours=1))
    bulk.work(run.pk, seconds=0)
    Profile.objects.update(deleted_at=timezone.now())
    bulk.work(run.pk, seconds=0)
    run.refresh_from_db()
    assert (run.state, run.recipients.filter(state=DONE).count()) == (RunState.PAUSED, 2)
    assert run.expires_at >= last_link()
