"""Rows of a bulk run that are wrong: corrected on a page, and taken away as a table."""

from __future__ import annotations

import csv

import pytest
from django.test import Client

from profiles.models import BulkRun, Profile, Recipient, RunState, User
from profiles.services.bulk import runs
from profiles.services.bulk.rows import cells_of
from tests.designer.views.run_pages import at, focused, none_in, offered, posted, received, shown, text_of
from tests.posting import browse
from tests.services.bulk.run_samples import (
    COLUMNS,
    checked,
    damage,
    finished,
    people,
    person,
    pin,
    started,
    states,
    work_off,
)

BAD = 4
"""The row that is wrong."""


@pytest.fixture
def run(alice: User, template: Profile) -> BulkRun:
    """Two that are right, and one that is not."""
    return checked(alice, template, [*people(2), person(2, user="Bad")])


def cells(run: BulkRun, number: int = BAD) -> list[str]:
    return cells_of(run.recipients.get(row=number))


def correcting(client: Client, run: BulkRun, **data: str) -> str:
    """The page that is shown again."""
    response = client.post(at("correct_row", run, BAD), data)
    assert response.status_code == 422
    return response.content.decode()


def test_a_row_is_shown_with_its_reason_and_without_its_secret(alice_client: Client, run: BulkRun) -> None:
    response = alice_client.get(at("correct_row", run, BAD))

    html = response.content.decode()
    page = text_of(html)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "Row 4: Bad Error User name is not of the form" in page
    assert browse(html).data().dict().items() >= {"column0": "Bad", "column1": "", "column2": "R2"}.items()
    assert "It is set, and stays so unless you type another." in page
    assert none_in(html, [pin(2)])
    assert focused(html) == []


def test_a_corrected_row_is_right_and_keeps_its_secret(alice_client: Client, run: BulkRun) -> None:
    page = browse(alice_client.get(at("correct_row", run, BAD)).content.decode())
    told = posted(alice_client, "correct_row", run, page.data(column0=" cleo "), BAD)
    assert "Row 4 is right now." in told
    assert cells(run) == ["cleo", pin(2), "R2", "c@example.org"]
    assert states(run) == ["ready"] * 3


def test_another_secret_takes_its_place_and_is_not_shown(alice_client: Client, run: BulkRun) -> None:
    html = correcting(alice_client, run, column0="Still Bad", column1="typed-9876", column2="R2")

    assert none_in(html, ["typed-9876", pin(2)])
    assert focused(html) == ["alert"]
    assert browse(html).data()["column0"] == "Still Bad"
    assert "It is set" in html
    assert cells(run)[:2] == ["Still Bad", "typed-9876"]


@pytest.mark.parametrize("typed", ["", " ", "\t\n"])
def test_a_secret_is_not_emptied_by_accident(alice_client: Client, run: BulkRun, typed: str) -> None:
    posted(alice_client, "correct_row", run, {"column0": "cleo", "column1": typed, "column3": "c@e.org"}, BAD)
    assert cells(run)[1] == pin(2)


@pytest.mark.parametrize(
    ("data", "field"),
    [({"column2": "x" * 1_001}, "column2"), ({"column0": "a\0b"}, "column0")],
    ids=["long", "NUL"],
)
def test_what_no_profile_can_hold_is_refused_beside_its_field(
    alice_client: Client, run: BulkRun, data: dict[str, str], field: str
) -> None:
    before = cells(run)
    html = correcting(alice_client, run, column1="typed-9876", **data)
    assert focused(html) == [field]
    assert none_in(html, ["typed-9876"])
    assert cells(run) == before


def test_columns_that_are_none_are_left_alone(alice_client: Client, run: BulkRun) -> None:
    hostile = {"column4": "x", "column-1": "x", "column99999999999999999999": "x", "columnx": "x"}
    correcting(alice_client, run, column0="Bad", column2="R2", column3="c@example.org", **hostile)
    assert cells(run) == ["Bad", pin(2), "R2", "c@example.org"]


def test_lines_of_a_cell_stay_lines(alice: User, alice_client: Client, template: Profile) -> None:
    run = checked(alice, template, [person(0, user="Bad", room="first\nsecond")])
    page = browse(alice_client.get(at("correct_row", run, 2)).content.decode())
    posted(alice_client, "correct_row", run, page.data(column0="ann"), 2)
    assert cells(run, 2)[2] == "first\nsecond"


@pytest.mark.parametrize("number", [0, 2, 99, 2**31, 2**63, 10**30], ids=str)
def test_a_row_that_is_right_or_none_is_not_there(alice_client: Client, run: BulkRun, number: int) -> None:
    for method in (alice_client.get, alice_client.post):
        assert method(at("correct_row", run, number)).status_code == 404


def test_somebody_who_is_there_already_cannot_come_in_by_a_correction(
    alice_client: Client, run: BulkRun
) -> None:
    html = correcting(alice_client, run, column0="a", column2="", column3="c@example.org")
    assert "An earlier row has the same “user”." in html


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.EXPIRED, RunState.CHECKING])
def test_while_workers_have_the_list_it_is_left_to_them(
    alice_client: Client, run: BulkRun, state: RunState
) -> None:
    BulkRun.objects.filter(pk=run.pk).update(state=state)
    sentence = (
        "cannot be corrected any more" if state == RunState.EXPIRED else "Workers have this list in hand."
    )
    response = alice_client.get(at("correct_row", run, BAD), follow=True)
    assert response.redirect_chain == [(at("run", run), 302)]
    assert sentence in response.content.decode()
    assert sentence in posted(alice_client, "correct_row", run, {"column0": "ann"}, BAD)


def test_what_was_left_out_is_corrected_and_made_after_the_run(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = finished(alice, template, [*people(2), person(2, user="Bad")])
    page = browse(alice_client.get(at("correct_row", run, BAD)).content.decode())
    posted(alice_client, "correct_row", run, page.data(column0="cleo"), BAD)
    assert offered(shown(alice_client, run)) == ["Download the zip", "Make 1 more profile"]
    posted(alice_client, "retry_run", run)
    work_off(run)
    assert states(run) == ["done"] * 3


def test_a_row_that_was_altered_cannot_be_corrected_and_leaves_the_others_alone(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = checked(alice, template, [person(0, user="Bad"), person(1, user="Bad"), person(2)])
    damage(run.recipients.get(row=2))
    response = alice_client.get(at("correct_row", run, 2), follow=True)
    assert "A stored secret was altered" in text_of(response.content.decode())
    assert "A stored secret was altered" in posted(alice_client, "correct_row", run, {"column0": "ann"}, 2)
    posted(alice_client, "correct_row", run, {"column0": "bob", "column3": "b@example.org"}, 3)
    assert states(run) == ["invalid", "ready", "ready"]
    assert [row[:1] for row in taken(alice_client, run)] == [["row"], ["2"]]


# --- As a table ------------------------------------------------------------------------------------------------------


def taken(client: Client, run: BulkRun) -> list[list[str]]:
    response = client.post(at("wrong_rows", run))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    content = received(response).decode()
    assert content.startswith("\ufeff")
    return [*csv.reader(content.removeprefix("\ufeff").splitlines())]


def test_wrong_rows_are_taken_away_with_their_reasons_and_all_their_cells(
    alice_client: Client, run: BulkRun
) -> None:
    header, row = taken(alice_client, run)
    assert header == ["row", "reason", *COLUMNS]
    assert row[0] == "4"
    assert row[1].startswith("User name is not of the form")
    assert row[2:] == ["Bad", pin(2), "R2", "c@example.org"]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.org")'])
def test_no_cell_is_run_by_a_spreadsheet(
    alice: User, alice_client: Client, template: Profile, formula: str
) -> None:
    run = checked(
        alice, template, [person(0, user=formula, room=formula)], columns=("user", "pin", "room", "=c")
    )
    header, row = taken(alice_client, run)
    assert header[-1] == "'=c"
    assert (row[2], row[4]) == (f"'{formula}", f"'{formula}")
    assert Recipient.objects.get().key == formula


def test_where_nothing_is_wrong_the_table_has_a_header_alone(
    alice: User, alice_client: Client, template: Profile
) -> None:
    assert len(taken(alice_client, started(alice, template, people(2)))) == 1


def test_what_failed_is_listed_beside_what_is_wrong(alice: User, alice_client: Client, run: BulkRun) -> None:
    run = runs.cancel(actor=alice, run=runs.start(actor=alice, run=run, wish=runs.Wish(unsigned=True)))
    run.recipients.filter(row=2).update(state="failed", reason="No luck.")
    html = shown(alice_client, run)
    assert "2 a failed No luck. Correct" in text_of(html)
    assert [row[0] for row in taken(alice_client, run)] == ["row", "2", "4"]
