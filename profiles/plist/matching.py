"""Which payload of one document is which of another."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Final

from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.effects import title_of
from profiles.plist.kept import IDENTIFIER

Pair = tuple[PayloadDocument | None, PayloadDocument | None]
"""The same payload in both; None where one has none."""

_Mark = Callable[[Document, PayloadDocument], Hashable]


def pairs(old: Document, new: Document, *, loosely: bool) -> list[Pair]:
    """Each payload of both, once: those of `new` in their order, then what only `old` has.

    By PayloadUUID; `loosely`, of what is left, also by identifier, by type and name, and at last by type and order,
    since files that mean the same may share none of these but the last.
    """
    left, right = [*old.payloads], [*new.payloads]
    found: dict[str, PayloadDocument] = {}
    for mark in _MARKS if loosely else _MARKS[:1]:
        for was, now in _same(old, left, new, right, mark):
            found[now.uuid] = was
            left.remove(was)
            right.remove(now)
    both: list[Pair] = [(found.get(part.uuid), part) for part in new.payloads]
    return [*both, *((part, None) for part in left)]


def _same(
    old: Document, left: list[PayloadDocument], new: Document, right: list[PayloadDocument], mark: _Mark
) -> Iterator[tuple[PayloadDocument, PayloadDocument]]:
    """Those that carry the same mark, in order where several do."""
    waiting: dict[Hashable, list[PayloadDocument]] = {}
    for part in left:
        waiting.setdefault(mark(old, part), []).append(part)
    for part in [*right]:
        there = waiting.get(mark(new, part))
        if there:
            yield there.pop(0), part


def _type(part: PayloadDocument) -> Hashable:
    return (part.slug, part.payload.type_of(part.values) if part.slug == OTHER else "")


def _by_uuid(document: Document, part: PayloadDocument) -> Hashable:
    return (_type(part), part.uuid.upper())


def _by_identifier(document: Document, part: PayloadDocument) -> Hashable:
    kept = part.kept.values.get(IDENTIFIER) if part.kept else None
    # One that the build makes holds the UUID, which was looked at already.
    return (_type(part), kept if isinstance(kept, str) and kept else part.uuid.upper())


def _by_name(document: Document, part: PayloadDocument) -> Hashable:
    return (_type(part), title_of(part.payload, part.values))


def _by_order(document: Document, part: PayloadDocument) -> Hashable:
    return _type(part)


_MARKS: Final[tuple[_Mark, ...]] = (_by_uuid, _by_identifier, _by_name, _by_order)
