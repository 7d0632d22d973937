"""A file that was uploaded to become a profile, until somebody decides so."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from profiles.models.lengths import NAME_LENGTH
from profiles.models.sealed import SealedModel
from profiles.models.team import Team, teams_of
from profiles.models.user import User


class ImportedFileQuerySet(models.QuerySet["ImportedFile"]):
    """Files, and the one place that says who can see them."""

    def for_user(self, user: User) -> Self:
        """What waits in the user's teams and has not expired; what may be done there, `profiles.policy` says."""
        return self.filter(team__in=teams_of(user), expires_at__gt=timezone.now())


class ImportedFile(SealedModel):
    """The bytes of a file as they came, sealed; `name` is what it was called, `size` how many they are."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="imported_files")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    name = models.CharField(max_length=NAME_LENGTH)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)

    objects = ImportedFileQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name
