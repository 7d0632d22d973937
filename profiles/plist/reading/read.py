"""A property list as a document, with nothing lost: the inverse of `build`, for files from anywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.exceptions import UnreadableProfileError
from profiles.plist.build import written
from profiles.plist.diff.change import are_same
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument, derived_uuid, is_uuid
from profiles.plist.imported.source_form import CONTENT, IDENTIFIER, TYPE, UUID, VERSION, Kept
from profiles.plist.reading.budget import MAX_PAYLOADS
from profiles.plist.validation.validate import is_writable

MAX_NAME: Final = 60
"""Characters of a payload's type that become its name."""

_OWN: Final = (VERSION, UUID, IDENTIFIER)


def read(tree: Any) -> Document:
    """The document in a property list as `load` gives it; raises UnreadableProfileError where it is no profile.

    `build(read(tree))` gives the same property list again, type by type, whatever is in it. A payload of which all is
    as the designer would write it has no `kept`.
    """
    profile = _profile(tree)
    content = profile.get(CONTENT)
    payloads = content if isinstance(content, list) else []
    if len(payloads) > MAX_PAYLOADS:
        raise UnreadableProfileError(
            f"The profile has {len(payloads):,} payloads, but at most {MAX_PAYLOADS} can be read. Split it."
        )
    for index, payload in enumerate(payloads):
        if not isinstance(payload, dict):
            raise UnreadableProfileError(
                f"PayloadContent[{index}] is no payload: it holds something else than keys with values. Remove it "
                "from the file."
            )
    uuid = _uuid(profile, set(), "")
    values = _without(profile, (TYPE, VERSION, UUID, CONTENT))
    bare = Document(uuid=uuid, envelope=values, targets={}, payloads=())
    return Document(
        uuid=uuid,
        envelope=values,
        targets={},
        payloads=tuple(_payloads(payloads, bare)),
        kept=_kept_envelope(profile, bare),
    )


def _profile(tree: Any) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise UnreadableProfileError(
            "The file is a property list, but no profile: it holds no keys at its top. Choose another file."
        )
    if CONTENT not in tree and tree.get(TYPE) != ENVELOPE.payload_type:
        kind = tree.get(TYPE)
        raise UnreadableProfileError(
            f"The file holds a single payload ({kind[:60]}) and no profile around it. Export the whole profile."
            if isinstance(kind, str) and kind.isprintable()
            else "The file is a property list, but no configuration profile: it has no PayloadContent. Choose another."
        )
    return tree


def _payloads(given: list[dict[str, Any]], bare: Document) -> Iterator[PayloadDocument]:
    names: set[str] = {ENVELOPE_NAME}
    uuids = {bare.uuid.upper()}
    given_uuids = {str(values.get(UUID)).upper() for values in given}
    for index, values in enumerate(given):
        part = read_payload(
            values,
            name=_name(values, names),
            uuid=_uuid(values, uuids, f"{bare.uuid} {index}", given_uuids),
            profile_identifier=bare.identifier,
        )
        names.add(part.name)
        uuids.add(part.uuid.upper())
        yield part


def read_payload(
    values: Mapping[str, Any], *, name: str, uuid: str, profile_identifier: str
) -> PayloadDocument:
    """One payload as it stands in a file; `uuid` is what it goes by here, where it has none of its own."""
    payload = registry.recognise(values)
    known, unknown = payload.split(values, leaving=_OWN)
    part = PayloadDocument(slug=payload.slug, name=name, uuid=uuid, values=known, unknown=unknown)
    kept = _kept(payload, values, part, profile_identifier)
    return PayloadDocument(
        slug=part.slug, name=name, uuid=uuid, values=part.values, unknown=part.unknown, kept=kept
    )


def _kept(
    payload: Payload, values: Mapping[str, Any], part: PayloadDocument, profile_identifier: str
) -> Kept | None:
    """How a payload was written otherwise; None where the build would write it just so."""
    order = tuple(values) if payload.slug == OTHER else ()
    kept = _differing(values, part.generated(profile_identifier), order)
    native = kept is None and not order and _is_native(payload, part.values)
    return None if native else kept or Kept(order=order)


def _kept_envelope(profile: Mapping[str, Any], bare: Document) -> Kept | None:
    own = {TYPE: ENVELOPE.payload_type, VERSION: 1, UUID: bare.uuid, CONTENT: profile.get(CONTENT)}
    if CONTENT in profile and not isinstance(profile[CONTENT], list):
        own[CONTENT] = []
    kept = _differing(profile, own, ())
    return kept or (None if _is_native(ENVELOPE, bare.envelope) else Kept())


def _differing(values: Mapping[str, Any], own: Mapping[str, Any], order: tuple[str, ...]) -> Kept | None:
    differing = {key: values[key] for key in own if key in values and not are_same(values[key], own[key])}
    without = frozenset(own) - frozenset(values)
    return Kept(values=differing, without=without, order=order) if differing or without else None


def _is_native(payload: Payload, values: Mapping[str, Any]) -> bool:
    """Would a payload that is made here be written just so, with nothing in it that the catalogue does not know?"""
    known = all(path in payload.by_path for path in payload.flat(values))
    same = known and are_same(written(payload, values), dict(values))
    return same and is_writable(payload, values)


def _without(values: Mapping[str, Any], names: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in names}


def _uuid(
    values: Mapping[str, Any], taken: Collection[str], seed: str, reserved: Collection[str] = ()
) -> str:
    """Its PayloadUUID, as far as that is one and stands for it alone; else one that is neither taken nor reserved."""
    given = values.get(UUID)
    if is_uuid(given) and str(given).upper() not in taken:
        return str(given)
    found = derived_uuid("imported", seed, str(given), str(values.get(IDENTIFIER)))
    while found in taken or found in reserved:
        found = derived_uuid("imported", found)
    return found


def _name(values: Mapping[str, Any], taken: set[str]) -> str:
    """What a payload is called here: its type, with a number from the second on."""
    payload = registry.recognise(values)
    kind = values.get(TYPE) if payload.slug == OTHER else payload.slug
    plain = kind.strip()[:MAX_NAME] if isinstance(kind, str) and kind.isprintable() else ""
    stem = plain or OTHER
    number, name = 1, stem
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name
