"""What the buttons of the form do to what is typed; nothing is saved.

They post one of ACTIONS: to add, "slug", or "slug name" where `name` is the control that is to refer to the new one;
else "uuid", and "uuid confirmed" to remove one that others refer to. Without scripts, items of lists come and go in the
same way: `add_item` is the name of the list, `remove_item` that of the list with the token of the item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import QueryDict

from designer.forms.items.tokens import copied, fresh, is_token
from designer.forms.payload_list import Slot, arrange
from profiles.catalogue import registry
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.payload_type import Payload
from profiles.plist.document import Document, random_uuid
from profiles.plist.effects import TITLES
from profiles.plist.reading.budget import MAX_PAYLOADS
from profiles.plist.validation.references import referrers

ACTIONS: Final = (
    "add_payload",
    "remove_payload",
    "keep_payload",
    "duplicate_payload",
    "payload_up",
    "payload_down",
    "add_item",
    "remove_item",
)


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
            changed.appendlist(asked_for, fresh())
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
        case "duplicate_payload":
            return _duplicate(changed, places, target)
    return _move(changed, places, target, -1 if action == "payload_up" else 1)


def _add(data: QueryDict, places: list[Slot], slug: str, control: str) -> Answer:
    if slug not in registry.payloads() or len(places) >= MAX_PAYLOADS:
        return Answer(data)
    uuid = random_uuid()
    data.setlist("payload", [*(place.posted for place in places), f"{uuid} {slug}"])
    if control in data:
        data[control] = uuid
    return Answer(data, focus=uuid)


def _duplicate(data: QueryDict, places: list[Slot], uuid: str) -> Answer:
    at = next((index for index, place in enumerate(places) if place.payload.uuid == uuid), None)
    if at is None or len(places) >= MAX_PAYLOADS:
        return Answer(data)
    payload = places[at].payload
    copy = replace(payload, uuid=random_uuid())
    # What is not saved itself is a copy of what its original is a copy of.
    original = places[at].original or uuid
    places.insert(at + 1, Slot(copy, original=original))
    data.setlist("payload", [place.posted for place in places])
    _copy_controls(data, payload.payload, f"{uuid}-", f"{copy.uuid}-")
    title = next((name for path in TITLES if data.get(name := f"{copy.uuid}-{path}")), None)
    if title:
        data[title] = f"{data[title]} copy"
    return Answer(data, focus=copy.uuid)


def _move(data: QueryDict, places: list[Slot], uuid: str, step: int) -> Answer:
    order = [place.posted for place in places]
    at = next((index for index, place in enumerate(places) if place.payload.uuid == uuid), None)
    if at is not None and 0 <= at + step < len(order):
        order[at], order[at + step] = order[at + step], order[at]
        data.setlist("payload", order)
    return Answer(data, focus=uuid)


def _copy_controls(data: QueryDict, payload: Payload, old: str, new: str) -> None:
    """Post whatever begins with `old` as `new`, too; items of lists become copies with tokens of their own."""
    names = list(data)
    inside = defaultdict(list)
    for name in names:
        inside[name.partition(".")[0]].append(name)
    _copy_names(data, [name for name in names if name.startswith(old)], old, new)
    _copy_items(data, payload.keys, new, inside)


def _copy_names(data: QueryDict, names: Iterable[str], old: str, new: str) -> None:
    for name in names:
        data.setlist(new + name.removeprefix(old), data.getlist(name))


def _copy_items(data: QueryDict, keys: Iterable[Key], new: str, inside: Mapping[str, list[str]]) -> None:
    """Copy the items of each list whose name was copied; `inside` are the names of the controls by token."""
    for key in keys:
        if isinstance(key, ListOf) and isinstance(key.item, Dictionary):
            posted = data.getlist(f"{new}{key.path}")
            # What no list of items can show was posted as JSON.
            tokens = {token: copied(token) for token in posted if is_token(token)}
            data.setlist(f"{new}{key.path}", [tokens.get(text, text) for text in posted])
            for token, copy in tokens.items():
                _copy_names(data, inside.get(token, ()), f"{token}.", f"{copy}.")
                _copy_items(data, key.item.keys, f"{copy}.", inside)
