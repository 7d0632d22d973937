"""A configuration profile as a file from anywhere: signed or not, as XML or binary, read with nothing lost."""

from __future__ import annotations

from dataclasses import dataclass, replace

from profiles.plist.document import Document
from profiles.plist.reading import wrapping
from profiles.plist.reading.load import MAX_BYTES, Loaded, load
from profiles.plist.reading.read import read
from profiles.signing.signed_file import Opened, Signature, open_file


@dataclass(frozen=True, kw_only=True)
class ProfileFile:
    """What is in a file.

    signatures   outermost first; none where it is not signed
    notes        sentences on what could not be kept as it was, or was odd, without a value in them
    """

    document: Document
    signatures: tuple[Signature, ...]
    notes: tuple[str, ...]


def read_file(data: bytes, *, limit: int = MAX_BYTES) -> ProfileFile:
    """The profile in a file of up to `limit` bytes; raises UnreadableProfileError or a VerificationError."""
    if wrapping.is_base64(data):
        return _noted(wrapping.BASE64_NOTE, _file(wrapping.decoded(data), limit))
    return _file(data, limit)


def _file(data: bytes, limit: int) -> ProfileFile:
    opened, loaded = _loaded(data, limit)
    if (content := wrapping.inside(loaded.value)) is not None:
        # Once is enough: no MDM sends a command in a command.
        opened, loaded = _loaded(content, limit)
        return _noted(wrapping.COMMAND_NOTE, _profile(opened, loaded))
    return _profile(opened, loaded)


def _loaded(data: bytes, limit: int) -> tuple[Opened, Loaded]:
    opened = open_file(data)
    return opened, load(opened.content, limit=limit)


def _profile(opened: Opened, loaded: Loaded) -> ProfileFile:
    wrapping.check_tree(loaded.value)
    return ProfileFile(
        document=read(loaded.value),
        signatures=opened.signatures,
        notes=(*opened.notes, *loaded.notes),
    )


def _noted(note: str, file: ProfileFile) -> ProfileFile:
    return replace(file, notes=(note, *file.notes))
