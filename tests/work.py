"""How much work something takes, counted or as time of computing: what a clock says depends on who else is busy."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

ENOUGH = 10.0
"""Seconds of computing: many times what anything here takes, and a fraction of what goes wrong would."""


@contextmanager
def soon(seconds: float = ENOUGH) -> Iterator[None]:
    """Hold the block to so much computing of this process; waiting for others does not count."""
    began = time.process_time()
    yield
    taken = time.process_time() - began
    assert taken < seconds, f"took {taken:.1f} seconds of computing"


def counted(monkeypatch: pytest.MonkeyPatch, owner: Any, *names: str) -> Counter[str]:
    """How often the functions of these names are called from now on."""
    calls: Counter[str] = Counter()
    for name in names:
        monkeypatch.setattr(owner, name, _counting(getattr(owner, name), calls, name))
    return calls


def _counting(original: Any, calls: Counter[str], name: str) -> Any:
    def call(*arguments: Any, **keywords: Any) -> Any:
        calls[name] += 1
        return original(*arguments, **keywords)

    return call
