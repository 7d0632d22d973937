"""Which team a request is about: that of the object it asks for, else of its form, else the one looked at last."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest

from profiles.models import Membership, Team, User
from profiles.policy import ALLOWED, Action, refusal
from profiles.services import teams

SESSION_KEY = "team"


def memberships(request: HttpRequest) -> list[Membership]:
    """The teams of whoever asks, read once a request."""
    cached: list[Membership] | None = getattr(request, "_memberships", None)
    return _read(request) if cached is None else cached


def _read(request: HttpRequest, *, signers: bool = False) -> list[Membership]:
    found = teams.memberships(cast(User, request.user), signers=signers)
    request._memberships = found  # type: ignore[attr-defined]  # noqa: SLF001 - ours
    return found


def current(request: HttpRequest) -> Membership:
    """The membership that counts for this request.

    A form says for which team it was opened: another one may have been chosen in another tab meanwhile. What is said
    of a team of others does not count.
    """
    mine = memberships(request)
    entered = getattr(request, "_entered_team", None)
    for wanted in (entered, request.POST.get("team"), request.session.get(SESSION_KEY)):
        if found := next((each for each in mine if str(each.team_id) == wanted), None):
            return found
    return mine[0]


def current_with_signer(request: HttpRequest) -> Membership:
    """The same, of which `expiry.signer_ending` tells; it costs no statement where it is asked for first."""
    _read(request, signers=True)
    return current(request)


def current_team(request: HttpRequest) -> Team:
    """The team that counts for this request."""
    return current(request).team


def enter(request: HttpRequest, team_id: uuid.UUID) -> None:
    """Go on in that team, if it is one of theirs: this request is about something of it, whatever its form says."""
    if not is_member(request, team_id):
        return
    if current(request).team_id != team_id:
        request.session[SESSION_KEY] = str(team_id)
    request._entered_team = str(team_id)  # type: ignore[attr-defined]  # noqa: SLF001 - ours


def is_member(request: HttpRequest, team_id: uuid.UUID) -> bool:
    """Is whoever asks in that team?"""
    return any(each.team_id == team_id for each in memberships(request))


def permissions(request: HttpRequest, team_id: uuid.UUID | None = None) -> Mapping[str, bool]:
    """For templates: `{"edit": True, …}` by the role in that team, or in the current one."""
    role = next(
        (each.role for each in memberships(request) if each.team_id == (team_id or current(request).team_id)),
        "",
    )
    allowed = ALLOWED.get(role, frozenset())
    return {action.name.lower(): action in allowed for action in Action}


def require(request: HttpRequest, action: Action) -> Team:
    """The current team; raises NotAllowedError unless the role there allows `action`."""
    here = current(request)
    if action not in ALLOWED[here.role]:
        raise refusal(action)
    return here.team


def context(request: HttpRequest) -> Mapping[str, Any]:
    """For every page: `memberships`, the `membership` that counts, and what it allows as `may`."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {
        "memberships": memberships(request),
        "membership": current(request),
        "may": permissions(request),
    }
