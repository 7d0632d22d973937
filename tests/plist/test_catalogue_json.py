"""The catalogue as JSON: complete, in order, and true to the declarations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.conditions import from_json
from profiles.catalogue.findings import Diagnostic
from profiles.catalogue.values import PlistType
from profiles.plist.catalogue_json import catalogue_json, rule_json
from profiles.plist.rule_book import diagnostics
from tests.rule_samples import RULES

CATALOGUE = json.loads(json.dumps(catalogue_json()))
SYSTEMS = {"iOS", "macOS", "tvOS", "visionOS", "watchOS"}


def every_payload() -> list[Any]:
    return [pytest.param(each, id=each["slug"]) for each in [*CATALOGUE["payloads"], CATALOGUE["envelope"]]]


def ikev2(path: str) -> dict[str, Any]:
    (payload,) = (each for each in CATALOGUE["payloads"] if each["slug"] == "vpn-ikev2")
    (key,) = (key for key in payload["keys"] if key["path"] == path)
    found: dict[str, Any] = key
    return found


def test_every_payload_of_the_catalogue_is_there() -> None:
    assert [each["slug"] for each in CATALOGUE["payloads"]] == list(registry.payloads())
    assert CATALOGUE["envelope"]["payload_type"] == "Configuration"


@pytest.mark.parametrize("payload", every_payload())
def test_each_path_stands_once_behind_the_dictionary_or_list_that_holds_it(payload: dict[str, Any]) -> None:
    types: dict[str, str] = {}
    for key in payload["keys"]:
        path = key["path"]
        assert path not in types
        if path.endswith("[]"):
            assert types[path.removesuffix("[]")] == "array"
        elif "." in path:
            assert types[path.rpartition(".")[0]] == "dictionary"
        types[path] = key["type"]
    assert set(types.values()) <= {str(each) for each in PlistType}


@pytest.mark.parametrize("payload", every_payload())
def test_each_key_says_all_that_is_asked(payload: dict[str, Any]) -> None:
    asked = {
        "path",
        "type",
        "allowed",
        "min",
        "max",
        "max_items",
        "default",
        "required",
        "secret",
        "since",
        "revealed_by",
    }
    for key in payload["keys"]:
        assert asked <= set(key)
        assert set(key["since"]) == SYSTEMS
        assert type(key["required"]) is type(key["secret"]) is bool
        for condition in (key["revealed_by"], key["required_by"]):
            if condition is not None:
                from_json(condition)


@pytest.mark.parametrize("payload", every_payload())
def test_conditions_name_keys_that_are_there(payload: dict[str, Any]) -> None:
    paths = {key["path"] for key in payload["keys"]}
    for key in payload["keys"]:
        item = key["path"].rpartition("[].")
        prefix = f"{item[0]}[]." if item[1] else ""
        for condition in filter(None, (key["revealed_by"], key["required_by"])):
            assert {f"{prefix}{path}" for path in from_json(condition).paths()} <= paths


def test_the_keys_keep_the_order_of_the_form() -> None:
    for described in CATALOGUE["payloads"]:
        declared = [key.path for key in registry.payload(described["slug"]).keys]
        assert [key["path"] for key in described["keys"] if key["path"] in set(declared)] == declared


def test_a_key_that_another_one_reveals_is_required_only_then() -> None:
    timer = ikev2("IKEv2.DisconnectOnIdleTimer")
    idle = {"equals": ["IKEv2.DisconnectOnIdle", 1]}
    assert (timer["type"], timer["min"], timer["max"], timer["max_on"]) == ("integer", 1, None, {})
    assert (timer["required"], timer["required_by"], timer["revealed_by"]) == (False, idle, idle)


def test_a_key_that_is_always_required_has_no_condition() -> None:
    address = ikev2("IKEv2.RemoteAddress")
    assert (address["required"], address["required_by"], address["revealed_by"]) == (True, None, None)


def test_a_secret_is_marked_and_required_by_its_own_condition() -> None:
    secret = ikev2("IKEv2.SharedSecret")
    assert secret["secret"] is True
    assert secret["required_by"] == {"equals": ["IKEv2.AuthenticationMethod", "SharedSecret"]}
    assert secret["revealed_by"] != secret["required_by"]
    assert ikev2("IKEv2.PPK")["type"] == "data"
    assert ikev2("IKEv2.RemoteAddress")["secret"] is False


def test_ranges_choices_and_defaults_are_told() -> None:
    mtu, group = ikev2("IKEv2.MTU"), ikev2("IKEv2.IKESecurityAssociationParameters.DiffieHellmanGroup")
    assert (mtu["min"], mtu["max"], mtu["default"], mtu["allowed"]) == (1280, 1400, 1280, None)
    assert (group["type"], group["default"]) == ("integer", 14)
    assert {14, 19, 20, 31} <= set(group["allowed"])
    assert group["allowed_until"]["2"]["iOS"] == "26.0"
    assert group["allowed_until"]["2"]["tvOS"] == "17.0"
    assert "14" not in group["allowed_until"]
    assert ikev2("IKEv2.ExtendedAuthEnabled")["allowed"] == [1, 0]
    assert ikev2("IKEv2.ExcludeLocalNetworks")["default_by_os"] == {"iOS": 1, "macOS": 0}


def test_availability_comes_from_the_parents_where_the_key_says_nothing() -> None:
    assert ikev2("UserDefinedName")["since"]["tvOS"] == "17.0"
    networks = ikev2("IKEv2.IncludeAllNetworks")["since"]
    assert networks == {"iOS": "14.0", "macOS": "10.15", "tvOS": None, "visionOS": "1.0", "watchOS": None}
    methods = "IKEv2.IKESecurityAssociationParameters.PostQuantumKeyExchangeMethods"
    everywhere = dict.fromkeys(SYSTEMS, "26.0")
    assert ikev2(f"{methods}[]")["since"] == ikev2(methods)["since"] == {**everywhere, "watchOS": None}


def test_lists_tell_of_their_items_down_to_the_last() -> None:
    methods = "IKEv2.IKESecurityAssociationParameters.PostQuantumKeyExchangeMethods"
    assert (ikev2(methods)["type"], ikev2(methods)["max_items"]) == ("array", 7)
    assert (ikev2(f"{methods}[]")["type"], set(ikev2(f"{methods}[]")["allowed"])) == ("integer", {0, 36, 37})
    rules = "IKEv2.OnDemandRules"
    assert ikev2(f"{rules}[]")["type"] == "dictionary"
    assert ikev2(f"{rules}[].Action")["required"] is True
    assert ikev2(f"{rules}[].ActionParameters")["revealed_by"] == {"equals": ["Action", "EvaluateConnection"]}
    assert ikev2(f"{rules}[].ActionParameters[].Domains[]")["type"] == "string"
    servers = ikev2(f"{rules}[].ActionParameters[].RequiredDNSServers")
    assert servers["revealed_by"] == {"equals": ["DomainAction", "ConnectIfNeeded"]}


def test_every_rule_is_there_in_order() -> None:
    assert [rule["code"] for rule in CATALOGUE["rules"]] == [*diagnostics.entries()]


def test_a_rule_says_all_that_the_rule_book_does(sample_rules: Mapping[str, Diagnostic]) -> None:
    found = {rule["code"]: rule for rule in catalogue_json()["rules"]}
    assert [*found] == [*sample_rules]
    assert found["unavailable"] == {
        "code": "unavailable",
        "severity": "warning",
        "milder": "",
        "title": "A target does not know the key",
        "why": "The system ignores a key that it does not know, so it works otherwise than the form suggests.",
        "mend": "Raise the target, or remove the key.",
        "certainty": "observed",
        "sources": [
            {
                "origin": "Standard",
                "title": "RFC 7296, section 2.23",
                "url": "https://www.rfc-editor.org/rfc/rfc7296#section-2.23",
            },
            {"origin": "Standard", "title": "XML 1.0", "url": ""},
            {
                "origin": "Seen on devices",
                "title": "example/one issue 12",
                "url": "https://github.com/example/one/issues/12",
            },
        ],
    }


@pytest.mark.parametrize("rules", [RULES, diagnostics.entries()], ids=["samples", "house"])
def test_rules_are_plain_json(rules: Mapping[str, Diagnostic]) -> None:
    for rule in rules.values():
        assert type(rule_json(rule)["severity"]) is str
        assert json.loads(json.dumps(rule_json(rule))) == rule_json(rule)
