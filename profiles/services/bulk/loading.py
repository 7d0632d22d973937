"""A table made into a run: its rows stored, and its columns matched as far as their names tell."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Final

from django.conf import settings
from django.utils import timezone

from profiles.exceptions import BulkError
from profiles.models import BulkRun, Profile, Recipient, RunState, Team, User
from profiles.models.lengths import NAME_LENGTH
from profiles.plist.templates.declaration import Declaration, Variable, VariableKind
from profiles.policy import Action, require
from profiles.services import templates
from profiles.services.bulk.csv.reader import Row, Table
from profiles.services.bulk.rows import ADDED, columns_in_use, put_cells, secret_columns
from profiles.services.bulk.templates import template_document
from profiles.services.csv_export import as_typed
from profiles.services.save_checks import one_line

BATCH: Final = 2_000
"""Rows stored in one transaction, so that others get their turn in between."""

_ROW_BITS: Final = 32
"""How much of the id of a recipient is the number of its row; the rest is of the id of the run, and random."""

_OTHERS: Final = re.compile(r"[^\w]+|_+")


def load_table(*, actor: User, team: Team, template_id: uuid.UUID, table: Table, source: str = "") -> BulkRun:
    """A draft of a run; raises what `templates.find_for` raises, and BulkError for a template without variables."""
    require(actor, Action.HAND_OUT, team.pk)
    template = templates.find_for(actor=actor, team=team, template_id=template_id)
    document = template_document(template.pk, template.revision)
    declaration = document.declaration or Declaration()
    if not declaration.variables:
        raise BulkError(
            f"“{template}” has no variables, so everybody would get the same. Hand out one profile to all, or let an "
            "editor declare variables in the template."
        )
    table = _as_uploaded(table)
    run = _new(actor, team, template, table, source)
    run.mapping = guess(declaration.variables, table.columns)
    run.email_column = _email_column(declaration.variables, run.mapping, table)
    # What tells people apart is shown in lists, and names files.
    shown = columns_in_use(run) - secret_columns(document, run.mapping)
    run.key_column = _key_column(table, shown, run.email_column)
    run.save(force_insert=True)
    _insert(run, table.rows)
    run.state = RunState.DRAFT
    run.save(update_fields=["state"])
    templates.note_use(actor=actor, team=team, template=template)
    return run


def header_names(template: Profile) -> list[str]:
    """What a header may call the columns of the variables, by which it is known to be one."""
    variables = Declaration.from_json(template.declaration or {}).variables
    return [text for each in variables for text in (each.name, each.label) if text]


def guess(variables: Sequence[Variable], columns: Sequence[str]) -> dict[str, int]:
    """Which variable has which column, by their names, whatever their case and their blanks."""
    named = {_folded(column): number for number, column in reversed([*enumerate(columns)])}
    found = {}
    for variable in variables:
        for text in (variable.name, variable.label):
            if text and _folded(text) in named:
                found[variable.name] = named[_folded(text)]
                break
    return found


def _folded(text: str) -> str:
    return _OTHERS.sub("", unicodedata.normalize("NFC", text.casefold()))


def _as_uploaded(table: Table) -> Table:
    """The list as it was before its wrong rows were taken away to be corrected, if that is what it is."""
    added = len(ADDED)
    if not table.has_header or table.columns[:added] != ADDED or len(table.columns) == added:
        return table
    rows = [Row(line=row.line, cells=tuple(map(as_typed, row.cells[added:]))) for row in table.rows]
    return replace(table, columns=table.columns[added:], rows=rows)


def _new(actor: User, team: Team, template: Profile, table: Table, source: str) -> BulkRun:
    now = timezone.now()
    return BulkRun(
        team=team,
        template=template,
        template_revision=template.revision,
        title=str(template)[:NAME_LENGTH],
        source=one_line(source[-NAME_LENGTH:], "The name of the file", refusal=BulkError),
        columns=list(table.columns),
        state=RunState.LOADING,
        created_by=actor,
        created_at=now,
        expires_at=now + timedelta(days=settings.RESULTS_DAYS),
    )


def _insert(run: BulkRun, rows: Sequence[Row]) -> None:
    waiting = iter(rows)
    while batch := list(_recipients(run, islice(waiting, BATCH))):
        Recipient.objects.bulk_create(batch)


def _recipients(run: BulkRun, rows: Iterator[Row]) -> Iterator[Recipient]:
    for row in rows:
        recipient = Recipient(id=_id(run, row.line), run=run, row=row.line)
        put_cells(recipient, row.cells)
        yield recipient


def _id(run: BulkRun, row: int) -> uuid.UUID:
    """Neighbours in the list are neighbours in every index: random ids would touch a page for each."""
    return uuid.UUID(int=run.pk.int >> _ROW_BITS << _ROW_BITS | row)


def _email_column(variables: Sequence[Variable], mapping: Mapping[str, int], table: Table) -> int | None:
    """The column of a variable that is an e-mail address, or one whose first cells all are."""
    for variable in variables:
        if variable.kind is VariableKind.EMAIL and variable.name in mapping:
            return mapping[variable.name]
    sample = table.rows[:20]
    for number in range(len(table.columns)):
        cells = [row.cells[number] if number < len(row.cells) else "" for row in sample]
        fitting = sum(VariableKind.EMAIL.fits(cell) for cell in cells)
        if fitting and fitting >= len(cells) * 0.8:
            return number
    return None


def _key_column(table: Table, shown: set[int], email: int | None) -> int | None:
    """The first of the columns `shown` in which everybody differs, that of e-mail addresses before all others."""
    ordered = sorted(shown, key=lambda number: (number != email, number))
    for number in ordered:
        cells = {row.cells[number].casefold() for row in table.rows if number < len(row.cells)} - {""}
        if len(cells) >= 0.9 * len(table.rows):
            return number
    return ordered[0] if ordered else None
