"""What people upload, made with the real openssl, and the sentence that each mistake gets."""

from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import pkcs12 as asn1
from asn1crypto.keys import EncryptedPrivateKeyInfo
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7

from profiles.exceptions import (
    ChainError,
    DamagedFileError,
    KeyMismatchError,
    MissingPartError,
    PasswordError,
    SeveralKeysError,
    UnsupportedKeyError,
)
from profiles.signing.derivation import ScryptParameters
from profiles.signing.identity import SigningIdentity, read_pem, read_pkcs12
from tests.signing.conftest import Chain
from tests.signing.making import key_pem, openssl, pem

PASSWORD = "päss wörd & <東京>"
Export = Callable[..., bytes]


@pytest.fixture
def folder(tmp_path: Path, identity: SigningIdentity, chain: Chain) -> Path:
    """A folder as openssl wants it: key.pem, signer.pem, chain.pem."""
    (tmp_path / "key.pem").write_bytes(key_pem(identity.key))
    (tmp_path / "signer.pem").write_bytes(pem(identity.certificate))
    (tmp_path / "chain.pem").write_bytes(pem(chain.intermediate, chain.root))
    return tmp_path


@pytest.fixture
def export(folder: Path) -> Export:
    """Run `openssl pkcs12 -export` with more options, by default on the ordinary identity."""

    def run(
        options: str = "-inkey key.pem -in signer.pem -certfile chain.pem", password: str = PASSWORD
    ) -> bytes:
        arguments = [
            "pkcs12",
            "-export",
            *options.split(),
            "-passout",
            f"pass:{password}",
            "-out",
            "file.p12",
        ]
        openssl(*arguments, folder=folder)
        return (folder / "file.p12").read_bytes()

    return run


def merged(first: bytes, second: bytes) -> bytes:
    """Put the contents of two PKCS #12 files into one, as a keychain export of two identities has them."""
    parts = [part for file in (first, second) for part in asn1.Pfx.load(file).authenticated_safe]
    content = asn1.AuthenticatedSafe(parts).dump(force=True)
    return bytes(asn1.Pfx({"version": 3, "auth_safe": {"content_type": "data", "content": content}}).dump())


def indefinite(der: bytes) -> bytes:
    """Write the outermost layers of a PKCS #12 file with indefinite length, as browsers and Java do."""
    file = asn1.Pfx.load(der)
    content = file["auth_safe"]["content"].native
    half = len(content) // 2
    chunks = b"".join(
        b"\x04\x82" + len(chunk).to_bytes(2, "big") + chunk for chunk in (content[:half], content[half:])
    )
    end = b"\0\0"
    safe = b"\x30\x80" + file["auth_safe"]["content_type"].dump() + b"\xa0\x80\x24\x80" + chunks + end * 3
    return bytes(b"\x30\x80" + file["version"].dump() + safe + file["mac_data"].dump() + end)


# PKCS #12


@pytest.mark.parametrize(
    "form", ["", "-legacy", "-legacy -descert", "-nomac", "-keypbe AES-256-CBC -iter 600000"]
)
def test_what_openssl_exports_is_read(form: str, export: Export, identity: SigningIdentity) -> None:
    data = export(f"-inkey key.pem -in signer.pem -certfile chain.pem {form}")
    found = read_pkcs12(data, PASSWORD)
    assert (found.certificate, found.chain) == (identity.certificate, identity.chain)


def test_a_file_without_a_password_is_read(export: Export, identity: SigningIdentity) -> None:
    assert read_pkcs12(export(password=""), "").certificate == identity.certificate


def test_indefinite_length_is_read(export: Export, identity: SigningIdentity) -> None:
    data = indefinite(export())
    assert read_pkcs12(data, PASSWORD).chain == identity.chain
    with pytest.raises(PasswordError):
        read_pkcs12(data, "wrong")


def test_a_wrong_password_is_named(export: Export) -> None:
    with pytest.raises(PasswordError, match="password does not open this file") as caught:
        read_pkcs12(export(), "a wrong one")
    assert "a wrong one" not in str(caught.value)


def test_a_missing_password_is_asked_for(export: Export) -> None:
    with pytest.raises(PasswordError, match="protected by a password: type it in"):
        read_pkcs12(export(), "")


@pytest.mark.parametrize(
    "data", [b"", b"garbage", b"\x30\x80", b"\x30\x80" * 50_000, b"\0" * 5000, b"0\x03\x02\x01\x03"]
)
def test_what_is_no_pkcs12_is_named(data: bytes) -> None:
    with pytest.raises(DamagedFileError, match="not a PKCS #12 file"):
        read_pkcs12(data, PASSWORD)


def test_a_file_that_was_cut_off_is_named(export: Export) -> None:
    with pytest.raises(DamagedFileError, match="or it is damaged"):
        read_pkcs12(export()[:-60], PASSWORD)


def test_a_certificate_is_no_pkcs12(identity: SigningIdentity) -> None:
    with pytest.raises(DamagedFileError, match="not a PKCS #12 file"):
        read_pkcs12(identity.certificate.public_bytes(Encoding.DER), PASSWORD)


def test_pem_as_pkcs12_is_sent_to_the_other_upload(identity: SigningIdentity) -> None:
    with pytest.raises(DamagedFileError, match="This is a PEM file"):
        read_pkcs12(pem(identity.certificate), PASSWORD)


def test_pkcs12_without_a_key_is_named(export: Export) -> None:
    with pytest.raises(MissingPartError, match="no private key in the file"):
        read_pkcs12(export("-nokeys -in signer.pem"), PASSWORD)


def test_pkcs12_without_a_certificate_is_named(export: Export) -> None:
    with pytest.raises(MissingPartError, match="no certificate in the file"):
        read_pkcs12(export("-nocerts -inkey key.pem"), PASSWORD)


def test_pkcs12_with_two_identities_is_named(
    export: Export, folder: Path, chain: Chain, other_rsa_key: rsa.RSAPrivateKey
) -> None:
    (folder / "second.pem").write_bytes(key_pem(other_rsa_key) + pem(chain.signer(other_rsa_key)))
    data = merged(export(), export("-in second.pem"))
    with pytest.raises(SeveralKeysError, match="holds 2 private keys"):
        read_pkcs12(data, PASSWORD)


def test_a_chain_that_stands_before_the_signer_is_read(export: Export, identity: SigningIdentity) -> None:
    first, second = asn1.Pfx.load(export()).authenticated_safe
    content = asn1.AuthenticatedSafe([second, first]).dump(force=True)
    data = asn1.Pfx({"version": 3, "auth_safe": {"content_type": "data", "content": content}}).dump()
    assert read_pkcs12(data, PASSWORD).certificate == identity.certificate


@pytest.mark.parametrize("kind", ["ed25519", "ed448", "dsa", "secp256k1", "rsa:1024"])
def test_an_unsupported_kind_of_key_in_pkcs12_is_named(kind: str, export: Export, folder: Path) -> None:
    if kind == "dsa":
        openssl(*["dsaparam", "-genkey", "-noout", "-out", "odd.pem", "1024"], folder=folder)
    elif kind == "secp256k1":
        openssl(*["ecparam", "-name", "secp256k1", "-genkey", "-noout", "-out", "odd.pem"], folder=folder)
    elif kind == "rsa:1024":
        openssl(*["genrsa", "-out", "odd.pem", "1024"], folder=folder)
    else:
        openssl(*f"genpkey -algorithm {kind} -out odd.pem".split(), folder=folder)
    openssl(*["req", "-x509", "-key", "odd.pem", "-subj", "/CN=Odd", "-out", "oddcert.pem"], folder=folder)
    with pytest.raises(UnsupportedKeyError, match="use RSA"):
        read_pkcs12(export("-inkey odd.pem -in oddcert.pem"), PASSWORD)
    with pytest.raises(UnsupportedKeyError, match="use RSA"):
        read_pem((folder / "odd.pem").read_bytes(), (folder / "oddcert.pem").read_bytes())


def test_a_key_for_pss_alone_is_refused(export: Export, folder: Path) -> None:
    openssl(
        *["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "odd.pem"],
        folder=folder,
    )
    openssl(*["req", "-x509", "-key", "odd.pem", "-subj", "/CN=Odd", "-out", "oddcert.pem"], folder=folder)
    with pytest.raises(UnsupportedKeyError, match="“Odd” is for RSA-PSS only"):
        read_pkcs12(export("-inkey odd.pem -in oddcert.pem"), PASSWORD)


@pytest.mark.parametrize("rounds", [-5_000_000, 2_000_000_000])
def test_a_file_that_asks_for_minutes_of_computing_is_refused(rounds: int, export: Export) -> None:
    file = asn1.Pfx.load(export())
    file["mac_data"]["iterations"] = rounds
    with pytest.raises(DamagedFileError, match=r"asks for -?\d+ rounds to check its password"):
        read_pkcs12(file.dump(force=True), PASSWORD)


def test_many_parts_that_are_dear_together_are_refused(export: Export) -> None:
    file = export("-inkey key.pem -in signer.pem -iter 600000")
    parts = list(asn1.Pfx.load(file).authenticated_safe)
    content = asn1.AuthenticatedSafe([parts[0]] * 12).dump(force=True)
    data = asn1.Pfx({"version": 3, "auth_safe": {"content_type": "data", "content": content}}).dump()
    with pytest.raises(DamagedFileError, match="asks for 7200000 rounds"):
        read_pkcs12(data, PASSWORD)


def test_a_key_that_asks_for_minutes_of_computing_is_refused(folder: Path) -> None:
    arguments = "pkcs8 -topk8 -in key.pem -passout pass:x -outform DER -out encrypted"
    openssl(*arguments.split(), folder=folder)
    info = EncryptedPrivateKeyInfo.load((folder / "encrypted").read_bytes())
    derivation = info["encryption_algorithm"]["parameters"]["key_derivation_func"]
    derivation["parameters"]["iteration_count"] = 2_000_000_000
    with pytest.raises(DamagedFileError, match="asks for 2000000000 rounds"):
        read_pem(info.dump(force=True), b"", "x")


@pytest.mark.parametrize("parameter", ["cost", "block_size", "lanes"])
def test_a_key_that_asks_for_all_memory_is_refused(parameter: str, folder: Path) -> None:
    arguments = "pkcs8 -topk8 -in key.pem -scrypt -passout pass:x -outform DER -out encrypted"
    openssl(*arguments.split(), folder=folder)
    info = EncryptedPrivateKeyInfo.load((folder / "encrypted").read_bytes())
    derivation = info["encryption_algorithm"]["parameters"]["key_derivation_func"]
    scrypt = derivation["parameters"].parse(spec=ScryptParameters)
    scrypt[parameter] = 2**30
    derivation["parameters"] = scrypt
    with pytest.raises(DamagedFileError, match="too much memory"):
        read_pem(info.dump(force=True), b"", "x")


# PEM


@pytest.mark.parametrize("kind", ["RSA 2048", "RSA 4096", "P-256", "P-384"])
def test_a_key_and_its_chain_are_read_as_pem(
    kind: str, keys: dict[str, ec.EllipticCurvePrivateKey], chain: Chain
) -> None:
    wanted = chain.identity(keys[kind])
    found = read_pem(key_pem(wanted.key), pem(wanted.certificate, *wanted.chain))
    assert (found.certificate, found.chain) == (wanted.certificate, wanted.chain)


@pytest.mark.parametrize(
    "convert",
    [
        "pkcs8 -topk8 -passout pass:x",
        "pkcs8 -topk8 -scrypt -passout pass:x",
        "pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:x",
        "rsa -aes256 -traditional -passout pass:x",
        "pkcs8 -topk8 -passout pass:x -outform DER",
    ],
)
def test_encrypted_keys_are_read(convert: str, folder: Path, identity: SigningIdentity) -> None:
    openssl(*convert.split(), "-in", "key.pem", "-out", "encrypted", folder=folder)
    data, chain = (folder / "encrypted").read_bytes(), pem(identity.certificate, *identity.chain)
    assert read_pem(data, chain, "x").certificate == identity.certificate
    with pytest.raises(PasswordError, match="encrypted: type in its password"):
        read_pem(data, chain)
    with pytest.raises(PasswordError, match="password does not open the private key"):
        read_pem(data, chain, "wrong")


def test_no_wrong_password_makes_a_key_look_damaged(folder: Path, identity: SigningIdentity) -> None:
    # So few rounds that all can be tried: some open it to nonsense.
    openssl(
        *["pkcs8", "-topk8", "-iter", "1", "-passout", "pass:x", "-in", "key.pem", "-out", "encrypted"],
        folder=folder,
    )
    data, chain = (folder / "encrypted").read_bytes(), pem(identity.certificate, *identity.chain)
    for number in range(2_000):
        with pytest.raises(PasswordError, match="password does not open the private key"):
            read_pem(data, chain, f"wrong {number}")


def test_a_password_that_is_not_needed_is_ignored(identity: SigningIdentity) -> None:
    chain = pem(identity.certificate, *identity.chain)
    assert read_pem(key_pem(identity.key), chain, "needless").certificate == identity.certificate


def test_one_file_with_all_may_be_uploaded_twice(identity: SigningIdentity) -> None:
    both = (
        b"Bag Attributes\n"
        + pem(identity.certificate)
        + b"\r\n"
        + key_pem(identity.key)
        + pem(*identity.chain)
    )
    assert read_pem(both, both).chain == identity.chain


def test_der_and_pkcs7_are_read(
    identity: SigningIdentity, ec_key: ec.EllipticCurvePrivateKey, chain: Chain
) -> None:
    key = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    certificates = [*identity.chain, identity.certificate]
    for encoding in (Encoding.DER, Encoding.PEM):
        bundle = pkcs7.serialize_certificates(certificates, encoding)
        assert read_pem(key, bundle).chain == identity.chain
    alone = read_pem(key, identity.certificate.public_bytes(Encoding.DER))
    assert (alone.certificate, alone.chain) == (identity.certificate, ())


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_certificate_in_place_of_the_key_is_named(encoding: Encoding, identity: SigningIdentity) -> None:
    data = identity.certificate.public_bytes(encoding)
    with pytest.raises(MissingPartError, match="holds a certificate where the private key is expected"):
        read_pem(data, pem(identity.certificate))


def test_a_key_in_place_of_the_certificates_is_named(identity: SigningIdentity) -> None:
    with pytest.raises(MissingPartError, match="holds a private key where the certificate chain is expected"):
        read_pem(key_pem(identity.key), key_pem(identity.key))


def test_a_public_key_in_place_of_the_key_is_named(folder: Path, identity: SigningIdentity) -> None:
    public = openssl("pkey", "-in", "key.pem", "-pubout", folder=folder)
    with pytest.raises(MissingPartError, match="holds a public key"):
        read_pem(public, pem(identity.certificate))


def test_a_request_is_neither_key_nor_certificate(folder: Path, identity: SigningIdentity) -> None:
    request = openssl("req", "-new", "-key", "key.pem", "-subj", "/CN=x", folder=folder)
    with pytest.raises(MissingPartError, match="no private key in this file"):
        read_pem(request, pem(identity.certificate))
    with pytest.raises(MissingPartError, match="no certificate in this file"):
        read_pem(key_pem(identity.key), request)


def test_two_keys_are_named(identity: SigningIdentity, other_rsa_key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(SeveralKeysError, match="holds 2 private keys"):
        read_pem(key_pem(identity.key) + key_pem(other_rsa_key), pem(identity.certificate))


def test_an_openssh_key_is_named(identity: SigningIdentity) -> None:
    key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    with pytest.raises(UnsupportedKeyError, match="OpenSSH key"):
        read_pem(key, pem(identity.certificate))


def test_a_key_of_another_certificate_is_named(
    identity: SigningIdentity, other_rsa_key: rsa.RSAPrivateKey
) -> None:
    with pytest.raises(KeyMismatchError, match="does not belong to the certificate “Signer”"):
        read_pem(key_pem(other_rsa_key), pem(identity.certificate))
    with pytest.raises(
        KeyMismatchError, match=r"any of the certificates \(“Signer”, “Example Intermediate CA”"
    ):
        read_pem(key_pem(other_rsa_key), pem(identity.certificate, *identity.chain))


@pytest.mark.parametrize("data", [b"", b"hello", b"\0\1\2", b"\x30\x82\x01\x00"])
def test_garbage_is_named(data: bytes, identity: SigningIdentity) -> None:
    with pytest.raises(DamagedFileError, match="private key is damaged, or in a format"):
        read_pem(data, pem(identity.certificate))
    with pytest.raises(DamagedFileError, match="holds no certificates, or is damaged"):
        read_pem(key_pem(identity.key), data)


def test_damaged_pem_is_named(identity: SigningIdentity) -> None:
    key, certificates = key_pem(identity.key), pem(identity.certificate)
    damaged = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    with pytest.raises(DamagedFileError, match="BEGIN line has no END line"):
        read_pem(key[:-20], certificates)
    with pytest.raises(DamagedFileError, match="private key is damaged"):
        read_pem(key[:300] + key[400:], certificates)
    with pytest.raises(DamagedFileError, match="Certificate 2 in the file is damaged"):
        read_pem(key, certificates + damaged)
    with pytest.raises(DamagedFileError, match="it is not base64"):
        read_pem(key, certificates[:300] + b"!" + certificates[301:])


def test_a_file_of_begin_lines_is_refused_at_once(identity: SigningIdentity) -> None:
    with pytest.raises(DamagedFileError, match="BEGIN line has no END line"):
        read_pem(b"-----BEGIN PRIVATE KEY-----\n" * 100_000, pem(identity.certificate))


def test_a_whole_store_of_roots_is_not_a_chain(identity: SigningIdentity) -> None:
    with pytest.raises(ChainError, match="There are 30 certificates in the file"):
        read_pem(key_pem(identity.key), pem(identity.certificate) * 30)
