"""Encryption keys: which are in use, and all that is stored under the current one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Final

from django.apps import apps
from django.db import transaction

from profiles.encryption import key_id
from profiles.models.sealed import SealedModel, key_ring

BATCH: Final = 100


def sealed_models() -> list[type[SealedModel]]:
    """Every kind of row that holds something secret."""
    return [model for model in apps.get_models() if issubclass(model, SealedModel)]


def rotate() -> int:
    """Seal every stored secret with the current key; returns how many were not yet.

    Works in batches, each its own transaction: it can be stopped and started again, beside running servers.
    Raises EncryptionError on a secret that does not open, with all before it done.
    """
    return sum(_rotate_batch(model, ids) for model in sealed_models() for ids in _stale(model))


def keys_in_use() -> set[str]:
    """The ids of the keys that some stored secret needs."""
    return {
        key_id(bytes(sealed))
        for model in sealed_models()
        for sealed in model._default_manager.values_list("sealed", flat=True).iterator(BATCH)
    }


def _stale(model: type[SealedModel]) -> Iterator[list[uuid.UUID]]:
    """Batches of the ids of the rows that another key sealed."""
    current = key_ring().current
    last = None
    while True:
        rows = model._default_manager.order_by("pk").values_list("pk", "sealed")
        batch = list(rows.filter(pk__gt=last)[:BATCH] if last else rows[:BATCH])
        if not batch:
            return
        last = batch[-1][0]
        if ids := [pk for pk, sealed in batch if key_id(bytes(sealed)) != current]:
            yield ids


@transaction.atomic
def _rotate_batch(model: type[SealedModel], ids: list[uuid.UUID]) -> int:
    # Read again under lock: a save in between has sealed its rows anew, or removed them.
    # In the order in which workers lock theirs, since each would wait for the other otherwise.
    locked = model._default_manager.filter(pk__in=ids).order_by("pk").select_for_update()
    rows = list(locked.only("pk", "sealed"))
    for row in rows:
        row.seal(row.unseal())
    # Past save(), since a revision cannot be saved twice: its content stays what it was.
    model._default_manager.bulk_update(rows, ["sealed"])
    return len(rows)
