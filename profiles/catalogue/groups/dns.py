"""How names are resolved while a tunnel is up: the dictionary DNS of a VPN payload."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from profiles.catalogue.conditions import Any, Equals, IsSet, OneOf, Spoken, Values, is_set
from profiles.catalogue.effect_text import domains, host, place, places
from profiles.catalogue.findings import Severity
from profiles.catalogue.keys import Address, Choice, Key, ListOf, Reference, Switch, Text
from profiles.catalogue.options import Option
from profiles.catalogue.payload_type import Group
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import Availability
from profiles.catalogue.wording import abridged

SINCE_10: Final = Availability(iOS="10.0", macOS="10.12")
SINCE_14: Final = Availability(iOS="14.0", macOS="11.0")

ENCRYPTED: Final = OneOf("DNS.DNSProtocol", ("HTTPS", "TLS"))


OF_ENCRYPTION: Final[tuple[Key, ...]] = (
    Address(
        "DNS.ServerURL",
        label="Server address",
        help="The URI template of the DNS-over-HTTPS server (RFC 8484).",
        revealed_by=Equals("DNS.DNSProtocol", "HTTPS"),
        required=True,
        secure=True,
        placeholder="https://dns.example.com/dns-query",
        available=SINCE_14,
    ),
    Text(
        "DNS.ServerName",
        label="Server name",
        help="The host name in the certificate of the DNS-over-TLS server.",
        revealed_by=Equals("DNS.DNSProtocol", "TLS"),
        required=True,
        placeholder="dns.example.com",
        available=SINCE_14,
    ),
    Reference(
        "DNS.PayloadCertificateUUID",
        label="Identity for DNS",
        help="The identity in this profile that the device shows to the DNS server.",
        to="identity",
        revealed_by=ENCRYPTED,
        available=Availability(iOS="16.0", macOS="13.0"),
    ),
)

OF_DOMAINS: Final[tuple[Key, ...]] = (
    ListOf(
        "DNS.SupplementalMatchDomains",
        label="Only for these domains",
        help="Split DNS: the servers above resolve names in these domains, one a line; the network's own "
        "resolve the rest.",
        default_note="Every domain, as far as the traffic takes the tunnel",
        placeholder="corp.example",
        blank="Every other domain, too",
        available=SINCE_10,
        item=Text("", label="Domain"),
    ),
    Switch(
        "DNS.SupplementalMatchDomainsNoSearch",
        label="Do not search in them",
        help="The domains above are not added to the search domains.",
        default=0,
        revealed_by=IsSet("DNS.SupplementalMatchDomains"),
        available=SINCE_10,
    ),
    ListOf(
        "DNS.SearchDomains",
        label="Search domains",
        help="Domains that are tried for names without a dot, one a line.",
        placeholder="corp.example",
        available=SINCE_10,
        item=Text("", label="Domain"),
    ),
    Text(
        "DNS.DomainName",
        label="Primary domain",
        help="The primary domain of the tunnel.",
        placeholder="corp.example",
        available=SINCE_10,
    ),
)


USED: Final = Spoken(
    Any(*map(IsSet, ("DNS.ServerAddresses", *(key.path for key in (*OF_ENCRYPTION, *OF_DOMAINS))))),
    "DNS is set up beside it",
)


def _protocol(beside: Values) -> str | None:
    """The protocol that fits what else is set: older files name servers alone, since they could not name a protocol."""
    url, name, servers = (
        is_set(beside.get(f"DNS.{each}")) for each in ("ServerURL", "ServerName", "ServerAddresses")
    )
    match url, name, servers:
        case True, False, _:
            return "HTTPS"
        case False, True, _:
            return "TLS"
        case False, False, True:
            return "Cleartext"
    return None


KEYS: Final[tuple[Key, ...]] = (
    Choice(
        "DNS.DNSProtocol",
        label="Protocol",
        help="How the device speaks to the DNS servers.",
        required=USED,
        missing_as=Severity.WARNING,
        proposed=_protocol,
        choices=(
            Option("Cleartext", "Unencrypted"),
            Option("HTTPS", "HTTPS (DoH)"),
            Option("TLS", "TLS (DoT)"),
        ),
        available=SINCE_14,
    ),
    *OF_ENCRYPTION,
    ListOf(
        "DNS.ServerAddresses",
        label="DNS servers",
        help="IP addresses of the DNS servers, one a line.",
        required=Equals("DNS.DNSProtocol", "Cleartext"),
        missing_as=Severity.WARNING,
        placeholder="10.0.0.53",
        available=SINCE_10,
        item=Text("", label="Address"),
    ),
    *OF_DOMAINS,
)


def dns() -> Group:
    """The keys of the dictionary DNS."""
    return Group(
        "dns",
        title="DNS",
        help="Who resolves names while the tunnel is up. Without it, the servers that the VPN server hands out.",
        keys=KEYS,
    )


def dns_effects(scope: Scope) -> Iterator[str]:
    """Who learns which names the device looks up, for the person who installs it."""
    value = scope.values.get
    named = [host(value("DNS.ServerURL")), place(value("DNS.ServerName"))]
    servers = places(value("DNS.ServerAddresses")) or [each for each in named if each]
    if servers:
        which = "server {}, which sees" if len(servers) == 1 else "servers {}, which see"
        inside = domains(value("DNS.SupplementalMatchDomains"))
        visited = f"server in {inside}" if inside else "website and server"
        yield (
            f"It sets the DNS {which.format(abridged(servers, 'and'))} the name of every {visited} that you visit."
        )
