"""A profile as the file that a device installs."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from profiles.exceptions import ProblemsError
from profiles.models import Profile, User
from profiles.plist.build import build
from profiles.plist.document import Document, Problem
from profiles.plist.validate import has_errors
from profiles.services import signing
from profiles.services.documents import load
from profiles.services.inspection import check

CONTENT_TYPE: Final = "application/x-apple-aspen-config"
EXTENSION: Final = ".mobileconfig"
_LONGEST_STEM: Final = 80
# What a file system or a header takes as more than a letter.
_UNSAFE = re.compile(r'[\\/:*?"<>|%;]+')


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
    unsigned: bool = False,
    identity_id: uuid.UUID | None = None,
    force: bool = False,
) -> Download:
    """The profile as saved last, signed with that identity or the user's default one, or unsigned.

    Raises ProblemsError when it has errors, unless forced, and always when it cannot be written at all;
    IdentityError when there is nothing to sign with; Profile.DoesNotExist when it is not the user's.
    """
    document = load(Profile.objects.for_user(user).get(pk=profile.pk))
    problems = check(document)
    require_releasable(problems, force=force)
    content = build(document)
    if not unsigned:
        content = signing.sign(content, user=user, identity_id=identity_id)
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
            "The profile holds a value that no profile can hold. Mend the errors first.",
            problems=problems,
            buildable=False,
        )
    if has_errors(problems) and not force:
        raise ProblemsError(
            "The profile has errors. Mend them, or confirm to download it anyway.",
            problems=problems,
            buildable=True,
        )


def file_stem(document: Document) -> str:
    """The name of the profile, or else its identifier, without what is unsafe in the name of a file."""
    for text in (document.title, document.identifier):
        printable = "".join(
            letter if letter.isprintable() else " " for letter in unicodedata.normalize("NFC", text)
        )
        words = _UNSAFE.sub(" ", printable).split()
        if stem := " ".join(words)[:_LONGEST_STEM].strip(" ."):
            return stem
    return "profile"


def _ascii(stem: str) -> str:
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.") or "profile"
