"""A real Chromium against a real server."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError
from pytest_django.live_server_helper import LiveServer

from profiles.models import LocalAuthority, SigningIdentity, User
from profiles.services.signing import ensure_local_identity
from tests.browser.screen import Screen
from tests.chromium import find_chromium
from tests.designer.user_agents import SAFARI

# playwright keeps an event loop in this thread, which makes Django refuse its database here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# What the browser and htmx say about an answer with a status of 400 or more, which tests ask for on purpose.
ANSWERS = ("Failed to load resource: the server responded with a status of 4", "Response Status Error Code 4")
# What htmx says when a newer preview takes the place of one under way; a request that fails says "htmx:sendError".
REPLACED = ("htmx:afterRequest", "htmx:sendAbort")

Visitor = Callable[..., Page]

ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests in this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, but fails under CI=true."""
    path = find_chromium()
    if path is None:
        message = "NOT RUN: no Chromium was found; install one, or run `make test` as root on Debian."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: str) -> dict[str, Any]:
    """How playwright starts the browser."""
    # Chromium's sandbox refuses to run as root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium, "args": [*ARGUMENTS, *sandbox]}


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Relative addresses lead to the live server."""
    return live_server.url


@pytest.fixture
def complaints(context: BrowserContext) -> Iterator[list[str]]:
    """What the pages of a test complain about in the console; anything at all fails the test."""
    found: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith((*ANSWERS, *REPLACED)):
            found.append(message.text)

    def failed(error: WebError) -> None:
        found.append(str(error.error))

    context.on("console", heard)
    context.on("weberror", failed)
    yield found
    assert found == [], found


@pytest.fixture
def page(live_server: LiveServer, complaints: list[str], page: Page) -> Page:
    """A page of somebody who is not signed in."""
    cache.clear()
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def page_as_alice(page: Page, live_server: LiveServer, alice: User) -> Page:
    """A page of Alice, signed in by her session's cookie."""
    return signed_in(page, live_server.url, alice)


def signed_in(page: Page, url: str, user: User) -> Page:
    """The page, with the session of somebody."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url, "httpOnly": True}]
    )
    return page


@pytest.fixture
def visitor(browser: Browser, base_url: str, page: Page) -> Iterator[Visitor]:
    """A page of somebody who was never here, on an iPhone unless something else is said."""
    contexts = []

    phone: dict[str, Any] = {
        "user_agent": SAFARI,
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
    }

    def come(**other: Any) -> Page:
        context = browser.new_context(base_url=base_url, **{**phone, **other})
        contexts.append(context)
        return context.new_page()

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def screen(page_as_alice: Page) -> Screen:
    """The designer's screen of Alice."""
    return Screen(page_as_alice)


@pytest.fixture(scope="session")
def identity_rows() -> list[LocalAuthority | SigningIdentity]:
    """What `server_identity` made first; its keys take seconds to make."""
    return []


@pytest.fixture
def server_identity(db: None, identity_rows: list[LocalAuthority | SigningIdentity]) -> None:
    """The server can sign by itself, as after its first start."""
    if identity_rows:
        for row in identity_rows:
            row.save(force_insert=True)
    else:
        ensure_local_identity()
        identity_rows += [LocalAuthority.objects.get(), SigningIdentity.objects.get()]
