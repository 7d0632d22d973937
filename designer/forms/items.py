"""A list of dictionaries as a list of small forms: each item has the rows of its keys, and a scope of its own.

An item is named by a token: "2x1f0c9d3a" is the third one that is stored, and says so with a checksum of what may be
seen of it, so that a kept secret never lands in another item; what a copy of it is called goes on with "~". Others are
new. The controls of an item are called "list:token.path", and the hidden ones called "list" give the order.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from zlib import crc32

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe

from designer.forms import widgets
from designer.forms.fields import JsonField, KeyField
from designer.forms.fields.base import css_safe
from designer.forms.layout import KeyRow, Row, described, key_rows
from designer.forms.surroundings import NOWHERE, Surroundings
from designer.forms.widgets import NOTHING
from designer.markup import format_html
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Dictionary, ListOf
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import nest
from profiles.catalogue.values import MAX_ITEMS
from profiles.catalogue.versions import INHERITED
from profiles.plist.encoding import to_json
from profiles.plist.secrets import without_secrets

BLANK: Final = "blank"
"""The token of the item that waits to be filled in where there are no scripts."""

NEW_LIST: Final = "__list__"
NEW_ITEM: Final = "__item__"
"""What stands for the names in a <template>, until static/js/items.js puts in the real ones."""

_TOKEN = re.compile(r"[A-Za-z0-9~_]{1,60}")
_STEP = re.compile(r"\[(\d+)\]\.?")


@dataclass(frozen=True)
class Posted:
    """One item as it was posted: for each path what its widget took apart."""

    token: str
    raw: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of a form: `shown` is what its controls show, `typed` what they hold, `scope` what they mean."""

    token: str
    fields: Mapping[str, KeyField]
    shown: Mapping[str, Any] = field(repr=False)
    typed: Scope = field(repr=False)
    kept: frozenset[str]
    errors: Mapping[str, str]

    @cached_property
    def scope(self) -> Scope:
        """Without the values that the device would not look at."""
        return self.typed.settled(self.kept)

    @property
    def values(self) -> dict[str, Any]:
        """The dictionary that the item means."""
        return nest(self.scope.values)


class ItemsField(KeyField):
    """A list of dictionaries; `inner` are the fields of their keys by path, shared by all items."""

    widget: Items

    def __init__(self, key: ListOf, dictionary: Dictionary, inner: Mapping[str, KeyField]) -> None:
        super().__init__(key, Items(key, dictionary, inner))
        self.dictionary = dictionary
        self.inner = inner
        self.stored: Sequence[Mapping[str, Any]] = ()
        self.around = NOWHERE
        self._items: list[Item] | None = None

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
        read = [self._read(posted) for posted in value]
        # What waits to be filled in, and was not, is no item.
        self._items = [item for item in read if item.token != BLANK or item.typed.values]
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
        flat = self.dictionary.shape.flat(item)
        scope = self._scope(flat)
        fields = self._fields(flat)
        return Item(
            token=_token(index, self.dictionary, item),
            fields=fields,
            shown={path: f.initial_of(flat[path]) for path, f in fields.items() if path in flat},
            typed=scope,
            kept=_kept(scope),
            errors={},
        )

    def _read(self, posted: Posted) -> Item:
        before = self.dictionary.shape.flat(self._before(posted.token))
        fields = self._fields(before)
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
        return Item(
            token=posted.token,
            fields=fields,
            shown=posted.raw,
            typed=self._scope(values),
            kept=_kept(self._scope(before)),
            errors=errors,
        )

    def _before(self, token: str) -> Mapping[str, Any]:
        """The stored item that a token names; nothing for a new one, or where another stands in its place."""
        original = token.partition("~")[0]
        index = original.partition("x")[0]
        if index.isdecimal() and int(index) < len(self.stored):
            item = self.stored[int(index)]
            if _token(int(index), self.dictionary, item) == original:
                return item
        return {}

    def _fields(self, flat: Mapping[str, Any]) -> dict[str, KeyField]:
        return {path: each.holding(flat.get(path), self.around) for path, each in self.inner.items()}

    def _scope(self, values: Mapping[str, Any]) -> Scope:
        return Scope(keys=self.dictionary.keys, values=values, targets={}, available=INHERITED)

    def hold_secrets(self, held: bool) -> None:
        """Let the page hold on to the secrets that were typed, or not."""
        for item in self.items:
            for each in item.fields.values():
                if isinstance(each.widget, widgets.SecretInput):
                    each.widget.kept = held
                elif isinstance(each, ItemsField):
                    each.hold_secrets(held)

    def problems(self) -> Iterator[tuple[str, str]]:
        """Where something cannot be read, from this key on, and why: ("[0].ActionParameters[1].Domains", …)."""
        for index, item in enumerate(self.items):
            for path, message in item.errors.items():
                if item.scope.revealed(self.dictionary.shape.by_path[path]):
                    yield f"[{index}].{path}", message
            for path, each in item.fields.items():
                if isinstance(each, ItemsField):
                    yield from ((f"[{index}].{path}{rest}", message) for rest, message in each.problems())

    def sentences(self, name: str) -> Iterator[tuple[str, str]]:
        """Id and sentence of each item, those inside items too; `name` is that of the list's controls."""
        for item in self.items:
            if self.dictionary.sentence:
                yield item_id(name, item.token), self.dictionary.sentence(item.values)
            for path, each in item.fields.items():
                if isinstance(each, ItemsField):
                    yield from each.sentences(f"{name}:{item.token}.{path}")

    def name_at(self, name: str, rest: str) -> str:
        """The name of the controls at a place, from this key on: "[2].ActionParameters[0].Domains[1]"."""
        step = _STEP.match(rest)
        if not step or int(step[1]) >= len(self.items):
            return name
        item, rest = self.items[int(step[1])], rest[step.end() :]
        path = next(
            (path for path in self.inner if rest == path or rest.startswith((f"{path}[", f"{path}."))), ""
        )
        if not path:
            return name
        inner, here = item.fields[path], f"{name}:{item.token}.{path}"
        return inner.name_at(here, rest[len(path) :]) if isinstance(inner, ItemsField) else here


def _kept(scope: Scope) -> frozenset[str]:
    return frozenset(key.path for key in scope.keys if scope.is_set(key.path) and not scope.revealed(key))


def _token(index: int, dictionary: Dictionary, item: Mapping[str, Any]) -> str:
    visible = json.dumps(to_json(without_secrets(dictionary.keys, item)), sort_keys=True, default=repr)
    return f"{index}x{crc32(visible.encode('utf-8', 'replace')):08x}"


def item_id(name: str, token: str) -> str:
    """The id of an item on the page."""
    return f"{css_safe(f'id_{name}')}--{token.replace('~', '-')}"


@dataclass(frozen=True)
class _Section:
    title: str
    rows: list[KeyRow]


class Items(widgets.KeyWidget):
    """The items in order, each with tools, a blank one to copy, and a button that adds it."""

    labelable = False
    clearable = False

    def __init__(self, key: ListOf, dictionary: Dictionary, inner: Mapping[str, KeyField]) -> None:
        super().__init__()
        self.key = key
        self.dictionary = dictionary
        self.inner = inner
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
                    path: each.widget.value_from_datadict(data, files, f"{name}:{token}.{path}")
                    for path, each in self.inner.items()
                },
            )
            for token in dict.fromkeys(tokens)
        ]

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        """The list; `value` are its items."""
        items = value if isinstance(value, list) else []
        id_ = attrs.get("id", name)
        whole = self.list_html(name, items, attrs, f"blank-{id_}", waiting=True)
        return SafeString(f"{whole}{self.templates(f'blank-{id_}')}")

    def list_html(
        self, name: str, items: Sequence[Item], attrs: Mapping[str, Any], blank_id: str, *, waiting: bool
    ) -> SafeString:
        """The list; `blank_id` is the id of what is copied for a new item, which stands elsewhere."""
        id_ = attrs.get("id", name)
        return format_html(
            '<div class="items" id="{}" data-name="{}" data-blank="{}" data-most="{}" role="group" '
            'aria-labelledby="{}_label" aria-describedby="{}"><ol class="items__list">{}</ol>{}'
            '<button type="button" class="btn btn-quiet items__add" data-action="add-item">Add {}</button></div>',
            id_,
            name,
            blank_id,
            self.key.max_items or "",
            id_,
            attrs.get("aria-describedby", ""),
            SafeString("".join([self._item(name, item, TOOLS, blank_id) for item in items])),
            self._waiting(name, blank_id) if waiting else NOTHING,
            widgets.lowered(self.dictionary.label),
        )

    def _waiting(self, name: str, blank_id: str) -> SafeString:
        """Without scripts there is always one more item to fill in."""
        item = self._item(name, self._blank(BLANK), NOTHING, blank_id, is_open=True)
        # One <noscript> ends at the first end tag, also at that of another one inside it.
        inside = SafeString(item.replace("<noscript>", "").replace("</noscript>", ""))
        return format_html('<noscript><ol class="items__list">{}</ol></noscript>', inside)

    def templates(self, blank_id: str) -> SafeString:
        """What is copied for a new item of this list, and of each list inside it."""
        item = self._item(NEW_LIST, self._blank(NEW_ITEM), TOOLS, blank_id, is_open=True)
        inside = [
            each.widget.templates(f"{blank_id}--{css_safe(name)}")
            for name, each in self.inner.items()
            if isinstance(each, ItemsField)
        ]
        return format_html('<template id="{}">{}</template>{}', blank_id, item, SafeString("".join(inside)))

    def _blank(self, token: str) -> Item:
        scope = Scope(keys=self.dictionary.keys, values={}, targets={}, available=INHERITED)
        fields = {path: each.holding(None, self.around) for path, each in self.inner.items()}
        return Item(token=token, fields=fields, shown={}, typed=scope, kept=frozenset(), errors={})

    def _item(
        self, name: str, item: Item, tools: SafeString, blank_id: str, *, is_open: bool = False
    ) -> SafeString:
        sentence = (
            self.dictionary.sentence(item.values) if self.dictionary.sentence else self.dictionary.label
        )
        return format_html(
            '<li class="item" id="{}"><input type="hidden" name="{}" value="{}">'
            '<details class="item__box"{}><summary class="item__head"><span class="item__sentence">{}</span></summary>'
            '<div class="item__body">{}</div></details>{}</li>',
            item_id(name, item.token),
            name,
            item.token,
            OPEN if is_open or item.errors else NOTHING,
            sentence if item.typed.values else f"New {widgets.lowered(self.dictionary.label)}",
            SafeString("".join([self._section(section, name, item, blank_id) for section in self.sections])),
            tools,
        )

    def _section(self, section: _Section, name: str, item: Item, blank_id: str) -> SafeString:
        rows = SafeString(
            "".join([self._row(row, f"{name}:{item.token}", item, blank_id) for row in section.rows])
        )
        if not section.title:
            return rows
        return format_html('<section class="item__group"><h4>{}</h4>{}</section>', section.title, rows)

    def _row(self, row: KeyRow, prefix: str, item: Item, blank_id: str) -> SafeString:
        path = row.key.path
        name = f"{prefix}.{path}"
        id_ = css_safe(f"id_{name}")
        each = item.fields[path]
        shown = each.prepare_value(item.shown.get(path))
        attrs = {"id": id_, **described(id_)}
        if isinstance(each, ItemsField):
            waiting = item.token != NEW_ITEM and item.scope.revealed(row.key)
            control = each.widget.list_html(
                name, shown, attrs, f"{blank_id}--{css_safe(path)}", waiting=waiting
            )
        else:
            control = each.widget.html(name, shown, {**each.widget.attrs, **attrs})
        return row.html(
            Row(
                id=id_,
                control=control,
                labelable=each.widget.labelable,
                clearable=each.widget.clearable,
                is_set=is_set(item.typed.values.get(path)),
                concealed=path not in item.kept and not item.scope.revealed(row.key),
                kept=path in item.kept,
                outlives=False,
                problem=item.errors.get(path, ""),
                scope=item.scope,
            )
        )


OPEN: Final = mark_safe(" open")

TOOLS: Final = mark_safe(
    '<span class="item__tools">'
    '<span class="item__grip" data-grip aria-hidden="true" title="Drag to move"></span>'
    '<button type="button" class="btn btn-quiet" data-action="item-up" aria-label="Move up">Up</button>'
    '<button type="button" class="btn btn-quiet" data-action="item-down" aria-label="Move down">Down</button>'
    '<button type="button" class="btn btn-quiet" data-action="duplicate-item">Duplicate</button>'
    '<button type="button" class="btn btn-quiet" data-action="remove-item">Remove</button></span>'
)
