"""`profile convert`: the spec of a profile, written for people, secrets kept out of it unless they are asked for."""

from __future__ import annotations

import argparse
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from designer.management import input_file
from designer.management.check import FAILED, UNREADABLE, told
from designer.management.output import is_same, reason, write
from profiles.exceptions import DocumentError, SpecError, VerificationError
from profiles.plist.spec import writer
from profiles.plist.spec.writer import Format

_OUTPUT: Final = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All options of the action."""
    parser.add_argument("file", metavar="FILE", help="the profile, signed or not; - is standard input")
    parser.add_argument(
        "-o",
        "--output",
        metavar="SPEC",
        default=_OUTPUT,
        help="where to write, readable by you alone; else standard output",
    )
    parser.add_argument(
        "--format", choices=[*Format], help="else JSON where SPEC ends in .json, and YAML elsewhere"
    )
    parser.add_argument(
        "--with-secrets",
        action="store_true",
        help="write passwords, keys and all that the catalogue does not know into it, too",
    )


def convert(
    tell: Callable[[str], None], *, file: str, output: str, form: str | None, with_secrets: bool
) -> int:
    """Write the spec, and tell what there is to say of the file; the exit status."""
    try:
        found = input_file.read_profile_alone(file)
    except (DocumentError, VerificationError) as failure:
        tell(f"{file}: {failure}")
        return UNREADABLE
    except OSError as failure:
        tell(f"{file}: The file cannot be read: {reason(failure)}.")
        return UNREADABLE
    for sentence in (*map(told, found.signatures), *(f"note: {note}" for note in found.notes)):
        tell(sentence)
    if is_same(file, output):
        tell("The spec would replace the profile itself. Choose another name with -o.")
        return FAILED
    try:
        written = writer.write(
            found.document, with_secrets=with_secrets, form=Format(form) if form else _format(output)
        )
    except SpecError as refusal:
        tell(str(refusal))
        return FAILED
    for place in written.left_out:
        tell(f"left out {place}")
    if number := len(written.left_out):
        values = (
            "1 value, because it is or may be"
            if number == 1
            else f"{number:,} values, because they are or may be"
        )
        tell(
            f"The spec lacks {values} secret. Fill in what is marked as left_out, or convert with --with-secrets."
        )
    return _write(tell, output, written.text, private=with_secrets)


def _write(tell: Callable[[str], None], output: str, text: str, *, private: bool) -> int:
    try:
        if private:
            _close(output)
        write(output, text.encode())
    except BrokenPipeError:
        raise
    except OSError as failure:
        tell(f"The spec cannot be written to {output}: {reason(failure)}.")
        return FAILED
    return 0


def _close(output: str) -> None:
    """Let nobody else read the file that is there already, since its mode stays."""
    path = Path(output)
    if output != _OUTPUT and path.is_file():
        path.chmod(stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXU)


def _format(output: str) -> Format:
    return Format.JSON if Path(output).suffix.lower() == ".json" else Format.YAML
