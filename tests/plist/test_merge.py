"""What has changed in a template comes into a profile made from it, and what was changed there stays."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import pytest

from profiles.plist.build import property_list
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.json_values import to_json
from profiles.plist.reading.read import read
from profiles.plist.templates.declaration import Origin, Place
from profiles.plist.templates.merge import Merge, MergeChange, merge
from profiles.plist.validation.repairs import repaired, repairs
from profiles.plist.validation.validate import validate
from tests.plist.exactness import differences
from tests.plist.making import ABSENT, PROFILE_UUID, TUNNEL_UUID, document, in_tunnel, payload, tunnel
from tests.plist.trees import tree, vpn

ORIGIN = Origin(template="t1", revision=2, title="Office")
SECRET = "hunter2"
ONE, TWO, THREE, FOUR = (
    payload(name=name, uuid=f"{name.upper()}-{PROFILE_UUID}") for name in ("one", "two", "three", "four")
)


def content(whole: Document) -> str:
    """A text that differs where anything in a document does, but for its origin."""
    parts = [[part.slug, part.name, part.uuid, part.values, part.unknown] for part in whole.payloads]
    return json.dumps(to_json([whole.uuid, whole.envelope, whole.targets, parts]), sort_keys=True)


def inside(merged: Merge, name: str) -> Any:
    return merged.document.payloads[0].values["IKEv2"].get(name)


def of(base: Any, theirs: Any, mine: Any, name: str = "AuthName", **options: Any) -> Merge:
    """Three tunnels that differ in one key."""
    return merge(*(tunnel({name: value}) for value in (base, theirs, mine)), **options)


def locking(whole: Document, *places: Place) -> Document:
    return replace(whole, origin=replace(ORIGIN, locked=frozenset(places)))


def names(merged: Merge) -> list[str]:
    return [part.name for part in merged.document.payloads]


def told(changes: tuple[MergeChange, ...]) -> list[tuple[str, str, str, str]]:
    """Label, mine, theirs and the side taken."""
    return [(change.label, change.mine, change.theirs, change.taken) for change in changes]


# Keys


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        ("a", "a", "a", "a"),
        ("a", "b", "a", "b"),
        ("a", "a", "c", "c"),
        ("a", "b", "b", "b"),
        ("a", ABSENT, "a", ABSENT),
        ("a", "a", ABSENT, ABSENT),
        (ABSENT, "b", ABSENT, "b"),
        (ABSENT, ABSENT, "c", "c"),
        ("a", ABSENT, ABSENT, ABSENT),
        ("a", "", ABSENT, ABSENT),
        (ABSENT, "b", "", "b"),
    ],
)
def test_what_one_side_changed_is_taken(base: Any, theirs: Any, mine: Any, merged: Any) -> None:
    found = of(base, theirs, mine)
    assert inside(found, "AuthName") == merged
    assert found.conflicts == ()
    assert len(found.changes) == ((merged or "") != (mine or ""))


@pytest.mark.parametrize(
    ("base", "theirs", "mine"), [("a", "b", "c"), (ABSENT, "b", "c"), ("a", ABSENT, "c"), ("a", "b", ABSENT)]
)
def test_what_both_changed_differently_is_a_conflict_that_can_be_decided(
    base: Any, theirs: Any, mine: Any
) -> None:
    choices: dict[Literal["theirs", "mine"] | None, Any] = {None: mine, "mine": mine, "theirs": theirs}
    for choice, taken in choices.items():
        found = of(base, theirs, mine, take={in_tunnel("AuthName"): choice} if choice else {})
        assert inside(found, "AuthName") == taken
        assert found.changes == ()
        (conflict,) = found.conflicts
        assert conflict.place == in_tunnel("AuthName")
        assert conflict.taken == (choice or "mine")


def test_a_conflict_is_told_in_the_words_of_the_form() -> None:
    (conflict,) = of(1280, 1300, 1400, "MTU").conflicts
    assert conflict == MergeChange(
        place=in_tunnel("MTU"),
        payload="office",
        title="IKEv2 VPN",
        label="MTU",
        before="1280 bytes",
        mine="1400 bytes",
        theirs="1300 bytes",
        taken="mine",
    )


def test_values_of_other_types_are_other_values() -> None:
    assert inside(of(1, True, 1, "DisableMOBIKE"), "DisableMOBIKE") is True
    assert len(of(1, True, 1.0, "DisableMOBIKE").conflicts) == 1


def test_a_list_is_one_value() -> None:
    base, theirs, mine = ([{"Action": action}] for action in ("Connect", "Ignore", "Disconnect"))
    found = of(base, theirs, mine, "OnDemandRules")
    assert inside(found, "OnDemandRules") == mine
    assert len(found.conflicts) == 1


def test_keys_are_merged_each_by_itself() -> None:
    found = merge(tunnel(MTU=1280), tunnel(MTU=1300, AuthName="a"), tunnel(MTU=1280, LocalIdentifier="me"))
    assert (inside(found, "MTU"), inside(found, "AuthName"), inside(found, "LocalIdentifier")) == (
        1300,
        "a",
        "me",
    )
    assert [change.label for change in found.changes] == ["MTU", "User name"]
    assert found.conflicts == ()


def test_what_is_asked_for_stays_and_is_not_told() -> None:
    place = in_tunnel("AuthName")
    for mine in ("a", "c", ABSENT):
        found = of("a", "b", mine, asked=[place], take={place: "theirs"})
        assert inside(found, "AuthName") == mine
        assert (found.changes, found.conflicts) == ((), ())


def test_what_the_template_locks_becomes_as_it_is_there() -> None:
    place = in_tunnel("AuthName")
    for base, theirs, mine in (("a", "b", "c"), ("a", "a", "c"), ("a", ABSENT, "c")):
        found = merge(
            tunnel(AuthName=base),
            locking(tunnel(AuthName=theirs), place),
            tunnel(AuthName=mine),
            asked=[place],
            take={place: "mine"},
        )
        assert inside(found, "AuthName") == theirs
        assert told(found.changes) == [("User name", "c", theirs or "not set", "theirs")]
        assert found.conflicts == ()


def test_the_origin_is_that_of_the_template_now() -> None:
    theirs, mine = replace(tunnel(), origin=ORIGIN), replace(tunnel(), origin=replace(ORIGIN, revision=1))
    assert merge(mine, theirs, mine).document.origin == ORIGIN


def test_envelope_and_targets_are_merged_too() -> None:
    base = document(ONE, targets={"iOS": "16.0", "macOS": "13.0"})
    theirs = document(
        ONE, targets={"iOS": "17.0", "macOS": "14.0"}, envelope={"PayloadDisplayName": "Branch", "Odd": 1}
    )
    mine = document(
        ONE, targets={"iOS": "16.0", "macOS": "15.0", "tvOS": "17.0"}, envelope={"PayloadDescription": "Mine"}
    )
    found = merge(base, theirs, mine)
    assert found.document.envelope == {**mine.envelope, "PayloadDisplayName": "Branch", "Odd": 1}
    assert found.document.targets == {"iOS": "17.0", "macOS": "15.0", "tvOS": "17.0"}
    assert told(found.changes) == [
        ("Target iOS", "16.0", "17.0", "theirs"),
        ("Name", "Office VPN", "Branch", "theirs"),
        ("Odd", "not set", "1", "theirs"),
    ]
    assert told(found.conflicts) == [("Target macOS", "15.0", "14.0", "mine")]
    place = found.conflicts[0].place
    assert place == Place("profile", "targets.macOS")
    assert merge(base, theirs, mine, take={place: "theirs"}).document.targets["macOS"] == "14.0"


def test_unknown_keys_are_one_value_and_never_shown() -> None:
    base, theirs, mine = (document(payload(unknown={"Vendor": SECRET + end})) for end in ("", "1", "2"))
    found = merge(base, theirs, base)
    assert found.document.payloads == theirs.payloads
    (conflict,) = merge(base, theirs, mine).conflicts
    assert (conflict.label, conflict.before, conflict.mine, conflict.theirs) == (
        "Unknown keys",
        "a secret",
        "another secret",
        "another secret",
    )


def test_no_text_holds_a_secret() -> None:
    hidden = [
        {"AuthPassword": f"{SECRET}{n}", "PPK": f"{SECRET}{n}".encode(), "Vendor": [f"{SECRET}{n}"]}
        for n in range(3)
    ]
    rules = [{"OnDemandRules": [{"Action": "Connect", "Odd": f"{SECRET}{n}"}]} for n in range(3)]
    base, theirs, mine = (tunnel(one, more) for one, more in zip(hidden, rules, strict=True))
    for found in (merge(base, theirs, mine), merge(base, theirs, base), merge(tunnel(), theirs, mine)):
        assert len(found.changes) + len(found.conflicts) == 4
        assert SECRET not in repr(found)


# Whole payloads


def test_a_payload_that_the_template_added_is_added_where_it_is_there() -> None:
    found = merge(document(ONE, TWO), document(ONE, THREE, TWO), document(ONE, TWO, FOUR))
    assert names(found) == ["one", "three", "two", "four"]
    assert found.changes == (
        MergeChange(
            place=Place(THREE.uuid, ""),
            payload="three",
            title="IKEv2 VPN",
            label="Payload three",
            before="not set",
            mine="not set",
            theirs="IKEv2 VPN",
            taken="theirs",
        ),
    )


def test_a_payload_that_the_template_removed_is_removed() -> None:
    found = merge(document(ONE, TWO), document(TWO), document(ONE, TWO))
    assert names(found) == ["two"]
    assert told(found.changes) == [("Payload one", "IKEv2 VPN", "removed", "theirs")]


def changed(part: PayloadDocument, **ikev2: Any) -> PayloadDocument:
    return replace(part, values={**part.values, "IKEv2": {**part.values["IKEv2"], **ikev2}})


def test_a_payload_that_was_removed_there_and_changed_here_is_a_conflict() -> None:
    place = Place(ONE.uuid, "")
    documents = document(ONE, TWO), document(TWO), document(changed(ONE, MTU=1300), TWO)
    found = merge(*documents)
    assert names(found) == ["two", "one"]
    assert told(found.conflicts) == [("Payload one", "IKEv2 VPN, changed", "removed", "mine")]
    assert found.conflicts[0].place == place
    assert names(merge(*documents, take={place: "theirs"})) == ["two"]


def test_what_was_asked_for_does_not_keep_a_payload_that_the_template_removed() -> None:
    mine = document(changed(ONE, AuthName="alice"), TWO)
    found = merge(document(ONE, TWO), document(TWO), mine, asked=[in_tunnel("AuthName", ONE.uuid)])
    assert names(found) == ["two"]
    assert told(found.changes) == [("Payload one", "IKEv2 VPN, changed", "removed", "theirs")]


def test_a_payload_that_was_removed_here_stays_gone() -> None:
    found = merge(document(ONE, TWO), document(ONE, changed(TWO, MTU=1300)), document(TWO))
    assert names(found) == ["two"]
    assert [change.label for change in found.changes] == ["MTU"]
    assert found.conflicts == ()


def test_a_payload_that_was_removed_here_and_changed_there_is_a_conflict() -> None:
    place = Place(ONE.uuid, "")
    documents = document(ONE, TWO), document(changed(ONE, MTU=1300), TWO), document(TWO)
    found = merge(*documents)
    assert names(found) == ["two"]
    assert told(found.conflicts) == [("Payload one", "removed", "IKEv2 VPN, changed", "mine")]
    restored = merge(*documents, take={place: "theirs"})
    assert names(restored) == ["one", "two"]
    assert inside(restored, "MTU") == 1300


def test_a_payload_with_a_locked_key_comes_back() -> None:
    theirs = locking(document(ONE, TWO), in_tunnel("MTU", ONE.uuid))
    found = merge(document(ONE, TWO), theirs, document(TWO), take={Place(ONE.uuid, ""): "mine"})
    assert names(found) == ["one", "two"]
    assert told(found.changes) == [("Payload one", "removed", "IKEv2 VPN", "theirs")]


def test_a_payload_that_became_one_of_another_type_is_one_value() -> None:
    other = PayloadDocument(slug="certificate", name="one", uuid=ONE.uuid, values={"PayloadContent": b"x"})
    assert merge(document(ONE), document(other), document(ONE)).document.payloads == (other,)
    mine = changed(ONE, MTU=1300)
    found = merge(document(ONE), document(other), document(mine))
    assert found.document.payloads == (mine,)
    assert [conflict.place for conflict in found.conflicts] == [Place(ONE.uuid, "")]


@pytest.mark.parametrize(
    ("theirs", "mine", "merged"),
    [
        ((ONE, TWO, THREE), (THREE, FOUR, ONE, TWO), ["three", "four", "one", "two"]),
        ((TWO, ONE, THREE), (ONE, FOUR, TWO, THREE), ["two", "one", "three", "four"]),
        ((TWO, ONE, THREE), (THREE, TWO, ONE), ["two", "one", "three"]),
    ],
)
def test_the_order_is_that_of_the_template_where_it_changed_there(
    theirs: tuple[PayloadDocument, ...], mine: tuple[PayloadDocument, ...], merged: list[str]
) -> None:
    assert names(merge(document(ONE, TWO, THREE), document(*theirs), document(*mine))) == merged


def test_payloads_that_change_places_are_told() -> None:
    base, theirs = document(ONE, TWO), document(TWO, ONE)
    (change,) = merge(base, theirs, base).changes
    assert (change.place, change.label) == (Place("profile", ".order"), "Order of payloads")
    assert (change.mine, change.theirs) == ("one, two", "two, one")


def test_a_name_is_merged_and_stays_unique() -> None:
    base = document(ONE, TWO)
    theirs = document(replace(ONE, name="office"), TWO)
    mine = document(ONE, replace(TWO, name="office"), replace(THREE, name="office 2"))
    found = merge(base, theirs, mine)
    assert names(found) == ["office", "office 2", "office 2 2"]
    assert told(found.changes) == [("Payload name", "one", "office", "theirs")]


def test_a_uuid_is_the_same_in_any_case() -> None:
    mine = document(replace(payload(), uuid=TUNNEL_UUID.lower()))
    found = merge(tunnel(), tunnel(MTU=1300), mine)
    assert inside(found, "MTU") == 1300
    assert [part.uuid for part in found.document.payloads] == [TUNNEL_UUID.lower()]


# Whatever the documents


VALUES: Mapping[str, list[Any]] = {
    "AuthName": ["a", "b", "", None, ABSENT],
    "MTU": [1280, 1300, 1300.0, True],
    "OnDemandRules": [[], [{"Action": "Connect"}], [{"Action": "Ignore", "Odd": {}}], None],
    "PPK": [b"", b"x", b"y"],
    "Odd.Key": [{}, {"a": None}, {"a": [1]}, "text"],
    "ChildSecurityAssociationParameters": [{}, {"LifeTimeInMinutes": 10}, "wrong"],
}


def some(chance: random.Random) -> Document:
    """Any document of up to four payloads."""
    parts = []
    for part in chance.sample([ONE, TWO, THREE, FOUR], chance.randint(0, 4)):
        ikev2 = {name: chance.choice(values) for name, values in VALUES.items() if chance.random() < 0.5}
        values = {"UserDefinedName": "x", "IKEv2": ikev2 if chance.random() < 0.9 else "wrong"}
        unknown: dict[str, Any] = {"Vendor": chance.choice([1, {}, None])} if chance.random() < 0.3 else {}
        name = f"{part.name} new" if chance.random() < 0.2 else part.name
        parts.append(replace(part, name=name, values=values, unknown=unknown))
    targets = {name: chance.choice(["16.0", "17.0"]) for name in ("iOS", "macOS") if chance.random() < 0.5}
    envelope = {"PayloadDisplayName": chance.choice(["a", "b", None])}
    return document(*parts, targets=targets, envelope=envelope)


SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_where_the_template_did_not_change_the_profile_does_not(seed: int) -> None:
    chance = random.Random(seed)
    base, mine = some(chance), some(chance)
    found = merge(base, base, mine)
    assert content(found.document) == content(mine)
    assert (found.changes, found.conflicts) == ((), ())


@pytest.mark.parametrize("seed", SEEDS)
def test_where_the_profile_did_not_change_it_becomes_what_the_template_is(seed: int) -> None:
    chance = random.Random(seed)
    base, theirs = some(chance), some(chance)
    found = merge(base, replace(theirs, origin=ORIGIN), base)
    assert content(found.document) == content(theirs)
    assert found.document.origin == ORIGIN
    assert found.conflicts == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_where_both_changed_alike_nothing_changes(seed: int) -> None:
    chance = random.Random(seed)
    base, mine = some(chance), some(chance)
    found = merge(base, mine, mine)
    assert content(found.document) == content(mine)
    assert (found.changes, found.conflicts) == ((), ())


@pytest.mark.parametrize("seed", SEEDS)
def test_conflicts_can_all_be_decided_for_one_side_or_the_other(seed: int) -> None:
    chance = random.Random(seed)
    base, theirs, mine = some(chance), some(chance), some(chance)
    found = merge(base, theirs, mine)
    take: dict[Place, Literal["theirs", "mine"]] = {conflict.place: "theirs" for conflict in found.conflicts}
    assert len(take) == len(found.conflicts)
    decided = merge(base, theirs, mine, take=take)
    assert [conflict.place for conflict in decided.conflicts] == [*take]
    assert all(conflict.taken == "theirs" for conflict in decided.conflicts)
    again = merge(theirs, theirs, decided.document)
    assert content(again.document) == content(decided.document)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_second_update_to_the_same_template_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    base, theirs, mine = some(chance), some(chance), some(chance)
    once = merge(base, theirs, mine).document
    twice = merge(theirs, theirs, once)
    assert content(twice.document) == content(once)
    assert len({part.name for part in once.payloads}) == len(once.payloads)


def test_what_the_template_puts_right_comes_into_its_profiles() -> None:
    base = read(tree(vpn({"RemoteAddress": "a"}, PayloadVersion=1.0), PayloadVersion=True))
    offered = [each for each in repairs(base, validate(base)) if each.path == "PayloadVersion"]
    theirs = repaired(base, offered, [each.id for each in offered])
    found = merge(base, theirs, base)
    assert differences(property_list(found.document), property_list(theirs)) == []
    told = [(each.label, each.mine, each.theirs) for each in found.changes]
    assert told == [("Written as in a file", "PayloadVersion", "exactly")] * 2
    assert merge(base, theirs, found.document).changes == ()
    assert merge(base, base, theirs).document == theirs
