"""Middleware of our own."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase

from designer.monitoring import metrics
from designer.web.accounts import client_address
from designer.web.body_limit import body_limit
from designer.web.error_pages import drain, error_page, not_found, signed_out
from profiles.exceptions import NotAllowedError, ProfileDesignerError
from profiles.models import Profile
from profiles.services import audit

logger = logging.getLogger(__name__)


class MetricsMiddleware:
    """Counts what all the others and the view make of a request, and how long they take."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        metrics.count(request, response.status_code, time.perf_counter() - began)
        return response


class BodyLimitMiddleware:
    """Refuses a body that is longer than its view takes: Django limits forms, but not the files in them.

    It stands above whatever reads bodies before the view does, which is the check of the CSRF token.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not re.fullmatch(r"[0-9]{1,12}", _length(request)):
            raise RequestDataTooBig
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *arguments: Any) -> None:
        """Raises RequestDataTooBig; a body without a length is empty, as Django reads it."""
        if int(_length(request)) > body_limit(view):
            raise RequestDataTooBig


class NamedErrorMiddleware:
    """Shows the sentence of an error that no view has an answer to, such as a lost encryption key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The page for an error of ours, or for a profile that somebody has just deleted; Django handles all others."""
        if isinstance(exception, Profile.DoesNotExist):
            return not_found(request)
        if not isinstance(exception, ProfileDesignerError):
            return None
        if isinstance(exception, NotAllowedError):
            return error_page(request, status=403, title="You may not do that", remedy=str(exception))
        logger.error("%s %s: %s", request.method, request.path, exception)
        return error_page(request, status=503, title="This cannot be done just now", remedy=str(exception))


class AuditMiddleware:
    """Lets the audit log know from which address a request came."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with audit.acting_from(client_address(request)):
            return self.get_response(request)


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Django's, but a script that asks is told 401 instead of being sent to the login page.

    A script follows a redirect without a word and would put the login page where a piece of the form belongs.
    """

    def handle_no_permission(  # type: ignore[override]  # the stubs know redirects alone
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """401 for scripts (htmx, or whoever asks for JSON), the login page for people; nobody takes what they sent."""
        drain(request)
        if request.headers.get("HX-Request") or request.accepts("text/html") is False:
            return signed_out(request)
        return super().handle_no_permission(request, view_func)


def _length(request: HttpRequest) -> str:
    return request.META.get("CONTENT_LENGTH") or "0"
