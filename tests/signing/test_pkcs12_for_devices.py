"""PKCS #12 as Apple devices read it: written here, opened by the real openssl, and told from what they refuse."""

import hashlib
import hmac
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from profiles.certificate_facts import Encryption
from profiles.exceptions import DamagedFileError, MissingPartError, PasswordError, SeveralKeysError
from profiles.signing import ber, pkcs12
from profiles.signing.identity import SigningIdentity
from tests.signing import ber_forms
from tests.signing.conftest import Chain
from tests.signing.making import key_pem, openssl, pem
from tests.signing.test_uploads import PASSWORD, Export, export, folder, indefinite, merged
from tests.work import counted

__all__ = ["export", "folder"]


def _in_definite_pieces(data: bytes) -> bytes:
    """With the content as pieces of a kilobyte each, whose number is known, as Windows writes it."""
    file = ber_forms.tree(data)
    file[1][1][0].in_pieces(1_000)
    return file.encoded()


def _open_inside(data: bytes) -> bytes:
    """With open lengths in all layers, also inside of strings, as NSS writes it."""
    file = ber_forms.tree(data)
    for each in file.within():
        each.form = ber_forms.OPEN
    content = ber_forms.tree(file[1][1][0].contents)
    for part in content.children or ():
        part.form = ber_forms.OPEN
        if part[0].contents == DATA:
            inner = ber_forms.tree(part[1][0].contents)
            inner.form = ber_forms.OPEN
            part[1][0].contents = inner.encoded()
            part[1][0].in_pieces(700, ber_forms.OPEN)
    content.form = ber_forms.OPEN
    changed = content.encoded()
    file[1][1][0].contents = changed
    file[1][1][0].in_pieces(500, ber_forms.OPEN)
    check, salt, rounds = file[2][0], file[2][1].contents, int.from_bytes(file[2][2].contents)
    digest = {20: "sha1", 32: "sha256"}[len(check[1].contents)]
    check[1].contents = hmac.digest(_mac_key(PASSWORD, salt, rounds, digest), changed, digest)
    return file.encoded()


def _mac_key(password: str, salt: bytes, rounds: int, digest: str) -> bytes:
    """RFC 7292, B.2, for as many octets as the digest has."""
    size = 64
    secret = password.encode("utf-16-be") + b"\0\0"
    filled = b"".join((each * size)[: -(-len(each) // size) * size] for each in (salt, secret))
    key = hashlib.new(digest, b"\x03" * size + filled).digest()
    for _ in range(rounds - 1):
        key = hashlib.new(digest, key).digest()
    return key


DATA = bytes.fromhex("2a864886f70d010701")
PKCS12_FORMS: dict[str, Callable[[bytes], bytes]] = {
    "open lengths outside": indefinite,
    "pieces of known number": _in_definite_pieces,
    "open lengths in all layers": _open_inside,
}


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
    assert (found.certificate, found.chain) == (identity.certificate, ())
    assert found.encryption is Encryption.CLASSIC


CLASSIC, MODERN, UNUSUAL = Encryption


@pytest.mark.parametrize(
    ("form", "encryption"),
    [
        ("-legacy", CLASSIC),
        ("-legacy -keypbe PBE-SHA1-RC2-40 -certpbe PBE-SHA1-RC2-40", CLASSIC),
        ("-legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-128", CLASSIC),
        ("", MODERN),
        ("-legacy -macalg sha256", MODERN),
        ("-legacy -certpbe AES-256-CBC", MODERN),
        ("-legacy -keypbe AES-256-CBC", MODERN),
        ("-legacy -keypbe AES-256-CBC -certpbe PBE-SHA1-RC2-40 -macalg sha256", MODERN),
        ("-keypbe AES-128-CBC", UNUSUAL),
        ("-certpbe AES-192-CBC", UNUSUAL),
        ("-macalg sha512", UNUSUAL),
        ("-legacy -macalg md5", UNUSUAL),
        ("-legacy -keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-2DES", UNUSUAL),
        ("-legacy -keypbe PBE-SHA1-RC4-128", UNUSUAL),
    ],
)
def test_what_devices_open_is_told(
    form: str, encryption: Encryption, export: Export, identity: SigningIdentity
) -> None:
    data = export(f"-inkey key.pem -in signer.pem -certfile chain.pem {form}")
    found = pkcs12.inspect(data, PASSWORD)
    assert (found.certificate, {*found.chain}) == (identity.certificate, {*identity.chain})
    assert found.encryption is encryption
    without = pkcs12.inspect(data, None)
    assert (without.certificate, without.chain, without.encryption) == (None, (), encryption)


@pytest.mark.parametrize("form", ["-legacy", ""])
@pytest.mark.parametrize("written", PKCS12_FORMS)
def test_in_what_form_of_ber_a_file_is_written_is_no_matter(
    written: str, form: str, export: Export, identity: SigningIdentity, folder: Path
) -> None:
    data = export(f"-inkey key.pem -in signer.pem -certfile chain.pem {form}")
    other = PKCS12_FORMS[written](data)
    assert other != data
    (folder / "other.p12").write_bytes(other)
    arguments = ["pkcs12", "-legacy", "-in", "other.p12", "-passin", f"pass:{PASSWORD}", "-nodes"]
    openssl(*arguments, folder=folder)
    assert pkcs12.inspect(other, PASSWORD) == pkcs12.inspect(data, PASSWORD)
    assert pkcs12.inspect(other, None) == pkcs12.inspect(data, None)
    assert pkcs12.read(other, PASSWORD)[1] == pkcs12.read(data, PASSWORD)[1]
    with pytest.raises(PasswordError):
        pkcs12.inspect(other, "wrong")


def test_a_form_that_goes_on_and_on_is_refused_before_all_of_it_was_looked_at(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = export("-inkey key.pem -in signer.pem -legacy")
    for other in (b"\x30\x80" * 100_000, data[:4] + b"\x04\x00" * 900_000, b"\x24\x80" * 900_000):
        looked = counted(monkeypatch, ber, "_contents")
        with pytest.raises(DamagedFileError):
            pkcs12.inspect(other, PASSWORD)
        assert 0 < looked["_contents"] <= ber.MOST_ELEMENTS


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
    assert (found.certificate, found.encryption) == (identity.certificate, UNUSUAL)


def test_devices_open_certificates_in_the_clear(export: Export) -> None:
    data = export("-inkey key.pem -in signer.pem -legacy -certpbe NONE")
    assert pkcs12.inspect(data, PASSWORD).encryption is CLASSIC


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
