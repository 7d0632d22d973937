"""Rows that can be made, and that somebody should look at before: told in the dry run, and in nobody's way."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from profiles.catalogue.evidence import Evidence
from profiles.models import BulkRun, Profile, Recipient, User
from profiles.plist.document import Document, Problem
from profiles.plist.validation.validate import validate
from profiles.services.bulk import corrections, results, runs
from profiles.services.bulk.corrections import correct
from profiles.services.bulk.progress import progress_of
from profiles.services.bulk.rows import cells_of
from profiles.services.bulk.templates import template_problems
from profiles.services.bulk.verdict import OF_TEMPLATE, UNSAID_DOUBT
from tests.services.bulk.run_samples import (
    COLUMNS,
    DONE,
    INVALID,
    READY,
    UNSIGNED,
    checked,
    finished,
    matching_of,
    people,
    person,
    rows_of,
    states,
    work_off,
)
from tests.services.template_samples import VARIABLES, declared, edited, make_template, template_document
from tests.services.test_secrets_at_rest import every_column, shapes

USER, PIN, ROOM, EMAIL = range(len(COLUMNS))


def warnings_of(run: BulkRun, place: int = 0) -> list[str]:
    """What is told of one of the rows, line by line."""
    return rows_of(run)[place].warnings.splitlines()


def of_room(alice: User, key: str, **values: Any) -> Profile:
    """A template of which that key alone holds what is in the column `room`."""
    whole = template_document()
    document = edited(whole, **{key: "{{room}}"}, **values)
    return make_template(
        alice, document=replace(document, envelope={**whole.envelope, "PayloadDescription": ""})
    )


@pytest.mark.parametrize(
    ("key", "room", "told"),
    [
        ("LocalIdentifier", "{{email}}", "warning IKEv2.LocalIdentifier: {{email}} reaches the device as it"),
        ("LocalIdentifier", "${EMAIL}", "warning IKEv2.LocalIdentifier: “${EMAIL}” looks like a placeholder"),
        ("LocalIdentifier", "$EMAIL", "advice IKEv2.LocalIdentifier: $EMAIL is filled in by"),
        (
            "RemoteAddress",
            "vpn.bücher.example",
            "warning IKEv2.RemoteAddress: “vpn.bücher.example” has letters",
        ),
    ],
    ids=["own variable", "forgotten", "device management", "letters"],
)
def test_a_row_with_a_warning_is_ready_and_says_why(alice: User, key: str, room: str, told: str) -> None:
    run = checked(alice, of_room(alice, key), [person(0, room=room), person(1, room="vpn.example.com")])

    assert states(run) == [READY, READY]
    assert rows_of(run)[0].reason == ""
    (line,) = warnings_of(run)
    assert line.startswith(told)
    assert line.endswith("]")
    assert warnings_of(run, 1) == []


def test_mere_advice_is_not_told(alice: User) -> None:
    run = checked(alice, of_room(alice, "LocalIdentifier"), [person(0, room="CN=e,O=x")])
    assert (states(run), warnings_of(run)) == ([READY], [])


def test_a_secret_that_is_a_placeholder_is_told_without_a_word_of_it(alice: User, template: Profile) -> None:
    run = checked(alice, template, [person(0, pin="CHANGEME"), person(1)])

    assert [line.partition(": ")[0] for line in warnings_of(run)] == ["warning IKEv2.AuthPassword"]
    assert "CHANGEME" not in rows_of(run)[0].warnings
    assert warnings_of(run, 1) == []


def test_what_the_template_itself_brings_is_told_once_and_in_no_row(alice: User, template: Profile) -> None:
    run = checked(alice, template, people(3))

    # All but the first stand where variables do.
    assert {(each.path, each.code) for each in template_problems(run).doubts} == {
        ("IKEv2.PPK", "unavailable"),
        ("IKEv2.PPKIdentifier", "unavailable"),
        ("IKEv2.OnDemandRules[0]", "no-catch-all"),
        ("Vendor", "unknown-key"),
    }
    assert [warnings_of(run, place) for place in range(3)] == [[], [], []]


def test_what_only_a_default_causes_is_told_of_the_rows_that_take_it(alice: User) -> None:
    variables = tuple(replace(each, default="${ROOM}") if each.name == "room" else each for each in VARIABLES)
    template = make_template(alice, document=declared(template_document(), variables=variables))
    run = checked(alice, template, [person(0), person(1, room="")])

    assert "PayloadDescription" not in [each.path for each in template_problems(run).doubts]
    assert [len(warnings_of(run, place)) for place in (0, 1)] == [0, 1]


def test_a_variable_that_nobody_declares_is_told_once_as_an_error(alice: User) -> None:
    document = edited(template_document(), LocalIdentifier="{{nobody}}")
    own = template_problems(checked(alice, make_template(alice, document=document), people(1)))
    paths = [each.path for each in (*own.errors, *own.doubts)]
    assert paths.count("IKEv2.LocalIdentifier") == 1


def test_a_wrong_row_tells_its_warnings_too_and_does_not_count_as_one_with_warnings(alice: User) -> None:
    template = of_room(alice, "RemoteAddress", MTU="{{user}}")
    run = checked(alice, template, [person(0, room="vpn.bücher.example")])

    assert states(run) == [INVALID]
    assert rows_of(run)[0].reason.startswith("IKEv2.MTU: ")
    assert len(warnings_of(run)) == 1
    assert progress_of(run).warned == 0


def test_where_the_template_is_wrong_rows_tell_what_is_doubtful_with_them(alice: User) -> None:
    run = checked(alice, of_room(alice, "LocalIdentifier", MTU=5), [person(0, room="${EMAIL}")])

    assert rows_of(run)[0].reason == OF_TEMPLATE
    assert len(warnings_of(run)) == 1


def test_of_many_warnings_some_are_told_and_the_others_counted(alice: User) -> None:
    keys = ("LocalIdentifier", "RemoteIdentifier", "AuthName", "PPKIdentifier", "ServerCertificateCommonName")
    document = edited(template_document(), **dict.fromkeys(keys, "{{room}}"))
    run = checked(alice, make_template(alice, document=document), [person(0, room="${EMAIL}")])

    lines = warnings_of(run)
    # That of the description, too.
    assert len(lines) == 4
    assert lines[-1] == "There are 3 more."


def test_columns_matched_anew_are_judged_anew(alice: User, template: Profile) -> None:
    run = checked(alice, template, [person(0, pin="CHANGEME")])
    assert warnings_of(run)
    run = runs.match(actor=alice, run=run, matching=matching_of(run))
    assert warnings_of(run) == []


# Secrets


def test_a_warning_repeats_no_secret_that_stands_where_others_are_told(alice: User) -> None:
    secret = "${PIN_IN_NO_COLUMN}"
    document = edited(template_document(), LocalIdentifier="x{{pin}}")
    run = checked(alice, make_template(alice, document=document), [person(0, pin=secret)])

    assert states(run) == [READY]
    told = [line for line in warnings_of(run) if "LocalIdentifier" in line]
    assert told == [f"warning IKEv2.LocalIdentifier: {UNSAID_DOUBT} [unfilled-placeholder]"]
    columns = every_column()
    assert not [shape for shape in shapes(secret) if shape in columns]


def test_a_warning_that_another_secret_would_not_change_is_told(alice: User) -> None:
    """Even where its words hold what somebody chose for a secret."""
    rows = [person(0, pin="placeholder", room="${EMAIL}")]
    (told,) = warnings_of(checked(alice, of_room(alice, "LocalIdentifier"), rows))
    assert told.startswith("warning IKEv2.LocalIdentifier: “${EMAIL}” looks like a placeholder")


@pytest.mark.parametrize(
    ("pin", "more"),
    [("4711", 0), ("CHANGEME", 0), ("placeholder", 1)],
    ids=["told", "about the secret", "may hold it"],
)
def test_a_row_with_a_warning_is_judged_once_unless_its_words_may_hold_a_secret(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch, pin: str, more: int
) -> None:
    judged: list[Document] = []

    def counted(document: Document, evidence: Evidence) -> list[Problem]:
        judged.append(document)
        return validate(document, evidence)

    template_problems(checked(alice, template, people(1)))
    monkeypatch.setattr("profiles.services.certificate_evidence.validate", counted)
    run = checked(alice, template, [person(0, pin=pin, room="${EMAIL}")])
    assert warnings_of(run)
    assert len(judged) == 1 + more


# What becomes of them


def test_rows_with_warnings_are_counted_and_made(alice: User, template: Profile) -> None:
    run = checked(alice, template, [person(0, pin="CHANGEME"), person(1), person(2, user="Bad")])
    assert progress_of(run).warned == 1

    runs.start(actor=alice, run=run, wish=UNSIGNED)
    work_off(run)
    assert states(run) == [DONE, DONE, INVALID]
    assert progress_of(run).warned == 1


def test_they_are_listed_and_taken_away_with_wrong_rows_in_the_order_of_the_list(
    alice: User, template: Profile
) -> None:
    rows = [person(0), person(1, pin="CHANGEME"), person(2, user="Bad"), person(3, pin="CHANGEME")]
    run = checked(alice, template, rows)

    assert [row.row for row in corrections.rows_to_look_at(run)] == [3, 4, 5]
    lines = [*csv.reader(io.StringIO("".join(results.wrong_csv(user=alice, run=run))))][1:]
    assert [line[0] for line in lines] == ["3", "4", "5"]
    assert [line[2:] for line in lines] == rows[1:]
    assert lines[0][1].startswith("warning IKEv2.AuthPassword: The text looks like a placeholder")
    assert lines[1][1].startswith("User name is not of the form")


def test_a_row_is_corrected_until_nothing_is_doubtful(alice: User, template: Profile) -> None:
    run = checked(alice, template, [person(0, pin="CHANGEME")])

    row = correct(actor=alice, run=run, number=2, cells={PIN: "TODO"})
    assert (row.state, bool(row.warnings)) == (READY, True)
    row = correct(actor=alice, run=run, number=2, cells={PIN: "4711"})
    assert (row.state, row.warnings) == (READY, "")
    assert cells_of(rows_of(run)[0])[PIN] == "4711"
    with pytest.raises(Recipient.DoesNotExist):
        correct(actor=alice, run=run, number=2, cells={PIN: "4712"})


def test_what_was_made_is_listed_still_and_not_corrected(alice: User, template: Profile) -> None:
    run = finished(alice, template, [person(0, pin="CHANGEME")])

    assert [row.row for row in corrections.rows_to_look_at(run)] == [2]
    with pytest.raises(Recipient.DoesNotExist):
        correct(actor=alice, run=run, number=2, cells={PIN: "4711"})


def test_an_index_finds_what_is_to_be_looked_at_among_many(alice: User, template: Profile) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads so few rows without any index.")
    run = checked(alice, template, people(3))
    assert "recipient_look" in corrections.rows_to_look_at(run).paginator.object_list.explain()
