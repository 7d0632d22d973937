"""A template that is filled in for the same person twice, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from profiles.models import Profile, User
from tests.browser.barriers import barriers
from tests.services.template_samples import PIN, fill_in, ikev2, make_template

ANOTHER = "another-secret-in-no-text"


def fill(page: Page, template: Profile, user: str) -> None:
    page.goto(f"/templates/{template.pk}/use")
    page.get_by_label("User name").fill(user)
    page.get_by_label("PIN").fill(ANOTHER)
    page.get_by_role("button", name="Make the profile").click()


def test_the_same_person_is_told_and_filled_in_again(page_as_alice: Page, alice: User) -> None:
    page, template = page_as_alice, make_template(alice)
    before = fill_in(alice, template)
    fill(page, template, "bob")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("The team has a profile that looks like this one.")
    expect(notice).to_be_focused()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert barriers(page) == []
    notice.get_by_role("button", name="Fill in again “Office VPN”").click()
    expect(page.get_by_role("status")).to_contain_text("“Office VPN” is filled in again.")
    assert Profile.objects.get(is_template=False) == before
    assert ikev2(before)["AuthPassword"] == ANOTHER


def test_the_enter_key_asks_again_and_changes_nobody_else(page_as_alice: Page, alice: User) -> None:
    page, template = page_as_alice, make_template(alice)
    before = fill_in(alice, template)
    fill(page, template, "bob")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("User name").fill("carol")
    page.get_by_label("User name").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is ready")
    assert ikev2(before)["AuthPassword"] == PIN
    assert Profile.objects.filter(is_template=False).count() == 2
