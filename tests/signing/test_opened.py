"""Signed files as others make them: the content comes out byte by byte, and each signature is told of."""

from __future__ import annotations

import base64
import random
import time
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from profiles.exceptions import VerificationError
from profiles.signing.opened import Opened, open_file
from tests.signing.making import DAY, NOW, certificate, key_pem, openssl, pem

CONTENT = b'<?xml version="1.0"?>\r\n<plist><dict>\n</dict></plist>\n' * 60
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
CA_KEY = ec.generate_private_key(ec.SECP256R1())
CA = certificate("Example Root", CA_KEY, authority=True, usage=["key_cert_sign"])
LEAF = certificate("Signer", RSA_KEY, issuer=CA, issuer_key=CA_KEY, usage=["digital_signature"])
OTHER = certificate("Second Signer", EC_KEY, issuer=CA, issuer_key=CA_KEY, usage=["digital_signature"])
OLD = certificate("Old Signer", RSA_KEY, start=NOW - 30 * DAY, end=NOW - DAY, usage=["digital_signature"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All that openssl needs to sign."""
    files = {
        "content": CONTENT,
        "leaf.pem": pem(LEAF),
        "other.pem": pem(OTHER),
        "old.pem": pem(OLD),
        "ca.pem": pem(CA),
        "rsa.key": key_pem(RSA_KEY),
        "ec.key": key_pem(EC_KEY),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def sign(folder: Path, *options: str, signer: str = "leaf", key: str = "rsa", form: str = "DER") -> bytes:
    """What `openssl cms -sign` makes of the content."""
    who = ["-signer", f"{signer}.pem", "-inkey", f"{key}.key", "-outform", form]
    return openssl("cms", "-sign", "-nodetach", "-binary", "-in", "content", *who, *options, folder=folder)


def answer(data: bytes) -> Opened | str:
    """What comes of a file: what is in it, or why nothing does."""
    try:
        return open_file(data)
    except VerificationError as refusal:
        return str(refusal)


@pytest.mark.parametrize(
    ("options", "form"),
    [
        ([], "DER"),
        (["-stream"], "DER"),
        (["-indef"], "DER"),
        (["-noattr"], "DER"),
        (["-keyid"], "DER"),
        (["-md", "sha512"], "DER"),
        (["-certfile", "ca.pem"], "DER"),
        ([], "PEM"),
        (["-stream"], "PEM"),
        ([], "SMIME"),
    ],
    ids=[
        "DER",
        "stream",
        "indefinite",
        "no attributes",
        "key id",
        "SHA-512",
        "chain",
        "PEM",
        "PEM stream",
        "S/MIME",
    ],
)
def test_the_content_comes_out_byte_by_byte(folder: Path, options: list[str], form: str) -> None:
    data = sign(folder, *options, form=form)
    (folder / "signed").write_bytes(data)
    verified = openssl(
        "cms", "-verify", "-noverify", "-binary", "-inform", form, "-in", "signed", folder=folder
    )
    opened = open_file(data)
    assert opened.content == verified == CONTENT
    (signature,) = opened.signatures
    assert (signature.intact, signature.signer, signature.issuer) == (True, "Signer", "Example Root")
    assert signature.verdict.startswith("The signature is intact")
    assert opened.notes == ()


def test_what_is_not_signed_is_itself() -> None:
    for data in (CONTENT, b"", b"bplist00", b"MII", b"\x30\x82\x01"):
        assert open_file(data) == Opened(content=data, signatures=(), notes=())


def test_the_chain_is_told(folder: Path) -> None:
    (with_root,) = open_file(sign(folder, "-certfile", "ca.pem")).signatures
    assert (with_root.chain, with_root.complete) == (("Example Root",), True)
    assert with_root.not_after == LEAF.not_valid_after_utc
    (alone,) = open_file(sign(folder)).signatures
    assert (alone.chain, alone.complete) == ((), False)
    assert "“Example Root”, is not included" in alone.verdict


def test_a_signer_that_is_not_included_leaves_the_signature_open(folder: Path) -> None:
    opened = open_file(sign(folder, "-nocerts"))
    (signature,) = opened.signatures
    assert opened.content == CONTENT
    assert (signature.signer, signature.intact) == ("", False)
    assert "nobody can check the signature" in signature.verdict


def test_each_of_two_signers_is_told(folder: Path) -> None:
    (folder / "once").write_bytes(sign(folder))
    who = ["-signer", "other.pem", "-inkey", "ec.key"]
    data = openssl("cms", "-resign", "-inform", "DER", "-in", "once", *who, "-outform", "DER", folder=folder)
    opened = open_file(data)
    assert {each.signer for each in opened.signatures} == {"Signer", "Second Signer"}
    assert all(each.intact for each in opened.signatures)


def test_signatures_inside_signatures_are_taken_off(folder: Path) -> None:
    (folder / "content").write_bytes(sign(folder))
    twice = sign(folder, signer="other", key="ec")
    opened = open_file(twice)
    assert opened.content == CONTENT
    assert [each.signer for each in opened.signatures] == ["Second Signer", "Signer"]
    assert opened.notes == ("The file is signed more than once, one signature inside the other.",)
    for _ in range(2):
        (folder / "content").write_bytes(twice)
        twice = sign(folder)
    with pytest.raises(VerificationError, match="signed more than 3 times"):
        open_file(twice)


def test_a_weak_digest_holds_and_is_not_trusted(folder: Path) -> None:
    (signature,) = open_file(sign(folder, "-md", "sha1", "-certfile", "ca.pem")).signatures
    assert signature.intact
    assert "made with SHA-1" in signature.verdict


def test_an_expired_signer_holds_and_is_not_trusted(folder: Path) -> None:
    (signature,) = open_file(sign(folder, signer="old"), at=NOW).signatures
    assert signature.intact
    assert "expired on" in signature.verdict
    (before,) = open_file(sign(folder, signer="old"), at=NOW - timedelta(days=10)).signatures
    assert "expired" not in before.verdict


def test_content_that_was_changed_is_told_and_still_read(folder: Path) -> None:
    data = sign(folder).replace(b"<dict>", b"<dicT>", 1)
    opened = open_file(data)
    (signature,) = opened.signatures
    assert not signature.intact
    assert "altered after it was signed" in signature.verdict
    assert b"dicT" in opened.content


def test_a_signature_that_was_changed_is_told(folder: Path) -> None:
    data = bytearray(sign(folder))
    data[-5] ^= 1
    (signature,) = open_file(bytes(data)).signatures
    assert not signature.intact
    assert signature.signer == "Signer"


def test_pem_may_stand_in_a_text(folder: Path) -> None:
    data = sign(folder, form="PEM")
    assert open_file(b"Your profile:\r\n\r\n" + data.replace(b"\n", b"\r\n") + b"Bye\r\n").content == CONTENT
    label = data.replace(b"-----BEGIN CMS-----", b"-----BEGIN PKCS7-----")
    assert open_file(label.replace(b"-----END CMS-----", b"-----END PKCS7-----")).content == CONTENT
    assert open_file(base64.encodebytes(sign(folder))).content == CONTENT


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-sign", "-signer", "leaf.pem", "-inkey", "rsa.key", "-outform", "DER"], "detached"),
        (["-encrypt", "-aes256", "-outform", "DER", "leaf.pem"], "encrypted for one device"),
        (["-sign", "-signer", "leaf.pem", "-inkey", "rsa.key"], "the signature beside what is signed"),
    ],
    ids=["detached", "encrypted", "beside"],
)
def test_content_that_is_not_there_is_refused_in_a_sentence(
    folder: Path, arguments: list[str], sentence: str
) -> None:
    action, *rest = arguments
    data = openssl("cms", action, "-binary", "-in", "content", *rest, folder=folder)
    with pytest.raises(VerificationError, match=sentence):
        open_file(data)


def test_what_is_cut_off_anywhere_is_refused_or_told(folder: Path) -> None:
    for data in (sign(folder, "-certfile", "ca.pem"), sign(folder, "-stream"), sign(folder, form="PEM")):
        for end in range(30, len(data), 97):
            found = answer(data[:end])
            told = (
                found.endswith(".") if isinstance(found, str) else not any(s.intact for s in found.signatures)
            )
            assert told


def test_whatever_is_changed_in_a_file_there_is_an_answer(folder: Path) -> None:
    chance = random.Random(5)
    files = [sign(folder, "-certfile", "ca.pem"), sign(folder, "-stream"), sign(folder, form="PEM")]
    for _ in range(600):
        data = bytearray(chance.choice(files))
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        found = answer(bytes(data))
        assert isinstance(found, Opened) or found.endswith(".")


HEAD = b"\x30\x80" + bytes.fromhex("06092a864886f70d010702") + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80"
CHUNKS = HEAD + bytes.fromhex("06092a864886f70d010701") + b"\xa0\x80\x24\x80"


@pytest.mark.parametrize(
    "data",
    [
        CHUNKS + b"\x04\x00" * 2_400_000,
        CHUNKS + b"\x24\x80" * 2_400_000,
        HEAD + b"\xa0\x80" * 2_400_000,
        b"\x30\x84\x7f\xff\xff\xff" + HEAD[2:],
        b"-----BEGIN CMS-----" * 250_000,
        b"Content-Type: application/pkcs7-mime\n" * 130_000,
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 900_000,
        b"M" * 4_900_000,
    ],
    ids=["chunks", "nested chunks", "nested", "long", "PEM", "headers", "parts", "base64"],
)
def test_what_is_made_to_take_long_is_answered_soon(data: bytes) -> None:
    start = time.perf_counter()
    found = answer(data)
    assert found.endswith(".") if isinstance(found, str) else not found.signatures
    assert time.perf_counter() - start < 2


def test_thousands_of_chunks_are_read(folder: Path) -> None:
    chunks = b"".join(b"\x04\x02ab" for _ in range(20_000))
    data = CHUNKS + chunks + b"\0\0" * 3 + b"\x31\x00" + b"\0\0" * 3
    start = time.perf_counter()
    assert open_file(data).content == b"ab" * 20_000
    assert time.perf_counter() - start < 2
