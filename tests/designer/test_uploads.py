"""What people upload stays in memory until it is sealed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import RequestFactory

from designer.views import runs
from designer.web.body_limit import body_limit


@pytest.mark.parametrize("size", [10, 20_000_000])
def test_a_file_of_any_size_that_is_taken_is_never_on_a_disk(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    upload = SimpleUploadedFile("people.csv", b"x" * size)
    request = RequestFactory().post("/runs/new", {"file": upload})

    found = request.FILES["file"]
    assert isinstance(found, InMemoryUploadedFile)
    assert found.size == size


def test_what_a_view_takes_at_most_fits() -> None:
    assert body_limit(runs.new_run) < settings.FILE_UPLOAD_MAX_MEMORY_SIZE
