"""What is no property list, or could not be kept whole, is refused at once, in a sentence that says what to do."""

from __future__ import annotations

import contextlib
import gzip
import json
import lzma
import plistlib
import random
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from profiles.exceptions import UnreadableProfileError
from profiles.plist.reading.file_kind import is_other
from profiles.plist.reading.load import MAX_BYTES, load
from tests.plist.rough import BARE, DOCTYPE, HEAVY, TREE, binary, marked, refers, xml
from tests.work import soon

ROOT = Path(__file__).parents[2]
SECRET = "correct-horse"


def refusal(data: bytes, *, limit: int = MAX_BYTES) -> str:
    """Why the bytes are not read."""
    with pytest.raises(UnreadableProfileError) as raised:
        load(data, limit=limit)
    said = str(raised.value)
    assert said.endswith(".")
    assert len(said) < 300
    assert said.isprintable()
    return said


@pytest.mark.parametrize("name", [*HEAVY])
def test_heavy_files_are_read_or_refused_within_limits(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.plist.rough", name],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    said, seconds = json.loads(done.stdout)
    expected = HEAVY[name][1]
    assert expected in said
    assert bool(expected) == bool(said)
    assert seconds < 2


def test_memory_that_runs_out_is_told_of() -> None:
    script = (
        "import resource\n"
        "from profiles.exceptions import UnreadableProfileError\n"
        "from profiles.plist.reading.load import load\n"
        "from tests.plist import rough\n"
        "rough.TO_SPARE = 2_000_000\n"
        "print(rough.measured(rough.filled('a', before='<string>', after='</string>'))[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "There is no memory left to read the file. Try again later, or split it.\n", (
        done.stderr
    )


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"GIF89a", "a GIF picture"),
        (b"MM\0*\0\0", "a TIFF picture"),
        (b"\0\0\0\x18ftypheic", "a picture or film"),
        (b"%PDF-1.7\n", "a PDF document"),
        (rb"{\rtf1\ansi <?xml ", "a text with formatting (RTF)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
        (b"PK\x03\x04\x14\0\6\0word/document.xml", "a ZIP archive or an Office document"),
        (gzip.compress(xml("<true/>")), "a gzip archive"),
        (lzma.compress(xml("<true/>")), "an xz archive"),
        (b"BZh91AY", "a bzip2 archive"),
        (b"xar!\0\x1c", "an installer package"),
        (b"\xcf\xfa\xed\xfe\x0c\0\0\1" + xml("<true/>"), "a program"),
        (b"\xca\xfe\xba\xbe\0\0\0\2", "a program"),
        (b"\x7fELF\2\1", "a program"),
        (b"#!/bin/sh\ncat <<EOF\n" + xml("<true/>"), "a script"),
        (b"SQLite format 3\0", "a database"),
        (
            b"\0\x05\x16\x07\0\x02\0\0Mac OS X",
            "what macOS keeps beside a file under a name that begins with “._”",
        ),
        (b"bplist15\0\0", "a binary property list of an unknown version"),
        (b"bplist00", "cut off"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB", "a certificate or key"),
        (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "a certificate or key"),
        (b"\x30\x82\x03\x09\x30\x82", "a certificate or key"),
        (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80", "signed or encrypted (CMS)"),
        (b"\x30\x82\x1a\x2b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0", "signed or encrypted (CMS)"),
        (b"-----BEGIN CMS-----\nMIIB", "signed or encrypted (CMS)"),
        (b"-----BEGIN PKCS7-----\nMIIB", "signed or encrypted (CMS)"),
        (b"<!DOCTYPE html>\n<html>", "a web page"),
        (b"\n<!-- x --><HTML lang='en'>", "a web page"),
        (b"<!doctype html public 'x'>", "a web page"),
        (b'{"PayloadType": "Configuration"}', "The file is JSON, not a property list"),
        (b'\xef\xbb\xbf [{"a": 1}]', "The file is JSON, not a property list"),
        (b"{}", "The file is JSON, not a property list"),
        (b'["a"]', "The file is JSON, not a property list"),
        (b'{"payload": "PD94bWwgdmVyc2lvbj0i"}', "with a profile in base64 in it"),
        (b'{"payload": "<?xml version=\\"1.0\\"?>"}', "with a profile in it as a text"),
        (b'{"payload": "\\u003cplist>"}', "with a profile in it as a text"),
        (b'{"Type": "com.apple.configuration.legacy"}', "a declaration of declarative management"),
        (b"{ PayloadType = Configuration; }", "a property list in the old form"),
        (b'{ "PayloadType" = Configuration; }', "a property list in the old form"),
        (b"( a, b )", "a property list in the old form"),
        (b"// !$*UTF8*$!\n{ a = b; }", "a property list in the old form"),
        (b"PayloadType: Configuration\nPayloadContent:\n  - a\n", "no property list in it"),
        (b"PayloadType,PayloadVersion\n", "no property list in it"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no property list in it"),
        (b"\xff\xfe", "no property list in it"),
        (b"<?xml version='1.0'?><rss/>", "<rss> is no element of a property list"),
        (b"<?xml version='1.0'?><!DOCTYPE html><html/>", "a web page, not"),
        (b"<?xml version='1.0'?>\n<html/>", "a web page, not"),
        (b"<!DOCTYPE html><title>Sign in</title>", "a web page that asks to sign in"),
        (b"<html><form><input type='password'>", "a web page that asks to sign in"),
        (b"<html><h1>Sign of life</h1></html>", "a web page, not"),
        (b"", "empty"),
        (b" \r\n\t\0\0", "empty"),
        (b"\xef\xbb\xbf", "empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_files_are_called_what_they_are(data: bytes, what: str) -> None:
    assert what in refusal(data)


def test_a_file_larger_than_the_limit_is_refused_before_it_is_looked_at() -> None:
    said = "The file has 1,001 bytes, more than the 1,000 allowed. Choose another, or split it."
    assert refusal(b"a" * 1_001, limit=1_000) == said


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "b">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a SYSTEM "http://127.0.0.1/a.dtd"> %a;',
        '<!ENTITY % a "b">',
        "%a;",
        '<!NOTATION a SYSTEM "b">',
        "<!ELEMENT plist ANY>",
        '<!ATTLIST plist version CDATA "2.0">',
        " ",
    ],
)
def test_a_doctype_that_defines_something_is_refused(subset: str) -> None:
    for doctype in (f"<!DOCTYPE plist [{subset}]>", DOCTYPE.replace(">", f" [{subset}]>")):
        said = refusal(doctype.encode() + xml("<string>&a;</string>"))
        assert said == (
            "The file defines entities or elements of its own, which no profile needs. Remove what stands in [ ] in "
            "its DOCTYPE."
        )


@pytest.mark.parametrize(
    "doctype", ["", DOCTYPE, DOCTYPE.replace("http://www.apple.com/DTDs/", "file:///tmp/")]
)
@pytest.mark.parametrize("standalone", ["", " standalone='no'", " standalone='yes'"])
def test_an_entity_that_is_not_defined_is_refused_and_not_dropped(doctype: str, standalone: str) -> None:
    whole = f"<?xml version='1.0'{standalone}?>{doctype}".encode()
    for inside in (f"a&{SECRET};b", f"&{SECRET};", f"<![CDATA[a]]>&{SECRET};"):
        said = refusal(whole + xml(f"<string>{inside}</string>"))
        assert "an entity is not defined" in said
        assert SECRET not in said


IN_XML = [
    ("<dict><key>a</key><true/>", "it is cut off in line 1, inside <dict>. Copy or export all of it again."),
    ("<dict>\n<string>a", "it is cut off in line 2, inside <string>."),
    ("<string><![CDATA[a", "it is cut off"),
    ("<string>a</str", "it is cut off"),
    ("<!-- a", "it is cut off"),
]


@pytest.mark.parametrize(("inside", "what"), IN_XML, ids=[inside for inside, _ in IN_XML])
def test_a_file_that_is_cut_off_is_refused(inside: str, what: str) -> None:
    assert what in refusal(xml(inside).removesuffix(b"</plist>"))


def test_each_beginning_of_a_file_is_refused() -> None:
    for whole in (f"{DOCTYPE}\n{BARE}".encode(), plistlib.dumps(TREE, fmt=plistlib.FMT_BINARY)):
        for size in range(len(whole.rstrip()) - 1):
            refusal(whole[:size])


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        (
            "<dict>\n<key>a</key>\n<array>\n</dict>",
            "in line 4, column 3, inside <array>, an element ends that is not",
        ),
        ("<dict></array>", "an element ends that is not the one open"),
        (
            f"<string>{SECRET}&b</string>",
            "in line 1, column 45, inside <string>, a character stands where none may",
        ),
        (f"<string>{SECRET} & b</string>", "an & has to be written as &amp;"),
        (f"<string>{SECRET}< b</string>", "a < as &lt;"),
        (f"<string>a<{SECRET}>b</string>", "another element begins inside <string>"),
        ("<string>a<true/>b</string>", "another element begins inside <string>"),
        ("<key><string>a</string></key>", "another element begins inside <key>"),
        ("<true><true/></true>", "another element begins inside <true>"),
        ("<dict><plist/></dict>", "a <plist> stands inside another element"),
        ("<Dict/>", "<Dict> is no element of a property list"),
        ("<array><foo>1</foo></array>", "<foo> is no element of a property list"),
        ("<a:dict xmlns:a='b'/>", "<a:dict> is no element of a property list"),
        ("<dict><key>a</key></dict>", "the key 'a' has no value"),
        ("<dict><key>a</key><key>b</key><true/></dict>", "the key 'a' has no value"),
        ("<dict><key/></dict>", "the key '' has no value"),
        ("<dict><key/><key>b</key><true/></dict>", "the key '' has no value"),
        ("<dict><true/></dict>", "a value in a <dict> has no key"),
        ("<dict><key>a</key><true/><dict/></dict>", "a value in a <dict> has no key"),
        ("<array><key>a</key></array>", "the key 'a' stands outside of a <dict>"),
        ("<key>a</key>", "the key 'a' stands outside of a <dict>"),
        ("<true/><true/>", "more than one value at its top"),
        ("<dict/><string/>", "more than one value at its top"),
        ("", "no value at its top"),
        ("abc", "no value at its top"),
        ("<!-- a -->", "no value at its top"),
        ("<integer/>", "an <integer> holds no whole number"),
        ("<integer>abc</integer>", "an <integer> holds no whole number"),
        ("<integer>1_000</integer>", "an <integer> holds no whole number"),
        ("<integer>١٢</integer>", "an <integer> holds no whole number"),
        ("<integer>1.5</integer>", "an <integer> holds no whole number"),
        ("<integer>0x</integer>", "an <integer> holds no whole number"),
        ("<integer>0x_1</integer>", "an <integer> holds no whole number"),
        ("<integer>18446744073709551616</integer>", "an <integer> does not fit 64 bits"),
        ("<integer>-9223372036854775809</integer>", "an <integer> does not fit 64 bits"),
        ("<integer>0x10000000000000000</integer>", "an <integer> does not fit 64 bits"),
        *(
            (f"<real>{text}</real>", "a <real> holds no number")
            for text in (
                "",
                "nan",
                "-inf",
                "Infinity",
                "1e999",
                "1_0.5",
                "0x1p3",
                "1,5",
                "٣",
                ".",
                "e5",
                "1e",
            )
        ),
        *(
            (f"<date>{text}</date>", "a <date> holds no date")
            for text in (
                "",
                "2027-01-31",
                "2027Z",
                "2027-01-31T12:00:00",
                "2027-01-31T12:00:00Zulu",
                "2027-01-31T12:00:00.5Z",
                "2027-01-31T12:00:00+02:00",
                "2027-02-29T12:00:00Z",
                "2027-01-31T24:00:00Z",
                "2027-01-31T23:59:60Z",
                "0000-01-01T00:00:00Z",
                "٢٠٢٧-01-31T12:00:00Z",
            )
        ),
        *(
            (f"<data>{text}</data>", "a <data> holds something that is not base64")
            for text in (
                "a",
                "YQ",
                "YQ=",
                "YQ===",
                "=",
                "YQ==YQ==",
                "YQ-_",
                "Y\u00a0Q==",
                "-----BEGIN",
                "YQ==.",
                "ä",
            )
        ),
        ("<string>&#0;</string>", "a character is referred to that no XML can hold"),
        ("<string>&#x1F;</string>", "a character is referred to that no XML can hold"),
        ("<string>&#xD800;</string>", "a character is referred to that no XML can hold"),
        ("<string>&#xFFFE;</string>", "a character is referred to that no XML can hold"),
        ("<string>\n\0</string>", "Line 2 of the file holds the control character U+0000"),
        ("<string>\x1b</string>", "Line 1 of the file holds the control character U+001B"),
        ("<dict><key>\x08</key><true/></dict>", "Line 1 of the file holds the control character U+0008"),
        ("<string>\uffff</string>", "Line 1 of the file holds the control character U+FFFF"),
        ("<true a='1' a='2'/>", "an attribute stands twice"),
        ("<true a=1/>", "a character stands where none may"),
        ("<string>]]></string>", "a character stands where none may"),
        ("<?xml version='1.0'?><true/>", "an <?xml …?> stands where none may"),
    ],
    ids=ascii,
)
def test_what_is_wrong_in_xml_is_named(inside: str, what: str) -> None:
    said = refusal(xml(inside))
    assert what in said
    assert SECRET not in said
    for codec in ("utf-16", "utf-32"):
        assert what in refusal(xml(inside).decode().encode(codec))


def test_lines_are_those_of_the_file_whatever_stands_before_the_xml() -> None:
    for before in ("\n\n", "\r\n\r\n", "\r\r", "<!--\n-->\n", "a\nb\n"):
        said = refusal(f"{before}<plist>\n<array>\n<integer>a</integer>".encode())
        assert said.startswith("Line 5 of the file: an <integer> holds no whole number.")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<plist><string>\xfc</string></plist>", "Byte 16 of the file is no character in UTF-8"),
        (b"<plist><string>\xed\xa0\x80</string></plist>", "Byte 16 of the file is no character in UTF-8"),
        (
            b"<?xml version='1.0' encoding='ascii'?><plist>\xfc",
            "Byte 46 of the file is no character in ASCII",
        ),
        (
            b"<?xml version='1.0' encoding='utf-16'?><plist>\xfc",
            "Byte 47 of the file is no character in UTF-8",
        ),
        (
            b"<?xml version='1.0' encoding='cp1252'?><plist>\x81",
            "Byte 47 of the file is no character in CP1252",
        ),
        (b"<?xml version='1.0' encoding='Shift_JIS'?><plist>\x85", "is no character in SHIFT_JIS"),
        (b"\xff\xfe<\0p", "Byte 5 of the file is no character in UTF-16-LE"),
        (b"\xff\xfe<\0\0\xd8", "Byte 5 of the file is no character in UTF-16-LE"),
        (b"\0\0\0<\0\x11\0\0", "Byte 5 of the file is no character in UTF-32-BE"),
    ],
)
def test_bytes_that_the_encoding_does_not_have_are_refused_with_their_place(data: bytes, said: str) -> None:
    # The first two bytes are the mark, which is no text.
    assert said in refusal(data)


@pytest.mark.parametrize(
    "name",
    [
        "rot13",
        "zlib",
        "hex",
        "base64",
        "bz2",
        "quopri",
        "uu",
        "idna",
        "punycode",
        "unicode_escape",
        "raw-unicode-escape",
        "utf-7",
        "undefined",
        "charmap",
        "aliases",
        "__init__",
        "x-unknown",
        "no.such.encoding",
        "-",
    ],
)
def test_encodings_that_are_none_are_refused(name: str) -> None:
    said = refusal(f"<?xml version='1.0' encoding='{name}'?>{BARE}".encode())
    assert said == f"The encoding {name!r} of the file is not known. Save it as UTF-8."


IN_BINARY: list[tuple[bytes, str]] = [
    (binary(refers(0)), "contains itself"),
    (binary(refers(1, 0, kind=0xD0), b"\x51a"), "the value of 'a' contains itself"),
    (binary(refers(7)), "refers to one that is not there"),
    (binary(b"\x09", places=[0]), "stands outside of it"),
    (binary(b"\x09", places=[9]), "stands outside of it"),
    (binary(b"\x09", places=[2**31]), "stands outside of it"),
    (binary(b"\x09", count=0), "table of objects does not fit"),
    (binary(b"\x09", count=2), "table of objects does not fit"),
    (binary(b"\x09", count=2**64 - 1), "table of objects does not fit"),
    (binary(b"\x09", top=1), "table of objects does not fit"),
    (binary(b"\x09", width=0), "its end makes no sense"),
    (binary(b"\x09", width=200), "its end makes no sense"),
    (binary(b"\x5f\x09"), "does not say how long it is"),
    (binary(b"\x5f\x14" + b"\0" * 16), "does not say how long it is"),
    (binary(b"\x5f\x10\xff" + b"a" * 10), "is cut off"),
    (binary(b"\x4f\x10\xff"), "is cut off"),
    (binary(b"\x6f\x10\xff"), "is cut off"),
    (binary(refers(1, 2)[:1] + b"\xff" * 9, b"\x09"), "refers to one that is not there"),
    (binary(b"\x80\x01"), "an archive of objects (NSKeyedArchiver)"),
    (binary(refers(1, 2, kind=0xD0), b"\x54$top", b"\x80\x01"), "an archive of objects (NSKeyedArchiver)"),
    (binary(refers(1, 2, kind=0xD0), b"\x51a", b"\0"), "The value of 'a' is null"),
    (binary(b"\0"), "The value is null"),
    (binary(b"\x0f"), "of the unknown kind 0x0f"),
    (binary(b"\x0c"), "of the unknown kind 0x0c"),
    (binary(b"\xc0"), "of the unknown kind 0xc0"),
    (binary(refers(1, 2, kind=0xD0), b"\x51a", b"\xb0"), "the value of 'a' is of the unknown kind 0xb0"),
    (binary(refers(1, 1, kind=0xD0), b"\x10\x01"), "a key is no text"),
    (binary(refers(1, 1, kind=0xD0), b"\xa0"), "a key is no text"),
    (binary(refers(1, 2, kind=0xD0), b"\x51a", refers(3, 3, kind=0xD0), b"\x08"), "a key in 'a' is no text"),
    (binary(b"\x15" + b"\0" * 32), "a number has an odd size"),
    (binary(b"\x14" + b"\0" * 7 + b"\1" + b"\0" * 8), "does not fit 64 bits"),
    (binary(b"\x14\xff" + b"\0" * 15), "does not fit 64 bits"),
    (binary(b"\x20\x01"), "a number has an odd size"),
    (binary(b"\x32\0\0\0\0"), "a date has an odd size"),
    (binary(b"\x51\xfc"), "characters that are none"),
    (
        binary(refers(1, 2, kind=0xD0), b"\x51a", b"\x61\xd8\x00"),
        "the text of 'a' has characters that are none",
    ),
    (
        binary(refers(1, 2, kind=0xD0), b"\x51a", b"\x51\x07"),
        "The text of 'a' holds the control character U+0007",
    ),
    (
        binary(refers(1, 2, kind=0xD0), b"\x51a", b"\x61\xff\xff"),
        "The text of 'a' holds the control character U+FFFF",
    ),
    (binary(refers(1, 2, kind=0xD0), b"\x51\0", b"\x51a"), "control character U+0000"),
]
for _real in (float("nan"), float("inf"), float("-inf")):
    IN_BINARY += [
        (
            binary(refers(1, 2, kind=0xD0), b"\x51a", b"\x23" + struct.pack(">d", _real)),
            "The value of 'a' is",
        ),
        (binary(b"\x22" + struct.pack(">f", _real)), "which no profile can hold"),
        (binary(b"\x33" + struct.pack(">d", _real)), "is out of range"),
    ]
for _seconds in (1e300, -1e300, 3e11, -7e10):
    IN_BINARY += [
        (
            binary(refers(1, 2, kind=0xD0), b"\x51a", b"\x33" + struct.pack(">d", _seconds)),
            "date of 'a' is out of range",
        )
    ]


@pytest.mark.parametrize(
    ("data", "what"), IN_BINARY, ids=[f"{n} {what}" for n, (_, what) in enumerate(IN_BINARY)]
)
def test_what_is_wrong_in_binary_is_named(data: bytes, what: str) -> None:
    assert what in refusal(data)


def test_a_list_that_is_longer_than_its_file_is_refused() -> None:
    assert "is cut off" in refusal(binary(marked(0xA0, 1_000)))
    assert "is cut off" in refusal(binary(marked(0xD0, 90_000)))


SHELL, JINJA, ERB, GO, HANDLEBARS = (
    "a shell or the like",
    "Jinja or the like",
    "ERB or the like",
    "Go or the like",
    "Handlebars or the like",
)
SERVER = "<key>a</key><string>vpn</string>"

TEMPLATES = [
    (f"<dict>{{% if a %}}{SERVER}{{% endif %}}</dict>", JINJA, 1),
    (f"<dict>\n{SERVER}\n\n  {{%- for each in all -%}}\n{SERVER}\n{{% endfor %}}</dict>", JINJA, 4),
    (f"<dict>\n{{# what it is for #}}\n{SERVER}</dict>", JINJA, 2),
    (f"<dict>{SERVER}\n{{{{ more | indent(2) }}}}\n</dict>", JINJA, 2),
    (f"<dict>\n{{% if a < b %}}{SERVER}{{% endif %}}</dict>", JINJA, 2),
    ("<dict>\n<key>a</key>\n<string><%= @server %></string></dict>", ERB, 3),
    (f"<dict>\n<% if @a -%>\n{SERVER}<% end %></dict>", ERB, 2),
    (f"<dict>\n<?php if ($a): ?>{SERVER}<?php endif ?></dict>", "PHP", 2),
    ("<dict>\n\n<key>a</key><string><?= $a ?></string></dict>", "PHP", 3),
    (f"<dict>\n{{{{ if .A }}}}{SERVER}{{{{ end }}}}</dict>", GO, 2),
    (f"<dict>{{{{- range .All }}}}{SERVER}{{{{- end }}}}</dict>", GO, 1),
    (f"<dict>{{{{#if a}}}}{SERVER}{{{{/if}}}}</dict>", HANDLEBARS, 1),
    (f"<dict>{{{{> more}}}}{SERVER}</dict>", HANDLEBARS, 1),
    (f"<dict>%{{ if a }}{SERVER}%{{ endif }}</dict>", "Terraform", 1),
    ("<dict>\n<key>a</key>\n<integer>{{ eap }}</integer></dict>", JINJA, 3),
    ("<dict>\n<key>a</key><integer>$EAP</integer></dict>", SHELL, 2),
    ("<dict>\n<key>a</key><real>$(eap)</real></dict>", SHELL, 2),
    ("<dict>\n<key>a</key><date>{{x}}</date></dict>", JINJA, 2),
    ("<dict>\n<key>a</key><data>\n{{x}}\n</data></dict>", JINJA, 3),
    ("<dict>\n<key>a</key><data>%CERT%</data></dict>", "placeholders", 2),
    ("<dict>\n<key>a</key>\n${EAP}</dict>", SHELL, 3),
    ("<dict>\n<key>a</key>\n{{ x }}\n</dict>", JINJA, 3),
    ("<dict>\n<key>a</key><true>$EAP</true></dict>", SHELL, 2),
    ("<dict>\n<key>a</key><{{ eap }}/></dict>", JINJA, 2),
    ("<dict>\n<key>a</key><${EAP}/></dict>", SHELL, 2),
]


@pytest.mark.parametrize(
    ("inside", "language", "line"), TEMPLATES, ids=[inside for inside, _, _ in TEMPLATES]
)
def test_a_template_of_another_program_is_called_one(inside: str, language: str, line: int) -> None:
    for ends in ("\n", "\r\n"):
        said = refusal(f"<plist>{inside}</plist>".replace("\n", ends).encode())
        assert said == (
            f"The file is a template ({language}): line {line} holds code that another program has to carry out first. "
            "Let that program fill it in, and choose what it writes."
        )


@pytest.mark.parametrize(
    ("before", "language"),
    [
        ("{{ ansible_managed | comment('xml') }}\n", JINJA),
        ("{% set server = 'a' %}\n", JINJA),
        ("{# a #}", JINJA),
        ("<%- a = 1 -%>\n", ERB),
        ("<?php include 'a'; ?>", "PHP"),
        ("{{/* a */}}", GO),
    ],
)
def test_a_template_may_begin_before_its_xml(before: str, language: str) -> None:
    assert f"The file is a template ({language}): line 1 holds code" in refusal(
        before.encode() + xml("<dict/>")
    )


@pytest.mark.parametrize(
    "before",
    [
        "#!/bin/sh\ncat <<EOF\n",
        "#!/usr/bin/env python3\ntext = 'a'\nopen('a', 'w').write('<b>')\n",
        "cat > vpn.mobileconfig <<EOF\n",
        "set -e\ncat <<-'END' | sudo tee a\n",
        'tee a << "EOF" > /dev/null\n',
        '$profile = @"\r\n',
        'profile = """',
    ],
)
def test_a_script_that_writes_a_profile_is_called_one(before: str) -> None:
    said = refusal(before.encode() + xml("<dict><key>a</key><string>$SERVER</string></dict>") + b"\nEOF\n")
    assert said == (
        "The file is a script that writes a profile, not the profile itself. Run it, and choose what it writes."
    )


@pytest.mark.parametrize(
    "text",
    ["{{server}}", "{{ end }}", "100 % {b}", "{% b", "a {# b", "{{if}}", "50%}", "a%{b}", "<%", "{{{a}}}"],
)
def test_what_only_looks_like_code_is_a_value(text: str) -> None:
    found = load(
        xml(
            f"<dict><key>{text.replace('<', '&lt;')}</key><string>{text.replace('<', '&lt;')}</string></dict>"
        )
    )
    assert found.value == {text: text}
    assert found.notes == ()


@pytest.mark.parametrize("code", ["{% if a %}b{% endif %}", "&lt;%= @a %>", "{{#a}}b{{/a}}"])
def test_code_in_a_value_stays_for_the_rules_to_judge(code: str) -> None:
    found = load(xml(f"<string>{code}</string>"))
    assert found.value == code.replace("&lt;", "<")
    assert found.notes == ()


def test_code_in_a_comment_is_none() -> None:
    assert load(b"<!-- {% a %} <%= b %> -->" + xml("<dict/>")).notes == ()


@pytest.mark.parametrize(("first", "last"), [("“", "”"), ("”", "“"), ("„", "“"), ("‘", "’"), ("«", "»")])
def test_quotation_marks_of_a_word_processor_are_told(first: str, last: str) -> None:
    said = (
        'of the file has the quotation marks of a word processor (“ ”) where XML wants straight ones ("). Replace '
        "them, or export the profile again."
    )
    declared = f"<?xml version={first}1.0{last} encoding={first}UTF-8{last}?>\n{DOCTYPE}\n{BARE}"
    assert refusal(declared.encode()) == f"Line 1 {said}"
    listed = f"{DOCTYPE}\n{BARE}".replace('"1.0"', f"{first}1.0{last}")
    assert refusal(listed.encode()) == f"Line 2 {said}"
    assert load(xml(f"<string>{first}a{last}</string>")).notes == ()


@pytest.mark.parametrize("name", ["code", "pre", "div", "BODY"])
def test_what_was_copied_from_a_web_page_is_told(name: str) -> None:
    said = refusal(f"<?xml version='1.0'?>\n<{name} class='xml'>{BARE}</{name}>".encode())
    assert said == (
        f"Line 2 of the file: <{name}> comes from a web page, from which the profile was copied. Remove it, with its "
        "end."
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"# a\nconnections {\n  a {\n", "a configuration of strongSwan (swanctl.conf)"),
        (b"config setup\n", "a configuration of strongSwan (ipsec.conf)"),
        (b"conn a\r\n  left=%any\r\n", "a configuration of strongSwan (ipsec.conf)"),
        (b"client\ndev tun\nremote vpn.example.com 1194\n", "a configuration of OpenVPN"),
        (b"dev tun\nproto udp\nremote vpn.example.com 1194\n", "a configuration of OpenVPN"),
        (b"[Interface]\nPrivateKey = a\n", "a configuration of WireGuard"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Fetch that with “git lfs pull”"),
        (b"&lt;plist version='1.0'&gt;&lt;dict/&gt;", "each < is written as &lt;. Turn"),
        (b"PD94bWwg_w-_\n", "(base64url). Turn each - into +"),
    ],
)
def test_the_texts_of_other_programs_are_told(data: bytes, said: str) -> None:
    assert is_other(data)
    assert said in refusal(data)


def test_what_stands_around_a_profile_does_not_make_it_another_file() -> None:
    whole = xml("<dict/>")
    for before in (b"remote vpn.example.com 1194\n", b"client\n"):
        assert not is_other(before + whole)
        assert load(before + whole).value == {}
    assert not is_other(b"profile: {}\npayloads: []\n")


def test_a_profile_that_is_a_text_in_other_xml_is_told() -> None:
    escaped = f"{DOCTYPE}\n{BARE}".replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    said = refusal(f"<?xml version='1.0'?><general><payloads>{escaped}</payloads></general>".encode())
    assert "The file is XML of another program, with a profile in it as a text" in said


@pytest.mark.parametrize(
    "bit", ["<%", "{%", "{#", "{{#", "{{", "<a=", "<?php", "%{if", "<<E", "{{if a", "&lt;plist", "@'"]
)
def test_what_looks_like_code_a_million_times_takes_no_time(bit: str) -> None:
    many = bit * (MAX_BYTES // len(bit) - 100)
    for whole in (f"<plist>{many}", f"{many}<plist/>", f"<plist><dict>{many}</dict></plist>"):
        with soon(), contextlib.suppress(UnreadableProfileError):
            load(whole.encode())


@pytest.mark.parametrize("form", [plistlib.FMT_XML, plistlib.FMT_BINARY], ids=["xml", "binary"])
def test_whatever_happens_to_the_bytes_they_are_read_or_refused(form: Any) -> None:
    draw = random.Random(form.name)
    whole = plistlib.dumps(TREE, fmt=form)
    for _ in range(3_000):
        spoilt = bytearray(whole)
        for _ in range(draw.randrange(1, 4)):
            spoilt[draw.randrange(len(spoilt))] = draw.choice([0, 0xFF, 0x3C, 0x26, draw.randrange(256)])
        with contextlib.suppress(UnreadableProfileError):
            load(bytes(spoilt))
