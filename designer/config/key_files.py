"""The generated keys: files of mode 0600 in `DATA_DIR/keys`, for whatever the environment does not bring."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECRET_KEY_FILE = "secret-key"  # noqa: S105 - the name of a file
ENCRYPTION_KEYS_FILE = "encryption-keys"


def read_key(path: Path) -> str:
    """The text of a key file, or "" where it is missing or belongs to somebody else."""
    try:
        return path.read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return ""


def create_key(path: Path, text: str) -> bool:
    """Write a key file that nobody else can read; False, and nothing written, where there is one already.

    The file appears whole or not at all, so a crash or a second process never leaves half a key. Raises OSError.
    """
    with _draft(path, text) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
    return True


def replace_key(path: Path, text: str) -> None:
    """Rewrite a key file, whole or not at all. Raises OSError."""
    with _draft(path, text) as draft:
        draft.replace(path)


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    """A file beside `path` that holds `text` for certain, and is gone afterwards."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text.strip() + "\n")
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
