"""Texts where bytes belong, and bytes where a text belongs: what is offered, for a person to choose."""

from __future__ import annotations

import base64
import ssl
from typing import Any

import pytest

from profiles.catalogue.fixes import Fix
from profiles.catalogue.values import MAX_DATA
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.validation.repairs import mended, repairs
from profiles.plist.validation.validate import validate
from tests.plist.making import TUNNEL_UUID, WITH_SECRET, document, tunnel

KEY = bytes(range(160, 192))
DER = b"\x30\x82\x01\x00" + bytes(range(256))
HEX, BASE64 = KEY.hex(), base64.b64encode(KEY).decode()
AS_HEX, AS_BASE64 = (
    "Write the bytes that its hexadecimal digits stand for",
    "Write the bytes that it holds in base64",
)
AS_CHARACTERS, AS_TEXT = "Write its characters as bytes", "Write it as text"


def ppk(value: Any) -> Document:
    return tunnel(PPK=value, PPKIdentifier="quay")


def part(slug: str, **values: Any) -> Document:
    return document(PayloadDocument(slug=slug, name=slug, uuid=TUNNEL_UUID, values=values))


def fix(whole: Document) -> Fix | None:
    (found,) = [each for each in validate(whole) if each.code == "wrong-type"]
    return found.fix


@pytest.mark.parametrize(
    ("text", "label", "meant"),
    [
        (HEX, AS_HEX, KEY),
        (HEX.upper(), AS_HEX, KEY),
        (f"0x{HEX}", AS_HEX, KEY),
        (KEY.hex(":"), AS_HEX, KEY),
        (f"\n  {KEY.hex(' ')}\n", AS_HEX, KEY),
        (BASE64, AS_BASE64, KEY),
        (f"{BASE64[:20]}\n\t{BASE64[20:]}", AS_BASE64, KEY),
        (f"0s{BASE64}", AS_BASE64, KEY),
        ("my-shared-ppk-secret", AS_CHARACTERS, b"my-shared-ppk-secret"),
        (" Grüße an alle ", AS_CHARACTERS, "Grüße an alle".encode()),
        ("abcdefghijklmnopqrstuvwxyz", AS_CHARACTERS, b"abcdefghijklmnopqrstuvwxyz"),
        ("deadbeef", AS_CHARACTERS, b"deadbeef"),
        ("0s!", AS_CHARACTERS, b"0s!"),
    ],
)
def test_a_text_in_place_of_a_key_is_turned_into_what_it_looks_like(
    text: str, label: str, meant: bytes
) -> None:
    offered = fix(ppk(text))
    assert offered is not None
    assert (offered.label, offered.sure) == (label, False)
    assert [(each.before, each.after) for each in offered.changes] == [(text, meant)]


@pytest.mark.parametrize(
    "value",
    ["${PPK}", "{{ppk}}", "REPLACE_ME", "$FLEET_SECRET_PPK", "\ud800", "x" * (MAX_DATA + 1), 5, ["a"], "  "],
)
def test_of_what_is_to_be_filled_in_and_what_nobody_can_say_nothing_is_offered(value: Any) -> None:
    found = [each for each in validate(ppk(value)) if each.code == "wrong-type"]
    assert [each.fix for each in found] == [None]


def test_a_person_has_to_choose_it_and_sees_no_secret() -> None:
    whole = ppk(HEX)
    assert mended(whole, validate).document == whole
    (offered,) = repairs(whole, validate(whole))
    assert HEX not in repr((offered, offered.before, offered.after))
    after = mended(whole, validate, {offered.id}).document
    assert after.payloads[0].values["IKEv2"]["PPK"] == KEY
    assert validate(after) == []


@pytest.mark.parametrize(
    ("text", "label", "meant"),
    [
        (base64.encodebytes(DER).decode(), AS_BASE64, DER),
        (ssl.DER_cert_to_PEM_cert(DER), AS_CHARACTERS, ssl.DER_cert_to_PEM_cert(DER).strip().encode()),
        ("a certificate", "", None),
    ],
    ids=["base64", "PEM", "prose"],
)
def test_so_is_a_certificate(text: str, label: str, meant: bytes | None) -> None:
    offered = fix(part("certificate", PayloadContent=text))
    assert (offered.label if offered else "") == label
    assert (offered.changes[0].after if offered else None) == meant


def test_a_text_where_bytes_belong_is_not_shown() -> None:
    whole = part("certificate", PayloadContent=ssl.DER_cert_to_PEM_cert(DER))
    (offered,) = repairs(whole, [each for each in validate(whole) if each.code == "wrong-type"])
    assert "BEGIN" not in offered.before


def test_bytes_that_anybody_would_see_as_a_text_stay() -> None:
    assert fix(tunnel(LocalIdentifier=b"in bytes")) is None


def test_a_fingerprint_is_read_by_its_digits_and_not_as_characters() -> None:
    def offered(text: str) -> Any:
        inside = {"URL": "https://ca.example.com", "Keysize": 2048, "CAFingerprint": text}
        found = fix(part("scep", PayloadContent=inside))
        return found and found.changes[0].after

    assert offered(KEY.hex(":").upper()) == KEY
    assert offered("the fingerprint") is None


@pytest.mark.parametrize(
    ("value", "meant"),
    [(b"in bytes", "in bytes"), ("Grüße".encode(), "Grüße"), (b"\xff\0", None), (b"a\0", None)],
)
def test_bytes_in_place_of_a_text_are_turned_into_it(value: bytes, meant: str | None) -> None:
    offered = fix(tunnel(WITH_SECRET, SharedSecret=value))
    assert (offered.changes[0].after if offered else None) == meant
    assert offered is None or (offered.label, offered.sure) == (AS_TEXT, False)
