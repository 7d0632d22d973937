"""Addresses that open something to whoever holds them."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from profiles.exceptions import LinkError

TOKEN_BYTES: Final = 32

State = Literal["open", "expired", "revoked", "used"]
SENTENCES: Final[Mapping[State, str]] = {
    "expired": "This link has expired. Ask whoever sent it for another.",
    "revoked": "This link was revoked. Ask whoever sent it for another.",
    "used": "This link works once, and has been used. Ask whoever sent it for another.",
}
Row = TypeVar("Row", bound=models.Model)


def new_token() -> str:
    """256 random bits, as they stand in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is stored of a token: 256 random bits need neither salt nor stretching."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class LinkQuerySet(models.QuerySet[Row]):
    """Links by the token in their address."""

    def with_token(self, token: str) -> Self:
        """The one link of that token, or none."""
        return self.filter(token_hash=digest(token))


class Link(models.Model):
    """A link until it expires or is revoked; of its token the database holds the hash alone.

    `uses` counts how often somebody accepted what it offers, not how often it was looked at.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def works_once(self) -> bool:
        """Is it spent after the first use?"""
        return False

    def state(self, *, at: datetime | None = None) -> State:
        """Whether it still opens what it was made for."""
        if self.revoked_at is not None:
            return "revoked"
        if self.works_once and self.uses:
            return "used"
        return "expired" if self.expires_at <= (at or timezone.now()) else "open"

    def require_open(self) -> None:
        """Raise LinkError, with a sentence for whoever holds the link, unless it is open."""
        if sentence := SENTENCES.get(self.state()):
            raise LinkError(sentence)

    def fill_token(self, token: str) -> None:
        """Make it the link of that token; the caller saves."""
        self.token_hash = digest(token)

    def revoke(self) -> None:
        """Let it open nothing any more; harmless on one that was revoked."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
