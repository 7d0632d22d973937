"""A spec that is written from a document gives the same document again, type by type, or says what it lacks."""

from __future__ import annotations

import json
import plistlib
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.catalogue import registry
from profiles.exceptions import SpecError
from profiles.plist.build import build, dump, property_list
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.imported.source_form import Kept
from profiles.plist.reading.budget import MAX_NODES, MAX_PAYLOADS, MAX_TREE_DEPTH
from profiles.plist.reading.load import load
from profiles.plist.reading.read import read
from profiles.plist.secrets import mask
from profiles.plist.spec import syntax, yaml_text
from profiles.plist.spec.file import read_spec
from profiles.plist.spec.syntax import MAX_BYTES
from profiles.plist.spec.writer import Format, write
from profiles.plist.validation.validate import validate
from tests.key_samples import some_values
from tests.plist import wild
from tests.plist.exactness import differences, losses
from tests.plist.making import document, payload, tunnel
from tests.plist.trees import UUID, tree, vpn

FORMATS = pytest.mark.parametrize("form", [*Format])


def text_of(whole: Document, form: Format = Format.YAML) -> str:
    return write(whole, with_secrets=True, form=form).text


def plain(whole: Document, form: Format = Format.YAML) -> dict[str, Any]:
    """The spec as any parser of YAML or JSON reads it."""
    text = text_of(whole, form)
    found: dict[str, Any] = json.loads(text) if form is Format.JSON else yaml.safe_load(text)
    return found


def comes_back(whole: Document, form: Format) -> Document:
    """The document of its own spec, once nothing in it differs."""
    found = read_spec(text_of(whole, form))
    assert found == whole
    assert differences(property_list(found), property_list(whole)) == []
    # Also the order of the keys.
    assert dump(found) == dump(whole)
    return found


@FORMATS
@settings(max_examples=150, deadline=None, suppress_health_check=[*HealthCheck])
@given(given=wild.profiles())
def test_whatever_is_in_a_profile_comes_back_from_its_spec(form: Format, given: dict[str, Any]) -> None:
    found = read_spec(text_of(read(given), form))
    assert losses(plistlib.loads(build(found)), given) == []
    assert losses(load(build(found)).value, given) == []
    assert build(found) == build(read(given))
    assert text_of(found, form) == text_of(read(given), form)


@FORMATS
@pytest.mark.parametrize("slug", [*registry.payloads()])
def test_every_payload_type_comes_back_with_and_without_unknown_keys(form: Format, slug: str) -> None:
    declared = registry.payload(slug)
    drawn = [some_values(declared, random.Random(number), 0.7) for number in range(5)]
    for values in [*(example.values for example in declared.examples), *drawn]:
        part = PayloadDocument(slug=slug, name="one", uuid=UUID, values=values)
        made = document(part)
        comes_back(made, form)
        given = property_list(made)
        given["PayloadContent"][0] |= {"zeta": {"b": 1, "a": 2.0}, "Alpha": [b"", datetime(2024, 2, 29)]}  # noqa: DTZ001 - as plistlib has it
        given["Unknown"] = {"targets": "x", "imported": True}
        comes_back(read(given), form)


TEXTS = {
    "truths": ["no", "Yes", "on", "OFF", "y", "true", "null", "~", "None"],
    "numbers": [
        *[
            "010",
            "0o10",
            "0x1F",
            "1_000",
            "1.0",
            "1e3",
            "1.0e+3",
            ".5",
            "-1",
            "12:30:45",
            ".inf",
            "NaN",
            "0b1",
        ]
    ],
    "dates": ["2027-01-31", "2027-01-31T12:00:00Z", "2027-01-31 12:00:00"],
    "signs": [
        *[
            "=",
            "<<",
            "@name",
            "@",
            "*a",
            "&a",
            "!a",
            "|",
            ">",
            "%a",
            "`a",
            "- a",
            "? a",
            "a: b",
            "a #b",
            "{{a}}",
        ],
        *["---", "...", "#", "[", "{", "}", "]", ",", ":", "?", "-"],
    ],
    "blanks": ["", " ", " a", "a ", "\t", "a\tb", "\ta", "a\t", "a  b", "\u00a0a\u00a0", "\u3000"],
    "lines": [
        *["a\nb", "a\n", "\na", "a\n\n", "\n", "a\n b\n\n  c", "a \nb", "a\n\t\nb", "a\n\tb", " a\nb"],
        *["a\n---\n...\n# b", "a\n\n\n", "# a\nb", "a: |\n  b"],
    ],
    "other line ends": ["a\rb", "a\r\nb", "\r", "a\x85b", "a\u2028b", "a\u2029", "\u2028\na"],
    "rare": [
        *["\ufeffa", "a\ufeff", "\x7f", "\x9f", "\U0001f512", "\U0010ffff", "\ud7ff", "\ue000", "\ufffd"],
        *["\\", '"', "'", "''", "\\n", "é"],
    ],
    "long": ["word " * 500, "x" * 70_000, "a" * 127, "a" * 129, "a\n" * 2000, "'" * 200],
}


@FORMATS
@pytest.mark.parametrize("kind", [*TEXTS])
def test_texts_are_texts_again_as_values_and_as_keys(form: Format, kind: str) -> None:
    texts = TEXTS[kind]
    given = tree(
        vpn({"AuthName": texts[0]}, Texts=texts, Keys={text: text for text in texts}, UserDefinedName=texts[0]),
        PayloadDescription=texts[-1],
        Own=dict.fromkeys(texts, 0),
    )  # fmt: skip
    found = comes_back(read(given), form)
    assert differences(plistlib.loads(build(found)), given) == []


# What YAML makes something of, drawn together.
SIGNS = st.text(st.sampled_from(" \t\n\r\x85\u2028\ufeff'\"\\:#-?|>&*!%@`ab0.,[]{}é😀\xa0~=<"), max_size=14)


@settings(max_examples=500, deadline=None)
@given(first=SIGNS, second=SIGNS)
def test_yaml_makes_nothing_of_signs_in_texts(first: str, second: str) -> None:
    given = {"profile": {"key": first, "list": [second, {f"{first}x": second}], f"{second}y": first}}
    assert syntax.parse(yaml_text.dump(given)) == given


@FORMATS
@pytest.mark.parametrize(
    "value",
    [
        {"file": "ca.pem"},
        {"base64": "AAAA"},
        {"base64": b"AAAA"},
        {"date": "2027-01-31T12:00:00Z"},
        {"real": "1e+20"},
        {"dictionary": {"dictionary": {}}},
        {"dictionary": {"base64": "AAAA", "date": "x"}},
        {"dictionary": "x"},
        {"left_out": "secret"},
        {"left_out": {"left_out": "secret"}},
        [{"date": "x"}, {"dictionary": {"real": 1}}],
    ],
    ids=lambda value: json.dumps(value, default=repr),
)
def test_a_dictionary_that_looks_like_a_mark_stays_one(form: Format, value: Any) -> None:
    given = tree(vpn(None, Unknown=value, IKEv2={"AuthName": value, "PPK": value, "Odd": value}), Own=value)
    given["PayloadContent"].append({"PayloadType": "com.example.other", "Content": value})
    found = comes_back(read(given), form)
    assert differences(plistlib.loads(build(found)), given) == []


@FORMATS
@pytest.mark.parametrize(
    "value",
    [
        0,
        -(2**63),
        2**64 - 1,
        2**53 + 1,
        True,
        1.0,
        -0.5,
        1e-07,
        5e-324,
        1e15,
        1e16,
        1.7976931348623157e308,
        b"",
        b"\0\xff",
        datetime(1, 1, 1),  # noqa: DTZ001 - as plistlib has it
        datetime(9999, 12, 31, 23, 59, 59),  # noqa: DTZ001 - as plistlib has it
        [],
        {},
        [[], [{}], [[]]],
    ],
    ids=repr,
)
def test_values_keep_their_types(form: Format, value: Any) -> None:
    given = tree(vpn(None, Unknown=value, IKEv2={"MTU": value, "PPK": value}), Own=value, RemovalDate=value)
    found = comes_back(read(given), form)
    assert differences(plistlib.loads(build(found)), given) == []


@FORMATS
def test_what_parts_are_called_comes_back_whatever_it_is(form: Format) -> None:
    odd: list[Any] = [None, "", "my-identity", UUID.lower(), UUID, 5, True, b"x", {"base64": "x"}, [UUID]]
    payloads = [
        vpn(None, number, PayloadUUID=value, PayloadIdentifier=value)
        for number, value in enumerate(odd)
    ]  # fmt: skip
    for value in odd:
        for version in (None, 1.0, True, "1", 2):
            whole = read(tree(*payloads, PayloadUUID=value, PayloadIdentifier=value, PayloadVersion=version))
            comes_back(whole, form)


@FORMATS
@pytest.mark.parametrize("content", [None, {"URL": "https://example.com"}, b"encrypted", "text", []])
def test_what_stands_in_place_of_payloads_comes_back(form: Format, content: Any) -> None:
    kind = "Configuration" if content is None else "Profile Service"
    comes_back(read(tree(PayloadContent=content, PayloadType=kind)), form)


@FORMATS
def test_what_was_made_here_needs_no_word_about_an_import(form: Format) -> None:
    made = tunnel(targets={"iOS": "17.0", "macOS": "14.4.1"})
    for whole in (made, read(property_list(made))):
        found = plain(comes_back(whole, form), form)
        assert found.keys() == {"profile", "payloads"}
        assert "imported" not in found["profile"]
        assert found["payloads"][0].keys() == {"type", "name", "values"}


def test_a_payload_that_reading_would_change_is_taken_exactly() -> None:
    armoured = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    certificate = PayloadDocument(
        slug="certificate", name="ca", uuid=UUID, values={"PayloadContent": armoured}
    )
    lower = payload(uuid="11111111-2222-3333-4444-55555555555a")
    reference = payload({"PayloadCertificateUUID": "@nobody"}, uuid="11111111-2222-3333-4444-555555555555")
    for part in (certificate, lower, reference):
        whole = document(part)
        found = read_spec(text_of(whole))
        assert found.payloads[0].kept == Kept()
        assert dump(found) == dump(whole)


def test_a_person_can_read_it() -> None:
    whole = document(
        payload({"AuthName": "no", "OnDemandRules": [{"Action": "Connect"}]}, top={"UserDefinedName": "Büro"}),
        envelope={"PayloadDescription": "One line.\n\nAnother: line #2\n", "RemovalDate": datetime(2027, 1, 31)},  # noqa: DTZ001 - as plistlib has it
        targets={"iOS": "17.0"},
    )  # fmt: skip
    assert text_of(whole) == (
        "profile:\n"
        "  PayloadDisplayName: Office VPN\n"
        "  PayloadIdentifier: com.example.vpn\n"
        "  PayloadDescription: |\n"
        "    One line.\n"
        "\n"
        "    Another: line #2\n"
        "  RemovalDate: 2027-01-31T00:00:00Z\n"
        "  PayloadUUID: 0B5E1C1A-8B0D-4B53-9E36-1B9B7F3C2D10\n"
        "  targets:\n"
        "    iOS: '17.0'\n"
        "payloads:\n"
        "  - type: vpn-ikev2\n"
        "    name: office\n"
        "    values:\n"
        "      PayloadUUID: 6F1A3A8E-2A44-4B1E-9A55-6D6B0F7A9C11\n"
        "      UserDefinedName: Büro\n"
        "      IKEv2:\n"
        "        RemoteAddress: vpn.example.com\n"
        "        RemoteIdentifier: vpn.example.com\n"
        "        AuthenticationMethod: None\n"
        "        ExtendedAuthEnabled: 1\n"
        "        AuthName: 'no'\n"
        "        OnDemandRules:\n"
        "          - Action: Connect\n"
    )


def test_the_same_values_are_written_twice_and_not_as_an_alias() -> None:
    shared = ["10.0.0.53"]
    whole = read(tree(vpn(None, A=shared, B=shared, C={"D": shared})))
    assert "&" not in text_of(whole)
    comes_back(whole, Format.YAML)


# Secrets

PEPPER = "pepper-and-salt"


def secretive() -> dict[str, Any]:
    """A profile with a secret of each kind."""
    return tree(
        vpn(
            None,
            1,
            Vendor={"Name": PEPPER},
            IKEv2={
                "SharedSecret": PEPPER,
                "AuthName": {"odd": PEPPER},
                "X.Key": PEPPER,
                "OnDemandRules": [{"Action": "Connect", "X": PEPPER}],
            },
        ),
        {"PayloadType": "com.apple.wifi.managed", "SSID": PEPPER, "PayloadUUID": {"a": PEPPER}},
        Own=PEPPER,
        ConsentText={"default": "Public"},
    )  # fmt: skip


@FORMATS
def test_secrets_are_left_out_and_told(form: Format) -> None:
    whole = read(secretive())
    written = write(whole, with_secrets=False, form=form)
    assert PEPPER not in written.text
    assert "Public" in written.text
    assert {*written.left_out} == {
        "profile/Own",
        "vpn-ikev2/Vendor.Name",
        "vpn-ikev2/IKEv2.SharedSecret",
        "vpn-ikev2/IKEv2.AuthName.odd",
        r"vpn-ikev2/IKEv2.X\.Key",
        "vpn-ikev2/IKEv2.OnDemandRules[0].X",
        "com.apple.wifi.managed/SSID",
        "com.apple.wifi.managed/PayloadUUID.a",
    }
    assert len(written.left_out) == len({*written.left_out})
    assert written.text.count("left_out") == len(written.left_out)
    assert PEPPER not in repr(write(whole, with_secrets=True, form=form))


@FORMATS
@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(given=wild.profiles())
def test_what_is_left_out_is_all_that_is_masked_where_it_is_shown(
    form: Format, given: dict[str, Any]
) -> None:
    whole = read(given)
    written = write(whole, with_secrets=False, form=form)
    assert bool(written.left_out) == (mask(whole) != whole)
    if written.left_out:
        with pytest.raises(SpecError, match="was left out, because it is secret: fill it in"):
            read_spec(written.text)
    else:
        assert dump(read_spec(written.text)) == dump(whole)


@FORMATS
def test_a_gap_is_told_with_its_place_until_it_is_filled(form: Format) -> None:
    whole = read(tree(vpn(None, IKEv2={"SharedSecret": PEPPER, "PPK": b"x"}, Vendor=[1, PEPPER])))
    text = write(whole, with_secrets=False, form=form).text
    with pytest.raises(SpecError) as refusal:
        read_spec(text)
    assert str(refusal.value) == (
        "The value of payloads[0].values.IKEv2.SharedSecret was left out, because it is secret: fill it in, "
        "and 2 more like it."
    )  # fmt: skip
    filled = plain(whole, form)
    filled["payloads"][0]["unknown"]["Vendor"] = [1, {"left_out": "secret"}]
    with pytest.raises(
        SpecError, match=r"payloads\[0\]\.unknown\.Vendor\[1\] was left out, .*: fill it in\.$"
    ):
        read_spec(json.dumps(filled))
    filled["payloads"][0]["unknown"]["Vendor"] = [1, PEPPER]
    assert read_spec(json.dumps(filled)) == whole


# How much


def nested(levels: int, wrap: Callable[[Any], Any]) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = wrap(value)
    return value


@FORMATS
@pytest.mark.parametrize(
    "wrap",
    [lambda v: [v], lambda v: {"a": v}, lambda v: {"base64": v}, lambda v: [{"dictionary": v}, 2]],
    ids=["lists", "dictionaries", "marks", "both"],
)
def test_a_spec_may_nest_as_deep_as_a_file_that_is_read(form: Format, wrap: Callable[[Any], Any]) -> None:
    step = 2 if wrap(1) == [{"dictionary": 1}, 2] else 1
    whole = tree(
        vpn(None, Deep=nested((MAX_TREE_DEPTH - 4) // step, wrap), IKEv2={"Deep": nested(60 // step, wrap)}),
        Own=nested((MAX_TREE_DEPTH - 2) // step, wrap),
        PayloadVersion=nested((MAX_TREE_DEPTH - 2) // step, wrap),
    )
    found = read(load(plistlib.dumps(whole)).value)
    assert read_spec(text_of(found, form)) == found


MANY: dict[str, Callable[[], dict[str, Any]]] = {
    "one list": lambda: tree(vpn(None, Many=[1] * (MAX_NODES - 20))),
    "marks": lambda: tree(
        vpn(None, Many={f"k{number}": b"" for number in range(40_000)}, Other=[{"real": 1}] * 25_000)
    ),
    "payloads": lambda: tree(*[{}] * (MAX_PAYLOADS - 1), vpn(None, Many=[{}] * 90_000)),
    "keys": lambda: tree(
        *[{"PayloadType": "com.example.other", **{f"k{number}": 1 for number in range(190)}}] * MAX_PAYLOADS
    ),
}


@pytest.mark.parametrize(("form", "kind"), [("yaml", "payloads"), *(("json", kind) for kind in MANY)])
def test_a_spec_may_hold_as_many_values_as_a_file_that_is_read(form: str, kind: str) -> None:
    data = plistlib.dumps(MANY[kind](), fmt=plistlib.FMT_BINARY)
    found = read(load(data).value)
    assert read_spec(text_of(found, Format(form))) == found


@FORMATS
def test_a_file_as_large_as_may_be_is_written_and_read(form: Format) -> None:
    chunk = b"\xff" * 690_000
    data = plistlib.dumps(tree(vpn(None, A=chunk, B=chunk, C=chunk, D=chunk, IKEv2={"PPK": chunk})))
    assert 4_000_000 < len(data) <= MAX_BYTES
    comes_back(read(load(data).value), form)


def test_what_would_be_too_large_to_be_read_again_is_refused_in_a_sentence() -> None:
    # A control character of Unicode takes four times as much, quoted.
    whole = read(tree(vpn(None, Large="\x9f" * 1_300_000)))
    with pytest.raises(SpecError) as refusal:
        text_of(whole)
    assert str(refusal.value) == (
        "As a spec the profile is larger than the 5 MB that can be read again. "
        "Choose JSON, which is shorter, or split it."
    )
    comes_back(whole, Format.JSON)
    with pytest.raises(SpecError, match=r"larger than the 5 MB that can be read again. Split it\.$"):
        text_of(read(tree(vpn(None, Large="x" * MAX_BYTES))), Format.JSON)


def test_json_goes_without_blanks_where_these_would_make_it_too_large() -> None:
    found = read(tree(vpn(None, Deep=nested(60, lambda value: [value] if value != 1 else [1] * 45_000))))
    assert "\n" not in text_of(found, Format.JSON).strip()
    comes_back(found, Format.JSON)


# What a person writes


def spec(*payloads: Any, **profile: Any) -> str:
    return json.dumps({"profile": {"PayloadIdentifier": "com.example.vpn", **profile}, "payloads": payloads})


def entry(values: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "vpn-ikev2", "name": "office", "values": values or {}, **more}


def sentence(text: str) -> str:
    """What is said of a spec that is refused."""
    with pytest.raises(SpecError) as refusal:
        read_spec(text)
    return str(refusal.value)


def test_unknown_keys_are_written_as_they_are_and_only_warned_of() -> None:
    whole = read_spec(spec(entry(unknown={"Vendor": {"file": "x", "n": 1}, "Day": "2027-01-31"})))
    (part,) = whole.payloads
    assert part.unknown == {"Vendor": {"file": "x", "n": 1}, "Day": "2027-01-31"}
    assert part.kept is None
    told = {(problem.path, problem.severity.value) for problem in validate(whole)}
    assert {("Vendor", "warning"), ("Day", "warning")} <= told
    assert plistlib.loads(build(whole))["PayloadContent"][0]["Vendor"] == {"file": "x", "n": 1}


def test_a_key_that_the_catalogue_has_learnt_since_is_no_longer_unknown() -> None:
    (part,) = read_spec(spec(entry(unknown={"UserDefinedName": "Office", "PayloadUUID": UUID}))).payloads
    assert (part.values, part.unknown, part.uuid) == ({"UserDefinedName": "Office"}, {}, UUID)


def test_a_part_that_was_imported_is_taken_as_it_is() -> None:
    values = {"IKEv2": {"PayloadCertificateUUID": "@ca", "PPK": {"file": "ppk.bin"}, "AuthName": ""}}
    ca = {"type": "certificate", "name": "ca", "values": {"PayloadUUID": UUID.lower()}, "imported": {}}
    whole = read_spec(
        spec(entry(values, imported={}), ca, DurationUntilRemoval=60, RemovalDate="2027-01-31", imported={})
    )
    assert whole.envelope["DurationUntilRemoval"] == 60
    assert type(whole.envelope["DurationUntilRemoval"]) is int
    assert whole.envelope["RemovalDate"] == "2027-01-31"
    assert whole.payloads[0].values == values
    assert whole.payloads[1].uuid == UUID.lower()
    assert whole.kept == whole.payloads[0].kept == Kept()
    assert plistlib.loads(build(whole))["PayloadContent"][0]["IKEv2"] == values["IKEv2"]


def test_an_imported_profile_gets_no_identifier_that_it_has_not() -> None:
    whole = read_spec('{"profile": {"imported": {"without": ["PayloadVersion"]}}}')
    written = plistlib.loads(build(whole))
    assert "PayloadIdentifier" not in written
    assert "PayloadVersion" not in written


def test_a_reference_by_name_is_what_an_imported_payload_is_called_in_the_profile() -> None:
    values = {"PayloadUUID": UUID}
    ca = {
        "type": "certificate",
        "name": "ca",
        "values": values,
        "imported": {"values": {"PayloadUUID": "my-ca"}},
    }
    whole = read_spec(spec(entry({"IKEv2": {"PayloadCertificateUUID": "@ca"}}), ca))
    assert whole.payloads[0].values["IKEv2"]["PayloadCertificateUUID"] == "my-ca"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (spec(entry(unknown=[])), "“unknown” of payloads[0] (office) is not a dictionary."),
        (
            spec(entry({"A": 1}, unknown={"A": 1})),
            "'A' stands twice in payloads[0] (office), once in “unknown”. Keep one of them.",
        ),
        (spec(A=1, unknown={"A": 1}), "'A' stands twice in “profile”, once in “unknown”."),
        (spec(entry(imported=[])), "“imported” of payloads[0] (office) is not a dictionary."),
        (spec(imported={"values": []}), "“values” in “imported” of “profile” is not a dictionary."),
        (spec(imported={"value": {}}), "“imported” of “profile”: This is not how an imported part was written."),
        (spec(imported={"order": "A"}), "“imported” of “profile”: “order” of an imported part is not a list"),
        (
            spec(entry(imported={"values": {"UserDefinedName": "x"}})),
            "“imported” of payloads[0] (office) names 'UserDefinedName', which is not written by itself.",
        ),
        (spec(imported={"without": ["Own"]}), "“imported” of “profile” names 'Own', which is not written by itself."),
        (spec(entry(import_={})), "payloads[0] has no key 'import_'. Did you mean “imported”?"),
        (spec(A={"real": "x"}), "profile.A: This is not a number."),
        (spec(A={"real": "inf"}), "profile.A: This is not a number."),
        (spec(A={"dictionary": {"base64": {"base64": "*"}}}), "profile.A.base64: This is not base64."),
        ('{"base64": "AAAA"}', "The spec has no key 'base64'."),
        ('{"left_out": "secret"}', "The spec has no key 'left_out'."),
        ('{"dictionary": {"profile": {}}}', "The spec has no key 'dictionary'."),
    ],
)  # fmt: skip
def test_what_is_wrong_about_an_imported_part_is_told_in_a_sentence(text: str, expected: str) -> None:
    assert sentence(text).startswith(expected)


def test_names_repeated_by_aliases_do_not_grow_without_end() -> None:
    names = ", ".join("abcdefghij" * 2_000)
    parts = "\n".join("- {type: other, imported: {order: *n}}" for _ in range(200))
    text = f"profile: {{imported: {{order: &n [{names}]}}}}\npayloads:\n{parts}"
    assert "values. Make it smaller, with fewer aliases." in sentence(text)
