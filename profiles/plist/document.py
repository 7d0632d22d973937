"""The one form of a profile in memory, to which every door leads."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.findings import Finding, Severity
from profiles.catalogue.fixes import Fix
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.catalogue.values import text_in
from profiles.catalogue.versions import Targets
from profiles.plist.imported.source_form import IDENTIFIER, TYPE, UUID, VERSION, Kept
from profiles.plist.templates.declaration import ENVELOPE_PART, Declaration, Origin

ENVELOPE_NAME: Final = ENVELOPE_PART
"""What the envelope is called where payloads are named: `error profile/PayloadIdentifier: …`."""

_NAMESPACE: Final = uuid.UUID("6f1a3a8e-2a44-5b1e-9a55-6d6b0f7a9c11")
"""The namespace of all UUIDs that are derived rather than drawn, so that they are the same in each build."""


_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def derived_uuid(*names: str) -> str:
    """The upper-case UUIDv5 of `names`: the same names always give the same UUID."""
    name = "\x1f".join(names).encode("utf-8", "replace").decode()
    return str(uuid.uuid5(_NAMESPACE, name)).upper()


def is_uuid(value: object) -> bool:
    """Is this a UUID, in either case?"""
    return isinstance(value, str) and bool(_UUID.fullmatch(value))


def random_uuid() -> str:
    """A new upper-case UUID."""
    return str(uuid.uuid4()).upper()


@dataclass(frozen=True, kw_only=True)
class PayloadDocument:
    """One payload of a profile.

    slug       its type in the catalogue          name     how the admin calls it, unique in the profile
    uuid       its PayloadUUID, stable            values   its own keys, nested as in the property list
    unknown    keys that the catalogue does not know, kept from an imported file as they were
    kept       how it was written otherwise, if it comes from a file; None where it is written as all are
    """

    slug: str
    name: str
    uuid: str
    values: Mapping[str, Any] = field(repr=False)
    unknown: Mapping[str, Any] = field(default_factory=dict, repr=False)
    kept: Kept | None = None

    @property
    def known_as(self) -> str:
        """What references to it say: the PayloadUUID that is written."""
        written = self.kept.values.get(UUID) if self.kept else None
        return written if isinstance(written, str) and written else self.uuid

    def identifier_in(self, profile_identifier: str) -> str:
        """The PayloadIdentifier that the build gives it."""
        return f"{profile_identifier}.{self.slug}.{self.uuid}"

    def generated(self, profile_identifier: str) -> dict[str, Any]:
        """What the build writes into it by itself."""
        return {
            **self.payload.discriminator,
            TYPE: self.payload.type_of(self.values),
            VERSION: 1,
            UUID: self.uuid,
            IDENTIFIER: self.identifier_in(profile_identifier),
        }

    def as_intended(self) -> PayloadDocument:
        """The payload as what it was meant to be, where its type seems unknown and is not; else itself."""
        values = {**self.values, **self.unknown}
        meant = registry.intended(values) if self.slug == OTHER else self.payload
        if meant.slug == self.slug:
            return self
        known, unknown = meant.split(registry.rightly_typed(values), leaving=(VERSION, UUID, IDENTIFIER))
        return replace(self, slug=meant.slug, values=known, unknown=unknown)

    @property
    def payload(self) -> Payload:
        """Its declaration; raises CatalogueError when the catalogue has none."""
        return registry.payload(self.slug)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A profile: its PayloadUUID, envelope values, targets, and payloads in order.

    declaration    what makes it a template; None where it is none
    origin         the template that it was made from; None where it stands by itself
    kept           how the envelope was written otherwise, as in a payload
    """

    uuid: str
    envelope: Mapping[str, Any] = field(repr=False)
    targets: Targets
    payloads: tuple[PayloadDocument, ...]
    declaration: Declaration | None = None
    origin: Origin | None = None
    kept: Kept | None = None

    @property
    def identifier(self) -> str:
        """Its PayloadIdentifier; empty when none is set."""
        return text_in(self.envelope.get("PayloadIdentifier"))

    @property
    def title(self) -> str:
        """Its PayloadDisplayName; empty when none is set."""
        return text_in(self.envelope.get("PayloadDisplayName"))

    def parts(self) -> Iterator[tuple[str, Payload, Mapping[str, Any]]]:
        """Name, declaration and values of the envelope, then of each payload."""
        yield ENVELOPE_NAME, ENVELOPE, self.envelope
        for payload in self.payloads:
            yield payload.name, payload.payload, payload.values

    @property
    def is_imported(self) -> bool:
        """Does any part come from a file that is written otherwise than the designer would?"""
        return any(kept is not None for kept in self.kept_parts())

    def kept_parts(self) -> Iterator[Kept | None]:
        """How the envelope, then each payload, was written otherwise."""
        yield self.kept
        for payload in self.payloads:
            yield payload.kept

    def places(self) -> Mapping[str, tuple[str, Payload, Mapping[str, Any]]]:
        """The same by what a Place calls the part: ENVELOPE_NAME, or its PayloadUUID in upper case."""
        names = [ENVELOPE_NAME, *(part.uuid.upper() for part in self.payloads)]
        return dict(zip(names, self.parts(), strict=True))

    def with_values(self, values: Mapping[str, Mapping[str, Any]]) -> Document:
        """A copy with the values of the named parts replaced; names as in `parts`."""
        payloads = tuple(replace(p, values=values.get(p.name, p.values)) for p in self.payloads)
        return replace(self, envelope=values.get(ENVELOPE_NAME, self.envelope), payloads=payloads)


@dataclass(frozen=True)
class Problem:
    """A finding and the part of the document that it is about."""

    payload: str
    finding: Finding

    @property
    def severity(self) -> Severity:
        return self.finding.severity

    @property
    def path(self) -> str:
        return self.finding.path

    @property
    def code(self) -> str:
        return self.finding.code

    @property
    def message(self) -> str:
        return self.finding.message

    @property
    def buildable(self) -> bool:
        return self.finding.buildable

    @property
    def fix(self) -> Fix | None:
        return self.finding.fix

    def to_json(self) -> dict[str, str]:
        """`{"severity", "payload", "path", "code", "message"}`."""
        return {
            "severity": self.severity.value,
            "payload": self.payload,
            "path": self.path,
            "code": self.code,
            "message": self.message,
        }

    def __str__(self) -> str:
        return f"{self.severity} {self.payload}/{self.path}: {self.message} [{self.code}]"
