"""Values taken out of a document, wherever they stand, and where else the same values are."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from profiles.plist.diff.change import exact
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.imported.source_form import Kept
from profiles.plist.secrets import Place, path_of

SHORTEST: Final = 4
"""Characters or bytes from which on a value is looked for elsewhere: what is shorter stands everywhere."""

VARIABLES: Final = "variables"
ANSWERS: Final = "answers"
"""What paths of the profile begin with that lead to the defaults of a template, and to the answers to one."""


@dataclass(frozen=True)
class Taken:
    """A value that was taken out, and where it stood: the name of the part, and its path there."""

    part: str
    path: str
    value: Any = field(repr=False)

    @property
    def place(self) -> str:
        """Both, as problems have it."""
        return f"{self.part}/{self.path}"


@dataclass(frozen=True)
class Purged:
    """The document without the values, and what was taken out of it."""

    document: Document
    taken: tuple[Taken, ...]


def purge(document: Document, places: Sequence[str], *, only: Collection[str] | None = None) -> Purged:
    """The document without what stands at the places: "office/IKEv2.RemoteAddress", or with a PayloadUUID for a name.

    `[]` in a path stands for every item of a list; "profile/variables.NAME" is the default of a variable,
    "profile/answers.NAME" the answer to one. With `only`, just the values go of which it has the `exact` text.
    """
    taken: list[Taken] = []

    def take(part: str, names: Collection[str]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        patterns = [_pattern(rest) for rest in _within(places, names)]

        def without(values: Mapping[str, Any]) -> dict[str, Any]:
            found = [*_matching(values, patterns, part, only)]
            taken.extend(each for each, _ in found)
            gone = {place for _, place in found}
            return _without(values, (), gone) if gone else dict(values)

        return without

    without = take(ENVELOPE_NAME, (ENVELOPE_NAME,))
    purged = replace(document, envelope=without(document.envelope), kept=_kept(document.kept, without))
    purged = _template(purged, without)
    payloads = tuple(_payload(part, take(part.name, _names(part))) for part in document.payloads)
    return Purged(replace(purged, payloads=payloads), tuple(taken))


def repeated(document: Document, values: Sequence[Any]) -> list[str]:
    """Where in a document texts and data stand that are among the values, or have one of them in them."""
    return [
        f"{part}/{path_of(place)}"
        for part, held in _everything(document)
        for place, leaf in _leaves(held, ())
        if repeats(leaf, values)
    ]


def repeats(leaf: Any, values: Sequence[Any]) -> bool:
    """Does a text, or data, have one of the values in it?"""
    found = (each for value in values for _, each in _leaves(value, ()))
    return any(type(leaf) is type(each) and each in leaf for each in found if _is_long(each))


def inside(places: Sequence[str], part: PayloadDocument) -> Iterator[str]:
    """The paths of those places that lead into a payload."""
    return _within(places, _names(part))


def exactly(taken: Sequence[Taken]) -> set[str]:
    """What was taken out, as `only` has it."""
    return {exact(each.value) for each in taken}


def _names(part: PayloadDocument) -> set[str]:
    """What a place may call a payload."""
    return {part.name, part.uuid, part.uuid.upper(), part.uuid.lower()}


def _is_long(leaf: Any) -> bool:
    return isinstance(leaf, str | bytes) and len(leaf) >= SHORTEST


def _within(places: Sequence[str], names: Collection[str]) -> Iterator[str]:
    """The paths of those places that lead into a part of these names."""
    for place in places:
        for name in names:
            if place.startswith(f"{name}/"):
                yield place[len(name) + 1 :]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(r"\[\]", r"\[\d+\]"), re.DOTALL)


def _matching(
    values: Mapping[str, Any], patterns: Sequence[re.Pattern[str]], part: str, only: Collection[str] | None
) -> Iterator[tuple[Taken, Place]]:
    for place, value in _all(values, ()) if patterns else ():
        path = path_of(place)
        if any(pattern.fullmatch(path) for pattern in patterns) and (only is None or exact(value) in only):
            yield Taken(part, path, value), place


def _payload(
    part: PayloadDocument, without: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> PayloadDocument:
    return replace(
        part, values=without(part.values), unknown=without(part.unknown), kept=_kept(part.kept, without)
    )


def _kept(kept: Kept | None, without: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Kept | None:
    return kept and replace(kept, values=without(kept.values))


def _template(document: Document, without: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Document:
    """The document without defaults of variables and answers."""
    declaration, origin = document.declaration, document.origin
    if declaration:
        defaults = {each.name: each.default for each in declaration.variables if each.default}
        left = without({VARIABLES: defaults}).get(VARIABLES, {}) if defaults else {}
        variables = tuple(
            replace(each, default=left.get(each.name, "")) if each.default else each
            for each in declaration.variables
        )
        declaration = replace(declaration, variables=variables)
    if origin and origin.answers:
        origin = replace(origin, answers=without({ANSWERS: dict(origin.answers)}).get(ANSWERS, {}))
    return replace(document, declaration=declaration, origin=origin)


def _everything(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """All that each part holds, by its name."""
    declaration, origin = document.declaration, document.origin
    more: dict[str, Any] = {}
    if declaration:
        more[VARIABLES] = {each.name: each.default for each in declaration.variables}
    if origin:
        more[ANSWERS] = dict(origin.answers)
    yield ENVELOPE_NAME, {**document.envelope, **(document.kept.values if document.kept else {}), **more}
    for part in document.payloads:
        yield part.name, {**part.values, **part.unknown, **(part.kept.values if part.kept else {})}


def _all(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """Every place in a value, with what stands there."""
    if place:
        yield place, value
    match value:
        case dict():
            for name, item in value.items():
                yield from _all(item, (*place, name))
        case list():
            for index, item in enumerate(value):
                yield from _all(item, (*place, index))


def _leaves(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """The places in a value at which no more is inside; the value itself where it holds nothing."""
    if not isinstance(value, dict | list):
        yield place, value
    yield from ((each, found) for each, found in _all(value, ()) if not isinstance(found, dict | list))


def _without(value: Any, place: Place, gone: Collection[Place]) -> Any:
    """A copy without what stands at the places; items of lists close up."""
    match value:
        case dict():
            return {
                name: _without(item, (*place, name), gone)
                for name, item in value.items()
                if (*place, name) not in gone
            }
        case list():
            return [
                _without(item, (*place, index), gone)
                for index, item in enumerate(value)
                if (*place, index) not in gone
            ]
    return value
