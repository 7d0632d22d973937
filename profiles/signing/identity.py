"""A signing identity: read from an upload and checked once, then kept as bytes and loaded fast."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from profiles.exceptions import IdentityError, KeyMismatchError
from profiles.signing import pem, pkcs12
from profiles.signing.certificates import UNREADABLE, check_legible, quoted, same_key
from profiles.signing.checks import SigningKey, check_identity, check_key

MAGIC = b"PDI1"


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """A private key, its certificate, and the issuers of that: in order to the root, itself not included.

    Raises KeyMismatchError for a key that is not the certificate's, since signing itself would not notice.
    """

    key: SigningKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def __post_init__(self) -> None:
        if not same_key(self.key, self.certificate):
            raise KeyMismatchError(f"The private key does not belong to {quoted(self.certificate)}.")


def read_pkcs12(data: bytes, password: str, *, at: datetime | None = None) -> SigningIdentity:
    """Return the identity in a PKCS #12 file, checked as of `at`, else now; raises an IdentityError."""
    key, certificates = pkcs12.read(data, password)
    return _checked(key, certificates, at)


def read_pem(
    key_pem: bytes, chain_pem: bytes, password: str = "", *, at: datetime | None = None
) -> SigningIdentity:
    """Return the identity of a key and its certificates, checked as of `at`, else now.

    The key is PEM or DER; the certificates are PEM, DER or PKCS #7, in any order. A password not needed
    is ignored. Raises an IdentityError subclass.
    """
    key = check_key(pem.read_key(key_pem, password))
    return _checked(key, pem.read_certificates(chain_pem), at)


def serialise(identity: SigningIdentity) -> bytes:
    """Return the identity as bytes, with the key in the clear: to be encrypted before it is stored.

    `PDI1`, then items of a four-byte big-endian length and DER: PKCS #8 key, certificate, its chain.
    """
    key = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    certificates = (identity.certificate, *identity.chain)
    items = [key, *(certificate.public_bytes(Encoding.DER) for certificate in certificates)]
    return MAGIC + b"".join(len(item).to_bytes(4, "big") + item for item in items)


def load(data: bytes) -> SigningIdentity:
    """Return what `serialise` was given, with no check of what an upload checks; raises IdentityError."""
    try:
        key_der, certificate, *chain = _items(data)
        # Validating an RSA key takes 36 ms and loading it .02 ms; this one was validated at upload.
        key = load_der_private_key(key_der, None, unsafe_skip_rsa_key_validation=True)
        leaf, *issuers = (x509.load_der_x509_certificate(item) for item in (certificate, *chain))
        for stored in (leaf, *issuers):
            check_legible(stored)
        return SigningIdentity(check_key(key), leaf, tuple(issuers))
    except UNREADABLE as error:
        raise IdentityError("The stored signing identity is damaged: upload it again.") from error


def _checked(key: SigningKey, certificates: list[x509.Certificate], at: datetime | None) -> SigningIdentity:
    leaf, chain = check_identity(key, certificates, at=at or datetime.now(UTC))
    return SigningIdentity(key, leaf, chain)


def _items(data: bytes) -> Iterator[bytes]:
    if not data.startswith(MAGIC):
        raise ValueError("no stored identity")
    position = len(MAGIC)
    while position < len(data):
        start = position + 4
        position = start + int.from_bytes(data[position:start], "big")
        if position > len(data):
            raise ValueError("cut off")
        yield data[start:position]
