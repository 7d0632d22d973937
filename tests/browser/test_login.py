"""Signing in, as a person does."""

import re

from playwright.sync_api import Page, expect

from profiles.models import User
from tests.conftest import PASSWORD


def test_a_person_signs_in_and_out(page: Page, alice: User) -> None:
    page.goto("/password/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/password/$"))
    page.locator(".masthead__account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_pages_break_no_rule_of_their_own_content_policy(page_as_alice: Page) -> None:
    complaints: list[str] = []
    page_as_alice.on("console", lambda message: complaints.append(message.text))
    page_as_alice.goto("/password/")
    page_as_alice.wait_for_load_state("networkidle")
    assert page_as_alice.evaluate("typeof htmx") == "object"
    assert (
        page_as_alice.evaluate("getComputedStyle(document.querySelector('.btn-primary')).cursor") == "pointer"
    )
    assert complaints == []
