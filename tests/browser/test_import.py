"""A profile from elsewhere in a real browser: dropped, looked at, saved, changed in one key, downloaded, compared."""

from __future__ import annotations

import base64
import plistlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from profiles.models import Certificate, ImportedFile, Profile, User
from profiles.plist.xml_writer import dump
from profiles.services import signing
from tests.browser.barriers import barriers
from tests.browser.screen import Screen
from tests.plist.exactness import differences
from tests.plist.trees import WIFI, tree, vpn
from tests.services.test_rough_files import ROUGH

pytestmark = pytest.mark.usefixtures("server_identity")

ODD = {
    "RemoteAddress": "vpn.example.org",
    "RemoteIdentifier": "vpn.example.org",
    "LocalIdentifier": "",
    "AuthenticationMethod": "None",
    "AuthName": "alice",
    "ExtendedAuthEnabled": 1,
    "DisableMOBIKE": True,
    "MTU": 1400.0,
    "OnDemandRules": [{"Action": "Connect", "SSIDMatch": [""], "X-Vendor": {"b": 1, "a": 2.0}}],
    "X-Vendor": {"zeta": [1, 1.0, True], "alpha": b"data"},
}
GIVEN = tree(vpn(ODD, X="kept"), WIFI, PayloadVersion=1.0, Company={"z": 1, "a": 2})


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    page.goto("/import/")
    chosen: Any = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files
    ]
    page.get_by_label("Choose files").set_input_files(chosen)
    page.get_by_role("button", name="Look into them").click()


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    """Drop files from outside of the browser onto the page."""
    page.locator("[data-drop]").evaluate(
        """(zone, files) => {
            const transfer = new DataTransfer();
            for (const [name, text] of files) {
                const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
                transfer.items.add(new File([bytes], name));
            }
            for (const kind of ["dragover", "drop"]) {
                zone.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
            }
        }""",
        [[name, base64.b64encode(data).decode()] for name, data in files],
    )


def test_of_a_signed_file_only_the_key_that_was_changed_differs(page_as_alice: Page, tmp_path: Path) -> None:
    page = page_as_alice
    choose(page, ("office.mobileconfig", signing.sign(dump(GIVEN))))
    expect(page.get_by_role("heading", name="Signature")).to_be_visible()
    expect(page.get_by_text("The signature is intact")).to_be_visible()
    page.get_by_role("button", name="Save as a profile").click()
    page.wait_for_url("**/profiles/*")
    screen = Screen(page)
    screen.control("PayloadOrganization").fill("Example")
    screen.save()
    profile = Profile.objects.get()
    assert profile.revision == 2
    with page.expect_download() as waited:
        page.evaluate(
            "address => { location.href = address; }", f"/profiles/{profile.pk}/download?unsigned=1"
        )
    file = tmp_path / "unsigned.mobileconfig"
    waited.value.save_as(file)
    assert differences(plistlib.loads(file.read_bytes()), GIVEN | {"PayloadOrganization": "Example"}) == []


def test_files_are_dropped_and_each_waits(page_as_alice: Page) -> None:
    page = page_as_alice
    page.goto("/import/")
    drop(page, ("one.mobileconfig", dump(GIVEN)), ("two.mobileconfig", dump(GIVEN, sort_keys=True)))
    expect(page.locator("[data-names] li")).to_have_text(["one.mobileconfig", "two.mobileconfig"])
    page.get_by_role("button", name="Look into them").click()
    expect(page.get_by_role("status")).to_contain_text("2 files can be read.")
    page.get_by_role("button", name="Throw away two.mobileconfig").click()
    expect(page.get_by_role("status")).to_contain_text("is thrown away")
    assert [row.name for row in ImportedFile.objects.all()] == ["one.mobileconfig"]


def test_what_can_be_put_right_is_chosen_at_once_or_one_by_one(page_as_alice: Page) -> None:
    page = page_as_alice
    choose(page, ("office.mobileconfig", dump(GIVEN)))
    boxes = page.locator("input[name=repair]")
    expect(boxes).to_have_count(3)
    expect(page.locator("input[name=repair]:checked")).to_have_count(0)
    everything = page.locator("#repair-title").get_by_role("button")
    everything.click()
    expect(page.locator("input[name=repair]:checked")).to_have_count(3)
    expect(everything).to_have_text("Select none")
    everything.click()
    page.get_by_role("row", name="Turn off MOBIKE").get_by_role("checkbox").check()
    page.get_by_role("button", name="Save as a template").click()
    page.wait_for_url("**/profiles/*")
    assert Profile.objects.get().is_template


def test_certificates_of_a_file_are_in_the_library(page_as_alice: Page, alice: User) -> None:
    page = page_as_alice
    choose(page, ("rough.mobileconfig", (ROUGH / "pem-in-data.mobileconfig").read_bytes()))
    page.get_by_role("button", name="Save as a profile").click()
    expect(page.get_by_role("status").first).to_contain_text(
        "In the certificates library: “Example Root CA”."
    )
    assert Certificate.objects.get().fingerprint


def test_openssl_takes_a_signed_download_of_what_was_imported(page_as_alice: Page, tmp_path: Path) -> None:
    page = page_as_alice
    choose(page, ("rough.mobileconfig", (ROUGH / "doctype-first.mobileconfig").read_bytes()))
    page.get_by_role("button", name="Save as a profile").click()
    page.wait_for_url("**/profiles/*")
    with page.expect_download() as waited:
        page.evaluate(f"location.href = '/profiles/{Profile.objects.get().pk}/download'")
    file = tmp_path / "signed.mobileconfig"
    waited.value.save_as(file)
    content = subprocess.run(
        ["openssl", "cms", "-verify", "-noverify", "-inform", "DER", "-in", file],
        capture_output=True,
        check=True,
    ).stdout
    text = (ROUGH / "doctype-first.mobileconfig").read_bytes()
    assert differences(plistlib.loads(content), plistlib.loads(text, fmt=plistlib.FMT_XML)) == []


LONG = {
    "IKESecurityAssociationParameters": {"DiffieHellmanGroup": 20},
    "ChildSecurityAssociationParameters": {"EncryptionAlgorithm": "AES-256-GCM"},
    "AuthPassword": "{{password}}",
    "RemoteAddress": "{{server}}",
    "OnDemandRules": [{"Action": "EvaluateConnection", "ActionParameters": [{"Domains": ["a.example"]}]}],
    f"X-{'Long' * 40}": 1,
}
TUNNEL = {"RemoteAddress": "{{server}}", "MTU": 1400.0, "ExtendedAuthEnabled": True, "X": 1, **LONG}
WITH_TUNNELS = tree(
    vpn(LONG),
    vpn(None, number=2, VPNType="AlwaysOn", AlwaysOn={"TunnelConfigurations": [TUNNEL, {}]}),
)


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_path_is_wider_than_its_column(page_as_alice: Page, width: int) -> None:
    page = page_as_alice
    page.set_viewport_size({"width": width, "height": 900})
    choose(page, ("office.mobileconfig", dump(WITH_TUNNELS)))
    expect(page.get_by_role("rowheader", name="Tunnel 1", exact=False).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = """cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.textContent)"""
    assert page.locator(".list :is(th, td)").evaluate_all(wide) == []
    assert barriers(page) == []


def test_variables_are_declared_at_a_click(page_as_alice: Page) -> None:
    page = page_as_alice
    choose(page, ("office.mobileconfig", dump(WITH_TUNNELS)))
    page.get_by_role("checkbox", name="{{server}} Host name or IP address").uncheck()
    page.get_by_role("button", name="Save as a template").click()
    expect(page.get_by_role("status")).to_contain_text("1 variable is declared")
    declaration = Profile.objects.get().declaration
    assert declaration is not None
    assert [(each["name"], each["secret"]) for each in declaration["variables"]] == [("password", True)]
