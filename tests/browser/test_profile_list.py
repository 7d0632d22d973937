"""The list of profiles: found, sorted, turned page by page, copied, thrown away and brought back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from profiles.models import Profile, User
from tests.browser.screen import start_profile


@pytest.fixture
def sixty(alice: User) -> None:
    """Sixty profiles, of which every tenth is a branch office."""
    for number in range(60):
        start_profile(alice, "blank", name=f"{'Branch' if number % 10 == 0 else 'Office'} {number:02}")


@pytest.fixture
def three(alice: User) -> list[Profile]:
    return [start_profile(alice, "blank", name=name) for name in ("Beta", "Alpha", "Gamma")]


def names(page: Page) -> list[str]:
    return page.locator(".list__name a").all_inner_texts()


@pytest.mark.usefixtures("sixty")
def test_sixty_profiles_are_turned_page_by_page(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/profiles/")
    seen = names(page)
    for shown in ("21–40 of 60", "41–60 of 60"):
        page.get_by_role("link", name="Next").click()
        expect(page.get_by_role("navigation", name="Pages")).to_contain_text(shown)
        seen += names(page)
    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    assert len(set(seen)) == 60
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("21–40 of 60")


@pytest.mark.usefixtures("sixty")
def test_searching_narrows_the_list_while_typing_and_has_an_address(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/profiles/")
    page.keyboard.press("/")
    page.keyboard.type("branch")
    expect(page.locator(".list__name a")).to_have_count(6)
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?q=branch$"))
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("branch")
    expect(page.locator(".list__name a")).to_have_count(6)


@pytest.mark.usefixtures("three")
def test_a_search_without_a_match_says_so_and_leads_back(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/profiles/")
    page.get_by_role("searchbox").fill("no such profile")
    expect(page.get_by_role("heading", name="No profile matches “no such profile”")).to_be_visible()
    page.get_by_role("link", name="Show all profiles").click()
    expect(page.locator(".list__name a")).to_have_count(3)


@pytest.mark.usefixtures("three")
def test_the_headings_sort_and_say_how(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/profiles/")
    heading = page.get_by_role("columnheader", name="Name")
    expect(page.locator(".list__name a")).to_have_text(["Gamma", "Alpha", "Beta"])
    heading.get_by_role("link").click()
    expect(page.locator(".list__name a")).to_have_text(["Alpha", "Beta", "Gamma"])
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("link").click()
    expect(page.locator(".list__name a")).to_have_text(["Gamma", "Beta", "Alpha"])
    expect(heading).to_have_attribute("aria-sort", "descending")


@pytest.mark.usefixtures("three")
def test_searching_keeps_the_order(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/profiles/?sort=name")
    page.get_by_role("searchbox").fill("a")
    expect(page).to_have_url(re.compile("q=a"))
    expect(page.locator(".list__name a")).to_have_text(["Alpha", "Beta", "Gamma"])


@pytest.mark.usefixtures("three")
def test_a_copy_opens_at_once_and_has_an_identifier_of_its_own(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/profiles/")
    original = page.locator("tr", has_text="Beta").locator("code").inner_text()
    page.get_by_role("button", name="Duplicate Beta").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Beta copy")
    identifier = page.get_by_label("Identifier", exact=True)
    expect(identifier).to_have_value(re.compile(f"^{re.escape(original)}\\..+"))


@pytest.mark.usefixtures("three")
def test_a_deleted_profile_comes_back_by_undo(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/profiles/")
    page.get_by_role("button", name="Delete Beta").click()
    expect(page.get_by_role("status")).to_contain_text("“Beta” was deleted.")
    expect(page.locator(".list__name a")).to_have_text(["Gamma", "Alpha"])
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("“Beta” is back.")
    expect(page.locator(".list__name a")).to_have_text(["Gamma", "Alpha", "Beta"])


def test_the_last_profile_comes_back_by_undo_too(page_as_alice: Page, alice: User) -> None:
    page = page_as_alice
    page.goto(f"/profiles/{start_profile(alice).pk}")
    page.locator("summary", has_text="More").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No profiles yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".list__name a")).to_have_text(["Office VPN"])


def test_an_empty_list_leads_to_the_first_profile(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/")
    expect(page.get_by_role("heading", name="No profiles yet")).to_be_visible()
    page.get_by_role("link", name="Make the first profile").click()
    expect(page.get_by_role("heading", name="New profile")).to_be_visible()


def test_the_list_says_who_changed_a_profile_last(page_as_alice: Page, alice: User) -> None:
    start_profile(alice)
    page_as_alice.goto("/profiles/")
    expect(page_as_alice.locator("tbody tr")).to_contain_text("by alice · revision 1")
