"""What load balancers and containers hear: is everything there that people need?"""

import http.client
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from designer.processes.heartbeat import TOO_OLD, give, run_folder
from profiles.services.bulk.work import beat
from tests.processes import ROOT, environment, free_port, prepare, running_server


def _ask(url: str) -> tuple[int, dict[str, str], float]:
    """Status, what it said, and the seconds that took."""
    began = time.monotonic()
    asked = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    try:
        asked.request("GET", "/readyz")
        response = asked.getresponse()
        return response.status, json.loads(response.read()), time.monotonic() - began
    finally:
        asked.close()


@pytest.mark.django_db
def test_a_server_that_lacks_nothing_is_ready(client: Client) -> None:
    beat()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "migrations": "ok", "broker": "ok", "workers": "ok"}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_workers_that_are_silent_keep_nobody_away(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()["workers"]) == (200, "silent")


@pytest.mark.django_db
def test_a_table_that_is_still_to_be_made_keeps_people_away(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'profiles'")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "missing")


def test_a_broker_that_is_away_is_told_within_two_seconds(tmp_path: Path) -> None:
    settings = {"DATA_DIR": str(tmp_path / "data"), "STATIC_DIR": str(tmp_path / "static")}
    prepare("--static", **settings)
    broker = f"redis://:hunter2@127.0.0.1:{free_port()}/0"
    with running_server(tmp_path / "log", CELERY_BROKER_URL=broker, WEB_WORKERS="1", **settings) as url:
        _ask(url)  # the first one waits for all the pages to be loaded
        status, told, seconds = _ask(url)
    assert (status, told) == (
        503,
        {"database": "ok", "migrations": "ok", "broker": "no answer", "workers": "silent"},
    )
    assert seconds < 2


def test_a_database_that_went_away_is_told(tmp_path: Path) -> None:
    settings = {"DATA_DIR": str(tmp_path / "data"), "STATIC_DIR": str(tmp_path / "static")}
    prepare("--static", **settings)
    with running_server(tmp_path / "log", WEB_WORKERS="1", **settings) as url:
        assert _healthcheck(PORT=url.rpartition(":")[2]) == 0
        (tmp_path / "data").rename(tmp_path / "elsewhere")
        status, told, _ = _ask(url)
    assert status == 503
    assert told == {
        "database": "no answer",
        "migrations": "unknown",
        "broker": "no answer",
        "workers": "unknown",
    }


@pytest.mark.parametrize(
    ("age", "code"), [(0, 0), (TOO_OLD + 5, 1), (None, 1)], ids=["just now", "too long ago", "never"]
)
def test_a_worker_is_well_while_it_gives_signs_of_life(age: int | None, code: int, tmp_path: Path) -> None:
    if age is not None:
        run_folder(tmp_path).mkdir(parents=True)
        give(tmp_path, "worker")
        moment = time.time() - age
        os.utime(run_folder(tmp_path) / "worker", (moment, moment))
    assert _healthcheck("worker", DATA_DIR=str(tmp_path)) == code
    assert _healthcheck("beat", DATA_DIR=str(tmp_path)) == 1


def test_a_web_server_that_does_not_answer_is_not_well(tmp_path: Path) -> None:
    assert _healthcheck(PORT=str(free_port()), DATA_DIR=str(tmp_path)) == 1


def _healthcheck(*part: str, **settings: str) -> int:
    command = [sys.executable, "-m", "designer.healthcheck", *part]
    return subprocess.run(command, cwd=ROOT, env=environment(**settings), timeout=30, check=False).returncode
