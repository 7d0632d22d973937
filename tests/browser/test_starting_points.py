"""From “New profile” to a signed file, the way that most profiles are made."""

from __future__ import annotations

import plistlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.screen import CHILD, IKE, SAVED, Screen
from tests.services.signers import openssl_verify

SECRET = "p & <q> \"r\" 's' ü 鍵"

pytestmark = pytest.mark.usefixtures("server_identity")


def typed(value: Any) -> Any:
    """A value in which 1, 1.0 and True are not the same."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value).__name__, value


def begin(screen: Screen, title: str) -> None:
    """Make a profile, and fill in the server."""
    page = screen.page
    page.goto("/profiles/")
    page.get_by_role("link", name="New profile").click()
    page.get_by_label("Name", exact=True).fill("Office VPN")
    page.get_by_role("radio", name=re.compile(f"^{title}")).check()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Office VPN")
    screen.control("IKEv2.RemoteAddress").fill("vpn.example.com")
    screen.control("IKEv2.RemoteIdentifier").fill("vpn.example.com")


def tunnel(file: bytes) -> dict[str, Any]:
    """What the one payload of a profile says about IKEv2."""
    profile = plistlib.loads(file)
    (payload,) = profile["PayloadContent"]
    assert profile["PayloadDisplayName"] == payload["UserDefinedName"] == "Office VPN"
    assert payload["PayloadType"] == "com.apple.vpn.managed"
    assert payload["VPNType"] == "IKEv2"
    ikev2: dict[str, Any] = payload["IKEv2"]
    return ikev2


def blanks_of_eap(screen: Screen) -> None:
    screen.control("IKEv2.AuthName").fill("alice")
    screen.control("IKEv2.AuthPassword").fill(SECRET)


def blanks_of_pre_shared_key(screen: Screen) -> None:
    screen.control("IKEv2.SharedSecret").fill(SECRET)


SERVER = {"RemoteAddress": "vpn.example.com", "RemoteIdentifier": "vpn.example.com", "LocalIdentifier": ""}
STRONG = {
    "EncryptionAlgorithm": "AES-256-GCM",
    "DiffieHellmanGroup": 20,
    "PostQuantumKeyExchangeMethods": [36],
}


@pytest.mark.parametrize(
    ("title", "fill", "expected"),
    [
        (
            "User name and password",
            blanks_of_eap,
            {
                "AuthenticationMethod": "None",
                "ExtendedAuthEnabled": 1,
                "AuthName": "alice",
                "AuthPassword": SECRET,
            },
        ),
        (
            "Pre-shared key",
            blanks_of_pre_shared_key,
            {"AuthenticationMethod": "SharedSecret", "ExtendedAuthEnabled": 0, "SharedSecret": SECRET},
        ),
        (
            "Post-quantum",
            blanks_of_eap,
            {
                "AuthenticationMethod": "None",
                "ExtendedAuthEnabled": 1,
                "AuthName": "alice",
                "AuthPassword": SECRET,
                "EnforceStrictAlgorithmSelection": 1,
                "EnablePFS": 1,
                "IKESecurityAssociationParameters": STRONG,
                "ChildSecurityAssociationParameters": STRONG,
            },
        ),
    ],
)
def test_filling_in_the_blanks_leads_to_a_signed_profile_that_openssl_verifies(
    screen: Screen, tmp_path: Path, title: str, fill: Callable[[Screen], None], expected: dict[str, Any]
) -> None:
    begin(screen, title)
    fill(screen)
    assert screen.save() == SAVED
    expect(screen.page.locator("#review .count--error")).to_have_count(0)
    signed = screen.download()
    root = screen.page.request.get("/signing/authority.crt").body()
    content = openssl_verify(signed, root, tmp_path)
    assert typed(tunnel(content)) == typed({**SERVER, **expected})


def test_errors_block_the_download_until_the_admin_confirms_it(screen: Screen, tmp_path: Path) -> None:
    begin(screen, "User name and password")
    screen.control("IKEv2.RemoteIdentifier").fill("")
    assert screen.save() == SAVED
    screen.page.locator("summary", has_text="Download").click()
    screen.page.get_by_role("link", name=re.compile("^Signed")).first.click()
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("“Office VPN” has errors")
    expect(screen.page.locator(".problem--error")).to_contain_text(["RemoteIdentifier"])
    with screen.page.expect_download() as info:
        screen.page.get_by_role("link", name="Download anyway").click()
    root = screen.page.request.get("/signing/authority.crt").body()
    content = openssl_verify(info.value.path().read_bytes(), root, tmp_path)
    assert "RemoteIdentifier" not in tunnel(content)
    screen.page.get_by_role("link", name="Fix them").click()
    expect(screen.problem("IKEv2.RemoteIdentifier")).to_contain_text("is missing")


def test_a_blank_profile_takes_every_kind_of_value_exactly_as_it_is_typed(screen: Screen) -> None:
    begin(screen, "Blank")
    screen.control("PayloadDescription").fill("One line,\nand <another> & more")
    screen.choose("PayloadRemovalDisallowed", "Off")
    screen.control("DurationUntilRemoval").fill("86400.5")
    screen.control("PayloadExpirationDate").fill("2030-01-02T03:04")
    screen.control("TargetDeviceType").select_option("Mac (5)")
    screen.choose("IKEv2.AuthenticationMethod", "Shared secret")
    screen.control("IKEv2.SharedSecret").fill(f" {SECRET} ")
    screen.control("IKEv2.MTU").fill("1300")
    screen.choose("IKEv2.DisableMOBIKE", "Off")
    screen.control("IKEv2.PPKIdentifier").fill("ppk-1")
    screen.row("IKEv2.PPK").get_by_label("Written as").select_option("Hex")
    screen.control("IKEv2.PPK").fill("00 ff 10")
    screen.control(f"{CHILD}.LifeTimeInMinutes").fill("60")
    screen.control(f"{IKE}.EncryptionAlgorithm").select_option("AES-256-GCM")
    screen.save()
    file = screen.download("Unsigned")
    profile = plistlib.loads(file)
    whole = ("PayloadDescription", "PayloadRemovalDisallowed", "DurationUntilRemoval", "TargetDeviceType")
    assert typed([profile[key] for key in whole]) == typed(
        ["One line,\nand <another> & more", False, 86400.5, 5]
    )
    assert profile["PayloadExpirationDate"].isoformat() == "2030-01-02T03:04:00"
    assert typed(tunnel(file)) == typed(
        {
            **SERVER,
            "AuthenticationMethod": "SharedSecret",
            "ExtendedAuthEnabled": 0,
            "SharedSecret": f" {SECRET} ",
            "MTU": 1300,
            "DisableMOBIKE": 0,
            "PPKIdentifier": "ppk-1",
            "PPK": b"\x00\xff\x10",
            "ChildSecurityAssociationParameters": {"LifeTimeInMinutes": 60},
            "IKESecurityAssociationParameters": {"EncryptionAlgorithm": "AES-256-GCM"},
        }
    )


def test_what_a_starting_point_leaves_open_is_listed_until_it_is_filled_in(screen: Screen) -> None:
    screen.page.goto("/profiles/new")
    screen.page.get_by_role("radio", name=re.compile("^Pre-shared key")).check()
    screen.page.get_by_role("button", name="Create").click()
    expect(screen.page.locator(".count--error")).to_have_text("3 errors")
    for path in ("IKEv2.RemoteAddress", "IKEv2.RemoteIdentifier", "IKEv2.SharedSecret"):
        expect(screen.problem(path)).to_have_text(re.compile("is missing"))
