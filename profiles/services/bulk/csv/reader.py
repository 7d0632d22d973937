"""A list of people as a table: a file of separated cells, or what was pasted from a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from profiles.exceptions import TableError
from profiles.services.bulk.csv.delimiter import declared, delimiter_of
from profiles.services.bulk.csv.encoding import decode
from profiles.services.bulk.csv.header import column_names, is_heading

MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
MAX_BYTES: Final = 32_000_000
MAX_CELL: Final = 10_000
"""Characters."""

MAX_CELLS: Final = 3_000_000
"""All together: each takes memory, however little it holds."""

MAX_LINES: Final = 1_048_576
"""Empty rows included: what a spreadsheet has."""

_MAX_RECORD: Final = MAX_COLUMNS * MAX_CELL
_LINE: Final = re.compile(r"[^\r\n]+(?:\r\n|[\r\n])?|\r\n|[\r\n]")

# Not what str.strip() takes: control characters are for the check of each value to name.
_BLANKS: Final = (
    " \t\r\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_NO_DELIMITER: Final = "\uffff"
"""The reader needs one for a list of one column too: a character that is none, which no profile can hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One record; `line` is its number as a spreadsheet counts, from 1, the header and empty rows included."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """What was read.

    columns     unique names, “Column 1” where there is none
    rows        those that are not empty, the header left out; they may have more or fewer cells than there are columns
    delimiter   a comma for a list of one column
    encoding    what it is called to a person; empty for a text
    """

    columns: tuple[str, ...]
    rows: Sequence[Row]
    delimiter: str
    encoding: str
    has_header: bool


def read_table(data: bytes | str, *, header: bool | None = None, known: Collection[str] = ()) -> Table:
    """The table in a file or a text; without `header`, the first row is judged, by names that are `known` too.

    Blanks around cells are gone, and so are empty cells beyond the columns. Raises TableError for what is too large, is
    no table, or has nobody in it.
    """
    if len(data) > MAX_BYTES:
        raise TableError(
            f"The list is larger than {MAX_BYTES // 1_000_000} MB. Leave out columns that are not needed, or split it."
        )
    text, encoding = (data, "") if isinstance(data, str) else decode(data)
    text = text.removeprefix("\ufeff")
    delimiter, start = declared(text)
    delimiter = delimiter or delimiter_of(text)
    rows = _collect(_records(text, start, delimiter or _NO_DELIMITER))
    if not rows:
        raise TableError("The list is empty. Give it a row for each person.")
    if header is None:
        header = is_heading(_named(rows[0]), [row.cells for row in rows[1:]], known)
    return _table(rows, header=header, delimiter=delimiter or ",", encoding=encoding)


class _Lines:
    """The lines of a text for csv.reader, which knows no bounds itself; `first` is where the current row begins."""

    def __init__(self, text: str, start: int) -> None:
        self._found = _LINE.finditer(text, start)
        self._count = 1 if start else 0
        self.begin_row()

    def begin_row(self) -> None:
        self.size = 0
        self.first = self._count + 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._found).group()
        self._count += 1
        self.size += len(line)
        if self.size > _MAX_RECORD:
            raise TableError(
                f"The row that begins in line {self.first:,} does not end within {_MAX_RECORD:,} characters. Close the "
                "quotation mark that is open there, or put each person in a line."
            )
        return line


def _records(text: str, start: int, delimiter: str) -> Iterator[Row]:
    """Every row that is not empty; raises TableError for one that cannot be."""
    lines = _Lines(text, start)
    try:
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
        for number, record in enumerate(reader, 1):
            if number > MAX_LINES:
                raise TableError(
                    f"The list has more than {MAX_LINES:,} lines. Delete the empty ones, or split it."
                )
            cells = tuple([cell.strip(_BLANKS) for cell in record])
            if any(cells):
                yield Row(line=number, cells=_bounded(cells, number, lines.size))
            lines.begin_row()
    except csv.Error as error:
        raise TableError(_explained(str(error), lines.first)) from None


def _explained(error: str, line: int) -> str:
    """What csv.reader found in the row that begins in that line, for a person."""
    if "field limit" in error:
        return (
            f"A cell of the row that begins in line {line:,} has more than {MAX_CELL:,} characters. Shorten it, or "
            "close the quotation mark that is open there."
        )
    if "end of data" in error:
        return f"In line {line:,} a cell begins with a quotation mark that is never closed. Close it, or leave it out."
    return (
        f"In the row that begins in line {line:,}, text follows the closing quotation mark of a cell. Write a "
        'quotation mark within a quoted cell twice ("").'
    )


def _bounded(cells: tuple[str, ...], number: int, size: int) -> tuple[str, ...]:
    """The cells, without empty ones beyond any bound; raises TableError for too many or too long ones."""
    if size > MAX_CELL and max(map(len, cells)) > MAX_CELL:
        raise TableError(f"A cell in row {number:,} has more than {MAX_CELL:,} characters. Shorten it.")
    if len(cells) > MAX_COLUMNS:
        cells = cells[: _used(cells)]
    if len(cells) > MAX_COLUMNS:
        raise TableError(
            f"Row {number:,} has more than {MAX_COLUMNS} cells. Leave out columns that are not needed, and put each "
            "person in a line."
        )
    return cells


def _collect(records: Iterator[Row]) -> list[Row]:
    rows, cells = [], 0
    for row in records:
        rows.append(row)
        cells += len(row.cells)
        if len(rows) > MAX_ROWS + 1:
            break
        if cells > MAX_CELLS:
            raise TableError(
                f"The list has more than {MAX_CELLS:,} cells. Leave out columns that are not needed, or split it."
            )
    return rows


def _table(rows: list[Row], *, header: bool, delimiter: str, encoding: str) -> Table:
    names = rows[0].cells if header else ()
    people = rows[1:] if header else rows
    if not people:
        raise TableError("The list has a header, but no row below it. Add a row for each person.")
    if len(people) > MAX_ROWS:
        raise TableError(f"The list has more than {MAX_ROWS:,} rows. Split it.")
    width = len(names) or _usual_width(people)
    filled = max(min(_used(row.cells), width) for row in people)
    width = max(_used(names), filled)
    return Table(
        columns=column_names([*names[:width], *[""] * (width - len(names))]),
        rows=tuple(_trimmed(row, width) for row in people),
        delimiter=delimiter,
        encoding=encoding,
        has_header=header,
    )


def _named(row: Row) -> tuple[str, ...]:
    return row.cells[: _used(row.cells)]


def _usual_width(rows: Sequence[Row]) -> int:
    """How many cells most rows have."""
    counted = Counter(len(row.cells) for row in rows)
    return max(counted, key=lambda width: (counted[width], width))


def _used(cells: Sequence[str]) -> int:
    """How many cells there are up to the last that is not empty."""
    count = len(cells)
    while count and not cells[count - 1]:
        count -= 1
    return count


def _trimmed(row: Row, width: int) -> Row:
    """The row without empty cells beyond the columns, which spreadsheets write."""
    if len(row.cells) <= width:
        return row
    return Row(line=row.line, cells=row.cells[: max(width, _used(row.cells))])
