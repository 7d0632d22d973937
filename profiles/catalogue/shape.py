"""The keys of one dictionary by their paths, and how nested values and flat ones turn into each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from profiles.catalogue.conditions import Values
from profiles.exceptions import CatalogueError

if TYPE_CHECKING:
    from profiles.catalogue.keys.base import Key

Misnomers = Mapping[str, tuple[str, ...]]

ESCAPED_DOT: Final = r"\."
"""How a dot inside the name of a key, as only unknown keys have, is written in a path."""


def escaped(name: object) -> str:
    """The name of a key as it stands in a path, where a dot in it must not look like the end of a dictionary's name."""
    text = str(name)
    return text.replace(".", ESCAPED_DOT) if "." in text else text


def last_name(path: str) -> str:
    """The name of the key at a path, its dots escaped: the part behind the last dot that is none of a name."""
    return path.rpartition(".")[2] if ESCAPED_DOT not in path else re.split(r"(?<!\\)\.", path)[-1]


def names(path: str) -> list[str]:
    """The names of the dictionaries on the way to a key, and its own, from a path without indices."""
    if ESCAPED_DOT not in path:
        return path.split(".")
    return [part.replace(ESCAPED_DOT, ".") for part in re.split(r"(?<!\\)\.", path)]


def steps(path: str) -> tuple[str | int, ...]:
    """A path of a finding, step by step: `IKEv2.OnDemandRules[0].Action` is "IKEv2", "OnDemandRules", 0, "Action"."""
    found: list[str | int] = []
    for part in re.split(r"(?<!\\)\.", path):
        name, indices = re.fullmatch(r"(.*?)((?:\[\d+\])*)", part, re.DOTALL).groups()  # type: ignore[union-attr]
        found.append(name.replace(ESCAPED_DOT, "."))
        found.extend(int(index) for index in re.findall(r"\d+", indices))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Shape:
    """What a payload or a dictionary in a list is made of; `owner` is what errors call it.

    misnomers   names that others give to keys, and the paths of those: in any place, or at a path alone; of several
                the one is meant that takes the value
    fixed       keys that the build writes at the top by itself, and their values
    foreign     names of dictionaries of other payloads, with what those are for, in words
    """

    keys: tuple[Key, ...]
    owner: str
    misnomers: Misnomers = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    foreign: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_path(self) -> Mapping[str, Key]:
        """The keys by their path; raises CatalogueError when two share one."""
        found: dict[str, Key] = {}
        for key in self.keys:
            if key.path in found:
                raise CatalogueError(f"{self.owner} declares {key.path} twice.")
            found[key.path] = key
        return found

    @cached_property
    def containers(self) -> tuple[str, ...]:
        """The dictionaries that the paths imply, outermost first."""
        found: dict[str, None] = {}
        for key in self.keys:
            parts = key.path.split(".")[:-1]
            for depth in range(1, len(parts) + 1):
                found[".".join(parts[:depth])] = None
        return tuple(sorted(found, key=lambda path: (path.count("."), path)))

    @cached_property
    def _containers(self) -> frozenset[str]:
        return frozenset(self.containers)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names at the top: those of keys, and of dictionaries that hold some."""
        return frozenset(path.partition(".")[0] for path in self.by_path)

    @cached_property
    def defaults(self) -> Values:
        """What the device uses for each key that is not set, where it inherits nothing."""
        return {key.path: key.default for key in self.keys}

    @cached_property
    def inheriting(self) -> Mapping[str, list[Key]]:
        """The keys whose default is the value of another one while nothing is set beside them, by their dictionary."""
        found: dict[str, list[Key]] = {}
        for key in self.keys:
            if key.inherits:
                found.setdefault(key.container, []).append(key)
        return found

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The paths of the keys of which something may be told when they are not set."""
        return frozenset(key.path for key in self.keys if key.always_emitted or key.required is not False)

    @cached_property
    def hiding(self) -> tuple[tuple[Key, tuple[str, ...]], ...]:
        """The keys whose values are secret or hold something that is, each with the names on the way to it."""
        return tuple((key, tuple(key.path.split("."))) for key in self.keys if key.hides)

    def key_at(self, path: str) -> Key | None:
        """The declaration of the value at a path of a finding, indices and all; None where there is none."""
        head, index, rest = re.fullmatch(r"([^\[]*)((?:\[\d+\])*)\.?(.*)", path, re.DOTALL).groups()  # type: ignore[union-attr]
        key = self.by_path.get(head)
        if key is None or not index:
            return key
        item = getattr(key, "item", None)
        return key.shapes[0].key_at(rest) if rest and key.shapes else item

    def knows(self, path: str) -> bool:
        """Is there a key, or a dictionary that holds some, at this path?"""
        return path in self.by_path or path in self.containers

    def flat(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Nested values as path → value, without those that are not set to anything (None).

        A dictionary that holds nothing stands as it is at its own path.
        """
        found: dict[str, Any] = {}
        self._flatten(values, "", found)
        return found

    def _flatten(self, values: Mapping[str, Any], prefix: str, found: dict[str, Any]) -> None:
        for name, value in values.items():
            path = f"{prefix}{escaped(name)}"
            if value and path in self._containers and isinstance(value, Mapping):
                self._flatten(value, f"{path}.", found)
            elif value is not None:
                found[path] = value

    def check_declarations(self) -> None:
        """Raise CatalogueError where a condition or an inherited default names a key that is not there."""
        for key in self.keys:
            named = [key.inherits] if key.inherits else []
            named += key.revealed_by.paths() if key.revealed_by else []
            named += key.required.paths() if not isinstance(key.required, bool) else []
            for path in named:
                if path not in self.by_path:
                    raise CatalogueError(
                        f"{self.owner}: {key.path} depends on {path}, which is not declared."
                    )
            for inner in key.shapes:
                inner.check_declarations()
        for path in (path for paths in self.misnomers.values() for path in paths):
            if not self.knows(path):
                raise CatalogueError(f"{self.owner}: {path}, which others call otherwise, is not declared.")


def nest(flat: Values) -> dict[str, Any]:
    """Path → value as nested dictionaries: the inverse of `Shape.flat`."""
    nested: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, name = names(path)
        place = nested
        for parent in parents:
            if not isinstance(place.get(parent), dict):
                place[parent] = {}
            place = place[parent]
        if value != {} or not isinstance(place.get(name), dict):
            place[name] = value
    return nested
