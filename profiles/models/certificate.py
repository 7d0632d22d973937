"""What the certificates library holds."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from profiles.models.profile import NAME_LENGTH
from profiles.models.sealed import SealedModel
from profiles.models.user import User


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Entries, and the one place that says whose they are."""

    def for_user(self, user: User) -> Self:
        """What the user may see, use and change."""
        return self.filter(owner=user)


class Certificate(SealedModel):
    """A certificate, or an identity: one with its private key.

    `der` is the certificate, which is public, so that lists and chains need no decryption. `sealed` holds the identity
    as PKCS #12 and its password. The rest repeats the certificate, to be listed and searched.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="certificates")
    name = models.CharField(max_length=NAME_LENGTH)
    has_key = models.BooleanField(default=False)
    is_authority = models.BooleanField(default=False)
    asks_password = models.BooleanField(default=False)
    der = models.BinaryField()
    fingerprint = models.CharField(max_length=95)
    not_after = models.DateTimeField()
    search_key = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-has_key", "-is_authority", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "fingerprint", "has_key"], name="certificate_once")
        ]

    def __str__(self) -> str:
        return self.name
