"""Rows that are wrong: listed, corrected one at a time, and made afterwards."""

from __future__ import annotations

import csv
import io

import pytest

from profiles.exceptions import BulkError
from profiles.models import AuditEntry, BulkResult, BulkRun, HandOut, Profile, Recipient, RunState, User
from profiles.services.bulk import claims, corrections, loading, result_store, results, runs
from profiles.services.bulk.corrections import correct
from profiles.services.bulk.csv.reader import read_table
from profiles.services.bulk.rows import cells_of
from profiles.services.teams import home
from tests.services.bulk.run_samples import (
    COLUMNS,
    DONE,
    FAILED,
    INVALID,
    READY,
    UNSIGNED,
    checked,
    content_of,
    finished,
    letters,
    people,
    person,
    pin,
    reason_of,
    rows_of,
    started,
    states,
    work_off,
)

USER, PIN, ROOM, EMAIL = range(len(COLUMNS))


def fail(run: BulkRun, place: int, reason: str = "No luck.") -> Recipient:
    """Let a worker fail for one of them."""
    claim = claims.take(run, READY, 100)
    row = claim.recipients[place]
    result_store.store(run, claim, [], failed={row.pk: reason})
    claims.give_back(claim)
    return row


def test_a_corrected_row_is_ready_and_made_with_the_others(alice: User, template: Profile) -> None:
    run = checked(alice, template, [person(0), person(1, user="Bad"), person(2)])

    row = correct(actor=alice, run=run, number=3, cells={USER: letters(1)})
    assert (row.state, row.reason, row.key) == (READY, "", letters(1))

    runs.start(actor=alice, run=run, wish=UNSIGNED)
    work_off(run)
    assert states(run) == [DONE] * 3
    assert pin(1).encode() in content_of(run)[letters(1)]


def test_a_corrected_person_has_the_uuid_that_they_have_anywhere(alice: User, template: Profile) -> None:
    right = rows_of(checked(alice, template, people(1)))[0].uuid
    run = checked(alice, template, [person(5, user="", pin="")])

    row = correct(actor=alice, run=run, number=2, cells={USER: letters(0), PIN: "1"})
    assert row.uuid == right


def test_a_row_may_be_wrong_still_and_says_why(alice: User, template: Profile) -> None:
    run = checked(alice, template, [person(0, user="Bad", pin="")])

    row = correct(actor=alice, run=run, number=2, cells={USER: letters(0)})
    assert (row.state, row.reason) == (INVALID, "PIN is missing. Fill it in.")
    assert cells_of(rows_of(run)[0])[USER] == letters(0)


def test_a_row_corrected_into_somebody_who_is_there_already_stays_wrong(
    alice: User, template: Profile
) -> None:
    run = checked(alice, template, [person(0, user="Bad"), person(1)])

    row = correct(actor=alice, run=run, number=2, cells={USER: letters(1)})
    assert row.state == INVALID
    assert row.reason == "An earlier row has the same “user”. Everybody is in the list once."
    assert states(run) == [INVALID, READY]

    row = correct(actor=alice, run=run, number=2, cells={USER: letters(0)})
    assert row.state == READY


@pytest.mark.parametrize("end", [DONE, FAILED])
def test_it_also_stays_wrong_where_that_person_was_past_already(
    alice: User, template: Profile, end: str
) -> None:
    run = finished(alice, template, [person(0, user="Bad"), person(1)])
    run.recipients.filter(key=letters(1)).update(state=end)

    assert correct(actor=alice, run=run, number=2, cells={USER: letters(1)}).state == INVALID


def test_of_two_wrong_rows_of_one_person_the_first_that_is_corrected_is_ready(
    alice: User, template: Profile
) -> None:
    run = checked(alice, template, [person(0, pin=""), person(0, pin=""), person(1)])

    assert correct(actor=alice, run=run, number=3, cells={PIN: "1"}).state == READY
    assert correct(actor=alice, run=run, number=2, cells={PIN: "1"}).state == INVALID


def test_cells_beyond_the_columns_are_gone_and_missing_ones_are_empty(alice: User, template: Profile) -> None:
    run = checked(alice, template, [[*person(0), "beyond"], ["Bad"]])

    assert correct(actor=alice, run=run, number=2, cells={}).state == READY
    row = correct(actor=alice, run=run, number=3, cells=dict(enumerate(person(1))))
    assert row.state == READY
    assert [cells_of(row) for row in rows_of(run)] == [person(0), person(1)]


def test_columns_that_are_not_there_are_not_put_in(alice: User, template: Profile) -> None:
    run = checked(alice, template, [person(0, user="Bad")])

    correct(actor=alice, run=run, number=2, cells={9: "x", -1: "y", USER: letters(0)})
    assert cells_of(rows_of(run)[0]) == person(0)


def test_what_failed_is_corrected_and_tried_again(alice: User, template: Profile) -> None:
    run = started(alice, template, people(2))
    fail(run, 1)
    work_off(run)
    assert (run.state, states(run)) == (RunState.FINISHED, [DONE, FAILED])

    correct(actor=alice, run=run, number=3, cells={ROOM: "new"})
    assert states(run) == [DONE, READY]
    assert run.state == RunState.FINISHED

    runs.retry(actor=alice, run=run)
    work_off(run)
    assert (run.state, states(run)) == (RunState.FINISHED, [DONE, DONE])
    assert b"Room new" in content_of(run)[letters(1)]


def test_a_correction_takes_the_link_that_may_have_gone_to_somebody_else(
    alice: User, template: Profile
) -> None:
    run = finished(alice, template, people(2))
    first = rows_of(run)[0]
    run.recipients.filter(pk=first.pk).update(state=FAILED)
    HandOut.objects.create(
        profile=template, revision=1, recipient=first, token_hash="x", expires_at=run.expires_at
    )

    correct(actor=alice, run=run, number=2, cells={EMAIL: "other@example.org"})

    assert not HandOut.objects.filter(recipient=first).exists()
    assert BulkResult.objects.filter(recipient__run=run).count() == 1


@pytest.mark.parametrize("number", [3, 99, 0])
def test_a_row_that_is_right_or_not_there_is_not_corrected(
    alice: User, template: Profile, number: int
) -> None:
    run = checked(alice, template, [person(0, user="Bad"), person(1)])

    with pytest.raises(Recipient.DoesNotExist):
        correct(actor=alice, run=run, number=number, cells={USER: letters(2)})


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (RunState.LOADING, "cannot be corrected any more"),
        (RunState.DRAFT, "cannot be corrected any more"),
        (RunState.CHECKING, "Workers have this list in hand"),
        (RunState.RUNNING, "Workers have this list in hand"),
        (RunState.EXPIRED, "cannot be corrected any more"),
    ],
)
def test_rows_are_corrected_while_nobody_else_changes_them(
    alice: User, template: Profile, state: str, sentence: str
) -> None:
    run = checked(alice, template, [person(0, user="Bad")])
    for quiet in corrections.CORRECTABLE:
        BulkRun.objects.filter(pk=run.pk).update(state=quiet)
        correct(actor=alice, run=run, number=2, cells={})

    BulkRun.objects.filter(pk=run.pk).update(state=state)
    with pytest.raises(BulkError, match=sentence):
        correct(actor=alice, run=run, number=2, cells={USER: letters(0)})
    run.refresh_from_db()
    with pytest.raises(BulkError, match=sentence):
        corrections.find_row(user=alice, run=run, number=2)


def test_a_correction_is_in_the_log_without_what_was_typed(alice: User, template: Profile) -> None:
    run = checked(alice, template, [person(0, user="Bad")])
    correct(actor=alice, run=run, number=2, cells={USER: letters(0), PIN: "typed-now"})

    entry = AuditEntry.objects.latest("id")
    assert (entry.actor, entry.event, entry.detail) == ("alice", "row of a bulk run corrected", "row 2")
    assert "typed-now" not in str(list(AuditEntry.objects.values()))


def test_wrong_rows_are_listed_in_order_page_by_page_without_their_cells(
    alice: User, template: Profile
) -> None:
    rows = [person(number, user="Bad" if number % 2 else letters(number)) for number in range(50)]
    run = checked(alice, template, rows)

    pages = [corrections.rows_to_look_at(run, page) for page in (1, 2)]
    listed = [row.row for page in pages for row in page]
    assert listed == [number + 2 for number in range(50) if number % 2]
    assert all("sealed" in row.get_deferred_fields() for page in pages for row in page)


def test_wrong_rows_are_taken_away_corrected_and_brought_back_as_they_were(
    alice: User, template: Profile
) -> None:
    strange = ["=1+1", "+49 30", "-x", "@home", "'=quoted", "''+twice", "'plain", 'say "hi", twice', "ü"]
    rows = [person(number, user="Bad", room=room) for number, room in enumerate(strange)]
    run = checked(alice, template, [*rows, person(50)])

    text = "".join(results.wrong_csv(user=alice, run=run))
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert lines[0] == ["row", "reason", *COLUMNS]
    assert [line[0] for line in lines[1:]] == [str(number) for number in range(2, 2 + len(strange))]
    assert not [cell for line in lines[1:] for cell in line if cell.startswith(("=", "+", "-", "@"))]

    again = loading.load_table(
        actor=alice, team=home(alice), template_id=template.pk, table=read_table(text.encode())
    )
    assert again.columns == list(COLUMNS)
    assert again.columns[again.key_column or 0] == "email"
    assert [cells_of(row) for row in rows_of(again)] == rows


def test_a_list_of_ones_own_keeps_its_columns_and_apostrophes(alice: User, template: Profile) -> None:
    run = loading.load_table(
        actor=alice,
        team=home(alice),
        template_id=template.pk,
        table=read_table("row,user,pin\n1,ann,'=x\n2,bob,'+y\n"),
    )
    assert run.columns == ["row", "user", "pin"]
    assert [cells_of(row)[2] for row in rows_of(run)] == ["'=x", "'+y"]


def test_a_damaged_row_does_not_keep_the_others_from_being_taken_away(alice: User, template: Profile) -> None:
    run = checked(alice, template, [person(0, user="Bad"), person(1, user="Bad")])
    first = rows_of(run)[0]
    first.sealed = b"gone"
    first.save()

    lines = list(csv.reader(io.StringIO("".join(results.wrong_csv(user=alice, run=run)))))
    assert [line[:1] for line in lines[1:]] == [["2"], ["3"]]
    assert lines[2][2:] == person(1, user="Bad")
    assert reason_of(run) in lines[1]
