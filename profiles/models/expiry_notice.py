"""What people were told about certificates that end."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from profiles.models.team import Team


class ExpiryNotice(models.Model):
    """That a team was told, so many days ahead, of the end of the certificate with that fingerprint."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="expiry_notices")
    fingerprint = models.CharField(max_length=95)
    days = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "fingerprint", "days"], name="expiry_notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.fingerprint} ends in {self.days} days"
