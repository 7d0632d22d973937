"""What a payload holds that no field stands for, as the page lists it.

Numbers, switches and dates are shown as they are, texts and data masked until an editor asks for them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from profiles.catalogue.shape import ESCAPED_DOT
from profiles.catalogue.values import plist_type_of
from profiles.plist.diff.change import as_json, unknown_value
from profiles.plist.secrets import is_open

LONGEST: Final = 300
"""Characters of a value that is shown unasked."""

LONGEST_SHOWN: Final = 20_000
"""Of one that was asked for; more is in its XML."""


@dataclass(frozen=True, kw_only=True)
class UnknownValue:
    """One key with its value for a person; one that is `masked` can be asked for, which makes it `revealed`."""

    path: str
    type: str
    text: str
    masked: bool
    revealed: bool = False

    @property
    def anchor(self) -> str:
        """What the id of its row ends with."""
        return anchor(self.path)

    @property
    def label(self) -> str:
        """The path as a person reads it."""
        return self.path.replace(ESCAPED_DOT, ".")


def anchor(path: str) -> str:
    """A path of any letters as a part of an id: short, and the same on every page."""
    return hashlib.sha256(path.encode(errors="surrogatepass")).hexdigest()[:16]


def listed(values: Mapping[str, Any], revealed: Mapping[str, Any]) -> list[UnknownValue]:
    """The keys by their paths, those with `revealed` values in the clear."""
    return [
        in_the_clear(path, revealed[path]) if path in revealed else _masked(path, value)
        for path, value in values.items()
    ]


def _masked(path: str, value: Any) -> UnknownValue:
    text = _cut(unknown_value(value), LONGEST)
    return UnknownValue(path=path, type=_type(value), text=text, masked=not is_open(value))


def in_the_clear(path: str, value: Any) -> UnknownValue:
    """A key with its value as it is: data as base64, dictionaries and lists as JSON."""
    match value:
        case str():
            text = value
        case bytes():
            text = base64.b64encode(value).decode()
        case _:
            text = as_json(value, indent=2)
    return UnknownValue(
        path=path, type=_type(value), text=_cut(text, LONGEST_SHOWN), masked=False, revealed=True
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters)"


def _type(value: Any) -> str:
    kind = plist_type_of(value)
    return kind.value if kind else ""
