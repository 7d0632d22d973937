"""Owners: the lists in whose items a key belongs that stands outside of them, such as that of a tunnel of Always On."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from profiles.catalogue.conditions import NEVER_REVEALED
from profiles.catalogue.fixes import NOTHING, REMOVED, Change, Fix, move
from profiles.catalogue.keys import Choice, Dictionary, Key, ListOf
from profiles.catalogue.shape import Shape, last_name


@dataclass(frozen=True)
class Owner:
    """A list of dictionaries with the key that belongs in one of its items; None where a whole item was meant."""

    list: ListOf
    item: Dictionary
    key: Key | None = None

    @property
    def called(self) -> str:
        """An item of the list, as it stands in a sentence: “a tunnel of AlwaysOn.TunnelConfigurations”."""
        return (
            f"{'an' if self.item.label[0] in 'AEIOU' else 'a'} {self.item.label.lower()} of {self.list.path}"
        )

    @property
    def is_idle(self) -> bool:
        """Does no device look at the key there, either?"""
        return self.key is not None and self.key.revealed_by == NEVER_REVEALED

    def fix(self, path: str, value: Any, prefix: str, values: Mapping[str, Any]) -> Fix | None:
        """What moves the value at `path` into the one item that can be meant; None where there is none, or several.

        prefix   what goes before paths    values   what is set beside it, by paths
        """
        place, there = f"{prefix}{path}", f"{prefix}{self.list.path}"
        match values.get(self.list.path):
            case None if self.key is None:
                changes = (
                    Change(place, value, REMOVED),
                    Change(there, NOTHING, [{**self._usual(), **value}]),
                )
                return Fix(f"Make it {self.called}", changes)
            case [dict() as only] if self.key is None and not only.keys() & (
                value.keys() - self._usual().keys()
            ):
                moved = {name: each for name, each in value.items() if name not in only}
                put = (Change(f"{there}[0].{name}", NOTHING, each) for name, each in moved.items())
                return Fix(f"Move it into {self.called}", (Change(place, value, REMOVED), *put))
            case [dict() as only] if self.key is not None and self.key.path not in only:
                return move(place, f"{there}[0].{self.key.path}", value, f"Move it into {self.called}")
        return None

    def _usual(self) -> dict[str, Any]:
        """What each item has to say, and can say in one way alone."""
        return {
            key.path: key.options[0].value
            for key in self.item.keys
            if key.required is True and isinstance(key, Choice) and len(key.options) == 1
        }


def owners(path: str, shape: Shape) -> list[Owner]:
    """The lists whose items have a key of the name that the path ends with, in any letters."""
    name = last_name(path).casefold()
    return [
        Owner(each, item, key)
        for each, item in _lists(shape)
        for key in item.keys
        if key.path.casefold() == name
    ]


def owner_at(path: str, shape: Shape) -> Owner | None:
    """The list of dictionaries at a path, one of which was meant as a whole."""
    return next((Owner(each, item) for each, item in _lists(shape) if each.path == path), None)


def _lists(shape: Shape) -> Iterator[tuple[ListOf, Dictionary]]:
    for key in shape.keys:
        if isinstance(key, ListOf) and isinstance(key.item, Dictionary) and key.revealed_by != NEVER_REVEALED:
            yield key, key.item
