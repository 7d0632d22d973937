"""What a payload is: its identity on the device, its groups of keys, and the rules between them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any, Final

from profiles.catalogue.conditions import Values
from profiles.catalogue.findings import Finding
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import Availability
from profiles.exceptions import CatalogueError

ESCAPED_DOT: Final = r"\."
"""How a dot inside the name of a key, as only unknown keys have, is written in a path."""


@dataclass(frozen=True)
class Group:
    """A section of the form."""

    slug: str
    _: KW_ONLY
    title: str
    help: str = ""
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Rule(ABC):
    """What must hold between keys, where `required`, `revealed_by` and ranges cannot say it."""

    @abstractmethod
    def check(self, scope: Scope) -> Iterator[Finding]:
        """What is wrong, seen over all values of one payload."""


@dataclass(frozen=True)
class Example:
    """Values that build and validate without an error, in the shape of the property list."""

    title: str
    values: Mapping[str, Any]
    targets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Payload:
    """One payload type.

    slug            its name in the database, in spec files and in addresses
    payload_type    PayloadType on the device; `discriminator` are fixed keys that tell variants of it apart
    provides        what other payloads may refer to it as ("identity"); empty where nothing does
    """

    slug: str
    payload_type: str
    title: str
    summary: str = ""
    discriminator: Mapping[str, str] = field(default_factory=dict)
    available: Availability
    groups: tuple[Group, ...]
    rules: tuple[Rule, ...] = ()
    examples: tuple[Example, ...] = ()
    provides: str = ""

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """All keys, in the order of the form."""
        return tuple(key for group in self.groups for key in group.keys)

    @cached_property
    def by_path(self) -> Mapping[str, Key]:
        """The keys by their path; raises CatalogueError when two share one."""
        found: dict[str, Key] = {}
        for key in self.keys:
            if key.path in found:
                raise CatalogueError(f"{self.slug} declares {key.path} twice.")
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

    def flat(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Nested values as path → value, without those that are not set to anything (None)."""
        return dict(self._flat(values, ""))

    def _flat(self, values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
        for name, value in values.items():
            # A dot in a name must not make it look like a path.
            path = f"{prefix}{str(name).replace('.', ESCAPED_DOT)}"
            if path in self.containers and isinstance(value, Mapping):
                yield from self._flat(value, f"{path}.")
            elif value is not None:
                yield path, value

    def scope(self, values: Mapping[str, Any], targets: Mapping[Any, str]) -> Scope:
        """Nested values in the light of the declarations."""
        return Scope(keys=self.keys, values=self.flat(values), targets=targets, available=self.available)

    def check_declarations(self) -> None:
        """Raise CatalogueError where a condition or an inherited default names a key that is not there."""
        self._check(self.keys, self.by_path)

    def _check(self, keys: tuple[Key, ...], known: Mapping[str, Key]) -> None:
        for key in keys:
            named = [key.inherits] if key.inherits else []
            named += key.revealed_by.paths() if key.revealed_by else []
            named += key.required.paths() if not isinstance(key.required, bool) else []
            for path in named:
                if path not in known:
                    raise CatalogueError(f"{self.slug}: {key.path} depends on {path}, which is not declared.")
            inner = key.item if isinstance(key, ListOf) else key
            if isinstance(inner, Dictionary):
                self._check(inner.keys, {each.path: each for each in inner.keys})


def nest(flat: Values) -> dict[str, Any]:
    """Path → value as nested dictionaries: the inverse of `Payload.flat`."""
    nested: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, name = (part.replace(ESCAPED_DOT, ".") for part in re.split(r"(?<!\\)\.", path))
        place = nested
        for parent in parents:
            if not isinstance(place.get(parent), dict):
                place[parent] = {}
            place = place[parent]
        place[name] = value
    return nested
