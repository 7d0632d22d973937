"""A rule as a terminal shows it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from profiles.catalogue.findings import Certainty, Diagnostic, Severity
from profiles.plist.rule_book import diagnostics
from profiles.plist.rule_book.words import CERTAINTIES, MEANINGS, TITLES, explanation
from tests.rule_samples import RULES

MISSING = """\
missing: A key that is needed is missing
Severity    error
Milder      It is a warning where devices have a default of their own.
Why         A device refuses a payload without the keys it needs, or the tunnel <never> comes up.
Fix         Fill in the key. Where *nothing* is known of it, ask who runs the server.
Certainty   documented. The sources say so.
Sources     Apple's schema: com.apple.vpn.managed.yaml, IKEv2.RemoteAddress (release 27.0)
            https://github.com/apple/device-management/blob/release/mdm/profiles/com.apple.vpn.managed.yaml
            Apple: Deploy & manage
            https://example.org/a?b=1&c=2"""


def test_a_rule_says_all_that_the_rule_book_does() -> None:
    assert explanation(RULES["missing"]) == MISSING


def test_what_is_never_milder_says_nothing_of_it() -> None:
    assert "Milder" not in explanation(RULES["too-large"])


def test_long_texts_are_broken_between_words() -> None:
    lines = explanation(RULES["too-large"]).splitlines()
    (start,) = (number for number, line in enumerate(lines) if line.startswith("Why "))
    end = next(number for number, line in enumerate(lines) if line.startswith("Fix "))
    assert end - start == 3
    assert " ".join(line[12:] for line in lines[start:end]) == RULES["too-large"].why
    assert all(len(line) <= 100 for line in lines)


def test_a_source_without_an_address_is_one_line() -> None:
    lines = explanation(RULES["unknown-key"]).splitlines()
    assert lines[-1] == "Sources     The designer itself: the catalogue"


@pytest.mark.parametrize("rules", [RULES, diagnostics.entries()], ids=["samples", "house"])
def test_no_line_is_too_long_but_that_of_an_address(rules: Mapping[str, Diagnostic]) -> None:
    for rule in rules.values():
        addresses = {source.url for source in rule.sources}
        for line in explanation(rule).splitlines():
            assert len(line) <= 100 or line.strip() in addresses, line
            assert line == line.rstrip() != ""


def test_every_severity_and_certainty_has_its_words() -> None:
    assert [*TITLES] == [*MEANINGS] == [*Severity]
    assert [*CERTAINTIES] == [*Certainty]
