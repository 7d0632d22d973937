"""The certificates library of a team, as the forms of the designer ask for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cached_property

from designer.forms.form_context import Kind, LibraryContent, Surroundings
from profiles.models import Certificate, User
from profiles.services import certificates
from profiles.services.mask_key import mask_key


class Library(Surroundings):
    """Its entries, read in one query when they are first asked for."""

    def __init__(self, user: User, team_id: uuid.UUID) -> None:
        self.user = user
        self.team_id = team_id

    @property
    def mask_key(self) -> bytes:
        return mask_key(self.team_id)

    @cached_property
    def _entries(self) -> Sequence[Certificate]:
        return list(certificates.entries(user=self.user, team_id=self.team_id))

    def entries(self, kind: Kind) -> list[tuple[str, str]]:
        return [
            (str(entry.pk), entry.name) for entry in self._entries if entry.has_key == (kind == "identity")
        ]

    def content(self, kind: Kind, entry: str) -> LibraryContent | None:
        try:
            found = certificates.content(
                user=self.user, team_id=self.team_id, certificate_id=uuid.UUID(entry)
            )
        except (ValueError, Certificate.DoesNotExist):
            return None
        content = found.pkcs12 if kind == "identity" else found.certificate
        if content is None:
            return None
        return LibraryContent(
            content=content, password=found.password, file_name=found.file_name, title=found.name
        )
