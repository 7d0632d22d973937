"""Repairs: what problems offer to mend, and what becomes of the document."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.catalogue.findings import Finding, Severity
from profiles.catalogue.fixes import NOTHING, REMOVED, Change, Fix, Items, drop, move, put
from profiles.plist.build import property_list
from profiles.plist.document import Document, Problem
from profiles.plist.reading.read import read
from profiles.plist.validation.repairs import brought, changed, mended, repaired, repairs
from profiles.plist.validation.validate import validate
from tests.plist.making import TUNNEL, WITH_SECRET
from tests.plist.trees import identity, tree, vpn

TREE: dict[str, Any] = {"a": {"b": [{"c": 1}, "x", "y"]}, "d": True}


def all_repaired(document: Document) -> Document:
    """The document with everything mended that can be."""
    offered = repairs(document, validate(document))
    return repaired(document, offered, {each.id for each in offered})


@pytest.mark.parametrize(
    ("fix", "after"),
    [
        (put("a.b[0].c", 1, 2, ""), {"a": {"b": [{"c": 2}, "x", "y"]}, "d": True}),
        (put("a.b[0].n", NOTHING, 3, ""), {"a": {"b": [{"c": 1, "n": 3}, "x", "y"]}, "d": True}),
        (drop("d", True), {"a": {"b": [{"c": 1}, "x", "y"]}}),
        (drop("a.b[1]", "x"), {"a": {"b": [{"c": 1}, "y"]}, "d": True}),
        (move("d", "a.d", True, ""), {"a": {"b": [{"c": 1}, "x", "y"], "d": True}}),
        (move("d", "e.f", True, ""), {"a": {"b": [{"c": 1}, "x", "y"]}, "e": {"f": True}}),
        (
            Fix("", (Change("a.b[1]", "x", Items(("x1", "x2"))), Change("a.b[2]", "y", REMOVED))),
            {"a": {"b": [{"c": 1}, "x1", "x2"]}, "d": True},
        ),
    ],
)
def test_a_change_falls_on_its_place(fix: Fix, after: dict[str, Any]) -> None:
    assert changed(TREE, fix.changes) == after


@pytest.mark.parametrize(
    "fix",
    [
        put("d", 1, 0, ""),  # 1 is not true
        put("a.b[7]", "x", "z", ""),
        put("a.b[1].c", 1, 2, ""),
        put("d", NOTHING, 1, ""),
        drop("nothing", "x"),
        drop("a.b[1]", "y"),
    ],
)
def test_a_change_never_falls_on_another_value(fix: Fix) -> None:
    assert changed(TREE, fix.changes) == TREE


def test_a_dot_in_a_name_is_no_step() -> None:
    assert changed({"a.b": 1}, put(r"a\.b", 1, 2, "").changes) == {"a.b": 2}


def test_what_a_file_has_in_neighboring_types_is_written_as_documented() -> None:
    found = read(tree(vpn({"DisconnectOnIdle": True, "DisconnectOnIdleTimer": 300.0, "MTU": 1300})))
    before = {(p.path, p.code, p.severity) for p in validate(found)}
    assert ("IKEv2.DisconnectOnIdle", "other-type", Severity.WARNING) in before
    inside = all_repaired(found).payloads[0].values["IKEv2"]
    assert {
        name: (type(value), value) for name, value in inside.items() if name in before or name[:3] == "Dis"
    } == {
        "DisconnectOnIdle": (int, 1),
        "DisconnectOnIdleTimer": (int, 300),
    }
    assert inside["MTU"] == 1300


def test_a_key_in_the_wrong_dictionary_moves() -> None:
    found = read(tree(vpn({"RemoteAddress": "a.example"}, OnDemandEnabled=1)))
    after = all_repaired(found)
    assert after.payloads[0].unknown == {}
    assert after.payloads[0].values["IKEv2"]["OnDemandEnabled"] == 1


@pytest.mark.parametrize(
    ("ikev2", "outside", "after"),
    [
        ({"mtu": 1300}, {}, "MTU: 1300 (integer)"),
        ({}, {"OnDemandEnabled": 1}, "IKEv2.OnDemandEnabled: 1 (integer)"),
        ({"sharedSecret": "hush hush"}, {}, "SharedSecret: a secret (string)"),
        ({"MTU": "1300"}, {}, "1300 (integer)"),
    ],
    ids=["renamed", "moved", "secret", "changed"],
)
def test_what_is_there_afterwards_is_told(ikev2: dict[str, Any], outside: dict[str, Any], after: str) -> None:
    found = read(tree(vpn(ikev2, **outside)))
    (path,) = (f"IKEv2.{name}" for name in ikev2) if ikev2 else outside
    assert [each.after for each in repairs(found, validate(found)) if each.path == path] == [after]


def test_what_is_set_in_both_places_is_not_moved() -> None:
    found = read(tree(vpn({"OnDemandEnabled": 0}, OnDemandEnabled=1)))
    assert [(p.code, p.fix) for p in validate(found) if p.path == "OnDemandEnabled"] == [
        ("misplaced-key", None)
    ]
    assert all_repaired(found).payloads[0].unknown == {"OnDemandEnabled": 1}


def test_a_misspelt_key_of_the_profile_is_renamed() -> None:
    after = all_repaired(read(tree(vpn({"RemoteAddress": "a"})) | {"payloadScope": "System"}))
    assert after.envelope["PayloadScope"] == "System"
    assert "payloadScope" not in after.envelope


def test_payloads_that_share_a_uuid_get_their_own_and_references_follow() -> None:
    one, other = identity(), {**vpn({"PayloadCertificateUUID": "same"}), "PayloadUUID": "same"}
    found = read(tree({**one, "PayloadUUID": "same"}, other))
    assert "duplicate-uuid" in {p.code for p in validate(found)}
    after = all_repaired(found)
    assert "duplicate-uuid" not in {p.code for p in validate(after)}
    assert "dangling-reference" not in {p.code for p in validate(after)}


@pytest.mark.parametrize(("values", "code"), [({"VPNType": "ikev2"}, "vpn-type"), ({}, "vpn-type")])
def test_a_vpn_whose_type_is_written_wrong_becomes_one_of_that_type(
    values: dict[str, Any], code: str
) -> None:
    given = {name: value for name, value in vpn({"RemoteAddress": "a"}).items() if name != "VPNType"} | values
    found = read(tree(given))
    assert found.payloads[0].slug == "other"
    assert ("error", code) in {(p.severity.value, p.code) for p in validate(found)}
    after = all_repaired(found)
    assert after.payloads[0].slug == "vpn-ikev2"
    assert property_list(after)["PayloadContent"][0]["VPNType"] == "IKEv2"
    assert "unknown-type" not in {p.code for p in validate(after)}


def test_a_repair_that_nobody_chose_changes_nothing() -> None:
    found = read(tree(vpn({"DisconnectOnIdle": True})))
    offered = repairs(found, validate(found))
    assert offered
    assert repaired(found, offered, set()) is found


def test_a_problem_without_a_fix_is_no_repair() -> None:
    found = read(tree(vpn({"RemoteAddress": "a"})))
    problems: list[Problem] = [p for p in validate(found) if p.fix is None]
    assert problems
    assert repairs(found, problems) == []


def test_what_an_error_makes_useless_is_not_thrown_away_with_it() -> None:
    values = {"AuthenticationMethod": "None", "AuthName": "alice", "RemoteAddress": "a.example"}
    found = read(tree(vpn(values)))
    offered = repairs(found, validate(found))
    codes = {each.problem.code for each in offered}
    assert "eap-only" in codes
    assert "ignored" not in codes
    after = mended(found, validate, {each.id for each in offered}).document
    inside = after.payloads[0].values["IKEv2"]
    assert (inside["AuthName"], inside["ExtendedAuthEnabled"]) == ("alice", 1)


def test_all_is_mended_until_nothing_is_offered() -> None:
    values = {
        "AuthenticationMethod": "None",
        "ExtendedAuthEnabled": 1,
        "AuthName": "alice",
        "DeadPeerDetectionRate": "medium",
        "RemoteAddress": "a.example",
        "MTU": 1400.0,
    }
    found = read(tree(vpn(values)))
    after = mended(found, validate)
    codes = [each.problem.code for each in after.done]
    assert "not-allowed" in codes
    assert len(codes) > 1
    order = [[*Severity].index(each.problem.severity) for each in after.done]
    assert order == sorted(order)
    assert repairs(after.document, validate(after.document)) == []
    assert list(after.left) == validate(after.document)


def test_a_repair_that_does_not_help_is_made_once_and_not_told_as_done() -> None:
    found = read(tree(vpn({"RemoteAddress": "a.example", "MTU": 1400.0})))
    told = [p for p in validate(found) if p.path == "IKEv2.MTU" and p.fix]
    judged: list[Document] = []

    def stubborn(document: Document) -> list[Problem]:
        judged.append(document)
        return told

    after = mended(found, stubborn)
    assert after.done == ()
    assert list(after.left) == told
    assert len(judged) == 2


def test_what_is_not_chosen_stays_and_nothing_chosen_changes_nothing() -> None:
    found = read(tree(vpn({"RemoteAddress": "a.example", "MTU": 1400.0, "DisableMOBIKE": True})))
    ids = {each.path: each.id for each in repairs(found, validate(found))}
    after = mended(found, validate, [ids["IKEv2.MTU"]])
    assert [each.path for each in after.done] == ["IKEv2.MTU"]
    assert "IKEv2.DisableMOBIKE" in {each.path for each in repairs(after.document, after.left)}
    assert mended(found, validate, []).document is found


def test_of_two_repairs_of_a_value_and_of_what_is_in_it_the_inner_one_waits() -> None:
    action = {
        "DomainAction": "NeverConnect",
        "Domains": ["a.example"],
        "RequiredDNSServers": ["", "192.0.2.53"],
    }
    rules = [{"Action": "EvaluateConnection", "ActionParameters": [action]}, {"Action": "Connect"}]
    found = read(tree(vpn({"RemoteAddress": "a.example", "OnDemandRules": rules})))
    place = "IKEv2.OnDemandRules[0].ActionParameters[0].RequiredDNSServers"
    assert {place, f"{place}[0]"} <= {each.path for each in repairs(found, validate(found))}
    chosen = {each.id for each in repairs(found, validate(found)) if each.path.startswith(place)}
    after = mended(found, validate, chosen)
    (made,) = after.document.payloads[0].values["IKEv2"]["OnDemandRules"][0]["ActionParameters"]
    assert "RequiredDNSServers" not in made
    assert [each.path for each in after.done if each.path.startswith(place)] == [place]


def test_all_items_are_mended_although_their_places_change() -> None:
    domains = [
        "",
        "https://a.example",
        "https://b.example https://c.example",
        "",
        " d.example ",
        "e.example,f.example",
    ]
    rules = [{"Action": "Disconnect", "DNSDomainMatch": domains}, {"Action": "Connect"}]
    action = {"DomainAction": "ConnectIfNeeded", "Domains": domains}
    rules.append({"Action": "EvaluateConnection", "ActionParameters": [action]})
    after = mended(read(tree(vpn({"RemoteAddress": "a.example", "OnDemandRules": rules}))), validate).document
    assert [each for each in repairs(after, validate(after)) if "Domain" in each.path] == []


def test_an_item_that_comes_to_the_place_of_a_mended_one_is_mended_as_well() -> None:
    found = read(tree(vpn({"Odd": ["", "1", "2"]})))
    name = found.payloads[0].name
    after = {"": REMOVED, "1": "one", "2": "two"}

    def judge(document: Document) -> list[Problem]:
        """Of all that is wrong in the list, what stands first."""
        values = document.payloads[0].values["IKEv2"]["Odd"]
        wrong = [(place, value) for place, value in enumerate(values) if value in after][:1]
        return [
            Problem(
                name,
                Finding(
                    Severity.WARNING,
                    f"IKEv2.Odd[{place}]",
                    "odd",
                    "Odd.",
                    fix=put(f"IKEv2.Odd[{place}]", value, after[value], ""),
                ),
            )
            for place, value in wrong
        ]

    made = mended(found, judge)
    assert made.document.payloads[0].values["IKEv2"]["Odd"] == ["one", "two"]
    assert len(made.done) == 3


def test_what_needs_judgement_is_made_where_it_is_chosen_by_itself() -> None:
    found = read(
        tree(vpn({"OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["Café Müller, Bar", " Home"]}]}))
    )
    place = "IKEv2.OnDemandRules[0].SSIDMatch"

    def names(document: Document) -> Any:
        return document.payloads[0].values["IKEv2"]["OnDemandRules"][0]["SSIDMatch"]

    assert names(mended(found, validate).document) == ["Café Müller, Bar", "Home"]
    (split,) = [each for each in repairs(found, validate(found)) if each.path == f"{place}[0]"]
    assert names(mended(found, validate, [split.id]).document) == ["Café Müller", "Bar", " Home"]


def told(*places: str, severity: Severity = Severity.ERROR, code: str = "missing") -> list[Problem]:
    """A problem of one kind at each place."""
    return [Problem("Office", Finding(severity, place, code, "It is missing.")) for place in places]


@pytest.mark.parametrize(
    ("before", "after", "brought_at", "first"),
    [
        ([], [], [], False),
        (told("A"), [], [], False),
        ([], told("A"), ["A"], True),
        (told("A"), told("A", "B"), ["B"], False),
        (told("A"), told("B"), ["B"], False),
        (told("A", severity=Severity.WARNING), told("A"), ["A"], True),
        (told("A"), told("A", code="other"), ["A"], False),
        ([], told("A", severity=Severity.WARNING), [], False),
        (told("L[1].A", "L[2].A"), told("L[0].A", "L[1].A"), [], False),
        (told("L[1].A"), told("L[0].A", "L[1].A"), ["L[0].A"], False),
    ],
    ids=[
        *(
            "nothing",
            "mended",
            "the first",
            "another",
            "in place of one",
            "a warning before",
            "of another kind",
        ),
        *("a warning", "items that moved", "another item"),
    ],
)
def test_errors_that_were_not_told_before_are_brought(
    before: list[Problem], after: list[Problem], brought_at: list[str], first: bool
) -> None:
    found = brought(before, after)
    assert [each.path for each in found.errors] == brought_at
    assert found.first is first


def test_what_was_chosen_says_which_errors_it_has_brought() -> None:
    whole = read(tree(vpn({**TUNNEL, **WITH_SECRET, "ppkIdentifier": "a"})))
    chosen = {each.id for each in repairs(whole, validate(whole))}
    found = mended(whole, validate, chosen).brought
    assert [(each.code, each.path) for each in found.errors] == [("missing", "IKEv2.PPK")]
    assert found.first
    assert mended(whole, validate).brought.errors == []
