"""How far a command has come: a bar on a terminal, elsewhere a line now and then, or nothing."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final, NoReturn

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

EVERY: Final = 10.0
"""Seconds between two lines where there is no terminal."""

USUAL_SIZE: Final = os.terminal_size((80, 24))

Tell = Callable[[str], None]
Update = Callable[[int], None]


class Bar:
    """Shows one phase after the other on standard error; `tell` writes a line there."""

    def __init__(self, tell: Tell, *, quiet: bool = False) -> None:
        self._tell = tell
        self._quiet = quiet

    @contextmanager
    def phase(self, title: str, total: int, unit: str) -> Iterator[Update]:
        """Shows the phase as long as it lasts; what is given is to be called with how many are past."""
        if self._quiet:
            yield _nothing
        elif sys.stderr.isatty():
            with logging_redirect_tqdm(), _bar(title, total, unit) as bar:
                yield lambda past: _move(bar, past)
        else:
            lines = _Lines(self._tell, title, total, unit)
            yield lines.update
            lines.end()


class _Lines:
    def __init__(self, tell: Tell, title: str, total: int, unit: str) -> None:
        self._tell, self._title, self._total, self._unit = tell, title, total, unit
        self._past = 0
        self._began = self._told = time.monotonic()

    def update(self, past: int) -> None:
        self._past = past
        if (now := time.monotonic()) - self._told >= EVERY:
            self._told = now
            self._tell(f"{self._title}: {past:,} of {self._total:,} {self._unit}")

    def end(self) -> None:
        took = time.monotonic() - self._began
        self._tell(f"{self._title}: {self._past:,} {self._unit} in {took:.1f} s")


def _bar(title: str, total: int, unit: str) -> tqdm[NoReturn]:
    bar = partial(tqdm, total=total, desc=title, unit=f" {unit}", file=sys.stderr)
    if os.get_terminal_size(sys.stderr.fileno()).columns:
        return bar(dynamic_ncols=True)
    # What some machines call a terminal has no size, and a bar for it nothing to show.
    return bar(ncols=USUAL_SIZE.columns, nrows=USUAL_SIZE.lines)


def _move(bar: tqdm[NoReturn], past: int) -> None:
    bar.update(past - bar.n)


def _nothing(past: int) -> None:
    """Show nothing."""
