"""PKCS #12 bytes to a key and certificates, with the reason where that fails."""

import warnings

from asn1crypto import pkcs12 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates, load_pkcs12

from profiles.exceptions import (
    DamagedFileError,
    IdentityError,
    MissingPartError,
    PasswordError,
    SeveralKeysError,
    UnsupportedKeyError,
)
from profiles.signing.certificates import UNREADABLE
from profiles.signing.checks import SigningKey, check_key
from profiles.signing.derivation import check_iterations, iterations

NOT_PKCS12 = "This is not a PKCS #12 file (.p12, .pfx), or it is damaged: export it again."


def read(data: bytes, password: str) -> tuple[SigningKey, list[x509.Certificate]]:
    """Return (key, all certificates in file order); raises an IdentityError subclass."""
    if data.lstrip().startswith(b"-----BEGIN "):
        raise DamagedFileError(
            "This is a PEM file, not PKCS #12: upload it as a private key and a certificate chain."
        )
    try:
        keys = _inspect(data)
    except IdentityError:
        raise
    except UNREADABLE as error:
        raise DamagedFileError(NOT_PKCS12) from error
    if keys > 1:
        raise SeveralKeysError(
            f"The file holds {keys} private keys: export only the one that is to sign, with its certificates."
        )
    found = _open(data, password)
    if found.key is None:
        raise MissingPartError(
            "There is no private key in the file: export the certificate together with its private key."
        )
    certificates = [found.cert, *found.additional_certs] if found.cert else found.additional_certs
    return check_key(found.key), [item.certificate for item in certificates]


def _inspect(data: bytes) -> int:
    """Return how many private keys there are, after a look at what checking the password costs.

    The usual tools encrypt each key by itself in a readable list, so no password is needed to count them. The
    parser must not be asked: of several keys it takes the first without a word.
    """
    file = asn1.Pfx.load(data)
    rounds = [] if file["mac_data"].native is None else [file["mac_data"]["iterations"].native]
    keys = 0
    for part in file.authenticated_safe:
        if part["content_type"].native == "encrypted_data":
            algorithm = part["content"]["encrypted_content_info"]["content_encryption_algorithm"]
            rounds.append(iterations(algorithm))
        elif part["content_type"].native == "data":
            for bag in asn1.SafeContents.load(part["content"].native):
                kind = bag["bag_id"].native
                keys += kind in ("key_bag", "pkcs8_shrouded_key_bag")
                if kind == "pkcs8_shrouded_key_bag":
                    rounds.append(iterations(bag["bag_value"]["encryption_algorithm"]))
    if rounds:
        check_iterations(sum(rounds))
    return keys


def _open(data: bytes, password: str) -> PKCS12KeyAndCertificates:
    with warnings.catch_warnings():
        # Browsers and Java write BER of indefinite length, which is read too, with this warning.
        warnings.filterwarnings("ignore", message="PKCS#12 bundle could not be parsed as DER")
        try:
            return load_pkcs12(data, password.encode())
        except UnsupportedAlgorithm as error:
            raise UnsupportedKeyError(
                "The file is encrypted, or its key made, in a way that is not supported: "
                "export it again with AES and an RSA, P-256, P-384 or P-521 key."
            ) from error
        except UNREADABLE as error:
            if "password" not in str(error).lower():
                raise DamagedFileError(NOT_PKCS12) from error
            if not password:
                raise PasswordError("This file is protected by a password: type it in.") from error
            raise PasswordError(
                "The password does not open this file: check it, or export the file again if it is damaged."
            ) from error
