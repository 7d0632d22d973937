"""Which proxies serve the web while a tunnel is up: the dictionary Proxies of a VPN payload."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from profiles.catalogue.conditions import Equals, IsSet
from profiles.catalogue.effect_text import domains, host, places
from profiles.catalogue.findings import Severity
from profiles.catalogue.keys import Integer, Key, ListOf, Switch, Text
from profiles.catalogue.payload_type import Group
from profiles.catalogue.scope import Scope
from profiles.catalogue.wording import abridged

AUTOMATIC: Final = Equals("Proxies.ProxyAutoConfigEnable", 1)
HTTP: Final = Equals("Proxies.HTTPEnable", 1)
HTTPS: Final = Equals("Proxies.HTTPSEnable", 1)


def _port(path: str, label: str, revealed_by: Equals, host: str) -> Integer:
    return Integer(
        path,
        label=label,
        help="The port that the proxy listens on.",
        minimum=0,
        maximum=65535,
        revealed_by=revealed_by,
        required=IsSet(host),
        placeholder="8080",
    )


KEYS: Final[tuple[Key, ...]] = (
    Switch(
        "Proxies.ProxyAutoConfigEnable",
        label="Automatic configuration",
        help="A file says which proxy serves which address.",
    ),
    Text(
        "Proxies.ProxyAutoConfigURLString",
        label="Configuration file",
        help="The address of the proxy auto-config (PAC) file.",
        revealed_by=AUTOMATIC,
        required=True,
        placeholder="https://proxy.example.com/proxy.pac",
    ),
    Switch(
        "Proxies.ProxyAutoDiscoveryEnable",
        label="Automatic discovery",
        help="The device looks for a proxy by WPAD.",
        default=1,
    ),
    Switch(
        "Proxies.HTTPEnable", label="HTTP proxy", help="A proxy serves unencrypted web traffic.", default=0
    ),
    Text(
        "Proxies.HTTPProxy",
        label="HTTP proxy host",
        help="Host name or IP address of the proxy.",
        revealed_by=HTTP,
        required=True,
        missing_as=Severity.WARNING,
        placeholder="proxy.example.com",
    ),
    _port("Proxies.HTTPPort", "HTTP proxy port", HTTP, "Proxies.HTTPProxy"),
    Text(
        "Proxies.HTTPProxyUsername",
        compared=True,
        label="HTTP proxy user",
        help="The user name for the proxy.",
        revealed_by=HTTP,
    ),
    Text(
        "Proxies.HTTPProxyPassword",
        label="HTTP proxy password",
        help="The password for the proxy.",
        secret=True,
        revealed_by=HTTP,
    ),
    Switch(
        "Proxies.HTTPSEnable", label="HTTPS proxy", help="A proxy serves encrypted web traffic.", default=0
    ),
    Text(
        "Proxies.HTTPSProxy",
        label="HTTPS proxy host",
        help="Host name or IP address of the proxy.",
        revealed_by=HTTPS,
        required=True,
        missing_as=Severity.WARNING,
        placeholder="proxy.example.com",
    ),
    _port("Proxies.HTTPSPort", "HTTPS proxy port", HTTPS, "Proxies.HTTPSProxy"),
    ListOf(
        "Proxies.SupplementalMatchDomains",
        label="Proxied domains",
        help="The proxies serve hosts in these domains, one a line.",
        default_note="Every host",
        placeholder="corp.example",
        blank="Every other domain, too",
        item=Text("", label="Domain"),
    ),
)


def proxies() -> Group:
    """The keys of the dictionary Proxies."""
    return Group(
        "proxies",
        title="Proxies",
        help="Which proxies serve the web while the tunnel is up.",
        keys=KEYS,
    )


def proxy_effects(scope: Scope) -> Iterator[str]:
    """Through whose hands the web goes, for the person who installs it."""
    value = scope.values.get
    inside = domains(value("Proxies.SupplementalMatchDomains"))
    web = f"Web traffic to {inside}" if inside else "Web traffic"
    if file := host(value("Proxies.ProxyAutoConfigURLString")):
        yield f"{web} goes through the proxies that a file from {file} names."
    if proxies := places([value("Proxies.HTTPProxy"), value("Proxies.HTTPSProxy")]):
        which = "proxy {}, which sees" if len(proxies) == 1 else "proxies {}, which see"
        yield f"{web} goes through the {which.format(abridged(proxies, 'and'))} where it goes."
