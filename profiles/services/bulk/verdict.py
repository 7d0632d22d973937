"""The verdict on a row: who it is about, what keeps their profile from being made, and what to look at before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from profiles.exceptions import VariablesError
from profiles.models import BulkRun
from profiles.models.lengths import NAME_LENGTH
from profiles.plist.document import Problem
from profiles.plist.template_renderer import Press
from profiles.plist.templates.declaration import Declaration, VariableKind
from profiles.plist.templates.variables import check_answers
from profiles.services.bulk.rows import answers_of, email_of, is_address, key_of
from profiles.services.bulk.templates import template_document, template_problems, uuid_of
from profiles.services.causes import (
    UNSAID,
    errors_among,
    is_secret_key,
    mark_of,
    saying_of,
    tells_secret,
    without_secrets,
)
from profiles.services.certificate_evidence import check
from profiles.services.doubts import is_doubt

SENTENCES: Final = 3
"""Problems of one row that are told; who mends these sees whether there are more."""

OF_TEMPLATE: Final = "Only the template is wrong, which is told for all rows at once."
"""What is said of a row that has no error of its own."""

UNSAID_DOUBT: Final = "What the secret makes of it is doubtful. Look at the secret."
"""What is said in place of a warning that may tell a secret."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is found out about a row.

    key, uuid   what tells this person from others, and the PayloadUUID that follows
    reason      what is wrong with it in a few sentences; empty where its profile can be made
    warnings    what to look at before it is made, a line for each that begins with the severity
    """

    key: str = ""
    uuid: str = ""
    reason: str = ""
    warnings: str = ""


def judge(run: BulkRun, press: Press, cells: Sequence[str]) -> Verdict:
    """The verdict on a row with these cells."""
    key = key_of(run, cells)
    uuid = uuid_of(run, key)
    wrong, doubtful = [*_shape(run, cells), *_person(run, key, email_of(run, cells))], list[str]()
    if not wrong:
        wrong, doubtful = _Filled(run, press, uuid, answers_of(run, cells)).judged()
    return Verdict(
        key=_storable(key), uuid=uuid, reason=" ".join(_few(wrong)), warnings="\n".join(_few(doubtful))
    )


def _few(sentences: Sequence[str]) -> list[str]:
    """SENTENCES of them, and how many more there are."""
    more = len(sentences) - SENTENCES
    left = [f"There {'is' if more == 1 else 'are'} {more} more."] if more > 0 else []
    return [*sentences[:SENTENCES], *left]


def _storable(key: str) -> str:
    """As much of a key as a list shows and every database takes: what is more is told to be wrong."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in key)[
        :NAME_LENGTH
    ]


def _shape(run: BulkRun, cells: Sequence[str]) -> list[str]:
    if len(cells) > len(run.columns):
        sentence = (
            f"The row has {len(cells)} cells, but the list has {len(run.columns)} columns. Put quotes around a text "
            "that holds the delimiter."
        )
        return [sentence]
    return []


def _person(run: BulkRun, key: str, email: str) -> list[str]:
    found = []
    if not key:
        found.append(f"“{run.columns[run.key_column or 0]}” is empty. It tells people apart, so fill it in.")
    elif len(key) > NAME_LENGTH or not key.isprintable():
        found.append(
            f"“{run.columns[run.key_column or 0]}” is no name: it is longer than {NAME_LENGTH} characters, or not "
            "printable. Write another."
        )
    if run.email_column is not None and not is_address(email):
        found.append(
            f"“{run.columns[run.email_column]}” is no e-mail address. Write it as {VariableKind.EMAIL.sample}."
        )
    return found


class _Filled:
    """The template with the answers of a row."""

    def __init__(self, run: BulkRun, press: Press, uuid: str, answers: Mapping[str, str]) -> None:
        self._template = template_document(run.template_id, run.template_revision)
        self._own = template_problems(run)
        self._press, self._uuid, self._answers = press, uuid, answers

    def judged(self) -> tuple[list[str], list[str]]:
        """What is wrong, and what is doubtful, beyond what is in every row."""
        declaration = self._template.declaration or Declaration()
        if bad := check_answers(declaration, self._answers):
            return [text for name, text in bad.items() if not self._is_unmatchable(name)] or [OF_TEMPLATE], []
        try:
            found = self._checked(self._answers)
        except VariablesError:
            return [OF_TEMPLATE], []
        wrong = errors_among(found)
        mine = [each for each in wrong if mark_of(each) not in self._own.marks]
        doubts = [each for each in found if is_doubt(each) and saying_of(each) not in self._own.sayings]
        secretive = self._secretive([*mine, *doubts])
        told = [_told(each, secret=each in secretive) for each in mine]
        doubted = [_doubted(each, secret=each in secretive) for each in doubts]
        return told or ([OF_TEMPLATE] if wrong else []), doubted

    def _is_unmatchable(self, name: str) -> bool:
        return name in self._own.unmatchable and bool(self._answers.get(name))

    def _checked(self, answers: Mapping[str, str]) -> list[Problem]:
        return check(self._press.document(self._uuid, answers))

    def _secretive(self, problems: Sequence[Problem]) -> Sequence[Problem]:
        """Those whose sentences may tell a secret; another check, with other secrets, is only made to rule that out."""
        if not problems or not (hidden := without_secrets(self._template, self._answers)):
            return []
        suspects = [each for each in problems if not is_secret_key(self._template, each.payload, each.path)]
        if not self._own.exposed:
            secrets = [text.strip() for name, text in self._answers.items() if hidden[name] != text]
            suspects = [each for each in suspects if any(text and text in each.message for text in secrets)]
        others = self._checked(hidden) if suspects else []
        return [each for each in suspects if tells_secret(each, others, self._template)]


def _told(problem: Problem, *, secret: bool) -> str:
    if secret:
        return f"{problem.path}: {UNSAID}"
    return f"{problem.path}: {problem.message} [{problem.code}]"


def _doubted(problem: Problem, *, secret: bool) -> str:
    """A line, whatever a key that nobody knows is called."""
    message = UNSAID_DOUBT if secret else problem.message
    return " ".join(f"{problem.severity} {problem.path}: {message} [{problem.code}]".split())
