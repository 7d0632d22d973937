"""What there is to say about one file: its problems, who signed it, and whether it can be read at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from designer.management import input_file
from designer.management.output import reason
from profiles.catalogue.findings import Severity
from profiles.catalogue.rules.signatures import TAMPERED, UNCHECKED
from profiles.catalogue.versions import Targets
from profiles.exceptions import DocumentError, SpecError, VerificationError
from profiles.plist.document import ENVELOPE_NAME, Document, Problem
from profiles.plist.spec.shape import read_targets
from profiles.plist.validation.validate import has_errors
from profiles.services.certificate_evidence import check
from profiles.services.profile_file import ProfileFile
from profiles.signing.signed_file import Signature

FAILED: Final = 1
UNREADABLE: Final = 2


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One file: its document and what is said about it, or the sentence that says why it cannot be read."""

    file: str
    document: Document | None = None
    problems: tuple[Problem, ...] = ()
    signatures: tuple[Signature, ...] = ()
    notes: tuple[str, ...] = ()
    unreadable: str = ""

    @property
    def exit_status(self) -> int:
        """0, FAILED or UNREADABLE."""
        return UNREADABLE if self.unreadable else FAILED if has_errors(self.problems) else 0

    def to_json(self) -> dict[str, Any]:
        """{"file", "problems": […], "signatures": […], "notes": […]}, where being unreadable is a problem, too."""
        found = [problem.to_json() for problem in self.problems]
        if self.unreadable:
            place = {"payload": "", "path": "", "code": "unreadable"}
            found = [{"severity": "error", **place, "message": self.unreadable}]
        return {
            "file": self.file,
            "problems": found,
            "signatures": [_signature(each) for each in self.signatures],
            "notes": [*self.notes],
        }

    def lines(self) -> list[str]:
        """The same for a person, one a line."""
        if self.unreadable:
            return [f"{self.file}: {_line(self.unreadable)}"]
        return [*map(_line, self._told())]

    def _told(self) -> Iterator[str]:
        yield from map(str, self.problems)
        for signature in self.signatures:
            if signature.intact:
                yield told(signature)
        for note in self.notes:
            yield f"note: {note}"


def told(signature: Signature) -> str:
    """Who signed, and what that is worth."""
    return f"signed by {signature.signer or 'somebody unknown'}: {signature.verdict}"


def check_file(file: str, targets: Targets | None) -> Checked:
    """Check a spec or a profile, for these targets instead of its own."""
    return _checked(file, "The file", lambda: input_file.read(file), targets)


def check_spec(file: str) -> Checked:
    """Check a spec."""

    def read() -> ProfileFile:
        return ProfileFile(document=input_file.read_spec_alone(file), signatures=(), notes=())

    return _checked(file, "The spec", read, None)


def targets_of(text: str) -> Targets:
    """The versions in `iOS=17.0,macOS=14.0`; raises SpecError."""
    given: dict[str, str] = {}
    for each in text.split(","):
        name, _, version = (part.strip() for part in each.partition("="))
        if not name or not version:
            raise SpecError(f"{each.strip()[:60]!r} in --targets is no version. Write iOS=17.0,macOS=14.0.")
        if name in given:
            raise SpecError(f"--targets names {name[:60]} twice. Keep one of them.")
        given[name] = version
    return read_targets(given)


def _checked(file: str, what: str, read: Callable[[], ProfileFile], targets: Targets | None) -> Checked:
    try:
        found = read()
    except (DocumentError, VerificationError) as failure:
        return Checked(file=file, unreadable=str(failure))
    except OSError as failure:
        return Checked(file=file, unreadable=f"{what} cannot be read: {reason(failure)}.")
    document = found.document if targets is None else replace(found.document, targets=targets)
    return Checked(
        file=file,
        document=document,
        problems=tuple(sorted([*_in_doubt(found.signatures), *check(document)], key=_weight)),
        signatures=found.signatures,
        notes=found.notes,
    )


def _in_doubt(signatures: tuple[Signature, ...]) -> Iterator[Problem]:
    """What is told of signatures that do not hold, or could not be checked."""
    for signature in signatures:
        if not signature.intact:
            kind = TAMPERED if signature.tampered else UNCHECKED
            yield Problem(ENVELOPE_NAME, kind.at("", signature.verdict))


def _weight(problem: Problem) -> int:
    return list(Severity).index(problem.severity)


def _signature(signature: Signature) -> dict[str, Any]:
    ends = signature.not_after
    return {
        "signer": signature.signer,
        "issuer": signature.issuer,
        "fingerprint": signature.fingerprint,
        "not_after": ends.isoformat().replace("+00:00", "Z") if ends else None,
        "chain": [*signature.chain],
        "complete": signature.complete,
        "intact": signature.intact,
        "state": signature.state.value,
        "verdict": signature.verdict,
    }


def _line(text: str) -> str:
    return " ".join(text.split())
