"""The text of an XML property list, whatever its encoding, and without what stands around it."""

from __future__ import annotations

import codecs
import re
from typing import Final

from profiles.catalogue.values import control_character
from profiles.exceptions import UnreadableProfileError
from profiles.plist.budget import Budget

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""What a text in Unicode begins with, the longer ones first; the last four without a byte order mark."""

_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_HEAD: Final = 4_096
_WIDE: Final = ("utf_16", "utf_32")
_NO_CHARSETS: Final = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf_7", "undefined")
"""Codecs of Python that are no encodings of files."""

_START: Final = re.compile(r"<\?xml\s|<!DOCTYPE\s+plist|<plist[\s>]|<(?:dict|array)[\s/>]")
_COMMENTS: Final = re.compile(r"(?:\s|<!--.*?-->)*", re.DOTALL)
_END: Final = "</plist>"


def decode(data: bytes) -> str:
    """The bytes as text, by their byte order mark, their declaration, or as UTF-8; raises UnreadableProfileError."""
    name = next((name for mark, name in _MARKS if data.startswith(mark)), "") or _declared(data)
    try:
        text = data.decode(name)
    except UnicodeDecodeError as failure:
        raise UnreadableProfileError(
            f"Byte {failure.start + 1:,} of the file is no character in {name.upper()}, the encoding that it says or "
            "seems to be in. Save it as UTF-8."
        ) from None
    return text.removeprefix("\ufeff")


def _declared(data: bytes) -> str:
    found = _DECLARED.search(data, 0, _HEAD)
    if not found:
        return "utf-8"
    name = found[1].decode("ascii")
    try:
        canonical = codecs.lookup(name).name.replace("-", "_")
        # Not each codec of Python is one of texts.
        b"".decode(name)
    except (LookupError, UnicodeError):
        canonical = _NO_CHARSETS[0]
    if canonical in _NO_CHARSETS:
        raise UnreadableProfileError(f"The encoding {name!r} of the file is not known. Save it as UTF-8.")
    # What could be read so far is one byte a character.
    return "utf-8" if canonical.startswith(_WIDE) else name


def trim(text: str, budget: Budget) -> tuple[str, int]:
    """The text from the property list on, and the number of lines before it; raises UnreadableProfileError."""
    start = _START.search(text)
    if not start:
        raise UnreadableProfileError(
            "The file is no configuration profile: there is no property list in it. Choose the .mobileconfig file."
        )
    before = text[: start.start()]
    if not _COMMENTS.fullmatch(before.strip("\0\ufeff")):
        budget.note("What stands before the XML is ignored.")
    end = text.rfind(_END)
    after = text[end + len(_END) :] if end >= 0 else ""
    if after.strip(" \t\r\n\0") and not _COMMENTS.fullmatch(after):
        budget.note("What stands after </plist> is ignored.")
    found = text[start.start() : end + len(_END) if end >= 0 else len(text)]
    if odd := control_character(found):
        line = _line_of(found, odd) + before.count("\n")
        raise UnreadableProfileError(
            f"Line {line:,} of the file holds the control character {odd}, which no XML can hold. Remove it."
        )
    return found, before.count("\n")


def _line_of(text: str, character: str) -> int:
    return text.count("\n", 0, text.index(chr(int(character.removeprefix("U+"), 16)))) + 1
