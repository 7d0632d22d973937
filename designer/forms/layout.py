"""How the form of a payload is laid out: crispy layout objects that build their HTML themselves.

Stock crispy renders several templates for each field, which takes many times as long (see bench/).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django.utils.safestring import SafeString, mark_safe

from designer.forms.fast_html import escape, format_html, format_html_join
from designer.forms.fields.base import KeyField, css_safe
from designer.forms.widgets import NOTHING, PRESERVED
from profiles.catalogue import wording
from profiles.catalogue.keys import Boolean, Choice, Data, Dictionary, Key, Languages, ListOf, Number
from profiles.catalogue.payload_type import Group, Payload
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import Shape

if TYPE_CHECKING:
    from designer.forms.payload_form import PayloadForm

WIDE = (ListOf, Languages)
"""Kinds of key whose control needs the full width."""

CONCEALED = mark_safe(" data-concealed")
KEPT = mark_safe(" data-kept")
LOCKED: Final = '<fieldset class="locked" disabled>{}</fieldset>'
LOCK: Final = mark_safe('<span class="tag key__lock">Locked by the template</span>')


TOOLS: Final[Mapping[str, str]] = {
    "simulator": "Try the rules …",
    "server-certificate": "Check a server certificate …",
}
"""What the button of each tool of a key says."""


NAME: Final = "__name__"
ID: Final = "__id__"
"""What stands in a row that is kept for the name and the id of what it is shown in."""


def named(html: str, name: str, id_: str) -> SafeString:
    """A kept row for controls whose names begin with `name` and whose ids begin with `id_`."""
    return SafeString(html.replace(NAME, escape(name)).replace(ID, id_))


def described(id_: str) -> dict[str, str | bool]:
    """What a control is described by: its help and its problem."""
    return {"aria-describedby": f"{id_}_help {id_}_problem"}


@dataclass(frozen=True, slots=True)
class Row:
    """What a form shows of one key: `control` is its HTML, `scope` the values beside it."""

    id: str
    control: SafeString
    labelable: bool
    clearable: bool
    is_set: bool
    concealed: bool
    kept: bool
    outlives: bool
    problem: str
    scope: Scope
    fixed: bool = False


class KeyRow(LayoutObject):  # type: ignore[misc]  # crispy carries no types
    """One key: its names, control, help, default, and why it may not be used.

    What never changes is put together once; a render only fills in what was set.
    """

    def __init__(self, key: Key, *, shape: Shape, depth: int) -> None:
        self.key = key
        self.shape = shape
        self.depth = depth
        self._unset_rows: dict[bool, str] = {}

    def render(self, form: PayloadForm, context: Any, **kwargs: Any) -> SafeString:
        path = self.key.path
        form.rendered_fields.add(path)
        concealed = form.is_concealed(self.key)
        fixed = path in form.fixed
        # Concealed rows outlive a save, so that what was typed in them does too.
        outlives = concealed and path not in form.renewed
        unset = path not in form.typed.values and path not in form.errors
        if unset and not fixed and outlives is concealed and self.is_plain(form.fields[path]):
            prefix = str(form.prefix)
            kept = self.unset(form.base_fields[path], "-", concealed, form.scope, outlives=concealed)
            return named(kept, prefix, css_safe(prefix))
        bound = form[path]
        widget = bound.field.widget
        return self.html(
            Row(
                id=bound.auto_id,
                control=bound.as_widget(attrs=described(bound.auto_id)),
                labelable=widget.labelable,
                clearable=widget.clearable,
                is_set=form.is_set(self.key),
                concealed=concealed,
                fixed=fixed,
                kept=path in form.kept,
                outlives=outlives,
                problem=" ".join(map(str, bound.errors)),
                scope=form.scope,
            )
        )

    def is_plain(self, field: KeyField) -> bool:
        """Does the row look the same wherever nothing is set for it?"""
        return not (self.key.inherits or isinstance(self.key, Data) or field.looks_around)

    def unset(self, field: KeyField, joint: str, concealed: bool, scope: Scope, *, outlives: bool) -> str:
        """The row with nothing set, put together once, for `named`; `joint` stands before the path in names."""
        if concealed not in self._unset_rows:
            widget, id_ = field.widget, f"id_{ID}-{css_safe(self.key.path)}"
            name, attrs = f"{NAME}{joint}{self.key.path}", {**widget.attrs, "id": id_, **described(id_)}
            row = Row(
                id=id_,
                control=widget.html(name, field.prepare_value(None), attrs),
                labelable=widget.labelable,
                clearable=widget.clearable,
                is_set=False,
                concealed=concealed,
                kept=False,
                outlives=outlives,
                problem="",
                scope=scope,
            )
            self._unset_rows[concealed] = self.html(row)
        return self._unset_rows[concealed]

    def html(self, row: Row) -> SafeString:
        """The row; one that only the template sets is out of reach, and says so."""
        return format_html(LOCKED, self._row(row)) if row.fixed else self._row(row)

    def _row(self, row: Row) -> SafeString:
        return format_html(
            '<div class="{}{}" id="{}_row"{}{}{}{}>'
            '<div class="key__name">{}{}{}<span class="key__badges"></span></div>'
            '<div class="key__value"><div class="key__control">{}{}{}</div>'
            '<p class="key__help" id="{}_help">{}</p>{}{}<p class="key__problem" id="{}_problem">{}</p></div></div>',
            self._classes,
            " is-set" if row.is_set else "",
            row.id,
            self._data,
            CONCEALED if row.concealed else NOTHING,
            PRESERVED if row.outlives else NOTHING,
            KEPT if row.kept else NOTHING,
            self._label(row.id, labelable=row.labelable),
            self._name,
            LOCK if row.fixed else NOTHING,
            row.control,
            self._unit_and_tool,
            self._clear if row.clearable else NOTHING,
            row.id,
            self.key.help,
            self._default(row.scope),
            self._only_used,
            row.id,
            row.problem,
        )

    @cached_property
    def _classes(self) -> str:
        wide = " key--wide" if isinstance(self.key, WIDE) else ""
        wide += (
            " key--items" if isinstance(self.key, ListOf) and isinstance(self.key.item, Dictionary) else ""
        )
        return f"key key--depth-{self.depth}{wide}"

    @cached_property
    def _data(self) -> SafeString:
        data = {
            "path": self.key.path,
            "type": self.key.type.value,
            "secret": "true" if self.key.secret else None,
            "default": None if self.key.default is None else json.dumps(self.key.default),
            "inherits": self.key.inherits or None,
            "revealed-by": json.dumps(self.key.revealed_by.to_json()) if self.key.revealed_by else None,
        }
        return format_html_join("", ' data-{}="{}"', ((k, v) for k, v in data.items() if v is not None))

    def _label(self, id_: str, *, labelable: bool) -> SafeString:
        if labelable:
            return format_html(
                '<label class="key__label" id="{}_label" for="{}">{}</label>', id_, id_, self.key.label
            )
        return format_html('<span class="key__label" id="{}_label">{}</span>', id_, self.key.label)

    @cached_property
    def _name(self) -> SafeString:
        # A long name breaks between its words.
        words = re.split(r"(?<=[a-z])(?=[A-Z])", self.key.name)
        return format_html(
            '<code class="key__apple">{}</code>', format_html_join("<wbr>", "{}", ((w,) for w in words))
        )

    @cached_property
    def _unit_and_tool(self) -> SafeString:
        unit = self.key.unit if isinstance(self.key, Number) else ""
        shown = format_html('<span class="key__unit">{}</span>', unit) if unit else NOTHING
        return format_html("{}{}", shown, self._tool)

    @cached_property
    def _tool(self) -> SafeString:
        if not self.key.tool:
            return NOTHING
        return format_html(
            '<button type="button" class="btn btn-quiet key__tool" data-action="tool" data-tool="{}">{}</button>',
            self.key.tool,
            TOOLS[self.key.tool],
        )

    @cached_property
    def _clear(self) -> SafeString:
        return format_html(
            '<button type="button" class="btn btn-quiet key__clear" data-action="unset" aria-label="Clear {}">'
            "Clear</button>",
            self.key.label,
        )

    @cached_property
    def _only_used(self) -> SafeString:
        if self.key.revealed_by is None:
            return NOTHING
        clause = wording.condition(self.key.revealed_by, self.shape.by_path)
        text = "No setting makes use of this key." if clause == "never" else f"Only used when {clause}."
        return format_html('<p class="key__only">{}</p>', text)

    def _default(self, scope: Scope) -> SafeString:
        if self.key.inherits:
            return self._inherited(scope)
        return self._own_default

    @cached_property
    def _own_default(self) -> SafeString:
        text = wording.default(self.key)
        # A choice whose first option says “Default (Off)” need not be told twice.
        said = text and text in wording.unset(self.key) and isinstance(self.key, Choice | Boolean)
        return format_html('<p class="key__default">Default: {}</p>', text) if text and not said else NOTHING

    def _inherited(self, scope: Scope) -> SafeString:
        """The default of a key that may follow another; static/js/reveal.js keeps the text up to date."""
        source = self.shape.by_path[self.key.inherits]
        own = f"Default: {wording.default(self.key)}"
        value = scope.effective(self.key.inherits)
        usual = wording.default(self.key)
        shown = self._shown(value) if scope.is_set(self.key.inherits) else usual
        text = own if scope.any_set(self.key.container) else f"As for {source.label}: {shown}"
        return format_html(
            '<p class="key__default" data-own="{}" data-source="{}" data-value="{}">{}</p>',
            own,
            source.label,
            usual,
            text,
        )

    def _shown(self, value: Any) -> str:
        if isinstance(self.key, ListOf) and isinstance(value, list):
            return ", ".join(self.key.item.option_title(item) for item in value)
        return self.key.option_title(value)


class Section(LayoutObject):  # type: ignore[misc]  # crispy carries no types
    """A group of keys with its heading."""

    def __init__(self, group: Group, *rows: KeyRow) -> None:
        self.group = group
        self.fields = list(rows)

    def render(self, form: PayloadForm, context: Any, **kwargs: Any) -> SafeString:
        return format_html(
            '<section class="group" id="{}" data-group="{}" data-prefix="{}" aria-labelledby="part-{}-title {}-title">'
            '<header class="group__header"><h3 class="group__title" id="{}-title">{}</h3>'
            '<p class="group__help">{}</p></header>'
            "{}</section>",
            *(section_id(form.prefix, self.group), self.group.slug, form.prefix, form.prefix),
            *[section_id(form.prefix, self.group)] * 2,
            self.group.title,
            self.group.help,
            mark_safe("".join(row.render(form, context) for row in self.fields)),  # noqa: S308 — rows are safe
        )


def section_id(prefix: str | None, group: Group) -> str:
    """The id of a section on the page, which the navigation points at."""
    return f"section-{prefix}-{group.slug}"


def helper_for(payload: Payload) -> FormHelper:
    """The crispy helper that lays out every key of a payload."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(
        *(Section(group, *key_rows(group.keys, payload.shape)) for group in payload.groups)
    )
    return helper


def key_rows(keys: Sequence[Key], shape: Shape) -> list[KeyRow]:
    """A row for each key of a group, indented under what reveals it."""
    depths: dict[str, int] = {}
    for key in keys:
        depths[key.path] = _depth(key, depths)
    return [KeyRow(key, shape=shape, depth=depths[key.path]) for key in keys]


def _depth(key: Key, depths: Mapping[str, int]) -> int:
    """How far a key is indented: one step under the nearest key above it that reveals it."""
    if key.revealed_by is None:
        return 0
    parents = [depths[path] for path in key.revealed_by.paths() if path in depths]
    return min(1 + min(parents), 2) if parents else 0
