"""A tunnel of Always On is judged as one that stands alone, with the same words, wherever it stands in the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.evidence import NO_EVIDENCE, Credential, Evidence, ServerCertificate
from profiles.catalogue.keys import Dictionary, ListOf
from profiles.catalogue.payload_type import Rule
from profiles.catalogue.scope import Scope
from profiles.certificate_facts import CertificateFacts, KeyFacts

AT = datetime(2026, 6, 1, tzinfo=UTC)
IDENTITY_UUID = "11111111-2222-3333-4444-555555555555"
ALONE, ALWAYS_ON = registry.payload("vpn-ikev2"), registry.payload("vpn-always-on")
ONLY_ALONE = {
    *("AlwaysOnOnly", "LocalNetworks", "OnDemandAsks", "ProviderKeys", "RoutesIgnored", "Subtype"),
    *("RuleOrder", "RuleSense", "Names", "ProxyHost", "SplitDns"),
}
ONLY_ALWAYS_ON = {"StrongGroup", "AlwaysOnKey", "InVain"}

SOUND: Mapping[str, Any] = {
    "RemoteAddress": "vpn.example.com",
    "RemoteIdentifier": "vpn.example.com",
    "AuthenticationMethod": "None",
    "ExtendedAuthEnabled": 1,
}
BY_CERTIFICATE: Mapping[str, Any] = {
    "AuthenticationMethod": "Certificate",
    "ExtendedAuthEnabled": 0,
    "PayloadCertificateUUID": IDENTITY_UUID,
}
SECRET: Mapping[str, Any] = {"AuthenticationMethod": "SharedSecret", "SharedSecret": "s"}
Told = tuple[str, str, str, str]


def certificate(name: str, **changes: Any) -> CertificateFacts:
    facts: dict[str, Any] = {
        "subject": f"CN={name}",
        "common_name": name,
        "issuer": "CN=Example CA",
        "issuer_common_name": "Example CA",
        "dns_names": (name,),
        "key": KeyFacts(kind="EC", bits=256),
        "not_before": AT - timedelta(days=100),
        "not_after": AT + timedelta(days=100),
        "fingerprint": name,
    }
    return CertificateFacts(**{**facts, **changes})


EVIDENCE = Evidence(
    credentials={
        IDENTITY_UUID: Credential(
            title="alice",
            key=KeyFacts(kind="EC", bits=256),
            names=("alice.example.com",),
            certificate=certificate("alice.example.com"),
            chain=(certificate("Example CA", is_authority=True),),
        )
    },
    at=AT,
    server=ServerCertificate(
        certificate=certificate("gateway.example.com", not_after=AT - timedelta(days=1))
    ),
)


def tunnels() -> Dictionary:
    (key,) = (key for key in ALWAYS_ON.keys if key.path == "AlwaysOn.TunnelConfigurations")
    assert isinstance(key, ListOf)
    assert isinstance(key.item, Dictionary)
    return key.item


def said(rules: tuple[Rule, ...], scope: Scope, inside: str, leave_out: set[str]) -> Iterator[Told]:
    for rule in rules:
        for found in rule.check(scope) if type(rule).__name__ not in leave_out else []:
            yield found.severity.value, found.path.removeprefix(inside), found.code, found.message


def alone(tunnel: Mapping[str, Any], evidence: Evidence) -> list[Told]:
    """What the rules say of a tunnel that stands alone, with paths that start inside it."""
    scope = ALONE.scope({"IKEv2": tunnel}, {}, evidence=evidence)
    return list(said(ALONE.rules, scope, "IKEv2.", ONLY_ALONE))


def always_on(tunnel: Mapping[str, Any], evidence: Evidence) -> list[Told]:
    """What they say of the same tunnel as the second one of Always On."""
    values = {"AlwaysOn": {"TunnelConfigurations": [{}, {"ProtocolType": "IKEv2", **tunnel}]}}
    _, (item, scope, place) = ALWAYS_ON.scope(values, {}, evidence=evidence).items()
    assert place == "AlwaysOn.TunnelConfigurations[1]."
    return list(said(item.rules, scope, "", ONLY_ALWAYS_ON))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ExtendedAuthEnabled": 0}, "eap-only"),
        ({"ExtendedAuthEnabled": 0, "SharedSecret": "s"}, "falls-back-to-secret"),
        ({"LocalIdentifier": "CN=alice"}, "distinguished-name"),
        ({"RemoteIdentifier": "gateway"}, "remote-identifier"),
        ({"RemoteAddress": "https://vpn.example.com/"}, "address-malformed"),
        ({"LocalIdentifier": "alice "}, "blanks"),
        (
            {"PayloadCertificateUUID": IDENTITY_UUID, "TLSMinimumVersion": "1.2", "TLSMaximumVersion": "1.1"},
            "tls-order",
        ),
        ({"ExtendedAuthEnabled": 0, **SECRET, "LocalIdentifier": ""}, "local-identifier-empty"),
        ({"PayloadCertificateUUID": IDENTITY_UUID, "CertificateType": "ECDSA256"}, "issuer-missing"),
        ({"PayloadCertificateUUID": IDENTITY_UUID, "AuthPassword": "p"}, "password-unused"),
        ({"PPK": b"p", "PPKIdentifier": "ppk"}, "ppk-short"),
        (
            {
                "EnforceStrictAlgorithmSelection": 1,
                "IKESecurityAssociationParameters": {"EncryptionAlgorithm": "3DES"},
            },
            "strict-algorithms",
        ),
        (
            {
                "EnforceStrictAlgorithmSelection": 1,
                "IKESecurityAssociationParameters": {"EncryptionAlgorithm": "AES-128"},
                "ChildSecurityAssociationParameters": {"EncryptionAlgorithm": "AES-256"},
            },
            "strict-order",
        ),
        (
            {
                "ChildSecurityAssociationParameters": {
                    "EncryptionAlgorithm": "AES-256-GCM",
                    "IntegrityAlgorithm": "SHA2-384",
                }
            },
            "integrity-unused",
        ),
        ({"EnablePFS": 1}, "pfs-group"),
        ({"ChildSecurityAssociationParameters": {"DiffieHellmanGroup": 20}}, "group-without-pfs"),
    ],
)
def test_a_tunnel_is_judged_the_same_alone_and_in_always_on(changes: Mapping[str, Any], code: str) -> None:
    found = always_on({**SOUND, **changes}, NO_EVIDENCE)
    assert code in [each[2] for each in found]
    assert found == alone({**SOUND, **changes}, NO_EVIDENCE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "certificate-type"),
        ({"CertificateType": "ECDSA384"}, "certificate-type"),
        ({"LocalIdentifier": "bob.example.com"}, "local-identifier"),
        ({"ServerCertificateIssuerCommonName": "Another CA"}, "issuer-not-in-profile"),
        ({"ServerCertificateIssuerCommonName": "Another CA"}, "server-issuer"),
        ({}, "chain-not-in-profile"),
        ({}, "server-name"),
        ({"ServerCertificateCommonName": "vpn"}, "server-common-name"),
        ({}, "expired"),
    ],
)
def test_certificates_are_judged_the_same_alone_and_in_always_on(
    changes: Mapping[str, Any], code: str
) -> None:
    tunnel = {**SOUND, **BY_CERTIFICATE, **changes}
    found = always_on(tunnel, EVIDENCE)
    assert code in [each[2] for each in found]
    assert found == alone(tunnel, EVIDENCE)


def test_a_sound_tunnel_is_sound_in_both() -> None:
    assert alone(SOUND, NO_EVIDENCE) == always_on(SOUND, NO_EVIDENCE) == []


def test_no_rule_is_only_in_one_of_the_two_without_a_reason() -> None:
    one = {type(rule).__name__ for rule in ALONE.rules}
    other = {type(rule).__name__ for rule in tunnels().rules}
    assert one - other == ONLY_ALONE
    assert other - one == ONLY_ALWAYS_ON


def test_a_tunnel_has_the_sections_of_the_form_that_it_has_alone() -> None:
    sections = [group.slug for group in ALONE.groups]
    beside = {"dns", "proxies", "about"}
    wanted = ["interfaces", *(slug for slug in sections if slug not in beside)]
    assert [group.slug for group in tunnels().groups] == wanted


@pytest.mark.parametrize("path", ["RemoteIdentifier", "ServerCertificateIssuerCommonName", "LocalIdentifier"])
def test_a_tunnel_has_the_tools_and_proposals_that_it_has_alone(path: str) -> None:
    one, other = ALONE.by_path[f"IKEv2.{path}"], tunnels().shape.by_path[path]
    offered = [(key.tool, getattr(key, "proposed_from", "")) for key in (one, other)]
    assert offered[0] == offered[1] != ("", "")
