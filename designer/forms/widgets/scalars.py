"""Controls for a single value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.safestring import SafeString

from designer.forms.fast_html import format_html, format_html_join
from designer.forms.widgets.base import CHECKED, NOTHING, SELECTED, Choices, KeyWidget, attributes, listed


class LineInput(KeyWidget):
    """One line of text; `input_type` and `size` fit it to its content, `proposed_from` says what to propose."""

    def __init__(
        self,
        *,
        input_type: str = "text",
        inputmode: str = "",
        size: str = "",
        placeholder: str = "",
        proposed_from: str = "",
    ) -> None:
        attrs = {"inputmode": inputmode} if inputmode else {}
        super().__init__(placeholder=placeholder, attrs=attrs)
        self.input_type = input_type
        self.size = size
        self.proposed_from = proposed_from
        self.looks_around = bool(proposed_from)

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        if isinstance(value, str) and "\n" in value:
            # Browsers take line breaks out of an <input>, and what is stored must not change by being shown.
            return Area(rows=2).html(name, value, attrs)
        proposals = self.around.proposals(self.proposed_from) if self.proposed_from else []
        list_id = f"{attrs.get('id', name)}_proposals" if proposals else None
        return format_html(
            '<input type="{}" class="form-control {}" name="{}" value="{}" autocomplete="off" spellcheck="false"{}>{}',
            self.input_type,
            self.size and f"form-control--{self.size}",
            name,
            "" if value is None else value,
            attributes({**attrs, "list": list_id} if list_id else attrs),
            _datalist(list_id, proposals) if list_id else NOTHING,
        )


def _datalist(id_: str, proposals: Iterable[str]) -> SafeString:
    offered = format_html_join("", '<option value="{}"></option>', ((text,) for text in proposals))
    return format_html('<datalist id="{}">{}</datalist>', id_, offered)


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
                    CHECKED if option == current else NOTHING,
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

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        current = "" if value is None else str(value)
        if any(option == current for option, _ in [*self.choices, *self.extra]):
            yield name, current


class Select(ChoiceWidget):
    """Many choices."""

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        return format_html(
            '<select class="form-select" name="{}"{}>{}</select>',
            name,
            attributes(attrs),
            options([*self.choices, *self.extra], "" if value is None else str(value)),
        )

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        offered = [option for option, _ in [*self.choices, *self.extra]]
        current = "" if value is None else str(value)
        # A list has a line that is chosen, whatever is stored.
        yield name, current if current in offered else offered[0]


def options(choices: Iterable[tuple[str, str]], current: str) -> SafeString:
    """The <option>s of a select."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SELECTED if value == current else NOTHING, label) for value, label in choices),
    )


class Checkboxes(ChoiceWidget):
    """Any of a few choices."""

    labelable = False
    clearable = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        return [value for value in listed(data, name) if value]

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        chosen = set(value) if isinstance(value, list) else set()
        boxes = format_html_join(
            "",
            '<label class="checks__one"><input type="checkbox" name="{}" value="{}"{}> {}</label>',
            (
                (name, option, CHECKED if option in chosen else NOTHING, label)
                for option, label in self.choices
            ),
        )
        return format_html(
            '<div class="checks" role="group" id="{}" aria-labelledby="{}_label" aria-describedby="{}">{}</div>',
            attrs.get("id", name),
            attrs.get("id", name),
            attrs.get("aria-describedby", ""),
            boxes,
        )

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        chosen = set(value) if isinstance(value, list) else set()
        yield from ((name, option) for option, _ in self.choices if option in chosen)


class ReferenceSelect(KeyWidget):
    """Another payload of the profile, or a new one; a reference that leads nowhere is shown as what it is."""

    looks_around = True

    def __init__(self, to: str) -> None:
        super().__init__()
        self.to = to

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        current = "" if value is None else str(value)
        choices = self.around.references(self.to)
        known = [uuid.upper() for uuid, _ in choices]
        stray = (
            [(current, f"{current[:8]}… (not in this profile)")]
            if current and current.upper() not in known
            else []
        )
        chosen = next((uuid for uuid, _ in choices if uuid.upper() == current.upper()), current)
        return format_html(
            '<select class="form-select" name="{}"{}>{}</select>{}',
            name,
            attributes(attrs),
            options([("", "None"), *choices, *stray], chosen),
            self._add(name),
        )

    def _add(self, name: str) -> SafeString:
        addable = self.around.addable(self.to)
        if not addable:
            return NOTHING
        buttons = format_html_join(
            "",
            '<button class="menu__item" type="submit" name="add_payload" value="{} {}">{}</button>',
            ((slug, name, title) for slug, title in addable),
        )
        return format_html(
            '<details class="menu"><summary class="btn btn-quiet">Add one</summary>'
            '<div class="menu__items menu__items--end">{}</div></details>',
            buttons,
        )
