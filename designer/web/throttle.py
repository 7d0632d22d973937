"""Guessing is slowed down: the tokens of links by address, the passphrase of a link by link and address.

The limits stand in ACCOUNT_RATE_LIMITS, beside that of wrong passwords.
"""

from __future__ import annotations

import uuid

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse

from designer.web.error_pages import error_page, too_many_requests

LINK = "wrong_link"
PASSPHRASE = "wrong_passphrase"  # noqa: S105 - the name of an action


def is_exhausted(request: HttpRequest) -> bool:
    """Has this address been wrong about links too often?"""
    return not _consume(request, LINK, dry_run=True)


def count(request: HttpRequest) -> None:
    """This address was wrong about a link once more."""
    _consume(request, LINK)


def is_passphrase_exhausted(request: HttpRequest, link_id: uuid.UUID) -> bool:
    """Was the passphrase of this link wrong too often, or this address about passphrases?"""
    return not _consume(request, PASSPHRASE, key=str(link_id), dry_run=True)


def count_passphrase(request: HttpRequest, link_id: uuid.UUID) -> None:
    """The passphrase of this link was wrong once more."""
    _consume(request, PASSPHRASE, key=str(link_id))


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


def _consume(request: HttpRequest, action: str, *, key: str | None = None, dry_run: bool = False) -> bool:
    """Is there room for one more; unless it is a dry run, that one is taken."""
    # Its public door does not count GET at all, which is how links are guessed.
    usage = ratelimit.consume(
        request, app="allauth.account", action=action, key=key, dry_run=dry_run, limit_get=True
    )
    return usage is not None
