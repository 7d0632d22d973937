"""A template made into a profile of its own, which comes out the same each time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import nest
from profiles.exceptions import DocumentError
from profiles.plist.document import ENVELOPE_NAME, Document, derived_uuid
from profiles.plist.templates.declaration import Declaration, Origin, Place
from profiles.plist.templates.variables import completed, fill, uses
from profiles.plist.validation.references import follow, moved_to

IDENTIFIER: Final = "PayloadIdentifier"

NO_VALUES: Final[Mapping[Place, Any]] = MappingProxyType({})


def instantiate(
    template: Document,
    *,
    template_id: str,
    revision: int,
    uuid: str,
    answers: Mapping[str, str],
    values: Mapping[Place, Any] = NO_VALUES,
) -> Document:
    """The profile with the PayloadUUID `uuid` that a template becomes with these answers.

    `values` are for keys that the template asks for, by their places in the template; what is not set is taken out.
    Raises VariablesError where a variable has no value, DocumentError where a value is for any other key.
    """
    declaration = template.declaration or Declaration()
    _require_asked(values, declaration)
    moved = {template.uuid.upper(): uuid} | {
        part.uuid.upper(): part_uuid(uuid, part.uuid) for part in template.payloads
    }
    filled = fill(_moved(template, moved, uuid), completed(declaration, answers))
    mine = {place_in_instance(place, uuid): follow(value, moved) for place, value in values.items()}
    known = {variable.name for variable in declaration.variables}
    origin = Origin(
        template=template_id,
        revision=revision,
        title=template.title,
        locked=frozenset(place_in_instance(place, uuid) for place in declaration.locked),
        answers={name: answer for name, answer in answers.items() if name in known},
    )
    return replace(holding(filled, mine), origin=origin)


def place_in_instance(place: Place, uuid: str) -> Place:
    """Where a key of a template stands in the profile with the PayloadUUID `uuid` that is made from it."""
    return place if place.part == ENVELOPE_NAME else Place(part_uuid(uuid, place.part), place.path)


def part_uuid(uuid: str, part: str) -> str:
    """The PayloadUUID, in the profile with the PayloadUUID `uuid`, of the payload that has `part` in the template."""
    return derived_uuid(uuid.upper(), part.upper())


def _require_asked(places: Iterable[Place], declaration: Declaration) -> None:
    for place in places:
        if place not in declaration.asked:
            raise DocumentError(
                f"The template does not ask for {place.path}. Leave it out, or edit the profile."
            )


def _moved(template: Document, moved: Mapping[str, str], uuid: str) -> Document:
    """The template with other UUIDs, and an identifier that no other profile made from it has."""
    document = moved_to(template, moved)
    if not template.identifier or identifier_varies(template):
        return document
    identifier = f"{template.identifier}.{suffix(uuid)}"
    return replace(document, envelope={**document.envelope, IDENTIFIER: identifier})


def suffix(uuid: str) -> str:
    """What sets the identifier of the profile with that PayloadUUID apart from others of its template."""
    return uuid[:8].lower()


def identifier_varies(template: Document) -> bool:
    """Does the identifier differ from profile to profile by itself, so that the same answers give the same one?"""
    return any((ENVELOPE_NAME, IDENTIFIER) in places for places in uses(template).values())


def holding(document: Document, values: Mapping[Place, Any]) -> Document:
    """The document with these values, by their places."""
    parts = document.places()
    changed = {
        parts[part][0]: _put(parts[part][1], parts[part][2], values, part)
        for part in {place.part for place in values}
        if part in parts
    }
    return document.with_values(changed)


def _put(
    payload: Payload, held: Mapping[str, Any], values: Mapping[Place, Any], part: str
) -> Mapping[str, Any]:
    given = {place.path: value for place, value in values.items() if place.part == part}
    flat = {**payload.flat(held), **given}
    return nest({path: value for path, value in flat.items() if value is not None})
