"""Start what serves people: web server, worker and beat, or one of them."""

import os
import shlex
import shutil
import socket
import sys
from contextlib import closing
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from designer.checks import missing_keys
from designer.processes.heartbeat import run_folder
from designer.processes.parent_watch import end_with_parent
from designer.processes.request_lock import THREADS
from designer.processes.webserver import WITH_PARENT

PARTS = ("web", "worker", "beat")


class Command(BaseCommand):
    """`manage.py serve` becomes designer.processes.runner, which runs each part by this same command."""

    help = "Starts the web server on HOST and PORT, the worker and beat; or one of these three alone."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The part, for whoever runs each of them in a container of its own."""
        parser.add_argument("part", nargs="?", choices=PARTS, help="without it, all three")
        parser.add_argument(
            WITH_PARENT, action="store_true", help="end with the process that started this one"
        )

    def handle(self, **options: Any) -> None:
        """Does not return before it is told to stop; raises CommandError where something could not start."""
        part, with_parent = options["part"], options["with_parent"]
        if part != "beat" and (sentence := missing_keys()):
            raise CommandError(sentence)
        if part in (None, "web"):
            _require_static_files()
            _check_address(settings.ENV.host, settings.ENV.port)
        if not with_parent:
            self.check()
        _make_run_folder()
        sys.stdout.flush()
        if part is None:
            _become_runner()
        if part == "web":
            _wipe_metrics()
            _become(_web_server())
        if with_parent:
            end_with_parent()
        sys.exit(_work() if part == "worker" else _beat())


def _become_runner() -> NoReturn:
    _wipe_metrics()
    here = [sys.executable, os.path.realpath(sys.argv[0]), "serve"]
    parts = {
        "WEB": [*_web_server(), WITH_PARENT],
        "WORKER": [*here, "worker", WITH_PARENT],
        "BEAT": [*here, "beat", WITH_PARENT],
    }
    # supervisor takes them from the environment, where it need not be told how to quote them.
    os.environ.update({f"SERVE_{name}": shlex.join(command) for name, command in parts.items()})
    _become(
        [sys.executable, "-m", "designer.processes.runner", str(run_folder(settings.DATA_DIR) / "runner.pid")]
    )


def _web_server() -> list[str]:
    """Granian, with one process per core, whose threads take turns."""
    env = settings.ENV
    arguments = {
        "--interface": "wsgi",
        "--host": env.host,
        "--port": str(env.port),
        "--workers": str(env.web_workers),
        "--blocking-threads": str(THREADS),
        # Who has not got their page by then is not waited for.
        "--workers-kill-timeout": "5",
        # At "info" it prints an address of its own beside the one that people should open.
        "--log-level": "warning",
    }
    flat = [word for pair in arguments.items() for word in pair]
    flags = ["--no-ws", "--respawn-failed-workers", "--factory", "designer.processes.webserver:application"]
    return [sys.executable, "-m", "designer.processes.webserver", *flat, *flags]


def _become(command: list[str]) -> NoReturn:
    os.execv(command[0], command)  # noqa: S606 - our own interpreter, no shell


def _work() -> int:
    from designer.processes import worker  # noqa: PLC0415 - the other parts do without

    return worker.work()


def _beat() -> int:
    from designer.processes import scheduler  # noqa: PLC0415 - the other parts do without

    return scheduler.beat()


def _wipe_metrics() -> None:
    """What processes counted that are gone."""
    folder = run_folder(settings.DATA_DIR) / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _make_run_folder() -> None:
    folder = run_folder(settings.DATA_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"{error.filename or folder} cannot be written ({error.strerror}): make it writable, "
            "or set DATA_DIR to a folder that is."
        ) from error


def _require_static_files() -> None:
    if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        raise CommandError(
            f"There are no static files in {settings.STATIC_ROOT}: run `python manage.py prepare --static`."
        )


def _check_address(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind, protocol)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"The server cannot listen on {host}, port {port} ({error.strerror}): stop what listens there, "
            "or set PORT or HOST to another one."
        ) from error
