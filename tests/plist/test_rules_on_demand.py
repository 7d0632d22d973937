"""On-Demand rules: what is refused, and what next to it is fine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plist.making import problems

CONNECT: dict[str, Any] = {"Action": "Connect"}
AT_HOME: dict[str, Any] = {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Home"]}
NEEDED: dict[str, Any] = {"DomainAction": "ConnectIfNeeded", "Domains": ["example.com"]}
NEVER: dict[str, Any] = {"DomainAction": "NeverConnect", "Domains": ["example.com"]}


def on_demand(*rules: dict[str, Any], targets: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    """The problems of rules that are in use, with paths that start at the list."""
    found = problems(targets=targets, OnDemandEnabled=1, OnDemandRules=list(rules))
    return [(severity, path.removeprefix("OnDemandRules"), code) for severity, path, code in found]


def evaluate(*actions: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The problems of one rule with these ActionParameters, with paths that start at them."""
    found = on_demand({"Action": "EvaluateConnection", "ActionParameters": list(actions)})
    return [(severity, path.removeprefix("[0].ActionParameters"), code) for severity, path, code in found]


def test_rules_that_end_with_one_for_all_networks_are_fine() -> None:
    assert on_demand(CONNECT) == []
    assert on_demand(AT_HOME, CONNECT) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"InterfaceTypeMatch": "Cellular"},
        {"SSIDMatch": ["Home"]},
        {"DNSDomainMatch": ["corp.example"]},
        {"DNSServerAddressMatch": ["10.*"]},
        {"URLStringProbe": "https://probe.example/"},
    ],
    ids=lambda condition: next(iter(condition)),
)
def test_a_last_rule_for_all_networks_should_exist(condition: dict[str, Any]) -> None:
    assert on_demand({**CONNECT, **condition}) == [("warning", "[0]", "no-catch-all")]
    assert on_demand({**CONNECT, **condition}, CONNECT) == []


def test_a_condition_without_content_is_none() -> None:
    assert on_demand({**CONNECT, "SSIDMatch": []}) == []


def test_rules_after_one_for_all_networks_are_never_reached() -> None:
    assert on_demand(CONNECT, AT_HOME, CONNECT) == [("warning", "[0]", "rules-unreachable")]
    assert on_demand(CONNECT, CONNECT) == [("warning", "[0]", "rules-unreachable")]


@pytest.mark.parametrize("rules", [{}, {"OnDemandRules": []}])
def test_connecting_on_demand_needs_a_rule(rules: dict[str, Any]) -> None:
    assert problems(rules, OnDemandEnabled=1) == [("warning", "OnDemandRules", "no-rules")]
    assert problems(rules, OnDemandEnabled=0) == []


@pytest.mark.parametrize(
    ("name", "value"), [("OnDemandRules", [AT_HOME]), ("OnDemandUserOverrideDisabled", 1)]
)
def test_rules_and_the_lock_are_ignored_while_nothing_connects_on_demand(name: str, value: Any) -> None:
    assert problems({name: value}) == [("warning", name, "ignored")]
    assert problems({name: value}, OnDemandEnabled=0) == [("warning", name, "ignored")]


def test_the_lock_is_fine_with_connecting_on_demand() -> None:
    assert problems(OnDemandEnabled=1, OnDemandUserOverrideDisabled=1, OnDemandRules=[CONNECT]) == []


def test_evaluating_needs_its_parameters() -> None:
    assert on_demand({"Action": "EvaluateConnection"}) == [("error", "[0].ActionParameters", "missing")]
    assert evaluate(NEEDED) == []


@pytest.mark.parametrize("action", ["Connect", "Disconnect", "Ignore"])
def test_parameters_are_only_for_evaluating(action: str) -> None:
    assert on_demand({"Action": action, "ActionParameters": [NEEDED]}) == [
        ("warning", "[0].ActionParameters", "ignored")
    ]
    assert on_demand({"Action": action}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("RequiredDNSServers", ["10.0.0.53"]), ("RequiredURLStringProbe", "https://a.example/")],
)
def test_servers_to_ask_are_only_for_connecting_if_needed(name: str, value: Any) -> None:
    assert evaluate({**NEEDED, name: value}) == []
    assert evaluate({**NEVER, name: value}) == [("warning", f"[0].{name}", "ignored")]


@pytest.mark.parametrize("name", ["Domains", "DomainAction"])
def test_a_domain_action_needs_its_domains_and_what_to_do(name: str) -> None:
    rest = {key: value for key, value in NEEDED.items() if key != name}
    assert evaluate(NEEDED, rest) == [("error", f"[1].{name}", "missing")]


@pytest.mark.parametrize("interface", ["Ethernet", "Cellular"])
def test_a_network_without_wifi_has_no_wifi_name(interface: str) -> None:
    rule = {"Action": "Disconnect", "SSIDMatch": ["Home"]}
    assert on_demand({**rule, "InterfaceTypeMatch": interface}, CONNECT) == [
        ("warning", "[0].SSIDMatch", "ssid-without-wifi")
    ]
    assert on_demand({**rule, "InterfaceTypeMatch": "WiFi"}, CONNECT) == []
    assert on_demand(rule, CONNECT) == []


def test_allow_is_deprecated() -> None:
    assert on_demand({"Action": "Allow"}) == [("warning", "[0].Action", "action-deprecated")]
    assert on_demand({"Action": "Ignore"}) == []


@pytest.mark.parametrize("action", ["Connect", "Ignore"])
def test_a_watch_only_knows_disconnect(action: str) -> None:
    watch = {"watchOS": "10.0"}
    assert on_demand({"Action": action}, targets=watch) == [
        ("warning", "[0].Action", "action-unknown-on-watch")
    ]
    assert on_demand({"Action": action}, targets={"iOS": "17.0"}) == []
    assert on_demand({"Action": "Disconnect"}, targets=watch) == []


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({}, ("error", "[0].Action", "missing")),
        ({"Action": "Reconnect"}, ("error", "[0].Action", "not-allowed")),
        ({"Action": 1}, ("error", "[0].Action", "wrong-type")),
        ({**CONNECT, "InterfaceTypeMatch": "wifi"}, ("error", "[0].InterfaceTypeMatch", "not-allowed")),
        ({**CONNECT, "SSIDMatch": "Home"}, ("error", "[0].SSIDMatch", "wrong-type")),
        ({**CONNECT, "SSIDMatch": ["Home", 5]}, ("error", "[0].SSIDMatch[1]", "wrong-type")),
        ({**CONNECT, "SSIDMatches": ["Home"]}, ("warning", "[0].SSIDMatches", "misspelt-key")),
    ],
)
def test_a_rule_is_checked_as_every_dictionary_is(
    rule: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in on_demand(rule)


def test_a_rule_that_is_no_dictionary_is_told_in_its_place() -> None:
    found = problems(OnDemandEnabled=1, OnDemandRules=[CONNECT, "Connect"])
    assert ("error", "OnDemandRules[1]", "wrong-type") in found
