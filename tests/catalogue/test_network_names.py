"""Names in networks: what is one, what is not, and what was meant."""

from __future__ import annotations

import ipaddress
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.catalogue.network_names import (
    HARMLESS,
    Flaw,
    Misnomer,
    address,
    address_pattern,
    compared,
    domain,
    domain_pattern,
    host,
    in_dns,
    is_loose_address,
    is_own,
    port,
    web_address,
)

LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
HOSTS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
BLANKS = st.text(alphabet=" \t\n\r\u00a0\u2003\u200b\ufeff", min_size=1, max_size=3)


@given(st.one_of(HOSTS, ADDRESSES))
def test_every_host_name_and_address_is_a_host(name: str) -> None:
    assert host(name) is None


@given(
    HOSTS, st.sampled_from(("https://{}/", "{}:4500", "{}/path", "http://u:p@{}:1/", "ikev2://{}", "{}?x=1"))
)
def test_a_host_with_something_around_it_is_found_in_it(name: str, around: str) -> None:
    found = host(around.format(name))
    assert found is not None
    assert found.meant == name


@given(HOSTS | ADDRESSES, BLANKS)
def test_blanks_around_a_host_are_told_whatever_their_width(name: str, blanks: str) -> None:
    for text in (f"{blanks}{name}", f"{name}{blanks}", f"{blanks}{name}{blanks}"):
        found = host(text)
        assert found is not None
        assert (found.flaw, found.meant) == (Flaw.BLANKS, name)


@given(st.text(max_size=80))
def test_any_text_is_judged_and_what_was_meant_is_a_name_itself(text: str) -> None:
    for judge in (host, domain, domain_pattern, address, address_pattern, web_address):
        found = judge(text)
        if found is not None and found.meant:
            again = judge(found.meant)
            assert again is None or again.flaw in HARMLESS


@pytest.mark.parametrize(
    ("text", "flaw", "meant"),
    [
        ("[2001:db8::1]", Flaw.BRACKETS, "2001:db8::1"),
        ("[2001:db8::1]:500", Flaw.PORT, "2001:db8::1"),
        ("203.0.113.5/32", Flaw.NETWORK, "203.0.113.5"),
        ("2001:db8::1/128", Flaw.NETWORK, "2001:db8::1"),
        ("203.0.113.0/24", Flaw.NETWORK, ""),
        ("*.example.com", Flaw.WILDCARD, ""),
        ("vpn example com", Flaw.BLANK_INSIDE, ""),
        ("vpn1.example.com,vpn2.example.com", Flaw.SEVERAL, ""),
        ("vpn1.example.com vpn2.example.com", Flaw.SEVERAL, ""),
        ("@vpn.example.com", Flaw.USER, ""),
        ("alice@vpn.example.com", Flaw.USER, ""),
        ("vpn.example.com:", Flaw.PORT, "vpn.example.com"),
        ("vpn.example.com:ike", Flaw.CHARACTERS, ""),
        ("vpn..example.com", Flaw.DOTS, ""),
        ("“vpn.example.com”", Flaw.CHARACTERS, ""),
        ("vpn.bücher.example", Flaw.UNICODE, "vpn.xn--bcher-kva.example"),
        ("https://bücher.example/", Flaw.URL, "xn--bcher-kva.example"),
        ("faß.example", Flaw.UNICODE, ""),
        ("bücher.123", Flaw.UNICODE, ""),
        ("10.0.0.256", Flaw.NUMBERS, ""),
        ("10.1", Flaw.NUMBERS, ""),
        ("vpn_1.example.com", Flaw.UNDERSCORE, ""),
        ("-vpn.example.com", Flaw.HYPHEN, ""),
        (f"{'x' * 64}.example", Flaw.LONG, ""),
        (".".join(["x" * 60] * 5), Flaw.LONG, ""),
        ("ü" * 1_000, Flaw.LONG, ""),
        ("https://", Flaw.URL, ""),
        ("https://[::1", Flaw.URL, ""),
        (" \n", Flaw.EMPTY, ""),
    ],
)
def test_what_is_no_host_is_told_for_what_it_is(text: str, flaw: Flaw, meant: str) -> None:
    found = host(text)
    assert found is not None
    assert (found.flaw, found.meant) == (flaw, meant)


@pytest.mark.parametrize(
    "name",
    [
        "vpn",
        "localhost",
        "vpn.local",
        "vpn.example.com.",
        "xn--bcher-kva.example",
        "1and1.example",
        "fe80::1%en0",
    ],
)
def test_odd_hosts_that_are_right_are_fine(name: str) -> None:
    assert host(name) is None


@pytest.mark.parametrize(
    ("network", "pattern"),
    [
        ("10.0.0.0/8", "10.*"),
        ("10.1.0.0/16", "10.1.*"),
        ("10.1.2.0/24", "10.1.2.*"),
        ("10.1.2.3/32", "10.1.2.3"),
    ],
)
def test_a_network_of_whole_octets_is_a_pattern(network: str, pattern: str) -> None:
    found = address_pattern(network)
    assert found is not None
    assert (found.flaw, found.meant) == (Flaw.NETWORK, pattern)


@pytest.mark.parametrize("network", ["10.0.0.0/12", "10.1.2.3/8", "0.0.0.0/0", "fd00::/8"])
def test_any_other_network_is_none(network: str) -> None:
    found = address_pattern(network)
    assert found is not None
    assert found.meant == ""


def test_ways_to_write_a_name_in_dns_that_differ_give_none() -> None:
    assert in_dns("Bücher.example") == "xn--bcher-kva.example"
    # IDNA of 2003 makes it fass, that of 2008 does not.
    assert in_dns("faß.example") == ""
    assert in_dns("a\u3002example") == ""


@pytest.mark.parametrize(
    ("text", "loose"),
    [("10.1", True), ("010.0.0.1", True), ("10.0.0.256", False), ("1.2.3.4.5", False), ("vpn.123", False)],
)
def test_short_and_octal_addresses_are_read_by_some_systems(text: str, loose: bool) -> None:
    assert is_loose_address(text) is loose


@given(st.text(alphabet=string.ascii_lowercase + string.digits + "./:*[]@%-_ ,;", max_size=200))
def test_a_text_of_the_letters_of_addresses_is_judged_too(text: str) -> None:
    for judge in (host, domain, domain_pattern, address, address_pattern, web_address):
        judge(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.example:3128", 3128),
        ("https://u:p@a.example:3128/x:1", 3128),
        ("[2001:db8::1]:3128", 3128),
        (" a.example:3128 ", 3128),
        ("a.example", None),
        ("a.example:", None),
        ("a.example:http", None),
        ("a.example:70000", None),
        ("2001:db8::1", None),
        ("[2001:db8::1", None),
    ],
)
def test_the_port_behind_a_host_is_found(text: str, expected: int | None) -> None:
    assert port(text) == expected


@pytest.mark.parametrize(
    ("pattern", "fine"), [("10.300.*", False), ("*.256", False), ("10.255.*", True), ("fe80:1000:*", True)]
)
def test_a_pattern_of_addresses_has_octets(pattern: str, fine: bool) -> None:
    assert (address_pattern(pattern) is None) is fine


@given(HOSTS)
def test_a_name_is_the_same_in_capitals_and_with_a_dot_at_its_end(name: str) -> None:
    assert compared(name.upper()) == compared(f"{name}.") == compared(f" {name}\n") == name


@given(st.ip_addresses(v=6))
def test_an_address_is_the_same_however_it_is_written(address: ipaddress.IPv6Address) -> None:
    assert compared(address.exploded.upper()) == compared(address.compressed) == str(address)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vpn.bücher.example", "VPN.xn--bcher-KVA.example."),
        ("vpn.bu\u0308cher.example", "vpn.bücher.example"),
        ("Example CA", "example ca"),
    ],
    ids=["letters", "composed", "words"],
)
def test_what_is_written_differently_may_be_the_same(one: str, other: str) -> None:
    assert compared(one) == compared(other)


def test_names_of_which_dns_may_have_two_stay_apart() -> None:
    assert compared("straße.example") != compared("strasse.example")
    assert compared("10.0.0.1") != compared("10.0.0.10")


@given(st.text(max_size=80))
def test_any_text_can_be_compared(text: str) -> None:
    assert compared(compared(text)) == compared(text)
    assert is_own(text) in (True, False)


@pytest.mark.parametrize("judge", [domain, domain_pattern])
def test_a_network_where_a_domain_belongs_is_called_one(judge: Callable[[str], Misnomer | None]) -> None:
    assert judge("10.0.0.0/8") == Misnomer(Flaw.NETWORK)
    assert judge("2001:db8::/32") == Misnomer(Flaw.NETWORK)
    assert judge("10.0.0.1") == Misnomer(Flaw.ADDRESS)
