"""What a value in a property list may be, whatever it stands for: its type, its size, its characters."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from profiles.catalogue.citations import own, schema, standard
from profiles.catalogue.findings import Diagnostic, Finding, Severity

MAX_TEXT: Final = 65_536
"""Characters in one text: far above any real value, far below what would choke a device or this server."""

MAX_DATA: Final = 1_048_576
"""Bytes in one data value: room for a certificate bundle."""

MAX_DEPTH: Final = 64
"""How deep values may nest: far above any real profile, far below Python's own limit."""

MAX_ITEMS: Final = 1_000
"""Items in a list whose documentation names no limit."""

# What XML 1.0 cannot hold, so neither can a property list: C0 controls but tab, line feed and carriage return,
# lone surrogates, and the two non-characters at the end of the basic plane.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


_XML: Final = standard("Extensible Markup Language (XML) 1.0", "https://www.w3.org/TR/xml/")
_PLIST: Final = standard(
    "Property list document type definition", "https://www.apple.com/DTDs/PropertyList-1.0.dtd"
)

CONTROL_CHARACTER: Final = Diagnostic(
    "control-character",
    Severity.ERROR,
    "A text holds a character that no property list can hold",
    why="XML 1.0 has no way to write most control characters, so neither a property list nor a device can read them.",
    mend="Remove the character. It often comes along with text that was copied from a terminal.",
    sources=(_XML,),
)
CARRIAGE_RETURN: Final = Diagnostic(
    "carriage-return",
    Severity.WARNING,
    "A text holds a carriage return",
    why="XML readers turn line ends into line feeds, so a carriage return has to be written in a way that devices may "
    "show as one more line break.",
    mend="Use plain line breaks.",
    sources=(_XML,),
)
TOO_LONG: Final = Diagnostic(
    "too-long",
    Severity.ERROR,
    "A value is longer than the designer takes",
    why="The limit is far above any value in use. It keeps the server and the devices from choking on a file.",
    mend="Shorten the value.",
    sources=(own("65,536 characters in one text, 1,048,576 bytes in one data value"),),
)
TOO_LARGE: Final = Diagnostic(
    "too-large",
    Severity.ERROR,
    "A number is above the range of its key",
    why="Apple's schema gives the range of the key, and devices refuse what lies outside of it. A property list holds "
    "integers of 64 bits.",
    mend="Write a number within the range that the message names.",
    sources=(schema("com.apple.vpn.managed", "range of each key"), _PLIST),
)
NOT_A_NUMBER: Final = Diagnostic(
    "not-a-number",
    Severity.ERROR,
    "A number is infinite or none at all",
    why="A property list cannot hold infinity or “not a number”.",
    mend="Write a number.",
    sources=(_PLIST,),
)
UNREADABLE: Final = Diagnostic(
    "unreadable",
    Severity.ERROR,
    "What is typed into a field has no value",
    why="The field holds something that cannot be turned into a value of its key, such as letters for a number.",
    mend="Correct what is typed, or empty the field.",
    sources=(own("fields of the form"), _PLIST),
)
WRONG_TYPE: Final = Diagnostic(
    "wrong-type",
    Severity.ERROR,
    "A value is of another type than its key",
    why="Apple's schema gives the type of each key. Devices refuse a text where a number or a list belongs, and read "
    "nothing in its place.",
    mend="Write the value in the type of the key. Where it can only have been meant in one way, the fix does so. Where "
    "a text looks like bytes, or bytes like a text, a fix is offered that you choose by itself, since others may be "
    "meant.",
    sources=(schema("com.apple.vpn.managed", "type of each key"),),
)


class PlistType(StrEnum):
    """The type of a value in a property list; an integer is neither a boolean nor a real."""

    STRING = "string"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"
    DATA = "data"
    DATE = "date"
    ARRAY = "array"
    DICTIONARY = "dictionary"


PYTHON_TYPES: Final[Mapping[type, PlistType]] = {
    str: PlistType.STRING,
    int: PlistType.INTEGER,
    float: PlistType.REAL,
    bool: PlistType.BOOLEAN,
    bytes: PlistType.DATA,
    datetime: PlistType.DATE,
    list: PlistType.ARRAY,
    dict: PlistType.DICTIONARY,
}
"""How plistlib represents each type, both ways; the match is exact, so bool is not int."""


def plist_type_of(value: object) -> PlistType | None:
    """The property list type of a Python value; None where there is none."""
    return PYTHON_TYPES.get(type(value))


_TRUTHS: Final[Mapping[str, bool]] = {
    "true": True,
    "yes": True,
    "1": True,
    "false": False,
    "no": False,
    "0": False,
}

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")


def meant(value: Any, wanted: PlistType) -> Any:
    """`value` in the type `wanted`, where it can only have been meant so; itself where nobody can say."""
    match wanted, value:
        case PlistType.BOOLEAN, int() | float() if value in (0, 1):
            return bool(value)
        case PlistType.BOOLEAN, str() if value.strip().lower() in _TRUTHS:
            return _TRUTHS[value.strip().lower()]
        case PlistType.INTEGER, float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case PlistType.INTEGER, str() if _WHOLE.fullmatch(value.strip()):
            return int(value)
        case PlistType.REAL, int() if type(value) is int and abs(value) < 2**53:
            return float(value)
        case PlistType.REAL, str() if _NUMBER.fullmatch(value.strip()):
            return float(value)
    return value


def text_in(value: Any) -> str:
    """A value where it is a text, else an empty one: of anything else nobody knows what is in it, secrets maybe."""
    return value if isinstance(value, str) else ""


def can_be_written(value: object, depth: int = 0) -> bool:
    """Could a property list hold this, whatever is inside it?"""
    if plist_type_of(value) is None or depth > MAX_DEPTH:
        return False
    match value:
        case list():
            return all(can_be_written(item, depth + 1) for item in value)
        case dict():
            return all(type(name) is str and can_be_written(item, depth + 1) for name, item in value.items())
    return all(finding.buildable for finding in check_scalar(value, "", ""))


def control_character(text: str) -> str | None:
    """The first character of `text` that XML cannot hold, as U+0000; None where all is well."""
    found = _NOT_XML.search(text)
    return f"U+{ord(found.group()):04X}" if found else None


def check_scalar(value: Any, path: str, name: str) -> Iterator[Finding]:
    """What any single value must keep to, whatever it stands for."""
    if isinstance(value, str):
        yield from check_text(value, path, name)
    elif isinstance(value, int) and not -(2**63) <= value < 2**64:
        yield TOO_LARGE.at(path, f"{name} does not fit 64 bits. Write a smaller number.", buildable=False)
    elif isinstance(value, float) and not math.isfinite(value):
        yield NOT_A_NUMBER.at(
            path, f"{name} is {value}, which is no number. Write a number.", buildable=False
        )
    elif isinstance(value, datetime) and value.tzinfo is not None:
        yield WRONG_TYPE.at(
            path, f"{name} has a time zone, which no profile can hold. Write it in UTC.", buildable=False
        )


def check_text(value: str, path: str, name: str) -> Iterator[Finding]:
    """What any string must keep to, whatever it stands for."""
    if found := control_character(value):
        yield CONTROL_CHARACTER.at(
            path,
            f"{name} holds the control character {found}, which no profile can hold. Remove it.",
            buildable=False,
        )
    if "\r" in value:
        yield CARRIAGE_RETURN.at(
            path,
            f"{name} holds a carriage return, which devices may show as one more line break. Use plain line breaks.",
        )
    if len(value) > MAX_TEXT:
        yield TOO_LONG.at(
            path,
            f"{name} has {len(value):,} characters, more than the {MAX_TEXT:,} allowed. Shorten it.",
        )
