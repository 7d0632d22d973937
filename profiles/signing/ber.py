"""How much work a BER structure asks for, told before a parser begins with it."""

from typing import Final

from profiles.exceptions import NotSignedError

MOST_ELEMENTS: Final = 50_000
"""Elements in one file: a signed profile of 5 MB in chunks of 1 KB, with its chain, has a tenth."""

MOST_NESTED: Final = 60

_CONSTRUCTED: Final = 0x20


def check_size(data: bytes) -> None:
    """Raise NotSignedError where a structure has more elements, or nests deeper, than any signed profile does.

    A parser would spend microseconds on each element, which may be two bytes long. What cannot be walked is left to it.
    """
    ends: list[int | None] = []
    place, elements = 0, 0
    while place < len(data):
        while ends and (end := ends[-1]) is not None and place >= end:
            ends.pop()
        if elements and not ends:
            return
        elements += 1
        if elements > MOST_ELEMENTS or len(ends) > MOST_NESTED:
            raise NotSignedError(
                "The signature of the file is larger or deeper than that of any profile. Export the profile again."
            )
        if data[place : place + 2] == b"\0\0" and ends and ends[-1] is None:
            ends.pop()
            place += 2
            continue
        header = _header(data, place)
        if header is None:
            return
        start, length, constructed = header
        if constructed:
            ends.append(None if length is None else start + length)
            place = start
        else:
            place = start + (length or 0)


def _header(data: bytes, place: int) -> tuple[int, int | None, bool] | None:
    """Start and length (None where it is open) of the contents, and whether they are elements; None where cut off."""
    constructed = bool(data[place] & _CONSTRUCTED)
    if data[place] & 0x1F == 0x1F:
        place += 1
        while place < len(data) and data[place] & 0x80:
            place += 1
    place += 1
    if place >= len(data):
        return None
    first = data[place]
    if first == 0x80:
        return place + 1, None, constructed
    if first < 0x80:
        return place + 1, first, constructed
    size = first & 0x7F
    if size > 8 or place + size >= len(data):
        return None
    return place + 1 + size, int.from_bytes(data[place + 1 : place + 1 + size]), constructed
