"""The rows of a run: their cells, and what they answer."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from profiles.encryption import key_id
from profiles.exceptions import EncryptionError
from profiles.models import BulkRun, Recipient
from profiles.models.sealed import SealedModel, key_ring
from profiles.plist.document import Document
from profiles.plist.secrets import MASK
from profiles.plist.templates.declaration import VariableKind
from profiles.plist.templates.variables import confidential
from profiles.services.bulk.templates import press_of, template_document

PREVIEWED: Final = 3
"""Rows."""

ADDED: Final = ("row", "reason")
"""Columns that stand before those of the list where its wrong rows are taken away."""

DAMAGED: Final = (
    "This row was altered in the database. Restore it from a backup, or upload it again in another run."
)


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


def is_address(email: str) -> bool:
    """Is this an e-mail address that a mail server takes, and nothing beside it?"""
    try:
        validate_email(email)
    except ValidationError:
        return False
    return VariableKind.EMAIL.fits(email)


def _cell(cells: Sequence[str], number: int | None) -> str:
    return cells[number] if number is not None and number < len(cells) else ""
