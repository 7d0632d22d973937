"""What the people of a list have that is secret stands in no column, no reason and no log."""

from __future__ import annotations

import logging

import pytest
from pytest_django.fixtures import Settings

from profiles.encryption import KeyRing
from profiles.models import Delivery, Profile, User
from profiles.services import hand_outs, key_rotation
from profiles.services.bulk import results, runs
from profiles.services.bulk.corrections import correct
from profiles.services.bulk.rows import cells_of
from profiles.services.bulk.runs import Wish
from tests.database_files import stored_bytes
from tests.services.bulk.post_office import BY_MAIL, PostOffice
from tests.services.bulk.run_samples import (
    COLUMNS,
    DONE,
    FAILED,
    INVALID,
    checked,
    content_of,
    finished,
    people,
    person,
    pin,
    reason_of,
    rows_of,
    started,
    states,
    work_off,
)
from tests.services.template_samples import SHARED_KEY, edited, make_template, template_document
from tests.services.test_secrets_at_rest import every_column, shapes

PIN = COLUMNS.index("pin")
FIRST = "first-try-in-no-column"
CORRECTED = "corrected-in-no-column"
UNMATCHED = "unmatched-in-no-column"


def assert_nowhere(*secrets: str) -> None:
    columns = every_column()
    assert b"Office VPN" in columns
    for secret in secrets:
        assert not [shape for shape in shapes(secret) if shape in columns], secret


def every_secret() -> list[str]:
    return [*(pin(number) for number in range(4)), FIRST, CORRECTED, UNMATCHED, SHARED_KEY.decode()]


def test_whatever_becomes_of_a_run_no_column_holds_a_secret_in_the_clear(
    alice: User, template: Profile, post: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rows = [[*row, UNMATCHED] for row in [*people(3), person(3, user="Bad", pin=FIRST)]]
    post.recipients = {"b": "550 No"}
    tokens: list[str] = []
    for wish in (Wish(), Wish(delivery=Delivery.LINKS), BY_MAIL):
        run = checked(alice, template, rows, columns=(*COLUMNS, "x"))
        assert_nowhere(*every_secret())
        correct(actor=alice, run=run, number=5, cells={0: "dave", PIN: CORRECTED})
        runs.start(actor=alice, run=run, wish=wish)
        work_off(run)
        if wish.delivery.is_by_link:
            "".join(results.links_csv(user=alice, run=run))
            tokens += [content.decode() for content in content_of(run).values()]
            hand_outs.confirm(hand_outs.find(tokens[-1]))
        else:
            b"".join(results.zip_of(user=alice, run=run))
        "".join(results.wrong_csv(user=alice, run=run))
        assert states(run) == [DONE, FAILED if wish is BY_MAIL else DONE, DONE, DONE]

    assert len(tokens) == 8
    assert_nowhere(*every_secret(), *tokens)
    # The mail server of these tests tells all that it hears.
    told = "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")
    for secret in (*every_secret(), *tokens):
        assert secret not in told


def test_the_files_of_the_database_hold_no_secret(
    transactional_db: None, alice: User, template: Profile
) -> None:
    run = finished(alice, template, [*people(3), person(3, user="Bad")])
    tokens = content_of(finished(alice, template, people(1), Wish(delivery=Delivery.LINKS))).values()
    files = stored_bytes()

    assert str(run.title).encode() in files
    for secret in (*every_secret(), *(token.decode() for token in tokens)):
        assert not [shape for shape in shapes(secret) if shape in files], secret


@pytest.mark.parametrize(
    "cells",
    [
        {"pin": "4711\x07-in-no-column"},
        {"pin": "x" * 1_001},
        {"user": "4711-in-no-column"},
    ],
    ids=["control character", "long", "pattern"],
)
def test_a_reason_repeats_no_answer(alice: User, template: Profile, cells: dict[str, str]) -> None:
    run = checked(alice, template, [person(0, **cells)])

    assert states(run) == [INVALID]
    assert not [text for text in cells.values() if text in reason_of(run)]


@pytest.mark.parametrize(
    "form", ["{{pin}}", "x{{pin}}", "{{pin}}{{user}}"], ids=["alone", "behind a text", "before another"]
)
@pytest.mark.parametrize("key", ["AuthenticationMethod", "DeadPeerDetectionRate"])
def test_a_reason_repeats_no_secret_that_stands_where_others_are_told(
    alice: User, key: str, form: str
) -> None:
    template = make_template(alice, document=edited(template_document(), **{key: form}))
    run = checked(alice, template, people(1))

    assert states(run) == [INVALID]
    assert reason_of(run).startswith(f"IKEv2.{key}: What the secret makes of it is no value.")
    assert_nowhere(pin(0))


def test_a_reason_still_tells_what_is_no_secret(alice: User) -> None:
    document = edited(template_document(), AuthenticationMethod="{{user}}", DeadPeerDetectionRate="{{room}}")
    run = checked(alice, make_template(alice, document=document), people(1))

    assert "IKEv2.AuthenticationMethod: AuthenticationMethod cannot be 'a'" in reason_of(run)
    assert "IKEv2.DeadPeerDetectionRate: DeadPeerDetectionRate cannot be 'R0'" in reason_of(run)


def test_what_is_wrong_with_a_secret_key_is_told_without_its_value(alice: User) -> None:
    document = edited(template_document(), PPK="{{pin}}")
    run = checked(alice, make_template(alice, document=document), people(1))

    assert states(run) == [INVALID]
    assert "IKEv2.PPK: PPK" in reason_of(run)
    assert pin(0) not in reason_of(run)


def test_an_e_mail_that_fails_leaves_no_secret_in_its_reason(
    alice: User, template: Profile, post: PostOffice
) -> None:
    post.recipients = {"a": "550 you said {{link}} pin-0-in-no-column"}
    run = started(alice, template, people(1), BY_MAIL)
    work_off(run)

    assert reason_of(run) == "The mail server refuses this address (code 550). Correct it."


def test_rows_and_results_are_sealed_anew_when_keys_are_rotated(
    alice: User, template: Profile, settings: Settings
) -> None:
    run = finished(alice, template, [*people(2), person(2, user="Bad")])
    before = content_of(run)
    settings.ENCRYPTION_KEYS = f"{KeyRing.generate_key_line()}\n{settings.ENCRYPTION_KEYS}"

    key_rotation.rotate()
    settings.ENCRYPTION_KEYS = KeyRing.lines(settings.ENCRYPTION_KEYS)[0]

    assert content_of(run) == before
    assert [cells_of(row) for row in rows_of(run)] == [*people(2), person(2, user="Bad")]
