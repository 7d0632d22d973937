"""The rule book as Markdown: whole, readable as text, and the same as the file in docs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from profiles.catalogue.findings import Diagnostic
from profiles.plist.rule_book import diagnostics
from profiles.plist.rule_book.markdown import COMMAND, rules_markdown
from tests.rule_samples import RULES

FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "rules.md"

SCHEMA: Final = (
    "[com.apple.vpn.managed.yaml, IKEv2.RemoteAddress (release 27.0)]"
    "(https://github.com/apple/device-management/blob/release/mdm/profiles/com.apple.vpn.managed.yaml)"
)
MISSING: Final = f"""\
### missing

**A key that is needed is missing.** A device refuses a payload without the keys it needs, or the tunnel \\<never> comes
up.

It is a warning where devices have a default of their own.

**To fix it:** Fill in the key. Where \\*nothing\\* is known of it, ask who runs the server.

**Documented:**

- Apple's schema: {SCHEMA}
- Apple: [Deploy \\& manage](https://example.org/a?b=1&c=2)
"""


def test_the_file_in_docs_is_what_the_rule_book_says() -> None:
    written = FILE.read_text(encoding="utf-8")
    assert written == f"{rules_markdown()}\n", f"docs/rules.md is not current. Write it anew: {COMMAND}"


def test_an_entry_says_all_that_the_rule_book_does(sample_rules: Mapping[str, Diagnostic]) -> None:
    assert MISSING in rules_markdown()


def test_each_code_is_listed_once_under_its_severity_and_leads_to_its_entry(
    sample_rules: Mapping[str, Diagnostic],
) -> None:
    found = rules_markdown()
    assert re.findall(r"^## (.+)$", found, re.MULTILINE) == ["Errors", "Warnings", "Advice"]
    order = ["missing", "too-large", "unavailable", "unknown-key", "default-differs"]
    assert re.findall(r"^### (.+)$", found, re.MULTILINE) == order
    assert re.findall(r"^- \[(.+)\]\(#\1\): ", found, re.MULTILINE) == order


@pytest.mark.parametrize("rules", [RULES, diagnostics.entries()], ids=["samples", "house"])
def test_lines_are_short_but_those_of_addresses(
    rules: Mapping[str, Diagnostic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnostics, "entries", lambda: rules)
    for line in rules_markdown().splitlines():
        assert len(line) <= 120 or "](https://" in line, line
        assert line == line.rstrip()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- {}", r"\- {}"),
        ("# {}", r"\# {}"),
        ("12. {}", r"12\. {}"),
        ("1) {}", r"1\) {}"),
        ("> {}", r"\> {}"),
        ("_a_ and `b` in a_b {}", r"\_a\_ and \`b\` in a_b {}"),
        ("[a](b) {}", r"\[a\](b) {}"),
        ("a\\b {}", r"a\\b {}"),
    ],
)
def test_nothing_in_a_text_is_taken_for_a_mark(text: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it comes to stand at the start of a line."""
    words = "x" * 90
    rule = replace(RULES["missing"], mend=f"{'y' * 104} {text.format(words)}")
    monkeypatch.setattr(diagnostics, "entries", lambda: {"missing": rule})
    assert f"\n{line.format(words)}\n" in rules_markdown()


def test_a_rule_book_without_rules_is_a_page_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "entries", dict)
    assert rules_markdown().startswith("# Rules\n\n")
    assert "##" not in rules_markdown()
