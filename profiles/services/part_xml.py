"""One part of a stored profile as XML: for what no form field stands for.

Who can see it, `Profile.objects.for_user` says; what may be done, `profiles.policy`, as for the profile as a whole.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from django.db import transaction

from profiles.exceptions import DocumentError
from profiles.models import Profile, Revision, User
from profiles.plist import part_xml
from profiles.plist.document import ENVELOPE_NAME, Document, Problem
from profiles.policy import Action, require
from profiles.services import audit, profiles
from profiles.services.audit import Event
from profiles.services.certificate_evidence import check
from profiles.services.document_storage import load, revision_document
from profiles.services.mask_key import mask_key


@dataclass(frozen=True, kw_only=True)
class Edited:
    """The document with the part as the XML says, and what there is to say of that part and of its XML."""

    document: Document
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of it, and what there is to say of the XML."""

    profile: Profile
    notes: tuple[str, ...]


def opened(*, user: User, profile_id: uuid.UUID, part: str, revision: int) -> str:
    """The XML of a part as it was in that revision; raises Revision.DoesNotExist, DocumentError for no such part."""
    document = _revision(user, profile_id, revision)
    _require(document, part)
    return part_xml.write(document, part, mask_key(profile_id))


@transaction.atomic
def reveal(*, actor: User, profile_id: uuid.UUID, part: str, text: str, revision: int) -> str:
    """XML that was opened as in `revision`, with the texts and data that the catalogue does not know; it is logged.

    Raises what `opened` raises, and NotAllowedError.
    """
    profile = Profile.objects.for_user(actor).get(pk=profile_id)
    require(actor, Action.EDIT, profile.team_id)
    document = _revision(actor, profile_id, revision)
    _require(document, part)
    shown = part_xml.reveal(document, part, mask_key(profile_id), text)
    if shown != text:
        name = next((each.name for each in document.payloads if each.uuid == part), ENVELOPE_NAME)
        audit.record(
            Event.SECRET_SHOWN,
            actor=actor,
            team_id=profile.team_id,
            subject=profile,
            detail=f"{name}/all unknown keys, revision {revision}",
        )
    return shown


def edit(*, user: User, profile_id: uuid.UUID, part: str, text: str, revision: int) -> Edited:
    """What the XML says, that was opened as in `revision` and changed since, over what is stored now.

    Raises UnreadableProfileError where it is no XML of a part, MaskError for a mask that cannot stand where it does,
    DocumentError where the part is gone.
    """
    before = _revision(user, profile_id, revision)
    _require(before, part)
    read = part_xml.read_back(before, part, mask_key(profile_id), text)
    profile = Profile.objects.for_user(user).get(pk=profile_id)
    stored = before if profile.revision == revision else load(profile)
    _require(stored, part)
    document = _moved(read.document, stored, part)
    name = next((each.name for each in document.payloads if each.uuid == part), ENVELOPE_NAME)
    problems = tuple(problem for problem in check(document) if problem.payload == name)
    return Edited(document=document, problems=problems, notes=read.notes)


def save(
    *, actor: User, profile_id: uuid.UUID, part: str, text: str, revision: int, base_revision: int
) -> Saved:
    """Store the part as the XML says; raises what `edit` and `profiles.save` raise."""
    edited = edit(user=actor, profile_id=profile_id, part=part, text=text, revision=revision)
    profile = profiles.save(
        actor=actor,
        profile_id=profile_id,
        document=edited.document,
        base_revision=base_revision,
        comment="Edited as XML",
    )
    return Saved(profile=profile, notes=edited.notes)


def _moved(source: Document, target: Document, part: str) -> Document:
    """`target` with that part of `source`."""
    if part == ENVELOPE_NAME:
        return replace(target, uuid=source.uuid, envelope=source.envelope, kept=source.kept)
    found = next(each for each in source.payloads if each.uuid == part)
    payloads = tuple(
        replace(found, name=each.name) if each.uuid == part else each for each in target.payloads
    )
    return replace(target, payloads=payloads)


def _require(document: Document, part: str) -> None:
    if part != ENVELOPE_NAME and part not in {each.uuid for each in document.payloads}:
        raise DocumentError("This payload is no longer in the profile. Open the profile again.")


def _revision(user: User, profile_id: uuid.UUID, number: int) -> Document:
    rows = Revision.objects.filter(profile__in=Profile.objects.for_user(user))
    return revision_document(rows.get(profile=profile_id, number=number))
