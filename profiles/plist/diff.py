"""What differs between two documents, key by key, in words that never hold a secret."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Key
from profiles.catalogue.spec import Payload
from profiles.plist.declaration import Declaration, Origin, Place, Variable, VariableKind
from profiles.plist.document import ENVELOPE_NAME, Document
from profiles.plist.encoding import to_json
from profiles.plist.secrets import masked_values
from profiles.plist.variables import confidential

NOTHING = "not set"
REMOVED: Final = "removed"
SECRET = "a secret"  # noqa: S105 — the word that stands for one
ANOTHER_SECRET = "another secret"  # noqa: S105

PAYLOAD_NAME: Final = "Payload name"
UNKNOWN_KEYS: Final = "Unknown keys"
ORDER: Final = "Order of payloads"
LOCKED: Final = "locked"
ASKED: Final = "asked for"
EDITABLE: Final = "editable"


@dataclass(frozen=True)
class Change:
    """One difference: `old` and `new` are texts for a person, `payload` and `path` say where."""

    payload: str
    path: str
    label: str
    old: str
    new: str


def diff(old: Document, new: Document) -> list[Change]:
    """All changes from `old` to `new`: envelope, targets, payloads that came, went or moved, and their keys.

    Also what they declare as templates, and the template that they were made from.
    """
    return [*_changes(old, new)]


def _changes(old: Document, new: Document) -> Iterator[Change]:
    (_, envelope, before), *_ = old.parts()
    (_, _, after), *_ = new.parts()
    yield from _values(ENVELOPE_NAME, envelope, before, after)
    for system in sorted({*old.targets, *new.targets}):
        yield from _change(
            ENVELOPE_NAME,
            f"targets.{system}",
            target_label(system),
            old.targets.get(system),
            new.targets.get(system),
        )
    was = {part.uuid: part for part in old.payloads}
    now = {part.uuid: part for part in new.payloads}
    for uuid, part in was.items():
        if uuid not in now:
            yield Change(part.name, "", payload_label(part.name), part.payload.title, REMOVED)
    for uuid, part in now.items():
        if uuid not in was:
            yield Change(part.name, "", payload_label(part.name), NOTHING, part.payload.title)
            continue
        yield from _change(part.name, "", PAYLOAD_NAME, was[uuid].name, part.name)
        yield from _values(part.name, part.payload, was[uuid].values, part.values)
        if was[uuid].unknown != part.unknown:
            yield Change(part.name, "", UNKNOWN_KEYS, SECRET, ANOTHER_SECRET)
    common = [uuid for uuid in was if uuid in now]
    if common != [uuid for uuid in now if uuid in was]:
        order = [", ".join(d.name for d in document.payloads) for document in (old, new)]
        yield Change(ENVELOPE_NAME, "", ORDER, *order)
    yield from _templates(old, new)
    yield from _origins(old.origin, new.origin)


def payload_label(name: str) -> str:
    """What a whole payload is called."""
    return f"Payload {name}"


def target_label(system: str) -> str:
    """What the lowest version of a system is called."""
    return f"Target {system}"


def _templates(old: Document, new: Document) -> Iterator[Change]:
    """What changed in what makes the documents templates."""
    was, now = (document.declaration or Declaration() for document in (old, new))
    if (old.declaration is None) != (new.declaration is None):
        yield Change(
            ENVELOPE_NAME, "template", "Template", *(("no", "yes") if new.declaration else ("yes", "no"))
        )
    yield from _change(ENVELOPE_NAME, "template.summary", "Summary", was.summary, now.summary)
    hidden = confidential(old) | confidential(new)
    before, after = ({variable.name: variable for variable in each.variables} for each in (was, now))
    for name in dict.fromkeys([*before, *after]):
        yield from _variable(name, before.get(name), after.get(name), secret=name in hidden)
    common = [name for name in before if name in after]
    if common != [name for name in after if name in before]:
        yield Change(ENVELOPE_NAME, "variables", "Order of variables", ", ".join(before), ", ".join(after))
    for place in sorted(was.locked | was.asked | now.locked | now.asked):
        name, label = _named(place, new if place.part in new.places() else old)
        yield from _change(
            name, place.path, f"{label}, in profiles made from it", _role(place, was), _role(place, now)
        )


def _variable(name: str, old: Variable | None, new: Variable | None, *, secret: bool) -> Iterator[Change]:
    path, label = f"variables.{name}", f"Variable {name}"
    if old is None or new is None:
        yield Change(
            ENVELOPE_NAME, path, label, old.kind.title if old else NOTHING, new.kind.title if new else REMOVED
        )
        return
    before, after = asdict(old), asdict(new)
    for field in before:
        if before[field] == after[field]:
            continue
        told = [_told(each, hidden=secret and field == "default") for each in (before[field], after[field])]
        if told == [SECRET, SECRET]:
            told[1] = ANOTHER_SECRET
        yield Change(ENVELOPE_NAME, f"{path}.{field}", f"{label}: {field}", *told)


def _told(value: Any, *, hidden: bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hidden and value:
        return SECRET
    return (value.title if isinstance(value, VariableKind) else value) or NOTHING


def _named(place: Place, document: Document) -> tuple[str, str]:
    """Name of the part and label of the key at a place."""
    name, payload, _ = document.places().get(place.part, (ENVELOPE_NAME, None, {}))
    key = payload.by_path.get(place.path) if payload else None
    return name, key.label if key else place.path


def _role(place: Place, declaration: Declaration) -> str:
    return LOCKED if place in declaration.locked else ASKED if place in declaration.asked else EDITABLE


def _origins(old: Origin | None, new: Origin | None) -> Iterator[Change]:
    before, after = (f"{each.title}, revision {each.revision}" if each else None for each in (old, new))
    yield from _change(ENVELOPE_NAME, "origin", "Made from the template", before, after)
    if old and new and dict(old.answers) != dict(new.answers):
        yield Change(ENVELOPE_NAME, "origin.answers", "Answers to the template", SECRET, ANOTHER_SECRET)


def _values(name: str, payload: Payload, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = payload.flat(old), payload.flat(new)
    shown_before, shown_after = (payload.flat(masked_values(payload, values)) for values in (old, new))
    order = [*payload.by_path, *sorted({*before, *after} - {*payload.by_path})]
    for path in order:
        was, now = before.get(path), after.get(path)
        if (is_set(was) or is_set(now)) and exact(was) != exact(now):
            key = payload.by_path.get(path)
            label = key.label if key else path
            yield Change(
                name,
                path,
                label,
                shown(key, shown_before.get(path)),
                shown(key, shown_after.get(path), other=is_set(was)),
            )


def exact(value: Any) -> str:
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
