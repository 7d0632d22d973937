"""The history of a profile or template: its revisions, what differs between two, and the way back to one.

Who can see it, `Profile.objects.for_user` says; to everybody else there are no revisions.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from profiles.models import Profile, Revision, User
from profiles.plist.diff.documents import PartDiff, part_diffs
from profiles.services import profiles
from profiles.services.document_storage import revision_document
from profiles.services.pagination import LongPage, page_of

_HEAVY: Final = ("document", "sealed")
"""Columns that no list shows."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two revisions, and what differs from `old` to `new`, part by part, without a secret."""

    old: Revision
    new: Revision
    parts: Sequence[PartDiff]


def revisions(*, user: User, profile_id: uuid.UUID, page: int | str = 1) -> LongPage:
    """One page of the revisions with their authors, newest first; an unknown page is the nearest one."""
    return page_of(_seen_by(user, profile_id).defer(*_HEAVY), page)


def compare(*, user: User, profile_id: uuid.UUID, old: int, new: int) -> Comparison:
    """What differs between two revisions, either of which may be the later one.

    Raises Revision.DoesNotExist for a number that never was, EncryptionError.
    """
    rows = {row.number: row for row in _seen_by(user, profile_id).filter(number__in=(old, new))}
    if not {old, new} <= rows.keys():
        raise Revision.DoesNotExist
    before, after = revision_document(rows[old]), revision_document(rows[new])
    return Comparison(
        old=rows[old],
        new=rows[new],
        parts=part_diffs(before, after, lists="by item"),
    )


def restore(*, actor: User, profile_id: uuid.UUID, number: int, base_revision: int) -> Profile:
    """Save what that revision holds as the next one, unless the latest holds the same.

    `base_revision` was the latest when `actor` decided so. Raises Revision.DoesNotExist for a number that never was,
    and what `profiles.save` raises.
    """
    # A revision never changes, so what is read here holds until it is saved.
    revision = _seen_by(actor, profile_id).get(number=number)
    return profiles.save(
        actor=actor,
        profile_id=profile_id,
        document=revision_document(revision),
        base_revision=base_revision,
        comment=f"Back to revision {number}",
    )


def _seen_by(user: User, profile_id: uuid.UUID) -> QuerySet[Revision]:
    """The revisions of that profile, newest first; none when the user cannot see it."""
    rows = Revision.objects.filter(profile=profile_id, profile__in=Profile.objects.for_user(user))
    return rows.select_related("author").order_by("-number")
