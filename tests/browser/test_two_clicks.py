"""Twice the clicks is once the deed."""

import time

from playwright.sync_api import Page, Route, expect

from profiles.models import Profile, User
from tests.browser.screen import Screen, start_profile


def test_two_clicks_make_one_profile(page_as_alice: Page) -> None:
    page_as_alice.goto("/profiles/new")
    page_as_alice.get_by_role("button", name="Create").dblclick()
    expect(page_as_alice.get_by_role("button", name="Save")).to_be_visible()
    assert Profile.objects.count() == 1


def test_two_saves_in_a_row_are_no_conflict_with_oneself(screen: Screen, alice: User) -> None:
    profile = start_profile(alice)
    screen.open(profile)
    screen.page.route(f"**/profiles/{profile.pk}", _slowly)
    screen.control("IKEv2.RemoteAddress").fill("vpn.example.com")
    screen.page.keyboard.press("Control+s")
    screen.page.keyboard.press("Control+s")
    expect(screen.page.locator(".editor__state")).to_contain_text("revision 2")
    screen.page.wait_for_load_state("networkidle")
    expect(screen.page.locator(".conflict")).to_have_count(0)
    expect(screen.unsaved).to_be_hidden()
    profile.refresh_from_db()
    assert profile.revision == 2


def _slowly(route: Route) -> None:
    time.sleep(0.3)
    route.continue_()
