"""One value of a closed list, and what each system says to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass

from profiles.catalogue.findings import Finding, error, warning
from profiles.catalogue.versions import (
    INHERITED,
    NEVER,
    TITLES,
    Availability,
    OperatingSystem,
    Targets,
    before,
)


@dataclass(frozen=True)
class Option:
    """One allowed value.

    since   the first version, by system, that knows it, where that is later than the key
    until   the first version, by system, that no longer accepts it
    """

    value: str | int
    label: str = ""
    _: KW_ONLY
    since: Availability = INHERITED
    until: Availability = INHERITED

    @property
    def title(self) -> str:
        """How the value is shown to a person."""
        return self.label or str(self.value)

    def refusals(self, path: str, targets: Targets) -> Iterator[Finding]:
        """What the targeted systems say to this value."""
        for system, lowest in targets.items():
            gone = self.until.on(system)
            if gone == NEVER:
                yield error(
                    path,
                    "value-refused",
                    f"{TITLES[system]} never accepts {self.title}. Choose another value.",
                )
            elif gone and not before(lowest, gone):
                yield error(
                    path,
                    "value-refused",
                    f"{TITLES[system]} {gone} and later refuse {self.title}. Choose another value.",
                )
        if self.until != INHERITED and not any(self._refused(system, targets) for system in targets):
            yield warning(
                path,
                "value-outdated",
                f"{self.title} is refused by current systems ({_listed(self.until)}). Choose a stronger value.",
            )

    def _refused(self, system: OperatingSystem, targets: Targets) -> bool:
        gone = self.until.on(system)
        return (gone is not None and not before(targets[system], gone)) or gone == NEVER


def _listed(until: Availability) -> str:
    return ", ".join(
        f"{TITLES[system]}" if version == NEVER else f"{TITLES[system]} {version} and later"
        for system, version in ((system, until.on(system)) for system in TITLES)
        if version
    )
