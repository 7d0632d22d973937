"""Conditions and defaults as a person would say them."""

from __future__ import annotations

import pytest

from profiles.catalogue import registry, wording
from profiles.catalogue.conditions import All, Any, Condition, Equals, IsSet, Not, OneOf, Spoken
from profiles.catalogue.keys import Choice, Dictionary, Integer, Key, ListOf, Switch, Text
from profiles.catalogue.options import Option
from profiles.catalogue.payloads.vpn_ikev2 import PAYLOAD

METHOD = Choice(
    "VPN.Method",
    label="Method",
    choices=(Option("None", "None (EAP only)"), Option("Secret", "Shared secret")),
)
EAP = Switch("VPN.Eap", label="EAP", default=0)
GROUP = Integer("VPN.ChildParameters.Group", label="Group")
KEYS = {key.path: key for key in (METHOD, EAP, GROUP)}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Equals("VPN.Method", "Secret"), "Method is Shared secret"),
        (Equals("VPN.Eap", 1), "Eap is On"),
        (OneOf("VPN.Method", ("None", "Secret")), "Method is None (EAP only) or Shared secret"),
        (IsSet("VPN.Method"), "Method is set"),
        (Not(IsSet("VPN.Method")), "Method is not set"),
        (Not(Equals("VPN.Eap", 1)), "Eap is not On"),
        (Not(OneOf("VPN.Eap", (0, 1))), "not (Eap is Off or On)"),
        (Equals("VPN.Eap", 1) & IsSet("VPN.Method"), "Eap is On and Method is set"),
        (Equals("VPN.Eap", 1) | IsSet("VPN.Method"), "Eap is On or Method is set"),
        (IsSet("VPN.ChildParameters.Group"), "ChildParameters.Group is set"),
        (Spoken(Any(IsSet("VPN.Method"), IsSet("VPN.Eap")), "something is set"), "something is set"),
        (All(), "always"),
        (Any(), "never"),
    ],
)
def test_a_condition_is_a_clause(condition: Condition, words: str) -> None:
    assert wording.condition(condition, KEYS) == words


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (Text("A", label="A"), ""),
        (Text("A", label="A", default=""), ""),
        (Switch("A", label="A", default=0), "Off"),
        (Integer("A", label="A", default=1440, unit="minutes"), "1440 minutes"),
        (Integer("A", label="A", default=20, default_note="20 seconds on Wi-Fi"), "20 seconds on Wi-Fi"),
        (Switch("A", label="A", default_on={"iOS": 1, "macOS": 0}), "iOS / iPadOS: On, macOS: Off"),
        (Switch("A", label="A", default=1, default_on={"macOS": 0}), "On (macOS: Off)"),
    ],
)
def test_a_default_is_told_as_the_form_shows_it(key: Key, words: str) -> None:
    assert wording.default(key) == words


def test_each_condition_of_the_catalogue_can_be_said() -> None:
    for key in PAYLOAD.keys:
        if key.revealed_by:
            assert wording.condition(key.revealed_by, PAYLOAD.by_path)
        if isinstance(key, ListOf) and isinstance(key.item, Dictionary):
            inside = {inner.path: inner for inner in key.item.keys}
            told = [
                wording.condition(inner.revealed_by, inside) for inner in key.item.keys if inner.revealed_by
            ]
            assert told == ["Action is Evaluate each connection"]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b", "c", "d"], "a, b, c and d"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_a_long_list_is_abridged(texts: list[str], words: str) -> None:
    assert wording.abridged(texts, "and") == words


def test_no_two_keys_of_a_payload_have_the_same_place() -> None:
    for payload in registry.payloads().values():
        places = [tuple(wording.place(payload.shape, key.path)) for key in payload.keys]
        assert len({*places}) == len(places), payload.slug


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (Option("Cleartext", "Unencrypted"), "Unencrypted (Cleartext)"),
        (Option("HTTPS", "HTTPS (DoH)"), "HTTPS (DoH)"),
        (Option("SharedSecret", "Shared secret"), "Shared secret"),
        (Option("com.example.root", "Root (DER)"), "Root (DER, com.example.root)"),
        (Option(36, "ML-KEM-768"), "ML-KEM-768 (36)"),
        (Option("Low"), "Low"),
    ],
    ids=lambda each: each if isinstance(each, str) else str(each.value),
)
def test_a_choice_says_the_value_of_the_file_where_its_title_does_not(option: Option, words: str) -> None:
    assert wording.choice(option) == words


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", []),
        ("IKEv2.MTU", ["MTU"]),
        ("IKEv2.OnDemandRules[1].Action", ["Rule 2", "Action"]),
        ("IKEv2.IKESecurityAssociationParameters.LifeTimeInMinutes", ["IKE lifetime", "LifeTimeInMinutes"]),
        (
            "IKEv2.ChildSecurityAssociationParameters.LifeTimeInMinutes",
            ["Child lifetime", "LifeTimeInMinutes"],
        ),
        ("DNS.ServerAddresses[0]", ["ServerAddresses"]),
        ("IKEv2.OnDemandRules[1].SSIDMatch[0]", ["Rule 2", "SSIDMatch"]),
        (r"IKEv2.com\.example", ["com.example"]),
    ],
    ids=[
        "nowhere",
        "key",
        "key of a rule",
        "one of two",
        "the other of two",
        "item of a list",
        "item in a rule",
        "name with a dot",
    ],
)
def test_a_place_is_said_so_that_it_is_one(path: str, words: list[str]) -> None:
    assert wording.place(PAYLOAD.shape, path) == words
