"""Keys that the designer does not know, in a real browser: what is typed elsewhere stays while one is shown."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from profiles.models import AuditEntry, User
from profiles.plist.reading.read import read
from profiles.services import profiles
from profiles.services.teams import home
from tests.browser.screen import Screen
from tests.plist.trees import tree, vpn

HUSH = "hush hush"
GIVEN = tree(vpn({"RemoteAddress": "vpn.example.com", "Token": HUSH, "Level": 7}, Other=HUSH))


def test_a_problem_leads_to_the_key_that_nobody_knows(page_as_alice: Page, alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=read(GIVEN))
    screen = Screen(page_as_alice).open(profile)
    row = page_as_alice.locator(".unknown__row", has_text="IKEv2.Level")
    expect(row.locator(".key__problem")).to_contain_text("does not know Level")
    page_as_alice.locator(".unknown > summary").click()
    expect(row).to_be_hidden()
    screen.place("Level").click()
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    page_as_alice.get_by_role("button", name="Show Other").click()
    shown = page_as_alice.locator(".unknown__row", has_text="Other")
    expect(shown.locator(".unknown__value")).to_be_focused()
    expect(shown.locator(".key__problem")).to_contain_text("does not know Other")


def test_a_value_is_shown_in_its_row_and_masked_again_after_a_save(page_as_alice: Page, alice: User) -> None:
    page = page_as_alice
    profile = profiles.create(actor=alice, team=home(alice), document=read(GIVEN))
    screen = Screen(page).open(profile)
    rows = page.locator(".unknown__row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("7")
    screen.control("IKEv2.RemoteAddress").fill("typed.example.com")

    page.get_by_role("button", name="Show IKEv2.Token").click()

    shown = rows.nth(0).locator(".unknown__value")
    expect(shown).to_have_text(HUSH)
    expect(shown).to_be_focused()
    expect(page.get_by_text(HUSH)).to_have_count(1)
    expect(screen.control("IKEv2.RemoteAddress")).to_have_value("typed.example.com")
    expect(screen.unsaved).to_be_visible()
    assert AuditEntry.objects.filter(event="secret shown").count() == 1

    page.get_by_role("button", name="Save", exact=True).click()
    expect(screen.unsaved).to_be_hidden()
    expect(page.get_by_text(HUSH)).to_have_count(0)
    profile.refresh_from_db()
    assert profile.revision == 2
