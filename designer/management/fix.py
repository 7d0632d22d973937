"""`profile check --fix`: a file with everything mended that needs no judgement, written to another file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from designer.management import input_file
from designer.management.check import FAILED, UNREADABLE
from designer.management.output import TAKEN, is_same, is_taken, reason, write
from profiles.catalogue.versions import Targets
from profiles.exceptions import BuildError, DocumentError, SpecError, VerificationError
from profiles.plist.build import build
from profiles.plist.document import Document
from profiles.plist.spec import writer
from profiles.plist.spec.writer import Format
from profiles.plist.validation.repairs import mended
from profiles.plist.validation.validate import has_errors
from profiles.services.certificate_evidence import check

_SPECS: Final = {".yaml": Format.YAML, ".yml": Format.YAML, ".json": Format.JSON}


def fix(tell: Callable[[str], None], *, file: str, output: str, targets: Targets | None, force: bool) -> int:
    """Write the mended file, and tell what was mended and what is left; the exit status.

    A file that is there already is replaced by `force` alone.
    """
    try:
        found = input_file.read(file)
    except (DocumentError, VerificationError) as failure:
        tell(f"{file}: {failure}")
        return UNREADABLE
    except OSError as failure:
        tell(f"{file}: The file cannot be read: {reason(failure)}.")
        return UNREADABLE
    if is_same(file, output):
        tell("The result would replace the file itself. Choose another name with -o.")
        return FAILED
    if not force and is_taken(output):
        tell(f"{output} is there already. {TAKEN}")
        return FAILED
    # Its own targets it keeps.
    made = mended(
        found.document, lambda each: check(each if targets is None else replace(each, targets=targets))
    )
    for repair in made.done:
        problem = repair.problem
        tell(f"fixed {problem.payload}/{problem.path}: {repair.fix.label} [{problem.code}]")
    try:
        write(output, _written(made.document, output))
    except BrokenPipeError:
        raise
    except OSError as failure:
        tell(f"The file cannot be written to {output}: {reason(failure)}.")
        return FAILED
    except (BuildError, SpecError) as refusal:
        tell(f"Nothing was written: {refusal}")
        return FAILED
    for problem in made.left:
        tell(str(problem))
    if found.signatures:
        tell("note: The signature is gone, since what it stood for has changed. Sign the file anew.")
    tell(f"Fixed {_counted(len(made.done))}; {_remaining(len(made.left))}.")
    return FAILED if has_errors(made.left) else 0


def _counted(number: int) -> str:
    return f"{number:,} problem{'' if number == 1 else 's'}"


def _remaining(number: int) -> str:
    return f"{f'{number:,}' if number else 'none'} {'are' if number > 1 else 'is'} left"


def _written(document: Document, output: str) -> bytes:
    """A spec where the name of the file says so, with its secrets, else a profile that is not signed."""
    form = _SPECS.get(Path(output).suffix.lower())
    if form is None:
        return build(document)
    return writer.write(document, with_secrets=True, form=form).text.encode()
