"""Variables that the texts of a document hold and nobody has declared, as they would be declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from profiles.catalogue.keys import Address, Dictionary, Key, ListOf
from profiles.catalogue.shape import Shape
from profiles.plist.document import Document
from profiles.plist.templates.declaration import MAX_VARIABLES, Declaration, Variable, VariableKind
from profiles.plist.templates.variables import confidential, lone, uses

HOSTS: Final = frozenset({"RemoteAddress", "HTTPProxy", "HTTPSProxy"})
"""Names of keys whose value is a host name or an IP address."""

_DIGITS: Final = 9


@dataclass(frozen=True, kw_only=True)
class Undeclared:
    """A variable, and where it stands: names of parts and paths, indices inside lists included."""

    variable: Variable
    places: Sequence[tuple[str, str]]


def undeclared(document: Document) -> list[Undeclared]:
    """Those that a template may still have, in the order in which they stand in the document."""
    declared = {each.name for each in (document.declaration or Declaration()).variables}
    hidden = confidential(document)
    parts = {name: (payload.shape, values) for name, payload, values in document.parts()}
    found = (
        Undeclared(
            variable=Variable(name=name, kind=_kind(name, places, parts), secret=name in hidden),
            places=places,
        )
        for name, places in uses(document).items()
        if name not in declared
    )
    return [*found][: MAX_VARIABLES - len(declared)]


def _kind(
    name: str, places: Sequence[tuple[str, str]], parts: Mapping[str, tuple[Shape, Mapping[str, Any]]]
) -> VariableKind:
    """What the keys take of which it is the whole value, and a text where they do not agree."""
    keys = (_alone(name, *parts[part], path) for part, path in places)
    told = {kind for key in keys if key and (kind := _taken(key))}
    return told.pop() if len(told) == 1 else VariableKind.TEXT


def _alone(name: str, shape: Shape, values: Mapping[str, Any], path: str) -> Key | None:
    """The key at a path, such as `AlwaysOn.TunnelConfigurations[1].RemoteAddress`, where nothing else stands in it."""
    outside, bracket, rest = path.partition("[")
    key, value = shape.by_path.get(outside), shape.flat(values).get(outside)
    if not bracket:
        return key if lone(value) == name else None
    number, _, inside = rest.partition("]")
    # The name of an unknown key may look like a place in a list.
    place = int(number) if number.isdecimal() and len(number) < _DIGITS else -1
    if not isinstance(key, ListOf) or not isinstance(value, list) or not 0 <= place < len(value):
        return None
    item = value[place]
    if isinstance(key.item, Dictionary) and isinstance(item, dict):
        return _alone(name, key.item.shape, item, inside.removeprefix("."))
    return key.item if not inside and lone(item) == name else None


def _taken(key: Key) -> VariableKind | None:
    if isinstance(key, Address):
        return VariableKind.URL
    if key.name in HOSTS:
        return VariableKind.HOSTNAME
    return VariableKind.EMAIL if key.placeholder and VariableKind.EMAIL.fits(key.placeholder) else None
