"""The fields of a payload as an ordinary Django form would have them: what our own form is measured against."""

from django import forms

from designer.forms.builder import FEW
from designer.forms.fields import posted
from profiles.catalogue import wording
from profiles.catalogue.keys import Boolean, Data, Date, Integer, Key, Languages, ListOf, Number, Text
from profiles.catalogue.payload_type import Payload


def stock_form_class(payload: Payload) -> type[forms.Form]:
    """A plain form with a field for each key; lists and languages are no more than a text area here."""
    return type("StockForm", (forms.Form,), {key.path: _field(key) for key in payload.keys})


def _field(key: Key) -> forms.Field:
    label, help_text = key.label, key.help
    choices = _choices(key)
    if choices:
        widget = forms.RadioSelect if len(choices) <= FEW + 1 else forms.Select
        return forms.ChoiceField(
            choices=choices, label=label, help_text=help_text, required=False, widget=widget
        )
    match key:
        case Text(secret=True) | Data():
            return forms.CharField(
                label=label, help_text=help_text, required=False, widget=forms.PasswordInput
            )
        case Text(multiline=True) | Languages() | ListOf():
            return forms.CharField(label=label, help_text=help_text, required=False, widget=forms.Textarea)
        case Integer():
            return forms.IntegerField(label=label, help_text=help_text, required=False)
        case Number():
            return forms.FloatField(label=label, help_text=help_text, required=False)
        case Date():
            return forms.DateTimeField(label=label, help_text=help_text, required=False)
    return forms.CharField(label=label, help_text=help_text, required=False)


def _choices(key: Key) -> list[tuple[str, str]]:
    if isinstance(key, Boolean):
        return [("", wording.unset(key)), ("true", "On"), ("false", "Off")]
    return (
        [("", wording.unset(key)), *((posted(o.value), o.title) for o in key.options)] if key.options else []
    )
