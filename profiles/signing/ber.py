"""How much work a BER structure asks for, told before a parser begins with it."""

from typing import Final

from profiles.exceptions import NotSignedError

MOST_ELEMENTS: Final = 50_000
"""Elements in one file: a signed profile of 5 MB in chunks of 1 KB, with its chain, has a tenth."""

MOST_NESTED: Final = 60

MOST_TAG_OCTETS: Final = 4
MOST_IDENTIFIER_OCTETS: Final = 100
"""Numbers that a parser adds up digit by digit, which takes the longer the more there are."""

_CONSTRUCTED: Final = 0x20
_IDENTIFIER: Final = 0x06
_LONG_TAG: Final = 0x1F
_OPEN: Final = 0x80


def check_size(data: bytes) -> None:
    """Raise NotSignedError where a structure is damaged, has more elements, or nests deeper, than any signed profile.

    A parser would spend microseconds on each element, which may be two bytes long. No element may reach beyond the
    one that it is in: a parser that never reads it would go on behind it, with what was not counted.
    """
    # Where the elements around this one end, and whether two zeros end them before.
    around: list[tuple[int, bool]] = []
    place, elements = 0, 0
    while not elements or around:
        limit, is_open = around[-1] if around else (len(data), False)
        if is_open and data[place : place + 2] == b"\0\0" and place + 2 <= limit:
            around.pop()
            place += 2
        elif around and not is_open and place == limit:
            around.pop()
        else:
            elements += 1
            if elements > MOST_ELEMENTS or len(around) > MOST_NESTED:
                raise NotSignedError(
                    "The signature of the file is larger or deeper than that of any profile. Export the profile again."
                )
            start, end = _contents(data, place, limit)
            if data[place] & _CONSTRUCTED:
                around.append((limit, True) if end is None else (end, False))
                place = start
            elif end is None or (data[place] == _IDENTIFIER and end - start > MOST_IDENTIFIER_OCTETS):
                raise damaged()
            else:
                place = end


def _contents(data: bytes, place: int, limit: int) -> tuple[int, int | None]:
    """Where the contents of an element begin, and end; None where zeros end them. Raises NotSignedError."""
    start = place + 1
    if start < limit and data[place] & _LONG_TAG == _LONG_TAG:
        while start < limit and data[start] & 0x80:
            start += 1
            if start - place > MOST_TAG_OCTETS:
                raise damaged()
        start += 1
    if start >= limit:
        raise damaged()
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
        raise damaged()
    return start, start + length


def damaged() -> NotSignedError:
    """The refusal of what cannot be taken apart."""
    return NotSignedError(
        "The signed profile is damaged: its CMS structure cannot be read. Export or download it again."
    )
