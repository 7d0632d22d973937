"""Many files as one zip that is sent while it is made."""

import io
import os
import shutil
import stat
import subprocess
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import pytest

from profiles.services.bulk.zip_stream import CHUNK, zipped

needs_unzip = pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
AT = datetime(2024, 5, 6, 7, 8, 10, tzinfo=UTC)


def unzip(*arguments: str, cwd: Path) -> str:
    """What unzip says; fails where it is not content."""
    done = subprocess.run(["unzip", *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-500:]
    return done.stdout


def test_the_files_come_out_as_they_went_in() -> None:
    files = {"Zoë 東京.mobileconfig": b"<plist/>" * 1000, "empty": b"", "noise": os.urandom(300_000)}

    with ZipFile(io.BytesIO(b"".join(zipped(files.items(), at=AT)))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files
        info = archive.getinfo("Zoë 東京.mobileconfig")
    assert info.date_time == (2024, 5, 6, 7, 8, 10)
    assert info.compress_size < info.file_size / 10
    assert stat.S_IMODE(info.external_attr >> 16) == 0o600


@needs_unzip
def test_another_program_unpacks_it(tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(b"".join(zipped([("Zoë 東京.mobileconfig", b"<plist/>" * 1000)])))

    unzip("-q", "all.zip", cwd=tmp_path)

    assert (tmp_path / "Zoë 東京.mobileconfig").read_bytes() == b"<plist/>" * 1000


def test_no_files_make_a_zip_without_any() -> None:
    with ZipFile(io.BytesIO(b"".join(zipped([])))) as archive:
        assert archive.namelist() == []


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip with more entries than an old one can count."""
    path = tmp_path_factory.mktemp("large") / "all.zip"
    files = ((f"{number}.mobileconfig", b"%d" % number) for number in range(70_000))
    path.write_bytes(b"".join(zipped(files)))
    return path


def test_more_entries_than_an_old_zip_can_count_are_all_there(large: Path) -> None:
    with ZipFile(large) as archive:
        assert len(archive.namelist()) == 70_000
        assert archive.read("69999.mobileconfig") == b"69999"


@needs_unzip
def test_another_program_finds_no_fault_with_so_many_entries(large: Path) -> None:
    assert "No errors detected" in unzip("-tq", "all.zip", cwd=large.parent)


def test_it_comes_in_pieces_of_one_size() -> None:
    chunks = list(zipped((f"{number}", os.urandom(number)) for number in range(1_000)))

    assert {len(chunk) for chunk in chunks[:-1]} == {CHUNK}
    assert 0 < len(chunks[-1]) <= CHUNK


def test_what_is_made_is_sent_before_the_next_is_asked_for() -> None:
    asked = []

    def files() -> Iterator[tuple[str, bytes]]:
        for number in range(3):
            asked.append(number)
            yield f"{number}", os.urandom(CHUNK)

    stream = zipped(files())

    assert asked == []
    assert len(next(stream)) == CHUNK
    assert asked == [0]


def test_memory_does_not_grow_with_what_is_sent() -> None:
    content = os.urandom(20_000)
    tracemalloc.start()
    try:
        sent = sum(len(chunk) for chunk in zipped((f"{number}", content) for number in range(2_000)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent > 40_000_000
    assert peak < 4_000_000


def test_a_zip_whose_making_fails_is_not_complete() -> None:
    def files() -> Iterator[tuple[str, bytes]]:
        yield "alice", os.urandom(2 * CHUNK)
        raise LookupError("the next one is gone")

    sent = io.BytesIO()
    with pytest.raises(LookupError, match="the next one is gone"):
        sent.writelines(zipped(files()))

    assert sent.tell() >= CHUNK
    with pytest.raises(BadZipFile):
        ZipFile(sent)
