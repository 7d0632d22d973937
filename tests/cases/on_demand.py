"""Cases: the rules of Connect On Demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.cases.expectations import AS_A_FILE, Case, advice, error, never, told, warning
from tests.cases.making import (
    CONNECT,
    IGNORE,
    Tree,
    evaluating,
    named,
    on_demand,
    profile,
    tunnel,
    vpn,
)

_RULES: Final = r"IKEv2\.OnDemandRules"
_BOTH: Final = "warning|advice"


def place(rule: int, *keys: str) -> str:
    """Where something in a rule stands; an item of a list may be named, or its list."""
    return rf"{_RULES}\[{rule}\]" + "".join(rf"\.{key}(\[\d\])?" for key in keys)


def _item(
    name: str, key: str, text: Any, codes: str, *, severities: str = "warning", mends: bool = False
) -> Case:
    """An item of a list of conditions that can never match."""
    rule = {"Action": "Disconnect", key: [text]}
    return Case(
        name,
        lambda: on_demand(rule, CONNECT),
        (told(severities, codes, place(0, key), mends=mends),),
    )


def _parameter(name: str, codes: str, *, severities: str = "warning", key: str, **parameters: Any) -> Case:
    """Something in what a rule evaluates that does nothing as it stands."""
    given = {"DomainAction": "ConnectIfNeeded", "Domains": ["ship.hafen.example"], **parameters}
    return Case(
        name,
        lambda: on_demand(evaluating(given), CONNECT),
        (told(severities, codes, place(0, "ActionParameters", key)),),
    )


def _unreached(name: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Case:
    """A second rule that the first one always beats."""
    return Case(
        f"never reached: {name}",
        lambda: on_demand(first, second, IGNORE),
        (warning("rule-unreachable", place(1)),),
        silent=(never("rule-unreachable", place(0)), never("rule-unreachable", place(2))),
    )


def _reached(name: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Case:
    """A second rule that is reached on some network."""
    return Case(
        f"reached: {name}",
        lambda: on_demand(first, second, IGNORE),
        calm=True,
        silent=(never("rule-unreachable"),),
    )


def _wifi(**conditions: Any) -> Tree:
    return {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi", **conditions}


_OFF: Final = [{"Action": "Connect", "InterfaceTypeMatch": "WiFi"}, IGNORE]

CASES: Final = (
    Case(
        "rules in a good order", lambda: on_demand(named(["Quay"]), CONNECT), calm=True, silent=(never(""),)
    ),
    Case(
        "rules while the switch is off",
        lambda: tunnel(OnDemandEnabled=0, OnDemandRules=_OFF),
        calm=True,
        silent=(never("ignored"),),
    ),
    Case(
        "rules without the switch",
        lambda: tunnel(OnDemandRules=_OFF),
        calm=True,
        silent=(never("ignored"),),
    ),
    Case("no rules", lambda: tunnel(OnDemandEnabled=1), (warning("no-rules|missing", _RULES),)),
    Case(
        "no last rule without conditions",
        lambda: on_demand(named(["Quay"])),
        (warning("no-catch-all", place(0)),),
    ),
    _unreached("the same conditions", named(["Quay"]), {**named(["Quay"]), "Action": "Connect"}),
    _unreached("a name on the interface of the first", _wifi(Action="Connect"), named(["Quay"])),
    _unreached(
        "a name on Wi-Fi after all of Wi-Fi, said by its name alone",
        _wifi(),
        {"Action": "Connect", "SSIDMatch": ["Quay"]},
    ),
    _unreached("a name of several", named(["Quay", "Pier", "Mole"]), named(["Pier"], Action="Connect")),
    _unreached(
        "some of several names", named(["Quay", "Pier", "Mole"]), named(["Mole", "Quay"], Action="Connect")
    ),
    _unreached(
        "a domain of several",
        {"Action": "Disconnect", "DNSDomainMatch": ["hafen.example", "werft.example"]},
        {"Action": "Connect", "DNSDomainMatch": ["werft.example"]},
    ),
    _unreached(
        "more conditions than the first",
        {"Action": "Disconnect", "DNSDomainMatch": ["hafen.example"]},
        {"Action": "Connect", "DNSDomainMatch": ["hafen.example"], "InterfaceTypeMatch": "WiFi"},
    ),
    _unreached(
        "a server of several",
        {"Action": "Disconnect", "DNSServerAddressMatch": ["10.9.0.53", "10.9.1.53"]},
        {"Action": "Connect", "DNSServerAddressMatch": ["10.9.1.53"]},
    ),
    Case(
        "never reached: all after a rule without conditions",
        lambda: on_demand(CONNECT, named(["Quay"]), IGNORE),
        (warning("rule-unreachable", place(1)),),
        silent=(never("rule-unreachable", place(2)),),
    ),
    _reached("a wider one", named(["Quay"]), _wifi(Action="Connect")),
    _reached("another interface", _wifi(), {"Action": "Connect", "InterfaceTypeMatch": "Cellular"}),
    _reached("another name", named(["Quay"]), named(["Pier"], Action="Connect")),
    _reached("one name more", named(["Quay"]), named(["Quay", "Pier"], Action="Connect")),
    _reached(
        "the first probes",
        _wifi(URLStringProbe="https://probe.hafen.example/"),
        _wifi(Action="Connect"),
    ),
    _reached(
        "other kinds of conditions",
        {"Action": "Disconnect", "DNSDomainMatch": ["hafen.example"]},
        named(["Quay"], Action="Connect"),
    ),
    # Wi-Fi
    _item(
        "two names in one, with a comma",
        "SSIDMatch",
        "Quay,Pier",
        "several-in-one",
        severities=_BOTH,
        mends=True,
    ),
    _item(
        "two names in one, on two lines", "SSIDMatch", "Quay\nPier", "several-in-one|blanks", severities=_BOTH
    ),
    _item("a name of 33 octets", "SSIDMatch", "x" * 33, "ssid-length"),
    _item("a name of 17 letters and 34 octets", "SSIDMatch", "ü" * 17, "ssid-length"),
    _item("a name with line ends around it", "SSIDMatch", "\n\t\tQuay\n\t", "blanks", mends=True),
    _item("a name after a blank", "SSIDMatch", " Quay", "blanks", mends=True),
    Case(
        "a name of 32 octets, and one with a blank in it",
        lambda: on_demand(named(["x" * 32, "ü" * 16, "Quay 7 guests"]), CONNECT),
        calm=True,
        silent=(never("ssid-length|blanks|several-in-one"),),
    ),
    Case(
        "a name on a cable",
        lambda: on_demand(
            {"Action": "Connect", "InterfaceTypeMatch": "Ethernet", "SSIDMatch": ["Quay"]}, IGNORE
        ),
        (warning("ssid-without-wifi", place(0, "SSIDMatch")),),
    ),
    # DNS
    _item("DNS servers in CIDR", "DNSServerAddressMatch", "10.0.0.0/8", "not-an-address"),
    _item("DNS server by its name", "DNSServerAddressMatch", "ns.hafen.example", "not-an-address"),
    _item(
        "DNS servers in one text",
        "DNSServerAddressMatch",
        "10.9.0.53, 10.9.1.53",
        "several-in-one|not-an-address",
        severities=_BOTH,
    ),
    Case(
        "DNS servers as devices match them",
        lambda: on_demand(
            {"Action": "Disconnect", "DNSServerAddressMatch": ["10.9.*", "198.51.100.53", "2001:db8::53"]},
            CONNECT,
        ),
        calm=True,
        silent=(never("", place(0, "DNSServerAddressMatch")),),
    ),
    _item(
        "search domains in one text",
        "DNSDomainMatch",
        "hafen.example, werft.example",
        "several-in-one|not-a-domain",
        severities=_BOTH,
    ),
    _item(
        "search domain as an address of the web",
        "DNSDomainMatch",
        "https://hafen.example",
        "not-a-domain|not-a-web-address",
    ),
    Case(
        "search domains as devices match them",
        lambda: on_demand(
            {"Action": "Disconnect", "DNSDomainMatch": ["hafen.example", "*.werft.example"]}, CONNECT
        ),
        calm=True,
        silent=(never("", place(0, "DNSDomainMatch")),),
    ),
    # Probes
    Case(
        "probe without a scheme",
        lambda: on_demand({"Action": "Disconnect", "URLStringProbe": "probe.hafen.example"}, CONNECT),
        (warning("not-a-web-address", place(0, "URLStringProbe")),),
    ),
    Case(
        "probe over FTP",
        lambda: on_demand({"Action": "Disconnect", "URLStringProbe": "ftp://probe.hafen.example/"}, CONNECT),
        (warning("not-a-web-address", place(0, "URLStringProbe")),),
    ),
    Case(
        "probes over HTTP and HTTPS",
        lambda: on_demand(
            {"Action": "Disconnect", "URLStringProbe": "http://captive.apple.com/hotspot-detect.html"},
            {"Action": "Disconnect", "URLStringProbe": "https://probe.hafen.example/"},
            CONNECT,
        ),
        calm=True,
        silent=(never("not-a-web-address"),),
    ),
    # What is evaluated
    _parameter(
        "domains in one text",
        "several-in-one|not-a-domain",
        severities=_BOTH,
        key="Domains",
        Domains=["ship.example, crane.example"],
    ),
    _parameter("address among domains", "not-a-domain", key="Domains", Domains=["10.9.2.3"]),
    _parameter("network among domains", "not-a-domain", key="Domains", Domains=["10.0.0.0/8"]),
    _parameter(
        "address of the web among domains",
        "not-a-domain|not-a-web-address",
        key="Domains",
        Domains=["https://ship.hafen.example/"],
    ),
    _parameter(
        "DNS server by its name, required",
        "not-an-address",
        key="RequiredDNSServers",
        RequiredDNSServers=["ns.hafen.example"],
    ),
    _parameter(
        "probe without a scheme, required",
        "not-a-web-address",
        key="RequiredURLStringProbe",
        RequiredURLStringProbe="probe.hafen.example",
    ),
    _parameter(
        "servers of a rule that never connects",
        "ignored",
        key="RequiredDNSServers",
        DomainAction="NeverConnect",
        RequiredDNSServers=["10.9.0.53"],
    ),
    _parameter(
        "probe of a rule that never connects",
        "ignored",
        key="RequiredURLStringProbe",
        DomainAction="NeverConnect",
        RequiredURLStringProbe="https://probe.hafen.example/",
    ),
    Case(
        "domains as devices match them",
        lambda: on_demand(
            evaluating(
                {
                    "DomainAction": "ConnectIfNeeded",
                    "Domains": ["ship.hafen.example", "*.werft.example", "hafen.example"],
                    "RequiredDNSServers": ["10.9.0.53", "2001:db8::53"],
                    "RequiredURLStringProbe": "http://probe.hafen.example/",
                }
            ),
        ),
        calm=True,
        silent=(never("", place(0) + ".*"),),
    ),
    Case(
        "the server's own domain among domains",
        lambda: on_demand(evaluating({"DomainAction": "ConnectIfNeeded", "Domains": ["hafen.example"]})),
        calm=True,
    ),
    Case(
        "nothing to evaluate",
        lambda: on_demand({"Action": "EvaluateConnection"}, CONNECT),
        (error("missing", place(0, "ActionParameters")),),
    ),
    Case(
        "something to evaluate beside an action that does not",
        lambda: on_demand(
            {
                "Action": "Connect",
                "ActionParameters": [{"DomainAction": "NeverConnect", "Domains": ["ship.example"]}],
            }
        ),
        (warning("ignored", place(0, "ActionParameters")),),
    ),
    Case(
        "an action that is deprecated",
        lambda: on_demand({"Action": "Allow"}),
        (warning("action-deprecated", place(0, "Action"), mends=True),),
    ),
    # Several
    Case(
        "two tunnels on demand",
        lambda: profile(*(vpn({"OnDemandEnabled": 1, "OnDemandRules": [CONNECT]}, number=n) for n in (1, 2))),
        (advice("several-on-demand", ".*"),),
        calm=True,
    ),
    Case(
        "two tunnels, one of them on demand",
        lambda: profile(vpn({"OnDemandEnabled": 1, "OnDemandRules": [CONNECT]}), vpn(number=2)),
        calm=True,
        silent=(never("several-on-demand"),),
    ),
    Case(
        "two tunnels of one name",
        lambda: profile(vpn(UserDefinedName="Pier"), vpn(number=2, UserDefinedName="Pier")),
        (advice("same-names", ".*"),),
        calm=True,
    ),
    Case(
        "two tunnels of two names",
        lambda: profile(vpn(), vpn(number=2)),
        calm=True,
        silent=(never("same-names"),),
    ),
    # In the wrong place
    Case(
        "rules beside the tunnel",
        lambda: profile(vpn(OnDemandEnabled=1, OnDemandRules=[CONNECT])),
        (
            warning("misplaced-key", "OnDemandEnabled", mends=True),
            warning("misplaced-key", r"OnDemandRules(\[0\])?", mends=True),
        ),
        silent=(never("unknown-key"),),
        doors=AS_A_FILE,
    ),
)
