"""The files of the tests' own SQLite database, as they lie on the disk."""

import subprocess
from pathlib import Path

import pytest
from django.db import connection


def stored_bytes() -> bytes:
    """All of them; skips the test where a server has them."""
    if connection.vendor != "sqlite":
        pytest.skip("the files of a server are out of reach here")
    path = Path(connection.settings_dict["NAME"])
    files = sorted(str(file) for file in path.parent.glob(f"{path.name}*"))
    # By another process: to close a file ends the locks that this one has on it, and others would cut it short.
    return subprocess.run(["cat", *files], capture_output=True, check=True).stdout
