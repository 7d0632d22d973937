"""Which payloads a form has, in which order: part of what is typed, so that nothing changes before it is saved.

The form posts `payload` for each of them, as "uuid slug", for a copy that is not saved yet as "uuid slug original", for
one that is folded as "uuid slug =", and `removed` for each that the next save takes out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Any, Final

from designer.forms.mended import MENDED
from designer.forms.widgets import listed
from profiles.catalogue import registry
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.effects import TITLES
from profiles.plist.reading.budget import MAX_PAYLOADS

FEW: Final = 10
"""Up to so many payloads stand open; where there are more, their forms would make a page of many megabytes."""

AS_STORED: Final = "="
"""What a folded payload posts in place of its fields."""

_UUID = "[0-9A-Za-z-]{1,100}"

_POSTED = re.compile(rf"(?P<uuid>{_UUID}) (?P<slug>[a-z0-9-]+)(?: (?P<original>{_UUID}|{AS_STORED}))?")


@dataclass(frozen=True)
class Slot:
    """One payload of the form.

    `removed`: the next save takes it out. `original`: UUID of the stored payload that it is a copy of, as long as it is
    not saved itself. `known`: the page had its fields, so that what was posted says what is in it; else that is what is
    stored. `folded`: the page shows no more of it than what it is called. `stored_as`: the type that is stored, where
    it became another by a fix.
    """

    payload: PayloadDocument
    removed: bool = False
    original: str = ""
    known: bool = True
    folded: bool = False
    stored_as: str = ""

    @property
    def posted(self) -> str:
        """How the form posts it."""
        more = AS_STORED if self.folded else self.original
        return f"{self.payload.uuid} {self.stored_as or self.payload.slug} {more}".rstrip()


def arrange(document: Document, data: Mapping[str, Any] | None) -> list[Slot]:
    """The payloads as they were posted, else as they are stored; what the form does not know of stays, at the end."""
    stored = {part.uuid: part for part in document.payloads}
    removed = set(listed(data, "removed")) if data else set()
    places: dict[str, Slot] = {}
    names = {part.name for part in document.payloads}
    for uuid, slug, more in _posted(data) if data else ():
        as_stored = more == AS_STORED
        if uuid in stored:
            places[uuid] = Slot(stored[uuid], uuid in removed, known=not as_stored, folded=as_stored)
        # Somebody else removed what is folded and stored no more; the page has nothing to bring it back with.
        elif uuid not in places and not as_stored:
            known = data is not None and _has_fields(data, uuid)
            fresh = _fresh(uuid, slug, stored.get(more), names, retitled=not known)
            names.add(fresh.name)
            places[uuid] = Slot(fresh, uuid in removed, more, known=known)
    rest = [Slot(part, known=False) for uuid, part in stored.items() if uuid not in places]
    return [*places.values(), *rest]


def fold(slots: list[Slot], document: Document, opened: Collection[str]) -> list[Slot]:
    """The same, folded where there are many: all but those that the page had open, that are new, or in `opened`."""
    closed = {part.uuid for part in document.payloads}.difference(opened) if len(slots) > FEW else set()
    return [replace(slot, folded=not slot.known and slot.payload.uuid in closed) for slot in slots]


def _posted(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """UUID, slug, and original or AS_STORED of each payload, as far as they can be meant."""
    for text in listed(data, "payload")[:MAX_PAYLOADS]:
        match = _POSTED.fullmatch(text)
        if match and match["slug"] in registry.payloads():
            yield match["uuid"], match["slug"], match["original"] or ""


def _has_fields(data: Mapping[str, Any], uuid: str) -> bool:
    """Did the page have the fields of a payload? Some of them are posted whatever is in them."""
    notes = f"{uuid}-{MENDED}"
    return any(name.startswith(f"{uuid}-") and name != notes and listed(data, name) for name in data)


def _fresh(
    uuid: str, slug: str, original: PayloadDocument | None, taken: Collection[str], *, retitled: bool
) -> PayloadDocument:
    """A payload that is not stored; a copy begins with what is stored of its original, secrets included."""
    if original is None or original.slug != slug:
        original = PayloadDocument(slug=slug, name="", uuid=uuid, values={})
    # Its type, with a number from the second on.
    numbered = chain([slug], (f"{slug}-{number}" for number in count(2)))
    name = next(name for name in numbered if name not in taken)
    values = _retitled(original.values) if retitled else original.values
    # As written by a file, but for what no two payloads share.
    kept = original.kept and original.kept.moved()
    return replace(original, uuid=uuid, name=name, values=values, kept=kept)


def _retitled(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of a copy, told from its original by its title as one of an open payload is."""
    title = next(
        (path for path in TITLES if isinstance(values.get(path), str) and values[path].strip()), None
    )
    return values if title is None else {**values, title: f"{values[title]} copy"}
