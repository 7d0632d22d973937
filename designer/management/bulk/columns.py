"""Which column of a list is which: what the command line says, over what was guessed from the names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.core.management.base import CommandError

from designer.management.bulk.options import UNREADABLE, Order
from profiles.models import BulkRun
from profiles.services.bulk.runs import Matching

_LISTED: Final = 20
"""Columns that a sentence names."""


def matching_of(order: Order, run: BulkRun) -> Matching:
    """The columns of the run; raises CommandError for one that is not there, or without any that tells people apart."""
    mapping: dict[str, int | None] = {**run.mapping}
    mapping |= {variable: _found(column, run.columns) for variable, column in order.pairs}
    key = _found(order.key or "", run.columns)
    if key is None:
        key = _guessed_key(run)
    return Matching(
        variables={variable: number for variable, number in mapping.items() if number is not None},
        key=key,
        email=run.email_column if order.email is None else _found(order.email, run.columns),
    )


def told(columns: Sequence[str]) -> str:
    """A sentence that names them."""
    more = len(columns) - _LISTED
    names = ", ".join(f"“{name}”" for name in columns[:_LISTED])
    return f"The columns are {names}{f' and {more:,} more' if more > 0 else ''}."


def _guessed_key(run: BulkRun) -> int:
    """The column that was guessed to tell people apart; raises CommandError where none was."""
    if run.key_column is None:
        raise CommandError(
            "Nothing says which column tells people apart and names their files. Name it with --key. "
            f"{told(run.columns)}",
            returncode=UNREADABLE,
        )
    return run.key_column


def _found(text: str, columns: Sequence[str]) -> int | None:
    """The number of the column of that name, whatever its case, or of that number from 1; None for an empty text."""
    wanted = " ".join(text.split()).casefold()
    if not wanted:
        return None
    names = [name.casefold() for name in columns]
    if wanted in names:
        return names.index(wanted)
    if wanted.isdecimal() and len(wanted) < 5 and 1 <= int(wanted) <= len(columns):
        return int(wanted) - 1
    raise CommandError(f"The list has no column {text[:60]!r}. {told(columns)}", returncode=UNREADABLE)
