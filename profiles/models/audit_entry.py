"""Who did what to which object from where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

from profiles.exceptions import AppendOnlyError
from profiles.models.lengths import NAME_LENGTH


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Entries can be added and read, nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("The audit log is added to, and never changed.")

    def bulk_create(
        self, objs: Iterable[AuditEntry], batch_size: int | None = None, *args: Any, **kwargs: Any
    ) -> list[AuditEntry]:
        if args or kwargs:  # what becomes of conflicts: an entry could take the place of another
            raise AppendOnlyError("The audit log is added to, and never changed.")
        return super().bulk_create(objs, batch_size)

    def delete(self) -> NoReturn:
        raise AppendOnlyError("The audit log is added to, and nothing is taken out of it.")


class AuditEntry(models.Model):
    """One line of the log. It repeats names as they were then and points at no other row, so nothing changes it."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now, editable=False)
    team_id = models.UUIDField()
    actor = models.CharField(max_length=NAME_LENGTH)
    event = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    detail = models.TextField(blank=True)
    address = models.CharField(max_length=45, blank=True)
    search_key = models.TextField(editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["team_id", "-id"], name="audit_list")]

    def __str__(self) -> str:
        return f"{self.actor} {self.event} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add it; raises AppendOnlyError ever after."""
        if not self._state.adding:
            raise AppendOnlyError("The audit log is added to, and never changed.")
        # Without that, one with the id of another would take its place.
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raises AppendOnlyError."""
        raise AppendOnlyError("The audit log is added to, and nothing is taken out of it.")
