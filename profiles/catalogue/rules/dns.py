"""The rules about DNS inside a tunnel."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from profiles.catalogue.findings import Finding, advice, error
from profiles.catalogue.rules.ikev2 import Ikev2Rule
from profiles.catalogue.scope import Scope
from profiles.catalogue.spec import Rule


class ServerAddresses(Rule):
    """DNS servers are named by address, since nobody resolves their names."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = "DNS.ServerAddresses"
        value = scope.values.get(path)
        addresses = value if isinstance(value, list) else []
        if addresses and all(address == "" for address in addresses):
            yield error(
                path,
                "missing",
                "The list of DNS servers holds only empty texts, so the device has no server to ask. Write "
                "an address.",
            )
        for index, address in enumerate(addresses):
            # An empty text is told of as in any other list.
            if isinstance(address, str) and address and not _is_address(address):
                yield error(
                    f"{path}[{index}]",
                    "malformed",
                    f"“{address[:60]}” is not an IP address, so the device cannot reach the server. Write its "
                    "address.",
                )


class SplitDns(Ikev2Rule):
    """Where only part of the traffic takes the tunnel, it must be said which names its DNS servers resolve."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        everything = scope.effective(self.at("IncludeAllNetworks")) == 1
        path = "DNS.SupplementalMatchDomains"
        if scope.is_set("DNS.ServerAddresses") and not scope.is_set(path) and not everything:
            yield advice(
                path,
                "split-dns",
                "In a split tunnel devices ask these servers for nothing, or for everything, depending on the "
                "routes. List your internal domains, or choose “Every other domain, too”.",
            )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
