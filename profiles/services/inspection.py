"""What is in the certificates of a profile, for the rules that ask: the only place that opens them to judge.

Opening a PKCS #12 file takes thousands of hashes, and a form is judged after each pause in typing; what was found is
kept by a digest of file and password, never by the two themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from profiles.catalogue import distinguished_names
from profiles.catalogue.evidence import Credential, Evidence, ServerCertificate, Source
from profiles.facts import KeyFacts
from profiles.plist.document import Document, PayloadDocument, Problem
from profiles.plist.validate import validate


def check(document: Document, *, at: datetime | None = None) -> list[Problem]:
    """Every problem of `document`, those of its certificates too, as of `at` (aware), else now."""
    return validate(document, inspect(document, at=at))


def inspect(
    document: Document, *, at: datetime | None = None, server: ServerCertificate | None = None
) -> Evidence:
    """What each payload of `document` brings."""
    found = {part.uuid.upper(): _credential(part) for part in document.payloads if part.payload.source}
    return Evidence(
        credentials={uuid: credential for uuid, credential in found.items() if credential},
        at=at or datetime.now(UTC),
        server=server,
    )


def _credential(part: PayloadDocument) -> Credential | None:
    source, values = part.payload.source, part.payload.flat(part.values)
    if source and source.kind == "request":
        return _requested(part, source, values)
    return None


def _requested(part: PayloadDocument, source: Source, values: Mapping[str, Any]) -> Credential:
    """An identity that the device will be issued."""
    kind = values.get(source.key_type) or part.payload.by_path[source.key_type].default
    bits = values.get(source.key_size) or part.payload.by_path[source.key_size].default
    names = [values.get(path) for path in source.alternative_names]
    common = distinguished_names.attributes(values.get(source.subject), "CN")
    return Credential(
        title=common[0] if common else part.name,
        key=KeyFacts(kind="RSA" if kind == "RSA" else "EC", bits=bits)
        if isinstance(bits, int) and kind
        else None,
        names=tuple(name for name in [*names, *common] if isinstance(name, str) and name),
    )
