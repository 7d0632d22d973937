"""A document as a spec that a person can read and edit, and from which the build makes the same profile again."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.payload_type import Payload
from profiles.exceptions import SpecError
from profiles.plist import secrets
from profiles.plist.build import written
from profiles.plist.diff.change import are_same
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.imported.source_form import IDENTIFIER, UUID, Kept
from profiles.plist.json_values import MARKS, to_json
from profiles.plist.spec import yaml_text
from profiles.plist.spec.file import known_keys, own_keys
from profiles.plist.spec.folder import SpecFolder
from profiles.plist.spec.syntax import LEFT_OUT, MAX_BYTES
from profiles.plist.spec.values import Reading, convert, disarm

SECRET: Final = "secret"  # noqa: S105 — why a value was left out
"""What a mark in place of a value says of it."""

_MARKS: Final = MARKS | {LEFT_OUT}


class Format(StrEnum):
    """What a spec is written as."""

    YAML = "yaml"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class Written:
    """The text of a spec, and where a secret was left out of it: name of the part and path, as in a problem."""

    text: str = field(repr=False)
    left_out: tuple[str, ...]


class _Gap:
    """Stands where a secret was."""


_GAP: Final = _Gap()


def write(document: Document, *, with_secrets: bool, form: Format) -> Written:
    """The spec of a document that is no template; raises SpecError where none could be read again.

    Without secrets, {"left_out": "secret"} stands in their places, which `read_spec` refuses until they are filled in.
    A part that is written as all are here has no “imported”, even if it comes from a file.
    """
    left_out: list[str] = []
    settled = _settled(document)
    public = settled if with_secrets else _without_secrets(settled, left_out)
    data = {"profile": _profile(public), "payloads": [_entry(part) for part in public.payloads]}
    return Written(text=_text(data, form), left_out=tuple(left_out))


def _text(data: dict[str, Any], form: Format) -> str:
    if form is Format.YAML:
        text = yaml_text.dump(_encoded(data, timestamps=True))
    else:
        plain = _encoded(data, timestamps=False)
        text = _json(plain, indent=2)
        # What is long because it nests deep is short without the blanks.
        text = text if _fits(text) else _json(plain, indent=None)
    if not _fits(text):
        other = "Choose JSON, which is shorter, or split it." if form is Format.YAML else "Split it."
        raise SpecError(
            f"As a spec the profile is larger than the {MAX_BYTES // 1_000_000} MB that can be read again. {other}"
        )
    return text


def _json(plain: Any, *, indent: int | None) -> str:
    return f"{json.dumps(plain, ensure_ascii=False, indent=indent)}\n"


def _fits(text: str) -> bool:
    return len(text) <= MAX_BYTES and len(text.encode()) <= MAX_BYTES


def _profile(document: Document) -> dict[str, Any]:
    known = known_keys(ENVELOPE)
    entry: dict[str, Any] = {name: value for name, value in document.envelope.items() if name in known}
    entry[UUID] = document.uuid
    if document.targets:
        entry["targets"] = dict(document.targets)
    unknown = {name: value for name, value in document.envelope.items() if name not in known}
    return {**entry, **_rest(unknown, document.kept)}


def _entry(part: PayloadDocument) -> dict[str, Any]:
    entry = {"type": part.slug, "name": part.name, "values": {UUID: part.uuid, **part.values}}
    return {**entry, **_rest(part.unknown, part.kept)}


def _rest(unknown: Mapping[str, Any], kept: Kept | None) -> dict[str, Any]:
    found: dict[str, Any] = {"unknown": dict(unknown)} if unknown else {}
    return found if kept is None else {**found, "imported": _imported(kept)}


def _imported(kept: Kept) -> dict[str, Any]:
    """The same as `Kept.to_json`, with values that are yet to be encoded."""
    told = replace(kept, values={}).to_json()
    return {"values": dict(kept.values), **told} if kept.values else told


def _settled(document: Document) -> Document:
    """The document with each part that is not read as it stands turned into one that is taken exactly."""
    envelope, kept = document.envelope, document.kept
    if kept is None and not (IDENTIFIER in envelope and _is_read_so(ENVELOPE, envelope, document.uuid)):
        envelope, kept = written(ENVELOPE, envelope), Kept()
    payloads = tuple(map(_settled_payload, document.payloads))
    return replace(document, envelope=envelope, payloads=payloads, kept=kept)


def _settled_payload(part: PayloadDocument) -> PayloadDocument:
    if part.kept is not None or _is_read_so(part.payload, part.values, part.uuid):
        return part
    return replace(part, values=written(part.payload, part.values), kept=Kept())


def _is_read_so(payload: Payload, values: Mapping[str, Any], uuid: str) -> bool:
    """Is nothing converted when a spec with these values is read?"""
    fixed = {name for name in own_keys(payload) if name not in payload.by_path}
    if uuid != uuid.upper() or not fixed.isdisjoint(values):
        return False
    read = copy.deepcopy(dict(values))
    try:
        convert(payload.keys, read, Reading(uuids={}, folder=SpecFolder()), "")
        if payload is not ENVELOPE:
            disarm(payload, read, "")
    except SpecError:
        return False
    return are_same(read, dict(values))


def _without_secrets(document: Document, left_out: list[str]) -> Document:
    """The document with gaps, the places of which are added to `left_out`."""

    def gap(name: str) -> secrets.Put:
        def put(place: secrets.Place, value: Any, kind: secrets.Kind) -> _Gap:
            left_out.append(f"{name}/{secrets.path_of(place)}")
            return _GAP

        return put

    bare = secrets.cover_envelope(document, gap(ENVELOPE_NAME))
    payloads = (secrets.cover_payload(part, gap(part.name)) for part in document.payloads)
    return replace(bare, payloads=tuple(payloads))


def _encoded(value: Any, *, timestamps: bool) -> Any:
    """A value as a spec has it, with marks where neither JSON nor YAML has the type; dates stay with `timestamps`."""
    match value:
        case _Gap():
            return {LEFT_OUT: SECRET}
        case datetime() if timestamps:
            return value
        case dict():
            plain = {
                name: _encoded(item, timestamps=timestamps)
                for name, item in value.items()
                if item is not None
            }
            return {"dictionary": plain} if len(plain) == 1 and not _MARKS.isdisjoint(plain) else plain
        case list() | tuple():
            return [_encoded(item, timestamps=timestamps) for item in value]
    return to_json(value)
