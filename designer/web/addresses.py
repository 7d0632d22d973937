"""Addresses that are given to other people."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings
from django.urls import reverse

_NOBODY: Final = uuid.UUID(int=0)


def absolute(path: str) -> str:
    """The whole address of a path, as people outside reach it; what the request says of its host does not matter."""
    return f"{settings.PUBLIC_URL}{path}"


def addresses(*names: str) -> Callable[[uuid.UUID], Mapping[str, str]]:
    """What gives the addresses of these names for an id, each worked out once: a list has many rows."""
    patterns = {name: reverse(name, args=[_NOBODY]) for name in names}
    return lambda pk: {name: pattern.replace(str(_NOBODY), str(pk)) for name, pattern in patterns.items()}
