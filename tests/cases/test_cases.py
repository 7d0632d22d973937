"""What is said of each case, through each door: all that is true, and no error that is not."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from profiles.catalogue.findings import ORDER, Certainty, Severity
from profiles.plist.rule_book.diagnostics import entry
from tests.cases.doors import problems
from tests.cases.expectations import Case, complaints, summary
from tests.cases.table import CASES

OF_NO_VERSION = re.compile(r"\b(tvOS|watchOS)\b(?! \d)")
"""The name of a system, without since when."""


@pytest.mark.parametrize(
    ("case", "door"),
    [pytest.param(case, door, id=f"{case.name}, {door}") for case in CASES for door in case.doors],
)
def test_all_that_is_true_is_said_and_no_error_beside(case: Case, door: str) -> None:
    assert complaints(case, problems(case.profile(), door, case.targets)) == []


def test_no_two_cases_have_one_name() -> None:
    assert [name for name, number in Counter(case.name for case in CASES).items() if number > 1] == []


@pytest.mark.parametrize("case", [c for c in CASES if "file" in c.doors], ids=lambda case: case.name)
def test_a_file_that_was_made_a_spec_of_has_the_same_problems(case: Case) -> None:
    tree = case.profile()
    first, second = (problems(tree, door, case.targets) for door in ("file", "converted"))
    assert summary(first) == summary(second)


def test_each_code_that_is_given_stands_in_the_rule_book() -> None:
    given = {p.code for case in CASES for p in problems(case.profile(), case.doors[0], case.targets)}
    without = []
    for code in sorted(given):
        try:
            entry(code)
        except Exception:  # noqa: BLE001 — whatever is wrong with it
            without.append(code)
    assert without == []


def test_each_finding_weighs_as_its_entry_says_and_no_inferred_one_is_an_error() -> None:
    given = {
        (p.code, p.severity)
        for case in CASES
        for door in case.doors
        for p in problems(case.profile(), door, case.targets)
    }
    undeclared = [
        (code, severity.value)
        for code, severity in sorted(given)
        if (rule := entry(code)).severity is not severity
        and not (rule.milder and ORDER[severity] > ORDER[rule.severity])
    ]
    assert undeclared == []
    assert [
        code
        for code, severity in sorted(given)
        if severity is Severity.ERROR and entry(code).certainty is Certainty.INFERRED
    ] == []


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.name.startswith("old algorithms")], ids=lambda c: c.name
)
def test_a_system_that_refuses_a_value_is_named_with_its_version(case: Case) -> None:
    told = [p.message for p in problems(case.profile(), "file", case.targets) if "value" in p.code]
    assert told
    assert [message for message in told if OF_NO_VERSION.search(message)] == []


def test_what_a_file_has_in_bytes_is_not_told_to_be_put_in_quotes() -> None:
    (case,) = (case for case in CASES if case.name == "shared secret that is data")
    (found,) = (p for p in problems(case.profile()) if p.path == "IKEv2.SharedSecret")
    assert "quotes" not in found.message


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("variable of Jamf", "Jamf"),
        ("variable of Fleet", "Fleet"),
        ("variable of Intune", "Intune"),
    ],
)
def test_a_variable_of_a_product_is_told_with_the_name_of_the_product(name: str, product: str) -> None:
    (case,) = (case for case in CASES if case.name == name)
    assert [p.code for p in problems(case.profile()) if product in p.message] == ["mdm-placeholder"]


def test_each_type_of_vpn_is_called_by_its_name() -> None:
    (case,) = (case for case in CASES if case.name == "VPN with L2TP")
    assert any("L2TP" in p.message for p in problems(case.profile()))


def test_one_thing_is_told_once() -> None:
    (case,) = (case for case in CASES if case.name == "subtype of an app")
    assert [p.code for p in problems(case.profile()) if p.path == "VPNSubType"] == ["provider-unused"]
