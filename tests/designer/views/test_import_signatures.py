"""What the page of an imported file says of its signature: intact, changed since, or not checked."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from profiles.plist.xml_writer import dump
from tests.plist.trees import tree, vpn
from tests.signing.making import certificate, key_pem, openssl, pem

PROFILE = dump(tree(vpn({"RemoteAddress": "a.example.com"})))


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def signed(folder: Path, key: rsa.RSAPrivateKey, *options: str) -> bytes:
    (folder / "content").write_bytes(PROFILE)
    (folder / "alice.pem").write_bytes(pem(certificate("alice", key)) + key_pem(key))
    sign = ["-sign", "-binary", "-nodetach", "-signer", "alice.pem", "-in", "content", "-outform", "DER"]
    return openssl("cms", *sign, *options, folder=folder)


@pytest.mark.parametrize(
    ("options", "before", "after", "told", "badge"),
    [
        ([], b"", b"", "Intact", "fine"),
        ([], b"a.example.com", b"b.example.com", "Not intact", "error"),
        (["-nocerts"], b"", b"", "Not checked", "warning"),
    ],
)
def test_the_page_of_a_signed_file_says_whether_its_signature_holds(
    alice_client: Client,
    tmp_path: Path,
    key: rsa.RSAPrivateKey,
    options: list[str],
    before: bytes,
    after: bytes,
    told: str,
    badge: str,
) -> None:
    data = signed(tmp_path, key, *options).replace(before, after, 1)
    given = [SimpleUploadedFile("signed.mobileconfig", data)]
    response = alice_client.post(reverse("import_profiles"), {"chosen": given, "pasted": ""})
    page = unescape(alice_client.get(response["Location"]).content.decode())
    assert f'<span class="count count--{badge}">{told}</span>' in page
