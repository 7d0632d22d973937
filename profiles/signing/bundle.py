"""Whatever certificates and identities a file holds, for the certificates library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from asn1crypto import pkcs12 as asn1
from cryptography import x509

from profiles.exceptions import (
    DamagedFileError,
    KeyMismatchError,
    MissingPartError,
    ValidityError,
)
from profiles.signing import pem, pkcs12
from profiles.signing.certificates import UNREADABLE, date_text, quoted, require_legible, same_key
from profiles.signing.chain import MOST_CERTIFICATES, lowest, order
from profiles.signing.checks import SigningKey, check_key

MOST_BYTES = 2_000_000
CERTIFICATES = ("CERTIFICATE", "PKCS7", "CMS")
OTHER_CONTENT = {
    "CERTIFICATE REQUEST": "a certificate request",
    "NEW CERTIFICATE REQUEST": "a certificate request",
    "PUBLIC KEY": "a public key",
    "RSA PUBLIC KEY": "a public key",
    "X509 CRL": "a list of revoked certificates",
}


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A private key with its certificate."""

    key: SigningKey = field(repr=False)
    certificate: x509.Certificate


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What a file holds: an identity, the other certificates (its chain first), and what there is to say of it."""

    identity: Identity | None
    certificates: tuple[x509.Certificate, ...]
    notes: tuple[str, ...]


def read(data: bytes, password: str = "", *, at: datetime | None = None) -> Bundle:
    """Return what is in PEM, DER, PKCS #7 or PKCS #12, as of `at`, else now; raises an IdentityError subclass.

    Unlike for signing, an identity may be for any purpose, and certificates need not form one chain.
    """
    if not data.strip():
        raise DamagedFileError("The file is empty: choose another.")
    if len(data) > MOST_BYTES:
        raise DamagedFileError(
            f"The file has {len(data):,} bytes, and no identity or chain needs {MOST_BYTES:,}: choose another."
        )
    now = at or datetime.now(UTC)
    if pem.BEGIN.search(data):
        return _from_pem(data, password, now)
    if _is_pkcs12(data):
        return _from_pkcs12(data, password, now)
    if pem.is_key(data):
        raise MissingPartError(
            "This file holds a private key alone: upload it together with its certificate, as PKCS #12 or in "
            "one PEM file."
        )
    if _is_request(data):
        raise _without_certificate("CERTIFICATE REQUEST")
    return _bundle(None, pem.read_certificates(data), [], now)


def _is_request(data: bytes) -> bool:
    try:
        x509.load_der_x509_csr(data)
    except UNREADABLE:
        return False
    return True


def _is_pkcs12(data: bytes) -> bool:
    try:
        return bool(asn1.Pfx.load(data)["version"].native == "v3")
    except UNREADABLE:
        return False


def _from_pkcs12(data: bytes, password: str, now: datetime) -> Bundle:
    key, certificates = pkcs12.read(data, password)
    return _bundle(key, certificates, [], now)


def _from_pem(data: bytes, password: str, now: datetime) -> Bundle:
    labels = pem.labels(data)
    has_key = any(label.endswith("PRIVATE KEY") for label in labels)
    if any(label.endswith(CERTIFICATES) for label in labels):
        key = check_key(pem.read_key(data, password)) if has_key else None
        return _bundle(key, pem.read_certificates(data), [], now)
    if has_key:
        raise MissingPartError(
            "This file holds a private key alone: add its certificate to the same file, or upload a PKCS #12 file."
        )
    raise _without_certificate(labels[0])


def _without_certificate(label: str) -> MissingPartError:
    kind = OTHER_CONTENT.get(label, f"“{label}”")
    return MissingPartError(f"This file holds {kind}, and no certificate: upload the certificate.")


def _bundle(
    key: SigningKey | None, found: Sequence[x509.Certificate], notes: list[str], now: datetime
) -> Bundle:
    certificates = list(dict.fromkeys(found))
    if not certificates:
        raise MissingPartError("There is no certificate in this file: export the certificate, too.")
    if len(certificates) > MOST_CERTIFICATES:
        raise DamagedFileError(
            f"There are {len(certificates)} certificates in the file, more than the {MOST_CERTIFICATES} that "
            "are read at a time: upload those that you need."
        )
    require_legible(certificates)
    identity = _identity(key, certificates, now) if key else None
    others = _ordered(identity, certificates)
    if identity and others:
        notes.append(
            f"The file also held {_counted(len(others))}, which devices want apart: each is an entry of its own."
        )
    notes += [
        f"{quoted(other)} expired on {date_text(other.not_valid_after_utc)}."
        for other in others
        if other.not_valid_after_utc < now
    ]
    return Bundle(identity=identity, certificates=others, notes=tuple(notes))


def _counted(number: int) -> str:
    return "one more certificate" if number == 1 else f"{number} more certificates"


def _identity(key: SigningKey, certificates: Sequence[x509.Certificate], now: datetime) -> Identity:
    ours = [certificate for certificate in certificates if same_key(key, certificate)]
    if not ours:
        raise KeyMismatchError(
            "The private key belongs to none of the certificates in the file: export the identity with its own "
            "certificate."
        )
    # A renewed certificate may have kept its key.
    leaf = max(ours, key=lambda certificate: certificate.not_valid_after_utc)
    if leaf.not_valid_after_utc < now:
        raise ValidityError(
            f"The certificate of the identity, {quoted(leaf)}, expired on "
            f"{date_text(leaf.not_valid_after_utc)}: upload a renewed one."
        )
    if leaf.not_valid_before_utc > now:
        raise ValidityError(
            f"The certificate of the identity, {quoted(leaf)}, is not valid before "
            f"{date_text(leaf.not_valid_before_utc)}: upload it then."
        )
    return Identity(key=key, certificate=leaf)


def _ordered(identity: Identity | None, certificates: list[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The certificates without that of the identity, its issuers first; without one, the lowest in the chain first."""
    if identity is None:
        first = lowest(certificates)
        chain, left = order(first, certificates)
        return (first, *chain, *left)
    chain, left = order(identity.certificate, certificates)
    return (*chain, *(certificate for certificate in left if not same_key(identity.key, certificate)))
