"""A tunnel without which a device has no network: com.apple.vpn.managed, VPNType AlwaysOn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from profiles.catalogue import interfaces
from profiles.catalogue.conditions import Equals
from profiles.catalogue.effect_text import called, line
from profiles.catalogue.findings import Severity
from profiles.catalogue.groups.dns import dns
from profiles.catalogue.groups.proxies import proxies
from profiles.catalogue.groups.shared import about, connection_name, on_demand, tunnel_misnomers
from profiles.catalogue.groups.tunnel import NOT_ON_WATCH, Tunnel, kept_only, override_primary, subtype
from profiles.catalogue.keys import Choice, Dictionary, ListOf, Switch, Text
from profiles.catalogue.options import Option
from profiles.catalogue.payload_type import Example, Group, Payload
from profiles.catalogue.rules import addresses, always_on, certificates, ikev2
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import NEVER, Availability
from profiles.catalogue.vpn_types import ALWAYS_ON, DICTIONARIES, IKEV2, PAYLOAD_TYPE, TYPE_KEY
from profiles.catalogue.wording import abridged

TUNNEL = Tunnel()


def _without_vain(group: Group) -> Group:
    """A group of a tunnel, in which those keys are not offered that do nothing in Always On."""
    keys = (kept_only(key) if key.name in always_on.IN_VAIN else key for key in group.keys)
    return replace(group, keys=tuple(keys))


def _on_demand() -> Group:
    """The keys of On Demand, as other tunnels have them; the paths start at the tunnel."""
    group = on_demand(IKEV2)
    return replace(group, keys=tuple(kept_only(key, key.name) for key in group.keys))


INTERFACES = Group(
    "interfaces",
    title="Interfaces",
    keys=(
        Choice(
            "ProtocolType",
            label="Protocol",
            help="The protocol of the tunnel; there is only one.",
            required=True,
            choices=(Option(IKEV2),),
        ),
        ListOf(
            "Interfaces",
            label="Serves",
            help="The networks over which this tunnel is built.",
            default_note="Both",
            distinct=True,
            item=Choice("", label="Interface", choices=interfaces.choices(*always_on.SERVED)),
        ),
    ),
)

TUNNELS = Group(
    "tunnels",
    title="Tunnels",
    help="One tunnel for both networks, or one for each. Without its tunnel the device has no network.",
    keys=(
        connection_name(),
        ListOf(
            "AlwaysOn.TunnelConfigurations",
            label="Tunnels",
            help="The IKEv2 tunnels; the device keeps each of them up.",
            required=True,
            max_items=2,
            too_many_as=Severity.WARNING,
            item=Dictionary(
                "",
                label="Tunnel",
                groups=(
                    INTERFACES,
                    TUNNEL.connection(),
                    TUNNEL.authentication(),
                    _on_demand(),
                    _without_vain(TUNNEL.routing()),
                    TUNNEL.security(),
                    TUNNEL.post_quantum(),
                    TUNNEL.timers(),
                    _without_vain(TUNNEL.advanced()),
                ),
                rules=(
                    *ikev2.tunnel_rules(TUNNEL.inside),
                    *certificates.tunnel_rules(TUNNEL.inside, always_on=True),
                    *addresses.tunnel_rules(TUNNEL.inside),
                    always_on.StrongGroup(TUNNEL.inside),
                    always_on.InVain(TUNNEL.inside),
                ),
                misnomers=tunnel_misnomers(TUNNEL),
                sentence=always_on.sentence,
            ),
        ),
        Switch(
            "AlwaysOn.UIToggleEnabled",
            label="The user may switch it off",
            help="Settings show a switch with which the user turns the VPN off.",
            default=0,
        ),
        # What other VPNs have beside their tunnel, and devices do not look at here.
        subtype(),
        override_primary("Always On VPN sends everything through its tunnels"),
        *map(kept_only, dns().keys),
        *map(kept_only, proxies().keys),
    ),
)


def _bundle_identifier(example: str) -> Text:
    return Text(
        "BundleIdentifier",
        compared=True,
        label="Bundle identifier",
        help="The identifier of the app.",
        required=True,
        placeholder=example,
    )


SERVICE = Choice(
    "ServiceName",
    label="Service",
    help="Which service this is about.",
    required=True,
    choices=(
        Option("VoiceMail", "Visual voicemail"),
        Option("AirPrint"),
        Option("CellularServices", "Carrier services", since=Availability(iOS="11.3")),
        Option("DeviceCommunication", "Connected devices", since=Availability(iOS="17.4")),
    ),
)

LOGIN: Final = Equals("AlwaysOn.AllowCaptiveWebSheet", 1) | Equals(
    "AlwaysOn.AllowAllCaptiveNetworkPlugins", 1
)
"""May some app log in to networks around the tunnel?"""

EXCEPTIONS = Group(
    "exceptions",
    title="Exceptions",
    help="What may go around the tunnel.",
    keys=(
        ListOf(
            "AlwaysOn.ServiceExceptions",
            label="Services",
            help="System services that go around the tunnel, or are stopped.",
            item=Dictionary(
                "",
                label="Service",
                keys=(
                    SERVICE,
                    Choice(
                        "Action",
                        label="Then",
                        help="Whether its traffic goes around the tunnel, or nowhere.",
                        required=True,
                        choices=(Option("Allow", "Around the tunnel"), Option("Drop", "Nowhere")),
                    ),
                ),
                sentence=lambda service: (
                    f"{service.get('ServiceName') or 'A service'}: "
                    f"{'dropped' if service.get('Action') == 'Drop' else 'around the tunnel'}."
                ),
            ),
        ),
        ListOf(
            "AlwaysOn.ApplicationExceptions",
            label="Apps",
            help="Apps whose traffic goes around the tunnel.",
            available=Availability(iOS="13.6"),
            item=Dictionary(
                "",
                label="App",
                keys=(
                    _bundle_identifier("com.example.phone"),
                    ListOf(
                        "LimitToProtocols",
                        label="Only for",
                        help="The protocols that go around the tunnel.",
                        default_note="All",
                        distinct=True,
                        item=Choice("", label="Protocol", choices=(Option("UDP"),)),
                    ),
                ),
                sentence=lambda app: f"{app.get('BundleIdentifier') or 'An app'} goes around the tunnel.",
            ),
        ),
    ),
)

CAPTIVE = Group(
    "captive",
    title="Captive networks",
    help="Networks, such as those of hotels, that want a login before the tunnel can be built.",
    keys=(
        Switch(
            "AlwaysOn.AllowCaptiveWebSheet",
            label="Built-in login",
            help="Traffic of the system's own login page goes around the tunnel.",
            default=0,
        ),
        Switch(
            "AlwaysOn.AllowAllCaptiveNetworkPlugins",
            label="All login apps",
            help="Traffic of every app that logs in to networks goes around the tunnel.",
            default=0,
        ),
        ListOf(
            "AlwaysOn.AllowedCaptiveNetworkPlugins",
            label="Login apps",
            help="Apps whose login traffic goes around the tunnel.",
            revealed_by=Equals("AlwaysOn.AllowAllCaptiveNetworkPlugins", 0),
            item=Dictionary(
                "",
                label="App",
                keys=(_bundle_identifier("com.example.hotspot"),),
                sentence=lambda app: f"{app.get('BundleIdentifier') or 'An app'} may log in.",
            ),
        ),
    ),
)


def _effects(scope: Scope) -> Iterator[str]:
    tunnels = _items(scope, always_on.TUNNELS)
    servers = abridged([*dict.fromkeys(filter(None, map(TUNNEL.server, tunnels)))], "and")
    vpn = called("VPN connection", scope.values.get("UserDefinedName"))
    yield f"Sends all traffic of this device through {vpn}{f' to {servers}' if servers else ''}."
    yield "While that cannot connect, the device has no network."
    if scope.holds(Equals("AlwaysOn.UIToggleEnabled", 1)):
        yield "You can switch it off in Settings."
    else:
        yield "You cannot switch it off."
    yield "Only supervised devices, which an organization manages, accept it."
    yield "An Apple Watch that is paired with this device loses touch with it."
    yield from dict.fromkeys(told for tunnel in tunnels for told in TUNNEL.sign_in(tunnel))
    yield from _exceptions(scope)


def _exceptions(scope: Scope) -> Iterator[str]:
    services = _items(scope, "AlwaysOn.ServiceExceptions")
    apps = [each.values.get("BundleIdentifier") for each in _items(scope, "AlwaysOn.ApplicationExceptions")]
    around = [*_services(services, "Allow"), *filter(None, map(line, apps))]
    if around:
        yield f"The traffic of {abridged(around, 'and')} goes around it."
    if stopped := _services(services, "Drop"):
        yield f"It stops {abridged(stopped, 'and')}."
    if scope.holds(LOGIN) or _items(scope, "AlwaysOn.AllowedCaptiveNetworkPlugins"):
        yield "To log in to a Wi-Fi network, such as that of a hotel, traffic may go around it."


def _services(exceptions: list[Scope], action: str) -> list[str]:
    """The titles of the services for which the action is chosen."""
    chosen = [each for each in exceptions if each.values.get("Action") == action]
    names = [each.values.get(SERVICE.path) for each in chosen]
    return [option.title for option in SERVICE.options if option.value in names]


def _items(scope: Scope, path: str) -> list[Scope]:
    """The dictionaries in a list, each without what the device does not look at."""
    return [inner.settled() for _, inner, _ in scope.items_of(scope.by_path[path])]


PAYLOAD = Payload(
    slug="vpn-always-on",
    payload_type=PAYLOAD_TYPE,
    elsewhere=DICTIONARIES,
    discriminator={TYPE_KEY: ALWAYS_ON},
    misnomers={IKEV2: (always_on.TUNNELS,)},
    title="Always On VPN",
    summary="Tunnels that a supervised iPhone or iPad keeps up, and without which it has no network; not with a Watch.",
    available=Availability(iOS="8.0", macOS=NEVER, tvOS=NEVER, visionOS="1.0", watchOS=NEVER),
    instead=NOT_ON_WATCH,
    groups=(TUNNELS, EXCEPTIONS, CAPTIVE, about()),
    effects=_effects,
    rules=(
        always_on.Supervised(),
        always_on.Vision(),
        always_on.EachInterfaceOnce(),
        always_on.Beside(),
        ikev2.Subtype(),
    ),
    examples=(
        Example(
            "A tunnel for each network",
            {
                "UserDefinedName": "Always On",
                "AlwaysOn": {
                    "TunnelConfigurations": [
                        {
                            "ProtocolType": "IKEv2",
                            "Interfaces": ["Cellular"],
                            "RemoteAddress": "cellular.vpn.example.com",
                            "RemoteIdentifier": "cellular.vpn.example.com",
                            "LocalIdentifier": "tablet-7",
                            "AuthenticationMethod": "SharedSecret",
                            "SharedSecret": "correct horse",
                            "ExtendedAuthEnabled": 0,
                            "NATKeepAliveInterval": 110,
                        },
                        {
                            "ProtocolType": "IKEv2",
                            "Interfaces": ["WiFi"],
                            "RemoteAddress": "wifi.vpn.example.com",
                            "RemoteIdentifier": "wifi.vpn.example.com",
                            "LocalIdentifier": "tablet-7",
                            "AuthenticationMethod": "SharedSecret",
                            "SharedSecret": "battery staple",
                            "ExtendedAuthEnabled": 0,
                            "IKESecurityAssociationParameters": {"DiffieHellmanGroup": 19},
                        },
                    ],
                    "ServiceExceptions": [{"ServiceName": "VoiceMail", "Action": "Allow"}],
                    "ApplicationExceptions": [
                        {"BundleIdentifier": "com.example.phone", "LimitToProtocols": ["UDP"]}
                    ],
                    "AllowCaptiveWebSheet": 1,
                    "AllowedCaptiveNetworkPlugins": [{"BundleIdentifier": "com.example.hotspot"}],
                },
            },
            {"iOS": "17.0"},
        ),
    ),
)
