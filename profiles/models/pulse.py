"""Signs of life."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Pulse(models.Model):
    """When something last worked; `name` says what."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
