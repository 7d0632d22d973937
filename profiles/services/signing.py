"""Signing identities as they are stored, chosen and used.

They belong to a team, or to the server itself, for which None stands: those change by the command line alone, without
an actor. What an actor may do, `profiles.policy` says, whose NotAllowedError every change may raise.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from profiles.catalogue.values import control_character
from profiles.exceptions import IdentityError
from profiles.models import LocalAuthority, SigningIdentity, Team, User
from profiles.models.lengths import NAME_LENGTH
from profiles.models.local_authority import ONLY
from profiles.models.signing_identity import SigningIdentityQuerySet
from profiles.policy import Action, refusal, require
from profiles.services import audit
from profiles.services.audit import Event
from profiles.signing import authority, cms, identity
from profiles.signing.certificates import describe
from profiles.signing.identity import SigningIdentity as Loaded
from profiles.signing.verdict import Verdict, predict

SERVER_NAME: Final = "This server"
RENEWED_BEFORE: Final = timedelta(days=30)


def ensure_local_identity() -> None:
    """Make sure that the server can sign by itself, with an authority and identity good for 30 days or more.

    May run at any time, and in several processes at once.
    """
    if not LocalAuthority.objects.filter(pk=ONLY).exists():
        # Another process may do the same now; the first row stays, and both go on with it.
        LocalAuthority.objects.bulk_create([_new_authority(LocalAuthority(id=ONLY))], ignore_conflicts=True)
    with transaction.atomic():
        issuer = LocalAuthority.objects.select_for_update().get(pk=ONLY)
        row = SigningIdentity.objects.filter(team=None, name=SERVER_NAME).first()
        if _ends_soon(issuer.not_after):
            _new_authority(issuer).save()
        elif row and not _ends_soon(row.not_after):
            return
        row = row or SigningIdentity(name=SERVER_NAME, is_default=not _defaults(None).exists())
        _fill(row, authority.issue(identity.load(issuer.unseal()), common_name=_common_name("signing")))
        row.save()


def authority_certificate() -> bytes:
    """The certificate (PEM) that devices have to trust to show the server's own signature as Verified."""
    return _authority().certificate.public_bytes(Encoding.PEM)


def add_pkcs12(
    *, actor: User | None, team: Team | None, name: str, data: bytes, password: str
) -> SigningIdentity:
    """Keep what a PKCS #12 file holds; raises IdentityError, each failure with its own sentence."""
    _require(actor, team)
    return _add(actor, team, name, identity.read_pkcs12(data, password))


def add_pem(
    *, actor: User | None, team: Team | None, name: str, key: bytes, chain: bytes, password: str = ""
) -> SigningIdentity:
    """Keep a private key with its certificates; raises IdentityError, each failure with its own sentence."""
    _require(actor, team)
    return _add(actor, team, name, identity.read_pem(key, chain, password))


@transaction.atomic
def choose_default(*, actor: User | None, team: Team | None, identity: SigningIdentity) -> None:
    """Let the team sign with this one when nothing else is said; raises IdentityError when it is not theirs.

    A team that chooses the server's default has none of its own any more, and follows the server.
    """
    _require(actor, team)
    _lock(team)
    if identity.team_id is not None or team is None:
        _require_team(team, identity)
    elif not identity.is_default:
        raise IdentityError(
            f"“{identity.name}” is not what this server signs with by default. Choose it for each download."
        )
    _defaults(team).update(is_default=False)
    SigningIdentity.objects.filter(pk=identity.pk, team=team).update(is_default=True)
    identity.refresh_from_db(fields=["is_default"])
    _record(Event.IDENTITY_CHOSEN, actor, team, identity)


@transaction.atomic
def remove(*, actor: User | None, team: Team | None, identity: SigningIdentity) -> None:
    """Forget an identity and its key for good; raises IdentityError when it is not the team's."""
    _require(actor, team)
    _require_team(team, identity)
    if identity.team_id is None and identity.is_default:
        raise IdentityError(
            f"“{identity.name}” is what this server signs with. Choose another default first."
        )
    _record(Event.IDENTITY_REMOVED, actor, team, identity)
    SigningIdentity.objects.filter(pk=identity.pk, team=team).delete()
    transaction.on_commit(_loaded.cache_clear)


def default_identity(team_id: uuid.UUID | None) -> SigningIdentity:
    """What signs in this team when nothing else is said; raises IdentityError when there is nothing."""
    rows = SigningIdentity.objects.for_team(team_id).filter(is_default=True).defer("sealed")
    own_first = sorted(rows, key=lambda row: row.team_id is None)
    if not own_first:
        raise IdentityError("There is no identity to sign with. Run `python manage.py prepare`, or add one.")
    return own_first[0]


def find_identity(
    *, team_id: uuid.UUID | None = None, identity_id: uuid.UUID | None = None, name: str | None = None
) -> SigningIdentity:
    """That identity, the one of that name, or else the default one; raises IdentityError when there is none.

    A name without a team, as on the command line, is looked for among all, the server's own first.
    """
    if identity_id is not None:
        row = SigningIdentity.objects.for_team(team_id).filter(pk=identity_id).defer("sealed").first()
        if row is None:
            raise IdentityError("There is no such signing identity in this team. Choose another.")
        return row
    if name is None:
        return default_identity(team_id)
    rows = SigningIdentity.objects.for_team(team_id) if team_id else SigningIdentity.objects.all()
    # A name that no database could compare is not there either.
    found = [] if control_character(name) else list(rows.filter(name=name).defer("sealed"))
    preferred = [row for row in found if row.team_id == team_id] or found
    if not preferred:
        raise IdentityError("There is no signing identity of that name. The page “Signing” lists them.")
    if len(preferred) > 1:
        raise IdentityError("Several teams have a signing identity of that name. Rename one of them.")
    return preferred[0]


def sign(
    content: bytes,
    *,
    name: str | None = None,
    team_id: uuid.UUID | None = None,
    identity_id: uuid.UUID | None = None,
) -> bytes:
    """`content` as attached DER CMS under the identity that `find_identity` gives; raises SigningError."""
    return sign_with(find_identity(team_id=team_id, identity_id=identity_id, name=name), content)


def sign_with(row: SigningIdentity, content: bytes) -> bytes:
    """`content` as attached DER CMS under that identity; raises SigningError or EncryptionError."""
    return cms.sign(content, _loaded(row.pk, row.fingerprint))


def verdict(row: SigningIdentity, *, at: datetime | None = None) -> Verdict:
    """How devices will show, at that time or else now, what this identity signs."""
    return predict(_loaded(row.pk, row.fingerprint), at=at or timezone.now())


@lru_cache(maxsize=32)
def _loaded(pk: uuid.UUID, _fingerprint: str) -> Loaded:
    """The key in memory, since loading takes longer than signing; a renewed one has another fingerprint."""
    row = SigningIdentity.objects.filter(pk=pk).first()
    if row is None:
        raise IdentityError("The signing identity was removed meanwhile. Choose another.")
    return identity.load(row.unseal())


def _authority() -> Loaded:
    row = LocalAuthority.objects.filter(pk=ONLY).first()
    if row is None:
        raise IdentityError("This server has no authority of its own yet. Run `python manage.py prepare`.")
    return identity.load(row.unseal())


def _add(actor: User | None, team: Team | None, name: str, loaded: Loaded) -> SigningIdentity:
    name = name.strip()
    if not name or len(name) > NAME_LENGTH or control_character(name):
        raise IdentityError(
            f"The name of a signing identity has 1 to {NAME_LENGTH} plain characters. Change it."
        )
    with transaction.atomic():
        _lock(team)
        if SigningIdentity.objects.filter(team=team, name=name).exists():
            raise IdentityError(
                f"There is a signing identity “{name}” already. Choose another name, or remove that one."
            )
        row = SigningIdentity(team=team, name=name, is_default=not _defaults(team).exists())
        _fill(row, loaded)
        row.save(force_insert=True)
        _record(Event.IDENTITY_ADDED, actor, team, row)
    return row


def _fill(row: SigningIdentity, loaded: Loaded) -> None:
    facts = describe(loaded.certificate)
    row.subject, row.issuer = facts.common_name, facts.issuer
    row.not_after, row.fingerprint = facts.not_after, facts.fingerprint
    row.seal(identity.serialise(loaded))


def _new_authority(row: LocalAuthority) -> LocalAuthority:
    loaded = authority.create_authority(_common_name("authority"))
    row.not_after = loaded.certificate.not_valid_after_utc
    row.seal(identity.serialise(loaded))
    return row


def _common_name(purpose: str) -> str:
    """Whose it is and what for, in 64 bytes or less."""
    owner = (settings.ORGANIZATION or "Profile Designer").encode()[
        : authority.LONGEST_COMMON_NAME - len(purpose) - 1
    ]
    return f"{owner.decode(errors='ignore')} {purpose}"


def _ends_soon(moment: datetime) -> bool:
    return moment - timezone.now() < RENEWED_BEFORE


def _defaults(team: Team | None) -> SigningIdentityQuerySet:
    return SigningIdentity.objects.filter(team=team, is_default=True)


def _lock(team: Team | None) -> None:
    """Let changes to one team's identities wait for each other until the transaction ends."""
    if team is None:
        LocalAuthority.objects.select_for_update().filter(pk=ONLY).first()
    else:
        Team.objects.select_for_update().get(pk=team.pk)


def _require(actor: User | None, team: Team | None) -> None:
    """Members change what their team has; what the server has, nobody who is signed in."""
    if actor is None:
        return
    if team is None:
        raise refusal(Action.MANAGE)
    require(actor, Action.MANAGE, team.pk)


def _require_team(team: Team | None, row: SigningIdentity) -> None:
    if row.team_id != (team.pk if team else None):
        raise IdentityError(f"“{row.name}” is not the team’s to change.")


def _record(event: Event, actor: User | None, team: Team | None, row: SigningIdentity) -> None:
    if actor is not None and team is not None:
        audit.record(event, actor=actor, team_id=team.pk, subject=row)
