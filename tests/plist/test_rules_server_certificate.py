"""Does a tunnel fit the certificate that its server was said to have?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from profiles.catalogue.evidence import Credential, Evidence, Link, ServerCertificate
from profiles.certificate_facts import CertificateFacts, KeyFacts
from profiles.plist.document import PayloadDocument
from profiles.plist.validation.validate import validate
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
AUTHORITY = replace(
    SERVER,
    subject="CN=Example CA",
    common_name="Example CA",
    issuer="CN=Example Root",
    issuer_common_name="Example Root",
    dns_names=(),
    purposes=None,
    fingerprint="CA:01",
    is_authority=True,
)
ROOT = replace(
    AUTHORITY, subject="CN=Example Root", common_name="Example Root", fingerprint="CA:02", self_signed=True
)
CHAIN = (Link(certificate=AUTHORITY), Link(certificate=ROOT, in_profile=True))


def found(
    *changes: Mapping[str, Any],
    chain: tuple[Link, ...] = CHAIN,
    in_profile: bool = False,
    authorities: tuple[CertificateFacts, ...] = (),
    ikev2: dict[str, Any] | None = None,
    at: datetime | None = AT,
    **facts: Any,
) -> list[tuple[Told, str]]:
    """Every problem of a tunnel, with its message, whose server has this certificate."""
    server = ServerCertificate(certificate=replace(SERVER, **facts), chain=chain, in_profile=in_profile)
    inside = {name: value for part in (*changes, ikev2 or {}) for name, value in part.items()}
    whole = document(payload(inside), IDENTITY)
    brought = {each.fingerprint: Credential(title=each.subject, certificate=each) for each in authorities}
    return [
        ((p.severity.value, p.path.removeprefix("IKEv2."), p.code), p.message)
        for p in validate(whole, Evidence(credentials=brought, at=at, server=server))
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
        ("2001:DB8:0:0::5", {"ip_addresses": ("2001:db8::5",)}, True),
        ("2001:db8::5", {"ip_addresses": ("2001:db8::6",)}, False),
        ("203.0.113.7", {"dns_names": ("*.0.113.7",)}, False),
        ("203.0.113.8", {"ip_addresses": ("203.0.113.7",)}, False),
        ("gw.bücher.example", {"dns_names": ("*.xn--bcher-kva.example",)}, True),
        ("gw@example.com", {"email_addresses": ("gw@example.com",)}, True),
        # The common name only counts where there is no other.
        ("vpn.example.com", {"dns_names": ("gw.example.com",)}, False),
    ],
)
def test_the_server_is_called_as_its_certificate_says(said: str, names: dict[str, Any], fine: bool) -> None:
    refused = [("error", "RemoteIdentifier", "server-name")]
    told = [
        each for each in problems(ikev2={"RemoteIdentifier": said}, **names) if each[2] != "identity-form"
    ]
    assert told == ([] if fine else refused)


@pytest.mark.parametrize("name", ["RemoteIdentifier", "ServerCertificateCommonName"])
@pytest.mark.parametrize("said", ["$EMAIL", "vpn-%AssetTag%.example.com", "${user.site}.example.com"])
def test_what_a_device_management_fills_in_is_not_looked_for_in_the_certificate(name: str, said: str) -> None:
    (told,) = problems(ikev2={name: said})
    assert told[2] == "mdm-placeholder"


@pytest.mark.parametrize("said", ["$EMAIL", "Other CA "])
def test_an_issuer_that_is_not_written_out_is_not_looked_for_in_the_chain(said: str) -> None:
    told = problems(ikev2={"ServerCertificateIssuerCommonName": said})
    assert "server-issuer" not in [code for _, _, code in told]


@pytest.mark.parametrize(
    ("said", "name", "fine"),
    [
        ("vpn.example.com", "vpn.example.com", True),
        ("gw.example.com", "vpn.example.com", False),
        ("vpn.example.com", "", False),
        ("203.0.113.7", "203.0.113.7", True),
    ],
)
def test_without_alternative_names_the_common_name_has_to_do_and_devices_refuse_it(
    said: str, name: str, fine: bool
) -> None:
    none = ("warning", "RemoteAddress", "server-alternative-name")
    refused = ("error", "RemoteIdentifier", "server-name")
    told = problems(ikev2={"RemoteIdentifier": said}, dns_names=(), common_name=name)
    assert told == ([none] if fine else [refused, none])


@pytest.mark.parametrize("key", ["RemoteIdentifier", "ServerCertificateCommonName"])
@pytest.mark.parametrize(
    ("names", "fine"),
    [
        ({"dns_names": ("203.0.113.7",)}, False),
        ({"dns_names": ("203.0.113.7",), "ip_addresses": ("203.0.113.8",)}, False),
        ({"dns_names": ("203.0.113.7",), "ip_addresses": ("203.0.113.7",)}, True),
    ],
)
def test_an_address_that_stands_there_as_a_name_is_a_warning(
    key: str, names: dict[str, Any], fine: bool
) -> None:
    code = {"RemoteIdentifier": "server-name", "ServerCertificateCommonName": "server-common-name"}[key]
    told = problems(ikev2={key: "203.0.113.7"}, **names)
    assert told == ([] if fine else [("warning", key, code)])


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


ELSEWHERE = "ServerCertificateIssuerCommonName"
AS_SHOWN = (Link(certificate=AUTHORITY), Link(certificate=ROOT))


@pytest.mark.parametrize("said", [ABSENT, "Example CA", "Example Root"])
def test_every_authority_of_the_chain_may_be_named(said: str | None) -> None:
    assert problems(ikev2={ELSEWHERE: said}) == []


@pytest.mark.parametrize("chain", [CHAIN, AS_SHOWN[:1], ()])
def test_an_authority_that_is_not_in_the_chain_is_a_warning(chain: tuple[Link, ...]) -> None:
    told = problems(ikev2={ELSEWHERE: "Other CA"}, chain=chain)
    assert told[0] == ("warning", ELSEWHERE, "server-issuer")


def test_an_authority_to_which_the_chain_may_yet_lead_is_advised_about() -> None:
    named = {ELSEWHERE: "Example Root"}
    assert problems(ikev2=named, chain=(), authorities=(ROOT,)) == [("advice", ELSEWHERE, "server-issuer")]
    assert problems(ikev2=named, chain=AS_SHOWN[:1], authorities=(ROOT,)) == [
        ("advice", ELSEWHERE, "server-authority")
    ]
    ((_, message), *_) = found(ikev2=named, chain=(), authorities=(ROOT,))
    assert message.endswith("paste the whole chain that the server sends.")


@pytest.mark.parametrize(
    ("chain", "more", "told"),
    [
        (CHAIN, {}, ""),
        ((Link(certificate=AUTHORITY, in_profile=True),), {}, ""),
        ((Link(certificate=AUTHORITY, in_profile=True), Link(certificate=ROOT)), {}, ""),
        (AS_SHOWN, {}, "ends in “Example Root”, which is not in this profile"),
        (
            AS_SHOWN[:1],
            {},
            "The certificate of “Example Root”, which issued that of “Example CA”, is neither shown",
        ),
        ((), {}, "The certificate of “Example CA”, which issued that of “vpn.example.com”, is neither shown"),
        ((), {"self_signed": True}, "is signed with its own key and not in this profile"),
        ((), {"self_signed": True, "in_profile": True}, ""),
    ],
)
def test_a_device_must_know_the_authority(chain: tuple[Link, ...], more: dict[str, Any], told: str) -> None:
    messages = [text for problem, text in found(chain=chain, **more) if problem != IN_NO_PAYLOAD]
    assert len(messages) == bool(told)
    assert all(told in text for text in messages)
    advised = [("advice", ELSEWHERE, "server-authority")] if told else []
    assert problems(chain=chain, **more) == advised


@pytest.mark.parametrize(
    ("dates", "code"), [({"not_after": AT - DAY}, "expired"), ({"not_before": AT + DAY}, "not-yet-valid")]
)
def test_an_authority_of_the_chain_that_is_not_valid_is_a_warning(dates: dict[str, Any], code: str) -> None:
    chain = (Link(certificate=replace(AUTHORITY, **dates)), CHAIN[1])
    assert problems(chain=chain) == [("warning", ELSEWHERE, code)]
    assert problems(chain=chain, at=None) == []


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


SILENT = [("advice", "RemoteAddress", "server-ecdsa")]


@pytest.mark.parametrize(
    ("changes", "key", "told"),
    [
        ({}, RSA, []),
        ({}, P256, SILENT),
        ({"AuthenticationMethod": "Certificate"}, P256, SILENT),
        ({"PayloadCertificateUUID": IDENTITY_UUID}, P256, SILENT),
        ({"CertificateType": "RSA"}, P256, SILENT),
        # Nothing looks at a type without an identity, and the same is told with and without it.
        ({"CertificateType": "ECDSA256"}, P256, SILENT),
        ({"CertificateType": "ECDSA257"}, P256, SILENT),
        ({"CertificateType": "ECDSA256"}, RSA, []),
    ],
)
def test_with_eap_clients_may_fall_silent_at_an_ecdsa_key(
    changes: dict[str, Any], key: KeyFacts, told: list[Told]
) -> None:
    codes = ("server-ecdsa", "server-key")
    assert [each for each in problems(ISSUER, changes, key=key) if each[2] in codes] == told


def test_who_says_that_the_key_is_ecdsa_need_not_be_told() -> None:
    ecdsa = {"CertificateType": "ECDSA256", "PayloadCertificateUUID": IDENTITY_UUID}
    told = problems(ISSUER, ecdsa, key=P256)
    assert not [each for each in told if each[2] in ("server-ecdsa", "server-key")]


def test_the_kind_of_key_does_not_matter_with_a_shared_secret() -> None:
    assert problems(WITH_SECRET, key=P256) == []


OLD = datetime(2019, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "fine"),
    [
        ({"purposes": ("serverAuth",)}, True),
        ({"purposes": ("clientAuth", "serverAuth")}, True),
        ({"purposes": None}, False),
        ({"purposes": ("ipsecIKE",)}, False),
        ({"purposes": ("any",)}, False),
        ({"purposes": ("clientAuth",)}, False),
        ({"purposes": ()}, False),
        ({"purposes": None, "not_before": OLD}, True),
        ({"purposes": ("clientAuth",), "not_before": OLD}, False),
    ],
)
def test_the_certificate_is_for_servers(facts: dict[str, Any], fine: bool) -> None:
    assert problems(**facts) == ([] if fine else [("warning", "RemoteAddress", "server-purpose")])


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
def test_a_weak_certificate_is_told(facts: dict[str, Any], weak: bool) -> None:
    told = [each for each in problems(**facts) if each not in SILENT]
    assert told == ([("warning", "RemoteAddress", "server-weak")] if weak else [])


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


def test_that_the_server_is_refused_is_told_beside_a_placeholder() -> None:
    told = [
        code
        for (_, path, code) in problems({"RemoteIdentifier": "${REMOTE_ID}"})
        if path == "RemoteIdentifier"
    ]
    assert told == ["server-name", "unfilled-placeholder"]


@pytest.mark.parametrize(
    ("said", "code"), [("Other CA", "server-issuer"), ("Example CA ", "blanks")], ids=["another", "blanks"]
)
def test_an_authority_with_blanks_around_it_is_not_compared(said: str, code: str) -> None:
    assert [told[2] for told, _ in found({"ServerCertificateIssuerCommonName": said})][:1] == [code]
