"""Messages: one for one worker each, sent or refused at once, and never more than somebody takes."""

import json
import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.simple import SimpleQueue

from designer.celery import app
from designer.config.broker import broker_options
from designer.processes.scheduler import LONGEST_QUEUE
from tests.processes import free_port, prepare, run_manage, running_beat, running_worker, wait_until

TASKS = {f"profiles.tasks.{name}" for name in ("work", "tend", "purge", "warn_of_expiry")}
MESSAGES = 3_000


@contextmanager
def _queue(folder: Path) -> Iterator[SimpleQueue]:
    options = broker_options("", folder) | {"polling_interval": 0.001}
    with Connection(
        "filesystem://localhost",
        transport="designer.processes.folder_broker:Transport",
        transport_options=options,
    ) as connection:
        yield connection.SimpleQueue("queue")


def _tend() -> Any:
    # Not imported above: processes that are started afresh import this module, and have no Django.
    app.loader.import_default_modules()
    return app.tasks["profiles.tasks.tend"]


def _take(folder: Path, taken: "Queue[list[int]]") -> None:
    numbers: list[int] = []
    with _queue(folder) as queue:
        while True:
            message = queue.get(timeout=20)
            message.ack()
            if message.payload is None:
                break
            numbers.append(message.payload)
    taken.put(numbers)


def test_tasks_that_are_shared_belong_to_our_application() -> None:
    app.loader.import_default_modules()
    assert set(app.tasks) >= TASKS
    assert current_app.conf.task_default_queue == app.conf.task_default_queue
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} < TASKS


def test_each_message_in_the_folder_reaches_one_worker_while_more_are_written(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    taken: Queue[list[int]] = context.Queue()
    workers = [context.Process(target=_take, args=(tmp_path, taken)) for _ in range(2)]
    for worker in workers:
        worker.start()
    with _queue(tmp_path) as queue:
        for message in [*range(MESSAGES), None, None]:
            queue.put(message)
    numbers = [taken.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert sorted(chain(*numbers)) == list(range(MESSAGES))
    assert all(each == sorted(each) for each in numbers)
    assert not list(tmp_path.iterdir())


def test_what_is_not_wholly_written_is_no_message(tmp_path: Path) -> None:
    with _queue(tmp_path) as queue:
        queue.put("whole")
        (path,) = tmp_path.iterdir()
        path.with_suffix(".draft").write_text("{")
        assert queue.qsize() == 1
        assert queue.get(timeout=5).payload == "whole"
        with pytest.raises(queue.Empty):
            queue.get(timeout=0.1)


def test_a_message_for_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    options = broker_options("", tmp_path / "none")
    connection = Connection(
        "filesystem://localhost",
        transport="designer.processes.folder_broker:Transport",
        transport_options=options,
    )
    with connection, pytest.raises(OperationalError):
        _tend().apply_async(connection=connection)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port behind which nobody ever says anything."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("kind", ["redis", "amqp"])
@pytest.mark.parametrize("silent", [False, True], ids=["nobody there", "no answer"])
def test_a_message_for_a_broker_that_is_away_is_refused_within_two_seconds(
    kind: str, silent: bool, silent_port: int
) -> None:
    url = f"{kind}://127.0.0.1:{silent_port if silent else free_port()}"
    connection = Connection(
        url,
        transport_options=broker_options(url, Path()),
        connect_timeout=settings.CELERY_BROKER_CONNECTION_TIMEOUT,
    )
    began = time.monotonic()
    with connection, pytest.raises(OperationalError):
        _tend().apply_async(connection=connection)
    assert time.monotonic() - began < 2


def test_beat_sends_everything_once_it_starts_and_needs_neither_keys_nor_database(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir()
    with running_beat(tmp_path / "log", DATA_DIR=str(tmp_path)):
        wait_until(lambda: _waiting(tmp_path) >= 3)
    messages = [json.loads(path.read_text()) for path in (tmp_path / "broker").glob("*.message")]
    assert {message["headers"]["task"] for message in messages} == TASKS - {"profiles.tasks.work"}
    assert all(message["headers"]["expires"] for message in messages)
    assert (tmp_path / "log").read_text() == ""


def test_beat_sends_no_more_where_nobody_takes_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir()
    for number in range(LONGEST_QUEUE):
        (tmp_path / "broker" / f"{number}.{app.conf.task_default_queue}.message").write_text("{}")
    with running_beat(tmp_path / "log", DATA_DIR=str(tmp_path)) as process:
        time.sleep(1)
        assert process.poll() is None
    assert _waiting(tmp_path) == LONGEST_QUEUE


def test_a_worker_passes_over_what_has_expired(tmp_path: Path) -> None:
    prepare(DATA_DIR=str(tmp_path))
    with running_beat(tmp_path / "log", DATA_DIR=str(tmp_path)):
        wait_until(lambda: _waiting(tmp_path) >= 3)
    for path in (tmp_path / "broker").glob("*.message"):
        message = json.loads(path.read_text())
        message["headers"]["expires"] = "2020-01-01T00:00:00+00:00"
        path.write_text(json.dumps(message))
    with running_worker(tmp_path / "log", DATA_DIR=str(tmp_path), WORKERS="1"):
        wait_until(lambda: _waiting(tmp_path) == 0)
    script = "from profiles.models import Pulse; print(Pulse.objects.count())"
    assert run_manage("shell", "--no-imports", "-c", script, DATA_DIR=str(tmp_path)).stdout == "0\n"


def _waiting(folder: Path) -> int:
    return len(list((folder / "broker").glob("*.message")))
