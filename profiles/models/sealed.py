"""Rows that hold something secret."""

from __future__ import annotations

import uuid
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import models

from profiles.encryption import KeyRing
from profiles.exceptions import EncryptionError


def key_ring() -> KeyRing:
    """The keys that seal what is stored; raises EncryptionError when there are none or they cannot be read.

    They come from ENCRYPTION_KEYS. Where ENCRYPTION_KEYS_PATH names the file behind it, that is looked at
    each time, so that a rotation reaches running processes before they meet, or write, a row it changed.
    """
    text = _file_text(getattr(settings, "ENCRYPTION_KEYS_PATH", None)) or settings.ENCRYPTION_KEYS
    if not text:
        raise EncryptionError(
            "There is no encryption key for stored secrets. Run `python manage.py prepare`."
        )
    return _parsed(text)


def _file_text(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        status = path.stat()
        return _read(path, status.st_mtime_ns, status.st_ino)
    except OSError:
        # Gone or unreadable since the start: what was read then is still right.
        return ""


@lru_cache(maxsize=1)
def _read(path: Path, _modified: int, _inode: int) -> str:
    return path.read_text(encoding="ascii").strip()


@lru_cache(maxsize=2)
def _parsed(text: str) -> KeyRing:
    return KeyRing.parse(text)


class SealedModel(models.Model):
    """A row with one encrypted column, which opens in that row and column only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sealed = models.BinaryField()

    class Meta:
        abstract = True

    @property
    def seal_context(self) -> str:
        """What the ciphertext is bound to: "profiles_payload.sealed:<id>"."""
        return f"{self._meta.db_table}.sealed:{self.pk}"

    def seal(self, value: bytes) -> None:
        """Put `value` into the row, encrypted; the caller saves."""
        self.sealed = key_ring().seal(value, self.seal_context)

    def unseal(self) -> bytes:
        """What `seal` was given; raises EncryptionError."""
        return key_ring().open(bytes(self.sealed), self.seal_context)
