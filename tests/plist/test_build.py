"""The property list of a document: minimal, type-exact, the same for the same document, and readable by others."""

from __future__ import annotations

import plistlib
import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.parsers import expat

import pytest

from profiles.exceptions import BuildError
from profiles.plist.build import build
from profiles.plist.document import Document, PayloadDocument
from tests.plist.exactness import differences
from tests.plist.making import (
    ABSENT,
    PROFILE_UUID,
    TUNNEL,
    TUNNEL_UUID,
    document,
    payload,
    tunnel,
)

EVERYTHING: dict[str, Any] = {
    "AuthName": "alice",
    "MTU": 1300,
    "DisableMOBIKE": 0,
    "PPK": b"\x00\xff<&>",
    "PPKIdentifier": "1",
    "OnDemandEnabled": 1,
    "OnDemandRules": [{"Action": "Disconnect", "SSIDMatch": ["1", "true"]}, {"Action": "Connect"}],
    "IKESecurityAssociationParameters": {"DiffieHellmanGroup": 20, "PostQuantumKeyExchangeMethods": [36, 0]},
}
UNICODE = [
    "ü",
    "日本語",
    "😀👩‍👩‍👧",
    "\U0010fffd",
    "\u202eרtl",
    "e\u0301",
    "\u00a0",
    "\x7f\x85",
    "\u2028",
    "\ufdd0",
]
MARKUP = [
    "&<>\"'",
    "]]>",
    "<!--",
    "<?x?>",
    "&amp;",
    "&#0;",
    "<![CDATA[x]]>",
    "</string>",
    " x ",
    "\t",
    "a\nb\n\n",
]


def load(whole: Document) -> dict[str, Any]:
    loaded: dict[str, Any] = plistlib.loads(build(whole), fmt=plistlib.FMT_XML)
    return loaded


def built(**ikev2: Any) -> dict[str, Any]:
    """The dictionary IKEv2 as a device would read it."""
    found: dict[str, Any] = load(tunnel(ikev2))["PayloadContent"][0]["IKEv2"]
    return found


def test_every_value_comes_back_with_its_exact_type() -> None:
    assert differences(built(**EVERYTHING), {**TUNNEL, **EVERYTHING, "LocalIdentifier": ""}) == []


def test_the_envelope_comes_back_with_its_exact_types() -> None:
    values = {
        "PayloadRemovalDisallowed": False,
        "DurationUntilRemoval": 604800.0,
        "RemovalDate": datetime(2027, 1, 31, 12, 0, 1),  # noqa: DTZ001 — as property lists have it
        "TargetDeviceType": 0,
        "ConsentText": {"default": "Agree", "de": "Zustimmen"},
    }
    loaded = load(document(payload(), envelope=values))
    assert differences({name: loaded[name] for name in values}, values) == []


def test_the_profile_says_what_it_is() -> None:
    loaded = load(tunnel())
    assert {name: value for name, value in loaded.items() if name != "PayloadContent"} == {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadUUID": PROFILE_UUID,
        "PayloadIdentifier": "com.example.vpn",
        "PayloadDisplayName": "Office VPN",
    }
    assert type(loaded["PayloadVersion"]) is int


def test_the_payload_says_what_it_is() -> None:
    (part,) = load(tunnel())["PayloadContent"]
    assert {name: value for name, value in part.items() if name != "IKEv2"} == {
        "PayloadType": "com.apple.vpn.managed",
        "PayloadVersion": 1,
        "PayloadUUID": TUNNEL_UUID,
        "PayloadIdentifier": f"com.example.vpn.vpn-ikev2.{TUNNEL_UUID}",
        "VPNType": "IKEv2",
        "UserDefinedName": "Office",
    }


def test_what_is_not_set_is_not_written() -> None:
    assert built(AuthName="", PPK=b"", OnDemandRules=[], ChildSecurityAssociationParameters={}, MTU=None) == {
        **TUNNEL,
        "LocalIdentifier": "",
    }


def test_zero_and_false_are_set() -> None:
    assert built(DisableMOBIKE=0)["DisableMOBIKE"] == 0
    assert (
        load(document(payload(), envelope={"PayloadRemovalDisallowed": False}))["PayloadRemovalDisallowed"]
        is False
    )


def test_extended_authentication_is_always_written() -> None:
    inside = built(AuthenticationMethod="SharedSecret", SharedSecret="s", ExtendedAuthEnabled=ABSENT)
    assert (inside["ExtendedAuthEnabled"], type(inside["ExtendedAuthEnabled"])) == (0, int)
    assert built(ExtendedAuthEnabled=1)["ExtendedAuthEnabled"] == 1


def test_the_local_identifier_is_always_written() -> None:
    assert built()["LocalIdentifier"] == ""
    assert built(LocalIdentifier="alice")["LocalIdentifier"] == "alice"


def test_a_blank_tunnel_is_written_with_what_is_always_there() -> None:
    blank = PayloadDocument(slug="vpn-ikev2", name="blank", uuid=TUNNEL_UUID, values={})
    assert load(document(blank))["PayloadContent"][0]["IKEv2"] == {
        "ExtendedAuthEnabled": 0,
        "LocalIdentifier": "",
    }


def test_unknown_keys_are_written_as_they_came_but_never_in_the_place_of_known_ones() -> None:
    unknown = {
        "VendorConfig": {"Token": "x", "Empty": "", "Real": 1.0},
        "PayloadUUID": "x",
        "VPNType": "L2TP",
    }
    (part,) = load(document(payload(unknown=unknown)))["PayloadContent"]
    assert differences(part["VendorConfig"], unknown["VendorConfig"]) == []
    assert (part["PayloadUUID"], part["VPNType"]) == (TUNNEL_UUID, "IKEv2")


def test_payloads_keep_their_order() -> None:
    parts = [payload(name=name, uuid=f"{name}-uuid") for name in ("b", "a", "c")]
    assert [part["PayloadUUID"] for part in load(document(*parts))["PayloadContent"]] == [
        "b-uuid",
        "a-uuid",
        "c-uuid",
    ]


def test_keys_are_sorted_in_every_dictionary() -> None:
    def check(value: Any) -> None:
        if isinstance(value, dict):
            assert list(value) == sorted(value)
            value = list(value.values())
        for inner in value if isinstance(value, list) else []:
            check(inner)

    check(load(tunnel(EVERYTHING)))


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same value with the keys of each dictionary in another order."""
    if isinstance(value, Mapping):
        names = list(value)
        chance.shuffle(names)
        return {name: shuffled(value[name], chance) for name in names}
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def test_equal_documents_give_the_same_bytes_whatever_the_order_of_their_known_keys() -> None:
    chance = random.Random(20)
    envelope = {"PayloadOrganization": "Example", "ConsentText": {"default": "a", "en": "b", "de": "c"}}
    unknown = {"Vendor": {"b": 1, "a": {"d": 1, "c": 2}}, "Another": 1}
    first = build(document(payload(EVERYTHING, unknown=unknown), envelope=envelope))
    for _ in range(50):
        # Of what nobody knows, the order may mean something.
        part = payload(shuffled(EVERYTHING, chance), unknown=unknown)
        again = PayloadDocument(
            slug=part.slug,
            name=part.name,
            uuid=part.uuid,
            values=shuffled(part.values, chance),
            unknown=part.unknown,
        )
        assert build(document(again, envelope=shuffled(envelope, chance))) == first


@pytest.mark.parametrize("text", UNICODE + MARKUP)
@pytest.mark.parametrize("name", ["AuthName", "AuthPassword", "SharedSecret"])
def test_any_text_survives_in_names_and_secrets(name: str, text: str) -> None:
    assert built(**{name: f"a{text}z"})[name] == f"a{text}z"
    assert built(**{name: text})[name] == text


def test_random_text_survives() -> None:
    chance = random.Random(5)
    for _ in range(200):
        code_points = (
            chance.choice([chance.randrange(0x20, 0xD800), chance.randrange(0xE000, 0x110000)])
            for _ in range(40)
        )
        text = "".join(chr(point) for point in code_points if point & 0xFFFE != 0xFFFE)
        assert built(AuthPassword=text)["AuthPassword"] == text


def test_another_xml_parser_reads_the_same() -> None:
    text = "".join(UNICODE + MARKUP)
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.CharacterDataHandler = found.append
    parser.Parse(build(tunnel(AuthPassword=text)), True)
    assert text in "".join(found)


def test_the_bytes_are_xml_with_apples_document_type() -> None:
    first, second, third, *_ = build(tunnel()).decode("utf-8").splitlines()
    assert first == '<?xml version="1.0" encoding="UTF-8"?>'
    assert second.startswith('<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"')
    assert third == '<plist version="1.0">'


@pytest.mark.parametrize(
    ("ikev2", "path"),
    [
        ({"AuthPassword": "hunter2\x00"}, "IKEv2.AuthPassword"),
        ({"SharedSecret": "hunter2\ud800"}, "IKEv2.SharedSecret"),
        ({"AuthName": "hunter2\x1b"}, "IKEv2.AuthName"),
        (
            {"OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["hunter2\x0c"]}]},
            "IKEv2.OnDemandRules[0].SSIDMatch[0]",
        ),
        ({"Vendor": ["hunter2\x00"]}, "IKEv2.Vendor[0]"),
    ],
)
def test_a_control_character_is_refused_with_its_place_and_without_the_value(
    ikev2: dict[str, Any], path: str
) -> None:
    with pytest.raises(BuildError, match=r"which no profile can hold\. Remove it") as refused:
        build(tunnel(ikev2))
    assert (refused.value.payload, refused.value.path) == ("office", path)
    assert "hunter2" not in str(refused.value)


def test_a_control_character_in_the_envelope_is_refused_too() -> None:
    with pytest.raises(BuildError) as refused:
        build(document(payload(), envelope={"PayloadDescription": "x\x00"}))
    assert (refused.value.payload, refused.value.path) == ("profile", "PayloadDescription")


@pytest.mark.parametrize("value", [None, ("a",), {"a": None}, {1: "a"}, object()])
def test_what_is_no_property_list_is_refused(value: Any) -> None:
    with pytest.raises(BuildError):
        build(document(payload(unknown={"Vendor": [value]})))


@pytest.mark.parametrize(
    ("name", "value"), [("MTU", "1300"), ("DisableMOBIKE", True), ("PPK", "text"), ("AuthName", 5)]
)
def test_a_value_of_the_wrong_type_is_refused(name: str, value: Any) -> None:
    with pytest.raises(BuildError) as refused:
        build(tunnel({name: value}))
    assert refused.value.path == f"IKEv2.{name}"


def test_a_draft_with_other_problems_can_be_built() -> None:
    assert built(RemoteAddress=ABSENT, MTU=9000)["MTU"] == 9000
