"""Keys of a tunnel of Always On that stand elsewhere: beside AlwaysOn, in it, or in a dictionary of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from profiles.plist.document import Document
from profiles.plist.reading.read import read
from profiles.plist.validation.repairs import mended, repairs
from profiles.plist.validation.validate import validate
from tests.plist.trees import tree, vpn

SECRET = "correct horse battery staple"
INSIDE: Mapping[str, Any] = {
    "RemoteAddress": "vpn.example.com",
    "RemoteIdentifier": "vpn.example.com",
    "LocalIdentifier": "alice",
    "AuthenticationMethod": "SharedSecret",
    "SharedSecret": SECRET,
}
TUNNEL = {"ProtocolType": "IKEv2", **INSIDE}
ALWAYS = {"supervised-only"}


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in TUNNEL.items() if name not in names}


def file(*tunnels: Any, inside: Mapping[str, Any] | None = None, **top: Any) -> Document:
    """A file with Always On; `inside` goes into AlwaysOn, `top` beside it."""
    always_on = {**({"TunnelConfigurations": [*tunnels]} if tunnels else {}), **(inside or {})}
    return read(tree({**vpn(None), "VPNType": "AlwaysOn", "AlwaysOn": always_on, **top}))


def told(whole: Document) -> set[tuple[str, str, str]]:
    found = validate(whole)
    return {(each.severity.value, each.path, each.code) for each in found if each.code not in ALWAYS}


def put_right(whole: Document) -> dict[str, Any]:
    """Its values with all that is offered put right."""
    (part,) = mended(whole, validate, {each.id for each in repairs(whole, validate(whole))}).document.payloads
    return {**part.values, **part.unknown}


@pytest.mark.parametrize(
    ("whole", "path", "lacking"),
    [
        (
            file(without("RemoteAddress"), RemoteAddress="vpn.example.com"),
            "RemoteAddress",
            "[0].RemoteAddress",
        ),
        (
            file(without("RemoteAddress"), inside={"RemoteAddress": "vpn.example.com"}),
            "AlwaysOn.RemoteAddress",
            "[0].RemoteAddress",
        ),
        (file(without("SharedSecret"), SharedSecret=SECRET), "SharedSecret", "[0].SharedSecret"),
        (file({"ProtocolType": "IKEv2"}, IKEv2=INSIDE), "IKEv2", "[0].RemoteAddress"),
        (file(IKEv2=INSIDE), "IKEv2", ""),
    ],
    ids=["beside", "in AlwaysOn", "a secret", "the rest of a tunnel", "a whole tunnel"],
)
def test_what_one_tunnel_alone_can_lack_moves_into_it(whole: Document, path: str, lacking: str) -> None:
    assert told(whole) == {("error", f"AlwaysOn.TunnelConfigurations{lacking}", "missing")}
    (offered,) = repairs(whole, validate(whole))
    assert SECRET not in repr((offered.before, offered.after, offered.label, offered.problem.message))
    after = put_right(whole)
    assert after["AlwaysOn"] == {"TunnelConfigurations": [TUNNEL]}
    assert path.partition(".")[0] == "AlwaysOn" or path not in after


@pytest.mark.parametrize(
    ("whole", "path"),
    [
        (file(TUNNEL, RemoteAddress="other.example"), "RemoteAddress"),
        (file(TUNNEL, IKEv2=INSIDE), "IKEv2"),
        (file({**TUNNEL, "Interfaces": ["WiFi"]}, {**TUNNEL, "Interfaces": ["Cellular"]}, MTU=1300), "MTU"),
    ],
    ids=["what is set", "a tunnel that is whole", "one of two"],
)
def test_what_could_be_meant_for_another_or_for_none_is_only_told(whole: Document, path: str) -> None:
    assert told(whole) == {("warning", path, "misplaced-key")}
    (found,) = (each for each in validate(whole) if each.path == path)
    assert found.fix is None
    assert "a tunnel of AlwaysOn.TunnelConfigurations" in found.message


def test_what_does_nothing_in_a_tunnel_does_not_move_there() -> None:
    whole = file(TUNNEL, inside={"OnDemandEnabled": 1}, OnDemandRules=[{"Action": "Connect"}])
    assert told(whole) == {
        ("warning", "AlwaysOn.OnDemandEnabled", "no-effect-key"),
        ("warning", "OnDemandRules", "no-effect-key"),
    }
    after = put_right(whole)
    assert after["AlwaysOn"] == {"TunnelConfigurations": [TUNNEL]}
    assert "OnDemandRules" not in after


def test_a_condition_of_a_rule_that_stands_in_the_tunnel_belongs_in_a_rule() -> None:
    inside = {**INSIDE, "OnDemandRules": [{"Action": "Connect"}], "SSIDMatch": ["Office"]}
    whole = read(tree(vpn(inside)))
    (found,) = validate(whole)
    assert (found.path, found.code) == ("IKEv2.SSIDMatch", "misplaced-key")
    assert put_right(whole)["IKEv2"]["OnDemandRules"] == [{"Action": "Connect", "SSIDMatch": ["Office"]}]


def test_always_on_beside_another_vpn_does_nothing() -> None:
    whole = read(tree(vpn(INSIDE, AlwaysOn={"TunnelConfigurations": [TUNNEL]})))
    assert told(whole) == {("advice", "AlwaysOn", "no-effect-key")}
    (offered,) = repairs(whole, validate(whole))
    assert SECRET not in offered.before
