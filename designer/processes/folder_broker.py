"""The broker where none is named: a folder, whose messages appear whole, and are taken by one worker each.

kombu's own transport for folders lets a message be read while it is being written, which ends the worker.
"""

import os
import uuid
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import virtual
from kombu.utils.json import dumps, loads

MESSAGE = ".message"
"""How the names of complete messages end."""

LONGEST_WAIT = 0.5  # seconds


class Channel(virtual.Channel):
    """The folder of the option `folder`: names sort by the moment of sending, and only a renamed file is a message."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        client: Any = self.connection.client
        self._folder = Path(client.transport_options["folder"])
        if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            raise ChannelError("The folder of the broker is missing or cannot be written")

    def _put(self, queue: str, message: Any, **keywords: Any) -> None:
        path = self._folder / f"{time_ns():020}-{uuid.uuid4().hex}.{queue}{MESSAGE}"
        draft = path.with_suffix(".draft")
        try:
            draft.write_text(dumps(message), encoding="utf-8")
            draft.rename(path)
        except OSError as error:
            raise ChannelError(f"The message cannot be stored ({error.strerror})") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for name in self._messages(queue):
            path = self._folder / name
            taken = path.with_suffix(".taken")
            try:
                path.rename(taken)
            except FileNotFoundError:
                continue  # another worker was faster
            try:
                return loads(taken.read_text(encoding="utf-8"))
            finally:
                taken.unlink()
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._messages(queue))

    def _purge(self, queue: str) -> int:
        messages = self._messages(queue)
        for name in messages:
            (self._folder / name).unlink(missing_ok=True)
        return len(messages)

    def _messages(self, queue: str) -> list[str]:
        """The waiting ones, oldest first."""
        ending = f".{queue}{MESSAGE}"
        try:
            return sorted(name for name in os.listdir(self._folder) if name.endswith(ending))  # noqa: PTH208 - many
        except OSError as error:
            raise ChannelError(f"The folder of the broker cannot be read ({error.strerror})") from error


class Transport(virtual.Transport):
    """What `CELERY_BROKER_TRANSPORT` names."""

    Channel = Channel
    driver_type = "filesystem"
    driver_name = "folder"

    def drain_events(  # type: ignore[override]  # its types are at odds with each other
        self, connection: Any, timeout: float | None = None
    ) -> None:
        """Wait for a message, but not so long that a worker which is told to stop would not notice."""
        super().drain_events(connection, timeout=min(timeout or LONGEST_WAIT, LONGEST_WAIT))

    def driver_version(self) -> str:
        """There is no driver."""
        return "N/A"
