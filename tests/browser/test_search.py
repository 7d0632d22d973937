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
