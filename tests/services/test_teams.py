"""Teams: who comes in, by which link, who goes, and that an owner always stays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from profiles.exceptions import LinkError, NotAllowedError, ProfileDesignerError, TeamError
from profiles.models import AuditEntry, Invitation, Membership, Profile, Role, Team, User
from profiles.services import profiles, teams
from profiles.services.links import Issued
from tests.conftest import PASSWORD
from tests.services.samples import valid
from tests.services.template_samples import make_template

ROUNDS = 5


@pytest.fixture
def team(alice: User) -> Team:
    """Alice's."""
    return teams.create(actor=alice, name="Office")


def join(team: Team, user: User, role: Role) -> Membership:
    """Make the user a member."""
    return Membership.objects.create(team=team, user=user, role=role)


def invited(team: Team, role: str = "helper", **more: Any) -> Issued[Invitation]:
    """An invitation by the team's owner."""
    owner = team.memberships.filter(role=Role.OWNER).select_related("user")[0].user
    return teams.invite(actor=owner, team=team, role=role, **more)


def roles(team: Team) -> dict[str, str]:
    """The role of each member by name."""
    return {each.user.username: each.role for each in teams.members(team)}


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each returns, or which of our errors it raises, when all run at the same time."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait(timeout=20)
        try:
            return act()
        except ProfileDesignerError as error:
            return error
        finally:
            connection.close()

    connection.close()  # a process has two of PostgreSQL's, and both are needed
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


# --- Teams and their names -------------------------------------------------------------------------------------------


def test_who_makes_a_team_owns_it(alice: User, team: Team) -> None:
    assert roles(team) == {"alice": "owner"}
    assert AuditEntry.objects.get(team_id=team.pk).event == "team created"


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("  Head \t office\n", "Head office"),
        ("Büro <b>&amp;</b> 東京 🏢", "Büro <b>&amp;</b> 東京 🏢"),
        ("x" * 255, "x" * 255),
        ("'; DROP TABLE teams; --", "'; DROP TABLE teams; --"),
    ],
)
def test_a_name_is_one_line_of_anything_printable(alice: User, name: str, stored: str) -> None:
    team = teams.create(actor=alice, name=name)

    team.refresh_from_db()
    assert team.name == stored


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "is empty"),
        (" \t\n", "is empty"),
        ("x" * 256, "has 256 characters, more than the 255 allowed"),
        ("a\x00b", "not printable"),
        ("a\x1bb", "not printable"),
        ("a\u202eb", "not printable"),
        ("a\ud800b", "not printable"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(
    alice: User, team: Team, name: str, sentence: str
) -> None:
    attempts: list[Callable[[], Any]] = [
        partial(teams.create, actor=alice, name=name),
        partial(teams.rename, actor=alice, team=team, name=name),
    ]
    for attempt in attempts:
        with pytest.raises(TeamError, match=sentence):
            attempt()

    team.refresh_from_db()
    assert team.name == "Office"
    assert Team.objects.count() == 1


def test_the_log_keeps_the_name_that_a_team_had(alice: User, team: Team) -> None:
    teams.rename(actor=alice, team=team, name="Lab")

    entry = AuditEntry.objects.filter(team_id=team.pk)[0]
    assert (entry.event, entry.name, entry.detail) == ("team renamed", "Lab", "was “Office”")


def test_who_has_no_team_gets_one_that_keeps(db: None) -> None:
    user = User.objects.create_user("a" * 150)

    (membership,) = teams.memberships(user)

    assert (membership.team.name, membership.role) == (f"{'a' * 150}’s team", "owner")
    assert teams.memberships(user) == [membership]


@pytest.mark.django_db(transaction=True)
def test_two_first_requests_at_once_make_one_team() -> None:
    for number in range(ROUNDS):
        user = User.objects.create_user(f"user{number}")

        homes = at_once([partial(teams.home, user)] * 4)

        assert len({home.pk for home in homes}) == Membership.objects.filter(user=user).count() == 1


def test_the_first_team_of_a_person_is_the_one_that_they_joined_first(alice: User, team: Team) -> None:
    second = teams.create(actor=alice, name="A name that sorts first")

    assert [each.team for each in teams.memberships(alice)] == [team, second]
    assert teams.home(alice) == team


# --- Invitations -----------------------------------------------------------------------------------------------------


def test_of_a_token_the_database_holds_the_hash_alone(team: Team) -> None:
    made = invited(team)

    row = Invitation.objects.values().get()
    assert row["token_hash"] == hashlib.sha256(made.token.encode()).hexdigest()
    assert made.token not in str(row)
    assert made.token not in str(list(AuditEntry.objects.values()))
    assert len(made.token) >= 43
    assert made.token != invited(team).token


@pytest.mark.parametrize("role", Role)
def test_an_invitation_gives_the_role_that_it_names(team: Team, bob: User, role: Role) -> None:
    assert teams.accept(user=bob, token=invited(team, role).token) == team

    assert roles(team)["bob"] == role
    entry = AuditEntry.objects.filter(team_id=team.pk)[0]
    assert (entry.actor, entry.event, entry.name, entry.detail) == (
        "bob",
        "member joined",
        "bob",
        f"as {role}",
    )


@pytest.mark.parametrize("role", ["", "Owner", "admin", "owner ", "\x00"])
def test_a_role_that_is_none_is_refused(alice: User, team: Team, bob: User, role: str) -> None:
    join(team, bob, Role.VIEWER)

    with pytest.raises(TeamError, match="There is no such role"):
        invited(team, role)
    with pytest.raises(TeamError, match="There is no such role"):
        teams.change_role(actor=alice, team=team, user_id=bob.pk, role=role)

    assert not Invitation.objects.exists()
    assert roles(team)["bob"] == "viewer"


def test_an_invitation_is_accepted_once(team: Team, bob: User) -> None:
    token = invited(team).token
    teams.accept(user=bob, token=token)

    with pytest.raises(LinkError, match="works once, and has been used"):
        teams.accept(user=User.objects.create_user("carol"), token=token)

    assert roles(team).keys() == {"alice", "bob"}


def test_an_invitation_lasts_seven_days(team: Team, bob: User) -> None:
    made = invited(team)
    left = made.link.expires_at - timezone.now()
    assert timedelta(days=7) - timedelta(minutes=1) < left <= timedelta(days=7)
    Invitation.objects.update(expires_at=timezone.now())

    with pytest.raises(LinkError, match="has expired"):
        teams.accept(user=bob, token=made.token)
    assert "bob" not in roles(team)


def test_an_invitation_that_was_revoked_lets_nobody_in(alice: User, team: Team, bob: User) -> None:
    made = invited(team, note="Bob, helpdesk")

    teams.revoke_invitation(actor=alice, team=team, invitation_id=made.link.pk)

    with pytest.raises(LinkError, match="was revoked"):
        teams.accept(user=bob, token=made.token)
    assert "bob" not in roles(team)
    assert AuditEntry.objects.filter(event="invitation revoked").get().name == "Bob, helpdesk"


@pytest.mark.parametrize("ended", [{"uses": 1}, {"expires_at": timezone.now()}])
def test_what_has_ended_is_not_revoked_once_more(alice: User, team: Team, ended: dict[str, Any]) -> None:
    made = invited(team)
    Invitation.objects.update(**ended)

    teams.revoke_invitation(actor=alice, team=team, invitation_id=made.link.pk)

    assert Invitation.objects.get().revoked_at is None
    assert not AuditEntry.objects.filter(event="invitation revoked").exists()


def test_an_invitation_of_another_team_is_not_there(team: Team, bob: User) -> None:
    made = invited(team)

    with pytest.raises(Invitation.DoesNotExist):
        teams.revoke_invitation(actor=bob, team=teams.home(bob), invitation_id=made.link.pk)
    assert Invitation.objects.get().state() == "open"


@pytest.mark.parametrize("token", ["", "x", "ä", "\x00", "\ud800", "x" * 5000])
def test_a_token_that_nobody_made_opens_nothing(team: Team, bob: User, token: str) -> None:
    invited(team)

    with pytest.raises(Invitation.DoesNotExist):
        teams.accept(user=bob, token=token)


def test_whoever_is_in_the_team_already_keeps_their_role_and_the_link(
    alice: User, team: Team, bob: User
) -> None:
    made = invited(team, "viewer")

    with pytest.raises(TeamError, match="You are in “Office” already"):
        teams.accept(user=alice, token=made.token)

    assert roles(team) == {"alice": "owner"}
    teams.accept(user=bob, token=made.token)


def test_the_invitations_that_are_listed_can_be_accepted(alice: User, team: Team, bob: User) -> None:
    used, revoked, expired, good = (invited(team) for _ in range(4))
    teams.accept(user=bob, token=used.token)
    teams.revoke_invitation(actor=alice, team=team, invitation_id=revoked.link.pk)
    Invitation.objects.filter(pk=expired.link.pk).update(expires_at=timezone.now())

    assert teams.invitations(team) == [good.link]


def test_a_note_is_one_line_in_the_list_and_in_the_log(team: Team) -> None:
    made = invited(team, note=" Bob,\r\n\thelpdesk\x1f ")

    assert made.link.note == "Bob, helpdesk"
    assert AuditEntry.objects.filter(event="member invited").get().name == "Bob, helpdesk"


@pytest.mark.parametrize("note", ["x" * 256, "a\x00b", "\u202e"])
def test_a_note_that_cannot_be_is_refused(team: Team, note: str) -> None:
    with pytest.raises(TeamError, match="The note"):
        invited(team, note=note)
    assert not Invitation.objects.exists()


def test_who_comes_with_a_new_account_is_a_member_of_that_team_alone(team: Team) -> None:
    user = teams.accept_as_new(username="carol", password=PASSWORD, token=invited(team, "editor").token)

    assert user.check_password(PASSWORD)
    assert not user.is_staff
    assert not user.is_superuser
    assert [(each.team, each.role) for each in teams.memberships(user)] == [(team, "editor")]


def test_a_link_that_is_no_good_makes_no_account(team: Team, bob: User) -> None:
    token = invited(team).token
    teams.accept(user=bob, token=token)

    with pytest.raises(LinkError):
        teams.accept_as_new(username="carol", password=PASSWORD, token=token)
    with pytest.raises(Invitation.DoesNotExist):
        teams.accept_as_new(username="carol", password=PASSWORD, token="x")

    assert not User.objects.filter(username="carol").exists()


def test_a_password_that_is_too_weak_makes_no_account(team: Team) -> None:
    made = invited(team)

    with pytest.raises(ValidationError):
        teams.accept_as_new(username="carol", password="short", token=made.token)

    assert not User.objects.filter(username="carol").exists()
    assert teams.find_invitation(made.token) == made.link


def test_a_name_that_was_just_taken_leaves_the_invitation_open(team: Team, bob: User) -> None:
    made = invited(team)

    with pytest.raises(TeamError, match="has just taken this user name"):
        teams.accept_as_new(username="bob", password=PASSWORD, token=made.token)

    assert roles(team) == {"alice": "owner"}
    assert teams.find_invitation(made.token) == made.link


@pytest.mark.django_db(transaction=True)
def test_of_many_who_accept_one_invitation_at_once_one_gets_in() -> None:
    team = teams.home(User.objects.create_user("alice"))
    for number in range(ROUNDS):
        token = invited(team).token
        users = [User.objects.create_user(f"user{number}.{each}") for each in range(4)]

        came = at_once([partial(teams.accept, user=user, token=token) for user in users])

        assert sorted(type(each).__name__ for each in came) == ["LinkError"] * 3 + ["Team"]
        assert team.memberships.count() == number + 2


@pytest.mark.django_db(transaction=True)
def test_who_accepts_two_invitations_at_once_is_in_once() -> None:
    team = teams.home(User.objects.create_user("alice"))
    for number in range(ROUNDS):
        user = User.objects.create_user(f"user{number}")
        tokens = [invited(team).token for _ in range(3)]

        came = at_once([partial(teams.accept, user=user, token=token) for token in tokens])

        assert sorted(type(each).__name__ for each in came) == ["Team", "TeamError", "TeamError"]
        assert team.memberships.filter(user=user).count() == 1
        assert len(teams.invitations(team)) == 2 * (number + 1)


# --- Members ---------------------------------------------------------------------------------------------------------


def test_the_last_owner_neither_leaves_nor_steps_down(alice: User, team: Team, bob: User) -> None:
    join(team, bob, Role.EDITOR)

    with pytest.raises(TeamError, match="A team needs an owner"):
        teams.remove_member(actor=alice, team=team, user_id=alice.pk)
    with pytest.raises(TeamError, match="A team needs an owner"):
        teams.change_role(actor=alice, team=team, user_id=alice.pk, role="editor")

    assert roles(team) == {"alice": "owner", "bob": "editor"}
    assert not AuditEntry.objects.filter(event__in=["member removed", "role changed"]).exists()


def test_one_of_two_owners_leaves_or_steps_down(alice: User, team: Team, bob: User) -> None:
    join(team, bob, Role.OWNER)
    teams.change_role(actor=alice, team=team, user_id=alice.pk, role="helper")
    assert roles(team) == {"alice": "helper", "bob": "owner"}

    teams.remove_member(actor=alice, team=team, user_id=alice.pk)

    assert roles(team) == {"bob": "owner"}
    told = AuditEntry.objects.filter(event__in=["member removed", "role changed"])
    assert [(each.name, each.detail) for each in told] == [("alice", ""), ("alice", "owner → helper")]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.HELPER, Role.VIEWER])
def test_nobody_but_an_owner_changes_members_and_nobody_promotes_themselves(
    alice: User, team: Team, bob: User, role: Role
) -> None:
    join(team, bob, role)
    acts: list[Callable[[], Any]] = [
        partial(teams.change_role, actor=bob, team=team, user_id=bob.pk, role="owner"),
        partial(teams.change_role, actor=bob, team=team, user_id=alice.pk, role="viewer"),
        partial(teams.remove_member, actor=bob, team=team, user_id=alice.pk),
        partial(teams.invite, actor=bob, team=team, role="owner"),
        partial(teams.rename, actor=bob, team=team, name="Mine"),
        partial(teams.revoke_invitation, actor=bob, team=team, invitation_id=invited(team).link.pk),
    ]

    for act in acts:
        with pytest.raises(NotAllowedError):
            act()

    team.refresh_from_db()
    assert (team.name, roles(team)) == ("Office", {"alice": "owner", "bob": role})


def test_an_owner_of_another_team_changes_nothing_here(alice: User, team: Team, bob: User) -> None:
    teams.home(bob)

    acts: list[Callable[[], Any]] = [
        partial(teams.change_role, actor=bob, team=team, user_id=bob.pk, role="owner"),
        partial(teams.remove_member, actor=bob, team=team, user_id=alice.pk),
    ]
    for act in acts:
        with pytest.raises(NotAllowedError):
            act()
    with pytest.raises(Membership.DoesNotExist):
        teams.remove_member(actor=bob, team=team, user_id=bob.pk)

    assert roles(team) == {"alice": "owner"}


@pytest.mark.parametrize("user_id", [0, -1, 10**9, 2**63 - 1])
def test_who_is_not_in_the_team_is_not_there(alice: User, team: Team, bob: User, user_id: int) -> None:
    for number in (user_id, bob.pk):
        with pytest.raises(Membership.DoesNotExist):
            teams.change_role(actor=alice, team=team, user_id=number, role="viewer")
        with pytest.raises(Membership.DoesNotExist):
            teams.remove_member(actor=alice, team=team, user_id=number)


def test_who_left_sees_nothing_of_the_team_and_what_they_made_stays(
    alice: User, team: Team, bob: User
) -> None:
    join(team, bob, Role.EDITOR)
    profile = profiles.create(actor=bob, team=team, document=valid())

    teams.remove_member(actor=bob, team=team, user_id=bob.pk)

    assert not Profile.objects.for_user(bob).exists()
    with pytest.raises(Profile.DoesNotExist):
        profiles.restore(actor=bob, profile_id=profile.pk)
    assert Profile.objects.for_user(alice).get() == profile
    assert teams.home(bob) != team


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one() -> None:
    alice, bob = (User.objects.create_user(name) for name in ("alice", "bob"))
    for number in range(ROUNDS):
        team = teams.create(actor=alice, name=f"Team {number}")
        join(team, bob, Role.OWNER)

        came = at_once(
            [
                partial(teams.remove_member, actor=alice, team=team, user_id=bob.pk),
                partial(teams.remove_member, actor=bob, team=team, user_id=alice.pk),
            ]
        )

        assert sorted(type(each).__name__ for each in came) == ["Membership", "NotAllowedError"]
        assert list(roles(team).values()) == ["owner"]


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_or_step_down_at_once_leave_one() -> None:
    alice, bob = (User.objects.create_user(name) for name in ("alice", "bob"))
    for number in range(ROUNDS):
        team = teams.create(actor=alice, name=f"Team {number}")
        join(team, bob, Role.OWNER)

        came = at_once(
            [
                partial(teams.remove_member, actor=alice, team=team, user_id=alice.pk),
                partial(teams.change_role, actor=bob, team=team, user_id=bob.pk, role="viewer"),
            ]
        )

        assert sorted(type(each).__name__ for each in came) == ["Membership", "TeamError"]
        assert team.memberships.filter(role=Role.OWNER).count() == 1


@pytest.mark.parametrize("how", ["taken out", "made an editor"])
def test_nobody_comes_back_by_an_invitation_of_their_own(
    alice: User, team: Team, bob: User, how: str
) -> None:
    Membership.objects.create(team=team, user=bob, role=Role.OWNER)
    kept = teams.invite(actor=bob, team=team, role=Role.OWNER)
    other = teams.invite(actor=alice, team=team, role=Role.VIEWER)

    if how == "taken out":
        teams.remove_member(actor=alice, team=team, user_id=bob.pk)
    else:
        teams.change_role(actor=alice, team=team, user_id=bob.pk, role=Role.EDITOR)

    with pytest.raises(LinkError, match="was revoked"):
        teams.find_invitation(kept.token)
    assert teams.invitations(team) == [other.link]


def test_what_somebody_kept_to_themselves_is_the_teams_when_they_go(
    alice: User, team: Team, bob: User
) -> None:
    Membership.objects.create(team=team, user=bob, role=Role.EDITOR)
    template = make_template(bob, team=team, visibility="private")

    teams.remove_member(actor=bob, team=team, user_id=bob.pk)

    assert Profile.objects.templates_for(alice).get() == template
