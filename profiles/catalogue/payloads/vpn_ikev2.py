"""VPN with IKEv2: com.apple.vpn.managed, VPNType IKEv2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from profiles.catalogue.effect_text import called
from profiles.catalogue.groups.dns import dns, dns_effects
from profiles.catalogue.groups.proxies import proxies, proxy_effects
from profiles.catalogue.groups.shared import about, connection_name, on_demand_effects, tunnel_misnomers
from profiles.catalogue.groups.shared import on_demand as on_demand_group
from profiles.catalogue.groups.tunnel import NOT_ON_WATCH, Tunnel, override_primary, subtype
from profiles.catalogue.payload_type import Example, Group, Payload
from profiles.catalogue.rules import addresses, certificates, ikev2, on_demand
from profiles.catalogue.rules import dns as dns_rules
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import NEVER, Availability
from profiles.catalogue.vpn_types import ALWAYS_ON, DICTIONARIES, IKEV2, PAYLOAD_TYPE, TYPE_KEY

TUNNEL = Tunnel(IKEV2)


def _connection() -> Group:
    """The connection, which has a name in Settings."""
    group = TUNNEL.connection()
    return replace(group, keys=(connection_name(), *group.keys))


def _advanced() -> Group:
    group = TUNNEL.advanced()
    everything = override_primary("IncludeAllNetworks sends everything through this tunnel")
    return replace(group, keys=(*group.keys, subtype(), everything))


def _effects(scope: Scope) -> Iterator[str]:
    server = TUNNEL.server(scope)
    name = scope.values.get("UserDefinedName")
    yield f"Adds {called('VPN connection', name)}{f' to {server}' if server else ''}."
    yield from on_demand_effects(TUNNEL.inside, scope)
    yield TUNNEL.traffic(scope)
    yield from TUNNEL.sign_in(scope)
    yield from dns_effects(scope)
    yield from proxy_effects(scope)


EAP_PASSWORD = Example(
    "EAP user name and password",
    {
        "UserDefinedName": "Office",
        "IKEv2": {
            "RemoteAddress": "vpn.example.com",
            "RemoteIdentifier": "vpn.example.com",
            "AuthenticationMethod": "None",
            "ExtendedAuthEnabled": 1,
            "AuthName": "alice",
            "AuthPassword": "p & <q> \"r\" 's' ü",
            "ServerCertificateIssuerCommonName": "Example Issuing CA",
            "DisconnectOnIdle": 1,
            "DisconnectOnIdleTimer": 600,
        },
    },
    {"iOS": "17.0", "macOS": "14.0"},
)

PRE_SHARED_KEY = Example(
    "Pre-shared key, On Demand",
    {
        "UserDefinedName": "Branch",
        "IKEv2": {
            "RemoteAddress": "203.0.113.7",
            "RemoteIdentifier": "203.0.113.7",
            "LocalIdentifier": "branch",
            "AuthenticationMethod": "SharedSecret",
            "SharedSecret": "correct horse battery staple",
            "EnablePFS": 1,
            "ChildSecurityAssociationParameters": {"DiffieHellmanGroup": 19, "LifeTimeInMinutes": 60},
            "IKESecurityAssociationParameters": {"DiffieHellmanGroup": 19},
            "OnDemandEnabled": 1,
            "OnDemandRules": [
                {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Office"]},
                {
                    "Action": "EvaluateConnection",
                    "DNSDomainMatch": ["corp.example"],
                    "ActionParameters": [
                        {
                            "DomainAction": "ConnectIfNeeded",
                            "Domains": ["git.corp.example"],
                            "RequiredDNSServers": ["10.0.0.53"],
                            "RequiredURLStringProbe": "https://probe.corp.example/",
                        }
                    ],
                },
                {"Action": "Connect"},
            ],
        },
    },
    {"iOS": "16.0"},
)

POST_QUANTUM_EXAMPLE = Example(
    "Post-quantum, strict algorithms",
    {
        "UserDefinedName": "Quantum",
        "IKEv2": {
            "RemoteAddress": "vpn.example.com",
            "RemoteIdentifier": "vpn.example.com",
            "AuthenticationMethod": "SharedSecret",
            "SharedSecret": "correct horse battery staple",
            "EnforceStrictAlgorithmSelection": 1,
            "IKESecurityAssociationParameters": {
                "EncryptionAlgorithm": "AES-256-GCM",
                "DiffieHellmanGroup": 20,
                "PostQuantumKeyExchangeMethods": [36, 0],
            },
            "PPK": bytes(range(32)),
            "PPKIdentifier": "ppk-1",
        },
    },
    {"iOS": "26.0", "macOS": "26.0", "tvOS": "26.0"},
)

PAYLOAD = Payload(
    slug="vpn-ikev2",
    payload_type=PAYLOAD_TYPE,
    elsewhere={**DICTIONARIES, ALWAYS_ON: "an Always On VPN"},
    discriminator={TYPE_KEY: IKEV2},
    title="IKEv2 VPN",
    summary="A tunnel that the device itself builds, without an app.",
    available=Availability(iOS="4.0", macOS="10.7", tvOS="17.0", visionOS="1.0", watchOS=NEVER),
    instead=NOT_ON_WATCH,
    misnomers={
        **tunnel_misnomers(TUNNEL, OnDemand=("OnDemandEnabled", "OnDemandRules")),
        "DNS.Servers": ("DNS.ServerAddresses",),
        "DNS.MatchDomains": ("DNS.SupplementalMatchDomains",),
    },
    groups=(
        _connection(),
        TUNNEL.authentication(),
        on_demand_group(IKEV2),
        TUNNEL.routing(),
        TUNNEL.security(),
        TUNNEL.post_quantum(),
        TUNNEL.timers(),
        dns(),
        proxies(),
        _advanced(),
        about(),
    ),
    effects=_effects,
    rules=(
        *ikev2.tunnel_rules(TUNNEL.inside),
        *ikev2.lone_tunnel_rules(TUNNEL.inside),
        *certificates.tunnel_rules(TUNNEL.inside),
        *addresses.tunnel_rules(TUNNEL.inside),
        on_demand.RuleOrder(TUNNEL.inside),
        on_demand.RuleSense(TUNNEL.inside),
        addresses.NETWORK,
        *addresses.PROXY_HOSTS,
        dns_rules.SplitDns(TUNNEL.inside),
    ),
    examples=(EAP_PASSWORD, PRE_SHARED_KEY, POST_QUANTUM_EXAMPLE),
)
