"""How far a run has come, how fast it goes, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from profiles.models import BulkRun, Profile, Pulse, Recipient, RunState, User
from profiles.services.bulk import claims, progress, retention, runs
from profiles.services.bulk import work as bulk
from profiles.services.bulk.progress import Progress, progress_of
from tests.services.bulk.run_samples import (
    DONE,
    FAILED,
    INVALID,
    NEW,
    READY,
    SENDING,
    checked,
    finished,
    loaded,
    matching_of,
    people,
    person,
    put_off,
    started,
    states,
    work_off,
)

NOBODY = "No worker has answered lately. Start one, or look at its log; this goes on by itself then."


def moment(run: BulkRun, *, seconds: float = 0) -> Progress:
    """How it is so many seconds after it was started or gone on with."""
    run.refresh_from_db()
    assert run.counted_from
    return progress_of(run, at=run.counted_from + timedelta(seconds=seconds))


def put(run: BulkRun, counts: Mapping[Any, int]) -> None:
    """Let the run have so many recipients in each state."""
    run.recipients.all().delete()
    every = [state for state, count in counts.items() for _ in range(count)]
    Recipient.objects.bulk_create(
        Recipient(run=run, row=row, state=state, sealed=b"") for row, state in enumerate(every, 1)
    )


def alive(at: datetime | None = None) -> None:
    Pulse.objects.update_or_create(name=bulk.PULSE, defaults={"at": at or timezone.now()})


S = RunState
ALL = {NEW: 1, INVALID: 2, READY: 3, SENDING: 4, DONE: 5, FAILED: 6}


@pytest.mark.parametrize(
    ("state", "counts", "total", "past", "percent"),
    [
        (S.DRAFT, {NEW: 3}, 3, 0, 0),
        (S.CHECKING, {NEW: 1, READY: 1, INVALID: 1}, 3, 2, 66),
        (S.CHECKED, {READY: 2, INVALID: 1}, 3, 3, 100),
        (S.RUNNING, {READY: 1, SENDING: 1, DONE: 3, FAILED: 1, INVALID: 4}, 6, 4, 66),
        (S.PAUSED, {READY: 1, DONE: 199}, 200, 199, 99),
        (S.CANCELLED, {READY: 1, FAILED: 1}, 2, 1, 50),
        (S.FINISHED, {DONE: 2, FAILED: 1, INVALID: 1}, 3, 3, 100),
        (S.FINISHED, {READY: 1, DONE: 1}, 2, 1, 50),
        (S.RUNNING, {INVALID: 3}, 0, 0, 0),
        (S.LOADING, {}, 0, 0, 0),
    ],
    ids=lambda value: value.value if isinstance(value, RunState) else None,
)
def test_what_is_past_is_counted_as_the_state_has_it(
    alice: User, template: Profile, state: str, counts: Mapping[str, int], total: int, past: int, percent: int
) -> None:
    run = loaded(alice, template, people(1))
    put(run, counts)
    run.state = state

    found = progress_of(run)

    assert (found.total, found.past, found.percent) == (total, past, percent)
    assert {each: found.count(each) for each in ALL} == {each: counts.get(each, 0) for each in ALL}


@pytest.mark.parametrize("state", RunState)
def test_nothing_is_ever_more_than_all(alice: User, template: Profile, state: RunState) -> None:
    run = loaded(alice, template, people(1))
    put(run, ALL)
    run.state, run.totals = state, ALL

    found = progress_of(run)
    assert 0 <= found.past <= found.total
    assert 0 <= found.percent <= 100
    assert sum(found.counts.values()) == 21


def test_a_run_whose_people_are_forgotten_tells_its_totals(alice: User, template: Profile) -> None:
    run = finished(alice, template, [*people(3), person(9, user="Bad")])
    BulkRun.objects.update(expires_at=timezone.now())
    retention.purge()
    run.refresh_from_db()

    found = progress_of(run)
    assert (found.total, found.past, found.percent) == (3, 3, 100)
    assert (found.count(DONE), found.count(INVALID)) == (3, 1)


def test_the_rate_is_what_was_made_since_the_start_and_tells_how_long_it_takes(
    alice: User, template: Profile
) -> None:
    run = started(alice, template, people(1))
    put(run, {READY: 60, DONE: 30, FAILED: 10})

    found = moment(run, seconds=4)
    assert (found.rate, found.seconds_left) == (10, 6)
    assert moment(run, seconds=8).rate == 5


def test_a_rate_is_not_told_before_it_means_anything_nor_when_nothing_moves(
    alice: User, template: Profile
) -> None:
    run = started(alice, template, people(1))
    put(run, {READY: 60, DONE: 40})

    early = moment(run, seconds=1)
    assert (early.rate, early.seconds_left) == (0, None)
    put(run, {READY: 60})
    still = moment(run, seconds=60)
    assert (still.rate, still.seconds_left) == (0, None)


@pytest.mark.parametrize("again", ["resume", "retry"])
def test_a_rate_begins_anew_when_the_run_is_gone_on_with(alice: User, template: Profile, again: str) -> None:
    run = started(alice, template, people(1))
    put(run, {READY: 20, DONE: 50, FAILED: 30})
    runs.pause(actor=alice, run=run)
    assert moment(run, seconds=10).seconds_left is None

    if again == "resume":
        runs.resume(actor=alice, run=run)
    else:
        runs.retry(actor=alice, run=run)
    assert moment(run, seconds=10).rate == 0
    for row in run.recipients.filter(state=READY)[:20]:
        Recipient.objects.filter(pk=row.pk).update(state=DONE)
    assert moment(run, seconds=10).rate == 2


def test_a_rate_of_what_was_taken_back_is_none(alice: User, template: Profile) -> None:
    run = started(alice, template, people(1))
    put(run, {READY: 10})
    BulkRun.objects.update(counted=5)
    assert moment(run, seconds=10).rate == 0


def test_a_check_has_a_rate_of_its_own(alice: User, template: Profile) -> None:
    run = checked(alice, template, people(1))
    put(run, {READY: 30, INVALID: 10, NEW: 10})
    runs.match(actor=alice, run=run, matching=matching_of(run))
    assert states(run) == [NEW] * 50
    run.recipients.filter(row__lte=40).update(state=READY)

    found = moment(run, seconds=10)
    assert (found.rate, found.seconds_left) == (4, 2)


class Case(NamedTuple):
    """What there is, and what the run is said to wait for."""

    pulse: float | None
    claimed: float | None
    quiet: float
    told: str


@pytest.mark.parametrize(
    "case",
    [
        Case(1, None, 0, ""),
        Case(19, None, 0, ""),
        Case(20, None, 0, NOBODY),
        Case(None, None, 0, NOBODY),
        Case(None, 25, 0, ""),
        Case(1, 25, 4, ""),
        Case(1, 25, 6, "A worker has not finished what it took. Another takes over in 25 seconds."),
        Case(1, 0.2, 30, "A worker has not finished what it took. Another takes over in 1 second."),
        Case(1, -1, 60, ""),
        Case(60, -1, 60, NOBODY),
    ],
    ids=[
        "a worker",
        "a worker not long ago",
        "none for long",
        "never one",
        "some in hand",
        "at work",
        "silent",
        "silent and soon over",
        "lapsed",
        "lapsed and nobody there",
    ],
)
def test_what_it_waits_for_is_told(alice: User, template: Profile, case: Case) -> None:
    run = started(alice, template, people(3))
    now = timezone.now() + timedelta(hours=1)
    if case.pulse is not None:
        alive(now - timedelta(seconds=case.pulse))
    if case.claimed is not None:
        claims.take(run, READY, 2)
        run.recipients.exclude(claim=None).update(claimed_until=now + timedelta(seconds=case.claimed))
    run.counted_from = now - timedelta(seconds=90)
    run.progressed_at = now - timedelta(seconds=case.quiet)

    assert progress_of(run, at=now).waits_for == case.told


def test_a_worker_that_has_just_begun_is_not_called_late_for_what_was_before(
    alice: User, template: Profile
) -> None:
    run = started(alice, template, people(3))
    claims.take(run, READY, 2)
    run.progressed_at = timezone.now() - timedelta(hours=1)

    assert progress_of(run).waits_for == ""


def test_an_e_mail_that_is_being_sent_for_long_is_told_too(alice: User, template: Profile) -> None:
    run = started(alice, template, people(1))
    claims.take(run, READY, 1)
    run.recipients.update(state=SENDING)
    now = timezone.now()
    run.counted_from = run.progressed_at = now - timedelta(seconds=10)

    assert progress_of(run, at=now).waits_for.startswith("A worker has not finished what it took.")


def test_a_notice_is_told_before_anything_else(alice: User, template: Profile) -> None:
    run = started(alice, template, people(3))
    run.notice = "The mail server is asleep."

    assert progress_of(run).waits_for == "The mail server is asleep."
    run.state = RunState.PAUSED
    assert progress_of(run).waits_for == "The mail server is asleep."


def test_a_full_disk_is_told(
    alice: User, template: Profile, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(alice, template, people(3))
    alive()
    assert progress_of(run).waits_for == ""

    monkeypatch.setattr(bulk, "LEAST_SPACE", 10**18)
    assert progress_of(run).waits_for == "The disk is full. Free some space; this goes on by itself then."

    settings.DATA_DIR = settings.DATA_DIR / "nowhere"
    assert progress_of(run).waits_for == ""


@pytest.mark.parametrize(
    "state", [S.DRAFT, S.CHECKED, S.PAUSED, S.CANCELLED, S.FINISHED], ids=lambda state: state.value
)
def test_a_run_that_nobody_should_work_on_waits_for_nothing(
    alice: User, template: Profile, state: RunState
) -> None:
    run = started(alice, template, people(3))
    run.state = state
    assert progress_of(run).waits_for == ""


def test_a_run_with_nothing_left_waits_for_nothing(alice: User, template: Profile) -> None:
    run = started(alice, template, people(1))
    put(run, {DONE: 3})
    assert progress_of(run).waits_for == ""


def test_a_sign_of_life_is_left_anew_each_time(db: None) -> None:
    assert progress.pulse_age() is None
    assert not progress.is_worker_alive()
    bulk.beat()
    first = Pulse.objects.get(name=bulk.PULSE).at
    bulk.beat()
    assert Pulse.objects.get(name=bulk.PULSE).at > first
    assert progress.is_worker_alive()


def test_one_that_finishes_has_no_notice_of_earlier_trouble(alice: User, template: Profile) -> None:
    run = started(alice, template, people(2))
    BulkRun.objects.update(notice="Trouble.", retry_at=timezone.now() + timedelta(seconds=5))
    put_off(run)
    work_off(run)

    assert (run.state, run.notice, run.retry_at) == (RunState.FINISHED, "", None)
    assert progress_of(run).waits_for == ""
    assert run.progressed_at is not None
