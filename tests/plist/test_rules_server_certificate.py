"""Does a tunnel fit the certificate that its server was said to have?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from profiles.catalogue.evidence import Evidence, ServerCertificate
from profiles.facts import CertificateFacts, KeyFacts
from profiles.plist.document import PayloadDocument
from profiles.plist.validate import validate
from tests.plist.making import ABSENT, WITH_SECRET, Told, document, payload

AT = datetime(2027, 1, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)
IDENTITY_UUID = "11111111-2222-3333-4444-555555555555"
IDENTITY = PayloadDocument(
    slug="identity-pkcs12", name="identity", uuid=IDENTITY_UUID, values={"PayloadContent": b"0\x82"}
)
BY_CERTIFICATE = {
    "AuthenticationMethod": "Certificate",
    "ExtendedAuthEnabled": 0,
    "PayloadCertificateUUID": IDENTITY_UUID,
    "LocalIdentifier": "alice.example.com",
}
ISSUER = {"ServerCertificateIssuerCommonName": "Example CA"}
# Without evidence of certificates in the profile, nothing else is said of that name.
IN_NO_PAYLOAD = ("advice", "ServerCertificateIssuerCommonName", "issuer-not-in-profile")

RSA, P256 = KeyFacts(kind="RSA", bits=2048), KeyFacts(kind="EC", bits=256)
SERVER = CertificateFacts(
    subject="CN=vpn.example.com",
    common_name="vpn.example.com",
    issuer="CN=Example CA",
    issuer_common_name="Example CA",
    dns_names=("vpn.example.com",),
    key=RSA,
    purposes=("serverAuth",),
    not_before=AT - 100 * DAY,
    not_after=AT + 100 * DAY,
    fingerprint="5E:01",
    signature_hash="sha256",
)


def found(
    *changes: Mapping[str, Any],
    issued_by: str = "Example CA",
    ikev2: dict[str, Any] | None = None,
    at: datetime | None = AT,
    **facts: Any,
) -> list[tuple[Told, str]]:
    """Every problem of a tunnel, with its message, whose server has this certificate."""
    server = ServerCertificate(certificate=replace(SERVER, **facts), issued_by=issued_by)
    inside = {name: value for part in (*changes, ikev2 or {}) for name, value in part.items()}
    whole = document(payload(inside), IDENTITY)
    return [
        ((p.severity.value, p.path.removeprefix("IKEv2."), p.code), p.message)
        for p in validate(whole, Evidence(at=at, server=server))
    ]


def problems(*changes: Mapping[str, Any], **more: Any) -> list[Told]:
    """The same without messages, and without that its issuer is in no payload."""
    return [told for told, _ in found(*changes, **more) if told != IN_NO_PAYLOAD]


def test_a_server_that_fits_has_no_problem() -> None:
    assert problems() == []
    assert problems(BY_CERTIFICATE) == []
    assert problems(ISSUER) == []


@pytest.mark.parametrize(
    ("said", "names", "fine"),
    [
        ("vpn.example.com", {}, True),
        ("VPN.Example.COM", {}, True),
        ("vpn.example.com.", {}, True),
        ("gw.example.com", {}, False),
        ("gw.example.com", {"dns_names": ("vpn.example.com", "gw.example.com")}, True),
        ("gw.example.com", {"dns_names": ("*.example.com",)}, True),
        ("gw.example.com", {"dns_names": ("GW.Example.com",)}, True),
        ("gw.example.com", {"dns_names": ("*.Example.com",)}, True),
        ("a.gw.example.com", {"dns_names": ("*.example.com",)}, False),
        ("example.com", {"dns_names": ("*.example.com",)}, False),
        ("203.0.113.7", {"ip_addresses": ("203.0.113.7",)}, True),
        ("203.0.113.8", {"ip_addresses": ("203.0.113.7",)}, False),
        ("gw@example.com", {"email_addresses": ("gw@example.com",)}, True),
        # The common name only counts where there is no other.
        ("vpn.example.com", {"dns_names": ("gw.example.com",)}, False),
        ("vpn.example.com", {"dns_names": ()}, True),
        ("gw.example.com", {"dns_names": ()}, False),
        ("vpn.example.com", {"dns_names": (), "common_name": ""}, False),
    ],
)
def test_the_server_is_called_as_its_certificate_says(said: str, names: dict[str, Any], fine: bool) -> None:
    refused = [("error", "RemoteIdentifier", "server-name")]
    assert problems(ikev2={"RemoteIdentifier": said}, **names) == ([] if fine else refused)


def test_what_the_certificate_says_is_named() -> None:
    ((_, message),) = found(
        ikev2={"RemoteIdentifier": "gw"}, dns_names=("a.example", "b.example"), ip_addresses=("203.0.113.7",)
    )
    assert message == (
        "The server's certificate says “a.example”, “b.example”, “203.0.113.7”, not “gw”, so the device refuses the "
        "server. Use a name from the certificate, or have one issued with this name."
    )


def test_the_address_of_the_server_is_no_longer_guessed_from() -> None:
    assert problems(ikev2={"RemoteAddress": "203.0.113.7"}) == []


@pytest.mark.parametrize(
    ("said", "fine"), [("vpn.example.com", True), ("gw.example.com", True), ("other.example.com", False)]
)
def test_another_name_to_expect_is_in_the_certificate(said: str, fine: bool) -> None:
    refused = [("error", "ServerCertificateCommonName", "server-common-name")]
    expected = {"ServerCertificateCommonName": said}
    assert problems(expected, dns_names=("gw.example.com",)) == ([] if fine else refused)


def test_another_name_to_expect_takes_the_place_of_the_identifier() -> None:
    named = {"RemoteIdentifier": "office", "ServerCertificateCommonName": "vpn.example.com"}
    assert problems(named) == []
    assert problems({**named, "ServerCertificateCommonName": ABSENT}) == [
        ("error", "RemoteIdentifier", "server-name")
    ]


def test_the_issuer_is_who_issued_it() -> None:
    assert problems(ISSUER, issuer_common_name="Other CA") == [
        ("error", "ServerCertificateIssuerCommonName", "server-issuer")
    ]
    assert problems(issuer_common_name="Other CA") == []


@pytest.mark.parametrize(
    ("issued_by", "self_signed", "fine"),
    [("Example CA", False, True), ("", True, True), ("", False, False)],
)
def test_a_device_must_know_the_authority(issued_by: str, self_signed: bool, fine: bool) -> None:
    advised = [("advice", "ServerCertificateIssuerCommonName", "server-authority")]
    assert problems(issued_by=issued_by, self_signed=self_signed) == ([] if fine else advised)


@pytest.mark.parametrize(
    ("said", "key", "fine"),
    [
        (ABSENT, RSA, True),
        ("RSA", RSA, True),
        ("RSA-PSS", RSA, True),
        ("ECDSA256", P256, True),
        (ABSENT, P256, False),
        ("RSA", P256, False),
        ("ECDSA256", RSA, False),
        ("ECDSA384", P256, False),
    ],
)
def test_ecdsa_by_surprise_is_told(said: str | None, key: KeyFacts, fine: bool) -> None:
    told = problems(BY_CERTIFICATE, ISSUER, ikev2={"CertificateType": said}, key=key)
    assert told == ([] if fine else [("warning", "CertificateType", "server-key")])


def test_the_kind_of_key_does_not_matter_without_a_machine_certificate() -> None:
    assert problems(key=P256) == []
    assert problems(WITH_SECRET, key=P256) == []


@pytest.mark.parametrize(
    ("purposes", "fine"),
    [
        (None, True),
        (("serverAuth",), True),
        (("ipsecIKE",), True),
        (("any",), True),
        (("clientAuth",), False),
        ((), False),
    ],
)
def test_the_certificate_is_for_servers(purposes: tuple[str, ...] | None, fine: bool) -> None:
    assert problems(purposes=purposes) == ([] if fine else [("warning", "RemoteAddress", "server-purpose")])


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ({"not_after": AT - DAY}, ("error", "expired")),
        ({"not_after": AT + DAY}, ("warning", "expires-soon")),
        ({"not_before": AT + DAY}, ("error", "not-yet-valid")),
    ],
)
def test_the_certificate_is_valid_now(dates: dict[str, Any], told: tuple[str, str]) -> None:
    severity, code = told
    assert problems(**dates) == [(severity, "RemoteAddress", code)]
    assert problems(**dates, at=None) == []


@pytest.mark.parametrize(
    ("facts", "weak"),
    [
        ({"key": KeyFacts(kind="RSA", bits=2047)}, True),
        ({"key": KeyFacts(kind="RSA", bits=2048)}, False),
        ({"key": P256}, False),
        ({"signature_hash": "sha1"}, True),
        ({"signature_hash": "md5"}, True),
        ({"signature_hash": "sha384"}, False),
        ({"signature_hash": ""}, False),
    ],
)
def test_a_weak_certificate_is_refused(facts: dict[str, Any], weak: bool) -> None:
    assert problems(**facts) == ([("error", "RemoteAddress", "server-weak")] if weak else [])


@pytest.mark.parametrize("odd", [[[]], {"a": {}}, 7, b"\xff", True])
@pytest.mark.parametrize(
    "name",
    [
        "RemoteIdentifier",
        "ServerCertificateCommonName",
        "ServerCertificateIssuerCommonName",
        "CertificateType",
        "AuthenticationMethod",
    ],
)
def test_odd_values_are_told_by_their_type(name: str, odd: Any) -> None:
    assert ("error", name, "wrong-type") in problems(BY_CERTIFICATE, {name: odd})


@pytest.mark.parametrize(
    "key", ["RemoteIdentifier", "ServerCertificateCommonName", "ServerCertificateIssuerCommonName"]
)
@pytest.mark.parametrize("odd", [{"k": "hush"}, ["hush"], b"hush"], ids=repr)
def test_a_name_that_is_no_text_is_not_repeated(key: str, odd: Any) -> None:
    assert "hush" not in str(found(BY_CERTIFICATE, {key: odd}))
