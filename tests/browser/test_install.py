"""A profile on its way from the admin to a phone, by link."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from profiles.models import HandOut, Profile, User
from profiles.plist.build import build
from profiles.services import hand_outs, profiles, signing
from profiles.services.document_storage import load
from profiles.services.links import Issued
from profiles.services.teams import home
from tests.browser.barriers import barriers
from tests.browser.conftest import Visitor
from tests.designer.user_agents import FOREIGN, IPHONE, MAC, SAFARI
from tests.services.samples import valid
from tests.services.signers import openssl_verify

PASSPHRASE: Final = "blue elephant 7"
LONG: Final = "A-very-long-name-without-a-single-blank-" * 4

pytestmark = pytest.mark.usefixtures("server_identity")


@pytest.fixture
def profile(alice: User) -> Profile:
    return profiles.create(actor=alice, team=home(alice), document=valid(name=f"Office {LONG}"))


def path_of(made: Issued[HandOut]) -> str:
    return f"/i/{made.token}"


def download(page: Page) -> bytes:
    with page.expect_download() as info:
        page.get_by_role("button", name="Download the profile").click()
    assert info.value.suggested_filename.endswith(".mobileconfig")
    return info.value.path().read_bytes()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_admins_form_to_the_file_on_a_phone(
    page_as_alice: Page, visitor: Visitor, profile: Profile, tmp_path: Path, scripts: bool
) -> None:
    admin = page_as_alice
    admin.goto(f"/profiles/{profile.pk}/hand-out")
    admin.get_by_label("For whom").fill("Bob’s iPhone")
    admin.get_by_label("Works once").check()
    admin.get_by_label("Passphrase").fill(PASSPHRASE)
    admin.get_by_role("button", name="Make the link").click()
    expect(admin.get_by_role("heading", name="Send this link: Bob’s iPhone")).to_be_visible()
    expect(admin.get_by_role("img", name="QR code of the link")).to_be_visible()
    link = admin.get_by_label("The link", exact=True).input_value()
    path = link.removeprefix("http://127.0.0.1:8000")

    phone = visitor(java_script_enabled=scripts)
    # What previews the link in a chat looks at it, too.
    for look in (phone.request.get, phone.request.head):
        assert look(path, headers={"User-Agent": "WhatsApp/2.24"}).status == 200
    phone.goto(path)
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"Office {LONG}")
    expect(phone.get_by_role("navigation")).to_have_count(0)
    phone.get_by_label("Passphrase").fill("green elephant")
    phone.get_by_role("button", name="Download the profile").click()
    expect(phone.get_by_role("alert")).to_contain_text("That is not the passphrase")
    expect(phone.get_by_label("Passphrase")).to_be_focused()
    phone.get_by_label("Passphrase").fill(PASSPHRASE)
    signed = download(phone)

    assert openssl_verify(signed, signing.authority_certificate(), tmp_path) == build(load(profile))
    expect(phone.get_by_text("Profile Downloaded")).to_be_visible()
    phone.goto(path)
    expect(phone.get_by_text("This link works once, and has been used.")).to_be_visible()
    admin.goto(f"/profiles/{profile.pk}/hand-out")
    expect(admin.get_by_role("row", name="Bob’s iPhone")).to_contain_text("1 time, file sent 1 time")


def test_two_presses_are_one_and_later_there_may_be_another(
    alice: User, visitor: Visitor, profile: Profile
) -> None:
    made = hand_outs.create(actor=alice, profile=profile)
    phone = visitor()
    phone.clock.install()
    phone.goto(path_of(made))
    with phone.expect_download():
        phone.get_by_role("button", name="Download the profile").dblclick()
    assert HandOut.objects.get().uses == 1
    phone.clock.run_for(6000)
    download(phone)
    assert HandOut.objects.get().uses == 2


def test_another_browser_offers_the_address_to_copy(alice: User, visitor: Visitor, profile: Profile) -> None:
    made = hand_outs.create(actor=alice, profile=profile)
    phone = visitor(
        user_agent=f"{IPHONE} CriOS/125.0 Mobile/15E148 Safari/604.1",
        permissions=["clipboard-read", "clipboard-write"],
    )
    phone.goto(path_of(made))
    expect(phone.get_by_role("button", name="Download the profile")).to_be_hidden()
    phone.get_by_role("button", name="Copy").click()
    expect(phone.get_by_role("button", name="Copied")).to_be_visible()
    assert phone.evaluate("navigator.clipboard.readText()") == f"http://127.0.0.1:8000{path_of(made)}"
    phone.get_by_text("Download the file here all the same").click()
    assert download(phone)


@pytest.mark.parametrize(
    "user_agent",
    [SAFARI, f"{IPHONE} CriOS/125.0 Safari/604.1", FOREIGN[0], f"{MAC} Version/17.5 Safari/605.1.15"],
    ids=["iPhone", "Chrome on an iPhone", "Android", "Mac"],
)
def test_the_page_has_no_barrier_and_needs_no_sideways_scrolling(
    alice: User, visitor: Visitor, profile: Profile, user_agent: str
) -> None:
    made = hand_outs.create(actor=alice, profile=profile, passphrase=PASSPHRASE, one_time=True)
    phone = visitor(user_agent=user_agent)
    phone.goto(path_of(made))
    assert barriers(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_neither_has_the_page_of_a_link_that_is_over(alice: User, visitor: Visitor, profile: Profile) -> None:
    made = hand_outs.create(actor=alice, profile=profile)
    hand_outs.revoke(actor=alice, profile=profile, hand_out_id=made.link.pk)
    phone = visitor()
    phone.goto(path_of(made))
    expect(phone.get_by_text("This link was revoked.")).to_be_visible()
    assert barriers(phone) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_the_admins_page_has_no_barrier_either(
    alice: User, page_as_alice: Page, profile: Profile, width: int
) -> None:
    page = page_as_alice
    page.set_viewport_size({"width": width, "height": 900})
    hand_outs.create(actor=alice, profile=profile, note=LONG, one_time=True, passphrase=PASSPHRASE)
    over = hand_outs.create(actor=alice, profile=profile)
    hand_outs.revoke(actor=alice, profile=profile, hand_out_id=over.link.pk)
    page.goto(f"/profiles/{profile.pk}/hand-out")
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("heading", name="Send this link")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_pages_load_nothing_from_elsewhere_and_tell_nobody_the_address(
    alice: User, visitor: Visitor, profile: Profile, base_url: str
) -> None:
    made = hand_outs.create(actor=alice, profile=profile)
    phone = visitor(user_agent=FOREIGN[0])
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    phone.on("console", lambda message: complaints.append(message.text))
    phone.goto(path_of(made))
    phone.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((f"{base_url}/", "data:"))] == []
    assert complaints == []
