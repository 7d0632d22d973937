"""What the rules about the certificates of a tunnel have in common: its identity, and the kinds of keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from profiles.catalogue.evidence import Credential
from profiles.catalogue.rules.ikev2 import Ikev2Rule
from profiles.catalogue.scope import Scope
from profiles.certificate_facts import KeyFacts

CERTIFICATE_TYPES: Final = {
    "RSA": ("RSA", None),
    "RSA-PSS": ("RSA", None),
    "ECDSA256": ("EC", 256),
    "ECDSA384": ("EC", 384),
    "ECDSA521": ("EC", 521),
}
"""Apple's names of certificate types: kind of key, and its size where it is fixed."""


@dataclass(frozen=True)
class VpnCertificateRule(Ikev2Rule):
    """A rule over the certificates of a tunnel."""

    def identity(self, scope: Scope) -> Credential | None:
        """The identity that the device signs in with, where it does so by certificate."""
        key = scope.by_path[self.at("PayloadCertificateUUID")]
        return scope.evidence.of(scope.values.get(key.path)) if scope.revealed(key) else None

    def by_certificate(self, scope: Scope) -> bool:
        """Does the machine itself sign in with a certificate?"""
        return bool(scope.effective(self.at("AuthenticationMethod")) == "Certificate")

    def by_eap(self, scope: Scope) -> bool:
        """Does the user sign in with EAP, which goes before the certificate of the machine?"""
        return bool(scope.effective(self.at("ExtendedAuthEnabled")) == 1)

    def goes_by_type(self, scope: Scope) -> bool:
        """Does the device look at CertificateType at all?"""
        return scope.revealed(scope.by_path[self.at("CertificateType")])

    def certificate_type(self, scope: Scope) -> str:
        """The type of certificate that the device goes by; empty where there is no such type."""
        said = scope.effective(self.at("CertificateType"))
        return said if isinstance(said, str) and said in CERTIFICATE_TYPES else ""


def fits(certificate_type: str, key: KeyFacts) -> bool:
    """Does a key of this kind sign as a certificate type says?"""
    kind, bits = CERTIFICATE_TYPES[certificate_type]
    if key.kind == "RSA-PSS":
        return certificate_type == "RSA-PSS"
    return key.kind == kind and bits in (None, key.bits)


def type_for(key: KeyFacts) -> str:
    """The first certificate type that fits a key; empty where none does."""
    return next((name for name in CERTIFICATE_TYPES if fits(name, key)), "")


def quoted(names: Iterable[str]) -> str:
    """Names as they stand in a sentence, each once: “a”, “b”."""
    found = [f"“{name}”" for name in dict.fromkeys(names) if name]
    return ", ".join(found) if found else "no name at all"
