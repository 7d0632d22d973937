"""Fixes: the mechanical way to mend a problem, as changes of values that a person may take or leave."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final


@dataclass(frozen=True)
class Items:
    """What takes the place of one item of a list: several items, or none."""

    values: tuple[Any, ...] = field(default=(), repr=False)


REMOVED: Final = Items()
"""Nothing takes the place of the value: its key goes, or its item of a list."""


@dataclass(frozen=True)
class AsBuilt:
    """The value that the build writes by itself, for keys such as PayloadUUID, which then need none of their own."""

    value: Any


NOTHING: Final = object()
"""No value at all: what stood at the place of a key that was not there."""


@dataclass(frozen=True)
class Change:
    """One value that becomes another.

    path     as in a finding: dotted, with indices inside lists
    before   what stands there now, so that a change never falls on another value; NOTHING where the key is not there
    after    what is to stand there: a value, Items in place of one item, REMOVED, or AsBuilt
    """

    path: str
    before: Any = field(repr=False)
    after: Any = field(repr=False)


@dataclass(frozen=True)
class Fix:
    """A mechanical mend: `label` says in a few words what it does, such as “Remove the blanks”.

    One that is not `sure` needs judgement, since what stands there may be meant: it is made where a person chooses it
    by itself, never together with others.
    """

    label: str
    changes: tuple[Change, ...]
    sure: bool = True

    def inside(self, place: str) -> Fix:
        """The fix of an item of a list as one of the whole; `place` is what its paths begin with."""
        moved = (replace(change, path=f"{place}{change.path}") for change in self.changes)
        return replace(self, changes=tuple(moved))


def put(path: str, before: Any, after: Any, label: str, *, sure: bool = True) -> Fix:
    """A fix that writes another value in place of one."""
    return Fix(label, (Change(path, before, after),), sure=sure)


def drop(path: str, before: Any, label: str = "Remove it") -> Fix:
    """A fix that takes a key or an item of a list out."""
    return Fix(label, (Change(path, before, REMOVED),))


def move(path: str, to: str, value: Any, label: str) -> Fix:
    """A fix that takes a value from one key to another that is not there yet."""
    return Fix(label, (Change(path, value, REMOVED), Change(to, NOTHING, value)))
