"""CMS (RFC 5652) around a profile: sign it, verify it, or take it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from profiles.exceptions import NotSignedError, UntrustedSignerError, VerificationError
from profiles.signing.certificates import UNREADABLE, check_legible, quoted
from profiles.signing.chain import MOST_CERTIFICATES, faults, order
from profiles.signing.identity import SigningIdentity
from profiles.signing.signer_info import check_signature, find_signer

# Without Binary each LF would become CRLF, and the signed content another one.
OPTIONS = (PKCS7Options.Binary, PKCS7Options.NoCapabilities)
# id-signedData, 1.2.840.113549.1.7.2, as it stands in a file.
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
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
    if len(data) < 2 or data[0] != 0x30:
        return False
    length_octets = data[1] & 0x7F if data[1] & 0x80 else 0
    return data.startswith(SIGNED_DATA, 2 + length_octets)


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
        signers = list(signed["signer_infos"])
        included = certificates(signed)
        if len(signers) != 1:
            raise VerificationError(f"The file has {len(signers)} signatures, where one is expected.")
        signer = find_signer(signers[0], included)
        check_signature(signers[0], signer, content)
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
        raise NotSignedError("The signed profile is damaged: its CMS structure cannot be read.") from error
    return signed


def content_of(signed: asn1.SignedData) -> bytes:
    """Return what was signed; raises NotSignedError where it cannot be read, or is not included."""
    try:
        content = signed["encap_content_info"]["content"].native
    except UNREADABLE as error:
        raise NotSignedError("The signed profile is damaged: its content cannot be read.") from error
    if not isinstance(content, bytes):
        raise NotSignedError("The signature holds no profile: it is detached from what it signs.")
    return content


def certificates(signed: asn1.SignedData) -> list[x509.Certificate]:
    """Return those that are included; raises VerificationError for too many, and one of UNREADABLE."""
    choices = [choice for choice in signed["certificates"] or () if choice.name == "certificate"]
    if len(choices) > MOST_CERTIFICATES:
        raise VerificationError(f"The file has more than {MOST_CERTIFICATES} certificates.")
    found = [x509.load_der_x509_certificate(choice.chosen.dump()) for choice in choices]
    for certificate in found:
        check_legible(certificate)
    return found


def _not_understood(path: Sequence[x509.Certificate]) -> str | None:
    for certificate in path:
        for extension in certificate.extensions:
            if extension.critical and not isinstance(extension.value, UNDERSTOOD):
                return (
                    f"the certificate {quoted(certificate)} has a restriction that is not understood here "
                    f"({extension.oid.dotted_string})"
                )
    return None
