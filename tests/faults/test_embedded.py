"""2 000 recipients get 2 000 results, each once, whatever breaks: one machine, SQLite, the broker of files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.site import PEOPLE, Site, children, fill, kill, small_disk, worker_of
from tests.processes import processes_under, running_all, wait_until


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A new one, made ready."""
    return _made(tmp_path, tmp_path / "data")


def _made(folder: Path, data: Path) -> Site:
    def count(statement: str) -> int:
        with closing(sqlite3.connect(data / "designer.sqlite3", timeout=20)) as database:
            return int(database.execute(statement).fetchone()[0])

    site = Site(
        {"DATA_DIR": str(data), "STATIC_DIR": str(folder / "static"), "WORKERS": "2", "WEB_WORKERS": "1"},
        folder,
        count,
    )
    site.prepare()
    return site


def test_a_process_of_the_worker_is_killed(site: Site) -> None:
    with running_all(site.log, **site.settings) as (_, process):
        site.begin()
        site.strike_in_the_middle()
        kill(children(worker_of(process.pid))[0])
        site.require_complete()


def test_the_worker_is_killed_with_all_its_processes(site: Site) -> None:
    with running_all(site.log, **site.settings) as (_, process):
        site.begin()
        site.strike_in_the_middle()
        worker = worker_of(process.pid)
        kill(worker, *children(worker))
        site.require_complete()


def test_everything_is_killed_and_started_again(site: Site) -> None:
    with running_all(site.log, **site.settings) as (_, process):
        site.begin()
        site.strike_in_the_middle()
        kill(process.pid, *(each.pid for each in processes_under(process.pid)))
        process.wait(timeout=10)
    with running_all(site.log, **site.settings):
        site.require_complete()


def test_all_messages_are_lost(site: Site) -> None:
    broker = Path(site.settings["DATA_DIR"]) / "broker"
    with running_all(site.log, **site.settings):
        site.begin()
        site.strike_in_the_middle()
        for message in broker.iterdir():
            message.unlink(missing_ok=True)
        site.require_complete()


@pytest.fixture
def small_site(small_disks: None, tmp_path: Path) -> Iterator[Site]:
    """One whose data is on a disk of 64 MB."""
    with small_disk(tmp_path / "disk", megabytes=64) as disk:
        yield _made(tmp_path, disk / "data")


def test_the_disk_is_full_for_a_while(small_site: Site) -> None:
    site = small_site
    with running_all(site.log, **site.settings):
        site.begin()
        site.strike_in_the_middle()
        ballast = fill(Path(site.settings["DATA_DIR"]))
        wait_until(
            lambda: "disk is full" in site.log.read_text() or "disk of the database" in site.log.read_text()
        )
        assert "full" in site.state()["waits_for"]
        stuck = site.results()
        ballast.unlink()
        assert stuck < PEOPLE
        site.require_complete()
