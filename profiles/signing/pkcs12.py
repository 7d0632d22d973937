"""PKCS #12 bytes to a key and certificates, with the reason where that fails."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from asn1crypto import pkcs12 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PBES,
    PKCS12KeyAndCertificates,
    load_pkcs12,
    serialize_key_and_certificates,
)

from profiles.certificate_facts import Encryption
from profiles.exceptions import (
    DamagedFileError,
    IdentityError,
    MissingPartError,
    PasswordError,
    SeveralKeysError,
    UnsupportedKeyError,
)
from profiles.signing import ber
from profiles.signing.certificates import UNREADABLE, require_legible, same_key
from profiles.signing.checks import SigningKey, check_key
from profiles.signing.derivation import check_iterations, iterations

ROUNDS = 2048
# As asn1crypto calls them: those that iOS and every macOS read. iOS has no 3DES with two keys.
CLASSIC_ALGORITHMS = {"pkcs12_sha1_tripledes_3key", "pkcs12_sha1_rc2_40", "pkcs12_sha1_rc2_128"}
CLASSIC_CHECK = "sha1"
# Cipher, derivation of its key, and the function in that.
MODERN_ALGORITHM = ("aes256_cbc", "pbkdf2", "sha256")
MODERN_CHECK = "sha256"

NOT_PKCS12 = "This is not a PKCS #12 file (.p12, .pfx), or it is damaged: export it again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """A PKCS #12 file for a device: `chain` are further certificates."""

    certificate: x509.Certificate | None
    chain: tuple[x509.Certificate, ...]
    encryption: Encryption


def read(data: bytes, password: str) -> tuple[SigningKey, list[x509.Certificate]]:
    """Return (key, all certificates in file order); raises an IdentityError subclass."""
    if data.lstrip().startswith(b"-----BEGIN "):
        raise DamagedFileError(
            "This is a PEM file, not PKCS #12: upload it as a private key and a certificate chain."
        )
    keys = _layout(data).keys
    if keys > 1:
        raise SeveralKeysError(
            f"The file holds {keys} private keys: export only the one that you need, with its certificates."
        )
    found = _open(data, password)
    if found.key is None:
        raise MissingPartError(
            "There is no private key in the file: export the certificate together with its private key."
        )
    certificates = [found.cert, *found.additional_certs] if found.cert else found.additional_certs
    return check_key(found.key), [item.certificate for item in certificates]


def write(key: SigningKey, certificate: x509.Certificate, *, password: str, name: str) -> bytes:
    """Return a PKCS #12 file with one identity, encrypted in the way that every Apple device reads.

    Which is PBE-SHA1-3DES with an HMAC of SHA-1 (RFC 7292): weak by today's measure, so the file itself is a secret.
    Raises PasswordError without a password.
    """
    if not password:
        raise PasswordError("Devices open no identity without a password: type one in.")
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(ROUNDS)
        .key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303 - what the devices read
        .build(password.encode())
    )
    return serialize_key_and_certificates(name.encode() or None, key, certificate, None, encryption)


def inspect(data: bytes, password: str | None) -> Inspected:
    """Return what is in a PKCS #12 file, as far as the password opens it; raises an IdentityError subclass.

    Without a password (None) the certificate is only found where the file does not hide it.
    """
    layout = _layout(data)
    if layout.keys > 1:
        raise SeveralKeysError(
            f"The file holds {layout.keys} private keys, but a device takes a file with one: export one identity."
        )
    try:
        found = _open(data, password or "")
    except PasswordError:
        if password is not None:
            raise
        return Inspected(certificate=None, chain=(), encryption=layout.encryption)
    if found.key is None:
        raise MissingPartError(
            "There is no private key in the file: export the certificate together with its key."
        )
    certificates = [
        item.certificate for item in ([found.cert] if found.cert else []) + found.additional_certs
    ]
    require_legible(certificates)
    leaf = next((each for each in certificates if same_key(found.key, each)), None)
    if leaf is None:
        raise MissingPartError(
            "There is no certificate for the private key in the file: export both together."
        )
    chain = tuple(each for each in certificates if each != leaf)
    return Inspected(certificate=leaf, chain=chain, encryption=layout.encryption)


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """What shows without the password: how many keys, and how they are encrypted."""

    keys: int
    encryption: Encryption


def _layout(data: bytes) -> _Layout:
    """Return it after a look at what checking the password costs; raises an IdentityError subclass.

    The usual tools encrypt each key by itself in a readable list, so no password is needed to count them. The
    parser must not be asked: of several keys it takes the first without a word.
    """
    try:
        return _parsed(asn1.Pfx.load(ber.plain(data)))
    except IdentityError:
        raise
    except UNREADABLE as error:
        raise DamagedFileError(NOT_PKCS12) from error


def _parsed(file: asn1.Pfx) -> _Layout:
    keys, algorithms = 0, []
    for is_key, algorithm in _encrypted(file):
        keys += is_key
        algorithms.append(algorithm)
    mac = None if file["mac_data"].native is None else file["mac_data"]
    rounds = [iterations(algorithm) for algorithm in algorithms if algorithm is not None]
    rounds += [mac["iterations"].native] if mac else []
    if rounds:
        check_iterations(sum(rounds))
    # A file without a check is none for devices, whatever the password.
    found = [_check(mac["mac"]["digest_algorithm"]["algorithm"].native) if mac else Encryption.UNUSUAL]
    found += [_algorithm(algorithm) for algorithm in algorithms]
    return _Layout(keys=keys, encryption=max(found, key=list(Encryption).index))


def _check(digest: str) -> Encryption:
    known = {CLASSIC_CHECK: Encryption.CLASSIC, MODERN_CHECK: Encryption.MODERN}
    return known.get(digest, Encryption.UNUSUAL)


def _algorithm(algorithm: Any) -> Encryption:
    """What a part is encrypted with; iOS passes over a key in the clear (None), and then finds no identity."""
    if algorithm is None:
        return Encryption.UNUSUAL
    if algorithm["algorithm"].native != "pbes2":
        return (
            Encryption.CLASSIC if algorithm["algorithm"].native in CLASSIC_ALGORITHMS else Encryption.UNUSUAL
        )
    parameters = algorithm["parameters"]
    cipher = parameters["encryption_scheme"]["algorithm"].native
    derivation = parameters["key_derivation_func"]
    kind = derivation["algorithm"].native
    function = derivation["parameters"]["prf"]["algorithm"].native if kind == MODERN_ALGORITHM[1] else ""
    return Encryption.MODERN if (cipher, kind, function) == MODERN_ALGORITHM else Encryption.UNUSUAL


def _encrypted(file: asn1.Pfx) -> Iterator[tuple[bool, Any]]:
    """Yield for each encrypted part whether it is a key, and its algorithm: None for a key in the clear."""
    for part in asn1.AuthenticatedSafe.load(ber.plain(file["auth_safe"]["content"].native)):
        if part["content_type"].native == "encrypted_data":
            yield False, part["content"]["encrypted_content_info"]["content_encryption_algorithm"]
        elif part["content_type"].native == "data":
            for bag in asn1.SafeContents.load(ber.plain(part["content"].native)):
                match bag["bag_id"].native:
                    case "pkcs8_shrouded_key_bag":
                        yield True, bag["bag_value"]["encryption_algorithm"]
                    case "key_bag":
                        yield True, None


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
