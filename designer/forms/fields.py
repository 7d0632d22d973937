"""One form field for each kind of key: from what was posted to the exact value, and nothing else.

Ranges, requirements and the like belong to `profiles.plist.validate`, so that a draft can be saved with problems.
A field only refuses what has no value at all: letters for a number, or characters that no profile can hold.
"""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from django import forms

from designer.forms import widgets
from profiles.catalogue.keys import Integer, Key
from profiles.catalogue.values import MAX_DATA, MAX_TEXT
from profiles.exceptions import DocumentError
from profiles.plist.encoding import from_json, parse_base64, parse_date, to_json
from profiles.plist.secrets import unmasked

T = TypeVar("T")


class Keep:
    """The stored secret stays as it is."""


KEEP: Final = Keep()


def posted(value: Any) -> str:
    """A stored value as the text that its control posts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


class KeyBoundField(forms.BoundField):
    """A bound field whose id can stand in a CSS selector as it is, as htmx and others write it there."""

    @property
    def auto_id(self) -> str:
        return re.sub(r"[^\w-]", "-", super().auto_id)


class KeyField(forms.Field):
    """A field whose cleaned value is exactly what the key holds, or None for “not set”."""

    widget: widgets.KeyWidget

    def __init__(self, key: Key, widget: widgets.KeyWidget) -> None:
        super().__init__(required=False, label=key.label, help_text=key.help, widget=widget)
        self.key = key

    def clean(self, value: Any) -> Any:
        parsed = self.parse(value)
        if parsed is not None:
            self._refuse_unbuildable(parsed)
        return parsed

    def parse(self, value: Any) -> Any:
        """The value of what was posted; raises ValidationError."""
        raise NotImplementedError

    def prepare_value(self, value: Any) -> Any:
        """A stored value as the widget shows it; what was posted stays as it is."""
        return value

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> KeyBoundField:
        return KeyBoundField(form, self, field_name)

    def _refuse_unbuildable(self, value: Any) -> None:
        for finding in self.key.check(value, self.key.path, {}):
            if not finding.buildable or finding.code == "too-long":
                raise forms.ValidationError(finding.message)


class TextField(KeyField):
    """A string; surrounding spaces are a slip of the keyboard."""

    def parse(self, value: Any) -> str | None:
        return self.tidied(value) or None

    @staticmethod
    def tidied(value: Any) -> str:
        """A text as it comes back from a page."""
        return str(value or "").replace("\r\n", "\n").strip()


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

    def prepare_value(self, value: Any) -> Any:
        # A whole number needs no point; any other keeps all its digits.
        return int(value) if isinstance(value, float) and value.is_integer() else value


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

    def keep_stray(self, stored: Any) -> str:
        """Offer `stored` if it is none of the options; returns how it is posted."""
        text = posted(stored)
        if text in self.values and type(self.values[text]) is not type(stored):
            # Looks like an option and is none, such as "1" for 1: as long as it stays, it stays what it is.
            text = f"stray:{text}"
        if stored is not None and text not in self.values and text not in self.strays:
            self.strays = {**self.strays, text: stored}
            self.widget.extra = [*self.widget.extra, (text, f"{posted(stored)[:40]} (not allowed)")]
        return text

    def parse(self, value: Any) -> Any:
        text = str(value if value is not None else "")
        if text in self.strays:
            return self.strays[text]
        if text and text not in self.values:
            raise forms.ValidationError(f"“{text[:40]}” is not one of the choices. Choose one of them.")
        return self.values.get(text)

    def prepare_value(self, value: Any) -> Any:
        return posted(value)

    def _refuse_unbuildable(self, value: Any) -> None:
        if not any(value is stray for stray in self.strays.values()):
            super()._refuse_unbuildable(value)


class BooleanField(ChoiceField):
    """True, false or not set."""

    def __init__(self, key: Key, widget: widgets.ChoiceWidget) -> None:
        super().__init__(key, widget)
        self.values = {posted(value): value for value in (True, False)}


class DateField(KeyField):
    """A moment in UTC."""

    def parse(self, value: Any) -> Any:
        text = str(value or "").strip()
        return _or_invalid(parse_date, text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else value


class SecretField(KeyField):
    """A secret: KEEP, None to remove it, or the new value."""

    def parse(self, value: widgets.PostedSecret) -> Any:
        if value.text:
            return self.read(value)
        return None if value.remove else KEEP

    def read(self, value: widgets.PostedSecret) -> Any:
        """The new value; nothing is stripped, since a space may belong to it."""
        return value.text.replace("\r\n", "\n")

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, widgets.PostedSecret) else None

    def _refuse_unbuildable(self, value: Any) -> None:
        if value is not KEEP:
            super()._refuse_unbuildable(value)


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("0x").replace(":", " "))
    except ValueError:
        raise DocumentError("This is not hexadecimal. Use pairs of 0–9 and a–f.") from None


ENCODINGS: Final[dict[str, tuple[str, Callable[[str], bytes]]]] = {
    "text": ("Text", str.encode),
    "hex": ("Hex", _hex),
    "base64": ("Base64", parse_base64),
}
"""How bytes can be typed: posted name → title and reader."""


class SecretDataField(SecretField):
    """Secret bytes, typed as text, hexadecimal or base64."""

    def read(self, value: widgets.PostedSecret) -> bytes:
        _, reader = ENCODINGS.get(value.encoding, ENCODINGS["text"])
        data: bytes = _or_invalid(reader, value.text.strip())
        if not data:
            raise forms.ValidationError("This stands for no bytes at all. Write some, or leave it empty.")
        if len(data) > MAX_DATA:
            raise forms.ValidationError(f"These are {len(data):,} bytes; at most {MAX_DATA:,} are allowed.")
        return data


class ListField(KeyField):
    """A list whose items are parsed one by one."""

    def __init__(self, key: Key, widget: widgets.KeyWidget, item: KeyField) -> None:
        super().__init__(key, widget)
        self.item = item

    def __deepcopy__(self, memo: dict[int, Any]) -> ListField:
        copied: ListField = super().__deepcopy__(memo)
        # Each form has fields of its own, and so has each list in it.
        copied.item = copy.deepcopy(self.item, memo)
        if isinstance(copied.widget, widgets.Rows):
            copied.widget.item = copied.item.widget
        return copied

    def keep_stray(self, stored: Any) -> Any:
        """Offer the items of `stored` that are none of the options; returns what the form shows."""
        if isinstance(self.item, ChoiceField) and isinstance(stored, list):
            return [self.item.keep_stray(item) for item in stored]
        return stored

    def parse(self, value: list[str]) -> list[Any] | None:
        parsed = (self.item.parse(item) for item in value)
        return [item for item in parsed if item is not None] or None

    def prepare_value(self, value: Any) -> Any:
        return [self.item.prepare_value(item) for item in value] if isinstance(value, list) else value


class LanguagesField(KeyField):
    """Texts by language."""

    def parse(self, value: list[tuple[str, str]]) -> dict[str, str] | None:
        for language, _ in value:
            if not language:
                raise forms.ValidationError("A text has no language. Write “default”, or a code such as en.")
            if sum(language == other for other, _ in value) > 1:
                raise forms.ValidationError(f"There are two texts for “{language[:40]}”. Remove one.")
        return {language: text.replace("\r\n", "\n") for language, text in value} or None


class NestedField(KeyField):
    """Lists of dictionaries, typed as JSON in the shape of the property list.

    A secret inside is shown as one of `marks`, and stays what it is where the mark stays.
    """

    def __init__(self, key: Key, widget: widgets.KeyWidget) -> None:
        super().__init__(key, widget)
        self.marks: Mapping[str, Any] = {}

    def parse(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        if len(text) > MAX_TEXT:
            raise forms.ValidationError(
                f"This has {len(text):,} characters; at most {MAX_TEXT:,} are allowed."
            )
        try:
            parsed = from_json(json.loads(text, parse_constant=_no_constant))
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                f"This is not JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}."
            ) from None
        except DocumentError as error:
            raise forms.ValidationError(f"This cannot be read: {error}") from None
        except (RecursionError, ValueError):
            raise forms.ValidationError(
                "This nests too deeply, or holds a number that is too long."
            ) from None
        if not isinstance(parsed, list):
            raise forms.ValidationError("This is not a list. Begin with [ and end with ].")
        return unmasked(parsed, self.marks) or None

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else to_json(value)


def _no_constant(name: str) -> None:
    raise DocumentError(f"{name} is not a number that a profile can hold.")


def _or_invalid(read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except (DocumentError, UnicodeError) as error:
        told = (
            str(error)
            if isinstance(error, DocumentError)
            else "This holds a character that is none. Remove it."
        )
        raise forms.ValidationError(told) from None
