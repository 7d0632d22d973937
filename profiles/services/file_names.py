"""Names of files that Windows, macOS and Linux all take, made of any text."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

NAMELESS: Final = "profile"
"""What is called so where nothing of its name can be the name of a file."""

LONGEST: Final = 80
"""Characters."""

LONGEST_IN_BYTES: Final = 200
"""File systems take 255 bytes, with the extension."""

_ROOM: Final = len("-999999999")
"""What a number that tells equal names apart may take."""

# What a file system or a header takes as more than a letter.
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|%;]+')

# What shows nothing, but is printable to Python: fillers, joiners, selectors of variants.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U0001d159\U000e0100-\U000e01ef]+"
)

# Devices of Windows, whatever follows the first dot.
_RESERVED: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|\Z)", re.IGNORECASE
)


def safe_stem(text: str) -> str:
    """The text as the name of a file, without an extension; empty where nothing of it can be."""
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    printable = "".join(letter if letter.isprintable() else " " for letter in visible)
    stem = _cut(" ".join(_UNSAFE.sub(" ", printable).split()).strip(" ."))
    return _cut(f"_{stem}") if _RESERVED.match(stem) else stem


class FileNames:
    """Gives each file of a folder a name that no other has, whatever its case and its Unicode normalisation."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def of(self, text: str) -> str:
        """The text as a name of a file that was not given yet, without an extension: alice, alice-2, alice-3."""
        name = safe_stem(text) or NAMELESS
        if (key := _key(name)) in self._taken:
            name, key = self._numbered(name)
        self._taken.add(key)
        return name

    def _numbered(self, name: str) -> tuple[str, str]:
        """The name with the next number that is free.

        Names that are cut to the same beginning count together, so that no number is tried twice.
        """
        stem = _cut(name, spare=_ROOM)
        number = self._numbers.get(_key(stem), 2)
        while (key := _key(f"{stem}-{number}")) in self._taken:
            number += 1
        self._numbers[_key(stem)] = number + 1
        return f"{stem}-{number}", key


def _cut(stem: str, *, spare: int = 0) -> str:
    """The stem, short enough, with no dot or blank at its end."""
    short = stem[: LONGEST - spare].encode()[: LONGEST_IN_BYTES - spare]
    return short.decode(errors="ignore").strip(" .")


def _key(name: str) -> str:
    """The same for all names that some file system takes for one."""
    folded = unicodedata.normalize("NFKC", name).upper().casefold()
    return unicodedata.normalize("NFKC", folded)
