"""Spec files: what a person may write, what it becomes, and the sentence for each thing that is wrong."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.exceptions import SpecError
from profiles.plist.build import build
from profiles.plist.document import Document, PayloadDocument, derived_uuid
from profiles.plist.json_values import to_json
from profiles.plist.spec.file import read_spec
from profiles.plist.spec.syntax import MAX_BYTES, decode
from profiles.plist.validation.validate import validate
from tests.work import soon

UUID = "8F0D8E0C-1B7B-4F53-9E5B-0E0B5D5A9F11"

YAML = """
# The office
profile:
  PayloadDisplayName: Büro VPN
  PayloadIdentifier: com.example.vpn
  targets: {iOS: 17.0, macOS: "14.0", watchOS: 10}
payloads:
  - type: vpn-ikev2
    name: office
    values:
      UserDefinedName: Office
      IKEv2:
        RemoteAddress: vpn.example.com
        RemoteIdentifier: vpn.example.com
        AuthenticationMethod: SharedSecret
        SharedSecret: "a&<b>"
        PPKIdentifier: ppk
        PPK: {base64: AAECAw==}
"""


def spec(profile: Any = None, *payloads: Any) -> str:
    return json.dumps({"profile": profile or {}, "payloads": list(payloads)})


def vpn(values: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "vpn-ikev2", "values": values or {}, **more}


def sentence(text: str) -> str:
    """What is said about a spec that is refused: one line, one full stop at its end, and no traceback behind it."""
    with pytest.raises(SpecError) as refusal:
        read_spec(text)
    said = str(refusal.value)
    assert said.endswith((".", "?"))
    assert "\n" not in said
    return said


def as_json(document: Document) -> str:
    """The spec that a person would write for a document."""
    payloads = [
        {"type": part.slug, "name": part.name, "values": {**part.values, "PayloadUUID": part.uuid}}
        for part in document.payloads
    ]
    profile = {**document.envelope, "PayloadUUID": document.uuid, "targets": dict(document.targets)}
    return json.dumps(to_json({"profile": profile, "payloads": payloads}))


def test_yaml_and_json_give_the_same_document() -> None:
    from_yaml = read_spec(YAML)
    assert read_spec(as_json(from_yaml)) == from_yaml


def test_a_spec_becomes_a_document() -> None:
    document = read_spec(YAML)
    assert document.envelope == {"PayloadDisplayName": "Büro VPN", "PayloadIdentifier": "com.example.vpn"}
    assert document.targets == {"iOS": "17.0", "macOS": "14.0", "watchOS": "10"}
    (office,) = document.payloads
    assert (office.slug, office.name) == ("vpn-ikev2", "office")
    assert office.values["IKEv2"]["PPK"] == b"\0\1\2\3"
    assert office.values["IKEv2"]["SharedSecret"] == "a&<b>"


def test_every_example_of_the_catalogue_comes_back_as_it_was() -> None:
    for payload in registry.payloads().values():
        for number, example in enumerate(payload.examples):
            part = PayloadDocument(slug=payload.slug, name="one", uuid=UUID, values=example.values)
            envelope = {"PayloadIdentifier": "com.example.x", "RemovalDate": datetime(2027, 1, 31, 12)}  # noqa: DTZ001 - as plistlib has it
            document = Document(
                uuid=derived_uuid(str(number)),
                envelope=envelope,
                targets={"iOS": "17.0", "macOS": "14.4.1"},
                payloads=(part,),
            )
            back = read_spec(as_json(document))
            assert back == document
            assert build(back) == build(document)


# What is left out


def test_uuids_are_derived_and_the_same_each_time() -> None:
    first, again = read_spec(YAML), read_spec(YAML)
    assert first.uuid == again.uuid == derived_uuid("com.example.vpn")
    assert first.payloads[0].uuid == derived_uuid("com.example.vpn", "office")


def test_uuids_can_be_given_and_are_written_in_capitals() -> None:
    document = read_spec(spec({"PayloadUUID": UUID.lower()}, vpn({"PayloadUUID": UUID})))
    assert document.uuid == document.payloads[0].uuid == UUID
    assert "PayloadUUID" not in document.envelope
    assert "PayloadUUID" not in document.payloads[0].values


@pytest.mark.parametrize(
    ("title", "identifier"),
    [
        ("Büro: VPN 2!", "local.profile-designer.buro-vpn-2"),
        ("日本", "local.profile-designer.3bb90bea"),
        ("", "local.profile-designer.profile"),
        ("-x-", "local.profile-designer.x"),
    ],
)
def test_an_identifier_is_derived_from_the_name_of_the_profile(title: str, identifier: str) -> None:
    document = read_spec(spec({"PayloadDisplayName": title}))
    assert document.identifier == identifier
    assert document.uuid == derived_uuid(identifier)
    assert not [problem for problem in validate(document) if problem.path == "PayloadIdentifier"]


def test_payloads_without_a_name_are_called_by_their_type_and_number() -> None:
    document = read_spec(spec({}, vpn(), vpn(name="vpn-ikev2-2"), vpn(), vpn(name="office"), vpn()))
    names = [part.name for part in document.payloads]
    assert names == ["vpn-ikev2", "vpn-ikev2-2", "vpn-ikev2-3", "office", "vpn-ikev2-4"]
    assert len({part.uuid for part in document.payloads}) == 5


def test_null_is_as_good_as_left_out() -> None:
    document = read_spec("profile: {PayloadDescription: ~, targets: }\npayloads:\n")
    assert document.payloads == ()
    assert document.targets == {}
    assert set(document.envelope) == {"PayloadIdentifier"}


def test_what_the_build_writes_anyway_may_be_repeated() -> None:
    uuid = derived_uuid("com.example.x", "vpn-ikev2")
    fixed = {"PayloadType": "com.apple.vpn.managed", "PayloadVersion": 1, "VPNType": "IKEv2"}
    fixed["PayloadIdentifier"] = f"com.example.x.vpn-ikev2.{uuid}"
    profile = {"PayloadType": "Configuration", "PayloadVersion": 1, "PayloadIdentifier": "com.example.x"}
    document = read_spec(spec(profile, vpn(fixed)))
    assert document.payloads[0].values == {}
    assert set(document.envelope) == {"PayloadIdentifier"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PayloadType", "com.apple.vpn"),
        ("PayloadVersion", 2),
        ("PayloadVersion", True),
        ("PayloadIdentifier", "com.example.mine"),
        ("VPNType", "AlwaysOn"),
        ("VPNType", ["IKEv2"]),
    ],
)
def test_what_the_build_writes_anyway_cannot_be_changed(name: str, value: Any) -> None:
    said = sentence(spec({}, vpn({name: value}, name="office")))
    assert said.startswith(f"{name} of payloads[0] (office) is always ")


def test_the_type_of_the_profile_cannot_be_changed() -> None:
    said = sentence(spec({"PayloadType": "x"}))
    assert said == "PayloadType of “profile” is always 'Configuration'. Write that, or leave it out."


# Types


@pytest.mark.parametrize(
    "written",
    [
        '"2027-01-31T13:00:00+01:00"',
        "2027-01-31T12:00:00Z",
        "2027-01-31 12:00:00",
        '{date: "2027-01-31T12:00:00Z"}',
    ],
)
def test_a_date_may_be_an_iso_text_or_a_yaml_timestamp(written: str) -> None:
    envelope = read_spec(f"profile: {{RemovalDate: {written}}}").envelope
    assert envelope["RemovalDate"] == datetime(2027, 1, 31, 12)  # noqa: DTZ001 - as plistlib has it


@pytest.mark.parametrize("written", ["2027-01-31", '"2027-01-31"'])
def test_a_day_is_its_midnight_in_utc(written: str) -> None:
    envelope = read_spec(f"profile: {{RemovalDate: {written}}}").envelope
    assert envelope["RemovalDate"] == datetime(2027, 1, 31)  # noqa: DTZ001 - as plistlib has it


def test_a_text_that_is_no_date_stays_for_the_validation() -> None:
    document = read_spec(spec({"RemovalDate": "tomorrow"}))
    assert document.envelope["RemovalDate"] == "tomorrow"
    assert "wrong-type" in [problem.code for problem in validate(document)]


def test_a_whole_number_is_a_real_where_the_catalogue_says_so_and_nowhere_else() -> None:
    document = read_spec(spec({"DurationUntilRemoval": 60}, vpn({"IKEv2": {"MTU": 1300}})))
    duration, mtu = document.envelope["DurationUntilRemoval"], document.payloads[0].values["IKEv2"]["MTU"]
    assert (type(duration), duration) == (float, 60.0)
    assert (type(mtu), mtu) == (int, 1300)
    assert read_spec(spec({"DurationUntilRemoval": True})).envelope["DurationUntilRemoval"] is True


@pytest.mark.parametrize(("said", "written"), [("true", 1), ("false", 0), ("yes", 1)])
def test_a_truth_is_0_or_1_where_the_catalogue_has_a_switch(said: str, written: int) -> None:
    text = f"payloads: [{{type: vpn-ikev2, values: {{IKEv2: {{EnablePFS: {said}, MTU: {said}}}}}}}]"
    document = read_spec(text)
    inside = document.payloads[0].values["IKEv2"]
    assert (type(inside["EnablePFS"]), inside["EnablePFS"]) == (int, written)
    assert inside["MTU"] is bool(written)
    assert ("IKEv2.EnablePFS", "wrong-type") not in {(each.path, each.code) for each in validate(document)}


def test_yaml_binary_is_bytes() -> None:
    text = "payloads: [{type: vpn-ikev2, values: {IKEv2: {PPK: !!binary AAECAw==}}}]"
    assert read_spec(text).payloads[0].values["IKEv2"]["PPK"] == b"\0\1\2\3"


def test_wrong_types_and_unknown_keys_stay_for_the_validation() -> None:
    values = {
        "Nonsense": 1,
        "UserDefinedName": 5,
        "IKEv2": {"ExtendedAuthEnabled": "x", "OnDemandRules": "x"},
    }
    document = read_spec(spec({"Odd": [1, {"a": None, "b": "x"}]}, vpn(values)))
    assert document.payloads[0].values == values
    assert document.envelope["Odd"] == [1, {"b": "x"}]
    found = {(problem.path, problem.code) for problem in validate(document)}
    assert {
        ("Nonsense", "unknown-key"),
        ("IKEv2.ExtendedAuthEnabled", "wrong-type"),
        ("Odd", "unknown-key"),
    } <= found


def test_texts_keep_every_character() -> None:
    secret = "ü & <q> \"r\" 's'\n\t🔒 \\"
    payload = vpn({"IKEv2": {"SharedSecret": secret}})
    for text in (spec({}, payload), f"payloads: [{json.dumps(payload, ensure_ascii=False)}]"):
        assert read_spec(text).payloads[0].values["IKEv2"]["SharedSecret"] == secret


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_spec("\ufeff" + YAML) == read_spec(YAML)
    assert read_spec("\ufeff  \n" + spec()) == read_spec(spec())
    assert decode(b"\xef\xbb\xbfprofile: {}") == "profile: {}"


def test_an_alias_repeats_what_it_names() -> None:
    text = "payloads:\n- {type: vpn-ikev2, values: &v {IKEv2: {MTU: 1300}}}\n- {type: vpn-ikev2, values: *v}"
    first, second = read_spec(text).payloads
    assert first.values == second.values
    assert first.values is not second.values


# Targets


@pytest.mark.parametrize("version", ['"17"', '"17.4"', '"17.4.1"', "17.4.1", "17", "17.4"])
def test_a_version_may_be_a_text_or_a_number(version: str) -> None:
    assert read_spec(f"profile: {{targets: {{iOS: {version}}}}}").targets == {"iOS": version.strip('"')}


@pytest.mark.parametrize(
    "version",
    ['""', "true", "latest", "-1", "17..", '"17.4.1.2"', "1e9", "[17]", "{}", "12345.0", "2027-01-01"],
)
def test_a_version_that_is_none_is_refused(version: str) -> None:
    said = sentence(f"profile: {{targets: {{iOS: {version}}}}}")
    assert said == 'The version of iOS in “targets” is none. Write it in quotes, such as "17.4".'


@pytest.mark.parametrize(
    ("system", "hint"),
    [
        ("iPadOS", "iPadOS follows iOS in every version. Write iOS."),
        ("ios", "Write iOS."),
        ("MacOS", "Write macOS."),
        ("watchos", "Write watchOS."),
        ("Windows", "There are: iOS, macOS, tvOS, visionOS, watchOS."),
    ],
)
def test_an_unknown_operating_system_is_refused_with_a_hint(system: str, hint: str) -> None:
    said = sentence(spec({"targets": {system: "17.0"}}))
    assert said == f"{system!r} in “targets” is no operating system that is known here. {hint}"


# The shape


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "The spec is empty."),
        (" \n\t", "The spec is empty."),
        ("\ufeff", "The spec is empty."),
        ("{}", "The spec holds nothing."),
        ("# only a comment", "The spec is not a dictionary."),
        ("just text", "The spec is not a dictionary."),
        ("- profile", "The spec is not a dictionary."),
        ("[]", "The spec is not a dictionary."),
        ("12", "The spec is not a dictionary."),
        ("profile: []", "“profile” is not a dictionary."),
        ("profile: text", "“profile” is not a dictionary."),
        ("profile: {targets: iOS}", "“targets” is not a dictionary."),
        ("profiles: {}", "The spec has no key 'profiles'. Did you mean “profile”?"),
        ("profile: {}\nzzz: 1", "The spec has no key 'zzz'. Its keys are: profile, payloads."),
        ("payloads: {}", "“payloads” is not a list."),
        ("payloads: text", "“payloads” is not a list."),
        ("payloads: [text]", "Payloads[0] is not a dictionary."),
        ("payloads: [[]]", "Payloads[0] is not a dictionary."),
        ("payloads: [~]", "Payloads[0] is not a dictionary."),
        ("payloads: [{}]", "payloads[0] has no “type”. Write one of: acme, "),
        ("payloads: [{type: 5}]", "payloads[0] has no “type”."),
        ("payloads: [{type: [vpn-ikev2]}]", "payloads[0] has no “type”."),
        (
            "payloads: [{type: vpn-ikev}]",
            "payloads[0] is of an unknown type, 'vpn-ikev'. Did you mean vpn-ikev2?",
        ),
        ("payloads: [{type: com.apple.vpn.managed}]", "payloads[0] is of an unknown type"),
        ("payloads: [{type: wifi}]", "payloads[0] is of an unknown type, 'wifi'. There are: acme, "),
        (
            "payloads: [{type: vpn-ikev2, value: {}}]",
            "payloads[0] has no key 'value'. Did you mean “values”?",
        ),
        (
            "payloads: [{type: vpn-ikev2, values: []}]",
            "“values” of payloads[0] (vpn-ikev2) is not a dictionary.",
        ),
        ("payloads: [{type: vpn-ikev2, name: 5}]", "The name of payloads[0] is not a text."),
        ("payloads: [{type: vpn-ikev2, name: ''}]", "The name of payloads[0] is not one line of 1 to 100"),
        ("payloads: [{type: vpn-ikev2, name: ' '}]", "The name of payloads[0] is not one line"),
        ('payloads: [{type: vpn-ikev2, name: "a\\nb"}]', "The name of payloads[0] is not one line"),
        (f"payloads: [{{type: vpn-ikev2, name: {'x' * 101}}}]", "The name of payloads[0] is not one line"),
        ("payloads: [{type: vpn-ikev2, name: profile}]", "payloads[0] cannot be called 'profile'"),
        (
            "payloads: [{type: vpn-ikev2, name: a}, {type: vpn-ikev2, name: a}]",
            "Two payloads are called 'a'. Give each a name of its own.",
        ),
        ("profile: {PayloadUUID: x}", "PayloadUUID of “profile” is not a UUID."),
        ("profile: {PayloadUUID: 5}", "PayloadUUID of “profile” is not a UUID."),
        (f"profile: {{PayloadUUID: '{{{UUID}}}'}}", "PayloadUUID of “profile” is not a UUID."),
        (
            "payloads: [{type: vpn-ikev2, values: {PayloadUUID: x}}]",
            "PayloadUUID of payloads[0] (vpn-ikev2) is not a UUID.",
        ),
    ],
)
def test_a_wrong_shape_is_told_in_one_sentence(text: str, expected: str) -> None:
    assert sentence(text).startswith(expected)


# The text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"profile": {}', "The spec is not valid JSON at line 1, column 15: expecting ',' delimiter."),
        ('{\n"profile": {},\n}', "The spec is not valid JSON at line 3, column 1: expecting property name"),
        ('{"profile": {}} x', "The spec is not valid JSON at line 1, column 17: extra data."),
        ('{"profile": {"a": 1, "a": 2}}', "The key 'a' stands twice in one dictionary. Keep one of them."),
        ('{"profile": {"a": NaN}}', "The spec holds NaN"),
        ('{"profile": {"a": [-Infinity]}}', "The spec holds -Infinity"),
        ('{"profile": {"a": 1e999}}', "profile.a is no number that a profile can hold."),
        ('{"profile": {"a": ' + "9" * 5000 + "}}", "The spec holds a number with too many digits."),
        ('{"profile": {"a": "\\ud800"}}', "profile.a holds half of a character"),
        ('{"profile": {"\\ud800": 1}}', "profile holds half of a character"),
        ('{"profile": {"a": {"base64": "*"}}}', "profile.a: This is not base64."),
        ('{"profile": {"a": [{"date": "x"}]}}', "profile.a[0]: This is not a date."),
        ('{"profile": {"a": {"date": "0001-01-01T00:00:00+14:00"}}}', "profile.a: "),
        ("profile: {a: 1", "The spec is not valid YAML at line 1, column 15: "),
        ("profile:\n\t- a", "The spec is not valid YAML at line 2, column 1: found character"),
        (
            "profile: a: b",
            "The spec is not valid YAML at line 1, column 11: mapping values are not allowed here.",
        ),
        (
            "profile: {}\n---\nprofile: {}",
            "The spec is not valid YAML at line 2, column 1: it holds a second document.",
        ),
        ("profile: {a: 1, b: 2, a: 3}", "The key 'a' stands twice at line 1, column 23. Keep one of them."),
        ("profile: {a: 1, 'a': 3}", "The key 'a' stands twice at line 1, column 17."),
        ("profile: {on: 1}", "The key at line 1, column 11 is not a text to YAML. Put it in quotes."),
        ("profile: {5: 1}", "The key at line 1, column 11 is not a text to YAML."),
        ("profile: {[a]: 1}", "The key at line 1, column 11 is not a text to YAML."),
        ("a: &a {b: 1}\nprofile:\n  <<: *a", "The spec merges dictionaries (<<) at line 3, column 3."),
        ("profile: {a: .nan}", "profile.a is no number that a profile can hold."),
        ("profile: {a: [.inf]}", "profile.a[0] is no number that a profile can hold."),
        ("profile: {a: 2027-02-31}", "The value at line 1, column 14 is no date or number that exists."),
        ("profile: {a: 0001-01-01T00:00:00+14:00}", "profile.a is a date out of range."),
        ("profile: {a: !!int x}", "The value at line 1, column 14 is no date or number that exists."),
        ("profile: {a: !!bool x}", "The value at line 1, column 14 is no date or number that exists."),
        ("profile: {a: 0x" + "1" * 200 + "}", "The number at line 1, column 14 has too many digits."),
        ("profile: {a: !!set {b, c}}", "profile.a is of a YAML type that no profile can hold."),
        ("profile: {a: !!omap [b: 1]}", "profile.a[0] is of a YAML type that no profile can hold."),
        (
            "profile: {a: !!binary '*'}",
            "The value at line 1, column 14: This is not base64.",
        ),
        ("profile: {a: \x07}", "The spec is not valid YAML: it holds the character U+0007."),
    ],
)
def test_a_broken_text_is_told_with_its_place(text: str, expected: str) -> None:
    assert sentence(text).startswith(expected)


@pytest.mark.parametrize(
    "secret", ["*hunter2", "!hunter2", "!hunter2!x", "!!python/object:hunter2", "&hunter2 x y: z"]
)
def test_a_password_without_quotes_is_not_repeated_in_the_message(secret: str) -> None:
    said = sentence(f"payloads: [{{type: vpn-ikev2, values: {{IKEv2: {{AuthPassword: {secret}}}}}}}]")
    assert "hunter2" not in said
    assert "line 1" in said


def test_no_python_object_is_made_from_yaml() -> None:
    said = sentence("profile: {a: !!python/object/apply:os.system ['true']}")
    assert said.endswith("a value that begins with *, & or ! must be put in quotes.")


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(SpecError, match=r"not UTF-8 text \(byte 10\)"):
        decode(b"profile: \xff")
    with pytest.raises(SpecError, match="not UTF-8"):
        decode("profile: {}".encode("utf-16"))


# How much


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("profile: " + "[" * 100_000, "The spec nests deeper than 64 levels."),
        ('{"profile": ' + "[" * 100_000, "The spec nests deeper than 64 levels."),
        ('{"profile": ' + '{"a":' * 90 + "1" + "}" * 91, "The spec nests deeper than 64 levels."),
        ("profile: &a {b: *a}", "The spec nests deeper than 64 levels."),
        ('{"profile": {"a": [' + "1," * 100_000 + "1]}}", "The spec holds more than 100,000 values."),
        ("profile: {a: [" + "1," * 110_000 + "]}", "The spec holds more than 100,000 values."),
        (" " * (MAX_BYTES + 1), "The spec is larger than 5 MB."),
        (
            "profile:\n  a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"  a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 60)),
            "The spec holds more than 100,000 values.",
        ),
        (
            f"profile: {{a: &a {'x' * 1_000_000}, b: [*a, *a, *a, *a, *a]}}",
            "The spec is larger than 5 MB.",
        ),
    ],
    ids=[
        "deep-yaml",
        "deep-json",
        "deep-dictionaries",
        "cycle",
        "many-json",
        "many-yaml",
        "large",
        "laughs",
        "text-laughs",
    ],
)
def test_what_is_too_much_is_refused_before_it_grows(text: str, expected: str) -> None:
    # PyYAML takes its time for each of 100,000 values.
    with soon(60):
        assert sentence(text).startswith(expected)


def test_a_file_larger_than_5_mb_is_refused() -> None:
    with pytest.raises(SpecError, match="larger than 5 MB"):
        decode(b" " * (MAX_BYTES + 1))


def test_64_levels_are_not_too_deep_and_a_large_text_is_not_too_large() -> None:
    deep: Any = "x"
    for _ in range(62):
        deep = [deep]
    assert read_spec(spec({"a": deep})).envelope["a"] == deep
    assert len(read_spec(spec({"a": "x" * 4_000_000})).envelope["a"]) == 4_000_000


def test_thousands_of_payloads_without_names_take_no_time() -> None:
    with soon(30):
        document = read_spec(spec({}, *[vpn()] * 5000))
    assert document.payloads[-1].name == "vpn-ikev2-5000"
