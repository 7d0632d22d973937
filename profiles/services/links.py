"""What all links have in common: they are found by a token, end, and are spent."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import F
from django.utils import timezone

from profiles.exceptions import LinkError
from profiles.models import Link

AnyLink = TypeVar("AnyLink", bound=Link)


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
