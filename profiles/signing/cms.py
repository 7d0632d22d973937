"""CMS (RFC 5652) around a profile: sign it, verify it, or take it off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from asn1crypto import cms as asn1
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from profiles.exceptions import NotSignedError, UntrustedSignerError, VerificationError
from profiles.signing.ber import damaged
from profiles.signing.certificates import UNREADABLE, check_legible, quoted
from profiles.signing.chain import MOST_CERTIFICATES, faults, order
from profiles.signing.identity import SigningIdentity
from profiles.signing.signer_info import check_signature, find_signer, read, signatures

# Without Binary each LF would become CRLF, and the signed content another one.
OPTIONS = (PKCS7Options.Binary, PKCS7Options.NoCapabilities)
# id-signedData, 1.2.840.113549.1.7.2, as it stands in a file.
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
# What is encrypted instead: id-envelopedData, id-encryptedData, id-ct-authEnvelopedData.
ENCRYPTED = (
    bytes.fromhex("06092a864886f70d010703"),
    bytes.fromhex("06092a864886f70d010706"),
    bytes.fromhex("060b2a864886f70d0109100117"),
)
# Chunks that are in chunks: each level copies what it holds, and nobody needs a second one.
MOST_CHUNK_LEVELS = 8
# Names alone could keep a page busy for long: no certificate has a tenth of it.
MOST_CERTIFICATE_BYTES = 65_536
# Critical extensions that the checks here take into account, or that say nothing about who may be trusted.
UNDERSTOOD = (
    x509.BasicConstraints,
    x509.KeyUsage,
    x509.ExtendedKeyUsage,
    x509.SubjectAlternativeName,
    x509.CertificatePolicies,
)


@dataclass(frozen=True, slots=True)
class Verified:
    """Signed content, who signed it, and the known issuers of the signer, in order to the root."""

    content: bytes
    signer: x509.Certificate
    chain: tuple[x509.Certificate, ...]


def sign(content: bytes, identity: SigningIdentity) -> bytes:
    """Return an attached DER CMS of the content: SHA-256, the signer's certificate and chain included."""
    builder = PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(identity.certificate, identity.key, hashes.SHA256())
    # Last, since certificates that are added before the signer are dropped without a word.
    for certificate in identity.chain:
        builder = builder.add_certificate(certificate)
    return builder.sign(Encoding.DER, OPTIONS)


def is_cms(data: bytes) -> bool:
    """Tell whether the bytes begin as CMS signed data does, in DER or BER."""
    return _begins(data, (SIGNED_DATA,))


def is_encrypted(data: bytes) -> bool:
    """Tell whether the bytes begin as CMS does that only its recipient can read, in DER or BER."""
    return _begins(data, ENCRYPTED)


def _begins(data: bytes, types: tuple[bytes, ...]) -> bool:
    if len(data) < 2 or data[0] != 0x30:
        return False
    length_octets = data[1] & 0x7F if data[1] & 0x80 else 0
    return data.startswith(types, 2 + length_octets)


def unwrap(data: bytes) -> bytes:
    """Return the signed content, with no judgement on the signature; raises NotSignedError."""
    return content_of(signed_data(data))


def verify(data: bytes, *, trusted: Sequence[x509.Certificate], at: datetime | None = None) -> Verified:
    """Return the content if the signature holds and leads to a trusted certificate, as of `at`, else now.

    Raises NotSignedError, TamperedError, or UntrustedSignerError; with nothing trusted it always raises.
    """
    found = verify_signature(data)
    chain, _ = order(found.signer, [*trusted, *found.chain], preferred=trusted)
    path = (found.signer, *chain)
    if path[-1] not in trusted:
        raise UntrustedSignerError(
            f"The signature is intact, but the chain of {quoted(found.signer)} ends at {quoted(path[-1])}, "
            "which is not trusted here."
        )
    fault = next(faults(path, at=at or datetime.now(UTC)), None)
    clause = fault.clause if fault else _not_understood(path[:-1])
    if clause:
        raise UntrustedSignerError(f"The signature is intact, but not trusted, because {clause}.")
    return Verified(found.content, found.signer, chain)


def verify_signature(data: bytes) -> Verified:
    """Return the content if the signature holds for a certificate in the CMS, whoever that belongs to.

    `chain` has its issuers as far as the CMS includes them. Raises NotSignedError or TamperedError.
    """
    signed = signed_data(data)
    content = content_of(signed)
    try:
        found = signatures(signed)
        included = certificates(signed)
        if len(found) != 1:
            raise VerificationError(f"The file has {len(found)} signatures, where one is expected.")
        signature = read(found[0])
        signer = find_signer(signature, included)
        check_signature(signature, signer, content)
    except UNREADABLE as error:
        raise NotSignedError("The signature is damaged and cannot be read.") from error
    chain, _ = order(signer, included)
    return Verified(content, signer, chain)


def signed_data(data: bytes) -> asn1.SignedData:
    """Return the structure, so far unread; raises NotSignedError."""
    if not is_cms(data):
        raise NotSignedError("This is not a signed profile: it does not begin as CMS signed data.")
    try:
        info = asn1.ContentInfo.load(data)
        signed = info["content"]
        signed["encap_content_info"]["content_type"].native  # noqa: B018  parses lazily: fail here
    except UNREADABLE as error:
        raise damaged() from error
    return signed


def content_of(signed: asn1.SignedData) -> bytes:
    """Return what was signed; raises NotSignedError where it cannot be read, or is not included."""
    try:
        content = _Encapsulated(contents=signed["encap_content_info"].contents)["content"]
        found = None if isinstance(content, core.Void) else b"".join(_pieces(content))
        if found is not None and len(content) != 1:
            raise ValueError("the content is in more than one piece, or in none")
    except UNREADABLE as error:
        raise NotSignedError("The signed profile is damaged: its content cannot be read.") from error
    if found is None:
        raise NotSignedError("The signature holds no profile: it is detached from what it signs.")
    return found


class _Encapsulated(core.Sequence):  # type: ignore[misc]
    """The content as it stands, which asn1crypto would read on for some types, and not at all in some chunks."""

    _fields: ClassVar = [
        ("content_type", core.ObjectIdentifier),
        ("content", core.SequenceOf, {"implicit": 0, "optional": True}),
    ]


def _pieces(elements: core.SequenceOf, *, levels: int = MOST_CHUNK_LEVELS) -> Iterator[bytes]:
    """Yield what strings of bytes hold, each of which may be in chunks, and these again."""
    for element in elements:
        if not isinstance(element, core.OctetString) or element.class_ or not levels:
            raise ValueError("the content is no string of bytes, or in chunks too deep")
        if element.method:
            yield from _pieces(core.SequenceOf(contents=element.contents), levels=levels - 1)
        else:
            yield element.contents


def certificates(signed: asn1.SignedData) -> list[x509.Certificate]:
    """Return those that are included; raises VerificationError for too many, and one of UNREADABLE."""
    return [_certificate(der) for der in _encoded_certificates(signed)]


def legible_certificates(signed: asn1.SignedData) -> list[x509.Certificate]:
    """Return those that are included and can be read; raises like `certificates` where none can be told apart."""
    found = []
    for der in _encoded_certificates(signed):
        try:
            found.append(_certificate(der))
        except UNREADABLE:
            continue  # Another one may be the signer's.
    return found


def _encoded_certificates(signed: asn1.SignedData) -> list[bytes]:
    choices = [choice for choice in signed["certificates"] or () if choice.name == "certificate"]
    if len(choices) > MOST_CERTIFICATES:
        raise VerificationError(f"The file has more than {MOST_CERTIFICATES} certificates.")
    return [choice.chosen.dump() for choice in choices]


def _certificate(der: bytes) -> x509.Certificate:
    if len(der) > MOST_CERTIFICATE_BYTES:
        raise ValueError("a certificate is too large")
    certificate = x509.load_der_x509_certificate(der)
    check_legible(certificate)
    return certificate


def _not_understood(path: Sequence[x509.Certificate]) -> str | None:
    for certificate in path:
        for extension in certificate.extensions:
            if extension.critical and not isinstance(extension.value, UNDERSTOOD):
                return (
                    f"the certificate {quoted(certificate)} has a restriction that is not understood here "
                    f"({extension.oid.dotted_string})"
                )
    return None
