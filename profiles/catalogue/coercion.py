"""Values as they were meant: `<true/>` where an integer belongs is 1, an empty text is no value at all.

What files in the field hold is often of another type than Apple documents. Rules judge what was meant; whether it is
also to be written so is for a person to say, value by value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection
from typing import Any, Final

from profiles.catalogue.conditions import NO_VALUES, Values, is_set
from profiles.catalogue.keys import Dictionary, Key, Languages, ListOf
from profiles.catalogue.shape import Shape, nest

_NO_ITEM: Final = ""
"""In the place of an item that is none, whatever the list holds."""

Decide = Callable[[str, Key | None, Any, Any], bool]
"""Asked for each value that was meant otherwise: path, key (None for an empty dictionary), as it is, as it was meant.

True takes what was meant; None as that stands for nothing at all.
"""


def always(path: str, key: Key | None, before: Any, after: Any) -> bool:
    """Take each value as it was meant."""
    return True


def by_type(path: str, key: Key | None, before: Any, after: Any) -> bool:
    """Take what is of another type, or nothing at all; what is only written otherwise stays, for rules that ask."""
    return after is None or type(after) is not type(before)


def understood(shape: Shape, values: Values, decide: Decide = always, prefix: str = "") -> dict[str, Any]:
    """Nested values with those as they were meant that `decide` takes; what nobody knows stays.

    `prefix` begins each path: that of the list item that the values are, with its dot.
    """
    return nest(understood_flat(shape, shape.flat(values), decide, prefix))


def understood_flat(shape: Shape, flat: Values, decide: Decide = always, prefix: str = "") -> dict[str, Any]:
    """The same of values that are flat already, and stay so."""
    found: dict[str, Any] = {}
    for path, value in flat.items():
        if value == {} and path in shape.containers:
            after = None if decide(f"{prefix}{path}", None, value, None) else value
        elif key := shape.by_path.get(path):
            after = _understood(key, value, f"{prefix}{path}", flat, decide)
        else:
            after = value
        if after is not None:
            found[path] = after
    return found


def _understood(key: Key, value: Any, path: str, beside: Values, decide: Decide) -> Any:
    """One value as it was meant, as far as `decide` takes that; None where it goes."""
    after = key.meant(value, beside)
    match key, value:
        case ListOf(), [_, *_] if after is not None or not key.matches:
            items = [_item(key, item, f"{path}[{index}]", decide) for index, item in enumerate(value)]
            if after is None or all(map(key.is_none, items)):
                return None
            return value if _are_same(items, value) else items
        case Dictionary(), dict() if value:
            flat = key.shape.flat(value)
            found = understood_flat(key.shape, flat, decide, f"{path}.")
            return value if _are_same(found.values(), flat.values()) else nest(found)
        case Languages(), dict() if "" in value.values():
            gone = [
                each for each, text in value.items() if text == "" and decide(f"{path}.{each}", key, "", None)
            ]
            return {each: text for each, text in value.items() if each not in gone} or None
    return after if after is not value and decide(path, key, value, after) else value


def _are_same(one: Collection[Any], other: Collection[Any]) -> bool:
    """Are these the very same values? What is right already need not be built again."""
    return len(one) == len(other) and all(map(operator.is_, one, other))


def _item(key: ListOf, item: Any, path: str, decide: Decide) -> Any:
    """An item as it was meant. What stands for nothing keeps its place, so that paths of all others lead to them."""
    if key.is_left_out(item):
        return _NO_ITEM if decide(path, key.item, item, None) else item
    return _understood(key.item, item, path, NO_VALUES, decide) if is_set(item) else item
