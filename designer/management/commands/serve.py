"""Start the web server."""

import os
import socket
import sys
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from designer.checks import missing_keys


class Command(BaseCommand):
    """`manage.py serve`: becomes granian, with one process per core and one thread in each.

    Pages are bound by the processor, where more threads only get in each other's way.
    """

    help = "Starts the web server on HOST and PORT."

    def handle(self, **options: Any) -> None:
        """Does not return; raises CommandError where the server could not start."""
        if sentence := missing_keys():
            raise CommandError(sentence)
        if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").is_file():
            raise CommandError(
                f"There are no static files in {settings.STATIC_ROOT}: run `python manage.py prepare --static`."
            )
        env = settings.ENV
        _check_address(env.host, env.port)
        sys.stdout.flush()
        arguments = {
            "--interface": "wsgi",
            "--host": env.host,
            "--port": str(env.port),
            "--workers": str(env.web_workers),
            "--blocking-threads": "1",
            # At "info" it prints an address of its own beside the one that people should open.
            "--log-level": "warning",
        }
        flags = ["--no-ws", "--respawn-failed-workers"]
        flat = [word for pair in arguments.items() for word in pair]
        os.execv(  # noqa: S606 - our own interpreter, no shell
            sys.executable, [sys.executable, "-m", "granian", *flat, *flags, "designer.wsgi:application"]
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
