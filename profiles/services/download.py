"""A profile as the file that a device installs."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone

from profiles.exceptions import DocumentError, ProblemsError
from profiles.models import Profile, User
from profiles.plist.build import build
from profiles.plist.document import Document, Problem
from profiles.plist.validation.validate import has_errors
from profiles.policy import Action, require
from profiles.services import audit, signing
from profiles.services.audit import Event
from profiles.services.certificate_evidence import check
from profiles.services.document_storage import load, revision_document
from profiles.services.file_names import NAMELESS, safe_stem

CONTENT_TYPE: Final = "application/x-apple-aspen-config"
EXTENSION: Final = ".mobileconfig"


@dataclass(frozen=True, kw_only=True)
class Download:
    """What to send: `filename` in any script, and `ascii_filename` for those who cannot read that.

    `problems` are those of the profile, which may be errors when it was forced.
    """

    filename: str
    ascii_filename: str
    content: bytes = field(repr=False)
    problems: Sequence[Problem]
    content_type: str = CONTENT_TYPE


def download(
    *,
    user: User,
    profile: Profile,
    revision: int | None = None,
    unsigned: bool = False,
    identity_id: uuid.UUID | None = None,
    force: bool = False,
) -> Download:
    """A revision of the profile, or as saved last, signed with that identity or the team's default one, or unsigned.

    Raises what `release` raises; Profile.DoesNotExist when it is not the user's, Revision.DoesNotExist for a number
    that never was, NotAllowedError for who may not.
    """
    profile = Profile.objects.for_user(user).get(pk=profile.pk)
    require(user, Action.HAND_OUT, profile.team_id)
    document = (
        load(profile) if revision is None else revision_document(profile.revisions.get(number=revision))
    )
    file = release(document, team_id=profile.team_id, unsigned=unsigned, identity_id=identity_id, force=force)
    number = revision or profile.revision
    note_installed(profile, number)
    audit.record(
        Event.PROFILE_DOWNLOADED,
        actor=user,
        team_id=profile.team_id,
        subject=profile,
        detail=f"revision {number}, {'unsigned' if unsigned else 'signed'}",
    )
    return file


def note_installed(profile: Profile, revision: int) -> None:
    """Remember which revision left the house last: what users have installed, as far as anybody can know."""
    Profile.objects.filter(pk=profile.pk).update(installed_revision=revision, installed_at=timezone.now())


def release(
    document: Document,
    *,
    team_id: uuid.UUID,
    unsigned: bool = False,
    identity_id: uuid.UUID | None = None,
    force: bool = False,
) -> Download:
    """The file of a document.

    Raises ProblemsError when it has errors, unless forced, and always when it cannot be written at all; DocumentError
    for a template; IdentityError when there is nothing to sign with.
    """
    if document.declaration is not None:
        raise DocumentError("A template is not installed itself. Make a profile from it, and download that.")
    problems = check(document)
    require_releasable(problems, force=force)
    content = build(document)
    if not unsigned:
        content = signing.sign(content, team_id=team_id, identity_id=identity_id)
    stem = file_stem(document)
    return Download(
        filename=f"{stem}{EXTENSION}",
        ascii_filename=f"{_ascii(stem)}{EXTENSION}",
        content=content,
        problems=problems,
    )


def require_releasable(problems: Sequence[Problem], *, force: bool) -> None:
    """Raise ProblemsError when a profile with these problems must not be handed out."""
    buildable = all(problem.buildable for problem in problems)
    if not buildable:
        raise ProblemsError(
            "The profile holds a value that no profile can hold. Fix the errors first.",
            problems=problems,
            buildable=False,
        )
    if has_errors(problems) and not force:
        raise ProblemsError(
            "The profile has errors. Fix them, or confirm to download it anyway.",
            problems=problems,
            buildable=True,
        )


def file_stem(document: Document) -> str:
    """The name of the profile, or else its identifier, without what is unsafe in the name of a file."""
    return safe_stem(document.title) or safe_stem(document.identifier) or NAMELESS


def _ascii(stem: str) -> str:
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.") or NAMELESS
