"""Any two profiles, revisions or files side by side."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from designer import changes, teams
from designer.body_limit import takes_body
from designer.posted import number_of
from profiles.exceptions import DocumentError, SigningError
from profiles.models import User
from profiles.policy import Action
from profiles.services import comparison as service
from profiles.services import imports

SIDES = (("old", "From"), ("new", "To"))
MAX_ROWS = 2_000
"""Changes that a page shows: far more than a person reads."""


@never_cache
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """What differs between `?old=` and `?new=`; the form to choose them where one is missing."""
    chosen = {name: _chosen(request, name) for name, _ in SIDES}
    if not all(chosen.values()):
        return _page(request, chosen)
    try:
        found = service.compare(user=cast(User, request.user), **chosen)
    except service.NOT_THERE:
        raise Http404 from None
    except DocumentError as refusal:
        return _page(request, chosen, error=str(refusal), status=422)
    return _page(request, chosen, found=found)


def _chosen(request: HttpRequest, name: str) -> str:
    """The reference of a side; with a number of a revision beside it, that of the revision."""
    reference = request.GET.get(name, "")
    number = number_of(request.GET.get(f"{name}_revision"))
    kind, _, rest = reference.partition(":")
    return f"revision:{rest}:{number}" if kind == "profile" and number else reference


@takes_body(settings.IMPORT_MAX_BYTES + settings.MAX_BODY)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file for one side, and compare; it waits with those that are to be imported."""
    teams.require(request, Action.EDIT)
    side = "old" if request.POST.get("side") == "old" else "new"
    chosen = {name: request.POST.get(name, "") for name, _ in SIDES}
    file = request.FILES.get("file")
    if file is None:
        return _page(request, chosen, error="Choose a file.", status=422)
    try:
        row = imports.keep(
            actor=cast(User, request.user),
            team=teams.current_team(request),
            data=file.read(),
            name=file.name or "",
            limit=settings.IMPORT_MAX_BYTES,
        )
    except (DocumentError, SigningError) as refusal:
        return _page(request, chosen, error=f"{file.name}: {refusal}", status=422)
    chosen[side] = f"file:{row.pk}"
    return redirect(_address(chosen))


def _address(chosen: dict[str, str]) -> str:
    return f"{reverse('compare')}?{urlencode({name: value for name, value in chosen.items() if value})}"


def _page(
    request: HttpRequest,
    chosen: dict[str, str],
    *,
    found: service.Comparison | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "choices": service.choices(user=cast(User, request.user), team=teams.current_team(request)),
        "sides": [_side(name, title, chosen, found) for name, title in SIDES],
        "chosen": chosen,
        "found": found,
        "error": error,
        "swapped": _address({"old": chosen["new"], "new": chosen["old"]}),
    }
    if found:
        before, after = found.old.document, found.new.document
        context |= {
            "groups": changes.grouped(before, after, found.changes[:MAX_ROWS]),
            "more": max(0, len(found.changes) - MAX_ROWS),
            "identity": changes.grouped(before, after, found.identity[:MAX_ROWS]),
        }
    return render(request, "compare/compare.html", context, status=status)


def _side(name: str, title: str, chosen: dict[str, str], found: service.Comparison | None) -> dict[str, Any]:
    """One side of the form: what is chosen in its list, and the number of the revision beside it."""
    kind, _, rest = chosen[name].partition(":")
    id_, _, number = rest.partition(":")
    return {
        "name": name,
        "title": title,
        "reference": f"profile:{id_}" if kind == "revision" else chosen[name],
        "revision": number,
        "side": getattr(found, name) if found else None,
    }
