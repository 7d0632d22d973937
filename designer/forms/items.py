"""A list of dictionaries as a list of small forms: each item has the rows of its keys, and a scope of its own.

An item is named by a token: "2x1f0c9d3ax5b…" is the third one that is stored, and says so with a checksum of what
may be seen of it, so that a kept secret never lands in another item; the last part tells lists apart. What a copy of it
is called goes on with "y". Others are new. The controls of an item are called "token.path", and the hidden ones that
are called as the list itself give the order.
"""

from __future__ import annotations

import copy
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from zlib import crc32

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe

from designer.forms import widgets
from designer.forms.fields import JsonField, KeyField
from designer.forms.fields.base import css_safe
from designer.forms.layout import KeyRow, Row, described, key_rows, named
from designer.forms.surroundings import NOWHERE, Surroundings
from designer.forms.widgets import NOTHING
from designer.markup import format_html
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import nest
from profiles.catalogue.values import MAX_ITEMS
from profiles.catalogue.versions import INHERITED

NEW_LIST: Final = "__list__"
NEW_ITEM: Final = "__item__"
"""What stands for the names in a <template>, until static/js/items.js puts in the real ones."""

_BLANKS: Final = f"__blank_{secrets.token_hex(8)}__"
"""What stands in a list inside a list for what the ids of its templates begin with; nobody can type it."""

MAX_RENDERED: Final = 500
"""Items of one kind that are kept as HTML: some pages of them."""

_TOKEN = re.compile(r"[A-Za-z0-9_]{1,80}")
_STEP = re.compile(r"\[(\d+)\]\.?")


@dataclass(frozen=True)
class Posted:
    """One item as it was posted: for each path what its widget took apart."""

    token: str
    raw: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What is in an item: `shown` is what its controls show, `typed` what they hold."""

    fields: Mapping[str, KeyField]
    shown: Mapping[str, Any] = field(repr=False)
    typed: Scope = field(repr=False)
    kept: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def scope(self) -> Scope:
        """What it means: without the values that the device would not look at."""
        return self.typed.settled(self.kept)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of a form; `open` looks into it, which is put off as long as nobody asks.

    `stored` is the dictionary that it comes from, as long as nothing was posted.
    """

    token: str
    open: Callable[[], Contents] = field(repr=False)
    stored: Mapping[str, Any] | None = field(default=None, repr=False)

    @cached_property
    def contents(self) -> Contents:
        """What is in it."""
        return self.open()

    @property
    def values(self) -> dict[str, Any]:
        """The dictionary that the item means."""
        return nest(self.contents.scope.values) if self.stored is None else dict(self.stored)


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

    def holding(self, stored: Any, around: Surroundings = NOWHERE) -> KeyField:
        if stored is not None and not (
            isinstance(stored, list) and all(isinstance(item, dict) for item in stored)
        ):
            return JsonField(self.key)
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
        return False

    def initial_of(self, stored: Any) -> Any:
        return stored

    def prepare_value(self, value: Any) -> Any:
        return self.items

    def _stored(self, item: Mapping[str, Any], index: int) -> Item:
        token = f"{_mark(index, self.dictionary, item)}x{crc32(self.name.encode()):x}"
        return Item(token=token, open=lambda: self._look(item, token), stored=item)

    def _look(self, item: Mapping[str, Any], token: str) -> Contents:
        flat = self.dictionary.shape.flat(item)
        scope = self._scope(flat)
        fields = self._fields(flat, token)
        shown = {path: each.initial_of(flat[path]) for path, each in fields.items() if path in flat}
        return Contents(fields=fields, shown=shown, typed=scope, kept=_kept(scope))

    def _read(self, posted: Posted) -> Item:
        before = self.dictionary.shape.flat(self._before(posted.token))
        fields = self._fields(before, posted.token)
        values = {path: value for path, value in before.items() if path not in fields}
        errors: dict[str, str] = {}
        for path, each in fields.items():
            try:
                cleaned = each.clean(posted.raw[path])
            except ValidationError as error:
                errors[path] = " ".join(error.messages)
                continue
            value = before.get(path) if each.says(cleaned, before.get(path)) else cleaned
            if value is not None:
                values[path] = value
        contents = Contents(
            fields=fields,
            shown=posted.raw,
            typed=self._scope(values),
            kept=_kept(self._scope(before)),
            errors=errors,
        )
        return Item(token=posted.token, open=lambda: contents)

    def _before(self, token: str) -> Mapping[str, Any]:
        """The stored item that a token names; nothing for a new one, or where another stands in its place."""
        original = token.partition("y")[0].rpartition("x")[0]
        index = original.partition("x")[0]
        if index.isdecimal() and int(index) < len(self.stored):
            item = self.stored[int(index)]
            if _mark(int(index), self.dictionary, item) == original:
                return item
        return {}

    def _fields(self, flat: Mapping[str, Any], token: str) -> dict[str, KeyField]:
        return {
            path: each.holding(flat.get(path), self.around).called(f"{token}.{path}")
            for path, each in self.inner.items()
        }

    def _scope(self, values: Mapping[str, Any]) -> Scope:
        return Scope(keys=self.dictionary.keys, values=values, targets={}, available=INHERITED)

    def hold_secrets(self, held: bool) -> None:
        """Let the page hold on to the secrets that were typed, or not."""
        for item in self.items:
            for each in item.contents.fields.values():
                if isinstance(each.widget, widgets.SecretInput):
                    each.widget.kept = held
                elif isinstance(each, ItemsField):
                    each.hold_secrets(held)

    def problems(self) -> Iterator[tuple[str, str]]:
        """Where something cannot be read, from this key on, and why: ("[0].ActionParameters[1].Domains", …)."""
        for index, item in enumerate(self.items):
            if item.stored is not None:
                continue  # nothing was typed there
            for path, message in item.contents.errors.items():
                if item.contents.scope.revealed(self.dictionary.shape.by_path[path]):
                    yield f"[{index}].{path}", message
            for path, each in self._lists(item):
                yield from ((f"[{index}].{path}{rest}", message) for rest, message in each.problems())

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
                yield item_id(item.token), self.dictionary.sentence(item.values)
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
    return frozenset(key.path for key in scope.keys if scope.is_set(key.path) and not scope.revealed(key))


def _mark(index: int, dictionary: Dictionary, item: Mapping[str, Any]) -> str:
    """Which stored item this is, and what it looks like."""
    keys = dictionary.shape.by_path
    flat = dictionary.shape.flat(item)
    # Values that nobody may see, or that may have some inside, must not be guessed from the page.
    visible = {path: value for path, value in flat.items() if path in keys and _is_open(keys[path], value)}
    return f"{index}x{crc32(json.dumps(visible, sort_keys=True).encode('utf-8', 'replace')):08x}"


def _is_open(key: Key, value: Any) -> bool:
    parts = value if isinstance(value, list) else [value]
    return not key.secret and all(isinstance(part, str | int | float) for part in parts)


def item_id(token: str) -> str:
    """The id of an item on the page."""
    return f"item-{token}"


@dataclass(frozen=True)
class _Section:
    title: str
    rows: list[KeyRow]


class Items(widgets.KeyWidget):
    """The items in order, each with tools, a blank one to copy, and a button that adds it."""

    labelable = False
    clearable = False
    inside = False
    """Does it stand in an item of another list?"""

    def __init__(self, key: ListOf, dictionary: Dictionary, inner: Mapping[str, KeyField]) -> None:
        super().__init__()
        self.key = key
        self.dictionary = dictionary
        self.inner = inner
        self.rendered: dict[tuple[str, ...], SafeString] = {}
        shape = dictionary.shape
        self.sections = (
            [_Section(group.title, key_rows(group.keys, shape)) for group in dictionary.groups]
            if dictionary.groups
            else [_Section("", key_rows(dictionary.keys, shape))]
        )

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Posted]:
        tokens = [token for token in widgets.listed(data, name) if _TOKEN.fullmatch(token)]
        return [
            Posted(
                token,
                {
                    path: each.widget.value_from_datadict(data, files, f"{token}.{path}")
                    for path, each in self.inner.items()
                },
            )
            for token in dict.fromkeys(tokens)
        ]

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        """The list; `value` are its items."""
        items = value if isinstance(value, list) else []
        if self.inside:
            return self._list(name, items, attrs, f"{_BLANKS}{css_safe(self.key.path)}")
        blank_id = f"blank-{attrs.get('id', name)}"
        return SafeString(f"{self._list(name, items, attrs, blank_id)}{self.templates(blank_id)}")

    def _list(self, name: str, items: Sequence[Item], attrs: Mapping[str, Any], blank_id: str) -> SafeString:
        """The list; `blank_id` is the id of what is copied for a new item, which stands elsewhere."""
        id_ = attrs.get("id", name)
        return format_html(
            '<div class="items" id="{}" data-name="{}" data-blank="{}" data-most="{}" role="group" '
            'aria-labelledby="{}_label" aria-describedby="{}"><ol class="items__list">{}</ol>'
            '<button type="submit" class="btn btn-quiet items__add" name="add_item" value="{}" data-action="add-item">'
            "Add {}</button></div>",
            id_,
            name,
            blank_id,
            self.key.max_items or "",
            id_,
            attrs.get("aria-describedby", ""),
            SafeString("".join([self._item(name, item, blank_id) for item in items])),
            name,
            widgets.lowered(self.dictionary.label),
        )

    def templates(self, blank_id: str) -> SafeString:
        """What is copied for a new item of this list, and of each list inside it."""
        item = self._put_together(NEW_LIST, self._blank(NEW_ITEM), blank_id, is_open=True)
        inside = [
            each.widget.templates(f"{blank_id}--{css_safe(name)}")
            for name, each in self.inner.items()
            if isinstance(each, ItemsField)
        ]
        return format_html('<template id="{}">{}</template>{}', blank_id, item, SafeString("".join(inside)))

    def _blank(self, token: str) -> Item:
        scope = Scope(keys=self.dictionary.keys, values={}, targets={}, available=INHERITED)
        fields = {path: each.holding(None, self.around) for path, each in self.inner.items()}
        return Item(token=token, open=lambda: Contents(fields=fields, shown={}, typed=scope))

    def _item(self, name: str, item: Item, blank_id: str) -> SafeString:
        """One item; what is stored and public looks the same each time, and is put together once."""
        if item.stored is None or not self._is_public:
            return self._put_together(name, item, blank_id)
        place = (name, item.token, blank_id, repr(item.stored))
        if place not in self.rendered:
            if len(self.rendered) >= MAX_RENDERED:
                self.rendered.clear()
            self.rendered[place] = self._put_together(name, item, blank_id)
        return self.rendered[place]

    @cached_property
    def _is_public(self) -> bool:
        """Does an item show just its own values, with no secret among them?"""
        if any(each.looks_around or each.key.secret for each in self.inner.values()):
            return False
        lists = (each.widget for each in self.inner.values() if isinstance(each, ItemsField))
        return all(inner._is_public for inner in lists)  # noqa: SLF001 — of the same kind

    def _put_together(self, name: str, item: Item, blank_id: str, *, is_open: bool = False) -> SafeString:
        sentence = (
            self.dictionary.sentence(item.values) if self.dictionary.sentence else self.dictionary.label
        )
        return format_html(
            '<li class="item" id="{}"><input type="hidden" name="{}" value="{}">'
            '<details class="item__box"{}><summary class="item__head"><span class="item__sentence">{}</span></summary>'
            '<div class="item__body">{}</div></details>{}'
            '<button type="submit" class="btn btn-quiet" name="remove_item" value="{}:{}" data-action="remove-item">'
            "Remove</button></span></li>",
            item_id(item.token),
            name,
            item.token,
            OPEN if is_open or item.contents.errors else NOTHING,
            sentence if item.contents.typed.values else f"New {widgets.lowered(self.dictionary.label)}",
            SafeString("".join([self._section(section, item, blank_id) for section in self.sections])),
            TOOLS,
            name,
            item.token,
        )

    def _section(self, section: _Section, item: Item, blank_id: str) -> SafeString:
        rows = SafeString("".join([self._row(row, item, blank_id) for row in section.rows]))
        if not section.title:
            return rows
        return format_html('<section class="item__group"><h4>{}</h4>{}</section>', section.title, rows)

    def _row(self, row: KeyRow, item: Item, blank_id: str) -> SafeString:
        path, held = row.key.path, item.contents
        each = held.fields[path]
        concealed = path not in held.kept and not held.scope.revealed(row.key)
        if path not in held.typed.values and path not in held.errors and row.is_plain(each):
            kept = row.unset(self.inner[path], ".", concealed, held.scope, outlives=False)
            return self._placed(named(kept, item.token, item.token), each, blank_id)
        name = f"{item.token}.{path}"
        id_ = css_safe(f"id_{name}")
        shown = each.prepare_value(held.shown.get(path))
        attrs = {"id": id_, **described(id_)}
        control = each.widget.html(name, shown, {**each.widget.attrs, **attrs})
        html = row.html(
            Row(
                id=id_,
                control=control,
                labelable=each.widget.labelable,
                clearable=each.widget.clearable,
                is_set=is_set(held.typed.values.get(path)),
                concealed=concealed,
                kept=path in held.kept,
                outlives=False,
                problem=held.errors.get(path, ""),
                scope=held.scope,
            )
        )
        return self._placed(html, each, blank_id)

    def _placed(self, html: SafeString, each: KeyField, blank_id: str) -> SafeString:
        return SafeString(html.replace(_BLANKS, f"{blank_id}--")) if isinstance(each, ItemsField) else html


OPEN: Final = mark_safe(" open")

TOOLS: Final = mark_safe(
    '<span class="item__tools">'
    '<span class="item__grip" data-grip aria-hidden="true" title="Drag to move"></span>'
    '<button type="button" class="btn btn-quiet" data-action="item-up" aria-label="Move up">Up</button>'
    '<button type="button" class="btn btn-quiet" data-action="item-down" aria-label="Move down">Down</button>'
    '<button type="button" class="btn btn-quiet" data-action="duplicate-item">Duplicate</button>'
)
