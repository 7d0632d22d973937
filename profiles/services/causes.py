"""What a problem of a filled-in template comes from: the template itself, or an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from profiles.catalogue.conditions import is_set
from profiles.catalogue.findings import Severity
from profiles.exceptions import VariablesError
from profiles.plist.document import ENVELOPE_NAME, Document, Problem
from profiles.plist.templates.declaration import Declaration, Place
from profiles.plist.templates.instance import instantiate
from profiles.plist.templates.variables import (
    BAD_PATTERN,
    VARIABLE,
    confidential,
    other_sample,
    problems,
    sample,
    uses,
)
from profiles.plist.validation.validate import validate
from profiles.services.certificate_evidence import check, inspect
from profiles.services.doubts import is_doubt

UNSAID: Final = "What the secret makes of it is no value. Correct the secret."
"""What is said in place of a sentence that may tell a secret."""

MOST_TRIED: Final = 20
"""Answers that are replaced, one after the other, to see which of them an error comes from."""

_STAND_IN: Final = "cb1f2a"
"""What a secret is replaced by, to see whether a sentence holds it."""

Mark = tuple[str, str, str]


def mark_of(problem: Problem) -> Mark:
    """What two problems have in common that say the same of the same place."""
    return problem.payload, problem.path, problem.code


def saying_of(problem: Problem) -> tuple[Mark, str]:
    """The same, and in which words."""
    return mark_of(problem), problem.message


def errors(document: Document) -> list[Problem]:
    """What stops a download of the document."""
    return errors_among(check(document))


def own_errors(template: Document, *, asking: bool) -> tuple[Problem, ...]:
    """The errors of whatever is made of the template, so that no answer mends them.

    Variables have likely values. Of the places where variables stand nothing is said, nor of those that the template
    asks for where somebody is `asking` for them: a bulk run does not.
    """
    filled = replace(sample(template), declaration=None)
    # A variable is no password yet, so that certificates are those of the template.
    found = errors_among(validate(filled, inspect(template)))
    preventing = [*_preventing(template)]
    varying = [place for places in uses(template).values() for place in places]
    asked = set(_asked(template)) if asking else set()
    content = [
        each
        for each in found
        if not any(_meet(each, place) for place in varying)
        and (each.payload, each.path.partition("[")[0]) not in asked
    ]
    return (*preventing, *content)


def own_doubts(template: Document) -> tuple[Problem, ...]:
    """The doubts about whatever is made of the template: what is said in the same words for unlike answers.

    Where variables stand, too: that a key means nothing to some devices does not depend on its text.
    """
    evidence = inspect(template)
    one, other = (
        validate(replace(filled, declaration=None), evidence)
        for filled in (sample(template), other_sample(template))
    )
    said = frozenset(map(saying_of, other))
    # A variable that nobody declares is an error already.
    told = {(each.payload, each.path) for each in _preventing(template)}
    return tuple(
        each
        for each in one
        if is_doubt(each) and saying_of(each) in said and (each.payload, each.path) not in told
    )


def _preventing(template: Document) -> Iterator[Problem]:
    """What is wrong with the variables so that they cannot be filled in."""
    declared = {each.name for each in (template.declaration or Declaration()).variables}
    unknown = {place for name, places in uses(template).items() if name not in declared for place in places}
    for each in problems(template):
        # Braces that somebody forgot to close stay as they are.
        if each.code == BAD_PATTERN.code or (
            each.code == VARIABLE.code and (each.payload, each.path) in unknown
        ):
            yield each


def errors_among(found: Iterable[Problem]) -> list[Problem]:
    """Those of the problems that stop a download."""
    return [each for each in found if each.severity is Severity.ERROR]


def _asked(template: Document) -> Iterator[tuple[str, str]]:
    """Name of the part and path of what the template asks for."""
    names = {part: name for part, (name, _, _) in template.places().items()}
    for place in (template.declaration or Declaration()).asked:
        yield names.get(place.part, ENVELOPE_NAME), place.path


def _meet(problem: Problem, place: tuple[str, str]) -> bool:
    """Is the problem about that place, or one that is inside the other?"""
    part, path = place
    return problem.payload == part and (_is_at(problem.path, path) or _is_at(path, problem.path))


def _is_at(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}["))


def tells_secret(problem: Problem, others: Iterable[Problem], template: Document) -> bool:
    """May the sentence hold a secret answer? Not if `others`, found with another secret, have it, too.

    Nor where it is about a key that is secret, of which no sentence tells the value.
    """
    if any(problem.message == other.message for other in others):
        return False
    return not is_secret_key(template, problem.payload, problem.path)


def is_secret_key(template: Document, part: str, path: str) -> bool:
    """Does the catalogue call the key at that path secret?"""
    keys = next((payload.by_path for name, payload, _ in template.parts() if name == part), {})
    return path in keys and keys[path].secret


def exposes_secrets(template: Document) -> bool:
    """Does a secret variable stand elsewhere than in secret keys, so that sentences may tell its value?"""
    used = uses(template)
    return any(
        not is_secret_key(template, *place) for name in confidential(template) for place in used.get(name, ())
    )


def without_secrets(template: Document, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers with another text in place of each secret; empty where none is among them."""
    hidden = confidential(template) & answers.keys()
    return {**answers, **dict.fromkeys(hidden, _STAND_IN)} if hidden else {}


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A template with what was typed into its short form."""

    template: Document
    answers: Mapping[str, str] = field(repr=False)
    values: Mapping[Place, Any] = field(repr=False)

    def told(self, found: Sequence[Problem]) -> list[Problem]:
        """The problems in words that tell no secret answer."""
        hidden = without_secrets(self.template, self.answers)
        if not hidden:
            return [*found]
        others = self._judged(hidden)
        return [self._discreet(each, others) for each in found]

    def _discreet(self, problem: Problem, others: Sequence[Problem]) -> Problem:
        if not tells_secret(problem, others, self.template):
            return problem
        return replace(problem, finding=replace(problem.finding, message=UNSAID))

    def causes(self, found: Sequence[Problem]) -> dict[Mark, str]:
        """The variable whose answer each problem comes from, where that is one and can be told."""
        standing = {mark_of(each): self._standing_at(each) for each in found}
        # Which of several, or one that stands elsewhere, only shows when it is another.
        open_marks = {mark for mark, names in standing.items() if len(names) != 1}
        tried: dict[Mark, set[str]] = {mark: set() for mark in open_marks}
        for name, left in self._tried() if open_marks else ():
            for mark in open_marks - left:
                tried[mark].add(name)
        told = {mark: names if len(names) == 1 else tried[mark] for mark, names in standing.items()}
        return {mark: next(iter(names)) for mark, names in told.items() if len(names) == 1}

    def _standing_at(self, problem: Problem) -> set[str]:
        """The variables in the text that the problem is about."""
        return {
            name
            for name, places in uses(self.template).items()
            if any(_meet(problem, place) for place in places)
        }

    def _tried(self) -> Iterator[tuple[str, frozenset[Mark]]]:
        """Each variable, and what is still wrong when another value stands in its place."""
        variables = (self.template.declaration or Declaration()).variables
        given = [each for each in variables if is_set(self.answers.get(each.name))]
        for variable in given[:MOST_TRIED]:
            other = variable.default or variable.kind.sample
            yield variable.name, frozenset(map(mark_of, self._judged({**self.answers, variable.name: other})))

    def _judged(self, answers: Mapping[str, str]) -> list[Problem]:
        try:
            document = instantiate(
                self.template,
                template_id="",
                revision=0,
                uuid=self.template.uuid,
                answers=answers,
                values=self.values,
            )
        except VariablesError:
            return []
        return errors(document)
