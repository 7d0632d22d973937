"""The audit log: who did what to which object from where. Nothing secret goes in, and nothing comes out again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Final

from django.db.models import Model

from profiles.models import AuditEntry, User
from profiles.models.lengths import NAME_LENGTH

_address: ContextVar[str] = ContextVar("address", default="")


class Event(Enum):
    """What can happen, and how the log calls it."""

    PROFILE_CREATED = "profile created"
    PROFILE_SAVED = "profile saved"
    PROFILE_COPIED = "profile copied"
    PROFILE_IMPORTED = "profile imported"
    PROFILE_DELETED = "profile deleted"
    PROFILE_BROUGHT_BACK = "profile brought back"
    PROFILE_DOWNLOADED = "profile downloaded"
    PROFILE_UPDATED = "profile updated from its template"
    PROFILE_DETACHED = "profile detached from its template"
    SECRET_SHOWN = "secret shown"  # noqa: S105 — what happened to one
    SECRET_PURGED = "secret purged"  # noqa: S105
    TEMPLATE_MADE = "template made"
    TEMPLATE_USED = "template filled in"
    TEMPLATE_VISIBILITY = "template visibility changed"
    TEMPLATE_SHARED = "template shared by link"
    TEMPLATE_EXPORTED = "template exported"
    TEMPLATE_IMPORTED = "template imported"
    SHARE_REVOKED = "share link revoked"
    SHARE_USED = "share link used"
    HANDED_OUT = "install link made"
    HAND_OUT_REVOKED = "install link revoked"
    HAND_OUT_CONFIRMED = "install link used"
    HAND_OUT_SERVED = "install file sent"
    HAND_OUT_REFUSED = "install link refused"
    RUN_STARTED = "bulk run started"
    RUN_PAUSED = "bulk run paused"
    RUN_RESUMED = "bulk run resumed"
    RUN_CANCELLED = "bulk run cancelled"
    RUN_FINISHED = "bulk run finished"
    RUN_CORRECTED = "row of a bulk run corrected"
    RUN_DOWNLOADED = "results of a bulk run downloaded"
    RUN_DELETED = "bulk run deleted"
    CERTIFICATE_ADDED = "certificate added"
    CERTIFICATE_RENAMED = "certificate renamed"
    CERTIFICATE_REMOVED = "certificate removed"
    CERTIFICATE_ENDS = "certificate ends soon"
    IDENTITY_ADDED = "signing identity added"
    IDENTITY_CHOSEN = "signing identity made the default"
    IDENTITY_REMOVED = "signing identity removed"
    TEAM_CREATED = "team created"
    TEAM_RENAMED = "team renamed"
    MEMBER_INVITED = "member invited"
    INVITATION_REVOKED = "invitation revoked"
    MEMBER_JOINED = "member joined"
    ROLE_CHANGED = "role changed"
    MEMBER_REMOVED = "member removed"
    LOG_EXPORTED = "audit log exported"


NOBODY: Final = "somebody with the link"
"""Who did it where nobody is signed in."""

SERVER: Final = "this server"
"""Who did it where nobody asked for it."""


@contextmanager
def acting_from(address: str) -> Iterator[None]:
    """What happens inside is done from there: an IP address, or “command line”."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def record(
    event: Event,
    *,
    actor: User | None,
    team_id: uuid.UUID,
    subject: Model,
    name: str | None = None,
    detail: str = "",
    otherwise: str = NOBODY,
) -> None:
    """Add a line, in the transaction of what it tells of; `name` is that of the subject where its text is no name.

    `otherwise` is who did it without an actor: NOBODY or SERVER.
    """
    who = actor.get_username() if actor else otherwise
    called = (str(subject) if name is None else name)[:NAME_LENGTH]
    address = _address.get()
    AuditEntry.objects.create(
        team_id=team_id,
        actor=who,
        event=event.value,
        object_id=str(subject.pk),
        name=called,
        detail=detail,
        address=address,
        search_key=f"{who} {event.value} {called} {detail} {address}".casefold(),
    )
