"""What signs profiles: a private key with its certificate and chain."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from profiles.models.lengths import NAME_LENGTH
from profiles.models.sealed import SealedModel
from profiles.models.team import Team, teams_of
from profiles.models.user import User


class SigningIdentityQuerySet(models.QuerySet["SigningIdentity"]):
    """Identities, and the one place that says who can see them."""

    def for_user(self, user: User) -> Self:
        """Those of the user's teams, and the server's; what may be done with them, `profiles.policy` says."""
        return self.filter(Q(team__in=teams_of(user)) | Q(team=None))

    def for_team(self, team_id: uuid.UUID | None) -> Self:
        """What may sign in a team: its own and the server's; the server's alone for none."""
        return self.filter(Q(team=team_id) | Q(team=None)) if team_id else self.filter(team=None)


class SigningIdentity(SealedModel):
    """A signing identity; `sealed` holds key and certificates, the rest repeats the certificate for its page.

    Without a team it is the server's own, which everybody may use.
    """

    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="signing_identities"
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
            models.UniqueConstraint(fields=["team", "name"], name="identity_name"),
            models.UniqueConstraint(fields=["name"], condition=Q(team=None), name="identity_server_name"),
            models.UniqueConstraint(fields=["team"], condition=Q(is_default=True), name="identity_default"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True, team=None),
                name="identity_server_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name
