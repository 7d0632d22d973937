"""Tables for spreadsheets, line by line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

_SIGN: Final = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
"""What a formula begins with, in full width as well, which some spreadsheets take for the same."""

_FORMULA: Final = re.compile(f"'*(?:{_SIGN}|[\t\r\n])")
"""How a text begins that a spreadsheet would run as a formula, or that looks as if it had been one."""

_NEXT_CELL: Final = "([;\t\r\n][\"']*)"
"""Where a cell would begin for a spreadsheet that separates by semicolons or tabs, and so heeds no quotes of ours."""

_FORMULA_WITHIN: Final = re.compile(f"{_NEXT_CELL}({_SIGN})")
_TEXT_WITHIN: Final = re.compile(f"{_NEXT_CELL}'({_SIGN})")


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV with a header, all of it in quotes; an apostrophe stands before what would be run as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow([harmless(column) for column in columns])
    for row in rows:
        writer.writerow([harmless(value) for value in row])
        yield _taken(buffer)
    yield _taken(buffer)


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula, or part of it as one, as a text."""
    if not isinstance(value, str):
        return value
    text = _FORMULA_WITHIN.sub(r"\1'\2", value)
    return f"'{text}" if _FORMULA.match(text) else text


def as_typed(text: str) -> str:
    """The inverse: what the text was before `harmless`."""
    typed = text[1:] if text.startswith("'") and _FORMULA.match(text) else text
    return _TEXT_WITHIN.sub(r"\1\2", typed)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
