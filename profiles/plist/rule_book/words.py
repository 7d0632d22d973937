"""The words of the rule book: what severities and certainties mean, and one rule as a person reads it in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Final

from profiles.catalogue.citations import Citation
from profiles.catalogue.findings import Certainty, Diagnostic, Severity

TITLES: Final[Mapping[Severity, str]] = {
    Severity.ERROR: "Errors",
    Severity.WARNING: "Warnings",
    Severity.ADVICE: "Advice",
}

MEANINGS: Final[Mapping[Severity, str]] = {
    Severity.ERROR: "A device refuses the profile or cannot connect, so it is not downloaded unless you insist.",
    Severity.WARNING: "It works, but otherwise than it looks, or not on every device.",
    Severity.ADVICE: "It works, but a good admin would look.",
}

CERTAINTIES: Final[Mapping[Certainty, str]] = {
    Certainty.DOCUMENTED: "The sources say so.",
    Certainty.OBSERVED: "It was seen, as the sources tell.",
    Certainty.INFERRED: "It follows from the sources, which do not say so themselves.",
}

_WIDTH: Final = 100
_NAMES: Final = 12
"""Characters of a line, and of what stands before a text."""


def explanation(rule: Diagnostic) -> str:
    """All that the rule book says of a code, in lines of up to 100 characters unless an address is longer."""
    certainty = f"{rule.certainty}. {CERTAINTIES[rule.certainty]}"
    lines = [f"{rule.code}: {rule.title}", *_told("Severity", rule.severity)]
    if rule.milder:
        lines += _told("Milder", rule.milder)
    lines += [*_told("Why", rule.why), *_told("Fix", rule.mend), *_told("Certainty", certainty)]
    for number, source in enumerate(rule.sources):
        lines += _cited("" if number else "Sources", source)
    return "\n".join(lines)


def _told(name: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=name.ljust(_NAMES),
        subsequent_indent=" " * _NAMES,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _cited(name: str, source: Citation) -> Iterator[str]:
    yield from _told(name, str(source))
    if source.url:
        yield f"{' ' * _NAMES}{source.url}"
