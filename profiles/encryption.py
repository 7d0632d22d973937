"""Secrets at rest: AES-256-GCM under a ring of keys, each ciphertext bound to the place where it is stored.

A sealed value is: one byte of version, one byte for the length of the key's id, the id in ASCII, a nonce of
12 bytes, ciphertext with its tag. All before the nonce, and the context, are authenticated with it: a
ciphertext that was altered, or moved to another row or field, does not open.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from profiles.exceptions import EncryptionError

VERSION: Final = 1
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_LAYOUT = "Write one key a line, as id:base64, or let `manage.py prepare` make one."


def key_id(sealed: bytes) -> str:
    """The id of the key that sealed this; raises EncryptionError when it is no sealed value."""
    return _split(sealed)[1]


@dataclass(frozen=True)
class KeyRing:
    """Keys of 32 bytes by their id; the first seals, and each opens what it sealed."""

    keys: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys:
            raise EncryptionError(f"There is no encryption key. {_LAYOUT}")
        object.__setattr__(self, "keys", MappingProxyType(dict(self.keys)))

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """The ring in `text`: `id:base64` on lines or between commas, the current key first.

        Empty lines and what follows a # are passed over. Raises EncryptionError.
        """
        keys: dict[str, bytes] = {}
        for number, line in enumerate(cls.lines(text), start=1):
            name, key = _parse_key(number, line)
            if name in keys:
                raise EncryptionError(
                    f"Encryption key number {number} has the same id as an earlier one. Rename or remove it."
                )
            keys[name] = key
        return cls(keys)

    @staticmethod
    def lines(text: str) -> list[str]:
        """The keys in `text`, as they stand there, one an item."""
        parts = (part.strip() for line in text.splitlines() for part in line.partition("#")[0].split(","))
        return [part for part in parts if part]

    @staticmethod
    def generate_key_line() -> str:
        """A new random key with a random id, as `parse` reads it: "3fa9c1d2:…base64…"."""
        return f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return next(iter(self.keys))

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """`plaintext` under the current key, to be opened with the same `context` only."""
        header = bytes([VERSION, len(self.current)]) + self.current.encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(self.keys[self.current])
        return header + nonce + cipher.encrypt(nonce, plaintext, header + context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """What `seal` was given; raises EncryptionError when key, bytes or context differ."""
        header, name, nonce, ciphertext = _split(sealed)
        if name not in self.keys:
            raise EncryptionError(
                f"A stored secret needs the encryption key {name}, which is not there. Put it back."
            )
        try:
            return AESGCM(self.keys[name]).decrypt(nonce, ciphertext, header + context.encode())
        except InvalidTag:
            raise EncryptionError(
                "A stored secret was altered, or moved here from another place, or its key was replaced. "
                "Restore the database or the key from a backup."
            ) from None


def _parse_key(number: int, line: str) -> tuple[str, bytes]:
    name, colon, text = line.partition(":")
    if not colon:
        raise EncryptionError(f"Encryption key number {number} has no id before its key. {_LAYOUT}")
    if not _KEY_ID.fullmatch(name.strip()):
        raise EncryptionError(
            f"The id of encryption key number {number} is not 1 to 32 letters, digits, - and _. Rename it."
        )
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise EncryptionError(f"Encryption key number {number} is not base64. {_LAYOUT}") from None
    if len(key) != KEY_BYTES:
        raise EncryptionError(
            f"Encryption key number {number} has {len(key)} bytes, but needs {KEY_BYTES}. {_LAYOUT}"
        )
    return name.strip(), key


def _split(sealed: bytes) -> tuple[bytes, str, bytes, bytes]:
    """Header, key id, nonce and ciphertext of a sealed value; raises EncryptionError."""
    if len(sealed) < 2:
        raise EncryptionError("A stored secret is cut off. Restore the database from a backup.")
    if sealed[0] != VERSION:
        raise EncryptionError(
            "A stored secret has a form that is unknown here. Update, or restore the database from a backup."
        )
    header_length = 2 + sealed[1]
    nonce_end = header_length + NONCE_BYTES
    if len(sealed) < nonce_end + TAG_BYTES:
        raise EncryptionError("A stored secret is cut off. Restore the database from a backup.")
    name = sealed[2:header_length].decode("ascii", errors="replace")
    return sealed[:header_length], name, sealed[header_length:nonce_end], sealed[nonce_end:]
