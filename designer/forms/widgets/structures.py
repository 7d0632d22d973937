"""Controls for several values: rows, lines, texts by language, JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from designer.forms.fast_html import format_html, format_html_join
from designer.forms.widgets.base import CHECKED, NOTHING, KeyWidget, attributes, listed, lowered
from designer.forms.widgets.scalars import Area

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
        return [value for value in listed(data, name) if value != ""]

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        rows = [self._row(name, item) for item in (value if isinstance(value, list) else [])]
        return rows_html(rows, self._row(name, None), label=self.label, most=self.most, attrs=attrs)

    def _row(self, name: str, value: Any) -> SafeString:
        return self.item.html(name, value, {"aria-label": self.label})

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        for item in value if isinstance(value, list) else []:
            yield from self.item.as_posted(name, item)


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
        lowered(label),
    )


@dataclass(frozen=True)
class PostedLines:
    """The lines that were posted, and whether the list holds an empty text, too."""

    lines: tuple[str, ...] = ()
    blank: bool = False


class Lines(KeyWidget):
    """Short texts, one a line; `blank` says what an empty text among them stands for."""

    def __init__(self, *, placeholder: str = "", blank: str = "") -> None:
        super().__init__(placeholder=placeholder)
        self.blank = blank

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> PostedLines:
        lines = (line.strip() for line in str(data.get(name) or "").splitlines())
        return PostedLines(tuple(line for line in lines if line), bool(data.get(f"{name}.blank")))

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        posted = value if isinstance(value, PostedLines) else PostedLines()
        text = "\n".join(posted.lines)
        return format_html(
            '<div class="lines"><textarea class="form-control" name="{}" rows="{}" spellcheck="false" '
            "data-lines{}>\n{}</textarea>{}</div>",
            name,
            max(1, min(len(posted.lines) + 1, 8)) if posted.lines else 1,
            attributes(attrs),
            text,
            self._blank(name, posted.blank) if self.blank else NOTHING,
        )

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        posted = value if isinstance(value, PostedLines) else PostedLines()
        yield name, "\n".join(posted.lines)
        if self.blank and posted.blank:
            yield f"{name}.blank", "1"

    def _blank(self, name: str, checked: bool) -> SafeString:
        return format_html(
            '<label class="lines__blank"><input type="checkbox" name="{}.blank" value="1"{}> {}</label>',
            name,
            CHECKED if checked else NOTHING,
            self.blank,
        )


class LanguageRows(KeyWidget):
    """Texts by language, a row each; rows without a text do not count."""

    labelable = False

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[tuple[str, str]]:
        languages, texts = listed(data, f"{name}.language"), listed(data, f"{name}.text")
        return [
            (language.strip(), text) for language, text in zip(languages, texts, strict=False) if text.strip()
        ]

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        rows = [self._row(name, language, text) for language, text in _pairs(value)]
        blank = self._row(name, "" if rows else "default", "")
        return rows_html(rows, blank, label="Language", most=None, attrs=attrs)

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        for language, text in _pairs(value):
            yield f"{name}.language", language
            yield f"{name}.text", text

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


def _pairs(value: Any) -> list[tuple[str, str]]:
    """Languages and texts as they are stored, or as they were posted."""
    return [*value.items()] if isinstance(value, Mapping) else value if isinstance(value, list) else []


class JsonArea(Area):
    """Nested lists and dictionaries as JSON: for values that have no better control."""

    def __init__(self) -> None:
        super().__init__(rows=8, code=True)
