"""The page of a team, and which team a request is about."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.models import Certificate, Invitation, Membership, Profile, Role, Team, User
from profiles.services import certificates, profiles, starting_points, teams
from profiles.signing import authority
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.samples import valid
from tests.services.signers import chain_pem

POINT = next(iter(starting_points.all_points()))


@pytest.fixture
def office(alice: User) -> Team:
    """Alice's first team."""
    return teams.create(actor=alice, name="Office")


@pytest.fixture
def lab(alice: User, office: Team) -> Team:
    """Alice's second."""
    return teams.create(actor=alice, name="Lab")


def join(team: Team, user: User, role: Role) -> Membership:
    """Make the user a member."""
    return Membership.objects.create(team=team, user=user, role=role)


def page(client: Client, name: str = "team", *args: Any) -> str:
    """What a page says."""
    return client.get(reverse(name, args=args)).content.decode()


def post(client: Client, address: str, *args: Any, **data: Any) -> str:
    """What the page says that a form leads to."""
    response = client.post(reverse(address, args=args), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def heading(html: str) -> str:
    """The first heading."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    assert found
    return found[1].strip()


# --- The page --------------------------------------------------------------------------------------------------------


def test_an_owner_sees_members_invitations_and_forms(
    alice: User, bob: User, alice_client: Client, office: Team
) -> None:
    join(office, bob, Role.HELPER)
    teams.invite(actor=alice, team=office, role="viewer", note="Carol <cfo>")

    shown = page(alice_client)

    assert heading(shown) == "Office"
    assert "You are owner here." in shown
    assert "Carol &lt;cfo&gt;" in shown
    for text in (
        reverse("change_role", args=[bob.pk]),
        reverse("remove_member", args=[bob.pk]),
        reverse("invite_member"),
        reverse("rename_team"),
        reverse("create_team"),
        reverse("audit"),
        "Take bob out",
        "Leave the team",
    ):
        assert text in shown


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HELPER, Role.EDITOR])
def test_others_see_who_is_in_the_team_and_the_way_out(
    alice: User, bob: User, bob_client: Client, office: Team, role: Role
) -> None:
    join(office, bob, role)
    teams.invite(actor=alice, team=office, role="viewer", note="Carol")

    shown = page(bob_client)

    assert f"You are {role} here." in shown
    assert "alice" in shown
    for text in ("Carol", "/team/invite", "/team/rename", "/role", reverse("audit"), "Take alice out"):
        assert text not in shown
    assert reverse("remove_member", args=[bob.pk]) in shown


def test_the_page_takes_no_more_statements_for_more_members(
    alice: User, alice_client: Client, office: Team
) -> None:
    page(alice_client)
    counts = []
    for more in (1, 20):
        for number in range(more):
            join(office, User.objects.create_user(f"user{more}.{number}"), Role.VIEWER)
            teams.invite(actor=alice, team=office, role="viewer")
        with CaptureQueriesContext(connection) as queries:
            page(alice_client)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_link_of_an_invitation_is_shown_once(
    alice_client: Client, bob_client: Client, office: Team
) -> None:
    response = alice_client.post(reverse("invite_member"), {"role": "editor", "note": "Bob"})

    link = response.context["link"]
    shown = response.content.decode()
    assert link in shown
    assert "Send this link to Bob" in shown
    assert "within 7 days" in shown
    assert response["Cache-Control"].startswith("max-age=0")
    assert link.rsplit("/", 2)[-2] not in page(alice_client)
    assert "Join “Office”" in bob_client.get("/" + link.split("/", 3)[3]).content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"role": "king"}, "There is no such role"),
        ({}, "There is no such role"),
        ({"role": "viewer", "note": "x" * 256}, "The note has 256 characters"),
        ({"role": "viewer", "note": "a\x00b"}, "The note holds a character that is not printable"),
    ],
)
def test_an_invitation_that_cannot_be_is_explained(
    alice_client: Client, office: Team, data: dict[str, str], sentence: str
) -> None:
    assert sentence in post(alice_client, "invite_member", **data)
    assert not Invitation.objects.exists()


def test_a_revoked_invitation_leaves_the_list(alice: User, alice_client: Client, office: Team) -> None:
    made = teams.invite(actor=alice, team=office, role="viewer", note="Carol")

    shown = post(alice_client, "revoke_invitation", made.link.pk)

    assert "The invitation was revoked." in shown
    assert "Carol" not in shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("  Head   office ", "Head office"), ("<b>R&amp;D</b> 東京", "&lt;b&gt;R&amp;amp;D&lt;/b&gt; 東京")],
)
def test_a_team_is_renamed(alice_client: Client, office: Team, name: str, shown: str) -> None:
    assert heading(post(alice_client, "rename_team", name=name)) == shown


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "is empty"),
        ("x" * 256, "has 256 characters, more than the 255 allowed"),
        ("\x00", "not printable"),
    ],
)
def test_a_name_that_cannot_be_is_explained(
    alice_client: Client, office: Team, name: str, sentence: str
) -> None:
    for address in ("rename_team", "create_team"):
        assert sentence in post(alice_client, address, name=name)
    assert [team.name for team in Team.objects.all()] == ["Office"]


def test_a_role_is_changed(bob: User, alice_client: Client, bob_client: Client, office: Team) -> None:
    join(office, bob, Role.VIEWER)
    assert bob_client.get(reverse("new_profile")).status_code == 403

    assert "The role was changed." in post(alice_client, "change_role", bob.pk, role="editor")

    assert bob_client.get(reverse("new_profile")).status_code == 200


def test_the_last_owner_is_told_why_they_must_stay(
    alice: User, bob: User, alice_client: Client, office: Team
) -> None:
    join(office, bob, Role.EDITOR)

    for shown in (
        post(alice_client, "remove_member", alice.pk, confirmed="1"),
        post(alice_client, "change_role", alice.pk, role="viewer"),
    ):
        assert "A team needs an owner. Make somebody else an owner first." in shown
        assert heading(shown) == "Office"


def test_to_take_somebody_out_is_asked_first(bob: User, alice_client: Client, office: Team) -> None:
    join(office, bob, Role.EDITOR)

    assert heading(post(alice_client, "remove_member", bob.pk)) == "Take “bob” out of “Office”?"
    assert office.memberships.count() == 2
    assert "The member was taken out." in post(alice_client, "remove_member", bob.pk, confirmed="1")
    assert office.memberships.count() == 1


@pytest.mark.parametrize("number", [0, 10**9, 2**63, 10**30])
@pytest.mark.parametrize("data", [{}, {"confirmed": "1"}])
def test_a_member_that_is_none_is_not_there(
    alice_client: Client, office: Team, number: int, data: dict[str, str]
) -> None:
    assert alice_client.post(reverse("remove_member", args=[number]), data).status_code == 404
    change = alice_client.post(reverse("change_role", args=[number]), {"role": "viewer"})
    assert change.status_code == 404


# --- Leaving ---------------------------------------------------------------------------------------------------------


def test_who_leaves_goes_on_in_another_team(alice: User, bob: User, bob_client: Client, office: Team) -> None:
    join(office, bob, Role.EDITOR)
    join(teams.create(actor=alice, name="Lab"), bob, Role.VIEWER)
    profile = profiles.create(actor=bob, team=office, document=valid())
    assert heading(page(bob_client)) == "Office"
    assert heading(post(bob_client, "remove_member", bob.pk)) == "Leave “Office”?"

    shown = post(bob_client, "remove_member", bob.pk, confirmed="1")

    assert "You have left “Office”." in shown
    assert heading(shown) == "Lab"
    assert bob_client.get(reverse("profile", args=[profile.pk])).status_code == 404


def test_who_leaves_their_only_team_gets_one_of_their_own(
    bob: User, bob_client: Client, office: Team
) -> None:
    join(office, bob, Role.EDITOR)

    shown = post(bob_client, "remove_member", bob.pk, confirmed="1")

    assert heading(shown) == "bob’s team"
    assert "You are owner here." in shown


def test_who_never_had_a_team_gets_one(bob_client: Client) -> None:
    assert heading(page(bob_client)) == "bob’s team"
    assert heading(page(bob_client)) == "bob’s team"
    assert Team.objects.count() == 1


def test_who_was_taken_out_notices_at_the_next_request(
    alice: User, bob: User, bob_client: Client, office: Team
) -> None:
    join(office, bob, Role.OWNER)
    post(bob_client, "choose_team", team=str(office.pk))

    teams.remove_member(actor=alice, team=office, user_id=bob.pk)

    assert heading(page(bob_client)) == "bob’s team"
    assert "Office" not in page(bob_client)


# --- One of several --------------------------------------------------------------------------------------------------


def test_a_new_team_is_entered_and_an_old_one_chosen(alice_client: Client, office: Team) -> None:
    shown = post(alice_client, "create_team", name="Lab")
    assert heading(shown) == "Lab"
    assert "“Lab” is there." in shown

    post(alice_client, "choose_team", team=str(office.pk))

    assert heading(page(alice_client)) == "Office"


@pytest.mark.parametrize("team", ["", "x", "\x00", "6f1d0f9e-9a0b-4b3c-8c4d-2a1b3c4d5e6f", "None"])
def test_a_team_that_is_none_is_not_chosen(alice_client: Client, lab: Team, team: str) -> None:
    post(alice_client, "choose_team", team=str(lab.pk))

    post(alice_client, "choose_team", team=team)

    assert heading(page(alice_client)) == "Lab"


def test_the_team_of_others_is_not_chosen(alice_client: Client, bob: User, lab: Team) -> None:
    post(alice_client, "choose_team", team=str(lab.pk))

    post(alice_client, "choose_team", team=str(teams.home(bob).pk))

    assert heading(page(alice_client)) == "Lab"


def test_lists_hold_what_the_chosen_team_has(
    alice: User, alice_client: Client, office: Team, lab: Team, issued: Loaded
) -> None:
    for team, name in ((office, "For the office"), (lab, "For the lab")):
        profiles.create(actor=alice, team=team, document=valid(name=name))
        certificates.add(actor=alice, team=team, data=chain_pem(issued), name=name)

    for team, name, other in ((office, "office", "lab"), (lab, "lab", "office")):
        post(alice_client, "choose_team", team=str(team.pk))
        for address in ("profiles", "certificates"):
            assert f"For the {name}" in page(alice_client, address)
            assert f"For the {other}" not in page(alice_client, address)


def test_what_is_made_belongs_to_the_team_of_the_form_not_to_the_one_chosen_meanwhile(
    alice_client: Client, office: Team, lab: Team
) -> None:
    post(alice_client, "choose_team", team=str(lab.pk))

    alice_client.post(reverse("new_profile"), {"starting_point": POINT, "team": str(office.pk)})
    alice_client.post(reverse("add_certificate"), {"pasted": _pem(), "team": str(office.pk)})
    alice_client.post(reverse("invite_member"), {"role": "viewer", "team": str(office.pk)})
    alice_client.post(reverse("rename_team"), {"name": "Renamed", "team": str(office.pk)})

    assert Profile.objects.get().team == office
    assert Certificate.objects.get().team == office
    assert Invitation.objects.get().team == office
    assert {team.name for team in Team.objects.all()} == {"Renamed", "Lab"}


@pytest.mark.parametrize("address", ["new_profile", "certificates", "templates", "signing", "audit", "team"])
def test_every_form_that_makes_something_names_its_team(
    alice_client: Client, office: Team, lab: Team, address: str
) -> None:
    post(alice_client, "choose_team", team=str(lab.pk))

    assert f'name="team" value="{lab.pk}"' in page(alice_client, address)


def test_a_form_that_names_a_team_of_others_makes_it_in_the_chosen_one(
    alice_client: Client, bob: User, lab: Team
) -> None:
    post(alice_client, "choose_team", team=str(lab.pk))

    alice_client.post(reverse("new_profile"), {"starting_point": POINT, "team": str(teams.home(bob).pk)})

    assert Profile.objects.get().team == lab


def test_to_open_something_of_another_team_is_to_go_on_there(
    alice: User, alice_client: Client, office: Team, lab: Team
) -> None:
    profile = profiles.create(actor=alice, team=lab, document=valid())
    assert heading(page(alice_client)) == "Office"

    page(alice_client, "profile", profile.pk)

    assert heading(page(alice_client)) == "Lab"


def test_a_form_about_an_object_counts_in_the_team_of_the_object(
    alice: User, bob: User, bob_client: Client, office: Team, issued: Loaded
) -> None:
    """Even when it says that it was opened in a team where one may do more."""
    join(office, bob, Role.VIEWER)
    own = teams.create(actor=bob, name="Own")
    entry = certificates.add(actor=alice, team=office, data=chain_pem(issued)).entries[0]
    post(bob_client, "choose_team", team=str(own.pk))

    response = bob_client.post(reverse("remove_certificate", args=[entry.pk]), {"team": str(own.pk)})

    assert response.status_code == 403
    assert heading(page(bob_client)) == "Office"


def test_the_menu_offers_every_team(alice_client: Client, office: Team, lab: Team) -> None:
    shown = page(alice_client, "profiles")

    for team in (office, lab):
        assert str(team.pk) in shown
        assert team.name in shown


def _pem() -> str:
    return authority.create_authority("Another CA").certificate.public_bytes(Encoding.PEM).decode()
