"""How devices will show what an identity signs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from profiles.certificate_facts import SOON
from profiles.signing.certificates import date_text, name_of, quoted, self_signed
from profiles.signing.chain import faults
from profiles.signing.identity import SigningIdentity


class Expiry(StrEnum):
    """How near the end of the identity is."""

    FINE = "fine"
    SOON = "soon"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What devices will show, in one sentence, and how long that holds.

    `expires_in_days` counts whole days to the end of what ends first in the chain, negative after it;
    `warning` is a sentence, or empty while `expiry` is fine.
    """

    verified: bool
    sentence: str
    expires_in_days: int
    expiry: Expiry
    warning: str


def predict(identity: SigningIdentity, *, at: datetime) -> Verdict:
    """Return how a device would show, at an aware time, a profile that this identity signed.

    No store of roots would hold for all devices, so the sentence names what a device has to trust.
    """
    path = (identity.certificate, *identity.chain)
    ending = min(path, key=lambda certificate: certificate.not_valid_after_utc)
    left = ending.not_valid_after_utc - at
    expiry = Expiry.EXPIRED if left < timedelta(0) else Expiry.SOON if left <= SOON else Expiry.FINE
    reason = _reason(identity, at)
    return Verdict(
        verified=reason is None,
        sentence=f"Shows as Not Verified, because {reason}." if reason else _trust(identity),
        expires_in_days=left // timedelta(days=1),
        expiry=expiry,
        warning=_warning(expiry, quoted(ending), date_text(ending.not_valid_after_utc)),
    )


def _reason(identity: SigningIdentity, at: datetime) -> str | None:
    leaf = identity.certificate
    fault = next(faults((leaf, *identity.chain), at=at), None)
    if fault is not None:
        return fault.clause
    # Authorities that devices come with sign through an intermediate: a lone certificate lacks at least that.
    if not identity.chain and not self_signed(leaf):
        return (
            f"the chain stops at {quoted(leaf)}, whose issuer “{name_of(leaf.issuer)}” is not included; "
            "upload it with its chain"
        )
    return None


def _trust(identity: SigningIdentity) -> str:
    if not identity.chain:
        name = quoted(identity.certificate)
        return f"Shows as Verified only on devices that trust this very certificate, {name}."
    top = identity.chain[-1]
    if self_signed(top):
        return f"Shows as Verified on devices that trust {quoted(top)}."
    return (
        f"Shows as Verified on devices that trust “{name_of(top.issuer)}”, "
        f"which issued {quoted(top)} and is not included itself."
    )


def _warning(expiry: Expiry, name: str, day: str) -> str:
    match expiry:
        case Expiry.EXPIRED:
            return f"{name} expired on {day}: replace this identity."
        case Expiry.SOON:
            return f"{name} expires on {day}: replace this identity before then."
        case Expiry.FINE:
            return ""
