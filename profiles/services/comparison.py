"""Any two profiles side by side: saved ones, their revisions, files that wait to be imported.

Each is named by a reference: `profile:ID`, `revision:ID:NUMBER` or `file:ID`. Who can see it, `for_user` says.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from profiles.catalogue.values import control_character
from profiles.exceptions import DocumentError
from profiles.models import ImportedFile, Profile, Revision, User
from profiles.plist.diff.documents import IDENTITY, PartDiff, part_diffs
from profiles.plist.document import Document
from profiles.services import imports
from profiles.services.document_storage import load, revision_document
from profiles.services.profiles import HEAVY, matching

MOST_FOUND: Final = 8
"""Profiles and templates that a search lists: who does not find theirs writes more of its name."""

MOST_FILES: Final = 4
"""Files that it lists beside them."""

Kind = Literal["profile", "template", "revision", "file"]


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two.

    reference          what it was asked for by
    title, detail      which it is, for a person
    profile, revision  id of what is saved, and the number of the revision that is compared; `latest` is the newest
    file, expires_at   id of a file that waits, and until when
    """

    reference: str
    kind: Kind
    title: str
    detail: str
    team_id: uuid.UUID
    document: Document = field(repr=False)
    profile: uuid.UUID | None = None
    revision: int = 0
    latest: int = 0
    file: uuid.UUID | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two sides, what differs in what they do, and what only in what they are called inside; without a secret.

    `same` is how many payloads do not differ in what they do.
    """

    old: Side
    new: Side
    parts: Sequence[PartDiff]
    identity: Sequence[PartDiff]
    same: int

    @property
    def differing(self) -> int:
        """How many payloads are in both, and differ."""
        return sum(part.was is not None and part.now is not None for part in self.parts)

    @property
    def added(self) -> int:
        """How many payloads only the new side has."""
        return sum(part.was is None and part.now is not None for part in self.parts)

    @property
    def removed(self) -> int:
        """How many payloads only the old side has."""
        return sum(part.was is not None and part.now is None for part in self.parts)

    @property
    def has_own(self) -> bool:
        """Does the profile itself differ, apart from its payloads?"""
        return any(part.was is None and part.now is None for part in self.parts)

    @property
    def keys(self) -> int:
        """How many keys differ; payloads that came or went have none that could."""
        return sum(len(part.changes) for part in self.parts if not part.is_whole)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something that can be compared; `detail` tells it from others of the same name."""

    reference: str
    kind: Kind
    title: str
    detail: str
    team: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search finds, the last changed first; `more` says that there is more of it than is listed."""

    choices: Sequence[Choice]
    more: bool


def search(*, user: User, text: str = "") -> Found:
    """What the user's teams have, each word of `text` being part of name or identifier; two statements."""
    rows = matching(Profile.objects.for_user(user), text).select_related("team").defer(*HEAVY)
    saved = [*rows.order_by("-updated_at", "id")[: MOST_FOUND + 1]]
    files = ImportedFile.objects.for_user(user).select_related("team").defer("sealed")
    files = files.none() if control_character(text) else files
    for word in text.split():
        files = files.filter(name__icontains=word)
    waiting = [*files[: MOST_FILES + 1]]
    return Found(
        choices=[*map(_saved, saved[:MOST_FOUND]), *map(_waiting, waiting[:MOST_FILES])],
        more=len(saved) > MOST_FOUND or len(waiting) > MOST_FILES,
    )


def _saved(row: Profile) -> Choice:
    return Choice(
        reference=f"profile:{row.pk}",
        kind="template" if row.is_template else "profile",
        title=str(row),
        detail=row.identifier if row.name else "",
        team=row.team.name,
    )


def _waiting(row: ImportedFile) -> Choice:
    return Choice(reference=f"file:{row.pk}", kind="file", title=row.name, detail="", team=row.team.name)


def compare(*, old: Side, new: Side) -> Comparison:
    """What differs between two sides, each of which `resolve` gave."""
    found = part_diffs(*_comparable(old, new), loosely=not _is_same(old, new), lists="by item")
    parts = _with(found, identity=False)
    return Comparison(
        old=old,
        new=new,
        parts=parts,
        identity=_with(found, identity=True),
        same=len(new.document.payloads) - sum(part.now is not None for part in parts),
    )


def _is_same(old: Side, new: Side) -> bool:
    """Are these two states of one profile, so that its history tells the same of them?"""
    return old.profile is not None and old.profile == new.profile


def _comparable(old: Side, new: Side) -> tuple[Document, Document]:
    """The documents with no more than both can have: no file says what it is for, or what it was made from."""
    if "file" not in (old.kind, new.kind):
        return old.document, new.document
    one, other = (replace(side.document, targets={}, declaration=None, origin=None) for side in (old, new))
    return one, other


def _with(found: Sequence[PartDiff], *, identity: bool) -> list[PartDiff]:
    """What differs in the identity of the parts, or in all else."""
    cut = (
        replace(part, changes=tuple(each for each in part.changes if (each.path in IDENTITY) is identity))
        for part in found
    )
    return [part for part in cut if part.changes]


def resolve(*, user: User, reference: str) -> Side:
    """What a reference names.

    Raises DocumentError where it is none, Profile.DoesNotExist, Revision.DoesNotExist or ImportedFile.DoesNotExist.
    """
    kind, _, rest = reference.partition(":")
    name, _, number = rest.partition(":")
    try:
        id_ = uuid.UUID(name)
        wanted = int(number) if number else 0
    except ValueError:
        raise _no_reference() from None
    if kind == "profile" and not number:
        return _profile(user, id_)
    if kind == "revision" and 0 < wanted < 2**31:
        return _revision(user, id_, wanted)
    if kind == "file" and not number:
        return _file(user, id_)
    raise _no_reference()


def _no_reference() -> DocumentError:
    return DocumentError("Choose what is to be compared.")


def _profile(user: User, id_: uuid.UUID) -> Side:
    row = Profile.objects.for_user(user).get(pk=id_)
    return Side(
        reference=f"profile:{id_}",
        kind="template" if row.is_template else "profile",
        title=str(row),
        detail=f"{'template' if row.is_template else 'profile'}, revision {row.revision}, the latest",
        team_id=row.team_id,
        document=load(row),
        profile=row.pk,
        revision=row.revision,
        latest=row.revision,
    )


def _revision(user: User, id_: uuid.UUID, number: int) -> Side:
    rows = Revision.objects.filter(profile__in=Profile.objects.for_user(user)).select_related("profile")
    row = rows.get(profile=id_, number=number)
    return Side(
        reference=f"revision:{id_}:{number}",
        kind="revision",
        title=str(row.profile),
        detail=f"{'template' if row.profile.is_template else 'profile'}, revision {number}",
        team_id=row.profile.team_id,
        document=revision_document(row),
        profile=id_,
        revision=number,
        latest=row.profile.revision,
    )


def _file(user: User, id_: uuid.UUID) -> Side:
    row, file = imports.document(user=user, file_id=id_)
    return Side(
        reference=f"file:{id_}",
        kind="file",
        title=file.document.title or row.name,
        detail=f"file {row.name}" if file.document.title else "file",
        team_id=row.team_id,
        document=file.document,
        file=row.pk,
        expires_at=row.expires_at,
    )


NOT_THERE: Final = (Profile.DoesNotExist, Revision.DoesNotExist, ImportedFile.DoesNotExist)
"""What is raised for what is not there, or not to be seen."""
