"""What a payload is: its identity on the device, its groups of keys, and the rules between them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any

from profiles.catalogue.coercion import by_type, understood
from profiles.catalogue.conditions import Values
from profiles.catalogue.evidence import NO_EVIDENCE, Credential, Evidence, Source
from profiles.catalogue.findings import Finding
from profiles.catalogue.keys import Key
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import Misnomers, Shape
from profiles.catalogue.versions import Availability, OperatingSystem
from profiles.catalogue.vpn_types import variant


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
    payload_type    PayloadType on the device, or the usual one where a key `PayloadType` offers several;
                    `discriminator` are fixed keys that tell variants of it apart
    provides        what other payloads may refer to it as ("identity"); empty where nothing does
    misnomers       names that other tools give to keys, as in its shape
    elsewhere       dictionaries of other payloads that files have here, with what those are for, in words
    instead         by system, what one that does not know it has in its place, as a sentence
    source          where its values say which certificate or key it brings
    effects         what it does, from a settled scope with values of any type: sentences for the person who installs
                    it, without a secret in them
    """

    slug: str
    payload_type: str
    title: str
    summary: str = ""
    discriminator: Mapping[str, str] = field(default_factory=dict)
    available: Availability
    groups: tuple[Group, ...]
    effects: Callable[[Scope], Iterable[str]]
    rules: tuple[Rule, ...] = ()
    examples: tuple[Example, ...] = ()
    provides: str = ""
    misnomers: Misnomers = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[OperatingSystem, str] = field(default_factory=dict)
    source: Source | None = None

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """All keys, in the order of the form."""
        return tuple(key for group in self.groups for key in group.keys)

    @cached_property
    def shape(self) -> Shape:
        """Its keys by their paths."""
        return Shape(self.keys, self.slug, self.misnomers, self.discriminator, self.elsewhere)

    @property
    def by_path(self) -> Mapping[str, Key]:
        """The keys by their path; raises CatalogueError when two share one."""
        return self.shape.by_path

    @property
    def containers(self) -> tuple[str, ...]:
        """The dictionaries that the paths imply, outermost first."""
        return self.shape.containers

    def flat(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Nested values as path → value, without those that are not set to anything (None)."""
        return self.shape.flat(values)

    def scope(
        self,
        values: Mapping[str, Any],
        targets: Mapping[Any, str],
        *,
        evidence: Evidence = NO_EVIDENCE,
        own: Credential | None = None,
    ) -> Scope:
        """Nested values in the light of the declarations, as they stand; see `understood`."""
        return self.scope_of(self.flat(values), targets, evidence=evidence, own=own)

    def scope_of(
        self,
        flat: Values,
        targets: Mapping[Any, str],
        *,
        evidence: Evidence = NO_EVIDENCE,
        own: Credential | None = None,
    ) -> Scope:
        """The same of values that are flat already."""
        return Scope(
            shape=self.shape,
            values=flat,
            targets=targets,
            available=self.available,
            evidence=evidence,
            own=own,
        )

    def understood(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Nested values as they were meant: what rules and devices go by, whatever their types."""
        return understood(self.shape, values, by_type)

    @cached_property
    def types(self) -> frozenset[object]:
        """The PayloadTypes of such payloads on a device; none where that is any other."""
        if not self.payload_type:
            return frozenset()
        key = self.by_path.get("PayloadType")
        return frozenset(option.value for option in key.options) if key else frozenset({self.payload_type})

    def type_of(self, values: Mapping[str, Any]) -> str:
        """The PayloadType of a payload with these values, where the declaration leaves a choice."""
        chosen = values.get("PayloadType") if "PayloadType" in self.by_path else None
        return chosen if isinstance(chosen, str) and chosen else self.payload_type

    def split(
        self, values: Mapping[str, Any], *, leaving: Collection[str] = ()
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The values of a payload as it stands in a file: those under known names, and the rest.

        What the build writes by itself is left out: the discriminator, a type that is no choice, the keys `leaving`.
        """
        own = {*leaving, *self.discriminator, *(() if self._chooses_type(values) else ("PayloadType",))}
        known = self.shape.names
        rest = {name: value for name, value in values.items() if name not in own}
        return (
            {name: value for name, value in rest.items() if name in known},
            {name: value for name, value in rest.items() if name not in known},
        )

    def _chooses_type(self, values: Mapping[str, Any]) -> bool:
        """Is the type a key like any other? Unless it is no text at all."""
        return "PayloadType" in self.by_path and isinstance(values.get("PayloadType"), str)

    def fits(self, values: Mapping[str, Any]) -> bool:
        """Is a payload with these values, as it stands in a file, of this type?"""
        kind = values.get("PayloadType")
        return (
            isinstance(kind, str)
            and kind in self.types
            and all(
                isinstance(values.get(name), str) and values[name] == wanted
                for name, wanted in self.discriminator.items()
            )
        )

    def almost_fits(self, values: Mapping[str, Any]) -> bool:
        """Was a payload with these values, as it stands in a file, meant to be of this variant of its type?"""
        if not self.discriminator or values.get("PayloadType") != self.payload_type:
            return False
        return all(
            str(values.get(name)).casefold() == wanted.casefold()
            or (not variant(values) and isinstance(values.get(wanted), dict))
            for name, wanted in self.discriminator.items()
        )

    def check_declarations(self) -> None:
        """Raise CatalogueError where a condition or an inherited default names a key that is not there."""
        self.shape.check_declarations()
