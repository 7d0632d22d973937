"""Fixes put into effect on the property list itself, by other code than that of the designer."""

from __future__ import annotations

import copy
import re
from typing import Any

from profiles.catalogue.fixes import NOTHING, AsBuilt, Change, Fix, Items
from profiles.plist.document import ENVELOPE_NAME, Document, Problem
from tests.cases.making import Tree

Step = str | int


def mended(tree: Tree, document: Document, problem: Problem) -> Tree:
    """A copy of the property list with the fix of a problem in effect; `document` is what was read from it."""
    fix = problem.finding.fix
    assert fix is not None, f"{problem.code} carries no fix"
    whole = copy.deepcopy(tree)
    names = [part.name for part in document.payloads]
    if problem.payload == ENVELOPE_NAME:
        part, built = (
            whole,
            {"PayloadType": "Configuration", "PayloadVersion": 1, "PayloadUUID": document.uuid},
        )
    else:
        number = names.index(problem.payload)
        part = whole["PayloadContent"][number]
        built = document.payloads[number].generated(document.identifier)
    for change in _ordered(fix):
        _change(part, change, built)
    return whole


def _ordered(fix: Fix) -> list[Change]:
    """Items of lists last to first, so that those before them keep their places."""
    return sorted(fix.changes, key=lambda change: _steps(change.path), reverse=True)


def _steps(path: str) -> list[tuple[bool, str, int]]:
    """The parts of a path, which compare."""
    found = re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)
    return [(not name, name, int(number or 0)) for name, number in found]


def _change(part: Any, change: Change, built: Tree) -> None:
    steps: list[Step] = [number if is_item else name for is_item, name, number in _steps(change.path)]
    *way, last = steps
    holder = part
    for step in way:
        if isinstance(holder, dict) and step not in holder:
            holder[step] = {}
        holder = holder[step]
    if change.before is NOTHING:
        assert last not in holder, f"{change.path} is there already"
    else:
        assert _same(holder[last], change.before), f"{change.path} is not what the fix expects"
    if isinstance(change.after, Items):
        if isinstance(holder, list):
            assert isinstance(last, int)
            holder[last : last + 1] = change.after.values
        else:
            assert not change.after.values, f"{change.path} is no item of a list"
            del holder[last]
        return
    holder[last] = built[change.path] if isinstance(change.after, AsBuilt) else change.after


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)
