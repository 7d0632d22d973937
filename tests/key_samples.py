"""Values that each kind of key accepts, drawn at random, so that tests can run over whatever is declared."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import singledispatch
from typing import Any

from profiles.catalogue.keys import (
    Boolean,
    Choice,
    Data,
    Date,
    Dictionary,
    DistinguishedName,
    Integer,
    Key,
    Languages,
    ListOf,
    Real,
    Reference,
    Text,
)
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import nest

ALPHABET = "abc XYZ 019 äß日本😀 &<>\"' \\{}[]:;,./?!%$#@"


@singledispatch
def sample(key: Key, chance: random.Random) -> Any:
    """A value that the key accepts."""
    raise NotImplementedError(f"no sample for {type(key).__name__}")


@sample.register
def _(key: Text, chance: random.Random) -> Any:
    if key.pattern:
        return next(text for text in patterned(chance) if re.fullmatch(key.pattern, text))
    text = "".join(chance.choices(ALPHABET, k=chance.randrange(1, 40)))
    return f"<{text}>\n\n&amp;" if key.multiline else f"<{text}>"


def patterned(chance: random.Random) -> list[str]:
    """One text of each form that a pattern may ask for."""
    end = chance.choice(["a", "b-c", "x9"])
    return [
        f"com.example.{end}",
        f"https://{end}.example.com/<path>?a=1&b=2",
        f"1.3.6.1.{chance.randrange(99)}",
    ]


@sample.register
def _(key: DistinguishedName, chance: random.Random) -> Any:
    kinds = ["CN", "O", "OU", "2.5.4.5"]
    names = [
        [[chance.choice(kinds), f"<{chance.choice(ALPHABET)}=,+\\>"]] for _ in range(chance.randrange(1, 4))
    ]
    names[0].append(["OU", "a second part"])
    return names


@sample.register
def _(key: Reference, chance: random.Random) -> Any:
    return f"{chance.randrange(16**8):08X}-0000-4000-8000-{chance.randrange(16**12):012X}"


@sample.register
def _(key: Choice, chance: random.Random) -> Any:
    return chance.choice(key.options).value


@sample.register
def _(key: Boolean, chance: random.Random) -> Any:
    return chance.random() < 0.5


@sample.register
def _(key: Integer, chance: random.Random) -> Any:
    least = -1000 if key.minimum is None else key.minimum
    return chance.randint(least, least + 1000 if key.maximum is None else key.maximum)


@sample.register
def _(key: Real, chance: random.Random) -> Any:
    return float(chance.choice([chance.randrange(1, 1000), chance.randrange(1, 10**9), chance.random() + 1]))


@sample.register
def _(key: Data, chance: random.Random) -> Any:
    return chance.randbytes(chance.randrange(1, 64))


@sample.register
def _(key: Date, chance: random.Random) -> Any:
    return datetime(2026, 1, 1) + timedelta(seconds=chance.randrange(10**9))  # noqa: DTZ001 — as property lists have it


@sample.register
def _(key: Languages, chance: random.Random) -> Any:
    languages = chance.sample(["default", "en", "de", "pt-BR", "zh-Hant"], chance.randrange(1, 5))
    return {language: f"<{language}>\n\n  & so on " for language in languages}


@sample.register
def _(key: ListOf, chance: random.Random) -> Any:
    if key.distinct:
        values = [option.value for option in key.item.options]
        return chance.sample(values, chance.randrange(1, len(values) + 1))
    most = min(key.max_items or 5, 5)
    blank = [""] if key.blank and chance.random() < 0.5 else []
    return blank + [sample(key.item, chance) for _ in range(chance.randrange(1, most + 1))]


@sample.register
def _(key: Dictionary, chance: random.Random) -> Any:
    return nest(
        {inner.path: sample(inner, chance) for inner in key.keys if inner.required or chance.random() < 0.5}
    )


def some_values(payload: Payload, chance: random.Random, share: float = 0.5) -> Mapping[str, Any]:
    """Nested values for about `share` of the keys, whatever their conditions say."""
    return nest({key.path: sample(key, chance) for key in payload.keys if chance.random() < share})
