"""What differs in the keys of a part, item by item in lists of dictionaries, down to the last key that nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Dictionary, Key, ListOf, Reference
from profiles.catalogue.shape import ESCAPED_DOT, Shape, escaped
from profiles.catalogue.values import plist_type_of
from profiles.plist.diff.alignment import aligned, in_place, moved
from profiles.plist.diff.change import (
    ANOTHER_SECRET,
    EMPTY,
    NOTHING,
    Change,
    Two,
    are_same,
    as_json,
    empty_texts,
    exact,
    secret_texts,
    shown,
    unknown_texts,
    with_type,
)
from profiles.plist.secrets import masked

UNKNOWN_KEY: Final = "unknown key"

Lists = Literal["whole", "by place", "by item"]
"""How lists of dictionaries are compared.

whole       as one value: a path leads to the same in any two documents
by place    item by item where there are as many in both, each at its place
by item     also where some came, went or were moved, as far as that can be told; what went has the place that it had
"""


@dataclass(frozen=True, kw_only=True)
class How:
    """How to tell: `titles` are what references to payloads stand for, old and new."""

    lists: Lists
    titles: tuple[Mapping[str, str], Mapping[str, str]]


@dataclass(frozen=True)
class Spot:
    """Where in a document: the payload, and what path and label there begin with."""

    payload: str
    path: str = ""
    label: str = ""

    def at(self, path: str, label: str) -> Spot:
        """A key in there."""
        return Spot(
            self.payload,
            f"{self.path}.{path}" if self.path else path,
            f"{self.label} · {label}" if self.label else label,
        )

    def item(self, name: str, was: int | None, now: int | None) -> Spot:
        """An item of a list, by its places in both; one that went is called by the place that it had."""
        place = (was if now is None else now) or 0
        state = " (removed)" if now is None else " (new)" if was is None else ""
        # The list is called otherwise than its items, and those say enough.
        stem = self.label.rpartition(" · ")[0]
        called = f"{name or self.label} {place + 1}{state}"
        return Spot(self.payload, f"{self.path}[{place}]", f"{stem} · {called}" if stem and name else called)

    def change(self, old: str, new: str, note: str = "") -> Change:
        return Change(self.payload, self.path, self.label, old, new, note)


def keys(how: How, spot: Spot, shape: Shape, values: Two, seen: Two) -> Iterator[Change]:
    """What differs in a dictionary; `seen` are the two with masks."""
    was, now, seen_was, seen_now = (shape.flat(each) for each in (*values, *seen))
    for path in dict.fromkeys([*shape.by_path, *sorted({*was, *now})]):
        key = shape.by_path.get(path)
        both = was.get(path), now.get(path)
        here = spot.at(path, key.label if key else path.replace(ESCAPED_DOT, "."))
        if _is_same(key, *both):
            continue
        if key:
            yield from _keyed(how, here, key, both, (seen_was.get(path), seen_now.get(path)))
        elif path not in shape.containers:
            yield from undeclared(how, here, *both)
        # One that holds nothing is told by what the other one holds.
        elif not any(each.startswith(f"{path}.") for each in (*was, *now)):
            yield here.change(*unknown_texts(*both))


def _is_same(key: Key | None, was: Any, now: Any) -> bool:
    return was is now or _text(key, was) == _text(key, now)


def _text(key: Key | None, value: Any) -> str:
    """A text that differs where values of that key do."""
    return exact(_settled(key, value) if (key and key.shapes) or isinstance(key, ListOf) else value)


def _settled(key: Key | None, value: Any) -> Any:
    """The value with all lists sorted whose order means nothing."""
    if isinstance(key, ListOf) and isinstance(value, list):
        items = [_settled(key.item, item) for item in value]
        return sorted(items, key=exact) if key.distinct else items
    if isinstance(key, Dictionary) and isinstance(value, dict):
        by_path = key.shape.by_path
        return {path: _settled(by_path.get(path), item) for path, item in key.shape.flat(value).items()}
    return value


def _keyed(how: How, spot: Spot, key: Key, values: Two, seen: Two) -> Iterator[Change]:
    """A key that differs; item by item where it is a list of dictionaries, and its items can be told apart."""
    told = None
    if isinstance(key, ListOf) and isinstance(key.item, Dictionary):
        item = key.item

        def tell(here: Spot, was: int | None, now: int | None) -> Iterator[Change]:
            sides, masks = ((_item(each[0], was), _item(each[1], now)) for each in (values, seen))
            return keys(how, here, item.shape, sides, masks)

        told = _items(how.lists, spot, item.label, values, lambda each: _text(item, each), tell)
    if told is None:
        yield spot.change(*_texts(how, key, values, seen))
    else:
        yield from told


def _items(
    lists: Lists,
    spot: Spot,
    name: str,
    values: Two,
    text: Callable[[Any], str],
    tell: Callable[[Spot, int | None, int | None], Iterator[Change]],
) -> list[Change] | None:
    """What differs between two lists of dictionaries, each called `name`; None where only the whole can be told.

    Without a name they are called as the list is. `text` differs where items do; `tell` compares one item, by its
    places in both.
    """
    if lists == "whole" or not all(_is_list_of_dictionaries(each) for each in values):
        return None
    old, new = ([text(item) for item in each] for each in values)
    places = moved(old, new) if lists == "by item" else None
    if places is not None:
        before, after = (", ".join(str(place + 1) for place in each) for each in (sorted(places), places))
        return [Spot(spot.payload, spot.path, f"{spot.label}: order").change(before, after)]
    both = aligned(old, new) if lists == "by item" else in_place(old, new)
    if both is None:
        return None
    found = []
    for was, now in both:
        here = spot.item(name, was, now)
        # An item may hold nothing at all.
        empty = here.change(*(NOTHING if place is None else EMPTY for place in (was, now)))
        found += [*tell(here, was, now)] or ([empty] if None in (was, now) else [])
    return found


def _is_list_of_dictionaries(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _item(items: Any, place: int | None) -> Any:
    """The item at a place; as if it held nothing where there is none, or nothing can be seen of it."""
    return items[place] if place is not None and isinstance(items, list) else {}


def undeclared(how: How, spot: Spot, was: Any, now: Any) -> Iterator[Change]:
    """What differs in a key that the catalogue does not know, down to the last key inside."""
    if are_same(was, now):
        return
    if all(each is None or (isinstance(each, dict) and each) for each in (was, now)):
        for inner in dict.fromkeys([*(was or {}), *(now or {})]):
            place = escaped(inner)
            here = Spot(spot.payload, f"{spot.path}.{place}", f"{spot.label}.{inner}")
            yield from undeclared(how, here, (was or {}).get(inner), (now or {}).get(inner))
        return

    def tell(here: Spot, one: int | None, other: int | None) -> Iterator[Change]:
        sides = _item(was, one), _item(now, other)
        for inner in dict.fromkeys([*sides[0], *sides[1]]):
            there = here.at(escaped(inner), inner)
            yield from undeclared(how, there, *(each.get(inner) for each in sides))

    told = _items(how.lists, spot, "", (was, now), exact, tell)
    if told is None:
        kinds = dict.fromkeys(str(plist_type_of(each)) for each in (was, now) if each is not None)
        yield spot.change(*unknown_texts(was, now), note=f"{UNKNOWN_KEY}, {' or '.join(kinds)}")
    else:
        yield from told


def _texts(how: How, key: Key, values: Two, seen: Two) -> tuple[str, str]:
    """The two values of a key, told apart."""
    if not is_set(values[0]) and not is_set(values[1]):
        return empty_texts(*values)
    hidden = [key.secret or each == masked(value) for value, each in zip(values, seen, strict=True)]
    if all(hidden):
        return secret_texts(*values)
    retyped = all(map(is_set, values)) and plist_type_of(values[0]) is not plist_type_of(values[1])
    old, new = (
        secret_texts(None, value)[1] if hides else _value(key, each, titles, retyped=retyped)
        for value, each, hides, titles in zip(values, seen, hidden, how.titles, strict=True)
    )
    if old != new:
        return old, new
    plain = [as_json(each) for each in seen]
    return (plain[0], plain[1]) if plain[0] != plain[1] else (old, f"{new}, with {ANOTHER_SECRET} in it")


def _value(key: Key, seen: Any, titles: Mapping[str, str], *, retyped: bool) -> str:
    if retyped:
        return with_type(seen)
    if isinstance(key, Reference) and isinstance(seen, str) and seen.upper() in titles:
        return f"{titles[seen.upper()]} ({seen})"
    return shown(key, seen)
