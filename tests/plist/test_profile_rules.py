"""Rules over a profile as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from profiles.catalogue.evidence import Evidence
from profiles.catalogue.fixes import REMOVED, Change
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.reading.read import read
from profiles.plist.validation.validate import validate
from tests.plist.making import document, payload, told
from tests.plist.trees import WIFI, tree, vpn

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CONNECTING = {
    "AuthName": "alice",
    "AuthPassword": "p",
    "OnDemandEnabled": 1,
    "OnDemandRules": [{"Action": "Connect"}],
}


def read_codes(given: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Severity, path and code of the problems of a file."""
    return {(p.severity.value, p.path, p.code) for p in validate(read(given))}


def second(ikev2: dict[str, Any] | None = None, **top: Any) -> PayloadDocument:
    """A second tunnel of the same profile."""
    return payload(ikev2, name="branch", uuid="11111111-2222-3333-4444-555555555555", top=top)


@pytest.mark.parametrize("kind", ["Configuratio", "com.apple.vpn.managed", 1])
def test_a_profile_of_another_type_is_none(kind: object) -> None:
    assert ("error", "PayloadType", "envelope-type") in read_codes(tree(vpn({}), PayloadType=kind))


@pytest.mark.parametrize("content", ["text", {"a": 1}, b"data"])
def test_payloads_stand_in_an_array(content: object) -> None:
    found = read_codes(tree(PayloadContent=content))
    assert ("error", "PayloadContent", "content-malformed") in found
    assert "no-payload" not in {code for _, _, code in found}


def test_a_profile_without_payload_content_is_told_to_have_no_payload_and_no_more() -> None:
    found = read_codes({name: value for name, value in tree().items() if name != "PayloadContent"})
    assert [each for each in found if each[0] != "advice"] == [("warning", "", "no-payload")]


def test_an_encrypted_profile_is_told_as_that() -> None:
    given = {**tree(PayloadContent=None), "IsEncrypted": True, "EncryptedPayloadContent": b"\x30\x80"}
    assert read_codes(given) == {("warning", "EncryptedPayloadContent", "encrypted-profile")}


@pytest.mark.parametrize("key", ["HasRemovalPasscode", "IsEncrypted"])
def test_keys_that_apple_documents_are_known(key: str) -> None:
    assert told(document(payload(), envelope={key: False})) == []


def test_the_profile_may_be_called_as_its_own_payload_is() -> None:
    uuid = "0B5E1C1A-8B0D-4B53-9E36-1B9B7F3C2D10"
    own = {**WIFI, "PayloadUUID": uuid, "PayloadIdentifier": "com.example.vpn"}
    assert {code for _, _, code in read_codes(tree(own))} == {"unknown-type"}


@pytest.mark.parametrize(
    ("key", "code"), [("PayloadUUID", "duplicate-uuid"), ("PayloadIdentifier", "duplicate-identifier")]
)
def test_two_payloads_may_not_be_called_the_same(key: str, code: str) -> None:
    given = tree(WIFI, {**vpn({}), key: WIFI[key]})
    (problem,) = [p for p in validate(read(given)) if p.code == code]
    assert problem.message.startswith(f"2 payloads share the {key} ")
    assert problem.fix is not None


def test_a_payload_uuid_that_is_no_uuid_is_fine_for_devices() -> None:
    assert ("advice", "PayloadUUID", "no-uuid") in read_codes(tree({**WIFI, "PayloadUUID": "wifi"}))


def test_one_vpn_connects_on_demand() -> None:
    both = document(payload(CONNECTING), second(CONNECTING, UserDefinedName="Branch"))
    assert [(p.payload, p.path, p.code) for p in validate(both)] == [
        ("branch", "IKEv2.OnDemandEnabled", "several-on-demand")
    ]
    never = {**CONNECTING, "OnDemandRules": [{"Action": "Disconnect"}]}
    assert told(document(payload(CONNECTING), second(never, UserDefinedName="Branch"))) == []
    assert (
        told(document(payload(CONNECTING), second({**CONNECTING, "OnDemandEnabled": 0}, UserDefinedName="B")))
        == []
    )


def test_two_vpns_have_two_names() -> None:
    assert told(document(payload(), second())) == [("advice", "UserDefinedName", "same-names")]
    assert told(document(payload(), second(UserDefinedName="Branch"))) == []


def test_there_is_room_for_one_always_on_vpn() -> None:
    def always_on(name: str, uuid: str) -> PayloadDocument:
        return PayloadDocument(slug="vpn-always-on", name=name, uuid=uuid, values={"UserDefinedName": name})

    one = always_on("one", "11111111-2222-3333-4444-555555555551")
    other = always_on("other", "11111111-2222-3333-4444-555555555552")
    assert ("error", "", "several-always-on") in told(document(one, other))
    assert ("error", "", "several-always-on") not in told(document(one))


def at(whole: Document, moment: datetime | None) -> list[tuple[str, str, str]]:
    """The problems of a document at a time."""
    return [(p.severity.value, p.path, p.code) for p in validate(whole, Evidence(at=moment))]


@pytest.mark.parametrize("key", ["RemovalDate", "PayloadExpirationDate"])
def test_an_end_in_the_past_is_told(key: str) -> None:
    def ending(moment: datetime) -> Document:
        return document(payload(), envelope={key: moment.replace(tzinfo=None)})

    assert at(ending(datetime(2025, 1, 1, tzinfo=UTC)), NOW) == [("warning", key, "date-passed")]
    assert at(ending(datetime(2027, 1, 1, tzinfo=UTC)), NOW) == []
    assert at(ending(datetime(2025, 1, 1, tzinfo=UTC)), None) == []


def test_one_end_is_enough() -> None:
    ends = {"RemovalDate": datetime(2027, 1, 1), "DurationUntilRemoval": 600.0}  # noqa: DTZ001 — as a property list has it
    assert told(document(payload(), envelope=ends)) == [("advice", "DurationUntilRemoval", "removal-twice")]


def of_type(kind: str, **unknown: Any) -> Document:
    """A profile with a payload that was given as one of any type."""
    part = PayloadDocument(
        slug="other",
        name="o",
        uuid="11111111-2222-3333-4444-555555555555",
        values={"PayloadType": kind},
        unknown=unknown,
    )
    return document(part)


def test_a_known_type_does_not_evade_its_checks() -> None:
    whole = of_type("com.apple.vpn.managed", VPNType="IKEv2", UserDefinedName="u", IKEv2={"MTU": 1})
    found = told(whole)
    assert ("error", "IKEv2.MTU", "too-small") in found
    assert ("error", "IKEv2.RemoteAddress", "missing") in found
    assert ("advice", "PayloadType", "known-type") in found
    assert "unknown-type" not in {code for _, _, code in found}


def test_of_a_payload_that_nobody_knows_only_what_cannot_be_written_is_told() -> None:
    found = told(of_type("com.example.settings", Fine="x", Wrong="a\x00b"))
    assert [(severity, path) for severity, path, _ in found] == [
        ("error", "Wrong"),
        ("advice", "PayloadType"),
    ]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"VPNType": "L2TP"}, "This payload is for an L2TP VPN"),
        ({"VPNType": "IPSec"}, "This payload is for a Cisco IPsec VPN"),
        ({"VPNType": "VPN"}, "This payload is for the VPN of an app"),
    ],
)
def test_other_kinds_of_vpn_are_called_what_they_are(values: dict[str, Any], sentence: str) -> None:
    (problem,) = validate(of_type("com.apple.vpn.managed", **values))
    assert (problem.severity.value, problem.code) == ("advice", "unknown-type")
    assert problem.message.startswith(sentence)


def test_the_per_app_vpn_is_known_to_apple() -> None:
    (problem,) = validate(of_type("com.apple.vpn.managed.applayer", VPNType="IKEv2"))
    assert problem.message == (
        "This payload is Apple's per-app VPN (com.apple.vpn.managed.applayer): it is kept as it is, and nothing in it "
        "is judged."
    )


def test_a_type_in_other_letters_is_judged_as_what_it_was_meant_to_be() -> None:
    whole = of_type("com.apple.VPN.managed", VPNType="IKEv2", UserDefinedName="u", IKEv2={"MTU": 1})
    found = told(whole)
    assert ("error", "IKEv2.MTU", "too-small") in found
    assert ("error", "IKEv2.RemoteAddress", "missing") in found
    assert {code for _, path, code in found if path == "PayloadType"} == {"payload-type"}
    (fix,) = (problem.fix for problem in validate(whole) if problem.code == "payload-type")
    assert fix is not None
    assert fix.changes == (Change("PayloadType", "com.apple.VPN.managed", "com.apple.vpn.managed"),)


def test_the_letters_of_a_type_are_told_of_a_certificate_too() -> None:
    found = told(of_type("com.apple.security.ROOT", PayloadContent=b"x"))
    assert {code for _, path, code in found if path == "PayloadType"} == {"payload-type"}
    assert "unknown-type" not in {code for _, _, code in found}


def test_the_kind_of_a_vpn_says_nothing_of_a_payload_of_another_type() -> None:
    (problem,) = validate(of_type("com.example.settings", VPNType="L2TP"))
    assert problem.code == "unknown-type"
    assert "com.example.settings" in problem.message


@pytest.mark.parametrize("name", ["IPSec", "PPP", "VPN", "VendorConfig", "TransparentProxy"])
def test_the_dictionary_of_another_kind_of_vpn_does_nothing_beside_a_tunnel(name: str) -> None:
    inside = {"RemoteAddress": "vpn.example.com"}
    (found,) = validate(document(replace(payload(), unknown={name: inside})))
    assert (found.severity.value, found.path, found.code) == ("advice", name, "no-effect-key")
    assert found.fix is not None
    assert found.fix.changes == (Change(name, inside, REMOVED),)


@pytest.mark.parametrize("values", [{"VPNType": "OpenVPN"}, {}])
def test_a_kind_of_vpn_that_nobody_knows_is_an_error(values: dict[str, Any]) -> None:
    assert ("error", "VPNType", "vpn-type") in told(of_type("com.apple.vpn.managed", **values))


def test_a_vpn_whose_type_is_written_wrong_is_judged_all_the_same() -> None:
    whole = of_type("com.apple.vpn.managed", VPNType="ikev2", UserDefinedName="u", IKEv2={"MTU": 1})
    found = told(whole)
    assert ("error", "IKEv2.MTU", "too-small") in found
    assert ("error", "VPNType", "vpn-type") in found
    assert "known-type" not in {code for _, _, code in found}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [({"VPNType": "ikev2"}, "VPNType is not IKEv2"), ({}, "VPNType is missing")],
    ids=["in other letters", "missing"],
)
def test_a_type_that_is_missing_is_told_apart_from_one_that_is_wrong(
    values: dict[str, Any], wrong: str
) -> None:
    whole = of_type("com.apple.vpn.managed", UserDefinedName="u", IKEv2={"MTU": 1280}, **values)
    (found,) = (problem for problem in validate(whole) if problem.code == "vpn-type")
    assert found.message.startswith(wrong)


def test_the_same_key_gets_the_same_verdict_whoever_wrote_the_payload() -> None:
    rules = [{"Action": "Connect", "Vendor": 1}]
    ours = told(document(payload({"OnDemandEnabled": 1, "OnDemandRules": rules})))
    kept = replace(payload(), unknown={})
    theirs = read(tree(vpn({**kept.values["IKEv2"], "OnDemandEnabled": 1, "OnDemandRules": rules})))
    assert ("warning", "IKEv2.OnDemandRules[0].Vendor", "unknown-key") in ours
    assert ("warning", "IKEv2.OnDemandRules[0].Vendor", "unknown-key") in {
        (p.severity.value, p.path, p.code) for p in validate(theirs)
    }


@pytest.mark.parametrize("key", ["PayloadUUID", "PayloadIdentifier"])
def test_an_empty_name_weighs_as_much_as_none_and_less_than_what_is_no_text(key: str) -> None:
    severities = []
    for value in ("", " ", None, 5):
        part = {name: each for name, each in {**vpn({}), key: value}.items() if each is not None}
        severities.append([severity for severity, path, _ in read_codes(tree(part)) if path == key])
    assert severities == [["warning"], ["warning"], ["warning"], ["error"]]


def test_a_profile_without_a_type_is_as_little_one_as_with_another() -> None:
    without = {name: value for name, value in tree(vpn({})).items() if name != "PayloadType"}
    found = [(severity, code) for severity, path, code in read_codes(without) if path == "PayloadType"]
    assert found == [("error", "envelope-type")]


def test_a_payload_without_a_type_is_told_once() -> None:
    for part in ({**vpn({}), "PayloadType": ""}, {k: v for k, v in vpn({}).items() if k != "PayloadType"}):
        found = [(severity, code) for severity, path, code in read_codes(tree(part)) if path == "PayloadType"]
        assert found == [("error", "missing")]
