"""Files that show that a worker or beat is at work: in a folder for each machine, since several may share DATA_DIR."""

import os
import re
import socket
import time
from pathlib import Path

EVERY = 1
"""Seconds between two signs."""

TOO_OLD = 30
"""Seconds after which something must be wrong."""


def run_folder(data_dir: Path) -> Path:
    """Where the processes on this machine keep what nobody needs after them; made by `manage.py serve`."""
    return data_dir / "run" / re.sub(r"[^\w.-]", "_", socket.gethostname())


def give(data_dir: Path, part: str) -> None:
    """This process is that part, and at work; raises OSError."""
    (run_folder(data_dir) / part).write_text(f"{os.getpid()}\n", encoding="ascii")


def is_recent(data_dir: Path, part: str) -> bool:
    """Was there a sign of that part not long ago?"""
    try:
        return time.time() - (run_folder(data_dir) / part).stat().st_mtime < TOO_OLD
    except FileNotFoundError:
        return False
