"""What the items of a list are named by on the page.

"2x1f0c9d3ax5b…" is the third one that is stored, and says so with a checksum of what may be seen of it, so that a kept
secret never lands in another item; the last part tells lists apart. What a copy of it is called goes on with "y", and
static/js/items.js makes such, too. Others are new.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from secrets import token_hex
from typing import Any, Final
from zlib import crc32

from profiles.catalogue.keys import Dictionary, Key

TOKEN: Final = re.compile(r"[A-Za-z0-9_]{1,80}")


def token_of(item: Mapping[str, Any], index: int, dictionary: Dictionary, name: str) -> str:
    """The token of an item that is stored at `index` in the list called `name`."""
    return f"{_mark(index, dictionary, item)}x{crc32(name.encode()):x}"


def fresh() -> str:
    """The token of a new item."""
    return f"n{token_hex(6)}"


def copied(token: str) -> str:
    """The token of a copy of an item, which brings along what is stored of it."""
    original = original_of(token)
    return f"{original}y{fresh()}" if original[:1].isdigit() else fresh()


def is_token(text: str) -> bool:
    """Can a text be the token of an item, and no JSON?"""
    return bool(TOKEN.fullmatch(text)) and not text.isdecimal()


def original_of(token: str) -> str:
    """The token of the item that a copy is one of; itself for any other."""
    return token.partition("y")[0]


def stored_item(token: str, stored: Sequence[Mapping[str, Any]], dictionary: Dictionary) -> Mapping[str, Any]:
    """The stored item that a token names; nothing for a new one, or where another stands in its place."""
    original = original_of(token).rpartition("x")[0]
    index = original.partition("x")[0]
    if index.isdecimal() and int(index) < len(stored):
        item = stored[int(index)]
        if _mark(int(index), dictionary, item) == original:
            return item
    return {}


def item_id(token: str) -> str:
    """The id of an item on the page."""
    return f"item-{token}"


def _mark(index: int, dictionary: Dictionary, item: Mapping[str, Any]) -> str:
    """Which stored item this is, and what it looks like."""
    keys = dictionary.shape.by_path
    flat = dictionary.shape.flat(item)
    # Values that nobody may see, or that may have some inside, must not be guessed from the page.
    visible = {path: value for path, value in flat.items() if path in keys and _is_open(keys[path], value)}
    return f"{index}x{crc32(json.dumps(visible, sort_keys=True).encode('utf-8', 'replace')):08x}"


def _is_open(key: Key, value: Any) -> bool:
    parts = value if isinstance(value, list) else [value]
    return not key.secret and all(isinstance(part, str | int | float) for part in parts)
