"""A property list as XML, with nothing lost."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

REFERENCES: Final[Mapping[str, str]] = MappingProxyType(
    {character: f"&#{ord(character)};" for character in "\r\x85\u2028"}
)
"""How the characters are written that some parser takes for the end of a line, and so for a line feed, as they are.

A carriage return is one in XML 1.0, and plistlib writes it as a line feed; the other two are in XML 1.1 (2.11).
"""


def dump(value: Any, *, sort_keys: bool = False) -> bytes:
    """`value` as the XML that plistlib writes, where the characters of REFERENCES stay what they are."""
    if not _has_any(value):
        return plistlib.dumps(value, fmt=plistlib.FMT_XML, sort_keys=sort_keys)
    mark = uuid4().hex
    marks = {ord(character): f"{mark}{ord(character):x}-" for character in REFERENCES}
    # Sorted before it is marked: a mark comes after what such a character comes before.
    marked = _marked(value, marks, sort_keys)
    written = plistlib.dumps(marked, fmt=plistlib.FMT_XML, sort_keys=False)
    for character, reference in REFERENCES.items():
        written = written.replace(marks[ord(character)].encode(), reference.encode())
    return written


def _has_any(value: Any) -> bool:
    if isinstance(value, str):
        # Most texts are ASCII, which is known of a text without a look at it.
        return "\r" in value or not (value.isascii() or ("\x85" not in value and "\u2028" not in value))
    if isinstance(value, dict):
        return any(_has_any(name) or _has_any(item) for name, item in value.items())
    return isinstance(value, list | tuple) and any(map(_has_any, value))


def _marked(value: Any, marks: Mapping[int, str], sort_keys: bool) -> Any:
    match value:
        case str():
            return value.translate(marks)
        case dict():
            names = sorted(value) if sort_keys else value
            return {name.translate(marks): _marked(value[name], marks, sort_keys) for name in names}
        case list() | tuple():
            return [_marked(item, marks, sort_keys) for item in value]
    return value
