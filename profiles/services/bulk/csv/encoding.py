"""The bytes of a list as text, whatever program wrote them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Final

from profiles.exceptions import TableError

_SAVE: Final = "Save it as CSV (UTF-8) in Excel, or export it as CSV in Numbers, then choose that file."

_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OTHERS: Final = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"bplist0", b"{\\rtf")
_MARKUP: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|html|plist|table)", re.IGNORECASE)

# UTF-32 first: its mark in little endian begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)

_HEAD: Final = 4_096
"""Bytes that tell UTF-16 without a mark."""

_PIECES: Final = 5_000
"""Places with other letters than those of English that are looked at; more tell no more."""

# What is no letter but may be in a word: O’Brien, it’s. In Garc’a it is the í of Mac OS Roman.
_BETWEEN: Final = re.compile(r"’(?=[A-Zst])|\s+")

_PIECE: Final = re.compile(rb"[A-Za-z]?[\x80-\xff]{1,64}[A-Za-z]?")


def decode(data: bytes) -> tuple[str, str]:
    """The text, and what its encoding is called; raises TableError for what is no text, or cannot be made out."""
    _require_text(data)
    codec, encoding = _codec(data)
    try:
        return data.decode(codec), encoding
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(codec, "ignore")
        line = max(before.count("\n"), before.count("\r")) + 1
        raise TableError(
            f"The file is in {encoding}, but line {line:,} holds something else. {_SAVE}"
        ) from None


def _require_text(data: bytes) -> None:
    if data.startswith(_WORKBOOKS):
        raise TableError(f"This is a workbook, not a list as text. {_SAVE}")
    if data.startswith(_OTHERS) or _MARKUP.match(data):
        raise TableError(f"This is a document or a picture, not a list as text. {_SAVE}")


def _codec(data: bytes) -> tuple[str, str]:
    for mark, codec, encoding in _MARKS:
        if data.startswith(mark):
            return codec, encoding
    if b"\0" in data:
        return _wide(data), "UTF-16"
    try:
        data.decode("utf-8")
        return "utf-8", "UTF-8"
    except UnicodeDecodeError:
        return _narrow(data)


def _wide(data: bytes) -> str:
    """UTF-16 of western text has its NULs on one side of each pair; anything else with NULs is no text."""
    high, low = data[:_HEAD:2].count(0), data[1:_HEAD:2].count(0)
    pairs = min(len(data), _HEAD) // 2
    if len(data) % 2 == 0 and bool(high) != bool(low) and (high + low) * 4 >= pairs:
        return "utf-16-be" if high else "utf-16-le"
    raise TableError(f"This file is no text, so it cannot be a list. {_SAVE}")


def _narrow(data: bytes) -> tuple[str, str]:
    """What Excel writes on Windows or on the Mac; UTF-8 where most of it is, so that the damaged line is named."""
    pieces = [found.group() for found in islice(_PIECE.finditer(data), _PIECES)]
    if sum(_is_utf8(piece) for piece in pieces) * 2 > len(pieces):
        return "utf-8", "UTF-8"
    words = [piece for piece in pieces if min(piece) < 0x80]
    if _oddities(words, "mac-roman") < _oddities(words, "cp1252"):
        return "mac-roman", "Mac OS Roman"
    return "cp1252", "Windows-1252"


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def _oddities(pieces: Sequence[bytes], codec: str) -> int:
    return sum(_is_odd(piece.decode(codec, "replace")) for piece in pieces)


def _is_odd(text: str) -> bool:
    """Would hardly anybody write that within a word: a sign, or a capital after a small letter?

    š is odd too: whoever writes it writes č and ć, which neither encoding has, and in Mac OS Roman it stands for ö.
    """
    word = _BETWEEN.sub("", text.strip("‘’“”„«»…–—"))
    if any(letter in "šŸƒﬁﬂ" or not letter.isalpha() for letter in word):
        return True
    return any(left.islower() and right.isupper() for left, right in pairwise(text))
