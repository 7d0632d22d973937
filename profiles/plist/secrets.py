"""Secrets apart from the rest: split off to be encrypted, joined again to build, masked to be shown."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.spec import Payload
from profiles.plist.document import Document

MASK: Final = "••••••••"

Place = tuple[str | int, ...]
"""Where a value stands: ("IKEv2", "SharedSecret"), or with indices inside lists."""


def places(payload: Payload, values: Mapping[str, Any]) -> Iterator[tuple[Place, Key, Any]]:
    """Every secret that is set, with where it stands and its declaration."""
    for key in payload.keys:
        yield from _places(key, values, ())


def _places(key: Key, values: Any, prefix: Place) -> Iterator[tuple[Place, Key, Any]]:
    place = (*prefix, *key.path.split("."))
    value: Any = values
    for part in key.path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if key.secret:
        if is_set(value):
            yield place, key, value
    elif isinstance(key, ListOf) and isinstance(key.item, Dictionary) and isinstance(value, list):
        for index, item in enumerate(value):
            for inner in key.item.keys:
                yield from _places(inner, item, (*place, index))
    elif isinstance(key, Dictionary):
        for inner in key.keys:
            yield from _places(inner, value, place)


def split(payload: Payload, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[Place, Any]]]:
    """The values without their secrets, and the secrets with where they stood."""
    public = copy.deepcopy(dict(values))
    secrets = [(place, value) for place, _, value in places(payload, values)]
    for place, _ in secrets:
        _holder(public, place).pop(place[-1])
    return public, secrets


def join(public: Mapping[str, Any], secrets: list[tuple[Place, Any]]) -> dict[str, Any]:
    """The inverse of `split`."""
    values = copy.deepcopy(dict(public))
    for place, value in secrets:
        _holder(values, place)[place[-1]] = value
    return values


def mask(document: Document) -> Document:
    """A copy that can be shown: each secret string is MASK, each secret data a note of its length.

    What the catalogue does not know counts as secret.
    """
    shown = document.with_values(
        {name: masked_values(payload, values) for name, payload, values in document.parts()}
    )
    payloads = tuple(replace(part, unknown=dict.fromkeys(part.unknown, MASK)) for part in shown.payloads)
    return replace(shown, payloads=payloads)


def masked_values(payload: Payload, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with each secret masked."""
    public, secrets = split(payload, values)
    return join(public, [(place, masked(value)) for place, value in secrets]) if secrets else values


def masked(value: Any) -> Any:
    """What stands for one secret: of the same property list type, and without a trace of the value."""
    return f"{MASK} {len(value)} bytes".encode() if isinstance(value, bytes) else MASK


def _holder(values: dict[str, Any], place: Place) -> Any:
    holder: Any = values
    for part in place[:-1]:
        holder = holder[part] if isinstance(part, int) else holder.setdefault(part, {})
    return holder
