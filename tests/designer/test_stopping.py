"""`manage.py serve` and its parts stop when they are told to, or when there is no point in going on."""

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import (
    ROOT,
    environment,
    is_alive,
    prepare,
    processes_under,
    running_all,
    running_worker,
    wait_until,
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("stopping")
    settings = {"DATA_DIR": str(folder / "data"), "STATIC_DIR": str(folder / "static")}
    settings |= {"WEB_WORKERS": "1", "WORKERS": "2"}
    prepare("--static", **settings)
    return settings


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_told_to_stop_it_leaves_no_process_and_no_word(
    how: signal.Signals, settings: dict[str, str], tmp_path: Path
) -> None:
    with running_all(tmp_path / "log", **settings) as (_, process):
        wait_until(lambda: len(processes_under(process.pid)) == 6)
        started = processes_under(process.pid)
        process.send_signal(how)
        assert process.wait(timeout=15) == 0
        assert not [each for each in started if is_alive(each.pid)]
    assert (tmp_path / "log").read_text() == ""


def test_when_the_runner_is_killed_the_others_end_by_themselves(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with running_all(tmp_path / "log", **settings) as (_, process):
        wait_until(lambda: len(processes_under(process.pid)) == 6)
        started = processes_under(process.pid)
        process.kill()
        wait_until(lambda: not any(is_alive(each.pid) for each in started), seconds=10)


def test_a_worker_alone_stops_without_a_word(settings: dict[str, str], tmp_path: Path) -> None:
    with running_worker(tmp_path / "log", **settings) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0
    assert (tmp_path / "log").read_text() == ""


def test_when_the_web_server_cannot_be_started_all_is_stopped_and_a_sentence_says_so(tmp_path: Path) -> None:
    python = shlex.quote(sys.executable)
    parts = {
        "SERVE_WEB": f"{python} -c 'raise SystemExit(\"The reason.\")'",
        "SERVE_WORKER": f"{python} -c 'import time; time.sleep(100)'",
        "SERVE_BEAT": f"{python} -c 'import time; time.sleep(100)'",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "designer.processes.runner", str(tmp_path / "pid")],
        cwd=ROOT,
        env=environment(**parts),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    *reasons, sentence = ended.stderr.splitlines()
    assert set(reasons) == {"The reason."}
    assert (
        sentence == "The web server does not start, so all was stopped. What it said about that stands above."
    )
