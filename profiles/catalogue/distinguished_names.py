"""The subject of a certificate request: Apple's arrays of arrays, and the line `CN=alice,O=Example` for a person.

[[["CN", "alice"]], [["O", "Example"], ["OU", "IT"]]] is `CN=alice,O=Example+OU=IT`: a comma between relative names, a
plus inside one that has several parts, a backslash before a comma, plus, backslash or equals sign that is meant.
"""

from __future__ import annotations

import re
from typing import Any

from profiles.exceptions import DocumentError

Subject = list[list[list[str]]]

_SPECIAL = re.compile(r"([\\,+=])")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)+")


def parse(text: str) -> Subject:
    """The subject that the line says; raises DocumentError."""
    return [[_pair(part) for part in _cut(name, "+")] for name in _cut(text, ",")]


def text(subject: Any) -> str:
    """The line for a subject; raises DocumentError for what is none."""
    if not is_subject(subject):
        raise DocumentError("This is not a subject.")
    return ",".join("+".join(f"{kind}={_escaped(value)}" for kind, value in name) for name in subject)


def is_subject(value: Any) -> bool:
    """Is this a list of lists of pairs of texts, each pair with a name?"""
    return (
        isinstance(value, list)
        and all(isinstance(name, list) and name for name in value)
        and all(_is_pair(pair) for name in value for pair in name)
    )


def attributes(value: Any, kind: str) -> list[str]:
    """All values of one kind ("CN") in a subject; none for what is no subject."""
    if not is_subject(value):
        return []
    return [pair[1] for name in value for pair in name if pair[0].upper() == kind]


def _is_pair(pair: Any) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(type(part) is str for part in pair)
        and _TYPE.fullmatch(pair[0]) is not None
    )


def _pair(part: str) -> list[str]:
    kind, *rest = _cut(part, "=")
    value = "=".join(rest)
    if not rest or not _TYPE.fullmatch(kind.strip()):
        raise DocumentError(
            f"“{part.strip()[:40]}” is not of the form CN=name. Put a \\ before a comma that is meant."
        )
    return [kind.strip(), re.sub(r"\\(.)", r"\1", value.strip())]


def _cut(whole: str, mark: str) -> list[str]:
    """The parts between marks that no backslash stands before."""
    parts, start, position = [], 0, 0
    while position < len(whole):
        if whole[position] == "\\":
            position += 2
            continue
        if whole[position] == mark:
            parts.append(whole[start:position])
            start = position + 1
        position += 1
    return [*parts, whole[start:]]


def _escaped(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", value)
