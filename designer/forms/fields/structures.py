"""Fields for several values."""

from __future__ import annotations

import copy
from typing import Any

from django import forms

from designer.forms import widgets
from designer.forms.fields.base import KeyField
from designer.forms.fields.scalars import ChoiceField, with_line_feeds
from designer.forms.form_context import NOWHERE, Surroundings
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Key, ListOf
from profiles.catalogue.values import plist_type_of
from profiles.plist.diff.change import are_same, exact


class ListField(KeyField):
    """A list whose items are parsed one by one."""

    widget: widgets.Rows

    def __init__(self, key: Key, widget: widgets.Rows, item: KeyField) -> None:
        super().__init__(key, widget)
        self.item = item

    def shows(self, stored: Any) -> bool:
        return not is_set(stored) or (isinstance(stored, list) and all(map(self._shows, stored)))

    def _shows(self, item: Any) -> bool:
        return self.item.shows(item) and (not is_set(item) or plist_type_of(item) is self.item.key.type)

    def says(self, cleaned: Any, stored: Any) -> bool:
        # Empty items, as files have them, are none on the page.
        if super().says(cleaned, stored) or not isinstance(stored, list):
            return super().says(cleaned, stored)
        return are_same(cleaned, self.parse([text for text in self.initial_of(stored) if text != ""]))

    def holding(self, stored: Any, around: Surroundings = NOWHERE) -> KeyField:
        if not isinstance(self.item, ChoiceField) or not stored:
            return self
        held = copy.copy(self)
        held.item = self.item.offering(stored)
        held.widget = copy.copy(self.widget)
        held.widget.item = held.item.widget
        return held

    def initial_of(self, stored: Any) -> Any:
        return [self.item.initial_of(item) for item in stored]

    def parse(self, value: list[str]) -> list[Any] | None:
        parsed = (self.item.parse(item) for item in value)
        return [item for item in parsed if item is not None] or None

    def prepare_value(self, value: Any) -> Any:
        return [self.item.prepare_value(item) for item in value] if isinstance(value, list) else value


class LinesField(KeyField):
    """A list of short texts, typed one a line."""

    widget: widgets.Lines

    def shows(self, stored: Any) -> bool:
        blank = bool(self.key.blank) if isinstance(self.key, ListOf) else False
        return not is_set(stored) or (
            isinstance(stored, list) and all(_is_line(item, blank=blank) for item in stored)
        )

    def says(self, cleaned: Any, stored: Any) -> bool:
        # Where an empty text stands in the list means nothing.
        return super().says(cleaned, stored) or (
            isinstance(cleaned, list)
            and isinstance(stored, list)
            and self.initial_of(stored) == self.initial_of(cleaned)
        )

    def initial_of(self, stored: Any) -> Any:
        return widgets.PostedLines(tuple(text.strip() for text in stored if text.strip()), "" in stored)

    def parse(self, value: widgets.PostedLines) -> list[str] | None:
        return [*value.lines, *([""] if value.blank else [])] or None


def _is_line(text: Any, *, blank: bool) -> bool:
    return (
        isinstance(text, str) and len(text.splitlines()) <= 1 and bool(text.strip() or (blank and not text))
    )


class DistinctField(KeyField):
    """Any of a few choices, each at most once; their order means nothing."""

    widget: widgets.Checkboxes

    def __init__(self, key: Key, widget: widgets.Checkboxes, item: ChoiceField) -> None:
        super().__init__(key, widget)
        self.item = item

    def shows(self, stored: Any) -> bool:
        known = {exact(value) for value in self.item.values.values()}
        return not is_set(stored) or (
            isinstance(stored, list) and all(exact(item) in known for item in stored)
        )

    def says(self, cleaned: Any, stored: Any) -> bool:
        same = isinstance(cleaned, list) and isinstance(stored, list) and set(cleaned) == set(stored)
        return super().says(cleaned, stored) or same

    def initial_of(self, stored: Any) -> Any:
        return [self.item.initial_of(item) for item in stored]

    def parse(self, value: list[str]) -> list[Any] | None:
        parsed = {text: self.item.parse(text) for text in value}
        # In the order of the options, whatever the order of the clicks.
        return [option for text, option in self.item.values.items() if text in parsed] or None


class LanguagesField(KeyField):
    """Texts by language."""

    def shows(self, stored: Any) -> bool:
        return super().shows(stored) and all(
            isinstance(text, str) and language.strip() == language != ""
            for language, text in (stored or {}).items()
        )

    def says(self, cleaned: Any, stored: Any) -> bool:
        return super().says(cleaned, stored) or (
            isinstance(stored, dict)
            # A row without a text, as files have them, is none.
            and (cleaned or {})
            == {each: with_line_feeds(text) for each, text in stored.items() if text.strip()}
        )

    def parse(self, value: list[tuple[str, str]]) -> dict[str, str] | None:
        for language, _ in value:
            if not language:
                raise forms.ValidationError("A text has no language. Write “default”, or a code such as en.")
            if sum(language == other for other, _ in value) > 1:
                raise forms.ValidationError(f"There are two texts for “{language[:40]}”. Remove one.")
        return {language: with_line_feeds(text) for language, text in value} or None
