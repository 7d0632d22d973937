"""From a leaf to its root: the order of a chain, and the first thing that breaks it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import SignatureAlgorithmOID

from profiles.signing.certificates import (
    date_text,
    extension,
    issued,
    key_text,
    public_key,
    quoted,
    self_signed,
)

# Each step compares a leaf with all the others: a bound on the work that one upload can ask for.
MOST_CERTIFICATES = 20
SMALLEST_RSA_BITS = 2048
WEAK_SIGNATURES = {
    SignatureAlgorithmOID.RSA_WITH_MD5: "MD5",
    SignatureAlgorithmOID.RSA_WITH_SHA1: "SHA-1",
    SignatureAlgorithmOID.DSA_WITH_SHA1: "SHA-1",
    SignatureAlgorithmOID.ECDSA_WITH_SHA1: "SHA-1",
}


class Kind(Enum):
    """What sort of thing breaks a chain."""

    VALIDITY = auto()
    LINK = auto()
    WEAKNESS = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that breaks a chain; `clause` fits behind "because"."""

    kind: Kind
    clause: str


def order(
    leaf: x509.Certificate, pool: Iterable[x509.Certificate], *, preferred: Collection[x509.Certificate] = ()
) -> tuple[tuple[x509.Certificate, ...], tuple[x509.Certificate, ...]]:
    """Return (the issuers of `leaf` in order, what is left over of `pool`); copies count once, `leaf` not at all.

    Where two certificates could be the issuer, a preferred one wins, then a self-signed one, then the one valid longest.
    """
    left = [certificate for certificate in dict.fromkeys(pool) if certificate != leaf]
    path: list[x509.Certificate] = []
    current = leaf
    while not (self_signed(current) or current in preferred):
        issuers = [certificate for certificate in left if issued(certificate, current)]
        if not issuers:
            break
        current = max(issuers, key=lambda c: (c in preferred, self_signed(c), c.not_valid_after_utc))
        left.remove(current)
        path.append(current)
    return tuple(path), tuple(left)


def first_fault(path: Sequence[x509.Certificate], *, at: datetime) -> Fault | None:
    """Return what breaks a path (leaf first, each certificate issued by the next one) at a time, or None."""
    for depth, certificate in enumerate(path):
        named = "the certificate" if depth == 0 else f"the chain's certificate {quoted(certificate)}"
        fault = _validity(certificate, named, at) or _weakness(certificate, named)
        if fault is None and depth > 0:
            fault = _authority(certificate, named, intermediates_below=depth - 1)
        if fault is not None:
            return fault
    return None


def _validity(certificate: x509.Certificate, named: str, at: datetime) -> Fault | None:
    if at > certificate.not_valid_after_utc:
        return Fault(Kind.VALIDITY, f"{named} expired on {date_text(certificate.not_valid_after_utc)}")
    if at < certificate.not_valid_before_utc:
        return Fault(
            Kind.VALIDITY, f"{named} is not valid before {date_text(certificate.not_valid_before_utc)}"
        )
    return None


def _weakness(certificate: x509.Certificate, named: str) -> Fault | None:
    key = public_key(certificate)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA_BITS:
        return Fault(Kind.WEAKNESS, f"{named} has a key that devices refuse as too small ({key_text(key)})")
    digest = WEAK_SIGNATURES.get(certificate.signature_algorithm_oid)
    # Nobody relies on the signature of a root: its key is trusted as such.
    if digest and not self_signed(certificate):
        return Fault(Kind.WEAKNESS, f"{named} is signed with {digest}, which devices refuse")
    return None


def _authority(certificate: x509.Certificate, named: str, *, intermediates_below: int) -> Fault | None:
    try:
        constraints = extension(certificate, x509.BasicConstraints)
        usage = extension(certificate, x509.KeyUsage)
    except ValueError:
        return Fault(Kind.LINK, f"{named} holds extensions that cannot be read")
    # Roots older than version 3 carry no extensions at all.
    is_authority = self_signed(certificate) if constraints is None else constraints.ca
    if not is_authority or (usage is not None and not usage.key_cert_sign):
        return Fault(Kind.LINK, f"{named} is not one of a certificate authority and may not issue others")
    if (
        constraints is not None
        and constraints.path_length is not None
        and constraints.path_length < intermediates_below
    ):
        return Fault(Kind.LINK, f"{named} does not allow so many authorities below it")
    return None
