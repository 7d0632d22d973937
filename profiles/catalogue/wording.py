"""Declarations in words: conditions and defaults as a person would say them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from profiles.catalogue.conditions import All, Any, Condition, Equals, IsSet, Not, OneOf, Spoken
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.options import Option
from profiles.catalogue.shape import ESCAPED_DOT, Shape, last_name
from profiles.catalogue.versions import TITLES

Keys = Mapping[str, Key]

BRIEF: Final = 12
"""Up to so many characters say what happens without a key beside its choices."""

SPELLED_OUT: Final = 3
"""Names of a list that a sentence spells out; of longer ones it counts the rest."""


def condition(asked: Condition, keys: Keys) -> str:
    """“AuthenticationMethod is Certificate”: the condition as a clause, with Apple's names."""
    match asked:
        case Spoken(_, clause):
            return clause
        case Equals(path, value):
            return f"{_name(path)} is {keys[path].option_title(value)}"
        case OneOf(path, options):
            return (
                f"{_name(path)} is {_joined([keys[path].option_title(option) for option in options], 'or')}"
            )
        case IsSet(path):
            return f"{_name(path)} is set"
        case Not(Equals(path, value)):
            return f"{_name(path)} is not {keys[path].option_title(value)}"
        case Not(IsSet(path)):
            return f"{_name(path)} is not set"
        case Not(inner):
            return f"not ({condition(inner, keys)})"
        case All(conditions) if conditions:
            return _joined([condition(part, keys) for part in conditions], "and")
        case Any(conditions) if conditions:
            return _joined([condition(part, keys) for part in conditions], "or")
        case All():
            return "always"
    return "never"


def default(key: Key) -> str:
    """“On (macOS: Off)”: what the device does without the key; empty where that is nothing."""
    if key.default_note:
        return key.default_note
    usual = "" if key.default in (None, "") else key.option_title(key.default)
    exceptions = ", ".join(
        f"{TITLES[system]}: {key.option_title(value)}" for system, value in key.default_on.items()
    )
    if usual and exceptions:
        return f"{usual} ({exceptions})"
    return usual or exceptions


def unset(key: Key) -> str:
    """How a choice calls “not set”: “Default (Off)” where that is short and certain."""
    if key.default is None or key.default_on or key.inherits:
        if key.default_note and len(key.default_note) <= BRIEF:
            return key.default_note
        return "Default" if default(key) or key.inherits else "Not set"
    return f"Default ({key.option_title(key.default)})"


def choice(option: Option) -> str:
    """“Unencrypted (Cleartext)”: how a form calls a choice, with the value of the file where its title is another."""
    title, value = option.title, str(option.value)
    if _letters(value) in _letters(title):
        return title
    return f"{title[:-1]}, {value})" if title.endswith(")") else f"{title} ({value})"


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def place(shape: Shape, path: str) -> list[str]:
    """Where a path leads, as a person would say it: `AlwaysOn.TunnelConfigurations[1].MTU` is “Tunnel 2”, “MTU”.

    Where keys in several dictionaries have the same name, the label of the key stands before it.
    """
    list_path, bracket, rest = path.partition("[")
    key = shape.by_path.get(list_path)
    number, _, rest = rest.partition("]")
    if not bracket or not isinstance(key, ListOf) or not number.isdecimal():
        return _named(shape, path) if path else []
    if not isinstance(key.item, Dictionary):
        return _named(shape, list_path)
    return [f"{key.item.label} {int(number) + 1}", *place(key.item.shape, rest.removeprefix("."))]


def _named(shape: Shape, path: str) -> list[str]:
    """The name of a key, after its label where another key of the same dictionary is called so, too."""
    name, key = last_name(path), shape.by_path.get(path)
    shown = name.replace(ESCAPED_DOT, ".")
    return [key.label, shown] if key and name in _repeated(shape) else [shown]


@lru_cache(maxsize=256)
def _repeated(shape: Shape) -> frozenset[str]:
    numbers = Counter(map(last_name, shape.by_path))
    return frozenset(name for name, number in numbers.items() if number > 1)


def listed(parts: Iterable[object], word: str = "or") -> str:
    """“A, B or C”."""
    *first, last = [str(part) for part in parts]
    return f"{', '.join(first)} {word} {last}" if first else last


def abridged(texts: Sequence[str], word: str) -> str:
    """“A, B or C”; of a long list the first ones, and how many more there are; empty for none."""
    if len(texts) > SPELLED_OUT + 1:
        return f"{', '.join(texts[:SPELLED_OUT])} {word} {len(texts) - SPELLED_OUT} more"
    return listed(texts, word) if texts else ""


def _name(path: str) -> str:
    container, _, name = path.rpartition(".")
    parent = container.rpartition(".")[2]
    return f"{parent}.{name}" if parent.endswith("Parameters") else name


def _joined(parts: list[str], word: str) -> str:
    return f" {word} ".join(parts)
