"""Two profiles side by side in a real browser: found, chosen, uploaded, compared, swapped."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from profiles.models import ImportedFile, Profile, User
from profiles.plist.build import build
from profiles.plist.xml_writer import dump
from profiles.services import imports, profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.browser.barriers import barriers
from tests.plist.trees import WIFI, tree, vpn
from tests.services.samples import changed, valid

RULES: list[dict[str, Any]] = [{"Action": "Connect", "SSIDMatch": ["Office"]}, {"Action": "Disconnect"}]


@pytest.fixture
def office(alice: User) -> Profile:
    """A profile with three revisions, the MTU of each being 1300 and its number."""
    profile = profiles.create(actor=alice, team=home(alice), document=valid(name="Head office"))
    for number in (2, 3):
        profile = profiles.save(
            actor=alice,
            profile_id=profile.pk,
            document=changed(load(profile), MTU=1300 + number),
            base_revision=number - 1,
        )
    return profile


@pytest.fixture
def branches(alice: User) -> list[Profile]:
    """More profiles than are listed at once."""
    return [
        profiles.create(actor=alice, team=home(alice), document=valid(name=f"Branch {number:02}"))
        for number in range(12)
    ]


def side(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def row(page: Page, key: str) -> Locator:
    return page.locator("tr", has=page.get_by_role("rowheader", name=key))


def chosen(page: Page, name: str, title: str) -> None:
    expect(side(page, name).locator(".compare-side__what")).to_contain_text(title)


def a_file(profile: Profile, name: str = "export.mobileconfig") -> Any:
    return {"name": name, "mimeType": "application/x-apple-aspen-config", "buffer": build(load(profile))}


def test_two_are_found_chosen_and_swapped(
    page_as_alice: Page, office: Profile, branches: list[Profile]
) -> None:
    page = page_as_alice
    page.goto("/compare/")
    expect(side(page, "From").get_by_role("radio")).to_have_count(8)
    side(page, "From").get_by_role("searchbox").fill("head")
    expect(side(page, "From").get_by_role("radio")).to_have_count(1)
    expect(side(page, "To").get_by_role("radio")).to_have_count(8)
    side(page, "From").get_by_role("radio", name="Head office").check()
    side(page, "To").get_by_role("searchbox").fill("branch 03")
    expect(side(page, "To").get_by_role("radio")).to_have_count(1)
    side(page, "To").get_by_role("radio", name="Branch 03").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    chosen(page, "From", "Head office")
    chosen(page, "To", "Branch 03")
    assert page.url.endswith(f"/compare/?old=profile:{office.pk}&new=profile:{branches[3].pk}")
    cells = row(page, "PayloadDisplayName").get_by_role("cell")
    expect(cells).to_have_text(["Head office", "Branch 03"])
    page.get_by_role("link", name="Swap sides").click()
    expect(cells).to_have_text(["Branch 03", "Head office"])
    side(page, "To").get_by_role("link", name="Choose another").click()
    expect(side(page, "To").get_by_role("radio")).to_have_count(8)
    chosen(page, "From", "Branch 03")


class TestWithoutScripts:
    """The same by plain forms."""

    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, Any]) -> dict[str, Any]:
        return {**browser_context_args, "java_script_enabled": False}

    def test_two_are_found_chosen_and_compared(
        self, page_as_alice: Page, office: Profile, branches: list[Profile]
    ) -> None:
        page = page_as_alice
        page.goto("/compare/")
        search = side(page, "From").get_by_role("searchbox")
        search.fill("head")
        search.press("Enter")
        side(page, "From").get_by_role("radio", name="Head office").check()
        side(page, "To").get_by_role("radio", name="Branch 11").check()
        page.get_by_role("button", name="Compare", exact=True).click()
        expect(row(page, "PayloadDisplayName").get_by_role("cell")).to_have_text(["Head office", "Branch 11"])

    def test_a_file_is_uploaded_and_compared(self, page_as_alice: Page, office: Profile) -> None:
        page = page_as_alice
        page.goto(f"/compare/?old=profile:{office.pk}")
        side(page, "To").get_by_label("Or a file from this computer").set_input_files([a_file(office)])
        side(page, "To").get_by_role("button", name="Read it").click()
        expect(page.get_by_role("heading", name="Nothing differs")).to_be_visible()
        assert ImportedFile.objects.count() == 1


def test_a_revision_is_compared_with_a_file_from_its_history(page_as_alice: Page, office: Profile) -> None:
    page = page_as_alice
    page.goto(f"/profiles/{office.pk}/history")
    page.get_by_role("row", name="Revision 2").get_by_role("link", name="Compare with …").click()
    chosen(page, "From", "revision 2")
    side(page, "To").get_by_label("Or a file from this computer").set_input_files([a_file(office)])
    side(page, "To").get_by_role("button", name="Read it").click()
    expect(page.get_by_text("1 payload differs in 1 key.")).to_be_visible()
    expect(row(page, "MTU").get_by_role("cell")).to_have_text(["1302 bytes", "1303 bytes"])
    side(page, "From").get_by_label("Revision").fill("3")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("heading", name="Nothing differs")).to_be_visible()


def test_a_file_that_cannot_be_read_leaves_the_other_side_alone(page_as_alice: Page, office: Profile) -> None:
    page = page_as_alice
    page.goto(f"/compare/?new=profile:{office.pk}")
    photo: Any = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0"}
    side(page, "From").get_by_label("Or a file from this computer").set_input_files([photo])
    side(page, "From").get_by_role("button", name="Read it").click()
    expect(page.get_by_role("alert")).to_contain_text("photo.jpg: The file is a JPEG picture")
    chosen(page, "To", "Head office")
    assert not ImportedFile.objects.exists()


def two_files(alice: User, payloads: int = 1) -> str:
    """The address at which two files of other origin are compared."""
    ikev2 = {
        "RemoteAddress": "a",
        "SharedSecret": "hush-1",
        "OnDemandRules": RULES,
        "Vendor": {"a": "hush-1"},
    }
    other = {**ikev2, "SharedSecret": "hush-2", "OnDemandRules": RULES[::-1], "Vendor": {"a": "hush-2"}}
    one = tree(*(vpn(ikev2, number) for number in range(payloads)), WIFI)
    two = tree(*(vpn(other, number + 1_000) for number in range(payloads)))
    rows = [imports.keep(actor=alice, team=home(alice), data=dump(each), name="file") for each in (one, two)]
    return f"/compare/?old=file:{rows[0].pk}&new=file:{rows[1].pk}"


def test_what_differs_is_told_key_by_key_and_identity_apart(page_as_alice: Page, alice: User) -> None:
    page = page_as_alice
    page.goto(two_files(alice))
    expect(page.get_by_role("heading", name="com.apple.wifi.managed (Other payload) removed")).to_be_visible()
    for key, texts in (
        ("Shared secret IKEv2.SharedSecret", ["a secret", "another secret"]),
        ("Rules: order IKEv2.OnDemandRules", ["1, 2", "2, 1"]),
        ("IKEv2.Vendor.a unknown key, string", ["a secret", "another secret"]),
    ):
        expect(row(page, key).get_by_role("cell")).to_have_text(texts)
    identity = row(page, "PayloadUUID")
    expect(identity).to_be_hidden()
    page.get_by_text("They also differ in their identity").click()
    expect(identity).to_be_visible()
    assert "hush" not in page.content()


def test_on_paper_there_are_three_columns_and_nothing_to_press(page_as_alice: Page, alice: User) -> None:
    page = page_as_alice
    page.set_viewport_size({"width": 700, "height": 900})
    page.goto(two_files(alice))
    page.emulate_media(media="print")
    header, *cells = (row(page, "Shared secret").locator("th, td")).all()
    tops = {round(box["y"]) for cell in (header, *cells) if (box := cell.bounding_box())}
    assert len(tops) == 1
    expect(page.get_by_role("link", name="Swap sides")).to_be_hidden()
    expect(page.get_by_role("link", name="Choose another")).to_have_count(0)


@pytest.mark.parametrize("payloads", [1, 100])
def test_it_has_no_barrier_and_fits_a_phone(page_as_alice: Page, alice: User, payloads: int) -> None:
    page = page_as_alice
    page.goto(two_files(alice, payloads))
    page.get_by_text("They also differ in their identity").click()
    assert barriers(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
