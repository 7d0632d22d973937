"""The rules between the keys of an IKEv2 tunnel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from profiles.catalogue.citations import schema
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.fixes import drop
from profiles.catalogue.payload_type import Rule
from profiles.catalogue.rules import algorithms, authentication, routing
from profiles.catalogue.rules.base import Ikev2Rule, ikev2_key
from profiles.catalogue.scope import Scope
from profiles.catalogue.vpn_types import PAYLOAD_TYPE as VPN

__all__ = ["AlwaysOnOnly", "Ikev2Rule", "ProviderKeys", "Subtype", "lone_tunnel_rules", "tunnel_rules"]

PROVIDER: Final = ("ProviderBundleIdentifier", "ProviderType", "ProviderDesignatedRequirement")
"""Keys for VPN apps."""

ALWAYS_ON_ONLY: Final = Diagnostic(
    "always-on-only",
    Severity.ADVICE,
    "NAT keepalives by the hardware are for Always On VPN",
    why="Apple's schema says of both keys that they are for the connections of Always On VPN.",
    mend="Remove the key from a tunnel that people switch on and off.",
    sources=(ikev2_key("NATKeepAliveOffloadEnable"), ikev2_key("NATKeepAliveInterval")),
    drops=True,
)
PROVIDER_UNUSED: Final = Diagnostic(
    "provider-unused",
    Severity.WARNING,
    "A key for VPN apps stands in an IKEv2 tunnel",
    why="The keys say which part of a VPN app to use. The device builds an IKEv2 tunnel itself, without an app, and "
    "Apple's schema reserves VPNSubType for later where the type is IKEv2.",
    mend="Remove the key.",
    sources=(schema(VPN, "VPNSubType"), ikev2_key("ProviderBundleIdentifier")),
    drops=True,
)


class AlwaysOnOnly(Ikev2Rule):
    """NAT keepalive offload only matters to Always On."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for name in ("NATKeepAliveOffloadEnable", "NATKeepAliveInterval"):
            path = self.at(name)
            # What is turned off does nothing, which is right for any tunnel.
            if scope.values.get(path) and scope.revealed(scope.by_path[path]):
                yield ALWAYS_ON_ONLY.at(
                    path,
                    f"{name} only matters to Always On VPN. Remove it from a tunnel such as this.",
                    fix=drop(path, scope.values[path]),
                )


class ProviderKeys(Ikev2Rule):
    """Keys for VPN apps, which the built-in IKEv2 client does not look at."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for name in PROVIDER:
            path = self.at(name)
            if scope.is_set(path):
                yield PROVIDER_UNUSED.at(
                    path,
                    f"{name} is for VPN apps; the device's own IKEv2 client ignores it. Remove it.",
                    fix=drop(path, scope.values[path]),
                )


@dataclass(frozen=True)
class Subtype(Rule):
    """VPNSubType names a VPN app, and IKEv2 is none."""

    path: str = "VPNSubType"

    def check(self, scope: Scope) -> Iterator[Finding]:
        if scope.is_set(self.path):
            yield PROVIDER_UNUSED.at(
                self.path,
                "VPNSubType names a VPN app, and the device builds this tunnel without one: Apple wants the key empty "
                "here. Remove it.",
                fix=drop(self.path, scope.values[self.path]),
            )


def tunnel_rules(inside: str) -> tuple[Ikev2Rule, ...]:
    """What holds for every IKEv2 tunnel, in the dictionary `inside`."""
    rules: tuple[type[Ikev2Rule], ...] = (
        authentication.EapOnly,
        authentication.EapOff,
        authentication.DistinguishedName,
        authentication.LocalName,
        authentication.RemoteName,
        authentication.IssuerOfServer,
        authentication.PasswordUnused,
        authentication.TlsVersions,
        algorithms.StrictAlgorithms,
        algorithms.IntegrityUnused,
        algorithms.ForwardSecrecy,
        algorithms.DefaultAlgorithms,
        algorithms.SharedKey,
    )
    return tuple(rule(inside) for rule in rules)


def lone_tunnel_rules(inside: str) -> tuple[Rule, ...]:
    """What holds besides for a tunnel that is not one of Always On."""
    rules: tuple[type[Ikev2Rule], ...] = (
        authentication.OnDemandAsks,
        routing.LocalNetworks,
        routing.RoutesIgnored,
        AlwaysOnOnly,
        ProviderKeys,
    )
    return (*(rule(inside) for rule in rules), Subtype())
