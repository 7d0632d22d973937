"""What a bulk run has made, as files that browsers save."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from designer.views.by_run import by_run
from profiles.exceptions import BulkError
from profiles.models import BulkRun, User
from profiles.services.bulk import results
from profiles.services.file_names import safe_stem


@require_POST
@by_run
def zip_file(request: HttpRequest, found: BulkRun) -> HttpResponseBase:
    """All files in one."""
    try:
        pieces = results.zip_of(user=cast(User, request.user), run=found)
    except BulkError as error:
        return _refused(request, found, error)
    return _file(pieces, "application/zip", f"{_stem(found)}.zip")


@require_POST
@by_run
def links_csv(request: HttpRequest, found: BulkRun) -> HttpResponseBase:
    """Who gets which install link."""
    try:
        lines = results.links_csv(user=cast(User, request.user), run=found)
    except BulkError as error:
        return _refused(request, found, error)
    return table(lines, found, "links")


def table(lines: Iterator[str], found: BulkRun, what: str) -> StreamingHttpResponse:
    """CSV that browsers save."""
    return _file(lines, "text/csv; charset=utf-8", f"{_stem(found)} {what}.csv")


def _stem(found: BulkRun) -> str:
    return safe_stem(found.title) or "run"


def _refused(request: HttpRequest, found: BulkRun, error: BulkError) -> HttpResponse:
    messages.error(request, str(error))
    return redirect("run", found.pk)


def _file(pieces: Iterator[bytes] | Iterator[str], content_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "no-store"
    return response
