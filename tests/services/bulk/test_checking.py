"""The dry run: every row is judged before anything is made, and a bad one stands in nobody's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from profiles.catalogue.evidence import Evidence
from profiles.encryption import KeyRing
from profiles.exceptions import BulkError
from profiles.models import BulkResult, BulkRun, Profile, RunState, User
from profiles.plist.document import Document, Problem
from profiles.plist.templates.declaration import Place
from profiles.plist.validation.validate import validate
from profiles.services.bulk import checking, claims, runs
from profiles.services.bulk import work as bulk
from profiles.services.bulk.rows import DAMAGED
from profiles.services.bulk.runs import Matching
from profiles.services.bulk.templates import template_problems
from profiles.services.bulk.verdict import OF_TEMPLATE
from tests.services.bulk.run_samples import (
    COLUMNS,
    INVALID,
    NEW,
    READY,
    UNSIGNED,
    checked,
    damage,
    letters,
    loaded,
    matching_of,
    meanwhile,
    people,
    person,
    put_off,
    reason_of,
    rows_of,
    states,
    work_off,
)
from tests.services.template_samples import (
    VARIABLES,
    declared,
    edited,
    make_template,
    save,
    template_document,
)

TWICE = "An earlier row has the same “user”. Everybody is in the list once."


def test_rows_that_are_right_are_ready_and_nothing_is_made_yet(alice: User, template: Profile) -> None:
    run = checked(alice, template, people(3))

    assert run.state == RunState.CHECKED
    assert states(run) == [READY] * 3
    assert [row.key for row in rows_of(run)] == [letters(number) for number in range(3)]
    assert [row.row for row in rows_of(run)] == [2, 3, 4]
    assert not BulkResult.objects.exists()


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (person(1, user=""), "“user” is empty. It tells people apart, so fill it in."),
        (person(1, user=" \u00a0 "), "“user” is empty. It tells people apart, so fill it in."),
        (person(1, user="Capital"), "User name is not of the form that the template asks for"),
        (person(1, user="x" * 256), "“user” is no name: it is longer than 255 characters, or not printable."),
        (
            person(1, user="a\u200bb"),
            "“user” is no name: it is longer than 255 characters, or not printable.",
        ),
        (person(1, user="a\x00b"), "“user” is no name: it is longer than 255 characters, or not printable."),
        (person(1, pin=""), "PIN is missing. Fill it in."),
        (person(1, pin="1\x072"), "PIN holds the control character U+0007, which no profile can hold."),
        (person(1, pin="x" * 1001), "PIN has 1,001 characters, more than the 1,000 allowed. Shorten it."),
        (person(1, email="nobody"), "“email” is no e-mail address. Write it as user@example.org."),
        (person(1, email=""), "“email” is no e-mail address."),
        ([*person(1), "too much"], "The row has 5 cells, but the list has 4 columns. Put quotes around"),
        (person(1)[:1], "“email” is no e-mail address."),
        (
            person(1, user="", email="x"),
            "“user” is empty. It tells people apart, so fill it in. “email” is no",
        ),
    ],
    ids=[
        "empty key",
        "blank key",
        "pattern",
        "long key",
        "invisible key",
        "NUL in key",
        "missing",
        "control character",
        "long answer",
        "no address",
        "empty address",
        "too many cells",
        "too few cells",
        "two at once",
    ],
)
def test_a_bad_row_is_told_with_its_reason_and_the_others_are_ready(
    alice: User, template: Profile, cells: Sequence[str], reason: str
) -> None:
    run = checked(alice, template, [person(0), cells, person(2)])

    assert run.state == RunState.CHECKED
    assert states(run) == [READY, INVALID, READY]
    assert reason in reason_of(run, 1)
    assert reason_of(run, 0) == ""


def test_the_kind_of_a_variable_is_checked(alice: User, template: Profile) -> None:
    columns = ("user", "pin", "domain")
    rows = [[letters(0), "1", "vpn.example.com"], [letters(1), "2", "no host"], [letters(2), "3", ""]]
    run = checked(alice, template, rows, columns=columns)

    assert states(run) == [READY, INVALID, READY]
    assert reason_of(run, 1) == "Domain is no host name or IP address. Write it as vpn.example.org."


def test_a_row_that_is_too_short_takes_defaults_where_there_are_any(alice: User, template: Profile) -> None:
    run = checked(
        alice, template, [[letters(0), "1"], [letters(1)]], columns=("user", "pin", "room", "domain")
    )

    assert states(run) == [READY, INVALID]
    assert reason_of(run, 1) == "PIN is missing. Fill it in."


def test_of_many_problems_some_are_told_and_the_others_counted(alice: User) -> None:
    names = ("IPv4", "IPv6", "A", "B", "C")
    whole = template_document()
    rules = [{"Action": f"{{{{user}}}}-{name}"} for name in names]
    template = make_template(alice, document=edited(whole, OnDemandRules=rules))
    run = checked(alice, template, people(1))

    reason = reason_of(run)
    assert reason.count("cannot be") == 3
    assert reason.endswith(" There are 2 more.")


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\nBcc: everybody@example.org",
        "a@example.org\r\n\r\nanother body",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        "A <a@example.org>",
        "a,b@example.org",
        "a b@example.org",
        "a@example.org\0",
        "a@b@example.org",
        "jörg@example.org",
        "a@example",
        "a@-example.org",
        f"a@{'x' * 64}.org",
        f"{'a' * 310}@example.org",
        "a@example..org",
        "@example.org",
    ],
    ids=range(16),
)
def test_what_is_no_single_address_is_refused(alice: User, template: Profile, address: str) -> None:
    run = checked(alice, template, [person(0, email=address)])

    assert states(run) == [INVALID]
    assert reason_of(run) == "“email” is no e-mail address. Write it as user@example.org."


@pytest.mark.parametrize(
    "address", ["a.b+c@example.org", "A@Example.ORG", "a@müller.example", " a@example.org "]
)
def test_what_is_an_address_is_taken(alice: User, template: Profile, address: str) -> None:
    assert states(checked(alice, template, [person(0, email=address)])) == [READY]


def test_addresses_do_not_matter_where_no_column_holds_any(alice: User, template: Profile) -> None:
    run = loaded(alice, template, [person(0, email="nobody")])
    matching = matching_of(run)
    runs.match(actor=alice, run=run, matching=Matching(variables=matching.variables, key=matching.key))
    work_off(run)

    assert states(run) == [READY]


def test_of_those_who_are_there_twice_the_first_is_ready(alice: User, template: Profile) -> None:
    rows = [person(0), person(1), person(0, room="other"), person(0), person(2)]
    run = checked(alice, template, rows)

    assert states(run) == [READY, READY, INVALID, INVALID, READY]
    assert [reason_of(run, place) for place in (2, 3)] == [TWICE] * 2


def test_case_and_blanks_tell_nobody_apart(alice: User, template: Profile) -> None:
    keys = ["Ann Lee", " ann  LEE ", "ANN\u00a0LEE", "Annlee", "ann lee\t"]
    rows = [[letters(number), "1", key] for number, key in enumerate(keys)]
    run = checked(alice, template, rows, columns=("user", "pin", "name"), key="name")

    assert states(run) == [READY, INVALID, INVALID, READY, INVALID]


def test_a_bad_row_does_not_make_the_next_one_of_that_person_a_second_one(
    alice: User, template: Profile
) -> None:
    run = checked(alice, template, [person(0, pin=""), person(0), person(0)])

    assert states(run) == [INVALID, READY, INVALID]
    assert reason_of(run, 0) == "PIN is missing. Fill it in."
    assert reason_of(run, 2) == TWICE


def test_those_who_are_there_twice_are_found_across_chunks(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "SIZE", 2)
    run = checked(alice, template, [*people(5), *people(5)])

    assert states(run) == [READY] * 5 + [INVALID] * 5


def test_what_the_template_itself_lacks_is_told_once_and_no_row_is_ready(alice: User) -> None:
    whole = edited(template_document(), RemoteAddress=None)
    asked = frozenset({Place(whole.payloads[0].uuid.upper(), "IKEv2.RemoteAddress")})
    template = make_template(alice, document=declared(whole, locked=frozenset(), asked=asked))
    run = checked(alice, template, people(2))

    assert run.state == RunState.CHECKED
    assert states(run) == [INVALID] * 2
    assert [row.reason for row in rows_of(run)] == [OF_TEMPLATE] * 2
    assert [each.path for each in template_problems(run).errors] == ["IKEv2.RemoteAddress"]
    with pytest.raises(BulkError, match="No row is ready"):
        runs.start(actor=alice, run=run, wish=UNSIGNED)


def test_a_variable_that_the_template_does_not_declare_is_told_once(alice: User) -> None:
    template = make_template(alice, document=edited(template_document(), LocalIdentifier="{{nobody}}"))
    run = checked(alice, template, people(2))

    assert run.state == RunState.CHECKED
    assert states(run) == [INVALID] * 2
    assert reason_of(run) == OF_TEMPLATE
    assert [each.code for each in template_problems(run).errors] == ["variable"]


def test_braces_that_are_not_closed_stop_no_row(alice: User) -> None:
    document = edited(template_document(), AuthName="{{user")
    run = checked(alice, make_template(alice, document=document), people(1))

    assert states(run) == [READY]
    assert template_problems(run).errors == ()


def test_a_pattern_that_is_none_is_told_once_and_what_a_row_lacks_of_its_own_is_told_there(
    alice: User,
) -> None:
    variables = tuple(replace(each, pattern="(") if each.name == "user" else each for each in VARIABLES)
    template = make_template(alice, document=declared(template_document(), variables=variables))
    run = checked(alice, template, [person(0), person(1, pin="")])

    assert [row.reason for row in rows_of(run)] == [OF_TEMPLATE, "PIN is missing. Fill it in."]
    assert [each.code for each in template_problems(run).errors] == ["bad-pattern"]


def test_a_row_tells_what_its_own_values_cause_and_nothing_of_the_template(alice: User) -> None:
    whole = edited(template_document(), MTU=5, RemoteAddress="{{room}}")
    rows = [person(0, room="vpn.example.com"), person(1, room="two words")]
    run = checked(alice, make_template(alice, document=whole), rows)

    assert states(run) == [INVALID] * 2
    assert reason_of(run, 0) == OF_TEMPLATE
    assert reason_of(run, 1).startswith("IKEv2.RemoteAddress: ")
    assert "MTU" not in reason_of(run, 1)
    assert [each.path for each in template_problems(run).errors] == ["IKEv2.MTU"]


def test_a_template_is_judged_once_for_all_rows_and_each_row_once(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(alice, template, MTU=5)
    judged: list[object] = []
    original = validate

    def counted(document: Document, evidence: Evidence) -> list[Problem]:
        judged.append(document)
        return original(document, evidence)

    for place in ("causes", "certificate_evidence"):
        monkeypatch.setattr(f"profiles.services.{place}.validate", counted)
    checked(alice, template, people(7))
    assert len(judged) == 3 + 7


def test_a_row_that_was_altered_in_the_database_is_told_and_the_others_are_ready(
    alice: User, template: Profile
) -> None:
    run = loaded(alice, template, people(3))
    damage(rows_of(run)[1])
    run = runs.match(actor=alice, run=run, matching=matching_of(run))
    work_off(run)

    assert states(run) == [READY, INVALID, READY]
    assert reason_of(run, 1) == DAMAGED


def test_without_its_encryption_key_the_check_waits_and_goes_on_when_it_is_back(
    alice: User, template: Profile, settings: Settings
) -> None:
    run = loaded(alice, template, people(3))
    run = runs.match(actor=alice, run=run, matching=matching_of(run))
    key = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = KeyRing.generate_key_line()

    assert not bulk.work(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.CHECKING
    assert "needs the encryption key" in run.notice
    assert run.retry_at is not None
    assert run.retry_at > timezone.now()
    assert states(run) == [NEW] * 3
    assert not claims.in_hand(run).exists()

    settings.ENCRYPTION_KEYS = key
    put_off(run)
    work_off(run)
    assert (run.state, run.notice) == (RunState.CHECKED, "")
    assert states(run) == [READY] * 3


def swapped(run: BulkRun) -> Matching:
    """User names from the column of e-mail addresses, which are none."""
    usual = matching_of(run)
    return Matching(variables={**usual.variables, "user": COLUMNS.index("email")}, key=usual.key)


@pytest.mark.parametrize("moment", ["claims.take", "checking.press_of", "claims.still_mine", "checking._end"])
@pytest.mark.parametrize("first_wrong", [True, False])
def test_columns_matched_anew_while_a_worker_checks_count_for_every_row(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch, moment: str, first_wrong: bool
) -> None:
    run = loaded(alice, template, people(5))
    one, other = matching_of(run), swapped(run)
    before, after = (other, one) if first_wrong else (one, other)
    monkeypatch.setattr(checking, "SIZE", 3)
    runs.match(actor=alice, run=run, matching=before)
    meanwhile(
        monkeypatch,
        f"profiles.services.bulk.{moment}",
        lambda: runs.match(actor=alice, run=run, matching=after),
    )

    work_off(run)

    assert run.state == RunState.CHECKED
    assert states(run) == ([READY] * 5 if first_wrong else [INVALID] * 5)
    assert all(row.claim is None and row.claimed_until is None for row in rows_of(run))
    assert len({row.uuid for row in rows_of(run)}) == 5


def test_columns_matched_anew_afterwards_are_checked_anew(alice: User, template: Profile) -> None:
    run = checked(alice, template, [*people(2), person(0)])
    assert states(run) == [READY, READY, INVALID]

    run = runs.match(actor=alice, run=run, matching=swapped(run))
    assert run.state == RunState.CHECKING
    assert states(run) == [NEW] * 3
    assert {(row.key, row.uuid, row.reason) for row in rows_of(run)} == {("", "", "")}

    work_off(run)
    assert states(run) == [INVALID] * 3


@pytest.mark.parametrize(
    ("matching", "sentence"),
    [
        (Matching(variables={"user": 0, "pin": 1}, key=9), "The list has no such column."),
        (Matching(variables={"user": 0, "pin": -1}, key=0), "The list has no such column."),
        (Matching(variables={"user": 0, "pin": 1}, key=0, email=4), "The list has no such column."),
        (
            Matching(variables={"user": 0, "pin": 1, "nobody": 2}, key=0),
            "The template has no variable 'nobody'.",
        ),
        (Matching(variables={"user": 0}, key=0), "PIN comes from no column, and has no default."),
        (Matching(variables={"user": 0, "pin": 1}, key=1), "this one is a secret. Choose another."),
    ],
    ids=["key", "variable", "e-mail", "unknown variable", "missing variable", "secret key"],
)
def test_columns_that_cannot_be_are_refused(
    alice: User, template: Profile, matching: Matching, sentence: str
) -> None:
    run = loaded(alice, template, people(1))

    with pytest.raises(BulkError, match=sentence):
        runs.match(actor=alice, run=run, matching=matching)
    run.refresh_from_db()
    assert run.state == RunState.DRAFT


def test_a_variable_that_stands_in_a_secret_key_tells_nobody_apart(alice: User) -> None:
    whole = template_document()
    open_ones = tuple(each for each in VARIABLES if not each.secret)
    document = declared(edited(whole, AuthPassword="{{room}}"), variables=open_ones)
    run = loaded(alice, make_template(alice, document=document), people(1))

    with pytest.raises(BulkError, match="this one is a secret"):
        runs.match(actor=alice, run=run, matching=Matching(variables={"user": 0, "room": 2}, key=2))
