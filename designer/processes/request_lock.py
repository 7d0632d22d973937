"""Turns: one page at a time in each process of the web server, while slow clients wait beside it.

Pages are bound by the processor, where threads only get in each other's way. But somebody who sends a form slowly, or
reads a download slowly, needs none of it, and must not keep others from their pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, Final

THREADS: Final = 16
"""Threads in each process: one makes a page, while the others wait for their turn or for their clients."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class TakingTurns:
    """A WSGI application of which one thread at a time makes an answer; what is streamed is sent without a turn."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._turn = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"] = _Body(environ["wsgi.input"], self._turn)
        with self._turn:
            return self._application(environ, start_response)


class _Body:
    """What a client sends: whoever waits for more of it lets others have their turn."""

    def __init__(self, body: Any, turn: Lock) -> None:
        self._body = body
        self._turn = turn

    def read(self, *size: int) -> bytes:
        """As files do."""
        return self._without_turn(self._body.read, *size)

    def readline(self, *size: int) -> bytes:
        """As files do."""
        return self._without_turn(self._body.readline, *size)

    def _without_turn(self, read: Callable[..., bytes], *size: int) -> bytes:
        self._turn.release()
        try:
            return read(*size)
        finally:
            self._turn.acquire()
