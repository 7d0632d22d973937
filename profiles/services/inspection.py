"""What is in the certificates of a profile, for the rules that ask: the only place that opens them to judge.

Opening a PKCS #12 file takes thousands of hashes, and a form is judged after each pause in typing: what was found is
kept in the process, by a keyed digest of file and password and never by the two themselves.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509

from profiles.catalogue import distinguished_names
from profiles.catalogue.evidence import Credential, Evidence, Fault, ServerCertificate, Source
from profiles.catalogue.findings import Severity
from profiles.exceptions import (
    IdentityError,
    MissingPartError,
    PasswordError,
    SeveralKeysError,
)
from profiles.facts import CertificateFacts, KeyFacts
from profiles.plist.document import Document, PayloadDocument, Problem
from profiles.plist.validate import validate
from profiles.plist.variables import lone
from profiles.signing import pem, pkcs12
from profiles.signing.certificates import facts, issued, require_legible

KEPT: Final = 512
"""Files whose findings are kept at a time."""

FAULTS: Final[Mapping[type[IdentityError], str]] = {
    PasswordError: "wrong-password",
    MissingPartError: "no-key",
    SeveralKeysError: "several-keys",
}
"""Codes of what can be wrong with a file; anything else is "unreadable"."""

MODERN: Final = Fault(
    Severity.ERROR,
    "modern-encryption",
    "The file is written in a way that iOS and older Macs do not open, as OpenSSL 3 does by itself: they "
    "answer “incorrect password”. Upload it to the certificates library, which rewrites it, or export it with "
    "`openssl pkcs12 -legacy`.",
)
_KEY: Final = secrets.token_bytes(32)
_found: OrderedDict[bytes, Credential] = OrderedDict()


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


def server_certificate(data: bytes, document: Document) -> ServerCertificate:
    """The first certificate in PEM, DER or PKCS #7, as that of a server; raises an IdentityError."""
    leaf = _legible(data)[0]
    issuers = (authority for authority in _certificates(document) if issued(authority, leaf))
    issuer = next((facts(authority) for authority in issuers), None)
    return ServerCertificate(
        certificate=facts(leaf), issued_by=(issuer.common_name or issuer.subject) if issuer else ""
    )


def _certificates(document: Document) -> Iterator[x509.Certificate]:
    """Those in the certificate payloads that can be read."""
    for part in document.payloads:
        source = part.payload.source
        content = part.payload.flat(part.values).get(source.content) if source else None
        if source and source.kind == "certificate" and isinstance(content, bytes):
            try:
                yield from _legible(content)
            except IdentityError:
                continue  # what is wrong with it is told beside the payload


def _legible(content: bytes) -> list[x509.Certificate]:
    """The certificates in a file, each of which can be looked into; raises an IdentityError."""
    found = pem.read_certificates(content)
    require_legible(found)
    return found


def _credential(part: PayloadDocument) -> Credential | None:
    source, values = part.payload.source, part.payload.flat(part.values)
    if source is None:
        return None
    if source.kind == "request":
        return _requested(part, source, values)
    content = values.get(source.content)
    if not isinstance(content, bytes) or not content:
        return None
    if source.kind == "certificate":
        return _kept(lambda: _from_certificate(content), content, None)
    password = values.get(source.password)
    # A variable is no password yet: as where the device asks, only what is not encrypted is looked at.
    known = password if isinstance(password, str) and password and not lone(password) else None
    return _kept(lambda: _from_pkcs12(content, known), content, known)


def _kept(look: Callable[[], Credential], content: bytes, password: str | None) -> Credential:
    """What was found in this very file before, or what `look` finds now."""
    digest = hashlib.blake2b(content, key=_KEY, digest_size=32)
    digest.update(b"" if password is None else b"\0" + password.encode("utf-8", "replace"))
    name = digest.digest()
    found = _found.get(name) or look()
    _found[name] = found
    _found.move_to_end(name)
    while len(_found) > KEPT:
        _found.popitem(last=False)
    return found


def _from_certificate(content: bytes) -> Credential:
    try:
        first, *others = _legible(content)
    except IdentityError as error:
        return Credential(title="", faults=(_fault(error),))
    found = facts(first)
    faults = () if not others else (_several(len(others) + 1),)
    return Credential(
        title=found.common_name or found.subject, key=found.key, certificate=found, faults=faults
    )


def _several(number: int) -> Fault:
    return Fault(
        Severity.ERROR,
        "several-certificates",
        f"The payload holds {number} certificates, of which the device takes one or none. Add a payload for each.",
    )


def _from_pkcs12(content: bytes, password: str | None) -> Credential:
    try:
        inspected = pkcs12.inspect(content, password)
    except IdentityError as error:
        return Credential(title="", faults=(_fault(error),))
    faults = () if inspected.readable else (MODERN,)
    chain = tuple(facts(certificate) for certificate in inspected.chain)
    if inspected.certificate is None:
        return Credential(title="", chain=chain, faults=faults)
    found = facts(inspected.certificate)
    return Credential(
        title=found.common_name or found.subject,
        key=found.key,
        names=_names(found),
        certificate=found,
        chain=chain,
        faults=faults,
    )


def _names(found: CertificateFacts) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (*found.alternative_names, found.common_name) if name))


def _fault(error: IdentityError) -> Fault:
    return Fault(Severity.ERROR, FAULTS.get(type(error), "unreadable-content"), str(error))


def _requested(part: PayloadDocument, source: Source, values: Mapping[str, Any]) -> Credential:
    """An identity that the device will be issued."""
    kind, bits = (_effective(part, values, path) for path in (source.key_type, source.key_size))
    names = [values.get(path) for path in source.alternative_names]
    common = distinguished_names.attributes(values.get(source.subject), "CN")
    key = (
        KeyFacts(kind="RSA" if kind == "RSA" else "EC", bits=bits) if kind and isinstance(bits, int) else None
    )
    return Credential(
        title=common[0] if common else part.name,
        key=key,
        names=tuple(name for name in [*names, *common] if isinstance(name, str) and name),
    )


def _effective(part: PayloadDocument, values: Mapping[str, Any], path: str) -> Any:
    return values.get(path) or part.payload.by_path[path].default
