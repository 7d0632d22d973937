"""May this user do this? The one place that answers, asked by views, the command line and tasks alike.

What people can *see* is what their teams hold, which the querysets `for_user` say. What they may *do* with it depends
on their role in that team, which is said here.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from profiles.exceptions import NotAllowedError
from profiles.models import Membership, Role, User


class Action(Enum):
    """What roles allow; the text is how the refusal calls it."""

    LOOK = "look at what the team has"
    FILL = "make profiles from templates"
    HAND_OUT = "download profiles or hand them out"
    EDIT = "change profiles, templates or certificates"
    MANAGE = "manage members, signing identities or the audit log"


_VIEWER: Final = frozenset({Action.LOOK})
_HELPER: Final = _VIEWER | {Action.FILL, Action.HAND_OUT}
_EDITOR: Final = _HELPER | {Action.EDIT}
_OWNER: Final = _EDITOR | {Action.MANAGE}

ALLOWED: Final[Mapping[str, frozenset[Action]]] = MappingProxyType(
    {Role.OWNER: _OWNER, Role.EDITOR: _EDITOR, Role.HELPER: _HELPER, Role.VIEWER: _VIEWER}
)
"""What each role allows."""

SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Role.OWNER: "Everything: members, signing identities, the audit log, and all that editors do.",
        Role.EDITOR: "Makes and changes profiles, templates and certificates, and all that helpers do.",
        Role.HELPER: "Fills in templates, downloads profiles and hands them out.",
        Role.VIEWER: "Looks, and changes nothing.",
    }
)
"""What each role is for, in a sentence."""


def may(user: User, action: Action, team_id: uuid.UUID) -> bool:
    """Does the role of the user in that team allow this? Nobody may do anything in a team of others."""
    role = Membership.objects.filter(user=user, team=team_id).values_list("role", flat=True).first()
    return role is not None and action in ALLOWED[role]


def require(user: User, action: Action, team_id: uuid.UUID) -> None:
    """Raise NotAllowedError unless the user may."""
    if not may(user, action, team_id):
        raise refusal(action)


def refusal(action: Action) -> NotAllowedError:
    """Why somebody may not, and who can mend that."""
    return NotAllowedError(
        f"Your role in this team does not allow you to {action.value}. Ask an owner of the team for another role."
    )
