"""What differs between two documents, told to a person without a secret."""

from __future__ import annotations

import base64
import copy
import itertools
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.catalogue import registry
from profiles.catalogue.keys import Dictionary, Key, ListOf, Text
from profiles.catalogue.shape import Shape, nest
from profiles.plist.build import property_list
from profiles.plist.diff.change import Change, shown
from profiles.plist.diff.documents import IDENTITY, diff, part_diffs
from profiles.plist.diff.keys import Lists
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.imported.source_form import Kept
from profiles.plist.reading.read import read
from profiles.plist.templates.declaration import Declaration, Origin, Place, Variable, VariableKind
from tests.plist import wild
from tests.plist.exactness import differences
from tests.plist.making import ABSENT, PROFILE_UUID, document, in_tunnel, payload, template, tunnel
from tests.plist.trees import UUID, identity, tree, vpn

SECRET = "hunter2"
LISTS: Final[tuple[Lists, ...]] = get_args(Lists)


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


def test_texts_of_unknown_keys_are_only_named() -> None:
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


# Keys that nobody knows


def unknown(old: Any, new: Any, **more: Any) -> list[tuple[str, str, str, str]]:
    """Path, old, new and note of each change in the unknown keys of a payload."""
    found = diff(document(payload(unknown=old)), document(payload(unknown=new)), **more)
    return [(change.path, change.old, change.new, change.note) for change in found]


def test_unknown_keys_are_told_one_by_one() -> None:
    old = {"Vendor": {"a": 1, "b": {"c": SECRET, "gone": 1}}, "Same": 1}
    new = {"Vendor": {"b": {"c": "hunter3", "come": True}, "a": 1.0}, "Same": 1}
    assert unknown(old, new) == [
        ("Vendor.a", "1 (integer)", "1.0 (real)", "unknown key, integer or real"),
        ("Vendor.b.c", "a secret", "another secret", "unknown key, string"),
        ("Vendor.b.gone", "1", "not set", "unknown key, integer"),
        ("Vendor.b.come", "not set", "true", "unknown key, boolean"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (1, 2, ("1", "2")),
        (True, False, ("true", "false")),
        (datetime(2027, 1, 31), datetime(2027, 2, 1), ("2027-01-31T00:00:00Z", "2027-02-01T00:00:00Z")),  # noqa: DTZ001 - as plistlib has it
        ([1, True], [2, True], ("[1, true]", "[2, true]")),
        (SECRET, 5, ("a secret (string)", "5 (integer)")),
        (5, SECRET, ("5 (integer)", "a secret (string)")),
        (SECRET.encode(), b"x", ("a secret", "another secret")),
        ([1, SECRET], [2, SECRET], ("a secret", "another secret")),
        ([1], [1, SECRET], ("[1]", "a secret")),
    ],
    ids=repr,
)
def test_numbers_switches_and_dates_of_unknown_keys_are_shown(
    old: Any, new: Any, told: tuple[str, str]
) -> None:
    assert [change[1:3] for change in unknown({"Vendor": old}, {"Vendor": new})] == [told]


def test_of_an_unknown_dictionary_that_came_or_went_each_key_is_told() -> None:
    there = {"Vendor": {"a": {"b": SECRET, "c": []}, "d.e": b"x"}}
    come = [
        ("Vendor.a.b", "not set", "a secret", "unknown key, string"),
        ("Vendor.a.c", "not set", "empty", "unknown key, array"),
        (r"Vendor.d\.e", "not set", "a secret", "unknown key, data"),
    ]
    assert unknown({}, there) == come
    assert unknown(there, {}) == [(path, old, new, note) for path, new, old, note in come]


def test_an_unknown_key_is_called_as_it_is_written() -> None:
    (change,) = diff(document(payload()), document(payload(unknown={"com.example.key": 1})))
    assert (change.label, change.path, change.place) == ("com.example.key", r"com\.example\.key", "")
    ((path, *_),) = unknown({"a.b": {"c": 1}}, {"a.b": {"c": 2}})
    assert path == r"a\.b.c"


def test_an_empty_value_of_an_unknown_key_is_told_as_such() -> None:
    assert unknown({"a": ""}, {}) == [("a", "empty", "not set", "unknown key, string")]
    assert unknown({"a": ""}, {"a": []}) == [
        ("a", "empty (string)", "empty (array)", "unknown key, string or array")
    ]
    assert unknown({"a": ""}, {"a": SECRET}) == [("a", "empty", "a secret", "unknown key, string")]


def test_items_of_an_unknown_list_are_told_one_by_one_where_that_is_asked_for() -> None:
    old = {"Vendor": [{"a": 1}, {"a": 2, "b": SECRET}, {"a": 3}]}
    new = {"Vendor": [{"a": 1}, {"a": 3}, {"x": {"y": 1}}]}
    whole = [("Vendor", "a secret", '[{"a": 1}, {"a": 3}, {"x": {"y": 1}}]', "unknown key, array")]
    assert unknown(old, new, lists="whole") == whole
    assert unknown(old, {"Vendor": [{"a": 4}]}, lists="by item") == [
        ("Vendor", "a secret", '[{"a": 4}]', "unknown key, array")
    ]
    assert unknown(old, new, lists="by item") == [
        ("Vendor[1].a", "2", "not set", "unknown key, integer"),
        ("Vendor[1].b", "a secret", "not set", "unknown key, string"),
        ("Vendor[2].x.y", "not set", "1", "unknown key, integer"),
    ]
    found = diff(document(payload(unknown=old)), document(payload(unknown=new)), lists="by item")
    assert [change.label for change in found] == [
        "Vendor 2 (removed) · a",
        "Vendor 2 (removed) · b",
        "Vendor 3 (new) · x.y",
    ]


# Lists of dictionaries


CONNECT, IGNORE, EVALUATE = (
    {"Action": "Connect", "SSIDMatch": ["a"]},
    {"Action": "Ignore"},
    {
        "Action": "EvaluateConnection",
        "ActionParameters": [{"DomainAction": "NeverConnect", "Domains": ["b"]}],
    },
)


def rules(old: list[Any], new: list[Any], **more: Any) -> list[tuple[str, str, str, str]]:
    """Path, label, old and new of each change between two lists of rules."""
    found = diff(tunnel(OnDemandRules=old), tunnel(OnDemandRules=new), **more)
    return [
        (change.path.removeprefix("IKEv2.OnDemandRules"), change.label, change.old, change.new)
        for change in found
    ]


def test_a_rule_that_changed_is_told_key_by_key() -> None:
    other = [CONNECT, {"Action": "Disconnect", "Vendor": SECRET}]
    assert rules([CONNECT, IGNORE], other) == [
        ("[1].Action", "Rule 2 · Action", "Leave as it is", "Disconnect"),
        ("[1].Vendor", "Rule 2 · Vendor", "not set", "a secret"),
    ]
    (whole,) = rules([CONNECT, IGNORE], other, lists="whole")
    assert whole[:2] == ("", "Rules")
    assert SECRET not in repr(whole)


def test_a_rule_that_came_or_went_leaves_the_others_alone() -> None:
    assert rules([CONNECT, EVALUATE], [IGNORE, CONNECT, EVALUATE], lists="by item") == [
        ("[0].Action", "Rule 1 (new) · Action", "not set", "Leave as it is")
    ]
    assert rules([IGNORE, CONNECT, EVALUATE], [CONNECT, EVALUATE], lists="by item") == [
        ("[0].Action", "Rule 1 (removed) · Action", "Leave as it is", "not set")
    ]


def test_rules_that_only_changed_places_are_told_in_one_line() -> None:
    assert rules([CONNECT, IGNORE, EVALUATE], [EVALUATE, CONNECT, IGNORE], lists="by item") == [
        ("", "Rules: order", "1, 2, 3", "3, 1, 2")
    ]


def test_rules_with_nothing_in_common_are_told_as_a_whole() -> None:
    ((path, label, *_),) = rules([CONNECT, IGNORE], [EVALUATE], lists="by item")
    assert (path, label) == ("", "Rules")


def test_lists_inside_of_rules_are_told_item_by_item_too() -> None:
    other = {**EVALUATE, "ActionParameters": [{"DomainAction": "ConnectIfNeeded", "Domains": ["b"]}]}
    ((path, label, _, _),) = rules([CONNECT, EVALUATE], [CONNECT, other], lists="by item")
    assert path == "[1].ActionParameters[0].DomainAction"
    assert label.startswith("Rule 2 · Domain action 1 · ")


def test_a_rule_without_anything_in_it_is_written_nowhere_and_no_difference() -> None:
    assert rules([CONNECT], [CONNECT, {}], lists="by item") == []
    assert rules([CONNECT, {}], [CONNECT], lists="by item") == []


def test_the_order_of_items_counts_unless_it_means_nothing() -> None:
    def always_on(*interfaces: str, domains: tuple[str, ...] = ()) -> Document:
        tunnels = [
            {"Interfaces": [*interfaces], "ServerAddress": "a", "SupplementalMatchDomains": [*domains]}
        ]
        part = PayloadDocument(
            slug="vpn-always-on",
            name="always",
            uuid=PROFILE_UUID[::-1],
            values={"AlwaysOn": {"TunnelConfigurations": tunnels}},
        )
        return document(part)

    for lists in LISTS:
        assert diff(always_on("Cellular", "WiFi"), always_on("WiFi", "Cellular"), lists=lists) == []
        assert diff(always_on("Cellular", "WiFi"), always_on("WiFi", "WiFi"), lists=lists) != []
        assert diff(always_on(domains=("a", "b")), always_on(domains=("b", "a")), lists=lists) != []


# Values that look alike


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("DisableMOBIKE", 1, True, ("1 (integer)", "true (boolean)")),
        ("MTU", 1300, "1300", ("1300 (integer)", "'1300' (string)")),
        ("MTU", 1300, 1300.0, ("1300 (integer)", "1300.0 (real)")),
        ("AuthPassword", SECRET, SECRET.encode(), ("a secret (string)", "another secret (data)")),
    ],
)
def test_values_that_look_alike_are_told_by_their_type(name: str, old: Any, new: Any, told: Any) -> None:
    assert [change[2:] for change in changes({name: old}, {name: new})] == [told]


def test_long_values_of_a_wrong_type_are_told_apart_to_their_end() -> None:
    ((_, _, old, new),) = changes({"MTU": "1" * 200 + "a"}, {"MTU": "1" * 200 + "b"})
    assert (old[-2], new[-2]) == ("a", "b")


def test_lists_that_differ_in_a_secret_alone_are_told_apart() -> None:
    one, other = ([{"Action": "Connect", "Vendor": each}] for each in (SECRET, "hunter3"))
    ((_, _, old, new),) = rules(one, other, lists="whole")
    assert new == f"{old}, with another secret in it"


def test_bytes_are_told_by_their_fingerprint() -> None:
    part = PayloadDocument(slug="certificate", name="ca", uuid=PROFILE_UUID[::-1], values={})
    old, new = (replace(part, values={"PayloadContent": each}) for each in (b"a" * 900, b"b" * 900))
    (change,) = diff(document(old), document(new))
    assert change.old.startswith("900 bytes, SHA-256 ")
    assert change.old != change.new
    assert shown(registry.payload("scep").by_path["PayloadContent.CAFingerprint"], b"\x01\xff") == "01ff"


# Profiles from elsewhere


def test_an_absent_key_and_an_empty_one_of_a_file_differ_only_as_that() -> None:
    assert [
        (change.path, change.old, change.new)
        for change in diff(read(tree(vpn({"AuthName": ""}))), read(tree(vpn({}))))
    ] == [
        ("IKEv2.AuthName", "empty", "not set"),
    ]
    found = diff(read(tree(vpn(None))), read(tree(vpn({}))))
    assert [(change.path, change.old, change.new) for change in found] == [("IKEv2", "not set", "empty")]


def test_what_is_written_in_any_case_is_no_difference() -> None:
    made = document(payload({"MTU": 1300, "AuthName": ""}))
    again = read(property_list(made))
    for lists in LISTS:
        assert diff(made, again, loosely=True, lists=lists) == []
        assert diff(again, made, loosely=True, lists=lists) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"PayloadVersion": 1.0}, ("PayloadVersion", "1 (integer)", "1.0 (real)")),
        ({"PayloadVersion": 2}, ("PayloadVersion", "1", "2")),
        ({"PayloadVersion": None}, ("PayloadVersion", "1", "not set")),
        ({"PayloadUUID": "odd"}, ("PayloadUUID", UUID, "odd")),
        ({"PayloadUUID": UUID.lower()}, ("PayloadUUID", UUID, UUID.lower())),
        ({"PayloadType": "Odd"}, ("PayloadType", "Configuration", "Odd")),
        ({"PayloadIdentifier": "com.other"}, ("PayloadIdentifier", "com.example.vpn", "com.other")),
        ({"PayloadContent": None}, ("PayloadContent", "empty (array)", "not set")),
        ({"PayloadContent": {"URL": SECRET}}, ("PayloadContent", "empty (array)", "a secret")),
    ],
    ids=str,
)
def test_what_a_file_writes_where_the_designer_has_its_own_way_is_told(
    change: dict[str, Any], told: tuple[str, str, str]
) -> None:
    for turned in (False, True):
        sides = [read(tree()), read(tree(**change))]
        found = diff(*(sides[::-1] if turned else sides))
        path, old, new = told
        assert [(each.path, each.old, each.new) for each in found] == [
            (path, new, old) if turned else (path, old, new)
        ]


@settings(max_examples=80, deadline=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles(), wild.profiles())
def test_two_profiles_differ_where_their_property_lists_do(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = read(one), read(other)
    for loosely, lists in itertools.product((False, True), LISTS):
        assert diff(first, first, loosely=loosely, lists=lists) == []
        found = diff(first, second, loosely=loosely, lists=lists)
        assert bool(found) == (differences(one, other) != [])
        assert [change for change in found if change.old == change.new] == []


@settings(max_examples=150, deadline=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles(), st.data())
def test_whatever_differs_in_one_place_is_told_in_either_direction(
    one: dict[str, Any], data: st.DataObject
) -> None:
    other = data.draw(changed(one))
    first, second = read(one), read(other)
    for loosely, lists in itertools.product((False, True), LISTS):
        for sides in ((first, second), (second, first)):
            found = diff(*sides, loosely=loosely, lists=lists)
            assert bool(found) == (differences(one, other) != [])
            assert [change for change in found if change.old == change.new] == []


@st.composite
def changed(draw: st.DrawFn, profile: dict[str, Any]) -> dict[str, Any]:
    """The profile with one value set to another one, taken out, or put in, anywhere but in what makes it a profile."""
    copied: dict[str, Any] = copy.deepcopy(profile)
    *above, last = draw(st.sampled_from([*_inside(copied)]))
    holder: Any = copied
    for step in above:
        holder = holder[step]
    match draw(st.sampled_from(["set", "remove", "add"])):
        case "set":
            holder[last] = draw(wild.VALUES)
        case "remove":
            del holder[last]
        case _ if isinstance(holder, list):
            holder.insert(last, copy.deepcopy(holder[last]))
        case _:
            holder[draw(wild.TEXTS)] = draw(wild.VALUES)
    return copied


def _inside(value: Any, *above: Any) -> Iterator[tuple[Any, ...]]:
    """Where all values stand, without the payloads as such."""
    for step, item in value.items() if isinstance(value, dict) else enumerate(value):
        here = (*above, step)
        if here not in (("PayloadContent",), ("PayloadType",)) and above != ("PayloadContent",):
            yield here
        if isinstance(item, dict | list):
            yield from _inside(item, *here)


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles(), st.randoms(use_true_random=False))
def test_the_order_of_keys_is_no_difference(one: dict[str, Any], chance: random.Random) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            names = [*value]
            chance.shuffle(names)
            return {name: turned(value[name]) for name in names}
        return [turned(item) for item in value] if isinstance(value, list) else value

    assert diff(read(one), read(turned(one)), loosely=True) == []


def file(number: int, **ikev2: Any) -> dict[str, Any]:
    """A tunnel with an identity that it refers to, with UUIDs that no other number has."""
    uuid = f"99999999-2222-3333-4444-{number:012}"
    inside = {"RemoteAddress": "a", "PayloadCertificateUUID": uuid, **ikev2}
    name = f"com.example.identity.{number}"
    whole = identity(uuid=uuid, PayloadIdentifier=name, PayloadDisplayName="Identity of alice")
    return tree(vpn(inside, number), whole)


def test_payloads_of_other_origin_are_matched_and_their_references_with_them() -> None:
    strict = diff(read(file(1)), read(file(2)))
    assert {change.new for change in strict} >= {"removed"}
    found = diff(read(file(1)), read(file(2, MTU=1300)), loosely=True)
    identities = [change for change in found if change.path in IDENTITY]
    assert [change.path for change in found if change not in identities] == ["IKEv2.MTU"]
    assert {change.path for change in identities} == {"PayloadUUID", "PayloadIdentifier"}


def test_a_reference_to_another_payload_is_told_by_what_that_is_called() -> None:
    found = diff(read(file(1)), read(file(2, PayloadCertificateUUID="none")), loosely=True)
    (change,) = (each for each in found if each.path == "IKEv2.PayloadCertificateUUID")
    assert change.old == "Identity of alice (99999999-2222-3333-4444-000000000001)"
    assert change.new == "none"


def test_a_reference_in_another_case_does_not_differ_from_itself() -> None:
    given = file(1)
    given["PayloadContent"][1]["PayloadUUID"] = "ABCDEF99-2222-3333-4444-000000000001"
    given["PayloadContent"][0]["IKEv2"]["PayloadCertificateUUID"] = "abcdef99-2222-3333-4444-000000000001"
    assert diff(read(given), read(given)) == []
    other = copy.deepcopy(given)
    other["PayloadContent"][1]["PayloadUUID"] = given["PayloadContent"][1]["PayloadUUID"].lower()
    assert {change.path for change in diff(read(given), read(other))} == {"PayloadUUID"}


def test_payloads_of_other_origin_that_changed_places_are_told_by_number_and_title() -> None:
    given = file(1)
    other = {**given, "PayloadContent": given["PayloadContent"][::-1]}
    assert [
        (change.label, change.old, change.new) for change in diff(read(given), read(other), loosely=True)
    ] == [("Order of payloads", "1 Office, 2 Identity of alice", "2 Identity of alice, 1 Office")]


def test_what_is_locked_in_a_payload_of_another_uuid_is_no_difference() -> None:
    one, other = (
        replace(
            document(payload(uuid=uuid)), declaration=Declaration(locked=frozenset({in_tunnel("MTU", uuid)}))
        )
        for uuid in ("AAAAAAAA-2222-3333-4444-000000000001", "AAAAAAAA-2222-3333-4444-000000000002")
    )
    assert {change.path for change in diff(one, other, loosely=True)} == {"PayloadUUID"}


# Part by part


def test_a_payload_that_went_is_apart_from_one_that_took_its_name() -> None:
    kept = replace(OTHER, name=ONE.name)
    went, renamed = part_diffs(document(ONE, OTHER), document(kept))
    assert (went.was, went.now, went.is_whole) == (ONE, None, True)
    assert (renamed.was, renamed.now, renamed.is_whole) == (OTHER, kept, False)
    assert [change.label for change in renamed.changes] == ["Payload name"]


def test_parts_come_in_the_order_of_the_profile() -> None:
    old = document(ONE, OTHER)
    new = replace(document(THIRD, replace(ONE, values={})), uuid=ONE.uuid)
    found = part_diffs(old, new)
    assert [(part.was and part.was.name, part.now and part.now.name) for part in found] == [
        (None, None),
        ("other", None),
        (None, "third"),
        ("one", "one"),
    ]


# Secrets


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.data())
def test_no_change_holds_a_secret_whatever_the_profile(data: st.DataObject) -> None:
    sides = [data.draw(hiding(f"hush{number}")) for number in (1, 2)]
    for old, new in (sides, sides[::-1], (sides[0], document()), (document(), sides[1])):
        for loosely, lists in itertools.product((False, True), LISTS):
            told = repr(diff(old, new, loosely=loosely, lists=lists)).lower()
            assert [form for secret in ("hush1", "hush2") for form in forms_of(secret) if form in told] == []


def forms_of(secret: str) -> Iterator[str]:
    """How a secret could stand in a text by accident, in lower case."""
    yield secret
    yield secret.encode().hex()
    yield base64.b64encode(secret.encode()).decode().lower()


@st.composite
def hiding(draw: st.DrawFn, secret: str) -> Document:
    """An example of the catalogue in which a secret stands wherever one may: in secret keys, and in unknown ones."""
    declared = draw(st.sampled_from([*registry.payloads().values()]))
    values = draw(st.sampled_from([example.values for example in declared.examples]))
    part = PayloadDocument(
        slug=declared.slug,
        name=draw(st.sampled_from(["one", "two"])),
        uuid=draw(st.sampled_from([ONE.uuid, OTHER.uuid])),
        values=draw(_hidden_in(values, declared.keys, secret)),
        unknown={"Vendor": draw(_odd(secret)), "Vendors": [{"a": draw(_odd(secret))}, {"b": secret}]},
        kept=draw(st.sampled_from([None, Kept(values={"PayloadVersion": {"a": secret}}), Kept()])),
    )
    return document(part, envelope={"Vendor": draw(_odd(secret)), "ConsentText": {"default": [secret]}})


def _odd(secret: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(
        [secret, secret.encode(), [secret], {"a": secret, "b": {"c": [secret]}}, [{"d": secret}]]
    )


@st.composite
def _hidden_in(
    draw: st.DrawFn, values: Mapping[str, Any], keys: Iterable[Key], secret: str
) -> dict[str, Any]:
    """The values with the secret in each secret key, and in a key or two that nobody knows, also inside lists."""
    flat = Shape(tuple(keys), "").flat(values)
    for key in keys:
        held = flat.get(key.path)
        if key.secret:
            flat[key.path] = draw(_odd(secret))
        elif isinstance(key, ListOf) and isinstance(key.item, Dictionary):
            items = held if isinstance(held, list) else [{}]
            flat[key.path] = [draw(_hidden_in(item, key.item.keys, secret)) for item in items]
    places = st.sampled_from(["", *(path.rpartition(".")[0] for path in flat)])
    for place in draw(st.lists(places, max_size=2)):
        flat[f"{place}.Odd" if place else "Odd"] = draw(_odd(secret))
    return nest(flat)
