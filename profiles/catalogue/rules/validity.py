"""When certificates are valid: what devices make of one that is not, or will soon be no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from profiles.catalogue.citations import apple, own, rfc
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.certificate_facts import SOON, CertificateFacts

_VALIDITY: Final = (
    rfc(5280, "6.1.3"),
    apple(
        "SecTrustOptionFlags: expired certificates and roots are only allowed where an app asks for it",
        "https://developer.apple.com/documentation/security/sectrustoptionflags",
    ),
)

EXPIRED: Final = Diagnostic(
    "expired",
    Severity.ERROR,
    "A certificate has expired",
    why="Whoever checks a certificate refuses it after its last day: a server refuses the identity of a device, and a "
    "device refuses a server whose certificate, or the authority of that, has expired.",
    mend="Have it renewed, and put the new one into the profile.",
    sources=_VALIDITY,
    milder="It is a warning for an identity that nothing in the profile refers to and for an authority that issued "
    "something in it, and advice for an authority that nothing in the profile has to do with.",
)
NOT_YET_VALID: Final = Diagnostic(
    "not-yet-valid",
    Severity.ERROR,
    "A certificate is not valid yet",
    why="Whoever checks a certificate refuses it before its first day. Often the clock of the machine that issued it "
    "is wrong.",
    mend="Wait for that day, or have it issued again.",
    sources=_VALIDITY,
    milder="It is a warning or advice where an expired certificate would be.",
)
EXPIRES_SOON: Final = Diagnostic(
    "expires-soon",
    Severity.WARNING,
    "A certificate expires within 30 days",
    why="After its last day it is refused, and every device needs the new one by then.",
    mend="Have it renewed now, and hand out the profile again.",
    sources=(rfc(5280, "4.1.2.5"), own("a month is the time to renew a certificate in")),
)


def validity(
    facts: CertificateFacts,
    at: datetime,
    path: str,
    named: str,
    *,
    as_: Severity = Severity.ERROR,
    mend: str = "Replace it.",
) -> Iterator[Finding]:
    """Is the certificate valid at an aware time, and for a while after? `as_` is how much it matters if it is not."""
    if at > facts.not_after:
        told = f"{named} expired on {_day(facts.not_after)}, so it is refused."
        yield EXPIRED.at(path, f"{told} {mend}", severity=as_)
    elif at < facts.not_before:
        told = f"{named} is not valid before {_day(facts.not_before)}, so it is refused until then."
        yield NOT_YET_VALID.at(path, f"{told} Wait, or replace it.", severity=as_)
    elif facts.not_after - at <= SOON:
        yield EXPIRES_SOON.at(
            path, f"{named} expires on {_day(facts.not_after)}, and then it is refused. Replace it soon."
        )


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
