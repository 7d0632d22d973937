"""What all links have in common: they are issued with a token, end, and are spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from profiles.exceptions import LinkError
from profiles.models import Link, User
from profiles.models.link import new_token

LIFETIMES: Final[Mapping[int, str]] = MappingProxyType(
    {1: "1 day", 7: "7 days", 30: "30 days", 365: "1 year"}
)
"""How long a link can last, in days, and how that is called."""

DEFAULT_DAYS: Final = 7

LISTED: Final = 50
"""Links of one thing that are listed, the newest first."""

AnyLink = TypeVar("AnyLink", bound=Link)


@dataclass(frozen=True, kw_only=True)
class Issued(Generic[AnyLink]):
    """A new link with its token, which is known at this moment only."""

    link: AnyLink
    token: str = field(repr=False)


def issue(link: AnyLink, *, actor: User, days: int) -> Issued[AnyLink]:
    """Store the link as one of `actor`, for so many days from now; raises LinkError for any but LIFETIMES."""
    if days not in LIFETIMES:
        raise LinkError(f"A link lasts {', '.join(LIFETIMES.values())}. Choose one of them.")
    token = new_token()
    link.created_by = actor
    link.expires_at = timezone.now() + timedelta(days=days)
    link.fill_token(token)
    link.save(force_insert=True)
    return Issued(link=link, token=token)


def install_address(token: str) -> str:
    """The address that opens the install page of that link, for what is written outside of any request."""
    return f"{settings.PUBLIC_URL}/{settings.INSTALL_PATH}{token}"


def spend(link: Link) -> None:
    """Count one use; raises LinkError when somebody else has just used a link that works once, or revoked it."""
    now = timezone.now()
    free = type(link)._default_manager.filter(pk=link.pk, revoked_at=None, expires_at__gt=now)
    if link.works_once:
        free = free.filter(uses=0)
    if not free.update(uses=F("uses") + 1, last_used_at=now):
        link.refresh_from_db()
        link.require_open()
        raise LinkError("This link has just been used. Ask for another.")
    link.refresh_from_db(fields=["uses", "last_used_at"])
