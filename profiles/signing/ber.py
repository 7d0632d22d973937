"""BER as it stands in files: how much work it asks for, and the same in the shortest form, which any parser reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from profiles.exceptions import NotSignedError

MOST_ELEMENTS: Final = 50_000
"""Elements in one file: a signed profile of 5 MB in chunks of 1 KB, with its chain, has a tenth."""

MOST_NESTED: Final = 60

MOST_TAG_OCTETS: Final = 4
MOST_IDENTIFIER_OCTETS: Final = 100
"""Numbers that a parser adds up digit by digit, which takes the longer the more there are."""

SEQUENCE: Final = b"\x30"
OCTET_STRING: Final = b"\x04"

_CONSTRUCTED: Final = 0x20
_IDENTIFIER: Final = 0x06
_LONG_TAG: Final = 0x1F
_OPEN: Final = 0x80
_STRINGS: Final = frozenset((0x04, 0x0C, *range(0x12, 0x1F)))
"""Universal types of octets and characters, each of which may be written in pieces."""


class _ExcessiveError(ValueError):
    """There is more in a structure than in any that somebody made for use."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element as it stands: its identifier octets, its contents without the zeros that end them, and all of it."""

    identifier: bytes
    contents: bytes
    whole: bytes


def check_size(data: bytes) -> None:
    """Raise NotSignedError where a structure is damaged, has more elements, or nests deeper, than any signed profile.

    A parser would spend microseconds on each element, which may be two bytes long. No element may reach beyond the
    one that it is in: a parser that never reads it would go on behind it, with what was not counted.
    """
    try:
        _measure(data, 0)
    except _ExcessiveError:
        raise NotSignedError(
            "The signature of the file is larger or deeper than that of any profile. Export the profile again."
        ) from None
    except ValueError:
        raise damaged() from None


def elements(data: bytes) -> Iterator[Element]:
    """Yield the elements that stand one behind the other; raises ValueError where one is damaged."""
    place = 0
    while place < len(data):
        after = _measure(data, place)
        start, end = _contents(data, place, len(data))
        contents = data[start : after - 2 if end is None else end]
        yield Element(_identifier(data, place), contents, data[place:after])
        place = after


def plain(data: bytes) -> bytes:
    """Return the element at the beginning with definite lengths, each the shortest, and its strings in one piece.

    Which is DER, but for the order of sets. Raises ValueError where it is damaged, or larger than any real one.
    """
    _measure(data, 0)
    identifier, contents, _ = _rewritten(data, 0, len(data))
    return encoded(identifier, contents)


def encoded(identifier: bytes, contents: bytes) -> bytes:
    """Return an element in the shortest form."""
    size = len(contents)
    if size < _OPEN:
        return identifier + bytes([size]) + contents
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return identifier + bytes([_OPEN | len(octets)]) + octets + contents


def joined(pieces: bytes) -> bytes:
    """Return what strings of octets hold that stand one behind the other; raises ValueError for anything else."""
    found = [next(elements(plain(piece.whole))) for piece in elements(pieces)]
    if any(piece.identifier != OCTET_STRING for piece in found):
        raise ValueError("a piece is no string of octets")
    return b"".join(piece.contents for piece in found)


def _rewritten(data: bytes, place: int, limit: int) -> tuple[bytes, bytes, int]:
    """Identifier and contents of the element at `place`, which was measured, in the shortest form; and what is next."""
    identifier = _identifier(data, place)
    start, end = _contents(data, place, limit)
    if not identifier[0] & _CONSTRUCTED:
        after = limit if end is None else end
        return identifier, data[start:after], after
    kind = identifier[0] & ~_CONSTRUCTED
    pieces = []
    place = start
    while data[place : place + 2] != b"\0\0" if end is None else place < end:
        inner, contents, place = _rewritten(data, place, limit if end is None else end)
        if kind in _STRINGS and inner[0] & _CONSTRUCTED:
            raise ValueError("a piece of a string is none itself")
        pieces.append(contents if kind in _STRINGS else encoded(inner, contents))
    after = place + 2 if end is None else end
    return bytes([kind]) if kind in _STRINGS else identifier, b"".join(pieces), after


def _measure(data: bytes, first: int) -> int:
    """Where the element at `first` ends; raises ValueError where it is damaged, or has more in it than any real one."""
    # Where the elements around this one end, and whether two zeros end them before.
    around: list[tuple[int, bool]] = []
    place, found = first, 0
    while not found or around:
        limit, is_open = around[-1] if around else (len(data), False)
        if is_open and data[place : place + 2] == b"\0\0" and place + 2 <= limit:
            around.pop()
            place += 2
        elif around and not is_open and place == limit:
            around.pop()
        else:
            found += 1
            if found > MOST_ELEMENTS or len(around) > MOST_NESTED:
                raise _ExcessiveError("too many elements, or too deep")
            start, end = _contents(data, place, limit)
            if data[place] & _CONSTRUCTED:
                around.append((limit, True) if end is None else (end, False))
                place = start
            elif end is None or (data[place] == _IDENTIFIER and end - start > MOST_IDENTIFIER_OCTETS):
                raise ValueError("an element that has no end")
            else:
                place = end
    return place


def _identifier(data: bytes, place: int) -> bytes:
    """The octets that name the type of the element at `place`, which was measured."""
    end = place + 1
    if data[place] & _LONG_TAG == _LONG_TAG:
        while data[end] & _OPEN:
            end += 1
        end += 1
    return data[place:end]


def _contents(data: bytes, place: int, limit: int) -> tuple[int, int | None]:
    """Where the contents of an element begin, and end; None where zeros end them. Raises ValueError."""
    start = place + 1
    if start < limit and data[place] & _LONG_TAG == _LONG_TAG:
        while start < limit and data[start] & _OPEN:
            start += 1
            if start - place > MOST_TAG_OCTETS:
                raise ValueError("a tag that is too long")
        start += 1
    if start >= limit:
        raise ValueError("an element that is cut off")
    first = data[start]
    start += 1
    if first == _OPEN:
        return start, None
    length = first
    if first > _OPEN:
        size = first & 0x7F
        length = int.from_bytes(data[start : start + size])
        start += size
    if start + length > limit:
        raise ValueError("an element that reaches beyond the one that it is in")
    return start, start + length


def damaged() -> NotSignedError:
    """The refusal of what cannot be taken apart."""
    return NotSignedError(
        "The signed profile is damaged: its CMS structure cannot be read. Export or download it again."
    )
