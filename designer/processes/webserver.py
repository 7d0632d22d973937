"""`python -m designer.processes.webserver …`: granian, whose processes end with the one that started them."""

import logging
import sys
from typing import Any

from granian.cli import entrypoint

from designer.processes.parent_watch import end_with_parent
from designer.processes.request_lock import TakingTurns

WITH_PARENT = "--with-parent"


def application() -> Any:
    """What each process of the web server loads, once."""
    end_with_parent()
    from designer import wsgi  # noqa: PLC0415 - loads everything, which the first process has no use for

    return TakingTurns(wsgi.application)


def main() -> None:
    """Take granian's options, after ours."""
    if WITH_PARENT in sys.argv:
        sys.argv.remove(WITH_PARENT)
        end_with_parent()
    logging.getLogger("_granian").addFilter(_is_no_advice)
    entrypoint()  # type: ignore[no-untyped-call]


def _is_no_advice(record: logging.LogRecord) -> bool:
    """Is it anything but that there are many threads for so few processors? Ours take turns."""
    return "Python threads" not in record.getMessage()


if __name__ == "__main__":
    main()
