"""What the payloads of a profile bring with them: certificates that were looked into, keys that will be issued.

The catalogue opens no certificate: `profiles.services.certificate_evidence` does, and the rules read here what it
found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from profiles.catalogue.findings import Diagnostic
from profiles.certificate_facts import CertificateFacts, Encryption, KeyFacts


@dataclass(frozen=True)
class Source:
    """Where the values of a payload type say what it brings: each attribute is the path of a key.

    "pkcs12"       an identity in `content`, which `password` opens
    "certificate"  a certificate in `content`
    "request"      an identity that is issued on the device: `key_type`, `key_size`, `subject`, `alternative_names` (the
                   paths of the keys that hold names)
    """

    kind: Literal["pkcs12", "certificate", "request"]
    _: KW_ONLY
    content: str = ""
    password: str = ""
    key_type: str = ""
    key_size: str = ""
    subject: str = ""
    alternative_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What is wrong with a certificate or a PKCS #12 file itself, whatever device it is for."""

    diagnostic: Diagnostic
    message: str

    @property
    def code(self) -> str:
        """The code of its kind."""
        return self.diagnostic.code


@dataclass(frozen=True, kw_only=True)
class Credential:
    """What one payload brings.

    title        how a person calls it: the common name, else the name of the payload
    key          the kind of key, where that is known
    names        what the certificate says, or will say, that its holder is called
    certificate  None where there is none yet, or it cannot be read; `faults` then say why
    chain        further certificates in the same file
    encryption   how the file is encrypted, if it is one that is
    """

    title: str
    key: KeyFacts | None = None
    names: tuple[str, ...] = ()
    certificate: CertificateFacts | None = None
    chain: tuple[CertificateFacts, ...] = ()
    faults: tuple[Fault, ...] = ()
    encryption: Encryption | None = None


@dataclass(frozen=True, kw_only=True)
class Link:
    """One certificate on the way from a server's to a root; `in_profile` says that a payload brings it."""

    certificate: CertificateFacts
    in_profile: bool = False


@dataclass(frozen=True, kw_only=True)
class ServerCertificate:
    """A certificate that a server was said to have.

    chain        its issuers in order, as far as they were shown, or are in the profile
    in_profile   a payload brings the certificate itself
    strays       what was shown with it and has nothing to do with it
    """

    certificate: CertificateFacts
    chain: tuple[Link, ...] = ()
    in_profile: bool = False
    strays: tuple[CertificateFacts, ...] = ()

    @property
    def top(self) -> CertificateFacts:
        """The last certificate of the chain; the server's own where no issuer is known."""
        return self.chain[-1].certificate if self.chain else self.certificate

    @property
    def is_complete(self) -> bool:
        """Does the chain end in a root?"""
        return self.top.self_signed

    @property
    def is_anchored(self) -> bool:
        """Does the profile bring anything that proves the server's certificate?"""
        return self.in_profile or any(link.in_profile for link in self.chain)

    @property
    def issuers(self) -> tuple[str, ...]:
        """The common names of all that issued something in the chain, the lowest first."""
        links = [self.certificate, *(link.certificate for link in self.chain)]
        return tuple(dict.fromkeys(each.issuer_common_name for each in links if each.issuer_common_name))


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What each payload brings, by its PayloadUUID in upper case, and the time (aware) to judge by.

    written    what the PayloadUUID is, where another one is written in a file, which references then say; by that
    referred   PayloadUUIDs of what some key refers to
    named      common names of authorities that some key names
    """

    credentials: Mapping[str, Credential] = field(default_factory=lambda: MappingProxyType({}))
    written: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    referred: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    at: datetime | None = None
    server: ServerCertificate | None = None

    def of(self, uuid: object) -> Credential | None:
        """What the payload with that PayloadUUID brings."""
        if not isinstance(uuid, str):
            return None
        name = uuid.upper()
        return self.credentials.get(name) or self.credentials.get(self.written.get(name, ""))

    def is_referred(self, credential: Credential) -> bool:
        """Does some key refer to the payload that brings it?"""
        return any(self.credentials.get(uuid) is credential for uuid in self.referred)

    def is_issuer(self, authority: CertificateFacts) -> bool:
        """Did it issue something else in the profile?"""
        return any(
            each.issuer == authority.subject and each.fingerprint != authority.fingerprint
            for credential in self.credentials.values()
            for each in (credential.certificate, *credential.chain)
            if each is not None
        )

    @property
    def certificates(self) -> list[CertificateFacts]:
        """What the payloads bring, without what else their files hold."""
        found = (credential.certificate for credential in self.credentials.values())
        return [certificate for certificate in found if certificate]

    @property
    def authorities(self) -> list[CertificateFacts]:
        """The certificates of authorities in the profile."""
        return [certificate for certificate in self.certificates if certificate.is_authority]

    def proposals(self, source: str) -> list[str]:
        """What a key may be set to: names of "authorities" or of "identities", each once."""
        if source == "authorities":
            names = [certificate.common_name for certificate in self.authorities]
        else:
            names = [
                name for each in self.credentials.values() if not _is_authority(each) for name in each.names
            ]
        return [*dict.fromkeys(name for name in names if name)]


def _is_authority(credential: Credential) -> bool:
    return credential.certificate is not None and credential.certificate.is_authority


NO_EVIDENCE = Evidence()
