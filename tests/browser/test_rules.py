"""From a problem to its rule, and the list of all rules."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from profiles.models import User
from tests.browser.screen import Screen, start_profile

pytestmark = pytest.mark.usefixtures("sample_rules")


def test_why_opens_the_rule_in_a_tab_of_its_own_and_keeps_what_is_typed(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice))
    screen.control("PayloadOrganization").fill("typed")
    problem = screen.problems.filter(has_text="RemoteAddress")

    with screen.page.context.expect_page() as opened:
        problem.get_by_role("link", name="Why? A key that is needed is missing").click()

    expect(opened.value.get_by_role("heading", level=1)).to_have_text("A key that is needed is missing")
    expect(opened.value).to_have_url("/rules/missing/")
    assert opened.value.evaluate("window.opener") is None
    expect(screen.control("PayloadOrganization")).to_have_value("typed")
    expect(screen.unsaved).to_be_visible()


def test_each_problem_that_comes_up_while_typing_has_its_why(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice))
    screen.control("IKEv2.MTU").fill("5000")
    problem = screen.problems.filter(has_text="MTU")
    expect(problem.get_by_role("link", name="Why? A number is larger than allowed")).to_be_visible()
    # What stands beside the key is the sentence alone.
    expect(screen.problem("IKEv2.MTU")).not_to_contain_text("Why?")


def test_the_list_is_narrowed_to_the_words_that_are_typed(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/rules/")
    rules, headings = page.locator(".rules__one"), page.locator(".rules h2")
    expect(rules).to_have_count(5)

    page.get_by_role("searchbox", name="Find a rule").fill("KEY  know")
    expect(rules.filter(visible=True)).to_contain_text(["missing", "unavailable", "unknown-key"])
    expect(headings.filter(visible=True)).to_have_text(["Errors", "Warnings"])

    page.get_by_role("searchbox").fill("too-l")
    expect(rules.filter(visible=True)).to_contain_text(["too-large"])

    # Why it is one and how it is fixed count, too.
    page.get_by_role("searchbox").fill("who runs the server")
    expect(rules.filter(visible=True)).to_contain_text(["missing"])

    page.get_by_role("searchbox").fill("nothing at all")
    expect(rules.filter(visible=True)).to_have_count(0)
    expect(page.locator("#rules").get_by_role("status")).to_have_text("Nothing matches “nothing at all”.")

    page.get_by_role("searchbox").fill("")
    expect(rules.filter(visible=True)).to_have_count(5)
    expect(page.locator("#rules").get_by_role("status")).to_be_empty()


def test_what_was_typed_narrows_the_list_still_where_somebody_comes_back(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/rules/")
    page.keyboard.press("/")
    page.keyboard.type("missing")
    page.get_by_role("link", name="A key that is needed is missing").click()
    page.get_by_role("link", name="All rules").click()
    page.go_back()
    page.go_back()
    shown = page.locator(".rules__one").filter(visible=True)
    typed = page.get_by_role("searchbox").input_value()
    expect(shown).to_have_count(1 if typed else 5)


def test_the_list_is_reached_from_the_menu(page_as_alice: Page) -> None:
    page_as_alice.goto("/profiles/")
    page_as_alice.locator(".masthead__account > summary").click()
    page_as_alice.get_by_role("link", name="Rules of the checks").click()
    expect(page_as_alice.get_by_role("heading", level=1)).to_have_text("Rules")
