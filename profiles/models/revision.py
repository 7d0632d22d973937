"""What a profile was after each save."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from profiles.exceptions import DocumentError
from profiles.models.profile import Profile
from profiles.models.sealed import SealedModel


class Revision(SealedModel):
    """One state of a profile, numbered from 1, that never changes: who, when, why, and the whole document.

    Only `services.purging` takes values out of it, past `save`.

    `document` holds all but the secrets, `sealed` the secrets, by the name of the part that they belong to.
    """

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    comment = models.TextField(blank=True)
    document = models.JSONField()

    class Meta:
        ordering = ["profile", "-number"]
        constraints = [models.UniqueConstraint(fields=["profile", "number"], name="revision_number")]

    def __str__(self) -> str:
        return f"{self.profile_id} revision {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it for the first time; raises DocumentError ever after."""
        if not self._state.adding:
            raise DocumentError("A revision never changes. Save the profile, which makes a new one.")
        super().save(*args, **kwargs)
