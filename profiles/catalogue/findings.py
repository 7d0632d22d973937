"""What can be wrong with a value, in the words of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters.

    `error`: a device refuses the profile or cannot connect. `warning`: it works, but not as the form suggests.
    `advice`: it works, but a good admin would do otherwise.
    """

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True)
class Finding:
    """One problem of one payload.

    `path` is that of the key, with indices inside lists (`IKEv2.OnDemandRules[0].Action`). `message` says what a
    device would do and how to mend it. `buildable` is false where no property list can be written at all.
    """

    severity: Severity
    path: str
    code: str
    message: str
    buildable: bool = True


def error(path: str, code: str, message: str) -> Finding:
    """A finding that stops the download until it is mended or overridden."""
    return Finding(Severity.ERROR, path, code, message)


def unbuildable(path: str, code: str, message: str) -> Finding:
    """An error that cannot be overridden, since no valid property list could hold the value."""
    return Finding(Severity.ERROR, path, code, message, buildable=False)


def warning(path: str, code: str, message: str) -> Finding:
    """A finding about a profile that works otherwise than the form suggests."""
    return Finding(Severity.WARNING, path, code, message)


def advice(path: str, code: str, message: str) -> Finding:
    """A finding about a profile that works, and could be better."""
    return Finding(Severity.ADVICE, path, code, message)
