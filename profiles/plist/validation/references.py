"""Which payload of a profile refers to which other one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from profiles.catalogue.citations import report, rfc, schema
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import put
from profiles.catalogue.keys import Reference
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import Shape, nest
from profiles.plist.document import Document
from profiles.plist.templates.declaration import Declaration, Place

DANGLING_REFERENCE: Final = Diagnostic(
    "dangling-reference",
    Severity.ERROR,
    "A key names a payload that is not in the profile",
    why="A device finds an identity by the PayloadUUID of its payload. Where none has it, it refuses the profile, or "
    "has nothing to sign in with.",
    mend="Add the payload to the profile, or choose one that is there.",
    sources=(
        schema("com.apple.vpn.managed", "IKEv2.PayloadCertificateUUID"),
        report("trailofbits/algo", 168),
    ),
)
WRONG_REFERENCE: Final = Diagnostic(
    "wrong-reference",
    Severity.ERROR,
    "A key names a payload of another kind",
    why="The key needs an identity, which is a certificate with its private key, and the payload that it names has "
    "none.",
    mend="Choose a payload that brings an identity: PKCS #12, SCEP or ACME.",
    sources=(schema("com.apple.vpn.managed", "IKEv2.PayloadCertificateUUID"),),
)
REFERENCE_LETTERS: Final = Diagnostic(
    "reference-letters",
    Severity.ADVICE,
    "A key names a payload in other letters than its PayloadUUID",
    why="Small and capital letters stand for the same UUID, but Apple says that any text may be a PayloadUUID, and "
    "nobody says whether devices compare them letter by letter. One that does finds no identity.",
    mend="Write the PayloadUUID in the same letters at both places. The fix does so where the key is.",
    sources=(schema("CommonPayloadKeys", "PayloadUUID"), rfc(9562, "4")),
    certainty=Certainty.INFERRED,
)


def references(
    scope: Scope, prefix: str = "", *, looked_at: bool = False
) -> Iterator[tuple[str, Reference, str]]:
    """Path, key and value of each reference that is set, those inside lists too; or of those that are `looked_at`."""
    for key in scope.given_keys:
        value = scope.given[key.path]
        if isinstance(key, Reference) and isinstance(value, str) and (not looked_at or scope.revealed(key)):
            yield f"{prefix}{key.path}", key, value
    for _, inner, place in scope.items(prefix):
        yield from references(inner, place, looked_at=looked_at)


def judged(key: Reference, value: str, path: str, document: Document) -> Iterator[Finding]:
    """Is there a payload that a reference names, and is it of the kind that the key needs?"""
    found = [part for part in document.payloads if part.known_as.upper() == value.upper()]
    if not found:
        message = (
            f"No payload of this profile has the UUID that {key.name} names, so the device finds no {key.to}."
        )
        yield DANGLING_REFERENCE.at(path, f"{message} Add the {key.to} to the profile, or choose another.")
        return
    named = next((part for part in found if part.known_as == value), found[0])
    if named.payload.provides != key.to:
        yield WRONG_REFERENCE.at(
            path, f"{key.name} names {named.name}, which is no {key.to}. Choose another."
        )
    elif named.known_as != value:
        yield REFERENCE_LETTERS.at(
            path,
            f"{key.name} names {named.name} by its PayloadUUID in other letters, and whether devices find it so is not "
            "known. Write it in the same letters.",
            fix=put(path, value, named.known_as, "Write it in the same letters"),
        )


def pointed(shape: Shape, values: Mapping[str, Any], moved: Mapping[str, str]) -> dict[str, Any]:
    """A copy of nested values whose references say something else: `moved` is from old, in upper case, to new."""
    flat = shape.flat(values)
    for key in shape.keys:
        value = flat.get(key.path)
        if isinstance(key, Reference) and isinstance(value, str):
            flat[key.path] = moved.get(value.upper(), value)
        elif isinstance(value, list) and key.shapes:
            flat[key.path] = [
                pointed(key.shapes[0], item, moved) if isinstance(item, dict) else item for item in value
            ]
    return nest(flat)


def referrers(document: Document, uuid: str) -> list[tuple[str, str]]:
    """Name of the payload and label of the key of everything that refers to a PayloadUUID."""
    return [
        (name, key.label)
        for name, payload, values in document.parts()
        for _, key, value in references(payload.scope(values, {}))
        if value.upper() == uuid.upper()
    ]


def follow(value: Any, moved: Mapping[str, str]) -> Any:
    """A copy of `value` in which each text that is an old UUID, as references are, has become the new one.

    `moved` is from old, in upper case, to new.
    """
    match value:
        case str():
            return moved.get(value.upper(), value)
        case dict():
            return {name: follow(item, moved) for name, item in value.items()}
        case list():
            return [follow(item, moved) for item in value]
    return value


def moved_to(document: Document, moved: Mapping[str, str]) -> Document:
    """A copy with other UUIDs, which references and the places of its declaration follow.

    `moved` is from each old UUID, in upper case, to the new one.
    """
    return replace(
        document,
        uuid=moved[document.uuid.upper()],
        envelope=follow(dict(document.envelope), moved),
        payloads=tuple(
            replace(
                part,
                uuid=moved[part.uuid.upper()],
                values=follow(dict(part.values), moved),
                unknown=follow(dict(part.unknown), moved),
                kept=part.kept and part.kept.moved(),
            )
            for part in document.payloads
        ),
        declaration=document.declaration and _declared_in(document.declaration, moved),
        kept=document.kept and document.kept.moved(),
    )


def _declared_in(declaration: Declaration, moved: Mapping[str, str]) -> Declaration:
    def there(places: frozenset[Place]) -> frozenset[Place]:
        return frozenset(Place(moved.get(place.part.upper(), place.part), place.path) for place in places)

    return replace(declaration, locked=there(declaration.locked), asked=there(declaration.asked))
