"""Fields with a single value."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django import forms

from designer.forms import widgets
from designer.forms.fields.base import KeyField, or_invalid, posted
from designer.forms.form_context import NOWHERE, Surroundings
from profiles.catalogue import distinguished_names
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Integer, Key
from profiles.plist.json_values import parse_date

LONGEST: Final = 40
"""Characters of a value among the choices that is none of them."""

_LINE_BREAK: Final = re.compile("\r\n?|\n")


def with_line_feeds(text: str) -> str:
    """A text of several lines as it comes back from a page, whatever ended them."""
    return _LINE_BREAK.sub("\n", text)


class TextField(KeyField):
    """A string; surrounding spaces are a slip of the keyboard."""

    widget: widgets.LineInput | widgets.Area

    def holding(self, stored: Any, around: Surroundings = NOWHERE) -> KeyField:
        if not (isinstance(self.widget, widgets.LineInput) and self.widget.proposed_from):
            return self
        held = copy.copy(self)
        held.widget = self.widget.beside(around)
        return held

    def shows(self, stored: Any) -> bool:
        one_line = isinstance(self.widget, widgets.LineInput)
        broken = one_line and isinstance(stored, str) and bool(_LINE_BREAK.search(stored.strip()))
        return super().shows(stored) and not broken

    def says(self, cleaned: Any, stored: Any) -> bool:
        # The space around a text is a slip of the keyboard, but not one of this form.
        return super().says(cleaned, stored) or (
            isinstance(stored, str) and cleaned == (self.tidied(stored) or None)
        )

    def parse(self, value: Any) -> str | None:
        return self.tidied(value) or None

    @staticmethod
    def tidied(value: Any) -> str:
        """A text as it comes back from a page."""
        return with_line_feeds(str(value or "")).strip()


class NumberField(KeyField):
    """An integer or a real."""

    def parse(self, value: Any) -> int | float | None:
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        try:
            number = int(text) if isinstance(self.key, Integer) else float(text)
        except ValueError:
            kind = "a whole number" if isinstance(self.key, Integer) else "a number"
            raise forms.ValidationError(f"“{text[:40]}” is not {kind}. Use digits only.") from None
        if isinstance(number, float) and not math.isfinite(number):
            raise forms.ValidationError("This is not a number that a profile can hold. Use digits only.")
        return number

    def initial_of(self, stored: Any) -> Any:
        # A whole number needs no point; any other keeps all its digits.
        return int(stored) if isinstance(stored, float) and stored.is_integer() else stored


class ChoiceField(KeyField):
    """One of the key's options.

    A stored value that is none of them, as files in the wild have, is offered too (`strays`, by their posted text),
    so that it stays until the admin chooses another.
    """

    widget: widgets.ChoiceWidget

    def __init__(self, key: Key, widget: widgets.ChoiceWidget) -> None:
        super().__init__(key, widget)
        self.values = {posted(option.value): option.value for option in key.options}
        self.strays: Mapping[str, Any] = {}

    def shows(self, stored: Any) -> bool:
        # One of several values is no option, and cannot be told from another by its text.
        return not isinstance(stored, dict | list | bytes)

    def holding(self, stored: Any, around: Surroundings = NOWHERE) -> KeyField:
        return self if not is_set(stored) else self.offering([stored])

    def offering(self, stored: Sequence[Any]) -> ChoiceField:
        """This field, offering also those of the stored values that are none of the options."""
        strays = {self.post(value): value for value in stored if self.post(value) not in self.values}
        if not strays:
            return self
        held = copy.copy(self)
        held.strays = strays
        held.widget = copy.copy(self.widget)
        held.widget.extra = [(text, f"{_as_written(value)} (as written)") for text, value in strays.items()]
        return held

    def post(self, value: Any) -> str:
        """How a value is posted."""
        text = with_line_feeds(posted(value))
        # Looks like an option and is none, such as "1" for 1: as long as it stays, it stays what it is.
        return f"stray:{text}" if text in self.values and type(self.values[text]) is not type(value) else text

    def parse(self, value: Any) -> Any:
        text = with_line_feeds(str(value if value is not None else ""))
        if text in self.strays:
            return self.strays[text]
        if text and text not in self.values:
            raise forms.ValidationError(f"“{text[:40]}” is not one of the choices. Choose one of them.")
        return self.values.get(text)

    def initial_of(self, stored: Any) -> Any:
        return self.post(stored)

    def _refuse_unbuildable(self, value: Any) -> None:
        if not any(value is stray for stray in self.strays.values()):
            super()._refuse_unbuildable(value)


def _as_written(value: Any) -> str:
    """A value that is no option, a text in quotes, since it may read like a number or a switch."""
    text = posted(value)
    cut = f"{text[:LONGEST]}…" if len(text) > LONGEST else text
    return f"“{cut}”" if isinstance(value, str) else cut


class BooleanField(ChoiceField):
    """True, false or not set."""

    def __init__(self, key: Key, widget: widgets.ChoiceWidget) -> None:
        super().__init__(key, widget)
        self.values = {posted(value): value for value in (True, False)}


class DateField(KeyField):
    """A moment in UTC."""

    def parse(self, value: Any) -> Any:
        text = str(value or "").strip()
        return or_invalid(parse_date, text) if text else None

    def initial_of(self, stored: Any) -> Any:
        return stored.isoformat(timespec="seconds") if isinstance(stored, datetime) else stored


class ReferenceField(KeyField):
    """The PayloadUUID of another payload."""

    widget: widgets.ReferenceSelect

    def holding(self, stored: Any, around: Surroundings = NOWHERE) -> KeyField:
        held = copy.copy(self)
        held.widget = self.widget.beside(around)
        return held

    def says(self, cleaned: Any, stored: Any) -> bool:
        # A UUID in other letters is the same one, and stays as it was written.
        return super().says(cleaned, stored) or (
            isinstance(stored, str) and (cleaned or "").upper() == stored.strip().upper()
        )

    def parse(self, value: Any) -> str | None:
        return str(value or "").strip() or None


class DistinguishedNameField(KeyField):
    """The subject of a certificate request, typed as `CN=alice,O=Example`."""

    def parse(self, value: Any) -> Any:
        text = str(value or "").strip()
        return or_invalid(distinguished_names.parse, text) if text else None

    def initial_of(self, stored: Any) -> Any:
        return distinguished_names.text(stored)

    def shows(self, stored: Any) -> bool:
        return not is_set(stored) or distinguished_names.is_subject(stored)
