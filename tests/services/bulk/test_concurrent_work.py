"""Several processes, one run: everybody gets one result, whatever happens in between."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from profiles.exceptions import BulkError
from profiles.models import AuditEntry, BulkResult, BulkRun, Delivery, HandOut, Profile, RunState, User
from profiles.services.audit import Event
from profiles.services.bulk import retention, runs
from profiles.services.bulk.runs import Wish
from tests.services.bulk.run_samples import (
    COLUMNS,
    DONE,
    INVALID,
    READY,
    UNSIGNED,
    checked,
    content_of,
    left_over,
    letters,
    loaded,
    matching_of,
    people,
    person,
    rows_of,
    started,
    states,
    work_off,
)
from tests.services.bulk.staff import Staff

LINKS = Wish(delivery=Delivery.LINKS)
USER, _, _, EMAIL = range(len(COLUMNS))


@pytest.fixture
def alice(transactional_db: None) -> User:
    """Alice, whom other processes see."""
    return User.objects.create_user("alice")


def assert_one_each(run: BulkRun, count: int) -> None:
    """Everybody is done, with the one result that is theirs."""
    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert states(run) == [DONE] * count
    assert not run.recipients.exclude(claim=None, claimed_until=None).exists()
    results = content_of(run)
    assert set(results) == {letters(number) for number in range(count)}
    assert len(set(results.values())) == count
    assert BulkResult.objects.filter(recipient__run=run).count() == count
    if run.delivery == Delivery.LINKS:
        assert HandOut.objects.filter(recipient__run=run).count() == count
    else:
        assert all(f"<string>{key}@".encode() in content for key, content in results.items())


@pytest.mark.parametrize("wish", [UNSIGNED, LINKS], ids=["files", "links"])
def test_workers_share_a_run_and_take_nobody_twice(
    alice: User, template: Profile, staff: Staff, wish: Wish
) -> None:
    run = started(alice, template, people(240), wish)
    staff.begin(run, 3)
    taken = staff.end()

    assert_one_each(run, 240)
    assert sum(taken) == 240
    assert sum(1 for each in taken if each) >= 2


def test_workers_share_the_check_of_a_list(alice: User, template: Profile, staff: Staff) -> None:
    run = loaded(alice, template, [*people(120), *people(30), person(500, user="Bad")])
    runs.match(actor=alice, run=run, matching=matching_of(run))
    staff.begin(run, 3)
    taken = staff.end()

    run.refresh_from_db()
    assert run.state == RunState.CHECKED
    assert states(run) == [READY] * 120 + [INVALID] * 31
    assert sum(taken) == 151


@pytest.mark.parametrize("wish", [UNSIGNED, LINKS], ids=["files", "links"])
def test_claims_that_lapse_all_the_time_give_one_result_each(
    alice: User, template: Profile, staff: Staff, wish: Wish
) -> None:
    taken = 0
    for _ in range(5):
        run = started(alice, template, people(240), wish)
        staff.begin(run, 3, lease=0.05, size=30, dawdling=0.2)
        taken = sum(staff.end())
        assert_one_each(run, 240)
        if taken > 240:
            return
    assert taken > 240, "nobody was taken over, so this says nothing"


def test_what_a_killed_worker_had_in_hand_is_made_by_another(
    alice: User, template: Profile, staff: Staff
) -> None:
    run = started(alice, template, people(300))
    staff.begin(run, 3, lease=0.5, size=50)
    while not run.recipients.exclude(claim=None).exists():
        time.sleep(0.002)
    staff.kill()
    staff.end()

    assert_one_each(run, 300)


def test_a_run_that_is_held_and_gone_on_with_all_the_time_gives_one_result_each(
    alice: User, template: Profile, staff: Staff
) -> None:
    run = started(alice, template, people(240), LINKS)
    acts = [runs.pause, runs.resume, runs.retry, runs.cancel, runs.resume]
    staff.begin(run, 2, size=5)
    for number in range(60):
        # It may be over before, and then there is nothing to be halted.
        with suppress(BulkError):
            acts[number % len(acts)](actor=alice, run=run)
        time.sleep(0.005)
    staff.end()

    # Fewer on a busy machine, where workers are done before.
    assert AuditEntry.objects.filter(event=Event.RUN_RESUMED.value).count() > 2
    assert_one_each(run, 240)


def test_columns_matched_anew_all_the_time_are_those_that_count_in_the_end(
    alice: User, template: Profile, staff: Staff
) -> None:
    run = checked(alice, template, people(150))
    usual = matching_of(run)
    for round_ in range(10):
        key = EMAIL if round_ % 2 else USER
        matching = runs.Matching(variables=usual.variables, key=key, email=EMAIL)
        runs.match(actor=alice, run=run, matching=matching)
        if round_ == 0:
            staff.begin(run, 2)
        time.sleep(0.03)
    staff.end()
    # Whoever found everything checked for a moment has gone home.
    work_off(run)

    assert run.state == RunState.CHECKED
    assert states(run) == [READY] * 150
    assert {row.key for row in rows_of(run)} == {f"{letters(number)}@example.org" for number in range(150)}


@pytest.mark.parametrize("wish", [UNSIGNED, LINKS], ids=["files", "links"])
def test_a_run_deleted_under_its_workers_leaves_nothing_and_lets_them_go(
    alice: User, template: Profile, staff: Staff, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 20)
    run = started(alice, template, people(300), wish)
    staff.begin(run, 2, size=5)
    while not BulkResult.objects.exists():
        time.sleep(0.002)
    retention.delete(actor=alice, run=run)
    staff.end()

    assert not any(left_over(run.pk).values())
    assert not BulkResult.objects.exists()
    assert not HandOut.objects.exists()
