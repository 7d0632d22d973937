"""Everything can be done without scripts, by plain forms."""

from __future__ import annotations

import plistlib
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from profiles.models import User
from profiles.plist.reading.read import read
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.browser.building import Part, Workshop
from tests.browser.screen import Screen, start_profile
from tests.plist.trees import tree, vpn


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "java_script_enabled": False}


def save(screen: Screen) -> None:
    screen.page.get_by_role("button", name="Save", exact=True).click()


def test_every_field_is_there_with_a_note_on_when_it_is_used(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice, "blank"))
    rows = screen.page.locator("#designer .key")
    assert [row.get_attribute("data-path") for row in rows.all() if not row.is_visible()] == []
    expect(screen.row("IKEv2.DisconnectOnIdleTimer")).to_contain_text(
        "Only used when DisconnectOnIdle is On."
    )


def test_nothing_is_shown_that_only_a_script_could_do(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice, "post-quantum"))
    for name in ("Show", "Clear", "Move up", "Keyboard shortcuts", "Problems & XML"):
        buttons = screen.page.get_by_role("button", name=re.compile(f"^{name}"))
        expect(buttons.filter(visible=True)).to_have_count(0)
    expect(screen.page.locator("[data-find]")).to_be_hidden()


def test_from_a_new_profile_to_the_file(page_as_alice: Page) -> None:
    page = page_as_alice
    screen = Screen(page)
    page.goto("/profiles/")
    page.get_by_role("link", name="New profile").click()
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_role("radio", name=re.compile("^Blank")).check()
    page.get_by_role("button", name="Create").click()
    for path in ("IKEv2.RemoteAddress", "IKEv2.RemoteIdentifier", "IKEv2.LocalIdentifier"):
        screen.control(path).fill("vpn.example.com")
    screen.choose("IKEv2.AuthenticationMethod", "Shared secret")
    screen.control("IKEv2.SharedSecret").fill("typed without scripts")
    screen.row("ConsentText").get_by_role("textbox", name="Text").fill("Agree")
    save(screen)
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(screen.problems).to_have_count(0)
    page.locator("summary", has_text="Download").click()
    with page.expect_download() as info:
        page.get_by_role("link", name="Unsigned").click()
    profile = plistlib.loads(info.value.path().read_bytes())
    assert profile["ConsentText"] == {"default": "Agree"}
    assert profile["PayloadContent"][0]["IKEv2"]["SharedSecret"] == "typed without scripts"


def test_what_another_setting_makes_no_use_of_is_said_not_to_be_kept(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice))
    screen.control("IKEv2.DisconnectOnIdleTimer").fill("600")
    save(screen)
    expect(screen.page.get_by_text("since no setting makes use of it: Idle period.")).to_be_visible()


def test_unreadable_input_is_told_at_the_top_and_beside_the_field(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice))
    screen.control("IKEv2.MTU").fill("many")
    save(screen)
    expect(screen.page.get_by_text("Not saved: some fields hold something")).to_be_visible()
    expect(screen.problem("IKEv2.MTU")).to_contain_text("“many” is not a whole number")
    expect(screen.control("IKEv2.MTU")).to_have_value("many")


def test_a_problem_is_fixed_and_the_page_comes_back_with_it(screen: Screen, alice: User) -> None:
    tunnel = {"MTU": "1400", "sharedSecret": "stored", "AuthenticationMethod": "SharedSecret"}
    profile = profiles.create(actor=alice, team=home(alice), document=read(tree(vpn(tunnel))))
    screen.open(profile)
    screen.control("IKEv2.ServerCertificateCommonName").fill("typed")
    for name in ("Fix: Write 1400 as an integer (Office · MTU)", "Fix: Rename it to SharedSecret"):
        screen.page.get_by_role("button", name=name).click()
        expect(screen.page.get_by_role("status")).to_contain_text("Fixed: ")
        expect(screen.page.get_by_role("button", name="Undo").filter(visible=True)).to_have_count(0)
    save(screen)
    expect(screen.page.get_by_role("status")).to_have_text("Saved.")
    profile.refresh_from_db()
    assert load(profile).payloads[0].values["IKEv2"] == {
        "MTU": 1400,
        "SharedSecret": "stored",
        "AuthenticationMethod": "SharedSecret",
        "ServerCertificateCommonName": "typed",
    }


def test_rules_are_added_inside_each_other_and_removed(screen: Screen, alice: User) -> None:
    profile = start_profile(alice)
    screen.open(profile)
    vpn = Workshop(screen.page).part()
    vpn.choose("IKEv2.OnDemandEnabled", "On")
    add = vpn.row("IKEv2.OnDemandRules").locator(".items__add")
    for _ in range(2):
        add.last.click()
        vpn.item("IKEv2.OnDemandRules").choose("Action", "Evaluate each connection")
    vpn.item("IKEv2.OnDemandRules").row("ActionParameters").locator(".items__add").click()
    action = vpn.item("IKEv2.OnDemandRules").item("ActionParameters")
    action.choose("DomainAction", "Never connect")
    action.fill("Domains", "a.example")
    first = vpn.item("IKEv2.OnDemandRules", 0)
    first.box.locator(":scope > .item__tools").get_by_role("button", name="Remove").click()
    save(screen)
    expect(screen.page.get_by_role("status")).to_have_text("Saved.")
    profile.refresh_from_db()
    assert load(profile).payloads[0].values["IKEv2"]["OnDemandRules"] == [
        {
            "Action": "EvaluateConnection",
            "ActionParameters": [{"DomainAction": "NeverConnect", "Domains": ["a.example"]}],
        }
    ]


def test_payloads_are_added_referred_to_moved_and_removed(screen: Screen, alice: User) -> None:
    profile = start_profile(alice)
    screen.open(profile)
    workshop = Workshop(screen.page)
    vpn = workshop.part()
    vpn.fill("IKEv2.AuthName", "typed")
    vpn.choose("IKEv2.AuthenticationMethod", "Certificate")
    scep = workshop.add_reference(vpn, "IKEv2.PayloadCertificateUUID", "SCEP identity")
    expect(scep.box).to_be_visible()
    arrange(scep, "Move up")
    expect(workshop.part(0).box.locator(".part__title")).to_have_text("SCEP identity")
    arrange(workshop.part(0), "Remove")
    expect(screen.page.get_by_role("alert")).to_contain_text("refers to it as its Identity")
    screen.page.get_by_role("button", name="Remove it all the same").click()
    workshop.part(0).box.get_by_role("button", name="Undo").click()
    save(screen)
    expect(screen.page.get_by_role("status")).to_have_text("Saved.")
    profile.refresh_from_db()
    identity, tunnel = load(profile).payloads
    assert identity.slug == "scep"
    assert tunnel.values["IKEv2"]["PayloadCertificateUUID"] == identity.uuid
    assert tunnel.values["IKEv2"]["AuthName"] == "typed"


def arrange(part: Part, choice: str) -> None:
    menu = part.box.locator(".part__menu")
    menu.locator("summary").click()
    menu.get_by_role("button", name=choice, exact=True).click()


def test_a_conflict_is_shown_and_can_be_overruled(screen: Screen, alice: User) -> None:
    profile = start_profile(alice)
    other = Screen(screen.page.context.new_page()).open(profile)
    screen.open(profile)
    for tab, mtu in ((other, "1300"), (screen, "1400")):
        tab.control("IKEv2.MTU").fill(mtu)
        save(tab)
    expect(screen.page.get_by_role("alert")).to_contain_text("alice saved this profile")
    screen.page.get_by_role("button", name="Save yours over it").click()
    expect(screen.page.get_by_role("status")).to_have_text("Saved.")
    expect(screen.control("IKEv2.MTU")).to_have_value("1400")


def test_on_a_narrow_screen_form_and_problems_follow_each_other(screen: Screen, alice: User) -> None:
    screen.page.set_viewport_size({"width": 390, "height": 844})
    screen.open(start_profile(alice))
    expect(screen.control("IKEv2.RemoteAddress")).to_be_visible()
    expect(screen.page.locator("#review")).to_be_visible()
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_list_is_searched_and_undone_by_plain_forms(page_as_alice: Page, alice: User) -> None:
    page = page_as_alice
    start_profile(alice, name="Alpha")
    start_profile(alice, name="Beta")
    page.goto("/profiles/")
    page.get_by_role("searchbox").fill("alp")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator(".list__name a")).to_have_text(["Alpha"])
    page.get_by_role("button", name="Delete Alpha").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".list__name a")).to_have_count(2)


@pytest.mark.usefixtures("sample_rules")
def test_the_rules_are_a_plain_list(page_as_alice: Page) -> None:
    page_as_alice.goto("/rules/")
    expect(page_as_alice.locator(".rules__one")).to_have_count(5)
    expect(page_as_alice.get_by_role("searchbox")).to_have_count(0)
