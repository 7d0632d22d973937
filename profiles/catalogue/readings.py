"""Readings: bytes that a text stands for, in hexadecimal or base64, by how it looks; people know better."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

_LEAST: Final = 16
"""Bytes from which on digits are hardly a word."""

_HEX: Final = re.compile(r"(?:0[xX])?[0-9A-Fa-f]{2}(?:[:\s-]?[0-9A-Fa-f]{2})*")
_BASE64: Final = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9+/])(?:[A-Za-z0-9+/]{4})+", re.DOTALL)
_MARKED: Final = "0s"
"""What strongSwan has before base64."""


def hexadecimal(text: str) -> bytes | None:
    """The bytes of a text that looks like pairs of hexadecimal digits, which colons, hyphens or blanks may part."""
    bare = text.strip()
    if not _HEX.fullmatch(bare):
        return None
    digits = re.sub(r"[:\s-]", "", bare[2:] if bare[:2] in ("0x", "0X") else bare)
    return bytes.fromhex(digits) if len(digits) >= 2 * _LEAST else None


def in_base64(text: str) -> bytes | None:
    """The bytes of a text that looks like base64, which lines may part."""
    bare = "".join(text.split())
    marked = bare.startswith(_MARKED)
    bare = bare.removeprefix(_MARKED) if marked else bare
    # All of it is looked at, but for the end, which is filled up.
    looks_so = marked or _BASE64.fullmatch(bare[: len(bare) - 4] if bare.endswith("=") else bare)
    if not looks_so:
        return None
    try:
        found = base64.b64decode(bare, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if len(found) >= _LEAST else None
