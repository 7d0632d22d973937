"""How names are resolved in a tunnel: what is refused, and what next to it is fine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from profiles.catalogue.fixes import Change, Items
from profiles.plist.document import PayloadDocument, Problem
from profiles.plist.templates.declaration import Declaration, Variable
from profiles.plist.validation.repairs import repaired, repairs
from profiles.plist.validation.validate import validate
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


def whole_of(dns: dict[str, Any]) -> Problem:
    """The one problem of a tunnel with this DNS."""
    (problem,) = validate(document(payload(top={"DNS": dns})))
    return problem


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
def test_whatever_is_set_should_come_with_a_protocol(name: str, value: Any) -> None:
    assert problems({name: value}) == [("warning", "DNSProtocol", "missing")]


def test_dns_without_encryption_should_have_servers_and_the_other_way_round() -> None:
    assert problems(DNSProtocol="Cleartext") == [("warning", "ServerAddresses", "missing")]
    assert problems(SPLIT, DNSProtocol=ABSENT) == [("warning", "DNSProtocol", "missing")]


@pytest.mark.parametrize("way", [HTTPS, TLS], ids=["HTTPS", "TLS"])
def test_encrypted_dns_stands_without_addresses_of_servers(way: dict[str, Any]) -> None:
    assert problems(way) == []
    assert problems(way, SupplementalMatchDomains=["corp.example"]) == []


@pytest.mark.parametrize(
    ("beside", "proposed"),
    [
        ({"ServerAddresses": ["10.0.0.53"]}, "Cleartext"),
        ({"ServerURL": HTTPS["ServerURL"]}, "HTTPS"),
        ({"ServerURL": HTTPS["ServerURL"], "ServerAddresses": ["10.0.0.53"]}, "HTTPS"),
        ({"ServerName": TLS["ServerName"]}, "TLS"),
        ({"ServerURL": HTTPS["ServerURL"], "ServerName": TLS["ServerName"]}, None),
        ({"SearchDomains": ["corp.example"]}, None),
    ],
)
def test_the_protocol_that_was_meant_is_offered_where_it_is_clear(
    beside: dict[str, Any], proposed: str | None
) -> None:
    whole = document(payload(top={"DNS": beside}))
    assert "ignored" not in [problem.code for problem in validate(whole)]
    (missing,) = (p for p in validate(whole) if p.code == "missing")
    assert missing.message == (
        "DNSProtocol is missing, which Apple's documentation asks for, because DNS is set up beside it. Fill it in."
    )
    offered = missing.fix.changes[0] if missing.fix else None
    assert (offered.after if offered else None) == proposed
    if offered:
        mended = repaired(whole, repairs(whole, [missing]), [repairs(whole, [missing])[0].id])
        assert "missing" not in [p.code for p in validate(mended)]


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
    ("address", "code", "meant"),
    [
        ("dns.example.com", "not-an-address", None),
        ("10.0.0.256", "not-an-address", None),
        ("10.0.0.53:53", "not-an-address", "10.0.0.53"),
        ("[fd00::53]:53", "not-an-address", "fd00::53"),
        ("10.0.0.0/24", "not-an-address", None),
        ("10.0.0.53/32", "not-an-address", "10.0.0.53"),
        ("tcp://10.0.0.53", "not-an-address", "10.0.0.53"),
        ("10.*", "not-an-address", None),
        ("10.0.0.53%en0", "not-an-address", None),
        ("fe80::1%", "not-an-address", None),
        (" 10.0.0.53", "blanks", "10.0.0.53"),
        ("10.0.0.53, 10.0.0.54", "several-in-one", Items(("10.0.0.53", "10.0.0.54"))),
        ("10.0.0.53 10.0.0.54", "several-in-one", Items(("10.0.0.53", "10.0.0.54"))),
        (" ", "blanks", None),
    ],
)
def test_what_is_no_address_is_told_where_it_stands_and_the_tunnel_connects_all_the_same(
    address: str, code: str, meant: object
) -> None:
    assert problems(SPLIT, ServerAddresses=["10.0.0.1", address]) == [("warning", "ServerAddresses[1]", code)]
    found = whole_of({**SPLIT, "ServerAddresses": ["10.0.0.1", address]})
    assert found.fix is None if meant is None else found.fix is not None
    if found.fix:
        assert found.fix.changes == (Change("DNS.ServerAddresses[1]", address, meant),)


@pytest.mark.parametrize("blanks", [[""], ["", ""]])
def test_a_list_of_empty_texts_names_no_server(blanks: list[str]) -> None:
    assert ("warning", "ServerAddresses", "missing") in problems(SPLIT, ServerAddresses=blanks)


@pytest.mark.parametrize("name", ["SupplementalMatchDomains", "SearchDomains"])
@pytest.mark.parametrize(
    ("domain", "code", "meant"),
    [
        ("*.corp.example", "not-a-domain", "corp.example"),
        (".corp.example", "not-a-domain", "corp.example"),
        ("https://corp.example", "not-a-domain", "corp.example"),
        ("corp.example:443", "not-a-domain", "corp.example"),
        ("corp.example/", "not-a-domain", "corp.example"),
        ("bücher.example", "not-a-domain", "xn--bcher-kva.example"),
        ("10.0.0.1", "not-a-domain", None),
        ("10.0.0.0/8", "not-a-domain", None),
        ("alice@corp.example", "not-a-domain", None),
        ("corp..example", "not-a-domain", None),
        ("corp example", "not-a-domain", None),
        ("corp.example ", "blanks", "corp.example"),
        ("corp.example,lab.example", "several-in-one", Items(("corp.example", "lab.example"))),
    ],
)
def test_what_is_no_domain_is_told_with_the_one_that_was_meant(
    name: str, domain: str, code: str, meant: object
) -> None:
    dns = {**SPLIT, name: [domain]}
    assert problems(dns) == [("warning", f"{name}[0]", code)]
    fix = whole_of(dns).fix
    assert fix is None if meant is None else fix is not None
    if fix:
        assert fix.changes == (Change(f"DNS.{name}[0]", domain, meant),)


@pytest.mark.parametrize(
    "domain",
    [
        "corp.example",
        "corp",
        "local",
        "corp.example.",
        "_msdcs.corp.example",
        "10.in-addr.arpa",
        "xn--bcher-kva.de",
    ],
)
def test_plain_domains_are_fine(domain: str) -> None:
    assert problems(SPLIT, SupplementalMatchDomains=[domain], SearchDomains=[domain], DomainName=domain) == []


def test_a_primary_domain_is_one() -> None:
    assert problems(SPLIT, DomainName="*.corp.example") == [("warning", "DomainName", "not-a-domain")]
    several = whole_of({**SPLIT, "DomainName": "corp.example, lab.example"})
    # There is no list to split it into.
    assert (several.code, several.fix) == ("several-in-one", None)


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("https://dns.example.com/", "warning"),
        ("dns.example.com:853", "warning"),
        ("dns_1.example.com", "advice"),
    ],
)
def test_the_name_of_a_server_is_a_host_name(name: str, severity: str) -> None:
    assert problems(TLS, ServerName=name) == [(severity, "ServerName", "address-malformed")]


def test_what_a_variable_of_a_template_will_be_is_not_guessed() -> None:
    variable = Variable(name="dns", label="DNS server")
    listed = {**SPLIT, "ServerAddresses": ["{{dns}}"]}
    whole = replace(document(payload(top={"DNS": listed})), declaration=Declaration(variables=(variable,)))
    assert told(whole) == []
    spoilt = replace(
        whole, declaration=Declaration(variables=(replace(variable, default="dns.example.com"),))
    )
    assert told(spoilt) == [("warning", "DNS.ServerAddresses[0]", "not-an-address")]


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
        "“dns.example.com” is a name: the device takes the IP address of a server alone. Write an IP address."
    )
    assert split == (
        "In a split tunnel devices ask these servers for nothing, or for everything, depending on the routes. List "
        "your internal domains, or choose “Every other domain, too”."
    )
