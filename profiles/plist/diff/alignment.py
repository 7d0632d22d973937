"""Which item of one list is which of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

MOST_ALIGNED: Final = 48
"""Items of a list that are looked for at another place: what finds them takes long where many are alike, and a
file may hold hundreds of such lists."""

ItemPair = tuple[int | None, int | None]
"""The places of the same item in both lists; None where one has none."""


def moved(old: Sequence[str], new: Sequence[str]) -> list[int] | None:
    """Where each item of `new` stood in `old`, if it holds the very same items in another order; else None.

    The items are texts that differ where the items do.
    """
    if old == new or Counter(old) != Counter(new):
        return None
    places: dict[str, list[int]] = {}
    for place, item in enumerate(old):
        places.setdefault(item, []).append(place)
    return [places[item].pop(0) for item in new]


def aligned(old: Sequence[str], new: Sequence[str]) -> list[ItemPair] | None:
    """The items of both lists, side by side, without those that are in both; None where nobody can say.

    Items between others that stayed are the same where there are as many in both. The items are texts as in `moved`.
    """
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    before, after = range(start, len(old) - end), range(start, len(new) - end)
    if max(len(before), len(after)) > MOST_ALIGNED:
        return in_place(old, new)
    sides = [*_apart(old, new, before, after)]
    if len(old) != len(new) and sides == [(range(len(old)), range(len(new)))]:
        return None
    return [pair for was, now in sides for pair in _side_by_side(was, now)]


def in_place(old: Sequence[str], new: Sequence[str]) -> list[ItemPair] | None:
    """The same with each item at its place, whatever it looks like; None where there are not as many in both."""
    if len(old) != len(new):
        return None
    return [(place, place) for place, (was, now) in enumerate(zip(old, new, strict=True)) if was != now]


def _apart(
    old: Sequence[str], new: Sequence[str], before: range, after: range
) -> Iterator[tuple[range, range]]:
    """The places in both, within these, of items that differ, between those that stayed."""
    texts = [old[place] for place in before], [new[place] for place in after]
    for kind, one, end, other, stop in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if kind != "equal":
            yield before[one:end], after[other:stop]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items are the same from the beginning on."""
    both = enumerate(zip(one, other, strict=False))
    return next((place for place, (was, now) in both if was != now), min(len(one), len(other)))


def _side_by_side(old: range, new: range) -> Iterator[ItemPair]:
    if len(old) == len(new):
        yield from zip(old, new, strict=True)
    else:
        yield from ((place, None) for place in old)
        yield from ((None, place) for place in new)
