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
from profiles.catalogue.evidence import Credential, Evidence, Fault, Link, ServerCertificate, Source
from profiles.catalogue.findings import Diagnostic
from profiles.catalogue.keys import Reference, Text
from profiles.catalogue.rules.certificates import (
    CONTENT_UNCHECKED,
    NO_KEY,
    SEVERAL_CERTIFICATES,
    SEVERAL_KEYS,
    UNREADABLE_CONTENT,
    WRONG_PASSWORD,
)
from profiles.catalogue.scope import Scope
from profiles.certificate_facts import CertificateFacts, KeyFacts
from profiles.exceptions import (
    ChainError,
    IdentityError,
    MissingPartError,
    PasswordError,
    SeveralKeysError,
    UnsupportedKeyError,
)
from profiles.plist.document import Document, PayloadDocument, Problem
from profiles.plist.templates.variables import lone
from profiles.plist.validation.validate import validate
from profiles.signing import pem, pkcs12
from profiles.signing.certificates import facts, require_legible
from profiles.signing.chain import MOST_CERTIFICATES, likely_issuers, lowest, order

KEPT: Final = 512
"""Files whose findings are kept at a time."""

FAULTS: Final[Mapping[type[IdentityError], Diagnostic]] = {
    PasswordError: WRONG_PASSWORD,
    MissingPartError: NO_KEY,
    SeveralKeysError: SEVERAL_KEYS,
    UnsupportedKeyError: CONTENT_UNCHECKED,
}
"""What can be wrong with a file; anything else makes it unreadable."""

_KEY: Final = secrets.token_bytes(32)
_found: OrderedDict[bytes, Credential] = OrderedDict()


def check(document: Document, *, at: datetime | None = None) -> list[Problem]:
    """Every problem of `document`, those of its certificates too, as of `at` (aware), else now."""
    return validate(document, inspect(document, at=at))


def inspect(
    document: Document, *, at: datetime | None = None, server: ServerCertificate | None = None
) -> Evidence:
    """What each payload of `document` brings, and which of that something refers to."""
    found = {part.uuid.upper(): _credential(part) for part in document.payloads if part.payload.source}
    written = {part.known_as.upper(): part.uuid.upper() for part in document.payloads}
    referred, named = _mentioned(document)
    return Evidence(
        credentials={uuid: credential for uuid, credential in found.items() if credential},
        written=written,
        referred=frozenset(written.get(name, name) for name in referred),
        named=frozenset(named),
        at=at or datetime.now(UTC),
        server=server,
    )


def _mentioned(document: Document) -> tuple[set[str], set[str]]:
    """The PayloadUUIDs, in upper case, that keys refer to, and the authorities that they name."""
    referred: set[str] = set()
    named: set[str] = set()
    for _, payload, values in document.parts():
        for key, value in _texts(payload.scope(payload.understood(values), document.targets)):
            if isinstance(key, Reference):
                referred.add(value.upper())
            elif key.proposed_from == "authorities":
                named.add(value)
    return referred, named


def _texts(scope: Scope) -> Iterator[tuple[Text, str]]:
    """The keys that the device looks at and that are set to a text, those inside lists too."""
    for key in scope.keys:
        value = scope.values.get(key.path)
        if isinstance(key, Text) and isinstance(value, str) and value and scope.revealed(key):
            yield key, value
    for _, inner, _ in scope.items():
        yield from _texts(inner)


def server_certificate(data: bytes, document: Document) -> ServerCertificate:
    """The certificate of a server, in PEM, DER or PKCS #7, with the chain that is shown with it or in the profile.

    Raises an IdentityError.
    """
    shown = list(dict.fromkeys(_legible(data)))
    if len(shown) > MOST_CERTIFICATES:
        raise ChainError(
            f"There are {len(shown)} certificates, more than the {MOST_CERTIFICATES} that are looked at: paste the "
            "server's and its chain."
        )
    leaf = lowest(shown)
    own = list(_certificates(document))
    chain, left = order(leaf, likely_issuers(dict.fromkeys([*own, *shown])), preferred=own, beyond=True)
    return ServerCertificate(
        certificate=facts(leaf),
        chain=tuple(Link(certificate=facts(each), in_profile=each in own) for each in chain),
        in_profile=leaf in own,
        strays=tuple(facts(each) for each in shown if each in left and each not in own),
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
        return _kept(source, lambda: _from_certificate(content), content, None)
    password = values.get(source.password)
    # A variable is no password yet: as where the device asks, only what is not encrypted is looked at.
    known = password if isinstance(password, str) and password and not lone(password) else None
    return _kept(source, lambda: _from_pkcs12(content, known), content, known)


def _kept(source: Source, look: Callable[[], Credential], content: bytes, password: str | None) -> Credential:
    """What was found before in this very file, taken for the same kind of file, or what `look` finds now."""
    # The length tells where the file ends and the password begins.
    begin = f"{source.kind} {len(content)} {password is not None} ".encode()
    digest = hashlib.blake2b(begin, key=_KEY, digest_size=32)
    digest.update(content)
    digest.update((password or "").encode("utf-8", "surrogatepass"))
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
        SEVERAL_CERTIFICATES,
        f"The payload holds {number} certificates, of which the device may take one or none. Add a payload for each.",
    )


def _from_pkcs12(content: bytes, password: str | None) -> Credential:
    try:
        inspected = pkcs12.inspect(content, password)
    except IdentityError as error:
        return Credential(title="", faults=(_fault(error),))
    chain = tuple(facts(certificate) for certificate in inspected.chain)
    if inspected.certificate is None:
        return Credential(title="", chain=chain, encryption=inspected.encryption)
    found = facts(inspected.certificate)
    return Credential(
        title=found.common_name or found.subject,
        key=found.key,
        names=_names(found),
        certificate=found,
        chain=chain,
        encryption=inspected.encryption,
    )


def _names(found: CertificateFacts) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (*found.alternative_names, found.common_name) if name))


def _fault(error: IdentityError) -> Fault:
    return Fault(FAULTS.get(type(error), UNREADABLE_CONTENT), str(error))


def _requested(part: PayloadDocument, source: Source, values: Mapping[str, Any]) -> Credential:
    """An identity that the device will be issued."""
    kind, bits = (_effective(part, values, path) for path in (source.key_type, source.key_size))
    # Each is a text, or a list of several.
    given = [values.get(path) for path in source.alternative_names]
    names = [name for each in given for name in (each if isinstance(each, list) else [each])]
    common = distinguished_names.attributes(values.get(source.subject), "CN")
    declared = part.payload.shape.by_path.get(source.key_type)
    # Of a kind that the payload cannot ask for nobody knows what key comes out.
    known = declared is not None and any(option.value == kind for option in declared.options)
    key = (
        KeyFacts(kind="RSA" if kind == "RSA" else "EC", bits=bits)
        if known and isinstance(bits, int)
        else None
    )
    return Credential(
        title=common[0] if common else part.name,
        key=key,
        names=tuple(name for name in [*names, *common] if isinstance(name, str) and name),
    )


def _effective(part: PayloadDocument, values: Mapping[str, Any], path: str) -> Any:
    return values.get(path) or part.payload.by_path[path].default
