"""How names are resolved in a tunnel: what is refused, and what next to it is fine."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.plist.document import PayloadDocument
from profiles.plist.validate import validate
from tests.plist.making import ABSENT, Told, document, payload, told

SERVER_LISTED = {"DNSProtocol": "Cleartext", "ServerAddresses": ["10.0.0.53"]}
SPLIT = {**SERVER_LISTED, "SupplementalMatchDomains": ["corp.example"]}
HTTPS = {"DNSProtocol": "HTTPS", "ServerURL": "https://dns.example.com/dns-query"}
TLS = {"DNSProtocol": "TLS", "ServerName": "dns.example.com"}
IDENTITY = PayloadDocument(
    slug="identity-pkcs12",
    name="identity",
    uuid="11111111-2222-3333-4444-555555555555",
    values={"PayloadContent": b"0\x82"},
)


def problems(*changes: dict[str, Any], ikev2: dict[str, Any] | None = None, **dns: Any) -> list[Told]:
    """Every problem of a tunnel with this DNS, with paths that start inside it."""
    values = {name: value for part in (*changes, dns) for name, value in part.items()}
    kept = {name: value for name, value in values.items() if value is not ABSENT}
    found = told(document(payload(ikev2, top={"DNS": kept}), IDENTITY))
    return [(severity, path.removeprefix("DNS."), code) for severity, path, code in found]


def test_a_tunnel_needs_no_dns_at_all() -> None:
    assert problems() == []


@pytest.mark.parametrize("way", [SPLIT, {**SPLIT, **HTTPS}, {**SPLIT, **TLS}])
def test_servers_with_their_domains_are_in_order(way: dict[str, Any]) -> None:
    assert problems(way) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SearchDomains", ["corp.example"]),
        ("DomainName", "corp.example"),
        ("SupplementalMatchDomains", ["corp.example"]),
    ],
)
def test_whatever_is_set_needs_a_protocol_and_servers(name: str, value: Any) -> None:
    assert problems({name: value}) == [
        ("error", "DNSProtocol", "missing"),
        ("error", "ServerAddresses", "missing"),
    ]


def test_a_protocol_needs_servers_and_the_other_way_round() -> None:
    assert problems(DNSProtocol="Cleartext") == [("error", "ServerAddresses", "missing")]
    assert problems(SPLIT, DNSProtocol=ABSENT) == [("error", "DNSProtocol", "missing")]


@pytest.mark.parametrize(
    ("protocol", "named"), [("HTTPS", "ServerURL"), ("TLS", "ServerName"), ("Cleartext", "")]
)
def test_each_protocol_needs_the_name_of_its_own_server(protocol: str, named: str) -> None:
    missing = [("error", named, "missing")] if named else []
    assert problems(SPLIT, DNSProtocol=protocol) == missing


def test_the_name_of_another_protocol_is_ignored() -> None:
    ignored = [("warning", "ServerURL", "ignored"), ("warning", "ServerName", "ignored")]
    names = {"ServerURL": HTTPS["ServerURL"], "ServerName": TLS["ServerName"]}
    assert problems(SPLIT, names) == ignored
    assert problems(SPLIT, names, DNSProtocol="HTTPS") == ignored[1:]
    assert problems(SPLIT, names, DNSProtocol="TLS") == ignored[:1]


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("https://dns.example.com/dns-query{?dns}", True),
        ("http://dns.example.com/dns-query", False),
        ("dns.example.com", False),
        ("https://", False),
        ("https://dns.example.com/dns query", False),
    ],
)
def test_dns_over_https_has_an_https_address(address: str, fine: bool) -> None:
    found = problems(SPLIT, HTTPS, ServerURL=address)
    assert found == ([] if fine else [("error", "ServerURL", "malformed")])


def test_an_identity_is_for_encrypted_dns() -> None:
    named = {"PayloadCertificateUUID": IDENTITY.uuid}
    assert problems(SPLIT, HTTPS, named) == []
    assert problems(SPLIT, TLS, named) == []
    assert problems(SPLIT, named) == [("warning", "PayloadCertificateUUID", "ignored")]


def test_the_identity_for_dns_is_one_of_the_profile() -> None:
    nobody = "99999999-2222-3333-4444-555555555555"
    assert problems(SPLIT, TLS, PayloadCertificateUUID=nobody) == [
        ("error", "PayloadCertificateUUID", "dangling-reference")
    ]


@pytest.mark.parametrize("address", ["10.0.0.53", "2001:db8::53", "fe80::1%en0", "::1"])
def test_a_server_is_named_by_its_address(address: str) -> None:
    assert problems(SPLIT, ServerAddresses=[address]) == []


@pytest.mark.parametrize(
    "address",
    ["dns.example.com", "10.0.0.256", "10.0.0.53:53", "10.0.0.0/24", "10.0.0.53%en0", "fe80::1%", " "],
)
def test_what_is_no_address_is_refused_where_it_stands(address: str) -> None:
    assert problems(SPLIT, ServerAddresses=["10.0.0.53", address]) == [
        ("error", "ServerAddresses[1]", "malformed")
    ]


@pytest.mark.parametrize("blanks", [[""], ["", ""]])
def test_a_list_of_empty_texts_names_no_server(blanks: list[str]) -> None:
    errors = [problem for problem in problems(SPLIT, ServerAddresses=blanks) if problem[0] == "error"]
    assert errors == [("error", "ServerAddresses", "missing")]


def test_an_empty_text_beside_a_server_is_no_wrong_address() -> None:
    found = problems(SPLIT, ServerAddresses=["10.0.0.53", ""])
    assert [problem for problem in found if problem[0] == "error"] == []


@pytest.mark.parametrize("address", [0, False, 53])
def test_a_server_that_is_no_text_is_told_of_once(address: Any) -> None:
    assert problems(SPLIT, ServerAddresses=[address]) == [("error", "ServerAddresses[0]", "wrong-type")]


def test_a_split_tunnel_should_say_which_names_its_servers_resolve() -> None:
    unsaid = [("advice", "SupplementalMatchDomains", "split-dns")]
    assert problems(SERVER_LISTED) == unsaid
    assert problems(SERVER_LISTED, ikev2={"IncludeAllNetworks": 0}) == unsaid
    assert problems(SERVER_LISTED, ikev2={"IncludeAllNetworks": 1}) == []


def test_every_other_domain_can_be_said_too() -> None:
    assert problems(SPLIT, SupplementalMatchDomains=[""]) == []


def test_not_to_search_in_domains_needs_domains() -> None:
    assert problems(SPLIT, SupplementalMatchDomainsNoSearch=1) == []
    assert ("warning", "SupplementalMatchDomainsNoSearch", "ignored") in problems(
        SERVER_LISTED, SupplementalMatchDomainsNoSearch=1
    )


def test_messages_say_what_to_write_instead() -> None:
    whole = document(payload(top={"DNS": {**SERVER_LISTED, "ServerAddresses": ["dns.example.com"]}}))
    no_address, split = (problem.message for problem in validate(whole))
    assert no_address == (
        "“dns.example.com” is not an IP address, so the device cannot reach the server. Write its address."
    )
    assert split == (
        "In a split tunnel devices ask these servers for nothing, or for everything, depending on the routes. List "
        "your internal domains, or choose “Every other domain, too”."
    )
