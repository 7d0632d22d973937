"""The certificates library: what was uploaded, looked into, and kept to be put into profiles.

Who can see it, `Certificate.objects.for_user` says; what may be done, `profiles.policy`, whose NotAllowedError every
change may raise. Profiles hold copies, so nothing here changes a profile.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.db.models import Q

from profiles.catalogue.values import control_character
from profiles.certificate_facts import CertificateFacts
from profiles.exceptions import IdentityError, PasswordError
from profiles.models import Certificate, Team, User
from profiles.models.certificate import CertificateQuerySet
from profiles.policy import Action, require
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.pagination import PER_PAGE, LongPage, page_of
from profiles.services.save_checks import one_line
from profiles.signing import bundle, pkcs12
from profiles.signing.certificates import facts, fingerprint, is_authority, name_of
from profiles.signing.chain import order

MOST_ENTRIES: Final = 500
"""Entries of one team."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True)
class Added:
    """What became of an upload: its entries, the identity first, and sentences on what was done."""

    entries: tuple[Certificate, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Content:
    """What an entry puts into a profile; `pkcs12` is None without a key, `password` where the device asks for it."""

    name: str
    file_name: str
    certificate: bytes = field(repr=False)
    pkcs12: bytes | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Looked:
    """An entry with what is in its certificate, and the names of its issuers as far as the library has them.

    `complete` says that the last of these is a root.
    """

    entry: Certificate
    facts: CertificateFacts
    chain: tuple[str, ...]
    complete: bool


def add(
    *,
    actor: User,
    team: Team,
    data: bytes,
    password: str = "",
    keep_password: bool = True,
    name: str = "",
    replaces: bool = True,
) -> Added:
    """Keep all that a file holds; raises IdentityError, each failure with its own sentence.

    `password` opens the file, and the identity as it is kept. Unless it is kept too, the device will ask for it.
    What is there already is left as it is, but for the name and password of an identity, where the file `replaces` it.
    """
    require(actor, Action.EDIT, team.pk)
    name = one_line(name, "The name", refusal=IdentityError)
    # Before the transaction: opening a file may take seconds, in which nobody else could write.
    found = bundle.read(data, password)
    notes = list(found.notes)
    if found.identity:
        password, note = _device_password(password, keep_password)
        notes += [note] if note else []
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        entries = []
        if found.identity:
            row, replaced = _kept_identity(team, found.identity, replaces), False
            if row is None:
                row, replaced = _keep_identity(team, found.identity, name, password, keep_password)
            entries.append(row)
            notes += [f"“{row}” was there already: its file and password were replaced."] if replaced else []
        for certificate in found.certificates:
            entries.append(_keep_certificate(team, certificate, "" if entries else name))
        if team.certificates.count() > MOST_ENTRIES:
            raise IdentityError(
                f"The library holds at most {MOST_ENTRIES} entries, and this would be more: remove some first."
            )
        for entry in entries:
            audit.record(Event.CERTIFICATE_ADDED, actor=actor, team_id=team.pk, subject=entry)
    return Added(entries=tuple(entries), notes=tuple(notes))


def entries(*, user: User, team_id: uuid.UUID) -> CertificateQuerySet:
    """All entries of the team, without what is secret or large."""
    return _of(user, team_id).defer("sealed", "der")


def search(
    *, user: User, team_id: uuid.UUID, text: str = "", page: int | str = 1, per_page: int = PER_PAGE
) -> LongPage:
    """One page of the team's entries that hold each word of `text` in a name, or in a fingerprint with its colons.

    An unknown page is the nearest one. The secrets are not read.
    """
    found = _of(user, team_id).defer("sealed")
    found = found.none() if control_character(text) else found
    for word in text.casefold().split():
        # Without a colon, nearly each fingerprint would hold “ca”, “ad” or “01”.
        mark = Q(fingerprint__contains=word.upper()) if ":" in word else Q()
        found = found.filter(Q(search_key__contains=word) | mark)
    return page_of(found, page, per_page)


def look(*, user: User, team_id: uuid.UUID, rows: Sequence[Certificate]) -> list[Looked]:
    """What is in these entries of the team; one more statement, however many they are."""
    held = _of(user, team_id).filter(is_authority=True).values_list("der", flat=True)
    pool = [x509.load_der_x509_certificate(bytes(der)) for der in held] if rows else []
    return [_looked(row, pool) for row in rows]


def content(*, user: User, team_id: uuid.UUID, certificate_id: uuid.UUID) -> Content:
    """What an entry puts into a profile of the team; raises Certificate.DoesNotExist when it is not there."""
    row = _of(user, team_id).get(pk=certificate_id)
    kept = json.loads(row.unseal())
    return Content(
        name=row.name,
        file_name=file_name(row, "p12" if row.has_key else "cer"),
        certificate=bytes(row.der),
        pkcs12=base64.b64decode(kept["pkcs12"]) if kept["pkcs12"] else None,
        password=kept["password"],
    )


def file_name(row: Certificate, ending: str) -> str:
    """What a file with this entry is called, in ASCII without blanks."""
    return f"{_file_stem(row.name)}.{ending}"


@transaction.atomic
def rename(*, actor: User, certificate_id: uuid.UUID, name: str) -> Certificate:
    """Call an entry otherwise; raises IdentityError for no name, Certificate.DoesNotExist when it is not theirs."""
    row = Certificate.objects.for_user(actor).select_for_update().get(pk=certificate_id)
    require(actor, Action.EDIT, row.team_id)
    before, row.name = row.name, one_line(name, "The name", refusal=IdentityError)
    if not row.name:
        raise IdentityError("The name is empty: write one.")
    row.search_key = _search_key(row.name, x509.load_der_x509_certificate(bytes(row.der)))
    row.save(update_fields=["name", "search_key"])
    audit.record(
        Event.CERTIFICATE_RENAMED, actor=actor, team_id=row.team_id, subject=row, detail=f"was “{before}”"
    )
    return row


@transaction.atomic
def remove(*, actor: User, certificate_id: uuid.UUID) -> None:
    """Forget an entry for good; raises Certificate.DoesNotExist when it is not theirs."""
    row = (
        Certificate.objects.for_user(actor).defer("sealed", "der").select_for_update().get(pk=certificate_id)
    )
    require(actor, Action.EDIT, row.team_id)
    audit.record(Event.CERTIFICATE_REMOVED, actor=actor, team_id=row.team_id, subject=row)
    row.delete()


def _of(user: User, team_id: uuid.UUID) -> CertificateQuerySet:
    return Certificate.objects.for_user(user).filter(team=team_id)


def _device_password(password: str, keep: bool) -> tuple[str, str]:
    """The password of the PKCS #12 that is kept, and a note: Apple devices want one."""
    if password:
        return password, ""
    if not keep:
        raise PasswordError(
            "This identity has no password, so there is none that a device could ask for: type one in, or keep "
            "it here."
        )
    made = secrets.token_urlsafe(18)
    return made, "It had no password, but devices want one: one was made, and is kept with it."


def _kept_identity(team: Team, found: bundle.Identity, replaces: bool) -> Certificate | None:
    """The entry that is to stay as it is."""
    row = _row(team, found.certificate, has_key=True)
    return None if replaces or row._state.adding else row  # noqa: SLF001 - Django's own, and the only way to ask


def _keep_identity(
    team: Team, found: bundle.Identity, name: str, password: str, keep_password: bool
) -> tuple[Certificate, bool]:
    """Return its entry, and whether that was there already."""
    certificate = found.certificate
    row = _row(team, certificate, has_key=True)
    replaced = not row._state.adding  # noqa: SLF001 - Django's own, and the only way to ask
    row.name = name or row.name or name_of(certificate.subject)
    row.asks_password = not keep_password
    row.search_key = _search_key(row.name, certificate)
    file = pkcs12.write(found.key, certificate, password=password, name=row.name)
    row.seal(_sealed(file, password if keep_password else None))
    row.save()
    return row, replaced


def _keep_certificate(team: Team, certificate: x509.Certificate, name: str) -> Certificate:
    row = _row(team, certificate, has_key=False)
    if row._state.adding:  # noqa: SLF001 - Django's own, and the only way to ask
        row.name = name or name_of(certificate.subject)
        row.search_key = _search_key(row.name, certificate)
        row.seal(_sealed(None, None))
        row.save()
    return row


def _row(team: Team, certificate: x509.Certificate, *, has_key: bool) -> Certificate:
    """The entry that is there already, or a new one."""
    mark = fingerprint(certificate)
    found = team.certificates.filter(fingerprint=mark, has_key=has_key).first()
    return found or Certificate(
        team=team,
        has_key=has_key,
        fingerprint=mark,
        der=certificate.public_bytes(Encoding.DER),
        not_after=certificate.not_valid_after_utc,
        is_authority=not has_key and is_authority(certificate),
    )


def _sealed(file: bytes | None, password: str | None) -> bytes:
    kept: dict[str, Any] = {
        "pkcs12": base64.b64encode(file).decode() if file else None,
        "password": password,
    }
    return json.dumps(kept).encode()


def _search_key(name: str, certificate: x509.Certificate) -> str:
    found = facts(certificate)
    return " ".join([name, found.subject, found.issuer, *found.alternative_names]).casefold()


def _looked(row: Certificate, pool: Sequence[x509.Certificate]) -> Looked:
    certificate = x509.load_der_x509_certificate(bytes(row.der))
    found = facts(certificate)
    chain, _ = order(certificate, pool)
    top = facts(chain[-1]) if chain else found
    return Looked(
        entry=row,
        facts=found,
        chain=tuple(name_of(issuer.subject) for issuer in chain),
        complete=top.self_signed,
    )


def _file_stem(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", plain).strip("-.")[:60] or "certificate"
