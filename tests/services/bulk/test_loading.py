"""A list becomes a draft of a run, with its columns matched as far as their names tell."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError

from profiles.exceptions import BulkError, DocumentError
from profiles.models import AuditEntry, BulkRun, Profile, RunState, User
from profiles.plist.secrets import MASK
from profiles.plist.templates.declaration import Variable, VariableKind
from profiles.services import teams
from profiles.services.bulk import loading, runs
from profiles.services.bulk.loading import guess
from profiles.services.bulk.rows import cells_of, preview
from profiles.services.teams import home
from tests.services.bulk.run_samples import (
    COLUMNS,
    NEW,
    letters,
    loaded,
    meanwhile,
    people,
    person,
    pin,
    rows_of,
    states,
    table_of,
)
from tests.services.template_samples import VARIABLES, declared, make_template, template_document


def test_a_list_becomes_a_draft_that_holds_its_rows(alice: User, template: Profile) -> None:
    run = loaded(alice, template, people(3))

    assert (run.state, run.title, run.template_revision) == (RunState.DRAFT, "Office VPN", 1)
    assert (run.team, run.created_by, run.columns) == (home(alice), alice, list(COLUMNS))
    assert states(run) == [NEW] * 3
    assert [cells_of(row) for row in rows_of(run)] == people(3)


def test_columns_are_matched_by_their_names(alice: User, template: Profile) -> None:
    run = loaded(alice, template, people(3))

    assert run.mapping == {"user": 0, "pin": 1, "room": 2}
    assert (run.key_column, run.email_column) == (3, 3)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["User", "PIN"], {"user": 0, "pin": 1}),
        (["user name", "Pin"], {"user": 0, "pin": 1}),
        (["USER_NAME", "p-i-n"], {"user": 0, "pin": 1}),
        (["pin", "User", "user"], {"user": 1, "pin": 0}),
        (["User name", "user"], {"user": 1}),
        (["somebody", ""], {}),
        (["Domain", "room"], {"domain": 0, "room": 1}),
    ],
    ids=["case", "label", "punctuation", "twice", "name before label", "none", "others"],
)
def test_a_column_is_known_by_name_or_label_whatever_its_case_and_punctuation(
    columns: list[str], found: dict[str, int]
) -> None:
    assert guess(VARIABLES, columns) == found


def test_a_column_is_known_however_its_letters_are_composed() -> None:
    assert guess([Variable(name="dept", label="Département")], ["De\u0301partement"]) == {"dept": 0}


def test_addresses_are_found_by_their_variable_or_by_what_they_are(alice: User, template: Profile) -> None:
    rows = [[letters(number), "1", "x", f"{letters(number)}@example.org"] for number in range(5)]
    assert loaded(alice, template, rows, columns=("user", "pin", "a", "b")).email_column == 3
    assert (
        loaded(alice, template, [row[:3] for row in rows], columns=("user", "pin", "a")).email_column is None
    )

    variables = (*VARIABLES, Variable(name="mail", kind=VariableKind.EMAIL))
    with_mail = make_template(alice, document=declared(template_document(), variables=variables))
    rows = [[*row, "not-yet"] for row in rows]
    assert loaded(alice, with_mail, rows, columns=("user", "pin", "a", "b", "Mail")).email_column == 4


def key_of(alice: User, template: Profile, rows: list[list[str]], *columns: str) -> str | None:
    """The name of the column that is guessed to tell people apart."""
    run = loaded(alice, template, rows, columns=columns)
    return None if run.key_column is None else columns[run.key_column]


def test_people_are_told_apart_by_an_open_column_in_which_they_differ(alice: User, template: Profile) -> None:
    differing = [[f"p{number}", "same", f"n{number}"] for number in range(10)]
    assert key_of(alice, template, differing, "pin", "room", "user") == "user"
    assert key_of(alice, template, [["same", "x", "y"]] * 10, "pin", "room", "user") == "room"
    addresses = [[f"n{number}", "1", f"n{number}@example.org"] for number in range(10)]
    assert key_of(alice, template, addresses, "user", "pin", "mail") == "mail"
    shared = [[f"n{number}", "1", "all@example.org"] for number in range(10)]
    assert key_of(alice, template, shared, "user", "pin", "mail") == "user"


def test_people_are_not_told_apart_by_what_no_variable_has_since_it_may_be_secret(
    alice: User, template: Profile
) -> None:
    rows = [[f"p{number}-in-no-column", f"n{number}"] for number in range(10)]
    assert key_of(alice, template, rows, "Passcode", "user") == "user"
    assert key_of(alice, template, rows, "Passcode", "name") is None
    assert key_of(alice, template, rows, "Passcode", "pin") is None
    same = [[f"p{number}", "same"] for number in range(10)]
    assert key_of(alice, template, same, "Passcode", "room") == "room"


def test_a_preview_of_what_no_variable_has_shows_nothing(alice: User, template: Profile) -> None:
    run = loaded(alice, template, [["p0-in-no-column", "ann"]], columns=("Passcode", "name"))
    assert preview(run) == [[MASK, MASK]]


def test_a_template_without_variables_is_refused(alice: User) -> None:
    template = make_template(alice, document=declared(template_document(), variables=()))
    with pytest.raises(BulkError, match="“Office VPN” has no variables, so everybody would get the same"):
        loaded(alice, template, people(1))
    assert not BulkRun.objects.exists()


def test_a_template_of_another_team_is_taken_where_it_is_for_everyone(
    alice: User, bob: User, template: Profile
) -> None:
    with pytest.raises(Profile.DoesNotExist):
        loaded(bob, template, people(1))
    shared = make_template(alice, visibility="server")
    assert loaded(bob, shared, people(1)).team == home(bob)
    entry = AuditEntry.objects.filter(team_id=home(alice).pk).latest("id")
    assert (entry.actor, entry.event, entry.detail) == ("bob", "template filled in", "by another team")


def test_a_template_for_its_own_team_is_not_taken_for_another(alice: User, template: Profile) -> None:
    other = teams.create(actor=alice, name="Other")
    with pytest.raises(DocumentError, match="is for its own team alone"):
        loaded(alice, template, people(1), team=other)


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("people.csv", "people.csv"),
        ("", ""),
        ("a  b.csv", "a b.csv"),
        ("x" * 300 + ".csv", "x" * 251 + ".csv"),
    ],
    ids=["name", "none", "blanks", "long"],
)
def test_the_name_of_the_file_is_kept(alice: User, template: Profile, source: str, kept: str) -> None:
    run = loading.load_table(
        actor=alice, team=home(alice), template_id=template.pk, table=table_of(people(1)), source=source
    )
    assert run.source == kept


def test_a_name_of_a_file_that_cannot_be_shown_is_refused(alice: User, template: Profile) -> None:
    with pytest.raises(BulkError, match="The name of the file holds a character that is not printable"):
        loading.load_table(
            actor=alice,
            team=home(alice),
            template_id=template.pk,
            table=table_of(people(1)),
            source="a\u202eb",
        )


def test_cells_may_hold_anything(alice: User, template: Profile) -> None:
    rows = [person(0, room=text) for text in ("\x00", "😀 \udcff", '"\\', "\u2028", "x" * 10_000)]
    run = loaded(alice, template, rows)

    assert [cells_of(row)[2] for row in rows_of(run)] == ["\x00", "😀 ?", '"\\', "\u2028", "x" * 10_000]


def test_a_list_is_stored_in_batches_and_shows_once_it_is_whole(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 2)
    seen: list[Any] = []

    def look() -> None:
        run = BulkRun.objects.get()
        seen.append((run.state, run.recipients.count(), [*runs.listed(user=alice, team=home(alice))]))

    meanwhile(monkeypatch, "profiles.services.bulk.loading.put_cells", look, call=4)
    loaded(alice, template, people(5))

    assert seen == [(RunState.LOADING, 2, [])]
    assert BulkRun.objects.get().recipients.count() == 5


def test_a_list_that_breaks_off_in_between_never_becomes_a_draft(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off() -> None:
        raise DatabaseError("no more")

    monkeypatch.setattr(loading, "BATCH", 2)
    meanwhile(monkeypatch, "profiles.services.bulk.loading.put_cells", break_off, call=4)
    with pytest.raises(DatabaseError):
        loaded(alice, template, people(5))

    assert BulkRun.objects.get().state == RunState.LOADING
    with pytest.raises(BulkError):
        runs.match(actor=alice, run=BulkRun.objects.get(), matching=runs.Matching(variables={}, key=0))


def test_a_preview_shows_the_first_rows_without_what_is_or_may_be_secret(
    alice: User, template: Profile
) -> None:
    run = loaded(
        alice, template, [[*person(number), "unmatched"] for number in range(5)], columns=(*COLUMNS, "x")
    )

    shown = preview(run)
    assert shown == [
        [letters(number), MASK, f"R{number}", f"{letters(number)}@example.org", MASK] for number in range(3)
    ]
    assert pin(0) not in str(shown)
