"""Repairs: the fixes that problems carry, offered part by part and put into the document; never by themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from profiles.catalogue import registry
from profiles.catalogue.conditions import is_set
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.findings import ORDER, Severity
from profiles.catalogue.fixes import NOTHING, REMOVED, AsBuilt, Change, Fix, Items
from profiles.catalogue.keys import Data, Key
from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.catalogue.shape import Shape, last_name, steps
from profiles.catalogue.values import plist_type_of
from profiles.catalogue.vpn_types import TYPE_KEY
from profiles.plist.diff.change import SECRET, are_same, unknown_value, with_type
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument, Problem
from profiles.plist.imported.source_form import IDENTIFIER, TYPE, UUID, VERSION, Kept
from profiles.plist.validation.references import pointed
from profiles.plist.validation.validate import has_errors

NOT_THERE: Final = "not there"

_MOST_ROUNDS: Final = 10
"""A repair may show what lay below it; so often at most."""

_NAMES: Final = (TYPE, TYPE_KEY, UUID, IDENTIFIER, VERSION)
"""Keys that say what a payload is, which no declaration has."""

_ABSENT: Final = object()
_INDEX: Final = re.compile(r"\[\d+\]")
Step = str | int


@dataclass(frozen=True, kw_only=True)
class Repair:
    """A problem that a fix mends, and the part that it is in.

    part            ENVELOPE_NAME, or the payload's UUID in upper case
    id              what it is chosen by: the same for the same document
    label           the key for a person
    before, after   what stands there and what is to, with their types; of a secret nothing but these
    """

    part: str
    problem: Problem
    fix: Fix = field(repr=False)
    label: str
    before: str
    after: str

    @property
    def id(self) -> str:
        return f"{self.part}/{self.problem.code}/{self.problem.path}"

    @property
    def path(self) -> str:
        """Where the first value stands that changes."""
        return self.fix.changes[0].path

    @property
    def name(self) -> str:
        """What the part is called here."""
        return self.problem.payload


@dataclass(frozen=True, kw_only=True)
class Brought:
    """Errors that are told after repairs and were not before; `first` says that there was no error at all before."""

    errors: Sequence[Problem] = ()
    first: bool = False


NONE_BROUGHT: Final = Brought()


@dataclass(frozen=True, kw_only=True)
class Mended:
    """A document with repairs made: those that helped, the problems that are left, and the errors among them that are
    new.
    """

    document: Document
    done: Sequence[Repair]
    left: Sequence[Problem]
    brought: Brought


def repairs(document: Document, problems: Iterable[Problem]) -> list[Repair]:
    """Every problem that can be mended mechanically, in the order of the problems."""
    shapes = {ENVELOPE_NAME: ENVELOPE.shape} | {
        part.name: part.as_intended().payload.shape for part in document.payloads
    }
    placed = {name: (place, shapes[name]) for place, (name, _, _) in document.places().items()}
    return [
        _repair(*placed[problem.payload], problem, problem.fix)
        for problem in problems
        if problem.fix and problem.payload in placed
    ]


def effective(document: Document, offered: Iterable[Repair]) -> list[Repair]:
    """Those of the repairs that would change the document: a template is judged with values that it does not hold."""
    values = {ENVELOPE_NAME: document.envelope} | {
        part.uuid.upper(): {**part.values, **part.unknown} for part in document.payloads
    }
    return [each for each in offered if _applies(values[each.part], each.fix.changes)]


def _repair(place: str, shape: Shape, problem: Problem, fix: Fix) -> Repair:
    first, last = fix.changes[0], fix.changes[-1]
    # What moves is as public as where it goes.
    key = shape.key_at(first.path) or shape.key_at(last.path)
    told = _told_name if first.path in _NAMES else _told
    return Repair(
        part=place,
        problem=problem,
        fix=fix,
        label=key.label if key and key.label else first.path,
        before=told(key, first.before),
        after=_after(fix, told(key, last.after)),
    )


def _after(fix: Fix, last: str) -> str:
    """What is there once a fix is made, the last of whose changes comes to `last`."""
    first, end = fix.changes[0].path, fix.changes[-1]
    if len(fix.changes) == 1 or all(change.after is REMOVED for change in fix.changes):
        return last
    if end.before is not NOTHING:
        return fix.label
    beside = first.rpartition(".")[0] == end.path.rpartition(".")[0]
    return f"{last_name(end.path) if beside else end.path}: {last}"


def _told_name(key: Key | None, value: Any) -> str:
    """A value of a key that says what a part is; only texts and numbers are shown, as of anything else nobody knows."""
    return with_type(value) if isinstance(value, str | int | float) else _told(key, value)


def _told(key: Key | None, value: Any) -> str:
    """A value with its type; of a secret its type alone, and of a text where bytes belong a mask."""
    if value is NOTHING or value == REMOVED:
        return NOT_THERE
    if isinstance(value, AsBuilt):
        return with_type(value.value)
    if isinstance(value, Items):
        return ", ".join(_told(key, each) for each in value.values)
    if key is not None and key.hides and is_set(value):
        return f"{SECRET} ({plist_type_of(value)})"
    if is_set(value) and (key is None or (isinstance(key, Data) and isinstance(value, str))):
        return unknown_value(value)
    return with_type(value)


def brought(before: Iterable[Problem], after: Iterable[Problem]) -> Brought:
    """The errors of `after` that `before` does not have, wherever they stand now: an item that goes moves others."""
    was, now = _errors(before), _errors(after)
    places = {(each.payload, each.code, each.path) for each in was}
    known = Counter(map(_mark, was))
    fresh: set[int] = set()
    # Of several alike, those that stand where one stood before are the old ones.
    for each in sorted(now, key=lambda each: (each.payload, each.code, each.path) not in places):
        if known[_mark(each)]:
            known[_mark(each)] -= 1
        else:
            fresh.add(id(each))
    return Brought(errors=[each for each in now if id(each) in fresh], first=bool(now) and not was)


def _errors(problems: Iterable[Problem]) -> list[Problem]:
    return [each for each in problems if each.severity is Severity.ERROR]


def _mark(problem: Problem) -> tuple[str, ...]:
    """What stays the same of a problem when the items before it go."""
    return problem.payload, problem.code, _INDEX.sub("[]", problem.path)


def repaired(document: Document, offered: Iterable[Repair], chosen: Collection[str]) -> Document:
    """The document with those repairs made whose `id` is among `chosen`; what no longer applies is passed over."""
    fixes: dict[str, list[Fix]] = {}
    for each in offered:
        if each.id in chosen:
            fixes.setdefault(each.part, []).append(each.fix)
    if not fixes:
        return document
    found = _envelope(document, fixes.get(ENVELOPE_NAME, ()))
    payloads = tuple(_payload(part, fixes.get(part.uuid.upper(), ())) for part in document.payloads)
    return _following(document, replace(found, payloads=payloads))


def mended(
    document: Document,
    judge: Callable[[Document], Sequence[Problem]],
    chosen: Collection[str] | None = None,
) -> Mended:
    """The document with the repairs of the ids `chosen`, or with all sure ones, and what these leave of the rest.

    Errors come first. What is ignored only because of an error is not thrown away together with it: `judge` is asked
    again in between. Nor is what a repair has just moved to where it belongs. Of all, those are left that would bring
    the first error: a device takes the document without them.
    """
    done: dict[str, list[Repair]] = {}
    left = told = judge(document)
    for _ in range(_MOST_ROUNDS):
        offered = _next(repairs(document, left), done, chosen)
        if not offered:
            break
        for each in offered:
            done.setdefault(each.id, []).append(each)
        before, was = document, left
        document = repaired(before, offered, done)
        left = judge(document)
        if chosen is None and has_errors(left) and not has_errors(was):
            document = _harmlessly(before, offered, judge)
            left = judge(document)
    remaining = repairs(document, left)
    helped = tuple(
        each
        for made in done.values()
        for each in made
        if not any(_is_same(each, other) for other in remaining)
    )
    return Mended(document=document, done=helped, left=left, brought=brought(told, left))


def _next(
    offered: Iterable[Repair], done: Mapping[str, Sequence[Repair]], chosen: Collection[str] | None
) -> list[Repair]:
    """Those of the repairs that are to be made now: of the gravest problems, and none that takes back another one."""
    moved = {(each.part, path) for made in done.values() for each in made for path in _moved_to(each.fix)}
    wanted = [
        each
        for each in offered
        if _is_wanted(each, done, chosen)
        and not any((each.part, change.path) in moved for change in each.fix.changes if not _puts(change))
    ]
    worst = min((each.problem.severity for each in wanted), key=ORDER.__getitem__, default=None)
    return _apart([each for each in wanted if each.problem.severity is worst])


def _harmlessly(
    document: Document, offered: Sequence[Repair], judge: Callable[[Document], Sequence[Problem]]
) -> Document:
    """The document with those of the repairs, one by one, that bring no error."""
    for each in offered:
        after = repaired(document, [each], {each.id})
        if not has_errors(judge(after)):
            document = after
    return document


def _moved_to(fix: Fix) -> list[str]:
    """Where a fix puts what it takes from another place."""
    takes = any(change.after is REMOVED for change in fix.changes)
    return [change.path for change in fix.changes if takes and change.before is NOTHING]


def _is_wanted(each: Repair, done: Mapping[str, Sequence[Repair]], chosen: Collection[str] | None) -> bool:
    """Is it to be made, and was not yet? What is offered a second time did not help.

    Items that go move others to their places, so that another problem may have the id of one that is mended: nobody
    has chosen that.
    """
    before = done.get(each.id, ())
    if chosen is not None:
        return each.id in chosen and not before
    return each.fix.sure and not any(_is_same(each, other) for other in before)


def _is_same(one: Repair, other: Repair) -> bool:
    return one.id == other.id and one.fix == other.fix


def _apart(offered: list[Repair]) -> list[Repair]:
    """Those that can be made at once: what changes a value that another one changes, or something in it, waits."""
    places = [{(each.part, steps(change.path)) for change in each.fix.changes} for each in offered]
    taken = {place for found in places for place in found}
    first: set[tuple[str, tuple[Step, ...]]] = set()
    apart: list[Repair] = []
    for each, found in zip(offered, places, strict=True):
        around = {(part, path[:end]) for part, path in found for end in range(1, len(path))} - found
        if around.isdisjoint(taken) and found.isdisjoint(first):
            first |= found
            apart.append(each)
    return apart or offered[:1]


def _envelope(document: Document, fixes: Sequence[Fix]) -> Document:
    kept, rest = _own(document.kept, _agreeing(document.envelope, fixes))
    return replace(document, envelope=changed(document.envelope, rest), kept=kept)


def _payload(part: PayloadDocument, fixes: Sequence[Fix]) -> PayloadDocument:
    if not fixes:
        return part
    values = {**part.values, **part.unknown}
    kept, rest = _own(part.kept, _agreeing(values, fixes))
    values = changed(values, rest)
    payload = registry.recognise(values) if part.slug == OTHER else part.payload
    # Its own PayloadType is no value of a declared type.
    known, unknown = payload.split(
        values, leaving=() if payload.slug == part.slug else (VERSION, UUID, IDENTIFIER)
    )
    return replace(part, slug=payload.slug, values=known, unknown=unknown, kept=kept)


def _agreeing(values: Mapping[str, Any], fixes: Iterable[Fix]) -> list[Change]:
    """The changes of those fixes that apply one after the other, each as a whole: nothing moves onto what is taken."""
    found: list[Change] = []
    for fix in fixes:
        if _applies(values, fix.changes):
            found.extend(fix.changes)
            # What goes does so at the end.
            values = changed(values, [each for each in fix.changes if _puts(each)])
    return found


def _applies(values: Mapping[str, Any], changes: Iterable[Change]) -> bool:
    return all(
        isinstance(each.after, AsBuilt) or _stands(values, steps(each.path), each.before) for each in changes
    )


def _puts(change: Change) -> bool:
    return not isinstance(change.after, AsBuilt | Items)


def _own(kept: Kept | None, changes: Sequence[Change]) -> tuple[Kept | None, list[Change]]:
    """How the part is written with the keys that the build writes by itself, and all other changes."""
    for change in changes:
        if kept and isinstance(change.after, AsBuilt):
            kept = kept.having(change.path)
    return kept, [change for change in changes if not isinstance(change.after, AsBuilt)]


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
    return found is not _ABSENT and are_same(found, before)


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
        # What has nothing left in it goes, too.
        return {**values, step: inside} if is_set(inside) else _less(values, step)
    if isinstance(values, list) and isinstance(step, int):
        return [*values[:step], *items.values, *values[step + 1 :]]
    return _less(values, step)


def _less(values: Mapping[str, Any], gone: Step) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != gone}


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
