"""The list of profiles, and what can be done with one of them from there."""

from __future__ import annotations

import uuid
from typing import Any, cast, get_args
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from designer.web import current_team
from designer.web.addresses import addresses
from profiles.catalogue.versions import TITLES
from profiles.models import Profile, User
from profiles.services import expiry, profiles

COLUMNS = (("name", "Name"), ("updated", "Last change"))


@require_safe
def profile_list(request: HttpRequest) -> HttpResponse:
    """The team's profiles: searched, sorted, page by page."""
    user, here = cast(User, request.user), current_team.current_with_signer(request)
    text = request.GET.get("q", "").strip()[:200]
    order = request.GET.get("sort", "-updated")
    order = order if order in get_args(profiles.Order) else "-updated"
    page = profiles.search(
        user=user,
        team=here.team,
        text=text,
        order=cast(profiles.Order, order),
        page=request.GET.get("page", "1"),
    )
    of = addresses(
        "profile", "hand_out", "download_profile", "duplicate_profile", "delete_profile", "update_profile"
    )
    context = {
        "page": page,
        "rows": [(profile, of(profile.pk)) for profile in page],
        "text": text,
        "order": order,
        "columns": [_column(name, title, order, text) for name, title in COLUMNS],
        "titles": TITLES,
        "signer": expiry.signer_ending(here),
    }
    return render(request, "profiles/list.html", context)


def _column(name: str, title: str, order: str, text: str) -> dict[str, Any]:
    """A sortable heading: where it leads, and how the list is sorted by it now."""
    direction = {name: "ascending", f"-{name}": "descending"}.get(order, "none")
    first = "-updated" if name == "updated" else name
    turned = (
        {"-updated": "updated", "updated": "-updated", "name": "-name", "-name": "name"}[order]
        if direction != "none"
        else first
    )
    return {"title": title, "address": _address(text, turned), "direction": direction}


def _address(text: str, order: str) -> str:
    wanted = {"q": text, "sort": order if order != "-updated" else ""}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"{reverse('profiles')}?{query}" if query else reverse("profiles")


def own_profile(request: HttpRequest, profile_id: uuid.UUID) -> Profile:
    """The profile of that id in one of the user's teams, which is entered; 404 when it is somebody else's."""
    profile = get_object_or_404(Profile.objects.for_user(cast(User, request.user)), pk=profile_id)
    current_team.enter(request, profile.team_id)
    return profile


@require_POST
def duplicate(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Make a copy and open it."""
    copy = profiles.duplicate(actor=cast(User, request.user), profile=own_profile(request, profile_id))
    messages.success(
        request, "This is the copy. It has an identifier of its own, so it installs beside the original."
    )
    return redirect("profile", copy.pk)


@require_POST
def delete(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Take a profile off the list, and offer to undo that."""
    profile = own_profile(request, profile_id)
    profiles.delete(actor=cast(User, request.user), profile=profile)
    messages.success(
        request,
        format_html(
            "“{}” was deleted. <button class='btn btn-link' form='undo-delete' formaction='{}'>Undo</button>",
            str(profile),
            reverse("restore_profile", args=[profile.pk]),
        ),
    )
    return redirect(_list_of(profile))


@require_POST
def restore(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Undo a deletion."""
    try:
        profile = profiles.restore(actor=cast(User, request.user), profile_id=profile_id)
    except Profile.DoesNotExist:
        raise Http404 from None
    messages.success(request, f"“{profile}” is back.")
    return redirect(_list_of(profile))


def _list_of(profile: Profile) -> str:
    """The name of the list that it stands in."""
    return "templates" if profile.is_template else "profiles"
