"""What one item of a list holds, as it was posted or as it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from designer.forms.fields import KeyField
from profiles.catalogue.keys import Key
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import nest


@dataclass(frozen=True)
class Posted:
    """One item as it was posted, to be taken apart by the fields that fit what is stored of it."""

    token: str
    data: Mapping[str, Any] = field(repr=False)
    files: Any = field(repr=False)

    def taken_apart(self, fields: Mapping[str, KeyField]) -> dict[str, Any]:
        """For each path what its widget makes of it."""
        return {
            path: each.widget.value_from_datadict(self.data, self.files, f"{self.token}.{path}")
            for path, each in fields.items()
        }


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What is in an item: `shown` is what its controls show, `typed` what they hold."""

    fields: Mapping[str, KeyField]
    shown: Mapping[str, Any] = field(repr=False)
    typed: Scope = field(repr=False)
    kept: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def scope(self) -> Scope:
        """What it means: without the values that the device would not look at."""
        return self.typed.settled(self.kept)

    def is_concealed(self, key: Key) -> bool:
        """Is the row of this key out of sight?"""
        return key.path not in self.kept and not self.scope.revealed(key)

    def as_posted(self, token: str) -> Iterator[tuple[str, str]]:
        """Name and text of all that a browser posts of the item that is named by `token`, as the page shows it."""
        for path, each in self.fields.items():
            yield from each.as_posted(f"{token}.{path}", self.shown.get(path))


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of a form; `open` looks into it, which is put off as long as nobody asks.

    `stored` is the dictionary that it comes from, as long as nothing was posted.
    """

    token: str
    open: Callable[[], Contents] = field(repr=False)
    stored: Mapping[str, Any] | None = field(default=None, repr=False)

    @cached_property
    def contents(self) -> Contents:
        """What is in it."""
        return self.open()

    @property
    def values(self) -> dict[str, Any]:
        """The dictionary that the item means."""
        return nest(self.contents.scope.values) if self.stored is None else dict(self.stored)
