"""The rows of a run: what they answer, and what is wrong with them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from profiles.encryption import key_id
from profiles.exceptions import EncryptionError, VariablesError
from profiles.models import BulkRun, Recipient
from profiles.models.lengths import NAME_LENGTH
from profiles.models.sealed import SealedModel, key_ring
from profiles.plist.declaration import Declaration, VariableKind
from profiles.plist.document import Document, Problem
from profiles.plist.press import Press
from profiles.plist.secrets import MASK
from profiles.plist.variables import check_answers, confidential
from profiles.services.bulk.press import press_of, template_document, template_errors, uuid_of
from profiles.services.causes import UNSAID, errors, mark_of, tells_secret, without_secrets

PREVIEWED: Final = 3
"""Rows."""

SENTENCES: Final = 3
"""Problems of one row that are told; who mends these sees whether there are more."""

ADDED: Final = ("row", "reason")
"""Columns that stand before those of the list where its wrong rows are taken away."""

DAMAGED: Final = (
    "This row was altered in the database. Restore it from a backup, or upload it again in another run."
)

OF_TEMPLATE: Final = "Only the template is wrong, which is told for all rows at once."
"""What is said of a row that has no error of its own."""


def put_cells(recipient: Recipient, cells: Sequence[str]) -> None:
    """Put the cells of a row into it; the caller saves."""
    recipient.seal(json.dumps(cells, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace"))


def cells_of(recipient: Recipient) -> list[str]:
    """The cells of a row; raises EncryptionError."""
    return _cells(recipient.unseal())


def _cells(content: bytes) -> list[str]:
    cells: list[str] = json.loads(content)
    return cells


def sound_cells_of(recipient: Recipient) -> list[str] | None:
    """The same, but None where the row itself was altered; raises EncryptionError where its key is not there."""
    content = opened(recipient)
    return None if content is None else _cells(content)


def opened(row: SealedModel) -> bytes | None:
    """What is in a row, None where it was altered; raises EncryptionError where its key is not there."""
    try:
        return row.unseal()
    except EncryptionError:
        if not _is_damaged(row):
            raise
        return None


def _is_damaged(row: SealedModel) -> bool:
    """Is it the row that is wrong, since the key that sealed it is there?"""
    keys = key_ring().keys
    try:
        return key_id(bytes(row.sealed)) in keys
    except EncryptionError:
        return True


def answers_of(run: BulkRun, cells: Sequence[str]) -> dict[str, str]:
    """The values of the variables; what is not there or empty is left to the default."""
    return {name: cells[number] for name, number in run.mapping.items() if number < len(cells)}


def key_of(run: BulkRun, cells: Sequence[str]) -> str:
    """What tells this person from others; empty where that is missing."""
    text = _cell(cells, run.key_column)
    return " ".join(unicodedata.normalize("NFC", text).split())


def email_of(run: BulkRun, cells: Sequence[str]) -> str:
    """Their e-mail address; empty where there is none."""
    return _cell(cells, run.email_column).strip()


def secret_columns(document: Document, mapping: Mapping[str, int]) -> set[int]:
    """The columns of the variables that are secrets, when variables come from the columns of `mapping`."""
    return {mapping[name] for name in confidential(document) if name in mapping}


def columns_in_use(run: BulkRun) -> set[int]:
    """The columns that mean something; any other may be a secret, too."""
    return {*run.mapping.values(), run.key_column, run.email_column} - {None}


def personal_document(recipient: Recipient) -> Document:
    """What this person gets; raises EncryptionError."""
    run = recipient.run
    return press_of(run).document(recipient.uuid, answers_of(run, cells_of(recipient)))


def preview(run: BulkRun) -> list[list[str]]:
    """The cells of the first rows, for somebody to see whether they were read well: those that are no secret."""
    document = template_document(run.template_id, run.template_revision)
    shown = columns_in_use(run) - secret_columns(document, run.mapping)
    return [
        [_cell(cells, number) if number in shown else MASK for number in range(len(run.columns))]
        for cells in (sound_cells_of(row) or [] for row in run.recipients.order_by("row")[:PREVIEWED])
    ]


def judge(run: BulkRun, press: Press, cells: Sequence[str]) -> tuple[str, str, str]:
    """Key and PayloadUUID of a row, and what is wrong with it in a few sentences; empty where nothing is."""
    key = key_of(run, cells)
    uuid = uuid_of(run, key)
    found = [*_shape(run, cells), *_person(run, key, email_of(run, cells))]
    if not found:
        found = _content(run, press, uuid, answers_of(run, cells))
    more = len(found) - SENTENCES
    told = [*found[:SENTENCES], *([f"There {'is' if more == 1 else 'are'} {more} more."] if more > 0 else [])]
    return _storable(key), uuid, " ".join(told)


def _storable(key: str) -> str:
    """As much of a key as a list shows and every database takes: what is more is told to be wrong."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in key)[
        :NAME_LENGTH
    ]


def _cell(cells: Sequence[str], number: int | None) -> str:
    return cells[number] if number is not None and number < len(cells) else ""


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


def is_address(email: str) -> bool:
    """Is this an e-mail address that a mail server takes, and nothing beside it?"""
    try:
        validate_email(email)
    except ValidationError:
        return False
    return VariableKind.EMAIL.fits(email)


def _content(run: BulkRun, press: Press, uuid: str, answers: Mapping[str, str]) -> list[str]:
    document, own = template_document(run.template_id, run.template_revision), template_errors(run)
    if wrong := check_answers(document.declaration or Declaration(), answers):
        mine = [text for name, text in wrong.items() if not (name in own.unmatchable and answers.get(name))]
        return mine or [OF_TEMPLATE]
    try:
        found = errors(press.document(uuid, answers))
    except VariablesError:
        return [OF_TEMPLATE]
    left = [each for each in found if mark_of(each) not in own.marks]
    if not left:
        return [OF_TEMPLATE] if found else []
    hidden = without_secrets(document, answers)
    others = errors(press.document(uuid, hidden)) if hidden else left
    return [_told(each, secret=tells_secret(each, others, document)) for each in left]


def _told(problem: Problem, *, secret: bool) -> str:
    if secret:
        return f"{problem.path}: {UNSAID}"
    return f"{problem.path}: {problem.message} [{problem.code}]"
