"""What is not quite a profile: what is in it is read with a word about it, or it is told as what it is."""

from __future__ import annotations

import base64
import plistlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from designer.management import input_file
from profiles.exceptions import ProfileDesignerError, SpecError, UnreadableProfileError
from profiles.models import ImportedFile
from profiles.plist.build import property_list
from profiles.services.profile_file import read_file
from profiles.signing import cms
from profiles.signing.identity import SigningIdentity as Loaded
from tests.plist import foreign
from tests.plist.exactness import differences
from tests.plist.trees import tree

ALREADY = (
    "The file is a configuration profile already, and no spec. `profile check` judges it, and `profile convert` writes "
    "its spec, of which another can be built."
)
OTHER_FILES: Mapping[str, tuple[bytes, str]] = {
    "PDF": (b"%PDF-1.4\n%\xe2\xe3", "a PDF document"),
    "PDF as text": (b"%PDF-1.4\n1 0 obj\n", "a PDF document"),
    "ZIP": (b"PK\x03\x04\x14\0vpn.mobileconfig<plist>", "a ZIP archive or an Office document"),
    "gzip": (b"\x1f\x8b\x08\0", "a gzip archive"),
    "picture": (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    "RTF": (rb"{\rtf1\ansi profile}", "a text with formatting (RTF)"),
    "script": (b"#!/bin/sh\necho profile\n", "a script"),
    "PKCS #12": (b"\x30\x82\x09\xaa\x02\x01\x03\x30\x82", "a certificate or key"),
    "PEM": (b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "a certificate or key"),
    "swanctl": (b"connections {\n  home {\n  }\n}\n", "a configuration of strongSwan (swanctl.conf)"),
    "ipsec": (b"conn home\n  left=%any\n", "a configuration of strongSwan (ipsec.conf)"),
    "OpenVPN": (b"client\nremote vpn.example.com 1194\n", "a configuration of OpenVPN"),
    "WireGuard": (b"[Interface]\nPrivateKey = a\n", "a configuration of WireGuard"),
}


def by_reader(data: bytes) -> str:
    with pytest.raises(ProfileDesignerError) as raised:
        read_file(data)
    return str(raised.value)


@pytest.mark.parametrize("name", [*foreign.REFUSED])
def test_what_is_no_profile_is_told_as_what_it_is(name: str) -> None:
    data, sentence = foreign.REFUSED[name]
    said = by_reader(data)
    assert sentence in said
    assert said.isprintable()
    assert len(said) < 300
    assert said.endswith(".")


@pytest.mark.parametrize("name", [*foreign.REFUSED])
def test_commands_say_the_same(name: str, tmp_path: Path) -> None:
    data, _ = foreign.REFUSED[name]
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(ProfileDesignerError) as raised:
        input_file.read(str(tmp_path / "file"))
    expected = "The file is empty. Choose a profile or a spec." if not data.strip(b"\0") else by_reader(data)
    assert str(raised.value) == expected


def by_build(data: bytes, folder: Path) -> str:
    (folder / "file").write_bytes(data)
    with pytest.raises(SpecError) as raised:
        input_file.read_spec_alone(str(folder / "file"))
    return str(raised.value)


@pytest.mark.parametrize("name", [*foreign.REFUSED])
def test_what_is_no_spec_either_is_told_as_what_it_is(name: str, tmp_path: Path) -> None:
    data, _ = foreign.REFUSED[name]
    said = by_build(data, tmp_path)
    if not data.strip(b"\0"):
        assert said == "The spec is empty. Write a “profile” and its “payloads”."
    elif "page" in name and "copied" not in name:
        assert re.fullmatch(
            r"The file is a web page.*, and no spec\. Choose a spec, which is JSON or YAML\.", said
        )
    else:
        assert said == f"The file is no spec. {by_reader(data)}"


@pytest.mark.parametrize("name", [*foreign.READ])
def test_of_a_profile_nothing_is_built(name: str, tmp_path: Path) -> None:
    data, _ = foreign.READ[name]
    assert by_build(data, tmp_path) == ALREADY


@pytest.mark.parametrize("name", [*OTHER_FILES])
def test_each_other_file_is_told_by_its_kind(name: str, tmp_path: Path) -> None:
    kind = OTHER_FILES[name][1]
    data = OTHER_FILES[name][0]
    assert (
        by_build(data, tmp_path) == f"The file is {kind}, and no spec. Choose a spec, which is JSON or YAML."
    )
    assert by_reader(data) == (
        f"The file is {kind}, not a configuration profile. Choose the .mobileconfig file."
    )
    with pytest.raises(ProfileDesignerError) as raised:
        input_file.read(str(tmp_path / "file"))
    assert str(raised.value) == by_reader(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"services:\n  web: {}\n", "The spec has no key 'services'. Its keys are: profile, payloads."),
        (b'{"a": 1}', "The spec has no key 'a'. Its keys are: profile, payloads."),
        (b"a letter", "The spec is not a dictionary. Write “profile” and “payloads” at its top."),
        (
            b"profile: {PayloadDisplayName: B\xfcro}",
            "The spec is not UTF-8 text (byte 32). Save it as UTF-8.",
        ),
    ],
)
def test_what_may_be_a_spec_is_told_what_is_wrong_with_it(data: bytes, said: str, tmp_path: Path) -> None:
    assert by_build(data, tmp_path) == said


@pytest.mark.parametrize("name", [*foreign.REFUSED])
def test_the_import_says_the_same(name: str, alice_client: Client) -> None:
    data, _ = foreign.REFUSED[name]
    form = {"chosen": [SimpleUploadedFile("file.mobileconfig", data)], "pasted": ""}
    response = alice_client.post(reverse("import_profiles"), form)
    assert response.status_code == 422
    assert [said for _, said in response.context["refused"]] == [by_reader(data)]
    assert not ImportedFile.objects.exists()


@pytest.mark.parametrize("name", [*foreign.READ])
@pytest.mark.parametrize("reader", ["file", "command"])
def test_what_holds_a_profile_is_read_with_a_note(name: str, reader: str, tmp_path: Path) -> None:
    data, note = foreign.READ[name]
    (tmp_path / "file").write_bytes(data)
    found = read_file(data) if reader == "file" else input_file.read(str(tmp_path / "file"))
    assert differences(property_list(found.document), foreign.PROFILE) == []
    assert found.notes[0].startswith(note)


def test_a_signed_profile_in_a_command_has_its_signature(issued: Loaded) -> None:
    signed = cms.sign(foreign.XML, issued)
    found = read_file(foreign.command(RequestType="InstallProfile", Payload=signed))
    assert [signature.intact for signature in found.signatures] == [True]
    assert len(found.notes) == 1


def test_base64_of_a_signed_profile_is_read_as_armour_always_was(issued: Loaded) -> None:
    found = read_file(base64.encodebytes(cms.sign(foreign.XML, issued)))
    assert [signature.intact for signature in found.signatures] == [True]
    assert found.notes == ()


def test_what_is_in_a_command_has_the_same_limits() -> None:
    with pytest.raises(UnreadableProfileError, match="more than the"):
        read_file(foreign.INSTALL, limit=len(foreign.INSTALL) - 1)
    assert read_file(foreign.INSTALL, limit=len(foreign.INSTALL)).notes


def test_a_profile_with_keys_of_a_command_is_a_profile() -> None:
    given = tree(Command={"RequestType": "InstallProfile"}, RequestType="a")
    assert differences(property_list(read_file(plistlib.dumps(given)).document), given) == []
