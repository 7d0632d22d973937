"""Template files: a template as JSON that another server can read, without a single secret.

{"format", "version", "profile": {"uuid", "targets", "values"}, "payloads": [{"type", "name", "uuid", "values"}],
"template": {…}, "to_be_filled_in": [{"payload", "path", "label"}]}; values are as `encoding` writes them. A part that
comes from a file has "imported", too, as `Kept` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from typing import Any, Final

from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import Shape
from profiles.catalogue.values import MAX_DEPTH, control_character
from profiles.exceptions import DocumentError, SpecError
from profiles.plist import secrets
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument, is_uuid, random_uuid
from profiles.plist.imported.source_form import Kept
from profiles.plist.json_values import from_json, to_json
from profiles.plist.spec.shape import dictionary, known_type, only, payload_name, read_targets
from profiles.plist.spec.syntax import parse_json
from profiles.plist.templates.declaration import Declaration
from profiles.plist.templates.variables import confidential, lone
from profiles.plist.validation.references import moved_to

FORMAT: Final = "profile-designer-template"
VERSION: Final = 2

_PLAIN_VERSION: Final = 1
"""That of a template without imported parts, which older servers read as well."""

MAX_NAME: Final = 255
"""Characters in the name of a payload, as many as can be stored."""

# Each level of a value can be wrapped once, and values begin three levels down.
_MAX_DEPTH: Final = 2 * (MAX_DEPTH + 1) + 3

_WHAT: Final = "The file"


@dataclass(frozen=True, kw_only=True)
class ToBeFilledIn:
    """A value that is not in the file, to be filled in: name of the part, path with indices inside lists, and label."""

    payload: str
    path: str
    label: str


def write(document: Document) -> str:
    """The template as the text of a file; the secrets in it become gaps."""
    public, gaps = _without_secrets(document)
    declaration = public.declaration or Declaration()
    data = {
        "format": FORMAT,
        "version": VERSION if any(public.kept_parts()) else _PLAIN_VERSION,
        "profile": {
            "uuid": public.uuid,
            "targets": dict(public.targets),
            "values": to_json(dict(public.envelope)),
            **_imported(public.kept),
        },
        "payloads": [_entry(part) for part in public.payloads],
        "template": declaration.to_json(),
        "to_be_filled_in": [asdict(gap) for gap in gaps],
    }
    return f"{json.dumps(data, ensure_ascii=False, indent=2)}\n"


def _entry(part: PayloadDocument) -> dict[str, Any]:
    entry = {"type": part.slug, "name": part.name, "uuid": part.uuid, "values": to_json(dict(part.values))}
    entry |= _imported(part.kept)
    return {**entry, "unknown": to_json(dict(part.unknown))} if part.unknown else entry


def _imported(kept: Kept | None) -> dict[str, Any]:
    return {} if kept is None else {"imported": kept.public().to_json()}


def read(text: str) -> tuple[Document, tuple[ToBeFilledIn, ...]]:
    """The template in the text of a file, with new UUIDs, and what has to be filled in; raises SpecError.

    A secret that somebody has written into the file is dropped, and becomes a gap.
    """
    data = _checked(parse_json(text, _WHAT, max_depth=_MAX_DEPTH))
    try:
        declaration = Declaration.from_json(data.get("template", {}))
    except DocumentError as failure:
        raise SpecError(str(failure)) from None
    _require_distinct("variables", (variable.name for variable in declaration.variables))
    profile = dictionary(data.get("profile", {}), "“profile”")
    only(profile, ("uuid", "targets", "values", "imported"), "“profile”")
    document = Document(
        uuid=_uuid(profile, "“profile”"),
        envelope=_values(profile, "values", "“profile”"),
        targets=read_targets(profile.get("targets", {})),
        payloads=_payloads(data.get("payloads", [])),
        declaration=declaration,
        kept=_kept(profile, "“profile”"),
    )
    _require_distinct_uuids(document)
    public, dropped = _without_secrets(document)
    gaps = dict.fromkeys([*_gaps(data.get("to_be_filled_in", []), document), *dropped])
    uuids = (document.uuid, *(part.uuid for part in document.payloads))
    return moved_to(public, {uuid.upper(): random_uuid() for uuid in uuids}), tuple(gaps)


def _checked(data: Any) -> dict[str, Any]:
    """The file's dictionary, if it is of this format and version."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise SpecError(f"{_WHAT} is no template that a designer has written. Choose another.")
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise SpecError(f"{_WHAT} does not tell its version. Choose one that is as it was written.")
    if version > VERSION:
        raise SpecError(
            f"This template was written by a newer version of the designer ({version}). Bring this server up to date, "
            "or ask for a template from an older one."
        )
    only(data, ("format", "version", "profile", "payloads", "template", "to_be_filled_in"), _WHAT)
    if found := _control_character(data):
        raise SpecError(f"{_WHAT} holds the control character {found}, which no profile can hold. Remove it.")
    return data


def _control_character(value: Any) -> str | None:
    match value:
        case str():
            return control_character(value)
        case dict():
            return next(filter(None, map(_control_character, [*value, *value.values()])), None)
        case list():
            return next(filter(None, map(_control_character, value)), None)
    return None


def _payloads(given: Any) -> tuple[PayloadDocument, ...]:
    if not isinstance(given, list):
        raise SpecError("“payloads” is not a list. Write a list, even for a single payload.")
    parts = [_payload(entry, f"payloads[{index}]") for index, entry in enumerate(given)]
    _require_distinct("payloads", (part.name for part in parts))
    return tuple(parts)


def _payload(given: Any, place: str) -> PayloadDocument:
    entry = dictionary(given, place)
    only(entry, ("type", "name", "uuid", "values", "unknown", "imported"), place)
    known_type(entry.get("type"), place)
    return PayloadDocument(
        slug=entry["type"],
        name=payload_name(entry.get("name"), place, most=MAX_NAME),
        uuid=_uuid(entry, place),
        values=_values(entry, "values", place),
        unknown=_values(entry, "unknown", place),
        kept=_kept(entry, place),
    )


def _kept(entry: Mapping[str, Any], place: str) -> Kept | None:
    try:
        return Kept.from_json(entry["imported"]) if "imported" in entry else None
    except DocumentError as failure:
        raise SpecError(f"“imported” of {place}: {failure}") from None


def _values(entry: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
    try:
        values = from_json(entry.get(name, {}))
    except DocumentError as failure:
        raise SpecError(f"“{name}” of {place}: {failure}") from None
    return dictionary(values, f"“{name}” of {place}")


def _uuid(entry: Mapping[str, Any], place: str) -> str:
    uuid = entry.get("uuid")
    if not is_uuid(uuid):
        raise SpecError(f"“uuid” of {place} is not a UUID. Correct it.")
    return str(uuid)


def _require_distinct(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise SpecError(f"Two {what} are called {name[:60]!r}. Give each a name of its own.")
        seen.add(name)


def _require_distinct_uuids(document: Document) -> None:
    uuids = [document.uuid.upper(), *(part.uuid.upper() for part in document.payloads)]
    if len({*uuids}) < len(uuids):
        raise SpecError("One “uuid” stands twice in the file. Give each payload one of its own.")


def _gaps(given: Any, document: Document) -> Iterator[ToBeFilledIn]:
    """What the file says has to be filled in, with the labels of this catalogue."""
    if not isinstance(given, list):
        raise SpecError("“to_be_filled_in” is not a list. Write a list, even for a single key.")
    parts = {name: payload for name, payload, _ in document.parts()}
    for index, each in enumerate(given):
        entry = dictionary(each, f"to_be_filled_in[{index}]")
        match entry:
            case {"payload": str(name), "path": str(path), "label": str(label)} if name in parts:
                key = parts[name].by_path.get(path)
                yield ToBeFilledIn(payload=name, path=path, label=key.label if key else label)
            case _:
                raise SpecError(
                    f"to_be_filled_in[{index}] is no key of a payload in the file. Write “payload”, “path” and “label”."
                )


def _without_secrets(document: Document) -> tuple[Document, list[ToBeFilledIn]]:
    """The document without secrets, and where they stood; a variable that stands for one is none.

    What nobody knows goes as a whole where there is a text or data in it.
    """
    declaration = document.declaration or Declaration()
    known = {variable.name for variable in declaration.variables}
    gaps: list[ToBeFilledIn] = []
    public: dict[str, Mapping[str, Any]] = {}
    for name, payload, values in document.parts():
        rest, found = secrets.split(payload, values)
        declared = {place for place, kind in secrets.places(payload, values) if kind is secrets.Kind.DECLARED}
        stays = [
            (place, value)
            for place, value in found
            if lone(value) in known or (place not in declared and secrets.is_open(value))
        ]
        public[name] = secrets.join(rest, stays)
        staying = {place for place, _ in stays}
        gaps += [_gap(name, payload, place) for place, _ in found if place not in staying]
    payloads = []
    for part in document.with_values(public).payloads:
        unknown = {
            key: value
            for key, value in part.unknown.items()
            if lone(value) in known or secrets.is_open(value)
        }
        gaps += [_gap(part.name, part.payload, (key,)) for key in part.unknown if key not in unknown]
        payloads.append(replace(part, unknown=unknown))
    hidden = confidential(document)
    gaps += [
        ToBeFilledIn(
            payload=ENVELOPE_NAME, path=f"variables.{variable.name}", label=f"Default of {variable.title}"
        )
        for variable in declaration.variables
        if variable.default and variable.name in hidden
    ]
    variables = tuple(
        replace(variable, default="") if variable.name in hidden else variable
        for variable in declaration.variables
    )
    bare = replace(
        document,
        envelope=public[ENVELOPE_NAME],
        payloads=tuple(payloads),
        declaration=replace(declaration, variables=variables),
    )
    return bare, gaps


def _gap(name: str, payload: Payload, place: secrets.Place) -> ToBeFilledIn:
    return ToBeFilledIn(payload=name, path=secrets.path_of(place), label=_label(payload.shape, place))


def _label(shape: Shape, place: secrets.Place) -> str:
    """What the catalogue calls the key at a place; the name of a key that it does not know."""
    names = [*takewhile(lambda part: isinstance(part, str), place)]
    key = shape.by_path.get(".".join(map(str, names)))
    inside = place[len(names) + 1 :]
    if key and key.shapes and inside:
        return _label(key.shapes[0], inside)
    return key.label if key and not inside else str(place[-1])
