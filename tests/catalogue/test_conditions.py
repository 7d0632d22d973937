"""Conditions: what holds, what is refused, and that nothing is lost on the way through JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from profiles.catalogue.conditions import Equals, IsSet, Spoken, from_json
from profiles.exceptions import CatalogueError

VECTORS = Path(__file__).parent.parent / "vectors"
CASES: list[dict[str, Any]] = json.loads((VECTORS / "conditions.json").read_text("utf-8"))
MALFORMED: list[dict[str, Any]] = json.loads((VECTORS / "malformed_conditions.json").read_text("utf-8"))


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


@pytest.mark.parametrize("case", named(CASES))
def test_a_condition_holds_as_the_case_says(case: dict[str, Any]) -> None:
    condition = from_json(case["condition"])
    assert condition.evaluate(case["values"], case.get("defaults", {})) is case["expected"]


@pytest.mark.parametrize("case", named(CASES))
def test_a_condition_comes_back_from_json_as_it_was(case: dict[str, Any]) -> None:
    condition = from_json(case["condition"])
    written = json.dumps(condition.to_json())
    assert written == json.dumps(case["condition"])
    assert from_json(json.loads(written)) == condition


@pytest.mark.parametrize("case", named(MALFORMED))
def test_a_malformed_condition_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(CatalogueError, match="exactly one operator of equals, one_of, is_set, all, any, not"):
        from_json(case["condition"])


def test_there_are_enough_cases_and_each_has_its_own_name() -> None:
    names = [case["name"] for case in CASES + MALFORMED]
    assert len(CASES) >= 120
    assert len(set(names)) == len(names)


def test_the_cases_hold_and_fail_for_each_operator() -> None:
    seen = {(next(iter(case["condition"])), case["expected"]) for case in CASES}
    operators = ("equals", "one_of", "is_set", "all", "any", "not")
    assert seen == {(operator, expected) for operator in operators for expected in (True, False)}


def test_the_operators_of_python_write_the_same_conditions() -> None:
    one, other = from_json({"is_set": "A"}), from_json({"equals": ["B", 1]})
    assert (one & other).to_json() == {"all": [{"is_set": "A"}, {"equals": ["B", 1]}]}
    assert (one | other).to_json() == {"any": [{"is_set": "A"}, {"equals": ["B", 1]}]}
    assert (~one).to_json() == {"not": {"is_set": "A"}}


def test_a_condition_names_the_paths_that_it_asks_about() -> None:
    either = {"any": [{"one_of": ["B", [1]]}, {"not": {"is_set": "C"}}]}
    condition = from_json({"all": [{"equals": ["A", 1]}, either, {"is_set": "A"}]})
    assert list(condition.paths()) == ["A", "B", "C", "A"]


def test_a_condition_with_a_clause_of_its_own_is_the_same_condition() -> None:
    inner = IsSet("A") | Equals("B", 1)
    spoken = Spoken(inner, "something is there")
    assert spoken.to_json() == inner.to_json()
    assert list(spoken.paths()) == ["A", "B"]
    for values in ({}, {"A": "x"}, {"B": 1}, {"B": 2}):
        assert spoken.evaluate(values) is inner.evaluate(values)
