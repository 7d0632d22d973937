"""A hundred payloads in the designer: folded, opened one by one, found by their titles, saved as they were."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from profiles.models import Membership, Profile, Role, User
from profiles.plist.document import Document, PayloadDocument, random_uuid
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.browser.barriers import barriers
from tests.browser.building import Part, Workshop
from tests.browser.conftest import signed_in
from tests.browser.screen import SAVED, Screen

MANY: Final = 100
LONG: Final = "A-very-long-name-without-a-single-blank-" * 4
ROOM: Final = "Room 7"


def tunnel(number: int) -> PayloadDocument:
    """Office 2 has no server, and Office 4 a mistake inside its rules."""
    ikev2: dict[str, Any] = {
        "RemoteAddress": f"vpn{number}.example.com",
        "RemoteIdentifier": f"vpn{number}.example.com",
        "AuthenticationMethod": "SharedSecret",
        "SharedSecret": f"stored secret {number}",
        "ExtendedAuthEnabled": 0,
        "LocalIdentifier": f"office{number}",
        # People turn it on themselves: a device enables one VPN at a time.
        "OnDemandEnabled": 0,
        "OnDemandRules": [{"Action": "Connect"}],
    }
    if number == 2:
        del ikev2["RemoteAddress"]
    if number == 4:
        inner = [{"DomainAction": "NeverConnect"}]
        ikev2["OnDemandRules"] = [{"Action": "EvaluateConnection", "ActionParameters": inner}]
    title = {3: LONG, 7: ROOM}.get(number, f"Office {number}")
    return PayloadDocument(
        slug="vpn-ikev2",
        name=f"tunnel-{number}",
        uuid=random_uuid(),
        values={"UserDefinedName": title, "IKEv2": ikev2},
    )


@pytest.fixture
def profile(alice: User) -> Profile:
    """A hundred tunnels and, at the end, an identity."""
    scep = {"PayloadContent": {"URL": "https://ca.example.com"}, "PayloadDisplayName": "Device"}
    identity = PayloadDocument(slug="scep", name="scep", uuid=random_uuid(), values=scep)
    whole = Document(
        uuid=random_uuid(),
        envelope={"PayloadDisplayName": "Offices", "PayloadIdentifier": "com.example.offices"},
        targets={"iOS": "17.0"},
        payloads=(*map(tunnel, range(MANY)), identity),
    )
    return profiles.create(actor=alice, team=home(alice), document=whole)


@pytest.fixture
def offices(screen: Screen, profile: Profile) -> Screen:
    return screen.open(profile)


def box(screen: Screen, number: int) -> Locator:
    return screen.page.locator("#designer .part:not(#part-profile)").nth(number)


def folded(screen: Screen) -> Locator:
    return screen.page.locator(".part--folded")


def open_one(screen: Screen, number: int) -> Part:
    """Open a payload by its button, and wait until it is there with its review."""
    found = box(screen, number)
    with screen.page.expect_response("**/preview"):
        found.locator(".part__open").click()
    expect(found).not_to_have_class(re.compile("part--folded"))
    return Part(screen, found)


def title(part: Part) -> Locator:
    return part.box.locator(".part__title")


def values(profile: Profile, number: int) -> dict[str, Any]:
    profile.refresh_from_db()
    return dict(load(profile).payloads[number].values)


def test_a_button_named_by_the_title_opens_one_and_the_focus_goes_to_it(offices: Screen) -> None:
    expect(folded(offices)).to_have_count(MANY + 1)
    button = offices.page.get_by_role("button", name="Open Office 5", exact=True)
    button.focus()
    offices.page.keyboard.press("Enter")
    part = Part(offices, box(offices, 5))
    expect(title(part)).to_be_focused()
    expect(title(part)).to_be_in_viewport()
    expect(part.row("IKEv2.RemoteAddress").locator("input")).to_have_value("vpn5.example.com")
    expect(folded(offices)).to_have_count(MANY)
    expect(offices.unsaved).to_be_hidden()
    offices.page.keyboard.press("Tab")
    expect(part.box.locator(".part__menu > summary")).to_be_focused()


def test_several_are_open_and_all_that_is_typed_is_saved_and_nothing_else(
    offices: Screen, profile: Profile
) -> None:
    before = load(profile).payloads
    first = open_one(offices, 5)
    first.fill("IKEv2.RemoteAddress", "typed.example.com")
    first.fill("IKEv2.SharedSecret", "typed secret")
    second = open_one(offices, 60)
    second.fill("UserDefinedName", "Renamed")
    expect(first.row("IKEv2.SharedSecret").locator("input").first).to_have_value("typed secret")
    assert offices.save() == SAVED
    expect(folded(offices)).to_have_count(MANY - 1)
    expect(first.row("IKEv2.RemoteAddress").locator("input")).to_have_value("typed.example.com")
    after = list(load(Profile.objects.get()).payloads)
    assert after[5].values["IKEv2"] == {
        **before[5].values["IKEv2"],
        "RemoteAddress": "typed.example.com",
        "SharedSecret": "typed secret",
    }
    assert after[60].values == {**before[60].values, "UserDefinedName": "Renamed"}
    assert [number for number, part in enumerate(after) if part != before[number]] == [5, 60]


def test_what_is_typed_outlives_a_refused_save_and_a_payload_that_is_added(
    offices: Screen, profile: Profile
) -> None:
    part = open_one(offices, 5)
    part.fill("IKEv2.MTU", "many")
    part.fill("IKEv2.SharedSecret", "typed secret")
    assert offices.save() == 422
    expect(part.row("IKEv2.MTU").locator("input")).to_be_focused()
    part.fill("IKEv2.MTU", "1300")
    offices.page.locator(".editor__more summary").click()
    offices.page.locator(".editor__more").get_by_text("SCEP identity", exact=True).click()
    added = Part(offices, box(offices, MANY + 1))
    expect(title(added)).to_be_focused()
    expect(folded(offices)).to_have_count(MANY)
    # What was led to once is not led to again.
    open_one(offices, 8)
    expect(title(Part(offices, box(offices, 8)))).to_be_focused()
    assert offices.save() == SAVED
    assert values(profile, 5)["IKEv2"]["MTU"] == 1300
    assert values(profile, 5)["IKEv2"]["SharedSecret"] == "typed secret"


def test_a_folded_payload_is_copied_moved_removed_and_brought_back(offices: Screen, profile: Profile) -> None:
    def arrange(number: int, choice: str) -> None:
        box(offices, number).locator(".part__menu summary").click()
        box(offices, number).get_by_role("button", name=choice, exact=True).click()

    arrange(5, "Duplicate")
    copy = Part(offices, box(offices, 6))
    expect(title(copy)).to_be_focused()
    expect(copy.row("UserDefinedName").locator("input")).to_have_value("Office 5 copy")
    expect(folded(offices)).to_have_count(MANY + 1)
    arrange(0, "Move down")
    expect(box(offices, 1).locator(".part__title")).to_have_text(re.compile("^Office 0"))
    expect(box(offices, 1).locator(".part__title")).to_be_focused()
    arrange(0, "Remove")
    expect(box(offices, 0)).to_have_class(re.compile("part--removed"))
    arrange(2, "Remove")
    expect(box(offices, 2)).to_have_class(re.compile("part--removed"))
    box(offices, 0).get_by_role("button", name="Undo").click()
    expect(box(offices, 0)).not_to_have_class(re.compile("part--removed"))
    assert offices.save() == SAVED
    titles = [part.values.get("UserDefinedName") for part in load(profile).payloads]
    assert titles[:6] == ["Office 1", "Office 0", LONG, "Office 4", "Office 5", "Office 5 copy"]
    assert values(profile, 5)["IKEv2"]["SharedSecret"] == "stored secret 5"


def test_a_problem_opens_the_payload_and_leads_to_the_field(offices: Screen) -> None:
    pill = box(offices, 2).locator(".pill")
    expect(pill).to_have_text("1")
    offices.page.get_by_role("link", name="Office 2 · RemoteAddress").click()
    part = Part(offices, box(offices, 2))
    field = part.row("IKEv2.RemoteAddress").locator("input")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    expect(field).to_have_accessible_description(re.compile("RemoteAddress is missing"))
    field.fill("vpn.example.com")
    expect(offices.page.get_by_role("link", name="Office 2 · RemoteAddress")).to_have_count(0)


def test_a_problem_inside_a_list_leads_into_it(offices: Screen) -> None:
    offices.page.get_by_role("link", name=re.compile("^Office 4 .*Domains")).click()
    domains = Part(offices, box(offices, 4)).row("IKEv2.OnDemandRules").locator("textarea[name$='.Domains']")
    expect(domains).to_be_focused()
    expect(domains).to_be_in_viewport()


def test_what_the_profile_is_for_is_judged_in_folded_payloads_too(offices: Screen) -> None:
    expect(box(offices, 9).locator(".pill")).to_be_hidden()
    with offices.page.expect_response("**/preview"):
        offices.target("watchOS").fill("11")
    expect(box(offices, 9).locator(".pill")).to_be_visible()
    entry = offices.page.locator(".editor__nav .editor__part").nth(10)
    expect(entry.locator(".pill")).to_have_text(box(offices, 9).locator(".pill").inner_text())


def test_badges_come_with_an_opened_payload(offices: Screen) -> None:
    with offices.page.expect_response("**/preview"):
        offices.target("macOS").fill("14")
    badges = open_one(offices, 9).row("IKEv2.EnableFallback").locator(".key__badges .tag")
    expect(badges).to_have_text(["not on macOS"])


def test_a_payload_is_found_by_its_title_and_opened_from_the_search(offices: Screen) -> None:
    find = offices.page.locator("[data-find]")
    find.fill(ROOM)
    expect(folded(offices).filter(visible=True)).to_have_count(1)
    expect(offices.page.locator(".part:visible")).to_have_count(1)
    expect(offices.page.locator(".editor__nav .editor__part:visible")).to_have_count(1)
    expect(offices.page.locator("[data-nothing]")).to_be_hidden()
    expect(offices.page.get_by_text("only the title is searched")).to_be_visible()
    part = open_one(offices, 7)
    expect(part.row("IKEv2.MTU")).to_be_visible()
    find.fill("mtu")
    expect(offices.page.locator(".key:visible")).to_have_count(1)
    find.fill("no such thing")
    expect(offices.page.locator("[data-nothing]")).to_be_visible()
    offices.page.get_by_role("button", name="Show all keys").click()
    expect(folded(offices).filter(visible=True)).to_have_count(MANY)


def test_a_problem_is_led_to_even_where_a_search_leaves_its_payload_out(offices: Screen) -> None:
    offices.page.locator("[data-find]").fill(ROOM)
    offices.page.get_by_role("link", name="Office 2 · RemoteAddress").click()
    expect(Part(offices, box(offices, 2)).row("IKEv2.RemoteAddress").locator("input")).to_be_focused()


def test_the_navigation_opens_a_payload_and_then_has_its_sections(offices: Screen) -> None:
    sections = offices.page.get_by_role("navigation", name="Sections")
    sections.get_by_role("link", name="Office 50", exact=True).click()
    part = Part(offices, box(offices, 50))
    expect(title(part)).to_be_focused()
    expect(title(part)).to_be_in_viewport()
    sections.get_by_role("link", name="Advanced").click()
    expect(part.box.get_by_role("heading", name="Advanced")).to_be_in_viewport()


def test_an_opened_payload_is_referred_to_by_what_is_folded(offices: Screen, profile: Profile) -> None:
    part = open_one(offices, 5)
    part.choose("IKEv2.AuthenticationMethod", "Certificate")
    part.refer("IKEv2.PayloadCertificateUUID", "Device")
    assert offices.save() == SAVED
    identity = load(profile).payloads[-1]
    assert values(profile, 5)["IKEv2"]["PayloadCertificateUUID"] == identity.uuid
    box(offices, MANY).locator(".part__menu summary").click()
    box(offices, MANY).get_by_role("button", name="Remove", exact=True).click()
    expect(offices.page.get_by_role("alert")).to_contain_text("“Office 5” refers to it as its Identity.")


@pytest.fixture
def held(offices: Screen) -> list[Route]:
    """The first request that opens a payload; it waits for `continue_`."""
    routes: list[Route] = []

    def hold(route: Route) -> None:
        if routes:
            route.continue_()
        routes.append(route)

    offices.page.route("**/open", hold)
    return routes


def test_a_save_in_between_opens_it_all_the_same(offices: Screen, held: list[Route]) -> None:
    with offices.page.expect_request("**/open"):
        box(offices, 5).locator(".part__open").click()
    offices.page.locator("#id_profile-PayloadOrganization").fill("Changed")
    assert offices.save() == SAVED
    expect(title(Part(offices, box(offices, 5)))).to_be_focused()
    expect(offices.unsaved).to_be_hidden()
    assert len(held) == 2


def test_what_is_typed_elsewhere_meanwhile_stays(offices: Screen, held: list[Route]) -> None:
    with offices.page.expect_request("**/open"):
        box(offices, 5).locator(".part__open").dblclick()
    offices.page.locator("#id_profile-PayloadOrganization").fill("Typed meanwhile")
    held[0].continue_()
    expect(title(Part(offices, box(offices, 5)))).to_be_visible()
    expect(folded(offices)).to_have_count(MANY)
    expect(offices.page.locator("#id_profile-PayloadOrganization")).to_have_value("Typed meanwhile")
    assert len(held) == 1


def test_a_save_by_keyboard_after_one_was_opened_is_a_save(offices: Screen, profile: Profile) -> None:
    open_one(offices, 5)
    offices.page.keyboard.press("Tab")
    offices.page.locator("#id_profile-PayloadOrganization").fill("Changed")
    assert offices.save() == SAVED
    profile.refresh_from_db()
    assert profile.revision == 2


def test_what_cannot_be_opened_is_told_and_nothing_is_lost(offices: Screen, profile: Profile) -> None:
    offices.page.locator("#id_profile-PayloadOrganization").fill("Typed")
    offices.page.route("**/open", lambda route: route.fulfill(status=429))
    box(offices, 5).locator(".part__open").click()
    offices.page.get_by_role("button", name="Back to the form").click()
    offices.page.unroute("**/open")
    expect(offices.page.locator("#id_profile-PayloadOrganization")).to_have_value("Typed")
    open_one(offices, 5)


def test_an_address_with_the_place_of_a_payload_opens_it(screen: Screen, profile: Profile) -> None:
    uuid = load(profile).payloads[30].uuid
    screen.page.goto(f"/profiles/{profile.pk}#part-{uuid}")
    expect(box(screen, 30).locator(".part__title")).to_be_focused()
    screen.page.goto("about:blank")
    screen.page.goto(f"/profiles/{profile.pk}#id_{uuid}-IKEv2-MTU_row")
    expect(Part(screen, box(screen, 30)).row("IKEv2.MTU")).to_be_in_viewport()


def test_a_viewer_opens_payloads_too(page: Page, base_url: str, profile: Profile, bob: User) -> None:
    Membership.objects.create(team=profile.team, user=bob, role=Role.VIEWER)
    screen = Screen(signed_in(page, base_url, bob)).open(profile)
    page.get_by_role("link", name="Open Office 5", exact=True).click()
    part = Part(screen, box(screen, 5))
    expect(title(part)).to_be_focused()
    expect(part.row("IKEv2.RemoteAddress").locator("input")).to_be_disabled()
    page.get_by_role("link", name="Office 2 · RemoteAddress").click()
    expect(Part(screen, box(screen, 2)).row("IKEv2.RemoteAddress").locator("input")).to_be_in_viewport()


Show = Callable[[Screen], None]


def search(screen: Screen) -> None:
    tab = screen.page.locator("[data-show=nav]")
    if tab.is_visible():
        tab.click()
    screen.page.locator("[data-find]").fill("office")


def open_long(screen: Screen) -> None:
    open_one(screen, 3)


def remove(screen: Screen) -> None:
    box(screen, 3).locator(".part__menu summary").click()
    box(screen, 3).get_by_role("button", name="Remove", exact=True).click()
    expect(box(screen, 3)).to_have_class(re.compile("part--removed"))


SHOWN: Final[dict[str, Show]] = {
    "folded": lambda screen: None,
    "one open": open_long,
    "one removed": remove,
    "a search": search,
}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN.keys())
def test_it_bars_nobody_and_never_scrolls_sideways(
    screen: Screen, profile: Profile, show: Show, width: int
) -> None:
    screen.page.set_viewport_size({"width": width, "height": 900})
    screen.open(profile)
    show(screen)
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(screen.page, ".editor__nav, .editor__form") == []


def test_on_a_narrow_screen_the_list_of_sections_leads_to_the_form(screen: Screen, profile: Profile) -> None:
    screen.page.set_viewport_size({"width": 390, "height": 844})
    screen.open(profile)
    screen.page.locator("[data-show=nav]").click()
    screen.page.get_by_role("navigation", name="Sections").get_by_role(
        "link", name="Office 50", exact=True
    ).click()
    expect(title(Part(screen, box(screen, 50)))).to_be_focused()
    expect(title(Part(screen, box(screen, 50)))).to_be_in_viewport()


class TestWithoutScripts:
    """Everything works by buttons and links."""

    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, Any]) -> dict[str, Any]:
        return {**browser_context_args, "java_script_enabled": False}

    def test_payloads_are_opened_one_after_the_other_and_saved(
        self, offices: Screen, profile: Profile
    ) -> None:
        offices.page.get_by_role("button", name="Open Office 5", exact=True).click()
        first = Part(offices, box(offices, 5))
        expect(title(first)).to_be_focused()
        expect(title(first)).to_be_in_viewport()
        expect(offices.saved).to_contain_text("Saved")
        first.fill("IKEv2.RemoteAddress", "typed.example.com")
        offices.page.get_by_role("button", name="Open Office 6", exact=True).click()
        expect(first.row("IKEv2.RemoteAddress").locator("input")).to_have_value("typed.example.com")
        expect(title(Part(offices, box(offices, 6)))).to_be_focused()
        offices.page.get_by_role("button", name="Save", exact=True).click()
        expect(offices.page.get_by_role("status")).to_have_text("Saved.")
        expect(folded(offices)).to_have_count(MANY - 1)
        assert values(profile, 5)["IKEv2"]["RemoteAddress"] == "typed.example.com"
        assert values(profile, 6)["IKEv2"]["SharedSecret"] == "stored secret 6"

    def test_a_problem_leads_to_where_its_payload_can_be_opened(self, offices: Screen) -> None:
        offices.page.get_by_role("link", name="Office 2 · RemoteAddress").click()
        button = offices.page.get_by_role("button", name="Open Office 2", exact=True)
        expect(button).to_be_in_viewport()
        button.click()
        expect(offices.page.locator("#designer .part").nth(3)).to_contain_text("RemoteAddress")

    def test_a_page_has_an_address_with_a_payload_open(self, screen: Screen, profile: Profile) -> None:
        uuid = load(profile).payloads[30].uuid
        screen.page.goto(f"/profiles/{profile.pk}?open={uuid}")
        expect(title(Part(screen, box(screen, 30)))).to_be_focused()
        expect(title(Part(screen, box(screen, 30)))).to_be_in_viewport()


def test_a_long_profile_is_built_by_hand(page_as_alice: Page, alice: User) -> None:
    """Payload by payload, past the number from which they are folded, without a save in between."""
    whole = Document(
        uuid=random_uuid(),
        envelope={"PayloadDisplayName": "Offices", "PayloadIdentifier": "com.example.offices"},
        targets={},
        payloads=tuple(tunnel(number + 10) for number in range(10)),
    )
    profile = profiles.create(actor=alice, team=home(alice), document=whole)
    page_as_alice.goto(f"/profiles/{profile.pk}")
    workshop = Workshop(page_as_alice)
    for _ in range(2):
        workshop.add_payload("SCEP identity").fill("PayloadDisplayName", "New")
    expect(page_as_alice.locator(".part--folded")).to_have_count(0)
    workshop.save()
    expect(page_as_alice.locator(".part--folded")).to_have_count(0)
    page_as_alice.reload()
    expect(page_as_alice.locator(".part--folded")).to_have_count(12)
    assert [part.values for part in load(Profile.objects.get()).payloads[:10]] == [
        p.values for p in whole.payloads
    ]
