"""What is written of what is empty, and of characters that other readers change."""

from __future__ import annotations

import json
import plistlib
from typing import Any, Final

import pytest

from profiles.exceptions import SpecError
from profiles.plist.build import build
from profiles.plist.document import Document
from profiles.plist.spec.file import read_spec
from profiles.services.certificate_evidence import check
from tests.cases.doors import from_spec, native
from tests.cases.making import (
    CONNECT,
    WITH_SECRET,
    Tree,
    always_on,
    evaluating,
    on_demand,
    profile,
    tunnel,
    vpn,
)

EMPTY: Final = ["", [], {}, b""]


def written(document: Document) -> Any:
    """The property list of the first payload."""
    return plistlib.loads(build(document))["PayloadContent"][0]


def of_spec(payload: Tree, **values: Any) -> Tree:
    """The spec of one payload whose values JSON can hold."""
    return {
        "profile": {"PayloadDisplayName": "Harbour", "PayloadIdentifier": "example.hafen.spec"},
        "payloads": [{"name": "part", **payload, **values}],
    }


def errors(document: Document) -> list[tuple[str, str]]:
    return [(each.path, each.code) for each in check(document) if each.severity == "error"]


RULE: Final = {
    **CONNECT,
    "SSIDMatch": [],
    "DNSDomainMatch": [],
    "DNSServerAddressMatch": [],
    "InterfaceTypeMatch": "",
    "URLStringProbe": "",
    "ActionParameters": [],
}


@pytest.mark.parametrize("door", [from_spec, native], ids=["spec", "native"])
@pytest.mark.parametrize(
    ("tree", "place", "left"),
    [
        (
            tunnel(
                WITH_SECRET, AuthName="", PPKIdentifier="", PPK=b"", ChildSecurityAssociationParameters={}
            ),
            (),
            None,
        ),
        (on_demand(RULE, **WITH_SECRET), ("OnDemandRules", 0), {"Action": "Connect"}),
        (
            on_demand(
                evaluating(
                    {
                        "DomainAction": "ConnectIfNeeded",
                        "Domains": ["ship.hafen.example"],
                        "RequiredDNSServers": [],
                        "RequiredURLStringProbe": "",
                    }
                ),
                **WITH_SECRET,
            ),
            ("OnDemandRules", 0, "ActionParameters", 0),
            {"DomainAction": "ConnectIfNeeded", "Domains": ["ship.hafen.example"]},
        ),
    ],
    ids=["outside of lists", "in a rule", "in what a rule evaluates"],
)
def test_what_is_empty_is_not_written_outside_of_lists_and_in_them(
    door: Any, tree: Tree, place: tuple[Any, ...], left: Any
) -> None:
    document = door(tree)
    found = written(document)["IKEv2"]
    for step in place:
        found = found[step]
    if left is not None:
        assert found == left
    assert [name for name, value in found.items() if value in EMPTY] == []
    assert errors(document) == []


@pytest.mark.parametrize("door", [from_spec, native], ids=["spec", "native"])
def test_what_is_empty_is_not_written_in_a_tunnel_of_always_on(door: Any) -> None:
    empty = {
        "AuthName": "",
        "PPK": b"",
        "ChildSecurityAssociationParameters": {},
        "Interfaces": [],
        "DeadPeerDetectionRate": "",
    }
    document = door(profile(always_on({**WITH_SECRET, **empty})))
    (inside,) = written(document)["AlwaysOn"]["TunnelConfigurations"]
    assert not empty.keys() & inside.keys()
    assert inside["RemoteAddress"] == "gate.hafen.example"
    assert errors(document) == []


@pytest.mark.parametrize("door", [from_spec, native], ids=["spec", "native"])
def test_an_empty_consent_in_one_language_is_not_written(door: Any) -> None:
    document = door(profile(vpn(WITH_SECRET), ConsentText={"default": "Agreed?", "de": ""}))
    assert plistlib.loads(build(document))["ConsentText"] == {"default": "Agreed?"}
    assert errors(document) == []


@pytest.mark.parametrize("door", [from_spec, native], ids=["spec", "native"])
@pytest.mark.parametrize("empty", [{"SSIDMatch": []}, {"InterfaceTypeMatch": ""}], ids=["list", "text"])
def test_a_rule_with_an_empty_condition_is_one_without_conditions(door: Any, empty: Tree) -> None:
    document = door(on_demand({**CONNECT, **empty}, **WITH_SECRET))
    assert "no-catch-all" not in [each.code for each in check(document)]
    assert written(document)["IKEv2"]["OnDemandRules"] == [{"Action": "Connect"}]


def test_a_list_of_domains_keeps_the_empty_one_that_stands_for_all() -> None:
    dns = {"DNSProtocol": "Cleartext", "ServerAddresses": ["10.9.0.53"], "SupplementalMatchDomains": [""]}
    assert written(native(profile(vpn(DNS=dns))))["DNS"] == dns


@pytest.mark.parametrize("letter", ["\u0085", "\u2028"])
def test_line_ends_of_other_readers_are_written_as_references(letter: str) -> None:
    name = f"One{letter}two"
    data = build(native(profile(vpn(UserDefinedName=name), PayloadDisplayName=name)))
    assert letter.encode() not in data
    loaded = plistlib.loads(data)
    assert (loaded["PayloadDisplayName"], loaded["PayloadContent"][0]["UserDefinedName"]) == (name, name)


@pytest.mark.parametrize(
    ("kind", "unknown"),
    [
        ("com.apple.vpn.managed", {"VPNType": "IKEv2", "UserDefinedName": "u", "IKEv2": {"EnablePFS": True}}),
        ("com.apple.security.pkcs12", {"PayloadContent": "x"}),
        ("com.apple.security.scep", {"PayloadContent": {}}),
    ],
)
def test_a_type_that_the_catalogue_knows_evades_no_check_as_another_payload(kind: str, unknown: Tree) -> None:
    text = json.dumps(of_spec({"type": "other", "values": {"PayloadType": kind}, "unknown": unknown}))
    try:
        document = read_spec(text)
    except SpecError:
        return
    assert [each.code for each in check(document) if each.severity == "error"]


def test_a_type_that_the_catalogue_does_not_know_is_left_alone() -> None:
    unknown = {"SSID_STR": "Quay", "HIDDEN_NETWORK": False}
    payload = {"type": "other", "values": {"PayloadType": "com.apple.wifi.managed"}, "unknown": unknown}
    assert errors(read_spec(json.dumps(of_spec(payload)))) == []
