"""Several workers at once, each a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from profiles.models import BulkRun
from tests.processes import ROOT, environment
from tests.same_data import same_data


class Staff:
    """Workers that stay for one test after the other, since they take a second to come."""

    def __init__(self) -> None:
        self._workers: list[subprocess.Popen[str]] = []
        self._busy: list[subprocess.Popen[str]] = []

    def begin(
        self,
        run: BulkRun,
        count: int,
        *,
        lease: float = 30,
        size: int = 10,
        dawdling: float = 0,
        **more: Any,
    ) -> None:
        """Let so many work on the run, of whom the first may dawdle; `more` are settings that they have besides."""
        self._dismiss(self._busy)
        while len(self._workers) < count:
            self._workers.append(_hired())
        job = {"run": str(run.pk), "lease": lease, "size": size, "dawdling": dawdling, "settings": more}
        self._busy = self._workers[:count]
        for worker in self._busy:
            assert worker.stdin
            worker.stdin.write(f"{json.dumps(job)}\n")
            worker.stdin.flush()
            job["dawdling"] = 0

    def kill(self) -> None:
        """End one of them in the middle of its work."""
        worker = self._busy.pop()
        worker.kill()
        self._dismiss([worker])

    def end(self) -> list[int]:
        """How many recipients each has taken in hand, once the run is over."""
        told = [_line(worker) for worker in self._busy]
        self._busy = []
        return [int(text) for text in told]

    def go_home(self) -> None:
        """End all of them."""
        self._dismiss(self._workers)

    def _dismiss(self, workers: list[subprocess.Popen[str]]) -> None:
        for worker in list(workers):
            worker.kill()
            worker.communicate(timeout=20)
            self._workers.remove(worker)
        self._busy = [worker for worker in self._busy if worker in self._workers]


def _line(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout
    if line := worker.stdout.readline():
        return line.strip()
    raise AssertionError(f"A worker broke off:\n{worker.communicate(timeout=20)[1]}")


def _hired() -> subprocess.Popen[str]:
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.services.bulk.worker"],
        cwd=ROOT,
        env=environment(**same_data()) | {"DJANGO_SETTINGS_MODULE": "designer.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert _line(worker) == "ready"
    return worker
