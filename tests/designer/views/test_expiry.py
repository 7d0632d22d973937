"""What pages say of certificates that end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profiles.models import Membership, Role, SigningIdentity, Team, User
from profiles.services import signing, teams
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.signers import add

LIST, SIGNING = reverse("profiles"), reverse("signing")
NOTICE = "The default signing identity of this team"


@pytest.fixture
def team(alice: User, issued: Loaded) -> Team:
    """Alice's, with a signing identity of its own, its default."""
    signing.ensure_local_identity()
    add(alice, "Signer", issued)
    return home(alice)


def ends_in(days: float, name: str = "Signer") -> None:
    """Let that identity end so soon."""
    SigningIdentity.objects.filter(name=name).update(not_after=timezone.now() + timedelta(days=days))


def page(client: Client, address: str = LIST) -> str:
    return client.get(address).content.decode()


@pytest.mark.parametrize(
    ("days", "words"),
    [(12.5, "ends in 12 days"), (1.5, "ends in 1 day"), (0.5, "ends in less than a day"), (-1, "ended")],
)
def test_the_page_of_signing_tags_what_ends(
    alice_client: Client, team: Team, days: float, words: str
) -> None:
    ends_in(days)

    assert f">{words}</span>" in page(alice_client, SIGNING)


def test_the_page_of_signing_tags_nothing_else(alice_client: Client, team: Team) -> None:
    ends_in(31)

    assert 'class="count' not in page(alice_client, SIGNING)


@pytest.mark.parametrize(
    ("days", "words"),
    [(12.5, f"{NOTICE} ends in 12 days: "), (-1, f"{NOTICE} ended: ")],
    ids=["soon", "over"],
)
def test_the_list_of_profiles_begins_with_the_end_of_what_signs(
    alice_client: Client, team: Team, days: float, words: str
) -> None:
    ends_in(days)

    text = page(alice_client)
    assert text.index(words) < text.index("<h1>")
    assert f'<a href="{SIGNING}">replace it, or choose another</a>' in text


def test_nothing_is_said_of_what_ends_later_or_is_not_the_default(
    alice: User, alice_client: Client, team: Team, issued: Loaded
) -> None:
    ends_in(31)
    add(alice, "Other", issued)
    ends_in(3, "Other")

    assert NOTICE not in page(alice_client)


def test_nothing_is_said_of_what_another_team_signs_with(
    alice: User, alice_client: Client, team: Team
) -> None:
    ends_in(3)
    other = teams.create(actor=alice, name="Other")
    alice_client.post(reverse("choose_team"), {"team": str(other.pk)})

    assert NOTICE not in page(alice_client)


@pytest.mark.parametrize(("name", "said"), [("Bought", True), ("This server", False)])
def test_a_team_that_follows_the_server_is_told_unless_the_server_renews_it(
    bob: User, bob_client: Client, issued: Loaded, name: str, said: bool
) -> None:
    home(bob)
    signing.ensure_local_identity()
    bought = add(None, "Bought", issued)
    chosen = SigningIdentity.objects.get(name=name)
    signing.choose_default(actor=None, team=None, identity=chosen)
    SigningIdentity.objects.filter(pk__in=[bought.pk, chosen.pk]).update(not_after=timezone.now())

    assert (NOTICE in page(bob_client)) is said


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.OWNER, "replace it, or choose another</a>"),
        (Role.EDITOR, "ask an owner to replace it</a>"),
        (Role.HELPER, ""),
        (Role.VIEWER, ""),
    ],
)
def test_who_can_change_something_is_told(
    bob: User, bob_client: Client, team: Team, role: str, said: str
) -> None:
    Membership.objects.create(team=team, user=bob, role=role)
    ends_in(3)

    text = page(bob_client)
    assert (NOTICE in text) is bool(said)
    assert said in text


def test_it_takes_the_list_of_profiles_no_statement(alice_client: Client, team: Team) -> None:
    counts = []
    for days in (300, 3):
        ends_in(days)
        with CaptureQueriesContext(connection) as captured:
            page(alice_client)
        counts.append(len(captured))

    assert counts == [6, 6]
