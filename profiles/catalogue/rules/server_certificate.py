"""The rules about the certificate that a server was said to have, and the chain that leads from it to a root."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from profiles.catalogue import network_names, placeholders
from profiles.catalogue.citations import apple, report, schema, server
from profiles.catalogue.evidence import ServerCertificate
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.rules.tunnel_certificates import VpnCertificateRule, fits, quoted
from profiles.catalogue.rules.validity import validity
from profiles.catalogue.scope import Scope
from profiles.catalogue.values import text_in
from profiles.catalogue.vpn_types import PAYLOAD_TYPE as VPN
from profiles.certificate_facts import LEAST_RSA_BITS, CertificateFacts

WEAK_HASHES: Final = ("md5", "sha1")
SERVER_PURPOSE: Final = "serverAuth"

PURPOSE_SINCE: Final = datetime(2019, 7, 1, tzinfo=UTC)
"""Certificates from this day on must say that they are for servers."""

_REQUIREMENTS: Final = apple(
    "Requirements for trusted certificates in iOS 13 and macOS 10.15",
    "https://support.apple.com/en-us/103769",
)
_STRONGSWAN_IOS: Final = server(
    "strongSwan, iOS and macOS", "https://docs.strongswan.org/docs/latest/interop/ios.html"
)
_STRONGSWAN_PROFILE: Final = server(
    "strongSwan, Apple IKEv2 Configuration Profile, comments on ServerCertificateIssuerCommonName",
    "https://docs.strongswan.org/docs/6.0/interop/appleIkev2Profile.html",
)

SERVER_NAME: Final = Diagnostic(
    "server-name",
    Severity.ERROR,
    "The server's certificate does not hold the remote identifier",
    why="The device looks for the remote identifier in the certificate of the server, unless "
    "ServerCertificateCommonName says which name to look for, and refuses the server where it is not there.",
    mend="Use a name from the certificate, or have one issued with this name.",
    sources=(
        schema(VPN, "IKEv2.ServerCertificateCommonName"),
        _STRONGSWAN_IOS,
        report("quericy/one-key-ikev2-vpn", 91),
    ),
    milder="It is a warning where an IP address stands in the certificate as a DNS name, which some take for it.",
    compares=("RemoteIdentifier",),
)
SERVER_COMMON_NAME: Final = Diagnostic(
    "server-common-name",
    Severity.ERROR,
    "The server's certificate does not hold the name that is expected",
    why="The device looks for ServerCertificateCommonName in the certificate of the server, and refuses the server "
    "where it is not there.",
    mend="Correct the name, or leave it empty.",
    sources=(schema(VPN, "IKEv2.ServerCertificateCommonName"), _STRONGSWAN_PROFILE),
    milder="It is a warning where an IP address stands in the certificate as a DNS name, which some take for it.",
    compares=("ServerCertificateCommonName",),
)
SERVER_ISSUER: Final = Diagnostic(
    "server-issuer",
    Severity.WARNING,
    "The authority that is named is not in the chain of the server's certificate",
    why="With ServerCertificateIssuerCommonName the device asks the server for a certificate of that authority. A "
    "server that has none may send no certificate, and then there is no connection.",
    mend="Name an authority of the chain, as a rule its root.",
    sources=(schema(VPN, "IKEv2.ServerCertificateIssuerCommonName"), _STRONGSWAN_PROFILE),
    milder="It is advice where the chain is not known to its root, and the authority is in the profile.",
    compares=("ServerCertificateIssuerCommonName",),
)
SERVER_AUTHORITY: Final = Diagnostic(
    "server-authority",
    Severity.ADVICE,
    "Nothing in the profile proves the server's certificate",
    why="A device trusts a server whose certificate leads to an authority that it knows. It knows the public ones, and "
    "those that a profile brings.",
    mend="Add the certificate of the authority to the profile, unless it is a public one.",
    sources=(
        _STRONGSWAN_IOS,
        server("vyos/vyos-1x pull request 3610", "https://github.com/vyos/vyos-1x/pull/3610"),
    ),
)
SERVER_KEY: Final = Diagnostic(
    "server-key",
    Severity.WARNING,
    "The server's key is of another kind than CertificateType says",
    why="Where the machine signs in with a certificate, devices take the signature of the server for one of the kind "
    "that CertificateType names.",
    mend="Give both ends the same kind of key.",
    sources=(_STRONGSWAN_PROFILE, report("jawj/IKEv2-setup", 159)),
    certainty=Certainty.OBSERVED,
)
SERVER_ECDSA: Final = Diagnostic(
    "server-ecdsa",
    Severity.ADVICE,
    "The server has an ECDSA key, with which iOS clients are reported to fall silent",
    why="With EAP, people report that iOS and macOS have trouble with a server that signs with an ECDSA key, up to not "
    "answering it at all. Others connect.",
    mend="Try it on a device. If it stays silent, give the server a certificate with an RSA key.",
    sources=(
        report("jawj/IKEv2-setup", 159),
        report("strongswan/strongswan", 3153),
    ),
    certainty=Certainty.OBSERVED,
)
SERVER_ALTERNATIVE_NAME: Final = Diagnostic(
    "server-alternative-name",
    Severity.WARNING,
    "The server's certificate has no subject alternative name",
    why="Since iOS 13 and macOS 10.15 a device looks for the name of the server in the subject alternative names "
    "alone: the common name does not count any more.",
    mend="Have a certificate issued with the name of the server as a subject alternative name.",
    sources=(_REQUIREMENTS, _STRONGSWAN_IOS),
)
SERVER_PURPOSES: Final = Diagnostic(
    "server-purpose",
    Severity.WARNING,
    "The server's certificate was not issued for servers",
    why="Since iOS 13 and macOS 10.15 a certificate from July 2019 or later must have serverAuth in its extended key "
    "usage, or devices refuse the server.",
    mend="Have a certificate issued with serverAuth.",
    sources=(_REQUIREMENTS, _STRONGSWAN_IOS),
)
SERVER_WEAK: Final = Diagnostic(
    "server-weak",
    Severity.WARNING,
    "The server's certificate is too weak",
    why=f"Since iOS 13 and macOS 10.15 devices refuse a TLS server with an RSA key of less than {LEAST_RSA_BITS} "
    "bits, or with a certificate that was signed with SHA-1 or MD5. Whether they do so in IKE is not documented.",
    mend=f"Have a certificate issued with SHA-256, for a key of {LEAST_RSA_BITS} bits or more.",
    sources=(_REQUIREMENTS,),
    certainty=Certainty.INFERRED,
)


@dataclass(frozen=True)
class ServerRule(VpnCertificateRule):
    """A rule over the certificate that the server was said to have."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        if scope.evidence.server:
            yield from self.judge(scope.evidence.server, scope)

    def judge(self, server: ServerCertificate, scope: Scope) -> Iterator[Finding]:
        """Where the profile and the certificate do not fit each other."""
        raise NotImplementedError


class ServerNameFits(ServerRule):
    """The names that the profile expects stand in the server's certificate."""

    def judge(self, server: ServerCertificate, scope: Scope) -> Iterator[Finding]:
        facts, expected = server.certificate, self.at("ServerCertificateCommonName")
        names = facts.alternative_names or (facts.common_name,)
        remote = self.at("RemoteIdentifier")
        # ServerCertificateCommonName takes the place of this name where it is set.
        if not scope.is_set(expected):
            said = text_in(scope.effective(remote))
            yield from self._look(
                SERVER_NAME,
                remote,
                said,
                names,
                facts,
                "Use a name from the certificate, or have one issued with this name.",
            )
        wanted = text_in(scope.values.get(expected))
        yield from self._look(
            SERVER_COMMON_NAME,
            expected,
            wanted,
            (facts.common_name, *names),
            facts,
            "Correct it, or leave it empty.",
        )

    def _look(
        self,
        kind: Diagnostic,
        path: str,
        said: str,
        names: tuple[str, ...],
        facts: CertificateFacts,
        mend: str,
    ) -> Iterator[Finding]:
        # Nobody knows yet what a device management puts there; what somebody forgot is refused as it stands.
        if placeholders.managed(said):
            return
        if not said or _covered(said, names):
            if said and _is_address_as_name(said, facts):
                yield kind.at(
                    path,
                    f"The server's certificate says “{said}” as a DNS name, although it is an IP address, so some "
                    "devices and servers do not find it. Have a certificate issued with it as an IP address.",
                    severity=Severity.WARNING,
                )
            return
        yield kind.at(
            path,
            f"The server's certificate says {quoted(names)}, not “{said}”, so the device refuses the server. {mend}",
        )


class ServerIssuerFits(ServerRule):
    """The authority that the profile names is in the chain, and the chain leads to one that devices know."""

    def judge(self, server: ServerCertificate, scope: Scope) -> Iterator[Finding]:
        path = self.at("ServerCertificateIssuerCommonName")
        said = text_in(scope.values.get(path))
        # That blanks stand around it is told by itself, and nobody knows yet what a placeholder will name.
        is_sure = said == network_names.trimmed(said) != "" and not placeholders.stands_in(said)
        other = self._other(server, scope, path, said) if is_sure and said not in server.issuers else None
        if other:
            yield other
        # Where the chain may yet lead into the profile, that was told.
        if not server.is_anchored and not (other and other.severity is Severity.ADVICE):
            yield SERVER_AUTHORITY.at(path, _unproven(server))
        if scope.evidence.at:
            for link in server.chain:
                named = f"The certificate of “{_called(link.certificate)}”, which the server's depends on,"
                yield from validity(link.certificate, scope.evidence.at, path, named, as_=Severity.WARNING)

    def _other(self, server: ServerCertificate, scope: Scope, path: str, said: str) -> Finding:
        found = quoted(server.issuers)
        if server.is_complete:
            return SERVER_ISSUER.at(
                path,
                f"The server's certificate was issued by {found}, not by “{said}”, so the server may have nothing "
                "for what the device asks for. Write the name of an authority in its chain, as a rule of the root.",
            )
        is_known = said in [authority.common_name for authority in scope.evidence.authorities]
        return SERVER_ISSUER.at(
            path,
            f"The server's certificate was issued by {found}. Whether its chain leads to “{said}” does not show: paste "
            "the whole chain that the server sends.",
            severity=Severity.ADVICE if is_known else None,
        )


class ServerKeyFits(ServerRule):
    """The key of the server is of a kind that devices take."""

    def judge(self, server: ServerCertificate, scope: Scope) -> Iterator[Finding]:
        key, said = server.certificate.key, self.certificate_type(scope)
        if self.by_eap(scope):
            # Without an identity no type is looked at, so none says that the device is ready for this key.
            is_expected = bool(said) and self.goes_by_type(scope) and fits(said, key)
            if key.kind == "EC" and not is_expected:
                yield SERVER_ECDSA.at(
                    self.at("RemoteAddress"),
                    f"The server's certificate has a key of the kind {key}, and iOS clients that sign in with EAP are "
                    "reported to fall silent at that. Try it on a device, or use a certificate with an RSA key.",
                )
        elif self.by_certificate(scope) and said and not fits(said, key):
            yield SERVER_KEY.at(
                self.at("CertificateType"),
                f"The server's certificate has a key of the kind {key}, while CertificateType says "
                f"{said}: devices then expect another signature of the server. Give both ends the same kind of key.",
            )


class ServerCertificateIsFit(ServerRule):
    """The certificate is one that devices take, whatever the profile says."""

    def judge(self, server: ServerCertificate, scope: Scope) -> Iterator[Finding]:
        facts, path, named = server.certificate, self.at("RemoteAddress"), "The server's certificate"
        if scope.evidence.at:
            yield from validity(facts, scope.evidence.at, path, named)
        if not facts.alternative_names:
            yield SERVER_ALTERNATIVE_NAME.at(
                path,
                f"{named} has no subject alternative name, so iOS 13, macOS 10.15 and newer refuse it. Have one issued "
                "with the name of the server as a subject alternative name.",
            )
        if _lacks_purpose(facts):
            yield SERVER_PURPOSES.at(
                path,
                f"{named} was not issued for servers (its extended key usage has no serverAuth), so iOS 13, macOS "
                "10.15 and newer refuse it. Have one issued with serverAuth.",
            )
        if facts.key.kind.startswith("RSA") and facts.key.bits < LEAST_RSA_BITS:
            yield SERVER_WEAK.at(
                path,
                f"{named} has a key of {facts.key.bits} bits, which devices refuse. Use {LEAST_RSA_BITS} or more.",
            )
        if facts.signature_hash in WEAK_HASHES and not facts.self_signed:
            yield SERVER_WEAK.at(
                path,
                f"{named} is signed with {facts.signature_hash.upper()}, which devices refuse. Have it issued "
                "with SHA-256.",
            )


SERVER_RULES: Final = (ServerNameFits, ServerIssuerFits, ServerKeyFits, ServerCertificateIsFit)


def _unproven(server: ServerCertificate) -> str:
    top = server.top
    if not server.is_complete:
        return (
            f"The certificate of “{top.issuer_common_name or top.issuer}”, which issued that of “{_called(top)}”, is "
            "neither shown nor in this profile, so a device trusts the server only if it knows that authority already. "
            "Paste the whole chain, or add the certificate, unless it is a public one."
        )
    if not server.chain:
        return (
            "The server's certificate is signed with its own key and not in this profile, so a device trusts the "
            "server only if it knows that certificate already. Add it."
        )
    return (
        f"The chain of the server's certificate ends in “{_called(top)}”, which is not in this profile, so a device "
        "trusts the server only if it knows that root already. Add its certificate, unless it is a public one."
    )


def _called(facts: CertificateFacts) -> str:
    return facts.common_name or facts.subject


def _lacks_purpose(facts: CertificateFacts) -> bool:
    if facts.purposes is None:
        return facts.not_before >= PURPOSE_SINCE
    return SERVER_PURPOSE not in facts.purposes


def _covered(said: str, names: tuple[str, ...]) -> bool:
    """Is it one of the names, however both are written?"""
    wanted = network_names.compared(said)
    known = [network_names.compared(name) for name in names]
    # No wildcard stands for a part of an address.
    return wanted in known or (
        not network_names.is_address(wanted) and any(_wildcard(name, wanted) for name in known)
    )


def _is_address_as_name(said: str, facts: CertificateFacts) -> bool:
    """Does an IP address stand in the certificate as a DNS name alone?"""
    address = _address(said)
    if address is None or not facts.alternative_names:
        return False
    return all(_address(each) != address for each in facts.ip_addresses)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _wildcard(pattern: str, name: str) -> bool:
    """RFC 6125: `*.` stands for exactly one label."""
    return pattern.startswith("*.") and name.partition(".")[2] == pattern[2:] != ""
