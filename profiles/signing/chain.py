"""From a leaf to its root: the order of a chain, and what breaks it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

from profiles.certificate_facts import LEAST_RSA_BITS
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
# Certificates of one name that may have issued another: each is tried, and more than a renewed one there is not.
MOST_NAMESAKES = 3
# What public keys of issuers may have: the time that a check takes grows with both.
MOST_RSA_BITS = 8_192
MOST_EXPONENT_BITS = 32
# RFC 5280, 4.2.1.12: each stands for one job only. All others, TLS servers too, sign profiles in practice.
UNFIT_PURPOSES = {ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.OCSP_SIGNING}
WEAK_SIGNATURES = {
    SignatureAlgorithmOID.RSA_WITH_MD5: "MD5",
    SignatureAlgorithmOID.RSA_WITH_SHA1: "SHA-1",
    SignatureAlgorithmOID.DSA_WITH_SHA1: "SHA-1",
    SignatureAlgorithmOID.ECDSA_WITH_SHA1: "SHA-1",
}


class Kind(Enum):
    """What sort of thing breaks a chain."""

    VALIDITY = auto()
    USAGE = auto()
    LINK = auto()
    WEAKNESS = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that breaks a chain; `clause` fits behind "because"."""

    kind: Kind
    clause: str


def order(
    leaf: x509.Certificate,
    pool: Iterable[x509.Certificate],
    *,
    preferred: Collection[x509.Certificate] = (),
    beyond: bool = False,
) -> tuple[tuple[x509.Certificate, ...], tuple[x509.Certificate, ...]]:
    """Return (the issuers of `leaf` in order, what is left over of `pool`), each certificate once.

    Of several possible issuers a preferred one wins, then a self-signed one, then the one valid longest. The chain ends
    in the first that is preferred, unless it is to go on `beyond` that.
    """
    left = [certificate for certificate in dict.fromkeys(pool) if certificate != leaf]
    path: list[x509.Certificate] = []
    current = leaf
    while not (self_signed(current) or (current in preferred and not beyond)):
        issuers = [certificate for certificate in left if issued(certificate, current)]
        if not issuers:
            break
        current = max(issuers, key=lambda c: (c in preferred, self_signed(c), c.not_valid_after_utc))
        left.remove(current)
        path.append(current)
    return tuple(path), tuple(left)


def likely_issuers(included: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """Return those among which a chain is looked for, so that this takes no longer than any real one asks for."""
    namesakes: Counter[x509.Name] = Counter()
    found = []
    for certificate in included:
        namesakes[certificate.subject] += 1
        if namesakes[certificate.subject] <= MOST_NAMESAKES and _is_quick(certificate):
            found.append(certificate)
    return found


def lowest(certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    """Return the first that issued none of the others; the name that a person typed is meant for it."""
    return next(
        (
            candidate
            for candidate in certificates
            if not any(issued(candidate, other) for other in certificates if other != candidate)
        ),
        certificates[0],
    )


def _is_quick(certificate: x509.Certificate) -> bool:
    key = public_key(certificate)
    return not isinstance(key, rsa.RSAPublicKey) or (
        key.key_size <= MOST_RSA_BITS and key.public_numbers().e.bit_length() <= MOST_EXPONENT_BITS
    )


def faults(path: Sequence[x509.Certificate], *, at: datetime) -> Iterator[Fault]:
    """Yield what breaks a path (leaf first, each certificate issued by the next one) at an aware time."""
    for depth, certificate in enumerate(path):
        named = "the certificate" if depth == 0 else f"the chain's certificate {quoted(certificate)}"
        yield from _validity(certificate, named, at)
        if depth == 0:
            yield from _usage(certificate, named)
        else:
            yield from _authority(certificate, named, intermediates_below=depth - 1)
        yield from _weakness(certificate, named)


def _validity(certificate: x509.Certificate, named: str, at: datetime) -> Iterator[Fault]:
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at > end:
        yield Fault(Kind.VALIDITY, f"{named} expired on {date_text(end)}")
    elif at < start:
        yield Fault(Kind.VALIDITY, f"{named} is not valid before {date_text(start)}")


def _usage(certificate: x509.Certificate, named: str) -> Iterator[Fault]:
    usage = extension(certificate, x509.KeyUsage)
    purposes = extension(certificate, x509.ExtendedKeyUsage)
    if usage is not None and not usage.digital_signature:
        yield Fault(Kind.USAGE, f"the key usage of {named} does not include digital signature")
    if purposes is not None and set(purposes) <= UNFIT_PURPOSES:
        yield Fault(Kind.USAGE, f"{named} was issued for time stamps or OCSP answers only")


def _authority(certificate: x509.Certificate, named: str, *, intermediates_below: int) -> Iterator[Fault]:
    constraints = extension(certificate, x509.BasicConstraints)
    usage = extension(certificate, x509.KeyUsage)
    # Roots older than version 3 carry no extensions at all.
    is_authority = self_signed(certificate) if constraints is None else constraints.ca
    if not is_authority or (usage is not None and not usage.key_cert_sign):
        yield Fault(Kind.LINK, f"{named} is no certificate authority, and may not issue others")
    most_below = None if constraints is None else constraints.path_length
    if most_below is not None and most_below < intermediates_below:
        yield Fault(Kind.LINK, f"{named} does not allow so many authorities below it")


def _weakness(certificate: x509.Certificate, named: str) -> Iterator[Fault]:
    key = public_key(certificate)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < LEAST_RSA_BITS:
        yield Fault(Kind.WEAKNESS, f"{named} has a key that devices refuse as too small ({key_text(key)})")
    digest = WEAK_SIGNATURES.get(certificate.signature_algorithm_oid)
    # Nobody relies on the signature of a root: its key is trusted as such.
    if digest and not self_signed(certificate):
        yield Fault(Kind.WEAKNESS, f"{named} is signed with {digest}, which devices refuse")
