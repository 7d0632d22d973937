"""A task that fails tells the type and the place of its error, and nothing that a person typed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from celery import Celery
from celery.app.trace import build_tracer
from celery.exceptions import Reject

from designer.config.log_format import TASKS, CarefulFormatter, JsonFormatter, OneLineFormatter
from profiles.exceptions import EncryptionError

SECRET = "hunter2"


class Told(logging.Handler):
    """What a formatter makes of each record, right when it comes."""

    def __init__(self, formatter: CarefulFormatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Kept as text."""
        self.lines.append(self.format(record))


@pytest.fixture(params=[OneLineFormatter, JsonFormatter], ids=["line", "json"])
def told(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What Celery tells of tasks from now on, in one form and the other."""
    handler, logger = Told(request.param()), logging.getLogger(TASKS)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler.lines
    logger.setLevel(level)
    logger.removeHandler(handler)


def _run(error: Exception | None, **options: Any) -> None:
    """A task that fails with that error, by what Celery does it with in a worker."""
    app: Any = Celery("tests", set_as_current=False, backend="disabled://")

    def fail() -> None:
        if error is not None:
            raise error

    task = app.task(name="fail", **options)(fail)
    # A rejected one is the worker's to give back.
    with suppress(Reject):
        build_tracer("fail", task, app=app)("7c1", [], {}, {"id": "7c1"})


def _message(line: str) -> str:
    return str(json.loads(line)["message"] if line.startswith("{") else line)


def test_an_error_in_a_task_tells_its_type_and_place_but_not_what_was_typed(told: list[str]) -> None:
    _run(ValueError(f"could not convert string: '{SECRET}'"))
    (line,) = told
    assert SECRET not in line
    assert "Task fail[7c1] raised unexpected: ValueError" in _message(line)
    assert "[ValueError] at " in line
    assert "test_task_logs.py" in line
    assert "\n" not in line


def test_an_error_in_a_task_whose_text_is_harmless_tells_it(told: list[str]) -> None:
    _run(EncryptionError("The key is another one."))
    (line,) = told
    assert "[EncryptionError: The key is another one.] at " in line


def test_an_error_that_a_task_may_raise_tells_nothing_that_was_typed(told: list[str]) -> None:
    _run(ValueError(SECRET), throws=(ValueError,))
    (line,) = told
    assert SECRET not in line
    assert "Task fail[7c1] raised expected: …" in _message(line)


def test_a_task_that_is_given_back_tells_nothing_that_was_typed(told: list[str]) -> None:
    _run(Reject(ValueError(SECRET)))
    (line,) = told
    assert SECRET not in line
    assert "Task fail[7c1] Reject" in _message(line)


def test_an_error_after_a_task_tells_its_type_and_place_but_not_what_was_typed(told: list[str]) -> None:
    def on_success(*about: Any) -> None:
        raise ValueError(SECRET)

    _run(None, on_success=on_success)
    line = told[0]
    assert SECRET not in line
    assert "Task fail[7c1] on_success handler raised: 'ValueError'" in _message(line)
    assert "[ValueError] at " in line


def test_another_formatter_neither_sees_nor_spoils_what_a_task_tells(
    told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger(TASKS)
    logger.addHandler(caplog.handler)
    try:
        _run(ValueError(SECRET))
    finally:
        logger.removeHandler(caplog.handler)
    assert SECRET in caplog.records[0].getMessage()
    assert SECRET not in told[0]
