"""Two tabs on one profile: the later save never overwrites the earlier one silently."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from profiles.models import Profile, User
from tests.browser.screen import SAVED, Screen, start_profile


@pytest.fixture
def profile(alice: User) -> Profile:
    return start_profile(alice)


@pytest.fixture
def conflict(screen: Screen, profile: Profile) -> Screen:
    """Mine after theirs: the screen shows a conflict."""
    theirs = Screen(screen.page.context.new_page()).open(profile)
    screen.open(profile)
    theirs.control("IKEv2.RemoteAddress").fill("theirs.example.com")
    theirs.control("IKEv2.AuthName").fill("their user")
    assert theirs.save() == SAVED
    screen.control("IKEv2.RemoteAddress").fill("mine.example.com")
    screen.control("IKEv2.AuthPassword").fill("my secret")
    screen.control("IKEv2.MTU").fill("1300")
    assert screen.save() == 409
    return screen


def stored(screen: Screen, profile: Profile) -> Screen:
    """What a fresh tab shows."""
    return Screen(screen.page.context.new_page()).open(profile)


def test_it_shows_whose_change_it_was_and_what_differs_and_keeps_both(
    conflict: Screen, profile: Profile
) -> None:
    shown = conflict.page.get_by_role("alert")
    expect(shown).to_contain_text(re.compile(r"alice saved this profile at \d\d:\d\d, after you opened it"))
    expect(shown).to_be_in_viewport()
    both = shown.locator("tr", has_text="RemoteAddress")
    expect(both).to_contain_text("theirs.example.com")
    expect(both).to_contain_text("mine.example.com")
    expect(shown.locator("tr", has_text="AuthName")).to_contain_text("their user")
    expect(shown.locator("tr", has_text="MTU")).to_contain_text("1300")
    expect(shown).not_to_contain_text("my secret")
    expect(conflict.control("IKEv2.RemoteAddress")).to_have_value("mine.example.com")
    expect(conflict.control("IKEv2.AuthPassword")).to_have_value("my secret")
    expect(conflict.unsaved).to_be_visible()
    fresh = stored(conflict, profile)
    expect(fresh.control("IKEv2.RemoteAddress")).to_have_value("theirs.example.com")
    expect(fresh.control("IKEv2.MTU")).to_have_value("")


def test_saving_mine_over_it_works(conflict: Screen, profile: Profile) -> None:
    conflict.page.get_by_role("button", name="Save yours over it").click()
    expect(conflict.page.get_by_role("alert")).to_have_count(0)
    expect(conflict.unsaved).to_be_hidden()
    expect(conflict.page.locator(".editor__state")).to_contain_text("revision 3")
    fresh = stored(conflict, profile)
    expect(fresh.control("IKEv2.RemoteAddress")).to_have_value("mine.example.com")
    expect(fresh.control("IKEv2.AuthName")).to_have_value("")
    expect(fresh.control("IKEv2.AuthPassword")).to_have_attribute("placeholder", "Set · type to change it")


def test_taking_theirs_works_without_another_question(conflict: Screen, profile: Profile) -> None:
    conflict.page.get_by_role("link", name="Discard yours, take theirs").click()
    expect(conflict.page.get_by_role("alert")).to_have_count(0)
    expect(conflict.control("IKEv2.RemoteAddress")).to_have_value("theirs.example.com")
    expect(conflict.unsaved).to_be_hidden()
    profile.refresh_from_db()
    assert profile.revision == 2


def test_a_third_save_in_between_is_a_conflict_again(conflict: Screen, profile: Profile) -> None:
    third = stored(conflict, profile)
    third.control("IKEv2.AuthName").fill("a third user")
    assert third.save() == SAVED
    assert conflict.save() == 409
    expect(conflict.page.get_by_role("alert").locator("tr", has_text="AuthName")).to_contain_text(
        "a third user"
    )


def test_the_same_change_in_two_tabs_is_no_conflict(screen: Screen, profile: Profile) -> None:
    other = Screen(screen.page.context.new_page()).open(profile)
    screen.open(profile)
    for tab in (other, screen):
        tab.control("IKEv2.MTU").fill("1300")
        assert tab.save() == SAVED
