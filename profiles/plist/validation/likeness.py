"""Likeness: whether a name that nobody knows is surely that of a known key, its contrary, or at most a part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.shape import Shape

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ENDINGS: Final = ("s", "es", "d", "ed")
"""What makes another form of a word, and no other word."""

_CONTRARIES: Final = ("dis", "un", "in", "im", "de", "non", "not", "no")
"""What makes the contrary of a word when it stands before it."""

_NEGATIONS: Final = ("disable", "exclude", "no")
_ABLE: Final = re.compile(r"(en|dis)abled?")
_MOST_SLIPS: Final = 2
_LONG_WORD: Final = 8
"""Letters from which on a word may have so many slips; a shorter one has one."""

_SHORTEST_WORD: Final = 4
"""Letters below which a word with a slip is another word."""

_LONG_NAME: Final = 10
"""Letters from which on a name may have a slip wherever its words begin."""


@lru_cache(maxsize=1024)
def letters(name: str) -> str:
    """A name without what separates words, in small letters."""
    return "".join(filter(str.isalnum, name)).casefold()


def is_surely(name: str, known: str) -> bool:
    """Is it the same name in other letters, with other separators, in the plural, or with a slip inside a long word?"""
    one, other = letters(name), letters(known)
    if not one or is_contrary(name, known):
        return False
    if _is_same(one, other):
        return True
    given, wanted = _words(name), _words(known)
    if len(given) == len(wanted):
        slips = [*map(_slips_of_word, given, wanted)]
        return None not in slips and sum(filter(None, slips)) <= _MOST_SLIPS
    same_digits = re.findall(r"\d+", one) == re.findall(r"\d+", other)
    return same_digits and min(len(one), len(other)) >= _LONG_NAME and _has_one_slip(one, other)


def is_contrary(name: str, known: str) -> bool:
    """Is one called Enable… and the other Disable…?"""
    if not _ABLE.search(known.casefold()):
        return False
    one, other = (_ABLE.sub(r"\1able", letters(each)) for each in (name, known))
    swapped = _ABLE.sub(lambda found: f"{'dis' if found[1] == 'en' else 'en'}able", other)
    return swapped != other and _is_same(one, swapped)


def more_words(name: str, known: str) -> int | None:
    """How many words a known name has more, or less; None where either has one of its own, or one of them negates."""
    given, wanted = _words(name), _words(known)
    fewer, more = sorted((given, wanted), key=len)
    rest = list(more)
    for word in fewer:
        same = next((each for each in rest if _is_same(word, each)), None)
        if same is None:
            return None
        rest.remove(same)
    tells_something = any(not _ABLE.match(word) for word in fewer)
    negated = any(word.startswith(_NEGATIONS) for word in rest)
    return len(rest) if rest and tells_something and not negated else None


@lru_cache(maxsize=1024)
def _words(name: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(name))


def _is_same(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return shorter == longer or (longer.startswith(shorter) and longer[len(shorter) :] in _ENDINGS)


def _slips_of_word(word: str, known: str) -> int | None:
    """How many slips make a word of a known one; None where it is another word."""
    if _is_same(word, known):
        return 0
    if min(len(word), len(known)) < _SHORTEST_WORD - 1 or len(known) < _SHORTEST_WORD or _is_word(word):
        return None
    shorter, longer = sorted((word, known), key=len)
    if any(prefix + shorter == longer for prefix in _CONTRARIES):
        return None
    slips = _slips(word, known)
    most = _MOST_SLIPS if len(known) >= _LONG_WORD and word[0] == known[0] else 1
    return slips if slips <= most else None


def _is_word(word: str) -> bool:
    """Do keys have it in their names? Then it is no slip of another one."""
    return any(form in _vocabulary() for form in _forms(word))


def _forms(word: str) -> Iterator[str]:
    yield word
    yield from (word + ending for ending in _ENDINGS)
    yield from (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))


@cache
def _vocabulary() -> frozenset[str]:
    """The words of the names of all keys that the catalogue knows."""
    shapes = [ENVELOPE.shape, *(payload.shape for payload in registry.payloads().values())]
    return frozenset(word for shape in shapes for name in _names(shape) for word in _words(name))


def _names(shape: Shape) -> Iterator[str]:
    for key in shape.keys:
        yield key.path
        for inner in key.shapes:
            yield from _names(inner)


def _has_one_slip(one: str, other: str) -> bool:
    """Do they differ in one place alone? That is seen from both ends, without a look at all letters in between."""
    start = _alike(one, other)
    end = _alike(one[:start:-1], other[:start:-1])
    rest = [each[start : len(each) - end] for each in (one, other)]
    return max(map(len, rest)) <= _MOST_SLIPS and _slips(*rest) == 1


def _alike(one: str, other: str) -> int:
    """With how many of the same letters do they begin?"""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _slips(one: str, other: str) -> int:
    """How many letters were left out, put in, written otherwise, or swapped with their neighbors."""
    if abs(len(one) - len(other)) > _MOST_SLIPS:
        return _MOST_SLIPS + 1
    before: list[int] = []
    last: list[int] = [*range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, wanted in enumerate(other, 1):
            least = min(last[column] + 1, now[-1] + 1, last[column - 1] + int(letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                least = min(least, before[column - 2] + 1)
            now.append(least)
        before, last = last, now
    return last[-1]
