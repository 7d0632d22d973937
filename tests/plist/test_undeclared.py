"""What a template may declare, by what stands in its texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.plist.document import Document
from profiles.plist.reading.read import read
from profiles.plist.templates.declaration import MAX_VARIABLES, Declaration, Variable, VariableKind
from profiles.plist.templates.undeclared import HOSTS, undeclared
from tests.plist.making import document, payload
from tests.plist.trees import WIFI, tree, vpn


def tunnel(**values: Any) -> Document:
    dns = values.pop("DNS", None)
    return document(payload(values, top={"DNS": dns}))


def kinds(found: Document) -> dict[str, tuple[str, bool]]:
    return {
        each.variable.name: (each.variable.kind.value, each.variable.secret) for each in undeclared(found)
    }


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"RemoteAddress": "{{a}}"}, VariableKind.HOSTNAME),
        ({"RemoteAddress": "{{a}}", "RemoteIdentifier": "{{ a }}"}, VariableKind.HOSTNAME),
        ({"RemoteAddress": "{{a}}.example.com"}, VariableKind.TEXT),
        ({"LocalIdentifier": "{{a}}"}, VariableKind.TEXT),
        ({"OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["{{a}}"]}]}, VariableKind.TEXT),
        ({"DNS": {"ServerURL": "{{a}}"}}, VariableKind.URL),
        ({"DNS": {"ServerURL": "https://{{a}}/"}}, VariableKind.TEXT),
        ({"DNS": {"ServerURL": "{{a}}"}, "RemoteAddress": "{{a}}"}, VariableKind.TEXT),
    ],
)
def test_the_kind_is_what_the_key_takes_that_it_stands_alone_in(
    values: dict[str, Any], kind: VariableKind
) -> None:
    assert kinds(tunnel(**values)) == {"a": (kind.value, False)}


def test_the_keys_of_hosts_are_in_the_catalogue() -> None:
    names = {path.rpartition(".")[2] for each in registry.payloads().values() for path in each.by_path}
    assert not HOSTS - names


@pytest.mark.parametrize(
    "values", [{"AuthPassword": "{{a}}"}, {"SharedSecret": "x{{a}}x", "LocalIdentifier": "{{a}}"}]
)
def test_what_stands_in_a_secret_is_one(values: dict[str, Any]) -> None:
    assert kinds(tunnel(**values)) == {"a": ("text", True)}


def test_each_stands_once_with_its_places_and_what_is_declared_does_not() -> None:
    found = read(
        tree(
            vpn({"RemoteAddress": "{{server}}", "AuthName": "{{user}}"}, X={"b": ["{{user}}"]}),
            {**WIFI, "SSID_STR": "{{user}} {{done}} {{no-name}} {{"},
            PayloadDescription="For {{user}}",
        )
    )
    declared = replace(found, declaration=Declaration(variables=(Variable(name="done"),)))
    assert [(each.variable.name, [*each.places]) for each in undeclared(declared)] == [
        (
            "user",
            [
                ("profile", "PayloadDescription"),
                ("vpn-ikev2", "IKEv2.AuthName"),
                ("vpn-ikev2", "X.b[0]"),
                ("com.apple.wifi.managed", "SSID_STR"),
            ],
        ),
        ("server", [("vpn-ikev2", "IKEv2.RemoteAddress")]),
    ]


def test_no_more_than_a_template_may_have() -> None:
    many = tunnel(AuthName=" ".join(f"{{{{v{number}}}}}" for number in range(MAX_VARIABLES + 5)))
    assert len(undeclared(many)) == MAX_VARIABLES
    declared = replace(many, declaration=Declaration(variables=(Variable(name="v0"), Variable(name="other"))))
    assert len(undeclared(declared)) == MAX_VARIABLES - 2


def test_a_tunnel_of_always_on_has_keys_of_its_own() -> None:
    tunnels = [{"RemoteAddress": "{{a}}", "SharedSecret": "{{b}}"}, {"RemoteAddress": "{{c}}"}]
    found = read(tree(vpn(None, VPNType="AlwaysOn", AlwaysOn={"TunnelConfigurations": tunnels})))
    assert kinds(found) == {"a": ("hostname", False), "b": ("text", True), "c": ("hostname", False)}


def test_values_of_any_type_are_passed_over() -> None:
    odd = {"OnDemandRules": ["{{a}}", {"SSIDMatch": "{{a}}"}, 1], "RemoteAddress": ["{{a}}"], "MTU": "{{b}}"}
    assert set(kinds(read(tree(vpn(odd))))) == {"a", "b"}


@pytest.mark.parametrize(
    "name", ["OnDemandRules[x", "OnDemandRules[9]", "OnDemandRules[", "[0]", "OnDemandRules[0].[1]"]
)
def test_a_name_that_looks_like_a_place_is_a_name(name: str) -> None:
    given = {"OnDemandRules": [{"SSIDMatch": ["{{b}}"]}], name: "{{a}}", "RemoteAddress": "{{a}}"}
    assert kinds(read(tree(vpn(given))))["a"] == ("hostname", False)
