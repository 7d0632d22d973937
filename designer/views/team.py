"""A team: its members and their roles, who is invited, and which team one works in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from designer.web import current_team
from designer.web.addresses import absolute
from profiles.exceptions import TeamError
from profiles.models import Invitation, Membership, Role, User
from profiles.models.lengths import NAME_LENGTH
from profiles.policy import SENTENCES, Action
from profiles.services import teams as service

ROLES = [(role.value, role.label, SENTENCES[role]) for role in Role]


@never_cache
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """The members of the current team, and for owners the invitations."""
    return _page(request)


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Make a team and go on in it."""
    try:
        made = service.create(actor=_user(request), name=request.POST.get("name", ""))
    except TeamError as error:
        messages.error(request, str(error))
    else:
        request.session[current_team.SESSION_KEY] = str(made.pk)
        messages.success(request, f"“{made}” is there. Invite the others below.")
    return redirect("team")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Go on in another team; `team` is its id."""
    # `current` looks at what the form says, and at nothing that is not theirs.
    request.session[current_team.SESSION_KEY] = str(current_team.current(request).team_id)
    return redirect("profiles")


@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """Call the team otherwise."""
    here = current_team.current_team(request)
    return _done(
        request,
        lambda: service.rename(actor=_user(request), team=here, name=request.POST.get("name", "")),
        "The team has another name now.",
    )


@never_cache
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Make an invitation, and show its link, this once."""
    try:
        invited = service.invite(
            actor=_user(request),
            team=current_team.current_team(request),
            role=request.POST.get("role", ""),
            note=request.POST.get("note", ""),
        )
    except TeamError as error:
        messages.error(request, str(error))
        return redirect("team")
    link = absolute(reverse("join", args=[invited.token]))
    return _page(request, link=link, invitation=invited.link)


@require_POST
def revoke_invitation(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Let nobody accept it any more."""
    try:
        service.revoke_invitation(
            actor=_user(request), team=current_team.current_team(request), invitation_id=invitation_id
        )
    except Invitation.DoesNotExist:
        raise Http404 from None
    messages.success(request, "The invitation was revoked.")
    return redirect("team")


@require_POST
def change_role(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a member another role."""
    here = current_team.require(request, Action.MANAGE)
    return _done(
        request,
        lambda: service.change_role(
            actor=_user(request), team=here, user_id=user_id, role=request.POST.get("role", "")
        ),
        "The role was changed.",
    )


@require_POST
def remove_member(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take a member out, or leave, once that was confirmed."""
    here, user = current_team.current_team(request), _user(request)
    if user_id != user.pk:
        current_team.require(request, Action.MANAGE)
    if request.POST.get("confirmed") != "1":
        member = service.member(here, user_id).first()
        if member is None:
            raise Http404
        return render(request, "team/remove.html", {"member": member, "leaving": user_id == user.pk})
    return _done(
        request,
        lambda: service.remove_member(actor=user, team=here, user_id=user_id),
        f"You have left “{here}”." if user_id == user.pk else "The member was taken out.",
    )


def _done(request: HttpRequest, act: Callable[[], object], told: str) -> HttpResponse:
    try:
        act()
    except Membership.DoesNotExist:
        raise Http404 from None
    except TeamError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, told)
    return redirect("team")


def _page(request: HttpRequest, **new: Any) -> HttpResponse:
    here = current_team.current_team(request)
    may_manage = current_team.permissions(request)["manage"]
    context = {
        "members": service.members(here),
        "invitations": service.invitations(here) if may_manage else [],
        "roles": ROLES,
        "days": service.INVITATION_DAYS,
        "longest": NAME_LENGTH,
        **new,
    }
    return render(request, "team/team.html", context)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
