"""`manage.py serve`: everything runs, and what dies comes back."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import Process, answers, is_alive, prepare, processes_under, running_all, wait_until


@dataclass
class Designer:
    """A designer that runs as `make run` starts it."""

    url: str
    pid: int
    data: Path
    log: Path

    def part(self, words: str) -> Process:
        """The one process that the runner has started by a command with these words."""
        (found,) = [each for each in self.processes(words) if each.parent == self.pid]
        return found

    def processes(self, words: str = "") -> list[Process]:
        """All of them."""
        return [each for each in processes_under(self.pid) if words in each.command]

    def pulse(self) -> str:
        """When a worker last did what beat asked for."""
        with sqlite3.connect(self.data / "designer.sqlite3") as database:
            rows = database.execute("SELECT at FROM profiles_pulse").fetchall()
        database.close()
        return str(max(rows, default=("",))[0])


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("serve")
    settings = {"DATA_DIR": str(folder / "data"), "STATIC_DIR": str(folder / "static")}
    settings |= {"WEB_WORKERS": "1", "WORKERS": "2"}
    prepare("--static", **settings)
    return settings


@pytest.fixture(scope="module")
def designer(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Designer]:
    log = tmp_path_factory.mktemp("log") / "log"
    with running_all(log, **settings) as (url, process):
        yield Designer(url, process.pid, Path(settings["DATA_DIR"]), log)


def test_beat_wakes_the_workers_again_and_again(designer: Designer) -> None:
    wait_until(lambda: designer.pulse() != "")
    first = designer.pulse()
    wait_until(lambda: designer.pulse() > first, seconds=15)


def test_the_processes_that_work_let_the_pages_go_first(designer: Designer) -> None:
    wait_until(lambda: len(designer.processes("serve worker")) == 3)
    worker = designer.part("serve worker")
    assert {each.nice for each in designer.processes("serve worker") if each.parent == worker.pid} == {10}
    assert {each.nice for each in designer.processes("webserver")} == {0}


@pytest.mark.parametrize(
    ("words", "processes"),
    [("serve worker", 3), ("serve beat", 1), ("designer.processes.webserver", 2)],
    ids=["worker", "beat", "web server"],
)
def test_what_is_killed_comes_back_without_its_former_processes(
    words: str, processes: int, designer: Designer
) -> None:
    wait_until(lambda: len(designer.processes(words)) == processes)
    former = designer.processes(words)
    os.kill(designer.part(words).pid, signal.SIGKILL)
    wait_until(lambda: not any(is_alive(each.pid) for each in former), seconds=10)
    wait_until(lambda: len(designer.processes(words)) == processes, seconds=15)
    wait_until(lambda: answers(designer.url))


def test_work_goes_on_after_all_that(designer: Designer) -> None:
    before = designer.pulse()
    wait_until(lambda: designer.pulse() > before)


def test_nothing_is_said_on_the_terminal(designer: Designer) -> None:
    assert designer.log.read_text() == ""
