"""What the payloads of a profile bring with them: certificates that were looked into, keys that will be issued.

The catalogue opens no certificate: `profiles.services.inspection` does, and the rules read here what it found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from profiles.catalogue.findings import Severity
from profiles.facts import CertificateFacts, KeyFacts


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
    """What is wrong with a certificate or a PKCS #12 file itself."""

    severity: Severity
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Credential:
    """What one payload brings.

    title        how a person calls it: the common name, else the name of the payload
    key          the kind of key, where that is known
    names        what the certificate says, or will say, that its holder is called
    certificate  None where there is none yet, or it cannot be read; `faults` then say why
    chain        further certificates in the same file
    """

    title: str
    key: KeyFacts | None = None
    names: tuple[str, ...] = ()
    certificate: CertificateFacts | None = None
    chain: tuple[CertificateFacts, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ServerCertificate:
    """A certificate that a server was said to have.

    `issued_by` is the title of the authority in the profile that issued it, if there is one.
    """

    certificate: CertificateFacts
    issued_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What each payload brings, by its PayloadUUID in upper case, and the time (aware) to judge by."""

    credentials: Mapping[str, Credential] = field(default_factory=lambda: MappingProxyType({}))
    at: datetime | None = None
    server: ServerCertificate | None = None

    def of(self, uuid: object) -> Credential | None:
        """What the payload with that PayloadUUID brings."""
        return self.credentials.get(uuid.upper()) if isinstance(uuid, str) else None

    @property
    def authorities(self) -> list[CertificateFacts]:
        """The certificates of authorities in the profile."""
        found = (credential.certificate for credential in self.credentials.values())
        return [certificate for certificate in found if certificate and certificate.is_authority]

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
