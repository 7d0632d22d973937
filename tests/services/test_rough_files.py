"""Files as the field brings them: each kind is read as far as it can be, told exactly, and written again as it was."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from profiles.exceptions import UnreadableProfileError
from profiles.plist.build import build
from profiles.plist.document import Document
from profiles.plist.validation.repairs import repaired, repairs
from profiles.plist.validation.validate import has_errors
from profiles.services.certificate_evidence import check
from profiles.services.profile_file import read_file
from tests.plist.exactness import differences

ROUGH = Path(__file__).parents[1] / "rough"
VPN = "C1B0A7F4-95C5-4E0B-8E4A-0B7C1D2E3F41"
GROUPS = [
    f"IKEv2.{sa}.{key}"
    for sa in ("ChildSecurityAssociationParameters", "IKESecurityAssociationParameters")
    for key in ("DiffieHellmanGroup", "LifeTimeInMinutes")
]


def mended(document: Document) -> Document:
    """The document with all put right that can be, again and again until nothing more is offered."""
    while offered := repairs(document, check(document)):
        document = repaired(document, offered, {each.id for each in offered})
    return document


Told = tuple[str, str, str]
"""Payload, path and code of a problem that has to be told."""

CLEAN = ("doctype-first", "comment-before-declaration", "windows-line-ends", "latin-1", "utf-16", "binary")
"""Odd outside, and nothing to say about what is inside."""

ODD: Mapping[str, tuple[list[Told], Mapping[str, str]]] = {
    "real-versions": (
        [("profile", "PayloadVersion", "odd-version"), ("vpn-ikev2", "PayloadVersion", "odd-version")],
        {"PayloadVersion": "1 (integer)"},
    ),
    "booleans-for-integers": (
        [("vpn-ikev2", "IKEv2.IKESecurityAssociationParameters.DiffieHellmanGroup", "wrong-type")],
        {
            "IKEv2.DisableMOBIKE": "0 (integer)",
            "IKEv2.EnablePFS": "1 (integer)",
            "IKEv2.ExtendedAuthEnabled": "1 (integer)",
        },
    ),
    "integers-for-booleans": (
        [("profile", "PayloadRemovalDisallowed", "other-type")],
        {
            "PayloadRemovalDisallowed": "false (boolean)",
        },
    ),
    "pem-in-data": (
        [("certificate", "PayloadContent", "other-encoding")],
        {"PayloadContent": "314 bytes (data)"},
    ),
    "uuids-that-are-none": (
        [("profile", "PayloadUUID", "no-uuid"), ("vpn-ikev2", "PayloadUUID", "no-uuid")],
        {},
    ),
    "one-uuid-twice": ([("vpn-ikev2-2", "PayloadUUID", "duplicate-uuid")], {"PayloadUUID": ""}),
    "one-identifier-twice": (
        [("vpn-ikev2-2", "PayloadIdentifier", "duplicate-identifier")],
        {"PayloadIdentifier": "'org.example.office.vpn-ikev2.D2B0A7F4-95C5-4E0B-8E4A-0B7C1D2E3F42' (string)"},
    ),
    "empty-texts": (
        [("vpn-ikev2", "IKEv2.AuthName", "empty"), ("vpn-ikev2", "IKEv2.OnDemandRules", "empty")],
        dict.fromkeys(
            [
                "PayloadOrganization",
                "PayloadDescription",
                "IKEv2.AuthName",
                "IKEv2.AuthPassword",
                "IKEv2.OnDemandRules",
                "Proxies",
                "IKEv2.ServerCertificateCommonName",
            ],
            "not there",
        ),
    ),
    "match-all-domains": ([], {"DNS.DNSProtocol": "'Cleartext' (string)"}),
    "groups-as-texts": (
        [("vpn-ikev2", path, "wrong-type") for path in GROUPS],
        {path: "20 (integer)" if path.endswith("Group") else "1440 (integer)" for path in GROUPS},
    ),
    "rules-outside": (
        [("vpn-ikev2", "OnDemandRules", "misplaced-key")],
        {"OnDemandEnabled": "IKEv2.OnDemandEnabled: 1 (integer)", "OnDemandRules": ""},
    ),
    "unknown-keys": (
        [
            ("vpn-ikev2", "IKEv2.ConnectionGroup", "unknown-key"),
            ("vpn-ikev2", "IKEv2.X-Vendor", "unknown-key"),
            ("vpn-ikev2", "OverridePrimary", "no-effect-key"),
        ],
        {"OverridePrimary": ""},
    ),
    "unknown-types": ([("com.apple.wifi.managed", "PayloadType", "unknown-type")], {}),
    "missing-extended-auth": (
        [],
        {"IKEv2.ExtendedAuthEnabled": "1 (integer)"},
    ),
    "lost-reference": ([("vpn-ikev2", "IKEv2.PayloadCertificateUUID", "dangling-reference")], {}),
    "key-twice": ([], {}),
}

REFUSED: Mapping[str, str] = {
    "mismatched-tags": "line ",
    "bare-ampersand": "line ",
    "cut-off": "",
}
"""What the sentence holds."""


def read(name: str) -> Any:
    return read_file((ROUGH / f"{name}.mobileconfig").read_bytes())


def test_each_rough_file_has_an_outcome() -> None:
    names = {path.stem for path in ROUGH.iterdir()}
    assert names == {*CLEAN, *ODD, *REFUSED}


@pytest.mark.parametrize("name", CLEAN)
def test_what_is_odd_outside_alone_is_read_without_a_word(name: str) -> None:
    found = read(name)
    assert found.notes == ()
    assert found.signatures == ()
    assert repairs(found.document, check(found.document)) == []
    assert not has_errors(check(found.document))
    assert found.document.title.endswith(("VPN", "東京"))


@pytest.mark.parametrize("name", [*ODD])
def test_what_is_odd_inside_is_told_and_offered(name: str) -> None:
    problems, offered = ODD[name]
    document = read(name).document
    told = {(problem.payload, problem.path, problem.code) for problem in check(document)}
    assert {*problems} <= told
    found = {each.path: each.after for each in repairs(document, check(document))}
    assert found.keys() == offered.keys()
    assert {path: after for path, after in offered.items() if after and found[path] != after} == {}


@pytest.mark.parametrize("name", [*CLEAN, *ODD])
def test_a_rough_file_is_written_again_as_it_was(name: str) -> None:
    data = (ROUGH / f"{name}.mobileconfig").read_bytes()
    # plistlib has to be told what is XML, and reads neither declared encodings nor what stands before.
    text = data if data.startswith(b"bplist") else _plain(data)
    written = build(read(name).document)
    assert differences(plistlib.loads(written), plistlib.loads(text)) == []
    assert build(read_file(written).document) == written


def _plain(data: bytes) -> bytes:
    encoding = "utf-16" if data.startswith(b"\xff\xfe") else "latin-1" if b"ISO-8859-1" in data else "utf-8"
    text = data.decode(encoding)
    return text[text.index("<plist") :].encode()


@pytest.mark.parametrize("name", [*ODD])
def test_once_all_is_put_right_nothing_is_offered_any_more(name: str) -> None:
    document = read(name).document
    after = mended(document)
    assert repairs(after, check(after)) == []
    gone = {
        "wrong-type",
        "other-encoding",
        "odd-version",
        "left-out",
        "empty",
        "duplicate-uuid",
        "duplicate-identifier",
    }
    # That a group is true can have been meant for any.
    left = {problem.code for problem in check(after) if not problem.path.endswith("DiffieHellmanGroup")}
    assert not gone & left


def test_of_a_key_that_stands_twice_the_last_counts_and_that_is_told() -> None:
    found = read("key-twice")
    assert found.document.payloads[0].values["IKEv2"]["RemoteAddress"] == "new.example.org"
    (note,) = found.notes
    assert "RemoteAddress" in note
    assert "example.org" not in note


@pytest.mark.parametrize("name", [*REFUSED])
def test_what_cannot_be_read_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(UnreadableProfileError, match=r"\.$") as refusal:
        read(name)
    assert REFUSED[name] in str(refusal.value)
    assert "pepper" not in str(refusal.value)
