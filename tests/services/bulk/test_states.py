"""What can be done with a run in which state, and what cannot."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pytest

from profiles.exceptions import BulkError
from profiles.models import AuditEntry, BulkRun, Delivery, Profile, RunState, User
from profiles.services.bulk import corrections, retention, runs
from profiles.services.bulk.runs import Wish
from tests.services.bulk.run_samples import (
    DONE,
    FAILED,
    INVALID,
    READY,
    UNSIGNED,
    checked,
    finished,
    left_over,
    matching_of,
    people,
    person,
    reason_of,
    rows_of,
    started,
    states,
    work_off,
)

S = RunState
Act = Callable[[User, BulkRun], Any]

ACTIONS: dict[str, tuple[Act, Collection[RunState]]] = {
    "match": (
        lambda actor, run: runs.match(actor=actor, run=run, matching=matching_of(run)),
        {S.DRAFT, S.CHECKING, S.CHECKED},
    ),
    "start": (lambda actor, run: runs.start(actor=actor, run=run, wish=UNSIGNED), {S.CHECKED}),
    "pause": (lambda actor, run: runs.pause(actor=actor, run=run), {S.RUNNING}),
    "cancel": (lambda actor, run: runs.cancel(actor=actor, run=run), {S.RUNNING, S.PAUSED}),
    "resume": (lambda actor, run: runs.resume(actor=actor, run=run), {S.PAUSED, S.CANCELLED}),
    "retry": (
        lambda actor, run: runs.retry(actor=actor, run=run),
        {S.RUNNING, S.PAUSED, S.CANCELLED, S.FINISHED},
    ),
    "correct": (
        lambda actor, run: corrections.correct(actor=actor, run=run, number=4, cells={}),
        {S.CHECKED, S.PAUSED, S.CANCELLED, S.FINISHED},
    ),
    "delete": (lambda actor, run: retention.delete(actor=actor, run=run), {*S} - {S.LOADING}),
}
"""What is done, and the states in which it can be."""

AFTERWARDS = {
    "match": S.CHECKING,
    "start": S.RUNNING,
    "pause": S.PAUSED,
    "cancel": S.CANCELLED,
    "resume": S.RUNNING,
    "retry": S.RUNNING,
}


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_taken_in_its_states_and_refused_in_all_others(
    alice: User, template: Profile, action: str, state: RunState
) -> None:
    run = checked(alice, template, [*people(2), person(2, user="Bad")])
    run.recipients.filter(row=2).update(state=FAILED, reason="No luck.")
    BulkRun.objects.filter(pk=run.pk).update(state=state)
    before, logged = BulkRun.objects.filter(pk=run.pk).values().get(), AuditEntry.objects.count()
    act, allowed = ACTIONS[action]

    if state in allowed:
        act(alice, run)
        if action == "delete":
            assert not any(left_over(run.pk).values())
        else:
            run.refresh_from_db()
            assert run.state == AFTERWARDS.get(action, state)
        assert AuditEntry.objects.count() == logged + (action != "match")
    else:
        with pytest.raises(BulkError) as refusal:
            act(alice, run)
        assert str(refusal.value).endswith(".")
        assert BulkRun.objects.filter(pk=run.pk).values().get() == before
        assert states(run) == [FAILED, READY, INVALID]
        assert AuditEntry.objects.count() == logged


def test_what_was_paused_goes_on_where_it_was(alice: User, template: Profile) -> None:
    run = started(alice, template, people(3))
    runs.pause(actor=alice, run=run)
    work_off(run)
    assert states(run) == [READY] * 3

    run = runs.resume(actor=alice, run=run)
    assert run.counted_from is not None
    work_off(run)
    assert (run.state, states(run)) == (S.FINISHED, [DONE] * 3)


def test_what_was_cancelled_keeps_what_was_made_and_can_be_gone_on_with(
    alice: User, template: Profile
) -> None:
    run = started(alice, template, people(3))
    run.recipients.filter(row=2).update(state=DONE)
    runs.cancel(actor=alice, run=run)
    work_off(run)
    assert (run.state, states(run)) == (S.CANCELLED, [DONE, READY, READY])

    runs.resume(actor=alice, run=run)
    work_off(run)
    assert (run.state, states(run)) == (S.FINISHED, [DONE] * 3)


@pytest.mark.parametrize("halt", [None, runs.pause, runs.cancel], ids=["running", "paused", "cancelled"])
def test_what_failed_is_tried_again_and_what_was_done_is_not(
    alice: User, template: Profile, halt: Callable[..., BulkRun] | None
) -> None:
    run = started(alice, template, people(3))
    run.recipients.filter(row=2).update(state=FAILED, reason="No luck.")
    run.recipients.filter(row=3).update(state=DONE)
    if halt:
        halt(actor=alice, run=run)

    run = runs.retry(actor=alice, run=run)
    assert states(run) == [READY, DONE, READY]
    assert reason_of(run) == ""
    work_off(run)
    assert (run.state, states(run)) == (S.FINISHED, [DONE] * 3)
    assert not hasattr(rows_of(run)[1], "result")


def test_a_finished_run_without_anything_that_failed_is_not_tried_again(
    alice: User, template: Profile
) -> None:
    run = finished(alice, template, [*people(2), person(3, user="Bad")])

    with pytest.raises(BulkError, match="Nothing is left to be made"):
        runs.retry(actor=alice, run=run)
    run.refresh_from_db()
    assert run.state == S.FINISHED


def test_a_run_that_is_tried_again_ends_anew(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(2))
    ended, expires = run.finished_at, run.expires_at
    run.recipients.filter(row=2).update(state=FAILED)
    rows_of(run)[0].result.delete()

    again = runs.retry(actor=alice, run=run)
    assert again.finished_at is None
    work_off(run)
    assert ended
    assert run.finished_at
    assert run.finished_at > ended
    assert run.expires_at > expires


def test_a_run_without_anybody_who_is_ready_is_not_started(alice: User, template: Profile) -> None:
    run = checked(alice, template, [person(0, user="Bad")])
    with pytest.raises(BulkError, match="No row is ready"):
        runs.start(actor=alice, run=run, wish=UNSIGNED)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (Wish(delivery=Delivery.LINKS, link_days=2), "A link lasts 1 day, 7 days, 30 days, 1 year."),
        (Wish(delivery=Delivery.EMAIL, subject="", message="{{link}}"), "The subject is empty."),
        (Wish(delivery=Delivery.EMAIL, subject=" \n", message="{{link}}"), "The subject is empty."),
        (
            Wish(delivery=Delivery.EMAIL, subject="x" * 256, message="{{link}}"),
            "The subject has 256 characters",
        ),
        (
            Wish(delivery=Delivery.EMAIL, subject="a\x00b", message="{{link}}"),
            "The subject holds a character",
        ),
        (
            Wish(delivery=Delivery.EMAIL, subject="a\u202eb", message="{{link}}"),
            "The subject holds a character",
        ),
        (Wish(delivery=Delivery.EMAIL, subject="Hi", message="{{ link }}"), "does not hold {{link}}"),
        (
            Wish(delivery=Delivery.EMAIL, subject="Hi", message="{{link}}" + "x" * 4_993),
            "has 5,001 characters",
        ),
    ],
    ids=[
        "days",
        "no subject",
        "blank subject",
        "long subject",
        "NUL",
        "direction",
        "no link",
        "long message",
    ],
)
def test_what_cannot_be_wished_for_is_refused_in_a_sentence(
    alice: User, template: Profile, settings: Any, wish: Wish, sentence: str
) -> None:
    settings.EMAIL_ENABLED = True
    run = checked(alice, template, people(1))
    with pytest.raises(BulkError, match=sentence):
        runs.start(actor=alice, run=run, wish=wish)
    run.refresh_from_db()
    assert run.state == S.CHECKED


def test_a_subject_that_was_typed_in_two_lines_becomes_one(
    alice: User, template: Profile, settings: Any
) -> None:
    settings.EMAIL_ENABLED = True
    wish = Wish(delivery=Delivery.EMAIL, subject="Your VPN\r\nBcc: all@example.org", message="{{link}}")
    run = runs.start(actor=alice, run=checked(alice, template, people(1)), wish=wish)
    assert run.subject == "Your VPN Bcc: all@example.org"


def test_without_a_mail_server_or_addresses_nothing_is_sent_by_mail(
    alice: User, template: Profile, settings: Any
) -> None:
    wish = Wish(delivery=Delivery.EMAIL, subject="Hi", message="{{link}}")
    settings.EMAIL_ENABLED = False
    with pytest.raises(BulkError, match="This server sends no e-mail"):
        runs.start(actor=alice, run=checked(alice, template, people(1)), wish=wish)

    settings.EMAIL_ENABLED = True
    rows = [row[:3] for row in people(1)]
    with pytest.raises(BulkError, match="No column holds e-mail addresses"):
        runs.start(
            actor=alice, run=checked(alice, template, rows, columns=("user", "pin", "room")), wish=wish
        )


def test_files_alone_can_be_unsigned(alice: User, template: Profile) -> None:
    run = runs.start(
        actor=alice,
        run=checked(alice, template, people(1)),
        wish=Wish(delivery=Delivery.LINKS, unsigned=True),
    )
    assert not run.unsigned


def test_every_state_and_every_delivery_is_called_something() -> None:
    assert len({state.label for state in RunState}) == len(RunState)
    assert [delivery.is_by_link for delivery in Delivery] == [False, True, True]
