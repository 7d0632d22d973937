"""The audit log of a team."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from designer.web import current_team
from designer.web.parameters import number_of
from profiles.models import User
from profiles.services import audit_log
from profiles.services.audit import Event


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """What happened in the team: searched, filtered, stretch by stretch."""
    wanted = _wanted(request.GET)
    before = request.GET.get("before", "")
    stretch = audit_log.search(
        user=cast(User, request.user),
        team=current_team.current_team(request),
        before=number_of(before, digits=18) or None,
        **wanted,
    )
    context = {
        "stretch": stretch,
        "events": [event.value for event in Event],
        "older": _address(wanted, before=str(stretch.older)) if stretch.older else "",
        "newest": _address(wanted) if before else "",
        **wanted,
    }
    return render(request, "audit/audit.html", context)


@require_POST
def export_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The entries that the page shows and all older ones, for a spreadsheet."""
    return _file(request, audit_log.export_csv, "text/csv; charset=utf-8", "csv")


@require_POST
def export_json(request: HttpRequest) -> StreamingHttpResponse:
    """The same for a program."""
    return _file(request, audit_log.export_json, "application/json", "json")


def _file(
    request: HttpRequest, export: Callable[..., Iterator[str]], content_type: str, ending: str
) -> StreamingHttpResponse:
    pieces = export(
        user=cast(User, request.user), team=current_team.current_team(request), **_wanted(request.POST)
    )
    response = StreamingHttpResponse(pieces, content_type=content_type)
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="audit-log-{day}.{ending}"'
    response["Cache-Control"] = "no-store"
    return response


def _wanted(data: Any) -> dict[str, str]:
    return {"text": data.get("q", "").strip()[:200], "event": data.get("event", "")}


def _address(wanted: dict[str, str], **more: str) -> str:
    query = {"q": wanted["text"], "event": wanted["event"], **more}
    return f"{reverse('audit')}?{urlencode({name: value for name, value in query.items() if value})}"
