"""Bytes that a fuzzer makes, guided by what they run through, are read or refused, and what is read is written again.

`make fuzz` tries them for a minute; flags of libFuzzer make longer hunts, such as
ARGS="-max_total_time=0 -runs=1000000". The files that led further stand in var/fuzz, where the next hunt begins.
"""

from __future__ import annotations

import contextlib
import plistlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from xml.parsers.expat import ExpatError

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

with atheris.instrument_imports(include=["profiles.plist"]):
    from profiles.exceptions import UnreadableProfileError
    from profiles.plist.build import property_list
    from profiles.plist.reading.load import Loaded, load
    from profiles.plist.reading.read import read
    from profiles.plist.xml_writer import dump

from tests.plist.exactness import differences
from tests.plist.rough import BARE, DOCTYPE, TREE, binary, marked, refers, xml

HOME: Final = Path("var/fuzz")
FLAGS: Final = (
    "-max_total_time=60",
    "-max_len=4096",
    "-timeout=10",
    "-rss_limit_mb=1024",
    "-print_final_stats=1",
)
"""What the fuzzer is told unless it is told otherwise."""

WORDS: Final = """
    <plist> </plist> <dict> </dict> <array> </array> <key> </key> <string> </string> <true/> <false/> <data> </data>
    <integer> </integer> 0x <real> </real> 1e9 <date> </date> 2027-01-31T12:00:00Z AAA= bplist00 \ufeff &#13; &amp; &a;
    <?xml encoding=' '?> <? ?> <!-- --> <![CDATA[ ]]> <!DOCTYPE plist [ ]> <!ENTITY utf-16 cp1252 gb18030 iso-2022-jp
    PayloadContent PayloadType PayloadUUID Configuration com.apple.vpn.managed IKEv2
"""
"""Pieces to try, since bytes alone seldom make a tag."""


def written_again(loaded: Loaded) -> None:
    """What was read comes out of what is written of it."""
    written = dump(loaded.value)
    again = load(written, limit=100 * len(written))
    assert again.notes == ()
    check_same(again.value, loaded.value)
    assert dump(again.value) == written


def becomes_a_document(loaded: Loaded) -> None:
    """What is a profile becomes a document of which the same property list is made."""
    with contextlib.suppress(UnreadableProfileError):
        check_same(property_list(read(loaded.value)), loaded.value)


CHECKS: Final[tuple[Callable[[Loaded], None], ...]] = (written_again, becomes_a_document)
"""What has to hold of each file that is read; whatever they raise is a finding."""


def check_against_plistlib(data: bytes, loaded: Loaded) -> None:
    """Where there is nothing to tell and nothing to decode, plistlib reads the same, if it reads that at all."""
    if not loaded.notes and b"encoding" not in data.replace(b"\0", b""):
        with contextlib.suppress(ValueError, LookupError, AttributeError, TypeError, OSError, ExpatError):
            check_same(plistlib.loads(data), loaded.value)


def check_same(found: Any, wanted: Any) -> None:
    """The same, type by type."""
    assert differences(found, wanted) == []


def try_one(data: bytes) -> None:
    """What the fuzzer calls."""
    try:
        loaded = load(data)
    except UnreadableProfileError as error:
        check_sentence(str(error))
        return
    for note in loaded.notes:
        check_sentence(note)
    check_against_plistlib(data, loaded)
    for check in CHECKS:
        check(loaded)


def check_sentence(said: str) -> None:
    """Something that a person can read."""
    assert said.endswith("."), said
    assert said.isprintable(), said
    assert len(said) < 400, said


def seeds() -> Iterator[bytes]:
    """Files to begin with."""
    value: Any = {"a": [1, -1, 2**63, 1.5, True, False, b"\0\1", "é\r\n", {}, []], "b": {"": "\U0001f511"}}
    profile: Any = {"PayloadType": "Configuration", "PayloadContent": [{"PayloadType": "a"}]}
    for tree in (TREE, value, profile):
        yield dump(tree)
        yield plistlib.dumps(tree, fmt=plistlib.FMT_BINARY, sort_keys=False)
    whole = f'<?xml version="1.0" encoding="{{}}"?>\n{DOCTYPE}\n{BARE}'
    for codec in (
        "utf-8-sig",
        "utf-16",
        "utf-32",
        "iso-8859-1",
        "cp1252",
        "mac-roman",
        "gb18030",
        "iso2022_jp",
    ):
        yield whole.format(codec).encode(codec, "xmlcharrefreplace")
    yield from (BARE.encode("utf-16-be"), BARE.encode("utf-32-le"), f"<!-- a -->\r\n{BARE}\0".encode())
    yield xml("<dict><key>a</key><date>2027-01-31T12:00:00Z</date><key>a</key><integer>0x1F</integer></dict>")
    yield xml(
        "<array>x<real>1e-3</real><!-- y --><data> A\nAA= </data><string><![CDATA[<]]>&lt;&#13;</string></array>"
    )
    yield b'<!DOCTYPE plist [<!ENTITY a "b">]>' + xml("<string>&a;</string>")
    yield binary(refers(1, 1), refers(2, 2, kind=0xD0), b"\x51a")
    yield binary(
        refers(*range(1, 9)),
        b"\x08",
        b"\x22\x3f\xc0\0\0",
        b"\x33" + b"\0" * 8,
        b"\x61\x20\xac",
        b"\x11\xff\xff",
    )
    yield binary(refers(1, width=2), marked(0x40, 20) + b"a" * 20, width=2)
    yield binary(refers(0))


def words() -> str:
    """WORDS as libFuzzer reads them."""
    return "".join(
        '"{}"\n'.format("".join(f"\\x{byte:02x}" for byte in word.encode())) for word in WORDS.split()
    )


def main() -> None:
    """Hunt, with the flags of the command line."""
    corpus = HOME / "read"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (corpus / f"seed-{number:02}").write_bytes(seed)
    (HOME / "words").write_text(words())
    own = (*FLAGS, f"-dict={HOME / 'words'}", f"-artifact_prefix={HOME}/found-")
    atheris.Setup([sys.argv[0], *own, *sys.argv[1:], str(corpus)], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
