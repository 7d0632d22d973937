"""What can be done with a profile as a whole. Whose it is, `Profile.objects.for_user` says and nothing else.

Every function that takes an id raises Profile.DoesNotExist for one that is not there or not theirs.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, Literal

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.utils import timezone

from profiles.catalogue.values import control_character
from profiles.exceptions import ConflictError
from profiles.models import Payload, Profile, Revision, User
from profiles.models.profile import NAME_LENGTH
from profiles.plist.document import Document, random_uuid
from profiles.services.documents import (
    assemble,
    fill_payload,
    fill_profile,
    fill_revision,
    fingerprint,
    load,
    revision_document,
)
from profiles.services.storable import require_comment, require_storable

KEPT_AFTER_DELETION: Final = timedelta(days=30)
PER_PAGE: Final = 25

Order = Literal["name", "-name", "updated", "-updated"]
_ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("search_key", "id"),
    "-name": ("-search_key", "id"),
    "updated": ("updated_at", "id"),
    "-updated": ("-updated_at", "id"),
}


@transaction.atomic
def create(*, owner: User, document: Document, comment: str = "") -> Profile:
    """A new profile of `owner`, with its first revision; raises DocumentError when it cannot be stored."""
    require_storable(document)
    require_comment(comment)
    profile = Profile(owner=owner)
    _fill(profile, document, author=owner)
    profile.save(force_insert=True)
    _insert_payloads(profile, document, {})
    _insert_revision(profile, document, comment)
    return profile


@transaction.atomic
def save(
    *, actor: User, profile_id: uuid.UUID, document: Document, base_revision: int, comment: str = ""
) -> Profile:
    """Store `document` as the next revision, unless it is what is stored already.

    `base_revision` is the number of the revision that was edited. Raises ConflictError when that is no longer
    the latest (to overrule it, save again with the number in the error), DocumentError when it cannot be
    stored.
    """
    require_storable(document)
    require_comment(comment)
    profile = Profile.objects.for_user(actor).select_for_update().get(pk=profile_id)
    rows = {row.uuid: row for row in profile.payloads.order_by("position")}
    stored = assemble(profile, rows.values())
    if fingerprint(stored) == fingerprint(document):
        return profile
    if profile.revision != base_revision:
        raise _conflict(profile, base_revision, theirs=stored, mine=document)
    _fill(profile, document, author=actor)
    profile.save(force_update=True)
    _replace_payloads(profile, document, rows, stored)
    _insert_revision(profile, document, comment)
    return profile


def duplicate(*, actor: User, profile: Profile) -> Profile:
    """A copy that is the actor's own, installs beside the original, and refers to its own payloads."""
    profile = Profile.objects.for_user(actor).get(pk=profile.pk)
    original = load(profile)
    fresh = random_uuid()
    moved = {original.uuid.upper(): fresh} | {part.uuid.upper(): random_uuid() for part in original.payloads}
    envelope = {
        **_follow(dict(original.envelope), moved),
        "PayloadDisplayName": f"{original.title or original.identifier} copy".strip(),
        "PayloadIdentifier": f"{original.identifier or 'profile'}.{fresh[:8].lower()}",
    }
    payloads = tuple(
        replace(
            part,
            uuid=moved[part.uuid.upper()],
            values=_follow(dict(part.values), moved),
            unknown=_follow(dict(part.unknown), moved),
        )
        for part in original.payloads
    )
    document = Document(uuid=fresh, envelope=envelope, targets=original.targets, payloads=payloads)
    return create(owner=actor, document=document, comment=f"Copy of {str(profile)[:NAME_LENGTH]}")


@transaction.atomic
def delete(*, actor: User, profile: Profile) -> None:
    """Take the profile off the list, to be restored within 30 days; what is older there goes for good."""
    now = timezone.now()
    if not Profile.objects.for_user(actor).filter(pk=profile.pk).update(deleted_at=now):
        raise Profile.DoesNotExist
    Profile.objects.filter(deleted_at__lt=now - KEPT_AFTER_DELETION).delete()


@transaction.atomic
def restore(*, actor: User, profile_id: uuid.UUID) -> Profile:
    """Undo `delete`; harmless on a profile that was not deleted."""
    profile = Profile.objects.owned_by(actor).select_for_update().get(pk=profile_id)
    profile.deleted_at = None
    profile.save(update_fields=["deleted_at"])
    return profile


def search(
    *, user: User, text: str = "", order: Order = "-updated", page: int | str = 1, per_page: int = PER_PAGE
) -> Page[Profile]:
    """One page of what the user may see, each word of `text` being part of name or identifier, in any case.

    An unknown order is that of the last change, an unknown page the nearest one; envelopes are not loaded.
    """
    found = Profile.objects.for_user(user).select_related("updated_by").defer("envelope", "targets", "sealed")
    # PostgreSQL cannot even compare these, and no name holds them.
    found = found.none() if control_character(text) else found
    for word in text.casefold().split():
        found = found.filter(search_key__contains=word)
    ordered = found.order_by(*_ORDERS.get(order, _ORDERS["-updated"]))
    return Paginator(ordered, per_page).get_page(page)


def _fill(profile: Profile, document: Document, *, author: User) -> None:
    fill_profile(profile, document)
    profile.name = document.title[:NAME_LENGTH]
    profile.identifier = document.identifier[:NAME_LENGTH]
    # Casefolding can lengthen a text threefold; the column has room for that of the name.
    profile.search_key = f"{profile.name} {profile.identifier}".casefold()[: 4 * NAME_LENGTH]
    profile.revision += 1
    profile.updated_at = timezone.now()
    profile.updated_by = author


def _replace_payloads(
    profile: Profile, document: Document, rows: Mapping[str, Payload], stored: Document
) -> None:
    """Rewrite the rows that differ, under the ids that they had, in two statements however many they are.

    All go before any comes back: to rename or reorder row by row would break unique constraints half-way.
    """
    before = {part.uuid: (position, fingerprint(part)) for position, part in enumerate(stored.payloads)}
    after = {part.uuid: (position, fingerprint(part)) for position, part in enumerate(document.payloads)}
    same = {name for name in before if before[name] == after.get(name)}
    gone = [row.pk for name, row in rows.items() if name not in same]
    if gone:
        profile.payloads.filter(pk__in=gone).delete()
    _insert_payloads(profile, document, {name: row.pk for name, row in rows.items()}, skip=same)


def _insert_payloads(
    profile: Profile,
    document: Document,
    ids: Mapping[str, uuid.UUID],
    skip: set[str] | frozenset[str] = frozenset(),
) -> None:
    rows = []
    for position, part in enumerate(document.payloads):
        if part.uuid not in skip:
            row = Payload(id=ids.get(part.uuid) or uuid.uuid4(), profile=profile)
            fill_payload(row, part, position)
            rows.append(row)
    if rows:
        Payload.objects.bulk_create(rows)


def _insert_revision(profile: Profile, document: Document, comment: str) -> None:
    revision = Revision(
        profile=profile,
        number=profile.revision,
        author=profile.updated_by,
        created_at=profile.updated_at,
        comment=comment,
    )
    fill_revision(revision, document)
    revision.save(force_insert=True)


def _conflict(profile: Profile, base_revision: int, *, theirs: Document, mine: Document) -> ConflictError:
    base = profile.revisions.filter(number=base_revision).first()
    author = profile.updated_by.get_username() if profile.updated_by else ""
    return ConflictError(
        f"{author or 'Somebody'} saved this profile after you opened it. "
        "Look at what differs, then save again to put yours in its place, or reload to take theirs.",
        revision=profile.revision,
        author=author,
        saved_at=profile.updated_at,
        base=revision_document(base) if base else theirs,
        theirs=theirs,
        mine=mine,
    )


def _follow(value: Any, moved: Mapping[str, str]) -> Any:
    """A copy of `value` in which each text that is an old UUID, as references are, has become the new one."""
    match value:
        case str():
            return moved.get(value.upper(), value)
        case dict():
            return {name: _follow(item, moved) for name, item in value.items()}
        case list():
            return [_follow(item, moved) for item in value]
    return value
