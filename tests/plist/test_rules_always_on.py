"""Always On: which tunnels serve which networks, and what each tunnel must keep to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.conditions import NEVER_REVEALED
from profiles.catalogue.fixes import REMOVED, Change, Fix
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.rules import always_on
from profiles.catalogue.versions import Targets
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.validation.validate import validate
from tests.plist.making import ABSENT, TUNNEL_UUID, WITH_SECRET, Told, document, told
from tests.plist.making import TUNNEL as IKEV2

SUPERVISED = ("warning", "AlwaysOn.TunnelConfigurations", "supervised-only")
LIST = "AlwaysOn.TunnelConfigurations"


def tunnel(*interfaces: str, **changes: Any) -> dict[str, Any]:
    """A tunnel for these interfaces, or one that names none."""
    served = {"Interfaces": [*interfaces]} if interfaces else {}
    values = {"ProtocolType": "IKEv2", **IKEV2, **served, **changes}
    return {name: value for name, value in values.items() if value is not ABSENT}


def whole(*tunnels: Any, top: dict[str, Any] | None = None, **more: Any) -> Document:
    """A profile with an Always On VPN of these tunnels; `more` stands beside them, `top` beside AlwaysOn."""
    values = {
        "UserDefinedName": "Always On",
        "AlwaysOn": {"TunnelConfigurations": [*tunnels], **more},
        **(top or {}),
    }
    part = PayloadDocument(slug="vpn-always-on", name="vpn", uuid=TUNNEL_UUID, values=values)
    return document(part, targets={"iOS": "17.0"})


def problems(*tunnels: Any, top: dict[str, Any] | None = None, **more: Any) -> list[Told]:
    """Every problem but that it is for supervised devices, with paths that start inside AlwaysOn."""
    return told_inside(whole(*tunnels, top=top, **more))


def told_inside(document: Document) -> list[Told]:
    found = [each for each in told(document) if each != SUPERVISED]
    return [(severity, path.removeprefix("AlwaysOn."), code) for severity, path, code in found]


def test_it_is_always_said_that_it_is_for_supervised_devices() -> None:
    assert told(whole(tunnel())) == [SUPERVISED]
    (problem,) = validate(whole(tunnel()))
    assert "others refuse the profile" in problem.message


@pytest.mark.parametrize(
    "served",
    [
        [()],
        [("Cellular", "WiFi")],
        [("WiFi", "Cellular")],
        [("Cellular",), ("WiFi",)],
        [("WiFi",), ("Cellular",)],
    ],
)
def test_one_tunnel_for_both_networks_or_one_for_each_is_in_order(served: list[tuple[str, ...]]) -> None:
    assert problems(*(tunnel(*each) for each in served)) == []


@pytest.mark.parametrize(("served", "title"), [("Cellular", "Wi-Fi"), ("WiFi", "cellular")])
def test_a_network_without_a_tunnel_is_told(served: str, title: str) -> None:
    # Not as an error: an iPad without cellular needs none for it.
    assert problems(tunnel(served)) == [("warning", "TunnelConfigurations", "interface-without-tunnel")]
    messages = [problem.message for problem in validate(whole(tunnel(served)))]
    assert messages[1].startswith(f"No tunnel serves {title}, so the device has no network there.")


@pytest.mark.parametrize(
    ("served", "twice"),
    [
        ([(), ()], 2),
        ([(), ("WiFi",)], 1),
        ([("Cellular", "WiFi"), ("Cellular",)], 1),
        ([("Cellular",), ("Cellular", "WiFi")], 1),
    ],
)
def test_a_network_with_two_tunnels_is_told(served: list[tuple[str, ...]], twice: int) -> None:
    several = ("warning", "TunnelConfigurations", "interface-with-several-tunnels")
    assert problems(*(tunnel(*each) for each in served)) == [several] * twice


def test_twice_the_same_network_leaves_the_other_without() -> None:
    assert [code for _, _, code in problems(tunnel("WiFi"), tunnel("WiFi"))] == [
        "interface-without-tunnel",
        "interface-with-several-tunnels",
    ]


def test_a_network_that_one_tunnel_names_twice_is_still_served_by_one() -> None:
    found = problems(tunnel("WiFi", "WiFi"), tunnel("Cellular"))
    assert found == [("warning", "TunnelConfigurations[0].Interfaces[1]", "duplicate")]


def test_there_is_at_least_one_tunnel_and_more_than_two_make_no_sense() -> None:
    assert problems() == [("error", "TunnelConfigurations", "missing")]
    assert problems(tunnel("WiFi"), tunnel("Cellular"), tunnel("Cellular")) == [
        ("warning", "TunnelConfigurations", "too-many"),
        ("warning", "TunnelConfigurations", "interface-with-several-tunnels"),
    ]


def test_an_interface_without_a_list_around_it_is_the_only_one() -> None:
    assert problems(tunnel(Interfaces="WiFi")) == [
        ("error", "TunnelConfigurations[0].Interfaces", "wrong-type"),
        ("warning", "TunnelConfigurations", "interface-without-tunnel"),
    ]


@pytest.mark.parametrize(
    "interfaces", [["Ethernet"], [["WiFi"]], [{"WiFi": 1}], [1], "Ethernet", {"WiFi": 1}, [None]]
)
def test_odd_interfaces_are_told_and_nothing_breaks(interfaces: Any) -> None:
    found = problems(tunnel(Interfaces=interfaces))
    assert found
    assert {path.partition("[0]")[2].partition("[")[0] for _, path, _ in found} == {".Interfaces"}


@pytest.mark.parametrize("odd", ["IKEv2", 1, [], None])
def test_what_is_no_tunnel_is_told_by_its_type_alone(odd: Any) -> None:
    assert problems(odd) == [("error", "TunnelConfigurations[0]", "wrong-type")]


@pytest.mark.parametrize(
    "association", ["IKESecurityAssociationParameters", "ChildSecurityAssociationParameters"]
)
@pytest.mark.parametrize(("group", "fine"), [(1, False), (2, False), (5, False), (14, True), (31, True)])
def test_small_groups_are_refused(association: str, group: int, fine: bool) -> None:
    path = f"TunnelConfigurations[1].{association}.DiffieHellmanGroup"
    found = problems(tunnel("WiFi"), tunnel("Cellular", **{association: {"DiffieHellmanGroup": group}}))
    assert (("error", path, "always-on-group") in found) is not fine
    assert {each[1] for each in found} <= {path}
    assert [severity for severity, _, _ in found].count("error") == (0 if fine else 1)


def test_a_tunnel_is_judged_as_that_of_any_other_vpn() -> None:
    changed = tunnel("WiFi", ExtendedAuthEnabled=0, IKESecurityAssociationParameters={"MTU": 1})
    assert problems(tunnel("Cellular"), changed) == [
        ("error", "TunnelConfigurations[1].AuthenticationMethod", "eap-only"),
        ("warning", "TunnelConfigurations[1].IKESecurityAssociationParameters.MTU", "misplaced-key"),
    ]
    assert problems(tunnel(**WITH_SECRET)) == []
    assert problems(tunnel(**{**WITH_SECRET, "SharedSecret": ABSENT})) == [
        ("error", "TunnelConfigurations[0].SharedSecret", "missing")
    ]


def test_the_identity_of_a_tunnel_is_one_of_the_profile() -> None:
    by_certificate = {
        "AuthenticationMethod": "Certificate",
        "ExtendedAuthEnabled": 0,
        "PayloadCertificateUUID": "11111111-2222-3333-4444-555555555555",
        "LocalIdentifier": "alice.example.com",
    }
    path = "TunnelConfigurations[0].PayloadCertificateUUID"
    assert problems(tunnel(**by_certificate)) == [("error", path, "dangling-reference")]


def test_keepalives_are_what_always_on_has_them_for() -> None:
    assert problems(tunnel(NATKeepAliveOffloadEnable=1, NATKeepAliveInterval=110)) == []


VAIN: dict[str, Any] = {
    "OnDemandEnabled": 1,
    "OnDemandUserOverrideDisabled": 1,
    "OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["Office"]}],
    "IncludeAllNetworks": 1,
    "ExcludeAPNs": 0,
    "ExcludeCellularServices": 0,
    "ExcludeDeviceCommunication": 0,
    "EnforceRoutes": 1,
    "ExcludeLocalNetworks": 0,
    "EnableFallback": 1,
    "ProviderBundleIdentifier": "com.example.app",
    "ProviderType": "packet-tunnel",
    "ProviderDesignatedRequirement": "identifier x",
}


@pytest.mark.parametrize("name", VAIN)
def test_what_other_tunnels_go_by_does_nothing_in_one_that_is_always_on(name: str) -> None:
    path = f"TunnelConfigurations[1].{name}"
    whole = whole_of_two(**{name: VAIN[name]})
    assert told_inside(whole) in (
        [("warning", path, "always-on-key")],
        # That of Macs is not known to an iPhone either.
        [("warning", path, "unavailable"), ("warning", path, "always-on-key")],
    )
    (found,) = [problem for problem in validate(whole) if problem.code == "always-on-key"]
    assert f"so {name} does nothing here. Remove it." in found.message
    assert found.finding.fix
    (change,) = found.finding.fix.changes
    assert (change.before, change.after) == (VAIN[name], REMOVED)


@pytest.mark.parametrize("name", ["OnDemandEnabled", "IncludeAllNetworks", "EnforceRoutes"])
def test_that_such_a_key_is_off_does_nothing_either(name: str) -> None:
    path = f"TunnelConfigurations[0].{name}"
    assert problems(tunnel(**{name: 0})) == [("warning", path, "always-on-key")]


def test_each_of_them_is_told_once_however_many_there_are() -> None:
    codes = [code for _, _, code in problems(tunnel(**VAIN)) if code != "unavailable"]
    assert codes == ["always-on-key"] * len(VAIN)


def test_what_does_nothing_is_not_offered_and_stays_where_a_file_has_it() -> None:
    for key in tunnel_keys():
        if key.name in VAIN:
            assert (key.revealed_by, key.ignored_as, key.required) == (NEVER_REVEALED, None, False)


def whole_of_two(**changes: Any) -> Document:
    return whole(tunnel("WiFi"), tunnel("Cellular", **changes))


def tunnel_keys() -> tuple[Key, ...]:
    item = registry.payload("vpn-always-on").by_path[LIST]
    assert isinstance(item, ListOf)
    assert isinstance(item.item, Dictionary)
    return item.item.keys


@pytest.mark.parametrize(
    "name", ["ProtocolType", "RemoteAddress", "RemoteIdentifier", "AuthenticationMethod"]
)
def test_what_every_tunnel_needs_is_told_when_it_is_missing(name: str) -> None:
    assert ("error", f"TunnelConfigurations[0].{name}", "missing") in problems(tunnel(**{name: ABSENT}))


def test_login_apps_are_only_listed_unless_all_may_log_in() -> None:
    apps: dict[str, Any] = {"AllowedCaptiveNetworkPlugins": [{"BundleIdentifier": "com.example.hotspot"}]}
    assert problems(tunnel(), **apps) == []
    assert problems(tunnel(), **apps, AllowAllCaptiveNetworkPlugins=0) == []
    assert problems(tunnel(), **apps, AllowAllCaptiveNetworkPlugins=1) == [
        ("warning", "AllowedCaptiveNetworkPlugins", "ignored")
    ]


@pytest.mark.parametrize(
    ("name", "item", "missing"),
    [
        ("ServiceExceptions", {"Action": "Allow"}, "ServiceName"),
        ("ServiceExceptions", {"ServiceName": "AirPrint"}, "Action"),
        ("ApplicationExceptions", {"LimitToProtocols": ["UDP"]}, "BundleIdentifier"),
        ("AllowedCaptiveNetworkPlugins", {"Vendor": "x"}, "BundleIdentifier"),
    ],
)
def test_an_exception_says_for_what_it_is(name: str, item: dict[str, Any], missing: str) -> None:
    exceptions: dict[str, Any] = {name: [item]}
    found = [each for each in problems(tunnel(), **exceptions) if each[2] != "unknown-key"]
    assert found == [("error", f"{name}[0].{missing}", "missing")]


@pytest.mark.parametrize(
    ("name", "since"), [("CellularServices", "11.3"), ("DeviceCommunication", "17.4"), ("VoiceMail", "8.0")]
)
def test_some_services_can_be_excepted_only_later(name: str, since: str) -> None:
    exceptions: dict[str, Any] = {"ServiceExceptions": [{"ServiceName": name, "Action": "Allow"}]}
    known = replace(whole(tunnel(), **exceptions), targets={"iOS": since})
    path = "ServiceExceptions[0].ServiceName"
    assert path not in [each[1] for each in told_inside(known)]
    if since != "8.0":
        older = replace(known, targets={"iOS": "11.2" if name == "CellularServices" else "17.3"})
        assert ("warning", path, "value-unavailable") in told_inside(older)


def test_dns_and_proxies_beside_the_tunnels_are_told_once_each() -> None:
    dns = {"DNSProtocol": "Cleartext", "ServerAddresses": ["10.0.0.53"]}
    assert problems(tunnel(), top={"DNS": dns}) == [("warning", "DNS.DNSProtocol", "always-on-key")]
    both = {"DNS": dns, "Proxies": {"HTTPEnable": 1}}
    assert problems(tunnel(), top=both) == [
        ("warning", "DNS.DNSProtocol", "always-on-key"),
        ("warning", "Proxies.HTTPEnable", "always-on-key"),
    ]
    first, *_ = [p for p in validate(whole(tunnel(), top=both)) if p.code == "always-on-key"]
    assert first.finding.fix == Fix(
        "Remove DNS",
        (
            Change("DNS.DNSProtocol", "Cleartext", REMOVED),
            Change("DNS.ServerAddresses", ["10.0.0.53"], REMOVED),
        ),
    )


def test_a_vpn_app_has_no_part_in_it() -> None:
    assert problems(tunnel(), top={"VPNSubType": "com.example.app"}) == [
        ("warning", "VPNSubType", "provider-unused")
    ]


@pytest.mark.parametrize(
    ("targets", "doubtful"),
    [
        ({}, False),
        ({"iOS": "17.0"}, False),
        ({"iOS": "17.0", "visionOS": "27.0"}, False),
        ({"visionOS": "26.4"}, True),
        ({"visionOS": "1.0"}, True),
    ],
)
def test_visionos_before_27_may_not_know_it(targets: Targets, doubtful: bool) -> None:
    suite = {"IKESecurityAssociationParameters": {"DiffieHellmanGroup": 19}}
    found = told(replace(whole(tunnel(**suite)), targets=targets))
    assert found == [SUPERVISED, *([("warning", LIST, "always-on-vision")] if doubtful else [])]


def test_a_watch_has_none_and_loses_touch_with_an_iphone_that_has() -> None:
    found = told(replace(whole(tunnel()), targets={"watchOS": "11.0"}))
    assert found == [("warning", "", "unavailable"), SUPERVISED]
    (problem,) = validate(whole(tunnel()))
    assert "its Apple Watch" in problem.message


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"RemoteAddress": "vpn.example.com"}, "Cellular and Wi-Fi through vpn.example.com."),
        ({"RemoteAddress": "a", "Interfaces": ["WiFi"]}, "Wi-Fi through a."),
        ({"Interfaces": ["Cellular"]}, "Cellular through a server that is not filled in yet."),
        (
            {"RemoteAddress": 7, "Interfaces": [{}]},
            "Cellular and Wi-Fi through a server that is not filled in yet.",
        ),
    ],
)
def test_a_tunnel_is_said_in_a_sentence(values: dict[str, Any], said: str) -> None:
    assert always_on.sentence(values) == said
