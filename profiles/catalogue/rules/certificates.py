"""The rules about certificates: those in the profile, and the one that a server was said to have.

What is in a certificate comes as evidence; where there is none, these rules have nothing to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from profiles.catalogue.conditions import Condition
from profiles.catalogue.evidence import Credential, ServerCertificate
from profiles.catalogue.findings import Finding, advice, error, warning
from profiles.catalogue.keys import Certificate
from profiles.catalogue.rules.ikev2 import Ikev2Rule
from profiles.catalogue.scope import Scope
from profiles.catalogue.spec import Rule
from profiles.catalogue.values import text_in
from profiles.facts import LEAST_RSA_BITS, SOON, CertificateFacts, KeyFacts

WEAK_HASHES: Final = ("md5", "sha1")
CLIENT_PURPOSES: Final = ("clientAuth", "ipsecIKE", "any")
SERVER_PURPOSES: Final = ("serverAuth", "ipsecIKE", "any")

CERTIFICATE_TYPES: Final = {
    "RSA": ("RSA", None),
    "RSA-PSS": ("RSA", None),
    "ECDSA256": ("EC", 256),
    "ECDSA384": ("EC", 384),
    "ECDSA521": ("EC", 521),
}
"""Apple's names of certificate types: kind of key, and its size where it is fixed."""


@dataclass(frozen=True)
class CredentialRule(Rule):
    """A rule over what the payload itself brings; findings stand at the key `path`."""

    path: str

    def check(self, scope: Scope) -> Iterator[Finding]:
        if scope.own:
            yield from self.judge(scope.own, scope)

    def judge(self, own: Credential, scope: Scope) -> Iterator[Finding]:
        """What is wrong with it."""
        raise NotImplementedError


class ContentFaults(CredentialRule):
    """The file can be read, and the certificate in it is valid now."""

    def judge(self, own: Credential, scope: Scope) -> Iterator[Finding]:
        for fault in own.faults:
            yield Finding(fault.severity, self.path, fault.code, fault.message)
        if own.certificate and scope.evidence.at:
            yield from _validity(
                own.certificate, scope.evidence.at, self.path, f"The certificate “{own.title}”"
            )


class ClientPurpose(CredentialRule):
    """An identity should be good for a client."""

    def judge(self, own: Credential, scope: Scope) -> Iterator[Finding]:
        purposes = own.certificate.purposes if own.certificate else None
        if purposes is not None and not set(purposes) & set(CLIENT_PURPOSES):
            yield advice(
                self.path,
                "no-client-purpose",
                "The certificate was not issued for clients (its extended key usage has no clientAuth), so "
                "many servers refuse it. Have one issued with clientAuth.",
            )


@dataclass(frozen=True)
class CertificateForm(CredentialRule):
    """A `root` should be an authority, and the bytes should be in the form that the type of the payload promises."""

    root: Condition

    def judge(self, own: Credential, scope: Scope) -> Iterator[Finding]:
        key, content = scope.by_path[self.path], scope.values.get(self.path)
        if scope.holds(self.root) and own.certificate and not own.certificate.is_authority:
            yield warning(
                self.path,
                "no-authority",
                f"“{own.title}” is not the certificate of an authority, so trusting it as a root helps with "
                "nothing that another certificate proves. Choose the authority's, or another type.",
            )
        armoured = isinstance(content, bytes) and content.lstrip().startswith(b"-----BEGIN")
        wanted_so = isinstance(key, Certificate) and key.armoured is not None and scope.holds(key.armoured)
        if own.certificate and armoured != wanted_so:
            found, wanted = ("PEM", "DER") if armoured else ("DER", "PEM")
            yield warning(
                self.path,
                "other-encoding",
                f"The certificate is written as {found}, but devices expect {wanted} in a payload of this type. "
                "Choose the certificate again, or change the type.",
            )


def _validity(facts: CertificateFacts, at: datetime, path: str, named: str) -> Iterator[Finding]:
    if at > facts.not_after:
        yield error(
            path, "expired", f"{named} expired on {_day(facts.not_after)}, so it is refused. Replace it."
        )
    elif at < facts.not_before:
        yield error(
            path,
            "not-yet-valid",
            f"{named} is not valid before {_day(facts.not_before)}. Wait, or replace it.",
        )
    elif facts.not_after - at <= SOON:
        yield warning(
            path,
            "expires-soon",
            f"{named} expires on {_day(facts.not_after)}, and then it is refused. Replace it soon.",
        )


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


@dataclass(frozen=True)
class VpnCertificateRule(Ikev2Rule):
    """A rule over the identity that a tunnel refers to."""

    def identity(self, scope: Scope) -> Credential | None:
        """The identity that the device signs in with, where it does so by certificate."""
        key = scope.by_path[self.at("PayloadCertificateUUID")]
        return scope.evidence.of(scope.values.get(key.path)) if scope.revealed(key) else None

    def by_certificate(self, scope: Scope) -> bool:
        """Does the machine itself sign in with a certificate?"""
        return bool(scope.effective(self.at("AuthenticationMethod")) == "Certificate")

    def certificate_type(self, scope: Scope) -> str:
        """The type that the device goes by; empty where it signs in otherwise, or there is no such type."""
        said = scope.effective(self.at("CertificateType"))
        known = isinstance(said, str) and said in CERTIFICATE_TYPES and self.by_certificate(scope)
        return said if known else ""


class CertificateTypeFits(VpnCertificateRule):
    """CertificateType names the kind of key that the identity really has."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        identity, path = self.identity(scope), self.at("CertificateType")
        said = self.certificate_type(scope)
        if not (identity and identity.key and said):
            return
        if not _fits(said, identity.key):
            wanted = next((name for name in CERTIFICATE_TYPES if _fits(name, identity.key)), "")
            mend = f"Choose {wanted}." if wanted else "Choose another identity."
            yield error(
                path,
                "certificate-type",
                f"The identity “{identity.title}” has a key of the kind {identity.key}, but the device looks "
                f"for {said}{'' if scope.is_set(path) else ', which it uses when nothing is set'}, and cannot "
                f"sign in. {mend}",
            )


def _fits(certificate_type: str, key: KeyFacts) -> bool:
    kind, bits = CERTIFICATE_TYPES[certificate_type]
    if key.kind == "RSA-PSS":
        return certificate_type == "RSA-PSS"
    return key.kind == kind and bits in (None, key.bits)


class LocalIdentifierFits(VpnCertificateRule):
    """The device should call itself as its certificate does."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        identity, path = self.identity(scope), self.at("LocalIdentifier")
        said = scope.effective(path)
        if not (identity and identity.names and self.by_certificate(scope)):
            return
        if not isinstance(said, str) or said.lower() not in [name.lower() for name in identity.names]:
            called = f"calls itself “{said}”" if said else "does not say how it is called"
            yield advice(
                path,
                "local-identifier",
                f"The device {called}, but its certificate says {_names(identity.names)}. Many servers refuse "
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
        if not said or not scope.evidence.at or said in [authority.common_name for authority in authorities]:
            return
        there = f" The profile has {_names([a.common_name for a in authorities])}." if authorities else ""
        yield advice(
            path,
            "issuer-not-in-profile",
            f"No certificate in this profile is of the authority “{said}”, so a device trusts the server only "
            f"if it knows that authority already.{there} Add its certificate, unless it is a public one.",
        )

    def _chain_of_the_identity(self, scope: Scope) -> Iterator[Finding]:
        identity = self.identity(scope)
        known = {authority.fingerprint for authority in scope.evidence.authorities}
        missing = [facts for facts in identity.chain if facts.fingerprint not in known] if identity else []
        if missing:
            yield advice(
                self.at("PayloadCertificateUUID"),
                "chain-not-in-profile",
                f"The file of the identity also holds {_names([facts.common_name for facts in missing])}, "
                "which devices ignore there. Add a certificate payload for each, if the server's certificate "
                "comes from them.",
            )


class ServerCertificateFits(VpnCertificateRule):
    """What the profile expects of the server is what the server's certificate says."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        server = scope.evidence.server
        if server:
            yield from self._names(scope, server.certificate)
            yield from self._issuer(scope, server)
            yield from self._key(scope, server.certificate)
            yield from self._fit(scope, server.certificate)

    def _names(self, scope: Scope, facts: CertificateFacts) -> Iterator[Finding]:
        expected = self.at("ServerCertificateCommonName")
        remote = self.at("RemoteIdentifier")
        names = facts.alternative_names or (facts.common_name,)
        said = text_in(scope.effective(remote))
        # ServerCertificateCommonName takes the place of this name where it is set.
        if said and not scope.is_set(expected) and not _covered(said, names):
            yield error(
                remote,
                "server-name",
                f"The server's certificate says {_names(names)}, not “{said}”, so the device refuses the "
                "server. Use a name from the certificate, or have one issued with this name.",
            )
        wanted = text_in(scope.values.get(expected))
        if wanted and not _covered(wanted, (*names, facts.common_name)):
            yield error(
                expected,
                "server-common-name",
                f"The server's certificate says {_names((facts.common_name, *names))}, not “{wanted}”, so the "
                "device refuses the server. Correct it, or leave it empty.",
            )

    def _issuer(self, scope: Scope, server: ServerCertificate) -> Iterator[Finding]:
        path, facts = self.at("ServerCertificateIssuerCommonName"), server.certificate
        said = text_in(scope.values.get(path))
        if said and said != facts.issuer_common_name:
            yield error(
                path,
                "server-issuer",
                f"The server's certificate was issued by “{facts.issuer_common_name}”, not by “{said}”, so the "
                "device refuses the server. Write the name of the issuer.",
            )
        if not server.issued_by and not facts.self_signed:
            yield advice(
                path,
                "server-authority",
                f"No certificate in this profile issued the server's, so a device trusts the server only if it knows "
                f"“{facts.issuer_common_name}” already. Add that authority's certificate, unless it is a public one.",
            )

    def _key(self, scope: Scope, facts: CertificateFacts) -> Iterator[Finding]:
        path = self.at("CertificateType")
        said = self.certificate_type(scope)
        if said and not _fits(said, facts.key):
            yield warning(
                path,
                "server-key",
                f"The server's certificate has a key of the kind {facts.key}, while CertificateType says "
                f"{said}: devices then expect another signature of the server. Give both ends the same kind of key.",
            )

    def _fit(self, scope: Scope, facts: CertificateFacts) -> Iterator[Finding]:
        path, named = self.at("RemoteAddress"), "The server's certificate"
        if scope.evidence.at:
            yield from _validity(facts, scope.evidence.at, path, named)
        if facts.purposes is not None and not set(facts.purposes) & set(SERVER_PURPOSES):
            yield warning(
                path,
                "server-purpose",
                f"{named} was not issued for servers (its extended key usage has no serverAuth), so devices "
                "refuse it. Have one issued with serverAuth.",
            )
        if facts.key.kind.startswith("RSA") and facts.key.bits < LEAST_RSA_BITS:
            yield error(
                path,
                "server-weak",
                f"{named} has a key of {facts.key.bits} bits, which devices refuse. Use {LEAST_RSA_BITS} or more.",
            )
        if facts.signature_hash in WEAK_HASHES and not facts.self_signed:
            yield error(
                path,
                "server-weak",
                f"{named} is signed with {facts.signature_hash.upper()}, which devices refuse. Have it issued "
                "with SHA-256.",
            )


def _covered(said: str, names: tuple[str, ...]) -> bool:
    wanted = said.lower().rstrip(".")
    return any(wanted == name.lower() or _wildcard(name.lower(), wanted) for name in names)


def _wildcard(pattern: str, name: str) -> bool:
    """RFC 6125: `*.` stands for exactly one label."""
    return pattern.startswith("*.") and name.partition(".")[2] == pattern[2:] != ""


def _names(names: Any) -> str:
    found = [f"“{name}”" for name in dict.fromkeys(names) if name]
    return ", ".join(found) if found else "no name at all"


def tunnel_rules(inside: str) -> tuple[VpnCertificateRule, ...]:
    """What holds for the certificates of every IKEv2 tunnel, in the dictionary `inside`."""
    rules = (CertificateTypeFits, LocalIdentifierFits, IssuerKnown, ServerCertificateFits)
    return tuple(rule(inside) for rule in rules)
