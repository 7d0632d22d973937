"""The rule book: every diagnostic that a check can give, gathered from the modules that declare them."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Final

import profiles.catalogue
import profiles.plist
from profiles.catalogue.findings import Diagnostic
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
    """The diagnostic with this code; raises CatalogueError where there is none."""
    try:
        return entries()[code]
    except KeyError:
        raise CatalogueError(f"There is no check with the code {code[:60]!r}.") from None


def _declared() -> Iterator[Diagnostic]:
    for package in _PACKAGES:
        for module in _modules(package):
            yield from (value for value in vars(module).values() if isinstance(value, Diagnostic))


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(found.name)
