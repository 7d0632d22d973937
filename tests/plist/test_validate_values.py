"""Values that are wrong by themselves, and what is wrong with a document as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from profiles.catalogue.findings import Severity
from profiles.plist.validation.validate import has_errors, structure, validate
from tests.plist.making import (
    ABSENT,
    PROFILE_UUID,
    WITH_SECRET,
    document,
    payload,
    problems,
    sentence,
    told,
    tunnel,
)

LONG = "x" * 10_000_000


def test_a_document_without_problems_has_none() -> None:
    assert validate(tunnel()) == []
    assert not has_errors(validate(tunnel()))


@pytest.mark.parametrize(
    ("misspelt", "right"),
    [("AuthPasword", "AuthPassword"), ("mtu", "MTU"), ("RemoteAdress", "")],
)
def test_a_misspelt_key_is_told_with_the_right_one(misspelt: str, right: str) -> None:
    assert problems({misspelt: "x"}) == [("warning", misspelt, "misspelt-key")]
    told = sentence("misspelt-key", {misspelt: "x"})
    mend = f"Write {right}." if right else "Remove it, since RemoteAddress is set, too."
    assert told == f"Devices do not know {misspelt}, and ignore it. {mend}"


def test_a_key_like_no_other_is_unknown_wherever_it_stands() -> None:
    assert problems({"Frobnicate": "x"}) == [("warning", "Frobnicate", "unknown-key")]
    rules = [{"Action": "Ignore", "Frobnicate": "x"}]
    assert problems(OnDemandEnabled=1, OnDemandRules=rules) == [
        ("warning", "OnDemandRules[0].Frobnicate", "unknown-key")
    ]


def test_a_misspelt_key_beside_the_dictionary_is_told_too() -> None:
    assert told(document(payload(top={"UserDefinedNam": "x"}))) == [
        ("warning", "UserDefinedNam", "misspelt-key")
    ]
    envelope = {"payloadScope": "System"}
    assert told(document(payload(), envelope=envelope)) == [("warning", "payloadScope", "misspelt-key")]


def test_an_unknown_key_of_an_imported_file_is_kept_with_a_warning() -> None:
    whole = document(payload(unknown={"Vendor": {"Token": "x", "Data": [b"x", 1.5, True]}}))
    assert told(whole) == [("warning", "Vendor", "unknown-key")]


@pytest.mark.parametrize(
    "value",
    [None, (1,), {1: "x"}, ["x", None], {"a": {"b": object()}}, "\x00", {"a\x00": 1}, {"a": "\ud800"}],
)
def test_an_unknown_key_with_what_no_profile_can_hold_cannot_be_built(value: Any) -> None:
    for whole in (document(payload(unknown={"Vendor": value})), tunnel(Vendor=[value])):
        assert [problem for problem in structure(whole) if not problem.buildable]


def test_an_unknown_value_may_nest_but_not_without_end() -> None:
    shallow: Any = "x"
    for _ in range(64):
        shallow = [shallow]
    assert [p.code for p in structure(document(payload(unknown={"Vendor": shallow})))] == []
    deep: Any = shallow
    for _ in range(10_000):
        deep = [deep]
    assert [p.code for p in structure(document(payload(unknown={"Vendor": deep})))] == ["too-deep"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MTU", "1300"),
        ("MTU", 1300.0),
        ("MTU", True),
        ("DisableMOBIKE", True),
        ("DisableMOBIKE", False),
        ("DisableMOBIKE", "1"),
        ("AuthName", 5),
        ("AuthName", b"alice"),
        ("AuthName", ["alice"]),
        ("PPK", "secret"),
        ("OnDemandRules", {"Action": "Connect"}),
        ("OnDemandRules", "Connect"),
        ("AuthenticationMethod", 1),
    ],
)
def test_a_value_of_another_type_cannot_be_built(name: str, value: Any) -> None:
    whole = tunnel({name: value})
    wrong = [problem for problem in validate(whole) if problem.code == "wrong-type"]
    assert [(problem.path, problem.buildable) for problem in wrong] == [(f"IKEv2.{name}", False)]
    assert [(problem.path, problem.message) for problem in structure(whole)] == [
        (problem.path, problem.message) for problem in wrong
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PayloadRemovalDisallowed", 1),
        ("DurationUntilRemoval", 600),
        ("RemovalDate", "2027-01-31"),
        ("TargetDeviceType", 1.0),
        ("ConsentText", "Agree"),
        ("ConsentText", {"en": 1}),
        ("PayloadDisplayName", 5),
    ],
)
def test_a_value_of_the_envelope_of_another_type_cannot_be_built(name: str, value: Any) -> None:
    found = list(structure(document(payload(), envelope={name: value})))
    assert [(problem.payload, problem.code) for problem in found] == [("profile", "wrong-type")]


@pytest.mark.parametrize("value", ["text", 5, ["x"], True])
def test_something_else_in_the_place_of_a_dictionary_cannot_be_built(value: Any) -> None:
    found = list(structure(document(payload(top={"IKEv2": value}))))
    assert [(p.path, p.message) for p in found] == [
        ("IKEv2", "IKEv2 is a dictionary of keys. Write keys with values inside it.")
    ]


def test_a_number_out_of_range_can_be_built_but_is_an_error() -> None:
    assert problems(MTU=9000) == [("error", "MTU", "too-large")]
    assert list(structure(tunnel(MTU=9000))) == []
    assert sentence("too-large", MTU=9000) == "MTU is 9000, but the most allowed is 1400 bytes."


def test_a_number_beyond_64_bits_cannot_be_built() -> None:
    assert [problem.code for problem in structure(tunnel(MTU=2**64))] == ["too-large"]


@pytest.mark.parametrize("name", ["AuthName", "AuthPassword", "Frobnicate"])
def test_a_text_of_ten_megabytes_is_too_long(name: str) -> None:
    found = validate(tunnel({name: LONG}))
    assert "too-long" in [problem.code for problem in found]
    assert all(len(problem.message) < 300 for problem in found)
    assert "10,000,000 characters" in sentence("too-long", {name: LONG})


def test_data_of_ten_megabytes_is_too_long() -> None:
    assert problems(PPK=LONG.encode(), PPKIdentifier="k") == [("error", "PPK", "too-long")]


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x1b", "\ud800", "\ufffe", "\uffff"])
@pytest.mark.parametrize("name", ["AuthName", "AuthPassword", "RemoteAddress"])
def test_a_character_that_no_profile_can_hold_cannot_be_built(name: str, character: str) -> None:
    found = list(structure(tunnel({name: f"before{character}after"})))
    assert [(p.path, p.code, p.buildable) for p in found] == [(f"IKEv2.{name}", "control-character", False)]
    assert f"U+{ord(character):04X}" in found[0].message
    assert "before" not in found[0].message


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"Action": "Connect", "SSIDMatch": ["a", "b\x00"]}, "[0].SSIDMatch[1]"),
        ({"Action": "Connect", "SSIDMatch": [["a"]]}, "[0].SSIDMatch[0]"),
        (
            {"Action": "EvaluateConnection", "ActionParameters": [{"Domains": [5]}]},
            "[0].ActionParameters[0].Domains[0]",
        ),
        ({"Action": "EvaluateConnection", "ActionParameters": ["x"]}, "[0].ActionParameters[0]"),
        ({"Action": "Connect", "Vendor": {"Deep": [1, "\x00"]}}, "[0].Vendor.Deep[1]"),
    ],
)
def test_a_wrong_item_deep_in_a_list_is_told_in_its_place(rule: dict[str, Any], path: str) -> None:
    found = list(structure(tunnel(OnDemandEnabled=1, OnDemandRules=[rule])))
    assert [problem.path for problem in found] == [f"IKEv2.OnDemandRules{path}"]


def test_errors_come_first_and_then_the_order_of_the_form() -> None:
    found = validate(tunnel(EnableFallback=5, MTU=1, EnablePFS=1, SharedSecret="s"))
    assert [problem.severity for problem in found] == [
        Severity.ERROR,
        Severity.ERROR,
        Severity.WARNING,
        Severity.ADVICE,
    ]


def test_only_errors_stop_a_download() -> None:
    assert not has_errors(validate(tunnel(SharedSecret="s", EnablePFS=1)))
    assert has_errors(validate(tunnel(MTU=1)))


def test_a_profile_without_payloads_does_nothing() -> None:
    assert told(document()) == [("warning", "", "no-payload")]


@pytest.mark.parametrize("name", ["", ABSENT])
def test_a_profile_should_have_a_name(name: str | None) -> None:
    unnamed = document(payload(), envelope={"PayloadDisplayName": name})
    assert told(unnamed) == [("advice", "PayloadDisplayName", "unnamed")]


@pytest.mark.parametrize("identifier", ["", ABSENT])
def test_a_profile_needs_an_identifier(identifier: str | None) -> None:
    whole = document(payload(), envelope={"PayloadIdentifier": identifier})
    assert told(whole) == [("error", "PayloadIdentifier", "missing")]


@pytest.mark.parametrize(
    "identifier", ["vpn", "com.example vpn", "com..vpn", ".com.vpn", "com.vpn.", "cöm.example"]
)
def test_any_text_may_be_an_identifier_and_a_reverse_dns_name_is_better(identifier: str) -> None:
    whole = document(payload(), envelope={"PayloadIdentifier": identifier})
    assert told(whole) == [("advice", "PayloadIdentifier", "identifier-style")]


def test_a_duration_is_a_positive_number() -> None:
    def of(seconds: float) -> list[tuple[str, str, str]]:
        return told(document(payload(), envelope={"DurationUntilRemoval": seconds}))

    assert of(0.5) == [("warning", "DurationUntilRemoval", "too-small")]
    assert of(604800.0) == []


def test_two_payloads_cannot_share_a_uuid() -> None:
    twins = document(payload(name="one"), payload(name="other"))
    assert ("error", "PayloadUUID", "duplicate-uuid") in told(twins)


def test_a_payload_may_share_the_uuid_of_the_profile() -> None:
    assert told(document(replace(payload(), uuid=PROFILE_UUID))) == []


def test_a_problem_is_told_with_the_payload_that_has_it() -> None:
    whole = document(payload(name="one"), payload({"MTU": 1}, name="other", uuid=PROFILE_UUID[::-1]))
    (problem,) = [problem for problem in validate(whole) if problem.path == "IKEv2.MTU"]
    assert str(problem) == "error other/IKEv2.MTU: MTU is 1, but the least allowed is 1280 bytes. [too-small]"
    assert problem.to_json() == {
        "severity": "error",
        "payload": "other",
        "path": "IKEv2.MTU",
        "code": "too-small",
        "message": "MTU is 1, but the least allowed is 1280 bytes.",
    }


def test_what_is_none_is_as_if_it_were_not_there() -> None:
    inside = {**WITH_SECRET, "SharedSecret": None}
    whole = document(payload(top={"IKEv2": {**payload().values["IKEv2"], **inside}}))
    assert told(whole) == [("error", "IKEv2.SharedSecret", "missing")]


@pytest.mark.parametrize("value", [[], ["x"], "x", 5], ids=repr)
def test_nothing_is_missing_in_what_is_no_dictionary(value: Any) -> None:
    assert told(document(payload(top={"IKEv2": value}))) == [("error", "IKEv2", "wrong-type")]
