"""The field of a list of dictionaries: reads its items, and lays what was posted over what is stored."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from designer.forms.fields import KeyField, fields_holding
from designer.forms.form_context import NOWHERE, Surroundings
from designer.forms.items.contents import Contents, Item, Posted
from designer.forms.items.tokens import item_id, original_of, stored_item, token_of
from designer.forms.items.widget import Items
from designer.forms.mended import MENDED, mended_flat, read_notes
from designer.forms.widgets import SecretInput, listed
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Dictionary, ListOf
from profiles.catalogue.scope import Scope
from profiles.catalogue.values import MAX_ITEMS
from profiles.catalogue.versions import INHERITED

_STEP = re.compile(r"\[(\d+)\]\.?")


class ItemsField(KeyField):
    """A list of dictionaries; `inner` are the fields of their keys by path, shared by all items."""

    widget: Items

    def __init__(self, key: ListOf, dictionary: Dictionary, inner: Mapping[str, KeyField]) -> None:
        super().__init__(key, Items(key, dictionary, inner))
        for each in inner.values():
            if isinstance(each, ItemsField):
                each.widget.inside = True
        self.dictionary = dictionary
        self.inner = inner
        self.stored: Sequence[Mapping[str, Any]] = ()
        self.name = ""
        self.around = NOWHERE
        self._items: list[Item] | None = None

    @property
    def looks_around(self) -> bool:
        return any(each.looks_around for each in self.inner.values())

    @property
    def items(self) -> list[Item]:
        """What was posted, or else what is stored."""
        if self._items is None:
            self._items = [self._stored(item, index) for index, item in enumerate(self.stored)]
        return self._items

    def shows(self, stored: Any) -> bool:
        return not is_set(stored) or (
            isinstance(stored, list) and all(isinstance(item, dict) for item in stored)
        )

    def holding(self, stored: Any, around: Surroundings = NOWHERE) -> KeyField:
        held = copy.copy(self)
        held.stored = stored or ()
        held.around = around
        held._items = None  # noqa: SLF001 — its own
        held.widget = self.widget.beside(around)
        return held

    def clean(self, value: list[Posted]) -> Any:
        self._items = [self._read(posted) for posted in value]
        if len(self.items) > MAX_ITEMS:
            raise ValidationError(
                f"These are {len(self.items):,} entries; at most {MAX_ITEMS:,} are allowed."
            )
        return [item.values for item in self.items] or None

    def says(self, cleaned: Any, stored: Any) -> bool:
        # Each item keeps what is stored of it by itself.
        return super().says(cleaned, stored)

    def initial_of(self, stored: Any) -> Any:
        return stored

    def prepare_value(self, value: Any) -> Any:
        return self.items

    def _stored(self, item: Mapping[str, Any], index: int) -> Item:
        token = token_of(item, index, self.dictionary, self.name)
        return Item(token=token, open=lambda: self._look(item, token), stored=item)

    def _look(self, item: Mapping[str, Any], token: str) -> Contents:
        flat = self.dictionary.shape.flat(item)
        scope = self._scope(flat)
        fields, shown = self._fields(flat, token)
        return Contents(fields=fields, shown=shown, typed=scope, kept=_kept(scope))

    def _read(self, posted: Posted) -> Item:
        before = self.stored_flat(posted.token, posted.data)
        fields, _ = self._fields(before, posted.token)
        raw = posted.taken_apart(fields)
        values = {path: value for path, value in before.items() if path not in fields}
        errors: dict[str, str] = {}
        for path, each in fields.items():
            try:
                cleaned = each.clean(raw[path])
            except ValidationError as error:
                errors[path] = " ".join(error.messages)
                continue
            value = before.get(path) if each.says(cleaned, before.get(path)) else cleaned
            if value is not None:
                values[path] = value
        contents = Contents(
            fields=fields,
            shown=raw,
            typed=self._scope(values),
            kept=_kept(self._scope(before)),
            errors=errors,
        )
        return Item(token=posted.token, open=lambda: contents)

    def stored_flat(self, token: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """What counts as stored of the item with this token: flat, and as fixes that were posted have it."""
        flat = self.dictionary.shape.flat(stored_item(token, self.stored, self.dictionary))
        notes = read_notes(listed(data, f"{token}.{MENDED}"))
        return mended_flat(flat, notes, self.dictionary) if notes else flat

    def as_posted_of(self, path: str, token: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Name and text of all that a browser posts of one key of an item, as the page shows it of what is stored."""
        held, shown = self._fields(self.stored_flat(token, data), token)
        yield from held[path].as_posted(f"{token}.{path}", shown.get(path))

    def _fields(self, flat: Mapping[str, Any], token: str) -> tuple[dict[str, KeyField], dict[str, Any]]:
        """The fields of an item by path, and what they show."""
        held, shown = fields_holding(self.inner, self.dictionary, flat, self.around, about=original_of(token))
        return {path: each.called(f"{token}.{path}") for path, each in held.items()}, shown

    def _scope(self, values: Mapping[str, Any]) -> Scope:
        return Scope(shape=self.dictionary.shape, values=values, targets={}, available=INHERITED)

    def hold_secrets(self, held: bool, but: Collection[str] = ()) -> None:
        """Let the page hold on to the secrets that were typed, or not; in no case to controls called as in `but`."""
        for item in self.items:
            for path, each in item.contents.fields.items():
                if isinstance(each.widget, SecretInput):
                    each.widget.kept = held and f"{item.token}.{path}" not in but
                elif isinstance(each, ItemsField):
                    each.hold_secrets(held, but)

    def problems(self) -> Iterator[tuple[str, str]]:
        """Where something cannot be read, from this key on, and why: ("[0].ActionParameters[1].Domains", …)."""
        for index, item in enumerate(self.items):
            if item.stored is None:  # else nothing was typed there
                yield from ((f"[{index}].{path}", message) for path, message in self._unreadable(item))

    def _unreadable(self, item: Item) -> Iterator[tuple[str, str]]:
        """The same within one item; what is typed into a concealed row is not meant."""
        keys = self.dictionary.shape.by_path
        for path, message in item.contents.errors.items():
            if not item.contents.is_concealed(keys[path]):
                yield path, message
        for path, each in self._lists(item):
            if not item.contents.is_concealed(keys[path]):
                yield from ((f"{path}{rest}", message) for rest, message in each.problems())

    def _lists(self, item: Item) -> Iterator[tuple[str, ItemsField]]:
        """The lists inside an item that hold something."""
        for path, inner in self.inner.items():
            if isinstance(inner, ItemsField) and (item.stored is None or path in item.stored):
                each = item.contents.fields[path]
                if isinstance(each, ItemsField):
                    yield path, each

    def called(self, name: str) -> ItemsField:
        self.name = name
        return self

    def sentences(self) -> Iterator[tuple[str, str]]:
        """Id and sentence of each item, those inside items too."""
        for item in self.items:
            if self.dictionary.sentence:
                yield item_id(item.token), self.widget.said(item)
            for _, each in self._lists(item):
                yield from each.sentences()

    def name_at(self, rest: str) -> str:
        """The name of the controls at a place, from this key on: "[2].ActionParameters[0].Domains[1]"."""
        step = _STEP.match(rest)
        if not step or int(step[1]) >= len(self.items):
            return self.name
        item, rest = self.items[int(step[1])], rest[step.end() :]
        path = next(
            (path for path in self.inner if rest == path or rest.startswith((f"{path}[", f"{path}."))), ""
        )
        if not path:
            return self.name
        inner = item.contents.fields[path]
        return inner.name_at(rest[len(path) :]) if isinstance(inner, ItemsField) else f"{item.token}.{path}"


def _kept(scope: Scope) -> frozenset[str]:
    return frozenset(key.path for key in scope.keys if key.path in scope.values and not scope.revealed(key))
