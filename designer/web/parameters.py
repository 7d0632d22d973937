"""Texts that a browser sent, as what they mean."""

from __future__ import annotations


def number_of(text: str | None, *, digits: int = 9) -> int:
    """A whole number of so many digits at most; 0, which numbers nothing, for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= digits else 0
