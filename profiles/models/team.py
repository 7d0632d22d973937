"""Who works together: a team, and what each of its members may do there."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from profiles.models.lengths import NAME_LENGTH
from profiles.models.user import User


class Role(models.TextChoices):
    """What a member is in a team; `profiles.policy` says what that allows."""

    OWNER = "owner", "Owner"
    EDITOR = "editor", "Editor"
    HELPER = "helper", "Helper"
    VIEWER = "viewer", "Viewer"


class Team(models.Model):
    """What every object belongs to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


def teams_of(user: User) -> QuerySet[Membership, Any]:
    """The ids of the teams that a person belongs to, as a subquery; what is in them is what the person can see."""
    return Membership.objects.filter(user=user).values("team")
