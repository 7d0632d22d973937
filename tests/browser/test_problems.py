"""The list of problems: it counts, leads to the field, and follows the targets."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from profiles.models import User
from tests.browser.building import Workshop
from tests.browser.screen import Screen, start_profile


@pytest.fixture
def eap(screen: Screen, alice: User) -> Screen:
    return screen.open(start_profile(alice))


def test_a_problem_leads_to_its_field(eap: Screen) -> None:
    eap.place("RemoteIdentifier").click()
    expect(eap.control("IKEv2.RemoteIdentifier")).to_be_focused()
    expect(eap.control("IKEv2.RemoteIdentifier")).to_be_in_viewport()


def test_a_problem_in_an_item_leads_into_it(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice))
    vpn = Workshop(screen.page).part()
    vpn.choose("IKEv2.OnDemandEnabled", "On")
    rule = vpn.add("IKEv2.OnDemandRules")
    rule.choose("Action", "Evaluate each connection")
    action = rule.add("ActionParameters")
    action.choose("DomainAction", "Never connect")
    for each in (action, rule):
        each.box.locator("summary").first.click()
    domains = action.row("Domains").locator("textarea")
    expect(domains).to_be_hidden()
    screen.place("Domains").click()
    expect(domains).to_be_focused()
    expect(domains).to_have_accessible_description(re.compile("missing|empty"))
    domains.fill("a.example")
    expect(action.row("Domains").locator(".key__problem")).to_be_empty()


@pytest.mark.parametrize("filter_by", ["a search", "only what is set"])
def test_a_problem_leads_to_its_field_even_where_it_is_filtered_away(eap: Screen, filter_by: str) -> None:
    if filter_by == "a search":
        eap.page.locator("[data-find]").fill("ConsentText")
    else:
        eap.page.get_by_label("Only what is set").check()
    expect(eap.row("IKEv2.RemoteAddress")).to_be_hidden()
    eap.place("RemoteAddress").click()
    expect(eap.control("IKEv2.RemoteAddress")).to_be_focused()


def test_a_problem_says_in_words_how_grave_it_is(eap: Screen) -> None:
    eap.target("macOS").fill("26.0")
    eap.row("IKEv2.EnableFallback").locator(".segments__label").get_by_text("On", exact=True).click()
    grave = eap.problems.filter(has_text="RemoteAddress is missing").locator(".problem__severity")
    expect(grave).to_have_text("Error")
    expect(
        eap.problems.filter(has=eap.page.get_by_text("EnableFallback", exact=False)).first
    ).to_contain_text("Warning")
    expect(eap.control("IKEv2.RemoteAddress")).to_have_accessible_description(
        re.compile("error: RemoteAddress is missing", re.IGNORECASE)
    )


def test_a_problem_on_a_page_elsewhere_leads_to_its_field(eap: Screen) -> None:
    profile = eap.page.url
    eap.page.goto(f"{profile}/download")
    eap.page.get_by_role("link", name="RemoteAddress").click()
    expect(eap.control("IKEv2.RemoteAddress")).to_be_focused()
    expect(eap.control("IKEv2.RemoteAddress")).to_be_in_viewport()


def test_mending_a_problem_takes_it_off_the_counts(eap: Screen) -> None:
    pill = eap.page.locator(".editor__sections a", has_text="Connection").locator(".pill")
    expect(eap.page.locator(".count--error")).to_have_text("2 errors")
    expect(pill).to_have_text("2")
    eap.control("IKEv2.RemoteAddress").fill("vpn.example.com")
    expect(eap.page.locator(".count--error")).to_have_text("1 error")
    expect(pill).to_have_text("1")
    expect(eap.problem("IKEv2.RemoteAddress")).to_be_empty()
    eap.control("IKEv2.RemoteIdentifier").fill("vpn.example.com")
    expect(eap.page.locator(".count--error")).to_have_count(0)
    expect(pill).to_be_hidden()


def test_a_field_with_an_error_is_announced_as_invalid(eap: Screen) -> None:
    field = eap.control("IKEv2.RemoteAddress")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("RemoteAddress is missing"))
    field.fill("vpn.example.com")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_badges_and_warnings_follow_the_targets(eap: Screen) -> None:
    badges = eap.row("IKEv2.EnableFallback").locator(".key__badges .tag")
    expect(badges).to_have_count(0)
    eap.target("macOS").fill("14")
    expect(badges).to_have_text(["not on macOS"])
    eap.choose("IKEv2.EnableFallback", "On")
    expect(eap.problem("IKEv2.EnableFallback")).to_contain_text("macOS")
    eap.target("macOS").fill("")
    expect(badges).to_have_count(0)
    expect(eap.problem("IKEv2.EnableFallback")).to_be_empty()


def test_a_target_that_is_no_version_is_a_problem_that_leads_to_its_field(eap: Screen) -> None:
    field = eap.target("iOS / iPadOS")
    field.fill("abc")
    problem = eap.problems.filter(has_text="is not a version")
    problem.locator(".problem__place").click()
    expect(field).to_be_focused()
    expect(eap.page.locator(".editor__sections a", has_text="Targets").locator(".pill")).to_have_text("1")
