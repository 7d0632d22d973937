"""The keys of an IKEv2 tunnel, wherever they stand: in a VPN payload, or in each tunnel of an Always On VPN."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from profiles.catalogue.conditions import NEVER_REVEALED, Condition, Equals, IsSet, Spoken
from profiles.catalogue.effect_text import called, place, quoted
from profiles.catalogue.findings import Severity
from profiles.catalogue.groups.shared import (
    POST_QUANTUM,
    TunnelPaths,
    post_quantum_methods,
    security_association,
)
from profiles.catalogue.keys import Choice, Data, Integer, Key, Reference, Switch, Text
from profiles.catalogue.options import Option
from profiles.catalogue.payload_type import Group
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import NEVER, Availability, OperatingSystem

NOT_ON_WATCH: Final[Mapping[OperatingSystem, str]] = MappingProxyType(
    {
        "watchOS": "An Apple Watch has VPN for single apps alone (per-app VPN), which only an MDM can set up. Do not "
        "target watchOS."
    }
)
"""What there is in place of the payload."""

POST_QUANTUM_SECRET = Availability(iOS="18.0", macOS="15.0", tvOS="18.0", visionOS="2.0")
OVER_ALL_NETWORKS = Availability(iOS="14.0", macOS="10.15", tvOS=NEVER)
TLS = Availability(iOS="11.0", macOS="10.13")
TLS_VERSIONS = (
    Option("1.0"),
    Option("1.1"),
    Option("1.2"),
    Option("1.3", since=Availability(iOS="27.0", macOS="27.0")),
)


def kept_only(key: Key, path: str = "") -> Key:
    """A key that no device looks at here, as a rule says: it stays where a file has it, and is never offered."""
    return replace(
        key,
        path=path or key.path,
        revealed_by=NEVER_REVEALED,
        ignored_as=None,
        required=False,
        tool="",
    )


def subtype() -> Key:
    """Which VPN app builds the tunnel: none."""
    return kept_only(
        Text(
            "VPNSubType",
            label="VPN subtype",
            help="The bundle identifier of a VPN app; IKEv2 itself has none.",
            may_be_empty=True,
        )
    )


def override_primary(instead: str) -> Key:
    """What Apple Configurator and generators write beside every VPN; `instead` says what does the same here."""
    return Switch(
        "IPv4.OverridePrimary",
        label="Default route",
        help="Whether all traffic takes the VPN; not for IKEv2.",
        default=0,
        no_effect=f"OverridePrimary is for Cisco IPsec and L2TP, and does nothing here: {instead}.",
        ignored_as=Severity.ADVICE,
        available=Availability(tvOS=NEVER),
    )


@dataclass(frozen=True)
class Tunnel(TunnelPaths):
    """The groups of keys."""

    @property
    def shared_secret(self) -> Condition:
        """Does the machine sign in with a shared secret?"""
        return Equals(self.at("AuthenticationMethod"), "SharedSecret")

    @property
    def certificate(self) -> Condition:
        """Does the machine sign in with a certificate?"""
        return Equals(self.at("AuthenticationMethod"), "Certificate")

    @property
    def eap(self) -> Condition:
        """Does the user sign in with EAP?"""
        return Equals(self.at("ExtendedAuthEnabled"), 1)

    @property
    def eap_tls(self) -> Condition:
        """Does the user sign in with EAP-TLS?"""
        return self.eap & IsSet(self.at("PayloadCertificateUUID"))

    @property
    def machine_identity(self) -> Condition:
        """Does the machine sign in with a certificate, and nobody else? With EAP the server alone shows one."""
        return self.certificate & ~self.eap

    @property
    def falls_back(self) -> Condition:
        """Does the device use a shared secret, although none is asked for?"""
        return Equals(self.at("AuthenticationMethod"), "None") & ~self.eap

    @property
    def all_networks(self) -> Condition:
        """Does all traffic take the tunnel?"""
        return Equals(self.at("IncludeAllNetworks"), 1)

    def server(self, scope: Scope) -> str:
        """The server as it stands in a sentence; empty where none is set."""
        return place(scope.values.get(self.at("RemoteAddress")))

    def sign_in(self, scope: Scope) -> Iterator[str]:
        """What the person who installs it is asked for, and what the profile brings along instead."""
        name, password, identity = map(self.at, ("AuthName", "AuthPassword", "PayloadCertificateUUID"))
        user = quoted(scope.values.get(name))
        if scope.holds(self.eap) and (user or not scope.is_set(identity)):
            if scope.is_set(password):
                yield f"It signs in as {user}." if user else "You will be asked for a user name."
            else:
                asked = f"the password of {user}" if user else "a user name and a password"
                yield f"You will be asked for {asked}."
        if scope.is_set(identity):
            credential = scope.evidence.of(scope.values[identity])
            yield f"It signs in with {called('identity', credential and credential.title)} of this profile."
        if scope.is_set(self.at("SharedSecret")):
            yield "It signs in with a secret that this profile holds, so do not pass the profile on."

    def traffic(self, scope: Scope) -> str:
        """Which traffic takes the tunnel, for the person who installs it."""
        if scope.holds(self.all_networks):
            return "All traffic of this device goes through it."
        return "Its server decides which traffic of this device goes through it."

    def connection(self) -> Group:
        """The server, and how both ends call themselves."""
        return Group(
            "connection",
            title="Connection",
            help="The server, and how both ends call themselves.",
            keys=(
                Text(
                    self.at("RemoteAddress"),
                    label="Server",
                    help="Host name or IP address of the VPN server.",
                    required=True,
                    placeholder="vpn.example.com",
                ),
                Text(
                    self.at("RemoteIdentifier"),
                    label="Remote identifier",
                    help="How the server calls itself in IKE, as a rule its host name as it stands in its "
                    "certificate.",
                    tool="server-certificate",
                    required=True,
                    placeholder="vpn.example.com",
                ),
                Text(
                    self.at("LocalIdentifier"),
                    label="Local identifier",
                    help="How the device calls itself in IKE; may stay empty when the server asks for a user name.",
                    proposed_from="identities",
                    required=True,
                    default_note="Empty",
                    always_emitted=True,
                ),
            ),
        )

    def authentication(self) -> Group:
        """How both ends prove who they are."""
        return Group(
            "authentication",
            title="Authentication",
            help="How the device proves itself to the server, and the server to the device.",
            keys=(
                Choice(
                    self.at("AuthenticationMethod"),
                    label="Machine authentication",
                    help="How the device itself signs in; choose “None” for user name and password or EAP-TLS alone.",
                    required=True,
                    choices=(
                        Option("None", "None (EAP only)"),
                        Option("SharedSecret", "Shared secret"),
                        Option("Certificate", "Certificate"),
                    ),
                ),
                Text(
                    self.at("SharedSecret"),
                    label="Shared secret",
                    help="The pre-shared key that device and server both know.",
                    secret=True,
                    revealed_by=Spoken(
                        self.shared_secret | self.falls_back, "the device signs in with a shared secret"
                    ),
                    required=self.shared_secret,
                ),
                Switch(
                    self.at("ExtendedAuthEnabled"),
                    label="Extended authentication (EAP)",
                    help="The user signs in with EAP: a user name and password, or a certificate (EAP-TLS).",
                    default=0,
                    always_emitted=True,
                ),
                Text(
                    self.at("AuthName"),
                    compared=True,
                    label="User name",
                    help="The EAP user name.",
                    revealed_by=self.eap,
                    default_note="The device asks",
                ),
                Text(
                    self.at("AuthPassword"),
                    label="Password",
                    help="The EAP password; leave it out of profiles that several people share.",
                    secret=True,
                    revealed_by=self.eap,
                    default_note="The device asks",
                ),
                Reference(
                    self.at("PayloadCertificateUUID"),
                    label="Identity",
                    help="The identity in this profile that the device signs in with; with EAP that is EAP-TLS.",
                    to="identity",
                    revealed_by=self.certificate | self.eap,
                    required=self.machine_identity,
                ),
                Choice(
                    self.at("CertificateType"),
                    label="Certificate type",
                    help="The kind of key in the identity; an elliptic curve needs its own type, also with EAP-TLS.",
                    default="RSA",
                    revealed_by=Spoken(
                        self.machine_identity | self.eap_tls, "the device signs in with an identity"
                    ),
                    choices=(
                        Option("RSA"),
                        Option("RSA-PSS"),
                        Option("ECDSA256", "ECDSA P-256"),
                        Option("ECDSA384", "ECDSA P-384"),
                        Option("ECDSA521", "ECDSA P-521"),
                    ),
                ),
                Choice(
                    self.at("TLSMinimumVersion"),
                    label="Lowest TLS version",
                    help="The lowest TLS version to accept for EAP-TLS; many servers have 1.2 alone.",
                    default="1.0",
                    revealed_by=Spoken(self.eap_tls, "the device signs in by EAP-TLS"),
                    choices=TLS_VERSIONS,
                    available=TLS,
                ),
                Choice(
                    self.at("TLSMaximumVersion"),
                    label="Highest TLS version",
                    help="The highest TLS version to offer for EAP-TLS.",
                    default="1.2",
                    revealed_by=Spoken(self.eap_tls, "the device signs in by EAP-TLS"),
                    choices=TLS_VERSIONS,
                    available=TLS,
                ),
                Text(
                    self.at("ServerCertificateIssuerCommonName"),
                    label="Server certificate issuer",
                    help="Common name of the authority of the server's certificate; the device then asks the server "
                    "for its certificate.",
                    proposed_from="authorities",
                    placeholder="Example Issuing CA",
                ),
                Text(
                    self.at("ServerCertificateCommonName"),
                    label="Server certificate name",
                    help="The name to expect in the server's certificate.",
                    default_note="The remote identifier",
                ),
                Switch(
                    self.at("EnableCertificateRevocationCheck"),
                    label="Check for revocation",
                    help="Ask whether the server's certificate was revoked; no answer counts as good.",
                    default=0,
                    available=Availability(iOS="9.0"),
                ),
                Text(
                    self.at("Password"),
                    label="Account password",
                    help="Only meant for an authentication method that IKEv2 does not have.",
                    secret=True,
                    revealed_by=NEVER_REVEALED,
                    ignored_as=Severity.ADVICE,
                ),
            ),
        )

    def routing(self) -> Group:
        """Which traffic takes the tunnel."""
        return Group(
            "routing",
            title="Routing",
            help="Which traffic goes through the tunnel.",
            keys=(
                Switch(
                    self.at("IncludeAllNetworks"),
                    label="Send everything through the tunnel",
                    help="All traffic but DHCP, captive networks, what the carrier routes itself, a paired Apple "
                    "Watch, and what you leave out here.",
                    default=0,
                    available=OVER_ALL_NETWORKS,
                ),
                Switch(
                    self.at("ExcludeAPNs"),
                    label="Leave out push notifications",
                    help="Apple Push Notification service goes around the tunnel.",
                    default=1,
                    revealed_by=self.all_networks,
                    available=Availability(iOS="16.4", macOS="13.3", tvOS=NEVER),
                ),
                Switch(
                    self.at("ExcludeCellularServices"),
                    label="Leave out carrier services",
                    help="Calls over LTE and Wi-Fi, MMS and voicemail that use the Internet go around the tunnel.",
                    default=1,
                    revealed_by=self.all_networks,
                    available=Availability(iOS="16.4", macOS="13.3", tvOS=NEVER),
                ),
                Switch(
                    self.at("ExcludeDeviceCommunication"),
                    label="Leave out connected devices",
                    help="Traffic to devices connected by USB or Wi-Fi goes around the tunnel.",
                    default=1,
                    revealed_by=self.all_networks,
                    available=Availability(iOS="17.4", macOS="14.4", tvOS=NEVER, visionOS="1.1"),
                ),
                Switch(
                    self.at("EnforceRoutes"),
                    label="Enforce the tunnel's routes",
                    help="The tunnel's own routes win over those of the local network; the default route stays.",
                    default=0,
                    available=Availability(iOS="14.2", macOS="11.0"),
                ),
                Switch(
                    self.at("ExcludeLocalNetworks"),
                    label="Leave out the local network",
                    help="Printers and other local devices are reached around the tunnel.",
                    default_on={"iOS": 1, "macOS": 0},
                    revealed_by=self.all_networks | Equals(self.at("EnforceRoutes"), 1),
                    available=Availability(iOS="14.2", macOS="10.15", tvOS=NEVER),
                ),
                Switch(
                    self.at("UseConfigurationAttributeInternalIPSubnet"),
                    label="Ask for internal subnets",
                    help="The device asks the server for INTERNAL_IP4_SUBNET and INTERNAL_IP6_SUBNET.",
                    default=0,
                    available=Availability(iOS="9.0"),
                ),
            ),
        )

    def security(self) -> Group:
        """The algorithms of both security associations."""
        return Group(
            "security-associations",
            title="Security associations",
            help="The algorithms for the control channel (IKE) and the traffic (Child). "
            "While nothing is set for Child, the values of IKE hold for both; while nothing is set at all, each system "
            "offers what it likes.",
            keys=(
                *security_association(self.ike, label="IKE"),
                *security_association(self.child, label="Child", inherits=self.ike),
                Switch(
                    self.at("EnablePFS"),
                    label="Perfect forward secrecy",
                    help="Each rekey of the Child SA makes a new key exchange; the server must do the same.",
                    default=0,
                    available=Availability(iOS="9.0"),
                ),
                Switch(
                    self.at("EnforceStrictAlgorithmSelection"),
                    label="Strict algorithm selection",
                    help="The device refuses weak algorithms, and an IKE cipher that is weaker than the Child cipher.",
                    default=0,
                    available=Availability(iOS="18.5", macOS="15.5", tvOS="18.5", visionOS="2.5"),
                ),
            ),
        )

    def post_quantum(self) -> Group:
        """Protection against recordings that are broken later."""
        return Group(
            "post-quantum",
            title="Post-quantum",
            help="Protection against recordings that are broken later: ML-KEM key exchanges and a pre-shared "
            "key (RFC 8784).",
            keys=(
                post_quantum_methods(self.ike, label="IKE"),
                post_quantum_methods(self.child, label="Child", inherits=self.ike),
                Switch(
                    self.at("AllowPostQuantumKeyExchangeFallback"),
                    label="Allow fallback",
                    help="Connect also to a server that knows no post-quantum key exchange.",
                    default=0,
                    revealed_by=IsSet(f"{self.ike}.PostQuantumKeyExchangeMethods")
                    | IsSet(f"{self.child}.PostQuantumKeyExchangeMethods"),
                    available=POST_QUANTUM,
                ),
                Text(
                    self.at("PPKIdentifier"),
                    compared=True,
                    label="PPK identifier",
                    help="The name under which the server knows the post-quantum pre-shared key.",
                    required=IsSet(self.at("PPK")),
                    available=POST_QUANTUM_SECRET,
                ),
                Data(
                    self.at("PPK"),
                    label="Post-quantum pre-shared key",
                    help="At least 32 random bytes that both ends mix into their keys (RFC 8784).",
                    secret=True,
                    typed=True,
                    required=IsSet(self.at("PPKIdentifier")),
                    available=POST_QUANTUM_SECRET,
                ),
                Switch(
                    self.at("PPKMandatory"),
                    label="Insist on the PPK",
                    help="Do not connect to a server that does not know the post-quantum pre-shared key.",
                    default=1,
                    revealed_by=IsSet(self.at("PPK")) & IsSet(self.at("PPKIdentifier")),
                    available=POST_QUANTUM_SECRET,
                ),
            ),
        )

    def timers(self) -> Group:
        """When the tunnel is looked after, and when it ends."""
        return Group(
            "timers",
            title="Timers & keepalive",
            help="When the device looks whether the tunnel lives, and when it ends it.",
            keys=(
                Choice(
                    self.at("DeadPeerDetectionRate"),
                    label="Dead peer detection",
                    help="How often the device asks an idle server whether it is still there.",
                    default="Medium",
                    choices=(
                        Option("None", "Never"),
                        Option("Low", "Every 30 minutes"),
                        Option("Medium", "Every 10 minutes"),
                        Option("High", "Every minute"),
                    ),
                ),
                Switch(
                    self.at("DisconnectOnIdle"),
                    label="Disconnect when idle",
                    help="Ends the tunnel after a quiet period.",
                    default=0,
                ),
                Integer(
                    self.at("DisconnectOnIdleTimer"),
                    label="Idle period",
                    help="How long the tunnel may be quiet.",
                    unit="seconds",
                    minimum=1,
                    revealed_by=Equals(self.at("DisconnectOnIdle"), 1),
                    required=True,
                    missing_as=Severity.WARNING,
                ),
                Switch(
                    self.at("NATKeepAliveOffloadEnable"),
                    label="Keep NAT mappings alive in sleep",
                    help="The hardware sends keepalives while the device sleeps; costs battery, and is for Always On.",
                    default=1,
                    available=Availability(iOS="9.0"),
                ),
                Integer(
                    self.at("NATKeepAliveInterval"),
                    label="NAT keepalive interval",
                    help="Time between two keepalives; longer saves battery where the router keeps mappings long.",
                    unit="seconds",
                    minimum=20,
                    default=20,
                    default_note="20 seconds on Wi-Fi, 110 on cellular",
                    revealed_by=Equals(self.at("NATKeepAliveOffloadEnable"), 1),
                    available=Availability(iOS="9.0"),
                ),
            ),
        )

    def advanced(self) -> Group:
        """What is rarely needed."""
        return Group(
            "advanced",
            title="Advanced",
            help="Rarely needed.",
            keys=(
                Integer(
                    self.at("MTU"),
                    label="MTU",
                    help="The largest packet that the device sends through the tunnel.",
                    unit="bytes",
                    minimum=1280,
                    maximum=1400,
                    default=1280,
                    available=Availability(iOS="14.0", macOS="11.0"),
                ),
                Switch(
                    self.at("EnableFallback"),
                    label="Fall back to cellular",
                    help="A second tunnel over cellular data serves Wi-Fi Assist; the server must allow two "
                    "tunnels a user.",
                    default=0,
                    available=Availability(iOS="13.0", macOS=NEVER),
                ),
                Switch(
                    self.at("DisableMOBIKE"),
                    label="Turn off MOBIKE",
                    help="The tunnel no longer follows the device from one network to the next.",
                    default=0,
                    available=Availability(iOS="9.0"),
                ),
                Switch(
                    self.at("DisableRedirect"),
                    label="Turn off redirects",
                    help="The device ignores a server that sends it to another server.",
                    default=0,
                    available=Availability(iOS="9.0"),
                ),
                Text(
                    self.at("ProviderBundleIdentifier"),
                    compared=True,
                    label="Provider bundle identifier",
                    help="Which provider of a VPN app to use; IKEv2 itself needs none.",
                ),
                Choice(
                    self.at("ProviderType"),
                    label="Provider type",
                    help="Whether a VPN app tunnels packets or connections; IKEv2 itself needs none.",
                    default="packet-tunnel",
                    choices=(Option("packet-tunnel", "Packet tunnel"), Option("app-proxy", "App proxy")),
                ),
                Text(
                    self.at("ProviderDesignatedRequirement"),
                    label="Provider designated requirement",
                    help="The code requirement of a VPN app's system extension; IKEv2 itself needs none.",
                    available=Availability(iOS=NEVER, macOS="10.15", visionOS=NEVER),
                ),
            ),
        )
