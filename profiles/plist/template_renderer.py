"""One template, written out for thousands of people: worked out once, and then only filled in.

What differs from one profile of a template to the next are its PayloadUUIDs, the end of its identifier, and the texts
of its variables. So the property list is built once with marks in their places, and cut there; a profile is the pieces
with its own texts in between, byte for byte what `instantiate` and `dump` give.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import uuid4
from xml.sax.saxutils import escape

from profiles.catalogue.conditions import is_set
from profiles.plist.build import dump
from profiles.plist.document import Document, random_uuid
from profiles.plist.templates.declaration import Declaration
from profiles.plist.templates.instance import instantiate, part_uuid, suffix
from profiles.plist.templates.variables import completed, uses
from profiles.plist.xml_writer import REFERENCES

_KEPT: Final = 64
"""Forms of a property list that are kept: as many as there are sets of empty answers."""


@dataclass(frozen=True)
class _Plate:
    """The property list in pieces: text, and after each but the last the number of what stands there."""

    pieces: tuple[bytes, ...]
    places: tuple[int, ...]


class Press:
    """A revision of a template, for as many profiles as are wanted; raises VariablesError as `instantiate` does."""

    def __init__(self, template: Document, *, template_id: str, revision: int) -> None:
        self._template = template
        self._template_id = template_id
        self._revision = revision
        self._declaration = template.declaration or Declaration()
        self._used = tuple(uses(template))
        self._parts = tuple(part.uuid for part in template.payloads)
        self._plates: dict[frozenset[str], _Plate] = {}

    def document(self, uuid: str, answers: Mapping[str, str]) -> Document:
        """The profile with the PayloadUUID `uuid` and these answers."""
        return instantiate(
            self._template,
            template_id=self._template_id,
            revision=self._revision,
            uuid=uuid,
            answers=answers,
        )

    def dump(self, uuid: str, answers: Mapping[str, str]) -> bytes:
        """Its property list, for answers and a template that were found right."""
        texts = completed(self._declaration, answers)
        # What is empty is left out of the property list, which then has another form.
        empty = frozenset(name for name in self._used if not is_set(texts.get(name)))
        plate = self._plates.get(empty) or self._made(empty)
        filled = [
            each.encode() for each in (*self._own(uuid), *(_written(texts.get(n, "")) for n in self._used))
        ]
        row = [plate.pieces[0]]
        for place, piece in zip(plate.places, plate.pieces[1:], strict=True):
            row += (filled[place], piece)
        return b"".join(row)

    def dump_slowly(self, uuid: str, answers: Mapping[str, str]) -> bytes:
        """The same, without the shortcut."""
        return dump(self.document(uuid, answers))

    def agrees(self, uuid: str, answers: Mapping[str, str]) -> bool:
        """Is the shortcut right here? It is while what is written depends on no text beyond its emptiness."""
        return self.dump(uuid, answers) == self.dump_slowly(uuid, answers)

    def _own(self, uuid: str) -> tuple[str, ...]:
        """What a profile has of its own whatever its answers are."""
        return (uuid, suffix(uuid), *(part_uuid(uuid, part) for part in self._parts))

    def _made(self, empty: frozenset[str]) -> _Plate:
        uuid, mark = random_uuid(), uuid4().hex
        marks = {
            name: "" if name in empty else f"{mark}{number:04}" for number, name in enumerate(self._used)
        }
        whole = dump(self.document(uuid, marks | self._unused(marks)))
        found = [mark.encode() for mark in (*self._own(uuid), *marks.values())]
        # Longer ones first: the end of the identifier may look like the beginning of the UUID.
        wanted = sorted(filter(None, found), key=len, reverse=True)
        pieces = re.split(b"(" + b"|".join(map(re.escape, wanted)) + b")", whole)
        plate = _Plate(tuple(pieces[::2]), tuple(found.index(mark) for mark in pieces[1::2]))
        if len(self._plates) >= _KEPT:
            self._plates.clear()
        self._plates[empty] = plate
        return plate

    def _unused(self, marks: Mapping[str, str]) -> dict[str, str]:
        """Something for each variable that stands nowhere, and may be required all the same."""
        return {each.name: "unused" for each in self._declaration.variables if each.name not in marks}


def _written(text: str) -> str:
    """The text as it is written between tags."""
    return escape(text, {**REFERENCES})
