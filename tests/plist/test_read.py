"""What is read from a property list is written again type by type, whatever is in it."""

from __future__ import annotations

import plistlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from profiles.catalogue import registry
from profiles.exceptions import UnreadableProfileError
from profiles.plist.build import build, property_list
from profiles.plist.document import Document, is_uuid
from profiles.plist.reading.budget import MAX_PAYLOADS
from profiles.plist.reading.load import load
from profiles.plist.reading.read import read
from profiles.plist.validation.validate import validate
from profiles.plist.xml_writer import dump
from tests.plist import wild
from tests.plist.exactness import losses
from tests.plist.making import document, payload
from tests.plist.trees import identity, tree, vpn


def comes_back(given: dict[str, Any]) -> Document:
    """The document of a property list, once it was written again exactly so."""
    found = read(load(dump(given)).value)
    assert losses(plistlib.loads(build(found)), given) == []
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles())
def test_whatever_is_in_a_profile_is_written_again_type_by_type(given: dict[str, Any]) -> None:
    found = read(given)
    assert losses(property_list(found), given) == []
    validate(found)
    again = build(found)
    assert losses(load(again).value, given) == []
    assert build(read(load(again).value)) == again


@settings(max_examples=100, deadline=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles())
def test_each_payload_has_a_name_and_a_uuid_of_its_own(given: dict[str, Any]) -> None:
    found = read(given)
    uuids = [found.uuid.upper(), *(part.uuid.upper() for part in found.payloads)]
    names = ["profile", *(part.name for part in found.payloads)]
    assert all(map(is_uuid, uuids))
    assert len({*uuids}) == len(uuids)
    assert len({*names}) == len(names)
    assert read(given) == found


@pytest.mark.parametrize("slug", [*registry.payloads()])
def test_a_profile_of_this_designer_is_read_as_it_was_made(slug: str) -> None:
    declared = registry.payload(slug)
    for example in declared.examples:
        part = payload(uuid="11111111-2222-3333-4444-555555555555")
        made = document(type(part)(slug=slug, name=slug, uuid=part.uuid, values=example.values))
        found = comes_back(property_list(made))
        assert build(found) == build(made)
        assert found.kept is None
        assert slug == "other" or found.payloads[0].kept is None


def test_a_type_that_the_catalogue_does_not_know_keeps_its_keys_in_their_order() -> None:
    wifi = {
        "SSID_STR": "Example",
        "PayloadType": "com.apple.wifi.managed",
        "AutoJoin": True,
        "PayloadUUID": "11111111-2222-3333-4444-555555555555",
        "EAPClientConfiguration": {"UserName": "a", "AcceptEAPTypes": [25, 13]},
    }
    found = comes_back(tree(wifi))
    (part,) = found.payloads
    assert (part.slug, part.name) == ("other", "com.apple.wifi.managed")
    written = plistlib.loads(build(found))["PayloadContent"][0]
    assert [*written] == [*wifi]
    assert [*written["EAPClientConfiguration"]] == ["UserName", "AcceptEAPTypes"]


def test_a_vpn_of_another_kind_is_kept_as_a_type_that_nobody_knows() -> None:
    (part,) = comes_back(tree(vpn(None, VPNType="L2TP", PPP={"AuthName": "a"}))).payloads
    assert (part.slug, part.values["PayloadType"]) == ("other", "com.apple.vpn.managed")


def test_unknown_keys_stay_where_they_stood() -> None:
    given = tree(
        vpn({"RemoteAddress": "a", "Vendor": {"z": 1, "a": 2.0}}, OnDemandRules=[{"Action": "Connect"}])
    )
    found = comes_back(given | {"Company": {"b": 1, "a": [True]}})
    assert found.payloads[0].unknown == {"OnDemandRules": [{"Action": "Connect"}]}
    codes = {(problem.payload, problem.path, problem.code, problem.severity) for problem in validate(found)}
    for place in [("profile", "Company"), ("vpn-ikev2", "IKEv2.Vendor")]:
        assert (*place, "unknown-key", "warning") in codes
    assert ("vpn-ikev2", "OnDemandRules", "misplaced-key", "warning") in codes


def test_what_was_meant_is_judged_and_what_is_written_is_told() -> None:
    found = comes_back(
        tree(vpn({"DisconnectOnIdle": True, "DisconnectOnIdleTimer": "300", "NATKeepAliveInterval": ""}))
    )
    told = {(problem.path, problem.code) for problem in validate(found)}
    assert ("IKEv2.DisconnectOnIdle", "other-type") in told
    assert ("IKEv2.DisconnectOnIdleTimer", "wrong-type") in told
    assert ("IKEv2.DisconnectOnIdleTimer", "ignored") not in told
    assert ("IKEv2.NATKeepAliveInterval", "empty") in told
    assert ("IKEv2.LocalIdentifier", "left-out") in told
    # Devices take it as 0, and files in wide use leave it out.
    assert "IKEv2.ExtendedAuthEnabled" not in {path for path, _ in told}


def test_an_empty_value_is_told_by_its_type_and_an_empty_item_by_its_list() -> None:
    rules = [{"Action": "Connect", "SSIDMatch": ["Home", ""]}]
    given = tree(vpn({"NATKeepAliveInterval": "", "AuthName": "", "OnDemandRules": rules}))
    told = {(p.severity.value, p.path, p.code) for p in validate(read(given)) if p.code.startswith("empty")}
    assert told == {
        ("warning", "IKEv2.NATKeepAliveInterval", "empty"),
        ("advice", "IKEv2.AuthName", "empty"),
        ("warning", "IKEv2.OnDemandRules[0].SSIDMatch[1]", "empty-item"),
    }


@pytest.mark.parametrize("inside", ["text", 7, []], ids=["text", "number", "list"])
def test_where_no_dictionary_stands_nothing_is_left_out_of_it(inside: Any) -> None:
    found = validate(read(tree(vpn(inside))))
    assert ("IKEv2", "wrong-type") in {(problem.path, problem.code) for problem in found}
    assert "left-out" not in {problem.code for problem in found}


def test_a_reference_to_a_uuid_that_is_none_leads_to_its_payload() -> None:
    found = comes_back(tree(vpn({"PayloadCertificateUUID": "my-identity"}), identity()))
    assert "dangling-reference" not in {problem.code for problem in validate(found)}


@pytest.mark.parametrize(
    "content",
    [None, {"URL": "https://example.com"}, b"encrypted", "text"],
    ids=["none", "keys", "data", "text"],
)
def test_a_profile_without_payloads_is_read(content: Any) -> None:
    assert comes_back(tree(PayloadContent=content)).payloads == ()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([1], "no keys at its top"),
        ("text", "no keys at its top"),
        ({"a": 1}, "no PayloadContent"),
        ({"PayloadType": "com.apple.wifi.managed"}, "a single payload (com.apple.wifi.managed)"),
        ({"PayloadContent": [{}, "a"]}, "PayloadContent[1] is no payload"),
    ],
    ids=["list", "text", "other keys", "single payload", "odd payload"],
)
def test_what_is_no_profile_is_refused_in_a_sentence(given: Any, sentence: str) -> None:
    with pytest.raises(UnreadableProfileError, match=r"[.]$") as refusal:
        read(given)
    assert sentence in str(refusal.value)


def test_a_uuid_that_is_made_for_one_payload_is_of_no_other() -> None:
    bare, other = {"PayloadType": "a"}, {"PayloadType": "b"}
    for place, uuid in ((0, str.lower), (1, str.upper)):
        made = read(tree(bare, bare)).payloads[place].uuid
        whole = [bare, bare]
        whole[1 - place] = {**other, "PayloadUUID": uuid(made)}
        first, second = comes_back(tree(*whole)).payloads
        assert first.uuid.upper() != second.uuid.upper()


def test_more_payloads_than_a_profile_can_have_are_refused() -> None:
    assert len(read(tree(*([{}] * MAX_PAYLOADS))).payloads) == MAX_PAYLOADS
    with pytest.raises(UnreadableProfileError, match="at most 500 can be read"):
        read(tree(*([{}] * (MAX_PAYLOADS + 1))))


def test_a_dot_in_an_unknown_name_makes_it_no_path() -> None:
    path = "IKESecurityAssociationParameters.EncryptionAlgorithm"
    comes_back(tree(vpn({"RemoteAddress": "a", "Zed": 1, path: 2, "Another": 3})))
