"""What opens over a page: it closes again, keeps the keyboard inside, and bars nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from profiles.models import User
from profiles.services import signing
from profiles.services.teams import home
from profiles.signing import authority
from tests.browser.barriers import barriers
from tests.browser.screen import Screen, start_profile
from tests.services.signers import p12


@pytest.fixture
def eap(screen: Screen, alice: User) -> Screen:
    return screen.open(start_profile(alice))


def open_menu(title: str | re.Pattern[str]) -> Callable[[Screen], None]:
    return lambda screen: screen.page.locator("summary", has_text=title).click()


def show_keys(screen: Screen) -> None:
    screen.page.keyboard.press("?")
    expect(screen.page.get_by_role("dialog")).to_contain_text("Keyboard shortcuts")


def end_the_session(screen: Screen) -> None:
    Session.objects.all().delete()
    screen.control("IKEv2.MTU").fill("1300")
    expect(screen.page.get_by_role("dialog")).to_contain_text("You are signed out")


def refuse(screen: Screen) -> None:
    screen.target("macOS").fill("Sonoma")
    screen.control("IKEv2.MTU").fill("many")
    assert screen.save() == 422


def upload_what_is_no_key(screen: Screen) -> None:
    screen.page.goto("/signing/")
    form = screen.page.locator("form.add__form").first
    form.get_by_label("Name").fill("Broken")
    form.get_by_label("PKCS #12 file").set_input_files(Path(__file__))
    form.get_by_role("button", name="Add").click()
    expect(form.locator(".alert")).to_be_visible()


def ask_to_remove(screen: Screen) -> None:
    mine = authority.issue(authority.create_authority("An authority"), common_name="A signer")
    signing.add_pkcs12(
        actor=User.objects.get(),
        team=home(User.objects.get()),
        name="Mine",
        data=p12(mine, "secret"),
        password="secret",
    )
    screen.page.goto("/signing/")
    screen.page.get_by_role("button", name="Remove …").click()
    expect(screen.page.get_by_role("heading", name="Remove “Mine”?")).to_be_visible()


OPENED: Final[dict[str, tuple[Callable[[Screen], None], str]]] = {
    "account menu": (open_menu(re.compile("^alice$")), "details[open]"),
    "team menu": (open_menu("alice’s team"), "details[open]"),
    "download menu": (open_menu("Download"), "details[open]"),
    "more": (open_menu("More"), "details[open]"),
    "shortcuts": (show_keys, "dialog[open]"),
    "signed out": (end_the_session, "dialog[open]"),
    "refused save": (refuse, ".editor__messages, .targets, #review"),
    "refused upload": (upload_what_is_no_key, "main"),
    "removal": (ask_to_remove, "main"),
}


@pytest.mark.parametrize(("act", "part"), OPENED.values(), ids=OPENED.keys())
def test_axe_finds_no_barrier_in_what_opens(eap: Screen, act: Callable[[Screen], None], part: str) -> None:
    act(eap)
    expect(eap.page.locator(part).first).to_be_visible()
    assert barriers(eap.page, part) == []


def test_a_menu_closes_by_escape_and_gives_the_focus_back(eap: Screen) -> None:
    summary = eap.page.locator("summary", has_text="Download")
    summary.press("Enter")
    eap.page.keyboard.press("Tab")
    expect(eap.page.get_by_role("link", name="Unsigned")).to_be_visible()
    eap.page.keyboard.press("Escape")
    expect(eap.page.get_by_role("link", name="Unsigned")).to_be_hidden()
    expect(summary).to_be_focused()


def test_a_click_elsewhere_closes_a_menu(eap: Screen) -> None:
    eap.page.locator("summary", has_text="More").click()
    expect(eap.page.get_by_role("button", name="Duplicate")).to_be_visible()
    eap.page.locator("summary", has_text="Download").click()
    expect(eap.page.get_by_role("button", name="Duplicate")).to_be_hidden()
    eap.page.get_by_role("heading", level=1).click()
    expect(eap.page.get_by_role("link", name="Unsigned")).to_be_hidden()


def test_a_question_mark_shows_the_shortcuts_but_in_a_field_it_is_one(eap: Screen) -> None:
    field = eap.control("IKEv2.AuthName")
    field.press("?")
    expect(field).to_have_value("?")
    dialog = eap.page.get_by_role("dialog")
    expect(dialog).to_have_count(0)
    field.blur()
    eap.page.keyboard.press("?")
    expect(dialog).to_contain_text("Keyboard shortcuts")
    eap.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_the_first_tab_leads_past_the_navigation(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/profiles/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Import", exact=True)).to_be_focused()
