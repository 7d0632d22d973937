"""Secrets apart from the rest: split off to be encrypted, joined again to build, masked to be shown.

Secret is what the catalogue calls so, and everything that it does not know, since nobody can say what that is.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Dictionary, Key, Languages, ListOf
from profiles.catalogue.shape import Shape, escaped
from profiles.catalogue.spec import Payload
from profiles.catalogue.values import plist_type_of
from profiles.plist.document import Document
from profiles.plist.kept import Kept

MASK: Final = "••••••••"

_GONE: Final = object()

Place = tuple[str | int, ...]
"""Where a value stands: ("IKEv2", "SharedSecret"), or with indices inside lists."""


class HasKeys(Protocol):
    """A payload, or a dictionary in a list."""

    @property
    def keys(self) -> tuple[Key, ...]: ...

    @property
    def shape(self) -> Shape: ...


def split(payload: HasKeys, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[Place, Any]]]:
    """The values without their secrets, and the secrets with where they stood."""
    found = [(place, _at(values, place)) for place in _hidden(payload, values)]
    return (_without(values, [place for place, _ in found]) if found else dict(values)), found


def _hidden(payload: HasKeys, values: Mapping[str, Any]) -> Iterator[Place]:
    """Where the secrets stand."""
    yield from _declared(payload.keys, values, ())
    yield from _undeclared(payload.keys, values, ())


def declared(payload: Payload, values: Mapping[str, Any]) -> Iterator[Any]:
    """The values that are set of all keys that the catalogue calls secret."""
    return (_at(values, place) for place in _declared(payload.keys, values, ()))


def path_of(place: Place) -> str:
    """A place as a path, as problems have it: "IKEv2.OnDemandRules[0].Action"."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{escaped(part)}" for part in place)
    return "".join(parts).removeprefix(".")


def unknown_names(payload: HasKeys, values: Mapping[str, Any], unknown: Iterable[str] = ()) -> list[str]:
    """What the keys are called that the catalogue does not know, those inside dictionaries by their paths."""
    found = (path_of(place) for place in _undeclared(payload.keys, values, ()))
    return [*(path for path in found if path not in payload.shape.by_path), *unknown]


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


def mask(document: Document) -> Document:
    """A copy that can be shown: each secret is a MASK, secret data a MASK with its length."""
    shown = document.with_values(
        {name: masked_values(payload, values) for name, payload, values in document.parts()}
    )
    payloads = tuple(
        replace(part, unknown=dict.fromkeys(part.unknown, MASK), kept=part.kept and _masked_kept(part.kept))
        for part in shown.payloads
    )
    return replace(shown, payloads=payloads, kept=shown.kept and _masked_kept(shown.kept))


def _masked_kept(kept: Kept) -> Kept:
    return kept.hiding(lambda _: MASK)


def masked_values(payload: Payload, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with each secret masked; themselves where there is none."""
    if next(_hidden(payload, values), None) is None:
        return values
    public, secrets = split(payload, values)
    return join(public, [(place, masked(value)) for place, value in secrets]) if secrets else values


def masked(value: Any) -> Any:
    """What stands for one secret, without a trace of its value; data stays data."""
    return f"{MASK} {len(value)} bytes".encode() if isinstance(value, bytes) else MASK


def numbered(payload: HasKeys, values: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """The values with each secret as a mask of its own, and what each mask stands for: for texts that come back."""
    public, secrets = split(payload, values)
    marks = {f"{MASK} {number}": value for number, (_, value) in enumerate(secrets, start=1)}
    places = (place for place, _ in secrets)
    return join(public, list(zip(places, marks, strict=True))), marks


def standing_in(value: Any, marks: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the masks of `numbered` that stand in `value`."""
    match value:
        case str():
            return {value: marks[value]} if value in marks else {}
        case list():
            inside = value
        case dict():
            inside = list(value.values())
        case _:
            return {}
    return {mark: secret for item in inside for mark, secret in standing_in(item, marks).items()}


def unmasked(value: Any, marks: Mapping[str, Any]) -> Any:
    """`value` with each mask of `numbered` turned back into what it stands for."""
    match value:
        case str():
            return copy.deepcopy(marks.get(value, value))
        case list():
            return [unmasked(item, marks) for item in value]
        case dict():
            return {name: unmasked(item, marks) for name, item in value.items()}
    return value


def _declared(keys: Iterable[Key], values: Any, prefix: Place) -> Iterator[Place]:
    """Where a value stands whose key is declared as secret; `prefix` is the place of `values`."""
    for key in keys:
        value: Any = values
        for part in key.path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        place = (*prefix, *key.path.split("."))
        if key.secret and is_set(value):
            yield place
        elif not key.secret:
            yield from _inside(key, value, place, _declared)


def _undeclared(keys: Iterable[Key], values: Mapping[str, Any], prefix: Place) -> Iterator[Place]:
    """Where there stands something that no key declares; `prefix` is the place of `values`."""
    by_path = {key.path: key for key in keys}
    containers = {path[:end] for path in by_path if "." in path for end, c in enumerate(path) if c == "."}
    yield from _undeclared_in(values, "", prefix, by_path, containers)


def _undeclared_in(
    values: Mapping[str, Any], path: str, prefix: Place, by_path: Mapping[str, Key], containers: set[str]
) -> Iterator[Place]:
    for name, value in values.items():
        here, place = f"{path}{name}", (*prefix, name)
        key = by_path.get(here)
        if here in containers and isinstance(value, dict):
            yield from _undeclared_in(value, f"{here}.", place, by_path, containers)
        elif key is None or "." in name or _may_hide(key, value):
            yield place
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


def _inside(key: Key, value: Any, place: Place, search: Any) -> Iterator[Place]:
    """What `search` finds in the dictionaries that `value` holds."""
    if isinstance(key, ListOf) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(key.item, item, (*place, index), search)
    elif isinstance(key, Dictionary) and isinstance(value, dict):
        yield from search(key.keys, value, place)
