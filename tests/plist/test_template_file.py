"""Templates as files: what comes back, what never leaves, and the sentence for each file that is refused."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from profiles.exceptions import SpecError
from profiles.plist.build import property_list
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.reading.read import read as read_tree
from profiles.plist.spec.syntax import MAX_BYTES
from profiles.plist.templates.declaration import Declaration, Place, Variable, VariableKind
from profiles.plist.templates.file import FORMAT, VERSION, ToBeFilledIn, read, write
from profiles.plist.validation.validate import validate
from tests.plist.exactness import differences
from tests.plist.making import PROFILE_UUID, TUNNEL_UUID, document, in_tunnel, payload
from tests.plist.trees import tree, vpn

SECRET = "hunter2"
IDENTITY_UUID = "9E1B7A52-5C0E-4E0B-8E5B-1A2B3C4D5E6F"
USER = Variable(name="user", label="User name", kind=VariableKind.EMAIL, default="a@b.example")
PASSWORD = Variable(name="pw", secret=True, pattern=".{8,}", help="At least eight characters")
DECLARATION = Declaration(
    variables=(USER, PASSWORD),
    locked=frozenset({in_tunnel("RemoteAddress"), Place("profile", "PayloadOrganization")}),
    asked=frozenset({in_tunnel("SharedSecret")}),
    summary="For the office.",
)


def whole(
    ikev2: dict[str, Any] | None = None, unknown: dict[str, Any] | None = None, **envelope: Any
) -> Document:
    """A template of a tunnel and the identity that it refers to."""
    inside = {
        "AuthName": "{{user}}",
        "AuthPassword": "{{ pw }}",
        "DisableMOBIKE": 1,
        "OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["Büro"]}],
        "PayloadCertificateUUID": IDENTITY_UUID,
        **(ikev2 or {}),
    }
    certificate = {"PayloadContent": b"\0\xff", "PayloadCertificateFileName": "ca.cer"}
    more = {
        "RemovalDate": datetime(2027, 1, 31, 12),  # noqa: DTZ001 - as plistlib has it
        "DurationUntilRemoval": 60.0,
        "PayloadRemovalDisallowed": True,
        "ConsentText": {"default": "Agree"},
        **envelope,
    }
    parts = document(
        payload(inside, unknown=unknown),
        PayloadDocument(slug="certificate", name="id", uuid=IDENTITY_UUID, values=certificate),
        targets={"iOS": "17.0"},
        envelope=more,
    )
    return replace(parts, declaration=DECLARATION)


def back(document: Document) -> tuple[Document, tuple[ToBeFilledIn, ...]]:
    return read(write(document))


def changed(**top: Any) -> str:
    """A file that is right, but for some of its top."""
    return json.dumps({**json.loads(write(whole())), **top})


def sentence(text: str) -> str:
    """What is said about a file that is refused: one line, one full stop at its end."""
    with pytest.raises(SpecError) as refusal:
        read(text)
    said = str(refusal.value)
    assert said.endswith((".", "?"))
    assert "\n" not in said
    return said


# What comes back


def test_a_template_comes_back_as_it_was_but_for_its_uuids() -> None:
    before = whole()
    after, gaps = back(before)
    office, identity = after.payloads
    assert gaps == ()
    assert differences(dict(after.envelope), dict(before.envelope)) == []
    assert after.targets == before.targets
    assert [(part.slug, part.name) for part in after.payloads] == [
        ("vpn-ikev2", "office"),
        ("certificate", "id"),
    ]
    assert office.values["IKEv2"]["PayloadCertificateUUID"] == identity.uuid
    restored = {**office.values["IKEv2"], "PayloadCertificateUUID": IDENTITY_UUID}
    assert differences({**office.values, "IKEv2": restored}, dict(before.payloads[0].values)) == []
    assert differences(dict(identity.values), dict(before.payloads[1].values)) == []
    assert after.declaration == replace(
        DECLARATION,
        locked=frozenset({in_tunnel("RemoteAddress", office.uuid), Place("profile", "PayloadOrganization")}),
        asked=frozenset({in_tunnel("SharedSecret", office.uuid)}),
    )
    assert after.origin is None


def test_each_reading_gives_new_uuids() -> None:
    text = write(whole())
    seen = [uuid for _ in range(2) for uuid in _uuids(read(text)[0])]
    assert len({*seen, *_uuids(whole())}) == 9


def _uuids(document: Document) -> list[str]:
    return [document.uuid, *(part.uuid for part in document.payloads)]


def test_the_same_template_is_the_same_text() -> None:
    assert write(whole()) == write(whole())
    assert json.loads(write(whole()))["format"] == FORMAT


def test_a_dictionary_that_looks_like_data_stays_a_dictionary() -> None:
    rules = [{"Action": "Connect", "ActionParameters": [{"base64": "eA=="}, {"dictionary": {"date": "x"}}]}]
    texts = {"date": "heute"}
    after, _ = back(whole({"EnforceRoutes": 1}, ConsentText=texts))
    assert after.envelope["ConsentText"] == texts
    kept, gaps = back(whole({"OnDemandRules": rules}))
    assert [gap.label for gap in gaps] == ["base64", "dictionary"]
    assert kept.payloads[0].values["IKEv2"]["OnDemandRules"][0]["ActionParameters"] == [{}, {}]


def test_what_nests_as_deep_as_can_be_stored_may_hide_a_secret_and_has_to_be_filled_in() -> None:
    deep: Any = "x"
    for _ in range(62):
        deep = {"date": deep}
    after, gaps = read(write(whole(ConsentText=deep)))
    assert "ConsentText" not in after.envelope
    assert "ConsentText" in {gap.path for gap in gaps}


def test_a_template_without_payloads_or_variables_comes_back() -> None:
    after, gaps = back(replace(document(), declaration=Declaration()))
    assert (after.payloads, after.declaration, gaps) == ((), Declaration(), ())
    assert back(document())[0].declaration == Declaration()


# Secrets


def secretive() -> Document:
    return whole(
        {
            "AuthPassword": f"{SECRET}{{{{pw}}}}",
            "SharedSecret": SECRET,
            "PPK": SECRET.encode(),
            "Vendor.Key": {"deep": [SECRET]},
            "OnDemandRules": [{"Action": "Connect"}, {"Action": "Ignore", "Secrit": SECRET}],
        },
        unknown={"Vendor": {"Token": SECRET}, "Host": "{{user}}", "Other": "{{nobody}}"},
        Odd=SECRET,
    )


def test_no_secret_is_written_and_each_is_a_gap() -> None:
    text = write(secretive())
    assert SECRET not in text
    assert "aHVudGVyMg" not in text
    after, gaps = read(text)
    assert [(gap.payload, gap.path, gap.label) for gap in gaps] == [
        ("profile", "Odd", "Odd"),
        ("office", "IKEv2.SharedSecret", "Shared secret"),
        ("office", "IKEv2.AuthPassword", "Password"),
        ("office", "IKEv2.PPK", "Post-quantum pre-shared key"),
        ("office", "IKEv2.OnDemandRules[1].Secrit", "Secrit"),
        ("office", r"IKEv2.Vendor\.Key", "Vendor.Key"),
        ("office", "Vendor", "Vendor"),
        ("office", "Other", "Other"),
    ]
    office = after.payloads[0]
    assert not {"SharedSecret", "AuthPassword", "PPK", "Vendor.Key"} & {*office.values["IKEv2"]}
    assert office.values["IKEv2"]["OnDemandRules"] == [{"Action": "Connect"}, {"Action": "Ignore"}]
    assert office.unknown == {"Host": "{{user}}"}


def test_a_variable_that_stands_for_a_secret_is_written() -> None:
    after, gaps = back(whole({"SharedSecret": "{{pw}}"}, unknown={"Token": "{{ pw }}"}))
    assert gaps == ()
    assert after.payloads[0].values["IKEv2"]["SharedSecret"] == "{{pw}}"
    assert after.payloads[0].unknown == {"Token": "{{ pw }}"}


@pytest.mark.parametrize("variable", [PASSWORD, replace(PASSWORD, secret=False)])
def test_the_default_of_a_secret_variable_is_not_written(variable: Variable) -> None:
    variables = (USER, replace(variable, default=SECRET))
    text = write(replace(whole(), declaration=replace(DECLARATION, variables=variables)))
    assert SECRET not in text
    after, gaps = read(text)
    assert after.declaration
    assert after.declaration.variables == (USER, variable)
    assert gaps == (ToBeFilledIn(payload="profile", path="variables.pw", label="Default of pw"),)


def test_of_what_nobody_knows_numbers_switches_and_dates_stay() -> None:
    plain = {"Level": 5, "On": True, "Both": [1, {"a": False}]}
    inside = {"Odd": 7, "OnDemandRules": [{"Action": "Connect", "Level": 3, "Token": SECRET}]}
    after, gaps = back(whole(inside, unknown={**plain, "Mixed": [1, SECRET]}))
    (office, *_) = after.payloads
    assert office.unknown == plain
    assert office.values["IKEv2"]["Odd"] == 7
    assert office.values["IKEv2"]["OnDemandRules"] == [{"Action": "Connect", "Level": 3}]
    told = [gap.path for gap in gaps if gap.payload == office.name]
    assert {"Mixed", "IKEv2.OnDemandRules[0].Token"} <= {*told}
    assert not {"Level", "On", "Both", "IKEv2.Odd"} & {*told}


def test_a_secret_that_was_written_in_by_hand_is_dropped_and_becomes_a_gap() -> None:
    data = json.loads(write(whole()))
    office = data["payloads"][0]
    office["values"]["IKEv2"]["SharedSecret"] = SECRET
    office["unknown"] = {"Vendor": SECRET}
    data["template"]["variables"][1]["default"] = SECRET
    after, gaps = read(json.dumps(data))
    assert [gap.path for gap in gaps] == ["IKEv2.SharedSecret", "Vendor", "variables.pw"]
    assert SECRET not in repr([after.declaration, after.payloads[0].values, after.payloads[0].unknown])


# What is refused


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The file is not valid JSON at line 1, column 1: expecting value."),
        ("profile: {}", "The file is not valid JSON at line 1, column 1: expecting value."),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "The file holds NaN"),
        ('{"a": 1e999}', "a is no number"),
        ('{"a": "\\ud800"}', "a holds half of a character"),
        (f'{{"a": {"9" * 5_000}}}', "The file holds a number with too many digits"),
        ("[" * 100_000, "The file nests deeper than"),
        ('{"a": ' + "[" * 500 + "]" * 500 + "}", "The file nests deeper than"),
        (f"[{'0,' * 100_000}0]", "The file holds more than 100,000 values. Make it smaller."),
        (f'"{"x" * MAX_BYTES}"', "The file is larger than 5 MB. Make it smaller."),
        ("[]", "The file is no template that a designer has written."),
        ("null", "The file is no template"),
        ('{"profile": {}, "payloads": []}', "The file is no template"),
        ('{"format": ["profile-designer-template"]}', "The file is no template"),
    ],
)
def test_what_is_no_template_file_is_refused(text: str, told: str) -> None:
    assert told in sentence(text)


@pytest.mark.parametrize("version", [None, 0, -1, True, "1", 1.0, []])
def test_a_file_without_a_version_is_refused(version: Any) -> None:
    assert "does not tell its version" in sentence(changed(version=version))


def test_a_file_of_a_newer_version_is_refused_whatever_else_it_holds() -> None:
    assert sentence(changed(version=VERSION + 1, payloads={}, more=1)) == (
        "This template was written by a newer version of the designer (3). Bring this server up to date, or ask for a "
        "template from an older one."
    )


OFFICE = {"type": "vpn-ikev2", "name": "office", "uuid": TUNNEL_UUID, "values": {}}


@pytest.mark.parametrize(
    ("top", "told"),
    [
        ({"more": 1}, "The file has no key 'more'"),
        ({"profile": []}, "“profile” is not a dictionary"),
        ({"profile": {}}, "“uuid” of “profile” is not a UUID"),
        ({"profile": {"uuid": PROFILE_UUID, "value": {}}}, "Did you mean “values”?"),
        ({"profile": {"uuid": PROFILE_UUID, "values": []}}, "“values” of “profile” is not a dictionary"),
        ({"profile": {"uuid": PROFILE_UUID, "values": {"base64": "eA=="}}}, "is not a dictionary"),
        ({"profile": {"uuid": PROFILE_UUID, "targets": {"iPadOS": "17"}}}, "is no operating system"),
        ({"profile": {"uuid": PROFILE_UUID, "targets": {"iOS": "x"}}}, "The version of iOS"),
        ({"payloads": {}}, "“payloads” is not a list"),
        ({"payloads": [1]}, "Payloads[0] is not a dictionary"),
        ({"payloads": [{**OFFICE, "type": "vpn-ikev3"}]}, "Did you mean vpn-ikev2?"),
        ({"payloads": [{**OFFICE, "type": 5}]}, "payloads[0] has no “type”"),
        ({"payloads": [{**OFFICE, "name": None}]}, "The name of payloads[0] is not a text"),
        ({"payloads": [{**OFFICE, "name": "x" * 256}]}, "is not one line of 1 to 255 characters"),
        ({"payloads": [{**OFFICE, "name": "profile"}]}, "cannot be called 'profile'"),
        ({"payloads": [{**OFFICE, "uuid": "x"}]}, "“uuid” of payloads[0] is not a UUID"),
        ({"payloads": [{**OFFICE, "values": "x"}]}, "“values” of payloads[0] is not a dictionary"),
        ({"payloads": [{**OFFICE, "unknown": []}]}, "“unknown” of payloads[0] is not a dictionary"),
        ({"payloads": [{**OFFICE, "values": {"a": {"base64": "!"}}}]}, "This is not base64"),
        ({"payloads": [{**OFFICE, "values": {"a": {"date": "!"}}}]}, "This is not a date"),
        ({"payloads": [{**OFFICE, "values": {"a": "\0"}}]}, "The file holds the control character U+0000"),
        ({"payloads": [{**OFFICE, "extra": {}}]}, "payloads[0] has no key 'extra'"),
        ({"payloads": [OFFICE, {**OFFICE, "uuid": IDENTITY_UUID}]}, "Two payloads are called 'office'"),
        ({"payloads": [OFFICE, {**OFFICE, "name": "other"}]}, "One “uuid” stands twice"),
        ({"payloads": [{**OFFICE, "uuid": PROFILE_UUID.lower()}]}, "One “uuid” stands twice"),
        ({"template": []}, "The declaration of the template is not a dictionary"),
        ({"template": {"variables": [{"name": "1"}]}}, "A variable cannot be called '1'"),
        ({"template": {"variables": [{"name": "a", "kind": "x"}]}}, "unknown kind, 'x'"),
        ({"template": {"variables": [{"name": "a"}, {"name": "a"}]}}, "Two variables are called 'a'"),
        ({"template": {"summary": "\x07"}}, "control character U+0007"),
        ({"to_be_filled_in": {}}, "“to_be_filled_in” is not a list"),
        ({"to_be_filled_in": [1]}, "To_be_filled_in[0] is not a dictionary"),
        ({"to_be_filled_in": [{"payload": "gone", "path": "a", "label": "b"}]}, "is no key of a payload"),
        ({"to_be_filled_in": [{"payload": "office", "path": 1, "label": "b"}]}, "is no key of a payload"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(top: dict[str, Any], told: str) -> None:
    assert told in sentence(changed(**top))


def test_no_refusal_repeats_a_value() -> None:
    for value in ({"base64": SECRET + "!"}, {"date": SECRET}, f"{SECRET}\0"):
        entry = {**OFFICE, "values": {"IKEv2": {"SharedSecret": value}}}
        assert SECRET not in sentence(changed(payloads=[entry]))


# Whatever the file holds


ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    "x",
    "{{",
    "{{user}}",
    "\0",
    "profile",
    TUNNEL_UUID,
    [],
    [[]],
    {},
    {"base64": "eA=="},
    {"date": "0001-01-01T00:00:00+14:00"},
    {"dictionary": {}},
    {"dictionary": {"base64": None}},
    {"": {"a.b": [{}]}},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where everything in a JSON value stands."""
    if path:
        yield path
    for name, item in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(item, (*path, name))


def mutated(chance: random.Random) -> str:
    """A file that is right, but for a few places in it."""
    data = json.loads(write(secretive()))
    data["payloads"][0]["unknown"] = {"Vendor": {"a": [SECRET]}}
    data["payloads"][0]["values"]["IKEv2"]["SharedSecret"] = SECRET
    for _ in range(chance.randint(1, 3)):
        *way, last = chance.choice([*places(data)])
        holder = data
        for part in way:
            holder = holder[part]
        match chance.randint(0, 3):
            case 0:
                del holder[last]
            case 1 if isinstance(holder, dict):
                holder[chance.choice(["x", "base64", "name", "a.b", "\u2028"])] = holder.pop(last)
            case 2 if isinstance(holder, list):
                holder.append(holder[last])
            case _:
                holder[last] = chance.choice(ODD)
    return json.dumps(data)


def outcome(text: str) -> Document | str:
    """The template in a file, or what is said about it."""
    try:
        return read(text)[0]
    except SpecError as refusal:
        return str(refusal)


def test_any_other_file_is_read_or_refused_in_a_sentence() -> None:
    outcomes = [outcome(mutated(random.Random(seed))) for seed in range(400)]
    refusals = [each for each in outcomes if isinstance(each, str)]
    found = [each for each in outcomes if isinstance(each, Document)]
    assert [each for each in refusals if not each.endswith((".", "?")) or "\n" in each] == []
    assert len(refusals) > 100
    assert len(found) > 50
    for each in found:
        validate(each)
        assert isinstance(outcome(write(each)), Document)
        assert SECRET not in repr(
            [each.declaration, *((part.values, part.unknown) for part in each.payloads)]
        )


def test_a_damaged_file_is_read_or_refused_in_a_sentence() -> None:
    chance, text = random.Random(1), write(whole())
    refusals = []
    for _ in range(400):
        start, end = chance.randrange(len(text)), chance.randint(0, 9)
        other = chance.choice(["", '"', "}", "[", "\0", "9" * 50])
        refusals += [
            each for each in [outcome(text[:start] + other + text[start + end :])] if isinstance(each, str)
        ]
    assert len(refusals) > 100
    assert [each for each in refusals if not each.endswith((".", "?")) or "\n" in each] == []


def test_an_imported_template_is_written_as_it_is_stored_but_for_what_nobody_knows() -> None:
    odd = vpn(
        {"RemoteAddress": "a", "AuthName": "", "DisableMOBIKE": True, "Vendor": "hush"}, PayloadVersion=1.0
    )
    whole = replace(read_tree(tree(odd, Top="hush")), declaration=Declaration())
    text = write(whole)
    assert "hush" not in text
    again, gaps = read(text)
    assert {gap.path for gap in gaps} == {"IKEv2.Vendor", "Top"}
    (part,) = property_list(again)["PayloadContent"]
    assert differences(part["IKEv2"], {"RemoteAddress": "a", "AuthName": "", "DisableMOBIKE": True}) == []
    assert type(part["PayloadVersion"]) is float
    assert part["PayloadIdentifier"] == f"com.example.vpn.vpn-ikev2.{part['PayloadUUID']}"


def test_a_template_that_was_made_here_can_be_read_by_older_servers() -> None:
    assert json.loads(write(replace(document(payload()), declaration=Declaration())))["version"] == 1
