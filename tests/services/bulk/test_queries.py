"""As many statements for a large chunk as for a small one, whatever is made of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiles.models import BulkRun, Delivery, Profile, Recipient, RunState, User
from profiles.services.bulk import checking, making, runs
from profiles.services.bulk import work as bulk
from profiles.services.bulk.progress import progress_of
from profiles.services.bulk.runs import Wish
from tests.services.bulk.post_office import BY_MAIL, PostOffice
from tests.services.bulk.run_samples import (
    DONE,
    FAILED,
    READY,
    damage,
    loaded,
    matching_of,
    people,
    rows_of,
    started,
    states,
)

ONCE_FOR_MANY = 3
"""SQLite takes a thousand parameters in a statement, so that it needs some more for a large insert."""


def statements(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


@pytest.mark.parametrize("wish", [Wish(), Wish(delivery=Delivery.LINKS)], ids=["files", "links"])
def test_a_chunk_is_made_with_as_many_statements_whatever_its_size(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch, wish: Wish
) -> None:
    monkeypatch.setattr(making, "SIZE", 200)
    counts = []
    for size in (100, 200):
        run = started(alice, template, people(size), wish)
        counts.append(statements(lambda run=run: bulk.work(run.pk, seconds=0)))  # type: ignore[misc]
        assert states(run) == [DONE] * size
    assert counts[1] <= counts[0] + ONCE_FOR_MANY
    assert counts[0] <= 25


def test_a_chunk_that_fails_is_stored_with_as_many_statements_whatever_its_size(
    alice: User, template: Profile
) -> None:
    counts = []
    for size in (10, 50):
        run = started(alice, template, people(size))
        for row in rows_of(run):
            damage(row)
        counts.append(statements(lambda run=run: bulk.work(run.pk, seconds=0)))  # type: ignore[misc]
        assert states(run) == [FAILED] * size
    assert counts[0] == counts[1]


def test_a_chunk_is_checked_with_as_many_statements_whatever_its_size(alice: User, template: Profile) -> None:
    counts = []
    for size in (100, 200):
        run = loaded(alice, template, people(size))
        run = runs.match(actor=alice, run=run, matching=matching_of(run))
        counts.append(statements(lambda run=run: checking.check_some(run)))  # type: ignore[misc]
        assert states(run) == [READY] * size
    assert counts[1] <= counts[0] + ONCE_FOR_MANY
    assert counts[0] <= 12


def test_an_e_mail_costs_a_handful_of_statements(alice: User, template: Profile, post: PostOffice) -> None:
    counts = []
    for size in (5, 10):
        run = started(alice, template, people(size), BY_MAIL)
        counts.append(statements(lambda run=run: bulk.work(run.pk, seconds=0)))  # type: ignore[misc]
        assert states(run) == [DONE] * size
    # Each is announced, renewed and settled by itself, so that one at most is doubtful.
    assert counts[1] - counts[0] <= 5 * 8


def test_a_moment_of_a_large_run_costs_as_much_as_that_of_a_small_one(alice: User, template: Profile) -> None:
    def cost(run: BulkRun) -> int:
        return statements(lambda: progress_of(run))

    assert cost(started(alice, template, people(3))) == cost(started(alice, template, people(60)))


def test_the_end_of_a_check_takes_four_times_as_long_for_a_list_four_times_as_long(
    alice: User, template: Profile
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite counts its steps")
    run = loaded(alice, template, people(1))
    steps = []
    for size in (1_000, 4_000):
        run.recipients.all().delete()
        Recipient.objects.bulk_create(
            Recipient(run=run, row=row, state=READY, uuid=str(row), sealed=b"") for row in range(2, size + 2)
        )
        BulkRun.objects.update(state=RunState.CHECKING)
        run.refresh_from_db()
        steps.append(_steps(lambda: checking.check_some(run)))
    assert steps[1] < 6 * steps[0]


def _steps(act: Callable[[], object]) -> int:
    """What SQLite has to do, in hundreds of steps of its machine."""
    done = count()
    connection.connection.set_progress_handler(lambda: next(done) < 0, 100)
    act()
    connection.connection.set_progress_handler(None, 0)
    return next(done)
