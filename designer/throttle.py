"""Guessing the tokens of links is slowed down: each address may be wrong a few times in five minutes."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

from designer.views.errors import error_page, too_many_requests

ACTION = "wrong_link"
"""Its limit stands in ACCOUNT_RATE_LIMITS, beside that of wrong passwords."""


def is_exhausted(request: HttpRequest) -> bool:
    """Has this address been wrong too often?"""
    return not ratelimit.consume(request, action=ACTION, dry_run=True)


def count(request: HttpRequest) -> None:
    """This address was wrong once more."""
    ratelimit.consume(request, action=ACTION)


def refusal(request: HttpRequest) -> HttpResponse:
    """429."""
    return too_many_requests(request)


def unknown_link(request: HttpRequest) -> HttpResponse:
    """404 for a token that nobody made, which counts as a guess."""
    count(request)
    return error_page(
        request,
        status=404,
        title="This link is not known here",
        remedy="Check that the whole address was copied, or ask whoever sent it for another.",
    )
