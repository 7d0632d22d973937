"""Saving by keyboard leaves the person where they were, and nothing typed is lost by accident."""

from __future__ import annotations

import plistlib

import pytest
from playwright.sync_api import Dialog, Route, expect

from profiles.models import Profile, User
from tests.browser.screen import SAVED, Screen, start_profile


@pytest.fixture
def profile(alice: User) -> Profile:
    return start_profile(alice)


@pytest.fixture
def eap(screen: Screen, profile: Profile) -> Screen:
    return screen.open(profile)


def type_into(screen: Screen, path: str, text: str) -> None:
    """Type as hands do: the field keeps the focus, with its change not yet reported."""
    screen.control(path).click()
    screen.page.keyboard.type(text)


def leaves_unasked(screen: Screen) -> bool:
    """Does the page let go without a question?"""
    questions: list[str] = []

    def answer(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.accept()

    screen.page.once("dialog", answer)
    screen.page.goto("/signing/")
    return questions == []


def test_saving_by_keyboard_says_so_and_stores(eap: Screen, profile: Profile) -> None:
    expect(eap.unsaved).to_be_hidden()
    type_into(eap, "IKEv2.RemoteAddress", "vpn.example.com")
    expect(eap.unsaved).to_be_visible()
    expect(eap.saved).to_be_hidden()
    assert eap.save() == SAVED
    expect(eap.unsaved).to_be_hidden()
    expect(eap.saved).to_contain_text("Saved")
    expect(eap.page.locator(".editor__state")).to_contain_text("revision 2")
    profile.refresh_from_db()
    assert profile.revision == 2
    eap.page.reload()
    expect(eap.control("IKEv2.RemoteAddress")).to_have_value("vpn.example.com")


def test_the_focus_and_the_place_stay_where_they_were(eap: Screen) -> None:
    eap.page.emulate_media(reduced_motion="reduce")
    type_into(eap, "IKEv2.MTU", "1300")
    eap.page.keyboard.press("ArrowLeft")
    eap.wait_for_preview()
    place = """() => [
        document.activeElement.selectionStart, Math.round(document.activeElement.getBoundingClientRect().top)
    ]"""
    before = eap.page.evaluate(place)
    assert eap.save() == SAVED
    expect(eap.control("IKEv2.MTU")).to_be_focused()
    assert eap.page.evaluate(place) == before


def test_the_focus_stays_in_the_row_of_a_list(eap: Screen) -> None:
    eap.row("ConsentText").get_by_role("button", name="Add language").click()
    text = eap.row("ConsentText").get_by_role("textbox", name="Text")
    text.click()
    eap.page.keyboard.type("Agree")
    assert eap.save() == SAVED
    expect(text).to_be_focused()


def test_the_button_saves_too(eap: Screen) -> None:
    type_into(eap, "IKEv2.RemoteAddress", "vpn.example.com")
    eap.page.get_by_role("button", name="Save", exact=True).click()
    expect(eap.unsaved).to_be_hidden()
    expect(eap.page.locator(".editor__state")).to_contain_text("revision 2")


def test_a_new_name_is_in_the_heading_and_the_title_after_the_save(eap: Screen) -> None:
    eap.control("PayloadDisplayName").fill("Branch & <b>more</b>")
    eap.save()
    expect(eap.page.get_by_role("heading", level=1)).to_have_text("Branch & <b>more</b>")
    expect(eap.page).to_have_title("Branch & <b>more</b> · Profile Designer")


def test_leaving_with_unsaved_changes_is_asked_about_and_not_after_a_save(
    eap: Screen, profile: Profile
) -> None:
    type_into(eap, "IKEv2.RemoteAddress", "vpn.example.com")
    assert eap.save() == SAVED
    assert leaves_unasked(eap)
    eap.open(profile)
    type_into(eap, "IKEv2.RemoteAddress", ".org")
    assert not leaves_unasked(eap)


@pytest.mark.usefixtures("server_identity")
def test_downloading_with_unsaved_changes_saves_first(eap: Screen) -> None:
    eap.control("IKEv2.RemoteAddress").fill("vpn.example.com")
    type_into(eap, "IKEv2.RemoteIdentifier", "vpn.example.com")
    (payload,) = plistlib.loads(eap.download("Unsigned"))["PayloadContent"]
    assert payload["IKEv2"]["RemoteIdentifier"] == "vpn.example.com"
    expect(eap.unsaved).to_be_hidden()


def test_what_is_typed_while_a_save_is_under_way_stays(eap: Screen, profile: Profile) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    eap.page.route(f"**/profiles/{profile.pk}", hold)
    type_into(eap, "IKEv2.RemoteAddress", "vpn.example.com")
    with eap.page.expect_request(lambda request: request.method == "POST"):
        eap.page.keyboard.press("ControlOrMeta+s")
    type_into(eap, "IKEv2.RemoteIdentifier", "typed while waiting")
    with eap.page.expect_response(
        lambda answer: answer.status == 200 and answer.url.endswith(str(profile.pk))
    ):
        held[0].continue_()
        eap.page.unroute(f"**/profiles/{profile.pk}")
    expect(eap.page.locator(".editor__state")).to_contain_text("revision 2")
    expect(eap.control("IKEv2.RemoteIdentifier")).to_have_value("typed while waiting")
    expect(eap.unsaved).to_be_visible()
    assert eap.save() == SAVED
    expect(eap.unsaved).to_be_hidden()
    eap.page.reload()
    expect(eap.control("IKEv2.RemoteAddress")).to_have_value("vpn.example.com")
    expect(eap.control("IKEv2.RemoteIdentifier")).to_have_value("typed while waiting")


def test_a_server_that_cannot_be_reached_is_told_and_nothing_is_lost(
    eap: Screen, complaints: list[str]
) -> None:
    eap.page.route("**/profiles/*", lambda route: route.abort())
    type_into(eap, "IKEv2.RemoteAddress", "vpn.example.com")
    eap.page.keyboard.press("ControlOrMeta+s")
    dialog = eap.page.get_by_role("dialog")
    expect(dialog).to_contain_text("The server cannot be reached")
    dialog.get_by_role("button").click()
    expect(eap.control("IKEv2.RemoteAddress")).to_have_value("vpn.example.com")
    expect(eap.unsaved).to_be_visible()
    eap.page.unroute("**/profiles/*")
    assert eap.save() == SAVED
    complaints.clear()  # the browser's and htmx's own words on the failed request


def test_a_text_of_many_lines_and_signs_comes_through(eap: Screen) -> None:
    text = "\n".join(f"{number} äöü 鍵 &<>\"' </textarea>" for number in range(500))
    eap.control("PayloadDescription").fill(text)
    assert eap.save() == SAVED
    eap.page.reload()
    expect(eap.control("PayloadDescription")).to_have_value(text)


def test_a_form_that_is_too_large_is_refused_with_the_reason_and_kept(eap: Screen) -> None:
    text = "x" * 2_700_000
    eap.control("PayloadDescription").evaluate("(area, text) => { area.value = text }", text)
    type_into(eap, "IKEv2.RemoteAddress", "vpn.example.com")
    assert eap.press_save().status == 413
    dialog = eap.page.get_by_role("dialog")
    expect(dialog).to_contain_text("too much to send at once")
    dialog.get_by_role("button").click()
    assert len(eap.control("PayloadDescription").input_value()) == len(text)
    expect(eap.unsaved).to_be_visible()
    eap.control("PayloadDescription").evaluate("area => { area.value = 'short' }")
    assert eap.save() == SAVED
