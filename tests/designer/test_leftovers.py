"""What processes leave behind that were killed is removed by `manage.py prepare`, once nobody can need it."""

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from designer.management.commands import prepare
from tests.processes import run_manage

LONG_AGO = time.time() - 40 * 24 * 60 * 60


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data in which things lay before `prepare`."""
    folder: Path = tmp_path_factory.mktemp("data")
    old = [
        "broker/1.draft",
        "broker/2.taken",
        "broker/3.queue.message",
        "run/gone/worker",
        "run/half-gone/beat",
    ]
    new = ["broker/4.draft", "broker/5.taken", "run/half-gone/metrics/1.db"]
    for name in (*old, *new):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for path in [*(folder / name for name in old), folder / "run/gone"]:
        os.utime(path, (LONG_AGO, LONG_AGO))
    ended = run_manage("prepare", DATA_DIR=str(folder))
    assert ended.returncode == 0, ended.stderr
    return folder


def test_half_messages_of_long_ago_are_removed(data: Path) -> None:
    left = {path.name for path in (data / "broker").iterdir()}
    assert left == {"3.queue.message", "4.draft", "5.taken"}


def test_the_folder_of_a_machine_that_is_no_more_is_removed(data: Path) -> None:
    assert [path.name for path in (data / "run").iterdir()] == ["half-gone"]
    assert (data / "run/half-gone/beat").exists()


def test_nobody_else_can_look_into_the_folder_of_messages(tmp_path: Path) -> None:
    assert run_manage("prepare", DATA_DIR=str(tmp_path)).returncode == 0
    assert (tmp_path / "broker").stat().st_mode & 0o777 == 0o700


@pytest.fixture
def in_use(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data, all old, in which whatever is called "going" is gone by the time that one looks at it."""
    settings.DATA_DIR, settings.BROKER_DIR = tmp_path, tmp_path / "broker"
    look = Path.stat

    def look_too_late(path: Path, **options: Any) -> os.stat_result:
        if path.stem == "going":
            shutil.rmtree(path) if look(path).st_mode & 0o040000 else path.unlink()
        return look(path, **options)

    monkeypatch.setattr(Path, "stat", look_too_late)
    return tmp_path


def _lay_down(*paths: Path) -> None:
    """These files; they and their folders were last touched long ago."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    for path in paths:
        for each in (path, path.parent):
            os.utime(each, (LONG_AGO, LONG_AGO))


@pytest.mark.parametrize("ending", ["draft", "taken"])
def test_a_half_message_that_a_server_takes_away_meanwhile_is_gone(in_use: Path, ending: str) -> None:
    broker = in_use / "broker"
    _lay_down(*(broker / f"{name}.{ending}" for name in ("1", "going", "2")))
    prepare._sweep()  # noqa: SLF001 - between two looks of it, files go
    assert not list(broker.iterdir())


def test_a_folder_in_which_a_server_tidies_up_meanwhile_is_kept(in_use: Path) -> None:
    _lay_down(in_use / "run/here/at-work/going", in_use / "run/here/worker", in_use / "run/gone/worker")
    os.utime(in_use / "run/here", (LONG_AGO, LONG_AGO))
    os.utime(in_use / "run/gone", (LONG_AGO, LONG_AGO))
    prepare._sweep()  # noqa: SLF001
    assert [path.name for path in (in_use / "run").iterdir()] == ["here"]
    assert (in_use / "run/here/worker").exists()
