"""Blanks around what is compared letter by letter: told of every such key, of a secret without a word of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.evidence import Credential, Evidence
from profiles.catalogue.fixes import Change
from profiles.catalogue.keys import Key, Text
from profiles.catalogue.shape import Shape
from profiles.certificate_facts import CertificateFacts, KeyFacts
from profiles.plist.document import PayloadDocument, Problem
from profiles.plist.templates.declaration import Variable
from profiles.plist.validation.repairs import repairs
from profiles.plist.validation.validate import validate
from tests.plist.making import TUNNEL_UUID, WITH_SECRET, document, payload, template, tunnel

MIA = CertificateFacts(
    subject="CN=mia",
    common_name="mia",
    issuer="CN=Example CA",
    issuer_common_name="Example CA",
    key=KeyFacts(kind="RSA", bits=2048),
    not_before=datetime(2026, 1, 1, tzinfo=UTC),
    not_after=datetime(2036, 1, 1, tzinfo=UTC),
    fingerprint="AA:01",
)
CODES = ("blanks", "secret-blanks")
AROUND = ("{} ", " {}", "{}\n", "\n    {}\n  ", "\t{}", "{}\u00a0", "\u200b{}", "{}\r\n")
HTTP = {"HTTPEnable": 1, "HTTPProxy": "proxy.example", "HTTPPort": 8080}


def texts(shape: Shape, place: str) -> Iterator[tuple[str, Text]]:
    """Every key for a text, however deep, with its place."""
    for key in shape.keys:
        if isinstance(key, Text):
            yield f"{place}.{key.path}", key
        for inner in key.shapes:
            yield from texts(inner, f"{place}.{key.path}")


TEXTS = dict(each for payload in registry.payloads().values() for each in texts(payload.shape, payload.slug))
SECRETS = {place: key for place, key in TEXTS.items() if key.secret and key.compared is not False}
COMPARED = {place: key for place, key in TEXTS.items() if not key.secret and key.compared}


def around(key: Key, value: str) -> list[tuple[str, str]]:
    """Severity and code of what is told of the blanks around a value."""
    return [(each.severity.value, each.code) for each in key.check(value, key.path, {}) if each.code in CODES]


def found(*parts: PayloadDocument, evidence: Evidence | None = None) -> list[Problem]:
    whole = document(*parts)
    return [each for each in validate(whole, evidence or Evidence()) if each.code in CODES]


def test_the_accounts_and_secrets_of_each_payload_are_among_those_that_are_judged() -> None:
    assert {
        "scep.PayloadContent.Challenge",
        "vpn-ikev2.IKEv2.SharedSecret",
        "vpn-ikev2.IKEv2.AuthPassword",
        "vpn-ikev2.Proxies.HTTPProxyPassword",
        "vpn-always-on.AlwaysOn.TunnelConfigurations.SharedSecret",
    } <= set(SECRETS)
    assert {
        "acme.ClientIdentifier",
        "acme.SubjectAltName.ntPrincipalName",
        "scep.PayloadContent.SubjectAltName.rfc822Name",
        "vpn-ikev2.IKEv2.AuthName",
        "vpn-ikev2.IKEv2.PPKIdentifier",
        "vpn-ikev2.Proxies.HTTPProxyUsername",
        "vpn-always-on.AlwaysOn.TunnelConfigurations.AuthName",
    } <= set(COMPARED)


@pytest.mark.parametrize("place", COMPARED)
def test_blanks_around_a_name_are_told_and_removed(place: str) -> None:
    key = COMPARED[place]
    assert around(key, "mia") == around(key, "mia maier") == around(key, "") == []
    for pattern in AROUND:
        value = pattern.format("mia")
        (told,) = [each for each in key.check(value, key.path, {}) if each.code in CODES]
        assert (told.severity.value, told.code) == ("warning", "blanks")
        assert told.fix is not None
        assert told.fix.sure
        assert told.fix.changes == (Change(key.path, value, "mia"),)


@pytest.mark.parametrize("place", SECRETS)
def test_blanks_around_a_secret_are_told_without_it_and_stay_unless_somebody_says_so(place: str) -> None:
    key, secret = SECRETS[place], "q7Z-kWv"
    assert around(key, secret) == around(key, f"{secret} {secret}") == []
    for pattern in AROUND:
        value = pattern.format(secret)
        (told,) = [each for each in key.check(value, key.path, {}) if each.code in CODES]
        line_end = "\n" in value
        assert (told.severity.value, told.code) == ("warning" if line_end else "advice", "secret-blanks")
        assert secret not in told.message
        assert secret not in repr(told)
        assert told.fix is not None
        assert not told.fix.sure
        assert told.fix.changes == (Change(key.path, value, secret),)


@pytest.mark.parametrize("value", [" ", "\n", "\u00a0\u200b"])
def test_what_holds_nothing_but_blanks_has_no_fix(value: str) -> None:
    for place, code in (("IKEv2.AuthName", "blanks"), ("IKEv2.AuthPassword", "secret-blanks")):
        key = TEXTS[f"vpn-ikev2.{place}"]
        (told,) = [each for each in key.check(value, place, {}) if each.code in CODES]
        assert (told.severity.value, told.code, told.fix) == ("warning", code, None)


def test_they_are_told_where_the_device_looks_and_nowhere_else() -> None:
    (told,) = found(payload({**WITH_SECRET, "SharedSecret": "abc\n"}))
    assert (told.path, told.code) == ("IKEv2.SharedSecret", "secret-blanks")
    assert found(payload({"SharedSecret": "abc\n"})) == []
    both = {"Proxies": {**HTTP, "HTTPProxyUsername": "mia ", "HTTPProxyPassword": "x\n"}}
    assert [each.path for each in found(payload(top=both))] == [
        "Proxies.HTTPProxyUsername",
        "Proxies.HTTPProxyPassword",
    ]


def test_what_is_yet_to_be_replaced_goes_with_its_blanks() -> None:
    assert found(payload({**WITH_SECRET, "SharedSecret": "REPLACE_ME\n"})) == []
    assert found(payload({"AuthName": "REPLACE_ME\n"})) == []


def test_no_list_of_repairs_shows_the_secret() -> None:
    whole = tunnel(WITH_SECRET, SharedSecret="q7Z-kWv\n")
    (offered,) = [each for each in repairs(whole, validate(whole)) if each.problem.code == "secret-blanks"]
    assert "q7Z-kWv" not in f"{offered.label} {offered.before} {offered.after} {offered!r}"


def test_blanks_around_a_variable_of_a_template_are_told() -> None:
    whole = template(AuthName="{{user}} ", variables=(Variable(name="user"),))
    assert [each.code for each in validate(whole) if each.code in CODES] == ["blanks"]


@pytest.mark.parametrize("opens", [False, True])
def test_a_password_that_opens_its_file_is_right_with_its_blanks(opens: bool) -> None:
    values: dict[str, Any] = {"PayloadContent": b"0\x82", "Password": "q7Z-kWv "}
    part = PayloadDocument(slug="identity-pkcs12", name="identity", uuid=TUNNEL_UUID, values=values)
    own = Credential(title="mia", certificate=MIA if opens else None)
    told = found(part, evidence=Evidence(credentials={TUNNEL_UUID: own}))
    assert [(each.severity.value, each.path, each.code) for each in told] == (
        [] if opens else [("advice", "Password", "secret-blanks")]
    )
