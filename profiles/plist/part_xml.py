"""One part of a profile as XML that a person edits: masks in place of secrets, unknown keys and all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from profiles.catalogue.envelope import ENVELOPE
from profiles.exceptions import UnreadableProfileError
from profiles.plist import secrets
from profiles.plist.build import payload_list, property_list
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.dump import dump
from profiles.plist.kept import CONTENT
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
    masks = _Masks()
    if part == ENVELOPE_NAME:
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
        read_envelope = read({**values, CONTENT: values.get(CONTENT, [])})
        return replace(
            document, uuid=read_envelope.uuid, envelope=read_envelope.envelope, kept=read_envelope.kept
        )
    found = read_payload(
        values, name=_part(document, part).name, uuid=part, profile_identifier=document.identifier
    )
    payloads = (found if each.uuid == part else each for each in document.payloads)
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
    """Masks, each with a number of its own."""

    def __init__(self) -> None:
        self.marks: dict[str, Any] = {}

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
        mark = f"{secrets.MASK} {len(self.marks) + 1}"
        self.marks[mark] = value
        return mark
