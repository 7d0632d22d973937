"""From the catalogue to a form: which field and widget each kind of key gets, and the form class of a payload."""

from __future__ import annotations

from functools import cache, singledispatch
from typing import Final

from django import forms

from designer.forms import fields, widgets
from designer.forms.items import ItemsField
from profiles.catalogue import wording
from profiles.catalogue.conditions import NEVER_REVEALED
from profiles.catalogue.keys import (
    Boolean,
    Choice,
    Content,
    Data,
    Date,
    Dictionary,
    DistinguishedName,
    Integer,
    Key,
    Languages,
    ListOf,
    Number,
    Reference,
    Switch,
    Text,
)
from profiles.catalogue.payload_type import Payload
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
    line = widgets.LineInput(placeholder=key.placeholder, proposed_from=key.proposed_from)
    return fields.TextField(key, line)


@field_for.register
def _(key: Reference) -> fields.KeyField:
    return fields.ReferenceField(key, widgets.ReferenceSelect(key.to))


@field_for.register
def _(key: Choice) -> fields.KeyField:
    choices = [(fields.posted(option.value), wording.choice(option)) for option in key.options]
    side_by_side = len(choices) <= FEW and sum(len(title) for _, title in choices) <= BRIEF
    # A key that must be set offers no way to leave it out, but a list needs a first line.
    if not (side_by_side and key.required is True):
        choices.insert(0, ("", wording.unset(key)))
    return fields.ChoiceField(key, (widgets.Segments if side_by_side else widgets.Select)(choices))


@field_for.register
def _(key: Switch) -> fields.KeyField:
    choices = [(fields.posted(option.value), option.title) for option in key.options]
    return fields.ChoiceField(key, widgets.Segments([("", wording.unset(key)), *choices]))


@field_for.register
def _(key: Boolean) -> fields.KeyField:
    choices = [(fields.posted(value), key.option_title(value)) for value in (True, False)]
    return fields.BooleanField(key, widgets.Segments([("", wording.unset(key)), *choices]))


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
    encodings = [(name, title) for name, (title, _) in fields.ENCODINGS.items()]
    if not key.secret:
        # What may be seen is a fingerprint or the like, which is written in hexadecimal.
        encodings.sort(key=lambda encoding: encoding[0] != fields.SHOWN_AS)
        return fields.BytesField(key, widgets.BytesInput(encodings=encodings, placeholder=key.placeholder))
    return fields.SecretDataField(key, widgets.SecretInput(encodings=encodings, placeholder=key.placeholder))


@field_for.register
def _(key: Content) -> fields.KeyField:
    return fields.ContentField(key)


@field_for.register
def _(key: DistinguishedName) -> fields.KeyField:
    return fields.DistinguishedNameField(key, widgets.LineInput(placeholder=key.placeholder))


@field_for.register
def _(key: Languages) -> fields.KeyField:
    return fields.LanguagesField(key, widgets.LanguageRows())


@field_for.register
def _(key: ListOf) -> fields.KeyField:
    match key.item:
        case Dictionary() if key.revealed_by == NEVER_REVEALED:
            # It is never filled in, so there is no form of its items; what a file has there is shown as JSON.
            return fields.LinesField(key, widgets.Lines())
        case Dictionary(keys=inner) as dictionary:
            return ItemsField(key, dictionary, {each.path: field_for(each) for each in inner})
        case Choice():
            return _choices(key, key.item)
        case Text(secret=False):
            return fields.LinesField(key, widgets.Lines(placeholder=key.placeholder, blank=key.blank))
    item = field_for(key.item)
    return fields.ListField(key, widgets.Rows(item.widget, label=key.item.label, most=key.max_items), item)


def _choices(key: ListOf, option: Choice) -> fields.KeyField:
    choices = [(fields.posted(each.value), wording.choice(each)) for each in option.options]
    if key.distinct:
        boxes = widgets.Checkboxes(choices)
        return fields.DistinctField(key, boxes, fields.ChoiceField(option, boxes))
    # “Not set” is said by removing the row, but the new row needs a first line.
    select = widgets.Select([("", "Choose …"), *choices])
    item = fields.ChoiceField(option, select)
    return fields.ListField(key, widgets.Rows(select, label=option.label, most=key.max_items), item)


@cache
def fields_of(payload: Payload) -> dict[str, forms.Field]:
    """The fields of a payload by path, in the order of the form; made once, since a declaration never changes."""
    return {key.path: field_for(key) for key in payload.keys}
