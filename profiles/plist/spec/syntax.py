"""The text of a spec file as plain data: JSON or YAML, checked before it can grow."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import yaml

from profiles.catalogue.values import MAX_DEPTH
from profiles.exceptions import DocumentError, SpecError
from profiles.plist import json_values
from profiles.plist.reading.budget import MAX_NODES, MAX_TREE_DEPTH

MAX_BYTES: Final = 5_000_000
"""Of a file, and of all texts in it once YAML aliases are unfolded."""

MAX_DIGITS: Final = 100

LEFT_OUT: Final = "left_out"
"""What stands for a value that was not written: {"left_out": "secret"}."""

_MOST_LEVELS: Final = MAX_TREE_DEPTH + 3
"""As deep as any file that is read as a profile, some values of which stand deeper: in `profile.imported.values`."""

_MOST_NESTED: Final = 2 * _MOST_LEVELS
"""The same for the text, where each dictionary may stand in one more: {"dictionary": {…}}."""

_MOST_AROUND: Final = 5 * MAX_NODES
"""Values of a spec that are none of the profile: the names of parts, and how they were written."""

_MOST_COMPOSED: Final = 12 * MAX_NODES
"""Values and keys that YAML may hold before anybody knows what they are."""

SPEC: Final = "The spec"
"""What errors call the text, unless told otherwise."""

_TOO_LARGE: Final = f"{{}} is larger than {MAX_BYTES // 1_000_000} MB. Make it smaller."
_TOO_DEEP: Final = "{} nests deeper than {} levels. Make it flatter."
_TOO_MANY: Final = f"{{}} holds more than {MAX_NODES:,} values. Make it smaller{{}}."
_FEWER_ALIASES: Final = ", with fewer aliases"
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")


def decode(data: bytes, what: str = SPEC) -> str:
    """The bytes of a file as text; raises SpecError when they are too many, or not UTF-8."""
    if len(data) > MAX_BYTES:
        raise SpecError(_TOO_LARGE.format(what))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise SpecError(f"{what} is not UTF-8 text (byte {failure.start + 1}). Save it as UTF-8.") from None


def parse(text: str) -> dict[str, Any]:
    """The dictionary that `text` holds, of property list types only; raises SpecError.

    JSON where it begins with `{`, else YAML. Keys that are null are left out, as if they were not there;
    {"base64": "…"} and !!binary are bytes, {"date": "…"} and YAML timestamps naive datetimes in UTC,
    {"real": "…"} a number, {"dictionary": {…}} a dictionary that looks like one of these.
    """
    if len(text) > MAX_BYTES:
        raise SpecError(_TOO_LARGE.format(SPEC))
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise SpecError("The spec is empty. Write a “profile” and its “payloads”.")
    try:
        data = _json(text, SPEC) if text.lstrip().startswith("{") else _yaml(text)
    except RecursionError:
        raise SpecError(_TOO_DEEP.format(SPEC, MAX_DEPTH)) from None
    if not isinstance(data, dict):
        raise SpecError("The spec is not a dictionary. Write “profile” and “payloads” at its top.")
    reading = _Plain(SPEC, max_depth=_MOST_LEVELS, most=MAX_NODES + _around(data))
    # Never one of the dictionaries that stand for something else, even if it looks so.
    plain = reading.dictionary(data, "", 0)
    if reading.left_out:
        raise SpecError(_gap(reading.left_out))
    return plain


def _around(data: Mapping[str, Any]) -> int:
    """How many values of a spec are none of its profile: what parts are called, and how they were written."""
    entries = data.get("payloads")
    parts = [data.get("profile"), *(entries if isinstance(entries, list) else ())]
    found = sum(_around_part(part) for part in parts if isinstance(part, dict))
    return min(("payloads" in data) + found, _MOST_AROUND)


def _around_part(part: Mapping[str, Any]) -> int:
    targets, values, imported = (part.get(name, {}) for name in ("targets", "values", "imported"))
    found = 1 + len(part.keys() & {"type", "name", "values", "unknown", "imported", "targets", "PayloadUUID"})
    found += len(targets) if isinstance(targets, dict) else 0
    found += "PayloadUUID" in values if isinstance(values, dict) else 0
    if isinstance(imported, dict):
        named = (imported.get(name) for name in ("without", "order"))
        found += len(imported) + sum(len(names) for names in named if isinstance(names, list))
    return found


def _gap(places: list[str]) -> str:
    more = len(places) - 1
    others = f", and {more} more like it" if more else ""
    return f"The value of {places[0]} was left out, because it is secret: fill it in{others}."


def parse_json(text: str, what: str, *, max_depth: int) -> Any:
    """What the JSON `text` holds, within the same limits but nested up to `max_depth`; raises SpecError.

    Bytes and dates stay as they are written; keys that are null are left out.
    """
    if len(text) > MAX_BYTES:
        raise SpecError(_TOO_LARGE.format(what))
    try:
        data = _json(text.removeprefix("\ufeff"), what)
    except RecursionError:
        raise SpecError(_TOO_DEEP.format(what, max_depth)) from None
    return _Plain(what, max_depth=max_depth, encoded=True).value(data, "", 0)


def _json(text: str, what: str) -> Any:
    def no_constant(name: str) -> Any:
        raise SpecError(f"{what} holds {name}, which is no number that a profile can hold. Write another.")

    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=no_constant)
    except json.JSONDecodeError as failure:
        where = f"at line {failure.lineno}, column {failure.colno}"
        raise SpecError(f"{what} is not valid JSON {where}: {_lowered(failure.msg)}.") from None
    except ValueError:
        raise SpecError(f"{what} holds a number with too many digits. Shorten it.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise SpecError(f"The key {name[:60]!r} stands twice in one dictionary. Keep one of them.")
        found[name] = value
    return found


def _yaml(text: str) -> Any:
    try:
        return _Loader(text).get_single_data()
    except yaml.MarkedYAMLError as failure:
        where = _at(failure.problem_mark)
        raise SpecError(f"The spec is not valid YAML{where}: {_reason(failure)}.") from None
    except yaml.YAMLError as failure:
        raise SpecError(f"The spec is not valid YAML: it holds {_unprintable(failure)}. Remove it.") from None


def _reason(failure: yaml.MarkedYAMLError) -> str:
    # A password without quotes can be read as the name of an alias or a tag, so those are never repeated.
    problem = str(failure.problem or "")
    if "alias" in problem or "tag" in problem:
        return "a value that begins with *, & or ! must be put in quotes"
    if "another document" in problem:
        return "it holds a second document"
    if isinstance(failure, yaml.constructor.ConstructorError):
        return "the value does not fit its tag"
    return _lowered(problem) or "it ends too early"


def _unprintable(failure: yaml.YAMLError) -> str:
    character = getattr(failure, "character", None)
    return f"the character U+{character:04X}" if isinstance(character, int) else "a character too many"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _at(mark: yaml.Mark | None) -> str:
    return f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""


class _Loader(yaml.SafeLoader):
    """YAML's safe loader, with limits while it reads and without its surprises."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.nodes = 0
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.nodes += 1
        if self.nodes > _MOST_COMPOSED:
            raise SpecError(_TOO_MANY.format(SPEC, _FEWER_ALIASES))
        if self.depth > _MOST_NESTED:
            raise SpecError(_TOO_DEEP.format(SPEC, MAX_DEPTH))
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            where = _at(key.start_mark)
            if key.tag == "tag:yaml.org,2002:merge":
                raise SpecError(f"The spec merges dictionaries (<<){where}. Write the keys out.")
            if key.tag != "tag:yaml.org,2002:str":
                raise SpecError(f"The key{where} is not a text to YAML. Put it in quotes.")
            if key.value in seen:
                raise SpecError(f"The key {key.value[:60]!r} stands twice{where}. Keep one of them.")
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag == "tag:yaml.org,2002:int" and len(node.value) > MAX_DIGITS:
            raise SpecError(f"The number{_at(node.start_mark)} has too many digits. Shorten it.")
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError, OverflowError):
            where = _at(node.start_mark)
            raise SpecError(f"The value{where} is no date or number that exists. Put it in quotes.") from None


def _binary(loader: _Loader, node: yaml.ScalarNode) -> bytes:
    # PyYAML's own drops what is not base64.
    try:
        return json_values.parse_base64(node.value)
    except DocumentError as failure:
        raise SpecError(f"The value{_at(node.start_mark)}: {failure}") from None


_Loader.add_constructor("tag:yaml.org,2002:binary", _binary)


class _Plain:
    """Copies data into property list types, and stops where it is too much.

    A shared value counts wherever it stands, so that what aliases unfold to is bounded, and a value that
    holds itself is too deep. With `encoded`, bytes and dates stay the dictionaries that stand for them.
    `left_out` is where a value is to be filled in.
    """

    def __init__(self, what: str, *, max_depth: int, most: int = MAX_NODES, encoded: bool = False) -> None:
        self.what = what
        self.max_depth = max_depth
        self.most = most
        self.encoded = encoded
        self.nodes = 0
        self.characters = 0
        self.left_out: list[str] = []

    def value(self, value: Any, place: str, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > self.most:
            raise SpecError(_TOO_MANY.format(self.what, "" if self.encoded else _FEWER_ALIASES))
        if depth > self.max_depth:
            raise SpecError(_TOO_DEEP.format(self.what, self.max_depth if self.encoded else MAX_DEPTH))
        match value:
            case dict() if len(value) == 1 and not self.encoded:
                return self._marked(value, place, depth)
            case dict():
                return self.dictionary(value, place, depth)
            case list():
                return [self.value(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
            case str():
                return self._text(value, place)
            case date():
                return _moment(value, place)
            case float() if not math.isfinite(value):
                raise SpecError(f"{place} is no number that a profile can hold. Write another.")
            case bytes():
                self._count(len(value))
            case None | bool() | int() | float():
                pass
            case _:
                raise SpecError(f"{place} is of a YAML type that no profile can hold. Write a plain value.")
        return value

    def dictionary(self, value: Mapping[str, Any], place: str, depth: int) -> dict[str, Any]:
        """A dictionary that is nothing but one; it does not count itself."""
        return {
            self._text(name, place): self.value(item, _joined(place, name), depth + 1)
            for name, item in value.items()
            if item is not None
        }

    def _marked(self, value: Mapping[str, Any], place: str, depth: int) -> Any:
        """What a dictionary with one key stands for, if that key says so."""
        if isinstance(value.get(LEFT_OUT), str):
            self.left_out.append(place)
            return {}
        match value:
            case {"base64": str(text)} | {"date": str(text)} | {"real": str(text)}:
                return self._decoded(value, text, place)
            case {"dictionary": dict(plain)}:
                return self.dictionary(plain, place, depth)
        return self.dictionary(value, place, depth)

    def _decoded(self, value: Mapping[str, Any], text: str, place: str) -> Any:
        self._count(len(text))
        try:
            return json_values.from_json(value)
        except (DocumentError, OverflowError) as failure:
            reason = failure if isinstance(failure, DocumentError) else "The date is out of range."
            raise SpecError(f"{place}: {reason}") from None

    def _text(self, text: str, place: str) -> str:
        self._count(len(text))
        if _HALF_CHARACTER.search(text):
            raise SpecError(f"{place or self.what} holds half of a character (a lone surrogate). Remove it.")
        return text

    def _count(self, length: int) -> None:
        self.characters += length
        if self.characters > MAX_BYTES:
            raise SpecError(_TOO_LARGE.format(self.what))


def _joined(place: str, name: str) -> str:
    shown = "".join(character if character.isprintable() else "�" for character in name[:60])
    return f"{place}.{shown}" if place else shown


def _moment(value: date, place: str) -> datetime:
    moment = (
        value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
    )
    try:
        return json_values.utc(moment)
    except OverflowError:
        raise SpecError(f"{place} is a date out of range. Write another.") from None
