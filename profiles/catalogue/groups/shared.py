"""Groups of keys that several payload types use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from profiles.catalogue import interfaces
from profiles.catalogue import on_demand_simulator as rules_in_words
from profiles.catalogue.conditions import Equals
from profiles.catalogue.keys import Boolean, Choice, Dictionary, Integer, Key, ListOf, Switch, Text
from profiles.catalogue.options import Option
from profiles.catalogue.payload_type import Group
from profiles.catalogue.rules import names
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import Misnomers
from profiles.catalogue.versions import NEVER, Availability

GONE_IN_26 = Availability(iOS="26.0", macOS="26.0", tvOS="17.0", visionOS="26.0")
"""Algorithms that iOS, macOS and visionOS dropped in 26, and that tvOS did not take when VPN came to it."""

POST_QUANTUM = Availability(iOS="26.0", macOS="26.0", tvOS="26.0", visionOS="26.0")

ENCRYPTION_STRENGTH = {
    "DES": 56,
    "3DES": 112,
    "AES-128": 128,
    "AES-128-GCM": 128,
    "AES-256": 256,
    "AES-256-GCM": 256,
    "ChaCha20Poly1305": 256,
}
"""Bits of security, by Apple's name of the algorithm."""

AEAD = ("AES-128-GCM", "AES-256-GCM", "ChaCha20Poly1305")
"""Ciphers that protect integrity by themselves."""

CHILD = "ChildSecurityAssociationParameters"
"""The dictionary of the algorithms of the Child SA, in any tunnel."""

STRICT_LEAST_GROUP = 14
"""The lowest Diffie-Hellman group that strict algorithm selection and Always On accept."""


@dataclass(frozen=True)
class TunnelPaths:
    """Where the keys of an IKEv2 tunnel stand: in the dictionary `inside`, empty for an item of a list."""

    inside: str = ""

    def at(self, name: str) -> str:
        """The path of the key `name`."""
        return f"{self.inside}.{name}" if self.inside else name

    @property
    def ike(self) -> str:
        """The path of the algorithms of the IKE SA."""
        return self.at("IKESecurityAssociationParameters")

    @property
    def child(self) -> str:
        """The path of the algorithms of the Child SA."""
        return self.at(CHILD)


_ALGORITHMS = {
    "DHGroup": "DiffieHellmanGroup",
    "Encryption": "EncryptionAlgorithm",
    "Integrity": "IntegrityAlgorithm",
}
_NAMES = {
    "IKESAParameters": ("IKESecurityAssociationParameters",),
    "ChildSAParameters": (CHILD,),
    "UserName": ("AuthName",),
    "LocalID": ("LocalIdentifier",),
    "RemoteID": ("RemoteIdentifier",),
    "PSK": ("SharedSecret",),
    "PreSharedKey": ("SharedSecret",),
    "AuthMethod": ("AuthenticationMethod",),
    "DPDRate": ("DeadPeerDetectionRate",),
}


def tunnel_misnomers(paths: TunnelPaths, **more: tuple[str, ...]) -> Misnomers:
    """What other tools and makers of VPNs call the keys of a tunnel; `more` are further names of some."""
    names = {name: tuple(map(paths.at, meant)) for name, meant in {**_NAMES, **more}.items()}
    algorithms = {
        f"{container}.{name}": (f"{container}.{meant}",)
        for container in (paths.ike, paths.child)
        for name, meant in _ALGORITHMS.items()
    }
    return {**names, **algorithms}


def connection_name() -> Text:
    """How a VPN is called in Settings."""
    return Text(
        "UserDefinedName",
        label="Connection name",
        help="The name of the VPN in Settings on the device.",
        required=True,
        placeholder="Office",
    )


def keychain(inside: str = "", *, extractable: Availability, apps: Availability) -> tuple[Key, ...]:
    """What may be done with a private key on a Mac; `inside` is the dictionary that holds the keys, with its dot."""
    return (
        Boolean(
            f"{inside}KeyIsExtractable",
            label="Key can be exported",
            help="The private key can be copied out of the keychain.",
            default=True,
            available=extractable,
        ),
        Boolean(
            f"{inside}AllowAllAppsAccess",
            label="All apps may use it",
            help="Every app may use the private key without asking.",
            default=False,
            available=apps,
        ),
    )


def about() -> Group:
    """What every payload says about itself."""
    return Group(
        "about",
        title="About this payload",
        help="Shown on the device in the details of the profile.",
        keys=(
            Text(
                "PayloadDisplayName",
                label="Payload name",
                help="The title of this payload in the profile's details.",
            ),
            Text(
                "PayloadDescription",
                label="Payload description",
                help="What this payload is for.",
                multiline=True,
            ),
            Text("PayloadOrganization", label="Payload organization", help="Who provides this payload."),
        ),
    )


_INTEGRITY_OF_IKE = (
    "The hash that proves packets were not altered, and the PRF; with GCM or ChaCha20 the PRF alone."
)
_INTEGRITY_OF_CHILD = "The hash that proves packets were not altered; with GCM or ChaCha20 it is not used."


def security_association(path: str, *, label: str, inherits: str = "") -> tuple[Key, ...]:
    """The algorithms of one security association; `inherits` is the one that applies while this one is absent."""

    def inherited(name: str) -> str:
        return f"{inherits}.{name}" if inherits else ""

    return (
        Choice(
            f"{path}.EncryptionAlgorithm",
            label=f"{label} encryption",
            help="The cipher that both ends must support.",
            default="AES-256",
            default_on={"tvOS": "AES-256-GCM"},
            inherits=inherited("EncryptionAlgorithm"),
            choices=(
                Option("DES", until=GONE_IN_26),
                Option("3DES", until=GONE_IN_26),
                Option("AES-128", "AES-128 (CBC)"),
                Option("AES-256", "AES-256 (CBC)"),
                Option("AES-128-GCM"),
                Option("AES-256-GCM"),
                Option("ChaCha20Poly1305", "ChaCha20-Poly1305"),
            ),
        ),
        Choice(
            f"{path}.IntegrityAlgorithm",
            label=f"{label} integrity",
            help=_INTEGRITY_OF_CHILD if inherits else _INTEGRITY_OF_IKE,
            default="SHA2-256",
            inherits=inherited("IntegrityAlgorithm"),
            choices=(
                Option("SHA1-96", until=GONE_IN_26),
                Option("SHA1-160", until=GONE_IN_26),
                Option("SHA2-256"),
                Option("SHA2-384"),
                Option("SHA2-512"),
            ),
        ),
        Choice(
            f"{path}.DiffieHellmanGroup",
            label=f"{label} Diffie-Hellman group",
            help="The group of the key exchange; both ends must use the same one.",
            default=14,
            inherits=inherited("DiffieHellmanGroup"),
            choices=(
                Option(1, "1 (MODP 768)", until=GONE_IN_26),
                Option(2, "2 (MODP 1024)", until=GONE_IN_26),
                Option(5, "5 (MODP 1536)", until=GONE_IN_26),
                Option(14, "14 (MODP 2048)"),
                Option(15, "15 (MODP 3072)"),
                Option(16, "16 (MODP 4096)"),
                Option(17, "17 (MODP 6144)"),
                Option(18, "18 (MODP 8192)"),
                Option(19, "19 (ECP 256)"),
                Option(20, "20 (ECP 384)"),
                Option(21, "21 (ECP 521)"),
                Option(31, "31 (Curve25519)"),
                Option(32, "32 (Curve448)"),
            ),
        ),
        Integer(
            f"{path}.LifeTimeInMinutes",
            label=f"{label} lifetime",
            help="How long the keys last before the device negotiates new ones.",
            minimum=10,
            maximum=1440,
            unit="minutes",
            default=1440,
            inherits=inherited("LifeTimeInMinutes"),
        ),
    )


def post_quantum_methods(path: str, *, label: str, inherits: str = "") -> ListOf:
    """The additional key exchanges of one security association."""
    return ListOf(
        f"{path}.PostQuantumKeyExchangeMethods",
        label=f"{label} post-quantum key exchanges",
        help="Further exchanges after the classic one, in order: ADDKE1 to ADDKE7 of RFC 9370.",
        default_note="None",
        inherits=f"{inherits}.PostQuantumKeyExchangeMethods" if inherits else "",
        available=POST_QUANTUM,
        max_items=7,
        item=Choice(
            "",
            label="Key exchange",
            choices=(Option(36, "ML-KEM-768"), Option(37, "ML-KEM-1024"), Option(0, "None")),
        ),
    )


def _texts(path: str, *, label: str, help: str, **more: object) -> ListOf:  # noqa: A002 — the field is called help
    return ListOf(path, label=label, help=help, item=Text("", label=label), **more)  # type: ignore[arg-type]


_DOMAIN_ACTIONS = ListOf(
    "ActionParameters",
    label="Domain actions",
    help="For which host names the tunnel comes up, and for which never.",
    revealed_by=Equals("Action", "EvaluateConnection"),
    required=True,
    item=Dictionary(
        "",
        label="Domain action",
        sentence=rules_in_words.domain_sentence,
        rules=(
            names.Names(
                (
                    ("Domains", names.domain_pattern),
                    ("RequiredDNSServers", names.address),
                    ("RequiredURLStringProbe", names.web_address),
                )
            ),
        ),
        keys=(
            Choice(
                "DomainAction",
                label="Then",
                help="What to do when a host in these domains is asked for.",
                required=True,
                choices=(
                    Option("ConnectIfNeeded", "Connect if needed"),
                    Option("NeverConnect", "Never connect"),
                ),
            ),
            _texts("Domains", label="Domains", help="The domains that this action is for.", required=True),
            _texts(
                "RequiredDNSServers",
                label="Required DNS servers",
                help="Addresses of DNS servers; the tunnel comes up when they cannot be reached.",
                revealed_by=Equals("DomainAction", "ConnectIfNeeded"),
            ),
            Text(
                "RequiredURLStringProbe",
                label="Required URL",
                help="An address to ask for; the tunnel comes up unless it answers with status 200.",
                revealed_by=Equals("DomainAction", "ConnectIfNeeded"),
            ),
        ),
    ),
)


def on_demand(path: str) -> Group:
    """Whether and when the tunnel comes up by itself; `path` is the dictionary of the VPN."""
    enabled = Equals(f"{path}.OnDemandEnabled", 1)
    return Group(
        "on-demand",
        title="On Demand",
        help="Rules are tried from the top; the first one whose conditions all hold decides.",
        keys=(
            Switch(
                f"{path}.OnDemandEnabled",
                label="Connect on demand",
                help="The device brings the tunnel up and down by itself, as the rules say.",
                default=0,
            ),
            Switch(
                f"{path}.OnDemandUserOverrideDisabled",
                label="Lock the On Demand switch",
                help="The user cannot turn Connect On Demand off in Settings.",
                default=0,
                revealed_by=enabled,
                # A rule tells what it does while On Demand is off.
                ignored_as=None,
                available=Availability(iOS="14.0", macOS=NEVER),
            ),
            ListOf(
                f"{path}.OnDemandRules",
                label="Rules",
                help="What to do on which network, in order; kept while the switch is off, for people to turn it on.",
                item=Dictionary(
                    "",
                    label="Rule",
                    keys=_RULE_KEYS,
                    rules=(_RULE_NAMES,),
                    misnomers={"SSID": ("SSIDMatch",), "SSIDs": ("SSIDMatch",)},
                    sentence=rules_in_words.sentence,
                ),
                tool="simulator",
            ),
        ),
    )


def on_demand_effects(path: str, scope: Scope) -> Iterator[str]:
    """Whether the tunnel comes up by itself, for the person who installs it; `path` as in `on_demand`."""
    rules = scope.values.get(f"{path}.OnDemandRules")
    if scope.holds(Equals(f"{path}.OnDemandEnabled", 1)) and rules_in_words.connects(rules):
        yield "It connects by itself, depending on the network."
        if scope.holds(Equals(f"{path}.OnDemandUserOverrideDisabled", 1)):
            yield "You cannot turn that off on an iPhone or iPad."


_RULE_NAMES = names.Names(
    (
        ("SSIDMatch", names.ssid),
        ("DNSDomainMatch", names.domain_pattern),
        ("DNSServerAddressMatch", names.address_pattern),
        ("URLStringProbe", names.web_address),
    )
)

_RULE_KEYS: tuple[Key, ...] = (
    Choice(
        "Action",
        label="Action",
        help="What the device does when the conditions hold.",
        required=True,
        choices=(
            Option("Connect"),
            Option("Disconnect"),
            Option("EvaluateConnection", "Evaluate each connection"),
            Option("Ignore", "Leave as it is"),
            Option("Allow", "Allow (deprecated)", deprecated=True),
        ),
    ),
    Choice(
        "InterfaceTypeMatch",
        label="Network is",
        help="The kind of network that the device uses.",
        default_note="Any",
        choices=interfaces.choices("Ethernet", "WiFi", "Cellular"),
    ),
    _texts(
        "SSIDMatch",
        label="Wi-Fi is called",
        help="Names (SSIDs) of Wi-Fi networks, one of which must match.",
        matches=True,
    ),
    _texts(
        "DNSDomainMatch",
        label="Search domain is",
        help="Search domains of the network, one of which must match; * stands for a part.",
        matches=True,
    ),
    _texts(
        "DNSServerAddressMatch",
        label="DNS server is",
        help="Addresses of DNS servers of the network, one of which must match; * stands for a part.",
        matches=True,
    ),
    Text(
        "URLStringProbe",
        label="URL answers",
        help="An address that must answer with status 200, without a redirect.",
    ),
    _DOMAIN_ACTIONS,
)
