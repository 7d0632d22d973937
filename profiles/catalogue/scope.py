"""The values of one dictionary in the light of its declarations: what is set, in force, and looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from profiles.catalogue.conditions import Condition, Values, is_set
from profiles.catalogue.evidence import NO_EVIDENCE, Credential, Evidence
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.shape import Shape
from profiles.catalogue.values import MAX_ITEMS
from profiles.catalogue.versions import INHERITED, Availability, Targets


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The keys of `shape` with flat `values`; `available` is the parent's availability.

    `evidence` is what all payloads of the profile bring, `own` what this one does.
    """

    shape: Shape
    values: Values
    targets: Targets
    available: Availability
    evidence: Evidence = NO_EVIDENCE
    own: Credential | None = None

    def items(self, prefix: str = "") -> Iterator[tuple[Dictionary, Scope, str]]:
        """The dictionaries in the lists that the device looks at, as `items_of` gives them."""
        for key in self.given_keys:
            if key.path in self._inner and self.revealed(key):
                yield from self.items_of(key, prefix)

    def items_of(self, key: Key, prefix: str = "") -> list[tuple[Dictionary, Scope, str]]:
        """The dictionaries in a list: their declaration, their scope, and what their paths begin with."""
        found = self._inner.get(key.path)
        return (
            [(item, inner, f"{prefix}{key.path}[{index}].") for index, item, inner in found] if found else []
        )

    @cached_property
    def _inner(self) -> Mapping[str, list[tuple[int, Dictionary, Scope]]]:
        """Index, declaration and scope of the dictionaries in each list."""
        found: dict[str, list[tuple[int, Dictionary, Scope]]] = {}
        for key in self.given_keys:
            value = self.given[key.path]
            if isinstance(key, ListOf) and isinstance(key.item, Dictionary) and isinstance(value, list):
                found[key.path] = [
                    (index, key.item, self.inside(key.item, item, key.available))
                    for index, item in enumerate(value[:MAX_ITEMS])
                    if isinstance(item, dict)
                ]
        return found

    def inside(self, key: Dictionary, item: Mapping[str, Any], available: Availability) -> Scope:
        """The values `item` of a dictionary in a list, in the light of its own declarations."""
        return Scope(
            shape=key.shape,
            values=key.shape.flat(item),
            targets=self.targets,
            available=self.available if available is INHERITED else available.within(self.available),
            evidence=self.evidence,
        )

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys, in the order of the form."""
        return self.shape.keys

    @property
    def by_path(self) -> Mapping[str, Key]:
        """The keys by their path."""
        return self.shape.by_path

    @cached_property
    def given(self) -> Values:
        """The values that are set to anything."""
        return {path: value for path, value in self.values.items() if is_set(value)}

    @cached_property
    def given_keys(self) -> tuple[Key, ...]:
        """The keys that are set, in the order of the form."""
        return tuple(key for key in self.keys if key.path in self.given)

    @cached_property
    def defaults(self) -> Values:
        """What the device uses for each key that is not set, where that is one value."""
        found = dict(self.shape.defaults)
        for container, keys in self.shape.inheriting.items():
            if not self.any_set(container):
                inherited = {
                    key.path: self.given.get(key.inherits, self.shape.defaults[key.inherits]) for key in keys
                }
                found.update(inherited)
        return found

    def is_set(self, path: str) -> bool:
        """Is there a value at `path`?"""
        return path in self.given

    def any_set(self, container: str) -> bool:
        """Is anything set inside the dictionary `container`?"""
        return any(path.startswith(f"{container}.") for path in self.given)

    def effective(self, path: str) -> Any:
        """The value that the device will use; None where nothing is set and there is no default."""
        return self.given[path] if path in self.given else self.defaults.get(path)

    def holds(self, condition: Condition) -> bool:
        """Does the condition hold for these values?"""
        return condition.evaluate(self.given, self.defaults)

    def revealed(self, key: Key) -> bool:
        """Does the device look at this key?"""
        if key.revealed_by is None:
            return True
        # Asked many times of the same key; values never change.
        known = self._known.get(key.path)
        if known is None:
            known = self._known[key.path] = self.holds(key.revealed_by)
        return known

    @cached_property
    def _known(self) -> dict[str, bool]:
        """What was found out so far of the keys with a condition."""
        return {}

    def required(self, key: Key) -> bool:
        """Must this key be set? Never while it is not revealed."""
        wanted = key.required if isinstance(key.required, bool) else self.holds(key.required)
        return wanted and self.revealed(key)

    def settled(self, kept: AbstractSet[str] = frozenset()) -> Scope:
        """Without the values that the device would not look at, but for those at the paths `kept`.

        A value that goes may conceal others, so this looks again until nothing more goes.
        """
        vain = {
            path
            for path in self.values
            if path in self.by_path and path not in kept and not self.revealed(self.by_path[path])
        }
        if not vain:
            return self
        rest = {path: value for path, value in self.values.items() if path not in vain}
        return replace(self, values=rest).settled(kept)
