"""Signatures whose signer is named by its key, in the way of other encoders: intact is intact."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from designer.management.check import check_file
from profiles.signing.signed_file import open_file
from tests.cases.ber import with_constructed_signer, with_unreadable_digest
from tests.cases.credentials import authority, key
from tests.cases.making import tunnel
from tests.signing.making import certificate, key_pem, openssl, pem

CONTENT = plistlib.dumps(tunnel())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All that openssl needs to sign, with an authority as its root."""
    own = key("RSA", "signer")
    signer = certificate(
        "Harbour Signer",
        own,
        issuer=authority(),
        issuer_key=key("P-256", "root"),
        usage=["digital_signature"],
    )
    files = {
        "content": CONTENT,
        "signer.pem": pem(signer),
        "signer.key": key_pem(own),
        "root.pem": pem(authority()),
        "root.der": authority().public_bytes(Encoding.DER),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def signed(folder: Path, *options: str) -> bytes:
    """What openssl makes of the content, with the signer named by its key."""
    who = ["-signer", "signer.pem", "-inkey", "signer.key", "-certfile", "root.pem"]
    how = ["-sign", "-nodetach", "-binary", "-keyid", "-outform", "DER", "-in", "content"]
    return openssl("cms", *how, *who, *options, folder=folder)


@pytest.mark.parametrize("options", [[], ["-noattr"]], ids=["with attributes", "without attributes"])
def test_a_key_identifier_in_a_constructed_tag_is_read(folder: Path, options: list[str]) -> None:
    data = with_constructed_signer(signed(folder, *options))
    (folder / "file.mobileconfig").write_bytes(data)
    verify = [
        "-verify",
        "-inform",
        "DER",
        "-in",
        "file.mobileconfig",
        "-CAfile",
        "root.pem",
        "-purpose",
        "any",
    ]
    assert openssl("cms", *verify, folder=folder).replace(b"\r\n", b"\n") == CONTENT

    (signature,) = open_file(data).signatures
    assert (signature.signer, signature.intact) == ("Harbour Signer", True)
    found = check_file(str(folder / "file.mobileconfig"), None)
    assert [problem.code for problem in found.problems if problem.severity == "error"] == []
    assert "tampered" not in [problem.code for problem in found.problems]


@pytest.mark.parametrize("options", [[], ["-noattr"]], ids=["with attributes", "without attributes"])
def test_a_key_identifier_in_a_primitive_tag_is_read(folder: Path, options: list[str]) -> None:
    (signature,) = open_file(signed(folder, *options)).signatures
    assert (signature.signer, signature.intact) == ("Harbour Signer", True)


@pytest.mark.parametrize("options", [[], ["-noattr"]], ids=["with attributes", "without attributes"])
def test_what_was_changed_is_told_in_either(folder: Path, options: list[str]) -> None:
    data = with_constructed_signer(signed(folder, *options)).replace(
        b"gate.hafen.example", b"evil.hafen.example"
    )
    (folder / "file.mobileconfig").write_bytes(data)
    found = check_file(str(folder / "file.mobileconfig"), None)
    assert [p.code for p in found.problems if p.severity == "error" and p.code == "tampered"] == ["tampered"]


def test_a_signature_that_cannot_be_parsed_is_not_told_as_tampered(folder: Path) -> None:
    data = with_unreadable_digest(signed(folder, "-noattr"))
    (folder / "file.mobileconfig").write_bytes(data)
    found = check_file(str(folder / "file.mobileconfig"), None)
    assert found.unreadable == ""
    assert [(p.severity.value, p.code) for p in found.problems] == [("warning", "signature-unchecked")]
