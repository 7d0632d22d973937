"""Masks that travel to a page and back: each stands for one secret, and leads back to it at no place that is shown.

A page has "•••••••• k3f9q2xw" in place of a secret. What comes back is the secret again where the mask stands at its
own place, or at another one that is secret itself; anywhere else it is refused, and so is one that stands for nothing.
"""

from __future__ import annotations

import base64
import copy
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from profiles.exceptions import MaskError
from profiles.plist.diff.change import exact
from profiles.plist.secrets import MASK, Kind, Place, path_of

_LETTERS: Final = 8
"""Letters by which masks differ: too many for anybody to guess one, few enough for a line."""

_SHAPE: Final = re.compile(rf"{MASK} [a-z2-7]{{{_LETTERS}}}")

_LONGEST_NAME: Final = 100
"""Characters of a path that a sentence repeats."""


@dataclass(frozen=True)
class MaskKey:
    """What the masks of one page are made with: a key of the server, and which part of what profile it is `about`.

    A mask is the same as long as the same value stands at the same place. Without the key nobody can make one, or
    learn from one what it stands for.
    """

    key: bytes = field(repr=False)
    about: str

    def mask(self, place: Place, value: Any) -> str:
        """The mask of a value at a place."""
        told = exact([self.about, list(place), value]).encode()
        letters = base64.b32encode(hmac.digest(self.key, told, "sha256")).decode().lower()
        return f"{MASK} {letters[:_LETTERS]}"


@dataclass(frozen=True)
class _Secret:
    """What one mask stands for; `declared` says that the catalogue calls its key secret."""

    value: Any = field(repr=False)
    declared: bool


class Masks:
    """The masks of one page: collected by `put` and `shown` when it is made, turned back by `uncovered`."""

    def __init__(self, key: MaskKey) -> None:
        self._key = key
        self._secrets: dict[str, _Secret] = {}
        self._origins: dict[str, Place] = {}
        self._texts: set[str] = set()
        self._names: set[str] = set()

    def put(self, place: Place, value: Any, kind: Kind) -> str:
        """A mask in place of a secret, for `secrets.cover`."""
        mask = self._key.mask(place, value)
        self._secrets[mask] = _Secret(value, kind is Kind.DECLARED)
        if isinstance(value, str) and MASK in value:
            self._texts.add(value)
        return mask

    def shown(self, value: Any, at: Place = ()) -> None:
        """Note what the page shows at a place: where in it masks stand, and which texts only read like one."""
        self._names |= {name for _, name in _names(value, at)}
        for place, text in _texts(value, at):
            if text in self._secrets:
                self._origins[text] = place
            elif MASK in text:
                self._texts.add(text)

    def uncovered(self, value: Any, kinds: Callable[[Any], Mapping[Place, Kind]], at: Place = ()) -> Any:
        """What came back for a place, with each mask turned into what it stands for.

        `kinds` says where in it, as long as the masks are there, something counts as secret. Raises MaskError.
        """
        for place, name in _names(value, at):
            if MASK in name and name not in self._names:
                inside = f"in {_called(place)} " if place else ""
                raise MaskError(
                    f"A mask {inside}stands where the name of a key belongs. Write the name of the key."
                )
        if not any(MASK in text for _, text in _texts(value, at)):
            return value
        return self._back(value, at, kinds(value))

    def undeclared(self) -> Iterator[tuple[str, Any]]:
        """The masks that the page shows for texts and data that nobody knows, and what they stand for."""
        for mask in self._origins:
            if not self._secrets[mask].declared:
                yield mask, self._secrets[mask].value

    def _back(self, value: Any, place: Place, kinds: Mapping[Place, Kind]) -> Any:
        match value:
            case dict():
                return {name: self._back(item, (*place, name), kinds) for name, item in value.items()}
            case list():
                return [self._back(item, (*place, index), kinds) for index, item in enumerate(value)]
            case str() if MASK in value and value not in self._texts:
                return self._meant(value, place, kinds)
        return value

    def _meant(self, text: str, place: Place, kinds: Mapping[Place, Kind]) -> Any:
        """What a text with a mask in it stands for at a place."""
        mask = text.strip()
        if mask in self._origins:
            self._require_place(mask, place, kinds)
            return copy.deepcopy(self._secrets[mask].value)
        if text.startswith(MASK) or _SHAPE.search(text):
            raise MaskError(
                f"The mask in {_called(place)} stands for nothing there. Write the value itself, or open the page "
                "again."
            )
        return text

    def _require_place(self, mask: str, place: Place, kinds: Mapping[Place, Kind]) -> None:
        """Raise MaskError where more could be seen of what a mask stands for than before."""
        secret, origin = self._secrets[mask], self._origins[mask]
        around = [place[:end] for end in range(len(place), 0, -1) if place[:end] in kinds]
        match [kinds[each] for each in around]:
            case found if Kind.DECLARED in found:
                return
            case [Kind.UNKNOWN, *_] if isinstance(secret.value, str | bytes):
                return  # among what nobody knows, nothing else is secret
            case [Kind.ODD, *_] if not secret.declared and _starts_at(origin, around[0]):
                return
        if secret.declared or place != origin:
            raise MaskError(
                f"{_called(place)} is no secret: everybody would see there what {_called(origin)} holds. Put the mask "
                "back where it was, or write a value."
            )


def _starts_at(origin: Place, place: Place) -> bool:
    """Does a place lie in the same key as another, in whichever items of lists?"""
    begins = [part for part in origin[: len(place)] if isinstance(part, str)]
    return len(origin) >= len(place) and begins == [part for part in place if isinstance(part, str)]


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """Each text in a value, with its place."""
    match value:
        case dict():
            for name, item in value.items():
                yield from _texts(item, (*place, name))
        case list():
            for index, item in enumerate(value):
                yield from _texts(item, (*place, index))
        case str():
            yield place, value


def _names(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """Each name of a key in a value, with the place of its dictionary."""
    match value:
        case dict():
            for name, item in value.items():
                yield place, name
                yield from _names(item, (*place, name))
        case list():
            for index, item in enumerate(value):
                yield from _names(item, (*place, index))


def _called(place: Place) -> str:
    """A place as a sentence names it."""
    path = path_of(place)
    return path if len(path) <= _LONGEST_NAME else f"{path[:_LONGEST_NAME]}…"
