"""What differs between two documents, key by key, in words that never hold a secret."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Key
from profiles.catalogue.spec import Payload
from profiles.plist.document import ENVELOPE_NAME, Document
from profiles.plist.encoding import to_json
from profiles.plist.secrets import masked_values

NOTHING = "not set"
SECRET = "a secret"  # noqa: S105 — the word that stands for one
ANOTHER_SECRET = "another secret"  # noqa: S105


@dataclass(frozen=True)
class Change:
    """One difference: `old` and `new` are texts for a person, `payload` and `path` say where."""

    payload: str
    path: str
    label: str
    old: str
    new: str


def diff(old: Document, new: Document) -> list[Change]:
    """All changes from `old` to `new`: envelope, targets, payloads that came, went or moved, and their keys."""
    return [*_changes(old, new)]


def _changes(old: Document, new: Document) -> Iterator[Change]:
    (_, envelope, before), *_ = old.parts()
    (_, _, after), *_ = new.parts()
    yield from _values(ENVELOPE_NAME, envelope, before, after)
    for system in sorted({*old.targets, *new.targets}):
        yield from _change(
            ENVELOPE_NAME,
            f"targets.{system}",
            f"Target {system}",
            old.targets.get(system),
            new.targets.get(system),
        )
    was = {part.uuid: part for part in old.payloads}
    now = {part.uuid: part for part in new.payloads}
    for uuid, part in was.items():
        if uuid not in now:
            yield Change(part.name, "", f"Payload {part.name}", part.payload.title, "removed")
    for uuid, part in now.items():
        if uuid not in was:
            yield Change(part.name, "", f"Payload {part.name}", NOTHING, part.payload.title)
            continue
        yield from _change(part.name, "", "Payload name", was[uuid].name, part.name)
        yield from _values(part.name, part.payload, was[uuid].values, part.values)
        if was[uuid].unknown != part.unknown:
            yield Change(part.name, "", "Unknown keys", SECRET, ANOTHER_SECRET)
    common = [uuid for uuid in was if uuid in now]
    if common != [uuid for uuid in now if uuid in was]:
        order = [", ".join(d.name for d in document.payloads) for document in (old, new)]
        yield Change(ENVELOPE_NAME, "", "Order of payloads", *order)


def _values(name: str, payload: Payload, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = payload.flat(old), payload.flat(new)
    shown_before, shown_after = (payload.flat(masked_values(payload, values)) for values in (old, new))
    order = [*payload.by_path, *sorted({*before, *after} - {*payload.by_path})]
    for path in order:
        was, now = before.get(path), after.get(path)
        if (is_set(was) or is_set(now)) and _exact(was) != _exact(now):
            key = payload.by_path.get(path)
            label = key.label if key else path
            yield Change(
                name,
                path,
                label,
                shown(key, shown_before.get(path)),
                shown(key, shown_after.get(path), other=is_set(was)),
            )


def _exact(value: Any) -> str:
    """A text that differs where the property lists would: 1, 1.0 and true are three values."""
    return json.dumps(to_json(value), sort_keys=True, default=repr)


def _change(name: str, path: str, label: str, old: str | None, new: str | None) -> Iterator[Change]:
    if old != new:
        yield Change(name, path, label, old or NOTHING, new or NOTHING)


def shown(key: Key | None, value: Any, *, other: bool = False) -> str:
    """A value for a person; a secret, or a value of an unknown key, is just called one."""
    if not is_set(value):
        return NOTHING
    if key is None or key.secret:
        return ANOTHER_SECRET if other else SECRET
    if isinstance(value, str | int | float | bool):
        return key.option_title(value)
    return json.dumps(to_json(value), ensure_ascii=False)
