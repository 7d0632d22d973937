"""Signing identities as they are stored, chosen and used.

Whose they are, `SigningIdentity.objects.for_user` says. Functions that take an owner change that owner's
identities alone; None stands for the server itself.
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
from profiles.models import LocalAuthority, SigningIdentity, User
from profiles.models.local_authority import ONLY
from profiles.models.profile import NAME_LENGTH
from profiles.models.signing_identity import SigningIdentityQuerySet
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
        row = SigningIdentity.objects.filter(owner=None, name=SERVER_NAME).first()
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


def add_pkcs12(*, owner: User | None, name: str, data: bytes, password: str) -> SigningIdentity:
    """Keep what a PKCS #12 file holds; raises IdentityError, each failure with its own sentence."""
    return _add(owner, name, identity.read_pkcs12(data, password))


def add_pem(
    *, owner: User | None, name: str, key: bytes, chain: bytes, password: str = ""
) -> SigningIdentity:
    """Keep a private key with its certificates; raises IdentityError, each failure with its own sentence."""
    return _add(owner, name, identity.read_pem(key, chain, password))


@transaction.atomic
def choose_default(*, owner: User | None, identity: SigningIdentity) -> None:
    """Let `owner` sign with this one when nothing else is said; raises IdentityError when it is not theirs.

    A person who chooses the server's default has none of their own any more, and follows the server.
    """
    _lock(owner)
    if identity.owner_id is not None or owner is None:
        _require_owner(owner, identity)
    elif not identity.is_default:
        raise IdentityError(
            f"“{identity.name}” is not what this server signs with by default. Choose it for each download."
        )
    _defaults(owner).update(is_default=False)
    SigningIdentity.objects.filter(pk=identity.pk, owner=owner).update(is_default=True)
    identity.refresh_from_db(fields=["is_default"])


@transaction.atomic
def remove(*, owner: User | None, identity: SigningIdentity) -> None:
    """Forget an identity and its key for good; raises IdentityError when it is not the owner's."""
    _require_owner(owner, identity)
    if identity.owner_id is None and identity.is_default:
        raise IdentityError(
            f"“{identity.name}” is what this server signs with. Choose another default first."
        )
    SigningIdentity.objects.filter(pk=identity.pk, owner=owner).delete()
    transaction.on_commit(_loaded.cache_clear)


def default_identity(user: User | None) -> SigningIdentity:
    """What signs for this user when nothing else is said; raises IdentityError when there is nothing."""
    rows = SigningIdentity.objects.for_user(user).filter(is_default=True).defer("sealed")
    own_first = sorted(rows, key=lambda row: row.owner_id is None)
    if not own_first:
        raise IdentityError("There is no identity to sign with. Run `python manage.py prepare`, or add one.")
    return own_first[0]


def find_identity(
    *, user: User | None = None, identity_id: uuid.UUID | None = None, name: str | None = None
) -> SigningIdentity:
    """That identity, the one of that name, or else the default one; raises IdentityError when there is none.

    A name without a user, as on the command line, is looked for among all, the server's own first.
    """
    if identity_id is not None:
        row = SigningIdentity.objects.for_user(user).filter(pk=identity_id).defer("sealed").first()
        if row is None:
            raise IdentityError("There is no such signing identity, or it is not yours. Choose another.")
        return row
    if name is None:
        return default_identity(user)
    rows = SigningIdentity.objects.for_user(user) if user else SigningIdentity.objects.all()
    # A name that no database could compare is not there either.
    found = [] if control_character(name) else list(rows.filter(name=name).defer("sealed"))
    preferred = [row for row in found if row.owner_id == (user.pk if user else None)] or found
    if not preferred:
        raise IdentityError("There is no signing identity of that name. The page “Signing” lists them.")
    if len(preferred) > 1:
        raise IdentityError("Several people have a signing identity of that name. Rename one of them.")
    return preferred[0]


def sign(
    content: bytes, *, name: str | None = None, user: User | None = None, identity_id: uuid.UUID | None = None
) -> bytes:
    """`content` as attached DER CMS under the identity that `find_identity` gives; raises SigningError."""
    return sign_with(find_identity(user=user, identity_id=identity_id, name=name), content)


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


def _add(owner: User | None, name: str, loaded: Loaded) -> SigningIdentity:
    name = name.strip()
    if not name or len(name) > NAME_LENGTH or control_character(name):
        raise IdentityError(
            f"The name of a signing identity has 1 to {NAME_LENGTH} plain characters. Change it."
        )
    with transaction.atomic():
        _lock(owner)
        if SigningIdentity.objects.filter(owner=owner, name=name).exists():
            raise IdentityError(
                f"There is a signing identity “{name}” already. Choose another name, or remove that one."
            )
        row = SigningIdentity(owner=owner, name=name, is_default=not _defaults(owner).exists())
        _fill(row, loaded)
        row.save(force_insert=True)
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


def _defaults(owner: User | None) -> SigningIdentityQuerySet:
    return SigningIdentity.objects.filter(owner=owner, is_default=True)


def _lock(owner: User | None) -> None:
    """Let changes to one owner's identities wait for each other until the transaction ends."""
    if owner is None:
        LocalAuthority.objects.select_for_update().filter(pk=ONLY).first()
    else:
        User.objects.select_for_update().get(pk=owner.pk)


def _require_owner(owner: User | None, row: SigningIdentity) -> None:
    if row.owner_id != (owner.pk if owner else None):
        raise IdentityError(f"“{row.name}” is not yours to change.")
