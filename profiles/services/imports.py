"""Files from elsewhere, from the upload to the profile: kept for a day, looked at, saved or thrown away.

Who can see them, `ImportedFile.objects.for_user` says; what may be done, `profiles.policy`, whose NotAllowedError every
change may raise, and ImportedFile.DoesNotExist for what is not there.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from profiles.catalogue.evidence import Credential
from profiles.catalogue.rules.certificates import WRONG_PASSWORD
from profiles.exceptions import DocumentError, IdentityError
from profiles.models import Certificate, ImportedFile, Profile, Team, User
from profiles.models.lengths import NAME_LENGTH
from profiles.plist.document import Document, PayloadDocument, Problem
from profiles.plist.effects import title_of
from profiles.plist.reading.load import MAX_BYTES
from profiles.plist.templates.declaration import Declaration
from profiles.plist.templates.undeclared import Undeclared, undeclared
from profiles.plist.validation.repairs import NONE_BROUGHT, Brought, Repair, mended, repairs
from profiles.plist.validation.validate import validate
from profiles.policy import Action, require
from profiles.services import certificates, profiles
from profiles.services.audit import Event
from profiles.services.certificate_evidence import check, inspect
from profiles.services.profile_file import ProfileFile, read_file
from profiles.services.profiles import HEAVY
from profiles.services.save_checks import require_storable

KEPT_FOR: Final = timedelta(days=1)
"""How long a file waits for somebody to decide."""

MOST_WAITING: Final = 100
"""Files of one team that wait at a time."""

MOST_TWINS: Final = 5

_LOCKED: Final = {WRONG_PASSWORD.code}

PUT_RIGHT: Final = "Fixed what was imported otherwise"
"""The comment of a revision that repairs have made."""

UNNAMED: Final = "Pasted text"


@dataclass(frozen=True, kw_only=True)
class Lifted:
    """A certificate or identity in the file, which goes into the library with it.

    `uuid` and `title` are those of its payload; `name` is what its certificate is called, empty where it is unreadable;
    `there` says that the library has it, `locked` that no password opens it, `fault` what else is wrong.
    """

    uuid: str
    title: str
    name: str
    has_key: bool
    there: bool
    locked: bool
    fault: str


class Opened(NamedTuple):
    """A file, and what is in it."""

    row: ImportedFile
    file: ProfileFile


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file with all that there is to say of it.

    `twins` are profiles that it would replace on a device, `variables` what a template that is made of it may declare.
    """

    row: ImportedFile
    file: ProfileFile
    repairs: Sequence[Repair]
    problems: Sequence[Problem]
    credentials: Mapping[str, Credential] = field(repr=False)
    lifted: Sequence[Lifted]
    twins: Sequence[Profile]
    variables: Sequence[Undeclared]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of a file: the profile or template, sentences on what was put into the library, or not, and the
    errors that repairs have brought.
    """

    profile: Profile
    notes: tuple[str, ...]
    brought: Brought


def keep(*, actor: User, team: Team, data: bytes, name: str, limit: int = MAX_BYTES) -> ImportedFile:
    """Keep a file that can be read; raises UnreadableProfileError or VerificationError, and then nothing is kept."""
    require(actor, Action.EDIT, team.pk)
    read_file(data, limit=limit)
    now = timezone.now()
    row = ImportedFile(
        team=team,
        created_by=actor,
        name=_tidy(name) or UNNAMED,
        size=len(data),
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    row.seal(data)
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        if _waiting(team).count() >= MOST_WAITING:
            raise DocumentError(
                f"{MOST_WAITING} files of this team wait already. Save or discard some of them first."
            )
        row.save(force_insert=True)
    return row


def waiting(*, user: User, team: Team) -> list[ImportedFile]:
    """The files of the team that wait, the newest first, without what is in them."""
    require(user, Action.LOOK, team.pk)
    return list(_waiting(team).select_related("created_by").defer("sealed"))


def _waiting(team: Team) -> Any:
    return ImportedFile.objects.filter(team=team, expires_at__gt=timezone.now())


def find(*, user: User, file_id: uuid.UUID) -> ImportedFile:
    """A file without what is in it, which may not be legible any more."""
    return ImportedFile.objects.for_user(user).defer("sealed").get(pk=file_id)


def document(*, user: User, file_id: uuid.UUID) -> Opened:
    """A file and what is in it; raises as `keep` does, and EncryptionError, where that cannot be read any more."""
    row = ImportedFile.objects.for_user(user).get(pk=file_id)
    data = row.unseal()
    return Opened(row, read_file(data, limit=len(data)))


def look(*, user: User, file_id: uuid.UUID) -> Found:
    """All that there is to say of a file; raises as `document` does."""
    return describe(user=user, opened=document(user=user, file_id=file_id))


def describe(*, user: User, opened: Opened) -> Found:
    """All that there is to say of a file that is open; a constant number of statements."""
    row, file = opened
    evidence = inspect(file.document)
    problems = validate(file.document, evidence)
    return Found(
        row=row,
        file=file,
        repairs=repairs(file.document, problems),
        problems=problems,
        credentials=evidence.credentials,
        lifted=[*_lifted(row.team_id, file.document, evidence.credentials)],
        twins=_twins(user, row.team_id, file.document),
        variables=undeclared(file.document),
    )


def save(
    *,
    actor: User,
    opened: Opened,
    chosen: Collection[str],
    as_template: bool,
    passwords: Mapping[str, str],
    declared: Collection[str] = (),
) -> Saved:
    """Make a profile or template of a file, with the repairs of the ids `chosen`, and forget the file.

    The first revision is the file as it was, the second what the repairs have changed, if anything.

    A template declares the variables of the names in `declared`, as far as they stand in the file.

    `passwords` open identities that the file has no password for, by the UUID of their payload. Raises DocumentError
    where it cannot be stored.
    """
    with transaction.atomic():
        row = _locked(actor, opened.row.pk)
        require(actor, Action.EDIT, row.team_id)
        given = opened.file.document
        fixed = mended(given, check, chosen) if chosen else None
        found = fixed.document if fixed else given
        declaration = _declaration(found, declared) if as_template else None
        # A repair may have mended what the database cannot take.
        revisions = [given, found] if found is not given and _is_storable(given) else [found]
        profile = _stored(actor, row, [replace(each, declaration=declaration) for each in revisions])
        row.delete()
    # After that, since opening an identity takes long; the profile has its own bytes in any case.
    notes = tuple(_lift(actor, profile.team, found, passwords))
    return Saved(profile=profile, notes=notes, brought=fixed.brought if fixed else NONE_BROUGHT)


@transaction.atomic
def discard(*, actor: User, file_id: uuid.UUID) -> ImportedFile:
    """Forget a file, whether or not it can still be read."""
    row = _locked(actor, file_id)
    require(actor, Action.EDIT, row.team_id)
    row.delete()
    return row


def _locked(actor: User, file_id: uuid.UUID) -> ImportedFile:
    return ImportedFile.objects.for_user(actor).defer("sealed").select_for_update().get(pk=file_id)


def _stored(actor: User, row: ImportedFile, revisions: Sequence[Document]) -> Profile:
    """The profile with what was in the file, and then what repairs have made of that."""
    first, *rest = revisions
    profile = profiles.create(
        actor=actor,
        team=row.team,
        document=first,
        comment=f"Imported from {row.name}",
        event=Event.PROFILE_IMPORTED,
    )
    for each in rest:
        # Which stores nothing where nothing has changed.
        profile = profiles.save(
            actor=actor,
            profile_id=profile.pk,
            document=each,
            base_revision=profile.revision,
            comment=PUT_RIGHT,
        )
    return profile


def _is_storable(given: Document) -> bool:
    """Can it be stored as it is?"""
    try:
        require_storable(given)
    except DocumentError:
        return False
    return True


def _declaration(found: Document, declared: Collection[str]) -> Declaration:
    variables = (each.variable for each in undeclared(found))
    return Declaration(variables=tuple(variable for variable in variables if variable.name in declared))


def purge() -> int:
    """Forget the files that nobody decided about: how many."""
    number, _ = ImportedFile.objects.filter(expires_at__lte=timezone.now()).delete()
    return number


def _tidy(name: str) -> str:
    """The name of a file as one printable line."""
    plain = "".join(character if character.isprintable() else " " for character in name)
    return " ".join(plain.split())[:NAME_LENGTH].strip()


def _twins(user: User, team_id: uuid.UUID, found: Document) -> list[Profile]:
    """Profiles of the team with the same PayloadIdentifier or PayloadUUID."""
    same = Q(uuid__iexact=found.uuid[:NAME_LENGTH])
    if found.identifier:
        same |= Q(identifier=found.identifier[:NAME_LENGTH])
    rows = Profile.objects.for_user(user).filter(same, team=team_id).defer(*HEAVY).order_by("-updated_at")
    return list(rows[:MOST_TWINS])


def _holders(found: Document) -> Iterator[tuple[PayloadDocument, bytes, str]]:
    """Each payload that holds a certificate or an identity, its bytes, and the password beside them."""
    for part in found.payloads:
        source = part.payload.source
        if source is None or source.kind == "request":
            continue
        flat = part.payload.flat(part.payload.understood(part.values))
        content, password = flat.get(source.content), flat.get(source.password)
        if isinstance(content, bytes):
            yield part, content, password if isinstance(password, str) else ""


def _lifted(team_id: uuid.UUID, found: Document, credentials: Mapping[str, Credential]) -> Iterator[Lifted]:
    holders = [(part, credentials.get(part.uuid.upper())) for part, _, _ in _holders(found)]
    marks = [each.certificate.fingerprint for _, each in holders if each and each.certificate]
    rows = Certificate.objects.filter(team=team_id, fingerprint__in=marks)
    there = {*rows.values_list("fingerprint", "has_key")}
    for part, each in holders:
        certificate = each.certificate if each else None
        has_key = part.payload.source is not None and part.payload.source.kind == "pkcs12"
        faults = each.faults if each else ()
        # A password may yet open what is wrong in no other way.
        locked = has_key and certificate is None and {fault.code for fault in faults} <= _LOCKED
        yield Lifted(
            uuid=part.uuid,
            title=(each.title if each else "") or title_of(part.payload, part.values),
            name=(certificate.common_name or certificate.subject) if certificate else "",
            has_key=has_key,
            there=certificate is not None and (certificate.fingerprint, has_key) in there,
            locked=locked,
            fault=faults[0].message if faults and certificate is None and not locked else "",
        )


def _lift(actor: User, team: Team, found: Document, passwords: Mapping[str, str]) -> Iterator[str]:
    """Put certificates and identities into the library, and tell what came of it."""
    names: list[str] = []
    for part, content, password in _holders(found):
        typed = passwords.get(part.uuid, "")
        try:
            added = certificates.add(
                actor=actor, team=team, data=content, password=typed or password, replaces=False
            )
        except IdentityError as failure:
            yield f"{part.name} is in the profile, but not in the certificates library: {failure}"
        else:
            names += [f"“{entry}”" for entry in added.entries]
    if names:
        yield f"In the certificates library: {', '.join(dict.fromkeys(names))}."
