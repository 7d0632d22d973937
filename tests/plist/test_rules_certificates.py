"""Certificates in a profile, judged by what was found in them: what is refused, and what next to it is fine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from profiles.catalogue import fixes
from profiles.catalogue.evidence import Credential, Evidence, Fault
from profiles.catalogue.rules.certificates import CONTENT_UNCHECKED, WRONG_PASSWORD
from profiles.certificate_facts import CertificateFacts, Encryption, KeyFacts
from profiles.plist.document import PayloadDocument
from profiles.plist.validation.validate import validate
from tests.plist.making import ABSENT, TUNNEL_UUID, Told, document, payload

AT = datetime(2027, 1, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)
IDENTITY_UUID = "11111111-2222-3333-4444-555555555555"
AUTHORITY_UUID = "AAAAAAAA-2222-3333-4444-555555555555"
RSA, P256, P384, P521 = (
    KeyFacts(kind="RSA", bits=2048),
    KeyFacts(kind="EC", bits=256),
    KeyFacts(kind="EC", bits=384),
    KeyFacts(kind="EC", bits=521),
)
ALICE = CertificateFacts(
    subject="CN=alice",
    common_name="alice",
    issuer="CN=Example CA",
    issuer_common_name="Example CA",
    email_addresses=("alice@example.com",),
    key=RSA,
    purposes=("clientAuth",),
    not_before=AT - 100 * DAY,
    not_after=AT + 100 * DAY,
    fingerprint="AA:01",
    signature_hash="sha256",
)
AUTHORITY = replace(
    ALICE,
    subject="CN=Example CA",
    common_name="Example CA",
    email_addresses=(),
    purposes=None,
    fingerprint="CA:01",
    is_authority=True,
    self_signed=True,
)
IDENTITY = Credential(title="alice", key=RSA, names=("alice@example.com", "alice"), certificate=ALICE)
BY_CERTIFICATE = {
    "AuthenticationMethod": "Certificate",
    "ExtendedAuthEnabled": 0,
    "PayloadCertificateUUID": IDENTITY_UUID,
    "LocalIdentifier": "alice@example.com",
}


UUIDS = {
    "identity": IDENTITY_UUID,
    "authority": AUTHORITY_UUID,
    "renewed": "BBBBBBBB-2222-3333-4444-555555555555",
}


def problems(
    *parts: PayloadDocument,
    at: datetime | None = AT,
    targets: Mapping[Any, str] | None = None,
    referred: frozenset[str] = frozenset(),
    named: frozenset[str] = frozenset(),
    **credentials: Credential | None,
) -> dict[str, list[Told]]:
    """Every problem by the name of its payload; `identity`, `authority` and `renewed` are what was found there."""
    found = {UUIDS[name]: each for name, each in credentials.items() if each}
    evidence = Evidence(credentials=found, at=at, referred=referred, named=named)
    told: dict[str, list[Told]] = {}
    for problem in validate(document(*parts, targets=targets), evidence):
        told.setdefault(problem.payload, []).append((problem.severity.value, problem.path, problem.code))
    return told


def pkcs12() -> PayloadDocument:
    return PayloadDocument(
        slug="identity-pkcs12", name="identity", uuid=IDENTITY_UUID, values={"PayloadContent": b"0\x82"}
    )


def authority(content: bytes = b"0\x82", **values: Any) -> PayloadDocument:
    return PayloadDocument(
        slug="certificate",
        name="authority",
        uuid=AUTHORITY_UUID,
        values={"PayloadContent": content, **values},
    )


def tunnel(
    identity: Credential, authorities: tuple[CertificateFacts, ...] = (AUTHORITY,), **ikev2: Any
) -> list[Told]:
    """Every problem of a tunnel that signs in with an identity, in a profile with these authorities."""
    found = {IDENTITY_UUID: identity}
    parts = [payload({**BY_CERTIFICATE, **ikev2}), pkcs12()]
    for number, facts in enumerate(authorities):
        uuid = f"{number:08d}-2222-3333-4444-555555555555"
        parts.append(replace(authority(), uuid=uuid, name=f"authority {number}"))
        found[uuid] = Credential(title=facts.common_name, certificate=facts)
    told = [
        p for p in validate(document(*parts), Evidence(credentials=found, at=AT)) if p.payload == "office"
    ]
    return [(p.severity.value, p.path.removeprefix("IKEv2."), p.code) for p in told]


def certified(**changes: Any) -> Credential:
    """The identity with a certificate changed as said."""
    return replace(IDENTITY, certificate=replace(ALICE, **changes))


def test_a_profile_whose_certificates_are_in_order_has_no_problem() -> None:
    parts = [payload(BY_CERTIFICATE), pkcs12(), authority()]
    ca = Credential(title="Example CA", key=RSA, certificate=AUTHORITY)
    assert problems(*parts, identity=IDENTITY, authority=ca) == {}
    assert tunnel(IDENTITY) == []


def test_without_evidence_nothing_is_said_of_certificates() -> None:
    assert validate(document(payload(BY_CERTIFICATE), pkcs12(), authority())) == []


REFERRED: dict[str, Any] = {"referred": frozenset({IDENTITY_UUID})}
NAMED: dict[str, Any] = {"named": frozenset({"Example CA"})}
ISSUED: dict[str, Any] = {"identity": IDENTITY}
ROOT = Credential(title="Example CA", certificate=AUTHORITY)


def expected(severity: str | None, code: str, name: str) -> dict[str, list[Told]]:
    return {name: [(severity, "PayloadContent", code)]} if severity else {}


@pytest.mark.parametrize(("around", "severity"), [(REFERRED, "error"), ({}, "warning")])
@pytest.mark.parametrize(
    ("after", "code"),
    [
        (-timedelta(seconds=1), "expired"),
        (timedelta(), "expires-soon"),
        (30 * DAY, "expires-soon"),
        (30 * DAY + timedelta(seconds=1), ""),
    ],
)
def test_an_identity_that_expires_is_told_and_matters_where_something_signs_in_with_it(
    around: dict[str, Any], severity: str, after: timedelta, code: str
) -> None:
    brought = certified(not_after=AT + after)
    weight = {"expired": severity, "expires-soon": "warning"}.get(code)
    assert problems(pkcs12(), identity=brought, **around) == expected(weight, code, "identity")
    assert problems(pkcs12(), at=None, identity=brought, **around) == {}


@pytest.mark.parametrize(
    ("around", "facts", "severity"),
    [
        ({}, {}, "advice"),
        ({"named": frozenset({"Another CA"})}, {}, "advice"),
        (NAMED, {}, "error"),
        (NAMED, {"self_signed": False, "issuer": "CN=Example Root"}, "warning"),
        (ISSUED, {}, "warning"),
        ({**ISSUED, **NAMED}, {}, "error"),
        (ISSUED, {"subject": "CN=Another CA", "common_name": "Another CA"}, "advice"),
        (NAMED, {"is_authority": False}, "advice"),
        (
            {**NAMED, "renewed": replace(ROOT, certificate=replace(AUTHORITY, fingerprint="CA:02"))},
            {},
            "advice",
        ),
        (
            {
                **NAMED,
                "renewed": replace(
                    ROOT, certificate=replace(AUTHORITY, fingerprint="C2", not_after=AT - DAY)
                ),
            },
            {},
            "error",
        ),
    ],
    ids=[
        "nothing refers to it",
        "another is named",
        "a root is named",
        "an authority in between is named",
        "it issued the identity",
        "both",
        "another issued the identity",
        "no authority",
        "it was renewed",
        "what renewed it has expired, too",
    ],
)
def test_an_authority_that_is_not_valid_matters_as_far_as_something_depends_on_it(
    around: dict[str, Any], facts: dict[str, Any], severity: str
) -> None:
    part = authority(PayloadType="com.apple.security.pkcs1")
    for dates, code in (({"not_after": AT - DAY}, "expired"), ({"not_before": AT + DAY}, "not-yet-valid")):
        brought = Credential(title="x", certificate=replace(AUTHORITY, **{**facts, **dates}))
        assert problems(part, authority=brought, **around) == expected(severity, code, "authority")
    soon = Credential(title="x", certificate=replace(AUTHORITY, **{**facts, "not_after": AT + DAY}))
    assert problems(part, authority=soon, **around) == expected("warning", "expires-soon", "authority")


def test_a_certificate_that_is_not_valid_yet_is_told() -> None:
    late = certified(not_before=AT + DAY)
    assert problems(pkcs12(), identity=late, **REFERRED) == expected("error", "not-yet-valid", "identity")
    assert problems(pkcs12(), identity=late) == expected("warning", "not-yet-valid", "identity")
    assert problems(pkcs12(), identity=certified(not_before=AT), **REFERRED) == {}


def test_the_day_of_expiry_and_the_way_out_are_named() -> None:
    def message(**around: Any) -> str:
        found = Evidence(credentials={IDENTITY_UUID: certified(not_after=AT - DAY)}, at=AT, **around)
        (problem,) = validate(document(pkcs12()), found)
        return problem.message

    assert message(**REFERRED) == (
        "The certificate “alice” expired on 2027-01-30, so it is refused. Replace it."
    )
    assert message().endswith("Nothing in this profile uses it: replace it, or remove it.")


@pytest.mark.parametrize(
    ("diagnostic", "severity"), [(WRONG_PASSWORD, "error"), (CONTENT_UNCHECKED, "warning")], ids=str
)
def test_what_is_wrong_with_a_file_stands_at_its_content(diagnostic: Any, severity: str) -> None:
    broken = Credential(title="", faults=(Fault(diagnostic, "What is wrong."),))
    told = (severity, "PayloadContent", diagnostic.code)
    assert problems(pkcs12(), identity=broken) == {"identity": [told]}
    assert problems(authority(), authority=broken) == {"authority": [told]}


@pytest.mark.parametrize(
    ("encryption", "targets", "told"),
    [
        (None, {}, None),
        (Encryption.CLASSIC, {"iOS": "12.0"}, None),
        (Encryption.MODERN, {}, ("warning", "modern-encryption")),
        (Encryption.MODERN, {"iOS": "17.6"}, ("error", "modern-encryption")),
        (Encryption.MODERN, {"iOS": "18.0"}, None),
        (Encryption.MODERN, {"macOS": "14.7"}, ("error", "modern-encryption")),
        (Encryption.MODERN, {"macOS": "15.0", "iOS": "26.0"}, None),
        (Encryption.MODERN, {"macOS": "15.0", "iOS": "17.0"}, ("error", "modern-encryption")),
        (Encryption.MODERN, {"tvOS": "18.0"}, ("warning", "modern-encryption")),
        (Encryption.MODERN, {"iOS": "18.0", "visionOS": "2.0"}, ("warning", "modern-encryption")),
        (Encryption.MODERN, {"iOS": "17.0", "watchOS": "11.0"}, ("error", "modern-encryption")),
        (Encryption.UNUSUAL, {}, ("warning", "unusual-encryption")),
        (Encryption.UNUSUAL, {"iOS": "26.0"}, ("warning", "unusual-encryption")),
    ],
)
def test_the_encryption_of_a_file_is_judged_by_the_devices_that_are_to_open_it(
    encryption: Encryption | None, targets: dict[str, str], told: tuple[str, str] | None
) -> None:
    brought = replace(IDENTITY, encryption=encryption)
    found = problems(pkcs12(), targets=targets, identity=brought)
    severity, code = told or (None, "")
    assert found.get("identity", []) == expected(severity, code, "identity").get("identity", [])


def test_the_systems_that_cannot_open_a_file_are_named_with_their_versions() -> None:
    found = Evidence(credentials={IDENTITY_UUID: replace(IDENTITY, encryption=Encryption.MODERN)}, at=AT)

    def message(**targets: str) -> str:
        (problem,) = (
            p for p in validate(document(pkcs12(), targets=targets), found) if p.code == "modern-encryption"
        )
        return problem.message

    assert "which iOS / iPadOS before 18.0 and macOS before 15.0 cannot read" in message(iOS="17", macOS="14")
    assert "Whether tvOS 18.0 and later can read that is not known" in message(tvOS="18.0")
    assert "devices before iOS 18 and macOS 15 cannot read" in message()


@pytest.mark.parametrize(
    ("purposes", "fine"),
    [
        (None, True),
        (("clientAuth",), True),
        (("serverAuth", "clientAuth"), True),
        (("any",), True),
        (("serverAuth",), False),
        ((), False),
    ],
)
def test_an_identity_should_be_for_clients(purposes: tuple[str, ...] | None, fine: bool) -> None:
    unfit = {"identity": [("advice", "PayloadContent", "no-client-purpose")]}
    assert problems(pkcs12(), identity=certified(purposes=purposes)) == ({} if fine else unfit)


@pytest.mark.parametrize(
    ("kind", "is_authority", "fine"),
    [("root", True, True), ("root", False, False), ("pkcs1", False, True), ("pkcs1", True, True)],
)
def test_a_root_should_be_an_authority(kind: str, is_authority: bool, fine: bool) -> None:
    brought = Credential(title="x", certificate=replace(AUTHORITY, is_authority=is_authority))
    unfit = {"authority": [("warning", "PayloadContent", "no-authority")]}
    part = authority(PayloadType=f"com.apple.security.{kind}")
    assert problems(part, authority=brought) == ({} if fine else unfit)


@pytest.mark.parametrize("content", [b"-----BEGIN CERTIFICATE-----\n", b"\n -----BEGIN CERTIFICATE-----\n"])
def test_the_form_of_a_certificate_fits_the_type_of_its_payload(content: bytes) -> None:
    brought = Credential(title="x", certificate=AUTHORITY)
    unfit = {"authority": [("advice", "PayloadContent", "other-encoding")]}
    for kind in ("root", "pkcs1"):
        named = f"com.apple.security.{kind}"
        assert problems(authority(content, PayloadType=named), authority=brought) == unfit
        assert problems(authority(PayloadType=named), authority=brought) == {}
    assert problems(authority(content, PayloadType="com.apple.security.pem"), authority=brought) == {}
    assert problems(authority(PayloadType="com.apple.security.pem"), authority=brought) == unfit


@pytest.mark.parametrize(
    ("kind", "content", "named"),
    [("root", b"-----BEGIN CERTIFICATE-----\n", ["PEM", "DER"]), ("pem", b"0\x82", ["DER", "PEM"])],
)
def test_the_form_that_is_found_is_named_and_then_the_one_that_is_expected(
    kind: str, content: bytes, named: list[str]
) -> None:
    found = Evidence(credentials={AUTHORITY_UUID: Credential(title="x", certificate=AUTHORITY)}, at=AT)
    part = authority(content, PayloadType=f"com.apple.security.{kind}")
    (told,) = validate(document(part), found)
    assert re.findall(r"\b(?:PEM|DER)\b", told.message) == named


@pytest.mark.parametrize(
    ("said", "key", "fine"),
    [
        (ABSENT, RSA, True),
        ("RSA", RSA, True),
        ("RSA-PSS", RSA, True),
        ("RSA-PSS", KeyFacts(kind="RSA-PSS", bits=2048), True),
        ("RSA", KeyFacts(kind="RSA-PSS", bits=2048), False),
        (ABSENT, P256, False),
        ("RSA", P256, False),
        ("ECDSA256", P256, True),
        ("ECDSA384", P384, True),
        ("ECDSA521", P521, True),
        ("ECDSA384", P256, False),
        ("ECDSA256", RSA, False),
    ],
)
def test_the_type_of_certificate_is_that_of_the_key(said: str | None, key: KeyFacts, fine: bool) -> None:
    issuer: dict[str, Any] = {"ServerCertificateIssuerCommonName": "Example CA"} if said else {}
    found = tunnel(replace(IDENTITY, key=key), CertificateType=said, **issuer)
    assert found == ([] if fine else [("error", "CertificateType", "certificate-type")])


def test_the_type_that_fits_is_named() -> None:
    def message(key: KeyFacts) -> str:
        found = Evidence(credentials={IDENTITY_UUID: replace(IDENTITY, key=key)}, at=AT)
        return next(
            p.message
            for p in validate(document(payload(BY_CERTIFICATE), pkcs12()), found)
            if p.code == "certificate-type"
        )

    assert message(P384) == (
        "The identity “alice” has a key of the kind P-384, but the device looks for RSA, which it uses when nothing "
        "is set, and cannot sign in. Choose ECDSA384."
    )
    assert message(KeyFacts(kind="Ed25519", bits=0)).endswith("Choose another identity.")


def test_an_identity_whose_key_is_unknown_is_not_judged() -> None:
    assert tunnel(replace(IDENTITY, key=None)) == []


EAP_TLS: dict[str, Any] = {"AuthenticationMethod": "None", "ExtendedAuthEnabled": 1}


@pytest.mark.parametrize("method", ["None", "Certificate"])
@pytest.mark.parametrize(("key", "fine"), [(RSA, True), (P256, False), (P384, False)])
def test_with_eap_tls_a_type_that_does_not_fit_is_a_warning(key: KeyFacts, method: str, fine: bool) -> None:
    found = tunnel(replace(IDENTITY, key=key), **{**EAP_TLS, "AuthenticationMethod": method})
    assert found == ([] if fine else [("warning", "CertificateType", "certificate-type")])


def test_the_type_is_not_judged_where_nobody_signs_in_with_the_identity() -> None:
    eap = {**EAP_TLS, "PayloadCertificateUUID": ABSENT}
    assert tunnel(replace(IDENTITY, key=P256), **eap) == []


@pytest.mark.parametrize(
    "around", [{}, EAP_TLS, {**EAP_TLS, "ServerCertificateIssuerCommonName": "Example CA"}]
)
@pytest.mark.parametrize(
    ("said", "before"), [(ABSENT, fixes.NOTHING), ("RSA", "RSA"), ("ECDSA521", "ECDSA521")]
)
def test_the_type_that_fits_is_offered(around: dict[str, Any], said: str | None, before: object) -> None:
    found = Evidence(credentials={IDENTITY_UUID: replace(IDENTITY, key=P256)}, at=AT)
    whole = document(payload({**BY_CERTIFICATE, "CertificateType": said, **around}), pkcs12())
    (problem,) = (p for p in validate(whole, found) if p.code == "certificate-type")
    fix = problem.finding.fix
    # With EAP the type needs the issuer of the server's certificate beside it, which nobody can guess.
    if around and "ServerCertificateIssuerCommonName" not in around:
        assert fix is None
        return
    assert fix == fixes.put("IKEv2.CertificateType", before, "ECDSA256", "Set CertificateType to ECDSA256")


def test_nothing_is_offered_where_no_type_fits() -> None:
    odd = replace(IDENTITY, key=KeyFacts(kind="Ed25519", bits=0))
    whole = document(payload(BY_CERTIFICATE), pkcs12())
    found = validate(whole, Evidence(credentials={IDENTITY_UUID: odd}, at=AT))
    assert [p.finding.fix for p in found if p.code == "certificate-type"] == [None]


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("alice@example.com", True),
        ("ALICE@example.com", True),
        ("alice", True),
        ("bob", False),
        ("", False),
        (ABSENT, False),
    ],
)
def test_the_device_should_call_itself_as_its_certificate_does(said: str | None, fine: bool) -> None:
    advised = [("advice", "LocalIdentifier", "local-identifier")]
    assert tunnel(IDENTITY, LocalIdentifier=said) == ([] if fine else advised)


def test_capitals_in_the_certificate_do_not_matter() -> None:
    assert tunnel(replace(IDENTITY, names=("Alice@Example.com",)), LocalIdentifier="alice@example.com") == []


def test_the_name_does_not_matter_without_a_machine_certificate() -> None:
    assert tunnel(IDENTITY, AuthenticationMethod="None", ExtendedAuthEnabled=1, LocalIdentifier="bob") == []


def test_an_identity_that_will_be_issued_without_names_asks_for_none() -> None:
    assert tunnel(Credential(title="scep", key=RSA), LocalIdentifier="bob") == []


@pytest.mark.parametrize(
    ("said", "authorities", "fine"),
    [
        ("Example CA", (AUTHORITY,), True),
        ("Example CA", (replace(AUTHORITY, common_name="Other CA"), AUTHORITY), True),
        ("Other CA", (AUTHORITY,), False),
        ("example ca", (AUTHORITY,), False),
        ("Example CA", (replace(AUTHORITY, is_authority=False),), False),
        ("Example CA", (), False),
        (ABSENT, (), True),
    ],
)
def test_the_issuer_of_the_server_should_be_in_the_profile(
    said: str | None, authorities: tuple[CertificateFacts, ...], fine: bool
) -> None:
    found = tunnel(IDENTITY, authorities, ServerCertificateIssuerCommonName=said)
    path = "ServerCertificateIssuerCommonName"
    assert found == ([] if fine else [("advice", path, "issuer-not-in-profile")])


@pytest.mark.parametrize(
    ("chain", "fine"),
    [
        ((), True),
        ((AUTHORITY,), True),
        ((replace(AUTHORITY, fingerprint="CA:02"),), True),
        ((replace(AUTHORITY, fingerprint="CA:02", subject="CN=Other CA"),), False),
        ((AUTHORITY, replace(AUTHORITY, fingerprint="CA:02", subject="CN=Other CA")), False),
    ],
)
def test_authorities_in_the_file_of_an_identity_belong_into_payloads(
    chain: tuple[CertificateFacts, ...], fine: bool
) -> None:
    advised = [("advice", "PayloadCertificateUUID", "chain-not-in-profile")]
    assert tunnel(replace(IDENTITY, chain=chain)) == ([] if fine else advised)


def test_an_authority_that_does_not_call_itself_one_is_in_the_profile_all_the_same() -> None:
    plain = replace(AUTHORITY, is_authority=False)
    assert tunnel(replace(IDENTITY, chain=(plain,)), (plain,)) == []


ODD: Mapping[str, Any] = {"list": [[]], "dictionary": {"a": {}}, "number": 7, "bytes": b"\xff", "true": True}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "name",
    [
        "CertificateType",
        "LocalIdentifier",
        "ServerCertificateIssuerCommonName",
        "PayloadCertificateUUID",
        "AuthenticationMethod",
    ],
)
def test_odd_values_are_told_by_their_type(name: str, odd: str) -> None:
    assert ("error", name, "wrong-type") in tunnel(IDENTITY, **{name: ODD[odd]})


@pytest.mark.parametrize("said", ["$EMAIL", "{{DeviceId}}", "${USER}@example.com", "REPLACE_ME"])
def test_a_placeholder_is_not_compared_with_the_names_of_the_certificate(said: str) -> None:
    codes = [code for _, _, code in tunnel(IDENTITY, LocalIdentifier=said)]
    assert "local-identifier" not in codes
    assert len(codes) == 1


def test_nothing_is_compared_with_a_name_that_a_request_leaves_open() -> None:
    asked = replace(IDENTITY, names=("$EMAIL",), certificate=None)
    assert tunnel(asked, LocalIdentifier="alice@example.com") == []


def test_a_distinguished_name_is_told_once() -> None:
    said = "CN=alice,O=Example"
    assert tunnel(IDENTITY, LocalIdentifier=said) == [("advice", "LocalIdentifier", "distinguished-name")]


@pytest.mark.parametrize(
    ("said", "known"),
    [("2001:DB8:0::5", "2001:db8::5"), ("laptop.bücher.example", "laptop.xn--bcher-kva.example")],
    ids=["address", "name"],
)
def test_the_device_and_its_certificate_may_write_a_name_differently(said: str, known: str) -> None:
    assert tunnel(replace(IDENTITY, names=(known,)), LocalIdentifier=said) == []


@pytest.mark.parametrize("said", ["Example CA ", "\nExample CA", "Other CA "])
def test_blanks_around_an_issuer_are_all_that_is_told_of_it(said: str) -> None:
    found = tunnel(IDENTITY, (AUTHORITY,), ServerCertificateIssuerCommonName=said)
    assert found == [("warning", "ServerCertificateIssuerCommonName", "blanks")]


def test_tunnels_of_always_on_are_judged_the_same_way() -> None:
    inside = {**payload(BY_CERTIFICATE).values["IKEv2"], "ProtocolType": "IKEv2", "LocalIdentifier": "bob"}
    part = PayloadDocument(
        slug="vpn-always-on",
        name="always on",
        uuid=TUNNEL_UUID,
        values={"UserDefinedName": "x", "AlwaysOn": {"TunnelConfigurations": [inside]}},
    )
    found = problems(part, pkcs12(), identity=replace(IDENTITY, key=P256))["always on"]
    place = "AlwaysOn.TunnelConfigurations[0]"
    assert [each for each in found if each[1].startswith(f"{place}.")] == [
        ("error", f"{place}.CertificateType", "certificate-type"),
        ("advice", f"{place}.LocalIdentifier", "local-identifier"),
        ("advice", f"{place}.PayloadCertificateUUID", "always-on-ecdsa"),
    ]
    with_rsa = problems(part, pkcs12(), identity=IDENTITY)["always on"]
    assert not [each for each in with_rsa if each[2] == "always-on-ecdsa"]


def test_with_eap_the_device_may_call_itself_as_it_likes() -> None:
    assert tunnel(IDENTITY, **{**EAP_TLS, "AuthenticationMethod": "Certificate"}, LocalIdentifier="") == []


def test_an_identity_is_found_by_the_name_that_its_file_writes() -> None:
    named = {**BY_CERTIFICATE, "CertificateType": "ECDSA256", "PayloadCertificateUUID": "alice-identity"}
    found = Evidence(credentials={IDENTITY_UUID: IDENTITY}, written={"ALICE-IDENTITY": IDENTITY_UUID}, at=AT)
    told = [p.code for p in validate(document(payload(named), pkcs12()), found)]
    assert "certificate-type" in told


def test_nobody_knows_which_issuer_a_placeholder_names() -> None:
    found = tunnel(IDENTITY, (AUTHORITY,), ServerCertificateIssuerCommonName="${CA_CN}")
    assert found == [("warning", "ServerCertificateIssuerCommonName", "unfilled-placeholder")]
