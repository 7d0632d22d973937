"""What each payload type says that it does, to the person who installs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.evidence import Credential, Evidence
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.payloads.certificate import PEM, PKCS1, ROOT

PROFILE = ENVELOPE.slug
REMOVABLE = "You can remove it in Settings at any time."
SPLIT = "Its server decides which traffic of this device goes through it."
SHARED = "It signs in with a secret that this profile holds, so do not pass the profile on."
UUID = "6F1A3A8E-2A44-4B1E-9A55-6D6B0F7A9C11"
EAP = {"AuthenticationMethod": "None", "ExtendedAuthEnabled": 1}
CONNECT = {"Action": "Connect"}


def declared(slug: str) -> Payload:
    return ENVELOPE if slug == PROFILE else registry.payload(slug)


def told(
    slug: str, values: Mapping[str, Any], targets: Mapping[Any, str] | None = None, **more: Any
) -> list[str]:
    """The sentences on a payload with these values."""
    payload = declared(slug)
    return [*payload.effects(payload.scope(values, targets or {}, **more).settled())]


def ikev2(*, top: Mapping[str, Any] | None = None, **inside: Any) -> list[str]:
    """The sentences on a tunnel, but for the first, which names it."""
    return told("vpn-ikev2", {"IKEv2": inside, **(top or {})})[1:]


def test_a_tunnel_says_its_name_and_where_it_leads() -> None:
    values = {"UserDefinedName": "Office", "IKEv2": {"RemoteAddress": "vpn.example.com"}}
    assert told("vpn-ikev2", values) == ["Adds the VPN connection “Office” to vpn.example.com.", SPLIT]
    assert told("vpn-ikev2", {}) == ["Adds a VPN connection.", SPLIT]


def test_a_tunnel_says_when_everything_goes_through_it() -> None:
    assert ikev2(IncludeAllNetworks=1) == ["All traffic of this device goes through it."]
    assert ikev2(IncludeAllNetworks=0) == [SPLIT]


def test_a_tunnel_says_when_it_connects_by_itself() -> None:
    alone = "It connects by itself, depending on the network."
    assert ikev2(OnDemandEnabled=1, OnDemandRules=[CONNECT]) == [alone, SPLIT]
    assert ikev2(OnDemandEnabled=0, OnDemandRules=[CONNECT]) == [SPLIT]
    assert ikev2(OnDemandEnabled=1, OnDemandRules=[{"Action": "Disconnect"}]) == [SPLIT]
    locked = ikev2(OnDemandEnabled=1, OnDemandUserOverrideDisabled=1, OnDemandRules=[CONNECT])
    assert locked == [alone, "You cannot turn that off on an iPhone or iPad.", SPLIT]


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        (EAP, "You will be asked for a user name and a password."),
        ({**EAP, "AuthName": "alice"}, "You will be asked for the password of “alice”."),
        ({**EAP, "AuthPassword": "secret"}, "You will be asked for a user name."),
        ({**EAP, "AuthName": "alice", "AuthPassword": "secret"}, "It signs in as “alice”."),
        ({**EAP, "PayloadCertificateUUID": UUID}, "It signs in with an identity of this profile."),
        ({"AuthenticationMethod": "SharedSecret", "SharedSecret": "secret"}, SHARED),
    ],
)
def test_a_tunnel_says_what_it_asks_for(inside: Mapping[str, Any], sentence: str) -> None:
    assert ikev2(**inside) == [SPLIT, sentence]


def test_a_tunnel_asks_for_nothing_that_the_device_does_not_look_at() -> None:
    assert ikev2(AuthenticationMethod="Certificate", AuthName="alice", SharedSecret="secret") == [SPLIT]


def test_a_tunnel_calls_its_identity_as_the_certificate_does() -> None:
    payload = registry.payload("vpn-ikev2")
    values = {"IKEv2": {"AuthenticationMethod": "Certificate", "PayloadCertificateUUID": UUID.lower()}}
    evidence = Evidence(credentials={UUID: Credential(title="alice")})
    found = [*payload.effects(payload.scope(values, {}, evidence=evidence).settled())]
    assert found[-1] == "It signs in with the identity “alice” of this profile."


@pytest.mark.parametrize(
    ("dns", "sentence"),
    [
        (
            {"ServerAddresses": ["10.0.0.53"]},
            "server 10.0.0.53, which sees the name of every website and server that you visit",
        ),
        (
            {"ServerAddresses": ["10.0.0.53", "10.0.0.54"], "SupplementalMatchDomains": ["corp.example"]},
            "servers 10.0.0.53 and 10.0.0.54, which see the name of every server in corp.example that you visit",
        ),
        (
            {"ServerAddresses": ["10.0.0.53"], "SupplementalMatchDomains": ["corp.example", ""]},
            "server 10.0.0.53, which sees the name of every website and server that you visit",
        ),
        (
            {"DNSProtocol": "HTTPS", "ServerURL": "https://dns.example.com/query"},
            "server dns.example.com, which sees the name of every website and server that you visit",
        ),
    ],
)
def test_a_tunnel_says_who_learns_what_is_looked_up(dns: Mapping[str, Any], sentence: str) -> None:
    assert ikev2(top={"DNS": dns}) == [SPLIT, f"It sets the DNS {sentence}."]


def test_a_dns_server_of_another_protocol_is_not_told() -> None:
    assert ikev2(top={"DNS": {"DNSProtocol": "TLS", "ServerURL": "https://dns.example.com/"}}) == [SPLIT]


@pytest.mark.parametrize(
    ("proxies", "sentence"),
    [
        (
            {
                "HTTPEnable": 1,
                "HTTPProxy": "proxy.example.com",
                "HTTPSEnable": 1,
                "HTTPSProxy": "proxy.example.com",
            },
            "Web traffic goes through the proxy proxy.example.com, which sees where it goes.",
        ),
        (
            {
                "HTTPEnable": 1,
                "HTTPProxy": "a.example",
                "HTTPProxyPassword": "secret",
                "HTTPSEnable": 1,
                "HTTPSProxy": "b.example",
                "SupplementalMatchDomains": ["corp.example"],
            },
            "Web traffic to corp.example goes through the proxies a.example and b.example, which see where it goes.",
        ),
        (
            {"ProxyAutoConfigEnable": 1, "ProxyAutoConfigURLString": "https://proxy.example.com/proxy.pac"},
            "Web traffic goes through the proxies that a file from proxy.example.com names.",
        ),
    ],
)
def test_a_tunnel_says_which_proxies_serve_the_web(proxies: Mapping[str, Any], sentence: str) -> None:
    assert ikev2(top={"Proxies": proxies}) == [SPLIT, sentence]


def test_a_proxy_that_is_off_is_not_told() -> None:
    assert ikev2(top={"Proxies": {"HTTPEnable": 0, "HTTPProxy": "a.example"}}) == [SPLIT]


def test_always_on_says_that_there_is_no_way_around_it() -> None:
    secret = {"AuthenticationMethod": "SharedSecret", "SharedSecret": "secret"}
    always_on = {
        "TunnelConfigurations": [
            {"RemoteAddress": "a.example"},
            {"RemoteAddress": "b.example", **secret},
            secret,
        ],
        "ServiceExceptions": [{"ServiceName": "VoiceMail", "Action": "Allow"}],
        "ApplicationExceptions": [{"BundleIdentifier": "com.example.phone"}],
        "AllowCaptiveWebSheet": 1,
    }
    assert told("vpn-always-on", {"UserDefinedName": "Always On", "AlwaysOn": always_on}) == [
        "Sends all traffic of this device through the VPN connection “Always On” to a.example and b.example.",
        "While that cannot connect, the device has no network.",
        "You cannot switch it off.",
        "Only supervised devices, which an organization manages, accept it.",
        "An Apple Watch that is paired with this device loses touch with it.",
        SHARED,
        "The traffic of Visual voicemail and com.example.phone goes around it.",
        "To log in to a Wi-Fi network, such as that of a hotel, traffic may go around it.",
    ]


def test_always_on_says_when_there_is_a_switch_and_what_it_stops() -> None:
    exceptions = [
        {"ServiceName": name, "Action": "Drop"} for name in ("AirPrint", "CellularServices", "Other")
    ]
    found = told("vpn-always-on", {"AlwaysOn": {"UIToggleEnabled": 1, "ServiceExceptions": exceptions}})
    assert found[2:] == [
        "You can switch it off in Settings.",
        "Only supervised devices, which an organization manages, accept it.",
        "An Apple Watch that is paired with this device loses touch with it.",
        "It stops AirPrint and Carrier services.",
    ]


@pytest.mark.parametrize("kind", [{}, {"PayloadType": ROOT}, {"PayloadType": 5}, {"PayloadType": "other"}])
def test_a_root_says_what_trusting_it_risks(kind: Mapping[str, Any]) -> None:
    trusted, risk, how = told("certificate", {"PayloadDisplayName": "Example Root CA", **kind})
    assert trusted == "Makes this device trust websites and servers vouched for by “Example Root CA”."
    assert risk == (
        "Whoever runs that authority can pretend to be any website, and read what you send there: install it only if "
        "you trust them with that."
    )
    assert "Certificate Trust Settings" in how


def test_how_to_trust_a_root_is_only_said_where_it_is_so() -> None:
    assert len(told("certificate", {}, {"iOS": "17.0", "macOS": "14.0"})) == 3
    assert len(told("certificate", {}, {"macOS": "14.0"})) == 2


@pytest.mark.parametrize("kind", [PKCS1, PEM])
def test_another_certificate_is_only_added(kind: str) -> None:
    values = {"PayloadType": kind, "PayloadCertificateFileName": "server.cer"}
    assert told("certificate", values) == [
        "Adds the certificate “server.cer” to those that this device knows."
    ]


@pytest.mark.parametrize(
    ("slug", "words"),
    [("certificate", "by “Example Root CA”."), ("identity-pkcs12", "identity “Example Root CA”,")],
)
def test_a_certificate_is_called_by_its_own_name_whatever_the_profile_calls_it(slug: str, words: str) -> None:
    payload = registry.payload(slug)
    values = {"PayloadDisplayName": "Quite harmless", "PayloadCertificateFileName": "harmless.cer"}
    own = Credential(title="Example Root CA")
    named = [*payload.effects(payload.scope(values, {}, own=own))]
    unread = [*payload.effects(payload.scope(values, {}, own=replace(own, title="")))]
    assert words in named[0]
    assert "“Quite harmless”" in unread[0]


def test_an_identity_says_whether_it_asks_for_its_password() -> None:
    added = "Adds the identity “alice.p12”, which proves to servers who you are."
    values = {"PayloadCertificateFileName": "alice.p12"}
    assert told("identity-pkcs12", {**values, "Password": "secret"}) == [added]
    assert told("identity-pkcs12", values) == [added, "You will be asked for its password."]


def test_an_identity_that_is_issued_says_by_whom() -> None:
    scep = {"URL": "https://alice:secret@ca.example.com/scep", "Challenge": "secret"}
    assert told("scep", {"PayloadContent": scep}) == [
        "Gets a certificate of its own from ca.example.com, which proves to servers who you are."
    ]
    acme = {"DirectoryURL": "https://ca.example.com/acme", "Subject": [[["CN", "laptop-7"]]], "Attest": True}
    assert told("acme", acme) == [
        "Gets a certificate for “laptop-7” from ca.example.com, which proves to servers who you are.",
        "Apple vouches for this device to ca.example.com.",
    ]


def test_a_profile_says_whether_it_can_be_removed() -> None:
    assert told(PROFILE, {}) == [REMOVABLE]
    assert told(PROFILE, {"PayloadRemovalDisallowed": True}) == [
        "You cannot remove it yourself from a device that an organization supervises or manages."
    ]


def test_a_profile_says_when_it_goes_by_itself() -> None:
    assert told(PROFILE, {"RemovalDate": datetime(2027, 1, 31, tzinfo=UTC)})[1:] == [
        "The device removes it by itself on 31 Jan 2027."
    ]
    assert told(PROFILE, {"DurationUntilRemoval": 604_800.0})[1:] == [
        "The device removes it by itself 7 days after the installation."
    ]


def test_a_profile_says_whom_it_is_for_and_what_has_to_be_agreed_to() -> None:
    assert told(PROFILE, {"ConsentText": {"default": "Terms"}, "PayloadScope": "System"}) == [
        "You will be asked to agree to a text before it is installed.",
        "On a Mac it holds for everybody who uses the Mac.",
        REMOVABLE,
    ]
