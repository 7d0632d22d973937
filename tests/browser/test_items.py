"""Lists of dictionaries: On-Demand rules added, moved by keyboard and mouse, copied, removed and brought back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from profiles.models import Profile, User
from profiles.services.document_storage import load
from tests.browser.building import Part, Workshop
from tests.browser.screen import start_profile

RULES = "IKEv2.OnDemandRules"
TUNNELS = "AlwaysOn.TunnelConfigurations"


@pytest.fixture
def profile(alice: User) -> Profile:
    return start_profile(alice)


@pytest.fixture
def vpn(page_as_alice: Page, profile: Profile) -> Part:
    """A tunnel with On Demand switched on, and no rule yet."""
    page_as_alice.goto(f"/profiles/{profile.pk}")
    part = Workshop(page_as_alice).part()
    part.choose("IKEv2.OnDemandEnabled", "On")
    return part


def add(vpn: Part, action: str) -> Part:
    rule = vpn.add(RULES)
    rule.choose("Action", action)
    return rule


def actions(vpn: Part) -> list[str]:
    """What the rules do, from the top."""
    selects = vpn.row(RULES).locator(".item .key[data-path=Action] select")
    return [select.locator("option:checked").text_content() or "" for select in selects.all()]


def saved(vpn: Part, profile: Profile) -> list[dict[str, Any]]:
    Workshop(vpn.screen.page).save()
    profile.refresh_from_db()
    rules: list[dict[str, Any]] = load(profile).payloads[0].values["IKEv2"].get("OnDemandRules", [])
    return rules


def test_a_rule_shows_what_its_action_needs(vpn: Part) -> None:
    rule = add(vpn, "Connect")
    expect(rule.row("ActionParameters")).to_be_hidden()
    rule.choose("Action", "Evaluate each connection")
    expect(rule.row("ActionParameters")).to_be_visible()
    action = rule.add("ActionParameters")
    expect(action.row("RequiredURLStringProbe")).to_be_hidden()
    action.choose("DomainAction", "Connect if needed")
    expect(action.row("RequiredURLStringProbe")).to_be_visible()


def test_the_conditions_of_one_rule_are_not_those_of_another(vpn: Part) -> None:
    first, second = add(vpn, "Evaluate each connection"), None
    second = add(vpn, "Connect")
    expect(first.row("ActionParameters")).to_be_visible()
    expect(second.row("ActionParameters")).to_be_hidden()


def test_a_rule_says_what_it_does_while_it_is_typed(vpn: Part) -> None:
    rule = add(vpn, "Disconnect")
    rule.choose("InterfaceTypeMatch", "Wi-Fi")
    rule.fill("SSIDMatch", "Büro & <Co>")
    expect(rule.box.locator(".item__sentence").first).to_have_text("On Wi-Fi “Büro & <Co>”: disconnect.")


def test_rules_move_by_keyboard(vpn: Part, profile: Profile) -> None:
    for action in ("Connect", "Disconnect", "Leave as it is"):
        add(vpn, action)
    last = vpn.item(RULES)
    last.box.get_by_role("button", name="Move up").focus()
    vpn.screen.page.keyboard.press("Enter")
    assert actions(vpn) == ["Connect", "Leave as it is (Ignore)", "Disconnect"]
    expect(last.box.get_by_role("button", name="Move up")).to_be_focused()
    vpn.screen.page.keyboard.press("Enter")
    assert actions(vpn) == ["Leave as it is (Ignore)", "Connect", "Disconnect"]
    # At the top there is nowhere to go, so the focus is on the other button.
    expect(last.box.get_by_role("button", name="Move down")).to_be_focused()
    assert [rule["Action"] for rule in saved(vpn, profile)] == ["Ignore", "Connect", "Disconnect"]


def test_rules_are_dragged_by_mouse(vpn: Part, profile: Profile) -> None:
    for action in ("Connect", "Disconnect", "Leave as it is"):
        add(vpn, action)
    for index in range(3):
        vpn.item(RULES, index).box.locator("summary").first.click()
    page = vpn.screen.page
    grips = vpn.row(RULES).locator(".item__grip")
    start = grips.nth(2).bounding_box()
    target = grips.nth(0).bounding_box()
    assert start
    assert target
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"] + 5, target["y"] + 30, steps=5)
    page.mouse.move(target["x"] + 5, target["y"] - 10, steps=5)
    page.mouse.up()
    assert actions(vpn) == ["Leave as it is (Ignore)", "Connect", "Disconnect"]
    assert [rule["Action"] for rule in saved(vpn, profile)] == ["Ignore", "Connect", "Disconnect"]


def test_a_drag_that_the_system_ends_lets_go_of_the_rule(vpn: Part) -> None:
    for action in ("Connect", "Disconnect"):
        add(vpn, action)
    for index in range(2):
        vpn.item(RULES, index).box.locator("summary").first.click()
    page = vpn.screen.page
    grips = vpn.row(RULES).locator(".item__grip")
    start, target = grips.nth(1).bounding_box(), grips.nth(0).bounding_box()
    assert start
    assert target
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.evaluate("dispatchEvent(new PointerEvent('pointercancel'))")
    page.mouse.move(target["x"] + 5, target["y"] - 10, steps=5)
    expect(vpn.row(RULES).locator(".item--dragged")).to_have_count(0)
    assert actions(vpn) == ["Connect", "Disconnect"]


def test_a_copy_has_what_was_typed_and_is_one_of_its_own(vpn: Part, profile: Profile) -> None:
    rule = add(vpn, "Evaluate each connection")
    rule.fill("SSIDMatch", "Office")
    action = rule.add("ActionParameters")
    action.choose("DomainAction", "Never connect")
    action.fill("Domains", "a.example")
    rule.box.locator(":scope > .item__tools").get_by_role("button", name="Duplicate").click()
    copy = vpn.item(RULES)
    copy.fill("SSIDMatch", "Home")
    copy.item("ActionParameters").fill("Domains", "b.example")
    assert saved(vpn, profile) == [
        {
            "Action": "EvaluateConnection",
            "SSIDMatch": [ssid],
            "ActionParameters": [{"DomainAction": "NeverConnect", "Domains": [domain]}],
        }
        for ssid, domain in (("Office", "a.example"), ("Home", "b.example"))
    ]


def test_a_stored_copy_keeps_a_secret_and_the_lists_inside(page_as_alice: Page, alice: User) -> None:
    profile = start_profile(alice, "always-on")
    page_as_alice.goto(f"/profiles/{profile.pk}")
    workshop = Workshop(page_as_alice)
    tunnel = workshop.part().item("AlwaysOn.TunnelConfigurations")
    tunnel.choose("AuthenticationMethod", "Shared secret")
    tunnel.fill("SharedSecret", "the secret")
    workshop.save()
    stored = workshop.part().item("AlwaysOn.TunnelConfigurations")
    stored.box.locator(":scope > .item__tools").get_by_role("button", name="Duplicate").click()
    workshop.save()
    profile.refresh_from_db()
    tunnels = load(profile).payloads[0].values["AlwaysOn"]["TunnelConfigurations"]
    assert [tunnel["SharedSecret"] for tunnel in tunnels] == ["the secret", "the secret"]


def test_a_removed_rule_comes_back_with_what_was_typed(vpn: Part, profile: Profile) -> None:
    add(vpn, "Connect")
    rule = add(vpn, "Disconnect")
    rule.fill("SSIDMatch", "Office")
    rule.box.locator(":scope > .item__tools").get_by_role("button", name="Remove").click()
    assert actions(vpn) == ["Connect"]
    vpn.row(RULES).get_by_role("button", name="Undo").click()
    assert saved(vpn, profile) == [{"Action": "Connect"}, {"Action": "Disconnect", "SSIDMatch": ["Office"]}]
    vpn.item(RULES).box.locator(":scope > .item__tools").get_by_role("button", name="Remove").click()
    assert saved(vpn, profile) == [{"Action": "Connect"}]


def test_what_was_typed_into_lists_is_there_after_a_reload_type_exactly(vpn: Part, profile: Profile) -> None:
    rule = add(vpn, "Evaluate each connection")
    rule.fill("DNSDomainMatch", "corp.example\n*.corp.example")
    for title, domains in (("Connect if needed", "a.example"), ("Never connect", "b.example\nc.example")):
        action = rule.add("ActionParameters")
        action.choose("DomainAction", title)
        action.fill("Domains", domains)
    expected: list[dict[str, Any]] = [
        {
            "Action": "EvaluateConnection",
            "DNSDomainMatch": ["corp.example", "*.corp.example"],
            "ActionParameters": [
                {"DomainAction": "ConnectIfNeeded", "Domains": ["a.example"]},
                {"DomainAction": "NeverConnect", "Domains": ["b.example", "c.example"]},
            ],
        }
    ]
    assert saved(vpn, profile) == expected
    vpn.screen.page.reload()
    again = vpn.item(RULES).item("ActionParameters")
    expect(again.row("Domains").locator("textarea")).to_have_value("b.example\nc.example")
    again.box.locator(":scope > .item__tools").get_by_role("button", name="Move up").click()
    expected[0]["ActionParameters"] = expected[0]["ActionParameters"][::-1]
    assert saved(vpn, profile) == expected


def test_a_blank_rule_that_was_removed_at_once_leaves_nothing(vpn: Part, profile: Profile) -> None:
    rule = vpn.add(RULES)
    rule.box.locator(":scope > .item__tools").get_by_role("button", name="Remove").click()
    assert saved(vpn, profile) == []


def test_a_copy_of_the_first_of_many_is_a_copy_of_that_one(page_as_alice: Page, alice: User) -> None:
    profile = start_profile(alice)
    page_as_alice.goto(f"/profiles/{profile.pk}")
    vpn = Workshop(page_as_alice).part()
    vpn.choose("IKEv2.OnDemandEnabled", "On")
    for _ in range(11):
        add(vpn, "Connect")
    assert len(saved(vpn, profile)) == 11
    vpn.item(RULES, 0).box.locator(":scope > .item__tools").get_by_role("button", name="Duplicate").click()
    vpn.item(RULES, 1).fill("SSIDMatch", "Copy")
    rules = saved(vpn, profile)
    assert len(rules) == 12
    assert [index for index, rule in enumerate(rules) if "SSIDMatch" in rule] == [1]


@pytest.fixture
def tunnel(page_as_alice: Page, alice: User) -> Part:
    """The first tunnel of an Always On VPN, with a secret typed that is not saved."""
    page_as_alice.goto(f"/profiles/{start_profile(alice, 'always-on').pk}")
    tunnel = Workshop(page_as_alice).part().item(TUNNELS)
    tunnel.choose("AuthenticationMethod", "Shared secret")
    tunnel.fill("SharedSecret", "typed secret")
    return tunnel


def test_where_no_more_items_may_be_none_is_added_or_copied(tunnel: Part) -> None:
    tunnels = Workshop(tunnel.screen.page).part().row(TUNNELS)
    more = tunnels.locator(".items__add").first
    copies = tunnels.locator(".items__list > .item > .item__tools > [data-action=duplicate-item]")
    expect(more).to_be_enabled()
    copies.first.click()
    expect(copies).to_have_count(2)
    expect(more).to_be_disabled()
    expect(copies.first).to_be_disabled()
    expect(copies.last).to_be_disabled()
    tunnel.box.locator(":scope > .item__tools").get_by_role("button", name="Remove").click()
    expect(more).to_be_enabled()
    expect(copies.first).to_be_enabled()


def secret(tunnel: Part) -> Locator:
    """Where the secret is typed, on the page as it is now."""
    again = Workshop(tunnel.screen.page).part().item(TUNNELS)
    return again.row("SharedSecret").locator("input[type=password]")


def test_a_secret_typed_into_an_item_outlives_a_refused_save(tunnel: Part) -> None:
    tunnel.fill("MTU", "large")
    assert tunnel.screen.save() == 422
    expect(secret(tunnel)).to_have_value("typed secret")


def test_a_secret_typed_into_an_item_outlives_a_payload_that_is_added(tunnel: Part) -> None:
    Workshop(tunnel.screen.page).add_payload("SCEP identity")
    expect(secret(tunnel)).to_have_value("typed secret")
    Workshop(tunnel.screen.page).save()
    values = load(Profile.objects.get()).payloads[0].values
    assert values["AlwaysOn"]["TunnelConfigurations"][0]["SharedSecret"] == "typed secret"


def test_a_secret_typed_into_an_item_that_was_removed_comes_back_with_it(tunnel: Part) -> None:
    tunnel.box.locator(":scope > .item__tools").get_by_role("button", name="Remove").click()
    expect(
        Workshop(tunnel.screen.page).part().row(TUNNELS).get_by_role("button", name="Undo")
    ).to_be_focused()
    tunnel.screen.page.keyboard.press("Enter")
    expect(secret(tunnel)).to_have_value("typed secret")


def test_a_reference_in_an_item_can_be_added_from_there(tunnel: Part) -> None:
    tunnel.choose("AuthenticationMethod", "Certificate")
    workshop = Workshop(tunnel.screen.page)
    workshop.add_reference(tunnel, "PayloadCertificateUUID", "ACME identity")
    again = workshop.part().item(TUNNELS)
    chosen = again.row("PayloadCertificateUUID").locator("select option:checked")
    expect(chosen).to_have_text("ACME identity")
    workshop.save()
    vpn, *_, acme = load(Profile.objects.get()).payloads
    assert acme.slug == "acme"
    assert vpn.values["AlwaysOn"]["TunnelConfigurations"][0]["PayloadCertificateUUID"] == acme.uuid


def test_the_simulator_says_which_rule_matches(vpn: Part) -> None:
    rule = add(vpn, "Evaluate each connection")
    rule.fill("DNSDomainMatch", "corp.example")
    action = rule.add("ActionParameters")
    action.choose("DomainAction", "Connect if needed")
    action.fill("Domains", "*.corp.example")
    add(vpn, "Disconnect")
    page = vpn.screen.page
    # By keyboard: a review that comes in moves the button away from under the mouse.
    vpn.row(RULES).get_by_role("button", name="Try the rules").press("Enter")
    dialog = page.locator("#simulator")
    expect(dialog).to_contain_text("Rule 2 matches.")
    dialog.get_by_label("Wi-Fi name").fill("Office")
    dialog.get_by_label("Search domains").fill("corp.example")
    dialog.get_by_label("Host", exact=True).fill("git.corp.example")
    expect(dialog.locator(".outcome")).to_have_text(
        "Rule 1 matches. *.corp.example covers git.corp.example, and its name cannot be resolved here: "
        "the tunnel comes up."
    )
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator("[data-unsaved]")).to_be_visible()
