"""What all fields share: from what was posted to the exact value, and nothing else.

Ranges, requirements and the like belong to `profiles.plist.validation.validate`, so that a draft can be saved with
problems. A field only refuses what has no value at all: letters for a number, or characters that no profile can hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from django import forms

from designer.forms import widgets
from designer.forms.form_context import NOWHERE, Surroundings
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Key
from profiles.catalogue.values import plist_type_of
from profiles.exceptions import DocumentError

T = TypeVar("T")


class Keep:
    """The stored secret stays as it is."""


KEEP: Final = Keep()


def posted(value: Any) -> str:
    """A stored value as the text that its control posts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def css_safe(name: str) -> str:
    """A name as an id that can stand in a CSS selector as it is."""
    return re.sub(r"[^\w-]", "-", name)


class KeyBoundField(forms.BoundField):
    """A bound field whose id can stand in a CSS selector as it is, as htmx and others write it there."""

    @property
    def auto_id(self) -> str:
        return css_safe(super().auto_id)

    def value(self) -> Any:
        """What the widget shows: of a fixed key what is stored, as nothing is posted for it."""
        if self.name in getattr(self.form, "fixed", ()):
            return self.field.prepare_value(self.initial)
        return super().value()


class KeyField(forms.Field):
    """A field whose cleaned value is exactly what the key holds, or None for “not set”."""

    widget: widgets.KeyWidget

    def __init__(self, key: Key, widget: widgets.KeyWidget) -> None:
        super().__init__(required=False, label=key.label, help_text=key.help, widget=widget)
        self.key = key

    def __deepcopy__(self, memo: dict[int, Any]) -> KeyField:
        # Forms share their fields: `holding` makes a copy of those that hold something of one form.
        return self

    @property
    def looks_around(self) -> bool:
        """Does what it shows depend on the rest of the profile?"""
        return self.widget.looks_around

    def holding(self, stored: Any, around: Surroundings = NOWHERE) -> KeyField:
        """This field as a form needs it in which `stored` is saved; itself where that makes no difference."""
        return self

    def called(self, name: str) -> KeyField:
        """This field, whose controls are called `name`."""
        return self

    def shows(self, stored: Any) -> bool:
        """Can this field show what is stored? What it cannot is typed as JSON."""
        return not is_set(stored) or plist_type_of(stored) is self.key.type

    def says(self, cleaned: Any, stored: Any) -> bool:
        """Does the cleaned value say just what is stored, so that it stays exactly as it is?"""
        # An empty value, as files have them, looks like none.
        return cleaned is KEEP or (cleaned is None and stored is not None and not is_set(stored))

    def clean(self, value: Any) -> Any:
        parsed = self.parse(value)
        if parsed is not None:
            self._refuse_unbuildable(parsed)
        return parsed

    def parse(self, value: Any) -> Any:
        """The value of what was posted; raises ValidationError."""
        raise NotImplementedError

    def initial_of(self, stored: Any) -> Any:
        """A stored value in a form in which it could have been posted."""
        return stored

    def prepare_value(self, value: Any) -> Any:
        """What was posted, or comes from `initial_of`, as the widget shows it."""
        return value

    def as_posted(self, name: str, shown: Any) -> Iterator[tuple[str, str]]:
        """Name and text of all that a browser posts of controls called `name` with what comes from `initial_of`."""
        yield from self.widget.as_posted(name, self.prepare_value(shown))

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> KeyBoundField:
        return KeyBoundField(form, self, field_name)

    def _refuse_unbuildable(self, value: Any) -> None:
        for finding in self.key.check(value, self.key.path, {}):
            if not finding.buildable or finding.code == "too-long":
                raise forms.ValidationError(finding.message)


def or_invalid(read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except (DocumentError, UnicodeError) as error:
        told = (
            str(error)
            if isinstance(error, DocumentError)
            else "This holds a character that is none. Remove it."
        )
        raise forms.ValidationError(told) from None
