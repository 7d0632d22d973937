"""The form of one payload, or of the envelope: made from its declaration, and read back into its values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms

from designer.forms.builder import fields_of
from designer.forms.fields import KEEP, ChoiceField, ListField, NestedField, TextField
from designer.forms.layout import helper_for
from designer.forms.widgets import SecretInput
from profiles.catalogue.keys import Key
from profiles.catalogue.scope import Scope
from profiles.catalogue.spec import Payload, nest
from profiles.catalogue.versions import Targets
from profiles.plist.secrets import numbered


class PayloadForm(forms.BaseForm):
    """A field for each key of `payload`.

    `stored` are the nested values as they are saved; a bound form lays what was posted over them. Keys that no
    field stands for stay as they were.
    """

    payload: ClassVar[Payload]
    helper: ClassVar[FormHelper]
    rendered_fields: set[str]

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, stored: Mapping[str, Any], prefix: str
    ) -> None:
        self.stored = self.payload.scope(stored, {})
        shown, marks = numbered(self.payload, stored)
        super().__init__(data, prefix=prefix, initial=self._initial(shown))
        for path, field in self.fields.items():
            if isinstance(field.widget, SecretInput):
                field.widget.stored = self.stored.is_set(path)
            elif isinstance(field, NestedField):
                field.marks = marks
            elif isinstance(field, ChoiceField | ListField) and path in self.initial:
                self.initial[path] = field.keep_stray(self.stored.values[path])

    def _initial(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields show at first; those of secrets show nothing."""
        known = self.payload.by_path
        flat = self.payload.flat(shown)
        return {path: value for path, value in flat.items() if path in known and not known[path].secret}

    @cached_property
    def kept(self) -> frozenset[str]:
        """Paths that are set in vain already, as in an imported file: they stay until the admin removes them."""
        return frozenset(
            key.path
            for key in self.payload.keys
            if self.stored.is_set(key.path) and not self.stored.revealed(key)
        )

    @cached_property
    def typed(self) -> Scope:
        """What the form holds, concealed fields included; of a field with an error, nothing."""
        return self._scope(self._typed(), self.stored.targets)

    @cached_property
    def scope(self) -> Scope:
        """What the form means: without the values of concealed fields."""
        return self.typed.settled(self.kept)

    def _scope(self, values: Mapping[str, Any], targets: Targets) -> Scope:
        return Scope(keys=self.payload.keys, values=values, targets=targets, available=self.payload.available)

    def _typed(self) -> Mapping[str, Any]:
        if not self.is_bound:
            return self.stored.values
        self.full_clean()
        values = {path: value for path, value in self.stored.values.items() if path not in self.fields}
        for path, cleaned in self.cleaned_data.items():
            value = self.stored.values.get(path) if self._is_stored(path, cleaned) else cleaned
            if value is not None:
                values[path] = value
        return values

    def _is_stored(self, path: str, cleaned: Any) -> bool:
        """Does the field say just what is stored? A text counts as the same without the space around it."""
        stored, field = self.stored.values.get(path), self.fields[path]
        unchanged = (
            isinstance(field, TextField) and isinstance(stored, str) and cleaned == field.tidied(stored)
        )
        return cleaned is KEEP or unchanged

    def values(self) -> dict[str, Any]:
        """The nested values to save."""
        return nest(self.scope.values)

    def is_concealed(self, key: Key) -> bool:
        """Is the row of this key out of sight?"""
        return key.path not in self.kept and not self.scope.revealed(key)

    def is_set(self, key: Key) -> bool:
        """Does the form hold something for this key?"""
        return self.typed.is_set(key.path)

    @property
    def dropped(self) -> list[Key]:
        """Keys with a value that the form does not mean, since they are concealed."""
        return [self.payload.by_path[path] for path in self.typed.values if path not in self.scope.values]


@cache
def form_class(payload: Payload) -> type[PayloadForm]:
    """The form class of a payload type."""
    attributes = {"payload": payload, "helper": helper_for(payload), "base_fields": fields_of(payload)}
    return type(f"{payload.slug.title().replace('-', '')}Form", (PayloadForm,), attributes)
