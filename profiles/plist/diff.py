"""What differs between two documents, key by key, in words that never hold a secret."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.shape import ESCAPED_DOT, Shape
from profiles.catalogue.spec import Payload
from profiles.catalogue.values import plist_type_of
from profiles.plist.declaration import Declaration, Origin, Place, Variable, VariableKind
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.encoding import to_json
from profiles.plist.kept import IDENTIFIER, UUID, VERSION, Kept
from profiles.plist.matching import pairs
from profiles.plist.references import pointed
from profiles.plist.secrets import masked_values
from profiles.plist.variables import confidential

NOTHING = "not set"
EMPTY: Final = "empty"
REMOVED: Final = "removed"
SECRET = "a secret"  # noqa: S105 — the word that stands for one
ANOTHER_SECRET = "another secret"  # noqa: S105

PAYLOAD_NAME: Final = "Payload name"
UNKNOWN_KEYS: Final = "Unknown keys"
ORDER: Final = "Order of payloads"
IDENTITY: Final = (UUID, IDENTIFIER, VERSION)
"""Keys that say which payload it is, and nothing of what it does."""
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


def diff(old: Document, new: Document, *, loosely: bool = False) -> list[Change]:
    """All changes from `old` to `new`: envelope, targets, payloads that came, went or moved, and their keys.

    Also what they declare as templates, and the template that they were made from. A payload is the same while its
    UUID is; `loosely`, as files of different origin need it, also while its identifier, its name or its place is.
    """
    return [*_changes(old, new, loosely=loosely)]


def _changes(old: Document, new: Document, *, loosely: bool) -> Iterator[Change]:
    (_, envelope, before), *_ = old.parts()
    (_, _, after), *_ = new.parts()
    written = old.kept is not None or new.kept is not None
    yield from _values(ENVELOPE_NAME, envelope, before, after, written=written)
    yield from _identity(ENVELOPE_NAME, (old.kept, {UUID: old.uuid}), (new.kept, {UUID: new.uuid}))
    for system in sorted({*old.targets, *new.targets}):
        yield from _change(
            ENVELOPE_NAME,
            f"targets.{system}",
            target_label(system),
            old.targets.get(system),
            new.targets.get(system),
        )
    yield from _parts(old, new, loosely=loosely)
    yield from _templates(old, new)
    yield from _origins(old.origin, new.origin)


def _parts(old: Document, new: Document, *, loosely: bool) -> Iterator[Change]:
    """Payloads that came, went or moved, and what differs in those that both have."""
    both = pairs(old, new, loosely=loosely)
    # What is called otherwise in the two is the same for what refers to it.
    moved = {was.known_as.upper(): now.known_as for was, now in both if was and now}
    for was, now in both:
        if was and not now:
            yield Change(was.name, "", payload_label(was.name), was.payload.title, REMOVED)
    for was, now in both:
        if now and not was:
            yield Change(now.name, "", payload_label(now.name), NOTHING, now.payload.title)
        elif was and now:
            yield from _payload(was, now, moved, (old.identifier, new.identifier))
    order = [was.uuid for was, now in both if was and now]
    if order != [part.uuid for part in old.payloads if part.uuid in {*order}]:
        names = [", ".join(d.name for d in document.payloads) for document in (old, new)]
        yield Change(ENVELOPE_NAME, "", ORDER, *names)


def _payload(
    was: PayloadDocument, now: PayloadDocument, moved: Mapping[str, str], identifiers: tuple[str, str]
) -> Iterator[Change]:
    name, payload = now.name, now.payload
    if was.uuid == now.uuid:
        yield from _change(name, "", PAYLOAD_NAME, was.name, name)
    written = was.kept is not None or now.kept is not None
    yield from _values(name, payload, pointed(payload.shape, was.values, moved), now.values, written=written)
    for key in dict.fromkeys([*was.unknown, *now.unknown]):
        yield from _undeclared(name, key, key, was.unknown.get(key), now.unknown.get(key))
    before, after = (
        {UUID: part.uuid, IDENTIFIER: part.identifier_in(identifier)}
        for part, identifier in zip((was, now), identifiers, strict=True)
    )
    yield from _identity(name, (was.kept, before), (now.kept, after))


def _identity(
    name: str, old: tuple[Kept | None, Mapping[str, Any]], new: tuple[Kept | None, Mapping[str, Any]]
) -> Iterator[Change]:
    """What differs in what the build writes by itself; an identifier that it derives follows from other changes."""
    written = [{VERSION: 1, **own, **(kept.values if kept else {})} for kept, own in (old, new)]
    left_out = [kept.without if kept else frozenset() for kept, _ in (old, new)]
    explicit = {key for kept, _ in (old, new) if kept for key in (*kept.values, *kept.without)}
    for key in IDENTITY:
        was, now = (
            None if key in out else held.get(key) for held, out in zip(written, left_out, strict=True)
        )
        same = exact(was) == exact(now) or (
            key == UUID and isinstance(was, str) and isinstance(now, str) and was.upper() == now.upper()
        )
        if not same and (key == UUID or key in explicit):
            yield Change(name, key, key, *_told_apart(None, was, now, _plain(was), _plain(now)))


def _plain(value: Any) -> str:
    return NOTHING if value is None else str(value)[:200] if isinstance(value, str | int | float) else SECRET


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


def _values(
    name: str, payload: Payload, old: Mapping[str, Any], new: Mapping[str, Any], *, written: bool = False
) -> Iterator[Change]:
    """What differs in the values of a part; where they come from a file, empty ones are `written` too."""
    before, after = payload.flat(old), payload.flat(new)
    masked = [payload.flat(masked_values(payload, values)) for values in (old, new)]
    order = [*payload.by_path, *sorted({*before, *after} - {*payload.by_path})]
    for path in order:
        was, now = before.get(path), after.get(path)
        if _same(payload.by_path.get(path), was, now) or not (is_set(was) or is_set(now) or written):
            continue
        key = payload.by_path.get(path)
        if key is None and path not in payload.containers:
            yield from _undeclared(name, path, path, was, now)
        else:
            yield from _keyed(name, path, key, (was, now), (masked[0].get(path), masked[1].get(path)))


def _same(key: Key | None, was: Any, now: Any) -> bool:
    if isinstance(key, ListOf) and key.distinct and isinstance(was, list) and isinstance(now, list):
        return sorted(map(exact, was)) == sorted(map(exact, now))
    return exact(was) == exact(now)


def _keyed(
    name: str, path: str, key: Key | None, values: tuple[Any, Any], masked: tuple[Any, Any]
) -> Iterator[Change]:
    """A key that differs; item by item where it is a list of dictionaries of which some stayed."""
    items = _items(key, values)
    if key is not None and items is not None:
        for index in items:
            item = key.shapes[0]
            sides = [value[index] for value in (*values, *masked)]
            yield from _item(name, f"{path}[{index}]", f"{key.label} {index + 1}", item, sides)
        return
    was, now = values
    texts = shown(key, masked[0]), shown(key, masked[1], other=is_set(was))
    yield Change(name, path, key.label if key else path, *_told_apart(key, was, now, *texts))


def _items(key: Key | None, values: tuple[Any, Any]) -> list[int] | None:
    """The items of two lists of dictionaries that differ; None where they are to be shown as a whole."""
    if not (isinstance(key, ListOf) and isinstance(key.item, Dictionary)):
        return None
    was, now = values
    if not (isinstance(was, list) and isinstance(now, list) and len(was) == len(now)):
        return None
    if not all(isinstance(item, dict) for item in (*was, *now)):
        return None
    return [
        index for index, pair in enumerate(zip(was, now, strict=True)) if exact(pair[0]) != exact(pair[1])
    ]


def _item(name: str, path: str, label: str, shape: Shape, sides: list[Any]) -> Iterator[Change]:
    """What differs in one dictionary of a list; `sides` are old and new, and the two with masks."""
    was, now, shown_was, shown_now = (shape.flat(side) for side in sides)
    for inner in dict.fromkeys([*shape.by_path, *was, *now]):
        one, other = was.get(inner), now.get(inner)
        key = shape.by_path.get(inner)
        if _same(key, one, other):
            continue
        if key is None:
            yield from _undeclared(name, f"{path}.{inner}", f"{label} · {inner}", one, other)
            continue
        for change in _keyed(
            name, f"{path}.{inner}", key, (one, other), (shown_was.get(inner), shown_now.get(inner))
        ):
            yield replace(change, label=f"{label} · {change.label}")


def _undeclared(name: str, path: str, label: str, was: Any, now: Any) -> Iterator[Change]:
    """What differs in a key that the catalogue does not know, key by key where it is a dictionary in both."""
    if exact(was) == exact(now):
        return
    if isinstance(was, dict) and isinstance(now, dict) and was and now:
        for inner in dict.fromkeys([*was, *now]):
            place = inner.replace(".", ESCAPED_DOT)
            yield from _undeclared(
                name, f"{path}.{place}", f"{label}.{place}", was.get(inner), now.get(inner)
            )
        return
    old, new = (NOTHING if value is None else SECRET for value in (was, now))
    new = ANOTHER_SECRET if was is not None and now is not None else new
    kinds = plist_type_of(was), plist_type_of(now)
    if None not in kinds and kinds[0] is not kinds[1]:
        old, new = f"{old} ({kinds[0]})", f"{new} ({kinds[1]})"
    yield Change(name, path, label, old, new)


def _told_apart(key: Key | None, was: Any, now: Any, old: str, new: str) -> tuple[str, str]:
    """The two texts, with what makes a difference of values that look alike."""
    if old != new:
        return old, new
    if not is_set(was) and not is_set(now):
        return tuple(NOTHING if value is None else EMPTY for value in (was, now))  # type: ignore[return-value]
    kinds = plist_type_of(was), plist_type_of(now)
    return (f"{old} ({kinds[0]})", f"{new} ({kinds[1]})") if kinds[0] is not kinds[1] else (old, new)


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
    if plist_type_of(value) is not key.type:
        return with_type(value)
    if isinstance(value, str | int | float | bool):
        return key.option_title(value)
    return json.dumps(to_json(value), ensure_ascii=False)


def with_type(value: Any) -> str:
    """A value as XML has it, with its type, where that is what matters: "true (boolean)"."""
    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = repr(value)
        case int() | float():
            text = str(value)
        case bytes():
            text = f"{len(value):,} bytes"
        case _:
            text = json.dumps(to_json(value), ensure_ascii=False, default=repr) if value else ""
    return f"{text[:100]} ({plist_type_of(value)})".strip()
