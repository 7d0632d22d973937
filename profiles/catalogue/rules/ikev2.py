"""The rules between the keys of an IKEv2 tunnel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from profiles.catalogue.findings import Finding, advice, error, warning
from profiles.catalogue.scope import Scope
from profiles.catalogue.shared import AEAD, ENCRYPTION_STRENGTH, STRICT_LEAST_GROUP, TunnelPaths
from profiles.catalogue.spec import Rule


@dataclass(frozen=True)
class Ikev2Rule(TunnelPaths, Rule):
    """A rule over the keys of a tunnel."""


class EapOnly(Ikev2Rule):
    """None as the method needs EAP; without it the device falls back to a shared secret."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        method, eap, secret = map(self.at, ("AuthenticationMethod", "ExtendedAuthEnabled", "SharedSecret"))
        if scope.effective(method) != "None" or scope.effective(eap) == 1:
            return
        if scope.is_set(secret):
            yield warning(
                method,
                "falls-back-to-secret",
                "Without extended authentication the device ignores “None” and uses the shared secret. "
                "Choose SharedSecret, or turn ExtendedAuthEnabled on.",
            )
        else:
            yield error(
                method,
                "eap-only",
                "“None” needs extended authentication: without it the device falls back to a shared secret, and there "
                "is none. Turn ExtendedAuthEnabled on, or choose another method.",
            )


class DistinguishedName(Ikev2Rule):
    """A distinguished name as the local identifier is sent as plain text, which servers do not match."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = self.at("LocalIdentifier")
        value = scope.effective(path)
        if isinstance(value, str) and re.match(
            r"\s*/?(CN|C|O|OU|DC|UID|E|emailAddress|ST|L)\s*=", value, re.IGNORECASE
        ):
            yield advice(
                path,
                "distinguished-name",
                "The device sends this as a plain name, so the server will not find a certificate subject in it. "
                "Use a host name, user name or e-mail address that stands in the certificate.",
            )


class RemoteName(Ikev2Rule):
    """The server should call itself what the device expects."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        address, identifier = self.at("RemoteAddress"), self.at("RemoteIdentifier")
        if (
            # Where the server's certificate is known, there is no need to guess.
            scope.evidence.server
            or not scope.is_set(address)
            or not scope.is_set(identifier)
            or scope.is_set(self.at("ServerCertificateCommonName"))
        ):
            return
        if str(scope.effective(address)).lower() != str(scope.effective(identifier)).lower():
            yield advice(
                identifier,
                "remote-identifier",
                "The device rejects a server whose certificate does not hold this name. It differs from the server's "
                "address: make sure that it stands in the certificate, or use the address for both.",
            )


class TlsVersions(Ikev2Rule):
    """The lowest TLS version is not above the highest, and neither is outdated."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        lowest, highest = self.at("TLSMinimumVersion"), self.at("TLSMaximumVersion")
        if not scope.revealed(scope.by_path[lowest]):
            return
        low, high = scope.effective(lowest), scope.effective(highest)
        if isinstance(low, str) and isinstance(high, str) and low > high:
            yield error(
                lowest,
                "tls-order",
                f"No TLS version is at least {low} and at most {high}, so EAP-TLS fails. Lower TLSMinimumVersion or "
                "raise TLSMaximumVersion.",
            )
        for path in (lowest, highest):
            if scope.is_set(path) and scope.effective(path) in ("1.0", "1.1"):
                yield advice(
                    path,
                    "tls-outdated",
                    f"TLS {scope.effective(path)} is outdated, and many servers refuse it. Use 1.2.",
                )


class LocalNetworks(Ikev2Rule):
    """What happens to the local network differs between iOS and macOS, unless it is said."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = self.at("ExcludeLocalNetworks")
        key = scope.by_path[path]
        if scope.revealed(key) and not scope.is_set(path) and {"iOS", "macOS"} <= scope.targets.keys():
            yield advice(
                path,
                "default-differs",
                "When this is not set, iOS leaves the local network out of the tunnel and macOS does not. "
                "Set it to say which you mean.",
            )


class RoutesIgnored(Ikev2Rule):
    """EnforceRoutes does nothing once everything takes the tunnel."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        if (
            scope.effective(self.at("EnforceRoutes")) == 1
            and scope.effective(self.at("IncludeAllNetworks")) == 1
        ):
            yield warning(
                self.at("EnforceRoutes"),
                "routes-ignored",
                "The device ignores this while IncludeAllNetworks is on. Turn one of the two off.",
            )


class StrictAlgorithms(Ikev2Rule):
    """Strict selection refuses weak algorithms, and an IKE cipher weaker than the Child cipher."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        if scope.effective(self.at("EnforceStrictAlgorithmSelection")) != 1:
            return
        associations = [self.ike, self.child] if scope.any_set(self.child) else [self.ike]
        for association in associations:
            yield from self._weak(scope, association)
        yield from self._order(scope)

    def _weak(self, scope: Scope, association: str) -> Iterator[Finding]:
        cipher, group = f"{association}.EncryptionAlgorithm", f"{association}.DiffieHellmanGroup"
        if scope.effective(cipher) in ("DES", "3DES"):
            yield error(
                cipher,
                "strict-algorithms",
                f"With strict algorithm selection the device refuses the profile because of {scope.effective(cipher)}. "
                "Choose an AES cipher or ChaCha20-Poly1305.",
            )
        number = scope.effective(group)
        if isinstance(number, int) and number < STRICT_LEAST_GROUP:
            yield error(
                group,
                "strict-algorithms",
                f"With strict algorithm selection the device refuses the profile because of group {number}. "
                f"Choose group {STRICT_LEAST_GROUP} or higher.",
            )

    def _order(self, scope: Scope) -> Iterator[Finding]:
        path = f"{self.ike}.EncryptionAlgorithm"
        ike, child = scope.effective(path), scope.effective(f"{self.child}.EncryptionAlgorithm")
        if _strength(ike) < _strength(child):
            yield error(
                path,
                "strict-order",
                f"With strict algorithm selection the device refuses an IKE cipher ({ike}) that is weaker than the "
                f"Child cipher ({child}). Choose a stronger one for IKE.",
            )


def _strength(cipher: Any) -> int:
    return ENCRYPTION_STRENGTH.get(cipher, 0) if isinstance(cipher, str) else 0


class IntegrityUnused(Ikev2Rule):
    """An AEAD cipher needs no separate integrity algorithm."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for association, use in ((self.ike, "it only names the PRF"), (self.child, "it is not used at all")):
            path = f"{association}.IntegrityAlgorithm"
            cipher = scope.effective(f"{association}.EncryptionAlgorithm")
            if scope.is_set(path) and cipher in AEAD:
                yield advice(
                    path,
                    "integrity-unused",
                    f"{cipher} protects integrity by itself, so here {use}. Remove it unless the server wants it.",
                )


class ForwardSecrecyGroup(Ikev2Rule):
    """With PFS, both ends must agree on the Child group, or the tunnel drops when it rekeys."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = f"{self.child}.DiffieHellmanGroup"
        if scope.effective(self.at("EnablePFS")) == 1 and not scope.is_set(path):
            yield advice(
                path,
                "pfs-group",
                "With PFS the device drops the tunnel at rekey when the server uses another group here. "
                f"Set it to the server's group; without it the device uses {scope.effective(path)}.",
            )


class AlwaysOnOnly(Ikev2Rule):
    """NAT keepalive offload only matters to Always On."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for name in ("NATKeepAliveOffloadEnable", "NATKeepAliveInterval"):
            path = self.at(name)
            if scope.is_set(path) and scope.revealed(scope.by_path[path]):
                yield advice(
                    path,
                    "always-on-only",
                    f"{name} only matters to Always On VPN. Remove it from a tunnel such as this.",
                )


class ProviderKeys(Ikev2Rule):
    """Keys for VPN apps, which the built-in IKEv2 client does not look at."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for name in ("ProviderBundleIdentifier", "ProviderType", "ProviderDesignatedRequirement"):
            if scope.is_set(self.at(name)):
                yield warning(
                    self.at(name),
                    "provider-unused",
                    f"{name} is for VPN apps; the device's own IKEv2 client ignores it. Remove it.",
                )


class Subtype(Rule):
    """VPNSubType names a VPN app, and IKEv2 is none."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        if scope.is_set("VPNSubType"):
            yield warning(
                "VPNSubType",
                "provider-unused",
                "VPNSubType must stay empty for IKEv2, or the device looks for an app of that name. Remove it.",
            )


def tunnel_rules(inside: str) -> tuple[Ikev2Rule, ...]:
    """What holds for every IKEv2 tunnel, in the dictionary `inside`."""
    rules = (
        EapOnly,
        DistinguishedName,
        RemoteName,
        TlsVersions,
        LocalNetworks,
        RoutesIgnored,
        StrictAlgorithms,
        IntegrityUnused,
        ForwardSecrecyGroup,
        ProviderKeys,
    )
    return tuple(rule(inside) for rule in rules)
