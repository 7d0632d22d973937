"""A worker that has gone deaf is noticed; one that is quiet or at work is left alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_django.fixtures import Settings

from designer.processes import watchdog
from designer.processes.heartbeat import run_folder
from designer.processes.watchdog import PATIENCE, PATIENCE_AT_WORK, Watchdog, is_at_work
from profiles.tasks import tend
from tests.processes import prepare, running_worker, wait_until

Clock = list[float]
"""Seconds that have gone by, the last of them now."""

IMPOSSIBLE_PID = 2**22 + 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    now: Clock = [1000.0]
    monkeypatch.setattr(watchdog, "time", SimpleNamespace(monotonic=lambda: now[-1]))
    return now


@pytest.fixture(autouse=True)
def broker(settings: Settings) -> Path:
    """The folder of messages, empty; nothing is being done."""
    folder = Path(settings.BROKER_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    run_folder(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    for message in folder.iterdir():
        message.unlink()
    return folder


def test_it_waits_while_no_message_does(clock: Clock) -> None:
    dog = Watchdog()
    clock.append(clock[-1] + 10 * PATIENCE)
    assert not dog.is_deaf()


def test_a_message_that_waits_for_too_long_tells(clock: Clock) -> None:
    dog = Watchdog()
    tend.delay()
    clock.append(clock[-1] + PATIENCE - 1)
    assert not dog.is_deaf()
    clock.append(clock[-1] + 2)
    assert dog.is_deaf()


def test_it_counts_from_the_message_that_came_in_last(clock: Clock) -> None:
    dog = Watchdog()
    tend.delay()
    clock.append(clock[-1] + PATIENCE - 1)
    dog._hear()  # noqa: SLF001 - what Celery would call
    clock.append(clock[-1] + 2)
    assert not dog.is_deaf()


def test_a_process_that_is_at_work_may_take_longer(clock: Clock) -> None:
    dog = Watchdog()
    tend.delay()
    watchdog._begin()  # noqa: SLF001 - what Celery would call
    try:
        assert is_at_work()
        clock.append(clock[-1] + PATIENCE + 1)
        assert not dog.is_deaf()
        clock.append(clock[-1] + PATIENCE_AT_WORK)
        assert dog.is_deaf()
    finally:
        watchdog._end()  # noqa: SLF001
    assert not is_at_work()


def test_a_process_that_was_killed_at_work_does_not_count(settings: Settings) -> None:
    marks = run_folder(settings.DATA_DIR) / "at-work"
    marks.mkdir(exist_ok=True)
    (marks / str(IMPOSSIBLE_PID)).touch()
    try:
        assert not is_at_work()
    finally:
        (marks / str(IMPOSSIBLE_PID)).unlink()


@pytest.fixture
def mark(settings: Settings) -> Iterator[Path]:
    """One process that seems to be at work, of an id that was given away again."""
    marks = run_folder(settings.DATA_DIR) / "at-work"
    marks.mkdir(exist_ok=True)
    mark = marks / str(os.getppid())
    mark.touch()
    yield mark
    mark.unlink(missing_ok=True)


def test_a_process_of_somebody_else_with_the_id_of_one_that_was_killed_does_not_count(
    mark: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(pid: int, signal: int) -> None:
        assert (pid, signal) == (int(mark.name), 0)
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "kill", refuse)
    dog = Watchdog()
    tend.delay()
    clock.append(clock[-1] + PATIENCE + 1)
    assert dog.is_deaf()


def test_a_worker_that_connects_again_keeps_the_marks_of_its_processes(mark: Path) -> None:
    timer = SimpleNamespace(call_repeatedly=lambda seconds, function: None)
    Watchdog().start(SimpleNamespace(hub=object(), timer=timer))
    assert mark.exists()
    assert is_at_work()


def test_a_worker_that_starts_forgets_the_marks_of_one_that_was_killed(tmp_path: Path) -> None:
    prepare(DATA_DIR=str(tmp_path))
    mark = run_folder(tmp_path) / "at-work" / str(os.getpid())
    mark.parent.mkdir(parents=True)
    mark.touch()
    with running_worker(tmp_path / "log", DATA_DIR=str(tmp_path)):
        wait_until(lambda: not mark.exists())


def test_a_broker_that_cannot_be_reached_is_no_sign(clock: Clock, broker: Path) -> None:
    dog = Watchdog()
    tend.delay()
    elsewhere = broker.rename(broker.with_name("elsewhere"))
    try:
        clock.append(clock[-1] + 2 * PATIENCE)
        assert not dog.is_deaf()
    finally:
        elsewhere.rename(broker)
