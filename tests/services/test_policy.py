"""What each role allows, said once more, so that nobody allows more by accident."""

from __future__ import annotations

from itertools import pairwise

import pytest

from profiles import policy
from profiles.exceptions import NotAllowedError
from profiles.models import Membership, Role, User
from profiles.policy import Action
from profiles.services import teams

ALLOWED = {
    Role.OWNER: {Action.LOOK, Action.FILL, Action.HAND_OUT, Action.EDIT, Action.MANAGE},
    Role.EDITOR: {Action.LOOK, Action.FILL, Action.HAND_OUT, Action.EDIT},
    Role.HELPER: {Action.LOOK, Action.FILL, Action.HAND_OUT},
    Role.VIEWER: {Action.LOOK},
}


@pytest.mark.parametrize("action", Action, ids=lambda action: action.name.lower())
@pytest.mark.parametrize("role", Role)
def test_a_role_allows_what_it_is_for_and_nothing_else(
    alice: User, bob: User, role: Role, action: Action
) -> None:
    team = teams.home(alice)
    Membership.objects.create(team=team, user=bob, role=role)

    assert policy.may(bob, action, team.pk) is (action in ALLOWED[role])
    if action in ALLOWED[role]:
        policy.require(bob, action, team.pk)
    else:
        with pytest.raises(NotAllowedError, match=f"does not allow you to {action.value}. Ask an owner"):
            policy.require(bob, action, team.pk)


@pytest.mark.parametrize("action", Action, ids=lambda action: action.name.lower())
def test_nobody_may_do_anything_in_a_team_of_others(alice: User, bob: User, action: Action) -> None:
    assert policy.may(bob, action, teams.home(bob).pk)
    assert policy.may(alice, action, teams.home(alice).pk)

    assert not policy.may(bob, action, teams.home(alice).pk)


def test_to_run_the_server_gives_no_right_in_a_team(alice: User, bob: User) -> None:
    assert alice.is_superuser

    assert not policy.may(alice, Action.LOOK, teams.home(bob).pk)


def test_another_role_counts_at_once(alice: User, bob: User) -> None:
    team = teams.home(alice)
    Membership.objects.create(team=team, user=bob, role=Role.EDITOR)
    assert policy.may(bob, Action.EDIT, team.pk)

    teams.change_role(actor=alice, team=team, user_id=bob.pk, role="viewer")
    assert not policy.may(bob, Action.EDIT, team.pk)

    teams.remove_member(actor=alice, team=team, user_id=bob.pk)
    assert not policy.may(bob, Action.LOOK, team.pk)


def test_every_role_is_explained_and_allows_more_than_the_one_below() -> None:
    assert set(policy.SENTENCES) == set(policy.ALLOWED) == set(Role)
    ladder = [policy.ALLOWED[role] for role in (Role.VIEWER, Role.HELPER, Role.EDITOR, Role.OWNER)]
    assert all(lower < higher for lower, higher in pairwise(ladder))
