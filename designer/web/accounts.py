"""How accounts behave: nobody signs up, and a guesser is shown the door."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest

from designer.web.error_pages import too_many_requests


def client_address(request: HttpRequest) -> str:
    """The IP address that a request came from, behind as many proxies as there are said to be; empty when unknown.

    It is unknown where fewer proxies report than are said to stand in front, as when a health check asks directly.
    Raises PermissionDenied where what they report is no address.
    """
    try:
        address: str = get_adapter(request).get_client_ip(request)
    except ImproperlyConfigured:
        return ""
    return address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """allauth's adapter for a house without a front desk."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by an administrator."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count this attempt; after too many, answer with the page for that instead of a form."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise ImmediateHttpResponse(too_many_requests(request)) from None
