"""One payload of a profile."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from profiles.catalogue import registry
from profiles.exceptions import CatalogueError
from profiles.models.lengths import NAME_LENGTH
from profiles.models.profile import Profile
from profiles.models.sealed import SealedModel


class Payload(SealedModel):
    """A payload as it is stored: `values` without its secrets, `sealed` with them and with all unknown keys.

    `slug` names its type in the catalogue, which alone knows what there is: it has no choices here.
    """

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="payloads")
    position = models.PositiveIntegerField()
    slug = models.SlugField(max_length=100, db_index=False)
    name = models.CharField(max_length=NAME_LENGTH)
    uuid = models.CharField(max_length=NAME_LENGTH)
    values = models.JSONField(default=dict)

    class Meta:
        ordering = ["profile", "position"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "position"], name="payload_position"),
            models.UniqueConstraint(fields=["profile", "name"], name="payload_name"),
            models.UniqueConstraint(fields=["profile", "uuid"], name="payload_uuid"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.slug})"

    def clean(self) -> None:
        """Raises ValidationError when the catalogue has no such type."""
        try:
            registry.payload(self.slug)
        except CatalogueError as error:
            raise ValidationError({"slug": str(error)}) from error
