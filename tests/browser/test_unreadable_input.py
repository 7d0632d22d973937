"""Text that has no value is refused beside its field, and stays there with everything else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from profiles.models import Profile, User
from tests.browser.building import Workshop
from tests.browser.screen import SAVED, Screen, start_profile

SECRET = "typed, and not to be typed again"


@pytest.fixture
def profile(alice: User) -> Profile:
    return start_profile(alice)


@pytest.fixture
def eap(screen: Screen, profile: Profile) -> Screen:
    return screen.open(profile)


def test_letters_for_a_number_are_refused_and_everything_typed_is_still_there(
    eap: Screen, profile: Profile
) -> None:
    eap.control("IKEv2.RemoteAddress").fill("vpn.example.com")
    eap.control("IKEv2.AuthPassword").fill(SECRET)
    eap.row("ConsentText").get_by_role("button", name="Add language").click()
    eap.row("ConsentText").get_by_role("textbox", name="Text").fill("Agree & go")
    eap.control("IKEv2.MTU").fill("many")
    assert eap.save() == 422
    expect(eap.problem("IKEv2.MTU")).to_have_text("“many” is not a whole number. Use digits only.")
    expect(eap.page.get_by_text("Not saved:")).to_be_attached()
    expect(eap.control("IKEv2.MTU")).to_have_value("many")
    expect(eap.control("IKEv2.MTU")).to_be_focused()
    expect(eap.control("IKEv2.MTU")).to_be_in_viewport()
    expect(eap.control("IKEv2.RemoteAddress")).to_have_value("vpn.example.com")
    expect(eap.control("IKEv2.AuthPassword")).to_have_value(SECRET)
    expect(eap.row("ConsentText").get_by_role("textbox", name="Text")).to_have_value("Agree & go")
    expect(eap.unsaved).to_be_visible()
    profile.refresh_from_db()
    assert profile.revision == 1
    eap.control("IKEv2.MTU").fill("1300")
    assert eap.save() == SAVED
    expect(eap.control("IKEv2.AuthPassword")).to_have_attribute("placeholder", "Set · type to change it")


def test_a_secret_in_a_concealed_row_outlives_a_refused_save(eap: Screen) -> None:
    eap.choose("IKEv2.AuthenticationMethod", "Shared secret")
    eap.control("IKEv2.SharedSecret").fill(SECRET)
    eap.choose("IKEv2.AuthenticationMethod", "Certificate")
    eap.control("IKEv2.MTU").fill("many")
    assert eap.save() == 422
    eap.choose("IKEv2.AuthenticationMethod", "Shared secret")
    expect(eap.control("IKEv2.SharedSecret")).to_have_value(SECRET)


def test_text_in_a_concealed_row_keeps_nobody_from_saving(eap: Screen) -> None:
    eap.choose("IKEv2.DisconnectOnIdle", "On")
    eap.control("IKEv2.DisconnectOnIdleTimer").fill("a while")
    eap.choose("IKEv2.DisconnectOnIdle", "Off")
    assert eap.save() == SAVED
    eap.choose("IKEv2.DisconnectOnIdle", "On")
    expect(eap.control("IKEv2.DisconnectOnIdleTimer")).to_have_value("a while")


def test_a_target_that_is_no_version_is_refused_beside_its_field(eap: Screen) -> None:
    eap.target("macOS").fill("Sonoma")
    assert eap.save() == 422
    expect(eap.page.locator(".targets__one", has_text="macOS")).to_contain_text("“Sonoma” is not a version.")
    expect(eap.target("macOS")).to_have_value("Sonoma")
    expect(eap.target("macOS")).to_be_focused()


def test_bytes_that_are_no_hexadecimal_are_refused_and_kept(eap: Screen) -> None:
    eap.row("IKEv2.PPK").get_by_label("Written as").select_option("Hex")
    eap.control("IKEv2.PPK").fill("no hex")
    assert eap.save() == 422
    expect(eap.problem("IKEv2.PPK")).to_contain_text("This is not hexadecimal.")
    expect(eap.control("IKEv2.PPK")).to_have_value("no hex")
    expect(eap.row("IKEv2.PPK").get_by_label("Written as")).to_have_value("hex")


def test_what_cannot_be_read_in_an_item_is_refused_beside_it_and_kept(
    page_as_alice: Page, alice: User
) -> None:
    page_as_alice.goto(f"/profiles/{start_profile(alice, 'always-on').pk}")
    workshop = Workshop(page_as_alice)
    tunnel = workshop.part().item("AlwaysOn.TunnelConfigurations")
    tunnel.fill("MTU", "large")
    assert workshop.screen.save() == 422
    row = workshop.part().item("AlwaysOn.TunnelConfigurations").row("MTU")
    expect(row.locator(".key__problem")).to_have_text("“large” is not a whole number. Use digits only.")
    expect(row.locator("input")).to_have_value("large")
    expect(row.locator("input")).to_be_focused()
