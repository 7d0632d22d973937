"""Property lists as nobody should write them: files that try to be large, slow, or something else.

`python -m tests.plist.rough NAME` reads the heavy file of that name with 200 MB to spare, and prints what came of it.
"""

from __future__ import annotations

import json
import plistlib
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from profiles.exceptions import UnreadableProfileError
from profiles.plist.reading.load import MAX_BYTES, load

TREE: Final[dict[str, Any]] = {"PayloadType": "Configuration", "Größe": [1, -1, 2.5, True, "é ü", b"\0\xff"]}
DOCTYPE: Final = (
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">'
)
BARE: Final = plistlib.dumps(TREE, sort_keys=False).decode().partition(f"{DOCTYPE}\n")[2]
"""TREE as XML, from <plist> on."""

TO_SPARE: Final = 200_000_000
"""Bytes of memory that reading a file may take."""


def xml(inside: str) -> bytes:
    """A property list with this inside."""
    return f'<plist version="1.0">{inside}</plist>'.encode()


def marked(kind: int, size: int) -> bytes:
    """The beginning of an object of a binary property list, `kind` being 0xA0 and the like."""
    return bytes([kind | size]) if size < 15 else bytes([kind | 15, 0x13]) + size.to_bytes(8)


def refers(*numbers: int, kind: int = 0xA0, width: int = 1) -> bytes:
    """A list in a binary property list; with kind=0xD0 a dictionary, keys first."""
    size = len(numbers) // 2 if kind == 0xD0 else len(numbers)
    return marked(kind, size) + b"".join(number.to_bytes(width) for number in numbers)


def binary(
    *objects: bytes,
    places: Sequence[int] | None = None,
    width: int = 1,
    count: int | None = None,
    top: int = 0,
) -> bytes:
    """A binary property list of these objects; `places` and `count` are what it says of them instead of the truth."""
    body, found = b"bplist00", []
    for each in objects:
        found.append(len(body))
        body += each
    table = b"".join(place.to_bytes(4) for place in (found if places is None else places))
    ends = (len(found) if count is None else count, top, len(body))
    return body + table + bytes([0, 0, 0, 0, 0, 0, 4, width]) + b"".join(end.to_bytes(8) for end in ends)


def filled(piece: str, *, before: str = "", after: str = "") -> bytes:
    """A property list near the limit, of many of these."""
    room = MAX_BYTES - len(xml(before + after))
    return xml(before + piece * (room // len(piece.encode())) + after)


def numbered(piece: str, count: int) -> str:
    """The piece so many times, each with another number in it."""
    return "".join(piece.format(number) for number in range(count))


def _shared_texts() -> bytes:
    """A text of 4 MB that a list holds 60 000 times."""
    return binary(refers(*[1] * 60_000), marked(0x50, 4_000_000) + b"a" * 4_000_000)


def _claimed_bytes() -> bytes:
    """60 000 texts, each of them the same 4 MB."""
    head = refers(*range(1, 60_001), width=2)
    start = len(b"bplist00") + len(head)
    text = marked(0x60, 2_000_000) + b"\0a" * 2_000_000
    return binary(head, text, places=[8] + [start] * 60_000, width=2, count=60_001)


def _long_lists() -> bytes:
    """Lists in lists, each of them with the same two million references."""
    count, size = 60, 2_000_000
    heads = [marked(0xA0, size) for _ in range(count)]
    body = b"".join(heads) + bytes(range(1, count)) + b"\1" * (2 * size)
    return binary(body, places=[8 + sum(map(len, heads[:i])) for i in range(count)], count=count)


def _doubling(levels: int = 64) -> bytes:
    """Lists of two times the next one: 2^64 values in a few hundred bytes."""
    return binary(*(refers(level + 1, level + 1) for level in range(levels)), b"\x09")


def _laughs() -> bytes:
    lines = numbered('<!ENTITY l{0} "', 1) + "lol" * 10 + '">'
    lines += "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    return f"<!DOCTYPE plist [{lines}]><plist><string>&l11;</string></plist>".encode()


def _blow_up() -> bytes:
    return f'<!DOCTYPE plist [<!ENTITY a "{"a" * 2_000_000}">]>'.encode() + xml(
        f"<string>{'&a;' * 900_000}</string>"
    )


HEAVY: Final[Mapping[str, tuple[Callable[[], bytes], str]]] = {
    "billion laughs": (_laughs, "DOCTYPE"),
    "quadratic blow-up": (_blow_up, "DOCTYPE"),
    "content model of a million brackets": (
        lambda: b"<!DOCTYPE plist [<!ELEMENT a " + b"(" * 1_000_000 + b"]>" + xml("<true/>"),
        "DOCTYPE",
    ),
    "a million nested lists": (lambda: xml("<array>" * 700_000), "nests deeper"),
    "a million nested keys": (lambda: xml("<dict>" + "<key>" * 700_000), "begins inside <key>"),
    "a million nested plists": (lambda: b"<plist>" * 700_000, "<plist>"),
    "a million truths": (lambda: filled("<true/>", before="<array>", after="</array>"), "100,000 values"),
    "a quarter of a million keys": (
        lambda: xml(f"<dict>{numbered('<key>{}</key><true/>', 200_000)}</dict>"),
        "100,000 values",
    ),
    "a hundred thousand keys, each twice": (
        lambda: xml(f"<dict>{numbered('<key>{}</key><true/>', 49_000) * 2}</dict>"),
        "",
    ),
    "a million values at the top": (lambda: filled("<true/>"), "100,000 values"),
    "half a million attributes": (
        lambda: xml("<true" + numbered(" a{}=''", 430_000) + "/>"),
        "",
    ),
    "attributes in many elements": (
        lambda: xml("<array>" + numbered("<true a{0}='' b{0}='' c{0}='' />", 99_000) + "</array>"),
        "",
    ),
    "a text of entities": (lambda: filled("&lt;", before="<string>", after="</string>"), ""),
    "a text of line ends": (lambda: filled("\n", before="<string>", after="</string>"), ""),
    "a text of short lines": (lambda: filled("λ\n", before="<string>", after="</string>"), ""),
    "a text of carriage returns": (lambda: filled("&#13;", before="<string>", after="</string>"), ""),
    "a text of short lines in another encoding": (
        lambda: (
            b'<?xml version="1.0" encoding="ISO-8859-7"?><plist><string>'
            + "λ\n".encode("iso8859-7") * 2_490_000
            + b"</string></plist>"
        ),
        "",
    ),
    "a text beyond the basic plane": (
        lambda: (
            "\ufeff<plist><string>".encode("utf-16-le")
            + "\U0001f511".encode("utf-16-le") * 1_240_000
            + "</string></plist>".encode("utf-16-le")
        ),
        "",
    ),
    "a text of empty CDATA": (lambda: filled("<![CDATA[]]>a", before="<string>", after="</string>"), ""),
    "text outside of values": (lambda: filled("a\n", before="<array>", after="</array>"), ""),
    "a large comment": (lambda: filled("a", before="<true/><!--", after="-->"), ""),
    "a million comments": (lambda: filled("<!---->", before="<true/>"), ""),
    "a million comments before the XML": (lambda: b"<!---->" * 700_000 + xml("<true/>"), ""),
    "comments before the XML, and junk": (lambda: b"<!---->" * 700_000 + b"x" + xml("<true/>"), ""),
    "comments that do not end": (lambda: b"<!--" * 1_200_000, "no property list"),
    "comments after the XML, and junk": (lambda: xml("<true/>") + b"<!---->" * 700_000 + b"x", ""),
    "blanks before the XML": (lambda: b"\n" * 4_900_000 + xml("<true/>"), ""),
    "blanks only": (lambda: b" " * MAX_BYTES, "empty"),
    "junk only": (lambda: b"a" * MAX_BYTES, "no property list"),
    "many beginnings": (lambda: b"<?xml " * 800_000, "no valid XML"),
    "many declarations": (lambda: b"<?xml version='1.0'" * 200_000, "no valid XML"),
    "a million instructions": (lambda: filled("<?a?>", before="<true/>"), ""),
    "an element that does not end": (lambda: b"<plist " + b"a" * 4_900_000, "no valid XML"),
    "a name of five million letters": (lambda: xml(f"<{'a' * 4_900_000}/>"), "no element"),
    "a number of five million digits": (
        lambda: filled("1", before="<integer>", after="</integer>"),
        "no whole",
    ),
    "a number of five million digits in base 16": (
        lambda: filled("f", before="<integer>0x", after="</integer>"),
        "no whole",
    ),
    "a real of five million digits": (lambda: filled("1", before="<real>", after="</real>"), "no number"),
    "a real of five million digits and a letter": (
        lambda: filled("1", before="<real>", after="x</real>"),
        "no number",
    ),
    "a real of digits on both sides": (
        lambda: xml(f"<real>{'1' * 2_400_000}.{'1' * 2_400_000}x</real>"),
        "no number",
    ),
    "a date of five million digits": (lambda: filled("2", before="<date>", after="</date>"), "no date"),
    "data of short lines": (lambda: filled("aaaa\n", before="<data>", after="</data>"), ""),
    "data of one letter a line": (lambda: filled("a\n", before="<data>a", after="aa</data>"), ""),
    "data of padding": (lambda: filled("=", before="<data>", after="</data>"), "base64"),
    "a long DOCTYPE": (
        lambda: b'<!DOCTYPE plist PUBLIC "' + b"a" * 4_000_000 + b'" "b">' + xml("<true/>"),
        "",
    ),
    "control characters only": (lambda: filled("\1", before="<string>", after="</string>"), "U+0001"),
    "binary: a list that holds itself": (lambda: binary(refers(0)), "contains itself"),
    "binary: a list that holds itself a million times": (
        lambda: binary(refers(*[0] * 1_000_000)),
        "100,000 values",
    ),
    "binary: lists that hold each other": (lambda: binary(refers(1, 1), refers(0, 0)), "contains itself"),
    "binary: a dictionary that holds itself": (
        lambda: binary(refers(1, 0, kind=0xD0), b"\x51a"),
        "contains itself",
    ),
    "binary: 2^64 values": (_doubling, "100,000 values"),
    "binary: a thousand levels": (
        lambda: binary(*(refers(level + 1, width=2) for level in range(1_000)), b"\x09", width=2),
        "nests deeper",
    ),
    "binary: one large text 60 000 times": (_shared_texts, "unfolds"),
    "binary: 60 000 texts of the same bytes": (_claimed_bytes, "unfolds"),
    "binary: lists of the same references": (_long_lists, "100,000 values"),
    "binary: 2^63 objects": (lambda: binary(b"\x09", count=2**63), "table of objects"),
    "binary: a list of 2^63": (lambda: binary(marked(0xA0, 2**63 - 1)), "100,000 values"),
    "binary: a text of 2^63": (lambda: binary(marked(0x60, 2**63 - 1)), "unfolds"),
    "binary: a million objects that nobody uses": (
        lambda: binary(b"\x09" * 900_000, places=[8] * 900_000),
        "",
    ),
}
"""Files near the limit that are to be read, or refused, at once: what makes each, and a piece of the refusal."""


def measured(data: bytes) -> tuple[str, float]:
    """The refusal, empty where there is none, and the seconds of computing."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + TO_SPARE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    start = time.process_time()
    refusal = ""
    try:
        load(data)
    except UnreadableProfileError as error:
        refusal = str(error)
    return refusal, time.process_time() - start


if __name__ == "__main__":
    print(json.dumps(measured(HEAVY[sys.argv[1]][0]())))
