"""Lists, worked by keyboard alone."""

from __future__ import annotations

import plistlib

import pytest
from playwright.sync_api import Locator, expect

from profiles.models import User
from tests.browser.screen import IKE, SAVED, Screen, start_profile

METHODS = f"{IKE}.PostQuantumKeyExchangeMethods"


@pytest.fixture
def blank(screen: Screen, alice: User) -> Screen:
    return screen.open(start_profile(alice, "blank"))


def items(screen: Screen, path: str) -> Locator:
    return screen.row(path).locator(".rows__list li")


def chosen(screen: Screen) -> list[str]:
    return [item.input_value() for item in screen.row(METHODS).locator("li select").all()]


def tab_to(screen: Screen, name: str) -> None:
    """Press Tab until a button of that name has the focus, as somebody without a mouse does."""
    for _ in range(6):
        screen.page.keyboard.press("Tab")
        label = screen.page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent")
        if name in label:
            return
    raise AssertionError(f"Six times Tab does not lead to {name}.")


def test_post_quantum_methods_are_added_moved_and_removed_by_keyboard(blank: Screen) -> None:
    press = blank.page.keyboard.press
    blank.row(METHODS).get_by_role("button", name="Add").focus()
    press("Enter")
    expect(items(blank, METHODS).locator("select")).to_be_focused()
    press("ArrowDown")
    tab_to(blank, "Add")
    press("Enter")
    expect(items(blank, METHODS).nth(1).locator("select")).to_be_focused()
    press("ArrowDown")
    press("ArrowDown")
    first, second = chosen(blank)
    assert first != second
    tab_to(blank, "Move up")
    press("Enter")
    assert chosen(blank) == [second, first]
    expect(items(blank, METHODS).first.locator(":focus")).to_have_accessible_name("Move down")
    press("Enter")
    assert chosen(blank) == [first, second]
    tab_to(blank, "Remove")
    press("Enter")
    assert chosen(blank) == [first]
    expect(items(blank, METHODS).locator("select")).to_be_focused()
    expect(blank.unsaved).to_be_visible()
    tab_to(blank, "Remove")
    press("Enter")
    expect(blank.row(METHODS).get_by_role("button", name="Add")).to_be_focused()


def test_their_order_is_the_order_in_the_file(blank: Screen) -> None:
    for index in (2, 1):
        blank.row(METHODS).get_by_role("button", name="Add").click()
        items(blank, METHODS).last.locator("select").select_option(index=index)
    order = [int(value) for value in chosen(blank)]
    for path in ("IKEv2.RemoteAddress", "IKEv2.RemoteIdentifier"):
        blank.control(path).fill("vpn.example.com")
    blank.choose("IKEv2.AuthenticationMethod", "Shared secret")
    blank.control("IKEv2.SharedSecret").fill("secret")
    assert blank.save() == SAVED
    (payload,) = plistlib.loads(blank.download("Unsigned"))["PayloadContent"]
    assert payload["IKEv2"]["IKESecurityAssociationParameters"]["PostQuantumKeyExchangeMethods"] == order


def test_no_more_methods_can_be_added_than_are_allowed(blank: Screen) -> None:
    add = blank.row(METHODS).get_by_role("button", name="Add")
    most = int(blank.row(METHODS).locator(".rows").get_attribute("data-most") or 0)
    for _ in range(most):
        add.click()
    expect(add).to_be_disabled()
    items(blank, METHODS).first.get_by_role("button", name="Remove").click()
    expect(add).to_be_enabled()


def test_consent_texts_are_kept_by_language(blank: Screen) -> None:
    row = blank.row("ConsentText")
    for language, text in (("default", "Agree,\nplease"), ("de", "Zustimmen & weiter")):
        row.get_by_role("button", name="Add language").click()
        items(blank, "ConsentText").last.get_by_role("textbox", name="Language").fill(language)
        items(blank, "ConsentText").last.get_by_role("textbox", name="Text").fill(text)
    assert blank.save() == SAVED
    blank.page.reload()
    texts = items(blank, "ConsentText").get_by_role("textbox", name="Text")
    assert {area.input_value() for area in texts.all()} == {"Agree,\nplease", "Zustimmen & weiter"}


def test_two_texts_in_one_language_are_refused_and_both_are_kept(blank: Screen) -> None:
    row = blank.row("ConsentText")
    for text in ("One", "Another"):
        row.get_by_role("button", name="Add language").click()
        items(blank, "ConsentText").last.get_by_role("textbox", name="Language").fill("en")
        items(blank, "ConsentText").last.get_by_role("textbox", name="Text").fill(text)
    assert blank.save() == 422
    expect(blank.problem("ConsentText")).to_contain_text("There are two texts for “en”")
    expect(items(blank, "ConsentText").get_by_role("textbox", name="Text")).to_have_count(2)


def test_clear_brings_a_key_back_to_not_set(blank: Screen) -> None:
    blank.control("IKEv2.MTU").fill("1300")
    blank.row("IKEv2.MTU").get_by_role("button", name="Clear MTU").click()
    expect(blank.control("IKEv2.MTU")).to_have_value("")
    expect(blank.control("IKEv2.MTU")).to_be_focused()
    blank.choose("IKEv2.DisableMOBIKE", "On")
    blank.choose("IKEv2.DisableMOBIKE", "Default (Off)")
    expect(blank.xml).not_to_contain_text("DisableMOBIKE")
    expect(blank.xml).not_to_contain_text("MTU")
