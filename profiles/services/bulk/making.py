"""What each recipient gets: a signed file, or an install link by which the file is made when it is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from profiles.exceptions import DocumentError, EncryptionError, IdentityError, SigningError
from profiles.models import BulkResult, BulkRun, HandOut, Recipient, RecipientState, SigningIdentity
from profiles.models.link import new_token
from profiles.services import signing
from profiles.services.bulk import claims
from profiles.services.bulk.result_store import store
from profiles.services.bulk.rows import DAMAGED, answers_of, sound_cells_of
from profiles.services.bulk.templates import press_of

SIZE: Final = 200
"""Recipients of one chunk."""


def make_some(run: BulkRun) -> bool:
    """Make the files of one chunk, and store them; False when there was none.

    Raises SigningError or EncryptionError for what keeps all of them from being made, with none in hand any more.
    """
    claim = claims.take(run, RecipientState.READY, SIZE)
    if not claim.recipients:
        return False
    try:
        results, failed = _made(run, claim.recipients)
    except (SigningError, EncryptionError):
        claims.give_back(claim)
        raise
    store(run, claim, results, failed=failed)
    return True


def link_some(run: BulkRun) -> bool:
    """Make the install links of one chunk; False when there was none.

    Raises IdentityError where nothing could sign what they install, and EncryptionError.
    """
    signer_of(run)
    claim = claims.take(run, RecipientState.READY, SIZE)
    if not claim.recipients:
        return False
    try:
        results, links = new_links(run, claim.recipients)
    except EncryptionError:
        claims.give_back(claim)
        raise
    store(run, claim, results, links=links)
    return True


def new_links(run: BulkRun, recipients: Sequence[Recipient]) -> tuple[list[BulkResult], list[HandOut]]:
    """An install link for each, with the token as its result; neither is stored yet."""
    expires_at = expiry_of(run)
    results, links = [], []
    for row in recipients:
        token = new_token()
        link = HandOut(
            profile_id=run.template_id,
            revision=run.template_revision,
            recipient_id=row.pk,
            note=row.key,
            one_time=run.one_time,
            identity_id=run.identity_id,
            created_by_id=run.started_by_id,
            expires_at=expires_at,
        )
        link.fill_token(token)
        result = BulkResult(recipient_id=row.pk)
        result.seal(token.encode())
        links.append(link)
        results.append(result)
    return results, links


def expiry_of(run: BulkRun) -> datetime:
    """When a link that is made now ends."""
    return timezone.now() + timedelta(days=run.link_days)


def signer_of(run: BulkRun) -> SigningIdentity | None:
    """What signs the profiles of a run, None for nothing; raises IdentityError where it is not there, or has ended."""
    if run.unsigned:
        return None
    if run.signer_name and run.identity_id is None:
        raise IdentityError(
            f"“{run.signer_name}”, which was to sign, was removed. Choose another to sign with."
        )
    row = signing.find_identity(team_id=run.team_id, identity_id=run.identity_id)
    if row.not_after <= timezone.now():
        raise IdentityError(
            f"The certificate of “{row}” has expired. Renew it, or choose another to sign with."
        )
    return row


def _made(run: BulkRun, recipients: Sequence[Recipient]) -> tuple[list[BulkResult], dict[uuid.UUID, str]]:
    """The files, and why there are none for others."""
    signer, press = signer_of(run), press_of(run)
    shortcut: bool | None = None
    results, failed = [], {}
    for row in recipients:
        if (cells := sound_cells_of(row)) is None:
            failed[row.pk] = DAMAGED
            continue
        answers = answers_of(run, cells)
        try:
            if shortcut is None:
                # The first is made in both ways and compared.
                shortcut = press.agrees(row.uuid, answers)
            text = press.dump(row.uuid, answers) if shortcut else press.dump_slowly(row.uuid, answers)
        except DocumentError as error:
            failed[row.pk] = str(error)
            continue
        result = BulkResult(recipient_id=row.pk)
        result.seal(signing.sign_with(signer, text) if signer else text)
        results.append(result)
    return results, failed
