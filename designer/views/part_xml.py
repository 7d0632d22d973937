"""One part of a profile as XML, for what no field of the form stands for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from designer.presentation.review import ShownProblem
from designer.views.profiles import own_profile
from designer.web import current_team
from designer.web.parameters import number_of
from profiles.exceptions import ConflictError, DocumentError
from profiles.models import Profile, Revision, User
from profiles.plist.document import Problem
from profiles.plist.secrets import MASK
from profiles.policy import Action
from profiles.services import part_xml as service


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def part_xml(request: HttpRequest, profile_id: uuid.UUID, part: str) -> HttpResponse:
    """Show a part as XML; on POST check what was typed, and save it unless it was only to be checked.

    Or put the values that nobody knows in place of their masks.
    """
    row = own_profile(request, profile_id)
    opened = _opened(request, row, part)
    if request.method != "POST":
        return _page(request, row, part, opened)
    current_team.require(request, Action.EDIT)
    if "show" in request.POST:
        return _show(request, row, part)
    return _check(request, row, part) if "check" in request.POST else _save(request, row, part)


def _opened(request: HttpRequest, row: Profile, part: str) -> str:
    """The text as it was opened, or 404 where there was no such part."""
    revision = _revision(request, row)
    try:
        return service.opened(user=cast(User, request.user), profile_id=row.pk, part=part, revision=revision)
    except (DocumentError, Revision.DoesNotExist):
        raise Http404 from None


def _check(request: HttpRequest, row: Profile, part: str) -> HttpResponse:
    try:
        edited = service.edit(
            user=cast(User, request.user),
            profile_id=row.pk,
            part=part,
            text=_typed(request),
            revision=_revision(request, row),
        )
    except DocumentError as error:
        return _page(request, row, part, _typed(request), error=str(error), status=422)
    return _page(request, row, part, _typed(request), problems=edited.problems, notes=edited.notes)


def _show(request: HttpRequest, row: Profile, part: str) -> HttpResponse:
    text = service.reveal(
        actor=cast(User, request.user),
        profile_id=row.pk,
        part=part,
        text=_typed(request),
        revision=_revision(request, row),
    )
    return _page(request, row, part, text)


def _save(request: HttpRequest, row: Profile, part: str) -> HttpResponse:
    try:
        saved = service.save(
            actor=cast(User, request.user),
            profile_id=row.pk,
            part=part,
            text=_typed(request),
            revision=_revision(request, row),
            base_revision=number_of(request.POST.get("base_revision")),
        )
    except ConflictError as conflict:
        message = (
            f"{conflict.author or 'Somebody'} saved this profile after you opened it. Nothing of yours is stored yet: "
            "look at its history, then save again to put yours in place of this part."
        )
        return _page(request, row, part, _typed(request), error=message, base=conflict.revision, status=409)
    except DocumentError as error:
        return _page(request, row, part, _typed(request), error=str(error), status=422)
    for note in saved.notes:
        messages.warning(request, note)
    changed = saved.profile.revision != row.revision
    messages.success(request, "Saved." if changed else "Nothing had changed.")
    return redirect(f"{reverse('profile', args=[row.pk])}#part-{part}")


def _typed(request: HttpRequest) -> str:
    return request.POST.get("xml", "")


def _revision(request: HttpRequest, row: Profile) -> int:
    """The revision of which the masks in the text are."""
    return number_of(request.POST.get("revision")) or row.revision


def _page(
    request: HttpRequest,
    row: Profile,
    part: str,
    text: str,
    *,
    error: str = "",
    problems: Sequence[Problem] | None = None,
    notes: Sequence[str] = (),
    base: int | None = None,
    status: int = 200,
) -> HttpResponse:
    posted = request.method == "POST"
    context: dict[str, Any] = {
        "profile": row,
        "part": part,
        "text": text,
        "lines": min(max(text.count("\n") + 2, 12), 40),
        "error": error,
        "problems": problems and [ShownProblem(problem, problem.path) for problem in problems],
        "masked": MASK in text,
        "notes": notes,
        "revision": _revision(request, row) if posted else row.revision,
        "base_revision": base or (number_of(request.POST.get("base_revision")) if posted else row.revision),
    }
    return render(request, "designer/part_xml.html", context, status=status)
