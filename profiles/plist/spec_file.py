"""Spec files: a profile as JSON or YAML that a person or a pipeline writes, read into a document and back."""

from __future__ import annotations

import copy
import difflib
import itertools
import re
import ssl
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from profiles.catalogue import registry
from profiles.catalogue.conditions import same
from profiles.catalogue.envelope import ENVELOPE
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
)
from profiles.catalogue.shape import nest
from profiles.catalogue.spec import Payload
from profiles.catalogue.versions import OPERATING_SYSTEMS, OperatingSystem, Targets, is_version
from profiles.exceptions import DocumentError, SpecError
from profiles.plist import encoding, spec_text
from profiles.plist.build import property_list
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument, derived_uuid
from profiles.plist.spec_folder import SpecFolder

IDENTIFIER_PREFIX: Final = "local.profile-designer"
"""What a PayloadIdentifier begins with that is derived from the name of the profile."""

MAX_NAME: Final = 100

_PEM: Final = b"-----BEGIN CERTIFICATE-----"
_PEM_END: Final = b"-----END CERTIFICATE-----"
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@dataclass(frozen=True)
class _Reading:
    """What values may name: payloads by their names, and files in the folder of the spec."""

    uuids: Mapping[str, str]
    folder: SpecFolder

    def uuid(self, reference: str, place: str) -> str:
        """The PayloadUUID of the payload that “@name” refers to."""
        name = reference.removeprefix("@")
        if name in self.uuids:
            return self.uuids[name]
        close = _close(name, self.uuids)
        hint = f"Did you mean “@{close}”?" if close else f"There are: {', '.join(self.uuids) or 'none'}."
        raise SpecError(f"{place} refers to {reference[:60]!r}, but no payload is called so. {hint}")


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
    _convert(ENVELOPE.keys, envelope, _Reading({}, folder), "“profile”")
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
    reading = _Reading({part.name: part.uuid for part in parts}, folder)
    for part, place in zip(parts, places, strict=True):
        values = cast(dict[str, Any], part.values)
        _convert(part.payload.keys, values, reading, place)
        _disarm(part.payload, values, place)
    return parts


def resolve(payloads: Iterable[PayloadDocument]) -> tuple[PayloadDocument, ...]:
    """The payloads with each “@name” in a reference turned into a PayloadUUID; raises SpecError."""
    parts = [replace(part, values=copy.deepcopy(dict(part.values))) for part in payloads]
    reading = _Reading({part.name: part.uuid for part in parts}, NO_FOLDER)
    for part in parts:
        _convert(part.payload.keys, cast(dict[str, Any], part.values), reading, part.name)
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
        meant = _close(slug, known) or next((p.slug for p in known.values() if p.payload_type == slug), "")
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
            meant = "iOS" if name.lower() == "ipados" else _close(name, OPERATING_SYSTEMS)
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


def _convert(keys: Iterable[Key], values: dict[str, Any], reading: _Reading, place: str) -> None:
    """Give values their property list type where JSON and YAML have none, or a person would not mind it."""
    for key in keys:
        holder: Any = values
        for part in key.path.split(".")[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and key.name in holder:
            holder[key.name] = _converted(key, holder[key.name], reading, place)


def _converted(key: Key, value: Any, reading: _Reading, place: str) -> Any:
    match key, value:
        case Reference(), str() if value.startswith("@"):
            return reading.uuid(value, f"{key.name} of {place}")
        case Data(), {"file": str(name), **rest} if not rest:
            return reading.folder.read(name)
        case Data(), {"file": _, **rest} if not rest:
            raise SpecError(f"The “file” of {key.name} of {place} is not a name. Put the name in quotes.")
        case _, {"file": str(), **rest} if not rest and not isinstance(key, Dictionary | Languages):
            raise SpecError(
                f"{key.name} of {place} holds no data, so it cannot come from a file. Write its value."
            )
        case Date(), str():
            try:
                return encoding.parse_date(value)
            except (DocumentError, OverflowError):
                return value
        case Real(), int() if not isinstance(value, bool) and abs(value) < 2**63:
            return float(value)
        case ListOf(item=item), list():
            return [_converted(item, part, reading, place) for part in value]
        case Dictionary(keys=keys), dict():
            _convert(keys, value, reading, place)
    return value


def _disarm(payload: Payload, values: dict[str, Any], place: str) -> None:
    """Turn a certificate in PEM into DER, where the payload wants that."""
    flat = payload.flat(values)
    for key in payload.keys:
        if not isinstance(key, Certificate):
            continue
        value, wants_pem = flat.get(key.path), key.armoured and key.armoured.evaluate(flat)
        if isinstance(value, bytes) and not wants_pem and _PEM in value:
            if value.count(_PEM) > 1:
                raise SpecError(
                    f"{key.name} of {place} holds {value.count(_PEM)} certificates. Give each a payload of its own."
                )
            flat[key.path] = _der(value, f"{key.name} of {place}")
    values.update(nest(flat))


def _der(pem: bytes, place: str) -> bytes:
    try:
        inside = pem[pem.index(_PEM) : pem.index(_PEM_END) + len(_PEM_END)]
        return ssl.PEM_cert_to_DER_cert(inside.decode("ascii"))
    except ValueError:
        raise SpecError(f"{place} is a damaged PEM file. Copy the whole file again.") from None


def _dictionary(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SpecError(f"{place[:1].upper()}{place[1:]} is not a dictionary. Write keys with values.")
    return value


def _only(values: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    for name in values:
        if name not in known:
            meant = _close(name, known)
            hint = f"Did you mean “{meant}”?" if meant else f"Its keys are: {', '.join(known)}."
            raise SpecError(f"{place} has no key {name[:60]!r}. {hint}")


def _close(name: str, known: Iterable[str]) -> str:
    by_folded = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name[:60].lower(), by_folded, n=1, cutoff=0.75)
    return by_folded[close[0]] if close else ""
