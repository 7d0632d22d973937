"""Certificates that end: how near their end is, and telling teams of it in good time, each step once.

Several machines may do so at once: whose notice the database takes, tells.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from profiles.certificate_facts import SOON
from profiles.exceptions import ProfileDesignerError
from profiles.models import Certificate, ExpiryNotice, Membership, SigningIdentity
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.expiry_mail import tell_owners
from profiles.services.signing import SERVER_NAME, ensure_local_identity
from profiles.signing.certificates import date_text

STEPS: Final = (SOON.days, 14, 7, 1, 0)
"""Days before the end when people are told; 0 is once it has ended."""

_RENEWED: Final = Q(team=None, name=SERVER_NAME)
"""What the server renews by itself, so that nobody has to be told."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ending:
    """How near the end is: a severity for the style, "warning" or "error", and words."""

    severity: str
    words: str


@dataclass(frozen=True)
class _Due:
    """What a team has to be told: the nearest step of `steps`, which are all that are passed, the nearest last."""

    subject: Certificate | SigningIdentity
    team_id: uuid.UUID
    steps: Sequence[int]
    words: str


def ending(not_after: datetime, *, at: datetime | None = None) -> Ending | None:
    """How near that end is, at a time or else now; None while it is farther than SOON."""
    left = not_after - (at or timezone.now())
    if left > SOON:
        return None
    if left <= timedelta(0):
        return Ending("error", "ended")
    match left.days:
        case 0:
            return Ending("warning", "ends in less than a day")
        case 1:
            return Ending("warning", "ends in 1 day")
    return Ending("warning", f"ends in {left.days} days")


def with_signers(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    """The rows, with what `signer_ending` tells of them read along."""
    signers = SigningIdentity.objects.filter(Q(team=OuterRef("team")) | Q(team=None), is_default=True)
    own_first = signers.exclude(_RENEWED).order_by(F("team").asc(nulls_last=True))
    return rows.annotate(signer_ends=Subquery(own_first.values("not_after")[:1]))


def signer_ending(row: Membership) -> Ending | None:
    """How near the end is of what signs in that team by default; None, too, for what the server renews by itself."""
    ends: datetime | None = getattr(row, "signer_ends", None)
    return ending(ends) if ends else None


def warn(*, at: datetime | None = None) -> int:
    """Tell every team what of theirs ends soon or has ended, and renew what the server has; the number of notices."""
    at = at or timezone.now()
    _renew()
    members = Exists(Membership.objects.filter(team=OuterRef("team")))
    identities = _untold(SigningIdentity.objects.filter(Q(team=None) | members).exclude(_RENEWED), at)
    _warn_of_the_server([row for row in identities if row.team_id is None], at)
    due = _due([*identities, *_untold(Certificate.objects.filter(members), at)], at)
    told = [each for each in due if _note(each, at)]
    tell_owners([(each.team_id, _line(each)) for each in told])
    return len(told)


def _renew() -> None:
    try:
        ensure_local_identity()
    except ProfileDesignerError as error:
        # Teams are told of theirs all the same.
        logger.warning("The server's own signing identity could not be renewed: %s", error)


def _untold(rows: QuerySet[Any], at: datetime) -> list[Any]:
    """Those that end soon or have ended, and of which not all is told; `told` is the nearest step that is."""
    notices = ExpiryNotice.objects.filter(team=OuterRef("team"), fingerprint=OuterRef("fingerprint"))
    nearest = Subquery(notices.order_by("days").values("days")[:1])
    found = rows.filter(~Exists(notices.filter(days=0)), not_after__lte=at + SOON).annotate(told=nearest)
    return list(found.only("team", "name", "fingerprint", "not_after").order_by("team", "not_after", "pk"))


def _due(rows: Iterable[Any], at: datetime) -> list[_Due]:
    """What is to be told now, each certificate once a team: the library may hold what signs, too."""
    found: dict[tuple[uuid.UUID, str], _Due] = {}
    for row in rows:
        steps = [step for step in STEPS if row.not_after - at <= timedelta(days=step)]
        near = ending(row.not_after, at=at)
        if row.team_id and near and (row.told is None or steps[-1] < row.told):
            found.setdefault((row.team_id, row.fingerprint), _Due(row, row.team_id, steps, near.words))
    return list(found.values())


def _note(due: _Due, at: datetime) -> bool:
    """Keep that the team is told, and what it missed; False when another process was faster."""
    *missed, nearest = (
        ExpiryNotice(team_id=due.team_id, fingerprint=due.subject.fingerprint, days=step, at=at)
        for step in due.steps
    )
    try:
        with transaction.atomic():
            nearest.save(force_insert=True)
            ExpiryNotice.objects.bulk_create(missed, ignore_conflicts=True)
            audit.record(
                Event.CERTIFICATE_ENDS,
                actor=None,
                otherwise=audit.SERVER,
                team_id=due.team_id,
                subject=due.subject,
                detail=f"{due.words}, {date_text(due.subject.not_after)}",
            )
    except IntegrityError:
        return False
    # Without its name, which a person typed.
    logger.warning("The certificate %s of team %s %s.", due.subject.fingerprint, due.team_id, due.words)
    return True


def _warn_of_the_server(rows: Iterable[SigningIdentity], at: datetime) -> None:
    """Say it to whoever runs the server, each time, since nobody else can replace them."""
    for row in rows:
        if near := ending(row.not_after, at=at):
            logger.warning(
                "The certificate %s of this server's own identities %s.", row.fingerprint, near.words
            )


def _line(due: _Due) -> str:
    kind = "Signing identity" if isinstance(due.subject, SigningIdentity) else "Certificate"
    return f"{kind} “{due.subject.name}” {due.words} ({date_text(due.subject.not_after)})"
