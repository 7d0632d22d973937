"""One part of a profile as XML that a person edits: masks in place of secrets, unknown keys and all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.exceptions import UnreadableProfileError
from profiles.plist import secrets
from profiles.plist.build import payload_list, property_list
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.imported.source_form import CONTENT, Kept
from profiles.plist.masks import MaskKey, Masks
from profiles.plist.reading.load import Loaded, load
from profiles.plist.reading.read import read, read_payload
from profiles.plist.secrets import Kind, Place
from profiles.plist.xml_writer import dump

MAX_CHARACTERS: Final = 1_000_000
"""Of the XML of one part."""

_BEFORE: Final = re.compile(r"\A.*?<plist[^>]*>\n?", re.DOTALL)
_AFTER: Final = "</plist>"


def write(document: Document, part: str, key: bytes) -> str:
    """The XML of the envelope (ENVELOPE_NAME, without its payloads) or of the payload with that UUID.

    A `<dict>` without what stands around it; `key` is that of the server for masks.
    """
    tree, _ = _covered(document, part, key)
    return f"{_without_frame(tree)}\n"


def reveal(document: Document, part: str, key: bytes, text: str) -> str:
    """XML that came back, with the texts and data that nobody knows in place of their masks."""
    _, masks = _covered(document, part, key)
    for mask, value in masks.undeclared():
        text = text.replace(f"<string>{mask}</string>", _without_frame(value))
    return text


@dataclass(frozen=True, kw_only=True)
class ReadBack:
    """The document with a part as its XML says, and sentences on what could not be taken as it was written."""

    document: Document
    notes: tuple[str, ...]


def read_back(document: Document, part: str, key: bytes, text: str) -> ReadBack:
    """What the XML of a part says, where each mask stays what it stands for.

    Raises UnreadableProfileError where it is no XML of a part, MaskError for a mask that cannot stand where it does.
    """
    loaded = _parsed(text)
    if not isinstance(loaded.value, dict):
        raise UnreadableProfileError("The XML holds no <dict> at its top. Write one, with the keys in it.")
    _, masks = _covered(document, part, key)
    values = masks.uncovered(loaded.value, lambda tree: _kinds(_put(document, part, tree), part))
    return ReadBack(document=_put(document, part, values), notes=loaded.notes)


def _covered(document: Document, part: str, key: bytes) -> tuple[dict[str, Any], Masks]:
    """A part as a property list with masks in it, and the masks."""
    masks = Masks(MaskKey(key, f"{document.uuid}/{part}"))
    if part == ENVELOPE_NAME:
        tree = property_list(secrets.cover_envelope(replace(document, payloads=()), masks.put))
        if document.kept is None or CONTENT not in document.kept.values:
            tree.pop(CONTENT, None)
    else:
        payload = secrets.cover_payload(_part(document, part), masks.put)
        tree = payload_list(payload, document.identifier)
    masks.shown(tree)
    return tree, masks


def _kinds(document: Document, part: str) -> dict[Place, Kind]:
    """Where in the property list of a part something counts as secret."""
    if part == ENVELOPE_NAME:
        found = dict(secrets.places(ENVELOPE, document.envelope))
        kept = document.kept
    else:
        payload = _part(document, part)
        found = dict(secrets.places(payload.payload, payload.values))
        # What tells payloads of one PayloadType apart is shown, whatever it says.
        telling = {name for each in registry.payloads().values() for name in each.discriminator}
        found |= {(name,): Kind.UNKNOWN for name in payload.unknown if name not in telling}
        kept = payload.kept
    return found | {(name,): Kind.ODD for name in (kept.hidden if kept else ())}


def _put(document: Document, part: str, values: Mapping[str, Any]) -> Document:
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


def _without_frame(value: Any) -> str:
    """A value as XML, without what stands around it in a file."""
    return _BEFORE.sub("", dump(value).decode()).replace(_AFTER, "").strip()


def _part(document: Document, uuid: str) -> PayloadDocument:
    return next(part for part in document.payloads if part.uuid == uuid)
