"""What is not quite a profile: what is in it is read with a word about it, or it is told as what it is."""

from __future__ import annotations

import base64
import plistlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from designer.management import source
from profiles.exceptions import ProfileDesignerError, UnreadableProfileError
from profiles.models import ImportedFile
from profiles.plist.build import property_list
from profiles.services.profile_file import read_file
from profiles.signing import cms
from profiles.signing.identity import SigningIdentity as Loaded
from tests.plist import foreign
from tests.plist.exactness import differences
from tests.plist.trees import tree


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
        source.read(str(tmp_path / "file"))
    expected = "The file is empty. Choose a profile or a spec." if not data.strip(b"\0") else by_reader(data)
    assert str(raised.value) == expected


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
    found = read_file(data) if reader == "file" else source.read(str(tmp_path / "file"))
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
