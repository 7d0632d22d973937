"""One part of a profile as XML that a person edits: masks in place of secrets, unknown keys and all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from profiles.catalogue.envelope import ENVELOPE
from profiles.exceptions import UnreadableProfileError
from profiles.plist import secrets
from profiles.plist.build import payload_list, property_list
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.dump import dump
from profiles.plist.kept import CONTENT, Kept
from profiles.plist.load import Loaded, load
from profiles.plist.read import read, read_payload

MAX_CHARACTERS: Final = 1_000_000
"""Of the XML of one part."""

_BEFORE: Final = re.compile(r"\A.*?<plist[^>]*>\n?", re.DOTALL)
_AFTER: Final = "</plist>"


@dataclass(frozen=True, kw_only=True)
class PartXml:
    """The XML of a part, a `<dict>` without what stands around it, and what each mask in it stands for."""

    text: str
    marks: Mapping[str, Any] = field(repr=False)


def write(document: Document, part: str) -> PartXml:
    """The XML of the envelope (ENVELOPE_NAME, without its payloads) or of the payload with that UUID."""
    if part == ENVELOPE_NAME:
        masks = _Masks(property_list(replace(document, payloads=())))
        masked = replace(
            document,
            envelope=masks.over(ENVELOPE, document.envelope),
            payloads=(),
            kept=document.kept and document.kept.hiding(masks.leaves),
        )
        tree = property_list(masked)
        if document.kept is None or CONTENT not in document.kept.values:
            tree.pop(CONTENT, None)
    else:
        payload = _part(document, part)
        masks = _Masks(payload_list(payload, document.identifier))
        tree = payload_list(
            replace(
                payload,
                values=masks.over(payload.payload, payload.values),
                unknown={name: masks.leaves(value) for name, value in payload.unknown.items()},
                kept=payload.kept and payload.kept.hiding(masks.leaves),
            ),
            document.identifier,
        )
    text = _BEFORE.sub("", dump(tree).decode()).replace(_AFTER, "").strip()
    return PartXml(text=f"{text}\n", marks=masks.marks)


@dataclass(frozen=True, kw_only=True)
class ReadBack:
    """The document with a part as its XML says, and sentences on what could not be taken as it was written."""

    document: Document
    notes: tuple[str, ...]


def read_back(document: Document, part: str, text: str) -> ReadBack:
    """What the XML of a part says, where each mask stays what it stands for.

    Raises UnreadableProfileError where it is no XML of a part.
    """
    loaded = _parsed(text)
    return ReadBack(document=_put(document, part, loaded.value), notes=loaded.notes)


def _put(document: Document, part: str, tree: Any) -> Document:
    values = secrets.unmasked(tree, write(document, part).marks)
    if not isinstance(values, dict):
        raise UnreadableProfileError("The XML holds no <dict> at its top. Write one, with the keys in it.")
    if part == ENVELOPE_NAME:
        # The payloads are parts of their own.
        found = read({**values, CONTENT: values.get(CONTENT, [])})
        kept = found.kept
        if document.kept and CONTENT in document.kept.without and CONTENT not in values:
            kept = kept or Kept()
            kept = replace(kept, without=kept.without | {CONTENT})
        return replace(document, uuid=found.uuid, envelope=found.envelope, kept=kept)
    payload = read_payload(
        values, name=_part(document, part).name, uuid=part, profile_identifier=document.identifier
    )
    payloads = (payload if each.uuid == part else each for each in document.payloads)
    return replace(document, payloads=tuple(payloads))


def _parsed(text: str) -> Loaded:
    if len(text) > MAX_CHARACTERS:
        raise UnreadableProfileError(
            f"The XML has {len(text):,} characters, more than the {MAX_CHARACTERS:,} allowed. Shorten it."
        )
    inside = text.strip()
    if not inside:
        raise UnreadableProfileError("The XML is empty. Write a <dict> with the keys in it.")
    whole = inside if inside.startswith(("<?xml", "<!DOCTYPE", "<plist")) else f"<plist>{inside}</plist>"
    return load(whole.encode("utf-8", "surrogatepass"))


def _part(document: Document, uuid: str) -> PayloadDocument:
    return next(part for part in document.payloads if part.uuid == uuid)


class _Masks:
    """Masks, each with a number of its own, none of which is one of the texts that are in the part anyway."""

    def __init__(self, part: Any) -> None:
        self.marks: dict[str, Any] = {}
        self._taken = {*_lookalikes(part)}
        self._number = 0

    def over(self, payload: secrets.HasKeys, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with a mask in place of each text, number or data that is secret."""
        public, found = secrets.split(payload, values)
        return secrets.join(public, [(place, self.leaves(value)) for place, value in found])

    def leaves(self, value: Any) -> Any:
        """The same shape, with masks: names and truths tell nothing."""
        match value:
            case dict():
                return {name: self.leaves(item) for name, item in value.items()}
            case list():
                return [self.leaves(item) for item in value]
            case bool() | "":
                return value
        mark = self._next()
        while mark in self._taken:
            mark = self._next()
        self.marks[mark] = value
        return mark

    def _next(self) -> str:
        self._number += 1
        return f"{secrets.MASK} {self._number}"


def _lookalikes(value: Any) -> Iterator[str]:
    """The texts in a value that could be taken for a mask."""
    match value:
        case dict():
            for item in value.values():
                yield from _lookalikes(item)
        case list():
            for item in value:
                yield from _lookalikes(item)
        case str() if value.startswith(secrets.MASK):
            yield value
