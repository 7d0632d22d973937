"""A PostgreSQL and a Redis of a test's own, to be stopped and started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psycopg
import redis

from tests.processes import free_port, wait_until

NOBODY_IN_PARTICULAR = "postgres"
"""PostgreSQL refuses to run as root."""


def missing() -> str:
    """What these need and is not here; empty where all is."""
    return ", ".join(name for name in ("redis-server", "initdb", "postgres") if not _program(name))


def _program(name: str) -> str:
    """Its path: Debian keeps those of PostgreSQL to itself."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else "")


AnyServer = TypeVar("AnyServer", bound="Server")


@dataclass
class Server:
    """A process that listens on a port of 127.0.0.1."""

    command: Sequence[str]
    log: Path
    port: int
    stops_by: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Returns once it is up."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)
        wait_until(self.is_up)

    def stop(self) -> None:
        """Returns once it is gone."""
        assert self.process
        os.killpg(self.process.pid, self.stops_by)
        self.process.wait(timeout=30)

    def is_up(self) -> bool:
        """Does it answer?"""
        raise NotImplementedError


class Redis(Server):
    """A broker that keeps nothing on disk."""

    @property
    def url(self) -> str:
        """CELERY_BROKER_URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    def is_up(self) -> bool:
        """Does it answer?"""
        client = redis.Redis(port=self.port)
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
        finally:
            client.close()


class PostgreSQL(Server):
    """A cluster of one database."""

    @property
    def url(self) -> str:
        """DATABASE_URL."""
        return f"postgresql://{NOBODY_IN_PARTICULAR}@127.0.0.1:{self.port}/postgres"

    def is_up(self) -> bool:
        """Does it answer?"""
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def ask(self, statement: str) -> list[tuple[int, ...]]:
        """The rows that it gives; none for a command."""
        with psycopg.connect(self.url, connect_timeout=2, autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []


@contextmanager
def running_redis(folder: Path) -> Iterator[Redis]:
    """One that is up."""
    port = free_port()
    options = {
        "--port": str(port),
        "--bind": "127.0.0.1",
        "--save": "",
        "--appendonly": "no",
        "--dir": str(folder),
    }
    command = [_program("redis-server"), *(word for pair in options.items() for word in pair)]
    yield from _running(Redis(command, folder / "redis.log", port))


@contextmanager
def running_postgresql(folder: Path) -> Iterator[PostgreSQL]:
    """One that is up; `folder` becomes its own, and can hold a tablespace."""
    data, port = folder / "data", free_port()
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, NOBODY_IN_PARTICULAR)
        as_user = [
            "setpriv",
            f"--reuid={NOBODY_IN_PARTICULAR}",
            f"--regid={NOBODY_IN_PARTICULAR}",
            "--init-groups",
        ]
    make = [_program("initdb"), "-D", str(data), "-U", NOBODY_IN_PARTICULAR, "-A", "trust", "--no-sync"]
    subprocess.run([*as_user, *make], check=True, capture_output=True, cwd="/")
    settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = [*as_user, _program("postgres"), "-D", str(data), *options]
    # SIGINT: whoever is connected is cut off, as when a machine goes down.
    yield from _running(PostgreSQL(command, folder.parent / "postgresql.log", port, stops_by=signal.SIGINT))


def _running(server: AnyServer) -> Iterator[AnyServer]:
    server.start()
    try:
        yield server
    finally:
        if server.process and server.process.poll() is None:
            server.stop()
