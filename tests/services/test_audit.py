"""The audit log: what is recorded, what never is, and how it is searched and exported."""

from __future__ import annotations

import ast
import csv
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.exceptions import LinkError, NotAllowedError, PasswordError
from profiles.models import AuditEntry, Membership, Role, Team, User
from profiles.plist.templates.declaration import Declaration, Variable
from profiles.services import (
    audit,
    audit_log,
    certificates,
    hand_outs,
    profiles,
    sharing,
    signing,
    teams,
    templates,
)
from profiles.services.audit import Event
from profiles.services.document_storage import load
from profiles.signing.identity import SigningIdentity as Loaded
from tests.conftest import PASSWORD as ACCOUNT_PASSWORD
from tests.services.samples import SECRETS, changed, document, valid
from tests.services.signers import chain_pem, key_pem, p12

ROOT = Path(__file__).parents[2]
FILE_PASSWORD = "opens-the-file-and-nothing-else"
PASSPHRASE = "blue elephant seven"
ANSWER = "answered-and-in-no-log"


@pytest.fixture
def team(alice: User) -> Team:
    """Alice's, with nothing in its log but that it was made."""
    return teams.create(actor=alice, name="Office")


def told(alice: User, team: Team, **wanted: Any) -> list[tuple[str, str]]:
    """Event and name of what a search finds, newest first."""
    found = audit_log.search(user=alice, team=team, **wanted)
    return [(entry.event, entry.name) for entry in found.entries]


def filled(team: Team, number: int, **fields: Any) -> None:
    """So many more entries."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            **{
                "team_id": team.pk,
                "actor": "alice",
                "event": "profile saved",
                "name": f"Profile {each}",
                "search_key": f"alice profile saved profile {each}",
                **fields,
            }
        )
        for each in range(number)
    )


# --- What is recorded ------------------------------------------------------------------------------------------------


@cache
def _used() -> frozenset[str]:
    """The events that the code speaks of, beside where they are declared."""
    paths = [path for folder in ("profiles", "designer") for path in (ROOT / folder).rglob("*.py")]
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    return frozenset(
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Event"
    )


@pytest.mark.parametrize("event", Event, ids=lambda event: event.name.lower())
def test_every_event_is_recorded_somewhere(event: Event) -> None:
    assert event.name in _used(), f"Nothing records {event}. Do, or drop it."


def test_events_are_called_differently_and_fit_their_column() -> None:
    longest = AuditEntry._meta.get_field("event").max_length
    assert longest
    assert max(len(event.value) for event in Event) <= longest
    assert not [
        event for event, count in Counter(event.value.casefold() for event in Event).items() if count > 1
    ]


def test_an_entry_says_who_did_what_to_what_from_where(alice: User, team: Team) -> None:
    started = timezone.now()
    with audit.acting_from("192.0.2.7"):
        profile = profiles.create(actor=alice, team=team, document=valid(), comment="First")

    entry = AuditEntry.objects.all()[0]
    assert (
        entry.team_id,
        entry.actor,
        entry.event,
        entry.object_id,
        entry.name,
        entry.detail,
        entry.address,
    ) == (
        team.pk,
        "alice",
        "profile created",
        str(profile.pk),
        "Office VPN",
        "First",
        "192.0.2.7",
    )
    assert started <= entry.at <= timezone.now() + timedelta(seconds=1)


def test_what_is_done_by_no_request_has_no_address(alice: User, team: Team) -> None:
    with audit.acting_from("192.0.2.7"):
        pass

    teams.rename(actor=alice, team=team, name="Lab")

    assert AuditEntry.objects.all()[0].address == ""


def test_what_was_not_done_is_not_recorded(alice: User, bob: User, team: Team) -> None:
    Membership.objects.create(team=team, user=bob, role=Role.VIEWER)
    before = AuditEntry.objects.count()

    with pytest.raises(NotAllowedError):
        profiles.create(actor=bob, team=team, document=valid())
    with pytest.raises(NotAllowedError):
        audit_log.export_csv(user=bob, team=team)

    assert AuditEntry.objects.count() == before


def test_an_entry_keeps_the_names_of_its_time(alice: User, team: Team) -> None:
    profile = profiles.create(actor=alice, team=team, document=valid(name="Before"))
    renamed = valid(name="After")
    profiles.save(
        actor=alice,
        profile_id=profile.pk,
        document=replace(load(profile), envelope=renamed.envelope),
        base_revision=1,
    )
    User.objects.filter(pk=alice.pk).update(username="alicia")

    assert told(alice, team)[1:2] == [("profile created", "Before")]
    assert {entry.actor for entry in AuditEntry.objects.all()} == {"alice"}


def test_a_long_name_is_cut_and_still_found(alice: User, team: Team) -> None:
    profiles.create(actor=alice, team=team, document=valid(name="ẞ" * 400))

    assert told(alice, team)[0] == ("profile created", "ẞ" * 255)
    assert told(alice, team, text="ẞßSS")[0][0] == "profile created"


# --- What is not -----------------------------------------------------------------------------------------------------


def test_no_entry_holds_a_secret(alice: User, team: Team, issued: Loaded) -> None:
    tokens = _everything(alice, team, issued)

    texts = "\n".join(str(value) for row in AuditEntry.objects.values_list() for value in row)
    assert {entry.event for entry in AuditEntry.objects.all()} >= {
        "profile saved",
        "install link refused",
        "template shared by link",
        "certificate added",
        "signing identity added",
        "member joined",
    }
    for secret in (*SECRETS, ACCOUNT_PASSWORD, FILE_PASSWORD, PASSPHRASE, ANSWER, *tokens):
        assert secret not in texts
        assert secret.casefold() not in texts
    assert "PRIVATE KEY" not in texts


def _everything(alice: User, team: Team, issued: Loaded) -> list[str]:
    """Do what handles secrets; return the tokens that came of it."""
    signing.ensure_local_identity()
    whole = document()
    profile = profiles.create(actor=alice, team=team, document=whole, comment="First")
    profiles.save(
        actor=alice,
        profile_id=profile.pk,
        document=changed(whole, MTU=1400),
        base_revision=1,
        comment="Larger",
    )
    profile = profiles.create(actor=alice, team=team, document=valid())
    made = hand_outs.create(actor=alice, profile=profile, passphrase=PASSPHRASE, note="Bob’s iPhone")
    with pytest.raises(LinkError):
        hand_outs.confirm(made.link, passphrase=f"{PASSPHRASE}?")
    grant = hand_outs.confirm(made.link, passphrase=PASSPHRASE)
    hand_outs.note_served(hand_outs.find_granted(grant))
    hand_outs.revoke(actor=alice, profile=profile, hand_out_id=made.link.pk)
    template = _template(alice, team)
    shared = sharing.share(actor=alice, template=template, days=7)
    sharing.take(actor=alice, team=team, link=sharing.find_shared(shared.token))
    sharing.download_shared(sharing.find_shared(shared.token))
    templates.use(actor=alice, team=team, template=template, name="", answers={"secret": ANSWER}, values={})
    invited = teams.invite(actor=alice, team=team, role="helper", note="Carol")
    teams.accept_as_new(username="carol", password=ACCOUNT_PASSWORD, token=invited.token)
    with pytest.raises(PasswordError):
        certificates.add(
            actor=alice, team=team, data=p12(issued, FILE_PASSWORD), password=f"{FILE_PASSWORD}?"
        )
    certificates.add(actor=alice, team=team, data=p12(issued, FILE_PASSWORD), password=FILE_PASSWORD)
    signing.add_pkcs12(
        actor=alice, team=team, name="Signer", data=p12(issued, FILE_PASSWORD), password=FILE_PASSWORD
    )
    signing.add_pem(
        actor=alice, team=team, name="Other", key=key_pem(issued), chain=chain_pem(issued), password=""
    )
    return [made.token, grant, shared.token, invited.token]


def _template(alice: User, team: Team) -> Any:
    whole = changed(valid(), AuthName="{{secret}}")
    secret = Variable(name="secret", secret=True)
    return profiles.create(
        actor=alice, team=team, document=replace(whole, declaration=Declaration(variables=(secret,)))
    )


# --- Searching -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("office", ["team created"]),
        ("OFFICE ALICE", ["team created"]),
        ("lab was", ["team renamed"]),
        ("192.0.2", ["team renamed"]),
        ("renamed", ["team renamed"]),
        ("team", ["team renamed", "team created"]),
        ("ALI", ["team renamed", "team created"]),
        ("alice nobody", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("a\x00b", []),
        ("'; --", []),
    ],
)
def test_each_word_is_part_of_what_an_entry_says(
    alice: User, team: Team, text: str, found: list[str]
) -> None:
    AuditEntry.objects.create(
        team_id=team.pk,
        actor="alice",
        event="team renamed",
        name="Lab",
        search_key="alice team renamed lab was “b” 192.0.2.7",
    )

    assert [event for event, _ in told(alice, team, text=text)] == found


def test_one_kind_of_event_is_shown_alone(alice: User, team: Team) -> None:
    teams.rename(actor=alice, team=team, name="Lab")

    assert told(alice, team, event="team renamed") == [("team renamed", "Lab")]
    assert told(alice, team, event="team renamed", text="office") == [("team renamed", "Lab")]
    assert told(alice, team, event="team created", text="lab") == []
    assert told(alice, team, event="profile saved") == []


@pytest.mark.parametrize("event", ["", "nothing of the kind", "TEAM_CREATED", "\x00"])
def test_a_kind_that_is_none_shows_all(alice: User, team: Team, event: str) -> None:
    assert told(alice, team, event=event) == [("team created", "Office")]


def test_the_log_of_another_team_is_its_own(alice: User, bob: User, team: Team) -> None:
    other = teams.create(actor=alice, name="Other")

    assert told(alice, team) == [("team created", "Office")]
    assert told(alice, other) == [("team created", "Other")]
    assert "Other" not in "".join(audit_log.export_csv(user=alice, team=team))


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.HELPER, Role.EDITOR])
def test_nobody_but_an_owner_reads_the_log(alice: User, bob: User, team: Team, role: Role | None) -> None:
    if role:
        Membership.objects.create(team=team, user=bob, role=role)

    for read in (audit_log.search, audit_log.export_csv, audit_log.export_json):
        with pytest.raises(NotAllowedError):
            read(user=bob, team=team)


def test_it_is_read_stretch_by_stretch_without_a_gap_or_a_repetition(alice: User, team: Team) -> None:
    filled(team, 2 * audit_log.PER_PAGE + 5)
    whole = [entry.pk for entry in AuditEntry.objects.filter(team_id=team.pk)]

    seen: list[int] = []
    lengths = []
    before: int | None = None
    while True:
        stretch = audit_log.search(user=alice, team=team, before=before)
        seen += [entry.pk for entry in stretch.entries]
        lengths.append(len(stretch.entries))
        if stretch.older is None:
            break
        before = stretch.older
        filled(team, 3)  # what happens meanwhile moves nothing

    assert seen == whole
    assert lengths == [audit_log.PER_PAGE, audit_log.PER_PAGE, 6]


def test_a_stretch_that_is_just_full_is_the_last(alice: User, team: Team) -> None:
    filled(team, audit_log.PER_PAGE - 1)

    assert audit_log.search(user=alice, team=team).older is None
    filled(team, 1)
    assert audit_log.search(user=alice, team=team).older is not None


def test_what_is_filtered_is_read_stretch_by_stretch_too(alice: User, team: Team) -> None:
    filled(team, audit_log.PER_PAGE + 1)
    filled(team, 10, event="profile copied")

    first = audit_log.search(user=alice, team=team, event="profile saved")
    second = audit_log.search(user=alice, team=team, event="profile saved", before=first.older)

    assert [len(first.entries), len(second.entries)] == [audit_log.PER_PAGE, 1]


@pytest.mark.parametrize("before", [0, -1, 1, 2**63 - 1])
def test_a_place_that_never_was_is_the_nearest_one(alice: User, team: Team, before: int) -> None:
    expected = [("team created", "Office")] if before > AuditEntry.objects.get(team_id=team.pk).pk else []

    assert told(alice, team, before=before) == expected


def test_a_long_log_takes_no_more_statements(alice: User, team: Team) -> None:
    counts = []
    for more in (1, 200):
        filled(team, more)
        with CaptureQueriesContext(connection) as queries:
            told(alice, team, text="profile", event="profile saved")
        counts.append(len(queries))

    assert counts == [2, 2]


# --- Exporting -------------------------------------------------------------------------------------------------------


def exported(alice: User, team: Team, **wanted: str) -> list[dict[str, str]]:
    """The rows of the CSV file, newest first."""
    text = "".join(audit_log.export_csv(user=alice, team=team, **wanted))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_holds_every_column_of_every_entry(alice: User, team: Team) -> None:
    filled(team, 120, detail='a, “b” "c"\r\nd;e', address="2001:db8::1")

    rows = exported(alice, team)

    assert list(rows[0]) == list(audit_log.COLUMNS)
    entries = list(AuditEntry.objects.filter(team_id=team.pk))
    assert [int(row["id"]) for row in rows] == [entry.pk for entry in entries]
    assert rows[1]["detail"] == 'a, “b” "c"\r\nd;e'
    assert rows[1]["address"] == "2001:db8::1"
    assert rows[1]["at"] == entries[1].at.isoformat(timespec="milliseconds")


def test_an_export_is_itself_recorded_and_stands_in_it(alice: User, team: Team) -> None:
    rows = exported(alice, team)

    assert [(row["actor"], row["event"], row["name"], row["detail"]) for row in rows] == [
        ("alice", "audit log exported", "Office", "CSV"),
        ("alice", "team created", "Office", ""),
    ]
    "".join(audit_log.export_json(user=alice, team=team))
    assert AuditEntry.objects.all()[0].detail == "JSON"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "\n1", '=HYPERLINK("x","y")'])
def test_what_a_spreadsheet_would_run_is_a_text(alice: User, team: Team, text: str) -> None:
    filled(team, 1, name=text, detail=text, actor=text)

    row = exported(alice, team)[1]

    assert [row["name"], row["detail"], row["actor"]] == [f"'{text}"] * 3


def test_json_is_valid_and_holds_texts_as_they_are(alice: User, team: Team) -> None:
    hostile = '=1+1 </script> "quoted" \n東京 \u2028'
    filled(team, 1, name=hostile)

    rows = json.loads("".join(audit_log.export_json(user=alice, team=team)))

    assert [list(row) for row in rows] == [list(audit_log.COLUMNS)] * 3
    assert [row["name"] for row in rows] == ["Office", hostile, "Office"]
    assert type(rows[0]["id"]) is int


def test_an_export_holds_what_was_searched_for(alice: User, team: Team) -> None:
    filled(team, 3)

    assert [row["name"] for row in exported(alice, team, text="PROFILE 2")] == ["Profile 2"]
    assert len(exported(alice, team, event="profile saved")) == 3
    assert exported(alice, team, text="nothing like this") == []
    empty = audit_log.export_json(user=alice, team=team, text="nothing like this")
    assert json.loads("".join(empty)) == []


def test_an_export_comes_piece_by_piece(alice: User, team: Team) -> None:
    filled(team, 100)

    for export in (audit_log.export_csv, audit_log.export_json):
        pieces = list(export(user=alice, team=team))
        assert len(pieces) > 100
        assert max(len(piece) for piece in pieces) < 1000


def test_a_long_export_takes_no_more_statements(alice: User, team: Team) -> None:
    counts = []
    for more in (1, 500):
        filled(team, more)
        with CaptureQueriesContext(connection) as queries:
            exported(alice, team)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))

    assert counts == [3, 3]
