"""Profiles that follow their template, by plain requests."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.models import Profile, Role, User
from profiles.plist.templates.declaration import Place, Variable
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.pagination import PER_PAGE
from profiles.services.teams import home
from tests.posting import browse
from tests.services.template_samples import (
    PIN,
    SECRETS,
    VARIABLES,
    declared,
    edited,
    fill_in,
    ikev2,
    in_first,
    join,
    make_template,
    save,
)

TYPED = "typed-just-now-and-in-no-page"


@pytest.fixture
def template(alice: User) -> Profile:
    return make_template(alice)


@pytest.fixture
def profile(alice: User, template: Profile) -> Profile:
    return fill_in(alice, template, name="Bob’s VPN")


def address(row: Profile, name: str = "update_profile") -> str:
    return reverse(name, args=[row.pk])


def look(client: Client, profile: Profile) -> str:
    response = client.get(address(profile))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return unescape(response.content.decode())


def send(client: Client, profile: Profile, data: QueryDict) -> Any:
    """Post the form as a browser does."""
    return client.post(address(profile), data.urlencode(), content_type="application/x-www-form-urlencoded")


def ask_for_more(alice: User, template: Profile, *new: Variable) -> None:
    """Let the template ask for variables in one more text."""
    text = " ".join(f"{{{{{variable.name}}}}}" for variable in new)
    document = edited(load(template), ProviderDesignatedRequirement=text)
    save(alice, template, declared(document, variables=(*VARIABLES, *new)))


# Told


def test_list_and_designer_say_that_the_template_has_moved_on(
    alice: User, alice_client: Client, template: Profile, profile: Profile
) -> None:
    for where in (reverse("profiles"), address(profile, "profile")):
        assert "moved on" not in alice_client.get(where).content.decode()

    save(alice, template, RemoteIdentifier="new.example.com")

    for where in (reverse("profiles"), address(profile, "profile")):
        page = alice_client.get(where).content.decode()
        assert "moved on" in page
        assert f'href="{address(profile)}"' in page


def test_what_would_change_is_shown_and_nothing_is_stored(
    alice: User, alice_client: Client, template: Profile, profile: Profile
) -> None:
    save(alice, template, RemoteIdentifier="new.example.com", PPK=b"new key")

    page = look(alice_client, profile)

    assert "To revision 2 of the template “Office VPN”" in page
    assert "<td>vpn.example.com</td><td>new.example.com</td>" in page
    assert "<td>a secret</td><td>another secret</td>" in page
    for secret in (*SECRETS, "new key"):
        assert secret not in page
    profile.refresh_from_db()
    assert profile.revision == 1


def test_a_confirmed_update_is_a_revision(
    alice: User, alice_client: Client, template: Profile, profile: Profile
) -> None:
    save(alice, template, RemoteIdentifier="new.example.com")

    response = send(alice_client, profile, browse(look(alice_client, profile)).data())

    assert response["Location"] == address(profile, "profile")
    profile.refresh_from_db()
    assert (profile.revision, profile.template_revision) == (2, 2)
    page = alice_client.get(response["Location"]).content.decode()
    assert "Up to date with revision 2 of “Office VPN”." in page
    assert "moved on" not in page


def test_a_change_of_nothing_is_noted(
    alice: User, alice_client: Client, template: Profile, profile: Profile
) -> None:
    save(alice, template, MTU=1500)

    page = look(alice_client, profile)
    assert "it only takes note of the new revision" in page
    send(alice_client, profile, browse(page).data())

    profile.refresh_from_db()
    assert profile.template_revision == 2
    assert send(alice_client, profile, browse(look(alice_client, profile)).data()).status_code == 302
    profile.refresh_from_db()
    assert profile.revision == 2, "it was up to date"


@pytest.mark.parametrize(("side", "kept"), [("mine", "mine.example.com"), ("theirs", "theirs.example.com")])
def test_what_both_changed_is_chosen(
    alice: User, alice_client: Client, template: Profile, profile: Profile, side: str, kept: str
) -> None:
    save(alice, profile, RemoteIdentifier="mine.example.com")
    save(alice, template, RemoteIdentifier="theirs.example.com")
    place = in_first(profile, "IKEv2.RemoteIdentifier")
    name = f"take {place.part} {place.path}"
    page = look(alice_client, profile)
    assert "Changed on both sides: choose" in page
    assert "Before: vpn.example.com" in page
    assert browse(page).data()[name] == "mine"

    assert send(alice_client, profile, browse(page).data(**{name: side})).status_code == 302

    assert ikev2(profile)["RemoteIdentifier"] == kept


def test_a_choice_for_what_is_no_conflict_changes_nothing(
    alice: User, alice_client: Client, template: Profile, profile: Profile
) -> None:
    save(alice, template, PPK=b"new key", RemoteIdentifier="new.example.com")
    forged = {
        f"take {place.part} {place.path}": "mine"
        for place in (
            in_first(profile, "IKEv2.PPK"),
            in_first(profile, "IKEv2.RemoteIdentifier"),
            Place("x", "y"),
        )
    }

    send(alice_client, profile, browse(look(alice_client, profile)).data(**forged, take="theirs"))

    assert (ikev2(profile)["PPK"], ikev2(profile)["RemoteIdentifier"]) == (b"new key", "new.example.com")


# Asked


def test_what_the_template_asks_anew_is_asked_first_and_held(
    alice: User, alice_client: Client, template: Profile, profile: Profile
) -> None:
    ask_for_more(
        alice,
        template,
        Variable(name="office", label="Office", pattern="[A-Z]+"),
        Variable(name="code", secret=True),
    )
    page = look(alice_client, profile)
    assert "The template asks for more now" in page
    assert "Show what changes" in page
    assert "answer-user" not in page

    wrong = send(
        alice_client, profile, browse(page).data(**{"answer-office": "berlin", "answer-code": TYPED})
    )
    assert wrong.status_code == 422
    assert "Office is not of the form" in unescape(wrong.content.decode())
    assert browse(wrong.content.decode()).data()["answer-code"] == TYPED

    right = browse(wrong.content.decode()).data(**{"answer-office": "BERLIN"})
    shown = send(alice_client, profile, right)
    assert shown.status_code == 200
    assert "What changes" in shown.content.decode()
    profile.refresh_from_db()
    assert profile.revision == 1
    confirmed = browse(shown.content.decode()).data()
    assert (confirmed["answer-office"], confirmed["answer-code"], confirmed["confirmed"]) == (
        "BERLIN",
        TYPED,
        "1",
    )
    assert send(alice_client, profile, confirmed).status_code == 302

    assert ikev2(profile)["ProviderDesignatedRequirement"] == f"BERLIN {TYPED}"
    assert TYPED not in alice_client.get(address(profile)).content.decode()


def test_an_update_is_not_confirmed_without_what_is_asked(
    alice: User, alice_client: Client, template: Profile, profile: Profile
) -> None:
    ask_for_more(alice, template, Variable(name="office"))

    response = alice_client.post(address(profile), {"confirmed": "1", "revision": "2", "base_revision": "1"})

    assert response.status_code == 422
    assert "office is missing. Fill it in." in response.content.decode()
    profile.refresh_from_db()
    assert profile.revision == 1


def test_a_template_with_an_undeclared_variable_says_so(
    alice: User, alice_client: Client, template: Profile, profile: Profile
) -> None:
    save(alice, template, RemoteIdentifier="{{forgotten}}")

    response = alice_client.get(address(profile), follow=True)

    assert "There is no value for {{forgotten}}." in response.content.decode()


# Meanwhile


def test_a_template_that_was_saved_between_look_and_confirmation_is_looked_at_again(
    alice: User, alice_client: Client, template: Profile, profile: Profile
) -> None:
    save(alice, template, RemoteIdentifier="new.example.com")
    seen = browse(look(alice_client, profile)).data()
    save(alice, template, RemoteIdentifier="newer.example.com")

    response = send(alice_client, profile, seen)

    assert response.status_code == 409
    page = response.content.decode()
    assert "The template was saved meanwhile. Look at what changes now, then update." in page
    assert "newer.example.com" in page
    profile.refresh_from_db()
    assert profile.revision == 1
    assert send(alice_client, profile, browse(page).data()).status_code == 302
    assert ikev2(profile)["RemoteIdentifier"] == "newer.example.com"


def test_a_profile_that_was_saved_between_look_and_confirmation_is_looked_at_again_and_nothing_is_lost(
    alice: User, alice_client: Client, bob: User, template: Profile, profile: Profile
) -> None:
    join(home(alice), bob, Role.EDITOR)
    save(alice, template, RemoteIdentifier="new.example.com")
    seen = browse(look(alice_client, profile)).data()
    save(bob, profile, RemoteIdentifier="bob.example.com")

    response = send(alice_client, profile, seen)

    assert response.status_code == 409
    page = unescape(response.content.decode())
    assert "bob saved this profile after you opened it. Look at what changes now, then update." in page
    assert "Changed on both sides: choose" in page
    assert ikev2(profile)["RemoteIdentifier"] == "bob.example.com"
    assert send(alice_client, profile, browse(page).data()).status_code == 302
    assert ikev2(profile)["RemoteIdentifier"] == "bob.example.com"
    profile.refresh_from_db()
    assert profile.template_revision == 2


@pytest.mark.parametrize("missing", ["revision", "base_revision"])
@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30])
def test_a_confirmation_of_what_was_not_looked_at_updates_nothing(
    alice: User, alice_client: Client, template: Profile, profile: Profile, missing: str, value: str
) -> None:
    save(alice, template, RemoteIdentifier="new.example.com")

    response = send(alice_client, profile, browse(look(alice_client, profile)).data(**{missing: value}))

    assert response.status_code == 409
    profile.refresh_from_db()
    assert profile.revision == 1


@pytest.mark.parametrize("what", ["template", "profile"])
def test_what_was_deleted_meanwhile_is_told(
    alice: User, alice_client: Client, template: Profile, profile: Profile, what: str
) -> None:
    save(alice, template, RemoteIdentifier="new.example.com")
    seen = browse(look(alice_client, profile)).data()
    profiles.delete(actor=alice, profile={"template": template, "profile": profile}[what])

    response = send(alice_client, profile, seen)

    assert response.status_code == (302 if what == "template" else 404)
    if what == "template":
        page = alice_client.get(response["Location"]).content.decode()
        assert "was deleted, or is not shared with you any more" in page
    profile.refresh_from_db()
    assert profile.revision == 1


# All at once


def test_all_are_updated_but_those_to_be_looked_at_and_both_are_counted(
    alice: User, alice_client: Client, template: Profile
) -> None:
    made = [fill_in(alice, template, name=f"Number {number}") for number in range(4)]
    save(alice, made[0], RemoteIdentifier="mine.example.com")
    save(alice, template, RemoteIdentifier="new.example.com")
    where = address(template, "template_instances")
    assert "4 profiles behind" in alice_client.get(where).content.decode()

    looked = alice_client.post(address(template, "update_all")).content.decode()
    assert looked.count("vpn.example.com → new.example.com") == 3
    assert "Changed on both sides: 1 key. It stays." in looked
    assert {profile.revision for profile in Profile.objects.filter(is_template=False)} == {1, 2}

    response = alice_client.post(address(template, "update_all"), {"confirmed": "1"}, follow=True)

    page = response.content.decode()
    assert response.redirect_chain == [(where, 302)]
    assert "Updated: 3." in page
    assert "To be looked at one by one, since both sides changed, or something is asked: 1." in page
    assert "1 profile behind" in page
    assert page.index("Number 0") < page.index("Number 1"), "what is behind comes first"
    assert alice_client.get(address(template, "update_all")).status_code == 405


def test_the_list_of_what_was_made_takes_as_many_queries_however_many(
    alice: User, alice_client: Client, template: Profile
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert alice_client.get(address(template, "template_instances")).status_code == 200
        return len(captured)

    for _ in range(3):
        fill_in(alice, template)
    queries()
    few = queries()
    for _ in range(PER_PAGE):
        fill_in(alice, template)

    assert queries() == few
    page = alice_client.get(address(template, "template_instances"), {"page": "2"}).content.decode()
    assert page.count("list__name") == 3


def test_no_profile_yet_is_told(alice_client: Client, template: Profile) -> None:
    page = alice_client.get(address(template, "template_instances")).content.decode()

    assert "No profile was made from it yet" in page


# Let go


def test_a_detached_profile_can_be_changed(alice_client: Client, profile: Profile) -> None:
    response = alice_client.post(address(profile, "detach_profile"), follow=True)

    assert "Detached. Nothing is locked any more" in response.content.decode()
    assert "Locked by the template" not in response.content.decode()
    again = alice_client.post(address(profile, "detach_profile"), follow=True)
    assert "was not made from a template, or was detached from it" in again.content.decode()
    assert alice_client.get(address(profile, "detach_profile")).status_code == 405


# Who may


@pytest.mark.parametrize("role", [Role.HELPER, Role.VIEWER])
def test_a_helper_or_a_viewer_updates_and_detaches_nothing(
    alice: User, bob: User, bob_client: Client, template: Profile, profile: Profile, role: Role
) -> None:
    join(home(alice), bob, role)
    save(alice, template, RemoteIdentifier="new.example.com")
    own = {"team": str(home(bob).pk), "confirmed": "1", "revision": "2", "base_revision": "1"}

    assert bob_client.get(address(profile)).status_code == 403
    assert bob_client.post(address(profile), own).status_code == 403
    assert bob_client.post(address(profile, "detach_profile"), own).status_code == 403
    assert bob_client.post(address(template, "update_all"), own).status_code == 403
    page = bob_client.get(address(template, "template_instances"))
    assert page.status_code == 200
    assert "Update" not in page.content.decode()
    profile.refresh_from_db()
    assert (profile.revision, profile.template_revision) == (1, 1)


def test_a_stranger_finds_nothing(bob_client: Client, template: Profile, profile: Profile) -> None:
    Profile.objects.update(visibility="server")
    assert bob_client.get(address(profile)).status_code == 404
    assert bob_client.post(address(profile)).status_code == 404
    assert bob_client.post(address(profile, "detach_profile")).status_code == 404
    assert bob_client.get(address(template, "template_instances")).status_code == 404
    assert bob_client.post(address(template, "update_all")).status_code == 404
    assert Profile.objects.get(pk=profile.pk).is_behind is False
    assert PIN not in repr(load(profile))
