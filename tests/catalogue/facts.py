"""What Apple documents about a key, and how the catalogue is compared with it.

Nothing in the facts themselves is derived from the catalogue. A system that `since` and `until` do not name inherits
from the payload.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from profiles.plist.catalogue_json import catalogue_json

NEVER = "never"
GONE = {"iOS": "26.0", "macOS": "26.0", "tvOS": "17.0", "visionOS": "26.0"}


@dataclass(frozen=True)
class Fact:
    """One key: `since` is “iOS 14.0, tvOS never”; `by_os` are defaults where systems differ.

    `until` names the values that iOS, macOS and visionOS refuse from 26 on, and tvOS since it has VPN.
    """

    type: str
    allowed: tuple[str | int, ...] | None = None
    default: Any = None
    since: str = ""
    required: bool = False
    least: int | None = None
    most: int | None = None
    most_on: str = ""
    most_items: int | None = None
    by_os: str = ""
    until: tuple[str | int, ...] = ()


def switch(default: int | None = None, since: str = "", by_os: str = "") -> Fact:
    """An integer that is 0 or 1."""
    return Fact("integer", (0, 1), default=default, since=since, by_os=by_os)


@cache
def told() -> dict[str, dict[str, dict[str, Any]]]:
    """What the catalogue says of each key, by slug and path."""
    whole = catalogue_json()
    return {
        described["slug"]: {key["path"]: key for key in described["keys"]}
        for described in [*whole["payloads"], whole["envelope"]]
    }


def by_system(text: str, base: str = "") -> dict[str, str | None]:
    """“iOS 14.0, tvOS never” as a dictionary, on top of `base`; what is never there never is inside it."""
    entries = [part.split(" ") for part in f"{base}, {text}".split(", ") if part]
    lost = {
        system
        for system, version in (part.split(" ") for part in base.split(", ") if part)
        if version == NEVER
    }
    return {system: None if version == NEVER or system in lost else version for system, version in entries}


def agrees(key: dict[str, Any], fact: Fact, base: str) -> None:
    """The key is as documented; `base` is the availability of what it stands in."""
    assert key["type"] == fact.type
    allowed = None if key["allowed"] is None else {(type(value), value) for value in key["allowed"]}
    assert allowed == (None if fact.allowed is None else {(type(value), value) for value in fact.allowed})
    assert (key["min"], key["max"], key["max_items"]) == (fact.least, fact.most, fact.most_items)
    assert (type(key["default"]), key["default"]) == (type(fact.default), fact.default)
    assert key["required"] is fact.required
    assert key["since"] == by_system(fact.since, base)
    assert {s: str(value) for s, value in key["default_by_os"].items()} == by_system(fact.by_os)
    assert {s: str(value) for s, value in key["max_on"].items()} == by_system(fact.most_on)
    assert key["allowed_until"] == {str(value): GONE for value in fact.until}
