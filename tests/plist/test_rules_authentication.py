"""How the device and the server prove themselves: what is refused, and what next to it is fine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from profiles.plist.document import PayloadDocument
from profiles.plist.validate import validate
from tests.plist.making import ABSENT, TUNNEL_UUID, WITH_SECRET, document, payload, problems, sentence, told

IDENTITY_UUID = "11111111-2222-3333-4444-555555555555"
CERTIFICATE = {
    "AuthenticationMethod": "Certificate",
    "ExtendedAuthEnabled": 0,
    "PayloadCertificateUUID": IDENTITY_UUID,
}
# The tunnel is alone in its profile, so a reference to an identity leads nowhere.
DANGLING = ("error", "PayloadCertificateUUID", "dangling-reference")
IDENTITIES: Mapping[str, Mapping[str, Any]] = {
    "identity-pkcs12": {"PayloadContent": b"0\x82", "Password": "p"},
    "scep": {"PayloadContent": {"URL": "https://ca.example.com/scep", "Keysize": 2048}},
    "acme": {
        "DirectoryURL": "https://ca.example.com/acme",
        "ClientIdentifier": "laptop-7",
        "KeyType": "RSA",
        "KeySize": 2048,
        "HardwareBound": False,
        "Subject": [[["CN", "alice"]]],
    },
}
EAP_TLS = {"PayloadCertificateUUID": CERTIFICATE["PayloadCertificateUUID"]}


def test_the_tunnel_that_the_others_start_from_has_no_problem() -> None:
    assert problems() == []
    assert problems(WITH_SECRET) == []


@pytest.mark.parametrize("eap", [0, ABSENT])
def test_no_machine_authentication_needs_extended_authentication(eap: int | None) -> None:
    assert problems(ExtendedAuthEnabled=eap) == [("error", "AuthenticationMethod", "eap-only")]
    assert problems(ExtendedAuthEnabled=1) == []


def test_without_extended_authentication_a_shared_secret_is_used_all_the_same() -> None:
    assert problems(ExtendedAuthEnabled=0, SharedSecret="s") == [
        ("warning", "AuthenticationMethod", "falls-back-to-secret")
    ]


def test_a_shared_secret_is_required_where_it_is_the_method() -> None:
    assert problems({**WITH_SECRET, "SharedSecret": ABSENT}) == [("error", "SharedSecret", "missing")]
    assert problems({**WITH_SECRET, "SharedSecret": ""}) == [("error", "SharedSecret", "missing")]


def test_a_shared_secret_that_nothing_uses_is_ignored() -> None:
    assert problems(SharedSecret="s") == [("warning", "SharedSecret", "ignored")]
    assert problems(CERTIFICATE, SharedSecret="s") == [DANGLING, ("warning", "SharedSecret", "ignored")]


def test_a_certificate_is_required_where_it_is_the_method() -> None:
    assert problems({**CERTIFICATE, "PayloadCertificateUUID": ABSENT}) == [
        ("error", "PayloadCertificateUUID", "missing")
    ]
    assert ("error", "PayloadCertificateUUID", "missing") not in problems(CERTIFICATE)


def test_a_certificate_may_come_with_extended_authentication_but_need_not() -> None:
    assert problems(EAP_TLS) == [DANGLING]
    assert problems() == []


def test_a_certificate_that_nothing_uses_is_ignored() -> None:
    assert ("warning", "PayloadCertificateUUID", "ignored") in problems(WITH_SECRET, EAP_TLS)


def test_a_certificate_must_be_an_identity_of_the_same_profile() -> None:
    assert problems(CERTIFICATE) == [DANGLING]
    assert problems(PayloadCertificateUUID=TUNNEL_UUID) == [
        ("error", "PayloadCertificateUUID", "wrong-reference")
    ]


@pytest.mark.parametrize("slug", IDENTITIES)
def test_an_identity_of_the_same_profile_is_what_a_tunnel_needs(slug: str) -> None:
    identity = PayloadDocument(slug=slug, name="identity", uuid=IDENTITY_UUID, values=IDENTITIES[slug])
    assert told(document(payload(CERTIFICATE), identity)) == []
    assert told(document(identity, payload(EAP_TLS))) == []


def test_a_certificate_without_its_key_is_no_identity() -> None:
    authority = PayloadDocument(
        slug="certificate", name="ca", uuid=IDENTITY_UUID, values={"PayloadContent": b"0\x82"}
    )
    assert told(document(payload(CERTIFICATE), authority)) == [
        ("error", "IKEv2.PayloadCertificateUUID", "wrong-reference")
    ]


def test_a_reference_is_found_in_either_case() -> None:
    assert problems(PayloadCertificateUUID=TUNNEL_UUID.lower()) == [
        ("error", "PayloadCertificateUUID", "wrong-reference")
    ]


def test_a_reference_that_is_no_uuid_is_judged_by_whether_it_leads_anywhere() -> None:
    found = problems(PayloadCertificateUUID="my certificate")
    assert found == [("error", "PayloadCertificateUUID", "dangling-reference")]


def test_the_type_of_a_certificate_needs_the_issuer_of_the_servers() -> None:
    typed = {**CERTIFICATE, "CertificateType": "ECDSA256"}
    assert problems(typed) == [("error", "ServerCertificateIssuerCommonName", "missing"), DANGLING]
    assert problems(typed, ServerCertificateIssuerCommonName="Example CA") == [DANGLING]
    assert problems(CERTIFICATE) == [DANGLING]


def test_the_type_of_a_certificate_is_ignored_without_a_machine_certificate() -> None:
    assert problems(CertificateType="RSA", ServerCertificateIssuerCommonName="Example CA") == [
        ("warning", "CertificateType", "ignored")
    ]


@pytest.mark.parametrize("name", ["AuthName", "AuthPassword"])
def test_user_name_and_password_are_for_extended_authentication(name: str) -> None:
    assert problems({name: "alice"}) == []
    assert problems(WITH_SECRET, {name: "alice"}) == [("warning", name, "ignored")]


def test_the_lowest_tls_version_is_not_above_the_highest() -> None:
    assert problems(EAP_TLS, TLSMinimumVersion="1.2", TLSMaximumVersion="1.1") == [
        ("error", "TLSMinimumVersion", "tls-order"),
        DANGLING,
        ("advice", "TLSMaximumVersion", "tls-outdated"),
    ]
    assert problems(EAP_TLS, TLSMinimumVersion="1.2", TLSMaximumVersion="1.2") == [DANGLING]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("name", ["TLSMinimumVersion", "TLSMaximumVersion"])
def test_an_outdated_tls_version_is_advised_against(name: str, version: str) -> None:
    assert problems(EAP_TLS, {name: version}) == [DANGLING, ("advice", name, "tls-outdated")]


def test_tls_1_2_is_in_order_with_what_holds_for_the_other_end() -> None:
    assert problems(EAP_TLS, TLSMinimumVersion="1.2") == [DANGLING]
    assert problems(EAP_TLS, TLSMaximumVersion="1.2") == [DANGLING]


def test_tls_versions_that_the_device_ignores_are_not_judged() -> None:
    assert problems(TLSMinimumVersion="1.2", TLSMaximumVersion="1.1") == [
        ("warning", "TLSMinimumVersion", "ignored"),
        ("warning", "TLSMaximumVersion", "ignored"),
    ]


def test_tls_versions_are_only_for_eap_tls() -> None:
    assert problems(TLSMinimumVersion="1.2") == [("warning", "TLSMinimumVersion", "ignored")]


def test_the_account_password_is_kept_and_advised_against() -> None:
    found = problems(Password="x")
    assert found
    assert {(severity, path) for severity, path, _ in found} == {("advice", "Password")}


@pytest.mark.parametrize("name", ["RemoteAddress", "RemoteIdentifier", "AuthenticationMethod"])
def test_what_every_tunnel_needs_is_told_when_it_is_missing(name: str) -> None:
    assert ("error", name, "missing") in problems({name: ABSENT})


def test_the_name_of_the_connection_is_needed() -> None:
    assert told(document(payload(top={"UserDefinedName": ""}))) == [("error", "UserDefinedName", "missing")]


def test_the_local_identifier_may_stay_empty() -> None:
    assert problems(LocalIdentifier="") == []
    assert problems(LocalIdentifier=ABSENT) == []


@pytest.mark.parametrize(
    "name", ["CN=alice,O=Example", "cn = alice", "/C=DE/O=Example", "emailAddress=a@b", "UID=1"]
)
def test_a_distinguished_name_is_no_local_identifier(name: str) -> None:
    assert problems(LocalIdentifier=name) == [("advice", "LocalIdentifier", "distinguished-name")]


@pytest.mark.parametrize(
    "name", ["alice", "alice@example.com", "vpn-client.example.com", "cn", "CNN=1", "x CN=alice"]
)
def test_a_plain_name_is_a_fine_local_identifier(name: str) -> None:
    assert problems(LocalIdentifier=name) == []


def test_the_server_should_be_called_as_it_is_reached() -> None:
    differs = ("advice", "RemoteIdentifier", "remote-identifier")
    assert problems(RemoteIdentifier="gateway.example.com") == [differs]
    assert problems(RemoteAddress="203.0.113.7") == [differs]
    assert problems(RemoteIdentifier="VPN.Example.COM") == []


def test_another_name_to_check_the_servers_certificate_by_settles_that() -> None:
    named: dict[str, Any] = {"RemoteIdentifier": "gw", "ServerCertificateCommonName": "gw.example.com"}
    assert problems(named) == []


def test_messages_name_the_key_and_the_way_out() -> None:
    assert sentence("missing", {**WITH_SECRET, "SharedSecret": ABSENT}) == (
        "SharedSecret is missing, and the device cannot use the profile without it, because AuthenticationMethod is "
        "Shared secret. Fill it in."
    )
    assert sentence("ignored", CertificateType="RSA", ServerCertificateIssuerCommonName="x") == (
        "CertificateType is ignored by the device, because it is only used when AuthenticationMethod is Certificate. "
        "Remove it."
    )


def test_no_message_repeats_a_secret() -> None:
    whole = document(payload({"SharedSecret": "hunter2", "AuthPassword": "hunter2\x00", "PPK": b"hunter2"}))
    assert len(validate(whole)) >= 3
    assert not [problem.message for problem in validate(whole) if "hunter2" in problem.message]
