"""Which item of one list is which of another: those that stayed, moved, came and went."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.plist.diff.alignment import MOST_ALIGNED, aligned, in_place, moved


@pytest.mark.parametrize(
    ("old", "new", "places"),
    [
        ("abc", "abc", None),
        ("abc", "cab", [2, 0, 1]),
        ("aab", "aba", [0, 2, 1]),
        ("abc", "abd", None),
        ("abc", "ab", None),
    ],
)
def test_items_that_only_changed_places_are_found(old: str, new: str, places: list[int] | None) -> None:
    assert moved([*old], [*new]) == places


@pytest.mark.parametrize(
    ("old", "new", "both"),
    [
        ("abc", "abc", []),
        ("abc", "axc", [(1, 1)]),
        ("abc", "xyz", [(0, 0), (1, 1), (2, 2)]),
        ("abc", "xabc", [(None, 0)]),
        ("abc", "ac", [(1, None)]),
        ("abcd", "bcde", [(0, None), (None, 3)]),
        ("abc", "axyc", [(1, None), (None, 1), (None, 2)]),
        ("ab", "xyz", None),
        ("a", "", None),
    ],
)
def test_items_are_aligned_by_those_that_stayed(
    old: str, new: str, both: list[tuple[int | None, int | None]] | None
) -> None:
    assert aligned([*old], [*new]) == both


class Compared(str):
    """A text that counts how often such texts are compared."""

    __slots__ = ()
    times = 0

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def test_items_in_place_are_compared_only_where_there_are_as_many() -> None:
    assert in_place([*"abc"], [*"abd"]) == [(2, 2)]
    assert in_place([*"abc"], [*"ab"]) is None


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_what_is_not_aligned_is_the_same_in_both_in_the_same_order(old: list[str], new: list[str]) -> None:
    both = aligned(old, new)
    if both is not None:
        gone, come = {was for was, _ in both}, {now for _, now in both}
        assert [item for place, item in enumerate(old) if place not in gone] == [
            item for place, item in enumerate(new) if place not in come
        ]


def test_long_lists_of_the_like_are_compared_item_by_item_and_no_further() -> None:
    chance = random.Random(7)
    Compared.times = 0
    old = [Compared(chance.choice("ab")) for _ in range(20_000)]
    assert aligned(old, [*old[1:], Compared("c")]) is not None
    assert aligned(old, old[::-1][:19_000]) is None
    assert 0 < Compared.times < 3 * len(old)


def test_what_is_looked_for_elsewhere_is_compared_with_few() -> None:
    chance = random.Random(7)
    shorter = [Compared(chance.choice("ab")) for _ in range(MOST_ALIGNED)]
    Compared.times = 0
    assert aligned(shorter, shorter[::-1]) is not None
    assert 0 < Compared.times < MOST_ALIGNED**2
