"""Code of template languages in a text, which another program has to carry out before there is a profile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from profiles.exceptions import UnreadableProfileError


@dataclass(frozen=True, kw_only=True)
class _Language:
    """What people call it, how a statement begins, as a pattern, and how it ends."""

    title: str
    begins: str
    ends: str


_GO: Final = "if|range|with|define|template|block|include"
"""Words of statements in Go, behind which something follows: a variable of ours may be called so."""

_LANGUAGES: Final = (
    _Language(title="ERB or the like", begins=r"<%", ends="%>"),
    _Language(title="PHP", begins=r"<\?(?:php\b|=)", ends=""),
    _Language(title="Jinja or the like", begins=r"\{%[-+~]?\s{0,9}[A-Za-z]", ends="%}"),
    _Language(title="Jinja or the like", begins=r"\{#", ends="#}"),
    _Language(
        title="Go or the like", begins=rf"\{{\{{-|\{{\{{\s{{0,9}}(?:/\*|(?:{_GO})\s{{1,9}}[^}}\s])", ends="}}"
    ),
    _Language(title="Handlebars or the like", begins=r"\{\{\{?~?\s{0,9}[#/^>!]", ends="}}"),
    _Language(title="Terraform", begins=r"%\{~?\s{0,9}(?:if|for|else|endif|endfor)\b", ends="}"),
)
_VALUE: Final = _Language(title="Jinja or the like", begins=r"\{\{", ends="}}")
"""A value to be put in, as several languages write it; in the text of a value that may be a variable of ours."""

_GAPS: Final = (
    _VALUE,
    _Language(title="a shell or the like", begins=r"\$(?:[({]|[A-Za-z_])", ends=""),
    _Language(title="placeholders", begins=r"##\w+##|@@?\w+@@?|__\w+?__|%\w{2,}%|%\(\w+\)[ds]", ends=""),
)
"""The same for more languages, where no value and no text holds such characters."""

_TAG: Final = re.compile(r"<(?=(?:\{\{[^<>{}]{1,200}\}\}|\$\{?\w{1,60}\}?)\s{0,9}/>)")
"""How an element begins whose name is to be put in, such as `<{{ on }}/>`."""

_LONGEST: Final = 500
"""Characters of a statement."""

_MOST: Final = 200
"""Beginnings of statements that are looked at: a file that was made to do harm may have a million."""

_HEREDOC: Final = re.compile(r"<<[-~]?[ \t]{0,9}[\"'\\]?[A-Za-z_]\w{0,40}[\"']?[^\n]{0,200}\n")
_QUOTES: Final = ('@"', "@'", '"""', "'''")
"""How a text of several lines begins in a shell; in PowerShell and in Python."""

SCRIPT: Final = (
    "The file is a script that writes a profile, not the profile itself. Run it, and choose what it writes."
)


@dataclass(frozen=True)
class Code:
    """Code that was found: in which language, and where in the text it begins."""

    language: str
    start: int


def find(text: str) -> Code | None:
    """The first statement or comment of a template language in `text`."""
    return next(_found(text, _STATEMENT, _LANGUAGES), None)


def find_outside(text: str) -> Code | None:
    """The same in a text that is no value, where what is to be put in is code, too."""
    return find(text) or next(_found(text, _PUT_IN, (_VALUE,)), None)


def find_gap(text: str) -> Code | None:
    """The same in what is to be a number, a date, data or an element, where names to be replaced are code as well."""
    return find(text) or next(_found(text, _GAP, _GAPS), None)


def find_tag(text: str) -> Code | None:
    """An element whose name is to be put in."""
    tag = _TAG.search(text)
    found = find_gap(text[tag.end() : tag.end() + _LONGEST]) if tag else None
    return Code(found.language, tag.start()) if tag and found else None


def is_script(before: str) -> bool:
    """Does a script stand before a text that it holds?"""
    return before.rstrip().endswith(_QUOTES) or bool(_HEREDOC.search(before))


def refusal(language: str, line: int) -> UnreadableProfileError:
    """The error for a file with code in `line`."""
    return UnreadableProfileError(
        f"The file is a template ({language}): line {line:,} holds code that another program has to carry out first. "
        "Let that program fill it in, and choose what it writes."
    )


def _pattern(languages: tuple[_Language, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"({language.begins})" for language in languages))


_STATEMENT: Final = _pattern(_LANGUAGES)
_PUT_IN: Final = _pattern((_VALUE,))
_GAP: Final = _pattern(_GAPS)


def _found(text: str, pattern: re.Pattern[str], languages: tuple[_Language, ...]) -> Iterator[Code]:
    for begin in islice(pattern.finditer(text), _MOST):
        language = languages[(begin.lastindex or 1) - 1]
        if text.find(language.ends, begin.end(), begin.end() + _LONGEST) >= 0:
            yield Code(language.title, begin.start())
