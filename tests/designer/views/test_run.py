"""The page of a bulk run: its columns matched, its rows checked, and its start."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from designer.views.run import MOVED_ON
from profiles.exceptions import EncryptionError
from profiles.models import BulkRun, Delivery, Profile, RunState, SigningIdentity, User
from profiles.services.bulk import runs
from profiles.services.bulk.rows import OF_TEMPLATE
from profiles.signing.identity import SigningIdentity as Loaded
from tests.designer.views.run_pages import (
    UNSIGNED_FILES,
    at,
    focused,
    none_in,
    offered,
    posted,
    shown,
    text_of,
    waking,
)
from tests.posting import browse
from tests.services.bulk.run_samples import (
    COLUMNS,
    UNSIGNED,
    checked,
    loaded,
    matching_of,
    meanwhile,
    people,
    person,
    pin,
    work_off,
)
from tests.services.signers import add
from tests.services.template_samples import save

LINKS = {"delivery": "links", "days": "30", "one_time": "on"}
EMAIL = {"delivery": "email", "days": "7", "subject": "Hello", "message": "See {{link}}"}
MATCHED = {"variable_user": "0", "variable_domain": "", "variable_pin": "1", "variable_room": "2"}
MATCHED |= {"key": "0", "email": "3"}
S = RunState


@pytest.fixture
def mail(settings: Settings) -> None:
    """A server that sends e-mail."""
    settings.EMAIL_ENABLED = True


def rows_with_some_wrong() -> list[list[str]]:
    return [*people(3), person(3, user="Bad"), person(4, email="nowhere")]


# --- Which column is which -------------------------------------------------------------------------------------------


def test_a_draft_shows_its_first_rows_and_what_was_guessed(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = loaded(alice, template, people(5))
    html = shown(alice_client, run)

    page = text_of(html)
    assert "Which column is which?" in page
    assert "a •••••••• R0 a@example.org" in page
    assert "Hidden are cells that may be secret" in page
    assert "d@example.org" not in page
    assert none_in(html, [pin(0), pin(1)])
    assert browse(html).data().dict().items() >= {**MATCHED, "key": "3"}.items()
    assert offered(html) == ["Check all rows"]


def test_errors_of_the_template_are_told_once_above_whatever_the_rows_say(
    alice: User, alice_client: Client, template: Profile
) -> None:
    assert "The template itself has errors" not in text_of(
        shown(alice_client, loaded(alice, template, people(2)))
    )
    save(alice, template, MTU=5)
    draft = text_of(shown(alice_client, loaded(alice, template, people(2))))
    html = shown(alice_client, checked(alice, template, people(3)))

    for page in (draft, text_of(html)):
        assert "The template itself has errors" in page
        assert page.count("MTU is 5, but the least allowed is 1280 bytes.") == 1
    assert f'href="{reverse("profile", args=[template.pk])}"' in html
    assert text_of(html).count(OF_TEMPLATE) == 3
    assert "Correct row" not in html


STALE = "correct the template, then bring the list again"


def test_a_template_that_was_corrected_since_is_told_to_be(
    alice: User, alice_client: Client, template: Profile
) -> None:
    save(alice, template, MTU=5)
    run = checked(alice, template, people(2))
    assert STALE in text_of(shown(alice_client, run))
    save(alice, template, MTU=1400)

    html = shown(alice_client, run)

    page = text_of(html)
    assert "revision 2 of the template, now 3" in page
    assert "Revision 2 of the template has errors" in page
    assert "The template was corrected since and is at revision 3: bring the list again. New run" in page
    assert f'<a href="{reverse("new_run")}?template={template.pk}">New run</a>' in html
    assert STALE not in page
    assert "Correct the template" not in page
    assert "MTU is 5, but the least allowed is 1280 bytes." in page
    row = text_of(alice_client.get(at("correct_row", run, 2)).content.decode())
    assert "The template was corrected since" in row


def test_a_template_that_has_changed_and_is_still_wrong_is_told_to_be(
    alice: User, alice_client: Client, template: Profile
) -> None:
    save(alice, template, MTU=5)
    run = checked(alice, template, people(2))
    save(alice, template, MTU=6)

    html = shown(alice_client, run)

    assert "The template is at revision 3 by now, and still has errors: correct it" in text_of(html)
    assert f'<a href="{reverse("profile", args=[template.pk])}">Correct the template</a>' in html


def test_a_template_that_is_as_it_was_is_not_told_to_have_changed(
    alice: User, alice_client: Client, template: Profile
) -> None:
    page = text_of(shown(alice_client, checked(alice, template, rows_with_some_wrong())))
    assert "revision 1 of the template · " in page


def test_a_run_is_shown_where_its_template_cannot_be_opened(
    alice: User, alice_client: Client, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = checked(alice, template, rows_with_some_wrong())
    runs.start(actor=alice, run=run, wish=UNSIGNED)
    work_off(run)

    def locked(*_: object) -> None:
        raise EncryptionError("The key is gone.")

    monkeypatch.setattr("designer.views.run.of_run", locked)
    assert "Rows to look at" in text_of(shown(alice_client, run))


def test_what_no_variable_has_yet_may_be_a_secret_too_and_is_masked(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = loaded(alice, template, people(2), columns=("user", "code", "room", "email"))
    assert none_in(shown(alice_client, run), [pin(0), pin(1)])


def test_who_brings_a_list_says_what_tells_people_apart_where_no_open_variable_does(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = loaded(alice, template, [[pin(0), "ann"], [pin(1), "bob"]], columns=("Passcode", "name"))
    html = shown(alice_client, run)
    assert none_in(html, [pin(0), pin(1)])
    page = browse(html).data().dict()
    assert page["key"] == ""

    chosen = {**page, "variable_user": "1", "variable_pin": "0"}
    response = alice_client.post(at("match_run", run), chosen)
    assert response.status_code == 422
    assert response.context["match"].errors == {"key": ["Choose the column that tells people apart."]}
    assert focused(response.content.decode()) == ["key"]

    posted(alice_client, "match_run", run, {**chosen, "key": "1"})
    run.refresh_from_db()
    assert (run.state, run.key_column) == (S.CHECKING, 1)


def test_what_was_matched_is_checked_by_workers_who_are_woken(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = loaded(alice, template, rows_with_some_wrong())
    before = waking()

    page = posted(alice_client, "match_run", run, MATCHED)

    assert waking() > before
    assert "Checking 0 of 5 0 %" in page
    work_off(run)
    assert run.mapping == {"user": 0, "pin": 1, "room": 2}
    html = shown(alice_client, run)
    page = text_of(html)
    assert "Ready to start 5 of 5 100 % 3 ready 2 to be corrected" in page
    assert "5 Bad Error User name is not of the form" in page
    assert "6 e Error “email” is no e-mail address. Write it as user@example.org." in page
    assert offered(html) == ["Download them as CSV", "Make 3 profiles", "Check all rows"]


@pytest.mark.parametrize("number", ["", "4", "999999999999999999999999", "-1", "x", "1.5", "٣"])
def test_a_column_that_is_none_is_refused_beside_its_field(
    alice: User, alice_client: Client, template: Profile, number: str
) -> None:
    run = loaded(alice, template, people(1))
    response = alice_client.post(at("match_run", run), {**MATCHED, "variable_user": number, "email": ""})

    html = response.content.decode()
    assert response.status_code == 422
    assert [*response.context["match"].errors] == ["variable_user"]
    assert focused(html) == ["variable_user"]
    assert browse(html).data()["email"] == ""
    run.refresh_from_db()
    assert run.state == S.DRAFT


def test_a_secret_cannot_tell_people_apart(alice: User, alice_client: Client, template: Profile) -> None:
    run = checked(alice, template, people(1))
    response = alice_client.post(at("match_run", run), {**MATCHED, "key": "1"})

    html = response.content.decode()
    assert response.status_code == 422
    assert "this one is a secret. Choose another." in html
    assert focused(html) == ["alert"]
    # What was asked for stays in view, and not folded away as it is on a page of a checked run.
    assert "Which column is which?" in html
    assert none_in(html, [pin(0)])


def test_a_checked_run_can_be_matched_again(alice: User, alice_client: Client, template: Profile) -> None:
    run = checked(alice, template, people(2))
    posted(alice_client, "match_run", run, {**MATCHED, "variable_room": ""})
    work_off(run)
    assert (run.state, run.mapping) == (S.CHECKED, {"user": 0, "pin": 1})


def test_matching_does_not_depend_on_what_the_page_was_opened_with(
    alice: User, alice_client: Client, template: Profile
) -> None:
    """Somebody else may have matched it since."""
    run = loaded(alice, template, people(1))
    page = browse(shown(alice_client, run)).data()
    runs.match(actor=alice, run=run, matching=matching_of(run, key="email"))
    posted(alice_client, "match_run", run, page)
    run.refresh_from_db()
    assert str(run.key_column) == page["key"]


def test_where_no_row_is_right_nothing_can_be_started(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = checked(alice, template, [person(0, user="Bad")])
    html = shown(alice_client, run)
    assert "No row is right yet" in text_of(html)
    assert offered(html) == ["Download them as CSV", "Check all rows"]
    assert "No row is ready. Correct the rows that are marked first." in posted(
        alice_client, "start_run", run, UNSIGNED_FILES
    )


# --- Starting --------------------------------------------------------------------------------------------------------


def test_a_run_is_started_as_wished_and_workers_are_woken(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = checked(alice, template, people(2))
    before = waking()

    page = posted(alice_client, "start_run", run, LINKS)

    run.refresh_from_db()
    assert (run.state, run.delivery, run.link_days, run.one_time) == (S.RUNNING, Delivery.LINKS, 30, True)
    assert waking() > before
    assert "It runs. You can leave this page and come back." in page
    work_off(run)
    assert run.state == S.FINISHED


def test_what_the_form_proposes_makes_signed_files(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = checked(alice, template, people(2))
    alice_client.post(at("start_run", run), browse(shown(alice_client, run)).data())
    run.refresh_from_db()
    assert (run.state, run.delivery, run.unsigned, run.identity) == (
        S.RUNNING,
        Delivery.FILES,
        False,
        None,
    )


def test_an_identity_of_the_team_may_be_chosen_and_no_other(
    alice: User, bob: User, alice_client: Client, template: Profile, issued: Loaded
) -> None:
    own, theirs = add(alice, "Own", issued), add(bob, "Theirs", issued)
    run = checked(alice, template, people(1))
    refused = alice_client.post(
        at("start_run", run), {"delivery": "files", "days": "7", "identity": str(theirs.pk)}
    )
    assert refused.status_code == 422
    assert focused(refused.content.decode()) == ["identity"]
    posted(alice_client, "start_run", run, {"delivery": "files", "days": "7", "identity": str(own.pk)})
    run.refresh_from_db()
    assert run.identity == own


REFUSALS = {
    "no way": ({}, "delivery"),
    "a way that is none": ({"delivery": "pigeon"}, "delivery"),
    "days that are none": ({"delivery": "links", "days": "2"}, "days"),
    "very many days": ({"delivery": "links", "days": "9" * 400}, "days"),
    "an identity that is none": ({"delivery": "files", "days": "7", "identity": "x"}, "identity"),
    "an identity of nobody": (
        {"delivery": "files", "days": "7", "identity": str(uuid.UUID(int=7))},
        "identity",
    ),
    "a long subject": ({**EMAIL, "subject": "x" * 256}, "subject"),
    "a long message": ({**EMAIL, "message": "{{link}}" * 1_000}, "message"),
    "a NUL": ({**EMAIL, "subject": "a\0b"}, "subject"),
    "no subject": ({**EMAIL, "subject": " "}, "alert"),
    "no link": ({**EMAIL, "message": "Hello"}, "alert"),
}


@pytest.mark.usefixtures("mail")
@pytest.mark.parametrize(("data", "place"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_done_is_said_and_what_was_typed_stays(
    alice: User, alice_client: Client, template: Profile, data: dict[str, str], place: str
) -> None:
    run = checked(alice, template, people(1))
    response = alice_client.post(at("start_run", run), data)

    html = response.content.decode()
    assert response.status_code == 422
    assert focused(html)[0] == place
    again = browse(html).data()
    assert again.get("subject", "").strip() == data.get("subject", "").strip()
    assert again.get("message") == data.get("message", "")
    run.refresh_from_db()
    assert run.state == S.CHECKED


def test_where_no_email_can_be_sent_the_form_says_so(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = checked(alice, template, people(1))
    assert "This server sends no e-mail: whoever runs it can set EMAIL_URL." in shown(alice_client, run)
    response = alice_client.post(at("start_run", run), EMAIL)
    html = response.content.decode()
    assert response.status_code == 422
    assert "This server sends no e-mail. Set EMAIL_URL, or choose another way." in html
    assert browse(html).data()["delivery"] == "email"


@pytest.mark.usefixtures("mail")
def test_without_a_column_of_addresses_the_form_says_what_to_do(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = checked(alice, template, [["ann", "1"]], columns=COLUMNS[:2])
    assert "Choose the column of e-mail addresses above" in shown(alice_client, run)


def test_without_anything_to_sign_with_the_page_says_so(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = checked(alice, template, people(1))
    SigningIdentity.objects.all().delete()
    response = alice_client.post(at("start_run", run), {"delivery": "files", "days": "7"})
    assert response.status_code == 422
    assert "There is no identity to sign with" in response.content.decode()


def test_without_a_broker_it_is_started_all_the_same(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = checked(alice, template, people(1))
    hidden = settings.BROKER_DIR.with_name("hidden")
    settings.BROKER_DIR.rename(hidden)
    try:
        posted(alice_client, "start_run", run, UNSIGNED_FILES)
    finally:
        hidden.rename(settings.BROKER_DIR)
    run.refresh_from_db()
    assert run.state == S.RUNNING


# --- Pages that are no longer up to date -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("match_run", MATCHED),
        ("match_run", {}),
        ("start_run", UNSIGNED_FILES),
        ("start_run", {"delivery": "pigeon"}),
    ],
    ids=["match", "match-wrong", "start", "start-wrong"],
)
@pytest.mark.parametrize("state", [S.RUNNING, S.PAUSED, S.CANCELLED, S.FINISHED, S.EXPIRED, S.LOADING])
def test_a_form_of_an_earlier_state_leads_to_the_page_as_it_is_now(
    alice: User,
    alice_client: Client,
    template: Profile,
    name: str,
    data: dict[str, str],
    state: RunState,
) -> None:
    run = checked(alice, template, people(2))
    BulkRun.objects.filter(pk=run.pk).update(state=state)

    page = posted(alice_client, name, run, data)

    assert MOVED_ON in page or f"The state of this run is “{state.label}”." in page
    run.refresh_from_db()
    assert run.state == state


def test_two_clicks_start_it_once(alice: User, alice_client: Client, template: Profile) -> None:
    run = checked(alice, template, people(2))
    posted(alice_client, "start_run", run, UNSIGNED_FILES)
    page = posted(alice_client, "start_run", run, LINKS)
    assert "The state of this run is “Running”. It was started already" in page
    run.refresh_from_db()
    assert run.delivery == Delivery.FILES


@pytest.mark.parametrize("name", ["match_run", "start_run"])
def test_the_address_of_a_form_leads_to_the_page(
    alice: User, alice_client: Client, template: Profile, name: str
) -> None:
    """After signing in again, and from the pages of a form that was refused."""
    run = checked(alice, template, people(1))
    assert alice_client.get(at(name, run))["Location"] == at("run", run)
    assert alice_client.get(at(name, run), {"page": "2"})["Location"] == f"{at('run', run)}?page=2"


@pytest.mark.parametrize("name", ["match_run", "start_run", "pause_run", "delete_run"])
def test_a_run_that_is_deleted_meanwhile_is_not_there(
    alice: User, alice_client: Client, template: Profile, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    run = checked(alice, template, people(1))
    place = "retention.delete" if name == "delete_run" else f"runs.{name.removesuffix('_run')}"
    meanwhile(monkeypatch, f"profiles.services.bulk.{place}", lambda: BulkRun.objects.all().delete())
    response = alice_client.post(at(name, run), {**MATCHED, **UNSIGNED_FILES})
    assert response.status_code == 404
