"""What differs between two documents, told to a person without a secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from profiles.catalogue.keys import Dictionary, ListOf, Text
from profiles.plist.declaration import Declaration, Origin, Place, Variable, VariableKind
from profiles.plist.diff import IDENTITY, Change, diff, shown
from profiles.plist.document import Document
from profiles.plist.read import read
from tests.plist import wild
from tests.plist.exactness import differences
from tests.plist.making import ABSENT, PROFILE_UUID, document, in_tunnel, payload, template, tunnel
from tests.plist.test_read import tree, vpn

SECRET = "hunter2"


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Path, label, old and new of each change between two tunnels."""
    found = diff(tunnel(old), tunnel(new))
    assert all(change.payload == "office" for change in found)
    return [(change.path.removeprefix("IKEv2."), change.label, change.old, change.new) for change in found]


def test_a_document_does_not_differ_from_itself() -> None:
    whole = tunnel(AuthPassword=SECRET, OnDemandRules=[{"Action": "Connect"}])
    assert diff(whole, whole) == []


def test_a_value_that_is_empty_does_not_differ_from_one_that_is_not_there() -> None:
    assert changes({"AuthName": "", "OnDemandRules": []}, {"AuthName": ABSENT}) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("AuthName", ABSENT, "alice", ("User name", "not set", "alice")),
        ("AuthName", "alice", ABSENT, ("User name", "alice", "not set")),
        ("AuthName", "alice", "bob", ("User name", "alice", "bob")),
        ("DisableMOBIKE", 0, 1, ("Turn off MOBIKE", "Off", "On")),
        ("DisableMOBIKE", ABSENT, 0, ("Turn off MOBIKE", "not set", "Off")),
        ("MTU", 1280, 1400, ("MTU", "1280 bytes", "1400 bytes")),
        (
            "AuthenticationMethod",
            "None",
            "SharedSecret",
            ("Machine authentication", "None (EAP only)", "Shared secret"),
        ),
    ],
)
def test_a_change_is_told_in_the_words_of_the_form(
    name: str, old: Any, new: Any, told: tuple[str, str, str]
) -> None:
    assert changes({name: old}, {name: new}) == [(name, *told)]


def test_a_value_that_only_changes_its_type_differs() -> None:
    assert [change[0] for change in changes({"DisableMOBIKE": 1}, {"DisableMOBIKE": True})] == [
        "DisableMOBIKE"
    ]
    assert [change[0] for change in changes({"MTU": 1300}, {"MTU": 1300.0})] == ["MTU"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (ABSENT, SECRET, ("not set", "a secret")),
        (SECRET, ABSENT, ("a secret", "not set")),
        (SECRET, "hunter3", ("a secret", "another secret")),
    ],
)
def test_a_secret_is_only_named(old: str | None, new: str | None, told: tuple[str, str]) -> None:
    assert changes({"AuthPassword": old}, {"AuthPassword": new}) == [("AuthPassword", "Password", *told)]
    as_data = [None if text is None else text.encode() for text in (old, new)]
    assert changes({"PPK": as_data[0]}, {"PPK": as_data[1]}) == [
        ("PPK", "Post-quantum pre-shared key", *told)
    ]


@pytest.mark.parametrize("path", ["AuthPasword", "Vendor"])
def test_a_key_that_the_catalogue_does_not_know_counts_as_secret(path: str) -> None:
    assert changes({path: SECRET}, {path: "hunter3"}) == [
        (path, f"IKEv2.{path}", "a secret", "another secret")
    ]
    assert changes({path: SECRET}, {path: {"a": "hunter3"}}) == [
        (path, f"IKEv2.{path}", "a secret (string)", "another secret (dictionary)")
    ]


def test_unknown_keys_of_an_import_are_only_named() -> None:
    old, new = (document(payload(unknown={"Vendor": value})) for value in (SECRET, "hunter3"))
    (change,) = diff(old, new)
    assert (change.payload, change.label, change.old, change.new) == (
        "office",
        "Vendor",
        "a secret",
        "another secret",
    )
    assert SECRET not in repr(change)


def test_no_change_shows_a_secret() -> None:
    rules = [{"Action": "Connect"}]
    old = tunnel(
        SharedSecret=SECRET, AuthPassword=SECRET, PPK=SECRET.encode(), Vendor=SECRET, OnDemandRules=rules
    )
    for one, other in ((old, tunnel()), (tunnel(), old), (old, document())):
        assert diff(one, other)
        assert SECRET not in repr(diff(one, other))


def test_a_change_in_the_envelope_is_told() -> None:
    old = document(payload(), envelope={"PayloadRemovalDisallowed": True})
    new = document(payload(), envelope={"PayloadDisplayName": "Branch VPN"})
    assert diff(old, new) == [
        Change("profile", "PayloadDisplayName", "Name", "Office VPN", "Branch VPN"),
        Change("profile", "PayloadRemovalDisallowed", "Prevent removal", "On", "not set"),
    ]


def test_a_list_is_shown_as_it_is_written() -> None:
    (change,) = changes(
        {"OnDemandRules": ABSENT}, {"OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["Büro"]}]}
    )
    assert change == ("OnDemandRules", "Rules", "not set", '[{"Action": "Connect", "SSIDMatch": ["Büro"]}]')


def test_a_change_of_targets_is_told_for_each_system() -> None:
    old, new = (
        document(payload(), targets=t)
        for t in ({"iOS": "17.0", "tvOS": "17.0"}, {"iOS": "18.0", "macOS": "14"})
    )
    assert [(change.path, change.old, change.new) for change in diff(old, new)] == [
        ("targets.iOS", "17.0", "18.0"),
        ("targets.macOS", "not set", "14"),
        ("targets.tvOS", "17.0", "not set"),
    ]


ONE, OTHER, THIRD = (payload(name=name, uuid=f"{name}-{PROFILE_UUID}") for name in ("one", "other", "third"))


def test_a_payload_that_was_added_is_told() -> None:
    assert diff(document(ONE), document(ONE, OTHER)) == [
        Change("other", "", "Payload other", "not set", "IKEv2 VPN")
    ]


def test_a_payload_that_was_removed_is_told() -> None:
    assert diff(document(ONE, OTHER), document(OTHER)) == [
        Change("one", "", "Payload one", "IKEv2 VPN", "removed")
    ]


def test_a_payload_that_was_moved_is_told() -> None:
    assert diff(document(ONE, OTHER, THIRD), document(THIRD, ONE, OTHER)) == [
        Change("profile", "", "Order of payloads", "one, other, third", "third, one, other")
    ]


def test_a_payload_that_comes_between_moves_no_other() -> None:
    assert [change.label for change in diff(document(ONE, OTHER), document(ONE, THIRD, OTHER))] == [
        "Payload third"
    ]


def test_a_payload_that_was_renamed_is_told() -> None:
    assert diff(document(ONE), document(replace(ONE, name="branch"))) == [
        Change("branch", "", "Payload name", "one", "branch")
    ]


def test_a_payload_is_the_same_while_its_uuid_is() -> None:
    recreated = replace(ONE, uuid=f"new-{PROFILE_UUID}")
    assert [change.new for change in diff(document(ONE), document(recreated))] == ["removed", "IKEv2 VPN"]


def test_the_way_back_is_the_same_change_turned_round() -> None:
    old, new = tunnel(AuthName="alice", MTU=1280), tunnel(AuthName="bob", DisableMOBIKE=1)

    def told(one: Document, other: Document) -> list[tuple[str, str, str]]:
        return [(change.path, change.old, change.new) for change in diff(one, other)]

    assert told(new, old) == [(path, after, before) for path, before, after in told(old, new)]


def test_a_value_is_shown_as_text_whatever_its_type() -> None:
    items = ListOf("K", label="K", item=Dictionary("", label=""))
    assert shown(items, [{"a": b"x"}]) == '[{"a": {"base64": "eA=="}}]'
    moment = datetime(2027, 1, 31)  # noqa: DTZ001 — as property lists have it
    assert "2027-01-31" in shown(Text("K", label="K"), moment)


# What makes a template, and where a profile comes from


def declared(old: Declaration, new: Declaration, **ikev2: Any) -> list[tuple[str, str, str, str]]:
    """Path, label, old and new of each change between two templates with the same values."""
    whole = tunnel(**ikev2)
    found = diff(replace(whole, declaration=old), replace(whole, declaration=new))
    return [(change.path, change.label, change.old, change.new) for change in found]


USER = Variable(name="user", label="User name")
SITE = Variable(name="site", kind=VariableKind.HOSTNAME)


def test_a_template_does_not_differ_from_itself() -> None:
    assert declared(Declaration(variables=(USER,)), Declaration(variables=(USER,))) == []


def test_a_profile_that_became_a_template_is_told() -> None:
    profile, whole = tunnel(AuthName="{{user}}"), template(AuthName="{{user}}", variables=(USER,))
    assert [(change.label, change.old, change.new) for change in diff(profile, whole)] == [
        ("Template", "no", "yes"),
        ("Variable user", "not set", "Text"),
    ]
    assert [(change.label, change.old, change.new) for change in diff(whole, profile)] == [
        ("Template", "yes", "no"),
        ("Variable user", "Text", "removed"),
    ]


def test_variables_that_came_and_went_are_told() -> None:
    assert declared(Declaration(variables=(USER,)), Declaration(variables=(SITE,))) == [
        ("variables.user", "Variable user", "Text", "removed"),
        ("variables.site", "Variable site", "not set", "Host name or IP address"),
    ]


def test_each_change_of_a_variable_is_told() -> None:
    other = Variable(
        name="user",
        kind=VariableKind.EMAIL,
        required=False,
        pattern=".+",
        default="a@b.example",
        help="Yours",
    )
    assert declared(Declaration(variables=(USER,)), Declaration(variables=(other,))) == [
        ("variables.user.label", "Variable user: label", "User name", "not set"),
        ("variables.user.kind", "Variable user: kind", "Text", "E-mail address"),
        ("variables.user.required", "Variable user: required", "yes", "no"),
        ("variables.user.pattern", "Variable user: pattern", "not set", ".+"),
        ("variables.user.default", "Variable user: default", "not set", "a@b.example"),
        ("variables.user.help", "Variable user: help", "not set", "Yours"),
    ]


def test_variables_that_changed_places_are_told() -> None:
    assert declared(Declaration(variables=(USER, SITE)), Declaration(variables=(SITE, USER))) == [
        ("variables", "Order of variables", "user, site", "site, user")
    ]


@pytest.mark.parametrize("secret", [True, False])
def test_the_default_of_a_secret_is_only_named(secret: bool) -> None:
    old, new = (
        Declaration(variables=(Variable(name="pw", secret=secret, default=default),))
        for default in (SECRET, "hunter3")
    )
    found = declared(old, new, AuthPassword="{{pw}}")
    assert found == [("variables.pw.default", "Variable pw: default", "a secret", "another secret")]


def test_locked_and_asked_keys_and_the_summary_are_told() -> None:
    name = Place("profile", "PayloadDisplayName")
    old = Declaration(
        locked=frozenset({in_tunnel("MTU"), name}), asked=frozenset({in_tunnel("AuthName")}), summary="x"
    )
    new = Declaration(locked=frozenset({in_tunnel("AuthName"), name}), asked=frozenset({in_tunnel("Odd")}))
    assert declared(old, new) == [
        ("template.summary", "Summary", "x", "not set"),
        ("IKEv2.AuthName", "User name, in profiles made from it", "asked for", "locked"),
        ("IKEv2.MTU", "MTU, in profiles made from it", "locked", "editable"),
        ("IKEv2.Odd", "IKEv2.Odd, in profiles made from it", "editable", "asked for"),
    ]


def test_a_key_of_a_payload_that_is_gone_is_still_named() -> None:
    old, new = template(locked=["MTU"]), replace(template(), payloads=())
    change = diff(old, new)[-1]
    assert (change.payload, change.label) == ("office", "MTU, in profiles made from it")


def test_the_template_that_a_profile_was_made_from_is_told() -> None:
    origin = Origin(template="t1", revision=3, title="Office", answers={"pw": SECRET})
    made, updated, answered = (
        replace(tunnel(), origin=each)
        for each in (origin, replace(origin, revision=4), replace(origin, answers={"pw": "hunter3"}))
    )
    told = [
        [(c.label, c.old, c.new) for c in diff(old, new)] for old, new in ((tunnel(), made), (made, updated))
    ]
    assert told == [
        [("Made from the template", "not set", "Office, revision 3")],
        [("Made from the template", "Office, revision 3", "Office, revision 4")],
    ]
    assert [(c.label, c.old, c.new) for c in diff(made, answered)] == [
        ("Answers to the template", "a secret", "another secret")
    ]


def test_unknown_keys_are_told_one_by_one() -> None:
    old = {"Vendor": {"a": 1, "b": {"c": SECRET, "gone": 1}}, "Same": 1}
    new = {"Vendor": {"b": {"c": "hunter3", "come": True}, "a": 1.0}, "Same": 1}
    found = diff(document(payload(unknown=old)), document(payload(unknown=new)))
    assert [(change.path, change.old, change.new) for change in found] == [
        ("Vendor.a", "a secret (integer)", "another secret (real)"),
        ("Vendor.b.c", "a secret", "another secret"),
        ("Vendor.b.gone", "a secret", "not set"),
        ("Vendor.b.come", "not set", "a secret"),
    ]


def test_a_rule_that_changed_is_told_key_by_key() -> None:
    rules = [{"Action": "Connect"}, {"Action": "Disconnect", "SSIDMatch": ["a"]}]
    other = [{"Action": "Connect"}, {"Action": "Ignore", "SSIDMatch": ["a"], "Vendor": SECRET}]
    assert changes({"OnDemandRules": rules}, {"OnDemandRules": other}) == [
        ("OnDemandRules[1].Action", "Rules 2 · Action", "Disconnect", "Leave as it is"),
        ("OnDemandRules[1].Vendor", "Rules 2 · Vendor", "not set", "a secret"),
    ]


def test_values_that_look_alike_are_told_by_their_type() -> None:
    ((_, _, old, new),) = changes({"MTU": 1300}, {"MTU": "1300"})
    assert (old, new) == ("1300 bytes", "'1300' (string)")


@settings(max_examples=80, deadline=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles(), wild.profiles())
def test_two_profiles_differ_where_their_property_lists_do(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = read(one), read(other)
    for loosely in (False, True):
        assert diff(first, first, loosely=loosely) == []
        assert bool(diff(first, second, loosely=loosely)) == (differences(one, other) != [])


def test_payloads_of_other_origin_are_matched_and_their_references_with_them() -> None:
    def file(number: int, **ikev2: Any) -> dict[str, Any]:
        identity = {
            "PayloadType": "com.apple.security.pkcs12",
            "PayloadVersion": 1,
            "PayloadUUID": f"99999999-2222-3333-4444-{number:012}",
            "PayloadIdentifier": f"com.example.identity.{number}",
            "PayloadContent": b"x",
        }
        inside = {"RemoteAddress": "a", "PayloadCertificateUUID": identity["PayloadUUID"], **ikev2}
        return tree(vpn(inside, number), identity)

    strict = diff(read(file(1)), read(file(2)))
    assert {change.new for change in strict} >= {"removed"}
    found = diff(read(file(1)), read(file(2, MTU=1300)), loosely=True)
    identities = [change for change in found if change.path in IDENTITY]
    assert [change.path for change in found if change not in identities] == ["IKEv2.MTU"]
    assert {change.path for change in identities} == {"PayloadUUID", "PayloadIdentifier"}
