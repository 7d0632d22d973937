"""What waits in Redis is counted, and stays there until somebody has the time for it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection
from redis import Redis as Client

from designer.celery import app
from designer.config.broker import REDIS, broker_options
from designer.processes.queue_length import waiting
from designer.processes.scheduler import LONGEST_QUEUE
from profiles.tasks import tend
from tests.faults.servers import Redis
from tests.processes import prepare, running_beat, running_worker, wait_until

QUEUE = f"{REDIS['global_keyprefix']}{app.conf.task_default_queue}"
"""The key of the list of messages."""


@pytest.fixture
def connection(redis: Redis) -> Iterator[Any]:
    """To that Redis, as the settings would make it."""
    with Connection(redis.url, transport_options=broker_options(redis.url, Path())) as connection:
        yield connection


@pytest.fixture
def length(redis: Redis) -> Iterator[Callable[[], int]]:
    """How many messages Redis itself says that there are."""
    with Client(port=redis.port) as client:
        yield lambda: client.llen(QUEUE)


def test_each_message_is_counted(connection: Any, length: Callable[[], int]) -> None:
    assert waiting(connection) == 0
    for number in range(1, 4):
        _send(connection)
        assert waiting(connection) == length() == number


def test_beat_sends_no_more_where_nobody_takes_what_is_there(
    redis: Redis, length: Callable[[], int], tmp_path: Path
) -> None:
    with Client(port=redis.port) as client:
        client.rpush(QUEUE, *["{}"] * (LONGEST_QUEUE - 1))
    with running_beat(tmp_path / "log", DATA_DIR=str(tmp_path), CELERY_BROKER_URL=redis.url):
        wait_until(lambda: length() == LONGEST_QUEUE)
        time.sleep(1)
        assert length() == LONGEST_QUEUE


def test_a_worker_takes_no_message_for_later(
    redis: Redis, connection: Any, length: Callable[[], int], tmp_path: Path
) -> None:
    settings = {"DATA_DIR": str(tmp_path), "CELERY_BROKER_URL": redis.url, "WORKERS": "1"}
    prepare(**settings)
    with running_worker(tmp_path / "log", **settings):
        with closing(sqlite3.connect(tmp_path / "designer.sqlite3", timeout=20)) as database:
            database.execute("BEGIN IMMEDIATE")
            for _ in range(5):
                _send(connection)
            wait_until(lambda: length() < 5)
            time.sleep(2)
            assert length() == 4
        wait_until(lambda: length() == 0)


def _send(connection: Any) -> None:
    task: Any = tend
    task.apply_async(connection=connection)
