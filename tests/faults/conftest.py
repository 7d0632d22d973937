"""Whole sites, which take a while: `-m "not faults"` leaves them out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import servers
from tests.faults.servers import PostgreSQL, Redis, running_postgresql, running_redis


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def _programs() -> None:
    """What the servers are started with; without it the test is skipped, but fails under CI=true."""
    require(not servers.missing(), f"{servers.missing()} cannot be found here")


@pytest.fixture
def small_disks() -> None:
    """That disks can be mounted, likewise."""
    require(os.geteuid() == 0, "only root can mount a small disk")


def require(holds: bool, otherwise: str) -> None:
    """Skip the test, or under CI=true fail it, where that does not hold."""
    if holds:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"NOT RUN: {otherwise}.")
    pytest.skip(f"NOT RUN: {otherwise}.")


@pytest.fixture
def redis(_programs: None, tmp_path: Path) -> Iterator[Redis]:
    """A broker of the test's own."""
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that others than the user of the tests can go through."""
    with tempfile.TemporaryDirectory(prefix="profile-designer-tests-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@pytest.fixture
def postgresql(_programs: None, open_folder: Path) -> Iterator[PostgreSQL]:
    """A database server of the test's own."""
    folder = open_folder / "cluster"
    folder.mkdir()
    with running_postgresql(folder) as server:
        yield server
