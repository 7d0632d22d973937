"""What signs profiles: a private key with its certificate and chain."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from profiles.models.profile import NAME_LENGTH
from profiles.models.sealed import SealedModel
from profiles.models.user import User


class SigningIdentityQuerySet(models.QuerySet["SigningIdentity"]):
    """Identities, and the one place that says whose they are."""

    def for_user(self, user: User | None) -> Self:
        """What the user may sign with: their own and the server's; the server's alone for nobody."""
        return self.filter(Q(owner=user) | Q(owner=None)) if user else self.filter(owner=None)


class SigningIdentity(SealedModel):
    """A signing identity; `sealed` holds key and certificates, the rest repeats the certificate for its page.

    Without an owner it is the server's own, which everybody may use.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="signing_identities",
    )
    name = models.CharField(max_length=NAME_LENGTH)
    subject = models.TextField()
    issuer = models.TextField()
    not_after = models.DateTimeField()
    fingerprint = models.CharField(max_length=95)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SigningIdentityQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        # NULL is unlike NULL in a unique index, so the server's own need constraints of their own.
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="identity_name"),
            models.UniqueConstraint(fields=["name"], condition=Q(owner=None), name="identity_server_name"),
            models.UniqueConstraint(fields=["owner"], condition=Q(is_default=True), name="identity_default"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True, owner=None),
                name="identity_server_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name
