"""Secrets apart from the rest: split off to be encrypted, joined again to build, masked to be shown.

Secret is what the catalogue calls so, and each text and data of what it does not know, since nobody can say what that
is. Numbers, switches, dates and the names of keys there are no secrets. They are split off with the rest all the same,
so that what nobody knows is stored in one piece, in its order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Any, Final, Protocol

from profiles.catalogue.conditions import is_set
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.keys import Dictionary, Key, Languages, ListOf
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import Shape, escaped
from profiles.catalogue.values import plist_type_of
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.imported.source_form import Kept

MASK: Final = "••••••••"

_GONE: Final = object()

Place = tuple[str | int, ...]
"""Where a value stands: ("IKEv2", "SharedSecret"), or with indices inside lists."""


class Kind(Enum):
    """Why a place counts as secret.

    DECLARED   the catalogue says so of its key: whatever stands there is secret
    UNKNOWN    no key of the catalogue stands there: each text and data is secret
    ODD        a key stands there that is no secret, with a value of which nobody can say what is in it
    """

    DECLARED = "declared"
    UNKNOWN = "unknown"
    ODD = "odd"


Put = Callable[[Place, Any, Kind], Any]
"""What stands in place of a secret: of all that is at a DECLARED place, of one text or data elsewhere."""


class HasKeys(Protocol):
    """A payload, or a dictionary in a list."""

    @property
    def shape(self) -> Shape: ...


def split(payload: HasKeys, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[Place, Any]]]:
    """The values without all that may hold a secret, and that with where it stood."""
    found = [(place, _at(values, place)) for place, _ in places(payload, values)]
    return (_without(values, [place for place, _ in found]) if found else dict(values)), found


def places(payload: HasKeys, values: Mapping[str, Any]) -> Iterator[tuple[Place, Kind]]:
    """Where something may hold a secret, and why; what is DECLARED may stand inside what is ODD."""
    yield from _declared(payload.shape, values, ())
    yield from _undeclared(payload.shape, values, ())


def declared(payload: Payload, values: Mapping[str, Any]) -> Iterator[Any]:
    """The values that are set of all keys that the catalogue calls secret."""
    return (_at(values, place) for place, _ in _declared(payload.shape, values, ()))


def path_of(place: Place) -> str:
    """A place as a path, as problems have it: "IKEv2.OnDemandRules[0].Action"."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{escaped(part)}" for part in place)
    return "".join(parts).removeprefix(".")


def unknown_values(
    payload: HasKeys, values: Mapping[str, Any], unknown: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values of keys that the catalogue does not know, by their paths: those inside `values`, then `unknown`.

    With those of dictionaries that it knows, in place of which something else stands.
    """
    found = {
        path_of(place): _at(values, place)
        for place, kind in _undeclared(payload.shape, values, ())
        if kind is Kind.UNKNOWN or path_of(place) in payload.shape.containers
    }
    return found | {path_of((name,)): value for name, value in (unknown or {}).items()}


def join(public: Mapping[str, Any], secrets: list[tuple[Place, Any]]) -> dict[str, Any]:
    """The inverse of `split`."""
    values: dict[str, Any] = _with(public, secrets) if secrets else dict(public)
    return values


def _at(values: Any, place: Place) -> Any:
    for part in place:
        values = values[part]
    return values


def _without(value: Any, places: Iterable[Place]) -> Any:
    """A copy without what stands at the places; all else is shared, since documents never change."""
    inside = _by_head((place, None) for place in places)
    if isinstance(value, list):
        return [_less(item, inside.get(index)) for index, item in enumerate(value)]
    kept = {name: _less(item, inside.get(name)) for name, item in value.items()}
    return {name: item for name, item in kept.items() if item is not _GONE}


def _less(item: Any, entries: list[tuple[Place, Any]] | None) -> Any:
    if entries is None:
        return item
    tails = [tail for tail, _ in entries]
    return _GONE if () in tails else _without(item, tails)


def _with(value: Any, entries: Iterable[tuple[Place, Any]]) -> Any:
    """A copy with values put in at their places; what has no dictionary to stand in yet gets one."""
    copied: Any = [*value] if isinstance(value, list) else dict(value)
    for head, inside in _by_head(entries).items():
        last = next((put for tail, put in inside if tail == ()), _GONE)
        if last is not _GONE:
            copied[head] = last
        else:
            held = copied.get(head, {}) if isinstance(copied, dict) else copied[head]
            copied[head] = _with(held, inside)
    return copied


def _by_head(entries: Iterable[tuple[Place, Any]]) -> dict[str | int, list[tuple[Place, Any]]]:
    """Entries by the first part of their place, with the rest of it."""
    found: dict[str | int, list[tuple[Place, Any]]] = {}
    for place, value in entries:
        found.setdefault(place[0], []).append((place[1:], value))
    return found


def is_open(value: Any) -> bool:
    """Would a value of an unknown key be shown as it is? It would not with a text or data in it."""
    match value:
        case dict():
            return all(map(is_open, value.values()))
        case list():
            return all(map(is_open, value))
        case None | int() | float() | datetime() | "" | b"":
            return True
    return False


def veiled(value: Any, put: Put, place: Place = (), kind: Kind = Kind.UNKNOWN) -> Any:
    """A value that nobody knows, which stands at `place`, with `put` of each text and data in it."""
    return _veiled(value, put, place, kind, frozenset())


def _veiled(value: Any, put: Put, place: Place, kind: Kind, apart: Collection[Place]) -> Any:
    """The same, but for what stands at the places `apart`, which are secret as a whole."""
    if place in apart:
        return value
    match value:
        case dict():
            return {name: _veiled(item, put, (*place, name), kind, apart) for name, item in value.items()}
        case list():
            return [_veiled(item, put, (*place, index), kind, apart) for index, item in enumerate(value)]
    return value if is_open(value) else put(place, value, kind)


def cover(payload: HasKeys, values: Mapping[str, Any], put: Put) -> Mapping[str, Any]:
    """The values with `put` of each secret; themselves where there is none."""
    kinds = dict(places(payload, values))
    if not kinds:
        return values
    whole = [place for place, kind in kinds.items() if kind is Kind.DECLARED]
    parts = [(place, kind) for place, kind in kinds.items() if kind is not Kind.DECLARED]
    apart = frozenset(whole)
    shown = _with(
        values,
        [(place, _veiled(_at(values, place), put, place, kind, apart)) for place, kind in parts],
    )
    found: Mapping[str, Any] = _with(
        shown, [(place, put(place, _at(values, place), Kind.DECLARED)) for place in whole]
    )
    return found


def cover_payload(part: PayloadDocument, put: Put) -> PayloadDocument:
    """A payload with `put` of each secret in it."""
    return replace(
        part,
        values=cover(part.payload, part.values, put),
        unknown={name: veiled(value, put, (name,)) for name, value in part.unknown.items()},
        kept=_cover_kept(part.kept, put),
    )


def cover_envelope(document: Document, put: Put) -> Document:
    """A document with `put` of each secret in its envelope."""
    return replace(
        document, envelope=cover(ENVELOPE, document.envelope, put), kept=_cover_kept(document.kept, put)
    )


def _cover_kept(kept: Kept | None, put: Put) -> Kept | None:
    """How a part was written, with `put` of each text and data where no name or number stands."""
    if kept is None or not kept.hidden:
        return kept
    values = {
        name: veiled(value, put, (name,), Kind.ODD) if name in kept.hidden else value
        for name, value in kept.values.items()
    }
    return replace(kept, values=values)


def mask(document: Document) -> Document:
    """A copy that can be shown: each secret is a MASK, secret data a MASK with its length."""
    payloads = tuple(cover_payload(part, _masked) for part in document.payloads)
    return replace(cover_envelope(document, _masked), payloads=payloads)


def masked_values(payload: HasKeys, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with each secret masked; themselves where there is none."""
    return cover(payload, values, _masked)


def masked_unknown(value: Any) -> Any:
    """The value of an unknown key with each text and data in it masked."""
    return veiled(value, _masked)


def masked(value: Any) -> Any:
    """What stands for one secret, without a trace of its value; data stays data."""
    return f"{MASK} {len(value)} bytes".encode() if isinstance(value, bytes) else MASK


def _masked(place: Place, value: Any, kind: Kind) -> Any:
    return masked(value)


def _declared(shape: Shape, values: Mapping[str, Any], prefix: Place) -> Iterator[tuple[Place, Kind]]:
    """Where a value stands whose key is declared as secret; `prefix` is the place of `values`."""
    for key, names in shape.hiding:
        value: Any = values
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else None
        if key.secret and is_set(value):
            yield (*prefix, *names), Kind.DECLARED
        elif not key.secret:
            yield from _inside(key, value, (*prefix, *names), _declared)


def _undeclared(
    shape: Shape, values: Mapping[str, Any], prefix: Place, path: str = ""
) -> Iterator[tuple[Place, Kind]]:
    """Where something stands that no key declares; `prefix` is the place of `values`, `path` that in `shape`."""
    for name, value in values.items():
        here, place = f"{path}{name}", (*prefix, name)
        key = shape.by_path.get(here) if "." not in name else None
        if key is None and here in shape.containers and "." not in name:
            if isinstance(value, dict):
                yield from _undeclared(shape, value, place, f"{here}.")
            else:
                yield place, Kind.ODD
        elif key is None:
            yield place, Kind.UNKNOWN
        elif _may_hide(key, value):
            yield place, Kind.ODD
        else:
            yield from _inside(key, value, place, _undeclared)


def _may_hide(key: Key, value: Any) -> bool:
    """Does something stand in place of a value that is no secret, of which nobody can say what is in it?"""
    if isinstance(key, ListOf) and isinstance(value, list):
        return any(_may_hide(key.item, item) for item in value)
    if isinstance(key, Languages) and isinstance(value, dict):
        return not all(isinstance(text, str) for text in value.values())
    odd = plist_type_of(value) is not key.type and isinstance(value, dict | list | bytes)
    return odd and not key.secret


def _inside(key: Key, value: Any, place: Place, search: Any) -> Iterator[tuple[Place, Kind]]:
    """What `search` finds in the dictionaries that `value` holds."""
    if isinstance(key, ListOf) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(key.item, item, (*place, index), search)
    elif isinstance(key, Dictionary) and isinstance(value, dict):
        yield from search(key.shape, value, place)
