"""Cases: addresses that are none, and those that look odd and are fine."""

from __future__ import annotations

from typing import Final

from tests.cases.expectations import Case, Told, error, never, told
from tests.cases.making import SERVER, Tree, always_on, profile, tunnel

HERE: Final = r"IKEv2\.RemoteAddress"
_CODES: Final = "address-malformed|blanks|several-in-one|unfilled-placeholder|own-placeholder"
_PLACEHOLDER: Final = "unfilled-placeholder|own-placeholder"


def _at(address: str, identifier: str = SERVER) -> Tree:
    return tunnel(RemoteAddress=address, RemoteIdentifier=identifier)


def _refused(name: str, address: str, *, mends: bool = False) -> Case:
    return Case(name, lambda: _at(address), (error(_CODES, HERE, mends=mends),))


def _fine(name: str, address: str) -> Case:
    return Case(name, lambda: _at(address, address), calm=True, silent=(never(_CODES, HERE),))


def _unfilled(name: str, text: str) -> Case:
    return Case(name, lambda: _at(text, text), (error(_PLACEHOLDER, HERE), *_beside()))


def _beside() -> tuple[Told, ...]:
    """What is also said of the identifier, which has the same text."""
    return (told("error|warning|advice", "", r"IKEv2\.RemoteIdentifier"),)


def _named(name: str, identifier: str, severities: str = "error|warning|advice") -> Case:
    """An identifier that no server of that address has."""
    where = r"IKEv2\.RemoteIdentifier"
    return Case(name, lambda: _at(SERVER, identifier), (told(severities, "", where),))


CASES: Final = (
    _refused("address with scheme and path", "https://gate.hafen.example/", mends=True),
    _refused("address with scheme alone", "ikev2://gate.hafen.example", mends=True),
    _refused("address with path", "gate.hafen.example/vpn"),
    _refused("address with port", "gate.hafen.example:4500", mends=True),
    _refused("address with the port of IKE", "198.51.100.7:500", mends=True),
    _refused("address with everything", "https://gate.hafen.example:4500/"),
    _refused("address in CIDR", "198.51.100.7/32"),
    _refused("address of a network", "198.51.100.0/24"),
    _refused("address after a blank", f" {SERVER}", mends=True),
    _refused("address before a blank", f"{SERVER} ", mends=True),
    _refused("address before a line end", f"{SERVER}\n", mends=True),
    _refused("address with blanks in it", "gate hafen example"),
    _refused("address in brackets", "[2001:db8::7]"),
    _refused("address with wildcard", "*.hafen.example"),
    _refused("two addresses in one text", "east.hafen.example,west.hafen.example"),
    _refused("two addresses with a blank", "east.hafen.example west.hafen.example"),
    # A host name has letters, digits and hyphens; DNS may resolve another one all the same.
    Case(
        "address with an underscore",
        lambda: _at("gate_2.hafen.example"),
        (told("error|warning|advice", "address-malformed", HERE),),
    ),
    Case(
        "address with an umlaut",
        lambda: _at("tor.größe.example"),
        (told("error|warning", "address-malformed", HERE),),
    ),
    _unfilled("placeholder of a shell", "${SERVER}"),
    _refused("placeholder of a shell without braces", "$VPN_SERVER"),
    _unfilled("placeholder with number signs", "##server##"),
    _unfilled("placeholder of Jinja", "{{ host }}"),
    _unfilled("placeholder in capitals", "REPLACE_ME"),
    _unfilled("placeholder in angle brackets", "<server>"),
    _refused("placeholder of a template engine", "<%= @server %>"),
    _fine("address as a host name", "a1-b2.hafen.example"),
    _fine("address in capitals", "GATE.Hafen.Example"),
    _fine("address with a dot at the end", "gate.hafen.example."),
    _fine("address as one label", "gate"),
    _fine("address in .local", "gate.local"),
    _fine("address in Punycode", "xn--gre-6ka8l.example"),
    _fine("address of IPv4", "198.51.100.7"),
    _fine("address of a private network", "192.168.77.1"),
    _fine("address of IPv6", "2001:db8::7"),
    _fine("address of IPv6 in full", "2001:DB8:0:0:0:0:0:7"),
    Case(
        "address of a tunnel of Always On",
        lambda: profile(always_on({"RemoteAddress": "https://gate.hafen.example"})),
        (
            error(_CODES, r"AlwaysOn\.TunnelConfigurations\[0\]\.RemoteAddress"),
            told("error|warning", "supervised-only", r".*"),
        ),
    ),
    Case(
        "placeholder in a tunnel of Always On",
        lambda: profile(always_on({"RemoteAddress": "{{server}}", "RemoteIdentifier": "{{server}}"})),
        (
            error(_PLACEHOLDER, r"AlwaysOn\.TunnelConfigurations\[0\]\.RemoteAddress"),
            told("error|warning|advice", "", r"AlwaysOn\.TunnelConfigurations\[0\]\.RemoteIdentifier"),
        ),
    ),
    _named("identifier with an at sign", "@gate.hafen.example"),
    _named("identifier as a distinguished name", "C=DE, O=Hafen, CN=gate.hafen.example"),
    _named("identifier with wildcard", "*.hafen.example"),
    _named("identifier of another name", "other.hafen.example", "advice"),
)
