"""A document as the bytes of a property list: minimal, type-exact, and the same for the same document."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from typing import Any

from profiles.catalogue.conditions import is_set
from profiles.catalogue.shape import Shape, nest
from profiles.catalogue.spec import Payload
from profiles.exceptions import BuildError
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.validate import structure


def build(document: Document) -> bytes:
    """The unsigned profile as XML, keys sorted; raises BuildError where a value cannot be written.

    Problems that a property list can hold, such as a missing key, do not matter here: see `validate`.
    """
    for problem in structure(document):
        raise BuildError(problem.message, payload=problem.payload, path=problem.path)
    return dump(document)


def dump(document: Document) -> bytes:
    """The same for a document of which `validate` has said already that every value can be written."""
    return plistlib.dumps(property_list(document), fmt=plistlib.FMT_XML, sort_keys=True)


def property_list(document: Document) -> dict[str, Any]:
    """The same as a dictionary, as plistlib would load it."""
    _, envelope, values = next(document.parts())
    return {
        **written(envelope, values),
        "PayloadType": envelope.payload_type,
        "PayloadVersion": 1,
        "PayloadUUID": document.uuid,
        "PayloadContent": [_payload(part, document.identifier) for part in document.payloads],
    }


def _payload(part: PayloadDocument, profile_identifier: str) -> dict[str, Any]:
    payload = part.payload
    return {
        **part.unknown,
        **written(payload, part.values),
        **payload.discriminator,
        "PayloadType": payload.type_of(part.values),
        "PayloadVersion": 1,
        "PayloadUUID": part.uuid,
        "PayloadIdentifier": f"{profile_identifier}.{part.slug}.{part.uuid}",
    }


def written(payload: Payload, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are set, and those that are written in any case."""
    kept: dict[str, Any] = _without_none(nest(_flat(payload.shape, values)))
    return kept


def _flat(shape: Shape, values: Mapping[str, Any]) -> dict[str, Any]:
    flat = {path: value for path, value in shape.flat(values).items() if is_set(value)}
    for key in shape.keys:
        if key.always_emitted and key.path not in flat:
            flat[key.path] = "" if key.default is None else key.default
        for inner in key.shapes if key.path in flat else ():
            flat[key.path] = [_item(inner, item) for item in flat[key.path]]
    return flat


def _item(shape: Shape, item: Any) -> Any:
    """An item of a list, with what is written in any case."""
    emitted = any(key.always_emitted for key in shape.keys) and isinstance(item, dict)
    return {**item, **nest(_flat(shape, item))} if emitted else item


def _without_none(value: Any) -> Any:
    """What is None is as if it were not there, also in the dictionaries inside lists."""
    if isinstance(value, dict):
        return {name: _without_none(item) for name, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value
