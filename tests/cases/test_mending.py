"""A fix does what its problem asks for: afterwards the problem is gone, and no error is there that was not."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from profiles.plist.document import Problem
from profiles.services.certificate_evidence import check
from tests.cases.doors import from_file, problems
from tests.cases.expectations import Case, Told, summary
from tests.cases.making import SECRETS
from tests.cases.mending import mended
from tests.cases.table import CASES

MENDED = [
    pytest.param(case, each, id=f"{case.name}, {number}")
    for case in CASES
    for number, each in enumerate(case.tells)
    if each.mends and "file" in case.doors
]


NO_CHOICES = (
    "Write true or false.",  # what the value may be at all
    "such as corp.example or *.corp.example",  # examples
    "and is another number or type",  # what stands there
)
"""What a message says with an “or” that leaves nothing to a person, each with what it is."""


def leaves_a_choice(message: str) -> bool:
    """Does a message name two ways to mend it? What is behind “only used when” is a condition."""
    for each in NO_CHOICES:
        message = message.replace(each, "")
    return " or " in re.sub(r"only used when [^.]+(\.[A-Z]\w+)*", "", message)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_where_a_message_leaves_a_choice_no_fix_is_sure(case: Case) -> None:
    found = [problem for door in case.doors for problem in problems(case.profile(), door, case.targets)]
    assert [
        problem.message
        for problem in found
        if problem.fix and problem.fix.sure and leaves_a_choice(problem.message)
    ] == []


def errors(found: list[Problem]) -> set[tuple[str, str, str]]:
    return {each for each in summary(found) if each[0] == "error"}


@pytest.mark.parametrize(("case", "wanted"), MENDED)
def test_the_fix_mends_the_problem_and_breaks_nothing(case: Case, wanted: Told) -> None:
    tree = case.profile()
    document = replace(from_file(tree), targets=case.targets)
    before = check(document)
    problem = next((each for each in before if wanted.fits(each)), None)
    assert problem, "the problem itself is not told"

    after = problems(mended(tree, document, problem), "file", case.targets)

    assert (problem.code, problem.path) not in [(each.code, each.path) for each in after]
    assert errors(after) <= errors(before)


@pytest.mark.parametrize("case", [case for case in CASES if "file" in case.doors], ids=lambda case: case.name)
def test_every_fix_that_is_offered_fits_what_is_there(case: Case) -> None:
    tree = case.profile()
    document = replace(from_file(tree), targets=case.targets)
    before = check(document)
    for problem in before:
        if problem.finding.fix is None:
            continue
        assert problem.finding.fix.label
        assert not any(secret in problem.finding.fix.label for secret in SECRETS)
        after = problems(mended(tree, document, problem), "file", case.targets)
        assert errors(after) <= errors(before), problem.code
