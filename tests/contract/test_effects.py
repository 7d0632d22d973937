"""Whatever is set, of whatever type, each payload type says in sentences what it does, and tells no secret."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.keys import Dictionary, Key, ListOf, Switch
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import nest
from profiles.plist.secrets import join, split
from tests.key_samples import sample, some_values

PARTS = [ENVELOPE, *registry.payloads().values()]
EXAMPLES = [
    pytest.param(part, example.values, id=f"{part.slug}-{example.title}")
    for part in PARTS
    for example in part.examples
]
every_part = pytest.mark.parametrize("payload", PARTS, ids=[part.slug for part in PARTS])

SECRET = "hunter2"
LONGEST = 600

DATE = datetime(2026, 12, 31)  # noqa: DTZ001 — as property lists have it

TEXTS = ("", " ", "text", "two\nlines. And a stop.", "\ud800\x00\u202e", "x" * 70_000, "https://[", "a@b@c")
NUMBERS = (0, 1, -1, 2**70, 10**400, True, False, 0.0, 1.5, math.nan, math.inf)
LISTS: tuple[Any, ...] = ((), [], [[]], [None, 1, "a", "", {}], [{}], [{"Action": []}])
DICTIONARIES: tuple[Any, ...] = ({}, {"a": {"b": []}}, {1: 2}, {"A.B": 1})
ODD: tuple[Any, ...] = (None, b"", b"bytes", DATE, object(), {1}, *TEXTS, *NUMBERS, *LISTS, *DICTIONARIES)
SECRETS: tuple[Any, ...] = (SECRET, SECRET.encode(), [SECRET], {SECRET: [SECRET]})


def told(payload: Payload, values: Mapping[str, Any]) -> list[str]:
    return [*payload.effects(payload.scope(values, {}).settled())]


def check(sentences: Iterable[str], about: object) -> None:
    """Assert that they are sentences that can be shown."""
    found = [*sentences]
    assert found, about
    for sentence in found:
        assert re.fullmatch(r"[A-Z][^\n]*[^.\s]\.", sentence), (about, sentence)
        assert len(sentence) <= LONGEST, (about, sentence)
        assert "None" not in sentence, (about, sentence)
        assert "  " not in sentence, (about, sentence)
        assert SECRET not in sentence, (about, sentence)
        assert sentence.encode()


def guarded(payload: Payload, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with one text in the place of each secret, so that it is recognised."""
    public, secrets = split(payload, values)
    return join(public, [(place, SECRET) for place, _ in secrets])


def switched(keys: tuple[Key, ...]) -> dict[str, Any]:
    """Every switch on, so that the device looks at as much as it can."""
    return {key.path: 1 for key in keys if isinstance(key, Switch)}


def everything(keys: tuple[Key, ...]) -> dict[str, Any]:
    """A value for each key, and every switch on."""
    chance = random.Random(22)
    values = {key.path: SECRET if key.secret else sample(key, chance) for key in keys}
    return {**values, **switched(keys)}


def mutated(keys: tuple[Key, ...]) -> Iterator[dict[str, Any]]:
    """Each key with each odd value, beside what else can be set; of a list, in each of its dictionaries."""
    for beside in (switched(keys), everything(keys)):
        for key in keys:
            for odd in (*ODD, *SECRETS) if key.secret else ODD:
                yield nest({**beside, key.path: odd})
            if isinstance(key, ListOf) and isinstance(key.item, Dictionary):
                for item in mutated(key.item.keys):
                    yield nest({**beside, key.path: [item, 5, {}]})


@pytest.mark.parametrize(("payload", "values"), EXAMPLES)
def test_an_example_says_what_it_does(payload: Payload, values: Mapping[str, Any]) -> None:
    check(told(payload, guarded(payload, values)), values)


@every_part
def test_a_payload_without_a_value_says_what_it_does(payload: Payload) -> None:
    check(told(payload, {}), payload.slug)


@every_part
def test_whatever_is_set_it_says_what_it_does_and_tells_no_secret(payload: Payload) -> None:
    chance = random.Random(21)
    for share in (*[0.2, 0.5, 0.8] * 8, 1):
        values = guarded(payload, some_values(payload, chance, share))
        check(told(payload, values), values)


@every_part
def test_a_value_of_an_odd_type_does_no_harm(payload: Payload) -> None:
    for values in mutated(payload.keys):
        check(told(payload, values), values)


@every_part
def test_something_else_in_the_place_of_a_dictionary_does_no_harm(payload: Payload) -> None:
    for container in payload.containers:
        for odd in ODD:
            check(told(payload, nest({container: odd})), (container, odd))


def test_every_payload_type_says_something_of_its_own() -> None:
    first = {part.slug: told(part, {})[0] for part in PARTS}
    # SCEP and ACME differ in nothing that matters to the person.
    assert len(set(first.values())) == len(first) - 1
