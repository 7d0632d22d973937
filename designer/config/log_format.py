"""Log lines for stderr: one a line, whatever the message holds, and no secret from a message of unknown make."""

import logging
import re
import traceback
from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import DisallowedHost, ImproperlyConfigured
from django.db import OperationalError
from pythonjsonlogger.json import JsonFormatter as AnyJsonFormatter

from profiles.exceptions import ProfileDesignerError

# The texts of these never hold what a person typed; those of other errors may ("could not convert string: '…'").
SPEAKING = (ProfileDesignerError, OSError, OperationalError, ImproperlyConfigured, DisallowedHost)

# Whoever holds the token in such an address may do what it was made for.
LINK = re.compile(r"(/(?:setup|join|i/file|i|s)/+)[^/\s]+")

TASKS: Final = "celery.app.trace"
"""The logger of tasks that fail, whose messages spell out errors."""


class CarefulFormatter(logging.Formatter):
    """What both formatters leave out."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls
        """The error's type, its text where that is known to be harmless, and where it was raised."""
        kind, error, trace = ei
        text = f": {error}" if isinstance(error, SPEAKING) else ""
        places = " < ".join(
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(traceback.extract_tb(trace))
        )
        return f"[{kind.__name__}{text}] at {places}"

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        careful = copy(record)
        # A cache, which other formatters fill with the whole traceback, and read.
        careful.exc_text = None
        if record.name == TASKS:
            careful.args = _without_errors(record)
        return super().format(careful)


class OneLineFormatter(CarefulFormatter):
    """Time, level, logger, message, and the place and type of an error, all in one line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; control characters are spelled out, the tokens of links are not."""
        line = super().format(record)
        line = without_tokens(line.replace("\n[", " [", 1) if record.exc_info else line)
        return "".join(each if each.isprintable() else repr(each)[1:-1] for each in line)


class JsonFormatter(CarefulFormatter, AnyJsonFormatter):
    """One object a line: time, level, logger, message, error, and whatever else the record brings along."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "error"},
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - as above
        """As in 2026-01-31T12:34:56.789+00:00."""
        return datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Without the tokens of links, and without what is neither text nor number, such as a request."""
        fields = {
            name: without_tokens(field) if isinstance(field, str) else field
            for name, field in log_data.items()
        }
        return {name: field for name, field in fields.items() if isinstance(field, (str, int, float))}


def _without_errors(record: logging.LogRecord) -> Mapping[str, object] | tuple[object, ...]:
    """What goes into the message, with the types of errors, where they are known, for the errors themselves."""
    if isinstance(record.args, Mapping):
        kind = record.exc_info[0] if record.exc_info else None
        return {**record.args, "exc": kind.__name__ if kind else "…"}
    return tuple(
        type(each).__name__ if isinstance(each, BaseException) else each for each in record.args or ()
    )


def without_tokens(text: str) -> str:
    """Links without what gives them their power."""
    return LINK.sub(r"\1…", text)


def logging_config(level: str, form: str = "line") -> dict[str, Any]:
    """Django's LOGGING: everything from `level` up goes to stderr, as "line" or "json"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": OneLineFormatter}, "json": {"()": JsonFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers print to the console only under DEBUG, and mail the admins.
            "django": {"handlers": ["stderr"], "level": level, "propagate": False},
            # What anybody can send is no error of ours.
            "django.security": {"level": level, "handlers": [], "propagate": True},
            # Each statement with its parameters, secrets included, at DEBUG.
            "django.db.backends": {"level": "INFO"},
            # Each task, and each beat of the heart.
            "celery": {"level": "INFO" if level == "DEBUG" else "WARNING"},
            # A worker that stops gives back what it has not begun, and says so.
            "kombu": {"level": "ERROR"},
            "amqp": {"level": "WARNING"},
        },
    }
