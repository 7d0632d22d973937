"""How far a bulk run is: what its page shows in each state, when it looks again, and what that costs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.models import BulkRun, Profile, Pulse, Recipient, RunState, SigningIdentity, User
from profiles.services.bulk.runs import Wish
from profiles.services.bulk.work import beat
from profiles.signing.identity import SigningIdentity as Loaded
from tests.designer.views.run_pages import at, none_in, offered, posted, shown, text_of
from tests.services.bulk.run_samples import (
    checked,
    finished,
    loaded,
    people,
    person,
    pin,
    started,
    work_off,
)
from tests.services.signers import add

MOST_STATEMENTS = [11, 8]
"""Of the page, and of what it asks for each second."""

S = RunState


@pytest.mark.parametrize("state", RunState)
def test_the_page_looks_again_as_long_as_workers_have_something_to_do(
    alice: User, alice_client: Client, template: Profile, state: RunState
) -> None:
    run = checked(alice, template, [*people(3), person(3, user="Bad"), person(4, email="nowhere")])
    BulkRun.objects.filter(pk=run.pk).update(state=state)
    html = shown(alice_client, run)
    asks = f'hx-get="{at("run_progress", run)}?state={state}"' in html
    assert asks is (state in (S.CHECKING, S.RUNNING))
    assert none_in(html, [pin(number) for number in range(5)])


@pytest.mark.parametrize("state", RunState)
def test_it_is_shown_anew_once_its_state_has_changed(
    alice: User, alice_client: Client, template: Profile, state: RunState
) -> None:
    run = checked(alice, template, people(2))
    BulkRun.objects.filter(pk=run.pk).update(state=state)
    works = state in (S.CHECKING, S.RUNNING)
    for known, is_anew in ((state, not works), (S.CHECKED, True), ("", True)):
        response = alice_client.get(at("run_progress", run), {"state": known})
        assert response.status_code == 200
        assert ("HX-Refresh" in response) is is_anew
        assert "no-store" in response["Cache-Control"]


def test_progress_tells_how_much_is_made_how_fast_and_how_long_it_will_take(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = started(alice, template, [*people(9), person(9, user="Bad")])
    beat()
    run.recipients.filter(row__lte=5).update(state="done")
    run.recipients.filter(row=6).update(state="failed", reason="No luck.")
    long_ago = timezone.now() - timedelta(seconds=10)
    BulkRun.objects.filter(pk=run.pk).update(counted_from=long_ago)

    html = alice_client.get(at("run_progress", run), {"state": "running"}).content.decode()

    page = text_of(f"<main>{html}")
    assert page.startswith("Running 5 of 9 55 % 55 % 30 a minute")
    assert "seconds left 4 ready 4 made 1 to be corrected 1 failed" in page
    assert 'data-percent="55"' in html


def test_what_it_waits_for_is_said_instead_of_how_fast_it_was(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = started(alice, template, people(3))
    run.recipients.filter(row=2).update(state="done")
    long_ago = timezone.now() - timedelta(seconds=10)
    BulkRun.objects.filter(pk=run.pk).update(counted_from=long_ago)
    Pulse.objects.all().delete()

    page = text_of(shown(alice_client, run))

    assert "No worker has answered lately. Start one, or look at its log" in page
    assert "a minute" not in page
    assert "left" not in page
    beat()
    assert "No worker" not in shown(alice_client, run)


def test_a_run_that_was_stopped_says_why_and_lets_another_identity_sign(
    alice: User, alice_client: Client, template: Profile, issued: Loaded
) -> None:
    other = add(alice, "Other", issued)
    run = started(alice, template, people(2), Wish())
    SigningIdentity.objects.exclude(pk=other.pk).update(not_after=timezone.now())
    SigningIdentity.objects.filter(pk=other.pk).update(is_default=False)
    work_off(run)
    html = shown(alice_client, run)
    assert run.state == S.PAUSED
    assert "has expired. Renew it, or choose another to sign with." in text_of(html)
    assert f'value="{other.pk}"' in html

    posted(alice_client, "resume_run", run, {"identity": str(other.pk)})
    work_off(run)

    assert (run.state, run.identity) == (S.FINISHED, other)


def test_an_expired_run_tells_what_came_of_it(alice: User, alice_client: Client, template: Profile) -> None:
    run = finished(alice, template, people(3))
    BulkRun.objects.filter(pk=run.pk).update(state=S.EXPIRED, totals={"done": 3}, expires_at=timezone.now())
    run.recipients.all().delete()
    html = shown(alice_client, run)
    assert "Expired 3 of 3 100 % 3 made finished" in text_of(html)
    assert "forgotten" in html
    assert "kept until" not in html
    assert offered(html) == []


def test_the_bar_of_a_run_that_failed_in_part_is_not_that_of_a_good_one(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = finished(alice, template, people(3))
    assert "run__bar--good" in shown(alice_client, run)
    run.recipients.filter(row=2).update(state="failed", reason="The mail server refuses it.")
    assert "run__bar--good" not in shown(alice_client, run)


@pytest.mark.parametrize(("wanted", "got"), [("2", 2), ("0", 2), ("-1", 2), ("x", 1), ("9" * 30, 2)])
def test_wrong_rows_come_page_by_page(
    alice: User, alice_client: Client, template: Profile, wanted: str, got: int
) -> None:
    run = checked(alice, template, [person(number, user="Bad") for number in range(25)])
    html = shown(alice_client, run, f"?page={wanted}")
    assert ("21–25 of 25" if got == 2 else "1–20 of 25") in html


# --- Statements ------------------------------------------------------------------------------------------------------


def statements(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def many(run: BulkRun, count: int) -> None:
    """So many more rows like the last one, of which every tenth is wrong."""
    last = run.recipients.order_by("row").last()
    assert last
    Recipient.objects.bulk_create(
        [
            Recipient(
                run=run,
                row=last.row + number,
                key=f"key {number}",
                uuid=str(uuid.UUID(int=number)),
                state="invalid" if number % 10 == 0 else last.state,
                reason="Wrong." if number % 10 == 0 else "",
                sealed=last.sealed,
            )
            for number in range(1, count + 1)
        ],
        batch_size=1_000,
    )


BROUGHT: dict[str, Callable[..., BulkRun]] = {
    "draft": loaded,
    "checked": checked,
    "running": started,
    "finished": finished,
}


@pytest.mark.parametrize("bring", BROUGHT.values(), ids=BROUGHT)
def test_many_people_take_as_many_statements_as_a_few(
    alice: User, alice_client: Client, template: Profile, bring: Callable[..., BulkRun]
) -> None:
    run = bring(alice, template, people(10))
    many(run, 25)
    paths = (at("run", run), at("run_progress", run))
    few = [statements(alice_client, path) for path in paths]
    many(run, 5_000)
    assert [statements(alice_client, path) for path in paths] == few
    assert few[0] <= MOST_STATEMENTS[0]
    assert few[1] <= MOST_STATEMENTS[1]
