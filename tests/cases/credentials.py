"""Certificates and identities for profiles, each made once, when a test first asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from ipaddress import ip_address
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.cases.making import PASSWORD, SERVER
from tests.signing.making import DAY, NOW, Key, certificate, pem

Kind = Literal["RSA", "P-256", "P-384", "P-521"]
Age = Literal["good", "expired", "young", "ending"]

ROOT: Final = "Hafen Root CA"
ISSUER: Final = "Hafen Issuing CA"
CLIENT: Final = "mia"

_CURVES: Final[Mapping[str, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}
_AGES: Final[dict[str, tuple[timedelta, timedelta]]] = {
    "good": (-DAY, 400 * DAY),
    "expired": (-400 * DAY, -3 * DAY),
    "young": (30 * DAY, 400 * DAY),
    "ending": (-400 * DAY, 9 * DAY),
}


@cache
def key(kind: Kind, owner: str = "") -> Key:
    """A private key; the same for the same owner."""
    if kind == "RSA":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(_CURVES[kind])


@cache
def authority(age: Age = "good") -> x509.Certificate:
    """The root, which signs with an elliptic curve."""
    start, end = _AGES[age]
    own = key("P-256", "root")
    return certificate(ROOT, own, authority=True, start=NOW + start, end=NOW + end, usage=["key_cert_sign"])


@cache
def issuer() -> x509.Certificate:
    """The authority between the root and what servers have."""
    own, above = key("P-256", "issuer"), key("P-256", "root")
    return certificate(
        ISSUER, own, issuer=authority(), issuer_key=above, authority=True, usage=["key_cert_sign"]
    )


@cache
def client(kind: Kind = "RSA", age: Age = "good") -> x509.Certificate:
    """The certificate of the identity, good for clients."""
    start, end = _AGES[age]
    return certificate(
        CLIENT,
        key(kind, "client"),
        issuer=authority(),
        issuer_key=key("P-256", "root"),
        start=NOW + start,
        end=NOW + end,
        purposes=[ExtendedKeyUsageOID.CLIENT_AUTH],
    )


@cache
def identity(kind: Kind = "RSA", age: Age = "good", *, modern: bool = False) -> bytes:
    """A PKCS #12 file that PASSWORD opens: in the way that all devices read, or in that of OpenSSL 3."""
    ciphers = (
        (PBES.PBESv2SHA256AndAES256CBC, hashes.SHA256())
        if modern
        else (PBES.PBESv1SHA1And3KeyTripleDESCBC, hashes.SHA1())
    )
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(2048)
        .key_cert_algorithm(ciphers[0])
        .hmac_hash(ciphers[1])
        .build(PASSWORD.encode())
    )
    return serialize_key_and_certificates(
        CLIENT.encode(), key(kind, "client"), client(kind, age), None, encryption
    )


def der(found: x509.Certificate) -> bytes:
    """A certificate as payloads hold it."""
    return found.public_bytes(Encoding.DER)


@cache
def server(
    kind: Kind = "RSA",
    *,
    names: tuple[str, ...] = (SERVER,),
    purposes: tuple[x509.ObjectIdentifier, ...] | None = (ExtendedKeyUsageOID.SERVER_AUTH,),
    chain: bool = False,
) -> bytes:
    """The certificate of a server in PEM, from the issuing authority, which `chain` puts behind it."""
    alternative = x509.SubjectAlternativeName([_name(each) for each in names])
    own = key(kind, "server")
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, SERVER)]))
        .issuer_name(issuer().subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + 200 * DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(alternative, critical=False)
    if purposes is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    leaf = builder.sign(key("P-256", "issuer"), hashes.SHA256())
    return pem(leaf, issuer()) if chain else pem(leaf)


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)
