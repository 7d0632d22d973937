"""The rules about the identity that a tunnel signs in with, and about the authorities that belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from profiles.catalogue import fixes, network_names, placeholders
from profiles.catalogue.citations import apple, report, schema, server
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.rules.authentication import is_distinguished_name
from profiles.catalogue.rules.tunnel_certificates import VpnCertificateRule, fits, quoted, type_for
from profiles.catalogue.scope import Scope
from profiles.catalogue.values import text_in
from profiles.catalogue.vpn_types import PAYLOAD_TYPE as VPN

_STRONGSWAN_PROFILE: Final = server(
    "strongSwan, Apple IKEv2 Configuration Profile",
    "https://docs.strongswan.org/docs/6.0/interop/appleIkev2Profile.html",
)

CERTIFICATE_TYPE: Final = Diagnostic(
    "certificate-type",
    Severity.ERROR,
    "CertificateType does not fit the key of the identity",
    why="CertificateType names the kind of key that the device signs in with, RSA where it is not set. With a key of "
    "another kind it makes no signature that the server takes.",
    mend="Set CertificateType to the kind of key that the identity has.",
    sources=(schema(VPN, "IKEv2.CertificateType"), _STRONGSWAN_PROFILE),
    milder="It is a warning with EAP-TLS, where Apple's schema only speaks of machine authentication and strongSwan's "
    "page alone says that it must fit.",
)
LOCAL_IDENTIFIER: Final = Diagnostic(
    "local-identifier",
    Severity.ADVICE,
    "The device does not call itself as its certificate does",
    why="Many servers look for the local identifier in the certificate, and refuse a device whose certificate does not "
    "hold it.",
    mend="Use a subject alternative name, or the common name, of the identity.",
    sources=(_STRONGSWAN_PROFILE, report("hwdsl2/setup-ipsec-vpn", 465)),
    compares=("LocalIdentifier",),
)
ISSUER_NOT_IN_PROFILE: Final = Diagnostic(
    "issuer-not-in-profile",
    Severity.ADVICE,
    "The authority that is named is not in the profile",
    why="A device trusts a server whose certificate leads to an authority that it knows. It knows the public ones, and "
    "those that a profile brings.",
    mend="Add the certificate of the authority to the profile, unless it is a public one.",
    sources=(
        schema(VPN, "IKEv2.ServerCertificateIssuerCommonName"),
        _STRONGSWAN_PROFILE,
        server("vyos/vyos-1x pull request 3610", "https://github.com/vyos/vyos-1x/pull/3610"),
    ),
    compares=("ServerCertificateIssuerCommonName",),
)
CHAIN_NOT_IN_PROFILE: Final = Diagnostic(
    "chain-not-in-profile",
    Severity.ADVICE,
    "The PKCS #12 file holds authorities that the profile does not bring",
    why="By strongSwan's page devices leave the authorities in the file alone. iOS 11 was seen to refuse such a file.",
    mend="Add a certificate payload for each, if the certificate of the server comes from them.",
    sources=(_STRONGSWAN_PROFILE, report("trailofbits/algo", 828)),
    certainty=Certainty.OBSERVED,
)
ALWAYS_ON_ECDSA: Final = Diagnostic(
    "always-on-ecdsa",
    Severity.ADVICE,
    "Always On VPN may take identities with RSA keys alone",
    why="An old edition of Apple's iOS Deployment Reference says that Always On VPN supports RSA certificates only. "
    "Nothing newer repeats it, and nobody reports what devices do today.",
    mend="Try it on a device, or use an identity with an RSA key.",
    sources=(apple("iOS Deployment Reference, Always-on VPN, Certificate payloads"),),
    certainty=Certainty.INFERRED,
)


class CertificateTypeFits(VpnCertificateRule):
    """CertificateType names the kind of key that the identity really has."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        identity, path = self.identity(scope), self.at("CertificateType")
        said, by_eap = self.certificate_type(scope), self.by_eap(scope)
        if not (identity and identity.key and said and (by_eap or self.by_certificate(scope))):
            return
        if fits(said, identity.key):
            return
        wanted, is_set = type_for(identity.key), scope.is_set(path)
        told = (
            f"The identity “{identity.title}” has a key of the kind {identity.key}, but the device looks for "
            f"{said}{'' if is_set else ', which it uses when nothing is set'}, and"
        )
        mend = f"Choose {wanted}." if wanted else "Choose another identity."
        before = scope.values[path] if is_set else fixes.NOTHING
        # With EAP the type needs the issuer beside it, which nobody can guess.
        mendable = wanted and (not by_eap or scope.is_set(self.at("ServerCertificateIssuerCommonName")))
        yield CERTIFICATE_TYPE.at(
            path,
            f"{told} {'may not be able to sign in with EAP-TLS' if by_eap else 'cannot sign in'}. {mend}",
            severity=Severity.WARNING if by_eap else None,
            fix=fixes.put(path, before, wanted, f"Set CertificateType to {wanted}") if mendable else None,
        )


class LocalIdentifierFits(VpnCertificateRule):
    """The device should call itself as its certificate does."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        identity, path = self.identity(scope), self.at("LocalIdentifier")
        said = scope.effective(path)
        if not (identity and identity.names and self.by_certificate(scope)) or self.by_eap(scope):
            return
        # Nobody knows yet what placeholders will say, and that a subject is no name is told by itself.
        if any(map(placeholders.stands_in, (text_in(said), *identity.names))) or is_distinguished_name(said):
            return
        known = map(network_names.compared, identity.names)
        if not isinstance(said, str) or network_names.compared(said) not in known:
            called = f"calls itself “{said}”" if said else "does not say how it is called"
            yield LOCAL_IDENTIFIER.at(
                path,
                f"The device {called}, but its certificate says {quoted(identity.names)}. Many servers refuse "
                "that: use a name from the certificate.",
            )


class IssuerKnown(VpnCertificateRule):
    """The authorities that are named, or that issued what is there, should be in the profile."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        yield from self._issuer_of_the_server(scope)
        yield from self._chain_of_the_identity(scope)

    def _issuer_of_the_server(self, scope: Scope) -> Iterator[Finding]:
        path, authorities = self.at("ServerCertificateIssuerCommonName"), scope.evidence.authorities
        said = text_in(scope.values.get(path))
        # That blanks stand around it is told by itself, and nobody knows yet what a placeholder will name.
        if (
            not said
            or said != network_names.trimmed(said)
            or placeholders.stands_in(said)
            or not scope.evidence.at
        ):
            return
        if said in [authority.common_name for authority in authorities]:
            return
        there = f" The profile has {quoted(a.common_name for a in authorities)}." if authorities else ""
        yield ISSUER_NOT_IN_PROFILE.at(
            path,
            f"No certificate in this profile is of the authority “{said}”, so a device trusts the server only "
            f"if it knows that authority already.{there} Add its certificate, unless it is a public one.",
        )

    def _chain_of_the_identity(self, scope: Scope) -> Iterator[Finding]:
        identity = self.identity(scope)
        # Another certificate of the same authority, such as a renewed one, proves as much.
        known = {each.subject for each in scope.evidence.certificates}
        missing = [facts for facts in identity.chain if facts.subject not in known] if identity else []
        if missing:
            yield CHAIN_NOT_IN_PROFILE.at(
                self.at("PayloadCertificateUUID"),
                f"The file of the identity also holds {quoted(facts.common_name for facts in missing)}, "
                "which devices ignore there. Add a certificate payload for each, if the server's certificate "
                "comes from them.",
            )


class AlwaysOnKey(VpnCertificateRule):
    """Always On VPN was once said to take RSA certificates alone."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        identity = self.identity(scope)
        if identity and identity.key and identity.key.kind == "EC":
            yield ALWAYS_ON_ECDSA.at(
                self.at("PayloadCertificateUUID"),
                f"The identity “{identity.title}” has a key of the kind {identity.key}, and an old guide of Apple's "
                "says that Always On VPN takes RSA alone. Try it on a device, or use an identity with an RSA key.",
            )
