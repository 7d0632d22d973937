"""What is odd about the keys that the build writes by itself, where a file has them otherwise: told, and put right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from profiles.plist.change import exact
from profiles.plist.document import ENVELOPE_NAME, Document, is_uuid
from profiles.plist.kept import IDENTIFIER, UUID, VERSION, Kept

_NAMES: Final = (UUID, IDENTIFIER)
"""Keys that tell parts apart."""

_MENDABLE: Final = frozenset({VERSION, UUID, IDENTIFIER})
"""What can be written in their place without changing what the profile does."""


class Kind(Enum):
    """What is odd."""

    LEFT_OUT = "left out"
    VERSION = "another version"
    NO_NAME = "no name"
    NO_UUID = "no UUID"
    SHARED = "shared"


@dataclass(frozen=True, kw_only=True)
class Oddity:
    """One key of one part.

    place, name   the number of the part, 0 for the envelope, and what it is called here
    key, value    the key and what the file has there, None where that is nothing
    own           what the build would write; None where it would not
    parts         how many parts share the value
    """

    place: int
    name: str
    key: str
    kind: Kind
    value: Any
    own: Any
    parts: int = 1

    @property
    def is_mendable(self) -> bool:
        """Can it be put right by writing what the build would?"""
        return self.key in _MENDABLE and exact(self.value) != exact(self.own)


@dataclass(frozen=True)
class _Part:
    name: str
    kept: Kept | None
    own: Mapping[str, Any]

    @property
    def written(self) -> dict[str, Any]:
        return self.kept.over(self.own) if self.kept else dict(self.own)


def oddities(document: Document) -> Iterator[Oddity]:
    """All that is odd, part by part; nothing in a document that was made here."""
    if not document.is_imported:
        return
    parts = [*_parts(document)]
    seen: dict[tuple[str, str], int] = {}
    for place, part in enumerate(parts):
        found = dict(_odd(part.kept)) if part.kept else {}
        for key in _NAMES:
            mark = _mark(key, part.written.get(key))
            if mark is None:
                continue
            seen[mark] = seen.get(mark, 0) + 1
            # Of several the first keeps its name.
            if seen[mark] > 1:
                found[key] = Kind.SHARED
        for key in dict.fromkeys([*part.own, *found]):
            if (kind := found.get(key)) is None:
                continue
            yield Oddity(
                place=place,
                name=part.name,
                key=key,
                kind=kind,
                value=part.written.get(key),
                own=part.own.get(key),
                parts=seen.get(_mark(key, part.written.get(key)) or ("", ""), 1),
            )


def _parts(document: Document) -> Iterator[_Part]:
    own = {VERSION: 1, UUID: document.uuid, IDENTIFIER: document.identifier}
    yield _Part(ENVELOPE_NAME, document.kept, own)
    for part in document.payloads:
        yield _Part(part.name, part.kept, part.generated(document.identifier))


def _mark(key: str, value: Any) -> tuple[str, str] | None:
    """What no other part may be called; None where it is called nothing."""
    if key not in _NAMES or not isinstance(value, str) or not value:
        return None
    return key, value.upper() if key == UUID else value


def _odd(kept: Kept) -> Iterator[tuple[str, Kind]]:
    for key in sorted(kept.without):
        yield key, Kind.LEFT_OUT
    if kept.values.get(VERSION) is not None:
        yield VERSION, Kind.VERSION
    for key in _NAMES:
        value = kept.values.get(key)
        if value is None:
            continue
        if not isinstance(value, str) or not value.strip():
            yield key, Kind.NO_NAME
        elif key == UUID and not is_uuid(value):
            yield key, Kind.NO_UUID
