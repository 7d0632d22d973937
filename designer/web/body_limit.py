"""How much a request may bring."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings

View = TypeVar("View", bound=Callable[..., Any])


def takes_body(max_bytes: int) -> Callable[[View], View]:
    """Lets a view take more, or less, than MAX_BODY; the outermost decorator, or under others that keep attributes."""

    def mark(view: View) -> View:
        view.max_body = max_bytes  # type: ignore[attr-defined]
        return view

    return mark


def body_limit(view: Callable[..., Any]) -> int:
    """The most that a view takes, in bytes."""
    return int(getattr(view, "max_body", settings.MAX_BODY))
