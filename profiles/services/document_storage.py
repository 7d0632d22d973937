"""Between Documents and rows: all that may be secret goes through encryption, and nothing else does."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.payload_type import Payload as PayloadType
from profiles.models import Payload, Profile, Revision
from profiles.plist import secrets
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.imported.source_form import Kept
from profiles.plist.json_values import from_json, to_json
from profiles.plist.templates.declaration import Declaration, Origin

NOTHING: Mapping[str, Any] = {}


def load(profile: Profile) -> Document:
    """The profile as it was saved last, decrypted, in one query; raises EncryptionError."""
    return assemble(profile, profile.payloads.order_by("position"))


def assemble(profile: Profile, rows: Iterable[Payload]) -> Document:
    """The document that a profile and its payload rows, in order, make up; raises EncryptionError."""
    apart = json.loads(profile.unseal())
    envelope, _, kept = _whole(profile.envelope, apart)
    return Document(
        uuid=profile.uuid,
        envelope=envelope,
        targets=profile.targets,
        payloads=tuple(_payload(row) for row in rows),
        declaration=_declaration(profile.declaration),
        origin=_origin(profile.origin, apart),
        kept=kept,
    )


def answers_of(profile: Profile) -> Mapping[str, str]:
    """What its template was answered with, any of which may be secret; nothing without one; raises EncryptionError."""
    answers: Mapping[str, str] = json.loads(profile.unseal()).get("answers", NOTHING)
    return answers


def revision_document(revision: Revision) -> Document:
    """The profile as it was in that revision; raises EncryptionError."""
    stored, apart = revision.document, json.loads(revision.unseal())
    envelope, _, kept = _whole(stored["envelope"], apart[ENVELOPE_NAME])
    return Document(
        uuid=stored["uuid"],
        envelope=envelope,
        targets=stored["targets"],
        payloads=tuple(
            _document(part["slug"], part["name"], part["uuid"], part["values"], apart[part["name"]])
            for part in stored["payloads"]
        ),
        declaration=_declaration(stored.get("declaration")),
        origin=_origin(stored.get("origin"), apart[ENVELOPE_NAME]),
        kept=kept,
    )


def fill_profile(profile: Profile, document: Document) -> None:
    """Put the envelope of `document` into the row; the caller saves."""
    public, apart = _split(ENVELOPE, document.envelope, kept=document.kept)
    origin = document.origin
    profile.uuid = document.uuid
    profile.envelope = public
    profile.targets = dict(document.targets)
    profile.declaration = document.declaration and document.declaration.to_json()
    profile.is_template = document.declaration is not None
    profile.origin = origin and origin.to_json()
    profile.template_id = uuid.UUID(origin.template) if origin else None
    profile.template_revision = origin.revision if origin else 0
    profile.seal(_dumped(apart | _answers(document)))


def fill_payload(row: Payload, part: PayloadDocument, position: int) -> None:
    """Put one payload into the row; the caller saves."""
    public, apart = _split(part.payload, part.values, part.unknown, part.kept)
    row.position, row.slug, row.name, row.uuid, row.values = position, part.slug, part.name, part.uuid, public
    row.seal(_dumped(apart))


def fill_revision(revision: Revision, document: Document) -> None:
    """Put the whole of `document` into the row; the caller saves."""
    envelope, apart = _split(ENVELOPE, document.envelope, kept=document.kept)
    everything = {ENVELOPE_NAME: apart | _answers(document)}
    payloads = []
    for part in document.payloads:
        values, everything[part.name] = _split(part.payload, part.values, part.unknown, part.kept)
        payloads.append({"slug": part.slug, "name": part.name, "uuid": part.uuid, "values": values})
    revision.document = {
        "uuid": document.uuid,
        "envelope": envelope,
        "targets": dict(document.targets),
        "payloads": payloads,
        "declaration": document.declaration and document.declaration.to_json(),
        "origin": document.origin and document.origin.to_json(),
    }
    revision.seal(_dumped(everything))


def fingerprint(part: PayloadDocument | Document) -> str:
    """A text that is equal for equal content; 1, 1.0 and true differ, another order of keys does not."""
    if isinstance(part, Document):
        payloads = [fingerprint(payload) for payload in part.payloads]
        made = [
            part.declaration and part.declaration.to_json(),
            part.origin and part.origin.to_json(),
            _answers(part),
            part.kept and part.kept.to_json(),
        ]
        return _canonical([part.uuid, to_json(dict(part.envelope)), dict(part.targets), payloads, made])
    return _canonical(
        [
            part.slug,
            part.name,
            part.uuid,
            to_json(dict(part.values)),
            _in_order(to_json(dict(part.unknown))),
            part.kept and part.kept.to_json(),
        ]
    )


def _declaration(stored: Any) -> Declaration | None:
    return Declaration.from_json(stored) if stored else None


def _origin(stored: Any, apart: Mapping[str, Any]) -> Origin | None:
    return Origin.from_json(stored, apart["answers"]) if stored else None


def _answers(document: Document) -> dict[str, Any]:
    """The answers, any of which may be secret."""
    return {"answers": dict(document.origin.answers)} if document.origin else {}


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _in_order(value: Any) -> str:
    """Of what nobody knows, the order of keys counts too."""
    return json.dumps(value, separators=(",", ":"))


def _dumped(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _payload(row: Payload) -> PayloadDocument:
    return _document(row.slug, row.name, row.uuid, row.values, json.loads(row.unseal()))


def _document(
    slug: str, name: str, uuid: str, public: Mapping[str, Any], apart: Mapping[str, Any]
) -> PayloadDocument:
    values, unknown, kept = _whole(public, apart)
    return PayloadDocument(slug=slug, name=name, uuid=uuid, values=values, unknown=unknown, kept=kept)


def _split(
    payload: PayloadType,
    values: Mapping[str, Any],
    unknown: Mapping[str, Any] = NOTHING,
    kept: Kept | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """JSON without anything secret, and JSON of the rest: {"secrets": [[place, value]…], "unknown": {…}, "kept"}."""
    public, found = secrets.split(payload, values)
    apart = {
        "secrets": [[list(place), to_json(value)] for place, value in found],
        "unknown": to_json(dict(unknown)),
    }
    return to_json(public), apart if kept is None else {**apart, "kept": kept.to_json()}


def _whole(
    public: Mapping[str, Any], apart: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], Kept | None]:
    """The inverse of `_split`: values, unknown and kept."""
    found = [(tuple(place), from_json(value)) for place, value in apart["secrets"]]
    kept = Kept.from_json(apart["kept"]) if "kept" in apart else None
    return secrets.join(from_json(dict(public)), found), from_json(apart["unknown"]), kept
