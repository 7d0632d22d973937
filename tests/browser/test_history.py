"""The history of a profile as a person handles it: two revisions chosen, compared, and one of them taken back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from profiles.models import Profile, User
from profiles.services import download, profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.browser.barriers import barriers
from tests.services.samples import changed, valid

LONG = "A-very-long-name-without-a-single-blank-" * 6
COMMENT = "Why it was changed, in more words than anybody reads. " * 18


@pytest.fixture
def profile(alice: User) -> Profile:
    """Revisions with long names and comments; users have installed revision 28 of 30."""
    profile = profiles.create(actor=alice, team=home(alice), document=valid(name=LONG))
    for number in range(2, 31):
        rules = [{"Action": "Connect", "SSIDMatch": [LONG] * (number % 5)}]
        whole = changed(load(profile), MTU=1300 + number, AuthName=LONG * (number % 3), OnDemandRules=rules)
        profile = profiles.save(
            actor=alice, profile_id=profile.pk, document=whole, base_revision=number - 1, comment=COMMENT
        )
    download.download(user=alice, profile=profile, revision=28, unsigned=True)
    return profile


def mtu(profile: Profile) -> int:
    profile.refresh_from_db()
    value: int = load(profile).payloads[0].values["IKEv2"]["MTU"]
    return value


def test_two_are_compared_and_one_is_taken_back_by_mouse(page_as_alice: Page, profile: Profile) -> None:
    page = page_as_alice
    page.goto(f"/profiles/{profile.pk}/history")
    expect(page.get_by_role("radio", name="From revision 28")).to_be_checked()
    expect(page.get_by_role("radio", name="To revision 30")).to_be_checked()
    page.get_by_role("radio", name="From revision 20").click()
    page.get_by_role("button", name="Compare the chosen two").click()
    row = page.locator("tr", has=page.get_by_role("rowheader", name="MTU"))
    expect(row.get_by_role("cell")).to_have_text(["1320 bytes", "1330 bytes"])
    page.get_by_role("link", name="Swap").click()
    expect(row.get_by_role("cell")).to_have_text(["1330 bytes", "1320 bytes"])
    page.get_by_role("button", name="Restore revision 20").click()
    expect(page.get_by_role("status")).to_have_text("Revision 20 is back, as revision 31.")
    expect(page.get_by_role("row", name="Revision 31")).to_contain_text("Back to revision 20")
    assert mtu(profile) == 1320


class TestWithoutScripts:
    """The same by keyboard alone."""

    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, Any]) -> dict[str, Any]:
        return {**browser_context_args, "java_script_enabled": False}

    def test_two_are_compared_and_one_is_taken_back_by_keyboard(
        self, page_as_alice: Page, profile: Profile
    ) -> None:
        page = page_as_alice
        page.goto(f"/profiles/{profile.pk}/history")
        page.get_by_role("radio", name="From revision 28").press("ArrowDown")
        page.get_by_role("radio", name="From revision 27").press("Enter")
        expect(page.get_by_role("heading", name="From revision 27")).to_be_visible()
        field = page.get_by_label("Compare revision")
        field.fill("2")
        field.press("Enter")
        expect(page.get_by_role("heading", name="From revision 2")).to_be_visible()
        page.get_by_role("button", name="Restore revision 2").press("Enter")
        expect(page.get_by_role("status")).to_have_text("Revision 2 is back, as revision 31.")
        assert mtu(profile) == 1302


def test_of_two_tabs_the_later_one_is_told(page_as_alice: Page, profile: Profile) -> None:
    other = page_as_alice.context.new_page()
    for page in (page_as_alice, other):
        page.goto(f"/profiles/{profile.pk}/history")
    page_as_alice.get_by_role("button", name="Restore revision 20").click()
    expect(page_as_alice.get_by_role("status")).to_contain_text("Revision 20 is back")
    other.get_by_role("button", name="Restore revision 15").click()
    expect(other.get_by_role("status")).to_contain_text("alice saved revision 31 after you opened this page")
    assert mtu(profile) == 1320
    other.get_by_role("button", name="Restore revision 15").click()
    expect(other.get_by_role("status")).to_have_text("Revision 15 is back, as revision 32.")


def test_what_users_have_is_marked_and_one_click_from_what_changed_since(
    page_as_alice: Page, profile: Profile
) -> None:
    page_as_alice.goto(f"/profiles/{profile.pk}/history")
    expect(page_as_alice.get_by_role("row", name="Revision 28")).to_contain_text("installed")
    page_as_alice.get_by_role("link", name="What changed since the version that users installed").click()
    expect(page_as_alice.get_by_role("heading", name="From revision 28")).to_be_visible()
    expect(page_as_alice.get_by_role("heading", name="To revision 30")).to_be_visible()


@pytest.mark.parametrize("address", ["history", "history?page=2", "compare", "compare?from=3&to=3"])
def test_it_has_no_barrier_and_fits_a_phone(page_as_alice: Page, profile: Profile, address: str) -> None:
    page = page_as_alice
    page.goto(f"/profiles/{profile.pk}/{address}")
    for long in page.locator("details.long > summary").all():
        long.click()
    assert barriers(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert barriers(page) == []
