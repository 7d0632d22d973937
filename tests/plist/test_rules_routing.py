"""Idle tunnels, routes and keys for others: what is refused, and what next to it is fine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.findings import Severity
from profiles.catalogue.fixes import REMOVED, Change
from profiles.plist.imported.source_form import Kept
from profiles.plist.validation.validate import validate
from tests.plist.making import ABSENT, document, payload, problems, told, tunnel

IDLE = {"DisconnectOnIdle": 1}
SUITE = {"IKESecurityAssociationParameters": {"DiffieHellmanGroup": 19}}
EXCLUSIONS = pytest.mark.parametrize(
    "name", ["ExcludeAPNs", "ExcludeCellularServices", "ExcludeDeviceCommunication"]
)


def fixed(**ikev2: Any) -> dict[str, Any]:
    """What the fix of the one problem takes away: paths and values."""
    (found,) = validate(tunnel(**ikev2))
    assert found.finding.fix
    assert {change.after for change in found.finding.fix.changes} == {REMOVED}
    return {change.path: change.before for change in found.finding.fix.changes}


def test_disconnecting_when_idle_needs_a_period_and_nothing_breaks_without() -> None:
    assert [(path, code) for _, path, code in problems(IDLE)] == [("DisconnectOnIdleTimer", "missing")]
    assert registry.payload("vpn-ikev2").by_path["IKEv2.DisconnectOnIdleTimer"].missing_as is Severity.WARNING
    assert problems(IDLE, DisconnectOnIdleTimer=600) == []


@pytest.mark.parametrize("idle", [0, ABSENT])
def test_a_period_without_disconnecting_is_ignored(idle: int | None) -> None:
    assert problems(DisconnectOnIdle=idle, DisconnectOnIdleTimer=600) == [
        ("warning", "DisconnectOnIdleTimer", "ignored")
    ]


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(0, "too-small"), (-1, "too-small"), (1, ""), (1.5, "wrong-type"), ("600", "wrong-type")],
)
def test_a_period_is_a_whole_number_of_seconds(seconds: Any, code: str) -> None:
    told_of = [("error", "DisconnectOnIdleTimer", code)] if code else []
    assert problems(IDLE, DisconnectOnIdleTimer=seconds) == told_of


@EXCLUSIONS
@pytest.mark.parametrize("on", [False, True])
def test_an_exclusion_is_only_used_when_everything_takes_the_tunnel(name: str, on: bool) -> None:
    value = int(on)
    ignored = [("advice" if on else "warning", name, "ignored")]
    assert problems({name: value}) == problems({name: value}, EnforceRoutes=1) == ignored
    assert problems({name: value}, IncludeAllNetworks=1) == []


@pytest.mark.parametrize("reason", ["IncludeAllNetworks", "EnforceRoutes"])
def test_leaving_out_the_local_network_needs_routes_into_the_tunnel(reason: str) -> None:
    assert problems(ExcludeLocalNetworks=1) == [("warning", "ExcludeLocalNetworks", "ignored")]
    assert problems({reason: 1}, ExcludeLocalNetworks=1) == []


@pytest.mark.parametrize("reason", ["IncludeAllNetworks", "EnforceRoutes"])
def test_the_local_network_should_be_said_where_its_default_differs(reason: str) -> None:
    both = {"iOS": "17.0", "macOS": "14.0"}
    assert problems({reason: 1}, targets=both) == [("advice", "ExcludeLocalNetworks", "default-differs")]
    assert problems({reason: 1}, targets=both, ExcludeLocalNetworks=0) == []
    assert problems({reason: 1}, targets={"iOS": "17.0"}) == []
    assert problems({reason: 1}, targets={"macOS": "14.0"}) == []
    assert problems(targets=both) == []


def test_enforced_routes_are_ignored_when_everything_takes_the_tunnel() -> None:
    assert problems(IncludeAllNetworks=1, EnforceRoutes=1) == [("warning", "EnforceRoutes", "routes-ignored")]
    assert problems(IncludeAllNetworks=1, EnforceRoutes=0) == []
    assert problems(IncludeAllNetworks=0, EnforceRoutes=1) == []
    assert fixed(IncludeAllNetworks=1, EnforceRoutes=1) == {"IKEv2.EnforceRoutes": 1}


def test_keepalive_offload_is_for_always_on() -> None:
    assert problems(NATKeepAliveOffloadEnable=1) == [
        ("advice", "NATKeepAliveOffloadEnable", "always-on-only")
    ]
    assert fixed(NATKeepAliveOffloadEnable=1) == {"IKEv2.NATKeepAliveOffloadEnable": 1}
    assert problems(NATKeepAliveInterval=20) == [("advice", "NATKeepAliveInterval", "always-on-only")]
    assert problems() == []


def test_a_keepalive_interval_has_at_least_twenty_seconds() -> None:
    assert ("error", "NATKeepAliveInterval", "too-small") in problems(NATKeepAliveInterval=19)
    assert ("error", "NATKeepAliveInterval", "too-small") not in problems(NATKeepAliveInterval=20)


def test_a_keepalive_interval_is_ignored_without_keepalives() -> None:
    assert problems(NATKeepAliveOffloadEnable=0, NATKeepAliveInterval=30) == [
        ("warning", "NATKeepAliveInterval", "ignored"),
    ]


@pytest.mark.parametrize(
    ("system", "version", "known"),
    [
        ("iOS", "13.0", True),
        ("iOS", "12.4", False),
        ("tvOS", "17.0", True),
        ("visionOS", "1.0", True),
        ("macOS", "26.0", False),
    ],
)
def test_the_fallback_to_cellular_is_unknown_to_some(system: str, version: str, known: bool) -> None:
    assert problems(SUITE, targets={system: version}, EnableFallback=1) == (
        [] if known else [("warning", "EnableFallback", "unavailable")]
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ProviderBundleIdentifier", "com.example.app"),
        ("ProviderType", "app-proxy"),
        ("ProviderType", "packet-tunnel"),
        ("ProviderDesignatedRequirement", "identifier x"),
    ],
)
def test_keys_for_vpn_apps_are_warned_of(name: str, value: str) -> None:
    assert problems({name: value}) == [("warning", name, "provider-unused")]
    assert fixed(**{name: value}) == {f"IKEv2.{name}": value}


@pytest.mark.parametrize("value", [0, 1])
def test_the_default_route_of_other_vpns_does_nothing_and_what_does_is_named(value: int) -> None:
    whole = document(payload(top={"IPv4": {"OverridePrimary": value}}))
    assert told(whole) == [("advice", "IPv4.OverridePrimary", "no-effect-key")]
    assert "IncludeAllNetworks sends everything through this tunnel." in validate(whole)[0].message


@pytest.mark.parametrize(
    ("wrong", "value", "right"),
    [
        ("IKESAParameters", {"EncryptionAlgorithm": "AES-256"}, "IKESecurityAssociationParameters"),
        ("ChildSAParameters", {"EncryptionAlgorithm": "AES-256"}, "ChildSecurityAssociationParameters"),
        ("UserName", "alice", "AuthName"),
    ],
)
def test_names_that_others_give_to_keys_lead_to_apples(wrong: str, value: Any, right: str) -> None:
    assert problems({wrong: value}) == [("warning", wrong, "misspelt-key")]
    (found,) = validate(tunnel({wrong: value}))
    assert f"Write {right}." in found.message
    beside = document(payload(top={wrong: value}))
    assert told(beside) == [("warning", wrong, "misplaced-key")]


def test_the_subtype_must_stay_empty_which_is_said_once() -> None:
    for kept in (None, Kept()):
        empty = replace(payload({"LocalIdentifier": ""}, top={"VPNSubType": ""}), kept=kept)
        assert told(document(empty)) == []
    whole = document(payload(top={"VPNSubType": "com.example.app"}))
    assert told(whole) == [("warning", "VPNSubType", "provider-unused")]
    (found,) = validate(whole)
    assert "the device builds this tunnel without one" in found.message
    assert found.finding.fix
    assert found.finding.fix.changes == (Change("VPNSubType", "com.example.app", REMOVED),)
