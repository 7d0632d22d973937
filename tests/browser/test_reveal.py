"""Fields appear and vanish with what they depend on; what was typed in them outlives that."""

from __future__ import annotations

import plistlib
from typing import Any

import pytest
from playwright.sync_api import expect

from profiles.models import User
from tests.browser.building import Workshop
from tests.browser.screen import CHILD, IKE, SAVED, Screen, start_profile

METHODS = f"{IKE}.PostQuantumKeyExchangeMethods"


def expect_rows(screen: Screen, *, shown: tuple[str, ...] = (), hidden: tuple[str, ...] = ()) -> None:
    for path in shown:
        expect(screen.row(f"IKEv2.{path}")).to_be_visible()
    for path in hidden:
        expect(screen.row(f"IKEv2.{path}")).to_be_hidden()


def downloaded(screen: Screen) -> dict[str, Any]:
    (payload,) = plistlib.loads(screen.download("Unsigned"))["PayloadContent"]
    ikev2: dict[str, Any] = payload["IKEv2"]
    return ikev2


@pytest.fixture
def blank(screen: Screen, alice: User) -> Screen:
    return screen.open(start_profile(alice, "blank"))


def test_the_idle_timer_shows_while_the_tunnel_disconnects_when_idle(blank: Screen) -> None:
    expect_rows(blank, hidden=("DisconnectOnIdleTimer",))
    blank.choose("IKEv2.DisconnectOnIdle", "On")
    expect_rows(blank, shown=("DisconnectOnIdleTimer",))
    blank.choose("IKEv2.DisconnectOnIdle", "Off")
    expect_rows(blank, hidden=("DisconnectOnIdleTimer",))


def test_the_machine_authentication_shows_what_it_needs_and_nothing_else(blank: Screen) -> None:
    blank.choose("IKEv2.AuthenticationMethod", "Shared secret")
    expect_rows(blank, shown=("SharedSecret",), hidden=("PayloadCertificateUUID", "CertificateType"))
    blank.choose("IKEv2.AuthenticationMethod", "Certificate")
    expect_rows(blank, shown=("PayloadCertificateUUID", "CertificateType"), hidden=("SharedSecret",))


def test_extended_authentication_shows_user_name_and_password_and_with_an_identity_tls(blank: Screen) -> None:
    blank.choose("IKEv2.AuthenticationMethod", "None (EAP only)")
    expect_rows(blank, hidden=("AuthName", "AuthPassword", "PayloadCertificateUUID"))
    blank.choose("IKEv2.ExtendedAuthEnabled", "On")
    expect_rows(blank, shown=("AuthName", "AuthPassword"), hidden=("TLSMinimumVersion", "SharedSecret"))
    workshop = Workshop(blank.page)
    workshop.add_reference(workshop.part(), "IKEv2.PayloadCertificateUUID", "SCEP identity")
    expect_rows(blank, shown=("TLSMinimumVersion", "TLSMaximumVersion"))


def test_the_exceptions_show_with_the_routes_that_they_are_exceptions_to(blank: Screen) -> None:
    exceptions = ("ExcludeAPNs", "ExcludeCellularServices", "ExcludeDeviceCommunication")
    expect_rows(blank, hidden=(*exceptions, "ExcludeLocalNetworks"))
    blank.choose("IKEv2.EnforceRoutes", "On")
    expect_rows(blank, shown=("ExcludeLocalNetworks",), hidden=exceptions)
    blank.choose("IKEv2.EnforceRoutes", "Off")
    blank.choose("IKEv2.IncludeAllNetworks", "On")
    expect_rows(blank, shown=("ExcludeLocalNetworks", *exceptions))


def test_the_lock_shows_while_on_demand_is_on_and_the_rules_stay_for_people_to_turn_it_on(
    blank: Screen,
) -> None:
    expect_rows(blank, shown=("OnDemandRules",), hidden=("OnDemandUserOverrideDisabled",))
    blank.choose("IKEv2.OnDemandEnabled", "On")
    expect_rows(blank, shown=("OnDemandRules", "OnDemandUserOverrideDisabled"))


def test_what_says_which_encryption_was_meant_is_used_while_no_protocol_is_named(blank: Screen) -> None:
    server, name = blank.row("DNS.ServerURL"), blank.row("DNS.ServerName")
    expect(server).to_be_hidden()
    blank.choose("DNS.DNSProtocol", "HTTPS (DoH)")
    expect(server).to_be_visible()
    expect(name).to_be_hidden()
    blank.control("DNS.ServerURL").fill("https://dns.example.com/dns-query")
    blank.choose("DNS.DNSProtocol", "Unencrypted")
    expect(server).to_be_hidden()


def test_insisting_on_the_ppk_shows_once_both_it_and_its_name_are_there(blank: Screen) -> None:
    blank.control("IKEv2.PPK").fill("quantum")
    expect_rows(blank, hidden=("PPKMandatory",))
    blank.control("IKEv2.PPKIdentifier").fill("ppk-1")
    expect_rows(blank, shown=("PPKMandatory",))


def test_the_fallback_shows_with_the_first_post_quantum_method_of_either_association(blank: Screen) -> None:
    fallback = blank.row("IKEv2.AllowPostQuantumKeyExchangeFallback")
    for path in (METHODS, f"{CHILD}.PostQuantumKeyExchangeMethods"):
        expect(fallback).to_be_hidden()
        blank.row(path).get_by_role("button", name="Add").click()
        blank.row(path).locator("li select").select_option(index=1)
        expect(fallback).to_be_visible()
        blank.row(path).get_by_role("button", name="Remove").click()
    expect(fallback).to_be_hidden()


def test_what_was_typed_outlives_hiding_a_save_and_showing_again(blank: Screen) -> None:
    blank.choose("IKEv2.AuthenticationMethod", "Shared secret")
    blank.control("IKEv2.SharedSecret").fill("kept in the page alone")
    blank.choose("IKEv2.AuthenticationMethod", "Certificate")
    blank.choose("IKEv2.DisconnectOnIdle", "On")
    blank.control("IKEv2.DisconnectOnIdleTimer").fill("600")
    blank.choose("IKEv2.DisconnectOnIdle", "Off")
    assert blank.save() == SAVED
    expect_rows(blank, hidden=("SharedSecret", "DisconnectOnIdleTimer"))
    assert blank.row("IKEv2.SharedSecret").count() == 1
    blank.choose("IKEv2.AuthenticationMethod", "Shared secret")
    blank.choose("IKEv2.DisconnectOnIdle", "On")
    expect(blank.control("IKEv2.DisconnectOnIdleTimer")).to_have_value("600")
    expect(blank.control("IKEv2.SharedSecret")).to_have_value("kept in the page alone")
    blank.control("IKEv2.RemoteAddress").fill("vpn.example.com")
    blank.control("IKEv2.RemoteIdentifier").fill("vpn.example.com")
    assert blank.save() == SAVED
    ikev2 = downloaded(blank)
    assert (ikev2["SharedSecret"], ikev2["DisconnectOnIdleTimer"]) == ("kept in the page alone", 600)


def test_what_is_hidden_is_not_in_the_file(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice, "eap-password"))
    screen.control("IKEv2.RemoteAddress").fill("vpn.example.com")
    screen.control("IKEv2.RemoteIdentifier").fill("vpn.example.com")
    screen.control("IKEv2.AuthName").fill("alice")
    screen.choose("IKEv2.AuthenticationMethod", "Shared secret")
    screen.control("IKEv2.SharedSecret").fill("for the machine")
    screen.choose("IKEv2.ExtendedAuthEnabled", "Off")
    screen.save()
    assert "AuthName" not in downloaded(screen)


def test_a_stored_secret_that_a_save_let_go_is_not_said_to_be_set(screen: Screen, alice: User) -> None:
    screen.open(start_profile(alice, "pre-shared-key"))
    screen.control("IKEv2.SharedSecret").fill("stored, then let go")
    screen.save()
    expect(screen.control("IKEv2.SharedSecret")).to_have_attribute("placeholder", "Set · type to change it")
    screen.choose("IKEv2.AuthenticationMethod", "None (EAP only)")
    screen.choose("IKEv2.ExtendedAuthEnabled", "On")
    screen.save()
    screen.choose("IKEv2.AuthenticationMethod", "Shared secret")
    missing = screen.problems.filter(has_text="SharedSecret is missing")
    expect(missing.or_(screen.row("IKEv2.SharedSecret").locator("[data-stored=true]"))).to_have_count(1)
    expect(missing).to_have_count(1)


def test_the_child_association_says_that_it_follows_the_ike_association(blank: Screen) -> None:
    note = blank.row(f"{CHILD}.EncryptionAlgorithm").locator(".key__default")
    expect(note).to_contain_text("As for")
    blank.control(f"{IKE}.EncryptionAlgorithm").select_option("AES-256-GCM")
    expect(note).to_contain_text("AES-256-GCM")
    blank.control(f"{CHILD}.LifeTimeInMinutes").fill("60")
    expect(note).not_to_contain_text("As for")
