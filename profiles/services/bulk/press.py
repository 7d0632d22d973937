"""The template of a run, ready to be filled in: worked out once in a process, as long as it is used."""

from __future__ import annotations

import unicodedata
import uuid
from functools import lru_cache

from profiles.models import BulkRun, Revision
from profiles.plist.document import Document, derived_uuid
from profiles.plist.press import Press
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


def uuid_of(run: BulkRun, key: str) -> str:
    """The PayloadUUID of the profile of that person, the same in each run of the template."""
    # Anew in one form, since letters of another case may come in another one.
    return derived_uuid(str(run.template_id), unicodedata.normalize("NFC", key.casefold()))
