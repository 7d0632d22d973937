"""`manage.py profile explain`: what the rule book says of the codes that a check wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from django.core.management import call_command

from profiles.catalogue.findings import Diagnostic
from profiles.plist.catalogue_json import rule_json
from profiles.plist.rule_book.words import explanation


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, list[str]]:
    """The exit status, what is printed, and the lines about what is wrong."""
    status = 0
    try:
        call_command("profile", "explain", *arguments)
    except SystemExit as end:
        status = int(str(end.code))
    found = capsys.readouterr()
    return status, found.out, found.err.splitlines()


def test_a_code_is_explained(
    sample_rules: Mapping[str, Diagnostic], capsys: pytest.CaptureFixture[str]
) -> None:
    expected = f"{explanation(sample_rules['missing'])}\n"
    assert told(capsys, "missing") == (0, expected, [])
    assert told(capsys, "[missing]") == (0, expected, [])


def test_several_codes_are_explained_in_the_order_asked_each_once(
    sample_rules: Mapping[str, Diagnostic], capsys: pytest.CaptureFixture[str]
) -> None:
    status, printed, _ = told(capsys, "too-large", "missing", "too-large")
    assert status == 0
    asked = [explanation(sample_rules[code]) for code in ("too-large", "missing")]
    assert printed == "\n\n".join(asked) + "\n"


def test_a_code_that_there_is_not_stops_no_other(
    sample_rules: Mapping[str, Diagnostic], capsys: pytest.CaptureFixture[str]
) -> None:
    status, printed, lines = told(capsys, "misssing", "too-large", "misssing", "xyz")
    assert status == 2
    assert printed.startswith("too-large: ")
    assert lines == [
        "There is no check with the code 'misssing'. Did you mean missing?",
        "There is no check with the code 'xyz'. docs/rules.md lists all codes.",
    ]


def test_json_has_the_rules_alone(
    sample_rules: Mapping[str, Diagnostic], capsys: pytest.CaptureFixture[str]
) -> None:
    status, printed, lines = told(capsys, "too-large", "xyz", "--json")
    assert (status, len(lines)) == (2, 1)
    assert json.loads(printed) == {"rules": [rule_json(sample_rules["too-large"])]}
