"""How an imported part was written where the build has a way of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from profiles.exceptions import DocumentError
from profiles.plist.json_values import from_json, to_json

VERSION: Final = "PayloadVersion"
UUID: Final = "PayloadUUID"
IDENTIFIER: Final = "PayloadIdentifier"
TYPE: Final = "PayloadType"
CONTENT: Final = "PayloadContent"

_OWN: Final = frozenset({UUID, IDENTIFIER})
"""What no two profiles may share."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A part with one comes from a file: its values are written as they are, and nothing is added to them.

    values    keys that the build writes by itself, as the file had them where that differs
    without   those that the file left out
    order     the names of its keys in the order of the file, where that is to stay
    """

    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    without: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()

    def over(self, built: Mapping[str, Any]) -> dict[str, Any]:
        """What the build writes by itself, as the file had it."""
        return {name: value for name, value in {**built, **self.values}.items() if name not in self.without}

    def having(self, name: str) -> Kept:
        """Without anything to say about the key `name`, which is then written as the build does."""
        return replace(
            self,
            values={key: value for key, value in self.values.items() if key != name},
            without=self.without - {name},
        )

    def moved(self) -> Kept:
        """For a copy, which needs a PayloadUUID and a PayloadIdentifier of its own."""
        kept = self
        for name in _OWN:
            kept = kept.having(name)
        return kept

    def named_as(self, other: Kept) -> Kept:
        """With the PayloadUUID and the PayloadIdentifier of another one."""
        kept = self.moved()
        names = {name: value for name, value in other.values.items() if name in _OWN}
        return replace(
            kept, values={**kept.values, **names}, without=kept.without | other.without.intersection(_OWN)
        )

    @property
    def hidden(self) -> frozenset[str]:
        """The keys of which nobody can say what is in them, so that it counts as secret: no names and numbers."""
        return frozenset(
            name
            for name, value in self.values.items()
            if name == CONTENT or not isinstance(value, str | int | float)
        )

    def public(self) -> Kept:
        """Without what may be secret."""
        return replace(self, values={k: value for k, value in self.values.items() if k not in self.hidden})

    def to_json(self) -> dict[str, Any]:
        """`{"values": {…}, "without": […], "order": […]}`, without what is empty."""
        found = {
            "values": to_json(dict(self.values)),
            "without": sorted(self.without),
            "order": list(self.order),
        }
        return {name: value for name, value in found.items() if value}

    @classmethod
    def from_json(cls, data: Any) -> Kept:
        """The inverse of `to_json`; raises DocumentError on anything else."""
        if not isinstance(data, dict) or not data.keys() <= {"values", "without", "order"}:
            raise DocumentError(
                "This is not how an imported part was written. Use “values”, “without”, “order”."
            )
        values = from_json(data.get("values", {}))
        if not isinstance(values, dict):
            raise DocumentError("“values” of an imported part is not a dictionary. Write keys with values.")
        return cls(
            values=values,
            without=frozenset(_names(data, "without")),
            order=tuple(_names(data, "order")),
        )


def _names(data: Mapping[str, Any], name: str) -> list[str]:
    found = data.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise DocumentError(f'“{name}” of an imported part is not a list of names. Write ["PayloadUUID"].')
    return found
