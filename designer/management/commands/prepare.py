"""Make ready for a start: folders, keys, tables, the local signing authority, static files."""

import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import DatabaseError, connection

from designer.config.key_files import ENCRYPTION_KEYS_FILE, SECRET_KEY_FILE, create_key, read_key
from designer.processes.heartbeat import run_folder
from designer.web.setup_link import setup_url
from profiles.encryption import KeyRing
from profiles.models import User
from profiles.services.signing import ensure_local_identity


class Command(BaseCommand):
    """`manage.py prepare`; safe to run any number of times, also while the server runs."""

    help = "Makes folders, keys and tables, and prints the address to open."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """`--static` collects the static files, too."""
        parser.add_argument("--static", action="store_true", help="collect the static files, too")

    def handle(self, **options: Any) -> None:
        """Prints one URL, unless `--verbosity 0`."""
        # One connection needs no pool, whose threads would log each of their attempts.
        connection.settings_dict["OPTIONS"].pop("pool", None)
        try:
            self._make_folders()
            _sweep()
            self._make_keys()
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            ensure_local_identity()
            if options["static"]:
                call_command("collectstatic", interactive=False, verbosity=0)
            url = settings.PUBLIC_URL if User.objects.exists() else setup_url()
        except OSError as error:
            where = error.filename or settings.DATA_DIR
            raise CommandError(
                f"{where} cannot be written ({error.strerror}): make it writable, or set DATA_DIR to a folder that is."
            ) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be used ({' '.join(str(error).split())}): "
                "check DATABASE_URL, and that its disk or server can be written."
            ) from error
        if options["verbosity"] > 0:
            self.stdout.write(url)

    def _make_folders(self) -> None:
        for folder in (settings.DATA_DIR, settings.KEYS_DIR, settings.BROKER_DIR):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if connection.vendor == "sqlite":
            database = Path(connection.settings_dict["NAME"])
            database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Made here, because SQLite would let others read it; its side files take after it.
            database.touch(mode=0o600)

    def _make_keys(self) -> None:
        """Fill in what the environment does not bring, on disk and for the rest of this run."""
        if not settings.ENV.secret_key:
            settings.SECRET_KEY = _kept(settings.KEYS_DIR / SECRET_KEY_FILE, secrets.token_urlsafe(64))
        if not settings.ENV.encryption_keys:
            settings.ENCRYPTION_KEYS = _kept(
                settings.KEYS_DIR / ENCRYPTION_KEYS_FILE, KeyRing.generate_key_line()
            )


def _sweep() -> None:
    """Remove what processes have left behind that were killed, or machines that are no more."""
    long_ago = time.time() - 30 * 24 * 60 * 60
    for path in (*settings.BROKER_DIR.glob("*.draft"), *settings.BROKER_DIR.glob("*.taken")):
        if _lay_still_since(long_ago, path):
            path.unlink(missing_ok=True)
    for folder in run_folder(settings.DATA_DIR).parent.glob("*"):
        if _lay_still_since(long_ago, folder):
            shutil.rmtree(folder, ignore_errors=True)


def _lay_still_since(moment: float, path: Path) -> bool:
    """Has nobody touched it, or anything in it, since then (in seconds of the epoch)?"""
    try:
        return all(each.stat().st_mtime < moment for each in (path, *path.rglob("*")))
    except FileNotFoundError:
        # A server has just taken it away, or something out of it, which then is in use.
        return False


def _kept(path: Path, fresh: str) -> str:
    """What the key file holds, which is `fresh` where there was none."""
    create_key(path, fresh)
    text = read_key(path)
    if not text:
        raise CommandError(f"The key file {path} is empty or cannot be read: restore it from a backup.")
    return text
