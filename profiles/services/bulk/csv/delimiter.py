"""What separates the cells of a list."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import Final

DELIMITERS: Final = ("\t", ";", "|", ",")
"""Those that are looked for; of two that fit equally well, the one that is rarer in plain text comes first."""

_SAMPLE: Final = 65_536
"""Characters at the beginning that are looked at."""

_DECLARED: Final = re.compile(r'"?sep=([^\w\s"]|\t)"?(?:\r\n|[\r\n]|\Z)', re.IGNORECASE)


def declared(text: str) -> tuple[str, int]:
    """The delimiter that a first line for Excel, as in `sep=;`, gives, and where the list begins after it."""
    found = _DECLARED.match(text)
    return (found.group(1), found.end()) if found else ("", 0)


def delimiter_of(text: str) -> str:
    """The delimiter by which the rows have cells alike, outside of quotes; empty for a list of one column."""
    scores = {delimiter: score for delimiter in DELIMITERS if (score := _score(text[:_SAMPLE], delimiter))}
    return max(scores, key=scores.__getitem__, default="")


def _score(sample: str, delimiter: str) -> tuple[float, bool, bool, int] | None:
    """How well it fits: by how many rows are alike, as a tab, without blanks behind it, and by the width of a row.

    The first row has every column, so what does not occur in it is no delimiter.
    """
    widths = _widths(sample, delimiter)
    if not widths or widths[0] < 2:
        return None
    width, count = Counter(widths).most_common(1)[0]
    if width < 2:
        return None
    tight = sample.count(f"{delimiter} ") * 2 < sample.count(delimiter)
    return round(count / len(widths), 1), delimiter == "\t", tight, width


def _widths(sample: str, delimiter: str) -> list[int]:
    """How many cells each row has; rows without anything in them count where there are no others."""
    lines = io.StringIO(sample, newline="")
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if row]
    except csv.Error:
        return []
    widths = [len(row) for row in rows if any(row)] or [len(row) for row in rows]
    # The last row may have been cut in the middle.
    return widths[:-1] if len(sample) == _SAMPLE and len(widths) > 1 else widths
