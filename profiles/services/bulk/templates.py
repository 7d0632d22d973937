"""The template of a run, ready to be filled in: worked out once in a process, as long as it is used."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from functools import lru_cache

from profiles.models import BulkRun, Revision
from profiles.plist.document import Document, Problem, derived_uuid
from profiles.plist.template_renderer import Press
from profiles.plist.templates.declaration import Declaration
from profiles.services.causes import Mark, exposes_secrets, mark_of, own_doubts, own_errors, saying_of
from profiles.services.document_storage import revision_document


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
class TemplateProblems:
    """What a template brings into every row, so that it is told once for all.

    errors        those of whatever is made of it, and their marks
    doubts        what is to be known before anything is handed out, and the sayings of all that
    unmatchable   the variables that no answer can match
    exposed       secrets stand elsewhere than in secret keys
    """

    errors: tuple[Problem, ...]
    marks: frozenset[Mark]
    doubts: tuple[Problem, ...]
    sayings: frozenset[tuple[Mark, str]]
    unmatchable: frozenset[str]
    exposed: bool


def template_problems(run: BulkRun) -> TemplateProblems:
    """What there is to say of the template of a run, as it was when the run was begun, whatever its rows say."""
    return _template_problems(run.template_id, run.template_revision)


def problems_by_now(run: BulkRun) -> TemplateProblems:
    """What there is to say of the template of a run as it is now."""
    return _template_problems(run.template_id, run.template.revision)


@lru_cache(maxsize=8)
def _template_problems(template_id: uuid.UUID, revision: int) -> TemplateProblems:
    document = template_document(template_id, revision)
    found, doubts = own_errors(document, asking=False), own_doubts(document)
    variables = (document.declaration or Declaration()).variables
    return TemplateProblems(
        errors=found,
        marks=frozenset(map(mark_of, found)),
        doubts=doubts,
        sayings=frozenset(map(saying_of, doubts)),
        unmatchable=frozenset(each.name for each in variables if each.pattern and each.expression is None),
        exposed=exposes_secrets(document),
    )


def uuid_of(run: BulkRun, key: str) -> str:
    """The PayloadUUID of the profile of that person, the same in each run of the template."""
    # Anew in one form, since letters of another case may come in another one.
    return derived_uuid(str(run.template_id), unicodedata.normalize("NFC", key.casefold()))
