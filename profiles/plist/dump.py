"""A property list as XML."""

from __future__ import annotations

import plistlib
from typing import Any


def dump(value: Any, *, sort_keys: bool = False) -> bytes:
    """`value` as the XML that plistlib writes."""
    return plistlib.dumps(value, fmt=plistlib.FMT_XML, sort_keys=sort_keys)
