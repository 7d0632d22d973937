"""What is said of a profile for the systems that it is for: with their versions."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import pytest

from profiles.catalogue.versions import OPERATING_SYSTEMS, OperatingSystem, Targets
from profiles.plist.document import Problem
from tests.cases.doors import problems
from tests.cases.faults import FAULTS
from tests.cases.making import Tree, tunnel
from tests.cases.table import CASES

OLD: Final[Targets] = dict(zip(OPERATING_SYSTEMS, ("9.0", "10.11", "17.0", "1.0", "4.0"), strict=True))
NEW: Final[Targets] = dict.fromkeys(OPERATING_SYSTEMS, "26.0")

WITHOUT_VERSION: Final = re.compile(
    r"(?<!\bany )(?<!\bNo )(?<!\bNo version of )(?<!\btarget )"
    r"\b(?:iOS / iPadOS|iOS(?! / )|(?<!/ )iPadOS|macOS|tvOS|visionOS|watchOS)\b(?! (?:before )?\d)"
)
"""A system that is named without since when, or until when; what holds for none of its versions is said so."""

FOLLOWING: Final = {
    "default-algorithms",
    "default-differs",
    "modern-encryption",
    "unavailable",
    "value-refused",
    "value-unavailable",
}
"""Codes that some of the profiles give, and whose messages follow from the targets."""


@cache
def trees() -> list[Tree]:
    """Each case, and each fault in a profile that has no other."""
    found = [case.profile() for case in CASES]
    for fault in FAULTS:
        tree = tunnel()
        fault.plant(tree)
        found.append(tree)
    return found


def following(targets: Targets) -> list[Problem]:
    """What is said of the profiles for these targets alone, and not without any."""
    found = []
    for tree, without in zip(trees(), untargeted(), strict=True):
        found += [problem for problem in problems(tree, "file", targets) if problem.message not in without]
    return found


@cache
def untargeted() -> list[frozenset[str]]:
    return [frozenset(problem.message for problem in problems(tree)) for tree in trees()]


@pytest.mark.parametrize("targets", [OLD, NEW], ids=["old", "new"])
@pytest.mark.parametrize("system", OPERATING_SYSTEMS)
def test_what_follows_from_a_target_is_said_of_its_versions(
    system: OperatingSystem, targets: Targets
) -> None:
    told = following({system: targets[system]})
    assert {problem.message for problem in told if WITHOUT_VERSION.search(problem.message)} == set()


@pytest.mark.parametrize("targets", [OLD, NEW], ids=["old", "new"])
def test_so_is_what_follows_from_several(targets: Targets) -> None:
    told = following(targets)
    assert {problem.message for problem in told if WITHOUT_VERSION.search(problem.message)} == set()


def test_the_profiles_have_what_follows_from_targets() -> None:
    some: Targets = {"iOS": "18.0", "tvOS": "26.0"}
    given = {problem.code for targets in (OLD, some) for problem in following(targets)}
    assert given >= FOLLOWING


@pytest.mark.parametrize(
    ("message", "bare"),
    [
        ("Whether tvOS can read that is not known.", True),
        ("EnableFallback is ignored on iOS / iPadOS and macOS 14.0 and later.", True),
        ("macOS 14.0 and iOS leave it out.", True),
        ("It is ignored on iOS / iPadOS before 13.0 and any macOS.", False),
        ("No version of watchOS knows this payload. Do not target watchOS.", False),
        ("tvOS 26.0 and later refuse 3DES.", False),
    ],
)
def test_the_measure_knows_a_bare_name(message: str, bare: bool) -> None:
    assert bool(WITHOUT_VERSION.search(message)) == bare
