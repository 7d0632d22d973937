"""Secrets come apart from a document and back into it, and never show where they are masked."""

from __future__ import annotations

import base64
import copy
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.keys import Data, Dictionary, Key, ListOf, Text
from profiles.catalogue.payloads.vpn_ikev2 import PAYLOAD
from profiles.plist import part_xml
from profiles.plist.build import build, property_list
from profiles.plist.diff.documents import diff
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.reading.read import read
from profiles.plist.secrets import MASK, join, mask, masked, masked_values, split
from profiles.plist.spec import writer
from profiles.plist.templates import file
from profiles.plist.templates.declaration import Declaration
from profiles.plist.validation.repairs import repairs
from profiles.plist.validation.validate import structure, validate
from profiles.services.certificate_evidence import check
from tests.catalogue.making import payload as declared
from tests.plist.making import document, payload, tunnel
from tests.plist.trees import WIFI, tree, vpn

SECRET = "hunter2"
HIDDEN = {
    "SharedSecret": SECRET,
    "AuthPassword": f"{SECRET}\n&<>",
    "Password": SECRET,
    "PPK": SECRET.encode(),
}

INNER: tuple[Key, ...] = (
    Text("Name", label="Name"),
    Text("Token", label="Token", secret=True),
    ListOf(
        "Deeper", label="Deeper", item=Dictionary("", label="", keys=(Data("Key", label="Key", secret=True),))
    ),
)
NESTED = declared(
    Text("Plain", label="Plain"),
    Text("Top", label="Top", secret=True),
    Text("A.B.Deep", label="Deep", secret=True),
    ListOf("A.List", label="List", item=Dictionary("", label="", keys=INNER)),
)
NESTED_VALUES: dict[str, Any] = {
    "Plain": "p",
    "Top": SECRET,
    "A": {
        "B": {"Deep": SECRET},
        "List": [
            {"Name": "first", "Token": SECRET},
            {"Name": "second", "Deeper": [{"Key": SECRET.encode()}, {}, {"Key": b"k", "Other": 1}]},
            "no dictionary",
        ],
    },
}


def test_a_secret_comes_apart_and_back() -> None:
    values = payload(HIDDEN).values
    public, secrets = split(PAYLOAD, values)
    assert SECRET not in repr(public)
    assert dict(secrets) == {("IKEv2", name): value for name, value in HIDDEN.items()}
    assert join(public, secrets) == values


def test_splitting_leaves_the_values_as_they_were() -> None:
    values = copy.deepcopy(NESTED_VALUES)
    public, secrets = split(NESTED, values)
    assert values == NESTED_VALUES
    join(public, secrets)
    assert SECRET not in repr(public)


def test_secrets_in_lists_of_dictionaries_come_apart_and_back() -> None:
    public, secrets = split(NESTED, NESTED_VALUES)
    assert SECRET not in repr(public)
    assert [place for place, _ in secrets] == [
        ("Top",),
        ("A", "B", "Deep"),
        ("A", "List", 0, "Token"),
        ("A", "List", 1, "Deeper", 0, "Key"),
        ("A", "List", 1, "Deeper", 2, "Key"),
        ("A", "List", 1, "Deeper", 2, "Other"),
    ]
    assert join(public, secrets) == NESTED_VALUES


@pytest.mark.parametrize("nothing", [{}, {"IKEv2": {}}, {"IKEv2": {"SharedSecret": ""}}])
def test_where_no_secret_is_set_nothing_comes_apart(nothing: dict[str, Any]) -> None:
    public, secrets = split(PAYLOAD, nothing)
    assert (public, secrets) == (nothing, [])


def test_a_secret_of_the_wrong_type_is_still_a_secret() -> None:
    for value in (5, [SECRET], {"a": SECRET}, True):
        public, secrets = split(PAYLOAD, payload({"SharedSecret": value}).values)
        assert [place for place, _ in secrets] == [("IKEv2", "SharedSecret")]
        assert join(public, secrets)["IKEv2"]["SharedSecret"] == value


def random_values(chance: random.Random) -> dict[str, Any]:
    """Values of NESTED, with some or all of it missing."""

    def some(values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if chance.random() < 0.7}

    def item() -> dict[str, Any]:
        deeper = [some({"Key": chance.randbytes(3)}) for _ in range(chance.randrange(3))]
        return some({"Name": "n", "Token": f"t{chance.random()}", "Deeper": deeper})

    items = [item() for _ in range(chance.randrange(4))]
    return some({"Plain": "p", "Top": SECRET, "A": some({"B": some({"Deep": SECRET}), "List": items})})


def test_any_values_come_apart_and_back() -> None:
    chance = random.Random(7)
    for _ in range(300):
        values = random_values(chance)
        public, secrets = split(NESTED, values)
        assert join(public, secrets) == values
        assert SECRET not in repr(public)
        assert split(NESTED, public)[1] == []


def test_a_masked_document_can_be_built_and_shows_no_secret() -> None:
    shown = build(mask(tunnel(HIDDEN)))
    assert SECRET.encode() not in shown
    assert shown.count(MASK.encode()) == 3


def forms_of(secret: str) -> Iterator[bytes]:
    """How a secret could stand in a property list by accident."""
    yield secret.encode()
    yield base64.b64encode(secret.encode())
    yield secret.encode().hex().encode()


def test_no_form_of_a_secret_is_in_a_masked_document() -> None:
    shown = build(mask(tunnel(HIDDEN)))
    plain = build(tunnel(HIDDEN))
    assert any(form in plain for form in list(forms_of(SECRET))[1:])
    assert not [form for form in forms_of(SECRET) if form in shown]


def test_of_keys_that_the_catalogue_does_not_know_texts_and_data_are_masked() -> None:
    plain = {"Number": 1234, "Real": 1.5, "Switch": True, "Date": datetime(2027, 1, 31), "": "", "Nil": b""}  # noqa: DTZ001 - as plistlib has it
    imported = document(
        payload(unknown={"Vendor": {"Token": SECRET, "Blob": SECRET.encode(), **plain}, "Other": [SECRET, 5]})
    )
    shown = mask(imported)
    hidden = {"Token": MASK, "Blob": f"{MASK} {len(SECRET)} bytes".encode()}
    assert shown.payloads[0].unknown == {"Vendor": {**hidden, **plain}, "Other": [MASK, 5]}
    assert SECRET.encode() not in build(shown)


@pytest.mark.parametrize("value", [1234, True, {"a": [1, SECRET]}, SECRET.encode()], ids=repr)
def test_what_stands_in_a_secret_key_is_masked_whole_whatever_its_type(value: Any) -> None:
    shown = mask(tunnel(SharedSecret=value)).payloads[0].values["IKEv2"]["SharedSecret"]
    assert shown in (MASK, masked(SECRET.encode()))


def test_a_number_in_a_secret_key_is_masked_also_inside_an_odd_list() -> None:
    items = [{"Token": 1234, "Name": "n"}, [1, SECRET]]
    shown = masked_values(NESTED, {"A": {"List": items}})
    assert shown == {"A": {"List": [{"Token": MASK, "Name": MASK}, [1, MASK]]}}


def test_all_of_an_unknown_key_is_stored_apart_in_its_order() -> None:
    values = payload(top={"Z": {"b": 1, "a": SECRET}, "A": 5}).values
    public, secrets = split(PAYLOAD, values)
    assert [place for place, _ in secrets] == [("Z",), ("A",)]
    assert [*join(public, secrets)["Z"]] == ["b", "a"]


def test_a_secret_that_cannot_be_built_can_be_shown_masked() -> None:
    broken = tunnel(AuthPassword=f"{SECRET}\x00", SharedSecret=[SECRET])
    assert len(list(structure(broken))) == 2
    assert SECRET.encode() not in build(mask(broken))


def test_masking_leaves_the_document_and_all_that_is_no_secret() -> None:
    whole = tunnel(HIDDEN, AuthName="alice")
    shown = mask(whole)
    assert whole == tunnel(HIDDEN, AuthName="alice")
    assert shown.payloads[0].values["IKEv2"] == {
        **payload({"AuthName": "alice"}).values["IKEv2"],
        "SharedSecret": MASK,
        "AuthPassword": MASK,
        "Password": MASK,
        "PPK": f"{MASK} 7 bytes".encode(),
    }
    assert shown.envelope == whole.envelope


def test_equal_masks_say_nothing_about_the_secrets() -> None:
    assert masked("a") == masked("something much longer")
    assert type(masked("a")) is str
    assert type(masked(b"a")) is bytes


@pytest.fixture
def nested(monkeypatch: pytest.MonkeyPatch) -> Document:
    """A document of a payload type with secrets inside lists of dictionaries, which the catalogue does not have yet."""
    monkeypatch.setattr(registry, "payloads", lambda: {NESTED.slug: NESTED})
    items = [item for item in NESTED_VALUES["A"]["List"] if isinstance(item, dict)]
    values = {**NESTED_VALUES, "A": {**NESTED_VALUES["A"], "List": items}}
    return document(PayloadDocument(slug=NESTED.slug, name="nested", uuid="nested", values=values))


def test_secrets_inside_lists_are_masked_too(nested: Document) -> None:
    assert not [form for form in forms_of(SECRET) if form in build(mask(nested))]
    assert [form for form in forms_of(SECRET) if form in build(nested)]


def test_secrets_inside_lists_are_not_shown_in_what_differs(nested: Document) -> None:
    values = copy.deepcopy(dict(nested.payloads[0].values))
    values["A"]["List"][0]["Token"] = f"{SECRET} anew"
    changes = diff(nested, nested.with_values({"nested": values}))
    assert [change.path for change in changes] == ["A.List[0].Token"]
    assert SECRET not in repr(changes)


@pytest.mark.parametrize("content", ["hush", {"Challenge": "hush"}, b"hush"], ids=repr)
def test_what_stands_in_place_of_the_payloads_of_a_file_counts_as_secret(content: Any) -> None:
    found = read({"PayloadType": "Profile Service", "PayloadContent": content, "PayloadUUID": {"a": "hush"}})
    other = read({"PayloadType": "Profile Service", "PayloadContent": "other", "PayloadUUID": "x"})
    text = part_xml.write(found, ENVELOPE_NAME, b"key")
    told = [
        str(property_list(mask(found))),
        text,
        writer.write(found, with_secrets=False, form=writer.Format.JSON).text,
        file.write(replace(found, declaration=Declaration())),
        repr(repairs(found, check(found))),
        repr(diff(found, other)) + repr(diff(other, found)),
        repr(validate(found)),
    ]
    assert [each for each in told if "hush" in each or "aHVzaA" in each] == []
    assert property_list(part_xml.read_back(found, ENVELOPE_NAME, b"key", text).document) == property_list(
        found
    )


@pytest.mark.parametrize("odd", [{"k": "hush"}, ["hush"], b"hush"], ids=repr)
def test_a_name_that_is_no_text_is_not_shown(odd: Any) -> None:
    found = read(tree(WIFI | {"PayloadIdentifier": None}, PayloadDisplayName=odd, PayloadIdentifier=odd))
    assert (found.title, found.identifier) == ("", "")
    assert "hush" not in repr([each.after for each in repairs(found, check(found))])


@pytest.mark.parametrize("odd", [{"k": "hush"}, ["hush"], b"hush"], ids=repr)
def test_rules_say_nothing_of_names_that_are_no_texts(odd: Any) -> None:
    found = read(tree(vpn({"RemoteAddress": "a", "ServerCertificateIssuerCommonName": odd})))
    assert "hush" not in repr([problem.message for problem in check(found)])
