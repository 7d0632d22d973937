"""`profile explain`: what the rule book says of codes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from designer.management.check import UNREADABLE
from profiles.catalogue.findings import Diagnostic
from profiles.exceptions import CatalogueError
from profiles.plist.catalogue_json import rule_json
from profiles.plist.rule_book import diagnostics
from profiles.plist.rule_book.words import explanation


@dataclass(frozen=True)
class Explained:
    """The rules of some codes, each once, and a sentence for each code that there is not."""

    rules: tuple[Diagnostic, ...]
    unknown: tuple[str, ...]

    @property
    def exit_status(self) -> int:
        """0, or UNREADABLE where a code is none."""
        return UNREADABLE if self.unknown else 0

    def to_json(self) -> dict[str, Any]:
        """{"rules": […]}."""
        return {"rules": [rule_json(rule) for rule in self.rules]}

    def __str__(self) -> str:
        return "\n\n".join(map(explanation, self.rules))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All options of the action."""
    parser.add_argument("codes", metavar="CODE", nargs="+", help="as `check` writes it behind a problem")
    parser.add_argument("--json", action="store_true", help="print the rules as JSON")


def look_up(codes: Sequence[str]) -> Explained:
    """The rules of these codes, which may stand in brackets as `check` writes them."""
    rules: dict[str, Diagnostic] = {}
    unknown: dict[str, str] = {}
    for code in (each.strip("[]") for each in codes):
        try:
            rules[code] = diagnostics.entry(code)
        except CatalogueError as refusal:
            unknown[code] = str(refusal)
    return Explained(tuple(rules.values()), tuple(unknown.values()))
