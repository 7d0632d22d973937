"""The property list beside the form follows what is typed, and shows no secret."""

from __future__ import annotations

import pytest
from playwright.sync_api import Response, expect

from profiles.models import User
from tests.browser.screen import SAVED, Screen, start_profile

SECRET = "never-on-any-page-4711"


@pytest.fixture
def answers(screen: Screen) -> list[Response]:
    """Every answer that the page gets."""
    found: list[Response] = []

    def heard(response: Response) -> None:
        found.append(response)

    screen.page.on("response", heard)
    return found


def test_the_preview_follows_what_is_typed_and_marks_the_line(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice))
    expect(screen.xml).not_to_contain_text("vpn.example.com")
    with screen.page.expect_response("**/preview"):
        screen.control("IKEv2.RemoteAddress").press_sequentially("vpn.example.com")
    expect(screen.xml).to_contain_text("<string>vpn.example.com</string>")
    with screen.page.expect_response("**/preview"):
        screen.control("IKEv2.RemoteAddress").press_sequentially(".org")
    marked = screen.xml.locator(".xml__line--changed")
    expect(marked).to_have_count(1)
    expect(marked).to_have_text("<string>vpn.example.com.org</string>")


def test_a_secret_is_in_no_answer_and_nowhere_on_the_page(
    screen: Screen, alice: User, answers: list[Response]
) -> None:
    screen.open(start_profile(alice))
    with screen.page.expect_response("**/preview"):
        screen.control("IKEv2.AuthPassword").fill(SECRET)
    expect(screen.xml).to_contain_text("AuthPassword")
    assert screen.save() == SAVED
    screen.control("IKEv2.MTU").fill("many")
    assert screen.save() == 422
    screen.control("IKEv2.MTU").fill("1300")
    assert screen.save() == SAVED
    bodies = [answer.text() for answer in answers if answer.status not in (204, 302)]
    assert len(bodies) > 5
    assert not any(SECRET in body for body in bodies)
    assert SECRET not in screen.page.content()
    screen.page.reload()
    assert SECRET not in screen.page.content()
    expect(screen.control("IKEv2.AuthPassword")).to_have_attribute("placeholder", "Set · type to change it")


def test_a_pause_in_typing_asks_the_server_once(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice))
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.method))
    with screen.page.expect_response("**/preview"):
        screen.control("IKEv2.AuthName").press_sequentially("a.rather.long.name", delay=5)
    assert asked.count("POST") == 1


def test_markup_in_a_value_is_shown_as_text(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice))
    screen.control("IKEv2.AuthName").fill('<img src=x onerror=alert(1)> & "q" </string>')
    expect(screen.xml).to_contain_text("<string>&lt;img src=x onerror=alert(1)&gt; &amp;")
    expect(screen.page.locator("#review img")).to_have_count(0)
