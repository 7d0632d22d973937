"""What can be wrong with a value: findings, and the diagnostics that say where each kind of finding comes from."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from enum import StrEnum
from typing import Final

from profiles.catalogue.citations import Citation
from profiles.catalogue.fixes import Fix
from profiles.exceptions import CatalogueError


class Severity(StrEnum):
    """How much a problem matters.

    `error`: a device refuses the profile or cannot connect. `warning`: it works, but not as the form suggests, or not
    everywhere. `advice`: it works, but a good admin would look.
    """

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Certainty(StrEnum):
    """How sure it is that devices behave as a diagnostic says."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    INFERRED = "inferred"


ORDER: Final = {severity: weight for weight, severity in enumerate(Severity)}
"""The place of each severity, the gravest first."""

_INDEPENDENT: Final = 2
"""Reports that make an observation more than hearsay."""


@dataclass(frozen=True)
class Finding:
    """One problem of one payload, made by `Diagnostic.at`.

    path        that of the key, with indices inside lists (`IKEv2.OnDemandRules[0].Action`)
    message     what a device would do and how to mend it
    drops       it advises that what stands there goes
    compares    the names of the keys of its dictionary whose values it weighs against each other, or other things
    buildable   false where no property list can be written at all
    fix         how it is mended mechanically, where it can be
    """

    severity: Severity
    path: str
    code: str
    message: str
    buildable: bool = True
    fix: Fix | None = None
    drops: bool = False
    compares: tuple[str, ...] = ()

    @property
    def compared(self) -> tuple[str, ...]:
        """The paths of what it compares."""
        before = self.path[: self.path.rfind(".") + 1]
        return tuple(f"{before}{name}" for name in self.compares)

    def inside(self, place: str) -> Finding:
        """The finding about an item of a list as one about the whole; `place` is what its paths begin with."""
        return replace(self, path=f"{place}{self.path}", fix=self.fix and self.fix.inside(place))


@dataclass(frozen=True)
class Diagnostic:
    """One kind of finding, declared beside the check that gives it: the entry of its code in the rule book.

    code, severity   its name, and the weight that its findings have; `milder` says in a sentence when they have less
    title            one line, for lists
    why, mend        what a device does, and what a person does about it, in sentences
    sources          where it stands or was seen, at least one
    certainty        what is inferred, or observed in one place alone, is never an error (raises CatalogueError)
    drops            the value goes, by its mend, so that nothing else need be told of it that weighs no more
    compares         the names of keys of one dictionary whose values are weighed against each other, or other things:
                     of which nothing need be told while another one, which weighs no less, has one of them replaced
    """

    code: str
    severity: Severity
    title: str
    _: KW_ONLY
    why: str
    mend: str
    sources: tuple[Citation, ...]
    certainty: Certainty = Certainty.DOCUMENTED
    milder: str = ""
    drops: bool = False
    compares: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.sources:
            raise CatalogueError(f"The diagnostic {self.code} names no source. Cite one.")
        if self.severity is Severity.ERROR and not self._may_be_error:
            raise CatalogueError(
                f"The diagnostic {self.code} is {self.certainty}, from {len(self.sources)} source(s), so it cannot be "
                "an error. Make it a warning, or cite what documents it."
            )

    @property
    def _may_be_error(self) -> bool:
        if self.certainty is Certainty.OBSERVED:
            return len(self.sources) >= _INDEPENDENT
        return self.certainty is Certainty.DOCUMENTED

    def at(
        self,
        path: str,
        message: str,
        *,
        severity: Severity | None = None,
        buildable: bool = True,
        fix: Fix | None = None,
    ) -> Finding:
        """A finding of this kind at `path`; `severity` makes it milder than usual, which `milder` explains."""
        weight = severity or self.severity
        if ORDER[weight] < ORDER[self.severity] or (weight is not self.severity and not self.milder):
            raise CatalogueError(f"The diagnostic {self.code} is not declared to be given as {weight}.")
        return Finding(weight, path, self.code, message, buildable, fix, self.drops, self.compares)
