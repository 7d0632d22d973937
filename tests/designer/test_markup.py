"""The quick `format_html` gives what Django's gives."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import html as django_html
from django.utils.safestring import SafeString, mark_safe

from designer.forms.fast_html import escape, format_html, format_html_join

VALUES: list[Any] = [
    "",
    "plain",
    "<b>&\"'</b>",
    "{0}",
    "&amp;",
    5,
    1.5,
    None,
    True,
    mark_safe("<i>safe</i>"),
    "日本 😀",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_escaped_as_django_does(value: Any) -> None:
    assert escape(value) == django_html.conditional_escape(
        str(value) if type(value) is not SafeString else value
    )
    assert format_html("<p>{} {}</p>", value, "<") == django_html.format_html("<p>{} {}</p>", value, "<")
    rows = [(value, "<"), ("&", value)]
    assert format_html_join(", ", "{}={}", rows) == django_html.format_html_join(", ", "{}={}", rows)


def test_what_comes_out_is_safe_and_is_not_escaped_again() -> None:
    once = format_html("<b>{}</b>", "<")
    assert type(once) is SafeString
    assert type(escape("<")) is SafeString
    assert type(format_html_join("", "{}", [("<",)])) is SafeString
    assert format_html("{}", once) == escape(once) == once == "<b>&lt;</b>"


def test_no_rows_are_nothing() -> None:
    assert format_html_join(", ", "{}", []) == ""
