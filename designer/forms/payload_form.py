"""The form of one payload, or of the envelope: made from its declaration, and read back into its values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms

from designer.forms.builder import fields_of
from designer.forms.fields import Chosen, KeyField, fields_holding
from designer.forms.form_context import NOWHERE, Surroundings
from designer.forms.items import ItemsField
from designer.forms.layout import helper_for
from profiles.catalogue.keys import Key
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import nest
from profiles.catalogue.versions import Targets


class PayloadForm(forms.BaseForm):
    """A field for each key of `payload`.

    `stored` are the nested values as they are saved; a bound form lays what was posted over them. Keys that no
    field stands for, or that are `fixed`, stay as they were, whatever was posted. `about` is the prefix of the form
    that this one is a copy of, so that masks mean the same in both.
    """

    payload: ClassVar[Payload]
    helper: ClassVar[FormHelper]
    base_fields: ClassVar[dict[str, KeyField]]
    fields: dict[str, Any]
    rendered_fields: set[str]

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        stored: Mapping[str, Any],
        prefix: str,
        around: Surroundings = NOWHERE,
        fixed: Collection[str] = (),
        about: str = "",
    ) -> None:
        self.stored = self.payload.scope(stored, {})
        self.fixed = frozenset(fixed)
        self.renewed: set[str] = set()
        super().__init__(data, prefix=prefix)
        self.around = around
        held, self.initial = fields_holding(
            self.base_fields, self.payload, self.stored.values, around, about=about or prefix
        )
        self.fields = {path: each.called(f"{prefix}-{path}") for path, each in held.items()}

    def _bound_items(self) -> Iterator[tuple[str, forms.BoundField]]:
        """What Django cleans."""
        for path, bound in super()._bound_items():  # type: ignore[misc]  # unknown to the stubs
            if path not in self.fixed:
                yield path, bound

    @cached_property
    def kept(self) -> frozenset[str]:
        """Paths that are set in vain already, as in an imported file: they stay until the admin removes them.

        So do those that are fixed, whatever is chosen beside them.
        """
        return frozenset(
            key.path
            for key in self.payload.keys
            if key.path in self.stored.values and (key.path in self.fixed or not self.stored.revealed(key))
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
        return Scope(
            shape=self.payload.shape, values=values, targets=targets, available=self.payload.available
        )

    def _typed(self) -> Mapping[str, Any]:
        if not self.is_bound:
            return self.stored.values
        self.full_clean()
        values = {
            path: value
            for path, value in self.stored.values.items()
            if path not in self.fields or path in self.fixed
        }
        chosen = []
        for path, cleaned in self.cleaned_data.items():
            stored = self.stored.values.get(path)
            if isinstance(cleaned, Chosen):
                chosen.append(cleaned)
            elif (value := stored if self.fields[path].says(cleaned, stored) else cleaned) is not None:
                values[path] = value
        for content in chosen:
            self._choose(content, values)
        return values

    def _choose(self, content: Chosen, values: dict[str, Any]) -> None:
        """Put in what an entry of the library brings, unless a secret was typed beside it."""
        for path, value in content.values.items():
            if path in self.fixed:
                continue
            if path in self.fields and self.payload.by_path[path].secret and self._is_typed(path):
                continue
            values.pop(path, None)
            if value is not None:
                values[path] = value
        for path, text in content.unless_set.items():
            if path not in self.fixed:
                values.setdefault(path, text)

    def _is_typed(self, path: str) -> bool:
        return isinstance(self.cleaned_data.get(path), str | bytes)

    def as_posted(self, path: str) -> Iterator[tuple[str, str]]:
        """Name and text of all that a browser posts of one key, as the form shows it of what is stored."""
        yield from self.fields[path].as_posted(f"{self.prefix}-{path}", self.initial.get(path))

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

    def lists(self) -> Iterator[tuple[str, ItemsField]]:
        """Path and field of each list of dictionaries."""
        for path, each in self.fields.items():
            if isinstance(each, ItemsField):
                yield path, each


@cache
def form_class(payload: Payload) -> type[PayloadForm]:
    """The form class of a payload type."""
    attributes = {"payload": payload, "helper": helper_for(payload), "base_fields": fields_of(payload)}
    return type(f"{payload.slug.title().replace('-', '')}Form", (PayloadForm,), attributes)
