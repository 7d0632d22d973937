"""PEM or DER bytes to a private key, and to certificates, with the reason where that fails."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Iterator

from asn1crypto import keys as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key, pkcs7

from profiles.exceptions import (
    DamagedFileError,
    IdentityError,
    MissingPartError,
    PasswordError,
    SeveralKeysError,
    UnsupportedKeyError,
)
from profiles.signing.certificates import UNREADABLE
from profiles.signing.derivation import check_iterations, iterations

BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")


def read_key(data: bytes, password: str) -> PrivateKeyTypes:
    """Return the one private key in PEM, or in DER; raises an IdentityError subclass."""
    if not BEGIN.search(data):
        return _der_key(data, password)
    blocks = [(label, block) for label, block in _blocks(data) if label.endswith(b"PRIVATE KEY")]
    if len(blocks) > 1:
        raise SeveralKeysError(
            f"The file holds {len(blocks)} private keys: upload only the one that you need."
        )
    if not blocks:
        _explain_no_key(data)
    label, block = blocks[0]
    if label == b"OPENSSH PRIVATE KEY":
        raise UnsupportedKeyError(
            "This is an OpenSSH key: upload the key as PEM (PKCS #8), with its certificate."
        )
    if label == b"ENCRYPTED PRIVATE KEY":
        _check_cost(_body(block))
    return _load(load_pem_private_key, block, password)


def read_certificates(data: bytes) -> list[x509.Certificate]:
    """Return the certificates in PEM, DER or PKCS #7, in file order; raises an IdentityError subclass."""
    if not BEGIN.search(data):
        return _der_certificates(data)
    found: list[x509.Certificate] = []
    labels = set()
    for label, block in _blocks(data):
        labels.add(label)
        try:
            if label in (b"CERTIFICATE", b"X509 CERTIFICATE"):
                found.append(x509.load_der_x509_certificate(_body(block)))
            elif label in (b"PKCS7", b"CMS"):
                found.extend(pkcs7.load_der_pkcs7_certificates(_body(block)))
        except UNREADABLE as error:
            raise DamagedFileError(
                f"Certificate {len(found) + 1} in the file is damaged: export it again."
            ) from error
    if found:
        return found
    if any(label.endswith(b"PRIVATE KEY") for label in labels):
        raise MissingPartError(
            "This file holds a private key where the certificate chain is expected: "
            "upload the certificates here."
        )
    raise MissingPartError(
        "There is no certificate in this file: upload the certificate and its chain as PEM."
    )


def labels(data: bytes) -> list[str]:
    """Return what stands in the BEGIN lines, in order; raises DamagedFileError."""
    return [label.decode() for label, _ in _blocks(data)]


def is_key(data: bytes) -> bool:
    """Tell whether this is a private key in DER, encrypted or not."""
    for form in (asn1.PrivateKeyInfo, asn1.EncryptedPrivateKeyInfo, asn1.RSAPrivateKey, asn1.ECPrivateKey):
        try:
            _ = form.load(data, strict=True).native
        except UNREADABLE:
            continue
        return True
    return False


def _blocks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (label, whole block), in one pass over the data however it is built."""
    position = 0
    while begin := BEGIN.search(data, position):
        end = b"-----END " + begin[1] + b"-----"
        found = data.find(end, begin.end())
        if found < 0:
            raise DamagedFileError(
                "The PEM file is damaged, since a BEGIN line has no END line: copy the whole file again."
            )
        position = found + len(end)
        yield begin[1], data[begin.start() : position]


def _body(block: bytes) -> bytes:
    try:
        return b64decode(b"".join(block.split(b"-----")[2].split()), validate=True)
    except binascii.Error as error:
        raise DamagedFileError(
            "The PEM file is damaged, since it is not base64: copy the whole file again."
        ) from error


def _explain_no_key(data: bytes) -> None:
    labels = [label for label, _ in _blocks(data)]
    if any(label.endswith(b"CERTIFICATE") for label in labels):
        raise MissingPartError(
            "This file holds a certificate where the private key is expected: upload the private key here."
        )
    if any(label.endswith(b"PUBLIC KEY") for label in labels):
        raise MissingPartError("This file holds a public key where the private key is expected.")
    raise MissingPartError("There is no private key in this file: upload the private key as PEM.")


def _der_key(data: bytes, password: str) -> PrivateKeyTypes:
    try:
        x509.load_der_x509_certificate(data)
    except UNREADABLE:
        _check_cost(data)
        return _load(load_der_private_key, data, password)
    raise MissingPartError(
        "This file holds a certificate where the private key is expected: upload the private key here."
    )


def _der_certificates(data: bytes) -> list[x509.Certificate]:
    try:
        return [x509.load_der_x509_certificate(data)]
    except UNREADABLE:
        pass
    try:
        found = pkcs7.load_der_pkcs7_certificates(data)
    except UNREADABLE as error:
        raise DamagedFileError(
            "This file holds no certificates, or is damaged: upload them as PEM, DER or PKCS #7."
        ) from error
    return found


def _check_cost(der: bytes) -> None:
    try:
        check_iterations(
            iterations(asn1.EncryptedPrivateKeyInfo.load(der, strict=True)["encryption_algorithm"])
        )
    except IdentityError:
        raise
    except UNREADABLE:
        # Not of that form: whatever else it is, loading it derives no key, or says what is wrong.
        return


def _load(
    loader: Callable[[bytes, bytes | None], PrivateKeyTypes], data: bytes, password: str
) -> PrivateKeyTypes:
    try:
        try:
            return loader(data, password.encode() or None)
        except TypeError:
            # The loader insists that there be a password exactly where one is needed.
            if not password:
                raise PasswordError("The private key is encrypted: type in its password.") from None
            return loader(data, None)
    except UnsupportedAlgorithm as error:
        raise UnsupportedKeyError(
            "The private key is of an unsupported kind: use RSA, P-256, P-384 or P-521."
        ) from error
    except ValueError as error:
        # One wrong password in some 256 opens it to nonsense, which looks like damage.
        if "password" in str(error).lower() or _is_encrypted(loader, data):
            raise PasswordError("The password does not open the private key: check it.") from error
        raise DamagedFileError(
            "The private key is damaged, or in a format that is not supported: export it again as PEM."
        ) from error


def _is_encrypted(loader: Callable[[bytes, bytes | None], PrivateKeyTypes], data: bytes) -> bool:
    try:
        loader(data, None)
    except TypeError:
        return True
    except UNREADABLE:
        return False
    return False
