"""Cases: DNS and proxies of a tunnel."""

from __future__ import annotations

from typing import Any, Final

from tests.cases import credentials
from tests.cases.expectations import Case, Told, error, never, told, warning
from tests.cases.making import IDENTITY_UUID, Tree, pkcs12, profile, root, vpn

_SERVERS: Final = {"ServerAddresses": ["10.9.0.53"], "SupplementalMatchDomains": ["hafen.example"]}
_MATCH: Final = r"DNS\.SupplementalMatchDomains"


def _dns(**dns: Any) -> Tree:
    return profile(vpn(DNS=dns))


def _proxies(**proxies: Any) -> Tree:
    return profile(vpn(Proxies=proxies))


def _domain(name: str, text: str, *, mends: bool = False) -> Case:
    codes = "not-a-domain|not-a-web-address|several-in-one|blanks"
    where = rf"{_MATCH}(\[0\])?"
    given = {"DNSProtocol": "Cleartext", "ServerAddresses": ["10.9.0.53"], "SupplementalMatchDomains": [text]}
    return Case(name, lambda: _dns(**given), (warning(codes, where, mends=mends),))


def _missing(name: str, path: str, *others: Told, **proxies: Any) -> Case:
    return Case(name, lambda: _proxies(**proxies), (error("missing", rf"Proxies\.{path}"), *others))


CASES: Final = (
    Case(
        "DNS servers without a protocol",
        lambda: _dns(**_SERVERS),
        (warning("missing|left-out", r"DNS\.DNSProtocol", mends=True),),
        calm=True,
    ),
    Case(
        "DNS servers and search domains without a protocol",
        lambda: _dns(ServerAddresses=["192.0.2.53"], SearchDomains=["hafen.example"]),
        (warning("missing|left-out", r"DNS\.DNSProtocol"),),
        calm=True,
    ),
    Case(
        "DNS in the clear",
        lambda: _dns(DNSProtocol="Cleartext", **_SERVERS),
        calm=True,
        silent=(never("", r"DNS\..*"),),
    ),
    Case(
        "DNS over HTTPS without addresses",
        lambda: _dns(
            DNSProtocol="HTTPS",
            ServerURL="https://dns.hafen.example/dns-query",
            SupplementalMatchDomains=[""],
        ),
        calm=True,
        silent=(never("", r"DNS\..*"),),
    ),
    Case(
        "DNS over TLS without addresses",
        lambda: _dns(DNSProtocol="TLS", ServerName="dns.hafen.example", SupplementalMatchDomains=[""]),
        calm=True,
        silent=(never("", r"DNS\..*"),),
    ),
    Case(
        "DNS over HTTPS without an address of the web",
        lambda: _dns(DNSProtocol="HTTPS", **_SERVERS),
        (told("error|warning", "missing", r"DNS\.ServerURL"),),
    ),
    Case(
        "DNS over HTTPS by an address without a scheme",
        lambda: _dns(DNSProtocol="HTTPS", ServerURL="dns.hafen.example/dns-query", **_SERVERS),
        (told("error|warning", "malformed|not-a-web-address", r"DNS\.ServerURL"),),
    ),
    Case(
        "DNS over TLS without a name",
        lambda: _dns(DNSProtocol="TLS", **_SERVERS),
        (told("error|warning", "missing", r"DNS\.ServerName"),),
    ),
    Case(
        "DNS server of the tunnel by its name",
        lambda: _dns(
            DNSProtocol="Cleartext", ServerAddresses=["ns.hafen.example"], SupplementalMatchDomains=[""]
        ),
        (told("error|warning", "malformed|not-an-address", r"DNS\.ServerAddresses(\[0\])?"),),
    ),
    _domain("split domain with wildcard", "*.hafen.example", mends=True),
    _domain("split domain after a dot", ".hafen.example", mends=True),
    _domain("split domain as an address of the web", "https://hafen.example"),
    _domain("split domain after a blank", " hafen.example", mends=True),
    _domain("split domains in one text", "hafen.example,werft.example", mends=True),
    Case(
        "split domains, the default one too",
        lambda: _dns(
            DNSProtocol="Cleartext",
            ServerAddresses=["10.9.0.53"],
            SupplementalMatchDomains=["", "hafen.example"],
        ),
        calm=True,
        silent=(never("", rf"{_MATCH}.*"),),
    ),
    Case(
        "DNS with an identity that is an authority",
        lambda: profile(
            vpn(
                DNS={
                    "DNSProtocol": "TLS",
                    "ServerName": "dns.hafen.example",
                    "PayloadCertificateUUID": IDENTITY_UUID,
                    **_SERVERS,
                }
            ),
            root(credentials.der(credentials.authority()), PayloadUUID=IDENTITY_UUID),
        ),
        (error("wrong-reference", r"DNS\.PayloadCertificateUUID"),),
    ),
    Case(
        "DNS with an identity",
        lambda: profile(
            vpn(
                DNS={
                    "DNSProtocol": "TLS",
                    "ServerName": "dns.hafen.example",
                    "PayloadCertificateUUID": IDENTITY_UUID,
                    **_SERVERS,
                }
            ),
            pkcs12(credentials.identity()),
        ),
        calm=True,
    ),
    Case("proxies that are off", lambda: _proxies(HTTPEnable=0, HTTPSEnable=0), calm=True),
    Case(
        "proxies",
        lambda: _proxies(
            HTTPEnable=1,
            HTTPProxy="proxy.hafen.example",
            HTTPPort=3128,
            HTTPSEnable=1,
            HTTPSProxy="10.9.0.8",
            HTTPSPort=3128,
        ),
        calm=True,
    ),
    _missing("proxy without a port", "HTTPPort", HTTPEnable=1, HTTPProxy="proxy.hafen.example"),
    Case(
        "proxy for HTTPS without a host",
        lambda: _proxies(HTTPSEnable=1, HTTPSPort=3128),
        (warning("missing", r"Proxies\.HTTPSProxy"),),
    ),
    _missing("automatic proxies without a file", "ProxyAutoConfigURLString", ProxyAutoConfigEnable=1),
)
