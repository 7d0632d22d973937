"""How a list of dictionaries looks: its items in order, each with tools and the rows of its keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe

from designer.forms.fast_html import format_html
from designer.forms.fields import KeyField
from designer.forms.fields.base import css_safe
from designer.forms.items.contents import Contents, Item, Posted
from designer.forms.items.tokens import TOKEN, item_id
from designer.forms.layout import KeyRow, Row, described, key_rows, named
from designer.forms.widgets import NOTHING, KeyWidget, listed, lowered
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Dictionary, ListOf
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import INHERITED
from profiles.plist.build import written_item

NEW_LIST: Final = "__list__"
NEW_ITEM: Final = "__item__"
"""What stands for the names in a <template>, until static/js/items.js puts in the real ones."""

_BLANKS: Final = f"__blank_{secrets.token_hex(8)}__"
"""What stands in a list inside a list for what the ids of its templates begin with; nobody can type it."""

MAX_RENDERED: Final = 500
"""Items of one kind that are kept as HTML: some pages of them."""


@dataclass(frozen=True)
class _Section:
    title: str
    rows: list[KeyRow]


class Items(KeyWidget):
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
        tokens = [token for token in listed(data, name) if TOKEN.fullmatch(token)]
        return [Posted(token, data, files) for token in dict.fromkeys(tokens)]

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        """The list; `value` are its items."""
        items = value if isinstance(value, list) else []
        if self.inside:
            return self._list(name, items, attrs, f"{_BLANKS}{css_safe(self.key.path)}")
        blank_id = f"blank-{attrs.get('id', name)}"
        return SafeString(f"{self._list(name, items, attrs, blank_id)}{self.templates(blank_id)}")

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        for item in value if isinstance(value, list) else []:
            yield name, item.token
            yield from item.contents.as_posted(item.token)

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
            lowered(self.dictionary.label),
        )

    def templates(self, blank_id: str) -> SafeString:
        """What is copied for a new item of this list, and of each list inside it."""
        item = self._put_together(NEW_LIST, self._blank(NEW_ITEM), blank_id, is_open=True)
        inside = [
            each.widget.templates(f"{blank_id}--{css_safe(name)}")
            for name, each in self.inner.items()
            if isinstance(each.widget, Items)
        ]
        return format_html('<template id="{}">{}</template>{}', blank_id, item, SafeString("".join(inside)))

    def _blank(self, token: str) -> Item:
        scope = Scope(shape=self.dictionary.shape, values={}, targets={}, available=INHERITED)
        fields = {path: each.holding(None, self.around) for path, each in self.inner.items()}
        return Item(token=token, open=lambda: Contents(fields=fields, shown={}, typed=scope))

    def _item(self, name: str, item: Item, blank_id: str) -> SafeString:
        """One item; what is stored and public looks the same each time, and is put together once."""
        if item.stored is None or not self.is_public:
            return self._put_together(name, item, blank_id)
        place = (name, item.token, blank_id, repr(item.stored), str(self.around.imported))
        if place not in self.rendered:
            if len(self.rendered) >= MAX_RENDERED:
                self.rendered.clear()
            self.rendered[place] = self._put_together(name, item, blank_id)
        return self.rendered[place]

    @cached_property
    def is_public(self) -> bool:
        """Does an item show just its own values, with no secret among them?"""
        if any(each.looks_around or each.key.secret for each in self.inner.values()):
            return False
        lists = (each.widget for each in self.inner.values() if isinstance(each.widget, Items))
        return all(inner.is_public for inner in lists)

    def _put_together(self, name: str, item: Item, blank_id: str, *, is_open: bool = False) -> SafeString:
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
            self.said(item) if item.contents.typed.values else f"New {lowered(self.dictionary.label)}",
            SafeString("".join([self._section(section, item, blank_id) for section in self.sections])),
            TOOLS,
            name,
            item.token,
        )

    def said(self, item: Item) -> str:
        """What an item does once it is written, in words, or what it is called."""
        if self.dictionary.sentence is None:
            return self.dictionary.label
        values = written_item(self.dictionary, item.values, imported=self.around.imported)
        return self.dictionary.sentence(values)

    def _section(self, section: _Section, item: Item, blank_id: str) -> SafeString:
        rows = SafeString("".join([self._row(row, item, blank_id) for row in section.rows]))
        if not section.title:
            return rows
        return format_html('<section class="item__group"><h4>{}</h4>{}</section>', section.title, rows)

    def _row(self, row: KeyRow, item: Item, blank_id: str) -> SafeString:
        path, held = row.key.path, item.contents
        each = held.fields[path]
        concealed = held.is_concealed(row.key)
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
        return SafeString(html.replace(_BLANKS, f"{blank_id}--")) if isinstance(each.widget, Items) else html


OPEN: Final = mark_safe(" open")

TOOLS: Final = mark_safe(
    '<span class="item__tools">'
    '<span class="item__grip" data-grip aria-hidden="true" title="Drag to move"></span>'
    '<button type="button" class="btn btn-quiet" data-action="item-up" aria-label="Move up">Up</button>'
    '<button type="button" class="btn btn-quiet" data-action="item-down" aria-label="Move down">Down</button>'
    '<button type="button" class="btn btn-quiet" data-action="duplicate-item">Duplicate</button>'
)
