"""Who and what commands are told about by name: the account that acts, its team, and a template."""

from __future__ import annotations

import uuid
from argparse import ArgumentTypeError

from django.core.management.base import CommandError
from django.db import connection

from profiles.models import Profile, Team, User
from profiles.services.teams import memberships


def named_user(name: str) -> User:
    """The active account of that name; raises CommandError for none."""
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active account {name!r}.")
    return user


def named_team(user: User, name: str) -> Team:
    """The user's team of that name, or the first one for an empty name; raises CommandError for none or several."""
    mine = [each.team for each in memberships(user)]
    found = [team for team in mine if team.name == name] if name else mine[:1]
    if len(found) != 1:
        raise CommandError(f"{user} is in {'several teams' if found else 'no team'} called {name!r}.")
    return found[0]


def named_template(user: User, text: str) -> Profile:
    """What the user can start from by that id or name; raises CommandError for none or several."""
    rows = Profile.objects.templates_for(user)
    try:
        found = list(rows.filter(pk=uuid.UUID(text)))
    except ValueError:
        found = list(rows.filter(name=text)[:2])
    if len(found) != 1:
        raise CommandError(
            f"{'Several templates are' if found else 'No template is'} called {text!r}. `template list` shows them all."
        )
    return found[0]


def named_profile(user: User, text: str) -> Profile:
    """The profile or template of the user's teams with that id or name, deleted ones too; else raises CommandError."""
    rows = Profile.objects.owned_by(user)
    try:
        found = list(rows.filter(pk=uuid.UUID(text)))
    except ValueError:
        found = list(rows.filter(name=text)[:2])
    if len(found) != 1:
        raise CommandError(
            f"{'Several profiles are' if found else 'No profile is'} called {text!r}. Use its id, which is in its "
            "address."
        )
    return found[0]


def pair(text: str) -> tuple[str, str]:
    """Both sides of NAME=VALUE; raises ArgumentTypeError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ArgumentTypeError("write it as NAME=VALUE")
    return name, value


def leave_pool() -> None:
    """One connection needs no pool, whose threads would log each of their attempts."""
    connection.settings_dict["OPTIONS"].pop("pool", None)
