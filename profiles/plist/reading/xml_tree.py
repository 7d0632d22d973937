"""An XML property list as a tree, by expat: stricter than plistlib, which passes over what it does not understand."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any, Final
from xml.parsers import expat

from profiles.catalogue.values import control_character
from profiles.exceptions import UnreadableProfileError
from profiles.plist.reading import template_code
from profiles.plist.reading.budget import Budget, shown

_CHUNK: Final = 65_536
"""Bytes that are parsed before one looks whether a limit was passed; so far one looks for code in a text, too."""

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,40}|0[xX][0-9A-Fa-f]{1,40}")
_REAL: Final = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,5})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_SPACES: Final = re.compile(r"[ \t\r\n]+")

_PAGE: Final = frozenset(
    {"html", "head", "body", "main", "article", "div", "p", "pre", "code", "span", "font", "br"}
)
"""Elements of web pages that stand around what was copied from one."""

_CUT_OFF: Final = frozenset(
    {"XML_ERROR_UNCLOSED_TOKEN", "XML_ERROR_UNCLOSED_CDATA_SECTION", "XML_ERROR_NO_ELEMENTS"}
)
"""What the parser says of a text that ends too early."""

_HINTS: Final[Mapping[str, str]] = {
    "XML_ERROR_TAG_MISMATCH": "an element ends that is not the one open",
    "XML_ERROR_INVALID_TOKEN": "a character stands where none may; an & has to be written as &amp;, a < as &lt;",
    "XML_ERROR_UNDEFINED_ENTITY": "an entity is not defined; write the character itself, and an & as &amp;",
    "XML_ERROR_MISPLACED_XML_PI": "an <?xml …?> stands where none may",
    "XML_ERROR_SYNTAX": "something stands where only an element may begin",
    "XML_ERROR_BAD_CHAR_REF": "a character is referred to that no XML can hold",
    "XML_ERROR_DUPLICATE_ATTRIBUTE": "an attribute stands twice",
}


@dataclass
class _Open:
    """An element that has begun: what it holds so far."""

    name: str
    texts: list[str] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


def parse(text: str, budget: Budget, *, line: int = 0) -> Any:
    """The value that the text holds, which begins after `line` lines; raises UnreadableProfileError."""
    return _Tree(budget, line).parse(text.encode("utf-8", "surrogatepass"))


class _Tree:
    def __init__(self, budget: Budget, line: int) -> None:
        self.budget = budget
        self.line = line
        self.open: list[_Open] = []
        self.found: list[Any] = []
        self.closed = False
        # What the text says of its encoding was true of the file, and no more of this.
        self.expat = expat.ParserCreate("utf-8")
        self.expat.buffer_text = True
        self.expat.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.expat.StartDoctypeDeclHandler = self._doctype
        self.expat.StartElementHandler = self._start
        self.expat.EndElementHandler = self._end
        self.expat.CharacterDataHandler = self._text
        self.expat.SkippedEntityHandler = self._entity
        self.expat.CommentHandler = self._comment
        self.expat.ProcessingInstructionHandler = self._instruction

    def parse(self, data: bytes) -> Any:
        try:
            for start in range(0, len(data), _CHUNK):
                self.expat.Parse(data[start : start + _CHUNK], False)
            self.expat.Parse(b"", True)
        except expat.ExpatError as failure:
            if not self.closed:
                raise self._refusal(failure, data) from None
            self.budget.note("What stands after the end of the XML is left out.")
        if len(self.found) != 1:
            what = "more than one value" if self.found else "no value"
            raise UnreadableProfileError(f"The property list holds {what} at its top. Write one <dict>.")
        return self.found[0]

    def _refusal(self, failure: expat.ExpatError, data: bytes) -> UnreadableProfileError:
        place = self.expat.ErrorByteIndex
        if odd := control_character(data[place : place + 4].decode("utf-8", "ignore")[:1]):
            return UnreadableProfileError(
                f"Line {failure.lineno + self.line:,} of the file holds the control character {odd}, which no XML can "
                "hold. Remove it."
            )
        inside = f", inside <{shown(self.open[-1].name)}>" if self.open else ""
        if any(_is(failure, name) for name in _CUT_OFF):
            return UnreadableProfileError(
                f"The file is no valid XML: it is cut off in line {failure.lineno + self.line:,}{inside}. Copy or "
                "export all of it again."
            )
        hint = next((_HINTS[name] for name in _HINTS if _is(failure, name)), expat.ErrorString(failure.code))
        return UnreadableProfileError(
            f"The file is no valid XML: in line {failure.lineno + self.line:,}, column {failure.offset + 1:,}{inside}, "
            f"{hint}. Fix it there, or export the profile again."
        )

    def _wrong(self, what: str) -> UnreadableProfileError:
        line = self.expat.CurrentLineNumber + self.line
        return UnreadableProfileError(f"Line {line:,} of the file: {what}")

    def _doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        if internal:
            raise UnreadableProfileError(
                "The file defines entities or elements of its own, which no profile needs. Remove what stands in [ ] "
                "in its DOCTYPE."
            )

    def _entity(self, name: str, is_parameter: int) -> None:
        # Its name may be a piece of a password that has an & in it.
        raise self._wrong("an entity is not defined. Write the character itself, and an & as &amp;.")

    def _comment(self, text: str) -> None:
        # One that stands around the property list says nothing of what is in it.
        if self.open:
            self.budget.note("Comments between the values are not kept.")

    def _instruction(self, target: str, text: str) -> None:
        if target.lower() == "php":
            raise template_code.refusal("PHP", self.expat.CurrentLineNumber + self.line)
        if self.open:
            self.budget.note("Instructions to other programs, such as <?style …?>, are not kept.")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self.open and self.open[-1].name not in ("plist", *_CONTAINERS):
            # Whatever it is called: that may be a piece of a password that has a < in it.
            raise self._wrong(
                f"another element begins inside <{self.open[-1].name}>. Take it out, or write the < as &lt;."
            )
        if name == "plist":
            if self.open:
                raise self._wrong("a <plist> stands inside another element. Take it out.")
        elif name != "key" and name not in _LEAVES and name not in _CONTAINERS:
            of_page = name.lower() in _PAGE
            raise self._wrong(
                f"<{shown(name)}> comes from a web page, from which the profile was copied. Remove it, with its end."
                if of_page
                else f"<{shown(name)}> is no element of a property list. Remove it."
            )
        if attributes and (name != "plist" or dict(attributes) != {"version": "1.0"}):
            self.budget.note("Attributes of elements, such as <dict id=…>, are not kept.")
        if name not in ("plist", "key"):
            self.budget.node(len(self.open) + (not self.open or self.open[0].name != "plist"))
        self.open.append(_Open(name))

    def _text(self, text: str) -> None:
        if not self.open:
            return
        if self.open[-1].name in ("plist", *_CONTAINERS, "true", "false"):
            if text.strip(" \t\r\n"):
                self._outside(text)
            return
        self.budget.take(len(text))
        self.open[-1].texts.append(text)

    def _outside(self, text: str) -> None:
        """Text that is no value: none that changes what a template becomes may be passed over."""
        self._check_filled_in(text)
        self.budget.note("Text that stands outside of any value is left out.")

    def _check_filled_in(self, text: str) -> None:
        """Raise UnreadableProfileError where something is yet to be put in; the parser stands at the text's end."""
        if code := template_code.find_gap(text[:_CHUNK]):
            line = self.expat.CurrentLineNumber - text.count("\n", code.start)
            raise template_code.refusal(code.language, line + self.line)

    def _wrong_value(self, text: str, what: str) -> UnreadableProfileError:
        """What to say of a text that is no such value, unless a template was to put one in."""
        self._check_filled_in(text)
        return self._wrong(what)

    def _end(self, name: str) -> None:
        element = self.open.pop()
        self.closed = not self.open
        if name == "plist":
            return
        text = "".join(element.texts)
        if name == "key":
            self._key(text)
        else:
            read = _LEAVES.get(name)
            self._put(read(self, text) if read else _CONTAINERS[name](self, element))

    def _key(self, text: str) -> None:
        if not self.open or self.open[-1].name != "dict":
            raise self._wrong(
                f"the key {shown(text)!r} stands outside of a <dict>. Put it into one, or remove it."
            )
        holder = self.open[-1]
        if len(holder.keys) > len(holder.items):
            raise self._wrong(f"the key {shown(holder.keys[-1])!r} has no value. Write one, or remove it.")
        holder.keys.append(text)

    def _put(self, value: Any) -> None:
        if not self.open or self.open[-1].name == "plist":
            self.found.append(value)
            return
        holder = self.open[-1]
        if holder.name == "dict" and len(holder.items) == len(holder.keys):
            raise self._wrong("a value in a <dict> has no key. Write a <key> before it.")
        holder.items.append(value)

    def _dict(self, element: _Open) -> dict[str, Any]:
        if len(element.keys) > len(element.items):
            raise self._wrong(f"the key {shown(element.keys[-1])!r} has no value. Write one, or remove it.")
        found = dict(zip(element.keys, element.items, strict=True))
        if len(found) < len(element.keys):
            seen: set[str] = set()
            for key in element.keys:
                if key in seen:
                    self.budget.note(
                        f"The key {shown(key)!r} stands twice in one dictionary; the last one counts, as on devices."
                    )
                seen.add(key)
        return found

    def _array(self, element: _Open) -> list[Any]:
        return element.items

    def _string(self, text: str) -> str:
        return text

    def _integer(self, text: str) -> int:
        plain = text.strip()
        if not _INTEGER.fullmatch(plain):
            raise self._wrong_value(text, "an <integer> holds no whole number. Write one in digits.")
        number = int(plain, 16) if plain[:2] in ("0x", "0X") else int(plain)
        if not -(2**63) <= number < 2**64:
            raise self._wrong("an <integer> does not fit 64 bits. Write a smaller number.")
        return number

    def _real(self, text: str) -> float:
        plain = text.strip()
        number = float(plain) if _REAL.fullmatch(plain) else float("nan")
        if not isfinite(number):
            raise self._wrong_value(
                text, "a <real> holds no number that a profile can hold. Write one in digits."
            )
        return number

    def _date(self, text: str) -> datetime:
        plain = text.strip()
        what = "a <date> holds no date. Write it as 2027-01-31T12:00:00Z."
        if not _DATE.fullmatch(plain):
            raise self._wrong_value(text, what)
        try:
            return datetime.fromisoformat(plain[:-1])
        except ValueError:
            raise self._wrong(what) from None

    def _data(self, text: str) -> bytes:
        plain = _SPACES.sub("", text)
        if not _BASE64.fullmatch(plain) or len(plain) % 4:
            raise self._wrong_value(
                text, "a <data> holds something that is not base64. Copy it again, to the last character."
            )
        return base64.b64decode(plain)

    def _truth(self, text: str) -> bool:
        return True

    def _falsehood(self, text: str) -> bool:
        return False


def _is(failure: expat.ExpatError, name: str) -> bool:
    return expat.errors.codes[getattr(expat.errors, name)] == failure.code


_LEAVES: Final[Mapping[str, Callable[[_Tree, str], Any]]] = {
    "string": _Tree._string,  # noqa: SLF001 — its own
    "integer": _Tree._integer,  # noqa: SLF001
    "real": _Tree._real,  # noqa: SLF001
    "true": _Tree._truth,  # noqa: SLF001
    "false": _Tree._falsehood,  # noqa: SLF001
    "date": _Tree._date,  # noqa: SLF001
    "data": _Tree._data,  # noqa: SLF001
}
_CONTAINERS: Final[Mapping[str, Callable[[_Tree, _Open], Any]]] = {
    "dict": _Tree._dict,  # noqa: SLF001
    "array": _Tree._array,  # noqa: SLF001
}
