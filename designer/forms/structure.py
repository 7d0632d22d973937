"""Which payloads a form has, in which order: part of what is typed, so that nothing changes before it is saved.

The form posts `payload` for each of them, as "uuid slug", for a copy that is not saved yet as "uuid slug original", and
`removed` for each that the next save takes out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Any

from designer.forms.widgets import listed
from profiles.catalogue import registry
from profiles.plist.document import Document, PayloadDocument
from profiles.services.storable import MAX_PAYLOADS

_UUID = "[0-9A-Za-z-]{1,100}"

_POSTED = re.compile(rf"(?P<uuid>{_UUID}) (?P<slug>[a-z0-9-]+)(?: (?P<original>{_UUID}))?")


@dataclass(frozen=True)
class Slot:
    """One payload of the form.

    `removed`: the next save takes it out. `original`: UUID of the stored payload that it is a copy of, as long as it is
    not saved itself. `known`: the page had it, so that what was posted says what is in it.
    """

    payload: PayloadDocument
    removed: bool = False
    original: str = ""
    known: bool = True

    @property
    def posted(self) -> str:
        """How the form posts it."""
        return f"{self.payload.uuid} {self.payload.slug} {self.original}".rstrip()


def arrange(document: Document, data: Mapping[str, Any] | None) -> list[Slot]:
    """The payloads as they were posted, else as they are stored; what the form does not know of stays, at the end."""
    stored = {part.uuid: part for part in document.payloads}
    removed = set(listed(data, "removed")) if data else set()
    places: dict[str, Slot] = {}
    names = {part.name for part in document.payloads}
    for uuid, slug, original in _posted(data) if data else ():
        if uuid in stored:
            places[uuid] = Slot(stored[uuid], uuid in removed)
        elif uuid not in places:
            fresh = _fresh(uuid, slug, stored.get(original), names)
            names.add(fresh.name)
            places[uuid] = Slot(fresh, uuid in removed, original)
    known = data is None
    rest = [Slot(part, known=known) for uuid, part in stored.items() if uuid not in places]
    return [*places.values(), *rest]


def _posted(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """UUID, slug and original of each payload, as far as they can be meant."""
    for text in listed(data, "payload")[:MAX_PAYLOADS]:
        match = _POSTED.fullmatch(text)
        if match and match["slug"] in registry.payloads():
            yield match["uuid"], match["slug"], match["original"] or ""


def _fresh(uuid: str, slug: str, original: PayloadDocument | None, taken: Collection[str]) -> PayloadDocument:
    """A payload that is not stored; a copy begins with what is stored of its original, secrets included."""
    if original is None or original.slug != slug:
        original = PayloadDocument(slug=slug, name="", uuid=uuid, values={})
    # Its type, with a number from the second on.
    numbered = chain([slug], (f"{slug}-{number}" for number in count(2)))
    return replace(original, uuid=uuid, name=next(name for name in numbered if name not in taken))
