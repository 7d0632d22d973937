"""On-Demand rules: what is refused, and what next to it is fine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.fixes import Change, Items, drop
from profiles.catalogue.keys import Choice
from profiles.plist.document import Document
from profiles.plist.imported.source_form import Kept
from profiles.plist.validation.repairs import mended, repaired, repairs
from profiles.plist.validation.validate import validate
from tests.plist.making import problems, tunnel

CONNECT: dict[str, Any] = {"Action": "Connect"}
AT_HOME: dict[str, Any] = {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Home"]}
NEEDED: dict[str, Any] = {"DomainAction": "ConnectIfNeeded", "Domains": ["example.com"]}
NEVER: dict[str, Any] = {"DomainAction": "NeverConnect", "Domains": ["example.com"]}
STORED = {"AuthName": "alice", "AuthPassword": "a password"}


def on_demand(*rules: dict[str, Any], targets: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    """The problems of rules that are in use, with paths that start at the list."""
    found = problems(STORED, targets=targets, OnDemandEnabled=1, OnDemandRules=list(rules))
    return [(severity, path.removeprefix("OnDemandRules"), code) for severity, path, code in found]


def imported(**ikev2: Any) -> Document:
    """A tunnel that a file had, with what it has to have."""
    whole = tunnel(STORED, LocalIdentifier="", **ikev2)
    return replace(whole, payloads=tuple(replace(part, kept=Kept()) for part in whole.payloads))


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


def test_a_rule_for_all_networks_that_is_not_the_last_covers_all_others_too() -> None:
    assert "no-catch-all" not in [code for _, _, code in on_demand(CONNECT, AT_HOME)]


def test_rules_after_one_for_all_networks_are_never_reached() -> None:
    unreachable = [("warning", "[1]", "rule-unreachable")]
    assert on_demand(CONNECT, AT_HOME, CONNECT) == unreachable
    assert on_demand(CONNECT, CONNECT) == unreachable


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"InterfaceTypeMatch": "WiFi"}, {"InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Home"]}),
        ({"InterfaceTypeMatch": "WiFi"}, {"SSIDMatch": ["Home"]}),
        ({"SSIDMatch": ["Home", "Office"]}, {"SSIDMatch": ["Office"]}),
        ({"DNSDomainMatch": ["corp.example", "*.lab.example"]}, {"DNSDomainMatch": ["a.lab.example"]}),
        ({"DNSDomainMatch": ["*.example"]}, {"DNSDomainMatch": ["*.corp.example", "Lab.Example"]}),
        ({"DNSServerAddressMatch": ["10.*"]}, {"DNSServerAddressMatch": ["10.1.*", "10.1.2.3"]}),
        (
            {"URLStringProbe": "https://a.example/"},
            {"URLStringProbe": "https://a.example/", "SSIDMatch": ["X"]},
        ),
        (
            {"DNSDomainMatch": ["a.example"]},
            {"DNSDomainMatch": ["a.example"], "URLStringProbe": "https://a/"},
        ),
    ],
)
def test_a_rule_that_an_earlier_and_wider_one_always_beats_is_never_reached(
    earlier: dict[str, Any], later: dict[str, Any]
) -> None:
    wider, narrower = {"Action": "Connect", **earlier}, {"Action": "Disconnect", **later}
    found = [each for each in on_demand(wider, narrower, CONNECT) if each[2] == "rule-unreachable"]
    assert found == [("warning", "[1]", "rule-unreachable")]
    swapped = on_demand(narrower, wider, CONNECT)
    assert "rule-unreachable" not in [code for _, _, code in swapped]


def test_names_of_wifi_networks_say_that_the_network_is_wifi() -> None:
    named = {"Action": "Connect", "SSIDMatch": ["Home"]}
    for one, other in ((named, AT_HOME), (AT_HOME, named)):
        assert on_demand(one, other, CONNECT) == [("warning", "[1]", "rule-unreachable")]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"SSIDMatch": ["Home"]}, {"SSIDMatch": ["home"]}),
        ({"SSIDMatch": ["Home"]}, {"SSIDMatch": ["Home", "Office"]}),
        ({"SSIDMatch": ["Home"]}, {"InterfaceTypeMatch": "WiFi"}),
        ({"InterfaceTypeMatch": "WiFi"}, {"InterfaceTypeMatch": "Cellular"}),
        ({"InterfaceTypeMatch": "WiFi"}, {"URLStringProbe": "https://a.example/"}),
        ({"DNSDomainMatch": ["corp.example"]}, {"DNSDomainMatch": ["a.corp.example"]}),
        ({"DNSDomainMatch": ["*.corp.example"]}, {"DNSDomainMatch": ["corp.example"]}),
        ({"DNSServerAddressMatch": ["10.1.*"]}, {"DNSServerAddressMatch": ["10.*"]}),
        ({"URLStringProbe": "https://a.example/"}, {}),
        ({"URLStringProbe": "https://a.example/"}, {"URLStringProbe": "https://b.example/"}),
    ],
)
def test_a_rule_that_an_earlier_one_leaves_something_is_reached(
    earlier: dict[str, Any], later: dict[str, Any]
) -> None:
    found = on_demand({"Action": "Connect", **earlier}, {"Action": "Disconnect", **later}, CONNECT)
    assert [path for _, path, code in found if code == "rule-unreachable"] in ([], ["[2]"])


def test_a_rule_that_says_the_same_as_the_one_before_it_can_be_taken_out() -> None:
    again = {**AT_HOME, "SSIDMatch": ["Home"]}
    whole = tunnel(STORED, OnDemandEnabled=1, OnDemandRules=[AT_HOME, again, CONNECT])
    (found,) = validate(whole)
    assert found.fix == drop("IKEv2.OnDemandRules[1]", again, "Remove rule 2")
    # One that does something else may have been meant to come first.
    other = tunnel(
        STORED, OnDemandEnabled=1, OnDemandRules=[AT_HOME, {**again, "Action": "Connect"}, CONNECT]
    )
    assert [problem.fix for problem in validate(other)] == [None]


@pytest.mark.parametrize(
    ("earlier", "later", "covered"),
    [
        ("corp.example", "git.corp.example", True),
        ("corp.example", "corp.example", True),
        ("corp.example", "*.corp.example", True),
        ("*.corp.example", "git.corp.example", True),
        ("*.corp.example", "corp.example", False),
        ("git.corp.example", "corp.example", False),
        ("corp.example", "notcorp.example", False),
    ],
)
def test_a_domain_that_an_earlier_action_covers_never_decides(
    earlier: str, later: str, covered: bool
) -> None:
    found = evaluate(
        {**NEVER, "Domains": ["first.example", earlier]}, {**NEEDED, "Domains": [later, "x.example"]}
    )
    assert found == ([("warning", "[1].Domains[0]", "rule-unreachable")] if covered else [])


def test_domains_of_one_action_may_cover_each_other() -> None:
    assert evaluate({**NEEDED, "Domains": ["corp.example", "git.corp.example"]}) == []


def test_messages_say_which_rule_beats_which() -> None:
    def messages(*rules: dict[str, Any]) -> list[str]:
        return [
            problem.message
            for problem in validate(tunnel(STORED, OnDemandEnabled=1, OnDemandRules=list(rules)))
        ]

    assert messages(CONNECT, AT_HOME) == [
        "Rule 2 is never reached: rule 1 has no conditions. Move rule 1 to the end, or remove rule 2."
    ]
    assert messages({"Action": "Connect", "InterfaceTypeMatch": "WiFi"}, AT_HOME, CONNECT) == [
        "Rule 2 is never reached: rule 1 matches wherever it does. Move rule 2 before rule 1, or remove rule 2."
    ]
    assert messages(AT_HOME, {**AT_HOME, "Action": "Connect"}, CONNECT) == [
        "Rule 2 is never reached: rule 1 has the same conditions. Move rule 2 before rule 1, or remove rule 2."
    ]
    actions = [{**NEVER, "Domains": ["corp.example"]}, {**NEEDED, "Domains": ["git.corp.example"]}]
    assert messages({"Action": "EvaluateConnection", "ActionParameters": actions}) == [
        (
            "git.corp.example is never reached: corp.example in domain action 1 covers the same hosts, and comes "
            "first. Move git.corp.example before corp.example, or remove git.corp.example."
        )
    ]


def test_all_rules_that_one_beats_are_told_at_once() -> None:
    wifi = {"Action": "Connect", "InterfaceTypeMatch": "WiFi"}
    whole = tunnel(STORED, OnDemandEnabled=1, OnDemandRules=[wifi, AT_HOME, {**AT_HOME, **wifi}, CONNECT])
    (found,) = validate(whole)
    assert found.path == "IKEv2.OnDemandRules[1]"
    assert found.message == (
        "Rules 2 and 3 are never reached: rule 1 matches wherever they do. Move rules 2 and 3 before rule 1, or remove "
        "rules 2 and 3."
    )
    assert found.fix is not None
    assert (found.fix.label, [each.path for each in found.fix.changes]) == (
        "Remove rule 3",
        ["IKEv2.OnDemandRules[2]"],
    )
    many = [CONNECT, *({**AT_HOME, "SSIDMatch": [f"Home {number}"]} for number in range(9))]
    (found,) = validate(tunnel(STORED, OnDemandEnabled=1, OnDemandRules=many))
    assert found.message.startswith("Rules 2, 3, 4 and 6 more are never reached: rule 1 has no conditions.")


def test_two_rules_with_no_difference_go_at_once() -> None:
    whole = imported(OnDemandEnabled=1, OnDemandRules=[AT_HOME, AT_HOME, CONNECT, AT_HOME])
    (after,) = mended(
        whole, validate, {each.id for each in repairs(whole, validate(whole))}
    ).document.payloads
    assert after.values["IKEv2"]["OnDemandRules"] == [AT_HOME, CONNECT]


@pytest.mark.parametrize("empty", [[], [""], ["", ""]])
@pytest.mark.parametrize("name", ["SSIDMatch", "DNSDomainMatch", "DNSServerAddressMatch"])
def test_a_list_of_a_file_that_names_nothing_never_matches(name: str, empty: list[str]) -> None:
    whole = imported(OnDemandEnabled=1, OnDemandRules=[{**CONNECT, name: empty}, AT_HOME])
    assert {(each.path, each.code, each.fix) for each in validate(whole)} == {
        (f"IKEv2.OnDemandRules[0].{name}", "never-matches", None),
        ("IKEv2.OnDemandRules[1]", "no-catch-all", None),
    }


@pytest.mark.parametrize("name", ["SSIDMatch", "DNSDomainMatch", "DNSServerAddressMatch"])
def test_a_list_that_names_nothing_is_none_where_it_is_not_written(name: str) -> None:
    assert on_demand({**CONNECT, name: []}) == []
    assert on_demand({**CONNECT, name: [""]}) == []


def test_a_rule_of_a_file_that_never_matches_beats_none_and_is_beaten_by_none() -> None:
    never = {**CONNECT, "SSIDMatch": []}
    whole = imported(OnDemandEnabled=1, OnDemandRules=[never, AT_HOME, CONNECT, never])
    assert [(each.path, each.code) for each in validate(whole)] == [
        ("IKEv2.OnDemandRules[0].SSIDMatch", "never-matches"),
        ("IKEv2.OnDemandRules[3].SSIDMatch", "never-matches"),
    ]


def test_places_and_fixes_are_those_of_the_file_where_a_list_holds_empty_texts() -> None:
    """An empty text is none, and what stands behind it is still found where it stands."""
    rules = ["", {**AT_HOME, "SSIDMatch": ["", "Home", " Office "]}, CONNECT, AT_HOME]
    whole = imported(OnDemandEnabled=1, OnDemandRules=rules)
    found = {(each.path, each.code): each for each in validate(whole)}
    assert {*found} == {
        ("IKEv2.OnDemandRules[0]", "empty-item"),
        ("IKEv2.OnDemandRules[1].SSIDMatch[0]", "empty-item"),
        ("IKEv2.OnDemandRules[1].SSIDMatch[2]", "blanks"),
        ("IKEv2.OnDemandRules[3]", "rule-unreachable"),
    }
    assert found["IKEv2.OnDemandRules[3]", "rule-unreachable"].message.startswith(
        "Rule 4 is never reached: rule 2"
    )
    item = found["IKEv2.OnDemandRules[1].SSIDMatch[0]", "empty-item"].message
    assert item == "An item of SSIDMatch is an empty text, which stands for nothing. Remove it."
    offered = repairs(whole, validate(whole))
    (blanks,) = (each.id for each in offered if each.problem.code == "blanks")
    (after,) = repaired(whole, offered, [blanks]).payloads
    assert after.values["IKEv2"]["OnDemandRules"][1]["SSIDMatch"] == ["", "Home", "Office"]
    (all_of_it,) = mended(whole, validate, {each.id for each in offered}).document.payloads
    assert all_of_it.values["IKEv2"]["OnDemandRules"][0]["SSIDMatch"] == ["Home", "Office"]


SSIDS: Mapping[str, tuple[str, str, object]] = {
    " Home": ("warning", "blanks", "Home"),
    "\n\t\tHome\n\t": ("warning", "blanks", "Home"),
    "Home\u00a0": ("warning", "blanks", "Home"),
    "   ": ("warning", "blanks", None),
    "Home\nOffice": ("warning", "several-in-one", Items(("Home", "Office"))),
    "\n  Home\n  Office 5G\n": ("warning", "several-in-one", Items(("Home", "Office 5G"))),
    "Home, Office": ("advice", "several-in-one", Items(("Home", "Office"))),
    f"{'x' * 20}, {'y' * 20}": ("warning", "several-in-one", Items(("x" * 20, "y" * 20))),
    "x" * 33: ("warning", "ssid-length", None),
    "ü" * 17: ("warning", "ssid-length", None),
}


@pytest.mark.parametrize("name", SSIDS)
def test_what_no_wifi_is_called_is_told_with_the_name_that_was_meant(name: str) -> None:
    severity, code, meant = SSIDS[name]
    rules = [{"Action": "Disconnect", "SSIDMatch": ["Guest", name]}, CONNECT]
    (found,) = validate(tunnel(STORED, OnDemandEnabled=1, OnDemandRules=rules))
    assert (found.severity.value, found.code) == (severity, code)
    assert found.path == "IKEv2.OnDemandRules[0].SSIDMatch[1]"
    assert "\n" not in found.message
    changes = found.fix.changes if found.fix else ()
    assert changes == ((Change(found.path, name, meant),) if meant else ())


@pytest.mark.parametrize(
    "name", ["Home", "Café du Coin", "x" * 32, "ü" * 16, "a b  c", "#1", "Home;Office", "{Home}", "$5 coffee"]
)
def test_any_name_that_a_wifi_can_have_is_fine(name: str) -> None:
    assert on_demand({"Action": "Disconnect", "SSIDMatch": [name]}, CONNECT) == []


@pytest.mark.parametrize(
    ("key", "value", "code", "meant"),
    [
        ("DNSDomainMatch", "https://corp.example/", "not-a-domain", "corp.example"),
        ("DNSDomainMatch", "10.1.2.3", "not-a-domain", None),
        ("DNSDomainMatch", ".corp.example", "not-a-domain", "corp.example"),
        ("DNSDomainMatch", "*", "not-a-domain", None),
        ("DNSDomainMatch", "a.*.example", "not-a-domain", None),
        ("DNSDomainMatch", "a.example b.example", "several-in-one", Items(("a.example", "b.example"))),
        ("DNSServerAddressMatch", "10.0.0.0/8", "not-an-address", "10.*"),
        ("DNSServerAddressMatch", "10.1.2.0/24", "not-an-address", "10.1.2.*"),
        ("DNSServerAddressMatch", "10.0.0.0/12", "not-an-address", None),
        ("DNSServerAddressMatch", "10.*.*", "not-an-address", "10.*"),
        ("DNSServerAddressMatch", "10.*.3.*", "not-an-address", None),
        ("DNSServerAddressMatch", "dns.example.com", "not-an-address", None),
        ("DNSServerAddressMatch", "10.0.0.1;10.0.0.2", "several-in-one", Items(("10.0.0.1", "10.0.0.2"))),
        ("DNSServerAddressMatch", " 10.*", "blanks", "10.*"),
    ],
)
def test_what_is_no_domain_or_address_never_matches_a_network(
    key: str, value: str, code: str, meant: object
) -> None:
    whole = tunnel(STORED, OnDemandEnabled=1, OnDemandRules=[{"Action": "Disconnect", key: [value]}, CONNECT])
    (found,) = validate(whole)
    assert (found.severity.value, found.path) == ("warning", f"IKEv2.OnDemandRules[0].{key}[0]")
    assert found.code == code
    changes = found.fix.changes if found.fix else ()
    assert changes == ((Change(found.path, value, meant),) if meant else ())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("DNSDomainMatch", "corp.example"),
        ("DNSDomainMatch", "*.corp.example"),
        ("DNSDomainMatch", "lan"),
        ("DNSServerAddressMatch", "10.0.0.1"),
        ("DNSServerAddressMatch", "10.1.*"),
        ("DNSServerAddressMatch", "*.53"),
        ("DNSServerAddressMatch", "fd00::53"),
        ("DNSServerAddressMatch", "fd00:*"),
    ],
)
def test_domains_and_addresses_may_have_one_wildcard(key: str, value: str) -> None:
    assert on_demand({"Action": "Disconnect", key: [value]}, CONNECT) == []


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("intranet.example.com", "not-a-web-address"),
        ("ftp://intranet.example.com/", "not-a-web-address"),
        ("https://", "not-a-web-address"),
        ("https://intranet.example.com/a b", "not-a-web-address"),
        (" https://intranet.example.com/", "blanks"),
        ("http://intranet.example.com/", ""),
        ("HTTPS://10.0.0.1:8443/probe?x=1", ""),
    ],
)
def test_what_is_fetched_is_a_web_address(address: str, code: str) -> None:
    told = [("warning", "[0].URLStringProbe", code)] if code else []
    assert on_demand({"Action": "Disconnect", "URLStringProbe": address}, CONNECT) == told
    needed = [("warning", "[0].RequiredURLStringProbe", code)] if code else []
    assert evaluate({**NEEDED, "RequiredURLStringProbe": address}) == needed


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("10.1.2.3", "not-a-domain"),
        ("10.0.0.0/8", "not-a-domain"),
        ("https://intranet.example.com/", "not-a-domain"),
        ("corp.example, example.org", "several-in-one"),
        ("corp.example ", "blanks"),
        ("corp.example", ""),
        ("*.corp.example", ""),
        ("intranet", ""),
    ],
)
def test_connections_are_evaluated_by_domains(domain: str, code: str) -> None:
    assert evaluate({**NEEDED, "Domains": [domain]}) == (
        [("warning", "[0].Domains[0]", code)] if code else []
    )


def test_required_servers_are_addresses() -> None:
    assert evaluate({**NEEDED, "RequiredDNSServers": ["10.0.0.53", "dns.corp.example", "10.*"]}) == [
        ("warning", "[0].RequiredDNSServers[1]", "not-an-address"),
        ("warning", "[0].RequiredDNSServers[2]", "not-an-address"),
    ]


def test_what_the_device_does_not_look_at_is_not_judged() -> None:
    assert evaluate({**NEVER, "RequiredDNSServers": ["dns.corp.example"]}) == [
        ("warning", "[0].RequiredDNSServers", "ignored")
    ]


@pytest.mark.parametrize("rules", [{}, {"OnDemandRules": []}])
def test_connecting_on_demand_needs_a_rule(rules: dict[str, Any]) -> None:
    assert problems(rules, OnDemandEnabled=1) == [("warning", "OnDemandRules", "no-rules")]
    assert problems(rules, OnDemandEnabled=0) == []


@pytest.mark.parametrize("off", [{}, {"OnDemandEnabled": 0}])
def test_the_lock_keeps_people_from_turning_it_on_while_it_is_off(off: dict[str, int]) -> None:
    locked = [("warning", "OnDemandUserOverrideDisabled", "locked-off")]
    assert problems(off, OnDemandUserOverrideDisabled=1, OnDemandRules=[CONNECT]) == locked
    assert problems(off, OnDemandUserOverrideDisabled=1) == locked
    assert problems(off, OnDemandUserOverrideDisabled=0) == []


@pytest.mark.parametrize("off", [{}, {"OnDemandEnabled": 0}])
def test_rules_may_stand_there_for_people_to_turn_them_on_and_are_judged(off: dict[str, int]) -> None:
    assert problems(off, OnDemandRules=[AT_HOME, CONNECT]) == []
    assert problems(off, OnDemandRules=[AT_HOME]) == [("warning", "OnDemandRules[0]", "no-catch-all")]
    assert problems(off, OnDemandRules=[{"Action": "Allow"}]) == [
        ("warning", "OnDemandRules[0].Action", "action-deprecated")
    ]


def test_the_lock_is_fine_with_connecting_on_demand() -> None:
    assert problems(STORED, OnDemandEnabled=1, OnDemandUserOverrideDisabled=1, OnDemandRules=[CONNECT]) == []


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
    whole = {"DomainAction": "NeverConnect", "Domains": ["other.example"]}
    rest = {key: value for key, value in whole.items() if key != name}
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


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"SSIDMatch": ["Home"]}, ("error", "[0].Action", "missing")),
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


@pytest.mark.parametrize(
    "condition",
    [{"SSIDMatch": 5}, {"SSIDMatch": [5]}, {"DNSDomainMatch": {"a": "b"}}, {"URLStringProbe": 5}],
    ids=str,
)
def test_of_a_rule_with_a_condition_of_the_wrong_type_nothing_else_follows(condition: dict[str, Any]) -> None:
    found = problems(OnDemandEnabled=1, OnDemandRules=[{**CONNECT, **condition}, CONNECT])
    assert [code for _, _, code in found if code != "on-demand-asks"] == ["wrong-type"]


@pytest.mark.parametrize("rules", ["x", 5, ["x"], {"Action": "Connect"}], ids=str)
def test_what_is_no_list_of_rules_is_told_as_that_alone(rules: Any) -> None:
    found = problems(OnDemandEnabled=1, OnDemandRules=rules)
    assert [code for _, _, code in found if code != "on-demand-asks"] == ["wrong-type"]


def test_nobody_is_sent_to_what_is_deprecated() -> None:
    key = registry.payload("vpn-ikev2").shape.key_at("IKEv2.OnDemandRules[0].Action")
    assert isinstance(key, Choice)
    (found,) = key.check("Reconnect", "Action", {})
    assert found.message.endswith("Choose one of Connect, Disconnect, EvaluateConnection, Ignore.")
