"""Payloads in the designer: added, referred to, moved, removed with a question, brought back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Page, expect

from profiles.models import Profile, User
from profiles.services.document_storage import load
from profiles.signing import pkcs12
from tests.browser.building import Workshop
from tests.browser.screen import start_profile
from tests.signing.making import certificate


@pytest.fixture
def profile(alice: User) -> Profile:
    return start_profile(alice)


@pytest.fixture
def workshop(page_as_alice: Page, profile: Profile) -> Workshop:
    page_as_alice.goto(f"/profiles/{profile.pk}")
    return Workshop(page_as_alice)


def slugs(profile: Profile) -> list[str]:
    profile.refresh_from_db()
    return [part.slug for part in load(profile).payloads]


def arrange(workshop: Workshop, index: int, choice: str) -> None:
    box = workshop.part(index).box
    menu = box.locator(".part__menu")
    menu.locator("summary").click()
    menu.get_by_role("button", name=choice, exact=True).click()


def test_what_was_typed_outlives_a_payload_that_is_added(workshop: Workshop, profile: Profile) -> None:
    vpn = workshop.part()
    vpn.fill("IKEv2.AuthName", "alice")
    vpn.fill("IKEv2.AuthPassword", "typed secret")
    added = workshop.add_payload("SCEP identity")
    expect(added.box.locator(".part__title")).to_be_focused()
    expect(workshop.page.locator("[data-unsaved]")).to_be_visible()
    assert slugs(profile) == ["vpn-ikev2"]
    expect(vpn.row("IKEv2.AuthName").locator("input")).to_have_value("alice")
    workshop.save()
    profile.refresh_from_db()
    assert slugs(profile) == ["vpn-ikev2", "scep"]
    assert load(profile).payloads[0].values["IKEv2"]["AuthPassword"] == "typed secret"


def test_what_is_added_beside_a_reference_is_referred_to(workshop: Workshop, profile: Profile) -> None:
    vpn = workshop.part()
    vpn.choose("IKEv2.AuthenticationMethod", "Certificate")
    workshop.add_reference(vpn, "IKEv2.PayloadCertificateUUID", "ACME identity")
    select = workshop.part().row("IKEv2.PayloadCertificateUUID").locator("select")
    expect(select.locator("option:checked")).to_have_text("ACME identity")
    workshop.save()
    parts = {part.slug: part for part in load(Profile.objects.get()).payloads}
    assert parts["vpn-ikev2"].values["IKEv2"]["PayloadCertificateUUID"] == parts["acme"].uuid


def test_a_reference_stays_right_when_payloads_move(workshop: Workshop, profile: Profile) -> None:
    vpn = workshop.part()
    vpn.choose("IKEv2.AuthenticationMethod", "Certificate")
    workshop.add_reference(vpn, "IKEv2.PayloadCertificateUUID", "SCEP identity")
    arrange(workshop, 1, "Move up")
    expect(workshop.part(0).box.locator(".part__title")).to_have_text("SCEP identity")
    workshop.save()
    assert slugs(profile) == ["scep", "vpn-ikev2"]
    scep, tunnel = load(profile).payloads
    assert tunnel.values["IKEv2"]["PayloadCertificateUUID"] == scep.uuid


def test_what_is_referred_to_is_asked_about_before_it_goes(page_as_alice: Page, alice: User) -> None:
    profile = start_profile(alice, "eap-tls")
    page_as_alice.goto(f"/profiles/{profile.pk}")
    workshop = Workshop(page_as_alice)
    arrange(workshop, 1, "Remove")
    alert = page_as_alice.get_by_role("alert")
    expect(alert).to_contain_text("“Office VPN” refers to it as its Identity.")
    expect(alert.get_by_role("button", name="Keep it")).to_be_focused()
    alert.get_by_role("button", name="Keep it").click()
    expect(alert).to_have_count(0)
    arrange(workshop, 1, "Remove")
    page_as_alice.get_by_role("button", name="Remove it all the same").click()
    expect(page_as_alice.locator(".part--removed")).to_have_count(1)
    expect(page_as_alice.locator("#review")).to_contain_text("finds no identity")
    workshop.save()
    assert slugs(profile) == ["vpn-ikev2"]


def test_a_removed_payload_comes_back_with_what_was_typed(workshop: Workshop, profile: Profile) -> None:
    scep = workshop.add_payload("SCEP identity")
    scep.fill("PayloadContent.URL", "https://ca.example.com/scep")
    scep.fill("PayloadContent.Challenge", "typed secret")
    arrange(workshop, 1, "Remove")
    expect(workshop.part(1).box).to_have_class(re.compile("part--removed"))
    workshop.part(1).box.get_by_role("button", name="Undo").click()
    expect(workshop.part(1).box).not_to_have_class(re.compile("part--removed"))
    expect(workshop.part(1).row("PayloadContent.URL").locator("input")).to_have_value(
        "https://ca.example.com/scep"
    )
    workshop.save()
    profile.refresh_from_db()
    inside = load(profile).payloads[1].values["PayloadContent"]
    assert inside == {"URL": "https://ca.example.com/scep", "Challenge": "typed secret"}


def test_a_duplicate_has_what_was_typed_and_what_is_stored(workshop: Workshop, profile: Profile) -> None:
    vpn = workshop.part()
    vpn.choose("IKEv2.AuthenticationMethod", "Shared secret")
    vpn.fill("IKEv2.SharedSecret", "stored secret")
    vpn.choose("IKEv2.OnDemandEnabled", "On")
    vpn.add("IKEv2.OnDemandRules").choose("Action", "Connect")
    workshop.save()
    vpn.fill("IKEv2.AuthName", "alice")
    vpn.fill("IKEv2.AuthPassword", "typed secret")
    arrange(workshop, 0, "Duplicate")
    copy = workshop.part(1)
    expect(copy.box.locator(".part__title")).to_be_focused()
    expect(copy.box.locator(".part__title")).to_contain_text("copy")
    copy.fill("IKEv2.RemoteAddress", "copy.example.com")
    workshop.save()
    profile.refresh_from_db()
    first, second = (part.values["IKEv2"] for part in load(profile).payloads)
    assert second.pop("RemoteAddress") == "copy.example.com"
    assert {**first, "RemoteAddress": None} == {**second, "RemoteAddress": None}
    assert (second["SharedSecret"], second["AuthPassword"]) == ("stored secret", "typed secret")
    assert second["OnDemandRules"] == [{"Action": "Connect"}]


def test_several_vpns_stand_in_one_profile(workshop: Workshop, profile: Profile) -> None:
    second = workshop.add_payload("IKEv2 VPN")
    second.fill("UserDefinedName", "Second")
    second.fill("IKEv2.RemoteAddress", "second.example.com")
    workshop.save()
    profile.refresh_from_db()
    first, last = load(profile).payloads
    assert (first.name, last.name) == ("vpn", "vpn-ikev2")
    assert last.values == {
        "UserDefinedName": "Second",
        "IKEv2": {"RemoteAddress": "second.example.com"},
    }
    assert "RemoteAddress" not in first.values["IKEv2"]


def test_a_refused_upload_is_told_beside_its_field_and_need_not_be_chosen_again(
    workshop: Workshop, tmp_path: Path
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "alice.p12").write_bytes(
        pkcs12.write(key, certificate("alice", key), password="right", name="alice")
    )
    identity = workshop.add_payload("Identity (PKCS #12)")
    identity.row("PayloadContent").get_by_role("button", name="Upload").click()
    dialog = workshop.page.locator("#upload")
    dialog.get_by_label("File", exact=True).set_input_files(tmp_path / "alice.p12")
    dialog.get_by_label("Password", exact=True).fill("wrong")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_contain_text("The password does not open this file")
    dialog.get_by_label("Password", exact=True).fill("right")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_be_hidden()
    chosen = identity.row("PayloadContent").locator("select option:checked")
    expect(chosen).to_have_text("alice")
    expect(workshop.page.locator(".editor__messages")).to_contain_text("In the library: “alice”.")


def test_names_are_proposed_from_what_is_in_the_profile(page_as_alice: Page, alice: User) -> None:
    profile = start_profile(alice, "eap-tls")
    page_as_alice.goto(f"/profiles/{profile.pk}")
    workshop = Workshop(page_as_alice)
    workshop.part(1).fill("PayloadContent.Subject", "CN=laptop-7")
    workshop.save()
    page_as_alice.reload()
    options = workshop.part(0).row("IKEv2.LocalIdentifier").locator("datalist option")
    assert [option.get_attribute("value") for option in options.all()] == ["laptop-7"]
