"""What was made for one person of a bulk run."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from profiles.models.recipient import Recipient
from profiles.models.sealed import SealedModel


class BulkResult(SealedModel):
    """The one result of a recipient: `sealed` holds the file, or the token of the install link."""

    # The recipient takes its place: one column, and one index, less to be written for each of many thousands.
    id = None  # type: ignore[assignment]
    recipient = models.OneToOneField(
        Recipient, on_delete=models.CASCADE, primary_key=True, related_name="result"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"What was made for {self.recipient}"
