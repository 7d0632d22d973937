"""What differs between two documents, key by key, in words that never hold a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import escaped
from profiles.plist.build import written
from profiles.plist.diff.change import (
    ANOTHER_SECRET,
    NOTHING,
    REMOVED,
    SECRET,
    Change,
    Two,
    are_same,
    plain_texts,
)
from profiles.plist.diff.keys import How, Lists, Spot, keys, undeclared
from profiles.plist.diff.matching import Pair, pairs
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.effects import title_of
from profiles.plist.imported.source_form import CONTENT, IDENTIFIER, TYPE, UUID, VERSION, Kept
from profiles.plist.secrets import masked_values
from profiles.plist.templates.declaration import Declaration, Origin, Place, Variable, VariableKind
from profiles.plist.templates.variables import confidential
from profiles.plist.validation.references import pointed

PAYLOAD_NAME: Final = "Payload name"
ORDER: Final = "Order of payloads"
IDENTITY: Final = (UUID, IDENTIFIER)
"""Keys that say which profile or payload it is, and nothing of what it does."""
LOCKED: Final = "locked"
ASKED: Final = "asked for"
EDITABLE: Final = "editable"

_ENVELOPE: Final = -1
"""The place of the envelope among the payloads."""

_Told = Iterator[tuple[int, Change]]
"""Changes, each with the place of its payload among the pairs."""


@dataclass(frozen=True, kw_only=True)
class PartDiff:
    """What differs in a payload: one that went has no `now`, one that came no `was`; the envelope has neither."""

    was: PayloadDocument | None
    now: PayloadDocument | None
    changes: tuple[Change, ...]

    @property
    def is_whole(self) -> bool:
        """Did the payload come or go, so that none of its keys can be compared?"""
        return (self.was is None) != (self.now is None)


def diff(old: Document, new: Document, *, loosely: bool = False, lists: Lists = "by place") -> list[Change]:
    """All changes from `old` to `new`, as in `part_diffs`: those of the envelope first."""
    return [change for part in part_diffs(old, new, loosely=loosely, lists=lists) for change in part.changes]


def part_diffs(
    old: Document, new: Document, *, loosely: bool = False, lists: Lists = "by place"
) -> list[PartDiff]:
    """What differs in each part that is not the same: the envelope, payloads that went, then the others in order.

    With what they declare as templates, and the template that they were made from. A payload is the same while its
    UUID is; `loosely`, as documents of different origin need it, also while its identifier, its name or its place is,
    and what it is called here does not count.
    """
    both = pairs(old, new, loosely=loosely)
    told: dict[int, list[Change]] = {}
    for place, change in _changes(old, new, both, loosely=loosely, lists=lists):
        told.setdefault(place, []).append(change)
    order = sorted(
        told, key=lambda place: (place != _ENVELOPE, place >= 0 and both[place][1] is not None, place)
    )
    return [
        PartDiff(was=was, now=now, changes=tuple(told[place]))
        for place in order
        for was, now in [(None, None) if place == _ENVELOPE else both[place]]
    ]


def _changes(old: Document, new: Document, both: list[Pair], *, loosely: bool, lists: Lists) -> _Told:
    how = How(lists=lists, titles=(_titles(old), _titles(new)))
    for change in _envelope(how, old, new):
        yield _ENVELOPE, change
    said = _references(both)
    for place, (was, now) in enumerate(both):
        for change in _part(how, old, new, was, now, said):
            yield place, change
        if was and now and was.name != now.name and not loosely:
            yield place, Change(now.name, "", PAYLOAD_NAME, was.name, now.name)
    for change in _order(old, both, loosely=loosely):
        yield _ENVELOPE, change
    yield from _templates(old, new, both)
    for change in _origins(old.origin, new.origin):
        yield _ENVELOPE, change


def _envelope(how: How, old: Document, new: Document) -> Iterator[Change]:
    before, after = (written(ENVELOPE, each.envelope, each.kept) for each in (old, new))
    yield from _values(how, ENVELOPE_NAME, ENVELOPE, (before, after), (before, after))
    yield from _written_by_itself(ENVELOPE_NAME, *((_own_envelope(each), each.kept) for each in (old, new)))
    for system in sorted({*old.targets, *new.targets}):
        yield from _change(
            ENVELOPE_NAME,
            f"targets.{system}",
            target_label(system),
            old.targets.get(system),
            new.targets.get(system),
        )


def _own_envelope(document: Document) -> dict[str, Any]:
    """What the build writes into the envelope; its payloads count as a list, whatever they are."""
    own = {TYPE: ENVELOPE.payload_type, VERSION: 1, UUID: document.uuid, CONTENT: []}
    kept = document.kept
    kept = kept.having(CONTENT) if kept and document.payloads else kept
    return kept.over(own) if kept else own


def _part(
    how: How,
    old: Document,
    new: Document,
    was: PayloadDocument | None,
    now: PayloadDocument | None,
    said: tuple[Mapping[str, str], Mapping[str, str]],
) -> Iterator[Change]:
    """What differs in a payload, its name aside."""
    if now is None and was:
        yield Change(was.name, "", payload_label(was.name), was.payload.title, REMOVED)
    elif was is None and now:
        yield Change(now.name, "", payload_label(now.name), NOTHING, now.payload.title)
    elif was and now:
        name, payload = now.name, now.payload
        given = [written(payload, part.values, part.kept) for part in (was, now)]
        compared = [
            pointed(payload.shape, values, to) if to else values
            for values, to in zip(given, said, strict=True)
        ]
        yield from _values(how, name, payload, (compared[0], compared[1]), (given[0], given[1]))
        for key in dict.fromkeys([*was.unknown, *now.unknown]):
            spot = Spot(name).at(escaped(key), key)
            yield from undeclared(how, spot, was.unknown.get(key), now.unknown.get(key))
        yield from _written_by_itself(name, (_own(was, old), was.kept), (_own(now, new), now.kept))


def _own(part: PayloadDocument, document: Document) -> dict[str, Any]:
    """What the build writes into a payload, without what is among its values, too."""
    found = part.generated(document.identifier)
    found = part.kept.over(found) if part.kept else found
    chosen = TYPE in part.payload.by_path and not (part.kept and TYPE in part.kept.values)
    return {key: value for key, value in found.items() if key != TYPE or not chosen}


def _written_by_itself(
    name: str, old: tuple[Mapping[str, Any], Kept | None], new: tuple[Mapping[str, Any], Kept | None]
) -> Iterator[Change]:
    """What differs in what the build writes; an identifier that it derives follows from other changes."""
    explicit = {key for _, kept in (old, new) if kept for key in (*kept.values, *kept.without)}
    for key in dict.fromkeys([*old[0], *new[0]]):
        was, now = old[0].get(key), new[0].get(key)
        if not are_same(was, now) and (key != IDENTIFIER or key in explicit):
            # What stands in place of payloads is no name.
            yield Change(name, key, key, *plain_texts(was, now, hidden=key == CONTENT))


def _titles(document: Document) -> dict[str, str]:
    """How each payload is called, by what references to it say."""
    return {part.known_as.upper(): _title(part) for part in document.payloads}


def _title(part: PayloadDocument) -> str:
    return title_of(part.payload, masked_values(part.payload, part.values))


def _references(both: list[Pair]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What references of both sides are to say, so that those to the same payload say the same: by what they say."""
    same = [
        (was.known_as.upper(), now.known_as.upper(), now.known_as)
        for was, now in both
        if was and now and was.known_as != now.known_as
    ]
    return {old: said for old, _, said in same}, {new: said for _, new, said in same}


def _order(old: Document, both: list[Pair], *, loosely: bool) -> Iterator[Change]:
    """Payloads that changed places; by their names here, else by the number and title that each had."""
    places = {part.uuid: place for place, part in enumerate(old.payloads)}
    after = [(places[was.uuid], now) for was, now in both if was and now]
    before = sorted(after, key=lambda each: each[0])
    if before != after:
        texts = (
            ", ".join(f"{place + 1} {_title(part)}" if loosely else part.name for place, part in each)
            for each in (before, after)
        )
        yield Change(ENVELOPE_NAME, "", ORDER, *texts)


def payload_label(name: str) -> str:
    """What a whole payload is called."""
    return f"Payload {name}"


def target_label(system: str) -> str:
    """What the lowest version of a system is called."""
    return f"Target {system}"


def _templates(old: Document, new: Document, both: list[Pair]) -> _Told:
    """What changed in what makes the documents templates."""
    was, now = (document.declaration or Declaration() for document in (old, new))
    for change in _variables(old, new, was, now):
        yield _ENVELOPE, change
    same = {old.uuid.upper(): new.uuid.upper()} | {
        one.uuid.upper(): other.uuid.upper() for one, other in both if one and other
    }
    was = _elsewhere(was, same)
    parts = {part.uuid.upper(): place for place, pair in enumerate(both) for part in pair[::-1] if part}
    for place in sorted(was.locked | was.asked | now.locked | now.asked):
        name, label = _named(place, new if place.part in new.places() else old)
        for change in _change(
            name, place.path, f"{label}, in profiles made from it", _role(place, was), _role(place, now)
        ):
            yield parts.get(place.part, _ENVELOPE), change


def _elsewhere(declaration: Declaration, same: Mapping[str, str]) -> Declaration:
    """Its places in the payloads that are the same in another document."""

    def there(places: frozenset[Place]) -> frozenset[Place]:
        return frozenset(Place(same.get(place.part, place.part), place.path) for place in places)

    return Declaration(locked=there(declaration.locked), asked=there(declaration.asked))


def _variables(old: Document, new: Document, was: Declaration, now: Declaration) -> Iterator[Change]:
    if (old.declaration is None) != (new.declaration is None):
        yield Change(
            ENVELOPE_NAME, "template", "Template", *(("no", "yes") if new.declaration else ("yes", "no"))
        )
    yield from _change(ENVELOPE_NAME, "template.summary", "Summary", was.summary, now.summary)
    hidden = confidential(old) | confidential(new)
    before, after = ({variable.name: variable for variable in each.variables} for each in (was, now))
    for name in dict.fromkeys([*before, *after]):
        yield from _variable(name, before.get(name), after.get(name), secret=name in hidden)
    common = [name for name in before if name in after]
    if common != [name for name in after if name in before]:
        yield Change(ENVELOPE_NAME, "variables", "Order of variables", ", ".join(before), ", ".join(after))


def _variable(name: str, old: Variable | None, new: Variable | None, *, secret: bool) -> Iterator[Change]:
    path, label = f"variables.{name}", f"Variable {name}"
    if old is None or new is None:
        yield Change(
            ENVELOPE_NAME, path, label, old.kind.title if old else NOTHING, new.kind.title if new else REMOVED
        )
        return
    before, after = asdict(old), asdict(new)
    for name_of_field in before:
        if before[name_of_field] == after[name_of_field]:
            continue
        told = [
            _told(each, hidden=secret and name_of_field == "default")
            for each in (before[name_of_field], after[name_of_field])
        ]
        if told == [SECRET, SECRET]:
            told[1] = ANOTHER_SECRET
        yield Change(ENVELOPE_NAME, f"{path}.{name_of_field}", f"{label}: {name_of_field}", *told)


def _told(value: Any, *, hidden: bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hidden and value:
        return SECRET
    return (value.title if isinstance(value, VariableKind) else value) or NOTHING


def _named(place: Place, document: Document) -> tuple[str, str]:
    """Name of the part and label of the key at a place."""
    name, payload, _ = document.places().get(place.part, (ENVELOPE_NAME, None, {}))
    key = payload.by_path.get(place.path) if payload else None
    return name, key.label if key else place.path


def _role(place: Place, declaration: Declaration) -> str:
    return LOCKED if place in declaration.locked else ASKED if place in declaration.asked else EDITABLE


def _origins(old: Origin | None, new: Origin | None) -> Iterator[Change]:
    before, after = (f"{each.title}, revision {each.revision}" if each else None for each in (old, new))
    yield from _change(ENVELOPE_NAME, "origin", "Made from the template", before, after)
    if old and new and dict(old.answers) != dict(new.answers):
        yield Change(ENVELOPE_NAME, "origin.answers", "Answers to the template", SECRET, ANOTHER_SECRET)


def _values(how: How, name: str, payload: Payload, compared: Two, given: Two) -> Iterator[Change]:
    """What differs in the values of a part: `compared` decides, `given` is shown."""
    if not are_same(*compared):
        seen = masked_values(payload, given[0]), masked_values(payload, given[1])
        yield from keys(how, Spot(name), payload.shape, compared, seen)


def _change(name: str, path: str, label: str, old: str | None, new: str | None) -> Iterator[Change]:
    if old != new:
        yield Change(name, path, label, old or NOTHING, new or NOTHING)
