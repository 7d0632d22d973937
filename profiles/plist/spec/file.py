"""Spec files: a profile as JSON or YAML that a person or a pipeline writes, read into a document."""

from __future__ import annotations

import copy
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from profiles.catalogue import registry
from profiles.catalogue.conditions import same
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.payload_type import Payload
from profiles.exceptions import SpecError
from profiles.plist.build import property_list
from profiles.plist.document import Document, PayloadDocument, derived_uuid
from profiles.plist.imported.source_form import CONTENT, IDENTIFIER, TYPE, UUID, VERSION
from profiles.plist.spec import syntax
from profiles.plist.spec.folder import SpecFolder
from profiles.plist.spec.shape import (
    dictionary,
    known_type,
    only,
    payload_name,
    read_targets,
    take_imported,
    take_unknown,
    take_uuid,
)
from profiles.plist.spec.values import Reading, convert, disarm

PROFILE: Final = "“profile”"
"""What errors call the envelope."""

IDENTIFIER_PREFIX: Final = "local.profile-designer"
"""What a PayloadIdentifier begins with that is derived from the name of the profile."""

NO_FOLDER: Final = SpecFolder()


def read_spec(text: str, folder: SpecFolder = NO_FOLDER) -> Document:
    """The document that a spec describes; raises SpecError where it is no spec.

    {"profile": {…envelope keys, "targets": {"iOS": "17.0"}}, "payloads": [{"type", "name", "values": {…}}]}

    Values are in the shape of the property list. ISO dates and whole numbers are converted where the
    catalogue has a date or a real; other wrong types, and unknown keys, stay for `validate` to tell of.
    “@name” in a reference is the payload of that name, {"file": "ca.pem"} in data a file in `folder`.
    What is left out is derived, so that it is the same in each build: PayloadIdentifier (`IDENTIFIER_PREFIX`
    and the name of the profile), the name of a payload (its type), each PayloadUUID (from both).

    A payload, and “profile”, may have “unknown” keys, and tell as “imported” how a file had it (see `Kept`). With that,
    even if it is empty, nothing in the part is converted, and nothing added.
    """
    spec = syntax.parse(text)
    only(spec, ("profile", "payloads"), "The spec")
    if not spec:
        raise SpecError("The spec holds nothing. Write a “profile” and its “payloads”.")
    envelope = dictionary(spec.get("profile", {}), PROFILE)
    targets = read_targets(envelope.pop("targets", {}))
    kept = take_imported(envelope, (TYPE, VERSION, UUID, CONTENT), PROFILE)
    envelope |= take_unknown(envelope, envelope, (), PROFILE)
    if kept is None:
        envelope.setdefault(IDENTIFIER, _derived_identifier(envelope))
    identifier = envelope.get(IDENTIFIER) or ""
    uuid = take_uuid(envelope, PROFILE, as_given=kept is not None) or derived_uuid(str(identifier))
    bare = Document(uuid=uuid, envelope={IDENTIFIER: identifier}, targets=targets, payloads=())
    _drop_fixed(envelope, property_list(bare), (TYPE, VERSION), PROFILE)
    if kept is None:
        convert(ENVELOPE.keys, envelope, Reading(uuids={}, folder=folder), PROFILE)
    payloads = _payloads(spec.get("payloads", []), bare, folder)
    return Document(uuid=uuid, envelope=envelope, targets=targets, payloads=tuple(payloads), kept=kept)


def own_keys(payload: Payload) -> tuple[str, ...]:
    """The keys of a payload that the build writes by itself, which are no “values” in a spec."""
    return (TYPE, VERSION, IDENTIFIER, *payload.discriminator)


def known_keys(payload: Payload) -> frozenset[str]:
    """The keys at the top of a payload that are not “unknown” in a spec."""
    return payload.shape.names | {UUID, *own_keys(payload)}


def _payloads(given: Any, bare: Document, folder: SpecFolder) -> list[PayloadDocument]:
    if not isinstance(given, list):
        raise SpecError("“payloads” is not a list. Write a list, even for a single payload.")
    entries = [dictionary(entry, f"payloads[{index}]") for index, entry in enumerate(given)]
    names = _names(entries)
    places = [f"payloads[{index}] ({name})" for index, name in enumerate(names)]
    raised = _raised(entries)
    parts = [
        _payload(entry, name, place, bare) for entry, name, place in zip(entries, names, places, strict=True)
    ]
    reading = Reading(uuids={part.name: part.known_as for part in parts}, folder=folder, raised=raised)
    for part, place in zip(parts, places, strict=True):
        if part.kept is None:
            values = cast(dict[str, Any], part.values)
            convert(part.payload.keys, values, reading, place)
            disarm(part.payload, values, place)
    return parts


def _raised(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The PayloadUUIDs that the entries give, each with the capital letters in which it is written."""
    values = [entry.get("values") for entry in entries if "imported" not in entry]
    uuids = [each.get(UUID) for each in values if isinstance(each, dict)]
    return {uuid: uuid.upper() for uuid in uuids if isinstance(uuid, str)}


def resolve(payloads: Iterable[PayloadDocument]) -> tuple[PayloadDocument, ...]:
    """Copies of the payloads with each “@name” in a reference turned into a PayloadUUID; raises SpecError."""
    parts = [replace(part, values=copy.deepcopy(dict(part.values))) for part in payloads]
    reading = Reading(uuids={part.name: part.uuid for part in parts}, folder=NO_FOLDER)
    for part in parts:
        convert(part.payload.keys, cast(dict[str, Any], part.values), reading, part.name)
    return tuple(parts)


def _payload(entry: dict[str, Any], name: str, place: str, bare: Document) -> PayloadDocument:
    payload = registry.payload(entry["type"])
    values = dictionary(entry.get("values", {}), f"“values” of {place}")
    kept = take_imported(entry, (UUID, *own_keys(payload)), place)
    unknown = take_unknown(entry, values, known_keys(payload), place)
    uuid = take_uuid(values, place, as_given=kept is not None) or derived_uuid(bare.identifier, name)
    part = PayloadDocument(slug=payload.slug, name=name, uuid=uuid, values=values, unknown=unknown, kept=kept)
    fixed = [name for name in own_keys(payload) if name not in payload.by_path]
    _drop_fixed(values, _as_built(part, bare), fixed, place)
    return part


def _as_built(part: PayloadDocument, bare: Document) -> Mapping[str, Any]:
    empty = PayloadDocument(slug=part.slug, name=part.name, uuid=part.uuid, values={})
    document = Document(uuid=bare.uuid, envelope=bare.envelope, targets={}, payloads=(empty,))
    built: Mapping[str, Any] = property_list(document)["PayloadContent"][0]
    return built


def _drop_fixed(values: dict[str, Any], built: Mapping[str, Any], names: Iterable[str], place: str) -> None:
    """Take out what the build writes by itself, which a spec may repeat but not change."""
    for name in names:
        if name in values and not same(values.pop(name), built[name]):
            raise SpecError(f"{name} of {place} is always {built[name]!r}. Write that, or leave it out.")


def _names(entries: list[dict[str, Any]]) -> list[str]:
    """The name of each payload: the one given, or its type, with a number from the second on."""
    for index, entry in enumerate(entries):
        only(entry, ("type", "name", "values", "unknown", "imported"), f"payloads[{index}]")
        known_type(entry.get("type"), f"payloads[{index}]")
    taken: set[str] = set()
    for index, entry in enumerate(entries):
        if "name" in entry:
            name = payload_name(entry["name"], f"payloads[{index}]")
            if name in taken:
                raise SpecError(f"Two payloads are called {name!r}. Give each a name of its own.")
            taken.add(name)
    free = {slug: _free_names(slug, frozenset(taken)) for slug in registry.payloads()}
    return [entry["name"] if "name" in entry else next(free[entry["type"]]) for entry in entries]


def _free_names(slug: str, taken: frozenset[str]) -> Iterator[str]:
    numbered = (f"{slug}-{number}" for number in itertools.count(2))
    return (name for name in itertools.chain([slug], numbered) if name not in taken)


def _derived_identifier(envelope: Mapping[str, Any]) -> str:
    title = str(envelope.get("PayloadDisplayName") or "profile")
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower())[:60].strip("-")
    # A name without a Latin letter needs something of its own, or one such profile would replace another.
    return f"{IDENTIFIER_PREFIX}.{slug or derived_uuid(title)[:8].lower()}"
