"""From the catalogue to a form: which field and widget each kind of key gets, and the form class of a payload."""

from __future__ import annotations

from functools import cache, singledispatch
from typing import Final

from django import forms

from designer.forms import fields, widgets
from profiles.catalogue import wording
from profiles.catalogue.keys import (
    Boolean,
    Choice,
    Data,
    Date,
    Dictionary,
    Integer,
    Key,
    Languages,
    ListOf,
    Number,
    Reference,
    Switch,
    Text,
)
from profiles.catalogue.spec import Payload
from profiles.exceptions import CatalogueError

FEW: Final = 4
BRIEF: Final = 45
"""Up to so many choices, of so many characters in all, stand side by side; others make a list."""


@singledispatch
def field_for(key: Key) -> fields.KeyField:
    """The field of a key; raises CatalogueError for a kind that no form can show."""
    raise CatalogueError(f"There is no form field for {type(key).__name__}, the kind of {key.path}.")


@field_for.register
def _(key: Text) -> fields.KeyField:
    if key.secret:
        return fields.SecretField(key, widgets.SecretInput(placeholder=key.placeholder))
    if key.multiline:
        return fields.TextField(key, widgets.Area(placeholder=key.placeholder))
    return fields.TextField(key, widgets.LineInput(placeholder=key.placeholder))


@field_for.register
def _(key: Reference) -> fields.KeyField:
    return fields.TextField(
        key, widgets.LineInput(placeholder="00000000-0000-0000-0000-000000000000", size="uuid")
    )


@field_for.register
def _(key: Choice) -> fields.KeyField:
    choices = [(fields.posted(option.value), option.title) for option in key.options]
    side_by_side = len(choices) <= FEW and sum(len(title) for _, title in choices) <= BRIEF
    # A key that must be set offers no way to leave it out, but a list needs a first line.
    if not (side_by_side and key.required is True):
        choices.insert(0, ("", unset_title(key)))
    return fields.ChoiceField(key, (widgets.Segments if side_by_side else widgets.Select)(choices))


@field_for.register
def _(key: Switch) -> fields.KeyField:
    choices = [(fields.posted(option.value), option.title) for option in key.options]
    return fields.ChoiceField(key, widgets.Segments([("", unset_title(key)), *choices]))


@field_for.register
def _(key: Boolean) -> fields.KeyField:
    choices = [(fields.posted(value), key.option_title(value)) for value in (True, False)]
    return fields.BooleanField(key, widgets.Segments([("", unset_title(key)), *choices]))


@field_for.register
def _(key: Number) -> fields.KeyField:
    mode = "numeric" if isinstance(key, Integer) else "decimal"
    return fields.NumberField(
        key, widgets.LineInput(inputmode=mode, size="short", placeholder=key.placeholder)
    )


@field_for.register
def _(key: Date) -> fields.KeyField:
    return fields.DateField(key, widgets.LineInput(input_type="datetime-local", size="date"))


@field_for.register
def _(key: Data) -> fields.KeyField:
    if not key.secret:
        raise CatalogueError(f"There is no form field yet for data that is not secret, such as {key.path}.")
    encodings = [(name, title) for name, (title, _) in fields.ENCODINGS.items()]
    return fields.SecretDataField(key, widgets.SecretInput(encodings=encodings, placeholder=key.placeholder))


@field_for.register
def _(key: Languages) -> fields.KeyField:
    return fields.LanguagesField(key, widgets.LanguageRows())


@field_for.register
def _(key: ListOf) -> fields.KeyField:
    if isinstance(key.item, Dictionary):
        return fields.NestedField(key, widgets.JsonArea())
    item = field_for(key.item)
    if isinstance(key.item, Choice):
        # In a list, “not set” is said by removing the row, but the new row needs a first line.
        choices = [(fields.posted(option.value), option.title) for option in key.item.options]
        item.widget = widgets.Select([("", "Choose …"), *choices])
    return fields.ListField(key, widgets.Rows(item.widget, label=key.item.label, most=key.max_items), item)


def unset_title(key: Key) -> str:
    """How a choice calls “not set”: “Default (Off)” where that is short and certain."""
    if key.default is None or key.default_on or key.inherits:
        return "Default" if wording.default(key) or key.inherits else "Not set"
    return f"Default ({key.option_title(key.default)})"


@cache
def fields_of(payload: Payload) -> dict[str, forms.Field]:
    """The fields of a payload by path, in the order of the form; made once, since a declaration never changes."""
    return {key.path: field_for(key) for key in payload.keys}
