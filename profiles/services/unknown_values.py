"""Values that the catalogue does not know: shown to an editor who asks for one, and never unseen."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.db import transaction

from profiles.catalogue.envelope import ENVELOPE
from profiles.exceptions import DocumentError
from profiles.models import Profile, User
from profiles.plist.document import ENVELOPE_NAME, Document
from profiles.plist.secrets import unknown_values
from profiles.policy import Action, require
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.document_storage import load

_LONGEST_PATH: Final = 200
"""Characters of a path that the log repeats."""


@transaction.atomic
def show(*, actor: User, profile_id: uuid.UUID, part: str, path: str) -> Any:
    """The stored value of an unknown key of a part, which is ENVELOPE_NAME or a PayloadUUID; the log tells who saw it.

    Raises Profile.DoesNotExist, NotAllowedError, and DocumentError where no such key is stored.
    """
    profile = Profile.objects.for_user(actor).get(pk=profile_id)
    require(actor, Action.EDIT, profile.team_id)
    document = load(profile)
    found = _of(document, part)
    if path not in found:
        raise DocumentError("This key is no longer in the profile. Open the profile again.")
    name = next((each.name for each in document.payloads if each.uuid == part), ENVELOPE_NAME)
    audit.record(
        Event.SECRET_SHOWN,
        actor=actor,
        team_id=profile.team_id,
        subject=profile,
        detail=f"{name}/{path[:_LONGEST_PATH]}, revision {profile.revision}",
    )
    return found[path]


def _of(document: Document, part: str) -> dict[str, Any]:
    """The values that nobody knows in a part, by their paths; none where there is no such part."""
    if part == ENVELOPE_NAME:
        return unknown_values(ENVELOPE, document.envelope)
    for each in document.payloads:
        if each.uuid == part:
            return unknown_values(each.payload, each.values, each.unknown)
    return {}
