"""A file that a command is given: a spec or a configuration profile, told apart by what is in it, not by its name."""

from __future__ import annotations

import re
import sys
from enum import Enum, auto
from pathlib import Path
from typing import Final

from django.conf import settings

from profiles.exceptions import NotSignedError, SpecError, UnreadableProfileError, VerificationError
from profiles.plist.document import Document
from profiles.plist.reading import binary_tree
from profiles.plist.reading.file_kind import is_foreign, is_other
from profiles.plist.reading.wrapping import is_base64
from profiles.plist.spec import syntax
from profiles.plist.spec.file import read_spec
from profiles.plist.spec.folder import SpecFolder
from profiles.services.profile_file import ProfileFile, read_file
from profiles.signing.armour import unarmoured
from profiles.signing.cms import is_cms

STANDARD_INPUT: Final = "-"

_PROFILE: Final = re.compile(rb"\A\s*<|^[^#\n]*?(?:<\?xml|<!DOCTYPE|<plist|-----BEGIN )", re.MULTILINE)
"""Where a profile as a text may begin; a spec may speak of one in a comment."""

_SPEC: Final = re.compile(rb"""\A\s*\{|^["']?(?:profile|payloads)["']?[ \t]*:""", re.MULTILINE)
"""Where a spec may begin, which no profile holds before."""

_BRACES: Final = re.compile(rb"""\s*\{""")
_IN_BRACES: Final = re.compile(rb"""["']?(?:profile["']?\s*:\s*\{|payloads["']?\s*:\s*\[)""")
"""What a spec in braces, which JSON is, holds."""

_MARKS: Final = b"\xef\xbb\xbf\xff\xfe"
"""Bytes of byte order marks."""


class _Kind(Enum):
    """What a file may be."""

    EMPTY = auto()
    PROFILE = auto()
    SPEC = auto()
    BINARY = auto()
    OTHER = auto()


def read(file: str) -> ProfileFile:
    """The profile in a file, or what a spec describes; raises OSError, a DocumentError or a VerificationError."""
    data = _bytes(file)
    kind = _kind(data)
    if kind is _Kind.EMPTY:
        raise UnreadableProfileError("The file is empty. Choose a profile or a spec.")
    if kind is _Kind.SPEC:
        return ProfileFile(document=_spec(data, file), signatures=(), notes=())
    return _profile(data)


def read_spec_alone(file: str) -> Document:
    """What the spec in a file describes; raises OSError or SpecError."""
    data = _bytes(file)
    kind = _kind(data)
    if kind in (_Kind.PROFILE, _Kind.OTHER):
        raise SpecError(_no_spec(data))
    # Zeros without an end are too many first of all.
    is_empty = kind is _Kind.EMPTY and len(data) <= syntax.MAX_BYTES
    return _spec(b"" if is_empty else data, file)


def read_profile_alone(file: str) -> ProfileFile:
    """The profile in a file; raises OSError, an UnreadableProfileError or a VerificationError."""
    data = _bytes(file)
    if _kind(data) is _Kind.SPEC:
        raise UnreadableProfileError(
            "The file is no profile; it may be a spec already. Choose a .mobileconfig file."
        )
    return _profile(data)


def _no_spec(data: bytes) -> str:
    """What a file is that is no spec, and what to do, in sentences."""
    try:
        _profile(data)
    except UnreadableProfileError as failure:
        if failure.kind:
            return f"The file is {failure.kind}, and no spec. Choose a spec, which is JSON or YAML."
        return f"The file is no spec. {failure}"
    except VerificationError as failure:
        return f"The file is no spec. {failure}"
    return (
        "The file is a configuration profile already, and no spec. `profile check` judges it, and `profile convert` "
        "writes its spec, of which another can be built."
    )


def _most() -> int:
    """Bytes of a file: a profile as large as may be, with signatures and base64 around it, or a spec."""
    return 2 * max(settings.IMPORT_MAX_BYTES, syntax.MAX_BYTES)


def _bytes(file: str) -> bytes:
    # One byte more than allowed is enough to know, and a file may have no end.
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read(_most() + 1)
    with Path(file).open("rb") as source:
        return source.read(_most() + 1)


def _kind(data: bytes) -> _Kind:
    if not data.strip(b" \t\r\n\0"):
        return _Kind.EMPTY
    if data.startswith(binary_tree.HEADER) or is_cms(data):
        return _Kind.PROFILE
    # So that two or four bytes a character make no difference.
    text = data.lstrip(_MARKS).replace(b"\0", b"")
    if is_base64(data):
        return _Kind.PROFILE
    if _BRACES.match(text) and not _IN_BRACES.search(text):
        if is_foreign(text):
            return _Kind.PROFILE
        if is_other(data):
            return _Kind.OTHER
    found = _PROFILE.search(text)
    if _SPEC.search(text, 0, found.end() if found else len(text)):
        return _Kind.SPEC
    if found or _is_armoured(data):
        return _Kind.PROFILE
    if is_other(data):
        return _Kind.OTHER
    # A text that is no profile at all is a spec with something wrong in it.
    return _Kind.SPEC if _is_utf8(data) else _Kind.BINARY


def _is_armoured(data: bytes) -> bool:
    try:
        return unarmoured(data) is not None
    except NotSignedError:
        # The reader of profiles says what is wrong with it.
        return True


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _profile(data: bytes) -> ProfileFile:
    if len(data) > _most():
        raise UnreadableProfileError(
            f"The file has more than {_most():,} bytes. Choose another, or split it."
        )
    return read_file(data, limit=settings.IMPORT_MAX_BYTES)


def _spec(data: bytes, file: str) -> Document:
    folder = SpecFolder() if file == STANDARD_INPUT else SpecFolder(Path(file).parent)
    return read_spec(syntax.decode(data), folder)
