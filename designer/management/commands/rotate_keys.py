"""Put all stored secrets under the current encryption key."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from designer.config.key_files import ENCRYPTION_KEYS_FILE, read_key, replace_key
from profiles.encryption import KeyRing
from profiles.exceptions import EncryptionError
from profiles.models.sealed import key_ring
from profiles.services import key_rotation


class Command(BaseCommand):
    """`manage.py rotate_keys`; may be stopped and started again, and run beside the server."""

    help = "Re-encrypts all stored secrets with the current key."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--new` makes a key first, `--retire` drops those without use afterwards."""
        parser.add_argument("--new", action="store_true", help="first make a new key the current one")
        parser.add_argument(
            "--retire", action="store_true", help="afterwards drop the keys that nothing needs"
        )

    def handle(self, **options: Any) -> None:
        """Prints what was done; raises CommandError."""
        path = settings.KEYS_DIR / ENCRYPTION_KEYS_FILE
        try:
            if options["new"] or options["retire"]:
                _require_key_file(path)
            if options["new"]:
                self._prepend(path)
            changed = key_rotation.rotate()
            self.stdout.write(
                f"{changed} stored secrets were re-encrypted with the key {key_ring().current}."
            )
            if options["retire"]:
                self._retire(path)
        except EncryptionError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be used just now ({' '.join(str(error).split())}): run this once more; "
                "it goes on where it stopped."
            ) from error
        except OSError as error:
            raise CommandError(
                f"{error.filename or path} cannot be written ({error.strerror}): make it writable."
            ) from error

    def _prepend(self, path: Path) -> None:
        with _locked(path):
            fresh = KeyRing.generate_key_line()
            # The old ones stay, so nothing is lost if this stops before all is re-encrypted.
            _replace(path, f"{fresh}\n{read_key(path)}")
        self.stdout.write(f"The key {key_ring().current} is the current one now.")

    def _retire(self, path: Path) -> None:
        with _locked(path):
            ring = key_ring()
            needed = key_rotation.keys_in_use() | {ring.current}
            retired = [name for name in ring.keys if name not in needed]
            if retired:
                lines = KeyRing.lines(read_key(path))
                kept = [line for line in lines if line.partition(":")[0].strip() in needed]
                _keep_aside(path, [line for line in lines if line not in kept])
                _replace(path, "\n".join(kept))
        self.stdout.write(f"Retired keys: {', '.join(retired) or 'none'}.")
        if retired:
            self.stdout.write(f"They are kept in {_aside(path)}, since older backups need them.")


def _require_key_file(path: Path) -> None:
    if settings.ENV.encryption_keys:
        raise CommandError(
            "The keys come from ENCRYPTION_KEYS in the environment, which this command cannot change: "
            "change them there, restart the server, and run `python manage.py rotate_keys` without options."
        )
    if not read_key(path):
        raise CommandError(
            f"The key file {path} is missing or cannot be read: run `python manage.py prepare`."
        )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One at a time reads and rewrites the key file."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _aside(path: Path) -> Path:
    """Where retired keys go."""
    return path.with_name(f"{path.name}.retired")


def _keep_aside(path: Path, lines: list[str]) -> None:
    """Add retired keys to the file for them: a backup, or a request that was under way, may need one yet."""
    descriptor = os.open(_aside(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)


def _replace(path: Path, text: str) -> None:
    """Rewrite the key file, and use it for the rest of this run."""
    replace_key(path, text)
    settings.ENCRYPTION_KEYS = text.strip()
