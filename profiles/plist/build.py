"""A document as the bytes of a property list: minimal, type-exact, and the same for the same document."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Key, Languages, ListOf
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import Shape, escaped, nest
from profiles.exceptions import BuildError
from profiles.plist import xml_writer as writer
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.imported.source_form import CONTENT, TYPE, UUID, VERSION, Kept
from profiles.plist.validation.validate import structure


def build(document: Document) -> bytes:
    """The unsigned profile as XML, known keys sorted; raises BuildError where a value cannot be written.

    Problems that a property list can hold, such as a missing key, do not matter here: see `validate`. What comes from
    a file is written as the file had it.
    """
    for problem in structure(document):
        raise BuildError(problem.message, payload=problem.payload, path=problem.path)
    return dump(document)


def dump(document: Document) -> bytes:
    """The same for a document of which `validate` has said already that every value can be written."""
    return writer.dump(property_list(document))


def property_list(document: Document) -> dict[str, Any]:
    """The same as a dictionary, as plistlib would load it."""
    _, envelope, values = next(document.parts())
    own = {
        TYPE: envelope.payload_type,
        VERSION: 1,
        UUID: document.uuid,
        CONTENT: [payload_list(part, document.identifier) for part in document.payloads],
    }
    kept = document.kept
    # What a file had in place of payloads stays until there are some.
    kept = kept.having(CONTENT) if kept and document.payloads else kept
    found = {**written(envelope, values, kept), **(kept.over(own) if kept else own)}
    unknown = [name for name in values if not envelope.shape.knows(escaped(name))]
    return _ordered(found, unknown, kept)


def payload_list(part: PayloadDocument, profile_identifier: str) -> dict[str, Any]:
    """One payload as a dictionary, as plistlib would load it."""
    own = part.generated(profile_identifier)
    rest = {**part.unknown, **written(part.payload, part.values, part.kept)}
    return _ordered({**rest, **(part.kept.over(own) if part.kept else own)}, part.unknown, part.kept)


def written(payload: Payload, values: Mapping[str, Any], kept: Kept | None = None) -> dict[str, Any]:
    """The values that are set, and those that are written in any case; of an imported part all, and nothing else."""
    found = nest(_flat(payload.shape, values)) if kept is None else dict(values)
    ordered: dict[str, Any] = _without_none(_sorted(payload.shape, found))
    return ordered


def written_items(key: ListOf, items: Sequence[Any], *, imported: bool) -> Iterator[tuple[int, Any]]:
    """The items of a list that are written, each with its index among all; of an imported part all, as they stand."""
    for index, item in enumerate(items):
        if imported or not key.is_left_out(item):
            yield index, written_item(key.item, item, imported=imported)


def written_item(key: Key, item: Any, *, imported: bool) -> Any:
    """An item of a list as it is written: of an imported part as it stands, else without what is empty in it."""
    return item if imported or not key.shapes else _item(key.shapes[0], item)


def _flat(shape: Shape, values: Mapping[str, Any]) -> dict[str, Any]:
    held = {path: _held(shape.by_path.get(path), value) for path, value in shape.flat(values).items()}
    flat = {path: value for path, value in held.items() if is_set(value)}
    for key in shape.keys:
        if key.always_emitted and key.path not in flat:
            flat[key.path] = "" if key.default is None else key.default
        for inner in key.shapes if key.path in flat else ():
            if isinstance(flat[key.path], list):
                flat[key.path] = [_item(inner, item) for item in flat[key.path]]
    return flat


def _held(key: Key | None, value: Any) -> Any:
    """A value without what stands for nothing inside it."""
    if isinstance(key, ListOf) and isinstance(value, list):
        return [item for item in value if not key.is_left_out(item)]
    if isinstance(key, Languages) and isinstance(value, dict):
        return {language: text for language, text in value.items() if text != ""}
    return value


def _item(shape: Shape, item: Any) -> Any:
    """An item of a list: what is set in it, and what is written in any case."""
    return nest(_flat(shape, item)) if isinstance(item, dict) else item


def _ordered(found: Mapping[str, Any], unknown: Collection[str], kept: Kept | None) -> dict[str, Any]:
    """The keys in the order of the file, where that is known; else sorted, with unknown ones behind as they stood."""
    first = [name for name in kept.order if name in found] if kept else []
    known = sorted(found.keys() - set(unknown))
    return {name: found[name] for name in dict.fromkeys([*first, *known, *found])}


def _sorted(shape: Shape, values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A copy with the known keys sorted; unknown ones, behind them, keep their order, and so does what is in them."""
    paths = {name: f"{prefix}{escaped(name)}" for name in values}
    known = sorted(name for name, path in paths.items() if shape.knows(path))
    return {name: _value(shape, paths[name], values[name]) for name in dict.fromkeys([*known, *values])}


def _value(shape: Shape, path: str, value: Any) -> Any:
    if path in shape.containers and isinstance(value, dict):
        return _sorted(shape, value, f"{path}.")
    key = shape.by_path.get(path)
    if isinstance(key, Languages) and isinstance(value, dict):
        return {language: value[language] for language in sorted(value)}
    inner = key.shapes[0] if key and key.shapes else None
    return _inside(inner, value) if inner else value


def _inside(shape: Shape, value: Any) -> Any:
    """The dictionaries in a value, sorted."""
    if isinstance(value, list):
        return [_inside(shape, item) for item in value]
    return _sorted(shape, value) if isinstance(value, dict) else value


def _without_none(value: Any) -> Any:
    """What is None is as if it were not there, also in the dictionaries inside lists."""
    if isinstance(value, dict):
        return {name: _without_none(item) for name, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value
