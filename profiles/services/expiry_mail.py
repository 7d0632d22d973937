"""The e-mail that tells owners of certificates that end."""

from __future__ import annotations

import logging
import smtplib
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from profiles.models import Membership, Role, Team, User

SUBJECT: Final = "Certificates of your team end soon"

_BODY: Final = """\
These certificates end soon, or have ended:

{teams}

Replace them, and hand out or download anew the profiles that hold them:
{address}

You are told because you own the team.
"""

logger = logging.getLogger(__name__)


def tell_owners(lines: Iterable[tuple[uuid.UUID, str]]) -> None:
    """Send each owner with an address one e-mail with all lines of their teams; what cannot be sent is logged.

    It is not tried again: the log and the pages say the same.
    """
    by_team: dict[uuid.UUID, list[str]] = defaultdict(list)
    for team_id, line in lines:
        by_team[team_id].append(line)
    if not by_team or not settings.EMAIL_ENABLED:
        return
    if owned := _owned(by_team):
        _send([_message(user, teams, by_team) for user, teams in owned.items()])


def _owned(by_team: Iterable[uuid.UUID]) -> dict[User, list[Team]]:
    """Who is told, and of which teams."""
    rows = Membership.objects.filter(team__in=by_team, role=Role.OWNER, user__is_active=True)
    owned: dict[User, list[Team]] = defaultdict(list)
    for row in rows.exclude(user__email="").select_related("user", "team").order_by("user", "team__name"):
        owned[row.user].append(row.team)
    return owned


def _message(user: User, teams: Iterable[Team], by_team: dict[uuid.UUID, list[str]]) -> EmailMessage:
    listed = "\n\n".join(
        "\n".join([f"Team “{team}”", *(f"- {line}" for line in by_team[team.pk])]) for team in teams
    )
    return EmailMessage(
        subject=SUBJECT,
        body=_BODY.format(teams=listed, address=settings.PUBLIC_URL),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _send(messages: Iterable[EmailMessage]) -> None:
    try:
        with get_connection() as connection:
            for message in messages:
                message.connection = connection
                _send_one(message)
    except OSError as error:  # all of smtplib's are such, too
        logger.warning(
            "Owners could not be told of certificates that end: the mail server does not answer as it should (%s).",
            type(error).__name__,
        )


def _send_one(message: EmailMessage) -> None:
    """Send one, or go on without: what is wrong with an address keeps no e-mail from the others."""
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, ValueError) as error:
        # Without the address, which is nobody else's business.
        logger.warning(
            "One owner could not be told of certificates that end: the e-mail was refused (%s).",
            type(error).__name__,
        )
