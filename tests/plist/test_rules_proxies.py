"""Proxies in a tunnel: what is refused, and what next to it is fine."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.catalogue.fixes import Change
from profiles.plist.validation.repairs import mended
from profiles.plist.validation.validate import validate
from tests.plist.making import Told, document, payload, told

PROXY = {"HTTPEnable": 1, "HTTPProxy": "proxy.example.com", "HTTPPort": 8080}
FILE = {"ProxyAutoConfigEnable": 1, "ProxyAutoConfigURLString": "https://proxy.example.com/proxy.pac"}


def problems(*changes: dict[str, Any], **proxies: Any) -> list[Told]:
    """Every problem of a tunnel with these proxies, with paths that start inside them."""
    values = {name: value for part in (*changes, proxies) for name, value in part.items()}
    found = told(document(payload(top={"Proxies": values})))
    return [(severity, path.removeprefix("Proxies."), code) for severity, path, code in found]


@pytest.mark.parametrize("proxies", [{}, PROXY, FILE, {"ProxyAutoDiscoveryEnable": 0}, {**PROXY, **FILE}])
def test_whole_proxies_are_in_order(proxies: dict[str, Any]) -> None:
    assert problems(proxies, SupplementalMatchDomains=["", "corp.example"]) == []


@pytest.mark.parametrize("kind", ["HTTP", "HTTPS"])
def test_a_proxy_needs_both_host_and_port(kind: str) -> None:
    host, port = {f"{kind}Proxy": "proxy.example.com"}, {f"{kind}Port": 8080}
    enabled = {f"{kind}Enable": 1}
    assert problems(enabled) == [("warning", f"{kind}Proxy", "missing")]
    assert problems(enabled, host) == [("error", f"{kind}Port", "missing")]
    assert problems(enabled, port) == [("warning", f"{kind}Proxy", "missing")]
    assert problems(enabled, host, port) == []


@pytest.mark.parametrize("kind", ["HTTP", "HTTPS"])
def test_a_proxy_that_is_off_is_ignored(kind: str) -> None:
    off = {f"{kind}Proxy": "proxy.example.com", f"{kind}Port": 8080}
    ignored = [("warning", f"{kind}Proxy", "ignored"), ("warning", f"{kind}Port", "ignored")]
    assert problems(off) == ignored
    assert problems(off, {f"{kind}Enable": 0}) == ignored


@pytest.mark.parametrize("name", ["HTTPProxyUsername", "HTTPProxyPassword"])
def test_user_and_password_are_for_a_proxy_that_is_on(name: str) -> None:
    assert problems(PROXY, {name: "alice"}) == []
    assert problems({name: "alice"}) == [("warning", name, "ignored")]


@pytest.mark.parametrize(("port", "code"), [(0, ""), (65535, ""), (-1, "too-small"), (65536, "too-large")])
def test_a_port_fits_sixteen_bits(port: int, code: str) -> None:
    assert problems(PROXY, HTTPPort=port) == ([("error", "HTTPPort", code)] if code else [])


def test_automatic_configuration_needs_its_file() -> None:
    assert problems(ProxyAutoConfigEnable=1) == [("error", "ProxyAutoConfigURLString", "missing")]
    assert problems(FILE, ProxyAutoConfigEnable=0) == [("warning", "ProxyAutoConfigURLString", "ignored")]


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("http://proxy.example.com/proxy.pac", True),
        ("proxy.example.com/proxy.pac", False),
        ("file:///proxy.pac", False),
    ],
)
def test_the_file_has_a_web_address(address: str, fine: bool) -> None:
    found = problems(FILE, ProxyAutoConfigURLString=address)
    assert found == ([] if fine else [("warning", "ProxyAutoConfigURLString", "not-a-web-address")])


@pytest.mark.parametrize("kind", ["HTTP", "HTTPS"])
@pytest.mark.parametrize(
    ("host", "severity", "meant"),
    [
        ("http://proxy.example.com:8080/", "warning", "proxy.example.com"),
        ("proxy.example.com:8080", "warning", "proxy.example.com"),
        (" proxy.example.com", "warning", "proxy.example.com"),
        ("[2001:db8::1]", "warning", "2001:db8::1"),
        ("*.example.com", "warning", ""),
        ("proxy one", "warning", ""),
        ("proxy_1.example.com", "advice", ""),
    ],
)
def test_the_host_of_a_proxy_has_nothing_around_it_but_the_tunnel_connects_without(
    kind: str, host: str, severity: str, meant: str
) -> None:
    values = {f"{kind}Enable": 1, f"{kind}Proxy": host, f"{kind}Port": 8080}
    assert problems(values) == [(severity, f"{kind}Proxy", "address-malformed")]
    (found,) = validate(document(payload(top={"Proxies": values})))
    changes = found.fix.changes if found.fix else ()
    assert changes == ((Change(f"Proxies.{kind}Proxy", host, meant),) if meant else ())


@pytest.mark.parametrize("host", ["proxy.example.com", "proxy", "10.0.0.8", "2001:db8::1"])
def test_a_host_name_or_an_address_is_a_fine_proxy(host: str) -> None:
    assert problems(PROXY, HTTPProxy=host) == []


def test_a_proxy_that_is_off_may_be_called_anything() -> None:
    assert problems(HTTPProxy="http://proxy/", HTTPPort=8080) == [
        ("warning", "HTTPProxy", "ignored"),
        ("warning", "HTTPPort", "ignored"),
    ]


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("*.corp.example", "not-a-domain"),
        ("corp.example, lab.example", "several-in-one"),
        (" corp", "blanks"),
    ],
)
def test_proxied_domains_are_plain_ones(domain: str, code: str) -> None:
    assert problems(PROXY, SupplementalMatchDomains=["", domain]) == [
        ("warning", "SupplementalMatchDomains[1]", code)
    ]


def test_no_message_repeats_the_password() -> None:
    whole = document(payload(top={"Proxies": {"HTTPProxyPassword": "hunter2\x00"}}))
    messages = [problem.message for problem in validate(whole)]
    assert messages
    assert not [message for message in messages if "hunter2" in message]


@pytest.mark.parametrize("kind", ["HTTP", "HTTPS"])
@pytest.mark.parametrize("host", ["proxy.example.com:3128", "http://proxy.example.com:3128/"])
def test_a_port_behind_a_host_moves_to_its_key(kind: str, host: str) -> None:
    whole = document(payload(top={"Proxies": {f"{kind}Enable": 1, f"{kind}Proxy": host}}))
    (found,) = validate(whole)
    assert (found.code, found.path) == ("address-malformed", f"Proxies.{kind}Proxy")
    assert found.message.endswith(f"Write proxy.example.com, and 3128 as {kind}Port.")
    after = mended(whole, validate)
    assert after.document.payloads[0].values["Proxies"] == {
        f"{kind}Enable": 1,
        f"{kind}Proxy": "proxy.example.com",
        f"{kind}Port": 3128,
    }
    assert after.left == []


def test_a_port_behind_a_host_that_is_another_than_that_of_its_key_is_told_and_stays() -> None:
    whole = document(payload(top={"Proxies": {**PROXY, "HTTPProxy": "proxy.example.com:3128"}}))
    (found,) = validate(whole)
    assert found.message.endswith("Its port is 3128, and HTTPPort says another: see which one is right.")
    assert found.fix is not None
    assert mended(whole, validate).document == whole


def test_blanks_around_the_address_of_the_file_are_told_beside_what_is_wrong_with_it() -> None:
    found = problems(FILE, ProxyAutoConfigURLString=" proxy.example.com/proxy.pac\n")
    place = "ProxyAutoConfigURLString"
    assert found == [("warning", place, "blanks"), ("warning", place, "not-a-web-address")]
