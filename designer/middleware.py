"""Middleware of our own."""

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase

from designer.views.errors import signed_out


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Django's, but a script that asks is told 401 instead of being sent to the login page.

    A script follows a redirect without a word and would put the login page where a piece of the form belongs.
    """

    def handle_no_permission(  # type: ignore[override]  # the stubs know redirects alone
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """401 for scripts (htmx, or whoever asks for JSON), the login page for people."""
        if request.headers.get("HX-Request") or request.accepts("text/html") is False:
            return signed_out(request)
        return super().handle_no_permission(request, view_func)
