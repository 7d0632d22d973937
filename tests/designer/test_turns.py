"""Slow clients keep nobody from their pages, and pages are made one at a time."""

from __future__ import annotations

import socket
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from threading import Event, Lock
from typing import Any
from urllib.parse import urlsplit

import pytest

from designer.processes.request_lock import THREADS, TakingTurns
from tests.processes import prepare, running_server

SLOW = 5
"""More than one process could serve by turns alone, and fewer than it has threads."""


class SlowBody:
    """Sends its line once `sent` is set."""

    def __init__(self, sent: Event) -> None:
        self.sent = sent

    def read(self, size: int = -1) -> bytes:
        assert self.sent.wait(10)
        return b"line\n"

    readline = read


def _ask(application: TakingTurns, body: Any = None) -> bytes:
    return b"".join(application({"wsgi.input": body or BytesIO()}, lambda *about: None))


def test_one_page_is_made_at_a_time() -> None:
    inside, most, lock = 0, 0, Lock()

    def page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.01)
        with lock:
            inside -= 1
        return [b"page"]

    application = TakingTurns(page)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: _ask(application), range(12))) == [b"page"] * 12
    assert most == 1


@pytest.mark.parametrize("method", ["read", "readline"])
def test_whoever_waits_for_a_body_lets_others_have_their_turn(method: str) -> None:
    def page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        return [getattr(environ["wsgi.input"], method)(5) or b"page"]

    application, sent = TakingTurns(page), Event()
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(_ask, application, SlowBody(sent))
        assert pool.submit(_ask, application).result(5) == b"page"
        assert not slow.done()
        sent.set()
        assert slow.result(5) == b"line\n"


def test_a_download_is_sent_without_a_turn() -> None:
    read = Event()

    def download(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        yield b"first"
        assert read.wait(10)
        yield b"last"

    application = TakingTurns(download)
    environ = {"wsgi.input": BytesIO()}
    slow = iter(application(environ, lambda *about: None))
    assert next(slow) == b"first"
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(lambda: next(iter(application({"wsgi.input": BytesIO()}, lambda *about: None))))
        assert other.result(5) == b"first"
    read.set()
    assert list(slow) == [b"last"]


def test_a_page_that_fails_gives_its_turn_back() -> None:
    def page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise LookupError

    application = TakingTurns(page)
    for _ in range(2):
        with ThreadPoolExecutor(1) as pool, pytest.raises(LookupError):
            pool.submit(_ask, application).result(5)


def test_a_server_answers_while_forms_arrive_slowly(tmp_path: Path) -> None:
    assert SLOW < THREADS
    settings = {
        "DATA_DIR": str(tmp_path / "data"),
        "STATIC_DIR": str(tmp_path / "static"),
        "WEB_WORKERS": "1",
    }
    prepare("--static", **settings)
    with running_server(tmp_path / "log", **settings) as url, ExitStack() as stack:
        for _ in range(SLOW):
            stack.enter_context(_half_a_form(url))
        time.sleep(0.5)
        for _ in range(3):
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
                assert answer.status == 200


def _half_a_form(url: str) -> socket.socket:
    """A form of which the rest never comes."""
    place = urlsplit(url)
    lines = [
        "POST /login/ HTTP/1.1",
        f"Host: {place.netloc}",
        # Without one, the form is refused unread.
        f"Cookie: csrftoken={'a' * 32}",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 1000",
        "",
        "login=alice",
    ]
    client = socket.create_connection((place.hostname, place.port))
    client.sendall("\r\n".join(lines).encode())
    return client
