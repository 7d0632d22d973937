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
from profiles.catalogue.versions import OPERATING_SYSTEMS, OperatingSystem, Targets, is_version
from profiles.exceptions import SpecError
from profiles.plist import spec_text
from profiles.plist.build import property_list
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument, derived_uuid
from profiles.plist.spec_folder import SpecFolder
from profiles.plist.spec_values import Reading, close_match, convert, disarm

IDENTIFIER_PREFIX: Final = "local.profile-designer"
"""What a PayloadIdentifier begins with that is derived from the name of the profile."""

MAX_NAME: Final = 100

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

NO_FOLDER: Final = SpecFolder()


def read_spec(text: str, folder: SpecFolder = NO_FOLDER) -> Document:
    """The document that a spec describes; raises SpecError where it is no spec.

    {"profile": {…envelope keys, "targets": {"iOS": "17.0"}}, "payloads": [{"type", "name", "values": {…}}]}

    Values are in the shape of the property list. ISO dates and whole numbers are converted where the
    catalogue has a date or a real; other wrong types, and unknown keys, stay for `validate` to tell of.
    “@name” in a reference is the payload of that name, {"file": "ca.pem"} in data a file in `folder`.
    What is left out is derived, so that it is the same in each build: PayloadIdentifier (`IDENTIFIER_PREFIX`
    and the name of the profile), the name of a payload (its type), each PayloadUUID (from both).
    """
    spec = spec_text.parse(text)
    _only(spec, ("profile", "payloads"), "The spec")
    if not spec:
        raise SpecError("The spec holds nothing. Write a “profile” and its “payloads”.")
    envelope = _dictionary(spec.get("profile", {}), "“profile”")
    targets = _targets(envelope.pop("targets", {}))
    identifier = envelope.setdefault("PayloadIdentifier", _derived_identifier(envelope)) or ""
    uuid = _uuid(envelope, "“profile”") or derived_uuid(str(identifier))
    bare = Document(uuid=uuid, envelope={"PayloadIdentifier": identifier}, targets=targets, payloads=())
    _drop_fixed(envelope, property_list(bare), ("PayloadType", "PayloadVersion"), "“profile”")
    convert(ENVELOPE.keys, envelope, Reading(uuids={}, folder=folder), "“profile”")
    payloads = _payloads(spec.get("payloads", []), bare, folder)
    return Document(uuid=uuid, envelope=envelope, targets=targets, payloads=tuple(payloads))


def _payloads(given: Any, bare: Document, folder: SpecFolder) -> list[PayloadDocument]:
    if not isinstance(given, list):
        raise SpecError("“payloads” is not a list. Write a list, even for a single payload.")
    entries = [_dictionary(entry, f"payloads[{index}]") for index, entry in enumerate(given)]
    names = _names(entries)
    places = [f"payloads[{index}] ({name})" for index, name in enumerate(names)]
    parts = [
        _payload(entry, name, place, bare) for entry, name, place in zip(entries, names, places, strict=True)
    ]
    reading = Reading(uuids={part.name: part.uuid for part in parts}, folder=folder)
    for part, place in zip(parts, places, strict=True):
        values = cast(dict[str, Any], part.values)
        convert(part.payload.keys, values, reading, place)
        disarm(part.payload, values, place)
    return parts


def resolve(payloads: Iterable[PayloadDocument]) -> tuple[PayloadDocument, ...]:
    """Copies of the payloads with each “@name” in a reference turned into a PayloadUUID; raises SpecError."""
    parts = [replace(part, values=copy.deepcopy(dict(part.values))) for part in payloads]
    reading = Reading(uuids={part.name: part.uuid for part in parts}, folder=NO_FOLDER)
    for part in parts:
        convert(part.payload.keys, cast(dict[str, Any], part.values), reading, part.name)
    return tuple(parts)


def _payload(entry: Mapping[str, Any], name: str, place: str, bare: Document) -> PayloadDocument:
    payload = registry.payload(entry["type"])
    values = _dictionary(entry.get("values", {}), f"“values” of {place}")
    uuid = _uuid(values, place) or derived_uuid(bare.identifier, name)
    part = PayloadDocument(slug=payload.slug, name=name, uuid=uuid, values=values)
    written = ("PayloadType", "PayloadVersion", "PayloadIdentifier", *payload.discriminator)
    fixed = [name for name in written if name not in payload.by_path]
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
        _only(entry, ("type", "name", "values"), f"payloads[{index}]")
        _known_type(entry.get("type"), f"payloads[{index}]")
    taken: set[str] = set()
    for index, entry in enumerate(entries):
        if "name" in entry:
            name = _name(entry["name"], f"payloads[{index}]")
            if name in taken:
                raise SpecError(f"Two payloads are called {name!r}. Give each a name of its own.")
            taken.add(name)
    free = {slug: _free_names(slug, frozenset(taken)) for slug in registry.payloads()}
    return [entry["name"] if "name" in entry else next(free[entry["type"]]) for entry in entries]


def _free_names(slug: str, taken: frozenset[str]) -> Iterator[str]:
    numbered = (f"{slug}-{number}" for number in itertools.count(2))
    return (name for name in itertools.chain([slug], numbered) if name not in taken)


def _known_type(slug: Any, place: str) -> None:
    known = registry.payloads()
    if not isinstance(slug, str):
        raise SpecError(f"{place} has no “type”. Write one of: {', '.join(known)}.")
    if slug not in known:
        meant = close_match(slug, known) or next(
            (p.slug for p in known.values() if p.payload_type == slug), ""
        )
        hint = f"Did you mean {meant}? " if meant else ""
        raise SpecError(f"{place} is of an unknown type, {slug[:60]!r}. {hint}There are: {', '.join(known)}.")


def _name(name: Any, place: str) -> str:
    if not isinstance(name, str):
        raise SpecError(f"The name of {place} is not a text. Put it in quotes.")
    if not name.strip() or not name.isprintable() or len(name) > MAX_NAME:
        raise SpecError(f"The name of {place} is not one line of 1 to {MAX_NAME} characters. Choose another.")
    if name == ENVELOPE_NAME:
        raise SpecError(f"{place} cannot be called {name!r}, as the profile itself is. Choose another name.")
    return name


def _targets(given: Any) -> Targets:
    targets: dict[OperatingSystem, str] = {}
    for name, version in _dictionary(given, "“targets”").items():
        system = next((system for system in OPERATING_SYSTEMS if system == name), None)
        if system is None:
            meant = "iOS" if name.lower() == "ipados" else close_match(name, OPERATING_SYSTEMS)
            follows = "iPadOS follows iOS in every version. " if name.lower() == "ipados" else ""
            hint = f"{follows}Write {meant}." if meant else f"There are: {', '.join(OPERATING_SYSTEMS)}."
            raise SpecError(f"{name[:60]!r} in “targets” is no operating system that is known here. {hint}")
        # YAML reads 17.0 as a number; bool is a number in Python, too.
        text = str(version) if type(version) in (str, int, float) else ""
        if not is_version(text):
            raise SpecError(
                f'The version of {system} in “targets” is none. Write it in quotes, such as "17.4".'
            )
        targets[system] = text
    return targets


def _derived_identifier(envelope: Mapping[str, Any]) -> str:
    title = str(envelope.get("PayloadDisplayName") or "profile")
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower())[:60].strip("-")
    # A name without a Latin letter needs something of its own, or one such profile would replace another.
    return f"{IDENTIFIER_PREFIX}.{slug or derived_uuid(title)[:8].lower()}"


def _uuid(values: dict[str, Any], place: str) -> str:
    """The PayloadUUID, taken out of the values; empty when there is none."""
    uuid = values.pop("PayloadUUID", "")
    if uuid and not (isinstance(uuid, str) and _UUID.fullmatch(uuid)):
        raise SpecError(f"PayloadUUID of {place} is not a UUID. Correct it, or leave it out.")
    return str(uuid).upper() if uuid else ""


def _dictionary(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SpecError(f"{place[:1].upper()}{place[1:]} is not a dictionary. Write keys with values.")
    return value


def _only(values: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    for name in values:
        if name not in known:
            meant = close_match(name, known)
            hint = f"Did you mean “{meant}”?" if meant else f"Its keys are: {', '.join(known)}."
            raise SpecError(f"{place} has no key {name[:60]!r}. {hint}")
