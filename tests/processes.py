"""Real processes for tests: `manage.py`, web server, worker and beat, with data and keys of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from designer.config.env import FILE_NAMES, NAMES
from designer.processes.heartbeat import run_folder

ROOT = Path(__file__).resolve().parent.parent


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with the given settings alone: nothing of the tests' own, and no `.env`."""
    ours = {"DJANGO_SETTINGS_MODULE", "PROMETHEUS_MULTIPROC_DIR", *FILE_NAMES}
    inherited = {name: text for name, text in os.environ.items() if name not in ours}
    return inherited | dict.fromkeys(NAMES, "") | settings


def run_manage(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`python manage.py …` to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def prepare(*options: str, **settings: str) -> str:
    """What `manage.py prepare`, which must succeed, prints; "--static" is for what serves pages."""
    done = run_manage("prepare", *options, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def without_reader(*arguments: str, **settings: str) -> tuple[int, bytes]:
    """`python manage.py …` whose standard output nobody reads: exit status and standard error."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    return process.wait(timeout=60), errors


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(pid: int) -> bool:
    """Is there such a process?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(holds: Callable[[], bool], *, seconds: float = 60) -> None:
    """Look again and again; raises AssertionError when it does not hold by then."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds} seconds in vain"
        time.sleep(0.05)


@dataclass(frozen=True)
class Process:
    """One line of `ps`."""

    pid: int
    parent: int
    nice: int
    command: str


def processes_under(pid: int) -> list[Process]:
    """All that this process has started, and what those have."""
    # As wide as it needs to be: a COLUMNS in the environment would cut the commands short.
    table = subprocess.run(
        ["ps", "-ww", "-A", "-o", "pid=,ppid=,nice=,args="], capture_output=True, text=True, check=True
    ).stdout
    lines = (line.split(None, 3) for line in table.splitlines() if "<defunct>" not in line)
    # What the system itself runs may have no such number.
    processes = [
        Process(int(pid), int(parent), 0 if nice == "-" else int(nice), command)
        for pid, parent, nice, command in lines
    ]

    def under(parent: int) -> Iterator[Process]:
        for each in processes:
            if each.parent == parent:
                yield each
                yield from under(each.pid)

    return list(under(pid))


@contextmanager
def running(log: Path, *command: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python …`, ended afterwards as people end it. What it prints is added to `log`."""
    with log.open("a") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment(**settings),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running_server(log: Path, **settings: str) -> Iterator[str]:
    """`manage.py serve web` on a free port; yields its address. What it prints goes to `log`."""
    with _serving(log, "web", **settings) as (url, _):
        yield url


@contextmanager
def running_all(log: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`manage.py serve`, as people start it, on a free port; yields its address and the process."""
    with _serving(log, **settings) as found:
        yield found


@contextmanager
def running_worker(log: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py serve worker`, once it can be given work; DATA_DIR must be among the settings."""
    with _at_work(log, "worker", **settings) as process:
        yield process


@contextmanager
def running_beat(log: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py serve beat`, once it sends messages; DATA_DIR must be among the settings."""
    with _at_work(log, "beat", **settings) as process:
        yield process


@contextmanager
def _serving(log: Path, *part: str, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    settings = {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"} | settings
    with running(log, "manage.py", "serve", *part, **settings) as process:
        public = urlsplit(settings["PUBLIC_URL"]).netloc
        url = f"http://127.0.0.1:{port}"
        _wait_for(process, lambda: answers(url, public), log)
        yield url, process


@contextmanager
def _at_work(log: Path, part: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    sign = run_folder(Path(settings["DATA_DIR"])) / part
    with running(log, "manage.py", "serve", part, **settings) as process:
        _wait_for(process, lambda: sign.exists() and sign.read_text() == f"{process.pid}\n", log)
        yield process


def _wait_for(process: subprocess.Popen[bytes], holds: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(f"It did not start:\n{log.read_text()}")


def answers(url: str, host: str = "") -> bool:
    """Does the web server there, asked under that name?"""
    request = urllib.request.Request(f"{url}/healthz", headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=5):
            return True
    # Nobody there yet, or too busy to answer in time.
    except OSError:
        return False
