"""What a profile does, in sentences for the person who installs it: put together from what the catalogue declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from profiles.catalogue.conditions import is_set
from profiles.catalogue.evidence import NO_EVIDENCE, Evidence
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.catalogue.scope import Scope
from profiles.plist.document import Document

TITLES: Final = ("UserDefinedName", "PayloadDisplayName")
"""Keys that name a payload on the device, the better one first."""

UNKNOWN: Final = (
    "It also holds settings that this designer does not know, so nobody can say here what they do."
)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What one part does: how the device calls it, what it is, and at least one sentence; without a secret."""

    title: str
    type_title: str
    sentences: tuple[str, ...]


def title_of(payload: Payload, values: Mapping[str, Any]) -> str:
    """How a part with these values is called on the device, else what it is."""
    # Of what the catalogue does not know, the type says more than that.
    paths = (*TITLES, "PayloadType") if payload.slug == OTHER else TITLES
    names = (values.get(path) for path in paths)
    return next((name for name in names if isinstance(name, str) and name.strip()), payload.title)


def called(title: str, payload: Payload) -> str:
    """A title with what the part is, where that says more."""
    return title if title == payload.title else f"{title} ({payload.title})"


def effects(document: Document, evidence: Evidence = NO_EVIDENCE) -> list[Effect]:
    """What each payload does, in order, and at the end what holds for the profile as a whole.

    `evidence` is what is in its certificates; without it, they are called as the profile calls them.
    """
    uuids = [document.uuid, *(part.uuid for part in document.payloads)]
    kept: list[Mapping[str, Any]] = [{}, *(part.unknown for part in document.payloads)]
    envelope, *payloads = [
        _effect(
            payload,
            values,
            payload.scope(
                # What is empty is not written of what is made here.
                values if imported else payload.understood(values),
                document.targets,
                evidence=evidence,
                own=evidence.of(uuid),
            ),
            bool(unknown),
        )
        for (_, payload, values), imported, uuid, unknown in zip(
            document.parts(), document.kept_parts(), uuids, kept, strict=True
        )
    ]
    return [*payloads, envelope]


def _effect(payload: Payload, values: Mapping[str, Any], scope: Scope, unknown: bool) -> Effect:
    told = [*payload.effects(scope.settled())]
    if unknown or _undeclared(scope):
        told.append(UNKNOWN)
    return Effect(
        title=title_of(payload, values),
        type_title=payload.title,
        sentences=tuple(told),
    )


def _undeclared(scope: Scope) -> bool:
    """Is anything set that the catalogue does not know, inside lists too?"""
    here = any(path not in scope.by_path and is_set(value) for path, value in scope.values.items())
    return here or any(map(_undeclared, _items(scope)))


def _items(scope: Scope) -> Iterator[Scope]:
    """The dictionaries in all lists."""
    for key in scope.keys:
        yield from (inner for _, inner, _ in scope.items_of(key))
