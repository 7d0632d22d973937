"""What was written into the audit log stays there as it was written."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from profiles.exceptions import AppendOnlyError
from profiles.models import AuditEntry

TEAM = uuid.uuid4()
Change = Callable[[AuditEntry], Any]


def new(**fields: Any) -> AuditEntry:
    """An entry, not saved yet."""
    return AuditEntry(
        **{"team_id": TEAM, "actor": "alice", "event": "team created", "name": "Office", **fields}
    )


@pytest.fixture
def entry(db: None) -> AuditEntry:
    """One that is in the log."""
    row = new()
    row.save()
    return row


def _changed(entry: AuditEntry, **fields: Any) -> AuditEntry:
    for name, value in fields.items():
        setattr(entry, name, value)
    return entry


CHANGES: dict[str, Change] = {
    "save": lambda entry: _changed(entry, name="Forged").save(),
    "save some fields": lambda entry: _changed(entry, name="Forged").save(update_fields=["name"]),
    "save by force": lambda entry: _changed(entry, name="Forged").save(force_update=True),
    "update": lambda entry: AuditEntry.objects.update(name="Forged"),
    "update some": lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(name="Forged"),
    "update in bulk": lambda entry: AuditEntry.objects.bulk_update(
        [_changed(entry, name="Forged")], ["name"]
    ),
    "update or create": lambda entry: AuditEntry.objects.update_or_create(
        pk=entry.pk, defaults={"name": "Forged"}
    ),
    "create over it in bulk": lambda entry: AuditEntry.objects.bulk_create(
        [new(pk=entry.pk, name="Forged")],
        update_conflicts=True,
        update_fields=["name"],
        unique_fields=["id"],
    ),
    "delete": lambda entry: entry.delete(),
    "delete all": lambda entry: AuditEntry.objects.all().delete(),
    "delete some": lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
}


@pytest.mark.parametrize("how", CHANGES)
def test_an_entry_is_neither_changed_nor_taken_out(entry: AuditEntry, how: str) -> None:
    before = AuditEntry.objects.values().get()

    with pytest.raises(AppendOnlyError, match="The audit log is added to, and"), transaction.atomic():
        CHANGES[how](entry)

    assert AuditEntry.objects.values().get() == before


def test_no_new_entry_takes_the_place_of_another(entry: AuditEntry) -> None:
    for attempt in (
        lambda: new(pk=entry.pk, name="Forged").save(),
        lambda: AuditEntry.objects.create(pk=entry.pk, team_id=TEAM, name="Forged"),
        lambda: AuditEntry.objects.bulk_create([new(pk=entry.pk, name="Forged")]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()

    assert AuditEntry.objects.get().name == "Office"


def test_entries_are_added_one_by_one_and_many_at_once(entry: AuditEntry) -> None:
    AuditEntry.objects.create(team_id=TEAM, actor="alice", event="team renamed")
    AuditEntry.objects.bulk_create([new(), new()])

    assert AuditEntry.objects.count() == 4
    newest = [row.pk for row in AuditEntry.objects.all()]
    assert newest == sorted(newest, reverse=True)


def test_an_entry_outlives_what_it_tells_of(entry: AuditEntry) -> None:
    """It points at no row that could take it along when it goes."""
    assert not [field for field in AuditEntry._meta.get_fields() if field.is_relation]
