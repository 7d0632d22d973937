"""What all widgets share: no templates, and what was posted taken apart without judging it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString, mark_safe

from designer.forms.fast_html import format_html_join
from designer.forms.form_context import NOWHERE, Surroundings

NOTHING: Final = mark_safe("")
CHECKED: Final = mark_safe(" checked")
SELECTED: Final = mark_safe(" selected")
PRESERVED: Final = mark_safe(' hx-preserve="true"')

Choices = list[tuple[str, str]]


def listed(data: Mapping[str, Any], name: str) -> list[str]:
    """All values posted under `name`; a plain dictionary, as tests and scripts pass, holds a list or one value."""
    if isinstance(data, MultiValueDict):
        return list(data.getlist(name))
    value = data.get(name, [])
    return list(value) if isinstance(value, list | tuple) else [value]


def lowered(label: str) -> str:
    """A label inside a sentence; one that begins with an abbreviation stays as it is."""
    return label if label[:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def attributes(attrs: Mapping[str, Any] | None) -> SafeString:
    """HTML attributes; True stands alone, None and False are left out."""
    return format_html_join(
        "",
        ' {}="{}"',
        (
            (name, "" if value is True else value)
            for name, value in (attrs or {}).items()
            if value not in (None, False)
        ),
    )


class KeyWidget(forms.Widget):
    """What all of them share: `placeholder`, and no template.

    `around` is what it may ask about the rest of the profile when it is shown.
    `looks_around`: it does ask.
    `labelable`: a <label> can name it, unlike a group of controls. `clearable`: “not set” is none of its choices.
    """

    labelable = True
    clearable = True
    around: Surroundings = NOWHERE
    looks_around = False

    def __init__(self, *, placeholder: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"placeholder": placeholder, **(attrs or {})} if placeholder else attrs)

    def beside(self, around: Surroundings) -> Self:
        """A copy that asks `around`."""
        copied = copy.copy(self)
        copied.around = around
        return copied

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return self.html(name, value, {**self.attrs, **(attrs or {})})

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        """The control itself."""
        raise NotImplementedError

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        """Name and text of all that a browser posts of the control as `html` shows it: `value_from_datadict` undone."""
        yield name, "" if value is None else str(value)
