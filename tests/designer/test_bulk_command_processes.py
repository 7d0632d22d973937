"""`manage.py profile bulk` in processes of its own: pipes, terminals, several jobs, and being stopped."""

from __future__ import annotations

import io
import os
import plistlib
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.designer.test_profile_command import NOBODY_LISTENS
from tests.processes import ROOT, environment, run_manage, without_reader

TEMPLATE = "Office VPN for one person"
MANY = 2_000
"""Rows that take some seconds."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of a server with the account “demo” and its template."""
    settings = {"DATA_DIR": str(tmp_path_factory.mktemp("server") / "var")}
    for action in ("prepare", "demo"):
        done = run_manage(action, **settings)
        assert done.returncode == 0, done.stderr
    return settings


@pytest.fixture
def people(tmp_path: Path) -> Callable[[int], str]:
    """Writes a list of so many people, and says where."""

    def write(count: int) -> str:
        path = tmp_path / "people.csv"
        path.write_text("username\n" + "".join(f"user{number}\n" for number in range(count)))
        return str(path)

    return write


def order(*arguments: str) -> list[str]:
    return ["profile", "bulk", TEMPLATE, *arguments, "--as", "demo"]


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *order(*arguments)]


def bulk(server: dict[str, str], *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, list[str]]:
    """Exit status, standard output, and the lines on standard error."""
    done = subprocess.run(
        command(*arguments),
        env=environment(**server),
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )
    told = done.stderr.decode()
    assert "Traceback" not in told, told
    return done.returncode, done.stdout, told.splitlines()


@pytest.fixture
def database(server: dict[str, str]) -> Iterator[sqlite3.Connection]:
    """The server's database, in which nothing of any run stays."""
    with closing(sqlite3.connect(Path(server["DATA_DIR"]) / "designer.sqlite3", timeout=20)) as connection:
        yield connection
        for table in ("bulkrun", "recipient", "bulkresult", "handout"):
            assert connection.execute(f"SELECT count(*) FROM profiles_{table}").fetchone() == (0,), table


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def verified(content: bytes, folder: Path) -> dict[str, Any]:
    """The profile in a signed file, by openssl."""
    (folder / "signed").write_bytes(content)
    verify = ["openssl", "cms", "-verify", "-noverify", "-inform", "DER", "-binary", "-in", "signed"]
    done = subprocess.run(verify, cwd=folder, capture_output=True, timeout=60, check=True)
    profile: dict[str, Any] = plistlib.loads(done.stdout)
    return profile


# What comes out


def test_a_list_comes_in_and_a_zip_goes_out_by_pipes(
    server: dict[str, str], database: sqlite3.Connection, tmp_path: Path
) -> None:
    status, out, told = bulk(server, "-", "-o", "-", "--quiet", stdin=b"username\nalice\nbob\n")

    assert (status, told) == (0, [])
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert archive.namelist() == ["alice.mobileconfig", "bob.mobileconfig"]
        profile = verified(archive.read("bob.mobileconfig"), tmp_path)
    assert profile["PayloadContent"][0]["IKEv2"]["AuthName"] == "bob"


def test_several_jobs_make_what_one_does(
    server: dict[str, str], database: sqlite3.Connection, tmp_path: Path, people: Callable[[int], str]
) -> None:
    made = []
    for jobs in ("1", "3"):
        folder = tmp_path / f"by-{jobs}"
        status, _, told = bulk(server, people(500), "-o", str(folder), "--unsigned", "--jobs", jobs)
        assert status == 0, told
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert len(made[0]) == 500
    assert made[0] == made[1]
    addresses = database.execute(
        "SELECT DISTINCT address FROM profiles_auditentry WHERE event LIKE 'bulk run%'"
    )
    assert addresses.fetchall() == [("command line",)]


def test_a_reader_that_has_enough_ends_it_quietly(
    server: dict[str, str], database: sqlite3.Connection, people: Callable[[int], str]
) -> None:
    arguments = order(people(500), "-o", "-", "--quiet")
    assert without_reader(*arguments, **server) == (1, b"")


# Terminals


def on_terminal(server: dict[str, str], *arguments: str, output: bool = False) -> tuple[int, str]:
    """Exit status, and what a terminal shows of standard error, or of standard output, too."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(*arguments),
        env=environment(**server),
        stdin=subprocess.DEVNULL,
        stdout=theirs if output else subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65_536):
            shown += piece
    except OSError:
        # How Linux says that nobody writes any more.
        pass
    os.close(ours)
    return process.wait(timeout=60), shown.decode()


def test_a_terminal_shows_a_bar(
    server: dict[str, str], database: sqlite3.Connection, tmp_path: Path, people: Callable[[int], str]
) -> None:
    status, shown = on_terminal(server, people(300), "-o", str(tmp_path / "out"))

    assert status == 0
    for phase in ("Checking", "Making", "Writing"):
        assert re.search(rf"{phase}: 100%\|.*\| 300/300 ", shown), shown
    assert f"Files written to {tmp_path / 'out'}: 300." in shown
    assert "\r" not in on_terminal(server, people(1), "-o", str(tmp_path / "one"), "--quiet")[1]


def test_a_zip_is_not_for_a_terminal(
    server: dict[str, str], database: sqlite3.Connection, people: Callable[[int], str]
) -> None:
    status, shown = on_terminal(server, people(1), "-o", "-", output=True)

    assert status == 2
    assert "A zip is not for a terminal." in shown
    assert "PK" not in shown


# Being stopped


def stopped(server: dict[str, str], number: int, *arguments: str) -> tuple[int, list[str]]:
    """Exit status and standard error of what gets that signal while it makes files; Ctrl-C goes to all processes."""
    process = subprocess.Popen(
        command(*arguments),
        env=environment(**server),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr
    # A slow machine says how far it is before it says that it has checked all.
    for line in process.stderr:
        if line.startswith(f"Checking: {MANY:,} rows in "):
            break
    told = [line]
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    told += process.stderr.readlines()
    process.stderr.close()
    return process.wait(timeout=60), [line.rstrip() for line in told]


@pytest.mark.parametrize(
    ("number", "status", "last", "target"),
    [(signal.SIGINT, 130, ["Stopped."], "people.zip"), (signal.SIGTERM, 143, [], "out")],
    ids=["SIGINT", "SIGTERM"],
)
def test_what_is_stopped_leaves_nothing_here_or_there(
    server: dict[str, str],
    database: sqlite3.Connection,
    tmp_path: Path,
    people: Callable[[int], str],
    number: int,
    status: int,
    last: list[str],
    target: str,
) -> None:
    done, told = stopped(server, number, people(MANY), "-o", str(tmp_path / target), "--jobs", "2")

    assert told[0].startswith(f"Checking: {MANY:,} rows in ")
    assert (done, told[1:]) == (status, last)
    assert names_in(tmp_path) == ["people.csv"]


# Without what it needs


def test_without_a_database_or_keys_it_says_so_in_one_line(
    server: dict[str, str], tmp_path: Path, people: Callable[[int], str]
) -> None:
    away = server | {"DATABASE_URL": NOBODY_LISTENS}
    status, _, told = bulk(away, people(1), "-o", str(tmp_path / "out"))
    assert (status, len(told)) == (1, 1)
    assert told[0].startswith("The database does not answer or is not prepared.")

    status, _, told = bulk({"DATA_DIR": str(tmp_path / "empty")}, people(1), "-o", str(tmp_path / "out"))
    assert (status, len(told)) == (1, 1)
    assert told[0].startswith("The keys SECRET_KEY and ENCRYPTION_KEYS are missing")


def test_wrong_usage_has_status_2(server: dict[str, str], people: Callable[[int], str]) -> None:
    status, _, told = bulk(server, people(1), "-o", "x", "--jobs", "none")

    assert status == 2
    assert told[-1].endswith("error: argument --jobs: write a number from 1 to 64")
