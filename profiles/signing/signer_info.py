"""One signature in a CMS (SignerInfo, RFC 5652 5.3): whose it is, and whether it holds."""

import hmac
from collections.abc import Mapping, Sequence

from asn1crypto import cms as asn1
from asn1crypto.parser import emit
from cryptography import x509
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from profiles.exceptions import TamperedError, VerificationError
from profiles.signing.certificates import public_key, quoted

DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
# The number of the type that signed attributes are, and the byte that they begin with.
SET_TAG = 17
SET = b"\x31"


def find_signer(info: asn1.SignerInfo, included: Sequence[x509.Certificate]) -> x509.Certificate:
    """Return the certificate that the signature names; raises VerificationError where it is not included."""
    sid = info["sid"]
    for certificate in included:
        if sid.name == "issuer_and_serial_number":
            issuer = sid.chosen["issuer"].dump()
            if (
                certificate.serial_number == sid.chosen["serial_number"].native
                and certificate.issuer.public_bytes() == issuer
            ):
                return certificate
        else:
            identifier = x509.SubjectKeyIdentifier(sid.chosen.native)
            try:
                if (
                    certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
                    == identifier
                ):
                    return certificate
            except x509.ExtensionNotFound:
                continue
    raise VerificationError(
        "The certificate of the signer is not included, so the signature cannot be checked."
    )


def check_signature(
    info: asn1.SignerInfo,
    signer: x509.Certificate,
    content: bytes,
    *,
    digests: Mapping[str, hashes.HashAlgorithm] = DIGESTS,
) -> None:
    """Raise TamperedError unless the signer signed this content, VerificationError for weak or unknown algorithms."""
    name = info["digest_algorithm"]["algorithm"].native
    digest = digests.get(name)
    if digest is None:
        raise VerificationError(f"The signature uses {name}, which does not count as secure any more.")
    if info["signed_attrs"]:
        message = _attributes(info, content, digest)
    elif content.startswith(SET):
        # What another signature was made over could be passed off as content, were its attributes left out.
        raise TamperedError("The signature was made for something else than this content.")
    else:
        message = content
    key = public_key(signer)
    kind = info["signature_algorithm"].signature_algo
    try:
        if isinstance(key, rsa.RSAPublicKey) and kind == "rsassa_pkcs1v15":
            key.verify(info["signature"].native, message, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and kind == "ecdsa":
            key.verify(info["signature"].native, message, ec.ECDSA(digest))
        else:
            raise VerificationError(f"A signature of the kind {kind} is not supported.")
    except (InternalError, UnsupportedAlgorithm) as error:
        # A curve that the library lacks, or a digest that the settings of the system rule out.
        raise VerificationError(
            f"The signature could not be checked: the key of {quoted(signer)} with {name} is not supported here."
        ) from error
    except InvalidSignature as error:
        raise TamperedError(
            f"The signature was not made with the key of {quoted(signer)}, or was altered since."
        ) from error


def _attributes(info: asn1.SignerInfo, content: bytes, digest: hashes.HashAlgorithm) -> bytes:
    """Return the signed attributes as they were signed, if they fit the content."""
    values = {attribute["type"].native: attribute["values"] for attribute in info["signed_attrs"]}
    if len(values) != len(info["signed_attrs"]) or {"content_type", "message_digest"} - values.keys():
        raise TamperedError(
            "The signature does not say what it signs: attributes are missing or stand twice."
        )
    hasher = hashes.Hash(digest)
    hasher.update(content)
    if [value.native for value in values["content_type"]] != ["data"]:
        raise TamperedError("The signature was made for another type of content.")
    digests = [value.native for value in values["message_digest"]]
    if len(digests) != 1 or not hmac.compare_digest(digests[0], hasher.finalize()):
        raise TamperedError("The content was altered after it was signed.")
    # In the order of the file: some signers do not sort them, and signed them like that.
    return bytes(emit(0, 1, SET_TAG, info["signed_attrs"].contents))
