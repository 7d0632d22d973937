"""One widget for each kind of key, rendered without templates: a form has some ninety of them.

Each takes apart what was posted (`value_from_datadict`) and shows what was posted or stored (`render`); it judges
nothing. Ids and names come from Django. CSS and the modules in static/js/ know the class names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString, mark_safe

from designer.markup import format_html, format_html_join

NOTHING = mark_safe("")

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class PostedSecret:
    """What was posted for a secret: a new text, or the wish to remove it; neither keeps what is stored."""

    text: str = ""
    remove: bool = False
    encoding: str = ""


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

    `labelable`: a <label> can name it, unlike a group of controls. `clearable`: “not set” is none of its choices.
    """

    labelable = True
    clearable = True

    def __init__(self, *, placeholder: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"placeholder": placeholder, **(attrs or {})} if placeholder else attrs)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return self.html(name, value, {**self.attrs, **(attrs or {})})

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        """The control itself."""
        raise NotImplementedError


class LineInput(KeyWidget):
    """One line of text; `input_type` and `size` fit it to its content."""

    def __init__(
        self, *, input_type: str = "text", inputmode: str = "", size: str = "", placeholder: str = ""
    ) -> None:
        attrs = {"inputmode": inputmode} if inputmode else {}
        super().__init__(placeholder=placeholder, attrs=attrs)
        self.input_type = input_type
        self.size = size

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        if isinstance(value, str) and "\n" in value:
            # Browsers take line breaks out of an <input>, and what is stored must not change by being shown.
            return Area(rows=2).html(name, value, attrs)
        return format_html(
            '<input type="{}" class="form-control {}" name="{}" value="{}" autocomplete="off" spellcheck="false"{}>',
            self.input_type,
            self.size and f"form-control--{self.size}",
            name,
            "" if value is None else value,
            attributes(attrs),
        )


class Area(KeyWidget):
    """Several lines of text."""

    def __init__(self, *, placeholder: str = "", rows: int = 3, code: bool = False) -> None:
        super().__init__(placeholder=placeholder)
        self.rows = rows
        self.code = code

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        # The line break after the tag is dropped by browsers; without it they would drop one of the value's.
        return format_html(
            '<textarea class="form-control{}" name="{}" rows="{}" spellcheck="{}"{}>\n{}</textarea>',
            " code" if self.code else "",
            name,
            self.rows,
            "false" if self.code else "true",
            attributes(attrs),
            "" if value is None else value,
        )


class ChoiceWidget(KeyWidget):
    """Choices, one of which can be “not set”; `extra` are further ones for this form alone."""

    clearable = False

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self.choices = choices
        self.extra: Choices = []


class Segments(ChoiceWidget):
    """A few choices side by side."""

    labelable = False

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        current = "" if value is None else str(value)
        id_ = attrs.get("id", name)
        segments = format_html_join(
            "",
            '<input type="radio" class="segments__input" name="{}" value="{}" id="{}_{}"{}>'
            '<label class="segments__label" for="{}_{}">{}</label>',
            (
                (
                    name,
                    option,
                    id_,
                    index,
                    mark_safe(" checked") if option == current else NOTHING,
                    id_,
                    index,
                    label,
                )
                for index, (option, label) in enumerate([*self.choices, *self.extra])
            ),
        )
        return format_html(
            '<div class="segments" role="radiogroup" id="{}" aria-labelledby="{}_label" aria-describedby="{}">{}</div>',
            id_,
            id_,
            attrs.get("aria-describedby", ""),
            segments,
        )


class Select(ChoiceWidget):
    """Many choices."""

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        return format_html(
            '<select class="form-select" name="{}"{}>{}</select>',
            name,
            attributes(attrs),
            options([*self.choices, *self.extra], "" if value is None else str(value)),
        )


def options(choices: Iterable[tuple[str, str]], current: str) -> SafeString:
    """The <option>s of a select."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, mark_safe(" selected") if value == current else NOTHING, label) for value, label in choices),
    )


class SecretInput(KeyWidget):
    """A secret, whose stored value never reaches the page: it is kept, replaced or removed.

    `encodings` offers ways to read the text as bytes. `stored` says whether there is a value already, `kept` that
    the page holds on to what was typed when this answer is swapped in, since the answer does not have it.
    """

    clearable = False

    def __init__(self, *, encodings: Choices | None = None, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder)
        self.encodings = encodings or []
        self.stored = False
        self.kept = False

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> PostedSecret:
        return PostedSecret(
            text=data.get(name) or "",
            remove=bool(data.get(f"{name}.remove")),
            encoding=data.get(f"{name}.encoding") or "",
        )

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        posted = value if isinstance(value, PostedSecret) else PostedSecret()
        hint = "Set · type to change it" if self.stored else attrs.pop("placeholder", "")
        return format_html(
            '<div class="secret" id="{}_secret" data-stored="{}"{}>{}'
            '<input type="password" class="form-control" name="{}" value="" autocomplete="new-password"{}>'
            '<button type="button" class="btn btn-quiet" data-action="show-secret" aria-pressed="false">Show</button>'
            "{}</div>",
            attrs.get("id", name),
            "true" if self.stored else "false",
            mark_safe(' hx-preserve="true"') if self.kept else NOTHING,
            self._encoding(name, posted.encoding, attrs.get("id", name)),
            name,
            attributes({**attrs, "placeholder": hint}),
            self._remove(name, posted.remove) if self.stored else NOTHING,
        )

    def _encoding(self, name: str, current: str, id_: str) -> SafeString:
        if not self.encodings:
            return NOTHING
        return format_html(
            '<select class="form-select form-select--short" name="{}.encoding" id="{}_encoding" '
            'aria-label="Written as">{}</select>',
            name,
            id_,
            options(self.encodings, current),
        )

    def _remove(self, name: str, checked: bool) -> SafeString:
        return format_html(
            '<label class="secret__remove"><input type="checkbox" name="{}.remove" value="1"{}> Remove</label>',
            name,
            mark_safe(" checked") if checked else NOTHING,
        )


ROW_TOOLS = mark_safe(
    '<span class="rows__tools">'
    '<button type="button" class="btn btn-quiet" data-action="move-up" aria-label="Move up">Up</button>'
    '<button type="button" class="btn btn-quiet" data-action="move-down" aria-label="Move down">Down</button>'
    '<button type="button" class="btn btn-quiet" data-action="remove-row">Remove</button></span>'
)


class Rows(KeyWidget):
    """An ordered list of values, each with a control of the same kind; empty ones do not count."""

    labelable = False

    def __init__(self, item: KeyWidget, *, label: str, most: int | None = None) -> None:
        super().__init__()
        self.item = item
        self.label = label
        self.most = most

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        return [value for value in _list(data, name) if value != ""]

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        rows = [self._row(name, item) for item in (value if isinstance(value, list) else [])]
        return rows_html(rows, self._row(name, None), label=self.label, most=self.most, attrs=attrs)

    def _row(self, name: str, value: Any) -> SafeString:
        return self.item.html(name, value, {"aria-label": self.label})


def rows_html(
    rows: list[SafeString], blank: SafeString, *, label: str, most: int | None, attrs: Mapping[str, Any]
) -> SafeString:
    """A list of rows with tools, a blank one to copy, and a button that adds it."""
    line = "<li>{}{}</li>"
    return format_html(
        '<div class="rows" id="{}" data-most="{}" role="group" aria-labelledby="{}_label" aria-describedby="{}">'
        '<ol class="rows__list">{}</ol>'
        '<template>{}</template><noscript><ol class="rows__list">{}</ol></noscript>'
        '<button type="button" class="btn btn-quiet rows__add" data-action="add-row">Add {}</button></div>',
        attrs.get("id", ""),
        most or "",
        attrs.get("id", ""),
        attrs.get("aria-describedby", ""),
        format_html_join("", line, ((row, ROW_TOOLS) for row in rows)),
        format_html(line, blank, ROW_TOOLS),
        format_html(line, blank, NOTHING),
        label[:1].lower() + label[1:] if not label[:2].isupper() else label,
    )


class LanguageRows(KeyWidget):
    """Texts by language, a row each; rows without a text do not count."""

    labelable = False

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[tuple[str, str]]:
        languages, texts = _list(data, f"{name}.language"), _list(data, f"{name}.text")
        return [
            (language.strip(), text) for language, text in zip(languages, texts, strict=False) if text.strip()
        ]

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        pairs = value.items() if isinstance(value, Mapping) else value if isinstance(value, list) else []
        rows = [self._row(name, language, text) for language, text in pairs]
        blank = self._row(name, "" if rows else "default", "")
        return rows_html(rows, blank, label="Language", most=None, attrs=attrs)

    def _row(self, name: str, language: str, text: str) -> SafeString:
        return format_html(
            '<input class="form-control form-control--short" name="{}.language" value="{}" aria-label="Language" '
            'placeholder="en" autocomplete="off">'
            '<textarea class="form-control" name="{}.text" rows="2" aria-label="Text">\n{}</textarea>',
            name,
            language,
            name,
            text,
        )


class JsonArea(Area):
    """Nested lists and dictionaries as JSON."""

    def __init__(self) -> None:
        super().__init__(rows=8, code=True, placeholder="[ ]")

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        text = (
            value
            if isinstance(value, str) or value is None
            else json.dumps(value, ensure_ascii=False, indent=2)
        )
        return super().html(name, text, attrs)


def _list(data: Mapping[str, Any], name: str) -> list[str]:
    """All values posted under `name`; a plain dictionary, as tests and scripts pass, holds a list or one value."""
    if isinstance(data, MultiValueDict):
        return list(data.getlist(name))
    value = data.get(name, [])
    return list(value) if isinstance(value, list | tuple) else [value]
