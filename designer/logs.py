"""Log lines for stderr: one a line, whatever the message holds, and no secret from a message of unknown make."""

import logging
import re
import traceback
from typing import Any

from django.core.exceptions import DisallowedHost, ImproperlyConfigured
from django.db import OperationalError

from profiles.exceptions import ProfileDesignerError

# The texts of these never hold what a person typed; those of other errors may ("could not convert string: '…'").
SPEAKING = (ProfileDesignerError, OSError, OperationalError, ImproperlyConfigured, DisallowedHost)

# Whoever holds the token in such an address may do what it was made for.
LINK = re.compile(r"(/(?:setup|join|i/file|i|s)/+)[^/\s]+")


class OneLineFormatter(logging.Formatter):
    """Time, level, logger, message, and the place and type of an error, all in one line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls
        """The error's type, its text where that is known to be harmless, and where it was raised."""
        kind, error, trace = ei
        text = f": {error}" if isinstance(error, SPEAKING) else ""
        places = " < ".join(
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(traceback.extract_tb(trace))
        )
        return f"[{kind.__name__}{text}] at {places}"

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; control characters are spelled out, the tokens of links are not."""
        # A cache, which other formatters fill with the whole traceback, and read.
        record.exc_text = None
        line = super().format(record)
        record.exc_text = None
        line = LINK.sub(r"\1…", line.replace("\n[", " [", 1) if record.exc_info else line)
        return "".join(each if each.isprintable() else repr(each)[1:-1] for each in line)


def logging_config(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything from `level` up goes to stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": OneLineFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers print to the console only under DEBUG, and mail the admins.
            "django": {"handlers": ["stderr"], "level": level, "propagate": False},
            # What anybody can send is no error of ours.
            "django.security": {"level": level, "handlers": [], "propagate": True},
            # Each statement with its parameters, secrets included, at DEBUG.
            "django.db.backends": {"level": "INFO"},
        },
    }
