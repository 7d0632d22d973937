"""The rules about what a payload brings: a PKCS #12 file, or a certificate.

What is in a certificate comes as evidence; where there is none, these rules have nothing to say.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from profiles.catalogue import fixes, wording
from profiles.catalogue.blanks import around_secret
from profiles.catalogue.citations import apple, own, report, rfc, schema, server
from profiles.catalogue.conditions import Condition
from profiles.catalogue.evidence import Credential, Evidence
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.keys import Certificate
from profiles.catalogue.keys.data import PEM_BEGIN, der_of
from profiles.catalogue.payload_type import Rule
from profiles.catalogue.rules.identities import (
    AlwaysOnKey,
    CertificateTypeFits,
    IssuerKnown,
    LocalIdentifierFits,
)
from profiles.catalogue.rules.server_certificate import SERVER_RULES
from profiles.catalogue.rules.tunnel_certificates import VpnCertificateRule
from profiles.catalogue.rules.validity import validity
from profiles.catalogue.scope import Scope
from profiles.catalogue.values import text_in
from profiles.catalogue.versions import Availability, and_later
from profiles.certificate_facts import CertificateFacts, Encryption

CLIENT_PURPOSES: Final = ("clientAuth", "ipsecIKE", "any")

MODERN_SINCE: Final = Availability(iOS="18.0", macOS="15.0")
"""Who opens a PKCS #12 file that is encrypted with AES-256 and SHA-256; of the others nobody says."""

_PKCS12: Final = "com.apple.security.pkcs12"
_ONE_IDENTITY: Final = apple(
    "Profile Manager: Certificates settings",
    "https://help.apple.com/profilemanager/mac/4.0/en.lproj/apd91D2EB26-8D14-42E5-837B-42567026BF05.html",
)
_STRONGSWAN_PROFILE: Final = server(
    "strongSwan, Apple IKEv2 Configuration Profile, Known Issues",
    "https://docs.strongswan.org/docs/6.0/interop/appleIkev2Profile.html",
)

WRONG_PASSWORD: Final = Diagnostic(
    "wrong-password",
    Severity.ERROR,
    "The password does not open the PKCS #12 file",
    why="The device opens the file with the password of the payload. If it is another one, the device answers "
    "“incorrect password” and does not install the profile.",
    mend="Correct the password, or export the file again with the password that you want.",
    sources=(schema(_PKCS12, "Password"), rfc(7292, "5.2")),
)
NO_KEY: Final = Diagnostic(
    "no-key",
    Severity.ERROR,
    "The PKCS #12 file holds no identity",
    why="An identity is a private key with its certificate, and there is not one of both in the file: the device finds "
    "nothing to sign in with.",
    mend="Export the certificate together with its private key.",
    sources=(_ONE_IDENTITY, schema(_PKCS12)),
)
SEVERAL_KEYS: Final = Diagnostic(
    "several-keys",
    Severity.ERROR,
    "The PKCS #12 file holds more than one private key",
    why="A device takes a file with exactly one identity.",
    mend="Export one identity for each payload.",
    sources=(_ONE_IDENTITY, schema(_PKCS12)),
)
SEVERAL_CERTIFICATES: Final = Diagnostic(
    "several-certificates",
    Severity.WARNING,
    "A certificate payload holds more than one certificate",
    why="Apple describes one certificate for each payload, and does not say what becomes of more.",
    mend="Add a payload for each certificate.",
    sources=(schema("com.apple.security.root", "PayloadContent"),),
    certainty=Certainty.INFERRED,
)
UNREADABLE_CONTENT: Final = Diagnostic(
    "unreadable-content",
    Severity.ERROR,
    "The file of a payload is damaged, or of another kind",
    why="What stands in the payload is no certificate, or no PKCS #12 file, so the device does not install the "
    "profile.",
    mend="Choose the file again, or export it again.",
    sources=(schema(_PKCS12, "PayloadContent"), schema("com.apple.security.root", "PayloadContent")),
)
CONTENT_UNCHECKED: Final = Diagnostic(
    "content-unchecked",
    Severity.WARNING,
    "The file of a payload cannot be checked here",
    why="Its key or its encryption is of a kind that the designer cannot open, so nothing else is known of it.",
    mend="Export it again with common settings, or try it on a device.",
    sources=(own("PKCS #12 files are opened that hold an RSA key, or one on P-256, P-384 or P-521"),),
)
MODERN_ENCRYPTION: Final = Diagnostic(
    "modern-encryption",
    Severity.ERROR,
    "Older devices do not open the PKCS #12 file",
    why="The file is encrypted with AES-256, or checked with SHA-256, as OpenSSL 3 does by itself. Devices before "
    "iOS 18 and macOS 15 answer “incorrect password”, whatever the password.",
    mend="Upload the file to the certificates library, which rewrites it, or export it with `openssl pkcs12 -legacy`.",
    sources=(
        report("trailofbits/algo", 14558),
        report("hwdsl2/setup-ipsec-vpn", 1626),
        report("7ritn/VaulTLS", 176),
        _STRONGSWAN_PROFILE,
    ),
    certainty=Certainty.OBSERVED,
    milder="It is a warning unless the profile is for a system that is known not to open it, and nothing where it is "
    "only for iOS 18, macOS 15 and newer.",
)
UNUSUAL_ENCRYPTION: Final = Diagnostic(
    "unusual-encryption",
    Severity.WARNING,
    "Devices are not known to open the PKCS #12 file",
    why="Nobody reports a device that opens a file like this: without a check of its password, with a key that is not "
    "encrypted, or with an algorithm other than the usual ones.",
    mend="Upload the file to the certificates library, which rewrites it, or export it with `openssl pkcs12 -legacy`.",
    sources=(rfc(7292), _STRONGSWAN_PROFILE),
    certainty=Certainty.INFERRED,
)
NO_CLIENT_PURPOSE: Final = Diagnostic(
    "no-client-purpose",
    Severity.ADVICE,
    "The certificate was not issued for clients",
    why="Its extended key usage has no clientAuth, and many servers refuse such a certificate of a client.",
    mend="Have a certificate issued with clientAuth.",
    sources=(rfc(5280, "4.2.1.12"), rfc(4945, "5.1.3.12")),
)
NO_AUTHORITY: Final = Diagnostic(
    "no-authority",
    Severity.WARNING,
    "A root is not the certificate of an authority",
    why="Devices trust what a root issued, and a certificate that is no authority's may not issue any.",
    mend="Choose the certificate of the authority, or another kind of payload.",
    sources=(rfc(5280, "4.2.1.9"), schema("com.apple.security.root", "PayloadContent")),
)
OTHER_ENCODING: Final = Diagnostic(
    "other-encoding",
    Severity.ADVICE,
    "A certificate is not written as the type of its payload promises",
    why="A payload of the type com.apple.security.pem holds PEM, and those of the other types hold DER, says Apple. "
    "Generators in wide use write PEM into payloads of the type com.apple.security.root all the same, so devices seem "
    "to read both forms, but nobody promises it.",
    mend="Choose the certificate again, or change the type of the payload.",
    sources=(schema("com.apple.security.pem"), schema("com.apple.security.pkcs1")),
    certainty=Certainty.INFERRED,
)


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
    """The file can be read, by the devices that the profile is for."""

    def judge(self, own: Credential, scope: Scope) -> Iterator[Finding]:
        for fault in own.faults:
            yield fault.diagnostic.at(self.path, fault.message)
        match own.encryption:
            case Encryption.MODERN:
                yield from self._modern(scope)
            case Encryption.UNUSUAL:
                yield UNUSUAL_ENCRYPTION.at(
                    self.path,
                    "The file is encrypted, or its password checked, in a way that devices are not known to read: they "
                    f"may answer “incorrect password”. {UNUSUAL_ENCRYPTION.mend}",
                )

    def _modern(self, scope: Scope) -> Iterator[Finding]:
        told, mend = "The file is encrypted with AES-256 and SHA-256", MODERN_ENCRYPTION.mend
        if older := MODERN_SINCE.gaps(scope.targets):
            yield MODERN_ENCRYPTION.at(
                self.path,
                f"{told}, which {wording.listed(older, 'and')} cannot read: the answer is “incorrect password”. {mend}",
            )
        elif unknown := [
            and_later(system, lowest)
            for system, lowest in scope.targets.items()
            if MODERN_SINCE.on(system) is None
        ]:
            yield MODERN_ENCRYPTION.at(
                self.path,
                f"{told}. Whether {wording.listed(unknown, 'and')} can read that is not known: the answer may be "
                f"“incorrect password”. {mend}",
                severity=Severity.WARNING,
            )
        elif not scope.targets:
            yield MODERN_ENCRYPTION.at(
                self.path,
                f"{told}, which devices before iOS 18 and macOS 15 cannot read: they answer “incorrect password”. "
                f"{mend}",
                severity=Severity.WARNING,
            )


@dataclass(frozen=True)
class PasswordOfFile(Rule):
    """A password that does not open the file has no blanks around it; one that does is right as it is."""

    path: str

    def check(self, scope: Scope) -> Iterator[Finding]:
        password = text_in(scope.values.get(self.path))
        if password and (scope.own is None or scope.own.certificate is None):
            yield from around_secret(self.path, password, self.path)


class ValidIdentity(CredentialRule):
    """An identity is valid now, above all one that something signs in with."""

    def judge(self, own: Credential, scope: Scope) -> Iterator[Finding]:
        if not own.certificate or not scope.evidence.at:
            return
        referred = scope.evidence.is_referred(own)
        yield from validity(
            own.certificate,
            scope.evidence.at,
            self.path,
            f"The certificate “{own.title}”",
            as_=Severity.ERROR if referred else Severity.WARNING,
            mend="Replace it." if referred else "Nothing in this profile uses it: replace it, or remove it.",
        )


class ValidCertificate(CredentialRule):
    """A certificate that the profile brings is valid now, above all one that something in it depends on."""

    def judge(self, own: Credential, scope: Scope) -> Iterator[Finding]:
        if not own.certificate or not scope.evidence.at:
            return
        weight = self._weight(own.certificate, scope.evidence)
        used = weight is not Severity.ADVICE
        yield from validity(
            own.certificate,
            scope.evidence.at,
            self.path,
            f"The certificate “{own.title}”",
            as_=weight,
            mend="Replace it."
            if used
            else "Nothing in this profile depends on it: replace it, or remove it.",
        )

    def _weight(self, facts: CertificateFacts, evidence: Evidence) -> Severity:
        """How much it matters that it is not valid."""
        if not facts.is_authority or _is_replaced(facts, evidence):
            return Severity.ADVICE
        if facts.common_name in evidence.named:
            # A server may send another certificate of an authority in between, but never one of a root.
            return Severity.ERROR if facts.self_signed else Severity.WARNING
        return Severity.WARNING if evidence.is_issuer(facts) else Severity.ADVICE


def _is_replaced(authority: CertificateFacts, evidence: Evidence) -> bool:
    """Does the profile bring another certificate of the same authority, which is valid?"""
    return any(
        other.subject == authority.subject
        and other.fingerprint != authority.fingerprint
        and evidence.at is not None
        and other.not_before <= evidence.at <= other.not_after
        for other in evidence.authorities
    )


class ClientPurpose(CredentialRule):
    """An identity should be good for a client."""

    def judge(self, own: Credential, scope: Scope) -> Iterator[Finding]:
        purposes = own.certificate.purposes if own.certificate else None
        if purposes is not None and not set(purposes) & set(CLIENT_PURPOSES):
            yield NO_CLIENT_PURPOSE.at(
                self.path,
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
            yield NO_AUTHORITY.at(
                self.path,
                f"“{own.title}” is not the certificate of an authority, so trusting it as a root helps with "
                "nothing that another certificate proves. Choose the authority's, or another type.",
            )
        armoured = isinstance(content, bytes) and content.lstrip().startswith(b"-----BEGIN")
        wanted_so = isinstance(key, Certificate) and key.armoured is not None and scope.holds(key.armoured)
        if own.certificate and armoured != wanted_so:
            found, wanted = ("PEM", "DER") if armoured else ("DER", "PEM")
            other = _as_der(content) if armoured else _as_pem(content)
            # Of several certificates, or of a file around one, nobody can say what was meant.
            is_it = other and _fingerprint(content if wanted_so else other) == own.certificate.fingerprint
            yield OTHER_ENCODING.at(
                self.path,
                f"The certificate is written as {found}, but Apple documents {wanted} for a payload of this type. "
                "Choose the certificate again, or change the type.",
                fix=fixes.put(self.path, content, other, f"Write it as {wanted}") if is_it else None,
            )


def _as_der(content: Any) -> bytes | None:
    return der_of(content) if isinstance(content, bytes) and content.count(PEM_BEGIN) == 1 else None


def _as_pem(content: Any) -> bytes | None:
    return ssl.DER_cert_to_PEM_cert(content).encode() if isinstance(content, bytes) else None


def _fingerprint(der: Any) -> str:
    return hashlib.sha256(der).digest().hex(":").upper()


def tunnel_rules(inside: str, *, always_on: bool = False) -> tuple[VpnCertificateRule, ...]:
    """What holds for the certificates of every IKEv2 tunnel, in the dictionary `inside`, and of those of Always On."""
    rules = (CertificateTypeFits, LocalIdentifierFits, IssuerKnown, *SERVER_RULES)
    return tuple(rule(inside) for rule in (*rules, *((AlwaysOnKey,) if always_on else ())))
