"""How one part of a form becomes what fixes make of it: controls that are posted anew, and notes of what none says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from designer.forms.document_form import DocumentForm, Part
from designer.forms.items import ItemsField
from designer.forms.items.contents import Item
from designer.forms.mended import Note, guessed
from designer.forms.sheet import Sheet
from profiles.catalogue.fixes import NOTHING
from profiles.catalogue.shape import escaped, nest
from profiles.plist.diff.change import are_same
from profiles.plist.imported.source_form import Kept
from profiles.plist.secrets import HasKeys, Place, split


class UnsayableError(Exception):
    """What fixes make of a part cannot be said by its controls and notes; `part` is its id in repairs."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def differ(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The paths, or names, at which two have not exactly the same."""
    return [name for name in {**was, **now} if not _same(was.get(name, NOTHING), now.get(name, NOTHING))]


def _same(was: Any, now: Any) -> bool:
    if was is NOTHING or now is NOTHING:
        return was is now
    return are_same(was, now)


@dataclass(frozen=True, kw_only=True)
class Values:
    """The flat values of a part, or of an item of a list: as they are stored, as they are typed, as they become.

    owner   what declares its keys
    """

    owner: HasKeys
    stored: Mapping[str, Any] = field(repr=False)
    was: Mapping[str, Any] = field(repr=False)
    now: Mapping[str, Any] = field(repr=False)

    def noted(self, paths: Iterable[str], before: Sequence[Note]) -> list[Note]:
        """The notes that there were, and those that say what stands at `paths` now; raises ValueError."""
        again = [*paths]
        stay = [note for note in before if note.own or note.slug or note.path not in again]
        return [*stay, *(note for path in again for note in self._note(path))]

    def _note(self, path: str) -> Iterator[Note]:
        if path not in self.now:
            yield from [Note(path=path)] if path in self.stored else []
        elif _same(guessed(path, self.stored, self.owner).get(path, NOTHING), self.now[path]):
            yield Note(path=path, guessed=True)
        elif not _same(self.stored.get(path, NOTHING), self.now[path]):
            values = nest({path: self.now[path]})
            public, hidden = split(self.owner, values)
            value = self.owner.shape.flat(public).get(path, NOTHING)
            yield Note(path=path, value=value, moved=tuple((to, self._source(each)) for to, each in hidden))

    def _source(self, secret: Any) -> Place:
        """Where something that the page hides is stored; raises ValueError where it is not, since it was typed."""
        for place, value in self._hidden:
            if _same(value, secret):
                return place
        raise ValueError("What is hidden is not stored.")

    @cached_property
    def _hidden(self) -> list[tuple[Place, Any]]:
        """All that is stored where the page does not show it."""
        places = split(self.owner, nest(self.stored))[1]
        return [found for place, value in places for found in _within(value, place)]


def _within(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """A value and all that is in it, with their places."""
    yield place, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, each in inside:
        yield from _within(each, (*place, part))


@dataclass(frozen=True, kw_only=True)
class PartChange(Values):
    """A part that becomes another; `kept` is how it is written before and after.

    slug   the type that it becomes, where that is another
    """

    part: Part
    kept: tuple[Kept | None, Kept | None]
    slug: str = ""

    @property
    def is_open(self) -> bool:
        """Does the page have its controls?"""
        return self.part.as_stored is None

    def note(self, sheet: Sheet) -> None:
        """Put into notes what no control says, and into controls what changes inside items of lists."""
        try:
            paths = []
            for path in differ(self.was, self.now):
                each = self._items(path)
                if each is None:
                    paths.append(path)
                else:
                    _change_items(sheet, each, self.was[path], self.now[path])
            notes = self.noted(paths, [] if self.slug else sheet.notes(self._start))
        except ValueError:
            raise self._unsayable() from None
        slug = [Note(path="", slug=self.slug)] if self.slug else []
        sheet.note(self._start, [*slug, *notes, *(Note(path=name, own=True) for name in _own(*self.kept))])

    def show(self, sheet: Sheet, noted: DocumentForm) -> None:
        """Post of each key that changes what the page shows of it; `noted` is the form with the notes."""
        if not self.is_open:
            return
        for path in self.part.form.fields if self.slug else ():
            sheet.drop(f"{self._start}{path}")
        form = _part_of(noted, self.part).make(None)
        for path in form.fields if self.slug else differ(self.was, self.now):
            if path in form.fields and self._items(path) is None:
                sheet.put(f"{self._start}{path}", form.as_posted(path))

    def check(self, found: DocumentForm) -> None:
        """Raise UnsayableError unless the form has of the part what the fixes make of it, and all else as it was."""
        part = _part_of(found, self.part)
        wanted: dict[str, Any] = {**(self.was if self.slug else _held(self.part))}
        for path in differ(self.was, self.now):
            wanted.pop(path, None)
            wanted |= {path: self.now[path]} if path in self.now else {}
        kept = part.place.payload.kept if part.place else found.mended.kept
        if differ(wanted, _held(part)) or kept != self.kept[1]:
            raise self._unsayable()

    @property
    def _start(self) -> str:
        return f"{self.part.prefix}-"

    def _items(self, path: str) -> ItemsField | None:
        """The field of a list whose items change one by one."""
        if self.slug or not self.is_open or path not in self.was or path not in self.now:
            return None
        return _items_field(self.part.form.fields.get(path))

    def _unsayable(self) -> UnsayableError:
        return UnsayableError(self.part.prefix.upper() if self.part.place else self.part.prefix)


def _items_field(each: Any) -> ItemsField | None:
    return each if isinstance(each, ItemsField) else None


def _part_of(form: DocumentForm, part: Part) -> Part:
    return next(each for each in form.parts if each.prefix == part.prefix)


def _held(part: Part) -> dict[str, Any]:
    """What a form has of a part, concealed rows and unknown keys included."""
    unknown = part.place.payload.unknown if part.place else {}
    values = part.payload.flat(part.as_stored.values) if part.as_stored else part.form.typed.values
    return {**values, **{escaped(name): value for name, value in unknown.items()}}


def _own(was: Kept | None, now: Kept | None) -> list[str]:
    """The keys that are written as the build does by itself from now on."""
    if was is None or now is None:
        return []
    return [name for name in [*was.values, *was.without] if name not in {*now.values, *now.without}]


def _change_items(
    sheet: Sheet, each: ItemsField, was: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> None:
    """Change the items of a list, in their controls and notes; raises ValueError."""
    staying = _staying(was, now)
    if len(staying) < len(was):
        sheet.put(each.name, [(each.name, each.items[place].token) for place in staying])
    for place, after in zip(staying, now, strict=True):
        if not _same(was[place], after):
            _change_item(sheet, each, each.items[place], was[place], after)


def _staying(was: Sequence[Any], now: Sequence[Any]) -> list[int]:
    """The places of the items that stay: all of them, or those that are still the same."""
    if len(was) == len(now):
        return [*range(len(was))]
    places = iter(range(len(was)))
    found = [next((place for place in places if _same(was[place], item)), None) for item in now]
    if None in found:
        raise ValueError("Items of the list change while others go.")
    return [place for place in found if place is not None]


def _change_item(
    sheet: Sheet, each: ItemsField, item: Item, was: Mapping[str, Any], now: Mapping[str, Any]
) -> None:
    start, flat = f"{item.token}.", each.dictionary.shape.flat
    values = Values(
        owner=each.dictionary, stored=each.stored_flat(item.token, {}), was=flat(was), now=flat(now)
    )
    paths = []
    for path in differ(values.was, values.now):
        inner = _items_field(item.contents.fields.get(path))
        if inner and path in values.was and path in values.now:
            _change_items(sheet, inner, values.was[path], values.now[path])
        else:
            paths.append(path)
    sheet.note(start, values.noted(paths, sheet.notes(start)))
    for path in paths:
        if path in each.inner:
            sheet.put(f"{start}{path}", each.as_posted_of(path, item.token, sheet.data))
