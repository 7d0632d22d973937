"""The rule book: one entry for each code, declared beside its check, in sentences that a person can act on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from profiles.catalogue.citations import Origin
from profiles.catalogue.findings import Certainty, Diagnostic, Severity
from profiles.exceptions import CatalogueError
from profiles.plist.rule_book import diagnostics

ROOT: Final = Path(__file__).resolve().parents[2]
HOMES: Final = (ROOT / "profiles" / "catalogue", ROOT / "profiles" / "plist")
ENTRIES: Final = diagnostics.entries()
NAMES: Final = r"(?:iOS|iPadOS|macOS|tvOS|visionOS|watchOS|strongSwan)\b"
"""What starts a sentence with a small letter."""
SENTENCES: Final = re.compile(rf"(?:{NAMES}|[^a-z\s]).*[^.\s]\.[”)]?", re.DOTALL)
TITLE: Final = re.compile(rf"(?:{NAMES}|[^a-z\s]).{{2,98}}[^.\s]")

each_entry = pytest.mark.parametrize("rule", ENTRIES.values(), ids=ENTRIES.keys())


# What is written


@each_entry
def test_a_code_can_stand_in_an_address(rule: Diagnostic) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", rule.code)


@each_entry
def test_a_title_is_one_line_without_a_period(rule: Diagnostic) -> None:
    assert TITLE.fullmatch(rule.title), rule.title


@each_entry
def test_why_and_mend_are_sentences(rule: Diagnostic) -> None:
    for text in (rule.why, rule.mend, *filter(None, [rule.milder])):
        assert SENTENCES.fullmatch(text), text
        assert text == " ".join(text.split()), f"There are blanks too many in: {text}"


@each_entry
def test_there_is_a_source_and_no_error_is_inferred(rule: Diagnostic) -> None:
    assert rule.sources
    assert rule.severity is not Severity.ERROR or rule.certainty is not Certainty.INFERRED


@each_entry
def test_a_source_says_where_it_stands(rule: Diagnostic) -> None:
    assert len(set(rule.sources)) == len(rule.sources)
    for source in rule.sources:
        assert source.title.strip() == source.title != ""
        assert re.fullmatch(r"(https://[^\s()<>]+)?", source.url), source.url
        assert source.url or source.origin not in (Origin.SCHEMA, Origin.REPORT)


@each_entry
def test_advice_is_as_mild_as_it_can_be(rule: Diagnostic) -> None:
    assert rule.severity is not Severity.ADVICE or not rule.milder


# Where it is declared


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in ("profiles", "designer"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def called(node: ast.AST) -> str:
    """The name of what is called; empty where nothing is."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def declared(module: ast.Module) -> Mapping[str, ast.expr]:
    """What stands behind the names of a module, for those that are given outside of functions and classes."""
    found: dict[str, ast.expr] = {}
    for each in module.body:
        if isinstance(each, ast.Assign) and len(each.targets) == 1 and isinstance(each.targets[0], ast.Name):
            found[each.targets[0].id] = each.value
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and each.value:
            found[each.target.id] = each.value
    return found


def by_diagnostics(module: ast.Module) -> set[int]:
    """Whatever stands in Diagnostic.at."""
    classes = (node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "Diagnostic")
    methods = (node for each in classes for node in each.body if getattr(node, "name", "") == "at")
    return {id(node) for method in methods for node in ast.walk(method)}


def test_each_diagnostic_is_a_constant_of_a_module_that_the_rule_book_reads() -> None:
    homeless = []
    for path, module in modules():
        constants = declared(module) if any(home in path.parents for home in HOMES) else {}
        proper = {id(value) for name, value in constants.items() if name.isupper()}
        homeless += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(module)
            if isinstance(node, ast.Call) and called(node) == "Diagnostic" and id(node) not in proper
        ]
    assert not homeless, "Make these constants of modules in profiles/catalogue or profiles/plist."


def test_no_code_is_declared_twice() -> None:
    codes = [
        ast.literal_eval(node.args[0])
        for _, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and called(node) == "Diagnostic"
    ]
    assert sorted(codes) == [*ENTRIES]


def test_no_finding_is_made_without_its_diagnostic() -> None:
    """Diagnostic.at makes all of them: no other function takes a code, and nothing else makes a Finding."""
    made = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and called(node) == "Finding" and id(node) not in by_diagnostics(module)
    ]
    assert not made, "Declare a Diagnostic for each of these, and make the finding with its `at`."


# How it is looked up


def test_an_entry_is_found_by_its_code(sample_rules: Mapping[str, Diagnostic]) -> None:
    assert diagnostics.entry("too-large") is sample_rules["too-large"]


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("to-large", "Did you mean too-large?"),
        ("UNKNOWN_KEY", "Did you mean unknown-key?"),
        ("unknown", "Did you mean unknown-key?"),
        ("unaknow-able", "Did you mean unknown-key or unavailable?"),
        ("xyz", "docs/rules.md lists all codes."),
        ("", "docs/rules.md lists all codes."),
    ],
)
def test_a_code_that_there_is_not_is_refused_with_those_that_may_be_meant(
    sample_rules: Mapping[str, Diagnostic], code: str, hint: str
) -> None:
    with pytest.raises(CatalogueError) as refusal:
        diagnostics.entry(code)
    assert str(refusal.value) == f"There is no check with the code {code!r}. {hint}"


def test_the_refusal_is_short_whatever_the_code_is(sample_rules: Mapping[str, Diagnostic]) -> None:
    with pytest.raises(CatalogueError) as refusal:
        diagnostics.entry("\x1b]0;x\n" * 10_000)
    assert len(str(refusal.value)) < 400
    assert str(refusal.value).isprintable()


def test_groups_are_in_order_of_severity_and_code(sample_rules: Mapping[str, Diagnostic]) -> None:
    found = {severity: [rule.code for rule in group] for severity, group in diagnostics.by_severity().items()}
    assert list(found.items()) == [
        (Severity.ERROR, ["missing", "too-large"]),
        (Severity.WARNING, ["unavailable", "unknown-key"]),
        (Severity.ADVICE, ["default-differs"]),
    ]


def test_a_severity_that_no_rule_has_has_no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "entries", dict)
    assert diagnostics.by_severity() == {}
