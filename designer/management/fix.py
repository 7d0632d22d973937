"""`profile check --fix`: a file with everything mended that needs no judgement, written to another file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from designer.management import source
from designer.management.checked import FAILED, UNREADABLE
from designer.output import is_same, reason, write
from profiles.catalogue.findings import Severity
from profiles.catalogue.versions import Targets
from profiles.exceptions import BuildError, DocumentError, SpecError, VerificationError
from profiles.plist import spec_writer
from profiles.plist.build import build
from profiles.plist.document import Document, Problem
from profiles.plist.repairs import repaired, repairs
from profiles.plist.spec_writer import Format
from profiles.plist.validate import has_errors
from profiles.services.inspection import check

_MOST_ROUNDS: Final = 10
"""A mend may show what lay below it; so often at most."""

_SPECS: Final = {".yaml": Format.YAML, ".yml": Format.YAML, ".json": Format.JSON}


def fix(tell: Callable[[str], None], *, file: str, output: str, targets: Targets | None) -> int:
    """Write the mended file, and tell what was mended and what is left; the exit status."""
    try:
        found = source.read(file)
    except (DocumentError, VerificationError) as failure:
        tell(f"{file}: {failure}")
        return UNREADABLE
    except OSError as failure:
        tell(f"{file}: The file cannot be read: {reason(failure)}.")
        return UNREADABLE
    if is_same(file, output):
        tell("The result would replace the file itself. Choose another name with -o.")
        return FAILED
    document, mended, left = mend(found.document, targets)
    for problem in mended:
        tell(
            f"fixed {problem.payload}/{problem.path}: {problem.fix.label if problem.fix else ''} [{problem.code}]"
        )
    try:
        write(output, _written(document, output))
    except BrokenPipeError:
        raise
    except OSError as failure:
        tell(f"The file cannot be written to {output}: {reason(failure)}.")
        return FAILED
    except (BuildError, SpecError) as refusal:
        tell(f"Nothing was written: {refusal}")
        return FAILED
    for problem in left:
        tell(str(problem))
    if found.signatures:
        tell("note: The signature is gone, since what it stood for has changed. Sign the file anew.")
    return FAILED if has_errors(left) else 0


def mend(document: Document, targets: Targets | None = None) -> tuple[Document, list[Problem], list[Problem]]:
    """The document with every fix put in, the problems that these mended, and those that are left.

    `targets` are judged for in place of its own, which it keeps.
    """
    mended: dict[str, Problem] = {}
    for _ in range(_MOST_ROUNDS):
        problems = _problems(document, targets)
        # What is offered a second time did not help.
        offered = [each for each in repairs(document, problems) if each.id not in mended]
        if not offered:
            break
        # Errors first: what is ignored because of one is not to go with it.
        worst = min((each.problem.severity for each in offered), key=[*Severity].index)
        offered = [each for each in offered if each.problem.severity is worst]
        document = repaired(document, offered, {each.id for each in offered})
        mended |= {each.id: each.problem for each in offered}
    left = _problems(document, targets)
    remaining = {each.id for each in repairs(document, left)}
    return document, [problem for id_, problem in mended.items() if id_ not in remaining], left


def _problems(document: Document, targets: Targets | None) -> list[Problem]:
    return check(document if targets is None else replace(document, targets=targets))


def _written(document: Document, output: str) -> bytes:
    """A spec where the name of the file says so, with its secrets, else a profile that is not signed."""
    form = _SPECS.get(Path(output).suffix.lower())
    if form is None:
        return build(document)
    return spec_writer.write(document, with_secrets=True, form=form).text.encode()
