"""The rule book: every diagnostic that a check can give, gathered from the modules that declare them."""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Final

import profiles.catalogue
import profiles.plist
from profiles.catalogue import wording
from profiles.catalogue.findings import Diagnostic, Severity
from profiles.exceptions import CatalogueError

_PACKAGES: Final = (profiles.catalogue, profiles.plist)


@cache
def entries() -> Mapping[str, Diagnostic]:
    """Every diagnostic by its code, in alphabetical order; raises CatalogueError where two share a code."""
    found: dict[str, Diagnostic] = {}
    for each in _declared():
        if found.setdefault(each.code, each) is not each:
            raise CatalogueError(f"Two diagnostics have the code {each.code}. Rename one of them.")
    return MappingProxyType(dict(sorted(found.items())))


def entry(code: str) -> Diagnostic:
    """The diagnostic with this code; raises CatalogueError where there is none, with the codes that may be meant."""
    try:
        return entries()[code]
    except KeyError:
        close = difflib.get_close_matches(code[:60].lower(), entries(), n=3)
        hint = f"Did you mean {wording.listed(close)}?" if close else "docs/rules.md lists all codes."
        raise CatalogueError(f"There is no check with the code {code[:60]!r}. {hint}") from None


def by_severity() -> Mapping[Severity, Sequence[Diagnostic]]:
    """The diagnostics of each severity that any has, errors first."""
    found = {
        severity: [each for each in entries().values() if each.severity is severity] for severity in Severity
    }
    return {severity: group for severity, group in found.items() if group}


def _declared() -> Iterator[Diagnostic]:
    for package in _PACKAGES:
        for module in _modules(package):
            yield from (value for value in vars(module).values() if isinstance(value, Diagnostic))


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(found.name)
