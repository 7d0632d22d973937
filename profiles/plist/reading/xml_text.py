"""The text of an XML property list, whatever its encoding, and without what stands around it."""

from __future__ import annotations

import codecs
import re
from typing import Final

from profiles.exceptions import UnreadableProfileError
from profiles.plist.reading.budget import Budget
from profiles.plist.reading.file_kind import check_before, check_page

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<\0", "utf-16-be"),
)
"""What a text in Unicode begins with, the longer ones first; the last four without a byte order mark."""

_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_DECLARATION: Final = re.compile(r"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CONTROLS: Final = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f]")
_AROUND: Final = 40
_HEAD: Final = 4_096
_WIDE: Final = ("utf-16", "utf-32")
_NO_CHARSETS: Final = (
    "idna",
    "punycode",
    "unicode_escape",
    "raw_unicode_escape",
    "utf_7",
    "undefined",
    "charmap",
)
"""Codecs of Python that are no encodings of files."""

_BLANK: Final = re.compile(r"[\s\0\ufeff]*")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_BARE: Final = re.compile(r"<(?:dict|array|string|integer|real|true|false|date|data)[\s/>]")
"""How a property list begins that has no <plist> around it; elsewhere than at its start that may be anything."""

_START: Final = re.compile(r"<\?xml\s|<!DOCTYPE\s+plist|<plist[\s/>]")
_PAGE: Final = re.compile(r"(?:<\?xml[^<>]{0,200}\?>\s{0,9})?(?:<!DOCTYPE\s+html|<html[\s/>])", re.IGNORECASE)
_LINE_END: Final = re.compile(r"\r\n?|\n")


def decode(data: bytes, budget: Budget) -> str:
    """The bytes as text, by their byte order mark, their declaration, or as UTF-8; raises UnreadableProfileError."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    name = marked or _declared(data, budget)
    try:
        text = data.decode(name)
    except UnicodeDecodeError as failure:
        raise _undecodable(data, name, failure.start) from None
    if marked:
        _compare(text, marked, budget)
    return text.removeprefix("\ufeff")


def _undecodable(data: bytes, name: str, place: int) -> UnreadableProfileError:
    line = len(_LINE_END.findall(data[:place].decode("latin-1").replace("\0", ""))) + 1
    seems = " and seems to be in Windows-1252 or ISO-8859-1 (Latin-1)" if _is_latin(data, name, place) else ""
    return UnreadableProfileError(
        f"Byte {place + 1:,} of the file is no character in {name.upper()}, the encoding that it says or seems to be "
        f"in; it stands in line {line:,}{seems}. Save the file as UTF-8."
    )


def _is_latin(data: bytes, name: str, place: int) -> bool:
    """Is what stands around a byte that is no UTF-8 a text in the encoding that old systems of the West used?"""
    around = data[max(0, place - _AROUND) : place + _AROUND]
    return name == "utf-8" and data[place] >= 0xA0 and not _CONTROLS.search(around)


def _compare(text: str, name: str, budget: Budget) -> None:
    """Tell where the text declares another encoding than the one that it begins in, which is the one that counts."""
    found = _DECLARATION.match(text, 1 if text.startswith("\ufeff") else 0)
    said = found[1] if found else ""
    if (known := _charset(said)) and known[:6] != name[:6]:
        family = name[:6].rstrip("-").upper()
        budget.note(f"The file says that it is in {said.upper()}, and is read as {family}, which it is in.")


def _declared(data: bytes, budget: Budget) -> str:
    found = _DECLARED.search(data, 0, _HEAD)
    if not found:
        return "utf-8"
    said = found[1].decode("ascii")
    name = _charset(said) or _charset(said.lower().removeprefix("x-"))
    if not name:
        raise UnreadableProfileError(f"The encoding {said!r} of the file is not known. Save it as UTF-8.")
    if name.startswith(_WIDE):
        # What could be read so far is one byte a character.
        budget.note(f"The file says that it is in {said.upper()}, and is read as UTF-8, which it is in.")
        return "utf-8"
    return name


def _charset(said: str) -> str:
    """The name that Python has for an encoding of files; empty where there is none."""
    try:
        name = codecs.lookup(said).name
        # Not each codec of Python is one of texts.
        "a".encode(name)
    except (LookupError, UnicodeError):
        return ""
    return "" if name.replace("-", "_") in _NO_CHARSETS else name


def trim(text: str, budget: Budget) -> tuple[str, int]:
    """The text from the property list on, and the number of lines before it; raises UnreadableProfileError."""
    first = _after_comments(text)
    if _PAGE.match(text, first):
        check_page(text, first)
    start = _START.match(text, first) or _BARE.match(text, first) or _START.search(text, first)
    if not start:
        raise UnreadableProfileError(
            "The file is no configuration profile: there is no property list in it. Choose the .mobileconfig file."
        )
    if start.start() > first:
        check_before(text[: start.start()])
        budget.note("What stands before the XML is left out.")
    lines = sum(1 for _ in _LINE_END.finditer(text, 0, start.start()))
    return text[start.start() :], lines


def _after_comments(text: str) -> int:
    """Where the first thing stands that is neither blank nor a comment."""
    place = _blank_end(text, 0)
    while comment := _COMMENT.match(text, place):
        place = _blank_end(text, comment.end())
    return place


def _blank_end(text: str, place: int) -> int:
    blank = _BLANK.match(text, place)
    return blank.end() if blank else place
