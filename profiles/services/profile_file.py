"""A configuration profile as a file from anywhere: signed or not, as XML or binary, read with nothing lost."""

from __future__ import annotations

from dataclasses import dataclass

from profiles.plist.document import Document
from profiles.plist.load import MAX_BYTES, load
from profiles.plist.read import read
from profiles.signing.opened import Signature, open_file


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
    opened = open_file(data)
    loaded = load(opened.content, limit=limit)
    return ProfileFile(
        document=read(loaded.value),
        signatures=opened.signatures,
        notes=(*opened.notes, *loaded.notes),
    )
