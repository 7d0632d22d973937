"""Repairs: the fixes that problems carry, offered part by part and put into the document; never by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from profiles.catalogue import registry
from profiles.catalogue.fixes import AS_BUILT, NOTHING, Change, Fix, Items
from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.catalogue.shape import steps
from profiles.plist.change import exact
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument, Problem
from profiles.plist.kept import IDENTIFIER, UUID, VERSION, Kept
from profiles.plist.references import pointed

_ABSENT: Final = object()
Step = str | int


@dataclass(frozen=True, kw_only=True)
class Repair:
    """A problem that a fix mends, and the part that it is in.

    part   ENVELOPE_NAME, or the payload's UUID in upper case
    id     what it is chosen by: the same for the same document
    """

    part: str
    problem: Problem
    fix: Fix = field(repr=False)

    @property
    def id(self) -> str:
        return f"{self.part}/{self.problem.code}/{self.problem.path}"


def repairs(document: Document, problems: Iterable[Problem]) -> list[Repair]:
    """Every problem that can be mended without any judgement, in the order of the problems."""
    parts = {ENVELOPE_NAME: ENVELOPE_NAME} | {part.name: part.uuid.upper() for part in document.payloads}
    return [
        Repair(part=parts[problem.payload], problem=problem, fix=problem.fix)
        for problem in problems
        if problem.fix and problem.payload in parts
    ]


def repaired(document: Document, offered: Iterable[Repair], chosen: Collection[str]) -> Document:
    """The document with those repairs made whose `id` is among `chosen`; what no longer applies is passed over."""
    changes: dict[str, list[Change]] = {}
    for each in offered:
        if each.id in chosen:
            changes.setdefault(each.part, []).extend(each.fix.changes)
    if not changes:
        return document
    found = _envelope(document, changes.get(ENVELOPE_NAME, ()))
    payloads = tuple(_payload(part, changes.get(part.uuid.upper(), ())) for part in document.payloads)
    return _following(document, replace(found, payloads=payloads))


def _envelope(document: Document, changes: Sequence[Change]) -> Document:
    kept, rest = _own(document.kept, changes)
    return replace(document, envelope=changed(document.envelope, rest), kept=kept)


def _payload(part: PayloadDocument, changes: Sequence[Change]) -> PayloadDocument:
    if not changes:
        return part
    kept, rest = _own(part.kept, changes)
    values = changed({**part.values, **part.unknown}, rest)
    payload = registry.recognise(values) if part.slug == OTHER else part.payload
    # Its own PayloadType is no value of a declared type.
    known, unknown = payload.split(
        values, leaving=() if payload.slug == part.slug else (VERSION, UUID, IDENTIFIER)
    )
    return replace(part, slug=payload.slug, values=known, unknown=unknown, kept=kept)


def _own(kept: Kept | None, changes: Sequence[Change]) -> tuple[Kept | None, list[Change]]:
    """How the part is written with the keys that the build writes by itself, and all other changes."""
    for change in changes:
        if kept and change.after is AS_BUILT:
            kept = kept.having(change.path)
    return kept, [change for change in changes if change.after is not AS_BUILT]


def changed(values: Mapping[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """A copy of nested values with these changes, those of whose `before` does not stand there left out.

    What goes, goes last and from the end, so that indices stay true.
    """
    found: dict[str, Any] = dict(values)
    placed = [(steps(change.path), change) for change in changes]
    for path, change in placed:
        if not isinstance(change.after, Items) and _stands(found, path, change.before):
            found = _with(found, path, change.after)
    going = [(path, change) for path, change in placed if isinstance(change.after, Items)]
    for path, change in sorted(going, key=lambda each: _depth_first(each[0]), reverse=True):
        if _stands(found, path, change.before):
            found = _without(found, path, change.after)
    return found


def _depth_first(path: tuple[Step, ...]) -> tuple[tuple[bool, int, str], ...]:
    """A key by which later items of a list come after earlier ones, and names are told from indices."""
    return tuple((isinstance(step, int), step if isinstance(step, int) else 0, str(step)) for step in path)


def _stands(values: Any, path: tuple[Step, ...], before: Any) -> bool:
    if before is NOTHING:
        return _is_free(values, path)
    found = _at(values, path)
    return found is not _ABSENT and exact(found) == exact(before)


def _is_free(values: Any, path: tuple[Step, ...]) -> bool:
    """Could a key be put there: into a dictionary that has none of its name, or into one that is made for it?"""
    *way, name = path
    for step in way:
        if isinstance(values, dict) and step not in values:
            return True
        values = _at(values, (step,))
    return isinstance(values, dict) and name not in values


def _at(values: Any, path: tuple[Step, ...]) -> Any:
    for step in path:
        match values, step:
            case dict(), str() if step in values:
                values = values[step]
            case list(), int() if step < len(values):
                values = values[step]
            case _:
                return _ABSENT
    return values


def _with(values: Any, path: tuple[Step, ...], after: Any) -> Any:
    """A copy with another value at a path; dictionaries on the way to it are made where they are not there."""
    if not path:
        return after
    step, *rest = path
    if isinstance(values, list) and isinstance(step, int):
        return [
            _with(item, tuple(rest), after) if index == step else item for index, item in enumerate(values)
        ]
    held = values if isinstance(values, dict) else {}
    return {**held, str(step): _with(held.get(str(step), {}), tuple(rest), after)}


def _without(values: Any, path: tuple[Step, ...], items: Items) -> Any:
    """A copy with items in place of what stands at a path, which goes."""
    step, *rest = path
    if rest:
        inside = _without(values[step], tuple(rest), items)
        if isinstance(values, list):
            return [inside if index == step else item for index, item in enumerate(values)]
        return {**values, step: inside}
    if isinstance(values, list) and isinstance(step, int):
        return [*values[:step], *items.values, *values[step + 1 :]]
    return {name: value for name, value in values.items() if name != step}


def _following(before: Document, after: Document) -> Document:
    """With references that say what payloads are called now; where two were called so, the first keeps them."""
    taken = {part.known_as.upper() for part in after.payloads}
    moved = {
        was.known_as.upper(): now.known_as
        for was, now in reversed([*zip(before.payloads, after.payloads, strict=True)])
        if was.known_as != now.known_as and was.known_as.upper() not in taken
    }
    if not moved:
        return after
    payloads = (
        replace(part, values=pointed(part.payload.shape, part.values, moved)) for part in after.payloads
    )
    return replace(after, payloads=tuple(payloads))
