"""Equality as a device sees it: 1 is not true, 1.0 is not 1, and text is not data."""

from __future__ import annotations

from itertools import chain
from typing import Any


def differences(left: Any, right: Any, path: str = "") -> list[str]:
    """Where two property list values differ in type or content."""
    if type(left) is not type(right):
        return [f"{path}: {type(left).__name__} is not {type(right).__name__}"]
    if isinstance(left, dict):
        alone = [f"{path}.{name}: only on one side" for name in {*left} ^ {*right}]
        both = [differences(left[name], right[name], f"{path}.{name}") for name in {*left} & {*right}]
        return [*alone, *chain.from_iterable(both)]
    if isinstance(left, list):
        if len(left) != len(right):
            return [f"{path}: {len(left)} items are not {len(right)}"]
        items = zip(left, right, strict=True)
        return [found for i, (a, b) in enumerate(items) for found in differences(a, b, f"{path}[{i}]")]
    # By text, since 0.0 == -0.0.
    return [] if str(left) == str(right) else [f"{path}: {left!r} is not {right!r}"]
