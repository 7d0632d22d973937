"""The list of people as a file."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Final

from django.core.management.base import CommandError

from designer.management.bulk.options import UNREADABLE
from designer.management.output import reason
from profiles.exceptions import TableError
from profiles.models import Profile
from profiles.services.bulk.csv.reader import MAX_BYTES, Table, read_table
from profiles.services.bulk.loading import header_names

STDIN: Final = "-"


def read_people(file: str, *, header: bool | None, template: Profile) -> Table:
    """The table in the file, whose header is known by the variables of the template; raises CommandError."""
    try:
        return read_table(_bytes(file), header=header, known=header_names(template))
    except TableError as refusal:
        raise CommandError(str(refusal), returncode=UNREADABLE) from None
    except OSError as failure:
        raise CommandError(f"The list cannot be read: {reason(failure)}.", returncode=UNREADABLE) from failure


def source_of(file: str) -> str:
    """What the run calls the list."""
    return "" if file == STDIN else Path(file).name


def is_list(people: str, file: str) -> bool:
    """Is `file` the file that the list is read from, by whatever name, or by way of standard input?"""
    try:
        read = os.fstat(sys.stdin.fileno()) if people == STDIN else Path(people).stat()
        # Devices are read from and written to, and no file is lost.
        return stat.S_ISREG(read.st_mode) and os.path.samestat(read, Path(file).stat())
    except (OSError, ValueError):
        return False


def _bytes(file: str) -> bytes:
    # One byte more than allowed is enough to know, and a file may have no end.
    if file == STDIN:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(file).open("rb") as source:
        return source.read(MAX_BYTES + 1)
