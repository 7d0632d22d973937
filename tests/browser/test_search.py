"""Finding one key among ninety."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from profiles.models import User
from tests.browser.building import Workshop
from tests.browser.screen import Screen, start_profile


@pytest.fixture
def eap(screen: Screen, alice: User) -> Screen:
    return screen.open(start_profile(alice))


def test_slash_goes_to_the_search_and_escape_clears_it(eap: Screen) -> None:
    find = eap.page.locator("[data-find]")
    eap.page.keyboard.press("/")
    expect(find).to_be_focused()
    eap.page.keyboard.type("mtu")
    expect(eap.row("IKEv2.MTU")).to_be_visible()
    expect(eap.row("PayloadDisplayName")).to_be_hidden()
    eap.page.keyboard.press("Escape")
    expect(find).to_have_value("")
    expect(eap.row("PayloadDisplayName")).to_be_visible()


def test_slash_in_a_field_is_a_slash(eap: Screen) -> None:
    field = eap.control("IKEv2.AuthName")
    field.press("/")
    expect(field).to_have_value("/")
    expect(field).to_be_focused()


@pytest.mark.parametrize("words", ["Dead peer detection", "deadpeer", "idle server"])
def test_a_key_is_found_by_label_by_apples_name_and_by_its_help(eap: Screen, words: str) -> None:
    eap.page.locator("[data-find]").fill(words)
    expect(eap.row("IKEv2.DeadPeerDetectionRate")).to_be_visible()
    expect(eap.page.locator(".key:visible")).to_have_count(1)


def test_a_concealed_key_is_found_with_what_it_takes_to_use_it(eap: Screen) -> None:
    expect(eap.row("IKEv2.DisconnectOnIdleTimer")).to_be_hidden()
    eap.page.locator("[data-find]").fill("Idle period")
    expect(eap.row("IKEv2.DisconnectOnIdleTimer")).to_be_visible()
    expect(eap.row("IKEv2.DisconnectOnIdleTimer")).to_contain_text("Only used when DisconnectOnIdle is On.")


def test_a_key_inside_an_item_is_found_and_its_box_opened(eap: Screen) -> None:
    vpn = Workshop(eap.page).part()
    vpn.choose("IKEv2.OnDemandEnabled", "On")
    rule = vpn.add("IKEv2.OnDemandRules")
    rule.box.locator("summary").first.click()
    eap.page.locator("[data-find]").fill("DNSServerAddressMatch")
    expect(rule.row("DNSServerAddressMatch")).to_be_visible()
    expect(rule.row("SSIDMatch")).to_be_hidden()
    expect(vpn.row("IKEv2.MTU")).to_be_hidden()


def test_only_what_is_set_leaves_out_the_rest(eap: Screen) -> None:
    eap.page.get_by_label("Only what is set").check()
    expect(eap.row("IKEv2.ExtendedAuthEnabled")).to_be_visible()
    expect(eap.row("IKEv2.MTU")).to_be_hidden()
    expect(eap.row("IKEv2.SharedSecret")).to_be_hidden()


def test_a_search_that_finds_nothing_offers_all_keys(eap: Screen) -> None:
    eap.page.locator("[data-find]").fill("no such key")
    expect(eap.page.locator(".key:visible")).to_have_count(0)
    eap.page.get_by_role("button", name="Show all keys").click()
    expect(eap.row("IKEv2.MTU")).to_be_visible()


def test_searching_is_no_change_to_the_profile(eap: Screen) -> None:
    eap.page.locator("[data-find]").fill("mtu")
    expect(eap.unsaved).to_be_hidden()


def test_the_search_outlives_a_save(eap: Screen) -> None:
    eap.page.locator("[data-find]").fill("mtu")
    eap.control("IKEv2.MTU").fill("1300")
    eap.save()
    expect(eap.page.locator("[data-find]")).to_have_value("mtu")
    expect(eap.page.locator(".key:visible")).to_have_count(1)


CONTRAST = """field => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number).slice(0, 3);
  const { color, opacity } = getComputedStyle(field, "::placeholder");
  const ground = numbers(getComputedStyle(field).backgroundColor);
  const ink = numbers(color).map((value, at) => value * opacity + ground[at] * (1 - opacity));
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = (parts) => {
    const [red, green, blue] = parts.map((value) => linear(value / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low, high] = [light(ink), light(ground)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""
"""The contrast of what stands in an empty field, as WCAG measures it."""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_stands_in_an_empty_field_can_be_read(eap: Screen, dark: bool) -> None:
    eap.page.emulate_media(color_scheme="dark" if dark else "light")
    expect(eap.page.locator("html")).to_have_attribute("data-bs-theme", "dark" if dark else "light")
    assert eap.page.locator("[data-find]").evaluate(CONTRAST) >= 4.5
