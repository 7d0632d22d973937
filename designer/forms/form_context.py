"""What a form of one payload needs to know of the rest: the other payloads, the certificates library."""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Final, Literal

from profiles.catalogue.evidence import Credential

Kind = Literal["identity", "certificate"]


@dataclass(frozen=True, kw_only=True)
class LibraryContent:
    """What choosing an entry of the library puts into a payload: DER or PKCS #12, its password, and names."""

    content: bytes = field(repr=False)
    password: str | None = field(default=None, repr=False)
    file_name: str = ""
    title: str = ""


_OF_THIS_PROCESS: Final = token_bytes(32)
"""For pages that nobody sends back."""


class Surroundings:
    """Nothing at all: a payload by itself.

    `imported` says that it is written as it stood in a file, with what is empty in it.
    """

    imported = False

    def references(self, to: str) -> list[tuple[str, str]]:
        """PayloadUUID and title of each payload in the profile that may be referred to as `to`."""
        return []

    def addable(self, to: str) -> list[tuple[str, str]]:
        """Slug and title of each payload type that could be added to be referred to as `to`."""
        return []

    def proposals(self, source: str) -> list[str]:
        """Values that a text is proposed to have."""
        return []

    def entries(self, kind: Kind) -> list[tuple[str, str]]:
        """Id and title of each entry of the certificates library."""
        return []

    def content(self, kind: Kind, entry: str) -> LibraryContent | None:
        """What an entry puts into a payload; None where there is no such entry."""
        return None

    @property
    def mask_key(self) -> bytes:
        """What the masks of secrets are made with."""
        return _OF_THIS_PROCESS

    @property
    def own(self) -> Credential | None:
        """What this payload brings, as the page shows it."""
        return None


NOWHERE: Final = Surroundings()
