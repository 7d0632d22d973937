"""A whole site of the product for one test: data and keys of its own, and a run to break things in the middle of."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.processes import ROOT, environment, prepare, processes_under, wait_until

PEOPLE = 2_000
STRUCK_AFTER = 150
"""Results that are there before something is broken."""

ENDS_WITHIN = 150
"""Seconds: a claim of what was killed lasts for 30."""


@dataclass(frozen=True)
class Site:
    """What the processes of the site are told, and its run."""

    settings: dict[str, str]
    folder: Path
    count: Callable[[str], int]
    """Gives the number that a statement asks for, straight from the database."""
    run: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """What the processes say."""
        return self.folder / "log"

    def prepare(self) -> None:
        """Folders, keys, tables and static files."""
        prepare("--static", **self.settings)

    def office(self, action: str, what: str) -> str:
        """`tests.faults.office` on the site's database."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.office", action, what],
            cwd=ROOT,
            env=environment(**self.settings) | {"DJANGO_SETTINGS_MODULE": "designer.settings"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout.splitlines()[-1]

    def results(self) -> int:
        """How many there are."""
        return self.count("SELECT count(*) FROM profiles_bulkresult")

    def strike_in_the_middle(self) -> None:
        """Return once some results are there and most are not; fails when all came at once."""
        wait_until(lambda: self.results() >= STRUCK_AFTER, seconds=120)
        assert self.results() < PEOPLE, "it was too quick to break anything"

    def begin(self) -> None:
        """Start the run."""
        self.run.append(self.office("begin", str(PEOPLE)))

    def state(self) -> dict[str, Any]:
        """How the run stands, as its page would say."""
        told: dict[str, Any] = json.loads(self.office("state", self.run[0]))
        return told

    def require_complete(self) -> None:
        """Everybody has exactly one result, which is theirs, and the run has finished once."""
        finished = "SELECT count(*) FROM profiles_bulkrun WHERE state = 'finished'"
        try:
            wait_until(lambda: self.count(finished) == 1, seconds=ENDS_WITHIN)
        except AssertionError:
            told_now = f"{self.state()}\n{self.log.read_text()[-5000:]}"
            raise AssertionError(f"The run did not end: {told_now}") from None
        told = self.state()
        assert told["counts"] == {"done": PEOPLE}
        assert told["waits_for"] == ""
        assert self.office("verify", self.run[0]) == str(PEOPLE)


def kill(*pids: int) -> None:
    """SIGKILL, which nothing can prepare for."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def worker_of(runner: int) -> int:
    """The worker that `manage.py serve` runs."""
    return next(each.pid for each in processes_under(runner) if " serve worker" in each.command)


def children(pid: int) -> list[int]:
    """The processes that a worker works with."""
    return [each.pid for each in processes_under(pid) if each.parent == pid]


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Path]:
    """A disk of that size at a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Write a file until the disk is full."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return path
