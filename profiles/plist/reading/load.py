"""The bytes of a property list as a tree: XML in any encoding or binary, within limits of time and memory.

Stricter than plistlib where that would lose something without a word, and patient with what files in the field have
around their XML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from profiles.exceptions import UnreadableProfileError
from profiles.plist.reading import binary_tree, xml_text, xml_tree
from profiles.plist.reading.budget import Budget
from profiles.plist.reading.file_kind import check_kind, check_text

MAX_BYTES: Final = 5_000_000
"""Of a file, unless told otherwise: some fifty times the largest profiles in the field."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A tree of str, int, float, bool, bytes, naive datetimes in UTC, lists and dictionaries, and what to tell of it.

    `notes` are sentences on what could not be kept as it was, or was odd, without a value in them.
    """

    value: Any = field(repr=False)
    notes: tuple[str, ...]


def load(data: bytes, *, limit: int = MAX_BYTES) -> Loaded:
    """The property list in up to `limit` bytes; raises UnreadableProfileError, each time with its own sentence."""
    if len(data) > limit:
        raise UnreadableProfileError(
            f"The file has {len(data):,} bytes, more than the {limit:,} allowed. Choose another, or split it."
        )
    # Texts in UTF-8 may count twice and more in other encodings.
    budget = Budget(4 * limit)
    try:
        return Loaded(value=_value(data, budget), notes=budget.notes)
    except MemoryError:
        raise UnreadableProfileError(
            "There is no memory left to read the file. Try again later, or split it."
        ) from None


def _value(data: bytes, budget: Budget) -> Any:
    if data.startswith(binary_tree.HEADER):
        return binary_tree.parse(data, budget)
    check_kind(data)
    whole = xml_text.decode(data, budget)
    try:
        text, line = xml_text.trim(whole, budget)
        return xml_tree.parse(text, budget, line=line)
    except UnreadableProfileError:
        # What it is says more than what is wrong in it as XML.
        check_text(whole)
        raise
