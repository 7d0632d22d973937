"""Starting points: data that is valid but for what only an admin can know."""

from __future__ import annotations

import re

import pytest

from profiles.catalogue.rules.envelope import REVERSE_DNS
from profiles.plist.build import build
from profiles.plist.document import Document
from profiles.plist.validation.validate import validate
from profiles.services.starting_points import all_points, begin

SERVER = {("IKEv2.RemoteAddress", "missing"), ("IKEv2.RemoteIdentifier", "missing")}
BLANKS = {
    "eap-password": SERVER,
    "pre-shared-key": SERVER | {("IKEv2.SharedSecret", "missing")},
    "certificate": SERVER
    | {("PayloadContent", "missing"), ("IKEv2.LocalIdentifier", "local-identifier-empty")},
    "eap-tls": SERVER | {("PayloadContent.URL", "missing")},
    "split-tunnel": SERVER | {("IKEv2.AuthName", "on-demand-asks")},
    "always-on": {
        ("AlwaysOn.TunnelConfigurations[0].RemoteAddress", "missing"),
        ("AlwaysOn.TunnelConfigurations[0].RemoteIdentifier", "missing"),
        ("AlwaysOn.TunnelConfigurations[0].LocalIdentifier", "local-identifier-empty"),
        ("AlwaysOn.TunnelConfigurations", "supervised-only"),
        ("PayloadContent", "missing"),
    },
    "post-quantum": SERVER,
    "blank": SERVER | {("IKEv2.AuthenticationMethod", "missing")},
}
"""What is to be filled in: slug → path and code of each problem, of whatever severity."""

every_point = pytest.mark.parametrize("slug", BLANKS)


def begun(slug: str, name: str = "Office", organization: str = "", prefix: str = "com.example") -> Document:
    return begin(all_points()[slug], name=name, organization=organization, identifier_prefix=prefix)


def test_every_starting_point_is_tested() -> None:
    assert list(all_points()) == list(BLANKS)


@every_point
def test_a_starting_point_lacks_only_what_the_admin_can_fill_in(slug: str) -> None:
    assert {(problem.path, problem.code) for problem in validate(begun(slug))} == BLANKS[slug]


@every_point
def test_a_starting_point_says_what_it_is(slug: str) -> None:
    point = all_points()[slug]
    assert point.title
    assert point.summary.endswith(".")


@every_point
def test_a_starting_point_can_be_built_as_it_is(slug: str) -> None:
    assert build(begun(slug)).startswith(b"<?xml")


@every_point
def test_each_profile_has_uuids_and_an_identifier_of_its_own(slug: str) -> None:
    one, other = begun(slug), begun(slug)
    uuids = [each for whole in (one, other) for each in (whole.uuid, *(part.uuid for part in whole.payloads))]
    assert len(set(uuids)) == len(uuids) == 2 * (1 + len(all_points()[slug].payloads))
    assert [each for each in uuids if each != each.upper()] == []
    assert one.identifier != other.identifier


@every_point
def test_the_name_is_that_of_the_profile_and_of_its_connection(slug: str) -> None:
    whole = begun(slug, name="  Büro\n Nord ", organization="Example & Co")
    assert whole.envelope["PayloadDisplayName"] == "Büro Nord"
    assert whole.envelope["PayloadOrganization"] == "Example & Co"
    vpns = [part for part in whole.payloads if "UserDefinedName" in part.payload.by_path]
    assert [part.values["UserDefinedName"] for part in vpns] == ["Büro Nord"]
    assert not [part for part in whole.payloads if part not in vpns and "UserDefinedName" in part.values]


def test_without_a_name_a_profile_is_called_like_its_starting_point() -> None:
    assert begun("pre-shared-key", name=" ").title == "Pre-shared key"
    assert "PayloadOrganization" not in begun("pre-shared-key").envelope


@pytest.mark.parametrize("name", ["Office", "日本", "a" * 500, "../..", "A.B", "<script>", "-", "É"])
def test_an_identifier_is_a_reverse_dns_name_whatever_the_name_is(name: str) -> None:
    found = begun("blank", name=name).identifier
    assert re.fullmatch(REVERSE_DNS, found), found
    assert found.startswith("com.example.")
    assert len(found) < 100


def test_the_targets_of_a_profile_are_its_own() -> None:
    assert begun("post-quantum").targets == dict.fromkeys(("iOS", "macOS", "tvOS", "visionOS"), "26.0")
    assert begun("blank").targets == {}


def test_what_is_done_to_a_profile_does_not_change_what_the_next_one_begins_with() -> None:
    (first,) = begun("split-tunnel").payloads
    first.values["IKEv2"]["OnDemandRules"][0]["Action"] = "Connect"
    first.values["DNS"].clear()
    (second,) = begun("split-tunnel").payloads
    assert second.values["IKEv2"]["OnDemandRules"][0]["Action"] == "EvaluateConnection"
    assert second.values["DNS"]["ServerAddresses"] == ["10.0.0.53"]


def test_post_quantum_means_ml_kem_and_strict_algorithms() -> None:
    (tunnel,) = begun("post-quantum").payloads
    ikev2 = tunnel.values["IKEv2"]
    assert ikev2["EnforceStrictAlgorithmSelection"] == 1
    for association in ("IKESecurityAssociationParameters", "ChildSecurityAssociationParameters"):
        assert ikev2[association]["EncryptionAlgorithm"] == "AES-256-GCM"
        assert ikev2[association]["PostQuantumKeyExchangeMethods"] == [36]


def test_in_the_split_tunnel_the_names_that_connect_are_those_that_its_dns_servers_resolve() -> None:
    (tunnel,) = begun("split-tunnel").payloads
    (rule,) = tunnel.values["IKEv2"]["OnDemandRules"]
    assert rule["ActionParameters"][0]["Domains"] == tunnel.values["DNS"]["SupplementalMatchDomains"]


@pytest.mark.parametrize("slug", ["certificate", "eap-tls", "always-on"])
def test_the_identity_that_a_tunnel_refers_to_is_that_of_its_own_profile(slug: str) -> None:
    vpn, identity = begun(slug).payloads
    inside = vpn.values.get("IKEv2") or vpn.values["AlwaysOn"]["TunnelConfigurations"][0]
    assert inside["PayloadCertificateUUID"] == identity.uuid
    assert identity.payload.provides == "identity"
