"""The bytes of a property list as a tree: XML in any encoding or binary, within limits of time and memory.

Stricter than plistlib where that would lose something without a word, and patient with what files in the field have
around their XML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from profiles.exceptions import UnreadableProfileError
from profiles.plist import binary_tree, xml_text, xml_tree
from profiles.plist.budget import Budget

MAX_BYTES: Final = 5_000_000
"""Of a file, unless told otherwise: some fifty times the largest profiles in the field."""

_OTHERS: Final = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"xar!", "an installer package"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
    (b"bplist", "a binary property list of an unknown version"),
    (b"-----BEGIN ", "a PEM file, and no signed profile"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"{", "JSON or an old kind of property list"),
    (b"\x30\x80", "a certificate or key"),
    (b"\x30\x82", "a certificate or key"),
)
"""What files that are no profiles begin with."""


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
    if not data.strip(b" \t\r\n\0"):
        raise UnreadableProfileError("The file is empty. Choose the .mobileconfig file.")
    # Texts in UTF-8 may count twice and more in other encodings.
    budget = Budget(4 * limit)
    if data.startswith(binary_tree.HEADER):
        return Loaded(value=binary_tree.parse(data, budget), notes=budget.notes)
    start = data[:64].lstrip()
    other = next((what for magic, what in _OTHERS if start.startswith(magic)), "")
    if other:
        raise UnreadableProfileError(
            f"The file is {other}, not a configuration profile. Choose the .mobileconfig file."
        )
    text, line = xml_text.trim(xml_text.decode(data), budget)
    return Loaded(value=xml_tree.parse(text, budget, line=line), notes=budget.notes)
