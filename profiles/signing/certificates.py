"""What a certificate says, in words for a page or a sentence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from asn1crypto import core
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, PublicKeyAlgorithmOID

from profiles.certificate_facts import CertificateFacts, KeyFacts
from profiles.exceptions import DamagedFileError

# What the parsers underneath raise on bytes that somebody else made.
UNREADABLE = (
    *(ValueError, TypeError, LookupError, RecursionError, UnsupportedAlgorithm),
    AttributeError,  # by asn1crypto, of a real: it knows that there are such, but not what they hold
    *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)

Extension = TypeVar("Extension", bound=x509.ExtensionType)

LONGEST_NAME = 80
# No page, database or property list holds a NUL, and to leave it out would make another name of it.
CONTROL_CHARACTERS = dict.fromkeys((*range(32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}")
USER_PRINCIPAL_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
PURPOSES = {
    ExtendedKeyUsageOID.CLIENT_AUTH: "clientAuth",
    ExtendedKeyUsageOID.SERVER_AUTH: "serverAuth",
    ExtendedKeyUsageOID.IPSEC_IKE: "ipsecIKE",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "any",
    ExtendedKeyUsageOID.CODE_SIGNING: "codeSigning",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "emailProtection",
    ExtendedKeyUsageOID.TIME_STAMPING: "timeStamping",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSPSigning",
}
CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
# Fixed in English: strftime("%B") would follow the locale of the process.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """A certificate for a page: times in UTC, `fingerprint` SHA-256 as `AB:CD:…`, `key` as `RSA 2048`."""

    common_name: str
    issuer: str
    organisation: str
    not_before: datetime
    not_after: datetime
    fingerprint: str
    key: str


def check_legible(certificate: x509.Certificate) -> None:
    """Raise ValueError unless names, validity and extensions can be read, which the parser leaves until asked."""
    try:
        _ = certificate.subject, certificate.issuer, certificate.extensions
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        _ = certificate.signature_algorithm_oid, certificate.public_key_algorithm_oid
    except UNREADABLE as error:
        raise ValueError("a certificate cannot be read") from error


def require_legible(certificates: Sequence[x509.Certificate]) -> None:
    """Raise DamagedFileError, with its number, for one of a file's certificates that cannot be read."""
    for number, certificate in enumerate(certificates, start=1):
        try:
            check_legible(certificate)
        except ValueError as error:
            raise DamagedFileError(
                f"Certificate {number} in the file is damaged: have it issued or exported again."
            ) from error


def describe(certificate: x509.Certificate) -> Description:
    """Return what a page shows of a certificate; `organisation` is empty where there is none."""
    return Description(
        common_name=name_of(certificate.subject),
        issuer=name_of(certificate.issuer),
        organisation=_attribute(certificate.subject, NameOID.ORGANIZATION_NAME),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint=fingerprint(certificate),
        key=key_text(public_key(certificate)),
    )


def facts(certificate: x509.Certificate) -> CertificateFacts:
    """Return what is known of a legible certificate; what its extensions say in vain is left out."""
    names = _alternative_names(certificate)
    purposes = _lenient(certificate, x509.ExtendedKeyUsage)
    digest = _signature_hash(certificate)
    return CertificateFacts(
        subject=_visible(certificate.subject.rfc4514_string()),
        common_name=_visible(_attribute(certificate.subject, NameOID.COMMON_NAME)),
        issuer=_visible(certificate.issuer.rfc4514_string()),
        issuer_common_name=_visible(_attribute(certificate.issuer, NameOID.COMMON_NAME)),
        dns_names=tuple(_visible(name.value) for name in names if isinstance(name, x509.DNSName)),
        ip_addresses=tuple(str(name.value) for name in names if isinstance(name, x509.IPAddress)),
        email_addresses=tuple(_visible(name.value) for name in names if isinstance(name, x509.RFC822Name)),
        user_names=tuple(map(_visible, _user_names(names))),
        uris=tuple(
            _visible(name.value) for name in names if isinstance(name, x509.UniformResourceIdentifier)
        ),
        key=key_facts(certificate),
        purposes=None if purposes is None else tuple(PURPOSES.get(p, p.dotted_string) for p in purposes),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        serial_number=f"{certificate.serial_number:X}",
        fingerprint=fingerprint(certificate),
        is_authority=is_authority(certificate),
        self_signed=self_signed(certificate),
        signature_hash=digest,
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 fingerprint as `AB:CD:…`."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate may issue others; roots older than version 3 say so by being self-signed."""
    constraints = _lenient(certificate, x509.BasicConstraints)
    return self_signed(certificate) if constraints is None else constraints.ca


def key_facts(certificate: x509.Certificate) -> KeyFacts:
    """Return kind and size of the public key; a key that only makes RSA-PSS signatures is of a kind of its own."""
    key = public_key(certificate)
    match key:
        case rsa.RSAPublicKey():
            only_pss = certificate.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS
            return KeyFacts(kind="RSA-PSS" if only_pss else "RSA", bits=key.key_size)
        case ec.EllipticCurvePublicKey() if key.curve.name in CURVES:
            return KeyFacts(kind="EC", bits=key.key_size)
    return KeyFacts(kind=key_text(key), bits=0)


def name_of(name: x509.Name) -> str:
    """Return the common name, else the organisation, else all of it; printable, at most 80 characters."""
    candidates = (
        _attribute(name, NameOID.COMMON_NAME),
        _attribute(name, NameOID.ORGANIZATION_NAME),
        name.rfc4514_string(),
    )
    printable = ("".join(filter(str.isprintable, candidate)).strip() for candidate in candidates)
    text = next(filter(None, printable), "(no name)")
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def quoted(certificate: x509.Certificate) -> str:
    """Return the name of a certificate as it stands in a sentence: `“Example Root CA”`."""
    return f"“{name_of(certificate.subject)}”"


def date_text(moment: datetime) -> str:
    """Return a UTC date as `3 March 2026`."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def key_text(key: PrivateKeyTypes | PublicKeyTypes | None) -> str:
    """Return the kind and size of a key: `RSA 2048`, `P-256`, `Ed25519`; None is a kind unknown here."""
    match key:
        case rsa.RSAPrivateKey() | rsa.RSAPublicKey():
            return f"RSA {key.key_size}"
        case dsa.DSAPrivateKey() | dsa.DSAPublicKey():
            return f"DSA {key.key_size}"
        case ec.EllipticCurvePrivateKey() | ec.EllipticCurvePublicKey():
            return CURVES.get(key.curve.name, key.curve.name)
        case None:
            return "unknown"
    return type(key).__name__.removesuffix("PrivateKey").removesuffix("PublicKey")


def public_key(certificate: x509.Certificate) -> PublicKeyTypes | None:
    """Return the public key, or None where it is of a kind that cryptography does not read."""
    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def same_key(key: PrivateKeyTypes, certificate: x509.Certificate) -> bool:
    """Tell whether the certificate was issued for this private key."""
    theirs = public_key(certificate)
    return theirs is not None and _spki(key.public_key()) == _spki(theirs)


def extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    """Return one extension of a legible certificate, or None where it is absent."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Tell whether the names agree and the issuer's key made the signature on the certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def self_signed(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate is signed with its own key."""
    return issued(certificate, certificate)


def _lenient(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    """Return an extension, or None where it cannot be read either."""
    try:
        return extension(certificate, kind)
    except UNREADABLE:
        return None


def _alternative_names(certificate: x509.Certificate) -> list[x509.GeneralName]:
    names = _lenient(certificate, x509.SubjectAlternativeName)
    return [] if names is None else list(names)


def _user_names(names: Iterable[x509.GeneralName]) -> Iterator[str]:
    """Yield the user principal names, which are UTF-8 strings in DER."""
    for name in names:
        if isinstance(name, x509.OtherName) and name.type_id == USER_PRINCIPAL_NAME:
            try:
                yield str(core.UTF8String.load(name.value).native)
            except UNREADABLE:
                continue  # some other type under that name, which no server would match either


def _signature_hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""
    return algorithm.name if algorithm else ""


def _attribute(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    values = [attribute.value for attribute in name.get_attributes_for_oid(oid)]
    return next((value for value in values if isinstance(value, str)), "")


def _visible(text: str) -> str:
    """Return it with a sign in place of each control character."""
    return text.translate(CONTROL_CHARACTERS)


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
