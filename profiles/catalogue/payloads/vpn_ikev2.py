"""VPN with IKEv2: com.apple.vpn.managed, VPNType IKEv2."""

from __future__ import annotations

from profiles.catalogue.conditions import Any, Equals, IsSet
from profiles.catalogue.findings import Severity
from profiles.catalogue.keys import Choice, Data, Integer, Reference, Switch, Text
from profiles.catalogue.options import Option
from profiles.catalogue.rules import ikev2, on_demand
from profiles.catalogue.shared import POST_QUANTUM, about, post_quantum_methods, security_association
from profiles.catalogue.shared import on_demand as on_demand_group
from profiles.catalogue.spec import Example, Group, Payload
from profiles.catalogue.versions import NEVER, Availability

IKE = "IKEv2.IKESecurityAssociationParameters"
CHILD = "IKEv2.ChildSecurityAssociationParameters"

SHARED_SECRET = Equals("IKEv2.AuthenticationMethod", "SharedSecret")
CERTIFICATE = Equals("IKEv2.AuthenticationMethod", "Certificate")
EAP = Equals("IKEv2.ExtendedAuthEnabled", 1)
EAP_TLS = EAP & IsSet("IKEv2.PayloadCertificateUUID")
FALLBACK_TO_SECRET = Equals("IKEv2.AuthenticationMethod", "None") & ~EAP
ALL_NETWORKS = Equals("IKEv2.IncludeAllNetworks", 1)
NEVER_REVEALED = Any()

NOT_ON_WATCH_OR_TV = {"tvOS": NEVER, "watchOS": NEVER}
POST_QUANTUM_SECRET = Availability(iOS="18.0", macOS="15.0", tvOS="18.0", visionOS="2.0", watchOS="11.0")
OVER_ALL_NETWORKS = Availability(iOS="14.0", macOS="10.15", **NOT_ON_WATCH_OR_TV)
TLS = Availability(iOS="11.0", macOS="10.13")
TLS_VERSIONS = (Option("1.0"), Option("1.1"), Option("1.2"))

CONNECTION = Group(
    "connection",
    title="Connection",
    help="The server, and how both ends call themselves.",
    keys=(
        Text(
            "UserDefinedName",
            label="Connection name",
            help="The name of the VPN in Settings on the device.",
            required=True,
            placeholder="Office",
        ),
        Text(
            "IKEv2.RemoteAddress",
            label="Server",
            help="Host name or IP address of the VPN server.",
            required=True,
            placeholder="vpn.example.com",
        ),
        Text(
            "IKEv2.RemoteIdentifier",
            label="Remote identifier",
            help="How the server calls itself in IKE, as a rule its host name as it stands in its certificate.",
            required=True,
            placeholder="vpn.example.com",
        ),
        Text(
            "IKEv2.LocalIdentifier",
            label="Local identifier",
            help="How the device calls itself in IKE; may stay empty when the server asks for a user name.",
            required=True,
            default_note="Empty",
            always_emitted=True,
        ),
    ),
)

AUTHENTICATION = Group(
    "authentication",
    title="Authentication",
    help="How the device proves itself to the server, and the server to the device.",
    keys=(
        Choice(
            "IKEv2.AuthenticationMethod",
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
            "IKEv2.SharedSecret",
            label="Shared secret",
            help="The pre-shared key that device and server both know.",
            secret=True,
            revealed_by=SHARED_SECRET | FALLBACK_TO_SECRET,
            required=SHARED_SECRET,
        ),
        Switch(
            "IKEv2.ExtendedAuthEnabled",
            label="Extended authentication (EAP)",
            help="The user signs in with EAP: a user name and password, or a certificate (EAP-TLS).",
            default=0,
            always_emitted=True,
        ),
        Text(
            "IKEv2.AuthName",
            label="User name",
            help="The EAP user name.",
            revealed_by=EAP,
            default_note="The device asks",
        ),
        Text(
            "IKEv2.AuthPassword",
            label="Password",
            help="The EAP password; leave it out of profiles that several people share.",
            secret=True,
            revealed_by=EAP,
            default_note="The device asks",
        ),
        Reference(
            "IKEv2.PayloadCertificateUUID",
            label="Identity",
            help="PayloadUUID of the certificate payload that the device signs in with.",
            to="identity",
            revealed_by=CERTIFICATE | EAP,
            required=CERTIFICATE,
        ),
        Choice(
            "IKEv2.CertificateType",
            label="Certificate type",
            help="The kind of key in the identity.",
            default="RSA",
            revealed_by=CERTIFICATE,
            choices=(
                Option("RSA"),
                Option("RSA-PSS"),
                Option("ECDSA256", "ECDSA P-256"),
                Option("ECDSA384", "ECDSA P-384"),
                Option("ECDSA521", "ECDSA P-521"),
            ),
        ),
        Choice(
            "IKEv2.TLSMinimumVersion",
            label="Lowest TLS version",
            help="The lowest TLS version to accept for EAP-TLS.",
            default="1.0",
            revealed_by=EAP_TLS,
            choices=TLS_VERSIONS,
            available=TLS,
        ),
        Choice(
            "IKEv2.TLSMaximumVersion",
            label="Highest TLS version",
            help="The highest TLS version to offer for EAP-TLS.",
            default="1.2",
            revealed_by=EAP_TLS,
            choices=TLS_VERSIONS,
            available=TLS,
        ),
        Text(
            "IKEv2.ServerCertificateIssuerCommonName",
            label="Server certificate issuer",
            help="Common name of the CA that issued the server's certificate; the device then asks the server for it.",
            required=IsSet("IKEv2.CertificateType"),
            placeholder="Example Issuing CA",
        ),
        Text(
            "IKEv2.ServerCertificateCommonName",
            label="Server certificate name",
            help="The name to expect in the server's certificate.",
            default_note="The remote identifier",
        ),
        Switch(
            "IKEv2.EnableCertificateRevocationCheck",
            label="Check for revocation",
            help="Ask whether the server's certificate was revoked; no answer counts as good.",
            default=0,
            available=Availability(iOS="9.0"),
        ),
        Text(
            "IKEv2.Password",
            label="Account password",
            help="Only meant for an authentication method that IKEv2 does not have.",
            secret=True,
            revealed_by=NEVER_REVEALED,
            ignored_as=Severity.ADVICE,
        ),
    ),
)

ROUTING = Group(
    "routing",
    title="Routing",
    help="Which traffic goes through the tunnel.",
    keys=(
        Switch(
            "IKEv2.IncludeAllNetworks",
            label="Send everything through the tunnel",
            help="All traffic takes the tunnel, but for what keeps the device online and what you exclude here.",
            default=0,
            available=OVER_ALL_NETWORKS,
        ),
        Switch(
            "IKEv2.ExcludeAPNs",
            label="Leave out push notifications",
            help="Apple Push Notification service goes around the tunnel.",
            default=1,
            revealed_by=ALL_NETWORKS,
            available=Availability(iOS="16.4", macOS="13.3", **NOT_ON_WATCH_OR_TV),
        ),
        Switch(
            "IKEv2.ExcludeCellularServices",
            label="Leave out carrier services",
            help="Calls over LTE and Wi-Fi, MMS and voicemail that use the Internet go around the tunnel.",
            default=1,
            revealed_by=ALL_NETWORKS,
            available=Availability(iOS="16.4", macOS="13.3", **NOT_ON_WATCH_OR_TV),
        ),
        Switch(
            "IKEv2.ExcludeDeviceCommunication",
            label="Leave out connected devices",
            help="Traffic to devices connected by USB or Wi-Fi goes around the tunnel.",
            default=1,
            revealed_by=ALL_NETWORKS,
            available=Availability(iOS="17.4", macOS="14.4", visionOS="1.1", **NOT_ON_WATCH_OR_TV),
        ),
        Switch(
            "IKEv2.EnforceRoutes",
            label="Enforce the tunnel's routes",
            help="The tunnel's own routes win over those of the local network; the default route stays.",
            default=0,
            available=Availability(iOS="14.2", macOS="11.0", watchOS=NEVER),
        ),
        Switch(
            "IKEv2.ExcludeLocalNetworks",
            label="Leave out the local network",
            help="Printers and other local devices are reached around the tunnel.",
            default_on={"iOS": 1, "macOS": 0},
            revealed_by=ALL_NETWORKS | Equals("IKEv2.EnforceRoutes", 1),
            available=Availability(iOS="14.2", macOS="10.15", **NOT_ON_WATCH_OR_TV),
        ),
        Switch(
            "IKEv2.UseConfigurationAttributeInternalIPSubnet",
            label="Ask for internal subnets",
            help="The device asks the server for INTERNAL_IP4_SUBNET and INTERNAL_IP6_SUBNET.",
            default=0,
            available=Availability(iOS="9.0"),
        ),
    ),
)

SECURITY = Group(
    "security-associations",
    title="Security associations",
    help="The algorithms for the control channel (IKE) and the traffic (Child). "
    "While nothing is set for Child, the values of IKE hold for both.",
    keys=(
        *security_association(IKE, label="IKE"),
        *security_association(CHILD, label="Child", inherits=IKE),
        Switch(
            "IKEv2.EnablePFS",
            label="Perfect forward secrecy",
            help="Each rekey of the Child SA makes a new key exchange; the server must do the same.",
            default=0,
            available=Availability(iOS="9.0"),
        ),
        Switch(
            "IKEv2.EnforceStrictAlgorithmSelection",
            label="Strict algorithm selection",
            help="The device refuses weak algorithms, and an IKE cipher that is weaker than the Child cipher.",
            default=0,
            available=Availability(iOS="18.5", macOS="15.5", tvOS="18.5", visionOS="2.5", watchOS="11.5"),
        ),
    ),
)

POST_QUANTUM_GROUP = Group(
    "post-quantum",
    title="Post-quantum",
    help="Protection against recordings that are broken later: ML-KEM key exchanges and a pre-shared key (RFC 8784).",
    keys=(
        post_quantum_methods(IKE, label="IKE"),
        post_quantum_methods(CHILD, label="Child", inherits=IKE),
        Switch(
            "IKEv2.AllowPostQuantumKeyExchangeFallback",
            label="Allow fallback",
            help="Connect also to a server that knows no post-quantum key exchange.",
            default=0,
            revealed_by=IsSet(f"{IKE}.PostQuantumKeyExchangeMethods")
            | IsSet(f"{CHILD}.PostQuantumKeyExchangeMethods"),
            available=POST_QUANTUM,
        ),
        Text(
            "IKEv2.PPKIdentifier",
            label="PPK identifier",
            help="The name under which the server knows the post-quantum pre-shared key.",
            required=IsSet("IKEv2.PPK"),
            available=POST_QUANTUM_SECRET,
        ),
        Data(
            "IKEv2.PPK",
            label="Post-quantum pre-shared key",
            help="The secret bytes that both ends mix into their keys (RFC 8784).",
            secret=True,
            required=IsSet("IKEv2.PPKIdentifier"),
            available=POST_QUANTUM_SECRET,
        ),
        Switch(
            "IKEv2.PPKMandatory",
            label="Insist on the PPK",
            help="Do not connect to a server that does not know the post-quantum pre-shared key.",
            default=1,
            revealed_by=IsSet("IKEv2.PPK") & IsSet("IKEv2.PPKIdentifier"),
            available=POST_QUANTUM_SECRET,
        ),
    ),
)

TIMERS = Group(
    "timers",
    title="Timers & keepalive",
    help="When the device looks whether the tunnel lives, and when it ends it.",
    keys=(
        Choice(
            "IKEv2.DeadPeerDetectionRate",
            label="Dead peer detection",
            help="How often the device asks an idle server whether it is still there.",
            default="Medium",
            choices=(
                Option("None", "Never"),
                Option("Low", "Every 30 minutes"),
                Option("Medium", "Every 10 minutes"),
                Option("High", "Every minute"),
            ),
            available=Availability(watchOS=NEVER),
        ),
        Switch(
            "IKEv2.DisconnectOnIdle",
            label="Disconnect when idle",
            help="Ends the tunnel after a quiet period.",
            default=0,
        ),
        Integer(
            "IKEv2.DisconnectOnIdleTimer",
            label="Idle period",
            help="How long the tunnel may be quiet.",
            unit="seconds",
            minimum=1,
            maximum_on={"watchOS": 15},
            revealed_by=Equals("IKEv2.DisconnectOnIdle", 1),
            required=True,
        ),
        Switch(
            "IKEv2.NATKeepAliveOffloadEnable",
            label="Keep NAT mappings alive in sleep",
            help="The hardware sends keepalives while the device sleeps; costs battery, and is for Always On.",
            default=1,
            available=Availability(iOS="9.0"),
        ),
        Integer(
            "IKEv2.NATKeepAliveInterval",
            label="NAT keepalive interval",
            help="Time between two keepalives; longer saves battery where the router keeps mappings long.",
            unit="seconds",
            minimum=20,
            default=20,
            default_note="20 seconds on Wi-Fi, 110 on cellular",
            revealed_by=Equals("IKEv2.NATKeepAliveOffloadEnable", 1),
            available=Availability(iOS="9.0"),
        ),
    ),
)

ADVANCED = Group(
    "advanced",
    title="Advanced",
    help="Rarely needed.",
    keys=(
        Integer(
            "IKEv2.MTU",
            label="MTU",
            help="The largest packet that the device sends through the tunnel.",
            unit="bytes",
            minimum=1280,
            maximum=1400,
            default=1280,
            available=Availability(iOS="14.0", macOS="11.0"),
        ),
        Switch(
            "IKEv2.EnableFallback",
            label="Fall back to cellular",
            help="A second tunnel over cellular data serves Wi-Fi Assist; the server must allow two tunnels a user.",
            default=0,
            available=Availability(iOS="13.0", macOS=NEVER, watchOS=NEVER),
        ),
        Switch(
            "IKEv2.DisableMOBIKE",
            label="Turn off MOBIKE",
            help="The tunnel no longer follows the device from one network to the next.",
            default=0,
            available=Availability(iOS="9.0"),
        ),
        Switch(
            "IKEv2.DisableRedirect",
            label="Turn off redirects",
            help="The device ignores a server that sends it to another server.",
            default=0,
            available=Availability(iOS="9.0"),
        ),
        Text(
            "IKEv2.ProviderBundleIdentifier",
            label="Provider bundle identifier",
            help="Which provider of a VPN app to use; IKEv2 itself needs none.",
        ),
        Choice(
            "IKEv2.ProviderType",
            label="Provider type",
            help="Whether a VPN app tunnels packets or connections; IKEv2 itself needs none.",
            default="packet-tunnel",
            choices=(Option("packet-tunnel", "Packet tunnel"), Option("app-proxy", "App proxy")),
        ),
        Text(
            "IKEv2.ProviderDesignatedRequirement",
            label="Provider designated requirement",
            help="The code requirement of a VPN app's system extension; IKEv2 itself needs none.",
            available=Availability(iOS=NEVER, macOS="10.15", tvOS="17.0", visionOS=NEVER, watchOS="10.0"),
        ),
        Text(
            "VPNSubType",
            label="VPN subtype",
            help="The bundle identifier of a VPN app; IKEv2 itself has none.",
            revealed_by=NEVER_REVEALED,
        ),
    ),
)

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
    {"iOS": "26.0", "macOS": "26.0", "watchOS": "26.0"},
)

PAYLOAD = Payload(
    slug="vpn-ikev2",
    payload_type="com.apple.vpn.managed",
    discriminator={"VPNType": "IKEv2"},
    title="IKEv2 VPN",
    summary="A tunnel that the device itself builds, without an app.",
    available=Availability(iOS="4.0", macOS="10.7", tvOS="17.0", visionOS="1.0", watchOS="10.0"),
    groups=(
        CONNECTION,
        AUTHENTICATION,
        on_demand_group("IKEv2"),
        ROUTING,
        SECURITY,
        POST_QUANTUM_GROUP,
        TIMERS,
        ADVANCED,
        about(),
    ),
    rules=(
        ikev2.EapOnly(),
        ikev2.DistinguishedName(),
        ikev2.RemoteName(),
        ikev2.TlsVersions(),
        ikev2.LocalNetworks(),
        ikev2.RoutesIgnored(),
        ikev2.StrictAlgorithms(ike=IKE, child=CHILD),
        ikev2.IntegrityUnused(ike=IKE, child=CHILD),
        ikev2.ForwardSecrecyGroup(child=CHILD),
        ikev2.AlwaysOnOnly(),
        ikev2.ProviderKeys(),
        on_demand.RuleOrder("IKEv2"),
        on_demand.RuleSense("IKEv2"),
    ),
    examples=(EAP_PASSWORD, PRE_SHARED_KEY, POST_QUANTUM_EXAMPLE),
)
