"""E-mails with install links, through a real mail server: one for each, whatever fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from profiles import tasks
from profiles.exceptions import LinkError
from profiles.models import BulkRun, Delivery, HandOut, Profile, RunState, SigningIdentity, User
from profiles.services import hand_outs
from profiles.services.bulk import claims, retention, runs, sending
from profiles.services.bulk import work as bulk
from profiles.services.bulk.corrections import correct
from profiles.services.bulk.runs import Wish
from profiles.services.bulk.sending import DOUBTFUL
from profiles.services.links import install_address
from tests.services.bulk.post_office import BY_MAIL, SENDER, PostOffice, address, links_in
from tests.services.bulk.run_samples import (
    COLUMNS,
    DONE,
    FAILED,
    READY,
    SENDING,
    content_of,
    damage,
    left_over,
    letters,
    meanwhile,
    people,
    person,
    pin,
    put_off,
    reason_of,
    rows_of,
    started,
    states,
    work_off,
)

EMAIL = COLUMNS.index("email")


def test_everybody_gets_one_e_mail_with_their_link_and_only_theirs(
    alice: User, template: Profile, post: PostOffice
) -> None:
    run = started(alice, template, people(12), BY_MAIL)
    work_off(run)

    assert (run.state, states(run)) == (RunState.FINISHED, [DONE] * 12)
    assert sorted(post.addresses) == sorted(address(number) for number in range(12))
    for number in range(12):
        message = post.message(address(number))
        token = content_of(run)[letters(number)].decode()
        assert message["To"] == address(number)
        assert links_in(message) == [install_address(token)]
        assert pin(number) not in message.as_string()
        link = hand_outs.find(token)
        assert link.recipient is not None
        assert link.recipient.key == letters(number)


def test_an_e_mail_says_what_was_written_and_who_sent_it(
    alice: User, template: Profile, post: PostOffice
) -> None:
    wish = Wish(delivery=Delivery.EMAIL, subject="Zugang für dich", message="Grüße 😀\n{{link}}\n\n{{link}}")
    run = started(alice, template, people(1), wish)
    work_off(run)

    message = post.message(address(0))
    assert (message["From"], message["Subject"]) == (SENDER, "Zugang für dich")
    assert message["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9A-F-]{36}@mail\.example\.com>", message["Message-ID"])
    assert message["Cc"] is message["Bcc"] is None
    assert message.get_content().startswith("Grüße 😀")
    assert len(links_in(message)) == 2


def test_an_address_with_a_name_in_other_letters_is_reached(
    alice: User, template: Profile, post: PostOffice
) -> None:
    run = started(alice, template, [person(0, email="a@müller.example")], BY_MAIL)
    work_off(run)

    assert states(run) == [DONE]
    assert post.addresses == ["a@xn--mller-kva.example"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("550 No such person", "The mail server refuses this address (code 550). Correct it."),
        (
            "450 Come back later",
            "The mail server does not take this address just now (code 450). Try it again later.",
        ),
        (
            "421 Too much",
            "The mail server does not take this address just now (code 421). Try it again later.",
        ),
    ],
    ids=["for good", "for now", "and hangs up"],
)
def test_an_address_that_is_refused_fails_with_a_reason_and_the_others_get_theirs(
    alice: User, template: Profile, post: PostOffice, answer: str, reason: str
) -> None:
    post.recipients[letters(1)] = answer
    run = started(alice, template, people(3), BY_MAIL)
    work_off(run)

    assert (run.state, states(run)) == (RunState.FINISHED, [DONE, FAILED, DONE])
    assert reason_of(run, 1) == reason
    assert post.addresses == [address(0), address(2)]


@pytest.mark.parametrize("code", [554, 452, 421])
def test_an_e_mail_that_is_refused_fails_with_a_reason_and_the_others_get_theirs(
    alice: User, template: Profile, post: PostOffice, code: int
) -> None:
    post.contents[letters(0)] = f"{code} We do not like it"
    run = started(alice, template, people(3), BY_MAIL)
    work_off(run)

    assert states(run) == [FAILED, DONE, DONE]
    assert reason_of(run) == f"The mail server refused the e-mail (code {code}). Try it again later."
    assert post.addresses == [address(1), address(2)]


def test_while_the_server_is_down_the_run_waits_and_then_sends_each_once(
    alice: User, template: Profile, post: PostOffice
) -> None:
    post.close()
    run = started(alice, template, people(3), BY_MAIL)
    work_off(run)

    assert (run.state, states(run)) == (RunState.RUNNING, [READY] * 3)
    assert run.notice == "The mail server does not answer, or refuses to serve. It is tried again."
    assert run.retry_at is not None
    assert timezone.now() < run.retry_at <= timezone.now() + bulk.RETRIED_AFTER
    assert not claims.in_hand(run).exists()

    post.open()
    put_off(run)
    work_off(run)
    assert (run.state, run.notice, states(run)) == (RunState.FINISHED, "", [DONE] * 3)
    assert post.addresses == [address(number) for number in range(3)]


def test_a_sender_who_is_refused_keeps_the_run_waiting_with_nobody_failed(
    alice: User, template: Profile, post: PostOffice
) -> None:
    post.sender = "530 Sign in first"
    run = started(alice, template, people(3), BY_MAIL)
    work_off(run)

    assert (run.state, states(run)) == (RunState.RUNNING, [READY] * 3)
    assert run.notice == f"The mail server takes nothing from {SENDER} (code 530). It is tried again."
    assert not claims.in_hand(run).exists()

    post.sender = ""
    put_off(run)
    work_off(run)
    assert (run.state, states(run)) == (RunState.FINISHED, [DONE] * 3)
    assert post.addresses == [address(number) for number in range(3)]


def test_a_connection_cut_in_the_middle_leaves_one_doubtful_and_the_others_get_theirs(
    alice: User, template: Profile, post: PostOffice
) -> None:
    post.cutting = {letters(1)}
    run = started(alice, template, people(4), BY_MAIL)
    work_off(run)

    assert (run.state, states(run)) == (RunState.FINISHED, [DONE, FAILED, DONE, DONE])
    assert reason_of(run, 1) == DOUBTFUL
    work_off(run)
    assert sorted(post.addresses) == [address(number) for number in range(4)]


def test_what_is_doubtful_is_sent_again_only_when_somebody_says_so_with_the_same_link_and_id(
    alice: User, template: Profile, post: PostOffice
) -> None:
    post.cutting = {letters(0)}
    run = started(alice, template, people(2), BY_MAIL)
    work_off(run)
    post.cutting = set()

    runs.retry(actor=alice, run=run)
    work_off(run)

    assert (run.state, states(run)) == (RunState.FINISHED, [DONE, DONE])
    first, again = post.messages(address(0))
    assert first["Message-ID"] == again["Message-ID"]
    assert links_in(first) == links_in(again)
    assert len(post.messages(address(1))) == 1
    assert HandOut.objects.count() == 2


@pytest.mark.parametrize("polite", [True, False], ids=["saying so", "hanging up"])
def test_a_server_that_ends_connections_after_some_e_mails_gets_all_of_them(
    alice: User, template: Profile, post: PostOffice, polite: bool
) -> None:
    post.per_session, post.polite = 2, polite
    run = started(alice, template, people(5), BY_MAIL)
    work_off(run)

    assert states(run) == [DONE] * 5
    assert post.addresses == [address(number) for number in range(5)]


def test_a_server_that_goes_down_in_between_leaves_the_rest_waiting(
    alice: User, template: Profile, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(alice, template, people(4), BY_MAIL)
    meanwhile(monkeypatch, "profiles.services.bulk.sending._reach", post.close, call=3)
    work_off(run)
    assert (run.state, states(run)) == (RunState.RUNNING, [DONE, DONE, READY, READY])
    assert "does not answer" in run.notice
    assert not claims.in_hand(run).exists()

    post.open()
    put_off(run)
    work_off(run)
    assert states(run) == [DONE] * 4
    assert post.addresses == [address(number) for number in range(4)]


def test_what_a_worker_that_stopped_was_sending_is_doubtful(
    alice: User, template: Profile, post: PostOffice
) -> None:
    run = started(alice, template, people(3), BY_MAIL)
    claim = claims.take(run, READY, 2)
    run.recipients.filter(pk=claim.recipients[0].pk).update(state=SENDING)

    work_off(run)
    assert (run.state, states(run)) == (RunState.RUNNING, [SENDING, READY, DONE])
    assert run.pk not in bulk.stalled()

    put_off(run)
    assert run.pk in bulk.stalled()
    work_off(run)
    assert (run.state, states(run)) == (RunState.FINISHED, [FAILED, DONE, DONE])
    assert reason_of(run) == DOUBTFUL
    assert sorted(post.addresses) == [address(1), address(2)]


@pytest.mark.parametrize("halt", [runs.pause, runs.cancel])
def test_what_was_being_sent_when_a_run_was_halted_is_not_so_for_ever(
    alice: User, template: Profile, post: PostOffice, halt: Callable[..., BulkRun]
) -> None:
    run = started(alice, template, people(2), BY_MAIL)
    claim = claims.take(run, READY, 1)
    run.recipients.filter(pk=claim.recipients[0].pk).update(state=SENDING)
    halt(actor=alice, run=run)

    tasks.tend()
    assert states(run) == [SENDING, READY]

    put_off(run)
    tasks.tend()
    assert states(run) == [FAILED, READY]
    assert reason_of(run) == DOUBTFUL
    assert not post.addresses


def test_a_run_is_not_over_while_its_last_e_mail_is_being_sent(
    alice: User, template: Profile, post: PostOffice
) -> None:
    run = started(alice, template, people(1), BY_MAIL)
    claims.take(run, READY, 1)
    run.recipients.update(state=SENDING)

    work_off(run)
    assert (run.state, states(run)) == (RunState.RUNNING, [SENDING])


def test_of_what_a_worker_was_sending_too_slowly_nothing_is_sent_twice(
    alice: User, template: Profile, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(alice, template, people(4), BY_MAIL)

    def take_over() -> None:
        put_off(run)
        work_off(run)

    meanwhile(monkeypatch, "profiles.services.bulk.sending._reach", take_over)
    work_off(run)

    assert (run.state, states(run)) == (RunState.FINISHED, [DONE] * 4)
    assert sorted(post.addresses) == [address(number) for number in range(4)]


def test_an_e_mail_that_was_given_up_stays_so_when_its_sender_comes_late(
    alice: User, template: Profile, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(alice, template, people(2), BY_MAIL)

    def take_over() -> None:
        put_off(run)
        work_off(run)

    meanwhile(monkeypatch, "profiles.services.bulk.sending.settle", take_over)
    work_off(run)

    assert (run.state, states(run)) == (RunState.FINISHED, [FAILED, DONE])
    assert reason_of(run) == DOUBTFUL
    assert post.addresses == [address(0), address(1)]


def test_a_run_deleted_while_it_is_sent_sends_nothing_more(
    alice: User, template: Profile, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(alice, template, people(3), BY_MAIL)
    meanwhile(
        monkeypatch,
        "profiles.services.bulk.sending._announce",
        lambda: retention.delete(actor=alice, run=run),
    )

    assert bulk.work(run.pk, seconds=60) is False
    assert not post.taken
    assert not any(left_over(run.pk).values())


def test_a_halt_lets_the_chunk_in_hand_be_sent_and_no_more(
    alice: User, template: Profile, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SIZE", 2)
    run = started(alice, template, people(5), BY_MAIL)
    meanwhile(monkeypatch, "profiles.services.bulk.sending._reach", lambda: runs.pause(actor=alice, run=run))
    work_off(run)

    assert (run.state, states(run)) == (RunState.PAUSED, [DONE, DONE, READY, READY, READY])
    runs.resume(actor=alice, run=run)
    work_off(run)
    assert post.addresses == [address(number) for number in range(5)]


def test_a_corrected_address_gets_a_link_of_its_own_and_the_old_one_opens_nothing(
    alice: User, template: Profile, post: PostOffice
) -> None:
    post.cutting = {letters(0)}
    run = started(alice, template, people(1), BY_MAIL)
    work_off(run)
    old = content_of(run)[letters(0)].decode()

    correct(actor=alice, run=run, number=2, cells={EMAIL: "right@example.org"})
    runs.retry(actor=alice, run=run)
    work_off(run)

    new = content_of(run)[letters(0)].decode()
    assert states(run) == [DONE]
    assert post.addresses == [address(0), "right@example.org"]
    assert links_in(post.message("right@example.org")) == [install_address(new)]
    # Or who drops what they think to have would have the old link alone.
    assert post.message("right@example.org")["Message-ID"] != post.message(address(0))["Message-ID"]
    with pytest.raises(HandOut.DoesNotExist):
        hand_outs.find(old)
    assert hand_outs.find(new).note == letters(0)


def test_a_link_that_has_ended_before_it_is_sent_again_lasts_anew(
    alice: User, template: Profile, post: PostOffice
) -> None:
    post.recipients[letters(0)] = "450 Later"
    run = started(alice, template, people(1), BY_MAIL)
    work_off(run)
    HandOut.objects.update(expires_at=timezone.now() - timedelta(days=1))
    token = content_of(run)[letters(0)].decode()
    with pytest.raises(LinkError):
        hand_outs.find(token)

    post.recipients.clear()
    runs.retry(actor=alice, run=run)
    work_off(run)
    assert links_in(post.message(address(0))) == [install_address(token)]
    assert hand_outs.find(token).expires_at > timezone.now() + timedelta(days=6)


def test_when_the_server_stops_sending_e_mail_altogether_nothing_counts_as_sent(
    alice: User, template: Profile, post: PostOffice, settings: Settings
) -> None:
    run = started(alice, template, people(2), BY_MAIL)
    settings.EMAIL_ENABLED = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    work_off(run)

    assert (run.state, states(run)) == (RunState.RUNNING, [READY] * 2)
    assert run.notice.startswith("This server sends no e-mail any more.")


def test_a_row_that_was_altered_in_the_database_fails_and_the_others_get_theirs(
    alice: User, template: Profile, post: PostOffice
) -> None:
    run = started(alice, template, people(3), BY_MAIL)
    damage(rows_of(run)[1])
    work_off(run)

    assert states(run) == [DONE, FAILED, DONE]
    assert post.addresses == [address(0), address(2)]


def test_nobody_is_sent_a_link_that_nothing_could_sign_for(
    alice: User, template: Profile, post: PostOffice
) -> None:
    run = started(alice, template, people(1), BY_MAIL)
    SigningIdentity.objects.all().delete()
    work_off(run)

    assert (run.state, states(run)) == (RunState.PAUSED, [READY])
    assert not post.taken
