"""Intentions: what a key was meant for that the catalogue does not know, as far as anybody can say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from profiles.catalogue.conditions import NEVER_REVEALED, is_set
from profiles.catalogue.findings import Severity
from profiles.catalogue.fixes import NOTHING
from profiles.catalogue.keys import Boolean, Key, Switch
from profiles.catalogue.shape import Shape, last_name
from profiles.catalogue.values import plist_type_of
from profiles.plist.imported.source_form import IDENTIFIER, TYPE, UUID, VERSION
from profiles.plist.validation.likeness import is_contrary, is_surely, letters, more_words
from profiles.plist.validation.owners import Owner, owner_at, owners

MAX_COMPARED: Final = 60
"""Characters of an unknown key, and keys beside it, up to which a similar name is looked for."""

BY_EACH: Final = (TYPE, VERSION, IDENTIFIER, UUID)
"""Keys that the build writes at the top of each payload."""

_MOST_HINTS: Final = 3


@dataclass(frozen=True, kw_only=True)
class Intention:
    """What one key was meant for; all empty where nobody can say.

    path          the key that it surely is, or whose contrary it says (`is_contrary`)
    value         what is to be written there; NOTHING where a person has to say
    is_taken      something is set there already
    owners        the lists in whose items it belongs
    containers    the dictionaries in one of which it belongs; `is_idle` says that it does nothing there, either
    fixed         the key that the build writes by itself
    foreign       what the payload is for that has it, in words, where no device looks at it in this one
    hints         the names that may have been meant
    """

    path: str = ""
    value: Any = field(default=NOTHING, repr=False)
    is_taken: bool = False
    is_contrary: bool = False
    owners: Sequence[Owner] = ()
    containers: Sequence[str] = ()
    is_idle: bool = False
    fixed: str = ""
    foreign: str = ""
    hints: Sequence[str] = ()

    @property
    def is_told(self) -> bool:
        """Can anybody say more than what may have been meant?"""
        return bool(self.path or self.owners or self.containers or self.fixed or self.foreign)


NO_INTENTION: Final = Intention()


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The dictionary that a key stands in.

    shape, values   its declarations, and what is set in it, by paths
    prefix          what goes before its paths
    outer           the one with the list that it is an item of
    """

    shape: Shape
    values: Mapping[str, Any] = field(repr=False)
    prefix: str = ""
    outer: Surroundings | None = None

    def intention(self, path: str, value: Any) -> tuple[Intention, Surroundings]:
        """What the key at `path` was meant for, and seen from where: what surrounds it is asked where it has no say."""
        nearest, place, here = (
            intention(path, value, self.shape, self.values),
            f"{self.prefix}{path}",
            self.outer,
        )
        if nearest.is_told:
            return nearest, self
        while here:
            found = intention(place.removeprefix(here.prefix), value, here.shape, here.values)
            if found.is_told:
                return found, here
            here = here.outer
        return nearest, self


def intention(path: str, value: Any, shape: Shape, values: Mapping[str, Any]) -> Intention:
    """What the key at `path` was meant for, with `values` (flat) in the same dictionary."""
    name = last_name(path)
    if fixed := next((each for each in shape.fixed if letters(each) == letters(name)), ""):
        return Intention(fixed=fixed)
    if called := _by_what_is_in_it(path, value, shape, values):
        return Intention(path=called, value=value)
    if foreign := next(
        (words for each, words in shape.foreign.items() if each.casefold() == name.casefold()), ""
    ):
        return Intention(foreign=foreign)
    if len(values) > MAX_COMPARED or len(name) > MAX_COMPARED:
        return NO_INTENTION
    misnamed = _misnamed(path, value, shape)
    whole = owner_at(misnamed, shape) if misnamed and isinstance(value, dict) else None
    if whole:
        return Intention(owners=(whole,))
    known = _known(shape)
    here = container(path)
    beside = {last_name(each): each for each in known if container(each) == here}
    elsewhere = _elsewhere(path, known)
    meant = misnamed or _same(name, beside) or (elsewhere[0] if len(elsewhere) == 1 else "")
    if not meant and (lists := owners(path, shape)):
        return Intention(owners=lists)
    if meant := meant or _only([each for right, each in beside.items() if is_surely(name, right)]):
        return Intention(path=meant, value=_fitting(shape, meant, value), is_taken=_is_taken(meant, values))
    if contrary := _only([each for right, each in beside.items() if is_contrary(name, right)]):
        turned = _turned(shape.by_path.get(contrary), value)
        return Intention(path=contrary, value=turned, is_taken=_is_taken(contrary, values), is_contrary=True)
    if inside := [each for each in map(container, elsewhere) if each]:
        return Intention(containers=inside)
    if idle := _elsewhere(path, _idle(shape)):
        return Intention(containers=[container(each) for each in idle], is_idle=True)
    hints = _hints(name, value, beside, shape)
    return Intention(fixed=name if here and name in BY_EACH else "", hints=hints)


def _by_what_is_in_it(path: str, value: Any, shape: Shape, values: Mapping[str, Any]) -> str:
    """The dictionary that is not there and has all that stands in this one, which has all that it cannot do without."""
    if not isinstance(value, dict) or len(value) > MAX_COMPARED:
        return ""
    return _only(
        [
            each
            for each in shape.containers
            if container(each) == container(path)
            and not _is_taken(each, values)
            and _is_whole(value, each, shape)
        ]
    )


def _is_whole(value: Mapping[Any, Any], path: str, shape: Shape) -> bool:
    needed = {
        last_name(key.path)
        for key in shape.keys
        if key.container == path
        and key.required is True
        and key.revealed_by is None
        and not key.always_emitted
    }
    if not needed or not needed <= value.keys():
        return False
    names = {last_name(each) for each in (*shape.by_path, *shape.containers) if container(each) == path}
    return value.keys() <= names


def container(path: str) -> str:
    """The path of the dictionary that a key stands in; empty at the top."""
    return path[: -len(last_name(path))].removesuffix(".") if "." in path else ""


def _misnamed(path: str, value: Any, shape: Shape) -> str:
    """The key that others call so: of several the one that takes the value."""
    name, here = last_name(path).casefold(), container(path)
    names = {each.casefold(): meant for each, meant in shape.misnomers.items()}
    found = names.get(path.casefold()) or [
        each for each in names.get(name, ()) if here in ("", container(each))
    ]
    fitting = (each for each in found if _fitting(shape, each, value) is not NOTHING)
    return next(fitting, found[0] if found else "")


def _known(shape: Shape) -> list[str]:
    """The paths that something can have been meant for."""
    useful = [path for path, key in shape.by_path.items() if key.revealed_by != NEVER_REVEALED]
    return [
        *useful,
        *(each for each in shape.containers if any(path.startswith(f"{each}.") for path in useful)),
    ]


def _idle(shape: Shape) -> list[str]:
    """The paths of what is known, and does nothing wherever it stands."""
    known = {*_known(shape)}
    idle = [path for path, key in shape.by_path.items() if key.revealed_by == NEVER_REVEALED]
    return [*idle, *(each for each in shape.containers if each not in known)]


def _elsewhere(path: str, known: Sequence[str]) -> list[str]:
    """The known paths of the same name in all dictionaries, in any letters."""
    name = last_name(path).casefold()
    return [each for each in known if last_name(each).casefold() == name]


def _same(name: str, beside: Mapping[str, str]) -> str:
    """The key beside it that is written in the same letters."""
    return _only([each for known, each in beside.items() if letters(known) == letters(name)])


def _only(found: Sequence[str]) -> str:
    return found[0] if len(found) == 1 else ""


def _is_taken(path: str, values: Mapping[str, Any]) -> bool:
    return path in values or any(each.startswith(f"{path}.") for each in values)


def _fitting(shape: Shape, path: str, value: Any) -> Any:
    """The value as the key takes it, NOTHING where it does not: a rename must not make it worse."""
    key = shape.by_path.get(path)
    if key is None:
        return value if isinstance(value, dict) else NOTHING
    meant = key.meant(value, {})
    if not is_set(meant) or any(each.severity is Severity.ERROR for each in key.check(meant, path, {})):
        return NOTHING
    return value if plist_type_of(value) is key.type else meant


def _turned(key: Key | None, value: Any) -> Any:
    """The contrary of a switch, as its key takes it; NOTHING where the value is none."""
    if not isinstance(value, bool | int) or value not in (0, 1):
        return NOTHING
    match key:
        case Switch():
            return 1 - int(value)
        case Boolean():
            return not value
    return NOTHING


def _is_alike(key: Key | None, value: Any) -> bool:
    """Has a value the type of a key (None for a dictionary of keys), or one that stands for it?"""
    if key is None:
        return isinstance(value, dict)
    return plist_type_of(key.meant(value, {})) is key.type


def _hints(name: str, value: Any, beside: Mapping[str, str], shape: Shape) -> list[str]:
    """The keys beside it of which its name has some words, or which have some of its: the nearest, if they are few.

    Those that take the value, otherwise those of its type.
    """
    far = {known: words for known in beside if (words := more_words(name, known))}
    fitting = [known for known in far if _fitting(shape, beside[known], value) is not NOTHING]
    asked = fitting or [known for known in far if _is_alike(shape.by_path.get(beside[known]), value)]
    nearest = [known for known in asked if far[known] == min(far[each] for each in asked)]
    return nearest if len(nearest) <= _MOST_HINTS else []
