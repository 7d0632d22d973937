"""Who has whom in hand, and that what comes late or breaks off leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, models
from django.utils import timezone

from profiles.exceptions import BulkError
from profiles.models import BulkResult, BulkRun, Delivery, HandOut, Profile, RunState, User
from profiles.services.bulk import checking, claims, making, result_store, retention, runs
from profiles.services.bulk import work as bulk
from profiles.services.bulk.runs import Wish
from tests.services.bulk.run_samples import (
    DONE,
    FAILED,
    NEW,
    READY,
    UNSIGNED,
    checked,
    content_of,
    finished,
    left_over,
    loaded,
    matching_of,
    meanwhile,
    people,
    put_off,
    rows_of,
    started,
    states,
    work_off,
)

LINKS = Wish(delivery=Delivery.LINKS)


def results_of(run: BulkRun) -> int:
    return BulkResult.objects.filter(recipient__run=run).count()


def test_nobody_is_taken_twice_while_a_claim_lasts(alice: User, template: Profile) -> None:
    run = started(alice, template, people(5))

    one, two, three = (claims.take(run, READY, 2) for _ in range(3))
    assert [[row.row for row in claim.recipients] for claim in (one, two, three)] == [[2, 3], [4, 5], [6]]
    assert not claims.take(run, READY, 2).recipients
    assert claims.in_hand(run).count() == 5


def test_a_claim_lasts_as_long_as_a_lease(alice: User, template: Profile) -> None:
    run = started(alice, template, people(1))
    claims.take(run, READY, 1)

    assert not claims.take(run, READY, 1).recipients
    put_off(run, seconds=claims.LEASE.total_seconds() - 5)
    assert not claims.take(run, READY, 1).recipients
    put_off(run, seconds=6)
    assert claims.take(run, READY, 1).recipients


def test_a_claim_that_is_renewed_lasts_longer_and_one_that_was_lost_stays_lost(
    alice: User, template: Profile
) -> None:
    run = started(alice, template, people(2))
    mine = claims.take(run, READY, 2)
    put_off(run, seconds=29)
    claims.renew(mine)
    put_off(run, seconds=29)
    assert not claims.take(run, READY, 2).recipients

    put_off(run, seconds=2)
    theirs = claims.take(run, READY, 1)
    claims.renew(mine)
    assert claims.still_mine(mine) == [mine.recipients[1]]
    assert claims.still_mine(theirs) == [mine.recipients[0]]


def test_what_is_given_back_is_free_at_once_but_not_what_another_has_taken(
    alice: User, template: Profile
) -> None:
    run = started(alice, template, people(2))
    mine = claims.take(run, READY, 2)
    put_off(run)
    theirs = claims.take(run, READY, 1)

    claims.give_back(mine)

    assert claims.still_mine(theirs) == theirs.recipients
    assert [row.row for row in claims.take(run, READY, 2).recipients] == [3]


def test_a_holder_who_comes_late_but_before_anybody_else_may_store(alice: User, template: Profile) -> None:
    run = started(alice, template, people(2))
    claim = claims.take(run, READY, 2)
    put_off(run)
    made = [BulkResult(recipient=row, sealed=b"x") for row in claim.recipients]

    result_store.store(run, claim, made)

    assert states(run) == [DONE] * 2
    assert results_of(run) == 2


@pytest.mark.parametrize("wish", [UNSIGNED, LINKS], ids=["files", "links"])
def test_a_claim_that_lapses_while_its_holder_works_gives_one_result(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch, wish: Wish
) -> None:
    run = started(alice, template, people(3), wish)
    held: list[dict[str, bytes]] = []

    def take_over() -> None:
        put_off(run)
        assert bulk.work(run.pk, seconds=60) is False
        held.append(dict(content_of(run)))

    meanwhile(monkeypatch, "profiles.services.bulk.making.store", take_over)
    work_off(run)

    assert (run.state, states(run)) == (RunState.FINISHED, [DONE] * 3)
    assert results_of(run) == 3
    assert content_of(run) == held[0]
    assert HandOut.objects.count() == (0 if wish is UNSIGNED else 3)


def test_of_a_lapsed_claim_what_nobody_took_over_is_stored(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(alice, template, people(3))

    def take_over_one() -> None:
        put_off(run)
        theirs = claims.take(run, READY, 1)
        result_store.store(run, theirs, [BulkResult(recipient=theirs.recipients[0], sealed=b"theirs")])

    meanwhile(monkeypatch, "profiles.services.bulk.making.store", take_over_one)
    work_off(run)

    assert states(run) == [DONE] * 3
    assert [bytes(row.result.sealed) == b"theirs" for row in rows_of(run)] == [True, False, False]


def test_a_holder_who_comes_late_does_not_undo_a_failure_or_a_success(alice: User, template: Profile) -> None:
    run = started(alice, template, people(2))
    late = claims.take(run, READY, 2)
    put_off(run)
    theirs = claims.take(run, READY, 2)
    one, two = theirs.recipients
    result_store.store(run, theirs, [BulkResult(recipient=one, sealed=b"theirs")], failed={two.pk: "Theirs."})

    result_store.store(run, late, [BulkResult(recipient=two, sealed=b"late")], failed={one.pk: "Late."})
    result_store.settle(late, one.pk, FAILED, reason="Late.")

    assert states(run) == [DONE, FAILED]
    assert [row.reason for row in rows_of(run)] == ["", "Theirs."]
    assert results_of(run) == 1


Break = Callable[[pytest.MonkeyPatch], None]


def _raise(*arguments: Any, **keywords: Any) -> None:
    raise OperationalError("connection lost")


def _at_results(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(BulkResult.objects.all()), "bulk_create", _raise)


def _at_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(HandOut.objects.all()), "bulk_create", _raise)


def _at_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_store, "FREE", {"nobody": 1, "claim": models.F("nothing")})


def _at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(BulkRun.objects.all()), "note_progress", _raise)


@pytest.mark.parametrize("at", [_at_links, _at_states, _at_the_end], ids=["links", "states", "the end"])
def test_what_breaks_off_while_storing_leaves_nothing_half(alice: User, template: Profile, at: Break) -> None:
    run = started(alice, template, people(3), LINKS)
    with pytest.MonkeyPatch.context() as broken:
        at(broken)
        with pytest.raises(Exception, match=r"connection lost|nothing|nobody"):
            making.link_some(run)

    assert states(run) == [READY] * 3
    assert results_of(run) == 0
    assert not HandOut.objects.exists()

    put_off(run)
    work_off(run)
    assert (states(run), results_of(run), HandOut.objects.count()) == ([DONE] * 3, 3, 3)


def test_what_breaks_off_while_checking_leaves_nothing_half(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = loaded(alice, template, people(3))
    run = runs.match(actor=alice, run=run, matching=matching_of(run))
    with pytest.MonkeyPatch.context() as broken:
        _at_results(broken)
        with pytest.raises(OperationalError):
            checking.check_some(run)
    assert states(run) == [NEW] * 3

    put_off(run)
    work_off(run)
    assert states(run) == [READY] * 3


@pytest.mark.parametrize("halt", [runs.pause, runs.cancel], ids=["pause", "cancel"])
def test_a_halt_before_a_claim_leaves_nobody_in_hand(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch, halt: Callable[..., BulkRun]
) -> None:
    run = started(alice, template, people(3))
    meanwhile(monkeypatch, "profiles.services.bulk.claims.take", lambda: halt(actor=alice, run=run))

    work_off(run)

    assert run.state in (RunState.PAUSED, RunState.CANCELLED)
    assert states(run) == [READY] * 3
    assert not claims.in_hand(run).exists()


@pytest.mark.parametrize("halt", [runs.pause, runs.cancel], ids=["pause", "cancel"])
def test_a_halt_after_a_claim_lets_that_chunk_be_finished(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch, halt: Callable[..., BulkRun]
) -> None:
    monkeypatch.setattr(making, "SIZE", 2)
    run = started(alice, template, people(3))
    meanwhile(monkeypatch, "profiles.services.bulk.making.store", lambda: halt(actor=alice, run=run))

    work_off(run)

    assert run.state in (RunState.PAUSED, RunState.CANCELLED)
    assert states(run) == [DONE, DONE, READY]

    runs.resume(actor=alice, run=run)
    work_off(run)
    assert (run.state, states(run)) == (RunState.FINISHED, [DONE] * 3)


@pytest.mark.parametrize(
    ("wish", "moment"),
    [
        (wish, moment)
        for wish in (UNSIGNED, LINKS)
        for moment in (
            "work._some",
            "claims.take",
            "making.new_links",
            "making.press_of",
            "making.store",
            "work.finish",
        )
        if moment != ("making.new_links" if wish is UNSIGNED else "making.press_of")
    ],
    ids=lambda value: value.delivery.value if isinstance(value, Wish) else value,
)
def test_a_run_deleted_while_a_worker_has_it_leaves_nothing_and_stops_nobody(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch, moment: str, wish: Wish
) -> None:
    run = started(alice, template, people(3), wish)
    meanwhile(
        monkeypatch,
        f"profiles.services.bulk.{moment}",
        lambda: retention.delete(actor=alice, run=run),
    )

    assert bulk.work(run.pk, seconds=60) is False
    assert not any(left_over(run.pk).values())


@pytest.mark.parametrize("moment", ["claims.take", "checking.press_of", "claims.still_mine", "checking._end"])
def test_a_run_deleted_while_it_is_checked_leaves_nothing_and_stops_nobody(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    run = loaded(alice, template, people(3))
    run = runs.match(actor=alice, run=run, matching=matching_of(run))
    meanwhile(
        monkeypatch,
        f"profiles.services.bulk.{moment}",
        lambda: retention.delete(actor=alice, run=run),
    )

    assert bulk.work(run.pk, seconds=60) is False
    assert not any(left_over(run.pk).values())


def test_a_run_that_was_deleted_long_ago_is_not_worked_on(alice: User, template: Profile) -> None:
    run = started(alice, template, people(1))
    retention.delete(actor=alice, run=run)

    assert bulk.work(run.pk) is False


def test_work_that_was_started_twice_is_refused_once(alice: User, template: Profile) -> None:
    run = checked(alice, template, people(1))
    runs.start(actor=alice, run=run, wish=UNSIGNED)

    with pytest.raises(BulkError, match=r"The state of this run is “Running”\. It was started already"):
        runs.start(actor=alice, run=run, wish=UNSIGNED)


def test_a_worker_leaves_others_their_turn_after_a_while(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "SIZE", 1)
    run = started(alice, template, people(3))

    assert bulk.work(run.pk, seconds=0) is True
    assert states(run) == [DONE, READY, READY]


def test_the_last_one_to_finish_ends_the_run(alice: User, template: Profile) -> None:
    run = started(alice, template, people(2))
    theirs = claims.take(run, READY, 1)

    assert bulk.work(run.pk, seconds=60) is False
    run.refresh_from_db()
    assert (run.state, states(run)) == (RunState.RUNNING, [READY, DONE])

    result_store.store(run, theirs, [BulkResult(recipient=theirs.recipients[0], sealed=b"x")])
    work_off(run)
    assert run.state == RunState.FINISHED


def test_runs_that_nobody_works_on_are_found(alice: User, template: Profile) -> None:
    checking_run = loaded(alice, template, people(1))
    runs.match(actor=alice, run=checking_run, matching=matching_of(checking_run))
    waiting = started(alice, template, people(1))
    held = started(alice, template, people(1))
    claims.take(held, READY, 1)
    lapsed = started(alice, template, people(1))
    claims.take(lapsed, READY, 1)
    put_off(lapsed)
    later = started(alice, template, people(1))
    BulkRun.objects.filter(pk=later.pk).update(retry_at=timezone.now() + timedelta(seconds=60))
    paused = started(alice, template, people(1))
    runs.pause(actor=alice, run=paused)
    finished(alice, template, people(1))

    assert {*bulk.stalled()} == {checking_run.pk, waiting.pk, lapsed.pk}
