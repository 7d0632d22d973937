"""The rule book as Markdown, which docs/rules.md holds."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from profiles.catalogue.citations import Citation
from profiles.catalogue.findings import Diagnostic, Severity
from profiles.plist.rule_book import diagnostics
from profiles.plist.rule_book.words import CERTAINTIES, MEANINGS, TITLES

COMMAND: Final = "python manage.py profile rules > docs/rules.md"
"""What writes the file anew."""

_INTRODUCTION: Final = (
    "Every problem that a check can tell, by its code: why it is one, how it is fixed, and where that stands. “Why?” "
    "beside a problem leads to the same on the pages. On the command line it is:"
)
_ORIGIN: Final = "This page is written from what is declared beside the checks. Change it there, then:"
_CERTAINTY: Final = "How sure it is that devices behave as a rule says:"

_WIDTH: Final = 120
_SPECIAL: Final = re.compile(r"[\\`*_<\[\]&|]")
_INSIDE_A_WORD: Final = re.compile(r"(?<=\w)\\_(?=\w)")
_START: Final = re.compile(r"^(\d*)([-+#>=~.)])")
"""What makes a list, a heading or a quotation of a line that starts with it."""


def rules_markdown() -> str:
    """The page: what the words mean, the codes by severity, and an entry for each."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield from ("# Rules", "", *_wrapped(_INTRODUCTION), "", *_shell("python manage.py profile explain CODE"))
    yield from (*_wrapped(_ORIGIN), "", *_shell(COMMAND))
    for severity, meaning in MEANINGS.items():
        yield from _item(f"**{severity}**: {meaning}")
    yield from ("", _CERTAINTY, "")
    for certainty, sentence in CERTAINTIES.items():
        yield from _item(f"**{certainty}**: {sentence}")
    for severity, group in diagnostics.by_severity().items():
        yield from _group(severity, group)


def _shell(command: str) -> list[str]:
    return ["```sh", command, "```", ""]


def _group(severity: Severity, group: Sequence[Diagnostic]) -> Iterator[str]:
    yield from ("", f"## {TITLES[severity]}", "")
    for rule in group:
        yield from _item(f"[{rule.code}](#{rule.code}): {_escaped(rule.title)}")
    for rule in group:
        yield from _entry(rule)


def _entry(rule: Diagnostic) -> Iterator[str]:
    yield from (
        "",
        f"### {rule.code}",
        "",
        *_wrapped(f"**{_escaped(rule.title)}.** {_escaped(rule.why)}"),
        "",
    )
    if rule.milder:
        yield from (*_wrapped(_escaped(rule.milder)), "")
    yield from (*_wrapped(f"**To fix it:** {_escaped(rule.mend)}"), "")
    yield from (f"**{str(rule.certainty).capitalize()}:**", "")
    for source in rule.sources:
        yield from _cited(source)


def _cited(source: Citation) -> list[str]:
    title = _escaped(source.title)
    if not source.url:
        return _item(f"{source.origin}: {title}")
    # In one line, as long as it may be: a link that is broken cannot be followed in the text.
    return [f"- {source.origin}: [{title}]({source.url})"]


def _item(text: str) -> list[str]:
    first, *more = textwrap.wrap(text, _WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return [f"- {first}", *(f"  {_kept_apart(line)}" for line in more)]


def _wrapped(text: str) -> list[str]:
    lines = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return [_kept_apart(line) for line in lines]


def _kept_apart(line: str) -> str:
    """The line, which is part of a paragraph, whatever it starts with."""
    return _START.sub(r"\1\\\2", line)


def _escaped(text: str) -> str:
    """The text, in which Markdown finds no marks."""
    return _INSIDE_A_WORD.sub("_", _SPECIAL.sub(r"\\\g<0>", text))
