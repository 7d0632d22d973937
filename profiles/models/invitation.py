"""How somebody new comes into a team."""

from __future__ import annotations

from django.db import models

from profiles.models.lengths import NAME_LENGTH
from profiles.models.link import Link, LinkQuerySet
from profiles.models.team import Role, Team


class Invitation(Link):
    """A link that makes one person a member; `note` says for whom it is meant."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role)
    note = models.CharField(max_length=NAME_LENGTH, blank=True)

    objects = LinkQuerySet["Invitation"].as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"Invitation to {self.team}"

    @property
    def works_once(self) -> bool:
        return True
