"""The certificate authority of this server."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from profiles.models.sealed import SealedModel

ONLY: Final = uuid.UUID("5c7f1c1e-0b6e-4a52-9d0b-8f6a4f0f2b11")
"""The id of the one row that there can be."""


class LocalAuthority(SealedModel):
    """What issues the server's own signing identity; `sealed` holds its key and certificate."""

    not_after = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "local authorities"
        constraints = [models.CheckConstraint(condition=Q(id=ONLY), name="authority_only")]

    def __str__(self) -> str:
        return "Local authority"
