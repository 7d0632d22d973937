"""The rules about how both ends of a tunnel prove who they are, and what they call themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from profiles.catalogue import network_names, placeholders
from profiles.catalogue.citations import report, rfc
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import NOTHING, Fix, drop, put
from profiles.catalogue.on_demand_simulator import connects
from profiles.catalogue.rules.base import (
    DEPLOYMENT,
    STRONGSWAN_APPLE,
    STRONGSWAN_PROFILE,
    Ikev2Rule,
    ikev2_key,
)
from profiles.catalogue.scope import Scope

OUTDATED_TLS: Final = ("1.0", "1.1")

_DISTINGUISHED_NAME: Final = re.compile(r"\s*/?(CN|C|O|OU|DC|UID|E|emailAddress|ST|L)\s*=", re.IGNORECASE)

EAP_ONLY: Final = Diagnostic(
    "eap-only",
    Severity.ERROR,
    "“None” without extended authentication has nothing to sign in with",
    why="With “None” as its method a device signs in by EAP alone, for which ExtendedAuthEnabled has to be 1. Without "
    "it the device falls back to a shared secret, and the profile has none.",
    mend="Turn ExtendedAuthEnabled on, or choose another method and fill in what it needs.",
    sources=(ikev2_key("AuthenticationMethod"), ikev2_key("ExtendedAuthEnabled")),
    compares=("AuthenticationMethod", "ExtendedAuthEnabled"),
)
EAP_OFF: Final = Diagnostic(
    "eap-off",
    Severity.ERROR,
    "A user name or password is set, and extended authentication is not on",
    why="With Certificate as its method and without ExtendedAuthEnabled a device signs in with an identity alone. The "
    "profile has none, and what it has, a user name or a password, is looked at with EAP only.",
    mend="Turn ExtendedAuthEnabled on, with which the device needs no identity, or choose an identity.",
    sources=(
        ikev2_key("PayloadCertificateUUID"),
        ikev2_key("ExtendedAuthEnabled"),
        STRONGSWAN_PROFILE,
    ),
    compares=("AuthenticationMethod", "ExtendedAuthEnabled"),
)
FALLS_BACK: Final = Diagnostic(
    "falls-back-to-secret",
    Severity.WARNING,
    "“None” without extended authentication means the shared secret",
    why="Apple's schema says that “None” means the shared secret as long as ExtendedAuthEnabled is not 1. The tunnel "
    "may work, but not as the profile reads.",
    mend="Choose SharedSecret as the method, which is what happens already, or turn ExtendedAuthEnabled on.",
    sources=(ikev2_key("AuthenticationMethod"),),
    compares=("AuthenticationMethod", "ExtendedAuthEnabled"),
)
ISSUER_MISSING: Final = Diagnostic(
    "issuer-missing",
    Severity.ERROR,
    "A certificate type is set, and the issuer of the server's certificate is not",
    why="Apple's schema requires ServerCertificateIssuerCommonName where CertificateType is set and "
    "ExtendedAuthEnabled is 1. The text at CertificateType requires it always, that at the issuer only with EAP.",
    mend="Fill in the common name of the authority of the server's certificate, or remove a CertificateType of RSA, "
    "which holds without it.",
    sources=(ikev2_key("ServerCertificateIssuerCommonName"), ikev2_key("CertificateType")),
    milder="Without extended authentication Apple's two texts disagree, so it is advice, and nothing is told of an "
    "explicit RSA, which public generators write.",
)
PASSWORD_UNUSED: Final = Diagnostic(
    "password-unused",
    Severity.ADVICE,
    "A password stands beside the identity that is used in its place",
    why="With an identity and ExtendedAuthEnabled a device signs in by EAP-TLS, in which no password takes part. It "
    "only travels along with the profile.",
    mend="Remove AuthPassword, or the identity if the server asks for a password.",
    sources=(STRONGSWAN_PROFILE, ikev2_key("PayloadCertificateUUID")),
    drops=True,
)
ON_DEMAND_ASKS: Final = Diagnostic(
    "on-demand-asks",
    Severity.ADVICE,
    "Connect On Demand has to ask for a name or a password first",
    why="Apple says that VPN On Demand needs a way to sign in that nobody has to take part in. Without a stored name "
    "and password the tunnel comes up by itself only after somebody has typed them.",
    mend="Store AuthName and AuthPassword in a profile for one person, or sign in with an identity.",
    sources=(DEPLOYMENT, STRONGSWAN_PROFILE),
)
TLS_ORDER: Final = Diagnostic(
    "tls-order",
    Severity.ERROR,
    "The lowest TLS version is above the highest",
    why="EAP-TLS offers the versions between the two, and there are none, so the device cannot sign in.",
    mend="Lower TLSMinimumVersion, or raise TLSMaximumVersion, which is 1.2 where nothing is set.",
    sources=(ikev2_key("TLSMinimumVersion"), ikev2_key("TLSMaximumVersion")),
)
TLS_OUTDATED: Final = Diagnostic(
    "tls-outdated",
    Severity.ADVICE,
    "An outdated TLS version is named",
    why="TLS 1.0 and 1.1 are deprecated, and servers such as strongSwan accept 1.2 alone unless told otherwise.",
    mend="Use 1.2 or newer.",
    sources=(rfc(8996), ikev2_key("TLSMinimumVersion"), ikev2_key("TLSMaximumVersion")),
)
DISTINGUISHED_NAME: Final = Diagnostic(
    "distinguished-name",
    Severity.ADVICE,
    "An identifier is a distinguished name",
    why="Devices send a distinguished name as a plain host name, and not as what it is, so the other end does not find "
    "it in a certificate.",
    mend="Use a host name, an address, or a user name that stands in the certificate as an alternative name.",
    sources=(STRONGSWAN_PROFILE,),
    certainty=Certainty.OBSERVED,
)
LOCAL_IDENTIFIER_EMPTY: Final = Diagnostic(
    "local-identifier-empty",
    Severity.ADVICE,
    "The device does not say who it is",
    why="Without a LocalIdentifier a device sends its own IP address, which changes with the network and is the same "
    "on many of them. Servers that look for a secret or a certificate of that name find none. With EAP the user name "
    "counts, so there it may stay empty.",
    mend="Enter the name by which the server knows the device; with a certificate, an alternative name in it.",
    sources=(
        STRONGSWAN_PROFILE,
        report("hwdsl2/setup-ipsec-vpn", 465),
        ikev2_key("LocalIdentifier"),
    ),
    certainty=Certainty.OBSERVED,
)
REMOTE_IDENTIFIER: Final = Diagnostic(
    "remote-identifier",
    Severity.ADVICE,
    "The server is reached by one name and checked by another",
    why="A device looks for RemoteIdentifier in the server's certificate, unless ServerCertificateCommonName is set, "
    "and refuses a server whose certificate does not have it.",
    mend="Make sure that the name stands in the certificate, or use the address for both.",
    sources=(
        ikev2_key("ServerCertificateCommonName"),
        STRONGSWAN_APPLE,
        report("quericy/one-key-ikev2-vpn", 91),
    ),
    compares=("RemoteIdentifier", "RemoteAddress"),
)


class AuthenticationRule(Ikev2Rule):
    """A rule over how the device signs in."""

    def by_eap(self, scope: Scope) -> bool:
        """Does the device sign in by EAP?"""
        return bool(scope.effective(self.at("ExtendedAuthEnabled")) == 1)

    def turned_on(self, scope: Scope) -> Fix | None:
        """Turn EAP on, as somebody may mean who filled in what only EAP uses; a person decides on how to sign in."""
        if not any(
            scope.is_set(self.at(name)) for name in ("AuthName", "AuthPassword", "PayloadCertificateUUID")
        ):
            return None
        path = self.at("ExtendedAuthEnabled")
        fix = put(path, scope.values.get(path, NOTHING), 1, "Turn ExtendedAuthEnabled on")
        return replace(fix, sure=False)

    def by_eap_tls(self, scope: Scope) -> bool:
        """Does it do so with an identity?"""
        return self.by_eap(scope) and scope.is_set(self.at("PayloadCertificateUUID"))


class EapOnly(AuthenticationRule):
    """None as the method needs EAP; without it the device falls back to a shared secret."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        method = self.at("AuthenticationMethod")
        if scope.effective(method) != "None" or self.by_eap(scope):
            return
        if scope.is_set(self.at("SharedSecret")):
            turned_on = self.turned_on(scope)
            yield FALLS_BACK.at(
                method,
                "Without extended authentication the device ignores “None” and uses the shared secret. "
                f"Choose SharedSecret{', or turn ExtendedAuthEnabled on' if turned_on else ', which is the same'}.",
                fix=turned_on or put(method, "None", "SharedSecret", "Choose SharedSecret"),
            )
        else:
            yield EAP_ONLY.at(
                method,
                "“None” needs extended authentication: without it the device falls back to a shared secret, and there "
                "is none. Turn ExtendedAuthEnabled on, or choose another method.",
                fix=self.turned_on(scope),
            )


class EapOff(AuthenticationRule):
    """Who signs in with a user name and password does so by EAP, also where the server has a certificate."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        identity = self.at("PayloadCertificateUUID")
        if (
            scope.effective(self.at("AuthenticationMethod")) == "Certificate"
            and not self.by_eap(scope)
            and not scope.is_set(identity)
            and (fix := self.turned_on(scope))
        ):
            yield EAP_OFF.at(
                identity,
                "The user name and password are only used with extended authentication, and without it the device "
                "needs an identity, which is not set. Turn ExtendedAuthEnabled on, or choose an identity.",
                fix=fix,
            )


class IssuerOfServer(AuthenticationRule):
    """With a certificate type, Apple wants the issuer of the server's certificate."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path, issuer = self.at("CertificateType"), self.at("ServerCertificateIssuerCommonName")
        if not scope.is_set(path) or not scope.revealed(scope.by_path[path]) or scope.is_set(issuer):
            return
        usual = scope.values[path] == "RSA"
        if self.by_eap(scope):
            yield ISSUER_MISSING.at(
                issuer,
                "With extended authentication and a CertificateType the device requires this name. Fill in the common "
                "name of the authority of the server's certificate.",
                fix=drop(path, "RSA", "Leave out the type, which is RSA anyway") if usual else None,
            )
        elif not usual:
            yield ISSUER_MISSING.at(
                issuer,
                "One of Apple's texts requires this name with a CertificateType, another only with extended "
                "authentication. Fill in the common name of the authority of the server's certificate.",
                severity=Severity.ADVICE,
            )


class PasswordUnused(AuthenticationRule):
    """EAP-TLS goes by the identity, so a password beside it is not used."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = self.at("AuthPassword")
        if scope.is_set(path) and self.by_eap_tls(scope):
            yield PASSWORD_UNUSED.at(
                path,
                "With an identity the device signs in by EAP-TLS, and does not use this password. Remove it.",
                fix=drop(path, scope.values[path]),
            )


class OnDemandAsks(AuthenticationRule):
    """What connects by itself should not have to ask for a password."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        if (
            scope.effective(self.at("OnDemandEnabled")) != 1
            or not connects(scope.values.get(self.at("OnDemandRules")))
            or not self.by_eap(scope)
            or self.by_eap_tls(scope)
        ):
            return
        asked = {"AuthName": "a user name", "AuthPassword": "a password"}
        missing = [name for name in asked if not scope.is_set(self.at(name))]
        if missing:
            yield ON_DEMAND_ASKS.at(
                self.at(missing[0]),
                f"The tunnel comes up by itself only after somebody has typed "
                f"{' and '.join(asked[name] for name in missing)}. Fill in {' and '.join(missing)}, or sign in with "
                "an identity.",
            )


class TlsVersions(AuthenticationRule):
    """The lowest TLS version is not above the highest, and neither is outdated."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        lowest, highest = self.at("TLSMinimumVersion"), self.at("TLSMaximumVersion")
        if not scope.revealed(scope.by_path[lowest]):
            return
        low, high = scope.effective(lowest), scope.effective(highest)
        if isinstance(low, str) and isinstance(high, str) and low > high:
            usual = "" if scope.is_set(highest) else ", which holds when nothing is set"
            yield TLS_ORDER.at(
                lowest,
                f"No TLS version is at least {low} and at most {high}{usual}, so EAP-TLS fails. Lower "
                "TLSMinimumVersion or raise TLSMaximumVersion.",
            )
        for path in (lowest, highest):
            if scope.is_set(path) and scope.effective(path) in OUTDATED_TLS:
                yield TLS_OUTDATED.at(
                    path,
                    f"TLS {scope.effective(path)} is outdated, and many servers refuse it. Use 1.2 or newer.",
                )


class DistinguishedName(AuthenticationRule):
    """A distinguished name as an identifier is sent as plain text, which the other end does not match."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        local, remote = self.at("LocalIdentifier"), self.at("RemoteIdentifier")
        if is_distinguished_name(scope.effective(local)):
            yield DISTINGUISHED_NAME.at(
                local,
                "The device sends this as a plain name, so the server will not find a certificate subject in it. "
                "Use a host name, user name or e-mail address that stands in the certificate.",
            )
        if is_distinguished_name(scope.effective(remote)):
            yield DISTINGUISHED_NAME.at(
                remote,
                "The device sends this as a plain name, and looks for that in the server's certificate. Use a host "
                "name or an address that stands there as an alternative name.",
            )


class LocalName(AuthenticationRule):
    """Without EAP, the name of the device is what the server finds its secret or certificate by."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = self.at("LocalIdentifier")
        if not scope.is_set(path) and not self.by_eap(scope) and self._counts(scope):
            yield LOCAL_IDENTIFIER_EMPTY.at(
                path,
                "Without this the device calls itself by its IP address, which changes with the network, and many "
                "servers refuse that. Enter the name by which the server knows it.",
            )

    def _counts(self, scope: Scope) -> bool:
        if scope.effective(self.at("AuthenticationMethod")) == "Certificate":
            identity = scope.evidence.of(scope.values.get(self.at("PayloadCertificateUUID")))
            # Where the names in the certificate are known, there is more to say than this.
            return not (identity and identity.names)
        return scope.is_set(self.at("SharedSecret")) and scope.revealed(
            scope.by_path[self.at("SharedSecret")]
        )


class RemoteName(AuthenticationRule):
    """The server should call itself what the device expects."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        address, identifier = self.at("RemoteAddress"), self.at("RemoteIdentifier")
        if (
            # Where the server's certificate is known, there is no need to guess.
            scope.evidence.server
            or not scope.is_set(address)
            or not scope.is_set(identifier)
            or scope.is_set(self.at("ServerCertificateCommonName"))
            or is_distinguished_name(scope.effective(identifier))
        ):
            return
        reached, checked = (str(scope.effective(path)) for path in (address, identifier))
        # What is to be filled in cannot be compared with anything.
        if placeholders.stands_in(checked):
            return
        if network_names.compared(reached) != network_names.compared(checked):
            yield REMOTE_IDENTIFIER.at(
                identifier,
                "The device rejects a server whose certificate does not hold this name. It differs from the server's "
                "address: make sure that it stands in the certificate, or use the address for both.",
            )


def is_distinguished_name(value: object) -> bool:
    """Does the text look like “CN=alice,O=Example” or “/C=DE/O=Example”?"""
    return isinstance(value, str) and _DISTINGUISHED_NAME.match(value) is not None
