"""Fields for bytes: secrets that stay on the server, fingerprints, certificates from the library."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms

from designer.forms import widgets
from designer.forms.fields.base import KEEP, KeyField, or_invalid
from designer.forms.form_context import NOWHERE, Kind, Surroundings
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Content, Pkcs12
from profiles.catalogue.values import MAX_DATA
from profiles.exceptions import DocumentError
from profiles.plist.json_values import parse_base64


class SecretField(KeyField):
    """A secret: KEEP, None to remove it, or the new value."""

    widget: widgets.SecretInput

    def shows(self, stored: Any) -> bool:
        # It shows nothing of it in any case.
        return True

    def holding(self, stored: Any, around: Surroundings = NOWHERE) -> KeyField:
        held = copy.copy(self)
        held.widget = copy.copy(self.widget)
        held.widget.stored = is_set(stored)
        return held

    def initial_of(self, stored: Any) -> Any:
        return None

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


SHOWN_AS: Final = "hex"
"""How bytes that may be seen are shown, and typed unless another way is chosen."""


class SecretDataField(SecretField):
    """Secret bytes, typed as text, hexadecimal or base64."""

    def read(self, value: widgets.PostedSecret) -> bytes:
        return read_bytes(value.text.strip(), value.encoding)


def read_bytes(text: str, encoding: str) -> bytes:
    """The bytes that a text stands for; raises ValidationError."""
    _, reader = ENCODINGS.get(encoding, ENCODINGS["text"])
    data: bytes = or_invalid(reader, text)
    if not data:
        raise forms.ValidationError("This stands for no bytes at all. Write some, or leave it empty.")
    if len(data) > MAX_DATA:
        raise forms.ValidationError(f"These are {len(data):,} bytes; at most {MAX_DATA:,} are allowed.")
    return data


class BytesField(KeyField):
    """Bytes that may be seen, typed as hexadecimal, base64 or text."""

    widget: widgets.BytesInput

    def parse(self, value: widgets.PostedSecret) -> bytes | None:
        text = value.text.strip()
        return read_bytes(text, value.encoding or SHOWN_AS) if text else None

    def initial_of(self, stored: Any) -> Any:
        return widgets.PostedSecret(text=stored.hex(" ").upper(), encoding=SHOWN_AS)


@dataclass(frozen=True)
class Chosen:
    """What an entry of the library puts into a payload: path → value, where None takes out what is there.

    `unless_set` only fills what is empty.
    """

    values: Mapping[str, Any] = field(repr=False)
    unless_set: Mapping[str, str]


class ContentField(KeyField):
    """A certificate or an identity: KEEP, None to remove it, or what was chosen."""

    widget: widgets.ContentChooser

    def shows(self, stored: Any) -> bool:
        # It shows nothing of it in any case.
        return True

    def __init__(self, key: Content) -> None:
        self.kind: Kind = "identity" if isinstance(key, Pkcs12) else "certificate"
        super().__init__(key, widgets.ContentChooser(kind=self.kind))
        self.content = key
        self.around = NOWHERE

    def holding(self, stored: Any, around: Surroundings = NOWHERE) -> KeyField:
        held = copy.copy(self)
        held.around = around
        held.widget = self.widget.beside(around)
        held.widget.stored = is_set(stored)
        return held

    def initial_of(self, stored: Any) -> Any:
        return widgets.PostedContent()

    def clean(self, value: Any) -> Any:
        return self.parse(value)

    def parse(self, value: widgets.PostedContent) -> Any:
        if not value.entry:
            return None if value.remove else KEEP
        chosen = self.around.content(self.kind, value.entry)
        if chosen is None:
            raise forms.ValidationError(
                "This is no longer in the library. Choose another, or upload it again."
            )
        values: dict[str, Any] = {self.key.path: chosen.content}
        if isinstance(self.content, Pkcs12):
            values[self.content.password] = chosen.password
        if self.content.file_name:
            values[self.content.file_name] = chosen.file_name
        return Chosen(values, {self.content.title: chosen.title} if self.content.title else {})
