"""What must hold of a key and its certificates before they may sign; each failure has its own sentence."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import PublicKeyAlgorithmOID

from profiles.certificate_facts import LEAST_RSA_BITS
from profiles.exceptions import (
    ChainError,
    IdentityError,
    KeyMismatchError,
    KeyUsageError,
    MissingPartError,
    UnsupportedKeyError,
    ValidityError,
)
from profiles.signing.certificates import CURVES, date_text, key_text, quoted, require_legible, same_key
from profiles.signing.chain import MOST_CERTIFICATES, Kind, faults, order

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

REFUSALS: dict[Kind, tuple[type[IdentityError], str]] = {
    Kind.VALIDITY: (ValidityError, "upload one that is valid now"),
    Kind.USAGE: (KeyUsageError, "upload one that was issued for signing"),
    Kind.LINK: (ChainError, "upload the chain that the issuer of the certificate publishes"),
}


def check_key(key: PrivateKeyTypes) -> SigningKey:
    """Return the key; raises UnsupportedKeyError unless it is RSA of 2048 bits or more, or P-256/384/521."""
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size >= LEAST_RSA_BITS:
            return key
        raise UnsupportedKeyError(
            f"The private key is {key_text(key)}, which devices refuse as too small: "
            f"use RSA with {LEAST_RSA_BITS} bits or more."
        )
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES:
        return key
    raise UnsupportedKeyError(
        f"A private key of the kind {key_text(key)} is not one that devices use: use RSA, P-256, P-384 or P-521."
    )


def check_identity(
    key: SigningKey, certificates: Sequence[x509.Certificate], *, at: datetime
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """Return (the key's certificate, its issuers in order); raises an IdentityError subclass.

    A certificate that is a CA's is accepted as the signer: what `openssl req -x509` makes by itself is one.
    """
    if not certificates:
        raise MissingPartError(
            "There is no certificate in the file: add the one that belongs to the private key."
        )
    if len(certificates) > MOST_CERTIFICATES:
        raise ChainError(
            f"There are {len(certificates)} certificates in the file: keep the signer's and its chain, "
            f"at most {MOST_CERTIFICATES}."
        )
    require_legible(certificates)
    leaf = _leaf(key, certificates)
    chain, strays = order(leaf, certificates)
    _raise_fault([leaf, *chain], at)
    if strays:
        raise ChainError(_strays_sentence(leaf, chain, strays))
    return leaf, chain


def _leaf(key: SigningKey, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    ours = [certificate for certificate in certificates if same_key(key, certificate)]
    if not ours:
        names = ", ".join(quoted(certificate) for certificate in certificates[:3])
        which = f"the certificate {names}" if len(certificates) == 1 else f"any of the certificates ({names})"
        raise KeyMismatchError(
            f"The private key does not belong to {which}: "
            "upload the key and the certificate that were made together."
        )
    # A renewed certificate may have kept its key.
    leaf = max(ours, key=lambda certificate: certificate.not_valid_after_utc)
    # The certificate decides, since that is what devices see.
    if leaf.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS:
        raise UnsupportedKeyError(
            f"The key of {quoted(leaf)} is for RSA-PSS only, which devices do not verify on profiles: "
            "use an ordinary RSA key."
        )
    return leaf


def _raise_fault(path: Sequence[x509.Certificate], at: datetime) -> None:
    # What is only weak may be uploaded: the verdict then says how devices will show it.
    fault = next((fault for fault in faults(path, at=at) if fault.kind is not Kind.WEAKNESS), None)
    if fault is not None:
        kind, mend = REFUSALS[fault.kind]
        raise kind(f"{fault.clause[0].upper()}{fault.clause[1:]}: {mend}.")


def _strays_sentence(
    leaf: x509.Certificate, chain: Sequence[x509.Certificate], strays: Sequence[x509.Certificate]
) -> str:
    taken = {certificate.subject for certificate in (leaf, *chain)}
    names = ", ".join(
        f"a second {quoted(stray)} (valid until {date_text(stray.not_valid_after_utc)})"
        if stray.subject in taken
        else quoted(stray)
        for stray in strays[:3]
    )
    verb, it = ("does", "it") if len(strays) == 1 else ("do", "them")
    sentence = f"{names} {verb} not belong to the chain of {quoted(leaf)}: remove {it}."
    return sentence[0].upper() + sentence[1:]
