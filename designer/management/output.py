"""Where commands write what they made."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Final

TAKEN: Final = "Name another place, or replace what is there with --force."
"""How to go on where something is there already."""


def write(output: str, content: bytes) -> None:
    """Write to standard output for “-”, else to a file, which appears whole or not at all, for its owner alone."""
    if output == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    target = Path(os.path.realpath(output))
    if target.exists() and not target.is_file():
        # A device or a pipe is written to; it must not be replaced.
        with target.open("wb") as sink:
            sink.write(content)
        return
    descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    try:
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(content)
        if target.exists():
            Path(draft).chmod(stat.S_IMODE(target.stat().st_mode))
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def is_same(file: str, output: str) -> bool:
    """Would writing to `output` replace the file that is read? Never for standard input and output, “-”."""
    if "-" in (file, output):
        return False
    return Path(output).exists() and Path(output).samefile(file)


def is_taken(output: str) -> bool:
    """Would writing to `output` replace what a file holds? Standard output and devices hold nothing."""
    return output != "-" and Path(output).is_file()


def reason(failure: OSError) -> str:
    """Why a file could not be read or written, to stand inside a sentence."""
    text = failure.strerror or str(failure)
    return text[:1].lower() + text[1:]
