"""2 000 recipients get 2 000 results, each once, whatever breaks: PostgreSQL, Redis, workers that somebody restarts."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.servers import NOBODY_IN_PARTICULAR, PostgreSQL, Redis
from tests.faults.site import PEOPLE, Site, children, fill, kill, small_disk
from tests.processes import processes_under, running_all, running_beat, running_worker, wait_until


@pytest.fixture
def site(postgresql: PostgreSQL, redis: Redis, tmp_path: Path) -> Site:
    """A new one, made ready."""
    settings = {
        "DATA_DIR": str(tmp_path / "data"),
        "STATIC_DIR": str(tmp_path / "static"),
        "DATABASE_URL": postgresql.url,
        "CELERY_BROKER_URL": redis.url,
        "WORKERS": "2",
    }
    site = Site(settings, tmp_path, lambda statement: postgresql.ask(statement)[0][0])
    site.prepare()
    return site


@pytest.fixture
def beat(site: Site) -> Iterator[None]:
    """It runs."""
    with running_beat(site.log, **site.settings):
        yield


def test_a_process_of_the_worker_is_killed(site: Site, beat: None, postgresql: PostgreSQL) -> None:
    with running_worker(site.log, **site.settings) as worker:
        site.begin()
        site.strike_in_the_middle()
        kill(children(worker.pid)[0])
        site.require_complete()


def test_every_worker_is_killed_and_another_started(site: Site, beat: None, postgresql: PostgreSQL) -> None:
    with running_worker(site.log, **site.settings) as worker:
        site.begin()
        site.strike_in_the_middle()
        kill(worker.pid, *(each.pid for each in processes_under(worker.pid)))
        worker.wait(timeout=10)
    stuck = site.results()
    with running_worker(site.log, **site.settings):
        site.require_complete()
    assert stuck < PEOPLE


def test_redis_is_gone_for_ten_seconds_with_all_its_messages(site: Site, redis: Redis) -> None:
    with running_all(site.log, **site.settings):
        site.begin()
        site.strike_in_the_middle()
        redis.stop()
        time.sleep(10)
        redis.start()
        site.require_complete()


def test_a_run_is_started_while_redis_is_gone(site: Site, redis: Redis) -> None:
    with running_all(site.log, **site.settings):
        redis.stop()
        site.begin()
        assert site.results() == 0
        redis.start()
        site.require_complete()


def test_postgresql_is_restarted(site: Site, beat: None, postgresql: PostgreSQL) -> None:
    with running_worker(site.log, **site.settings):
        site.begin()
        site.strike_in_the_middle()
        postgresql.stop()
        time.sleep(2)
        postgresql.start()
        site.require_complete()


def test_the_disk_of_the_results_is_full_for_a_while(
    small_disks: None,
    site: Site,
    beat: None,
    postgresql: PostgreSQL,
    open_folder: Path,
) -> None:
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(open_folder / "disk", megabytes=64))
        _move_results_to(disk, postgresql)
        stack.enter_context(running_worker(site.log, **site.settings))
        site.begin()
        site.strike_in_the_middle()
        ballast = fill(disk)
        wait_until(lambda: "full" in site.state()["waits_for"])
        stuck = site.results()
        ballast.unlink()
        assert stuck < PEOPLE
        site.require_complete()
        postgresql.stop()


def _move_results_to(disk: Path, postgresql: PostgreSQL) -> None:
    shutil.chown(disk, NOBODY_IN_PARTICULAR)
    postgresql.ask(f"CREATE TABLESPACE results LOCATION '{disk}'")
    postgresql.ask("ALTER TABLE profiles_bulkresult SET TABLESPACE results")
