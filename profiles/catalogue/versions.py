"""Operating systems, their versions, and since when something is known to each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Final, Literal, get_args

OperatingSystem = Literal["iOS", "macOS", "tvOS", "visionOS", "watchOS"]
OPERATING_SYSTEMS: Final[tuple[OperatingSystem, ...]] = get_args(OperatingSystem)

TITLES: Final[Mapping[OperatingSystem, str]] = {
    "iOS": "iOS / iPadOS",
    "macOS": "macOS",
    "tvOS": "tvOS",
    "visionOS": "visionOS",
    "watchOS": "watchOS",
}
"""How each is written for a person; iPadOS follows iOS in every figure."""

NEVER: Final = "never"

Targets = Mapping[OperatingSystem, str]
"""The lowest version that a profile is meant for, by system; a system that is not in it is not targeted."""

_VERSION = re.compile(r"\d{1,3}(\.\d{1,3}){0,2}")


def is_version(text: str) -> bool:
    """Is `text` a version such as 17, 17.4 or 17.4.1?"""
    return _VERSION.fullmatch(text) is not None


def number(version: str) -> tuple[int, int, int]:
    """A version as numbers that compare: "17.4" is (17, 4, 0)."""
    parts = [int(part) for part in version.split(".")]
    major, minor, patch = [*parts, 0, 0][:3]
    return major, minor, patch


def before(version: str, other: str) -> bool:
    """Is `version` lower than `other`? NEVER is higher than any."""
    if NEVER in (version, other):
        return version != NEVER
    return number(version) < number(other)


def any_version(system: OperatingSystem) -> str:
    """All versions of a system, in the middle of a sentence: “any macOS”."""
    return f"any {TITLES[system]}"


def and_later(system: OperatingSystem, version: str | None) -> str:
    """A version of a system and all after it, “tvOS 26.0 and later”; without a version all of them."""
    return f"{TITLES[system]} {version} and later" if version else any_version(system)


@dataclass(frozen=True, kw_only=True)
class Availability:
    """A version for each system, NEVER where there is none; None leaves it to the parent."""

    iOS: str | None = None
    macOS: str | None = None
    tvOS: str | None = None
    visionOS: str | None = None
    watchOS: str | None = None

    def on(self, system: OperatingSystem) -> str | None:
        """The version for `system`, NEVER, or None where nothing is said."""
        version: str | None = getattr(self, system)
        return version

    @lru_cache(maxsize=2048)  # noqa: B019 — few, and all of them last as long as the process
    def within(self, parent: Availability) -> Availability:
        """This availability with the gaps filled from `parent`; what that never knows, no key in it makes known."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        above = {field.name: getattr(parent, field.name) for field in fields(self)}
        filled = {
            name: NEVER if above[name] == NEVER else version or above[name] for name, version in own.items()
        }
        return Availability(**filled)

    def gaps(self, targets: Targets) -> list[str]:
        """The targeted systems that do not know it, or not from the start: "macOS", "iOS / iPadOS before 18.0"."""
        found = []
        for system, lowest in targets.items():
            since = self.on(system)
            if since == NEVER:
                found.append(TITLES[system])
            elif since and before(lowest, since):
                found.append(f"{TITLES[system]} before {since}")
        return found

    def to_json(self) -> dict[str, str | None]:
        """`{"iOS": "9.0", "tvOS": null}`: null is never."""
        versions = {system: self.on(system) for system in OPERATING_SYSTEMS}
        return {system: None if version == NEVER else version for system, version in versions.items()}


INHERITED: Final = Availability()


def only_macos(since: str | None = None) -> Availability:
    """Known on a Mac alone, there from the version `since`, else from when its parent is."""
    return Availability(iOS=NEVER, macOS=since, tvOS=NEVER, visionOS=NEVER, watchOS=NEVER)
