"""When is a key shown, and when is it needed: a closed set of conditions over the values of a payload.

A condition is evaluated over flat values (`{"IKEv2.DisconnectOnIdle": 1}`). What is not set counts as its
default for `Equals` and `OneOf`, since that is what the device will use; `IsSet` looks at what is really set.
Inside a list item the paths are relative to the item.

`to_json()` is the only form in which a condition leaves Python; `static/js/conditions.js` evaluates it in the
browser, and `tests/vectors/conditions.json` holds the cases that both must pass.
"""

from __future__ import annotations

import typing as t
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from profiles.exceptions import CatalogueError

Values = Mapping[str, t.Any]
"""Flat values: the path of a key to its value."""

NO_VALUES: Values = {}


@dataclass(frozen=True)
class Condition(ABC):
    """A question about the values of a payload."""

    @abstractmethod
    def evaluate(self, values: Values, defaults: Values = NO_VALUES) -> bool:
        """Does it hold for `values`, with `defaults` standing in for what is not set?"""

    @abstractmethod
    def to_json(self) -> dict[str, t.Any]:
        """The condition as a dictionary of one operator."""

    @abstractmethod
    def paths(self) -> Iterator[str]:
        """The paths that it asks about."""

    def __and__(self, other: Condition) -> Condition:
        return All(self, other)

    def __or__(self, other: Condition) -> Condition:
        return Any(self, other)

    def __invert__(self) -> Condition:
        return Not(self)


_SIZED: t.Final = (str, bytes, bytearray, list, dict, tuple)
"""The types of values that can be empty."""


def is_set(value: object) -> bool:
    """Is this a value that would be written? None, "", [] and {} are not."""
    # Asked of every value, many times.
    return bool(value) or (value is not None and not isinstance(value, _SIZED))


def same(left: object, right: object) -> bool:
    """Type-exact equality: 1 is neither true nor "1", as on the device."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


@dataclass(frozen=True)
class Equals(Condition):
    """The value at `path`, or its default, is `value`."""

    path: str
    value: str | int | bool

    def evaluate(self, values: Values, defaults: Values = NO_VALUES) -> bool:
        return same(_effective(self.path, values, defaults), self.value)

    def to_json(self) -> dict[str, t.Any]:
        return {"equals": [self.path, self.value]}

    def paths(self) -> Iterator[str]:
        yield self.path


@dataclass(frozen=True)
class OneOf(Condition):
    """The value at `path`, or its default, is one of `values`."""

    path: str
    options: tuple[str | int | bool, ...]

    def evaluate(self, values: Values, defaults: Values = NO_VALUES) -> bool:
        actual = _effective(self.path, values, defaults)
        return any(same(actual, option) for option in self.options)

    def to_json(self) -> dict[str, t.Any]:
        return {"one_of": [self.path, list(self.options)]}

    def paths(self) -> Iterator[str]:
        yield self.path


@dataclass(frozen=True)
class IsSet(Condition):
    """Something is set at `path`; a default does not count."""

    path: str

    def evaluate(self, values: Values, defaults: Values = NO_VALUES) -> bool:
        return is_set(values.get(self.path))

    def to_json(self) -> dict[str, t.Any]:
        return {"is_set": self.path}

    def paths(self) -> Iterator[str]:
        yield self.path


@dataclass(frozen=True, init=False)
class _Several(Condition):
    conditions: tuple[Condition, ...]

    def __init__(self, *conditions: Condition) -> None:
        object.__setattr__(self, "conditions", conditions)

    def paths(self) -> Iterator[str]:
        for condition in self.conditions:
            yield from condition.paths()


@dataclass(frozen=True, init=False)
class All(_Several):
    """Each of the conditions holds; none at all holds too."""

    def evaluate(self, values: Values, defaults: Values = NO_VALUES) -> bool:
        return all(condition.evaluate(values, defaults) for condition in self.conditions)

    def to_json(self) -> dict[str, t.Any]:
        return {"all": [condition.to_json() for condition in self.conditions]}


@dataclass(frozen=True, init=False)
class Any(_Several):
    """At least one of the conditions holds; none at all does not."""

    def evaluate(self, values: Values, defaults: Values = NO_VALUES) -> bool:
        return any(condition.evaluate(values, defaults) for condition in self.conditions)

    def to_json(self) -> dict[str, t.Any]:
        return {"any": [condition.to_json() for condition in self.conditions]}


NEVER_REVEALED: t.Final[Condition] = Any()
"""The condition of a key that no setting makes use of."""


@dataclass(frozen=True)
class Not(Condition):
    """The condition does not hold."""

    condition: Condition

    def evaluate(self, values: Values, defaults: Values = NO_VALUES) -> bool:
        return not self.condition.evaluate(values, defaults)

    def to_json(self) -> dict[str, t.Any]:
        return {"not": self.condition.to_json()}

    def paths(self) -> Iterator[str]:
        yield from self.condition.paths()


@dataclass(frozen=True)
class Spoken(Condition):
    """Another condition, and the one clause that says it where its parts would make a long sentence."""

    condition: Condition
    clause: str

    def evaluate(self, values: Values, defaults: Values = NO_VALUES) -> bool:
        return self.condition.evaluate(values, defaults)

    def to_json(self) -> dict[str, t.Any]:
        return self.condition.to_json()

    def paths(self) -> Iterator[str]:
        yield from self.condition.paths()


def _effective(path: str, values: Values, defaults: Values) -> object:
    value = values.get(path)
    return value if is_set(value) else defaults.get(path)


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int)


_OPERATORS = ("equals", "one_of", "is_set", "all", "any", "not")


def from_json(data: Mapping[str, t.Any]) -> Condition:
    """The condition that `to_json` wrote; raises CatalogueError on anything else."""
    match data:
        case {"equals": [str(path), str() | int() as value], **rest} if not rest:
            return Equals(path, value)
        case {"one_of": [str(path), [*options]], **rest} if not rest and all(map(_is_scalar, options)):
            return OneOf(path, tuple(options))
        case {"is_set": str(path), **rest} if not rest:
            return IsSet(path)
        case {"all": [*conditions], **rest} if not rest:
            return All(*map(from_json, conditions))
        case {"any": [*conditions], **rest} if not rest:
            return Any(*map(from_json, conditions))
        case {"not": dict(condition), **rest} if not rest:
            return Not(from_json(condition))
    raise CatalogueError(f"A condition has exactly one operator of {', '.join(_OPERATORS)}, not {data!r}.")
