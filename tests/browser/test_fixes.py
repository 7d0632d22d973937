"""“Fix” beside a problem, as a person presses it: the field changes, “Undo” brings all back, “Save” stores it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from profiles.models import Profile, User
from profiles.plist.reading.read import read
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.browser.barriers import barriers
from tests.browser.building import Workshop
from tests.browser.screen import SAVED, Screen
from tests.plist.trees import tree, vpn

SECRET = "typed in this very page"
TUNNEL: dict[str, Any] = {
    "RemoteAddress": "vpn.example.com",
    "RemoteIdentifier": "vpn.example.com",
    "LocalIdentifier": "",
    "AuthenticationMethod": "SharedSecret",
    "SharedSecret": "stored",
    "MTU": "1400",
    "EnablePFS": True,
    "DisconnectOnIdle": False,
    "OnDemandEnabled": 1,
    "OnDemandRules": [{"Action": "Connect", "ssidMatch": ["Home"]}, {"Action": "Ignore"}],
}


@pytest.fixture
def profile(alice: User) -> Profile:
    return profiles.create(actor=alice, team=home(alice), document=read(tree(vpn(TUNNEL))))


@pytest.fixture
def odd(screen: Screen, profile: Profile) -> Screen:
    screen.page.set_viewport_size({"width": 1440, "height": 900})
    return screen.open(profile)


def fix(screen: Screen, label: str, place: str) -> Locator:
    return screen.page.get_by_role("button", name=f"Fix: {label} ({place})", exact=True)


def press(screen: Screen, label: str, place: str) -> None:
    fix(screen, label, place).click()
    expect(status(screen)).to_contain_text(f"Fixed: {place} is ")


def status(screen: Screen) -> Locator:
    return screen.page.locator(".mended")


def undo(screen: Screen) -> Locator:
    return screen.page.get_by_role("button", name="Undo", exact=True)


def take_back(screen: Screen) -> None:
    """Press “Undo”, and wait for the review that follows."""
    with screen.page.expect_response("**/preview"):
        undo(screen).click()


def inside(profile: Profile) -> Any:
    profile.refresh_from_db()
    return load(profile).payloads[0].values["IKEv2"]


def state(screen: Screen) -> Any:
    """All that the form would post, and how it looks."""
    return screen.form.evaluate(
        """form => ({
          posted: [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"),
          rows: [...form.querySelectorAll(".key")].map(({ id, className, dataset }) => [id, className, { ...dataset }]),
          open: [...form.querySelectorAll("details")].map(({ open }) => open),
          places: [...form.querySelectorAll("[id]")].map(({ id }) => id).filter((id) => !id.startsWith("--htmx")),
        })"""
    )


WRITE = "Write 1400 as an integer"
TURN_ON = "Write 1 as an integer"


def test_a_fix_changes_the_field_and_the_save_stores_it(odd: Screen, profile: Profile) -> None:
    assert "MTU has to be an integer" in odd.problem("IKEv2.MTU").inner_text()
    press(odd, WRITE, "Office · MTU")
    expect(odd.control("IKEv2.MTU")).to_have_value("1400")
    expect(odd.problem("IKEv2.MTU")).to_be_empty()
    expect(odd.row("IKEv2.MTU")).to_be_in_viewport()
    expect(odd.unsaved).to_be_visible()
    expect(fix(odd, WRITE, "Office · MTU")).to_have_count(0)
    assert inside(profile)["MTU"] == "1400"
    assert odd.save() == SAVED
    assert inside(profile)["MTU"] == 1400
    expect(status(odd)).to_have_count(0)


def test_undo_brings_back_all_as_it_was(odd: Screen, profile: Profile) -> None:
    odd.control("IKEv2.ServerCertificateCommonName").fill("alice")
    odd.row("IKEv2.SharedSecret").locator("input").first.fill(SECRET)
    odd.control("IKEv2.NATKeepAliveInterval").fill("often")
    odd.wait_for_preview()
    rule = Workshop(odd.page).part().item("IKEv2.OnDemandRules", 0)
    rule.fill("URLStringProbe", "https://a.example")
    odd.wait_for_preview()
    expect(odd.problems.filter(has_text="“often” is not")).to_have_count(1)
    before = state(odd)
    press(odd, WRITE, "Office · MTU")
    press(odd, "Rename it to SSIDMatch", "Office · Rule 1 · ssidMatch")
    press(odd, TURN_ON, "Office · EnablePFS")
    assert state(odd) != before
    for _ in range(3):
        take_back(odd)
    expect(undo(odd)).to_have_count(0)
    assert state(odd) == before
    expect(odd.row("IKEv2.SharedSecret").locator("input").first).to_have_value(SECRET)
    # It is a form like any other: it is looked at, fixed again, and saved.
    odd.control("IKEv2.NATKeepAliveInterval").fill("")
    odd.wait_for_preview()
    press(odd, WRITE, "Office · MTU")
    assert odd.save() == SAVED
    found = inside(profile)
    assert (found["MTU"], found["SharedSecret"], found["ServerCertificateCommonName"]) == (
        1400,
        SECRET,
        "alice",
    )
    assert found["OnDemandRules"][0] == {
        "Action": "Connect",
        "ssidMatch": ["Home"],
        "URLStringProbe": "https://a.example",
    }


def test_what_was_saved_before_an_undone_fix_is_saved(odd: Screen) -> None:
    press(odd, WRITE, "Office · MTU")
    expect(odd.unsaved).to_be_visible()
    take_back(odd)
    expect(odd.unsaved).to_be_hidden()
    expect(odd.saved).to_be_visible()
    expect(fix(odd, WRITE, "Office · MTU")).to_be_focused()


def test_fix_all_mends_all_of_a_kind(odd: Screen, profile: Profile) -> None:
    several = odd.page.get_by_role("button", name=re.compile("^Fix all 2: "))
    expect(several).to_have_text("Fix all 2")
    several.click()
    expect(status(odd)).to_contain_text("Fixed 2 problems")
    expect(odd.page.locator("#review .problem[data-code=other-type]")).to_have_count(0)
    assert odd.save() == SAVED
    found = inside(profile)
    assert [(type(found[name]), found[name]) for name in ("EnablePFS", "DisconnectOnIdle")] == [
        (int, 1),
        (int, 0),
    ]


def test_by_keyboard_one_problem_after_the_other(odd: Screen, profile: Profile) -> None:
    buttons = odd.page.locator("#review [name=fix]")
    count = buttons.count()
    assert count >= 4
    buttons.first.focus()
    for left in range(count - 1, 0, -1):
        odd.page.keyboard.press("Enter")
        expect(buttons).to_have_count(left)
        expect(buttons.first).to_be_focused()
    odd.page.keyboard.press("Enter")
    expect(buttons).to_have_count(0)
    expect(undo(odd)).to_be_focused()
    expect(odd.page.locator("#told")).to_contain_text("Fixed: ")
    odd.page.keyboard.press("Enter")
    expect(buttons).to_have_count(1)
    expect(odd.page.locator("#told")).to_have_text("Undone.")


def test_saving_by_keyboard_with_the_focus_on_a_fix_saves(odd: Screen, profile: Profile) -> None:
    fix(odd, WRITE, "Office · MTU").focus()
    assert odd.save() == SAVED
    assert inside(profile)["MTU"] == "1400"


def test_what_is_typed_after_a_fix_is_not_undone(odd: Screen) -> None:
    press(odd, WRITE, "Office · MTU")
    odd.control("IKEv2.ServerCertificateCommonName").fill("typed later")
    expect(undo(odd)).to_be_hidden()
    odd.wait_for_preview()
    expect(odd.control("IKEv2.ServerCertificateCommonName")).to_have_value("typed later")
    press(odd, TURN_ON, "Office · EnablePFS")
    take_back(odd)
    expect(odd.control("IKEv2.ServerCertificateCommonName")).to_have_value("typed later")
    expect(odd.control("IKEv2.MTU")).to_have_value("1400")
    expect(undo(odd)).to_be_hidden()


def test_what_is_typed_while_a_fix_is_under_way_is_still_there(odd: Screen, profile: Profile) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    odd.page.route(f"**/profiles/{profile.pk}", hold)
    with odd.page.expect_request(f"**/profiles/{profile.pk}"):
        fix(odd, WRITE, "Office · MTU").click()
    odd.control("IKEv2.ServerCertificateCommonName").fill("typed meanwhile")
    held[0].continue_()
    expect(status(odd)).to_contain_text("Fixed")
    expect(odd.control("IKEv2.ServerCertificateCommonName")).to_have_value("typed meanwhile")
    take_back(odd)
    expect(odd.control("IKEv2.ServerCertificateCommonName")).to_have_value("typed meanwhile")


def test_a_fix_in_an_item_leads_into_it(odd: Screen) -> None:
    box = odd.page.locator(".item__box").first
    expect(box).not_to_have_attribute("open", "")
    press(odd, "Rename it to SSIDMatch", "Office · Rule 1 · ssidMatch")
    row = odd.page.locator('.item .key[data-path="SSIDMatch"]').first
    expect(row).to_be_in_viewport()
    expect(row.locator("textarea")).to_have_value("Home")
    expect(row).to_have_class(re.compile("key--mended"))


def test_a_copy_of_a_mended_item_is_mended(odd: Screen, profile: Profile) -> None:
    press(odd, "Rename it to SSIDMatch", "Office · Rule 1 · ssidMatch")
    item = odd.page.locator(".item").first
    item.locator(":scope > .item__tools").get_by_role("button", name="Duplicate").click()
    assert odd.save() == SAVED
    assert inside(profile)["OnDemandRules"] == [
        {"Action": "Connect", "SSIDMatch": ["Home"]},
        {"Action": "Connect", "SSIDMatch": ["Home"]},
        {"Action": "Ignore"},
    ]


def test_the_page_with_fixes_has_no_barrier(odd: Screen) -> None:
    assert barriers(odd.page) == []
    press(odd, WRITE, "Office · MTU")
    assert barriers(odd.page) == []


@pytest.mark.parametrize("width", [1024, 390])
def test_on_a_narrower_screen_undo_is_in_sight(odd: Screen, width: int) -> None:
    odd.page.set_viewport_size({"width": width, "height": 844})
    if width == 390:
        odd.page.get_by_role("button", name="Problems & XML").click()
    press(odd, TURN_ON, "Office · EnablePFS")
    expect(undo(odd)).to_be_in_viewport()
    expect(odd.page.locator(":focus")).to_be_in_viewport()
    assert odd.page.evaluate("document.documentElement.scrollWidth") <= width
    take_back(odd)
    expect(fix(odd, TURN_ON, "Office · EnablePFS")).to_be_visible()


def test_a_fix_that_brings_an_error_leads_to_it_until_something_else_is_done(
    screen: Screen, alice: User
) -> None:
    rest = {name: value for name, value in TUNNEL.items() if not name.startswith("OnDemand")}
    fine = read(tree(vpn({**rest, "MTU": 1400, "ppkIdentifier": "a"})))
    screen.page.set_viewport_size({"width": 1440, "height": 900})
    screen.open(profiles.create(actor=alice, team=home(alice), document=fine))
    label, place = "Rename it to PPKIdentifier", "Office · ppkIdentifier"
    press(screen, label, place)
    told = "Now the profile has an error; before it had none."
    expect(status(screen)).to_contain_text(told)
    expect(screen.page.locator("#told")).to_contain_text(told)
    assert barriers(screen.page) == []
    status(screen).get_by_role("link", name="Office · PPK").click()
    expect(screen.row("IKEv2.PPK").locator(":focus")).to_have_count(1)
    take_back(screen)
    expect(fix(screen, label, place)).to_be_visible()
    expect(screen.page.locator("#review .problem--error")).to_have_count(0)
    press(screen, label, place)
    screen.row("IKEv2.PPK").locator("input, textarea").first.fill("a" * 64)
    expect(screen.page.get_by_text(told).first).to_be_hidden()
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 1440
