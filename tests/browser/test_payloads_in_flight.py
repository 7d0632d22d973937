"""Requests under way while somebody types on, and one that the server cannot do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from profiles.models import Profile, User
from tests.browser.building import Workshop
from tests.browser.screen import Screen, start_profile


@pytest.fixture
def profile(alice: User) -> Profile:
    return start_profile(alice)


@pytest.fixture
def workshop(screen: Screen, profile: Profile) -> Workshop:
    screen.open(profile)
    return Workshop(screen.page)


@pytest.fixture
def held(workshop: Workshop, profile: Profile) -> list[Route]:
    """The first request that the designer sends; it waits for `continue_`."""
    routes: list[Route] = []

    def hold(route: Route) -> None:
        if routes:
            route.continue_()
        routes.append(route)

    workshop.page.route(f"**/profiles/{profile.pk}", hold)
    return routes


def test_what_is_typed_while_a_payload_is_added_is_still_there(
    workshop: Workshop, profile: Profile, held: list[Route]
) -> None:
    page = workshop.page
    menu = page.locator(".editor__nav .add-payload")
    menu.locator("summary").click()
    with page.expect_request(f"**/profiles/{profile.pk}"):
        menu.get_by_text("SCEP identity", exact=True).click()
    workshop.part().fill("IKEv2.AuthName", "typed meanwhile")
    workshop.part().fill("IKEv2.AuthPassword", "secret meanwhile")
    held[0].continue_()
    expect(page.locator("#designer .part")).to_have_count(3)
    expect(workshop.part().row("IKEv2.AuthName").locator("input")).to_have_value("typed meanwhile")
    expect(workshop.part().row("IKEv2.AuthPassword").locator("input").first).to_have_value("secret meanwhile")


def test_what_is_typed_while_a_save_is_refused_is_still_there(
    workshop: Workshop, profile: Profile, held: list[Route]
) -> None:
    page = workshop.page
    workshop.part().fill("IKEv2.MTU", "many")
    with page.expect_request(f"**/profiles/{profile.pk}"):
        page.keyboard.press("ControlOrMeta+s")
    workshop.part().fill("IKEv2.AuthName", "typed meanwhile")
    held[0].continue_()
    expect(workshop.screen.problem("IKEv2.MTU")).to_contain_text("is not a whole number")
    expect(page.get_by_text("Not saved:")).to_be_attached()
    expect(workshop.part().row("IKEv2.AuthName").locator("input")).to_have_value("typed meanwhile")


def test_a_secret_lands_in_no_other_payload_after_a_copy_that_failed(
    workshop: Workshop, profile: Profile
) -> None:
    page = workshop.page
    original = workshop.part()
    original.fill("IKEv2.AuthPassword", "typed secret")
    page.route(f"**/profiles/{profile.pk}", lambda route: route.fulfill(status=429))
    menu = original.box.locator(".part__menu")
    menu.locator("summary").click()
    menu.get_by_role("button", name="Duplicate", exact=True).click()
    page.get_by_role("button", name="Back to the form").click()
    page.unroute(f"**/profiles/{profile.pk}")
    other = workshop.add_payload("IKEv2 VPN")
    other.choose("IKEv2.ExtendedAuthEnabled", "On")
    expect(other.row("IKEv2.AuthPassword").locator("input").first).to_have_value("")
