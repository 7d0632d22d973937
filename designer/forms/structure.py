"""Which payloads a form has, in which order: part of what is typed, so that nothing changes before it is saved.

The form posts `payload` for each of them, as "uuid slug", and `removed` for each that the next save takes out. The
buttons post one of ACTIONS: to add, "slug", or "slug name" where `name` is the control that is to refer to the new one;
else "uuid", and "uuid confirmed" to remove one that others refer to. Without scripts, items of lists come and go in the
same way: `add_item` is the name of the list, `remove_item` that of the list with the token of the item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from secrets import token_hex
from typing import Any, Final

from django.http import QueryDict

from designer.forms.widgets import listed
from profiles.catalogue import registry
from profiles.plist.document import Document, PayloadDocument, random_uuid
from profiles.plist.references import referrers
from profiles.services.storable import MAX_PAYLOADS

ACTIONS: Final = (
    "add_payload",
    "remove_payload",
    "keep_payload",
    "payload_up",
    "payload_down",
    "add_item",
    "remove_item",
)

_UUID = re.compile(r"[0-9A-Za-z-]{1,100}")


@dataclass(frozen=True)
class Place:
    """One payload of the form; `removed` says that the next save takes it out."""

    payload: PayloadDocument
    removed: bool = False

    @property
    def posted(self) -> str:
        """How the form posts it."""
        return f"{self.payload.uuid} {self.payload.slug}"


@dataclass(frozen=True)
class Question:
    """What has to be answered before a payload goes: who refers to it."""

    uuid: str
    referrers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answer:
    """What an action came to: the form's new data, and the payload to look at, or a question."""

    data: QueryDict
    focus: str = ""
    question: Question | None = None


def arrange(document: Document, data: Mapping[str, Any] | None) -> list[Place]:
    """The payloads as they were posted, else as they are stored; what the form does not know of stays, at the end."""
    stored = {part.uuid: part for part in document.payloads}
    removed = set(listed(data, "removed")) if data else set()
    posted = dict(_posted(data)) if data else {}
    fresh = [uuid for uuid in posted if uuid not in stored]
    names = _names([posted[uuid] for uuid in fresh], {part.name for part in document.payloads})
    new = {
        uuid: PayloadDocument(slug=posted[uuid], name=name, uuid=uuid, values={})
        for uuid, name in zip(fresh, names, strict=True)
    }
    order = [*posted, *(uuid for uuid in stored if uuid not in posted)]
    return [Place(stored.get(uuid) or new[uuid], uuid in removed) for uuid in order]


def _posted(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """UUID and slug of each payload, as far as they can be meant."""
    for text in listed(data, "payload")[:MAX_PAYLOADS]:
        uuid, _, slug = text.partition(" ")
        if _UUID.fullmatch(uuid) and slug in registry.payloads():
            yield uuid, slug


def _names(slugs: Iterable[str], taken: set[str]) -> list[str]:
    """A name of its own for each new payload: its type, with a number from the second on."""
    names = []
    for slug in slugs:
        name = next(name for name in chain([slug], (f"{slug}-{n}" for n in count(2))) if name not in taken)
        taken = taken | {name}
        names.append(name)
    return names


def asked(data: Mapping[str, Any]) -> str:
    """The action that was asked for; empty where none was."""
    return next((name for name in ACTIONS if data.get(name)), "")


def act(document: Document, data: QueryDict, typed: Document) -> Answer:
    """Do what was asked for; `typed` is the document as the form has it."""
    action = asked(data)
    changed = data.copy()
    asked_for = changed.pop(action)[-1]
    target, _, detail = asked_for.partition(" ")
    places = arrange(document, data)
    match action:
        case "add_item":
            changed.appendlist(asked_for, f"n{token_hex(6)}")
            return Answer(changed)
        case "remove_item":
            name, _, token = asked_for.rpartition(":")
            changed.setlist(name, [each for each in changed.getlist(name) if each != token])
            return Answer(changed)
        case "add_payload":
            return _add(changed, places, target, detail)
        case "remove_payload" if detail != "confirmed" and (found := referrers(typed, target)):
            return Answer(changed, question=Question(target, tuple(found)))
        case "remove_payload":
            changed.appendlist("removed", target)
            return Answer(changed)
        case "keep_payload":
            changed.setlist("removed", [uuid for uuid in changed.getlist("removed") if uuid != target])
            return Answer(changed, focus=target)
    return _move(changed, places, target, -1 if action == "payload_up" else 1)


def _add(data: QueryDict, places: list[Place], slug: str, control: str) -> Answer:
    if slug not in registry.payloads() or len(places) >= MAX_PAYLOADS:
        return Answer(data)
    uuid = random_uuid()
    data.setlist("payload", [*(place.posted for place in places), f"{uuid} {slug}"])
    if control in data:
        data[control] = uuid
    return Answer(data, focus=uuid)


def _move(data: QueryDict, places: list[Place], uuid: str, step: int) -> Answer:
    order = [place.posted for place in places]
    at = next((index for index, place in enumerate(places) if place.payload.uuid == uuid), None)
    if at is not None and 0 <= at + step < len(order):
        order[at], order[at + step] = order[at + step], order[at]
        data.setlist("payload", order)
    return Answer(data, focus=uuid)
