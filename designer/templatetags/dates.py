"""Moments for people, everywhere in the same way."""

from __future__ import annotations

from datetime import datetime

from django.template import Library
from django.utils.timezone import localtime

register = Library()


@register.filter
def moment(at: datetime) -> str:
    """“24 Nov 2026, 16:05”, in the time zone of the server."""
    # Django's own filter takes five times as long, and a list has many rows.
    return localtime(at).strftime("%-d %b %Y, %H:%M")


@register.filter
def exact_moment(at: datetime) -> str:
    """The same with seconds, for a log."""
    return localtime(at).strftime("%-d %b %Y, %H:%M:%S")
