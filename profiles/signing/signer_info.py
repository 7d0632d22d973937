"""One signature in a CMS (SignerInfo, RFC 5652 5.3): whose it is, and whether it holds."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from asn1crypto import cms as asn1
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from profiles.exceptions import TamperedError, VerificationError
from profiles.signing import ber
from profiles.signing.certificates import public_key, quoted

DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
SET: Final = b"\x31"
"""The byte that signed attributes begin with as they are signed."""

EC_PUBLIC_KEY: Final = "1.2.840.10045.2.1"
"""What some signers write for ECDSA: the type of the key, in place of that of the signature."""

SIGNED_ATTRIBUTES: Final = b"\xa0"
KEY_IDENTIFIER: Final = b"\x80"
KEY_IDENTIFIER_IN_PIECES: Final = b"\xa0"
"""As signed attributes, but where these never stand."""


@dataclass(frozen=True)
class Signature:
    """A signature that was taken apart; `attributes` are the forms in which its signed attributes may have been signed.

    They are signed as DER, and as they stand by those who do not know that. None where there are none.
    """

    info: asn1.SignerInfo
    attributes: tuple[bytes, ...]


def signatures(signed: asn1.SignedData) -> list[ber.Element]:
    """Return the signatures, not yet taken apart; raises one of `certificates.UNREADABLE`."""
    return list(ber.elements(signed["signer_infos"].contents))


def read(element: ber.Element) -> Signature:
    """Take a signature apart, in whatever form of BER; raises one of `certificates.UNREADABLE`."""
    version, signer, *rest = ber.elements(element.contents)
    written = next((part.contents for part in rest if part.identifier == SIGNED_ATTRIBUTES), b"")
    parts = [ber.plain(version.whole), _signer(signer), *(ber.plain(part.whole) for part in rest)]
    info = asn1.SignerInfo.load(ber.encoded(ber.SEQUENCE, b"".join(parts)))
    attributes = dict.fromkeys((info["signed_attrs"].contents, written)) if info["signed_attrs"] else ()
    return Signature(info, tuple(attributes))


def _signer(named: ber.Element) -> bytes:
    """Who signed, by issuer and number or by an identifier of the key, which Apple's signers write in pieces."""
    if named.identifier == KEY_IDENTIFIER_IN_PIECES:
        return ber.encoded(KEY_IDENTIFIER, ber.joined(named.contents))
    return ber.plain(named.whole)


def find_signer(signature: Signature, included: Sequence[x509.Certificate]) -> x509.Certificate:
    """Return the certificate that the signature names; raises VerificationError where it is not included."""
    sid = signature.info["sid"]
    by_issuer = sid.name == "issuer_and_serial_number"
    for certificate in included:
        if _issued_as(certificate, sid.chosen) if by_issuer else _identified(certificate, sid.chosen.native):
            return certificate
    raise VerificationError(
        "The certificate of the signer is not included, so the signature cannot be checked."
    )


def _issued_as(certificate: x509.Certificate, named: asn1.IssuerAndSerialNumber) -> bool:
    if certificate.serial_number != named["serial_number"].native:
        return False
    issuer = certificate.issuer.public_bytes()
    # The same name may be written in another type of text.
    return bool(issuer == named["issuer"].dump() or asn1_x509.Name.load(issuer) == named["issuer"])


def _identified(certificate: x509.Certificate, identifier: bytes) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return False
    return found.value.digest == identifier


def kind_of(signature: Signature) -> str:
    """Return the kind of the signature as asn1crypto calls it ("ecdsa"), or its dotted number; raises as `read`."""
    algorithm = signature.info["signature_algorithm"]
    named = str(algorithm["algorithm"].native)
    if named == EC_PUBLIC_KEY:
        return "ecdsa"
    try:
        return str(algorithm.signature_algo)
    except ValueError:
        return named


def check_signature(
    signature: Signature,
    signer: x509.Certificate,
    content: bytes,
    *,
    digests: Mapping[str, hashes.HashAlgorithm] = DIGESTS,
    content_type: str = "data",
) -> None:
    """Raise TamperedError unless the signer signed this content, VerificationError for weak or unknown algorithms."""
    name = signature.info["digest_algorithm"]["algorithm"].native
    digest = digests.get(name)
    if digest is None:
        raise VerificationError(f"The signature uses {name}, which does not count as secure any more.")
    if signature.attributes:
        _check_attributes(signature.info, content, digest, content_type)
        messages = [ber.encoded(SET, form) for form in signature.attributes]
    elif content.startswith(SET):
        # What another signature was made over could be passed off as content, were its attributes left out.
        raise TamperedError("The signature was made for something else than this content.")
    else:
        messages = [content]
    try:
        holds = any(_holds(signature, signer, message, digest) for message in messages)
    except (InternalError, UnsupportedAlgorithm) as error:
        # A curve that the library lacks, or a digest that the settings of the system rule out.
        raise VerificationError(
            f"The signature could not be checked: the key of {quoted(signer)} with {name} is not supported here."
        ) from error
    if not holds:
        raise TamperedError(
            f"The signature was not made with the key of {quoted(signer)}, or was altered since."
        )


def _holds(
    signature: Signature, signer: x509.Certificate, message: bytes, digest: hashes.HashAlgorithm
) -> bool:
    key, kind, octets = public_key(signer), kind_of(signature), signature.info["signature"].native
    try:
        if isinstance(key, rsa.RSAPublicKey) and kind == "rsassa_pkcs1v15":
            key.verify(octets, message, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and kind == "ecdsa":
            key.verify(octets, message, ec.ECDSA(digest))
        else:
            raise VerificationError(f"A signature of the kind {kind} is not supported.")
    except InvalidSignature:
        return False
    return True


def _check_attributes(
    info: asn1.SignerInfo, content: bytes, digest: hashes.HashAlgorithm, content_type: str
) -> None:
    """Raise TamperedError unless the signed attributes are those of this content."""
    values = {attribute["type"].native: attribute["values"] for attribute in info["signed_attrs"]}
    if len(values) != len(info["signed_attrs"]) or {"content_type", "message_digest"} - values.keys():
        raise TamperedError(
            "The signature does not say what it signs: attributes are missing or stand twice."
        )
    hasher = hashes.Hash(digest)
    hasher.update(content)
    if [value.native for value in values["content_type"]] != [content_type]:
        raise TamperedError("The signature was made for another type of content.")
    found = [value.native for value in values["message_digest"]]
    if len(found) != 1 or not hmac.compare_digest(found[0], hasher.finalize()):
        raise TamperedError("The content was altered after it was signed.")
