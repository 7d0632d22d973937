"""One value of a closed list, and what each system says to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from typing import Final

from profiles.catalogue.citations import schema
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.versions import (
    INHERITED,
    NEVER,
    TITLES,
    Availability,
    OperatingSystem,
    Targets,
    and_later,
    any_version,
    before,
)

VALUE_REFUSED: Final = Diagnostic(
    "value-refused",
    Severity.ERROR,
    "A target refuses the value",
    why="Apple's schema says for some values up to which version a system accepts them, and the profile is meant for a "
    "version that does not.",
    mend="Choose another value at both ends of the tunnel, or change the targets.",
    sources=(schema("com.apple.vpn.managed", "IKEv2.IKESecurityAssociationParameters"),),
)
VALUE_OUTDATED: Final = Diagnostic(
    "value-outdated",
    Severity.WARNING,
    "Current systems refuse the value",
    why="Apple's schema says for some values up to which version a system accepts them. None of the targets refuses "
    "this one, but devices that are brought up to date do.",
    mend="Choose a stronger value at both ends of the tunnel.",
    sources=(schema("com.apple.vpn.managed", "IKEv2.IKESecurityAssociationParameters"),),
)
VALUE_UNAVAILABLE: Final = Diagnostic(
    "value-unavailable",
    Severity.WARNING,
    "A target does not know the value yet",
    why="Apple's schema says since which version a system knows the value, and the profile is also meant for older "
    "ones.",
    mend="Choose a value that all targets know, or change the targets.",
    sources=(schema("com.apple.vpn.managed", "IKEv2.TLSMaximumVersion"),),
)


@dataclass(frozen=True)
class Option:
    """One allowed value.

    since   the first version, by system, that knows it, where that is later than the key
    until   the first version, by system, that no longer accepts it
    deprecated   devices take it, and nobody is told to choose it
    """

    value: str | int
    label: str = ""
    _: KW_ONLY
    since: Availability = INHERITED
    until: Availability = INHERITED
    deprecated: bool = False

    @property
    def title(self) -> str:
        """How the value is shown to a person."""
        return self.label or str(self.value)

    def refusals(self, path: str, targets: Targets) -> Iterator[Finding]:
        """What the targeted systems say to this value."""
        if self.until is INHERITED and self.since is INHERITED:
            return
        refused = [system for system in targets if self._refused(system, targets)]
        for system in refused:
            gone = self.until.on(system)
            if gone == NEVER:
                told = f"No {TITLES[system]} accepts {self.title}"
            else:
                told = f"{and_later(system, gone)} refuse {self.title}"
            yield VALUE_REFUSED.at(path, f"{told}. Choose another value.")
        if self.until != INHERITED and not refused:
            yield VALUE_OUTDATED.at(
                path,
                f"{self.title} is refused by current systems ({_listed(self.until)}). Choose a stronger value.",
            )
        if places := self.since.gaps(targets):
            yield VALUE_UNAVAILABLE.at(
                path, f"{self.title} is not known to {' or '.join(places)}. Choose another value there."
            )

    def _refused(self, system: OperatingSystem, targets: Targets) -> bool:
        gone = self.until.on(system)
        return (gone is not None and not before(targets[system], gone)) or gone == NEVER


def _listed(until: Availability) -> str:
    return ", ".join(
        any_version(system) if version == NEVER else and_later(system, version)
        for system, version in ((system, until.on(system)) for system in TITLES)
        if version
    )
