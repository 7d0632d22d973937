"""What can be done with a profile or a template as a whole.

Who can see it, `Profile.objects.for_user` says; what may be done, `profiles.policy`. Every function raises
Profile.DoesNotExist for what is not there or not to be seen, and NotAllowedError for what the role does not allow.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, Literal

from django.db import transaction
from django.utils import timezone

from profiles.catalogue.values import control_character
from profiles.exceptions import ConflictError
from profiles.models import Payload, Profile, Revision, Team, User, Visibility
from profiles.models.lengths import NAME_LENGTH, SORT_KEY_LENGTH
from profiles.models.profile import ProfileQuerySet
from profiles.plist.document import Document, random_uuid
from profiles.plist.validation.references import moved_to
from profiles.policy import Action, require
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.document_storage import (
    assemble,
    fill_payload,
    fill_profile,
    fill_revision,
    fingerprint,
    load,
    revision_document,
)
from profiles.services.pagination import PER_PAGE, LongPage, page_of
from profiles.services.save_checks import require_comment, require_storable, require_unlocked

KEPT_AFTER_DELETION: Final = timedelta(days=30)

MOST_NAMESAKES: Final = 5

HEAVY: Final = ("envelope", "targets", "sealed", "declaration", "origin")
"""Columns that no list shows."""

HEAVY_TEMPLATE: Final = tuple(f"template__{column}" for column in HEAVY)
"""The same of the template that is fetched with a row."""

Order = Literal["name", "-name", "updated", "-updated"]
_ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("sort_key", "id"),
    "-name": ("-sort_key", "-id"),
    "updated": ("updated_at", "id"),
    "-updated": ("-updated_at", "-id"),
}


@transaction.atomic
def create(
    *,
    actor: User,
    team: Team,
    document: Document,
    comment: str = "",
    event: Event = Event.PROFILE_CREATED,
    visibility: str = Visibility.TEAM,
) -> Profile:
    """A new profile of the team, with its first revision; raises DocumentError when it cannot be stored.

    Who may only fill in templates may make what has come from one.
    """
    require(actor, Action.FILL if document.origin else Action.EDIT, team.pk)
    require_storable(document)
    require_comment(comment)
    profile = Profile(team=team, created_by=actor, visibility=visibility)
    _fill(profile, document, author=actor)
    profile.save(force_insert=True)
    _insert_payloads(profile, document, {})
    _insert_revision(profile, document, comment)
    audit.record(event, actor=actor, team_id=team.pk, subject=profile, detail=comment)
    return profile


def namesakes(profile: Profile, identifier: str) -> list[str]:
    """The names of other profiles of the team that a device takes for this one, once it is called `identifier`.

    At most MOST_NAMESAKES, the last changed first. A template is never installed, so it has none.
    """
    if not identifier or profile.is_template:
        return []
    called_so = Profile.objects.filter(
        team=profile.team_id, identifier=identifier[:NAME_LENGTH], is_template=False, deleted_at=None
    )
    rows = called_so.exclude(pk=profile.pk).only("name", "identifier").order_by("-updated_at")
    return [str(row) for row in rows[:MOST_NAMESAKES]]


@transaction.atomic
def save(
    *,
    actor: User,
    profile_id: uuid.UUID,
    document: Document,
    base_revision: int,
    comment: str = "",
    event: Event = Event.PROFILE_SAVED,
    action: Action = Action.EDIT,
) -> Profile:
    """Store `document` as the next revision, unless it is what is stored already.

    `base_revision` is the number of the revision that was edited. Raises ConflictError when that is no longer
    the latest (to overrule it, save again with the number in the error), DocumentError when it cannot be
    stored, or changes what its template locks. `action` is what the role has to allow.
    """
    require_storable(document)
    require_comment(comment)
    profile = Profile.objects.for_user(actor).select_for_update().get(pk=profile_id)
    require(actor, action, profile.team_id)
    rows = {row.uuid: row for row in profile.payloads.order_by("position")}
    stored = assemble(profile, rows.values())
    if fingerprint(stored) == fingerprint(document):
        return profile
    if profile.revision != base_revision:
        raise _conflict(profile, base_revision, theirs=stored, mine=document)
    require_unlocked(stored, document)
    store_next(profile, document, stored=stored, rows=rows, author=actor, comment=comment)
    detail = f"revision {profile.revision}{f': {comment}' if comment else ''}"
    audit.record(event, actor=actor, team_id=profile.team_id, subject=profile, detail=detail)
    return profile


def store_next(
    profile: Profile,
    document: Document,
    *,
    stored: Document,
    rows: Mapping[str, Payload],
    author: User,
    comment: str,
) -> None:
    """Make `document` the next revision of a row that is locked; `stored` is what its payload `rows` hold, by UUID."""
    _fill(profile, document, author=author)
    profile.save(force_update=True)
    _replace_payloads(profile, document, rows, stored)
    _insert_revision(profile, document, comment)


def duplicate(*, actor: User, profile: Profile) -> Profile:
    """A copy in the same team, which installs beside the original and refers to its own payloads.

    A copy of a template is a template; one of what was made from a template stands by itself.
    """
    profile = Profile.objects.for_user(actor).select_related("team").get(pk=profile.pk)
    original = load(profile)
    document = copied(original, title=f"{original.title or original.identifier} copy".strip())
    return create(
        actor=actor,
        team=profile.team,
        document=document,
        comment=f"Copy of {str(profile)[:NAME_LENGTH]}",
        event=Event.PROFILE_COPIED,
        # Who shared the original did not share its copy.
        visibility=Visibility.PRIVATE if profile.visibility == Visibility.PRIVATE else Visibility.TEAM,
    )


def copied(original: Document, *, title: str) -> Document:
    """The same under another title, with UUIDs and an identifier of its own; it has come from no template."""
    fresh = random_uuid()
    moved = {original.uuid.upper(): fresh} | {part.uuid.upper(): random_uuid() for part in original.payloads}
    copy = moved_to(original, moved)
    envelope = {
        **copy.envelope,
        "PayloadDisplayName": title,
        "PayloadIdentifier": f"{original.identifier or 'profile'}.{fresh[:8].lower()}",
    }
    return replace(copy, envelope=envelope, origin=None)


@transaction.atomic
def delete(*, actor: User, profile: Profile) -> None:
    """Take the profile off the list, to be restored within 30 days; what is older there goes for good."""
    now = timezone.now()
    profile = Profile.objects.for_user(actor).defer(*HEAVY).select_for_update().get(pk=profile.pk)
    require(actor, Action.EDIT, profile.team_id)
    profile.deleted_at = now
    profile.save(update_fields=["deleted_at"])
    audit.record(Event.PROFILE_DELETED, actor=actor, team_id=profile.team_id, subject=profile)
    Profile.objects.filter(deleted_at__lt=now - KEPT_AFTER_DELETION).delete()


@transaction.atomic
def restore(*, actor: User, profile_id: uuid.UUID) -> Profile:
    """Undo `delete`; harmless on a profile that was not deleted."""
    profile = Profile.objects.owned_by(actor).select_for_update().get(pk=profile_id)
    require(actor, Action.EDIT, profile.team_id)
    if profile.deleted_at is not None:
        profile.deleted_at = None
        profile.save(update_fields=["deleted_at"])
        audit.record(Event.PROFILE_BROUGHT_BACK, actor=actor, team_id=profile.team_id, subject=profile)
    return profile


def note_visibility(*, actor: User, profile: Profile) -> None:
    """Tell the audit log who can see the template from now on."""
    detail = f"visible to: {Visibility(profile.visibility).label.lower()}"
    audit.record(
        Event.TEMPLATE_VISIBILITY, actor=actor, team_id=profile.team_id, subject=profile, detail=detail
    )


def search(
    *,
    user: User,
    team: Team,
    text: str = "",
    order: Order = "-updated",
    page: int | str = 1,
    per_page: int = PER_PAGE,
) -> LongPage:
    """One page of the team's profiles, each word of `text` being part of name or identifier, in any case.

    An unknown order is that of the last change, an unknown page the nearest one; envelopes are not loaded.
    """
    require(user, Action.LOOK, team.pk)
    shown = Profile.objects.filter(team=team, is_template=False, deleted_at=None)
    found = matching(shown, text).select_related("updated_by", "template").defer(*HEAVY, *HEAVY_TEMPLATE)
    ordered = found.order_by(*_ORDERS.get(order, _ORDERS["-updated"]))
    return page_of(ordered, page, per_page)


def matching(rows: ProfileQuerySet, text: str) -> ProfileQuerySet:
    """The rows with each word of `text` in name or identifier, in any case."""
    # PostgreSQL cannot even compare these, and no name holds them.
    rows = rows.none() if control_character(text) else rows
    for word in text.casefold().split():
        rows = rows.filter(search_key__contains=word)
    return rows


def _fill(profile: Profile, document: Document, *, author: User) -> None:
    fill_profile(profile, document)
    profile.name = document.title[:NAME_LENGTH]
    profile.identifier = document.identifier[:NAME_LENGTH]
    # Casefolding can lengthen a text threefold; the column has room for that of the name.
    profile.search_key = f"{profile.name} {profile.identifier}".casefold()[: 4 * NAME_LENGTH]
    profile.sort_key = profile.search_key[:SORT_KEY_LENGTH]
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
