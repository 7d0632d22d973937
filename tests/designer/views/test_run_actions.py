"""A bulk run held, gone on with, and deleted, from its page."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from profiles.models import AuditEntry, BulkRun, Delivery, HandOut, Profile, RunState, User
from profiles.services.bulk import runs
from profiles.services.bulk.runs import Wish
from tests.designer.views.run_pages import at, offered, posted, shown, text_of, waking
from tests.services.bulk.run_samples import (
    checked,
    finished,
    left_over,
    people,
    person,
    started,
    states,
    work_off,
)

S = RunState

AFTERWARDS = {
    "pause_run": {S.RUNNING: S.PAUSED},
    "cancel_run": {S.RUNNING: S.CANCELLED, S.PAUSED: S.CANCELLED},
    "resume_run": {S.PAUSED: S.RUNNING, S.CANCELLED: S.RUNNING},
    "retry_run": dict.fromkeys((S.RUNNING, S.PAUSED, S.CANCELLED, S.FINISHED), S.RUNNING),
}
"""Action -> the states in which it does something -> the state that follows."""

OFFERED = {
    S.DRAFT: ["Check all rows"],
    S.CHECKING: [],
    S.CHECKED: ["Download them as CSV", "Make 1 profile", "Check all rows"],
    S.RUNNING: ["Pause", "Cancel"],
    S.PAUSED: ["Go on", "Cancel", "Download the zip", "Download them as CSV"],
    S.CANCELLED: ["Download the zip", "Try what failed again", "Download them as CSV"],
    S.FINISHED: ["Download the zip", "Try what failed again", "Download them as CSV"],
    S.EXPIRED: [],
    S.LOADING: [],
}
"""The buttons of a run of which one person each is ready, made, wrong and failed."""


def run_in(state: RunState, alice: User, template: Profile) -> BulkRun:
    run = checked(alice, template, [*people(3), person(3, user="Bad")])
    run.recipients.filter(row=2).update(state="done")
    run.recipients.filter(row=3).update(state="failed", reason="No luck.")
    BulkRun.objects.filter(pk=run.pk).update(state=state, unsigned=True)
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("state", RunState)
def test_the_page_offers_what_can_be_done(
    alice: User, alice_client: Client, template: Profile, state: RunState
) -> None:
    assert offered(shown(alice_client, run_in(state, alice, template))) == OFFERED[state]


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("name", AFTERWARDS)
def test_an_action_is_taken_in_its_states_and_explained_in_all_others(
    alice: User, alice_client: Client, template: Profile, name: str, state: RunState
) -> None:
    run = run_in(state, alice, template)
    logged, woken = AuditEntry.objects.count(), waking()
    follows = AFTERWARDS[name].get(state)

    page = posted(alice_client, name, run)

    run.refresh_from_db()
    assert run.state == (follows or state)
    assert AuditEntry.objects.count() == logged + bool(follows)
    assert (f"The state of this run is “{state.label}”." in page) is not bool(follows)
    assert (waking() > woken) is (follows == S.RUNNING)


def test_two_clicks_pause_it_once(alice: User, alice_client: Client, template: Profile) -> None:
    run = started(alice, template, people(2))
    assert "It is paused." in posted(alice_client, "pause_run", run)
    assert "The state of this run is “Paused”. It is not running." in posted(alice_client, "pause_run", run)


def test_what_was_held_is_gone_on_with(alice: User, alice_client: Client, template: Profile) -> None:
    run = started(alice, template, people(2))
    posted(alice_client, "pause_run", run)
    work_off(run)
    assert states(run) == ["ready", "ready"]
    assert "It goes on." in posted(alice_client, "resume_run", run)
    work_off(run)
    assert states(run) == ["done", "done"]


@pytest.mark.parametrize("identity", ["x", str(uuid.UUID(int=7))])
def test_it_does_not_go_on_with_an_identity_that_is_none(
    alice: User, alice_client: Client, template: Profile, identity: str
) -> None:
    run = started(alice, template, people(2))
    runs.pause(actor=alice, run=run)
    assert "This run has moved on in the meantime." in posted(
        alice_client, "resume_run", run, {"identity": identity}
    )
    run.refresh_from_db()
    assert run.state == S.PAUSED


def test_what_was_cancelled_keeps_what_was_made_and_the_rest_can_be_made_later(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = started(alice, template, people(3))
    run.recipients.filter(row=2).update(state="done")
    page = posted(alice_client, "cancel_run", run)
    assert "It is cancelled. What was made is still here." in page
    assert "Make 2 more profiles" in page
    posted(alice_client, "retry_run", run)
    work_off(run)
    assert (run.state, states(run)) == (S.FINISHED, ["done"] * 3)


def test_retrying_what_is_complete_is_explained(alice: User, alice_client: Client, template: Profile) -> None:
    run = finished(alice, template, people(2))
    assert offered(shown(alice_client, run)) == ["Download the zip"]
    assert "Nothing is left to be made." in posted(alice_client, "retry_run", run)
    run.refresh_from_db()
    assert run.state == S.FINISHED


def test_deleting_asks_first_and_says_what_goes(alice: User, alice_client: Client, template: Profile) -> None:
    run = finished(alice, template, people(3), Wish(delivery=Delivery.LINKS))
    response = alice_client.get(at("delete_run", run))
    assert response.status_code == 200
    page = text_of(response.content.decode())
    assert "Delete the run of “Office VPN”?" in page
    assert "The list with its 3 rows goes" in page
    assert "its install links work no more" in page
    assert left_over(run.pk)["runs"] == 1

    response = alice_client.post(at("delete_run", run), follow=True)

    assert response.redirect_chain == [(reverse("runs"), 302)]
    assert "The run of “Office VPN” is deleted." in text_of(response.content.decode())
    assert set(left_over(run.pk).values()) == {0}
    assert not HandOut.objects.exists()
    assert alice_client.get(at("run", run)).status_code == 404


def test_a_list_that_is_being_read_is_not_deleted(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = run_in(S.LOADING, alice, template)
    assert "The list of this run is still being read." in posted(alice_client, "delete_run", run)
    assert BulkRun.objects.exists()
