"""Reading the audit log: searched, filtered, page by page, exported."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from profiles.catalogue.values import control_character
from profiles.models import AuditEntry, Team, User
from profiles.models.audit_entry import AuditQuerySet
from profiles.policy import Action, require
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.csv_export import csv_lines

PER_PAGE: Final = 25
COLUMNS: Final = ("id", "at", "actor", "event", "object_id", "name", "detail", "address")
"""What is exported of an entry, in this order."""


@dataclass(frozen=True)
class Stretch:
    """A page of the log, newest first; `older` is where the next one begins, None at the end."""

    entries: Sequence[AuditEntry]
    older: int | None


def search(*, user: User, team: Team, text: str = "", event: str = "", before: int | None = None) -> Stretch:
    """The entries older than `before` that hold each word of `text`, of one kind of event or of all.

    It goes by ids rather than by pages, so that the last stretch costs what the first does.
    """
    require(user, Action.MANAGE, team.pk)
    found = _matching(team.pk, text, event)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PER_PAGE + 1])
    return Stretch(rows[:PER_PAGE], rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None)


def export_csv(*, user: User, team: Team, text: str = "", event: str = "") -> Iterator[str]:
    """The same entries as lines of CSV, with a header; the export is itself an entry."""
    found = _exported(user, team, text, event, "CSV")
    return csv_lines(COLUMNS, ([row[name] for name in COLUMNS] for row in found))


def export_json(*, user: User, team: Team, text: str = "", event: str = "") -> Iterator[str]:
    """The same entries as one JSON array, piece by piece."""
    found = _exported(user, team, text, event, "JSON")
    return _json(found)


def _exported(user: User, team: Team, text: str, event: str, kind: str) -> Iterator[dict[str, Any]]:
    require(user, Action.MANAGE, team.pk)
    audit.record(Event.LOG_EXPORTED, actor=user, team_id=team.pk, subject=team, detail=kind)
    rows = _matching(team.pk, text, event).values(*COLUMNS).iterator(chunk_size=2_000)
    return ({**row, "at": row["at"].isoformat(timespec="milliseconds")} for row in rows)


def _json(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    joint = "[\n"
    for row in rows:
        yield joint + json.dumps(row, ensure_ascii=False)
        joint = ",\n"
    yield "\n]\n" if joint == ",\n" else "[]\n"


def _matching(team_id: uuid.UUID, text: str, event: str) -> AuditQuerySet:
    found = AuditEntry.objects.filter(team_id=team_id)
    # PostgreSQL cannot even compare these, and no entry holds them.
    found = found.none() if control_character(text) else found
    for word in text.casefold().split():
        found = found.filter(search_key__contains=word)
    return found.filter(event=event) if event in {each.value for each in Event} else found
