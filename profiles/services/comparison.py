"""Any two profiles side by side: saved ones, their revisions, files that wait to be imported.

Each is named by a reference: `profile:ID`, `revision:ID:NUMBER` or `file:ID`. Who can see it, `for_user` says.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from profiles.exceptions import DocumentError
from profiles.models import ImportedFile, Profile, Revision, Team, User
from profiles.plist.diff import IDENTITY, Change, diff
from profiles.plist.document import Document
from profiles.policy import Action, require
from profiles.services import imports
from profiles.services.documents import load, revision_document
from profiles.services.profiles import HEAVY

MOST_LISTED: Final = 500
"""Profiles, and templates, that a list to choose from holds."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two; `title` and `detail` say which, `profile` is its id where it is saved."""

    reference: str
    title: str
    detail: str
    team_id: uuid.UUID
    document: Document = field(repr=False)
    profile: uuid.UUID | None = None
    revision: int = 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two sides, what differs in what they do, and what only in how they are called inside; without a secret."""

    old: Side
    new: Side
    changes: Sequence[Change]
    identity: Sequence[Change]


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What can be compared: reference and name."""

    profiles: Sequence[tuple[str, str]]
    templates: Sequence[tuple[str, str]]
    files: Sequence[tuple[str, str]]


def choices(*, user: User, team: Team) -> Choices:
    """What the team has, by name, MOST_LISTED of each at most."""
    require(user, Action.LOOK, team.pk)
    rows = Profile.objects.for_user(user).filter(team=team).defer(*HEAVY).order_by("sort_key", "id")
    return Choices(
        profiles=_named(rows.filter(is_template=False)[:MOST_LISTED]),
        templates=_named(rows.filter(is_template=True)[:MOST_LISTED]),
        files=[(f"file:{row.pk}", str(row)) for row in imports.waiting(user=user, team=team)],
    )


def _named(rows: Iterable[Profile]) -> list[tuple[str, str]]:
    return [(f"profile:{row.pk}", str(row)) for row in rows]


def compare(*, user: User, old: str, new: str) -> Comparison:
    """What differs between two references; raises what `resolve` raises."""
    before, after = resolve(user=user, reference=old), resolve(user=user, reference=new)
    found = diff(before.document, after.document, loosely=True)
    return Comparison(
        old=before,
        new=after,
        changes=[change for change in found if change.path not in IDENTITY],
        identity=[change for change in found if change.path in IDENTITY],
    )


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
        title=str(row),
        detail=f"{'template' if row.is_template else 'profile'}, revision {row.revision}",
        team_id=row.team_id,
        document=load(row),
        profile=row.pk,
        revision=row.revision,
    )


def _revision(user: User, id_: uuid.UUID, number: int) -> Side:
    rows = Revision.objects.filter(profile__in=Profile.objects.for_user(user)).select_related("profile")
    row = rows.get(profile=id_, number=number)
    return Side(
        reference=f"revision:{id_}:{number}",
        title=str(row.profile),
        detail=f"revision {number}",
        team_id=row.profile.team_id,
        document=revision_document(row),
        profile=id_,
        revision=number,
    )


def _file(user: User, id_: uuid.UUID) -> Side:
    row, file = imports.document(user=user, file_id=id_)
    return Side(
        reference=f"file:{id_}",
        title=file.document.title or str(row),
        detail=f"file {row}",
        team_id=row.team_id,
        document=file.document,
    )


NOT_THERE: Final = (Profile.DoesNotExist, Revision.DoesNotExist, ImportedFile.DoesNotExist)
"""What is raised for what is not there, or not to be seen."""
