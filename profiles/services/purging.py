"""A value that leaked is taken out of a profile for good: out of its history, too, which changes by nothing else.

What is not reached: lines of the audit log, files that bulk runs have made, files that wait to be imported, copies that
were made by hand, and backups. A Plan tells of what can be told.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from profiles.exceptions import DocumentError
from profiles.models import BulkResult, BulkRun, HandOut, Payload, Profile, Revision, User
from profiles.models.bulk_run import Delivery
from profiles.plist.purging import Purged, Taken, exactly, inside, purge, repeated, repeats
from profiles.plist.templates.instance import part_uuid
from profiles.policy import Action, may, require
from profiles.services import audit, profiles
from profiles.services.audit import Event
from profiles.services.document_storage import assemble, fill_revision, revision_document
from profiles.services.save_checks import MAX_COMMENT

NOW: Final = 0
"""What stands for the profile as it is now where revisions are numbered."""

_LONGEST_DETAIL: Final = 1_000
"""Characters of places that the log repeats."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a purge changes in one profile, and what it leaves.

    changed    number of a revision -> the places at which something goes; NOW -> the same in the profile as it is now,
               which becomes the next revision
    stays      the places in the profile as it is now, where only older revisions are purged
    repeated   number of a revision, or NOW -> other places in it at which one of the values stands
    comments   revisions whose comment repeats one
    runs       bulk runs that have made files of a revision that changes
    links      how many install links serve one
    different  how many values there are among what goes
    instances  plans for profiles that were made from it; `others` is how many more there are
    """

    profile: Profile
    changed: Mapping[int, Sequence[str]]
    stays: Sequence[str]
    repeated: Mapping[int, Sequence[str]]
    comments: Sequence[int]
    runs: Sequence[BulkRun]
    links: int
    different: int
    instances: Sequence[Plan] = ()
    others: int = 0

    @property
    def all(self) -> Sequence[Plan]:
        """This one, and those for the profiles that were made from it."""
        return [self, *self.instances]


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be purged.

    places     as `plist.purging` has them
    numbers    those of revisions; None for all, and for the profile as it is now
    same_as    number of a revision: just the values that stand there in that one; None for whatever stands there
    instances  do the same values go from the profiles that were made from it, too?
    """

    places: Sequence[str]
    numbers: Collection[int] | None = None
    same_as: int | None = None
    instances: bool = False


def look(*, actor: User, profile_id: uuid.UUID, order: Order) -> Plan:
    """What `carry_out` would do; nothing is changed.

    Raises Profile.DoesNotExist, NotAllowedError, EncryptionError, and DocumentError where nothing stands at the places.
    """
    return _carried_out(actor, Profile.objects.owned_by(actor).get(pk=profile_id), order, writes=False)


@transaction.atomic
def carry_out(*, actor: User, profile_id: uuid.UUID, order: Order) -> Plan:
    """Take the values out, and tell the audit log where they stood."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")
    profile = Profile.objects.owned_by(actor).select_for_update().get(pk=profile_id)
    return _carried_out(actor, profile, order, writes=True)


def clean_up() -> bool:
    """Let the database forget what its rows held before; False where it cannot be told to, or is busy.

    Not inside a transaction. What a database server has written to its log is out of reach.
    """
    if connection.vendor != "sqlite":
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = cursor.fetchone() or (1,)
    except DatabaseError:
        return False
    return not busy


def _carried_out(actor: User, profile: Profile, order: Order, *, writes: bool) -> Plan:
    require(actor, Action.MANAGE, profile.team_id)
    only = None
    if order.same_as is not None:
        only = exactly(_Found(profile, order.places, (order.same_as,)).taken)
    found = _Found(profile, order.places, order.numbers, only=only)
    if not found.taken:
        raise DocumentError(
            "Nothing stands there in these revisions. Write a place as problems have it, such as "
            "office/IKEv2.RemoteAddress."
        )
    made = Profile.objects.filter(template=profile).order_by("pk")
    made = made.select_for_update() if writes else made
    mine = [each for each in made if order.instances and may(actor, Action.MANAGE, each.team_id)]
    followers = [_Found(each, found.places_in(each), None, only=exactly(found.taken)) for each in mine]
    changed = [each for each in followers if each.taken]
    if writes:
        for each in (found, *changed):
            each.write(actor)
    return found.plan(instances=[each.plan() for each in changed], others=len(made) - len(mine))


class _Found:
    """What stands at the places in a profile and its revisions; with `only`, as far as it is among that.

    Revisions are read one at a time: a long history does not fit into memory.
    """

    def __init__(
        self,
        profile: Profile,
        places: Sequence[str],
        numbers: Collection[int] | None,
        *,
        only: Collection[str] | None = None,
    ) -> None:
        self.profile = profile
        self.places = places
        self.only = only
        self.rows: dict[str, Payload] = {row.uuid: row for row in profile.payloads.order_by("position")}
        self.stored = assemble(profile, self.rows.values())
        self.now = purge(self.stored, places, only=only)
        self.with_now = numbers is None or profile.revision in numbers
        revisions = profile.revisions if numbers is None else profile.revisions.filter(number__in=numbers)
        self.numbers = [*revisions.order_by("number").values_list("number", flat=True)]
        self.parts = {part.uuid: part for part in self.stored.payloads}
        self.found: dict[int, Sequence[Taken]] = {}
        for row in self._revisions():
            document = revision_document(row)
            self.parts |= {part.uuid: part for part in document.payloads if [*inside(places, part)]}
            self.found[row.number] = purge(document, places, only=only).taken
        if self.with_now:
            self.found[NOW] = self.now.taken

    @property
    def taken(self) -> list[Taken]:
        """All that goes."""
        return [taken for each in self.found.values() for taken in each]

    def places_in(self, instance: Profile) -> list[str]:
        """The places in a profile that was made from this one."""
        there = (
            f"{part_uuid(instance.uuid, part.uuid)}/{path}"
            for part in self.parts.values()
            for path in inside(self.places, part)
        )
        return [*dict.fromkeys([*self.places, *there])]

    def plan(self, *, instances: Sequence[Plan] = (), others: int = 0) -> Plan:
        """What there is to tell of it, before it is written or afterwards."""
        values = [each.value for each in self.taken]
        changed = {number: _told(taken) for number, taken in self.found.items() if taken}
        left: dict[int, list[str]] = {}
        comments = []
        for row in self._revisions():
            left[row.number] = repeated(self._purged(row).document, values)
            if repeats(row.comment, values):
                comments.append(row.number)
        left[NOW] = repeated(self.now.document, values)
        return Plan(
            profile=self.profile,
            changed=changed,
            stays=() if self.with_now else _told(self.now.taken),
            repeated={number: places for number, places in left.items() if places},
            comments=comments,
            runs=_runs(self.profile, changed),
            links=HandOut.objects.filter(
                profile=self.profile,
                revision__in=[*changed],
                revoked_at=None,
                expires_at__gt=timezone.now(),
            ).count(),
            different=len(exactly(self.taken)),
            instances=instances,
            others=others,
        )

    def write(self, actor: User) -> None:
        """Store what is left, and log where something stood."""
        for row in self._revisions():
            if self.found[row.number]:
                fill_revision(row, self._purged(row).document)
                # Past save(), since a revision cannot be saved twice.
                Revision.objects.filter(pk=row.pk).update(document=row.document, sealed=row.sealed)
        places = ", ".join(dict.fromkeys(each.place for each in self.taken))[:_LONGEST_DETAIL]
        if self.with_now and self.now.taken:
            profiles.store_next(
                self.profile,
                self.now.document,
                stored=self.stored,
                rows=self.rows,
                author=actor,
                comment=f"Purged {places}"[:MAX_COMMENT],
            )
        numbers = [str(number) for number, taken in self.found.items() if number != NOW and taken]
        audit.record(
            Event.SECRET_PURGED,
            actor=actor,
            team_id=self.profile.team_id,
            subject=self.profile,
            detail=f"{places} in revision{'' if len(numbers) == 1 else 's'} {', '.join(numbers)}",
        )

    def _revisions(self) -> Iterator[Revision]:
        for number in self.numbers:
            yield self.profile.revisions.get(number=number)

    def _purged(self, row: Revision) -> Purged:
        return purge(revision_document(row), self.places, only=self.only)


def _told(taken: Sequence[Taken]) -> list[str]:
    return [each.place for each in taken]


def _runs(profile: Profile, numbers: Collection[int]) -> list[BulkRun]:
    made = BulkResult.objects.filter(recipient__run__template=profile)
    runs = BulkRun.objects.filter(template=profile, template_revision__in=[*numbers])
    return [*runs.filter(pk__in=made.values("recipient__run"), delivery=Delivery.FILES)]
