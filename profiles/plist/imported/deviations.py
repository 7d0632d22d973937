"""What is odd about the keys that the build writes by itself, where a file has them otherwise: told, and put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Final

from profiles.plist.diff.change import are_same
from profiles.plist.document import ENVELOPE_NAME, Document, is_uuid
from profiles.plist.imported.source_form import IDENTIFIER, UUID, VERSION, Kept

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
        return self.key in _MENDABLE and not are_same(self.value, self.own)


@dataclass(frozen=True)
class _Part:
    name: str
    kept: Kept | None
    own: Mapping[str, Any]

    @cached_property
    def written(self) -> dict[str, Any]:
        return self.kept.over(self.own) if self.kept else dict(self.own)

    @cached_property
    def marks(self) -> dict[str, tuple[str, str]]:
        """What no other part may be called, key by key."""
        held = {key: self.written.get(key) for key in _NAMES}
        return {
            key: (key, value.upper() if key == UUID else value)
            for key, value in held.items()
            if isinstance(value, str) and value
        }

    @property
    def odd(self) -> dict[str, Kind]:
        return dict(_odd(self.kept)) if self.kept else {}


def oddities(document: Document) -> Iterator[Oddity]:
    """All that is odd, part by part; nothing in a document that was made here."""
    if not document.is_imported:
        return
    parts = [*_parts(document)]
    # The envelope may share its names with a payload: Apple's own profiles do.
    shared = Counter(mark for part in parts[1:] for mark in part.marks.values())
    seen: set[tuple[str, str]] = set()
    for place, part in enumerate(parts):
        # Of several the first keeps its name.
        again = {key: Kind.SHARED for key, mark in part.marks.items() if place and mark in seen}
        seen.update(part.marks.values() if place else ())
        found = {**part.odd, **again}
        for key in (each for each in dict.fromkeys([*part.own, *found]) if each in found):
            yield Oddity(
                place=place,
                name=part.name,
                key=key,
                kind=found[key],
                value=part.written.get(key),
                own=part.own.get(key),
                parts=shared[part.marks[key]] if key in part.marks else 1,
            )


def _parts(document: Document) -> Iterator[_Part]:
    own = {VERSION: 1, UUID: document.uuid, IDENTIFIER: document.identifier}
    yield _Part(ENVELOPE_NAME, document.kept, own)
    for part in document.payloads:
        yield _Part(part.name, part.kept, part.generated(document.identifier))


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
