"""A worker in a process of its own: `python -m tests.services.bulk.worker`.

Says that it is ready. Then each line is a job: the id of a run, how long claims last, how large chunks are, how long it
dawdles with each, and settings. It works until the run is over or gone, and says how many recipients it took in hand.
"""

import json
import sys
import time
import uuid
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - what follows needs Django to be set up

from profiles.models import BulkRun, RunState  # noqa: E402 - the same
from profiles.services.bulk import checking, claims, making, sending, work  # noqa: E402 - the same

OVER = (RunState.CHECKED, RunState.FINISHED)


class Counting:
    """Takes recipients in hand, and counts them."""

    def __init__(self) -> None:
        self.taken = 0
        self.dawdling = 0.0
        self._take = claims.take

    def take(self, run: BulkRun, state: Any, size: int) -> claims.Claim:
        claim = self._take(run, state, size)
        self.taken += len(claim.recipients)
        time.sleep(self.dawdling)
        return claim


def main() -> None:
    """Until there are no more lines."""
    counting = Counting()
    claims.take = counting.take
    print("ready", flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        claims.LEASE = timedelta(seconds=job["lease"])  # type: ignore[misc]  # as short as a test wants it
        for module in (checking, making, sending):
            setattr(module, "SIZE", job["size"])  # noqa: B010 - a module that mypy does not know by name
        for name, value in job["settings"].items():
            setattr(settings, name, value)
        counting.taken, counting.dawdling = 0, job["dawdling"]
        _work(uuid.UUID(job["run"]))
        print(counting.taken, flush=True)


def _work(run_id: uuid.UUID) -> None:
    found = BulkRun.objects.filter(pk=run_id).values_list("state", flat=True)
    while (state := found.first()) not in OVER and state is not None:
        work.work(run_id, seconds=0.1)
        time.sleep(0.005)


if __name__ == "__main__":
    main()
