"""E-mails with install links, each sent once, as far as anybody can know.

A mail server and a database cannot agree on one transaction. So what is about to be sent is said first, and what was
being sent when a worker stopped is not sent again by itself: somebody has to say so.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from profiles.exceptions import DeliveryError, EncryptionError
from profiles.models import BulkResult, BulkRun, Delivery, HandOut, Recipient, RecipientState
from profiles.plist.document import derived_uuid
from profiles.services.bulk import claims
from profiles.services.bulk.claims import Claim
from profiles.services.bulk.making import expiry_of, new_links, signer_of
from profiles.services.bulk.result_store import FREE, settle
from profiles.services.bulk.rows import DAMAGED, cells_of, email_of, sound_cells_of
from profiles.services.bulk.runs import HALTED, LINK
from profiles.services.links import install_address

SIZE: Final = 10
"""E-mails of one chunk."""

DOUBTFUL: Final = (
    "The connection or the worker ended while this was being sent. It may have arrived: ask, or try it again."
)

IMPOSSIBLE: Final = "No e-mail can be sent to this address. Correct it."


def send_some(run: BulkRun) -> bool:
    """Send the e-mails of one chunk; False when there was none.

    Raises DeliveryError where the mail server serves nobody, IdentityError where nothing could sign what the links
    install, and EncryptionError: what was not being sent by then waits, with nobody who has it in hand.
    """
    if not settings.EMAIL_ENABLED:
        raise DeliveryError("This server sends no e-mail any more. Set EMAIL_URL, or cancel this run.")
    _give_up(run.recipients.all())
    signer_of(run)
    claim = claims.take(run, RecipientState.READY, SIZE)
    if not claim.recipients:
        return False
    connection = get_connection()
    try:
        for row, email in _emails(run, claim, connection):
            _reach(connection)
            claims.renew(claim)
            if _announce(claim, row):
                _send(run, claim, row, email)
    except (DeliveryError, EncryptionError):
        claims.give_back(claim)
        raise
    finally:
        _close(connection)
    return True


def _send(run: BulkRun, claim: Claim, row: Recipient, email: EmailMessage) -> None:
    """Send one, and say what became of it; raises DeliveryError, with it waiting again, where none would be taken."""
    state, reason = RecipientState.FAILED, ""
    try:
        email.send()
    except (smtplib.SMTPHeloError, smtplib.SMTPSenderRefused) as error:
        settle(claim, row.pk, RecipientState.READY)
        raise DeliveryError(
            f"The mail server takes nothing from {settings.DEFAULT_FROM_EMAIL} (code {error.smtp_code}). It is tried "
            "again."
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        reason = _refusal(error)
    except smtplib.SMTPResponseException as error:
        reason = f"The mail server refused the e-mail (code {error.smtp_code}). Try it again later."
    except (ValueError, smtplib.SMTPNotSupportedError):
        reason = IMPOSSIBLE
    except (OSError, smtplib.SMTPException):
        reason = DOUBTFUL
    else:
        state = RecipientState.DONE
    settle(claim, row.pk, state, reason=reason)
    BulkRun.objects.note_progress(run)


def _refusal(error: smtplib.SMTPRecipientsRefused) -> str:
    """What is wrong with the only recipient: 4xx is for now, 5xx for good."""
    code = next((code for code, _ in error.recipients.values()), 0)
    if 400 <= code < 500:
        return f"The mail server does not take this address just now (code {code}). Try it again later."
    return f"The mail server refuses this address (code {code}). Correct it."


def _reach(connection: Any) -> None:
    """Connect, unless that was done; raises DeliveryError."""
    try:
        if connection.open() is False and not _is_alive(connection):
            _close(connection)
            connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(
            "The mail server does not answer, or refuses to serve. It is tried again."
        ) from error


def _is_alive(connection: Any) -> bool:
    """Does the server still listen? Many end a connection after some e-mails, and then nothing is doubtful yet."""
    try:
        code, _ = connection.connection.noop()
    except (OSError, smtplib.SMTPException):
        return False
    return bool(code == 250)


def _close(connection: Any) -> None:
    """Disconnect, however the other side takes that."""
    with suppress(OSError, smtplib.SMTPException):
        connection.close()


def _announce(claim: Claim, row: Recipient) -> bool:
    """Say that it is being sent, if it is still held."""
    held = Recipient.objects.filter(pk=row.pk, claim=claim.token, state=RecipientState.READY)
    return bool(held.update(state=RecipientState.SENDING))


def message(run: BulkRun, row: Recipient, token: str, connection: Any = None) -> EmailMessage:
    """The e-mail for a recipient; a repeated one with the same link has the same Message-ID."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return EmailMessage(
        subject=run.subject,
        body=run.message.replace(LINK, install_address(token)),
        to=[email_of(run, cells_of(row))],
        headers={
            "Message-ID": f"<{derived_uuid('message', token)}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )


def _emails(run: BulkRun, claim: Claim, connection: Any) -> list[tuple[Recipient, EmailMessage]]:
    """What is to be sent to those that are still held, with links that are stored; raises EncryptionError."""
    with transaction.atomic():
        mine = claims.still_mine(claim)
        for row in [row for row in mine if sound_cells_of(row) is None]:
            settle(claim, row.pk, RecipientState.FAILED, reason=DAMAGED)
            mine.remove(row)
        results = BulkResult.objects.filter(recipient__in=mine)
        tokens = {result.recipient_id: result.unseal().decode() for result in results}
        # Tried again, they have a link, which then lasts as long as a new one.
        HandOut.objects.filter(recipient__in=tokens).update(expires_at=expiry_of(run))
        tokens |= _linked(run, [row for row in mine if row.pk not in tokens])
        return [(row, message(run, row, tokens[row.pk], connection)) for row in mine]


def _linked(run: BulkRun, rows: Sequence[Recipient]) -> dict[Any, str]:
    results, links = new_links(run, rows)
    BulkResult.objects.bulk_create(results)
    HandOut.objects.bulk_create(links)
    return {result.recipient_id: result.unseal().decode() for result in results}


def give_up_doubtful() -> None:
    """Let what a worker that stopped was sending be failed where nobody else would: in runs that were halted."""
    _give_up(Recipient.objects.filter(run__state__in=HALTED, run__delivery=Delivery.EMAIL))


def _give_up(recipients: QuerySet[Recipient]) -> None:
    """Those of them whose worker has stopped while it was sending."""
    lost = recipients.filter(state=RecipientState.SENDING, claimed_until__lte=timezone.now())
    lost.update(state=RecipientState.FAILED, reason=DOUBTFUL, **FREE)
