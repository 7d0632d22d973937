"""A property list as XML, with nothing lost."""

from __future__ import annotations

import plistlib
from typing import Any, Final
from uuid import uuid4

CARRIAGE_RETURN: Final = "&#13;"
"""How one is written: as it is, a parser would take it for a line feed, and plistlib writes it as one."""


def dump(value: Any, *, sort_keys: bool = False) -> bytes:
    """`value` as the XML that plistlib writes, where carriage returns stay what they are."""
    if not _has_carriage_return(value):
        return plistlib.dumps(value, fmt=plistlib.FMT_XML, sort_keys=sort_keys)
    mark = uuid4().hex
    # Sorted before it is marked: a mark comes after what a carriage return comes before.
    marked = _marked(value, mark, sort_keys)
    written = plistlib.dumps(marked, fmt=plistlib.FMT_XML, sort_keys=False)
    return written.replace(mark.encode(), CARRIAGE_RETURN.encode())


def _has_carriage_return(value: Any) -> bool:
    if isinstance(value, str):
        return "\r" in value
    if isinstance(value, dict):
        return any("\r" in name or _has_carriage_return(item) for name, item in value.items())
    return isinstance(value, list | tuple) and any(map(_has_carriage_return, value))


def _marked(value: Any, mark: str, sort_keys: bool) -> Any:
    match value:
        case str():
            return value.replace("\r", mark)
        case dict():
            names = sorted(value) if sort_keys else value
            return {name.replace("\r", mark): _marked(value[name], mark, sort_keys) for name in names}
        case list() | tuple():
            return [_marked(item, mark, sort_keys) for item in value]
    return value
