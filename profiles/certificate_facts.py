"""What is known of a certificate: the words in which `profiles.signing` tells and the catalogue's rules ask.

Neither of the two knows the other, so what passes between them stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

SOON: Final = timedelta(days=30)
"""How long before its end a certificate is told to end soon."""

LEAST_RSA_BITS: Final = 2048
"""The smallest RSA key that devices accept."""


class Encryption(StrEnum):
    """How a PKCS #12 file is encrypted.

    CLASSIC   with 3DES or RC2, and a check of SHA-1: as devices of any age read it
    MODERN    with AES-256 and SHA-256 in some place, as OpenSSL 3 does by itself: as new devices alone read it
    UNUSUAL   in any other way, or not where devices expect it
    """

    CLASSIC = "classic"
    MODERN = "modern"
    UNUSUAL = "unusual"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFacts:
    """A public key: `kind` is "RSA", "RSA-PSS", "EC", "Ed25519" …; `bits` its size, which names a NIST curve."""

    kind: str
    bits: int

    def __str__(self) -> str:
        if self.kind == "EC":
            return f"P-{self.bits}"
        return f"{self.kind} {self.bits}" if self.bits else self.kind


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateFacts:
    """One certificate.

    subject, issuer            RFC 4514, for a person; the common names are empty where there is none
    dns_names … user_names     subject alternative names; `user_names` are Microsoft's user principal names
    purposes                   extended key usage: "clientAuth", "serverAuth", "ipsecIKE", "any", else the
                               dotted OID; None where the certificate has no such extension
    not_before, not_after      aware, UTC
    fingerprint                SHA-256 as "AB:CD:…"
    is_authority               may it issue others?          self_signed   signed with its own key
    signature_hash             "sha256" …; empty where the algorithm has none of its own
    """

    subject: str
    common_name: str
    issuer: str
    issuer_common_name: str
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    email_addresses: tuple[str, ...] = ()
    user_names: tuple[str, ...] = ()
    uris: tuple[str, ...] = ()
    key: KeyFacts
    purposes: tuple[str, ...] | None = None
    not_before: datetime
    not_after: datetime
    serial_number: str = ""
    fingerprint: str
    is_authority: bool = False
    self_signed: bool = False
    signature_hash: str = ""

    @property
    def alternative_names(self) -> tuple[str, ...]:
        """All subject alternative names that a peer can call itself by."""
        return (*self.dns_names, *self.ip_addresses, *self.email_addresses, *self.user_names, *self.uris)
