"""The values in a spec: given their types in the property list, with what they name put in its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from profiles.catalogue.keys import (
    Certificate,
    Data,
    Date,
    Dictionary,
    Key,
    Languages,
    ListOf,
    Real,
    Reference,
    Switch,
)
from profiles.catalogue.keys.data import PEM_BEGIN, der_of
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import nest
from profiles.exceptions import DocumentError, SpecError
from profiles.plist import json_values
from profiles.plist.spec.folder import SpecFolder

MAX_FILES: Final = 20_000_000
"""Bytes of all files that a spec names; one that is named twice counts twice, as it is twice in the profile."""


@dataclass(kw_only=True)
class Reading:
    """What values may name: payloads by their names, and files in `folder`, of which `size` bytes were read.

    `raised` are PayloadUUIDs as the spec has them, and in the capital letters in which they are written.
    """

    uuids: Mapping[str, str]
    folder: SpecFolder
    raised: Mapping[str, str] = field(default_factory=dict)
    size: int = 0

    def uuid(self, reference: str, place: str) -> str:
        """The PayloadUUID of the payload that “@name” refers to."""
        name = reference.removeprefix("@")
        if name in self.uuids:
            return self.uuids[name]
        close = close_match(name, self.uuids)
        hint = f"Did you mean “@{close}”?" if close else f"There are: {', '.join(self.uuids) or 'none'}."
        raise SpecError(f"{place} refers to {reference[:60]!r}, but no payload is called so. {hint}")

    def file(self, name: str) -> bytes:
        """The bytes of a file; raises SpecError, also where those of all files become too many."""
        data = self.folder.read(name)
        self.size += len(data)
        if self.size > MAX_FILES:
            raise SpecError(
                f"The files that the spec names have more than {MAX_FILES // 1_000_000} MB together. "
                "Name fewer, or make several profiles."
            )
        return data


def convert(keys: Iterable[Key], values: dict[str, Any], reading: Reading, place: str) -> None:
    """Give values their property list type where JSON and YAML have none, or a person would not mind it.

    Raises SpecError where a value names what is not there.
    """
    for key in keys:
        holder: Any = values
        for part in key.path.split(".")[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and key.name in holder:
            holder[key.name] = _converted(key, holder[key.name], reading, place)


def _converted(key: Key, value: Any, reading: Reading, place: str) -> Any:
    match key, value:
        case Reference(), str() if value.startswith("@"):
            return reading.uuid(value, f"{key.name} of {place}")
        case Reference(), str():
            return reading.raised.get(value, value)
        case Data(), {"file": str(name), **rest} if not rest:
            return reading.file(name)
        case Data(), {"file": _, **rest} if not rest:
            raise SpecError(f"The “file” of {key.name} of {place} is not a name. Put the name in quotes.")
        case _, {"file": str(), **rest} if not rest and not isinstance(key, Dictionary | Languages):
            raise SpecError(
                f"{key.name} of {place} holds no data, so it cannot come from a file. Write its value."
            )
        case Date(), str():
            try:
                return json_values.parse_date(value)
            except (DocumentError, OverflowError):
                return value
        case Real(), int() if not isinstance(value, bool) and abs(value) < 2**63:
            return float(value)
        case Switch(), bool():
            return int(value)
        case ListOf(item=item), list():
            return [_converted(item, part, reading, place) for part in value]
        case Dictionary(keys=keys), dict():
            convert(keys, value, reading, place)
    return value


def disarm(payload: Payload, values: dict[str, Any], place: str) -> None:
    """Turn a certificate in PEM into DER, where the payload wants that; raises SpecError."""
    flat = payload.flat(values)
    for key in payload.keys:
        if not isinstance(key, Certificate):
            continue
        value = flat.get(key.path)
        if isinstance(value, bytes) and not key.wants_pem(flat) and PEM_BEGIN in value:
            if (number := value.count(PEM_BEGIN)) > 1:
                raise SpecError(
                    f"{key.name} of {place} holds {number} certificates. Give each a payload of its own."
                )
            flat[key.path] = _der(value, f"{key.name} of {place}")
    values.update(nest(flat))


def _der(pem: bytes, place: str) -> bytes:
    der = der_of(pem)
    if der is None:
        raise SpecError(f"{place} is a damaged PEM file. Copy the whole file again.")
    return der


def close_match(name: str, known: Iterable[str]) -> str:
    """The name of `known` that `name` may be a slip of; empty where none is close."""
    by_folded = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name[:60].lower(), by_folded, n=1, cutoff=0.75)
    return by_folded[close[0]] if close else ""
