"""Where what is made goes: a folder of files, or one file that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from django.core.management.base import CommandError

from designer.management.bulk.options import UNREADABLE, Order
from designer.management.output import TAKEN, reason

STDOUT: Final = "-"


class Folder:
    """A folder for files that their owner alone can read; it is made where it is missing."""

    def __init__(self, path: str, *, force: bool) -> None:
        self._path, self._force = Path(path), force

    def check(self) -> None:
        """Raise CommandError where nothing could be written there."""
        if self._path.exists() and not self._path.is_dir():
            raise CommandError(f"{self._path} is no folder. Name a folder, or a file that ends in .zip.")
        _require_folder(self._path)

    def require_free(self, names: Iterable[str]) -> None:
        """Raise CommandError where files of these names are there, unless they may be replaced."""
        if self._force or not self._path.is_dir():
            return
        taken = [name for name in names if os.path.lexists(self._path / name)]
        if taken:
            others = f" and {len(taken) - 1:,} other files" if len(taken) > 1 else ""
            raise CommandError(f"{self._path} holds {taken[0]}{others} already. {TAKEN}")

    def take(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files by name; raises CommandError, and then those that are written stay."""
        written = 0
        try:
            self._path.mkdir(mode=0o700, exist_ok=True)
            for name, content in files:
                with _whole(self._path / name, force=self._force) as sink:
                    sink.write(content)
                written += 1
        except OSError as failure:
            raise CommandError(
                f"{self._path} cannot be written: {reason(failure)}. It holds {written:,} of the files."
            ) from failure


class File:
    """One file that its owner alone can read, or standard output; what it has written it may replace."""

    def __init__(self, path: str, *, force: bool) -> None:
        self._path, self._force = path, force

    def check(self) -> None:
        """Raise CommandError where nothing could be written there."""
        if self._path == STDOUT:
            return
        path = Path(self._path)
        if path.is_dir():
            raise CommandError(f"{self._path} is a folder. Name a file.")
        if path.is_file() and not self._force:
            raise CommandError(f"{self._path} is there already. {TAKEN}")
        _require_folder(path)

    def take(self, pieces: Iterable[bytes]) -> None:
        """Write the pieces one after the other; raises CommandError."""
        try:
            with self._opened() as sink:
                sink.writelines(pieces)
            self._force = True
        except BrokenPipeError:
            raise
        except OSError as failure:
            place = "Standard output" if self._path == STDOUT else self._path
            raise CommandError(f"{place} cannot be written: {reason(failure)}.") from failure

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        path = Path(os.path.realpath(self._path))
        if self._path == STDOUT:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        elif path.exists() and not path.is_file():
            # A device or a pipe is written to; it must not be replaced.
            with path.open("wb") as sink:
                yield sink
        else:
            with _whole(path, force=self._force) as sink:
                yield sink


def target_of(order: Order) -> Folder | File | None:
    """Where that order wants it, None for nowhere; raises CommandError where that could not be."""
    if not order.output or order.check:
        return None
    is_zip = order.output.lower().endswith(".zip") and not Path(order.output).is_dir()
    if order.output == STDOUT and not order.links and sys.stdout.isatty():
        raise CommandError(
            "A zip is not for a terminal. Send standard output to a file or a program, or name a place with -o.",
            returncode=UNREADABLE,
        )
    kind = File if order.links or is_zip or order.output == STDOUT else Folder
    target = kind(order.output, force=order.force)
    target.check()
    return target


def _require_folder(path: Path) -> None:
    """Raise CommandError unless the folder that `path` is to stand in is there."""
    if not path.absolute().parent.is_dir():
        raise CommandError(f"{path} cannot be written: there is no folder {path.absolute().parent}.")


@contextmanager
def _whole(path: Path, *, force: bool) -> Iterator[IO[bytes]]:
    """What is written becomes that file at the end, and is gone where something fails before; raises OSError."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".profile-")
    try:
        with os.fdopen(descriptor, "wb") as sink:
            yield sink
        if not force and os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
