"""One person of a bulk run."""

from __future__ import annotations

from typing import Final

from django.db import models

from profiles.models.bulk_run import BulkRun, RunState
from profiles.models.lengths import NAME_LENGTH
from profiles.models.sealed import SealedModel


class RecipientState(models.TextChoices):
    """How far somebody's profile has come; the label is how lists call that."""

    NEW = "new", "To be checked"
    INVALID = "invalid", "To be corrected"
    READY = "ready", "Ready"
    SENDING = "sending", "Being sent"
    DONE = "done", "Made"
    FAILED = "failed", "Failed"


PENDING: Final = {RunState.CHECKING: RecipientState.NEW, RunState.RUNNING: RecipientState.READY}
"""Who is next, by the state of the run."""


WRONG: Final = models.Q(state=RecipientState.INVALID) | models.Q(state=RecipientState.FAILED)
"""Of whom nothing is made unless somebody mends their row."""

WARNED: Final = models.Q(warnings__gt="")
"""Who has warnings."""

TO_LOOK_AT: Final = WRONG | WARNED
"""Whose row somebody has to look at, in the form in which databases find the index for it."""


class Recipient(SealedModel):
    """One row of the list: `sealed` holds its cells as JSON, any of which may be secret.

    row             its number in the list, as a spreadsheet counts
    key, uuid       what tells this person from others, and the PayloadUUID that follows; empty until it was checked
    reason          why it is invalid or failed
    warnings        what to look at before it is made, a line for each that begins with its severity
    claim           the worker that has it in hand until `claimed_until`; nobody where either is NULL or past
    """

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="recipients", db_index=False)
    row = models.PositiveIntegerField()
    key = models.CharField(max_length=NAME_LENGTH, blank=True)
    uuid = models.CharField(max_length=36, blank=True)
    state = models.CharField(max_length=10, choices=RecipientState, default=RecipientState.NEW)
    reason = models.TextField(blank=True)
    warnings = models.TextField(blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="recipient_row")]
        indexes = [
            models.Index(fields=["run", "state", "row"], name="recipient_next"),
            models.Index(fields=["run", "uuid"], name="recipient_uuid"),
            models.Index(fields=["run", "row"], name="recipient_look", condition=TO_LOOK_AT),
        ]

    def __str__(self) -> str:
        return self.key or f"Row {self.row}"
