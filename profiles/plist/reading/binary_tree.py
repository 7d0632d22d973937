"""A binary property list (bplist00) as a tree: each object unfolded where it is referred to, within a budget.

plistlib would read a file of a few hundred bytes for hours, as objects may refer to each other, and share their bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, Final

from profiles.catalogue.values import control_character
from profiles.exceptions import UnreadableProfileError
from profiles.plist.reading.budget import Budget, shown

HEADER: Final = b"bplist00"

_TRAILER: Final = struct.Struct(">6xBBQQQ")
_EPOCH: Final = datetime(2001, 1, 1)  # noqa: DTZ001 — property lists' dates are UTC and say nothing of it
_LONG: Final = 0xF
"""In place of a count: the count follows as an integer."""


def parse(data: bytes, budget: Budget) -> Any:
    """The value that the bytes hold; raises UnreadableProfileError."""
    return _Tree(data, budget).parse()


def _damaged(what: str) -> UnreadableProfileError:
    return UnreadableProfileError(f"The binary property list is damaged: {what}. Export the profile again.")


class _Tree:
    def __init__(self, data: bytes, budget: Budget) -> None:
        self.data = data
        self.budget = budget
        if len(data) < len(HEADER) + _TRAILER.size + 1:
            raise _damaged("it is cut off")
        found = _TRAILER.unpack(data[-_TRAILER.size :])
        self.offset_size, self.reference_size, self.count, self.top, self.table = found
        self.end = len(data) - _TRAILER.size
        self.open: set[int] = set()
        self.used: set[int] = set()
        sizes = (1, 2, 3, 4, 8)
        if self.offset_size not in sizes or self.reference_size not in sizes:
            raise _damaged("its end makes no sense")
        if self.top >= self.count or self.table + self.count * self.offset_size > self.end:
            raise _damaged("its table of objects does not fit into it")

    def parse(self) -> Any:
        value = self._object(self.top, 1, "")
        if len(self.used) < self.count:
            self.budget.note("Objects in the file that belong to no key are left out.")
        return value

    def _object(self, number: int, depth: int, key: str) -> Any:
        self.budget.node(depth)
        if number in self.open:
            raise _damaged(f"the value{_of(key)} contains itself")
        place = self._place(number)
        marker = self.data[place]
        if marker in (0x08, 0x09):
            return marker == 0x09
        reader = _READERS.get(marker >> 4)
        if reader is None:
            raise _refused(marker, key)
        self.open.add(number)
        value = reader(self, place + 1, marker & 0xF, depth, key)
        self.open.remove(number)
        return value

    def _name(self, number: int, depth: int, holder: str) -> str:
        """A key of the dictionary that stands under the key `holder`."""
        place = self._place(number)
        marker = self.data[place]
        if marker >> 4 not in (0x5, 0x6):
            raise _damaged(f"a key{_inside(holder)} is no text")
        name: str = _READERS[marker >> 4](self, place + 1, marker & 0xF, depth, holder)
        return name

    def _place(self, number: int) -> int:
        """Where an object stands."""
        if number >= self.count:
            raise _damaged("an object refers to one that is not there")
        place = self._integer_at(self.table + number * self.offset_size, self.offset_size)
        if not len(HEADER) <= place < self.table:
            raise _damaged("an object stands outside of it")
        self.used.add(number)
        return place

    def _integer_at(self, place: int, size: int, *, signed: bool = False) -> int:
        return int.from_bytes(self._bytes(place, size), signed=signed)

    def _bytes(self, place: int, size: int) -> bytes:
        if place + size > self.end:
            raise _damaged("an object is cut off")
        return self.data[place : place + size]

    def _length(self, place: int, low: int) -> tuple[int, int]:
        """Place and number of what is counted."""
        if low != _LONG:
            return place, low
        marker = self._bytes(place, 1)[0]
        if marker >> 4 != 0x1 or marker & 0xF > 3:
            raise _damaged("an object does not say how long it is")
        size = 1 << (marker & 0xF)
        return place + 1 + size, self._integer_at(place + 1, size)

    def _integer(self, place: int, low: int, depth: int, key: str) -> int:
        if low > 4:
            raise _damaged("a number has an odd size")
        number = self._integer_at(place, 1 << low, signed=low >= 3)
        if not -(2**63) <= number < 2**64:
            raise UnreadableProfileError(f"The number{_of(key)} does not fit 64 bits. Write a smaller one.")
        return number

    def _real(self, place: int, low: int, depth: int, key: str) -> float:
        if low not in (2, 3):
            raise _damaged("a number has an odd size")
        number: float = struct.unpack(">f" if low == 2 else ">d", self._bytes(place, 1 << low))[0]
        if not isfinite(number):
            raise UnreadableProfileError(
                f"The value{_of(key)} is {number}, which no profile can hold. Write a number."
            )
        return number

    def _date(self, place: int, low: int, depth: int, key: str) -> datetime:
        if low != 3:
            raise _damaged("a date has an odd size")
        seconds = struct.unpack(">d", self._bytes(place, 8))[0]
        try:
            moment = _EPOCH + timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            raise UnreadableProfileError(f"The date{_of(key)} is out of range. Write another.") from None
        if moment.microsecond:
            self.budget.note("Fractions of a second of dates are dropped, as XML cannot hold them.")
        return moment.replace(microsecond=0)

    def _data(self, place: int, low: int, depth: int, key: str) -> bytes:
        place, size = self._length(place, low)
        self.budget.take(size)
        return self._bytes(place, size)

    def _ascii(self, place: int, low: int, depth: int, key: str) -> str:
        place, size = self._length(place, low)
        self.budget.take(size)
        return self._text(self._bytes(place, size), "ascii", key)

    def _utf16(self, place: int, low: int, depth: int, key: str) -> str:
        place, size = self._length(place, low)
        self.budget.take(2 * size)
        return self._text(self._bytes(place, 2 * size), "utf-16-be", key)

    def _text(self, data: bytes, encoding: str, key: str) -> str:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            raise _damaged(f"the text{_of(key)} has characters that are none") from None
        if odd := control_character(text):
            raise UnreadableProfileError(
                f"The text{_of(key)} holds the control character {odd}, which no XML can hold. Remove it."
            )
        return text

    def _array(self, place: int, low: int, depth: int, key: str) -> list[Any]:
        place, size = self._length(place, low)
        return [self._object(number, depth + 1, key) for number in self._references(place, size)]

    def _dictionary(self, place: int, low: int, depth: int, key: str) -> dict[str, Any]:
        place, size = self._length(place, low)
        names = self._references(place, size)
        values = self._references(place + size * self.reference_size, size)
        found: dict[str, Any] = {}
        for name_number, number in zip(names, values, strict=True):
            name = self._name(name_number, depth + 1, key)
            if name in found:
                self.budget.note(
                    f"The key {shown(name)!r} stands twice in one dictionary; the last one counts, as on devices."
                )
            found[name] = self._object(number, depth + 1, name)
        return found

    def _references(self, place: int, size: int) -> list[int]:
        # Before the list of them takes memory: each will be a value.
        self.budget.expect(size)
        data = self._bytes(place, size * self.reference_size)
        step = self.reference_size
        return [int.from_bytes(data[start : start + step]) for start in range(0, len(data), step)]


def _of(key: str) -> str:
    return f" of {shown(key)!r}" if key else ""


def _inside(key: str) -> str:
    return f" in {shown(key)!r}" if key else ""


def _refused(marker: int, key: str) -> UnreadableProfileError:
    if marker >> 4 == 0x8:
        return UnreadableProfileError(
            "The file is an archive of objects (NSKeyedArchiver), not a profile. Export the profile as a .mobileconfig."
        )
    if marker == 0x00:
        return UnreadableProfileError(f"The value{_of(key)} is null, which no profile can hold. Remove it.")
    return _damaged(f"the value{_of(key)} is of the unknown kind {marker:#04x}")


_READERS: Final[dict[int, Callable[[_Tree, int, int, int, str], Any]]] = {
    0x1: _Tree._integer,  # noqa: SLF001 — its own
    0x2: _Tree._real,  # noqa: SLF001
    0x3: _Tree._date,  # noqa: SLF001
    0x4: _Tree._data,  # noqa: SLF001
    0x5: _Tree._ascii,  # noqa: SLF001
    0x6: _Tree._utf16,  # noqa: SLF001
    0xA: _Tree._array,  # noqa: SLF001
    0xD: _Tree._dictionary,  # noqa: SLF001
}
