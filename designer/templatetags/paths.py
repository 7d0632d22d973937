"""Paths of keys on a page, where there may not be room for all of one in a line."""

from __future__ import annotations

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

SHORT = 24
"""Characters that always fit."""


@register.filter
def breakable(path: str) -> SafeString | str:
    """The path with places for a line to end: behind each dot of a long one."""
    if len(path) <= SHORT:
        return path
    *first, last = path.split(".")
    return format_html_join("", "{}.<wbr>", ((part,) for part in first)) + format_html_join(
        "", "{}", ((last,),)
    )
