"""What a person reads about each key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.keys import Dictionary, Key, ListOf

PARTS = [ENVELOPE, *registry.payloads().values()]


def every_key() -> Iterator[Any]:
    for payload in PARTS:
        for key in payload.keys:
            for path, each in within(key, key.path):
                yield pytest.param(each, id=f"{payload.slug}/{path}")


def within(key: Key, path: str) -> Iterator[tuple[str, Key]]:
    """The key and those inside it; an item of a list has no help of its own, so only its keys count."""
    yield path, key
    if isinstance(key, ListOf) and isinstance(key.item, Dictionary):
        for inner in key.item.keys:
            yield from within(inner, f"{path}[].{inner.path}")


@pytest.mark.parametrize("key", list(every_key()))
def test_a_key_has_a_label_and_one_line_of_help(key: Key) -> None:
    assert key.label == key.label.strip() != ""
    assert len(key.label) <= 45
    assert key.help == key.help.strip()
    assert "\n" not in key.help
    assert key.help.endswith(".")
    assert key.help[0].isupper()
    assert 10 <= len(key.help) <= 140


@pytest.mark.parametrize("payload", PARTS, ids=lambda payload: str(payload.slug))
def test_no_two_keys_have_the_same_label(payload: Any) -> None:
    labels = [key.label for key in payload.keys]
    assert sorted(set(labels)) == sorted(labels)


@pytest.mark.parametrize("payload", PARTS, ids=lambda payload: str(payload.slug))
def test_no_two_keys_of_an_item_have_the_same_label(payload: Any) -> None:
    for key in payload.keys:
        for shape in key.shapes:
            labels = [inner.label for inner in shape.keys]
            assert sorted(set(labels)) == sorted(labels), key.path
