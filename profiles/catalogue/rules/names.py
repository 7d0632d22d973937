"""The rules about names in networks: Wi-Fi names, domains, addresses of DNS servers, web addresses.

What is wrong here never keeps a tunnel from connecting: devices take any text and compare it, so that it never matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from profiles.catalogue import network_names, placeholders
from profiles.catalogue.blanks import BLANKS
from profiles.catalogue.citations import rfc, schema, standard
from profiles.catalogue.effect_text import line
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.fixes import Change, Fix, Items, put
from profiles.catalogue.network_names import Flaw, Misnomer
from profiles.catalogue.payload_type import Rule
from profiles.catalogue.scope import Scope
from profiles.catalogue.vpn_types import PAYLOAD_TYPE as VPN

LONGEST_SSID: Final = 32
"""Octets of the name of a Wi-Fi network."""

_RULES: Final = "IKEv2.OnDemandRules"

SEVERAL_IN_ONE: Final = Diagnostic(
    "several-in-one",
    Severity.WARNING,
    "Several names stand in one text",
    why="Each text of a list is one name. Several in one text are compared as one long name, which never matches.",
    mend="Give each name an entry of its own.",
    sources=(schema(VPN, f"{_RULES}.SSIDMatch"), rfc(1123, "2.1")),
    milder="It is advice for the names of Wi-Fi networks, in which commas are legal.",
)
NOT_AN_ADDRESS: Final = Diagnostic(
    "not-an-address",
    Severity.WARNING,
    "An IP address is expected, and the text is none",
    why="DNS servers are named by address, since nobody resolves their names. The tunnel connects all the same, but "
    "the device cannot use or match the server.",
    mend="Write the IP address by itself. Where addresses are matched, one * may stand for the rest, as in 10.1.*.",
    sources=(
        schema(VPN, "DNS.ServerAddresses"),
        schema(VPN, f"{_RULES}.DNSServerAddressMatch"),
        schema(VPN, f"{_RULES}.ActionParameters.RequiredDNSServers"),
    ),
)
NOT_A_DOMAIN: Final = Diagnostic(
    "not-a-domain",
    Severity.WARNING,
    "A domain is expected, and the text is none",
    why="The device compares the names of hosts with the domain, and a text that cannot be the end of such a name "
    "never matches. Split DNS takes plain domains, which cover all below them; On-Demand rules take *. before one as "
    "well.",
    mend="Write the domain by itself, such as corp.example.",
    sources=(
        schema(VPN, "DNS.SupplementalMatchDomains"),
        schema(VPN, f"{_RULES}.DNSDomainMatch"),
        rfc(1123, "2.1"),
    ),
)
NOT_A_WEB_ADDRESS: Final = Diagnostic(
    "not-a-web-address",
    Severity.WARNING,
    "A web address is expected, and the text is none",
    why="The device fetches the address with HTTP: to see whether it answers with the status 200, or for the file of a "
    "proxy. What is no web address in full never answers.",
    mend="Write the address in full, with http:// or https:// before it.",
    sources=(
        schema(VPN, f"{_RULES}.URLStringProbe"),
        schema(VPN, f"{_RULES}.ActionParameters.RequiredURLStringProbe"),
        schema(VPN, "Proxies.ProxyAutoConfigURLString"),
        rfc(3986, "3"),
    ),
)
SSID_LENGTH: Final = Diagnostic(
    "ssid-length",
    Severity.WARNING,
    "The name of a Wi-Fi network is longer than one can be",
    why=f"The name of a Wi-Fi network (SSID) has {LONGEST_SSID} octets at most, and many letters take two or more of "
    "them. A longer one never matches.",
    mend="Write the name as the network sends it.",
    sources=(standard("IEEE 802.11, SSID element: 0 to 32 octets"), schema(VPN, f"{_RULES}.SSIDMatch")),
)

Judge = Callable[[str, str, bool], Iterator[Finding]]
"""What is wrong with a text: its path, the text, and whether it is an item of a list."""


@dataclass(frozen=True)
class Names(Rule):
    """Each text of these keys, or of the lists there, is the kind of name that the key takes."""

    kinds: tuple[tuple[str, Judge], ...]

    def check(self, scope: Scope) -> Iterator[Finding]:
        for path, judge in self.kinds:
            if scope.revealed(scope.by_path[path]):
                for place, text, listed in texts(scope.values.get(path), path):
                    if not placeholders.stands_in(text):
                        yield from judge(place, text, listed)


def texts(value: Any, path: str) -> Iterator[tuple[str, str, bool]]:
    """Path and text of a value, or of each item of a list, and whether it is one; what is empty is told elsewhere."""
    if isinstance(value, str) and value:
        yield path, value, False
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str) and item:
                yield f"{path}[{index}]", item, True


def ssid(path: str, text: str, listed: bool) -> Iterator[Finding]:
    """The name of a Wi-Fi network."""
    bare = network_names.trimmed(text)
    octets = len(bare.encode("utf-8", "replace"))
    too_long = octets > LONGEST_SSID
    several = _several(bare, "\n")
    if not bare:
        yield BLANKS.at(path, "A name of nothing but blanks matches no Wi-Fi. Write the network's name.")
    elif several:
        yield _split(path, text, several, "a Wi-Fi of this name does not exist", listed=listed)
    elif bare != text:
        yield trim(path, text, bare, "only matches a Wi-Fi that has them in its name")
    elif several := _several(bare, ","):
        yield _split(
            path,
            text,
            several,
            "a Wi-Fi of so long a name does not exist"
            if too_long
            else "it only matches a Wi-Fi whose name has the comma in it",
            listed=listed,
            legal=not too_long,
        )
    if too_long and not several:
        yield SSID_LENGTH.at(
            path,
            f"“{line(bare)}” has {octets} octets, and the name of a Wi-Fi has {LONGEST_SSID} at most, so it never "
            "matches. Write the name as the network sends it.",
        )


def domain(path: str, text: str, listed: bool) -> Iterator[Finding]:
    """A domain by itself."""
    wrong = network_names.domain(text)
    yield from _told(
        NOT_A_DOMAIN, path, text, wrong, "the device takes a plain domain, such as corp.example", listed
    )


def domain_pattern(path: str, text: str, listed: bool) -> Iterator[Finding]:
    """A domain, or `*.` with one behind it."""
    wrong = network_names.domain_pattern(text)
    wanted = "the device compares it with domains, such as corp.example or *.corp.example"
    yield from _told(NOT_A_DOMAIN, path, text, wrong, wanted, listed)


def address(path: str, text: str, listed: bool) -> Iterator[Finding]:
    """The IP address of a server."""
    wrong = network_names.address(text)
    yield from _told(
        NOT_AN_ADDRESS, path, text, wrong, "the device takes the IP address of a server alone", listed
    )


def address_pattern(path: str, text: str, listed: bool) -> Iterator[Finding]:
    """An IP address, or the beginning of some with one `*`."""
    wrong = network_names.address_pattern(text)
    wanted = "the device compares it with IP addresses, in which one * may stand for the rest, as in 10.1.*"
    yield from _told(NOT_AN_ADDRESS, path, text, wrong, wanted, listed)


def web_address(path: str, text: str, listed: bool) -> Iterator[Finding]:
    """An address that the device fetches."""
    wrong = network_names.web_address(text)
    wanted = "the device cannot fetch it, as if nothing answered there"
    bare = network_names.trimmed(text)
    if wrong is not None and wrong.flaw is Flaw.NO_URL and bare != text:
        yield trim(path, text, bare, "finds nothing of this name")
    yield from _told(NOT_A_WEB_ADDRESS, path, text, wrong, wanted, listed)


def trim(path: str, text: str, bare: str, result: str) -> Finding:
    """That blanks stand around a name, with the fix."""
    return BLANKS.at(
        path,
        f"Blanks stand around “{line(bare)}”. The device compares them, too, so it {result}. Remove the blanks.",
        fix=put(path, text, bare, "Remove the blanks"),
    )


def write(path: str, text: str, meant: str) -> Fix | None:
    """The fix that puts what was meant; None where nobody can say."""
    return put(path, text, meant, f"Write {line(meant)}") if meant else None


_MENDS: Final[Mapping[Diagnostic, str]] = {
    NOT_A_DOMAIN: "Write the domain by itself.",
    NOT_AN_ADDRESS: "Write an IP address.",
    NOT_A_WEB_ADDRESS: "Write it in full, with http:// or https:// before it.",
}


def _told(
    diagnostic: Diagnostic, path: str, text: str, wrong: Misnomer | None, wanted: str, listed: bool
) -> Iterator[Finding]:
    """What there is to say of a name that is none; `wanted` is what the device does with it, as a clause."""
    match wrong:
        case None:
            return
        case Misnomer(Flaw.BLANKS, meant):
            yield trim(path, text, meant, "finds nothing of this name")
        case Misnomer(Flaw.EMPTY):
            yield BLANKS.at(path, f"The text holds nothing but blanks. {_MENDS[diagnostic]}")
        case Misnomer(Flaw.SEVERAL, _, parts):
            yield _split(path, text, parts, wanted, listed=listed)
        case Misnomer(flaw, meant):
            mend = f"Write {line(meant)}." if meant else _MENDS[diagnostic]
            yield diagnostic.at(
                path, f"“{line(text)}” {flaw.value}: {wanted}. {mend}", fix=write(path, text, meant)
            )


def _several(text: str, separator: str) -> tuple[str, ...]:
    """What a separator divides a text into; nothing where that is one name."""
    found = tuple(filter(None, map(network_names.trimmed, text.split(separator))))
    return found if len(found) > 1 else ()


def _split(
    path: str,
    text: str,
    parts: tuple[str, ...],
    result: str,
    *,
    listed: bool,
    legal: bool = False,
) -> Finding:
    """That there are several names in one text, with the fix where it stands in a list; a `legal` one may be one."""
    mend = "Give each an entry of its own" if listed else "Leave one of them"
    label = f"Split it into {len(parts)} entries"
    return SEVERAL_IN_ONE.at(
        path,
        f"“{line(text)}” looks like {len(parts)} names in one text: {result}. {mend}.",
        severity=Severity.ADVICE if legal else None,
        fix=Fix(label, (Change(path, text, Items(parts)),), sure=not legal) if listed else None,
    )
