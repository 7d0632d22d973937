"""Versions compare as numbers, and availability is told in words."""

from __future__ import annotations

import pytest

from profiles.catalogue.versions import (
    INHERITED,
    NEVER,
    OPERATING_SYSTEMS,
    Availability,
    before,
    is_version,
    number,
)


@pytest.mark.parametrize("text", ["17", "17.4", "17.4.1", "0.1", "999.999.999", "10.15"])
def test_what_a_version_looks_like(text: str) -> None:
    assert is_version(text)


@pytest.mark.parametrize(
    "text", ["", "never", "17.", ".4", "17.4.1.2", "1000", "v17", "17,4", " 17", "17\n", "-1", "17.x"]
)
def test_what_no_version_looks_like(text: str) -> None:
    assert not is_version(text)


def test_a_version_is_three_numbers() -> None:
    assert [number(text) for text in ("17", "17.4", "17.4.1")] == [(17, 0, 0), (17, 4, 0), (17, 4, 1)]


@pytest.mark.parametrize(
    ("lower", "higher"), [("9.0", "10.0"), ("10.7", "10.15"), ("17", "17.0.1"), ("17.4", "26"), ("26", NEVER)]
)
def test_versions_compare_as_numbers(lower: str, higher: str) -> None:
    assert before(lower, higher)
    assert not before(higher, lower)


@pytest.mark.parametrize(("version", "same"), [("17", "17.0"), ("17.0.0", "17"), ("10.10", "10.10.0")])
def test_equal_versions_are_not_before_each_other(version: str, same: str) -> None:
    assert not before(version, same)
    assert not before(same, version)


def test_never_is_not_before_never() -> None:
    assert not before(NEVER, NEVER)


def test_gaps_are_filled_from_the_parent() -> None:
    parent = Availability(iOS="4.0", macOS="10.7", tvOS=NEVER)
    filled = Availability(iOS="14.0", watchOS=NEVER).within(parent)
    assert filled == Availability(iOS="14.0", macOS="10.7", tvOS=NEVER, watchOS=NEVER)


def test_a_target_below_the_first_version_is_a_gap() -> None:
    since = Availability(iOS="17.4", macOS=NEVER)
    assert since.gaps({"iOS": "17.3.9", "macOS": "26.0"}) == ["iOS / iPadOS before 17.4", "macOS"]


def test_a_target_from_the_first_version_on_is_none() -> None:
    assert Availability(iOS="17.4").gaps({"iOS": "17.4"}) == []
    assert Availability(iOS="17.4").gaps({"iOS": "26.0"}) == []


def test_a_system_of_which_nothing_is_said_has_no_gap() -> None:
    assert INHERITED.gaps(dict.fromkeys(OPERATING_SYSTEMS, "1.0")) == []


def test_without_targets_there_are_no_gaps() -> None:
    assert Availability(iOS=NEVER, macOS="99.0").gaps({}) == []


def test_never_is_null_in_json() -> None:
    assert Availability(iOS="17.0", macOS=NEVER).to_json() == {
        "iOS": "17.0",
        "macOS": None,
        "tvOS": None,
        "visionOS": None,
        "watchOS": None,
    }
