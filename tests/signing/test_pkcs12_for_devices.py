"""PKCS #12 as Apple devices read it: written here, opened by the real openssl, and told from what they refuse."""

import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from profiles.exceptions import DamagedFileError, MissingPartError, PasswordError, SeveralKeysError
from profiles.signing import pkcs12
from profiles.signing.identity import SigningIdentity
from tests.signing.conftest import Chain
from tests.signing.making import key_pem, openssl, pem
from tests.signing.test_uploads import PASSWORD, Export, export, folder, indefinite, merged

__all__ = ["export", "folder"]


def opened(data: bytes, password: str, folder: Path) -> tuple[str, bytes]:
    """What `openssl pkcs12 -legacy` says of the file's encryption, and what it holds."""
    (folder / "written.p12").write_bytes(data)
    arguments = ["pkcs12", "-legacy", "-in", "written.p12", "-passin", f"pass:{password}", "-nodes"]
    openssl(*arguments, "-out", "content.pem", folder=folder)
    return _info(password, folder), (folder / "content.pem").read_bytes()


def _info(password: str, folder: Path) -> str:
    arguments = ["-legacy", "-info", "-noout", "-in", "written.p12", "-passin", f"pass:{password}"]
    # It tells on standard error.
    done = subprocess.run(["openssl", "pkcs12", *arguments], cwd=folder, capture_output=True, check=True)
    return done.stderr.decode()


@pytest.mark.parametrize("password", [PASSWORD, "x", "p" * 200])
@pytest.mark.parametrize("kind", ["RSA 2048", "P-256", "P-384"])
def test_what_is_written_openssl_opens_as_old_devices_do(
    kind: str, password: str, keys: dict[str, ec.EllipticCurvePrivateKey], chain: Chain, folder: Path
) -> None:
    leaf = chain.signer(keys[kind])
    data = pkcs12.write(keys[kind], leaf, password=password, name="Ünïcode 東京 😀")

    info, content = opened(data, password, folder)

    assert "MAC: sha1, Iteration 2048" in info
    assert info.count("pbeWithSHA1And3-KeyTripleDES-CBC") == 2
    assert x509.load_pem_x509_certificates(content) == [leaf]
    assert b"PRIVATE KEY" in content


def test_it_holds_one_identity_alone_and_counts_as_readable(identity: SigningIdentity) -> None:
    data = pkcs12.write(identity.key, identity.certificate, password=PASSWORD, name="")
    found = pkcs12.inspect(data, PASSWORD)
    assert (found.certificate, found.chain, found.readable) == (identity.certificate, (), True)


@pytest.mark.parametrize(
    ("form", "readable"),
    [
        ("-legacy", True),
        ("-legacy -keypbe PBE-SHA1-RC2-40 -certpbe PBE-SHA1-RC2-40", True),
        ("", False),
        ("-legacy -macalg sha256", False),
        ("-legacy -certpbe AES-256-CBC", False),
        ("-legacy -keypbe AES-256-CBC", False),
        ("-legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-128", True),
        ("-legacy -keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-2DES", False),
    ],
)
def test_what_devices_open_is_told(
    form: str, readable: bool, export: Export, identity: SigningIdentity
) -> None:
    data = export(f"-inkey key.pem -in signer.pem -certfile chain.pem {form}")
    found = pkcs12.inspect(data, PASSWORD)
    assert (found.certificate, {*found.chain}) == (identity.certificate, {*identity.chain})
    assert found.readable is readable
    without = pkcs12.inspect(data, None)
    assert (without.certificate, without.chain, without.readable) == (None, (), readable)


def test_an_open_length_is_not_readable(export: Export) -> None:
    data = export("-inkey key.pem -in signer.pem -legacy")
    assert pkcs12.inspect(data, PASSWORD).readable
    assert not pkcs12.inspect(indefinite(data), PASSWORD).readable


def test_without_a_password_a_file_that_has_none_is_read(export: Export, identity: SigningIdentity) -> None:
    data = export("-inkey key.pem -in signer.pem", password="")
    assert pkcs12.inspect(data, None).certificate == identity.certificate


def test_faults_are_told_apart(
    export: Export, folder: Path, chain: Chain, other_rsa_key: rsa.RSAPrivateKey
) -> None:
    (folder / "second.pem").write_bytes(key_pem(other_rsa_key) + pem(chain.signer(other_rsa_key)))
    for data, password, kind in (
        (b"rubbish", PASSWORD, DamagedFileError),
        (b"", None, DamagedFileError),
        (chain.root.public_bytes(Encoding.DER), None, DamagedFileError),
        (pem(chain.root), PASSWORD, DamagedFileError),
        (export()[:-60], PASSWORD, DamagedFileError),
        (export(), "wrong", PasswordError),
        (export(), "", PasswordError),
        (export("-nokeys -in signer.pem"), PASSWORD, MissingPartError),
        (export("-nocerts -inkey key.pem"), PASSWORD, MissingPartError),
        (merged(export(), export("-in second.pem")), PASSWORD, SeveralKeysError),
        (merged(export(), export("-in second.pem")), None, SeveralKeysError),
    ):
        with pytest.raises(kind) as caught:
            pkcs12.inspect(data, password)
        assert type(caught.value) is kind
        assert PASSWORD not in str(caught.value)


def test_a_certificate_that_cannot_be_read_is_named(export: Export) -> None:
    data = export("-inkey key.pem -in signer.pem -keypbe NONE -certpbe NONE -nomac")
    # Its subject key identifier is no octet string any more, which parsers notice late.
    identifier = bytes.fromhex("0603551d0e0416")
    assert data.count(identifier + b"\x04") == 1
    with pytest.raises(DamagedFileError, match="Certificate 1 in the file is damaged"):
        pkcs12.inspect(data.replace(identifier + b"\x04", identifier + b"\x05"), None)


@pytest.mark.parametrize("form", ["-nomac", "-keypbe NONE"])
def test_devices_want_a_mac_and_an_encrypted_key(
    form: str, export: Export, identity: SigningIdentity
) -> None:
    data = export(f"-inkey key.pem -in signer.pem -legacy {form}")
    found = pkcs12.inspect(data, PASSWORD)
    assert (found.certificate, found.readable) == (identity.certificate, False)


def test_devices_open_certificates_in_the_clear(export: Export) -> None:
    assert pkcs12.inspect(export("-inkey key.pem -in signer.pem -legacy -certpbe NONE"), PASSWORD).readable


def test_the_key_and_its_certificate_are_linked_since_devices_pair_them_by_that(
    identity: SigningIdentity, folder: Path
) -> None:
    _, content = opened(
        pkcs12.write(identity.key, identity.certificate, password=PASSWORD, name=""), PASSWORD, folder
    )
    marks = [line for line in content.decode().splitlines() if "localKeyID" in line]
    assert len(marks) == 2
    assert len({*marks}) == 1


def test_none_is_written_without_a_password(identity: SigningIdentity) -> None:
    with pytest.raises(PasswordError, match="no identity without a password"):
        pkcs12.write(identity.key, identity.certificate, password="", name="x")
