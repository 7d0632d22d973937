"""The helper's whole way: an admin makes a template, the helpdesk fills it in, a phone installs what comes of it."""

from __future__ import annotations

import plistlib
import re
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from profiles.models import Membership, Profile, Role, User
from profiles.services import signing
from profiles.services.teams import home
from tests.browser.barriers import barriers
from tests.browser.conftest import Visitor, signed_in
from tests.browser.screen import Screen, start_profile
from tests.services.signers import openssl_verify

pytestmark = pytest.mark.usefixtures("server_identity")

SERVER: Final = "vpn.example.com"


@pytest.fixture
def helper(alice: User, bob: User) -> User:
    """Bob, at the helpdesk of Alice's team."""
    Membership.objects.create(team=home(alice), user=bob, role=Role.HELPER)
    return bob


def make_template(page: Page, alice: User) -> Profile:
    """What Alice does: a profile that works becomes a template with a variable, a locked and an asked key."""
    screen = Screen(page).open(start_profile(alice, name="Office VPN"))
    screen.control("IKEv2.RemoteAddress").fill(SERVER)
    screen.control("IKEv2.RemoteIdentifier").fill(SERVER)
    screen.control("IKEv2.AuthName").fill("{{username}}")
    screen.control("IKEv2.ServerCertificateIssuerCommonName").fill("Example CA")
    assert screen.save() == 302
    page.locator("summary", has_text="More").click()
    page.get_by_role("button", name="Save as template").click()
    expect(page).to_have_url(re.compile(r"/templates/.*/settings$"))
    variable = page.get_by_role("group", name="Variable 1", exact=True)
    expect(variable.get_by_label("Name", exact=True)).to_have_value("username")
    variable.get_by_label("Label").fill("User name")
    variable.get_by_label("Pattern").fill("[a-z]+")
    page.get_by_label("Server: free, asked or locked").select_option("locked")
    page.locator("summary", has_text="keys not set").last.click()
    for asked in ("Disconnect when idle", "Idle period"):
        page.get_by_label(f"{asked}: free, asked or locked").select_option("asked")
    page.get_by_label("What it is for").fill("For people who travel")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert barriers(page) == []
    return Profile.objects.get(is_template=True)


def test_from_the_template_to_the_phone(
    page_as_alice: Page, visitor: Visitor, alice: User, helper: User, base_url: str, tmp_path: Path
) -> None:
    make_template(page_as_alice, alice)

    desk = signed_in(
        visitor(user_agent=None, is_mobile=False, viewport={"width": 1280, "height": 900}), base_url, helper
    )
    desk.goto("/profiles/")
    desk.get_by_role("link", name="New from template").click()
    desk.get_by_role("link", name="Fill in Office VPN").click()
    expect(desk.get_by_text("For people who travel")).to_be_visible()
    # Just what is asked, and what that reveals.
    keys = desk.locator("#short .key:visible")
    expect(keys).to_have_count(1)
    desk.get_by_label("Name", exact=True).fill("Carol’s VPN")
    desk.get_by_label("User name").fill("Carol Example")
    desk.get_by_text("On", exact=True).click()
    expect(keys).to_have_count(2)
    desk.get_by_label("Idle period", exact=True).fill("120")
    desk.get_by_role("button", name="Make the profile").click()
    expect(desk.get_by_text("User name is not of the form that the template asks for")).to_be_visible()
    expect(desk.get_by_label("Name", exact=True)).to_have_value("Carol’s VPN")
    assert barriers(desk) == []
    desk.get_by_label("User name").fill("carol")
    desk.get_by_role("button", name="Make the profile").click()

    # What a helper sees of the profile cannot be changed.
    expect(desk.get_by_role("heading", name="Carol’s VPN", level=1)).to_be_visible()
    expect(desk.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    expect(Screen(desk).control("IKEv2.RemoteAddress")).to_be_disabled()
    assert barriers(desk) == []
    desk.get_by_role("link", name="Hand out").click()
    desk.get_by_label("Works once").check()
    desk.get_by_role("button", name="Make the link").click()
    expect(desk.get_by_role("img", name="QR code of the link")).to_be_visible()
    link = desk.get_by_label("The link", exact=True).input_value()

    phone = visitor()
    phone.goto(f"/i/{link.rpartition('/')[2]}")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Carol’s VPN")
    expect(phone.get_by_text(f"to {SERVER}")).to_be_visible()
    assert barriers(phone) == []
    with phone.expect_download() as info:
        phone.get_by_role("button", name="Download the profile").click()
    signed = info.value.path().read_bytes()

    content = openssl_verify(signed, signing.authority_certificate(), tmp_path)
    profile: dict[str, Any] = plistlib.loads(content)
    (vpn,) = profile["PayloadContent"]
    assert profile["PayloadDisplayName"] == "Carol’s VPN"
    assert vpn["IKEv2"]["AuthName"] == "carol"
    assert vpn["IKEv2"]["RemoteAddress"] == SERVER
    assert (vpn["IKEv2"]["DisconnectOnIdle"], vpn["IKEv2"]["DisconnectOnIdleTimer"]) == (1, 120)
    desk.reload()
    expect(desk.get_by_text("used", exact=False).first).to_be_visible()


def test_what_the_template_changes_reaches_the_profile_after_a_look(page_as_alice: Page, alice: User) -> None:
    template = make_template(page_as_alice, alice)
    page = page_as_alice
    page.goto(f"/templates/{template.pk}/use")
    page.get_by_label("User name").fill("carol")
    page.get_by_role("button", name="Make the profile").click()
    made = Screen(page)
    expect(made.control("IKEv2.RemoteAddress")).to_be_disabled()
    made.control("IKEv2.RemoteIdentifier").fill("mine.example.com")
    assert made.save() == 302
    address = page.url

    changed = Screen(page).open(template)
    changed.control("IKEv2.RemoteAddress").fill("vpn2.example.com")
    changed.control("IKEv2.RemoteIdentifier").fill("vpn2.example.com")
    assert changed.save() == 302

    page.goto("/profiles/")
    page.get_by_role("link", name="its template has moved on").click()
    expect(page.get_by_role("row", name="Server")).to_contain_text("vpn2.example.com")
    choice = page.get_by_role("group", name="Remote identifier")
    expect(choice.get_by_label("mine.example.com")).to_be_checked()
    assert barriers(page) == []
    page.get_by_role("button", name="Update", exact=True).click()

    expect(page).to_have_url(address)
    expect(made.control("IKEv2.RemoteAddress")).to_have_value("vpn2.example.com")
    expect(made.control("IKEv2.RemoteIdentifier")).to_have_value("mine.example.com")
    expect(page.get_by_text("which has moved on")).to_have_count(0)
