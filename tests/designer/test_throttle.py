"""Whoever guesses is soon told to wait."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, RequestFactory

from designer.web import throttle


@pytest.fixture(autouse=True)
def _nothing_was_counted(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def request(address: str = "192.0.2.1") -> HttpRequest:
    return RequestFactory().post("/", REMOTE_ADDR=address)


def test_a_passphrase_is_guessed_five_times_wherever_from() -> None:
    link, other = uuid.uuid4(), uuid.uuid4()
    for number in range(5):
        here = request(f"192.0.2.{number}")
        assert not throttle.is_passphrase_exhausted(here, link)
        throttle.count_passphrase(here, link)
    assert throttle.is_passphrase_exhausted(request("192.0.2.99"), link)
    assert not throttle.is_passphrase_exhausted(request("192.0.2.99"), other)


def test_an_address_guesses_twenty_times_whatever_the_link() -> None:
    for _ in range(20):
        throttle.count_passphrase(request(), uuid.uuid4())
    assert throttle.is_passphrase_exhausted(request(), uuid.uuid4())
    assert not throttle.is_passphrase_exhausted(request("192.0.2.2"), uuid.uuid4())


@pytest.mark.parametrize("path", ["/i/nothing", "/i/file/nothing", "/join/nothing/"])
def test_opening_links_that_nobody_made_is_counted(client: Client, path: str) -> None:
    statuses = [client.get(path).status_code for _ in range(21)]
    assert statuses == [404] * 20 + [429]
