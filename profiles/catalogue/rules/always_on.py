"""The rules of Always On VPN."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from profiles.catalogue.findings import Finding, error, warning
from profiles.catalogue.interfaces import INTERFACES
from profiles.catalogue.rules.ikev2 import Ikev2Rule
from profiles.catalogue.scope import Scope
from profiles.catalogue.shared import STRICT_LEAST_GROUP
from profiles.catalogue.spec import Rule

TUNNELS: Final = "AlwaysOn.TunnelConfigurations"
SERVED: Final = ("Cellular", "WiFi")
"""The interfaces that each need a tunnel."""


class Supervised(Rule):
    """Only supervised devices take it."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        yield warning(
            TUNNELS,
            "supervised-only",
            "Always On VPN only works on supervised devices; others refuse the profile. Hand it out to those alone.",
        )


class EachInterfaceOnce(Rule):
    """Each interface has exactly one tunnel: one for both, or one for each."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        tunnels = scope.values.get(TUNNELS)
        if not isinstance(tunnels, list) or not tunnels:
            return
        # What is no dictionary is reported by type, and may have been meant for any interface.
        if not all(isinstance(tunnel, dict) for tunnel in tunnels):
            return
        served = Counter(interface for tunnel in tunnels for interface in interfaces(tunnel))
        for interface in SERVED:
            title = INTERFACES[interface]
            if not served[interface]:
                yield error(
                    TUNNELS,
                    "interface-without-tunnel",
                    f"No tunnel serves {title}, so the device has no network there. Add one, or let a tunnel "
                    "serve both.",
                )
            elif served[interface] > 1:
                yield error(
                    TUNNELS,
                    "interface-with-several-tunnels",
                    f"{served[interface]} tunnels serve {title}, but the device takes one. Leave {title} to "
                    "one of them.",
                )


class StrongGroup(Ikev2Rule):
    """Always On refuses small Diffie-Hellman groups."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for association in (self.ike, self.child):
            path = f"{association}.DiffieHellmanGroup"
            group = scope.effective(path)
            if scope.is_set(path) and isinstance(group, int) and group < STRICT_LEAST_GROUP:
                yield error(
                    path,
                    "always-on-group",
                    f"Always On VPN refuses group {group} since iOS 14.2. Choose group {STRICT_LEAST_GROUP} or "
                    "higher.",
                )


def interfaces(tunnel: Mapping[str, Any]) -> list[str]:
    """The interfaces that a tunnel serves, each once: those that it names, or both."""
    named = tunnel.get("Interfaces")
    # Asked this way round, since what the list holds may not be hashable.
    known = [name for name in SERVED if name in named] if isinstance(named, list) else []
    return known or [*SERVED]


def sentence(tunnel: Mapping[str, Any]) -> str:
    """What one tunnel does: “Wi-Fi and cellular through vpn.example.com.”"""
    served = " and ".join(INTERFACES[name] for name in interfaces(tunnel))
    address = tunnel.get("RemoteAddress")
    server = address if isinstance(address, str) and address else "a server that is not filled in yet"
    return f"{served[:1].upper()}{served[1:]} through {server}."
