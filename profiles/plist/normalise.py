"""What an imported profile is written otherwise than Apple documents it, offered to be put right: never by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.shape import Shape, nest
from profiles.catalogue.spec import Payload
from profiles.catalogue.understanding import understood
from profiles.catalogue.values import plist_type_of
from profiles.plist.change import SECRET, shown, with_type
from profiles.plist.document import Document
from profiles.plist.kept import Kept
from profiles.plist.oddities import Kind as Oddities
from profiles.plist.oddities import Oddity, oddities
from profiles.plist.references import pointed

NOTHING: Final = "not there"


class Kind(StrEnum):
    """What is put right; the value is what it is called to a person."""

    TYPE = "Type"
    EMPTY = "Empty value"
    PEM = "PEM in data"
    LEFT_OUT = "Left out"
    IDENTITY = "Identity"
    VERSION = "Version"

    @property
    def help(self) -> str:
        """What it is about, in a sentence."""
        return _HELP[self]


_HELP: Final[Mapping[Kind, str]] = {
    Kind.TYPE: "The value means the same, in the type that devices expect.",
    Kind.EMPTY: "It says nothing, and some devices stumble over it.",
    Kind.PEM: "Devices expect the same certificate as DER.",
    Kind.LEFT_OUT: "Without it some systems do not install the profile, or do not connect.",
    Kind.IDENTITY: "Devices tell payloads apart by it; references follow.",
    Kind.VERSION: "Devices expect the whole number 1.",
}


@dataclass(frozen=True, kw_only=True)
class Normalisation:
    """One value that can be put right.

    part, path     where it stands: ENVELOPE_NAME or the payload's UUID in upper case, and its path with indices
    name, label    the part and the key for a person
    before, after  both for a person, with their types; of a secret nothing but these
    """

    part: str
    path: str
    kind: Kind
    name: str
    label: str
    before: str
    after: str

    @property
    def id(self) -> str:
        """What it is chosen by: the same for the same file."""
        return f"{self.part}/{self.path}"


def normalisations(document: Document) -> list[Normalisation]:
    """All that can be put right, part by part; nothing in what was made here."""
    return [each for part in _parts(document) for each in _of(part)]


def normalise(document: Document, chosen: Collection[str]) -> Document:
    """The document with those put right whose `id` is among `chosen`."""
    envelope, *payloads = [_normalised(part, chosen) for part in _parts(document)]
    found = replace(
        document,
        envelope=envelope.values,
        kept=envelope.kept,
        payloads=tuple(
            replace(given, values=part.values, kept=part.kept)
            for given, part in zip(document.payloads, payloads, strict=True)
        ),
    )
    return _following(document, found)


def _following(before: Document, after: Document) -> Document:
    """With references that say what payloads are called now; where two were called so, the first keeps them."""
    taken = {part.known_as.upper() for part in after.payloads}
    moved = {
        was.known_as.upper(): now.known_as
        for was, now in reversed([*zip(before.payloads, after.payloads, strict=True)])
        if was.known_as != now.known_as and was.known_as.upper() not in taken
    }
    if not moved:
        return after
    payloads = (
        replace(part, values=pointed(part.payload.shape, part.values, moved)) for part in after.payloads
    )
    return replace(after, payloads=tuple(payloads))


@dataclass(frozen=True, kw_only=True)
class _Part:
    """The envelope or a payload; `odd` are the keys that the build would have written otherwise."""

    place: str
    name: str
    payload: Payload
    values: Mapping[str, Any]
    kept: Kept | None
    odd: Sequence[Oddity]

    def id(self, path: str) -> str:
        """What a normalisation is chosen by."""
        return f"{self.place}/{path}"


def _parts(document: Document) -> Iterator[_Part]:
    odd: dict[int, list[Oddity]] = {}
    for each in oddities(document):
        if each.is_mendable:
            odd.setdefault(each.place, []).append(each)
    places = zip(document.places().items(), document.kept_parts(), strict=True)
    for number, ((place, (name, payload, values)), kept) in enumerate(places):
        yield _Part(
            place=place, name=name, payload=payload, values=values, kept=kept, odd=odd.get(number, ())
        )


def _of(part: _Part) -> Iterator[Normalisation]:
    if part.kept is None:
        return
    yield from (_told_own(part, each) for each in part.odd)
    found: list[Normalisation] = []

    def tell(path: str, key: Key | None, before: Any, after: Any) -> bool:
        found.append(_told(part, path, key, before, after))
        return False

    understood(part.payload.shape, part.values, tell)
    yield from found
    for path, key in _missing(part.payload.shape, part.values):
        yield Normalisation(
            part=part.place,
            path=path,
            kind=Kind.LEFT_OUT,
            name=part.name,
            label=key.label,
            before=NOTHING,
            after=_told_value(key, _default(key)),
        )


def _told_own(part: _Part, odd: Oddity) -> Normalisation:
    left_out = odd.kind is Oddities.LEFT_OUT
    kind = Kind.LEFT_OUT if left_out else Kind.VERSION if odd.kind is Oddities.VERSION else Kind.IDENTITY
    hidden = part.kept is not None and odd.key in part.kept.hidden
    before = f"{SECRET} ({plist_type_of(odd.value)})" if hidden else with_type(odd.value)
    return Normalisation(
        part=part.place,
        path=odd.key,
        kind=kind,
        name=part.name,
        label=odd.key,
        before=NOTHING if left_out else before,
        after=with_type(odd.own),
    )


def _told(part: _Part, path: str, key: Key | None, before: Any, after: Any) -> Normalisation:
    same = plist_type_of(before) is plist_type_of(after)
    kind = Kind.EMPTY if after is None else Kind.PEM if same else Kind.TYPE
    return Normalisation(
        part=part.place,
        path=path,
        kind=kind,
        name=part.name,
        label=key.label if key and key.label else path,
        before=_told_value(key, before),
        after=NOTHING if after is None else _told_value(key, after),
    )


def _told_value(key: Key | None, value: Any) -> str:
    """A value with its type; a secret by its type alone."""
    if key is not None and key.secret:
        return f"{shown(key, value)} ({plist_type_of(value)})"
    return with_type(value)


def _missing(shape: Shape, values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Key]]:
    """Path and declaration of what is written in any case and is not there, lists of dictionaries included."""
    flat = shape.flat(values)
    for key in shape.keys:
        value = flat.get(key.path)
        if key.always_emitted and value is None:
            yield f"{prefix}{key.path}", key
        for index, item in enumerate(_dictionaries(key, value)):
            if item is not None:
                yield from _missing(key.shapes[0], item, f"{prefix}{key.path}[{index}].")


def _dictionaries(key: Key, value: Any) -> list[dict[str, Any] | None]:
    """The items of a list of dictionaries; None for what is none."""
    if not (isinstance(key, ListOf) and isinstance(key.item, Dictionary) and isinstance(value, list)):
        return []
    return [item if isinstance(item, dict) else None for item in value]


def _default(key: Key) -> Any:
    return "" if key.default is None else key.default


def _normalised(part: _Part, chosen: Collection[str]) -> _Part:
    if part.kept is None:
        return part
    kept = part.kept
    for odd in part.odd:
        if part.id(odd.key) in chosen:
            kept = kept.having(odd.key)

    def decide(path: str, key: Key | None, before: Any, after: Any) -> bool:
        return part.id(path) in chosen

    missing = {
        path: _default(key)
        for path, key in _missing(part.payload.shape, part.values)
        if part.id(path) in chosen
    }
    filled = _filled(part.payload.shape, part.values, missing)
    return replace(part, values=understood(part.payload.shape, filled, decide), kept=kept)


def _filled(shape: Shape, values: Mapping[str, Any], missing: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what is missing at these paths."""
    flat = shape.flat(values)
    flat |= {path: value for path, value in missing.items() if path in shape.by_path}
    for key in shape.keys:
        held = flat.get(key.path)
        for index, item in enumerate(_dictionaries(key, held)):
            start = f"{key.path}[{index}]."
            inside = {path[len(start) :]: v for path, v in missing.items() if path.startswith(start)}
            if item is not None and inside:
                flat[key.path] = [*flat[key.path]]
                flat[key.path][index] = _filled(key.shapes[0], item, inside)
    return nest(flat)
