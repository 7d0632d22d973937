"""A session that ends in the middle of typing costs nothing but a new login."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from profiles.models import Profile, User
from tests.browser.screen import SAVED, Screen, start_profile
from tests.conftest import PASSWORD


@pytest.fixture
def profile(alice: User) -> Profile:
    return start_profile(alice)


@pytest.fixture
def signed_out(screen: Screen, profile: Profile) -> Screen:
    """Something is typed, the session is over, and a save was tried."""
    screen.open(profile)
    screen.control("IKEv2.RemoteAddress").fill("vpn.example.com")
    screen.control("IKEv2.AuthPassword").fill("typed once")
    with screen.page.expect_response("**/preview"):
        screen.control("IKEv2.AuthName").fill("alice")
    Session.objects.all().delete()
    assert screen.press_save().status == 401
    return screen


def sign_in_elsewhere(screen: Screen) -> Page:
    """Follow the dialog's link, and sign in in the tab that it opens."""
    with screen.page.context.expect_page() as opened:
        screen.page.get_by_role("dialog").get_by_role("link", name="Sign in in a new tab").click()
    tab = opened.value
    tab.get_by_label("Username").fill("alice")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", name="Profiles")).to_be_visible()
    return tab


def test_the_page_says_so_and_keeps_what_was_typed(signed_out: Screen) -> None:
    dialog = signed_out.page.get_by_role("dialog")
    expect(dialog).to_contain_text("You are signed out")
    expect(dialog).to_contain_text("What you typed is still here.")
    dialog.get_by_role("button", name="Back to the form").click()
    expect(signed_out.control("IKEv2.AuthPassword")).to_have_value("typed once")
    expect(signed_out.unsaved).to_be_visible()


def test_after_signing_in_in_another_tab_everything_typed_is_saved(
    signed_out: Screen, profile: Profile
) -> None:
    sign_in_elsewhere(signed_out).close()
    signed_out.page.keyboard.press("Escape")
    assert signed_out.save() == SAVED
    expect(signed_out.page.get_by_role("dialog")).to_have_count(0)
    expect(signed_out.unsaved).to_be_hidden()
    signed_out.page.reload()
    expect(signed_out.control("IKEv2.RemoteAddress")).to_have_value("vpn.example.com")
    expect(signed_out.control("IKEv2.AuthName")).to_have_value("alice")
    expect(signed_out.control("IKEv2.AuthPassword")).to_have_attribute(
        "placeholder", "Set · type to change it"
    )


def test_a_session_that_ends_while_typing_is_told_by_the_preview_once(
    screen: Screen, profile: Profile
) -> None:
    screen.open(profile)
    Session.objects.all().delete()
    screen.control("IKEv2.RemoteAddress").fill("vpn.example.com")
    dialog = screen.page.get_by_role("dialog")
    expect(dialog).to_contain_text("You are signed out")
    dialog.get_by_role("button", name="Back to the form").click()
    with screen.page.expect_response("**/preview"):
        screen.control("IKEv2.RemoteIdentifier").fill("vpn.example.com")
    expect(dialog).to_have_count(0)


def test_the_other_buttons_of_the_old_page_work_after_a_new_login(
    signed_out: Screen, profile: Profile
) -> None:
    sign_in_elsewhere(signed_out).close()
    signed_out.page.keyboard.press("Escape")
    signed_out.page.locator("summary", has_text="More").click()
    signed_out.page.get_by_role("button", name="Delete").click()
    expect(signed_out.page.get_by_role("status")).to_contain_text("was deleted")


def test_a_page_opened_without_a_session_leads_back_after_the_login(page: Page, profile: Profile) -> None:
    page.goto(f"/profiles/{profile.pk}")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Office VPN")
