"""What a browser would post from a rendered form: its successful controls, as HTML defines them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import QueryDict

_LOCAL_TIME = re.compile(r"\d{4,}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?")
_LINE_BREAK = re.compile("\r\n?|\n")
_NEVER_POSTED = ("submit", "button", "reset", "image", "file")


@dataclass
class _Select:
    name: str
    options: list[tuple[str, bool]] = field(default_factory=list)


class _Controls(HTMLParser):
    """Collects name and value of each successful control; what stands in a <template> is none."""

    def __init__(self, *, scripting: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.inert = ("template", "noscript") if scripting else ("template",)
        self.depth = 0
        self.select: _Select | None = None
        self.area: tuple[str, list[str]] | None = None
        self.posted: list[tuple[str, str]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in self.inert:
            self.depth += 1
        if self.depth:
            return
        if "id" in given:
            self.ids.append(given["id"])
        if "disabled" in given:
            return
        if tag == "input":
            self._input(given)
        elif tag == "select":
            self.select = _Select(given.get("name", ""))
        elif tag == "option" and self.select:
            self.select.options.append((given["value"], "selected" in given))
        elif tag == "textarea":
            self.area = (given.get("name", ""), [])

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        value = given.get("value", "on" if kind in ("radio", "checkbox") else "")
        if kind in _NEVER_POSTED or (kind in ("radio", "checkbox") and "checked" not in given):
            return
        if kind == "datetime-local" and not _LOCAL_TIME.fullmatch(value):
            value = ""
        # What is typed into one line has no line breaks.
        one_line = kind not in ("radio", "checkbox", "hidden")
        self._post(given.get("name", ""), re.sub(r"[\r\n]", "", value) if one_line else value)

    def handle_data(self, data: str) -> None:
        if self.area:
            self.area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inert:
            self.depth -= 1
        elif tag == "select" and self.select:
            chosen = [value for value, selected in self.select.options if selected]
            if self.select.options:
                self._post(self.select.name, chosen[-1] if chosen else self.select.options[0][0])
            self.select = None
        elif tag == "textarea" and self.area:
            name, texts = self.area
            self._post(name, _LINE_BREAK.sub("\n", "".join(texts)).removeprefix("\n"))
            self.area = None

    def _post(self, name: str, value: str) -> None:
        if name:
            self.posted.append((name, _LINE_BREAK.sub("\r\n", value)))


@dataclass(frozen=True)
class Page:
    """A rendered form as a browser has it."""

    posted: list[tuple[str, str]]
    ids: list[str]

    def data(self, **changed: str | list[str]) -> QueryDict:
        """What is posted, with the controls of some names changed."""
        query = QueryDict(mutable=True)
        for name, value in self.posted:
            if name not in changed:
                query.appendlist(name, value)
        for name, values in changed.items():
            query.setlist(name, [values] if isinstance(values, str) else values)
        return query


def browse(html: str, *, scripting: bool = True) -> Page:
    """The page in a browser that runs scripts, or in one that does not."""
    controls = _Controls(scripting=scripting)
    controls.feed(html)
    controls.close()
    return Page(controls.posted, controls.ids)
