"""A template, shown to whoever has the link."""

from __future__ import annotations

from django.db import models

from profiles.models.link import Link, LinkQuerySet
from profiles.models.profile import Profile


class ShareLink(Link):
    """A link to look at a template and take a copy of it, without its secrets."""

    template = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="share_links")

    objects = LinkQuerySet["ShareLink"].as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"Link to {self.template}"
