"""One part as XML: masks in place of secrets, and everything back where it was."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from profiles.exceptions import MaskError, UnreadableProfileError
from profiles.plist import part_xml
from profiles.plist.build import property_list
from profiles.plist.document import ENVELOPE_NAME, Document
from profiles.plist.part_xml import ReadBack
from profiles.plist.reading.read import read
from profiles.plist.secrets import MASK
from tests.plist import wild
from tests.plist.exactness import differences, losses
from tests.plist.making import WITH_SECRET, document, payload
from tests.plist.trees import WIFI, tree, vpn

KEY = b"of the server"


def write(found: Document, part: str) -> str:
    return part_xml.write(found, part, KEY)


def read_back(found: Document, part: str, text: str) -> ReadBack:
    return part_xml.read_back(found, part, KEY, text)


def mask_of(text: str, key: str) -> str:
    """What stands for the value of a key."""
    return text[text.index(f"<key>{key}</key>") :].partition("<string>")[2].partition("</string>")[0]


def edited(found: Document, part: str, *changes: tuple[str, str]) -> Document:
    """The document once a person has changed its XML."""
    text = write(found, part)
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return read_back(found, part, text).document


@settings(max_examples=100, deadline=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles())
def test_what_nobody_changed_stays_type_by_type(given: dict[str, Any]) -> None:
    found = read(given)
    for part in (ENVELOPE_NAME, *(each.uuid for each in found.payloads)):
        assert losses(property_list(edited(found, part)), given) == []


def test_what_was_made_here_stays_as_the_designer_writes_it() -> None:
    made = document(payload(WITH_SECRET))
    again = edited(made, made.payloads[0].uuid)
    assert again.payloads[0].kept is None
    assert property_list(again) == property_list(made)
    assert edited(made, ENVELOPE_NAME).kept is None


def test_no_secret_and_no_text_of_an_unknown_key_stands_in_the_xml() -> None:
    found = read(tree(WIFI))
    text = write(found, found.payloads[0].uuid)
    assert "hush" not in text
    assert "aHVzaA" not in text
    assert "<integer>1234</integer>" in text
    assert "Example" not in text
    assert "<key>SSID_STR</key>" in text
    assert "<true/>" in text


def test_a_mask_that_is_typed_over_becomes_the_new_value() -> None:
    found = read(tree(WIFI))
    text = write(found, found.payloads[0].uuid)
    mask = mask_of(text, "SSID_STR")
    after = property_list(
        edited(found, found.payloads[0].uuid, (f"<string>{mask}</string>", "<string>Other</string>"))
    )
    assert differences(after, tree(WIFI | {"SSID_STR": "Other"})) == []


def test_keys_can_be_put_in_and_taken_out() -> None:
    found = read(tree(vpn({"RemoteAddress": "a", "Vendor": [1]})))
    text = write(found, found.payloads[0].uuid)
    start, end = text.index("<key>Vendor</key>"), text.index("</array>") + len("</array>")
    more = f"{text[:start]}<key>Added</key><dict><key>b</key><real>1</real></dict>{text[end:]}"
    after = read_back(found, found.payloads[0].uuid, more).document
    assert differences(property_list(after), tree(vpn({"RemoteAddress": "a", "Added": {"b": 1.0}}))) == []


@pytest.mark.parametrize("key", ["RemoteAddress", "SharedSecret"])
def test_a_mask_of_one_part_is_refused_in_another(key: str) -> None:
    found = read(tree(WIFI, vpn({key: "vpn.example.org"})))
    text = write(found, found.payloads[1].uuid)
    old = re.search(rf"<key>{key}</key>\s*<string>(.*)</string>", text)
    assert old
    moved = text.replace(old[1], mask_of(write(found, found.payloads[0].uuid), "SSID_STR"))
    with pytest.raises(MaskError, match=rf"^The mask in IKEv2\.{key} stands for nothing there\."):
        read_back(found, found.payloads[1].uuid, moved)


def test_the_xml_may_be_a_whole_property_list() -> None:
    found = read(tree(WIFI))
    part = found.payloads[0].uuid
    text = write(found, part)
    whole = f'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n{text}</plist>'
    assert property_list(read_back(found, part, whole).document) == tree(WIFI)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "<array/>", "text", "<dict><key>a</key></dict>", "<dict>", "<dict/><dict/>", "\ud800"],
    ids=repr,
)
def test_what_is_no_xml_of_a_part_is_refused_in_a_sentence(text: str) -> None:
    found = read(tree(WIFI))
    with pytest.raises(UnreadableProfileError, match=r"[.]$"):
        read_back(found, found.payloads[0].uuid, text)


def test_xml_that_is_too_long_is_refused() -> None:
    found = read(tree(WIFI))
    with pytest.raises(UnreadableProfileError, match="characters"):
        read_back(found, found.payloads[0].uuid, "<string>" + "a" * 1_000_000 + "</string>")


def test_what_is_written_twice_or_not_kept_is_told_with_the_line_of_the_person() -> None:
    found = read(tree(WIFI))
    part = found.payloads[0].uuid
    twice = write(found, part).replace("<dict>", "<dict><key>AutoJoin</key><false/>", 1)
    read_twice = read_back(found, part, twice)
    assert any("'AutoJoin' stands twice" in note for note in read_twice.notes)
    with pytest.raises(UnreadableProfileError, match="line 2,"):
        read_back(found, part, "<dict>\n</array>")


@pytest.mark.parametrize("content", [None, "text"])
def test_the_envelope_comes_back_without_payloads_too(content: Any) -> None:
    given = tree(PayloadContent=content)
    found = read(given)
    again = read_back(found, ENVELOPE_NAME, write(found, ENVELOPE_NAME)).document
    assert differences(property_list(again), given) == []


def test_a_text_that_looks_like_a_mask_stays_a_text() -> None:
    given = tree(vpn({"SharedSecret": "hush", "AuthPassword": "hush too"}, UserDefinedName=f"{MASK} 1"))
    found = read(given)
    (payload,) = found.payloads
    text = write(found, payload.uuid)
    assert f"{MASK} 1<" in text
    again = read_back(found, payload.uuid, text).document
    assert differences(property_list(again), given) == []
