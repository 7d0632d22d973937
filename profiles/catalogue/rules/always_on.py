"""The rules of Always On VPN."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from profiles.catalogue.citations import apple, schema
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import REMOVED, Change, Fix, drop
from profiles.catalogue.groups.shared import STRICT_LEAST_GROUP
from profiles.catalogue.interfaces import INTERFACES
from profiles.catalogue.payload_type import Rule
from profiles.catalogue.rules.base import DEPLOYMENT, DEPLOYMENT_REFERENCE
from profiles.catalogue.rules.ikev2 import PROVIDER, Ikev2Rule
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import before
from profiles.catalogue.vpn_types import PAYLOAD_TYPE as VPN

TUNNELS: Final = "AlwaysOn.TunnelConfigurations"
SERVED: Final = ("Cellular", "WiFi")
"""The interfaces that each need a tunnel."""

ON_DEMAND: Final = ("OnDemandEnabled", "OnDemandUserOverrideDisabled", "OnDemandRules")
ROUTING: Final = (
    "IncludeAllNetworks",
    "ExcludeAPNs",
    "ExcludeCellularServices",
    "ExcludeDeviceCommunication",
    "EnforceRoutes",
    "ExcludeLocalNetworks",
)
IN_VAIN: Final[Mapping[str, str]] = {
    **dict.fromkeys(ON_DEMAND, "Always On VPN keeps its tunnels up by itself, whatever the network"),
    **dict.fromkeys(ROUTING, "Always On VPN sends all traffic through its tunnels"),
    **dict.fromkeys(PROVIDER, "Always On VPN needs no VPN app"),
    "EnableFallback": "Always On VPN builds a tunnel for each network anyway",
}
"""Keys of IKEv2 that do nothing in a tunnel of Always On, and why."""

BESIDE: Final = ("DNS", "Proxies")
"""Dictionaries of other VPNs that do nothing beside AlwaysOn."""

SUITED_VISION: Final = "27.0"
"""The version of visionOS from which Apple's texts agree that it has Always On VPN."""

_DECLARATION: Final = apple(
    "Device Management, NetworkVPNAlwaysOn",
    "https://developer.apple.com/documentation/devicemanagement/networkvpnalwayson",
)

SUPERVISED_ONLY: Final = Diagnostic(
    "supervised-only",
    Severity.WARNING,
    "Always On VPN is for supervised devices without an Apple Watch",
    why="Apple's deployment guides say that Always On VPN can be installed on supervised devices only, although the "
    "schema does not. It does not go together with an Apple Watch: an iPhone with it talks to none any more.",
    mend="Hand the profile out to supervised devices that no Apple Watch is paired with.",
    sources=(DEPLOYMENT, DEPLOYMENT_REFERENCE, schema(VPN, "VPNType")),
)
UNCERTAIN_VISION: Final = Diagnostic(
    "always-on-vision",
    Severity.WARNING,
    "Apple's texts disagree about Always On VPN on visionOS before 27",
    why="By the schema's list of systems visionOS knows AlwaysOn since 1.0, and by its text the type is available on "
    "iOS alone. Apple documents Always On VPN for visionOS from 27.0 on, as a declaration.",
    mend="Try it on such a device first, or do not target visionOS before 27.0.",
    sources=(schema(VPN, "VPNType"), schema(VPN, "AlwaysOn"), _DECLARATION),
    certainty=Certainty.INFERRED,
)
WITHOUT_TUNNEL: Final = Diagnostic(
    "interface-without-tunnel",
    Severity.WARNING,
    "No tunnel serves one of the two kinds of network",
    why="Each tunnel of Always On VPN is for the interfaces that it names, and while an interface has no tunnel that "
    "is up, the device drops all traffic there. A device without cellular needs no tunnel for it.",
    mend="Add a tunnel for that network, or let one tunnel serve both.",
    sources=(DEPLOYMENT_REFERENCE, schema(VPN, "AlwaysOn.TunnelConfigurations.Interfaces")),
)
SEVERAL_TUNNELS: Final = Diagnostic(
    "interface-with-several-tunnels",
    Severity.WARNING,
    "Several tunnels serve the same kind of network",
    why="Apple describes one tunnel for each active interface, and does not say which of several a device takes.",
    mend="Leave each network to one of the tunnels.",
    sources=(DEPLOYMENT_REFERENCE, schema(VPN, "AlwaysOn.TunnelConfigurations")),
    certainty=Certainty.INFERRED,
)
SMALL_GROUP: Final = Diagnostic(
    "always-on-group",
    Severity.ERROR,
    "Always On VPN refuses small Diffie-Hellman groups",
    why="From iOS 14.2 on the lowest group that Always On VPN takes is 14.",
    mend="Choose group 14 or higher at both ends of the tunnel.",
    sources=(schema(VPN, "IKEv2.IKESecurityAssociationParameters.DiffieHellmanGroup"),),
)
ALWAYS_ON_KEY: Final = Diagnostic(
    "always-on-key",
    Severity.WARNING,
    "A key does nothing in Always On VPN",
    why="Always On VPN builds its tunnels by itself and sends everything through them, so what says when another VPN "
    "connects, which traffic takes it, or which app, DNS servers and proxies it uses does not apply. Apple's "
    "declaration of the same VPN has none of these keys.",
    mend="Remove the key.",
    sources=(DEPLOYMENT_REFERENCE, _DECLARATION),
    certainty=Certainty.INFERRED,
    drops=True,
)


class Supervised(Rule):
    """Only supervised devices take it, and none of them keeps an Apple Watch."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        yield SUPERVISED_ONLY.at(
            TUNNELS,
            "Always On VPN only works on supervised devices, others refuse the profile, and it cuts an iPhone off from "
            "its Apple Watch. Hand it out to devices where that is fine.",
        )


class Vision(Rule):
    """Whether visionOS knows it is not certain before 27."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        lowest = scope.targets.get("visionOS")
        if lowest and before(lowest, SUITED_VISION):
            yield UNCERTAIN_VISION.at(
                TUNNELS,
                f"Apple's texts disagree on whether visionOS before {SUITED_VISION} knows Always On VPN. Try it there "
                "first, or do not target such versions.",
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
                yield WITHOUT_TUNNEL.at(
                    TUNNELS,
                    f"No tunnel serves {title}, so the device has no network there. Add one, or let a tunnel "
                    "serve both.",
                )
            elif served[interface] > 1:
                yield SEVERAL_TUNNELS.at(
                    TUNNELS,
                    f"{served[interface]} tunnels serve {title}, and Apple does not say which of them a device takes. "
                    f"Leave {title} to one of them.",
                )


class StrongGroup(Ikev2Rule):
    """Always On refuses small Diffie-Hellman groups."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for association in (self.ike, self.child):
            path = f"{association}.DiffieHellmanGroup"
            group = scope.effective(path)
            if scope.is_set(path) and isinstance(group, int) and group < STRICT_LEAST_GROUP:
                yield SMALL_GROUP.at(
                    path,
                    f"Always On VPN refuses group {group} since iOS 14.2. Choose group {STRICT_LEAST_GROUP} or "
                    "higher.",
                )


class InVain(Ikev2Rule):
    """Keys of other tunnels, which do nothing in one of Always On."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for name, why in IN_VAIN.items():
            path = self.at(name)
            if scope.is_set(path):
                yield ALWAYS_ON_KEY.at(
                    path,
                    f"{why}, so {name} does nothing here. Remove it.",
                    fix=drop(path, scope.values[path]),
                )


class Beside(Rule):
    """Dictionaries of other VPNs, each told once, where its first key stands."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for name in BESIDE:
            paths = [key.path for key in scope.keys if key.container == name and scope.is_set(key.path)]
            if paths:
                changes = tuple(Change(path, scope.values[path], REMOVED) for path in paths)
                yield ALWAYS_ON_KEY.at(
                    paths[0],
                    f"Always On VPN does not look at {name} beside its tunnels, so nothing in it has an effect. "
                    "Remove it.",
                    fix=Fix(f"Remove {name}", changes),
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
