"""The template of a run, ready to be filled in: worked out once in a process, as long as it is used."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from functools import lru_cache

from profiles.models import BulkRun, Revision
from profiles.plist.declaration import Declaration
from profiles.plist.document import Document, Problem, derived_uuid
from profiles.plist.press import Press
from profiles.services.causes import Mark, mark_of, own_errors
from profiles.services.documents import revision_document


@lru_cache(maxsize=8)
def template_document(template_id: uuid.UUID, revision: int) -> Document:
    """A revision of a template, which never changes; raises Revision.DoesNotExist, EncryptionError."""
    return revision_document(Revision.objects.get(profile=template_id, number=revision))


def press_of(run: BulkRun) -> Press:
    """What writes the profiles of a run."""
    return _press(run.template_id, run.template_revision)


@lru_cache(maxsize=8)
def _press(template_id: uuid.UUID, revision: int) -> Press:
    document = template_document(template_id, revision)
    return Press(document, template_id=str(template_id), revision=revision)


@dataclass(frozen=True, kw_only=True)
class TemplateErrors:
    """The errors that a template brings into every row, their marks, and the variables that no answer can match."""

    problems: tuple[Problem, ...]
    marks: frozenset[Mark]
    unmatchable: frozenset[str]


def template_errors(run: BulkRun) -> TemplateErrors:
    """What is wrong with the template of a run, as it was when the run was begun, whatever its rows say."""
    return _template_errors(run.template_id, run.template_revision)


def errors_by_now(run: BulkRun) -> TemplateErrors:
    """What is wrong with the template of a run as it is now."""
    return _template_errors(run.template_id, run.template.revision)


@lru_cache(maxsize=8)
def _template_errors(template_id: uuid.UUID, revision: int) -> TemplateErrors:
    document = template_document(template_id, revision)
    found = own_errors(document, asking=False)
    variables = (document.declaration or Declaration()).variables
    return TemplateErrors(
        problems=found,
        marks=frozenset(map(mark_of, found)),
        unmatchable=frozenset(each.name for each in variables if each.pattern and each.expression is None),
    )


def uuid_of(run: BulkRun, key: str) -> str:
    """The PayloadUUID of the profile of that person, the same in each run of the template."""
    # Anew in one form, since letters of another case may come in another one.
    return derived_uuid(str(run.template_id), unicodedata.normalize("NFC", key.casefold()))
