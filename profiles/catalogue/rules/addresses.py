"""The rules about the address of a VPN server, what both ends call themselves, and other hosts that are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from profiles.catalogue import network_names, placeholders
from profiles.catalogue.blanks import BLANKS
from profiles.catalogue.citations import report, rfc, schema
from profiles.catalogue.effect_text import line
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import NOTHING, Change, Fix
from profiles.catalogue.network_names import Flaw, Misnomer
from profiles.catalogue.payload_type import Rule
from profiles.catalogue.rules import names
from profiles.catalogue.rules.ikev2 import Ikev2Rule
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import last_name
from profiles.catalogue.vpn_types import PAYLOAD_TYPE as VPN

SERVER: Final = "RemoteAddress"
"""The key without whose host or address nothing connects."""


ADDRESS_MALFORMED: Final = Diagnostic(
    "address-malformed",
    Severity.ERROR,
    "The address of a server is neither a host name nor an IP address",
    why="The device looks the text up in DNS as it stands. With a scheme, a port, a path, a prefix, brackets, blanks "
    "or a wildcard in it there is no such name, so nothing can connect.",
    mend="Write the host name or the IP address by itself, such as vpn.example.com.",
    sources=(
        schema(VPN, "IKEv2.RemoteAddress"),
        rfc(1123, "2.1"),
        rfc(1035, "2.3.4"),
        rfc(5890, "2.3.2.1"),
    ),
    milder="It is a warning for proxies and for the name of a DNS server, without which the tunnel connects, and for "
    "what some systems resolve: names in other letters than those of DNS, short forms of an IPv4 address. It is "
    "advice for an underscore or a hyphen at an edge, which DNS resolves and certificates do not hold.",
)
IDENTITY_FORM: Final = Diagnostic(
    "identity-form",
    Severity.WARNING,
    "What an end of the tunnel calls itself is written as no certificate has it",
    why="Identities are compared letter by letter with what the other end sends and with its certificate, neither of "
    "which has a scheme, a port or a path in it, nor letters that DNS does not have.",
    mend="Write the name as it stands in the certificate.",
    sources=(
        schema(VPN, "IKEv2.RemoteIdentifier"),
        rfc(7296, "3.5"),
        report("quericy/one-key-ikev2-vpn", 91),
    ),
    certainty=Certainty.INFERRED,
    milder="It is advice for a wildcard and for an @ at the beginning, which servers may call themselves by after all, "
    "and for what the device calls itself.",
)
ADDRESS_LOOPBACK: Final = Diagnostic(
    "address-loopback",
    Severity.WARNING,
    "The address of a server is that of the device itself",
    why="A device that looks for localhost, 127.0.0.1 or ::1 comes back to itself, and finds no VPN server there.",
    mend="Write the name or the address by which devices reach the server.",
    sources=(schema(VPN, "IKEv2.RemoteAddress"), rfc(6761, "6.3"), rfc(1122, "3.2.1.3"), rfc(4291, "2.5.3")),
)
UNFILLED_PLACEHOLDER: Final = Diagnostic(
    "unfilled-placeholder",
    Severity.ERROR,
    "A placeholder stands where a value belongs",
    why="Whoever wrote the file left a mark for a value that was to be filled in. It reaches the device as it stands, "
    "and there is no server of that name.",
    mend="Put the value in its place.",
    sources=(schema(VPN, "IKEv2.RemoteAddress"), rfc(1123, "2.1")),
    milder="It is a warning anywhere but in the address of a VPN server, and there for what may be a name after "
    "all, and for 0.0.0.0 and ::, which stand for no address.",
)

_MILDER: Final[Mapping[Flaw, Severity]] = {
    Flaw.UNICODE: Severity.WARNING,
    Flaw.HYPHEN: Severity.ADVICE,
    Flaw.UNDERSCORE: Severity.ADVICE,
}
"""What some systems or all resolve."""

_OF_IDENTITY: Final[Mapping[Flaw, Severity]] = {
    Flaw.URL: Severity.WARNING,
    Flaw.PORT: Severity.WARNING,
    Flaw.PATH: Severity.WARNING,
    Flaw.NETWORK: Severity.WARNING,
    Flaw.BRACKETS: Severity.WARNING,
    Flaw.SEVERAL: Severity.WARNING,
    Flaw.UNICODE: Severity.WARNING,
    Flaw.WILDCARD: Severity.ADVICE,
}
"""What is odd about an identity; anything else may be one."""

_RESOLVED: Final[Mapping[Flaw, str]] = {
    Flaw.UNICODE: "has letters that DNS does not, so not every device finds the server",
    Flaw.HYPHEN: "has a hyphen at the edge of a part, which DNS resolves, but no public certificate holds",
    Flaw.UNDERSCORE: "has an underscore in it, which DNS resolves, but no public certificate holds",
    Flaw.NUMBERS: "is no IP address in full, so some devices take it for another than others do",
}


_ANOTHER: Final = "Use another name where the certificate comes from a public authority."
_MENDS: Final[Mapping[Flaw, str]] = {
    Flaw.UNICODE: "Write it as DNS has it, which begins with xn--.",
    Flaw.HYPHEN: _ANOTHER,
    Flaw.UNDERSCORE: _ANOTHER,
}
_MEND: Final = "Write a host name or an IP address by itself."


class ServerAddress(Ikev2Rule):
    """The VPN server is a host name or an IP address, and nothing around it."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = self.at(SERVER)
        for place, text, _ in names.texts(scope.values.get(path), path):
            # What is left to be filled in is told of with all other placeholders.
            if placeholders.stands_in_address(text):
                continue
            if told := _no_server(text):
                yield UNFILLED_PLACEHOLDER.at(
                    place,
                    f"{line(text)} {told}. Write the name or the address of the server.",
                    severity=Severity.WARNING,
                )
            elif network_names.is_own(text):
                yield ADDRESS_LOOPBACK.at(
                    place,
                    f"{line(text)} is the device itself, which has no VPN server. Write the name or the address by "
                    "which devices reach the server.",
                )
            else:
                yield from server(place, text)


def _no_server(text: str) -> str:
    """Why what could be a host name or an address is hardly that of a server, as a clause; empty where it may be."""
    if placeholders.is_shouted(text):
        return "looks like a placeholder that nobody filled in"
    if placeholders.is_example(text):
        return "looks like an example or a placeholder that nobody filled in"
    if network_names.is_unspecified(text):
        return "stands for no address at all, so no server has it"
    return ""


class Identities(Ikev2Rule):
    """What both ends call themselves has no blanks around it, and is no address with something around it."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for name in ("LocalIdentifier", "ServerCertificateIssuerCommonName"):
            yield from self._judged(name, scope, address_like=False)
        for name in ("RemoteIdentifier", "ServerCertificateCommonName"):
            yield from self._judged(name, scope, address_like=True)

    def _judged(self, name: str, scope: Scope, *, address_like: bool) -> Iterator[Finding]:
        path = self.at(name)
        for place, text, _ in names.texts(scope.values.get(path), path):
            bare = network_names.trimmed(text)
            if placeholders.stands_in(text):
                continue
            if not bare:
                yield BLANKS.at(
                    place, f"{name} holds nothing but blanks, which nothing is called. Write the name."
                )
            elif bare != text:
                yield names.trim(place, text, bare, "is another name than the one that is meant")
            elif address_like:
                yield from identity(place, text)
            elif name == "LocalIdentifier":
                yield from local_identity(place, text)


def server(path: str, text: str, *, most: Severity = Severity.ERROR) -> Iterator[Finding]:
    """What is wrong with the host name or the address of a server, with `most` as the highest severity."""
    wrong = network_names.host(text)
    if wrong is None:
        return
    flaw, meant = wrong.flaw, wrong.meant
    loose = flaw is Flaw.NUMBERS and network_names.is_loose_address(text)
    severity = Severity.WARNING if loose else _MILDER.get(flaw, most)
    told = _RESOLVED[flaw] if loose or flaw in _MILDER else _refused(wrong)
    mend = f"Write {line(meant)}." if meant else _MENDS.get(flaw, _MEND)
    fix = names.write(path, text, meant)
    yield ADDRESS_MALFORMED.at(path, f"“{line(text)}” {told}. {mend}", severity=severity, fix=fix)


def _refused(wrong: Misnomer) -> str:
    if wrong.flaw is Flaw.SEVERAL:
        return f"names {len(wrong.parts)} servers, and the device looks them up as one"
    return f"{wrong.flaw.value}, and the device looks it up as it stands"


def local_identity(path: str, text: str) -> Iterator[Finding]:
    """What is odd about the name by which the device calls itself, which may be nearly any text."""
    wrong = network_names.host(text)
    if wrong is not None and (wrong.flaw is Flaw.URL or (wrong.flaw is Flaw.SEVERAL and "=" not in text)):
        mend = line(wrong.meant) or "the one by which the server knows it"
        yield IDENTITY_FORM.at(
            path,
            f"“{line(text)}” {wrong.flaw.value}, and a device calls itself by one name. Write {mend}.",
            severity=Severity.ADVICE,
        )


def identity(path: str, text: str) -> Iterator[Finding]:
    """What is odd about the name by which an end of the tunnel calls itself."""
    if text.startswith("@") and network_names.host(text[1:]) is None:
        yield IDENTITY_FORM.at(
            path,
            f"The @ in {line(text)} belongs to the settings of some servers, which do not send it. Write "
            f"{line(text[1:])}.",
            severity=Severity.ADVICE,
            fix=names.write(path, text, text[1:]),
        )
        return
    wrong = network_names.host(text)
    # What is written as the subject of a certificate is told as that.
    if wrong is None or wrong.flaw not in _OF_IDENTITY or (wrong.flaw is Flaw.SEVERAL and "=" in text):
        return
    if wrong.flaw is Flaw.WILDCARD:
        yield IDENTITY_FORM.at(
            path,
            f"{line(text)} is compared as it stands, and a server rarely calls itself by a wildcard. Write the name "
            "that the server sends.",
            severity=Severity.ADVICE,
        )
    elif wrong.flaw is Flaw.UNICODE:
        # A word by itself may be the name of a key, which is no name in DNS.
        if "." in text:
            mend = line(wrong.meant) or "it as DNS has it, which begins with xn--"
            yield IDENTITY_FORM.at(
                path,
                f"“{line(text)}” has letters that DNS does not, and certificates hold names as DNS has them. Write "
                f"{mend}.",
                fix=names.write(path, text, wrong.meant),
            )
    elif wrong.meant or wrong.flaw in (Flaw.SEVERAL, Flaw.NETWORK):
        mend = line(wrong.meant) or "the one name that the server sends"
        yield IDENTITY_FORM.at(
            path,
            f"“{line(text)}” {wrong.flaw.value}, which no server calls itself by. Write {mend}.",
            fix=names.write(path, text, wrong.meant),
        )


def of_dns(path: str, text: str, listed: bool) -> Iterator[Finding]:
    """The name of a DNS server: the tunnel connects without it."""
    yield from server(path, text, most=Severity.WARNING)


@dataclass(frozen=True)
class ProxyHost(Rule):
    """A proxy is named by host and port, each in a key of its own; the tunnel connects without it."""

    path: str
    port: str

    def check(self, scope: Scope) -> Iterator[Finding]:
        if not scope.revealed(scope.by_path[self.path]):
            return
        for path, text, _ in names.texts(scope.values.get(self.path), self.path):
            if not placeholders.stands_in(text):
                for finding in server(path, text, most=Severity.WARNING):
                    yield self._with_port(finding, text, scope)

    def _with_port(self, finding: Finding, text: str, scope: Scope) -> Finding:
        """The finding with what becomes of the port in the text: it is not to go with what stands around the host."""
        port, name = network_names.port(text), last_name(self.port)
        if port is None or finding.fix is None or scope.given.get(self.port) == port:
            return finding
        if self.port in scope.values:
            return replace(
                finding,
                message=f"{finding.message} Its port is {port}, and {name} says another: see which one is right.",
                fix=replace(finding.fix, sure=False),
            )
        moved = (*finding.fix.changes, Change(self.port, NOTHING, port))
        return replace(
            finding,
            message=f"{finding.message.removesuffix('.')}, and {port} as {name}.",
            fix=Fix(f"Move the port to {name}", moved),
        )


NETWORK: Final = names.Names(
    (
        ("DNS.ServerAddresses", names.address),
        ("DNS.ServerName", of_dns),
        ("DNS.SearchDomains", names.domain),
        ("DNS.DomainName", names.domain),
        ("DNS.SupplementalMatchDomains", names.domain),
        ("Proxies.ProxyAutoConfigURLString", names.web_address),
        ("Proxies.SupplementalMatchDomains", names.domain),
    )
)
"""What holds for the names in the dictionaries DNS and Proxies of every VPN payload, but for hosts of proxies."""

PROXY_HOSTS: Final = tuple(
    ProxyHost(f"Proxies.{kind}Proxy", f"Proxies.{kind}Port") for kind in ("HTTP", "HTTPS")
)


def tunnel_rules(inside: str) -> tuple[Rule, ...]:
    """What holds for the names of both ends of every IKEv2 tunnel, in the dictionary `inside`."""
    return (ServerAddress(inside), Identities(inside))
