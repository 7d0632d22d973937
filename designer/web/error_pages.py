"""One page for everything that goes wrong: what happened, and what to do about it."""

import errno
import sys
from typing import Any

from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

TEMPLATE = "errors/error.html"
DRAIN_LIMIT = 16 * 1024 * 1024  # bytes
UNWRITABLE = (errno.EROFS, errno.ENOSPC, errno.EDQUOT)
# How SQLite and PostgreSQL say it; neither driver gives all of these a number.
UNWRITABLE_DATABASE = (
    "readonly",
    "read-only",
    "is full",
    "no space left",
    "disk i/o",
    "unable to open database",
)


def error_page(
    request: HttpRequest, *, status: int, title: str, remedy: str, headers: dict[str, str] | None = None
) -> HttpResponse:
    """The page; `title` says what is wrong, `remedy` how to mend it, each in plain words."""
    response = render(request, TEMPLATE, {"status": status, "title": title, "remedy": remedy}, status=status)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 where the request was too large."""
    if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        drain(request)
    if isinstance(exception, RequestDataTooBig):
        return error_page(
            request,
            status=413,
            title="That was too much to send at once",
            remedy="Go back, shorten the longest value or choose a smaller file, and send it again; "
            "nothing was changed.",
        )
    if isinstance(exception, (TooManyFieldsSent, TooManyFilesSent)):
        return error_page(
            request,
            status=413,
            title="That form has too many fields",
            remedy="Go back, remove some rows or files, and send it again; nothing was changed.",
        )
    if isinstance(exception, DisallowedHost):
        return error_page(
            request,
            status=400,
            title="The designer does not answer to this address",
            remedy="Use the address that it was set up with; whoever runs it can change that with PUBLIC_URL.",
        )
    return error_page(
        request,
        status=400,
        title="The request could not be read",
        remedy="Go back, reload the page, and try again; nothing was changed.",
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error_page(
        request,
        status=403,
        title="You may not do that",
        remedy="Your account lacks the right to. Ask an administrator, or sign in with another account.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without a token that matches the cookie."""
    return error_page(
        request,
        status=403,
        title="This page is out of date",
        remedy="It was opened before you last signed in or out, or your browser blocks cookies. "
        "Open the page again in a new tab, then go back here and copy over what you typed; nothing was changed.",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, also for what belongs to somebody else."""
    return error_page(
        request,
        status=404,
        title="There is nothing here",
        remedy="The address is wrong, or what was here was deleted or belongs to somebody else.",
    )


def signed_out(request: HttpRequest) -> HttpResponse:
    """401 for a script whose session has ended."""
    return error_page(
        request,
        status=401,
        title="You are signed out",
        remedy="Sign in again in another tab, then come back and repeat the last step; "
        "what you typed here is still here.",
    )


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429 for one who tries too often."""
    return error_page(
        request,
        status=429,
        title="Too many attempts",
        remedy="Wait five minutes, then try again.",
        headers={"Retry-After": "300"},
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the disk or the database cannot be written; draws on nothing that may be broken."""
    # Django calls this while it handles the error.
    if _is_unwritable(sys.exc_info()[1]):
        context: dict[str, Any] = {
            "status": 503,
            "title": "Nothing can be saved just now",
            "remedy": "The disk or the database of the designer is full or read-only. Whoever runs it has to fix "
            "that; then go back and try again. What was saved before is safe.",
        }
    else:
        context = {
            "status": 500,
            "title": "Something broke on our side",
            "remedy": "Go back and try again. If it happens again, tell whoever runs the designer; its log says more.",
        }
    try:
        page: str = render_to_string(TEMPLATE, context)
    except Exception:  # noqa: BLE001 - whatever broke may have broken the page, too, and the log has the first error
        page = f"<!doctype html><title>{context['title']}</title><h1>{context['title']}</h1><p>{context['remedy']}</p>"
    return HttpResponse(page, status=context["status"])


def drain(request: HttpRequest) -> None:
    """Read what the browser still sends: cut off in the middle, it would show a broken connection, not the page."""
    left = DRAIN_LIMIT
    try:
        while left > 0 and (chunk := request.read(65_536)):
            left -= len(chunk)
    except OSError:
        return  # the browser has hung up, so nobody waits for a page


def _is_unwritable(error: BaseException | None) -> bool:
    if isinstance(error, OperationalError):
        return any(words in str(error).lower() for words in UNWRITABLE_DATABASE)
    return isinstance(error, OSError) and error.errno in UNWRITABLE
