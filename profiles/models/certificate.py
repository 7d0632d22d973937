"""What the certificates library holds."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone

from profiles.models.lengths import NAME_LENGTH
from profiles.models.sealed import SealedModel
from profiles.models.team import Team, teams_of
from profiles.models.user import User


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Entries, and the one place that says who can see them."""

    def for_user(self, user: User) -> Self:
        """What there is in the user's teams; what may be done there, `profiles.policy` says."""
        return self.filter(team__in=teams_of(user))


class Certificate(SealedModel):
    """A certificate, or an identity: one with its private key.

    `der` is the certificate, which is public, so that lists and chains need no decryption. `sealed` holds the identity
    as PKCS #12 and its password. The rest repeats the certificate, to be listed and searched.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="certificates")
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
            models.UniqueConstraint(fields=["team", "fingerprint", "has_key"], name="certificate_once")
        ]

    def __str__(self) -> str:
        return self.name
