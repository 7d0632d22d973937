"""Values are taken out of a document at the places that are named, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.plist.build import property_list
from profiles.plist.document import Document
from profiles.plist.imported.source_form import Kept
from profiles.plist.purging import exactly, purge, repeated
from profiles.plist.reading.read import read
from profiles.plist.templates.declaration import Declaration, Origin, Variable
from tests.plist import wild
from tests.plist.making import TUNNEL_UUID, document, payload
from tests.plist.trees import tree, vpn

HUSH = "hush hush"
RULES = [
    {"Action": "Connect", "SSIDMatch": ["Office", HUSH], "Vendor": HUSH},
    {"Action": "Disconnect", "SSIDMatch": [HUSH]},
]


def whole(**ikev2: Any) -> Document:
    return document(payload({"OnDemandRules": RULES, **ikev2}, unknown={"Vendor": {"a.b": HUSH, "n": 5}}))


def ikev2_without(place: str) -> dict[str, Any]:
    found: dict[str, Any] = purge(whole(), [place]).document.payloads[0].values["IKEv2"]
    return found


def test_a_key_goes_and_all_else_stays() -> None:
    before = whole()
    purged = purge(before, ["office/IKEv2.RemoteAddress"])
    assert [(each.place, each.value) for each in purged.taken] == [
        ("office/IKEv2.RemoteAddress", "vpn.example.com")
    ]
    assert before == whole()
    (part,) = purged.document.payloads
    expected = {k: v for k, v in before.payloads[0].values["IKEv2"].items() if k != "RemoteAddress"}
    assert part.values["IKEv2"] == expected
    assert part.unknown == before.payloads[0].unknown
    assert "vpn.example.com" not in repr(purged.taken)


@pytest.mark.parametrize("part", ["office", TUNNEL_UUID, TUNNEL_UUID.lower()])
def test_a_payload_is_called_by_its_name_or_its_uuid(part: str) -> None:
    assert len(purge(whole(), [f"{part}/IKEv2.RemoteAddress"]).taken) == 1


@pytest.mark.parametrize(
    "place", ["Office/IKEv2.RemoteAddress", "office/IKEv2.Remote", "office/", "office", "", "/"]
)
def test_what_is_not_there_takes_nothing(place: str) -> None:
    purged = purge(whole(), [place])
    assert (purged.document, purged.taken) == (whole(), ())


def test_an_item_goes_and_its_list_closes_up() -> None:
    rules = ikev2_without("office/IKEv2.OnDemandRules[0].SSIDMatch[0]")["OnDemandRules"]
    assert rules == [{**RULES[0], "SSIDMatch": [HUSH]}, RULES[1]]
    assert ikev2_without("office/IKEv2.OnDemandRules[0]")["OnDemandRules"] == [RULES[1]]


def test_every_item_of_a_list_can_be_meant() -> None:
    rules = ikev2_without("office/IKEv2.OnDemandRules[].SSIDMatch")["OnDemandRules"]
    assert rules == [{"Action": "Connect", "Vendor": HUSH}, {"Action": "Disconnect"}]
    assert ikev2_without("office/IKEv2.OnDemandRules[].SSIDMatch[]")["OnDemandRules"][1] == {
        "Action": "Disconnect",
        "SSIDMatch": [],
    }


def test_unknown_keys_and_what_a_file_wrote_otherwise_go_too() -> None:
    made = whole()
    kept = replace(made.payloads[0], kept=Kept(values={"PayloadVersion": {"a": HUSH}}))
    imported = replace(made, payloads=(kept,), kept=Kept(values={"PayloadContent": HUSH}))
    purged = purge(
        imported,
        [r"office/Vendor.a\.b", "office/PayloadVersion.a", "profile/PayloadContent", "profile/Vendor"],
    )
    assert len(purged.taken) == 3
    (part,) = purged.document.payloads
    assert part.unknown == {"Vendor": {"n": 5}}
    assert part.kept == Kept(values={"PayloadVersion": {}})
    assert purged.document.kept == Kept()


def test_defaults_of_variables_and_answers_go_too() -> None:
    variables = (Variable(name="a", default=HUSH), Variable(name="b", default="stays"))
    origin = Origin(template="t", revision=1, title="T", answers={"a": HUSH, "b": "stays"})
    made = replace(whole(), declaration=Declaration(variables=variables), origin=origin)
    purged = purge(made, ["profile/variables.a", "profile/answers.a"]).document
    assert purged.declaration
    assert [variable.default for variable in purged.declaration.variables] == ["", "stays"]
    assert purged.origin
    assert purged.origin.answers == {"b": "stays"}
    assert purge(made, ["profile/variables", "profile/answers"]).document.origin == replace(
        origin, answers={}
    )


def test_only_the_same_values_go_where_that_is_asked_for() -> None:
    one, other = whole(RemoteAddress=HUSH), whole(RemoteAddress="stays")
    gone = exactly(purge(one, ["office/IKEv2.RemoteAddress"]).taken)
    assert len(purge(one, ["office/IKEv2.RemoteAddress"], only=gone).taken) == 1
    assert purge(other, ["office/IKEv2.RemoteAddress"], only=gone).taken == ()


def test_where_else_a_value_stands_is_told() -> None:
    made = whole(SharedSecret=HUSH, AuthName=f"near {HUSH} it", PPK=HUSH.encode())
    purged = purge(made, ["office/IKEv2.SharedSecret"])
    assert {*repeated(purged.document, [each.value for each in purged.taken])} == {
        "office/IKEv2.AuthName",
        "office/IKEv2.OnDemandRules[0].SSIDMatch[1]",
        "office/IKEv2.OnDemandRules[0].Vendor",
        "office/IKEv2.OnDemandRules[1].SSIDMatch[0]",
        r"office/Vendor.a\.b",
    }
    assert repeated(made, [{"a": [HUSH.encode()]}]) == ["office/IKEv2.PPK"]
    assert repeated(made, ["off", 5, ""]) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(given=wild.profiles(), data=st.data())
def test_what_is_purged_is_gone_and_the_rest_is_as_it_was(given: dict[str, Any], data: st.DataObject) -> None:
    made = read(given)
    assert purge(made, []).document == made
    key = data.draw(st.sampled_from([*made.envelope, "PayloadScope"]))
    place = f"profile/{key.replace('.', chr(92) + '.')}"
    purged = purge(made, [place]).document
    assert key not in purged.envelope
    assert replace(purged, envelope=made.envelope, kept=made.kept) == made


def test_a_profile_can_still_be_built() -> None:
    imported = read(tree(vpn({"RemoteAddress": "a", "OnDemandRules": RULES}, Vendor=HUSH)))
    name = imported.payloads[0].name
    purged = purge(imported, [f"{name}/IKEv2.OnDemandRules[]", f"{name}/Vendor"]).document
    assert HUSH not in str(property_list(purged))
