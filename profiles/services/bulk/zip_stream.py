"""Many files as one zip that is sent while it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

CHUNK: Final = 65_536
"""Bytes."""

LEVEL: Final = 1
"""A signed profile shrinks to 72 %, and with level 6 to 71 %. Stored ones could not be unpacked while they arrive."""

_PRIVATE: Final = 0o600 << 16
"""Who unpacks it may read the files, which hold secrets, and nobody else."""


def zipped(files: Iterable[tuple[str, bytes]], *, at: datetime | None = None) -> Iterator[bytes]:
    """The zip of files by name, piece by piece, dated now or `at`; names are unique.

    What `files` raises goes through, and then the end that makes a zip complete is missing from what was sent.
    """
    when = (at or datetime.now(UTC).astimezone()).timetuple()[:6]
    sink = _Sink()
    archive = ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=LEVEL)
    for name, content in files:
        info = ZipInfo(name, when)
        info.external_attr = _PRIVATE
        archive.writestr(info, content, ZIP_DEFLATED, LEVEL)
        yield from sink.take(CHUNK)
    archive.close()
    yield from sink.take(1)


class _Sink:
    """A file that is written to and never goes back, so that what it has can be sent at once."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        return len(data)

    def flush(self) -> None:
        """All is there already."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self, least: int) -> Iterator[bytes]:
        """What waits, in chunks, as long as there are `least` bytes of it."""
        while len(self._waiting) >= least:
            yield bytes(self._waiting[:CHUNK])
            del self._waiting[:CHUNK]
