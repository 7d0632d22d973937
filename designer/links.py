"""Addresses that are given to other people."""

from __future__ import annotations

from django.conf import settings


def absolute(path: str) -> str:
    """The whole address of a path, as people outside reach it; what the request says of its host does not matter."""
    return f"{settings.PUBLIC_URL}{path}"
