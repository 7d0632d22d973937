"""What files hold, for the certificates library: made with the real openssl, and each mistake with its sentence."""

import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import pkcs12 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
)

from profiles.exceptions import (
    DamagedFileError,
    IdentityError,
    KeyMismatchError,
    MissingPartError,
    PasswordError,
    SeveralKeysError,
    UnsupportedKeyError,
    ValidityError,
)
from profiles.signing import bundle
from profiles.signing.identity import SigningIdentity
from tests.signing.conftest import Chain
from tests.signing.making import DAY, NOW, certificate, key_pem, openssl, pem
from tests.signing.test_uploads import PASSWORD, Export, export, folder, indefinite, merged

__all__ = ["export", "folder"]

TAGS = (0x00, 0x03, 0x09)
"""The end of an open length, a bit string and a real: where they are not meant, the parser has surprises."""

WITH_CHAIN = "-inkey key.pem -in signer.pem -certfile chain.pem"


@pytest.mark.parametrize(
    "form",
    [
        "",
        "-legacy",
        "-legacy -keypbe PBE-SHA1-RC2-40 -certpbe PBE-SHA1-RC2-40",
        "-nomac",
        "-keypbe NONE -certpbe NONE",
    ],
)
def test_a_pkcs12_is_taken_apart(form: str, export: Export, identity: SigningIdentity) -> None:
    found = bundle.read(export(f"{WITH_CHAIN} {form}"), PASSWORD)
    assert found.identity
    assert found.identity.certificate == identity.certificate
    assert found.identity.key.private_numbers() == identity.key.private_numbers()
    assert found.certificates == identity.chain
    (note,) = found.notes
    assert note.startswith("The file also held 2 more certificates")


def test_one_without_a_password_or_a_chain_needs_no_note(export: Export, identity: SigningIdentity) -> None:
    found = bundle.read(export("-inkey key.pem -in signer.pem", password=""))
    assert found.identity
    assert (found.identity.certificate, found.certificates, found.notes) == (identity.certificate, (), ())


def test_an_open_length_is_no_matter(export: Export, identity: SigningIdentity) -> None:
    data = export("-inkey key.pem -in signer.pem")
    found = bundle.read(indefinite(data), PASSWORD)
    assert found.identity
    assert (found.identity.certificate, found.notes) == (identity.certificate, ())


def test_the_chain_comes_in_order_and_what_is_foreign_to_it_last(
    identity: SigningIdentity, chain: Chain, other_rsa_key: rsa.RSAPrivateKey
) -> None:
    foreign = certificate("Foreign CA", other_rsa_key, authority=True)
    data = pem(foreign, chain.root, chain.intermediate, chain.root, identity.certificate)
    found = bundle.read(data + key_pem(identity.key))
    assert found.certificates == (chain.intermediate, chain.root, foreign)


@pytest.mark.parametrize(
    "write",
    [
        lambda certificates: pem(*certificates),
        lambda certificates: b"Subject: CN=x\r\n" + pem(*certificates).replace(b"\n", b"\r\n"),
        lambda certificates: pkcs7.serialize_certificates(certificates, Encoding.DER),
        lambda certificates: pkcs7.serialize_certificates(certificates, Encoding.PEM),
        lambda certificates: (
            pem(certificates[0]) + pkcs7.serialize_certificates(certificates[1:], Encoding.PEM)
        ),
    ],
    ids=["PEM", "PEM with text", "PKCS #7 in DER", "PKCS #7 in PEM", "mixed"],
)
def test_certificates_alone_come_with_the_lowest_first(
    write: Callable[[list[x509.Certificate]], bytes], identity: SigningIdentity, chain: Chain
) -> None:
    found = bundle.read(write([chain.root, identity.certificate, chain.intermediate]))
    assert found.identity is None
    assert found.certificates == (identity.certificate, chain.intermediate, chain.root)


def test_pkcs7_from_openssl_is_read(folder: Path, chain: Chain) -> None:
    arguments = ["crl2pkcs7", "-nocrl", "-certfile", "chain.pem", "-outform", "DER", "-out", "chain.p7b"]
    openssl(*arguments, folder=folder)
    found = bundle.read((folder / "chain.p7b").read_bytes())
    assert found.certificates == (chain.intermediate, chain.root)


def test_a_certificate_in_der_is_read(chain: Chain) -> None:
    assert bundle.read(chain.root.public_bytes(Encoding.DER)).certificates == (chain.root,)


def test_a_key_with_its_certificate_and_pkcs7_in_one_text_is_an_identity(identity: SigningIdentity) -> None:
    others = pkcs7.serialize_certificates([*identity.chain], Encoding.PEM)
    found = bundle.read(others + key_pem(identity.key) + pem(identity.certificate))
    assert found.identity
    assert found.identity.certificate == identity.certificate
    assert found.certificates == identity.chain


def test_an_encrypted_key_in_pem_is_opened(folder: Path, identity: SigningIdentity) -> None:
    arguments = ["pkcs8", "-topk8", "-in", "key.pem", "-passout", f"pass:{PASSWORD}", "-out", "encrypted.pem"]
    openssl(*arguments, folder=folder)
    data = (folder / "encrypted.pem").read_bytes() + pem(identity.certificate)
    found = bundle.read(data, PASSWORD)
    assert found.identity
    assert found.identity.certificate == identity.certificate


@pytest.mark.parametrize("kind", ["RSA 2048", "RSA 4096", "P-256", "P-384"])
def test_keys_that_devices_use_are_taken(
    kind: str, keys: dict[str, ec.EllipticCurvePrivateKey], chain: Chain
) -> None:
    leaf = chain.signer(keys[kind], purposes=[x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH], usage=[])
    assert bundle.read(key_pem(keys[kind]) + pem(leaf)).identity


def test_of_a_renewed_certificate_the_one_valid_longest_is_the_identitys(
    chain: Chain, rsa_key: rsa.RSAPrivateKey
) -> None:
    old, new = (chain.signer(rsa_key, end=NOW + days * DAY) for days in (30, 300))
    found = bundle.read(key_pem(rsa_key) + pem(old, new))
    assert found.identity
    assert (found.identity.certificate, found.certificates) == (new, ())


def test_an_expired_authority_is_taken_with_a_note(
    chain: Chain, rsa_key: rsa.RSAPrivateKey, other_rsa_key: rsa.RSAPrivateKey
) -> None:
    start, end = NOW - 30 * DAY, NOW - 3 * DAY
    expired = certificate("Old CA", other_rsa_key, authority=True, start=start, end=end)
    found = bundle.read(key_pem(rsa_key) + pem(chain.signer(rsa_key), expired))
    assert found.certificates == (expired,)
    assert any(note.startswith("“Old CA” expired on ") for note in found.notes)


def test_nothing_shows_the_key(identity: SigningIdentity) -> None:
    shown = repr(bundle.read(key_pem(identity.key) + pem(identity.certificate)))
    assert "Signer" in shown
    assert "Key" not in shown


# Mistakes: each has a sentence that no other has.


def _mistakes(
    folder: Path, export: Export, chain: Chain, rsa_key: rsa.RSAPrivateKey, other: rsa.RSAPrivateKey
) -> dict[str, tuple[type[IdentityError], bytes, str]]:
    (folder / "second.pem").write_bytes(key_pem(other) + pem(chain.signer(other)))
    arguments = ["pkcs8", "-topk8", "-in", "key.pem", "-passout", "pass:x", "-out", "encrypted.pem"]
    openssl(*arguments, folder=folder)
    encrypted = (folder / "encrypted.pem").read_bytes()
    request = ["req", "-new", "-key", "key.pem", "-subj", "/CN=x", "-outform"]
    odd = ed25519.Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    leaf = chain.signer(rsa_key)
    late = chain.signer(rsa_key, start=NOW - 9 * DAY, end=NOW - DAY)
    early = chain.signer(rsa_key, start=NOW + DAY)
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return {
        "wrong password": (PasswordError, export(), "wrong"),
        "no password": (PasswordError, export(), ""),
        "no key": (MissingPartError, export("-nokeys -in signer.pem"), PASSWORD),
        "no certificate": (MissingPartError, export("-nocerts -inkey key.pem"), PASSWORD),
        "several identities": (SeveralKeysError, merged(export(), export("-in second.pem")), PASSWORD),
        "cut off": (DamagedFileError, export()[:-60], PASSWORD),
        "several keys": (SeveralKeysError, key_pem(rsa_key) + key_pem(other) + pem(leaf), ""),
        "encrypted PEM": (PasswordError, encrypted + pem(leaf), ""),
        "encrypted PEM, wrong password": (PasswordError, encrypted + pem(leaf), "wrong"),
        "key alone": (MissingPartError, key_pem(rsa_key), ""),
        "key alone in DER": (
            MissingPartError,
            rsa_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
            "",
        ),
        "request": (MissingPartError, openssl(*request, "PEM", folder=folder), ""),
        "public key": (MissingPartError, openssl("pkey", "-in", "key.pem", "-pubout", folder=folder), ""),
        "something else": (
            MissingPartError,
            b"-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n",
            "",
        ),
        "key of another": (KeyMismatchError, key_pem(other) + pem(leaf), ""),
        "expired": (ValidityError, key_pem(rsa_key) + pem(late), ""),
        "not yet valid": (ValidityError, key_pem(rsa_key) + pem(early), ""),
        "kind of key": (UnsupportedKeyError, odd + pem(leaf), ""),
        "small key": (UnsupportedKeyError, key_pem(small) + pem(leaf), ""),
        "empty": (DamagedFileError, b" \r\n", ""),
        "huge": (DamagedFileError, b"\0" * (bundle.MOST_BYTES + 1), ""),
        "damaged certificate": (
            DamagedFileError,
            pem(leaf) + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "",
        ),
        "half a copy": (DamagedFileError, pem(leaf)[:-20], ""),
    }


def test_each_mistake_has_its_own_sentence(
    folder: Path,
    export: Export,
    chain: Chain,
    rsa_key: rsa.RSAPrivateKey,
    other_rsa_key: rsa.RSAPrivateKey,
) -> None:
    sentences = {}
    for mistake, (kind, data, password) in _mistakes(folder, export, chain, rsa_key, other_rsa_key).items():
        with pytest.raises(kind) as caught:
            bundle.read(data, password)
        assert type(caught.value) is kind, mistake
        sentences[mistake] = str(caught.value)
        assert PASSWORD not in sentences[mistake]
        assert sentences[mistake].endswith(".")
    twice = {text: [m for m, other in sentences.items() if other == text] for text in sentences.values()}
    assert {text: mistakes for text, mistakes in twice.items() if len(mistakes) > 1} == {}


@pytest.mark.parametrize("encoding", ["PEM", "DER"])
def test_a_request_is_named_in_each_encoding(encoding: str, folder: Path) -> None:
    arguments = ["req", "-new", "-key", "key.pem", "-subj", "/CN=x", "-outform", encoding]
    with pytest.raises(MissingPartError, match="holds a certificate request, and no certificate"):
        bundle.read(openssl(*arguments, folder=folder))


@pytest.mark.parametrize(
    "data", [b"garbage", b"\x30\x80", b"\x30\x80" * 50_000, b"\0" * 5000, b"0\x03\x02\x01\x03", b"\xff\xfeA"]
)
def test_garbage_is_named(data: bytes) -> None:
    with pytest.raises(DamagedFileError):
        bundle.read(data, PASSWORD)


def test_a_whole_store_of_roots_is_refused(chain: Chain) -> None:
    many = [certificate(f"CA {number}", chain.intermediate_key, authority=True) for number in range(21)]
    with pytest.raises(DamagedFileError, match="There are 21 certificates in the file"):
        bundle.read(pem(*many))
    assert len(bundle.read(pem(*many[:20])).certificates) == 20
    assert bundle.read(pem(*many[:1] * 21)).certificates == (many[0],)


def test_no_time_goes_into_a_password_that_asks_for_minutes(export: Export) -> None:
    file = asn1.Pfx.load(export())
    file["mac_data"]["iterations"] = 2_000_000_000
    with pytest.raises(DamagedFileError, match=r"asks for 200000\d+ rounds"):
        bundle.read(file.dump(force=True), PASSWORD)


def test_validity_is_judged_at_the_time_that_is_asked_for(chain: Chain, rsa_key: rsa.RSAPrivateKey) -> None:
    data = key_pem(rsa_key) + pem(chain.signer(rsa_key, end=NOW + 10 * DAY))
    assert bundle.read(data, at=NOW + 9 * DAY).identity
    with pytest.raises(ValidityError, match="expired on"):
        bundle.read(data, at=NOW + 11 * DAY)


def test_no_tag_of_another_kind_is_more_than_a_damaged_file(
    export: Export, identity: SigningIdentity
) -> None:
    whole = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"p"))
    for data in (export(WITH_CHAIN), whole):
        for position, tag in itertools.product(range(len(data)), TAGS):
            mutant = data[:position] + bytes([tag]) + data[position + 1 :]
            # What it is called is for other tests; here nothing but an error of ours, or none, may come.
            with contextlib.suppress(IdentityError):
                bundle.read(mutant, "other")
