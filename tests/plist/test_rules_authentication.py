"""How the device and the server prove themselves: what is refused, and what next to it is fine."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

from profiles.catalogue.evidence import Credential, Evidence
from profiles.catalogue.fixes import NOTHING, REMOVED, Change, Fix
from profiles.plist.document import PayloadDocument
from profiles.plist.validation.repairs import mended
from profiles.plist.validation.validate import validate
from tests.plist.making import (
    ABSENT,
    TUNNEL_UUID,
    WITH_SECRET,
    document,
    payload,
    problems,
    sentence,
    told,
    tunnel,
)

IDENTITY_UUID = "11111111-2222-3333-4444-555555555555"
CERTIFICATE = {
    "AuthenticationMethod": "Certificate",
    "ExtendedAuthEnabled": 0,
    "PayloadCertificateUUID": IDENTITY_UUID,
    "LocalIdentifier": "alice.example.com",
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
EAP_TLS = {"PayloadCertificateUUID": IDENTITY_UUID}
PASSWORD_EAP = {"AuthenticationMethod": "Certificate", "ExtendedAuthEnabled": 1}
"""EAP with a password behind a server that proves itself by its certificate, as strongSwan's template has it."""


def fix(code: str, *changes: Mapping[str, Any], **ikev2: Any) -> Fix | None:
    """How the one problem with this code is mended by itself."""
    (found,) = [problem for problem in validate(tunnel(*changes, **ikev2)) if problem.code == code]
    return found.finding.fix


def test_the_tunnel_that_the_others_start_from_has_no_problem() -> None:
    assert problems() == []
    assert problems(WITH_SECRET) == []


@pytest.mark.parametrize("eap", [0, ABSENT])
def test_no_machine_authentication_needs_extended_authentication(eap: int | None) -> None:
    assert problems(ExtendedAuthEnabled=eap) == [("error", "AuthenticationMethod", "eap-only")]
    assert problems(ExtendedAuthEnabled=1) == []


def test_without_extended_authentication_a_shared_secret_is_used_all_the_same() -> None:
    secret = {"SharedSecret": "s", "LocalIdentifier": "alice"}
    for eap in (0, ABSENT):
        assert problems(secret, ExtendedAuthEnabled=eap) == [
            ("warning", "AuthenticationMethod", "falls-back-to-secret")
        ]
    assert fix("falls-back-to-secret", secret, ExtendedAuthEnabled=0) == Fix(
        "Choose SharedSecret", (Change("IKEv2.AuthenticationMethod", "None", "SharedSecret"),)
    )


@pytest.mark.parametrize(("eap", "before"), [(0, 0), (ABSENT, NOTHING)])
def test_what_only_extended_authentication_uses_says_that_it_is_meant(eap: int | None, before: Any) -> None:
    change = Change("IKEv2.ExtendedAuthEnabled", before, 1)
    identity = {"PayloadCertificateUUID": IDENTITY_UUID}
    for meant in ({"AuthName": "alice"}, {"AuthPassword": "p"}, identity):
        assert fix("eap-only", meant, ExtendedAuthEnabled=eap) == Fix(
            "Turn ExtendedAuthEnabled on", (change,), sure=False
        )
    assert fix("eap-only", ExtendedAuthEnabled=eap) is None


@pytest.mark.parametrize("meant", [{"AuthName": "alice"}, {"AuthPassword": "p"}])
def test_how_a_working_tunnel_signs_in_is_changed_by_a_person_alone(meant: dict[str, str]) -> None:
    offered = fix(
        "falls-back-to-secret", meant, AuthenticationMethod="None", SharedSecret="s", ExtendedAuthEnabled=0
    )
    assert offered is not None
    assert not offered.sure


def test_a_shared_secret_is_required_where_it_is_the_method() -> None:
    assert problems({**WITH_SECRET, "SharedSecret": ABSENT}) == [("error", "SharedSecret", "missing")]
    assert problems({**WITH_SECRET, "SharedSecret": ""}) == [("error", "SharedSecret", "missing")]


def test_a_shared_secret_that_nothing_uses_is_ignored() -> None:
    assert problems(SharedSecret="s") == [("warning", "SharedSecret", "ignored")]
    assert problems(CERTIFICATE, SharedSecret="s") == [DANGLING, ("warning", "SharedSecret", "ignored")]


def test_what_is_ignored_goes_with_a_fix_and_a_secret_does_not() -> None:
    assert fix("ignored", SharedSecret="s") is None
    dropped = fix("ignored", ExcludeLocalNetworks=1)
    assert dropped is not None
    assert dropped.changes == (Change("IKEv2.ExcludeLocalNetworks", 1, REMOVED),)


def test_a_key_that_no_setting_makes_use_of_is_told_as_such() -> None:
    assert "no setting makes use of it" in sentence("ignored", Password="p")
    assert "no setting" not in sentence("ignored", SharedSecret="s")


def test_a_certificate_is_required_where_it_is_the_method() -> None:
    assert problems({**CERTIFICATE, "PayloadCertificateUUID": ABSENT}) == [
        ("error", "PayloadCertificateUUID", "missing")
    ]
    assert ("error", "PayloadCertificateUUID", "missing") not in problems(CERTIFICATE)
    assert sentence("missing", {**CERTIFICATE, "PayloadCertificateUUID": ABSENT}).endswith(
        "because AuthenticationMethod is Certificate and ExtendedAuthEnabled is not On. Fill it in."
    )


@pytest.mark.parametrize(("eap", "before"), [(0, 0), (ABSENT, NOTHING)])
@pytest.mark.parametrize("meant", [{"AuthName": "alice"}, {"AuthPassword": "p"}])
def test_who_has_a_user_name_and_no_identity_lacks_extended_authentication(
    meant: dict[str, Any], eap: int | None, before: Any
) -> None:
    given = {**CERTIFICATE, "PayloadCertificateUUID": ABSENT, "ExtendedAuthEnabled": eap, **meant}
    assert problems(given) == [("error", "PayloadCertificateUUID", "eap-off")]
    assert fix("eap-off", given) == Fix(
        "Turn ExtendedAuthEnabled on", (Change("IKEv2.ExtendedAuthEnabled", before, 1),), sure=False
    )
    assert problems({**given, "ExtendedAuthEnabled": 1}) == []


def test_what_a_switch_would_make_use_of_is_dropped_by_a_person_alone() -> None:
    dropped = fix("ignored", WITH_SECRET, AuthName="alice")
    assert dropped is not None
    assert not dropped.sure
    assert sentence("ignored", WITH_SECRET, AuthName="alice").endswith(
        "only used when ExtendedAuthEnabled is On. Turn ExtendedAuthEnabled on, or remove it."
    )
    # A second one would have to be on, or another method, so nobody forgot this one alone.
    alone = fix("ignored", TLSMinimumVersion="1.2")
    assert alone is not None
    assert alone.sure


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"LocalIdentifier": ""},
        {"AuthName": "alice", "AuthPassword": "p"},
        {"ServerCertificateIssuerCommonName": "Example CA", "ServerCertificateCommonName": "vpn.example.com"},
    ],
)
def test_with_a_password_the_server_alone_needs_a_certificate(more: dict[str, Any]) -> None:
    assert problems(PASSWORD_EAP, more) == []


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


LETTERS = "6f1a3a8e-2a44-4b1e-9a55-6d6b0f7a9c12"


@pytest.mark.parametrize(
    ("uuid", "said"),
    [
        (LETTERS.upper(), LETTERS),
        (LETTERS, LETTERS.upper()),
        (LETTERS.upper(), LETTERS[:18].upper() + LETTERS[18:]),
    ],
    ids=["small", "capital", "mixed"],
)
@pytest.mark.parametrize("changes", [CERTIFICATE, EAP_TLS], ids=["certificate", "EAP-TLS"])
def test_a_reference_in_other_letters_is_written_as_the_uuid_is(
    changes: Mapping[str, Any], uuid: str, said: str
) -> None:
    identity = PayloadDocument(slug="scep", name="identity", uuid=uuid, values=IDENTITIES["scep"])
    whole = document(payload({**changes, "PayloadCertificateUUID": said}), identity)
    assert told(whole) == [("advice", "IKEv2.PayloadCertificateUUID", "reference-letters")]
    after = mended(whole, validate).document
    assert told(after) == []
    assert after.payloads[0].values["IKEv2"]["PayloadCertificateUUID"] == uuid


def test_a_reference_that_is_no_uuid_is_judged_by_whether_it_leads_anywhere() -> None:
    found = problems(PayloadCertificateUUID="my certificate")
    assert found == [("error", "PayloadCertificateUUID", "dangling-reference")]


ISSUER = "ServerCertificateIssuerCommonName"
TYPES = ["RSA", "RSA-PSS", "ECDSA256", "ECDSA384", "ECDSA521"]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("method", ["None", "Certificate"])
def test_with_eap_tls_the_type_of_a_certificate_needs_the_issuer_of_the_servers(
    method: str, kind: str
) -> None:
    typed = {**EAP_TLS, "AuthenticationMethod": method, "CertificateType": kind}
    assert problems(typed) == [("error", ISSUER, "issuer-missing"), DANGLING]
    assert problems(typed, {ISSUER: "Example CA"}) == [DANGLING]
    assert problems(EAP_TLS, AuthenticationMethod=method) == [DANGLING]


@pytest.mark.parametrize("eap", [0, ABSENT])
@pytest.mark.parametrize("kind", TYPES)
def test_without_eap_the_issuer_is_advice_and_for_rsa_nothing(kind: str, eap: int | None) -> None:
    typed = {**CERTIFICATE, "ExtendedAuthEnabled": eap, "CertificateType": kind}
    told_of = [] if kind == "RSA" else [("advice", ISSUER, "issuer-missing")]
    assert problems(typed) == [DANGLING, *told_of]
    assert problems(typed, {ISSUER: "Example CA"}) == [DANGLING]


def test_a_type_that_holds_anyway_may_go_in_place_of_an_issuer() -> None:
    removed = Change("IKEv2.CertificateType", "RSA", REMOVED)
    told_fix = fix("issuer-missing", EAP_TLS, CertificateType="RSA")
    assert told_fix is not None
    assert told_fix.changes == (removed,)
    assert fix("issuer-missing", EAP_TLS, CertificateType="ECDSA256") is None


@pytest.mark.parametrize("more", [{}, PASSWORD_EAP, {**WITH_SECRET}])
def test_the_type_of_a_certificate_is_ignored_without_an_identity(more: dict[str, Any]) -> None:
    assert problems(more, {ISSUER: "Example CA"}, CertificateType="RSA") == [
        ("advice", "CertificateType", "ignored")
    ]


def test_a_type_that_is_ignored_needs_no_issuer() -> None:
    assert problems(PASSWORD_EAP, CertificateType="ECDSA256") == [("warning", "CertificateType", "ignored")]


def test_with_an_identity_a_password_is_not_used() -> None:
    unused = ("advice", "AuthPassword", "password-unused")
    assert problems(EAP_TLS, AuthPassword="p") == [DANGLING, unused]
    assert problems(EAP_TLS, AuthName="alice") == [DANGLING]
    assert problems(AuthName="alice", AuthPassword="p") == []
    assert problems(CERTIFICATE, AuthPassword="p") == [DANGLING, ("warning", "AuthPassword", "ignored")]
    told_fix = fix("password-unused", EAP_TLS, AuthPassword="hunter2")
    assert told_fix == Fix("Remove it", (Change("IKEv2.AuthPassword", "hunter2", REMOVED),))
    assert "hunter2" not in repr(told_fix)
    assert "hunter2" not in sentence("password-unused", EAP_TLS, AuthPassword="hunter2")


CONNECTS = {"OnDemandEnabled": 1, "OnDemandRules": [{"Action": "Connect"}]}


@pytest.mark.parametrize(
    ("stored", "missing"),
    [
        ({}, "AuthName"),
        ({"AuthName": "alice"}, "AuthPassword"),
        ({"AuthPassword": "p"}, "AuthName"),
        ({"AuthName": "alice", "AuthPassword": "p"}, ""),
    ],
)
def test_what_connects_by_itself_has_its_name_and_password_stored(
    stored: dict[str, str], missing: str
) -> None:
    told_of = [("advice", missing, "on-demand-asks")] if missing else []
    assert problems(CONNECTS, stored) == told_of
    assert problems(CONNECTS, stored, PASSWORD_EAP) == told_of


@pytest.mark.parametrize(
    "more",
    [
        WITH_SECRET,
        {"OnDemandEnabled": 0},
        {"OnDemandEnabled": ABSENT},
        {"OnDemandRules": [{"Action": "Disconnect"}]},
        {"OnDemandRules": [{"Action": "Ignore"}, {"Action": "Connect"}]},
    ],
)
def test_nobody_is_asked_where_nothing_connects_or_no_user_signs_in(more: dict[str, Any]) -> None:
    assert "on-demand-asks" not in [code for _, _, code in problems(CONNECTS, more)]


def test_an_identity_asks_nobody() -> None:
    assert problems(CONNECTS, EAP_TLS) == [DANGLING]
    assert problems(CONNECTS, CERTIFICATE) == [DANGLING]


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


def test_tls_1_3_alone_is_above_what_holds_for_the_other_end() -> None:
    assert problems(EAP_TLS, TLSMinimumVersion="1.3", targets={"iOS": "27.0"}) == [
        ("error", "TLSMinimumVersion", "tls-order"),
        DANGLING,
    ]
    both = {"TLSMinimumVersion": "1.3", "TLSMaximumVersion": "1.3"}
    assert problems(EAP_TLS, both, targets={"iOS": "27.0"}) == [DANGLING]
    assert "at most 1.2, which holds when nothing is set" in sentence(
        "tls-order", EAP_TLS, TLSMinimumVersion="1.3"
    )


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


@pytest.mark.parametrize("empty", ["", ABSENT])
def test_the_local_identifier_may_stay_empty_where_a_user_signs_in(empty: str | None) -> None:
    for more in ({}, PASSWORD_EAP, {**WITH_SECRET, "ExtendedAuthEnabled": 1}):
        assert problems(more, LocalIdentifier=empty) == []


@pytest.mark.parametrize("empty", ["", ABSENT])
def test_a_server_finds_a_secret_or_certificate_by_the_name_of_the_device(empty: str | None) -> None:
    nameless = ("advice", "LocalIdentifier", "local-identifier-empty")
    assert problems(WITH_SECRET, LocalIdentifier=empty) == [nameless]
    assert problems(CERTIFICATE, LocalIdentifier=empty) == [DANGLING, nameless]
    assert nameless in problems(SharedSecret="s", ExtendedAuthEnabled=0, LocalIdentifier=empty)


def test_where_the_names_in_the_certificate_are_known_they_are_what_is_told() -> None:
    identity = PayloadDocument(slug="scep", name="identity", uuid=IDENTITY_UUID, values=IDENTITIES["scep"])
    whole = document(payload({**CERTIFICATE, "LocalIdentifier": ""}), identity)
    named = Evidence(credentials={IDENTITY_UUID: Credential(title="alice", names=("alice.example.com",))})
    assert [problem.code for problem in validate(whole, named)] == ["local-identifier"]
    unnamed = Evidence(credentials={IDENTITY_UUID: Credential(title="alice")})
    assert [problem.code for problem in validate(whole, unnamed)] == ["local-identifier-empty"]


@pytest.mark.parametrize(
    "name", ["CN=alice,O=Example", "cn = alice", "/C=DE/O=Example", "emailAddress=a@b", "UID=1"]
)
def test_a_distinguished_name_is_no_local_identifier(name: str) -> None:
    assert problems(LocalIdentifier=name) == [("advice", "LocalIdentifier", "distinguished-name")]


@pytest.mark.parametrize("name", ["CN=vpn.example.com,O=Example", "/C=DE/CN=vpn.example.com"])
def test_a_distinguished_name_is_no_remote_identifier_either(name: str) -> None:
    assert problems(RemoteIdentifier=name) == [("advice", "RemoteIdentifier", "distinguished-name")]


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
    assert problems(RemoteAddress="2001:db8::1", RemoteIdentifier="2001:db8::2") == [differs]


@pytest.mark.parametrize(
    ("address", "identifier"),
    [
        ("2001:db8::1", "2001:DB8:0::1"),
        ("vpn.example.com.", "vpn.example.com"),
        ("vpn.example.com", "VPN.example.com."),
    ],
)
def test_a_server_may_be_called_as_it_is_reached_in_another_form(address: str, identifier: str) -> None:
    assert problems(RemoteAddress=address, RemoteIdentifier=identifier) == []


def test_a_name_and_the_same_in_the_letters_of_dns_are_one() -> None:
    for address, identifier in itertools.permutations(("vpn.bücher.example", "vpn.xn--bcher-kva.example")):
        found = problems(RemoteAddress=address, RemoteIdentifier=identifier)
        assert "remote-identifier" not in [code for _, _, code in found]


@pytest.mark.parametrize("identifier", ["$EMAIL", "${SERVER}", "vpn-{{site}}.example.com", "REPLACE_ME"])
def test_a_placeholder_differs_from_no_address(identifier: str) -> None:
    (only,) = problems(RemoteIdentifier=identifier)
    assert only[2].endswith("-placeholder")


def test_another_name_to_check_the_servers_certificate_by_settles_that() -> None:
    named: dict[str, Any] = {"RemoteIdentifier": "gw", "ServerCertificateCommonName": "gw.example.com"}
    assert problems(named) == []


def test_messages_name_the_key_and_the_way_out() -> None:
    assert sentence("missing", {**WITH_SECRET, "SharedSecret": ABSENT}) == (
        "SharedSecret is missing, and the device cannot use the profile without it, because AuthenticationMethod is "
        "Shared secret. Fill it in."
    )
    assert sentence("ignored", CertificateType="RSA", ServerCertificateIssuerCommonName="x") == (
        "CertificateType is ignored by the device, because it is only used when the device signs in with an "
        "identity. Remove it."
    )


def test_no_message_repeats_a_secret() -> None:
    whole = document(payload({"SharedSecret": "hunter2", "AuthPassword": "hunter2\x00", "PPK": b"hunter2"}))
    assert len(validate(whole)) >= 3
    assert not [problem.message for problem in validate(whole) if "hunter2" in problem.message]
