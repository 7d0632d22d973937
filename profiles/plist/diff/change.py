"""One difference between two documents, and what its two values are called; never a secret."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Key
from profiles.catalogue.shape import ESCAPED_DOT
from profiles.catalogue.values import plist_type_of
from profiles.plist.json_values import to_json
from profiles.plist.secrets import MASK, is_open, masked_unknown

NOTHING: Final = "not set"
EMPTY: Final = "empty"
REMOVED: Final = "removed"
SECRET: Final = "a secret"  # noqa: S105 — the word that stands for one
ANOTHER_SECRET: Final = "another secret"  # noqa: S105

SHORT: Final = 32
"""Bytes that are shown as they are; of more, a fingerprint says as much to a person."""

Two = tuple[Any, Any]
"""The old and the new."""


@dataclass(frozen=True)
class Change:
    """One difference: `old` and `new` are texts for a person, `payload` and `path` say where.

    `note` says what the key is, where the catalogue does not.
    """

    payload: str
    path: str
    label: str
    old: str
    new: str
    note: str = field(default="", compare=False)

    @property
    def place(self) -> str:
        """The path, unless the label says it already."""
        return "" if self.path.replace(ESCAPED_DOT, ".") == self.label else self.path


def exact(value: Any) -> str:
    """A text that differs where the property lists would: 1, 1.0 and true are three values."""
    return json.dumps(to_json(value), sort_keys=True, default=repr)


def are_same(one: Any, other: Any) -> bool:
    """Would the property lists be the same? As `exact` has it, without writing either where that can be seen."""
    if one is other:
        return True
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(
                are_same(item, other[name]) for name, item in one.items()
            )
        case list(), list():
            return len(one) == len(other) and all(map(are_same, one, other))
        case (str(), str()) | (bytes(), bytes()):
            return bool(one == other)
    return exact(one) == exact(other)


def as_json(value: Any, *, indent: int | None = None) -> str:
    """A value of any type, on one line unless there is an indent."""
    return json.dumps(to_json(_with_masks(value)), ensure_ascii=False, default=repr, indent=indent)


def _with_masks(value: Any) -> Any:
    """A value in which what stands for secret data is a text, to be read by a person."""
    match value:
        case dict():
            return {name: _with_masks(item) for name, item in value.items()}
        case list():
            return [_with_masks(item) for item in value]
        case bytes() if value.startswith(MASK.encode()):
            return value.decode("utf-8", "replace")
    return value


def unknown_value(value: Any) -> str:
    """The value of an unknown key for a person, with a mask for each text and data in it."""
    if not is_set(value):
        return EMPTY
    masked = _with_masks(masked_unknown(value))
    return masked if isinstance(masked, str) else _open_text(masked)


def _open_text(value: Any) -> str:
    """A value that is no text as a person writes it."""
    if isinstance(value, datetime):
        return f"{value.isoformat(timespec='seconds')}Z"
    return as_json(value)


def shown(key: Key | None, value: Any, *, other: bool = False) -> str:
    """A value for a person; a secret, as each text and data of an unknown key, is just called one."""
    if not is_set(value):
        return NOTHING
    if key is None and is_open(value):
        return unknown_value(value)
    if key is None or key.secret:
        return ANOTHER_SECRET if other else SECRET
    if plist_type_of(value) is not key.type:
        return with_type(value)
    if isinstance(value, str | int | float | bool):
        return key.option_title(value)
    return _bytes(value) if isinstance(value, bytes) else as_json(value)


def _bytes(value: bytes) -> str:
    if len(value) <= SHORT:
        return value.hex()
    return f"{len(value):,} bytes, SHA-256 {hashlib.sha256(value).hexdigest()[:16]}…"


def with_type(value: Any) -> str:
    """A value as XML has it, with its type, where that is what matters: "true (boolean)"."""
    match value:
        case str():
            text = repr(value)
        case float():
            text = str(value)
        case bool() | int() | datetime():
            text = _open_text(value)
        case bytes():
            text = f"{len(value):,} bytes"
        case _:
            text = as_json(value) if value else ""
    return f"{text[:100]} ({plist_type_of(value)})".strip()


def empty_texts(was: Any, now: Any) -> tuple[str, str]:
    """Two that hold nothing, of which one may not be there."""
    kinds = ["" if None in (was, now) else f" ({plist_type_of(each)})" for each in (was, now)]
    old, new = (
        NOTHING if each is None else f"{EMPTY}{kind}" for each, kind in zip((was, now), kinds, strict=True)
    )
    return old, new


def secret_texts(was: Any, now: Any) -> tuple[str, str]:
    """Two secrets that differ."""
    return _two(was, now, hidden=(True, True))


def unknown_texts(was: Any, now: Any) -> tuple[str, str]:
    """Two values of an unknown key that differ; what has a text or data in it is just called a secret."""
    return _two(was, now, hidden=(not is_open(was), not is_open(now)))


def _two(was: Any, now: Any, *, hidden: tuple[bool, bool]) -> tuple[str, str]:
    if not is_set(was) and not is_set(now):
        return empty_texts(was, now)
    kinds = plist_type_of(was), plist_type_of(now)
    retyped = None not in kinds and kinds[0] is not kinds[1]
    words = SECRET, ANOTHER_SECRET if is_set(was) and hidden[0] else SECRET
    old, new = (
        NOTHING
        if each is None
        else f"{EMPTY if not is_set(each) else word if hides else unknown_value(each)}"
        f"{f' ({kind})' if retyped else ''}"
        for each, word, hides, kind in zip((was, now), words, hidden, kinds, strict=True)
    )
    return old, new


def plain_texts(was: Any, now: Any, *, hidden: bool) -> tuple[str, str]:
    """The two values of a key that the build writes: names and numbers, unless `hidden`; all else may be secret."""
    retyped = is_set(was) and is_set(now) and plist_type_of(was) is not plist_type_of(now)
    old, new = (_plain(each, retyped=retyped, hidden=hidden) for each in (was, now))
    return (old, new) if old != new else (old, ANOTHER_SECRET)


def _plain(value: Any, *, retyped: bool, hidden: bool) -> str:
    if not is_set(value):
        return NOTHING if value is None else f"{EMPTY} ({plist_type_of(value)})"
    if not is_open(value) and (hidden or not isinstance(value, str)):
        return f"{SECRET} ({plist_type_of(value)})" if retyped else SECRET
    return with_type(value) if retyped else value if isinstance(value, str) else _open_text(value)
