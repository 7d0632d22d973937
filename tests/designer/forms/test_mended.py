"""Notes of what fixes changed: what they may say, and that they are no way for a secret to where it would be seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from designer.forms.document_form import DocumentForm
from designer.forms.mended import MENDED, Note, all_flat, mended_flat, mended_part, read_notes
from profiles.catalogue import registry
from profiles.catalogue.fixes import NOTHING
from profiles.plist.document import Document
from profiles.plist.reading.read import read
from profiles.plist.templates.declaration import Origin, Place
from tests.designer.forms.making import on_page
from tests.plist.trees import tree, vpn

UUID = "11111111-2222-3333-4444-000000000001"
SECRET = "hush hush hush"
VPN = registry.payload("vpn-ikev2")
STORED: Mapping[str, Any] = {
    "UserDefinedName": "Office",
    "IKEv2.MTU": 1400,
    "IKEv2.SharedSecret": SECRET,
    "IKEv2.sharedsecret": "another secret",
    "Vendor": {"Token": SECRET, "List": [{"Action": "Connect"}]},
}


def noted(*said: Mapping[str, Any]) -> dict[str, Any]:
    """What counts as stored with these notes, as far as it differs."""
    notes = read_notes(json.dumps(each) for each in said)
    found = mended_flat(STORED, notes, VPN)
    return {
        path: found.get(path, NOTHING) for path in {**STORED, **found} if found.get(path) != STORED.get(path)
    }


@pytest.mark.parametrize(
    "note",
    [
        Note(path="IKEv2.MTU", value=1),
        Note(path="IKEv2.MTU", value=1.0),
        Note(path="PayloadContent", value=b"\x00x"),
        Note(path="PayloadExpirationDate", value=datetime(2027, 1, 1)),  # noqa: DTZ001 — as property lists have it
        Note(path="a"),
        Note(path="IKEv2.SharedSecret", moved=((("IKEv2", "SharedSecret"), ("Vendor", "List", 0)),)),
        Note(path="PayloadUUID", own=True),
        Note(path="", slug="vpn-ikev2"),
        Note(path="two\nlines\\.and a dot"),
    ],
    ids=repr,
)
def test_a_note_comes_back_from_the_page(note: Note) -> None:
    assert read_notes([note.to_text()]) == [note]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "1",
        '"path"',
        "{}",
        '{"path": 1}',
        '{"path": "a", "moved": 1}',
        '{"path": "a", "moved": [1]}',
        '{"path": "a", "moved": [[["a"]]]}',
        '{"path": "a", "moved": [[[["a"]], ["b"]]]}',
        '{"path": "a", "moved": [[["a"], [null]]]}',
        '{"path": "a", "value": {"base64": "?"}}',
        '{"path": "a", "value": null}',
        '{"path": "a", "value": "\\u0000"}',
        '{"path": "a", "value": 1e999}',
        '{"path": "a", "value": ' + "[" * 5000 + "]" * 5000 + "}",
        '{"path": "a", "value": ' + "[" * 300 + "]" * 300 + "}",
    ],
    ids=lambda text: text[:40],
)
def test_what_is_no_note_is_passed_over(text: str) -> None:
    assert read_notes([text]) == []


def test_a_note_says_what_counts_as_stored() -> None:
    assert noted({"path": "IKEv2.MTU", "value": 1300}) == {"IKEv2.MTU": 1300}
    assert noted({"path": "IKEv2.MTU"}, {"path": "Vendor"}) == {"IKEv2.MTU": NOTHING, "Vendor": NOTHING}
    assert noted(
        {"path": "IKEv2.Password", "moved": [[["IKEv2", "Password"], ["IKEv2", "sharedsecret"]]]}
    ) == {"IKEv2.Password": "another secret"}


@pytest.mark.parametrize(
    "said",
    [
        # A secret, to where it would be seen.
        {"path": "UserDefinedName", "moved": [[["UserDefinedName"], ["IKEv2", "SharedSecret"]]]},
        {"path": "UserDefinedName", "moved": [[["UserDefinedName"], ["Vendor", "Token"]]]},
        {"path": "IKEv2", "moved": [[["IKEv2"], ["Vendor"]]]},
        {"path": "IKEv2.OnDemandRules", "moved": [[["IKEv2", "OnDemandRules"], ["Vendor", "List"]]]},
        {
            "path": "IKEv2.OnDemandRules",
            "value": [{}],
            "moved": [[["IKEv2", "OnDemandRules", 0, "Action"], ["Vendor", "Token"]]],
        },
        # Beside it, or under another name than the note is for.
        {"path": "IKEv2.Password", "moved": [[["UserDefinedName"], ["Vendor", "Token"]]]},
        {"path": "IKEv2.Password", "moved": [[["IKEv2", "PPK"], ["Vendor", "Token"]]]},
        # What the page shows is no secret to be moved, and what is not there cannot be.
        {"path": "IKEv2.Password", "moved": [[["IKEv2", "Password"], ["UserDefinedName"]]]},
        {"path": "IKEv2.Password", "moved": [[["IKEv2", "Password"], ["Vendor", "Gone"]]]},
        {"path": "IKEv2.Password", "moved": [[["IKEv2", "Password"], ["Vendor", "List", 7]]]},
        {"path": "IKEv2.Password", "moved": [[["IKEv2", "Password"], ["Vendor", "Token", "x"]]]},
        {"path": "IKEv2.Password", "moved": [[["IKEv2", "Password"], []]]},
        {"path": "IKEv2.Password", "moved": [[[], ["Vendor", "Token"]]]},
        {"path": "IKEv2.MTU", "value": "text", "moved": [[["IKEv2", "MTU", "x"], ["Vendor", "Token"]]]},
        # What nobody may see is not said.
        {"path": "IKEv2.SharedSecret", "value": "typed"},
        {"path": "Vendor", "value": "typed"},
        {"path": "IKEv2.New", "value": "typed"},
        {"path": "PayloadUUID", "own": True},
        {"path": "", "slug": "scep"},
    ],
    ids=str,
)
def test_what_a_note_must_not_say_does_not_count(said: Mapping[str, Any]) -> None:
    assert noted(said) == {}


def test_no_note_makes_a_payload_another_than_it_was_meant_to_be() -> None:
    (part,) = read(tree(vpn({"SharedSecret": SECRET}, VPNType="L2TP"))).payloads
    for slug in registry.payloads():
        assert mended_part(part, [Note(path="", slug=slug)]) == part
    (meant,) = read(tree(vpn({"SharedSecret": SECRET}, VPNType="ikev2"))).payloads
    assert {mended_part(meant, [Note(path="", slug=slug)]).slug for slug in registry.payloads()} == {
        "other",
        "vpn-ikev2",
    }


def test_all_values_of_a_payload_have_a_path() -> None:
    (part,) = read(tree(vpn({"MTU": 1, "New": 2}, **{"a.b": 3}))).payloads
    assert all_flat(part) == {"UserDefinedName": "Office", "IKEv2.MTU": 1, "IKEv2.New": 2, r"a\.b": 3}
    assert mended_part(part, [Note(path="IKEv2.MTU", value=2), Note(path="IKEv2.New")]) == replace(
        part, values={"UserDefinedName": "Office", "IKEv2": {"MTU": 2}}
    )


def posted(whole: Document, note: Note, **more: Any) -> Document:
    """The document after the page was posted with a note that it did not have."""
    data = on_page(DocumentForm(whole))
    data.appendlist(f"{UUID}-{MENDED}", note.to_text())
    return DocumentForm(whole, data, **more).document


def test_what_a_template_locks_no_note_changes() -> None:
    whole = read(tree(vpn({"MTU": 1400, "New": 1})))
    locked = frozenset({Place(UUID, "IKEv2.New")})
    origin = Origin(template=UUID, revision=1, title="T", answers={}, locked=locked)
    assert "New" not in posted(whole, Note(path="IKEv2.New")).payloads[0].values["IKEv2"]
    held = replace(whole, origin=origin)
    assert posted(held, Note(path="IKEv2.New")) == held


def test_in_a_form_of_a_few_keys_there_are_no_notes() -> None:
    whole = read(tree(vpn({"MTU": 1400, "New": 1})))
    assert posted(whole, Note(path="IKEv2.New"), only=[Place(UUID, "IKEv2.MTU")]) == whole
