"""What has to be said of a profile, and what must not be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Final

from profiles.catalogue.versions import Targets
from profiles.plist.document import Problem
from tests.cases.making import SECRETS, Tree

ALL_DOORS: Final = ("file", "converted", "spec", "native")
AS_A_FILE: Final = ("file", "converted")
"""The doors for what only a file can say."""

TODAY: Final[Targets] = {"iOS": "18.0", "macOS": "15.0"}


@dataclass(frozen=True)
class Told:
    """A problem that is looked for.

    severities, codes   one of them; several where the truth leaves it open
    path                a regular expression for all of its path
    mends               it has to carry a fix
    """

    severities: frozenset[str]
    codes: frozenset[str]
    path: str
    mends: bool = False

    def fits(self, problem: Problem) -> bool:
        """Is this the problem?"""
        return self.concerns(problem) and problem.severity.value in self.severities

    def concerns(self, problem: Problem) -> bool:
        """Is this the problem, whatever its severity?"""
        kind = not self.codes or problem.code in self.codes
        return kind and re.fullmatch(self.path, problem.path) is not None


def told(severities: str, codes: str, path: str, *, mends: bool = False) -> Told:
    """A problem of one of these severities and codes, each separated by a bar; no code stands for any."""
    return Told(frozenset(severities.split("|")), frozenset(filter(None, codes.split("|"))), path, mends)


def error(codes: str, path: str, *, mends: bool = False) -> Told:
    """What stops a download."""
    return told("error", codes, path, mends=mends)


def warning(codes: str, path: str, *, mends: bool = False) -> Told:
    """What works otherwise than it looks."""
    return told("warning", codes, path, mends=mends)


def advice(codes: str, path: str, *, mends: bool = False) -> Told:
    """What a good admin would look at."""
    return told("advice", codes, path, mends=mends)


def never(codes: str, path: str = ".*") -> Told:
    """What must not be said, in whatever severity."""
    return told("error|warning|advice", codes, path)


@dataclass(frozen=True)
class Case:
    """A profile and what is to be said of it: no error but those that are told.

    calm     no warning either but those that are told
    silent   what must not be said at all
    doors    those through which it can come
    """

    name: str
    profile: Callable[[], Tree]
    tells: tuple[Told, ...] = ()
    _: KW_ONLY
    targets: Targets = field(default_factory=dict)
    calm: bool = False
    silent: tuple[Told, ...] = ()
    doors: tuple[str, ...] = ALL_DOORS


def complaints(case: Case, problems: Sequence[Problem]) -> list[str]:
    """Where the problems are not those of the case, in sentences; none where they are."""
    return [
        *(f"not told: {_wanted(each)}" for each in case.tells if not any(map(each.fits, problems))),
        *(f"no fix: {_found(p)}" for each in case.tells if each.mends for p in _bare(each, problems)),
        *(f"told in vain: {_found(p)}" for p in problems if _is_in_vain(case, p)),
        *(f"repeats a secret: {p.code}" for p in problems if any(s in p.message for s in SECRETS)),
        *(f"is no sentence: {p.message}" for p in problems if not p.message.endswith((".", "?", "”"))),
    ]


def summary(problems: Iterable[Problem]) -> list[tuple[str, str, str]]:
    """Severity, path and code of each problem, in order."""
    return sorted((p.severity.value, p.path, p.code) for p in problems)


def _bare(wanted: Told, problems: Sequence[Problem]) -> list[Problem]:
    return [p for p in problems if wanted.fits(p) and p.finding.fix is None]


def _is_in_vain(case: Case, problem: Problem) -> bool:
    if any(each.concerns(problem) for each in case.silent):
        return True
    loud = problem.severity.value == "error" or (case.calm and problem.severity.value == "warning")
    return loud and not any(each.fits(problem) for each in case.tells)


def _wanted(each: Told) -> str:
    severities, codes = ("|".join(sorted(part)) for part in (each.severities, each.codes))
    return f"{severities} {each.path} {codes or 'any code'}"


def _found(problem: Problem) -> str:
    return f"{problem.severity} {problem.path} {problem.code}: {problem.message}"
