"""The history of a profile or template: looked through, compared, taken back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from designer.presentation.change_groups import groups
from designer.views.profiles import own_profile
from designer.web.parameters import number_of
from profiles.exceptions import ConflictError, DocumentError
from profiles.models import Profile, Revision, User
from profiles.services import history as service


@require_safe
def history(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Who saved what when, page by page, with two of them to be chosen."""
    profile = own_profile(request, profile_id)
    user = cast(User, request.user)
    page = service.revisions(user=user, profile_id=profile.pk, page=request.GET.get("page", "1"))
    context = {"profile": profile, "page": page, "chosen": _chosen(profile, page)}
    return render(request, "history/history.html", context)


@require_safe
def compare(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """What changed from `?from=` to `?to=`: by default to the latest, from the one before that."""
    profile = own_profile(request, profile_id)
    new = _number(request, "to", profile.revision)
    old = _number(request, "from", max(new - 1, 1))
    try:
        found = service.compare(user=cast(User, request.user), profile_id=profile.pk, old=old, new=new)
    except Revision.DoesNotExist:
        raise Http404 from None
    context = {
        "profile": profile,
        "found": found,
        "sides": [("From", found.old), ("To", found.new)],
        "groups": groups(found.parts),
        "old_number": str(found.old.number),
        "new_number": str(found.new.number),
        "swapped": f"{reverse('compare_revisions', args=[profile.pk])}?{urlencode({'from': new, 'to': old})}",
    }
    return render(request, "history/compare.html", context)


@require_POST
def restore(request: HttpRequest, profile_id: uuid.UUID, number: int) -> HttpResponse:
    """Go back to a revision, unless somebody saved another one since the page was opened."""
    profile = own_profile(request, profile_id)
    try:
        saved = service.restore(
            actor=cast(User, request.user),
            profile_id=profile.pk,
            number=number,
            base_revision=number_of(request.POST.get("base_revision")),
        )
    except Revision.DoesNotExist:
        raise Http404 from None
    except ConflictError as conflict:
        messages.error(request, _told(conflict, number))
    except DocumentError as error:
        messages.error(request, f"Not restored: {error}")
    else:
        _tell(request, saved, number, made=saved.revision != profile.revision)
    return redirect("profile_history", profile.pk)


def _tell(request: HttpRequest, saved: Profile, number: int, *, made: bool) -> None:
    if made:
        messages.success(request, f"Revision {number} is back, as revision {saved.revision}.")
    else:
        messages.info(
            request, f"Revision {number} is what revision {saved.revision} is, so no new one was made."
        )


def _told(conflict: ConflictError, number: int) -> str:
    return (
        f"{conflict.author or 'Somebody'} saved revision {conflict.revision} after you opened this page, so revision "
        f"{number} was not restored. Look at what changed, then restore it if you still want to."
    )


def _chosen(profile: Profile, page: Page[Revision]) -> Mapping[str, int]:
    """Which two of the page are chosen at first: to the newest, from what users have, else from the next older one."""
    numbers = [revision.number for revision in page]
    newest, *older = numbers or [0]
    old = profile.installed_revision if profile.installed_revision in older else next(iter(older), newest)
    return {"old": old, "new": newest}


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name)
    return number_of(text) if text else default
