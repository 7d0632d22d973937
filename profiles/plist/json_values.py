"""Property list values as JSON: bytes as {"base64": "…"}, dates as {"date": "…Z"}, all else as it is.

Reals so large that JSON may take them for integers are {"real": "1e+16"}.

A dictionary that would look like one of these is wrapped as {"dictionary": {…}}.
"""

from __future__ import annotations

import base64
import binascii
import math
from datetime import UTC, datetime
from typing import Any, Final

from profiles.exceptions import DocumentError

MARKS: Final = frozenset({"base64", "date", "real", "dictionary"})
"""Names that say what a dictionary with nothing else in it stands for."""

_LARGE: Final = 1e16
"""From here on Python writes reals with an exponent, and PostgreSQL those without a point. It
drops the sign of -0.0, too."""


def to_json(value: Any) -> Any:
    """A value that plistlib could write, as one that json can."""
    match value:
        case bytes():
            return {"base64": base64.b64encode(value).decode()}
        case datetime():
            return {"date": f"{value.isoformat(timespec='seconds')}Z"}
        case float() if abs(value) >= _LARGE or repr(value) == "-0.0":
            return {"real": repr(value)}
        case dict():
            plain = {name: to_json(item) for name, item in value.items()}
            return {"dictionary": plain} if len(plain) == 1 and not MARKS.isdisjoint(plain) else plain
        case list() | tuple():
            return [to_json(item) for item in value]
    return value


def from_json(value: Any) -> Any:
    """The inverse of `to_json`; raises DocumentError on broken base64 or dates."""
    match value:
        case {"base64": str(text), **rest} if not rest:
            return parse_base64(text)
        case {"date": str(text), **rest} if not rest:
            return parse_date(text)
        case {"real": str(text), **rest} if not rest:
            return parse_real(text)
        case {"dictionary": dict(plain), **rest} if not rest:
            return {name: from_json(item) for name, item in plain.items()}
        case dict():
            return {name: from_json(item) for name, item in value.items()}
        case list():
            return [from_json(item) for item in value]
    return value


def parse_base64(text: str) -> bytes:
    """Base64, with or without line breaks and padding; raises DocumentError."""
    compact = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise DocumentError("This is not base64. Use A–Z, a–z, 0–9, + and / only.") from None


def parse_date(text: str) -> datetime:
    """ISO 8601 as a naive datetime in UTC, which is what plistlib writes; raises DocumentError."""
    try:
        return utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise DocumentError("This is not a date. Write it as 2027-01-31T12:00:00Z.") from None


def parse_real(text: str) -> float:
    """A finite number as Python writes it; raises DocumentError."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DocumentError("This is not a number. Write it as 1e+20.")
    return number


def utc(moment: datetime) -> datetime:
    """A datetime as naive UTC in whole seconds; one without a zone is taken to be UTC already."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None, microsecond=0)
