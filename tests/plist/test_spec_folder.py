"""The folder of a spec: what is read from it, and what is refused in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from profiles.catalogue.values import MAX_DATA
from profiles.exceptions import SpecError
from profiles.plist.spec.folder import SpecFolder

OUTSIDE = "is not in the folder of the spec. Put it there, and write its name alone."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a spec, with a file beside the folder that must not be read."""
    (tmp_path / "outside.txt").write_bytes(b"private")
    inside = tmp_path / "specs"
    (inside / "deeper").mkdir(parents=True)
    (inside / "ca.pem").write_bytes(b"a certificate")
    (inside / "deeper" / "ca.pem").write_bytes(b"another")
    return inside


def refused(folder: Path | None, name: str) -> str:
    """What is said about a file that is refused: one line that names no place outside."""
    with pytest.raises(SpecError) as refusal:
        SpecFolder(folder).read(name)
    said = str(refusal.value)
    assert "\n" not in said
    assert said.endswith(".")
    if folder and str(folder.parent) not in name:
        assert str(folder.parent) not in said
    return said


def test_files_in_the_folder_and_below_are_read_as_they_are(folder: Path) -> None:
    (folder / "all.bin").write_bytes(bytes(range(256)) + b"\r\n")
    assert SpecFolder(folder).read("all.bin") == bytes(range(256)) + b"\r\n"
    assert SpecFolder(folder).read("deeper/ca.pem") == b"another"


def test_a_relative_folder_is_that_of_the_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert SpecFolder(Path()).read("ca.pem") == b"a certificate"


def test_what_leads_out_of_the_folder_is_refused(folder: Path) -> None:
    outside = folder.parent / "outside.txt"
    (folder / "link").symlink_to(outside)
    (folder / "way").symlink_to(folder.parent)
    for name in ("../outside.txt", "deeper/../../outside.txt", str(outside), "link", "way/outside.txt"):
        assert OUTSIDE in refused(folder, name)


@pytest.mark.parametrize("name", ["/etc/passwd", "/nowhere", "C:\\ca.pem", "", "ca\0.pem"])
def test_what_is_no_name_of_a_file_in_the_folder_is_refused(folder: Path, name: str) -> None:
    assert OUTSIDE in refused(folder, name)


def test_a_link_that_stays_in_the_folder_is_followed(folder: Path) -> None:
    (folder / "link").symlink_to("deeper/ca.pem")
    assert SpecFolder(folder).read("link") == b"another"


def test_a_folder_that_is_a_link_is_followed_itself(folder: Path) -> None:
    (folder.parent / "alias").symlink_to(folder)
    assert SpecFolder(folder.parent / "alias").read("ca.pem") == b"a certificate"


@pytest.mark.parametrize("name", ["absent.pem", "ca.pem/more", "loop", "dangling", "a" * 5000])
def test_a_file_that_is_not_there_is_told(folder: Path, name: str) -> None:
    (folder / "loop").symlink_to("loop")
    (folder / "dangling").symlink_to("nothing")
    assert refused(folder, name).startswith("There is no file ")


def test_only_files_are_read_and_a_pipe_does_not_block(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for name in ("deeper", ".", "pipe"):
        assert refused(folder, name) == f"{name!r} is not a file. Write the name of one."


def test_a_file_may_have_as_many_bytes_as_a_key_and_not_one_more(folder: Path) -> None:
    (folder / "full.bin").write_bytes(bytes(MAX_DATA))
    (folder / "over.bin").write_bytes(bytes(MAX_DATA + 1))
    assert len(SpecFolder(folder).read("full.bin")) == MAX_DATA
    assert f"{MAX_DATA:,} bytes" in refused(folder, "over.bin")


def test_without_a_folder_the_file_is_asked_for() -> None:
    assert refused(None, "ca.pem") == (
        "The spec names the file 'ca.pem', but was not read from a folder. Give it as a file, "
        "not on standard input."
    )
