"""Three documents made one: what has changed in a template, and what was changed in a profile made from it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, Literal

from profiles.catalogue.conditions import is_set
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import nest
from profiles.plist.diff.change import NOTHING, REMOVED, exact, shown
from profiles.plist.diff.documents import ORDER, PAYLOAD_NAME, payload_label, target_label
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.imported.source_form import Kept
from profiles.plist.secrets import masked_values
from profiles.plist.templates.declaration import Place

Side = Literal["theirs", "mine"]

WHOLE: Final = ""
"""The path of a whole payload."""

NAME: Final = ".name"
UNKNOWN: Final = ".unknown"
UNKNOWN_KEYS: Final = "Unknown keys"
KEPT: Final = ".kept"
KEPT_KEYS: Final = "Written as in a file"
SEQUENCE: Final = ".order"
TYPE: Final = ".type"
"""The paths of what is no key; that of a key never begins with a dot."""

TARGETS: Final = "targets."
"""What the path of a target begins with."""

NO_CHOICES: Final[Mapping[Place, Side]] = MappingProxyType({})

Cells = Mapping[str, Any]
"""Everything in a part that is merged by itself, by its path; a list is one value, and so are all unknown keys."""


@dataclass(frozen=True, kw_only=True)
class MergeChange:
    """One difference: texts for a person that hold no secret, and which side was taken.

    place             where it is; the path of a whole payload is empty
    payload, title    the name of the part, and what its type is called
    before            as in the template when the profile was made or updated last
    mine, theirs      as in the profile, and as in the template now
    """

    place: Place
    payload: str
    title: str
    label: str
    before: str
    mine: str
    theirs: str
    taken: Side


@dataclass(frozen=True, kw_only=True)
class Merge:
    """The merged document, what differs in it from the profile, and what both sides changed differently.

    A conflict is not among the changes, whichever side was taken.
    """

    document: Document
    changes: tuple[MergeChange, ...]
    conflicts: tuple[MergeChange, ...]


def merge(
    base: Document,
    theirs: Document,
    mine: Document,
    *,
    asked: Collection[Place] = (),
    take: Mapping[Place, Side] = NO_CHOICES,
) -> Merge:
    """The profile `mine`, which was made from a template that was `base` and is `theirs` now, brought up to date.

    The two are instances of the template with the PayloadUUIDs of the profile. What one side changed is taken; what
    both changed differently is a conflict, decided by `take` and else for `mine`. Keys that are `asked` stay as they
    are in `mine`, those that `theirs` locks become what they are there.
    """
    locked = theirs.origin.locked if theirs.origin else frozenset()
    rules = _Rules(locked=locked, asked=frozenset(asked), take=take)
    told: list[tuple[MergeChange, bool]] = []
    envelope = rules.part(_of_envelope(base), _of_envelope(theirs), _of_envelope(mine), told)
    payloads = _payloads(rules, base, theirs, mine, told)
    return Merge(
        document=replace(
            mine,
            envelope=envelope.values,
            targets=envelope.targets,
            kept=envelope.kept,
            payloads=payloads,
            origin=theirs.origin,
        ),
        changes=tuple(change for change, conflict in told if not conflict),
        conflicts=tuple(change for change, conflict in told if conflict),
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """The envelope or a payload on one side."""

    place: str
    name: str
    payload: Payload
    values: Mapping[str, Any]
    targets: Mapping[Any, str]
    unknown: Mapping[str, Any]
    kept: Kept | None

    def cells(self) -> dict[str, Any]:
        # What tells a payload from all others is its own.
        kept = {KEPT: [self.kept.moved().to_json()]} if self.kept else {}
        named = {} if self.place == ENVELOPE_NAME else {NAME: self.name, UNKNOWN: self.unknown}
        targets = {f"{TARGETS}{system}": version for system, version in self.targets.items()}
        return {**named, **kept, **targets, **self.payload.flat(self.values)}

    def content(self) -> str:
        """A text that is the same for the very same part, to the last value that is not set."""
        return _exact([self.name, self.targets, self.values, self.unknown])

    def shown(self) -> dict[str, Any]:
        """The cells without the secrets in them."""
        return replace(self, values=masked_values(self.payload, self.values)).cells()

    def holding(self, cells: Cells) -> _Part:
        """The part with other cells."""
        targets = {path.removeprefix(TARGETS): v for path, v in cells.items() if path.startswith(TARGETS)}
        rest = {
            path: value
            for path, value in cells.items()
            if path not in (NAME, UNKNOWN, KEPT) and not path.startswith(TARGETS)
        }
        return replace(
            self,
            name=cells.get(NAME, self.name),
            unknown=cells.get(UNKNOWN) or {},
            kept=self._kept_in(cells),
            targets=targets,
            values=nest(rest),
        )

    def _kept_in(self, cells: Cells) -> Kept | None:
        found = cells.get(KEPT)
        if _exact(found) == _exact(self.cells().get(KEPT)):
            return self.kept
        return Kept.from_json(found[0]).named_as(self.kept or Kept()) if found else None


def _of_envelope(document: Document) -> _Part:
    return _Part(
        place=ENVELOPE_NAME,
        name=ENVELOPE_NAME,
        payload=ENVELOPE,
        values=document.envelope,
        targets=document.targets,
        unknown={},
        kept=document.kept,
    )


def _of_payload(part: PayloadDocument) -> _Part:
    return _Part(
        place=part.uuid.upper(),
        name=part.name,
        payload=part.payload,
        values=part.values,
        targets={},
        unknown=part.unknown,
        kept=part.kept,
    )


@dataclass(frozen=True, kw_only=True)
class _Rules:
    """Which side is taken."""

    locked: frozenset[Place]
    asked: frozenset[Place]
    take: Mapping[Place, Side]

    def decide(self, place: Place, base: Any, theirs: Any, mine: Any) -> tuple[Side, bool]:
        """The side that is taken, and whether that is a conflict."""
        was, there, here = _exact(base), _exact(theirs), _exact(mine)
        if there == here:
            return "mine", False
        if place in self.locked:
            return "theirs", False
        if place in self.asked or was == there:
            return "mine", False
        return ("theirs", False) if was == here else (self.take.get(place, "mine"), True)

    def part(
        self, base: _Part | None, theirs: _Part, mine: _Part, told: list[tuple[MergeChange, bool]]
    ) -> _Part:
        """A part that is on both sides, merged; `told` is added to."""
        was, there, here = (part.cells() if part else {} for part in (base, theirs, mine))
        merged: dict[str, Any] = {}
        for path in dict.fromkeys([*there, *here]):
            place = Place(mine.place, path)
            side, conflict = self.decide(place, was.get(path), there.get(path), here.get(path))
            taken = there if side == "theirs" else here
            if path in taken:
                merged[path] = taken[path]
            if side == "theirs" or conflict:
                told.append((_told(place, base, theirs, mine, side), conflict))
        # As a whole where it is one of them, so that what is not written in any case stays as it was, too.
        unchanged = base is not None and base.content() == mine.content()
        found = mine.holding(merged)
        for whole in (theirs, mine) if unchanged else (mine, theirs):
            if _same(merged, whole.cells()):
                return replace(whole, kept=found.kept)
        return found

    def whole(self, base: _Part | None, theirs: _Part | None, mine: _Part | None) -> tuple[Side, bool]:
        """The side that is taken for a payload that is not on both, or of another type there."""
        uuid = next(part.place for part in (theirs, mine, base) if part)
        if theirs and any(place.part == uuid for place in self.locked):
            return "theirs", False
        return self.decide(Place(uuid, WHOLE), *(self._content(part) for part in (base, theirs, mine)))

    def _content(self, part: _Part | None) -> Any:
        """A payload without what was asked for, which does not count as a change."""
        if part is None:
            return None
        cells = {path: v for path, v in part.cells().items() if Place(part.place, path) not in self.asked}
        return {TYPE: part.payload.slug, **{path: value for path, value in cells.items() if is_set(value)}}


def _exact(value: Any) -> str:
    """A text that differs where the property lists would; the same for all that is not written."""
    return exact(value) if is_set(value) else ""


def _same(one: Cells, other: Cells) -> bool:
    return all(_exact(one.get(path)) == _exact(other.get(path)) for path in {*one, *other})


def _payloads(
    rules: _Rules, base: Document, theirs: Document, mine: Document, told: list[tuple[MergeChange, bool]]
) -> tuple[PayloadDocument, ...]:
    was, there, here = (
        {part.uuid.upper(): part for part in document.payloads} for document in (base, theirs, mine)
    )
    found: dict[str, PayloadDocument] = {}
    for uuid in dict.fromkeys([*there, *here]):
        sides = was.get(uuid), there.get(uuid), here.get(uuid)
        parts = [_of_payload(side) if side else None for side in sides]
        part = _payload(rules, parts[0], parts[1], parts[2], told)
        if part:
            found[uuid] = PayloadDocument(
                slug=part.payload.slug,
                name=part.name,
                uuid=next(side.uuid for side in reversed(sides) if side),
                values=part.values,
                unknown=part.unknown,
                kept=part.kept,
            )
    # The order of the profile stands where the template's is as it was.
    own = [*was] == [*there] and found.keys() <= here.keys()
    ordered = [found[uuid] for uuid in (here if own else found) if uuid in found]
    _tell_order(ordered, mine, told)
    return _distinct(ordered)


def _payload(
    rules: _Rules,
    base: _Part | None,
    theirs: _Part | None,
    mine: _Part | None,
    told: list[tuple[MergeChange, bool]],
) -> _Part | None:
    if theirs and mine and theirs.payload is mine.payload:
        same = base if base and base.payload is mine.payload else None
        return rules.part(same, theirs, mine, told)
    side, conflict = rules.whole(base, theirs, mine)
    if side == "theirs" or conflict:
        told.append((_told_whole(base, theirs, mine, side), conflict))
    return theirs if side == "theirs" else mine


def _tell_order(
    found: Iterable[PayloadDocument], mine: Document, told: list[tuple[MergeChange, bool]]
) -> None:
    """Tell that payloads of the profile have changed places."""
    names = {part.uuid: part.name for part in found}
    before = [part.uuid for part in mine.payloads if part.uuid in names]
    kept = {*before}
    after = [uuid for uuid in names if uuid in kept]
    if before != after:
        old, new = (", ".join(names[uuid] for uuid in uuids) for uuids in (before, after))
        change = MergeChange(
            place=Place(ENVELOPE_NAME, SEQUENCE),
            payload=ENVELOPE_NAME,
            title=ENVELOPE.title,
            label=ORDER,
            before=old,
            mine=old,
            theirs=new,
            taken="theirs",
        )
        told.append((change, False))


def _distinct(parts: Iterable[PayloadDocument]) -> tuple[PayloadDocument, ...]:
    """The payloads with a number after each name that an earlier one has already."""
    taken: set[str] = set()
    found = []
    for part in parts:
        numbered = (f"{part.name} {number}" for number in itertools.count(2))
        name = next(name for name in itertools.chain([part.name], numbered) if name not in taken)
        taken.add(name)
        found.append(part if name == part.name else replace(part, name=name))
    return tuple(found)


def _told(place: Place, base: _Part | None, theirs: _Part, mine: _Part, side: Side) -> MergeChange:
    label, *texts = _texts(place.path, mine.payload, base, mine, theirs)
    before, here, there = texts
    return MergeChange(
        place=place,
        payload=mine.name,
        title=mine.payload.title,
        label=label,
        before=before,
        mine=here,
        theirs=there,
        taken=side,
    )


def _texts(path: str, payload: Payload, *parts: _Part | None) -> Iterator[str]:
    """The label of a cell, then its value in each of the parts."""
    key = payload.by_path.get(path)
    plain = path == NAME or path.startswith(TARGETS)
    labels = {NAME: PAYLOAD_NAME, UNKNOWN: UNKNOWN_KEYS, KEPT: KEPT_KEYS}
    target = target_label(path.removeprefix(TARGETS)) if path.startswith(TARGETS) else path
    yield key.label if key else labels.get(path, target)
    seen: list[str] = []
    for part in parts:
        value = part.cells().get(path) if part else None
        text = _exact(value)
        if plain:
            yield value or NOTHING
        elif path == KEPT:
            yield _kept_text(value)
        else:
            yield shown(
                key, part.shown().get(path) if part else None, other=any(text != each for each in seen)
            )
        seen += [text] if is_set(value) else []


def _kept_text(value: Any) -> str:
    """The names of the keys that stand as in a file, and of those that it left out."""
    if not value:
        return NOTHING
    kept = Kept.from_json(value[0])
    return ", ".join([*kept.values, *(f"no {name}" for name in sorted(kept.without))]) or "exactly"


def _told_whole(base: _Part | None, theirs: _Part | None, mine: _Part | None, side: Side) -> MergeChange:
    part = next(part for part in (mine, theirs, base) if part)
    return MergeChange(
        place=Place(part.place, WHOLE),
        payload=part.name,
        title=part.payload.title,
        label=payload_label(part.name),
        before=base.payload.title if base else NOTHING,
        mine=_state(base, mine),
        theirs=_state(base, theirs),
        taken=side,
    )


def _state(base: _Part | None, part: _Part | None) -> str:
    """What became of a payload."""
    if part is None:
        return REMOVED if base else NOTHING
    changed = base is not None and not _same(base.cells(), part.cells())
    return f"{part.payload.title}, changed" if changed else part.payload.title
