"""A profile, as its owner sees it in the list."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from profiles.models.sealed import SealedModel
from profiles.models.user import User

NAME_LENGTH = 255
"""Characters of a name that are kept beside the values, to be listed and searched."""


class ProfileQuerySet(models.QuerySet["Profile"]):
    """Profiles, and the one place that says whose they are."""

    def owned_by(self, user: User) -> Self:
        """All of the user's, deleted ones too."""
        return self.filter(owner=user)

    def for_user(self, user: User) -> Self:
        """What the user may see and change."""
        return self.owned_by(user).filter(deleted_at=None)


class Profile(SealedModel):
    """The envelope of a profile and what the list shows of it.

    `envelope` and `targets` are JSON as in a Document; `sealed` holds the envelope's secrets. `name`,
    `identifier` and `search_key` repeat the envelope, cut to what a list needs. `revision` is the number of
    the latest Revision.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="profiles")
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    identifier = models.CharField(max_length=NAME_LENGTH, blank=True)
    search_key = models.CharField(max_length=4 * NAME_LENGTH, blank=True, editable=False)
    uuid = models.CharField(max_length=NAME_LENGTH)
    envelope = models.JSONField(default=dict)
    targets = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "-updated_at"], name="profile_list", condition=models.Q(deleted_at=None)
            ),
            models.Index(
                fields=["deleted_at"], name="profile_bin", condition=models.Q(deleted_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.identifier or str(self.pk)
