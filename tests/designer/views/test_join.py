"""The page that an invitation leads to, for whoever has the link."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profiles.models import Invitation, Membership, Role, Team, User
from profiles.policy import SENTENCES
from profiles.services import teams
from tests.conftest import PASSWORD

ANSWERS = {"username": "carol", "password1": PASSWORD, "password2": PASSWORD}
GUESSES = 20
"""How often an address may be wrong."""


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def team(alice: User) -> Team:
    """Alice's."""
    return teams.create(actor=alice, name="Office & <Lab>")


@pytest.fixture
def link(alice: User, team: Team) -> str:
    """The path of an invitation for an editor."""
    return path(alice, team, "editor")


def path(alice: User, team: Team, role: str = "helper") -> str:
    """The path of another invitation."""
    return reverse("join", args=[teams.invite(actor=alice, team=team, role=role).token])


def role_of(team: Team, name: str) -> str | None:
    """What that person is in the team."""
    return team.memberships.filter(user__username=name).values_list("role", flat=True).first()


# --- Joining ---------------------------------------------------------------------------------------------------------


def test_the_page_says_who_invites_to_what(client: Client, link: str) -> None:
    shown = client.get(link).content.decode()

    assert "Join “Office &amp; &lt;Lab&gt;”" in shown
    assert "alice invites you as <strong>editor</strong>" in shown
    assert SENTENCES[Role.EDITOR] in shown
    assert f"/login/?next={link}" in shown


def test_an_invitation_outlives_the_account_of_who_made_it(client: Client, alice: User, link: str) -> None:
    Invitation.objects.update(created_by=None)

    assert "You are invited as <strong>editor</strong>" in client.get(link).content.decode()


def test_to_look_is_not_to_join(bob_client: Client, link: str, team: Team) -> None:
    for response in (bob_client.get(link), bob_client.get(link), bob_client.head(link)):
        assert response.status_code == 200
    assert "Join as bob" in bob_client.get(link).content.decode()
    assert role_of(team, "bob") is None


def test_who_is_signed_in_joins_with_one_click_and_goes_on_there(
    bob: User, bob_client: Client, link: str, team: Team
) -> None:
    assert teams.home(bob) != team

    response = bob_client.post(link, follow=True)

    assert response.redirect_chain == [(reverse("profiles"), 302)]
    assert "Welcome to “Office &amp; &lt;Lab&gt;”." in response.content.decode()
    assert role_of(team, "bob") == "editor"
    assert bob_client.get(reverse("team")).context["membership"].team == team


def test_who_signs_in_first_is_led_back(client: Client, bob: User, link: str, team: Team) -> None:
    response = client.post("/login/", {"login": "bob", "password": PASSWORD, "next": link})

    assert response["Location"] == link
    client.post(link)
    assert role_of(team, "bob") == "editor"
    assert User.objects.count() == 2


def test_who_has_no_account_makes_one_and_is_signed_in(client: Client, link: str, team: Team) -> None:
    response = client.post(link, ANSWERS, follow=True)

    assert response.redirect_chain == [(reverse("profiles"), 302)]
    carol = User.objects.get(username="carol")
    assert client.session["_auth_user_id"] == str(carol.pk)
    assert carol.check_password(PASSWORD)
    assert not carol.is_superuser
    assert [(each.team, each.role) for each in carol.memberships.all()] == [(team, "editor")]
    assert response.context["membership"].team == team


def test_who_is_in_the_team_already_is_told_and_keeps_their_role(
    alice: User, alice_client: Client, bob_client: Client, link: str, team: Team
) -> None:
    teams.create(actor=alice, name="Another")

    response = alice_client.post(link, follow=True)

    assert response.redirect_chain == [(reverse("profiles"), 302)]
    assert "You are in “Office &amp; &lt;Lab&gt;” already. Nothing was changed." in response.content.decode()
    assert role_of(team, "alice") == "owner"
    assert bob_client.post(link).status_code == 302


def test_a_form_that_was_opened_signed_out_joins_with_the_account_that_came_meanwhile(
    bob_client: Client, link: str, team: Team
) -> None:
    bob_client.post(link, ANSWERS)

    assert role_of(team, "bob") == "editor"
    assert not User.objects.filter(username="carol").exists()


# --- What will not do ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ({"password1": "short", "password2": "short"}, "at least 10 characters"),
        ({"password1": "password12345", "password2": "password12345"}, "too common"),
        ({"password1": "73829104756", "password2": "73829104756"}, "entirely numeric"),
        ({"password2": "something else"}, "match"),
        (
            {"username": "administrator", "password1": "administrator1", "password2": "administrator1"},
            "too similar",
        ),
        ({"username": ""}, "required"),
        ({"username": "a b"}, "valid username"),
        ({"username": "a\x00b"}, "Null characters are not allowed"),
        ({"username": "x" * 151}, "at most 150 characters"),
        ({"username": "alice"}, "already exists"),
        ({"username": "ALICE"}, "already exists"),
        ({"username": "ａｌｉｃｅ"}, "already exists"),
    ],
)
def test_an_answer_that_will_not_do_is_explained_and_leaves_the_link_open(
    client: Client, link: str, team: Team, answers: dict[str, str], complaint: str
) -> None:
    response = client.post(link, ANSWERS | answers)

    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert PASSWORD not in response.content.decode()
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == team.memberships.count() == 1
    assert client.post(link, ANSWERS).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_one_name_at_once_one_gets_it_and_the_others_are_told(
    alice: User, team: Team
) -> None:
    links = [path(alice, team) for _ in range(4)]
    barrier = Barrier(len(links))

    def come(link: str) -> tuple[int, str]:
        try:
            barrier.wait(timeout=20)
            response = Client().post(link, ANSWERS)
            return response.status_code, response.content.decode()
        finally:
            connection.close()

    connection.close()  # a process has two of PostgreSQL's, and both are needed
    with ThreadPoolExecutor(len(links)) as pool:
        came = list(pool.map(come, links))

    assert sorted(status for status, _ in came) == [200, 200, 200, 302]
    for status, shown in came:
        assert status == 302 or "already exists" in shown or "has just taken this user name" in shown
    assert User.objects.filter(username="carol").count() == 1
    assert team.memberships.count() == 2
    assert len(teams.invitations(team)) == 3


def test_a_name_that_is_taken_between_the_check_and_the_account_is_told(
    client: Client, link: str, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = teams.accept_as_new

    def late(**given: str) -> User:
        User.objects.create_user("carol")
        return accept(**given)

    monkeypatch.setattr(teams, "accept_as_new", late)

    response = client.post(link, ANSWERS)

    assert response.status_code == 200
    assert "Somebody has just taken this user name. Choose another." in response.content.decode()
    assert "_auth_user_id" not in client.session
    assert role_of(team, "carol") is None
    assert len(teams.invitations(team)) == 1


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [
        ({"uses": 1}, "This link works once, and has been used."),
        ({"revoked_at": timezone.now()}, "This link was revoked."),
        ({"expires_at": timezone.now()}, "This link has expired."),
    ],
)
def test_a_link_that_has_ended_says_why_to_everybody(
    client: Client, bob_client: Client, link: str, team: Team, ended: dict[str, object], sentence: str
) -> None:
    Invitation.objects.update(**ended)

    for response in (
        client.get(link),
        client.post(link, ANSWERS),
        bob_client.get(link),
        bob_client.post(link),
    ):
        assert response.status_code == 410
        assert f"{sentence} Ask whoever sent it for another." in response.content.decode()
    assert team.memberships.count() == 1
    assert not User.objects.filter(username="carol").exists()


def test_a_link_works_once(client: Client, bob_client: Client, link: str, team: Team) -> None:
    assert client.post(link, ANSWERS).status_code == 302

    assert bob_client.post(link).status_code == 410
    assert role_of(team, "bob") is None


def test_the_page_is_kept_by_nobody(client: Client, link: str) -> None:
    response = client.get(link)

    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"


# --- Guessing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_who_guesses_tokens_is_slowed_down(client: Client, link: str, method: str) -> None:
    codes = [
        getattr(client, method)(reverse("join", args=[f"guess-{number}"])).status_code
        for number in range(GUESSES + 1)
    ]

    assert codes == [404] * GUESSES + [429]
    response = client.get(link)
    assert response.status_code == 429
    assert response["Retry-After"] == "300"
    assert "Office" not in response.content.decode()


def test_others_are_not_slowed_down(client: Client, link: str) -> None:
    for number in range(GUESSES + 1):
        client.get(reverse("join", args=[f"guess-{number}"]))

    assert Client(REMOTE_ADDR="192.0.2.9").get(link).status_code == 200


def test_a_link_that_is_known_never_counts_as_a_guess(client: Client, link: str, team: Team) -> None:
    Invitation.objects.update(revoked_at=timezone.now())
    assert [client.get(link).status_code for _ in range(GUESSES + 5)] == [410] * (GUESSES + 5)

    assert client.get(reverse("join", args=["guess"])).status_code == 404


def test_an_address_that_was_claimed_does_not_help_a_guesser(client: Client, db: None) -> None:
    codes = [
        client.get(
            reverse("join", args=["guess"]), headers={"X-Forwarded-For": f"192.0.2.{number}"}
        ).status_code
        for number in range(GUESSES + 1)
    ]

    assert codes[-1] == 429


def test_a_token_that_is_known_elsewhere_opens_nothing_here(client: Client, alice: User, team: Team) -> None:
    token = teams.invite(actor=alice, team=team, role="viewer").token

    for name in ("shared", "install"):
        assert client.get(reverse(name, args=[token])).status_code == 404
    assert Membership.objects.count() == 1
