"""Equality as a device sees it: 1 is not true, 1.0 is not 1, and text is not data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.keys import Key, Languages

_OWN: Final = {
    "PayloadType",
    "PayloadVersion",
    "PayloadUUID",
    "PayloadIdentifier",
    "PayloadContent",
    "VPNType",
}


def differences(left: Any, right: Any, path: str = "") -> list[str]:
    """Where two property list values differ in type or content."""
    if type(left) is not type(right):
        return [f"{path}: {type(left).__name__} is not {type(right).__name__}"]
    if isinstance(left, dict):
        alone = [f"{path}.{name}: only on one side" for name in {*left} ^ {*right}]
        both = [differences(left[name], right[name], f"{path}.{name}") for name in {*left} & {*right}]
        return [*alone, *chain.from_iterable(both)]
    if isinstance(left, list):
        if len(left) != len(right):
            return [f"{path}: {len(left)} items are not {len(right)}"]
        items = zip(left, right, strict=True)
        return [found for i, (a, b) in enumerate(items) for found in differences(a, b, f"{path}[{i}]")]
    # By text, since 0.0 == -0.0.
    return [] if str(left) == str(right) else [f"{path}: {left!r} is not {right!r}"]


def losses(left: Any, right: Any) -> list[str]:
    """Where a profile differs, or has what the catalogue does not know in another order."""
    return differences(left, right) or disorder(left, right)


def disorder(left: Any, right: Any, path: str = "", *, inside: bool = False) -> list[str]:
    """Where the keys that the catalogue does not know, and all `inside` their values, stand in another order."""
    if isinstance(left, dict):
        names = [[name for name in each if inside or name not in KNOWN] for each in (left, right)]
        moved = [f"{path}: {names[0]} is not {names[1]}"] if names[0] != names[1] else []
        under = [
            disorder(left[name], right[name], f"{path}.{name}", inside=inside or name not in KNOWN)
            for name in left
            # What a language is called is no name of a key.
            if name not in LANGUAGES
        ]
        return [*moved, *chain.from_iterable(under)]
    if isinstance(left, list):
        items = zip(left, right, strict=True)
        return [
            found for i, (a, b) in enumerate(items) for found in disorder(a, b, f"{path}[{i}]", inside=inside)
        ]
    return []


def _keys(keys: Iterable[Key]) -> Iterator[Key]:
    for key in keys:
        yield key
        for shape in key.shapes:
            yield from _keys(shape.keys)


_ALL: Final = [
    *_keys([*ENVELOPE.keys, *chain.from_iterable(each.keys for each in registry.payloads().values())])
]
KNOWN: Final = frozenset([*_OWN, *chain.from_iterable(key.path.split(".") for key in _ALL)])
LANGUAGES: Final = frozenset(key.path for key in _ALL if isinstance(key, Languages))
