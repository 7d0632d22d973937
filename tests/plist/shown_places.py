"""Every place of a payload type that everybody sees, and how a text would be put there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from profiles.catalogue.keys import Dictionary, Key, Languages, ListOf
from profiles.catalogue.shape import nest


def with_text(keys: Iterable[Key], text: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The path of each key that is no secret, those inside items too, and nested values in which it has `text`.

    Lists have it as an item and in their own place, texts by language as one of them.
    """
    for key in keys:
        if not key.secret:
            for path, value in _values(key, text):
                yield path, nest({key.path: value})


def with_secret(keys: Iterable[Key], text: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same for each key that is secret."""
    for key in keys:
        if key.secret:
            yield key.path, nest({key.path: text})
        elif isinstance(key, ListOf) and isinstance(key.item, Dictionary):
            for path, inner in with_secret(key.item.keys, text):
                yield f"{key.path}[0].{path}", nest({key.path: [inner]})


def _values(key: Key, text: Any) -> Iterator[tuple[str, Any]]:
    yield key.path, text
    match key:
        case ListOf(item=Dictionary() as item):
            for path, inner in with_text(item.keys, text):
                yield f"{key.path}[0].{path}", [inner]
        case ListOf():
            yield f"{key.path}[0]", [text]
        case Languages():
            yield f"{key.path}.default", {"default": text}
        case Dictionary():
            for path, inner in with_text(key.keys, text):
                yield f"{key.path}.{path}", inner
