"""Which payload of one document is which of another."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final

from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.effects import title_of
from profiles.plist.imported.source_form import IDENTIFIER, UUID

Pair = tuple[PayloadDocument | None, PayloadDocument | None]
"""The same payload in both; None where one has none."""

_Mark = Callable[[Document, PayloadDocument], Hashable]


def pairs(old: Document, new: Document, *, loosely: bool) -> list[Pair]:
    """Each payload of both, once: those of `new` in their order, then what only `old` has.

    By PayloadUUID; `loosely`, of what is left, also by identifier, by type and name, and at last by type and order,
    since files that mean the same may share none of these but the last.
    """
    left, right = dict(enumerate(old.payloads)), dict(enumerate(new.payloads))
    found: dict[int, PayloadDocument] = {}
    for mark in _MARKS if loosely else _MARKS[:1]:
        marked = (
            {place: mark(document, part) for place, part in parts.items()}
            for document, parts in ((old, left), (new, right))
        )
        for was, now in _same(*marked):
            found[now] = left.pop(was)
            del right[now]
    both: list[Pair] = [(found.get(place), part) for place, part in enumerate(new.payloads)]
    return [*both, *((part, None) for part in left.values())]


def _same(left: dict[int, Hashable], right: dict[int, Hashable]) -> list[tuple[int, int]]:
    """Those that carry the same mark, in order where several do; no mark at all is none that two could share."""
    waiting: dict[Hashable, list[int]] = {}
    for place, mark in left.items():
        waiting.setdefault(mark, []).append(place)
    both = ((waiting.get(mark), place) for place, mark in right.items() if mark is not None)
    return [(there.pop(0), place) for there, place in both if there]


def _type(part: PayloadDocument) -> Hashable:
    return (part.slug, part.payload.type_of(part.values) if part.slug == OTHER else "")


def _by_uuid(document: Document, part: PayloadDocument) -> Hashable:
    return (_type(part), part.uuid.upper())


def _by_written_uuid(document: Document, part: PayloadDocument) -> Hashable:
    """What stands there as its UUID, also where that is none, or another payload has the same."""
    return None if part.kept and UUID in part.kept.without else (_type(part), part.known_as.upper())


def _by_identifier(document: Document, part: PayloadDocument) -> Hashable:
    if part.kept and IDENTIFIER in part.kept.without:
        return None
    own = part.identifier_in(document.identifier)
    written = part.kept.values.get(IDENTIFIER, own) if part.kept else own
    return (_type(part), written) if isinstance(written, str) and written else None


def _by_name(document: Document, part: PayloadDocument) -> Hashable:
    return (_type(part), title_of(part.payload, part.values))


def _by_order(document: Document, part: PayloadDocument) -> Hashable:
    return _type(part)


_MARKS: Final[tuple[_Mark, ...]] = (_by_uuid, _by_written_uuid, _by_identifier, _by_name, _by_order)
