"""The right pane folds away, and stays so until it is wanted again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from profiles.models import User
from profiles.plist.reading.read import read
from profiles.services import profiles
from profiles.services.teams import home
from tests.browser.screen import SAVED, Screen, start_profile
from tests.plist.trees import tree, vpn


@pytest.fixture
def eap(screen: Screen, alice: User) -> Screen:
    return screen.open(start_profile(alice))


@pytest.fixture
def fold(eap: Screen) -> Locator:
    """The button that folds and unfolds the pane; it says so by `aria-expanded`."""
    return eap.page.locator(".editor__actions").get_by_role("button", name="Problems & XML")


def test_folding_it_leaves_the_room_to_the_form(eap: Screen, fold: Locator) -> None:
    form = eap.page.locator(".editor__form")
    narrow = form.evaluate("form => form.clientWidth")
    fold.click()
    expect(eap.page.locator("#review")).to_be_hidden()
    expect(fold).to_have_attribute("aria-expanded", "false")
    assert form.evaluate("form => form.clientWidth") > narrow
    fold.click()
    expect(eap.page.locator("#review")).to_be_visible()
    expect(fold).to_have_attribute("aria-expanded", "true")


def test_it_stays_folded_over_a_save_and_when_the_page_comes_back(eap: Screen, fold: Locator) -> None:
    fold.click()
    eap.control("IKEv2.MTU").fill("1300")
    assert eap.save() == SAVED
    expect(eap.page.locator("#review")).to_be_hidden()
    eap.page.reload()
    expect(eap.page.locator("#review")).to_be_hidden()
    expect(eap.unsaved).to_be_hidden()


def test_folded_it_still_says_how_many_problems_there_are(eap: Screen, fold: Locator) -> None:
    fold.click()
    expect(fold.locator(".pill")).to_have_text("2")
    eap.control("IKEv2.RemoteAddress").fill("vpn.example.com")
    expect(fold.locator(".pill")).to_have_text("1")
    expect(eap.problem("IKEv2.RemoteAddress")).to_be_empty()


def test_the_sections_beside_the_form_follow_what_is_read(eap: Screen) -> None:
    sections = eap.page.get_by_role("navigation", name="Sections")
    sections.get_by_role("link", name="Advanced").click()
    expect(eap.page.get_by_role("heading", name="Advanced")).to_be_in_viewport()
    current = sections.locator("[aria-current=true]")
    expect(current).to_have_count(1)
    sections.get_by_role("link", name="Connection").click()
    expect(current).to_contain_text("Connection")
    expect(eap.page).to_have_url(re.compile("#section-.*connection$"))


CROWD = (
    "MTU",
    "NATKeepAliveInterval",
    "DeadPeerDetectionRate",
    "IncludeAllNetworks",
    "EnforceRoutes",
    "EnablePFS",
)
WHOLE = """box => {
  const { top, bottom } = box.getBoundingClientRect();
  return [...box.children].filter((each) => {
    const place = each.getBoundingClientRect();
    return place.top >= top && place.bottom <= bottom;
  }).length;
}"""
"""How many children of a box are in sight as a whole."""


@pytest.fixture
def crowded(screen: Screen, alice: User) -> Screen:
    """A profile with a dozen problems and more."""
    tunnel = {
        "RemoteAddress": "vpn.example.com",
        "LocalIdentifier": "",
        **dict.fromkeys(CROWD, True),
        **{f"Ours{number}": number for number in range(8)},
    }
    profile = profiles.create(actor=alice, team=home(alice), document=read(tree(vpn(tunnel))))
    screen.page.set_viewport_size({"width": 1440, "height": 900})
    return screen.open(profile)


def test_many_problems_have_most_of_the_pane_and_the_lines_enough(crowded: Screen) -> None:
    assert crowded.problems.count() >= 12
    assert crowded.page.locator(".problems__list").evaluate(WHOLE) >= 6
    assert crowded.xml.evaluate(WHOLE) >= 6


def test_few_problems_leave_the_pane_to_the_lines(eap: Screen) -> None:
    eap.page.set_viewport_size({"width": 1440, "height": 900})
    review, problems = (eap.page.locator(name).bounding_box() for name in ("#review", ".problems"))
    assert review
    assert problems
    assert problems["height"] < 0.35 * review["height"]
    assert eap.page.locator(".problems__list").evaluate(WHOLE) == eap.problems.count()


@pytest.mark.parametrize("width", [1440, 1024, 850])
def test_problems_stand_beside_the_form(crowded: Screen, width: int) -> None:
    crowded.page.set_viewport_size({"width": width, "height": 900})
    expect(crowded.problems.first).to_be_in_viewport()
    crowded.place("MTU").first.click()
    expect(crowded.control("IKEv2.MTU")).to_be_in_viewport()
    expect(crowded.problems.first).to_be_in_viewport()
    assert crowded.page.evaluate("document.documentElement.scrollWidth") <= width
