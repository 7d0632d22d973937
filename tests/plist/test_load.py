"""Property lists are read as they are found: in any encoding, with whatever stands around them, and nothing is lost."""

from __future__ import annotations

import plistlib
import random
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from profiles.plist.reading.load import Loaded, load
from profiles.plist.xml_writer import dump
from tests.plist import wild
from tests.plist.exactness import differences
from tests.plist.rough import BARE, DOCTYPE, TREE, binary, marked, refers, xml

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
WHOLE = f"{DECLARATION}\n{DOCTYPE}\n{BARE}"

LATIN, GREEK, CYRILLIC, HEBREW, THAI = "Größe façade", "κωδικός", "пароль", "סיסמה", "รหัส"
JAPANESE, CHINESE, KOREAN = "パスワード 表示", "密码", "암호"


def moment(*parts: int) -> datetime:
    """In UTC, of which property lists say nothing."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def order(value: Any) -> Any:
    """The keys of each dictionary, as they follow each other."""
    match value:
        case dict():
            return [(name, order(item)) for name, item in value.items()]
        case list():
            return [order(item) for item in value]
    return None


def same(found: Any, wanted: Any) -> bool:
    """Type by type, and key after key."""
    return differences(found, wanted) == [] and order(found) == order(wanted)


def clean(data: bytes) -> Any:
    """The value in bytes of which there is nothing to tell."""
    found = load(data)
    assert found.notes == ()
    return found.value


def noted(data: bytes) -> str:
    """The one thing that there is to tell."""
    (note,) = load(data).notes
    assert note.endswith(".")
    return note


@settings(max_examples=300, deadline=None, database=None, suppress_health_check=[*HealthCheck])
@given(wild.VALUES)
def test_what_is_written_is_read_again_type_by_type(tree: Any) -> None:
    assert same(clean(dump(tree)), tree)
    assert same(load(dump(tree, sort_keys=True)).value, plistlib.loads(dump(tree, sort_keys=True)))
    assert same(clean(plistlib.dumps(tree, fmt=plistlib.FMT_BINARY, sort_keys=False)), tree)


@settings(max_examples=50, deadline=None, database=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles())
def test_whole_profiles_are_read_from_both_forms_alike(tree: dict[str, Any]) -> None:
    assert same(clean(dump(tree)), tree)
    assert same(clean(plistlib.dumps(tree, fmt=plistlib.FMT_BINARY, sort_keys=False)), tree)


ENDS_OF_LINES = ("\r", "\x85", "\u2028")
"""What some reader of XML takes for a line feed, unless it is a character reference."""


@settings(max_examples=100, deadline=None, database=None, suppress_health_check=[*HealthCheck])
@given(wild.VALUES.filter(lambda tree: not any(repr(end)[1:-1] in repr(tree) for end in ENDS_OF_LINES)))
def test_without_ends_of_lines_it_is_written_as_plistlib_writes_it(tree: Any) -> None:
    for sort_keys in (False, True):
        assert dump(tree, sort_keys=sort_keys) == plistlib.dumps(tree, sort_keys=sort_keys)


@pytest.mark.parametrize("text", ["{}", "{}\n", "a{}b", "a{}\nb\n", "{}{}", "&#13;{}", "<{}>", "é{}😀"])
@pytest.mark.parametrize(
    ("end", "reference"), [*zip(ENDS_OF_LINES, ["&#13;", "&#133;", "&#8232;"], strict=True)], ids=repr
)
def test_an_end_of_a_line_is_kept_in_texts_and_keys(text: str, end: str, reference: str) -> None:
    text = text.replace("{}", end)
    tree = {"a": text, text: [text, {text: b"\r\n"}, "b\nc"]}
    written = dump(tree)
    assert same(clean(written), tree)
    assert same(plistlib.loads(written), tree)
    # XML 1.1 (2.11), which readers of other ecosystems keep to.
    assert same(plistlib.loads(re.sub("\r\n?|\x85|\u2028", "\n", written.decode()).encode()), tree)
    plain = plistlib.dumps({"a": text.replace(end, "0xEND")})
    assert dump({"a": text}) == plain.replace(b"0xEND", reference.encode())


def test_all_ends_of_lines_are_kept_beside_each_other() -> None:
    text = "\r\n\x85\r\u2028\u2029\x84"
    assert same(clean(dump({text: text})), {text: text})
    assert b"&#13;\n&#133;&#13;&#8232;\xe2\x80\xa9\xc2\x84" in dump({text: text})


def test_keys_with_ends_of_lines_are_sorted_by_what_they_are() -> None:
    tree = {"a\U0001f511": 1, "a\r": 2, "ab": 3, "a\t": 4, "a\x85": 5, "a\u2028": 6, "a": {"b": 1, "a\r": 2}}
    written = dump(tree, sort_keys=True)
    assert [*load(written).value] == sorted(tree)
    assert [*load(written).value["a"]] == ["a\r", "b"]
    assert [*load(dump(tree)).value] == [*tree]


def test_an_array_that_is_a_tuple_is_written_like_a_list() -> None:
    assert dump(("a\r", ("b\r",))) == dump(["a\r", ["b\r"]])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("UTF-8", LATIN),
        ("utf8", JAPANESE),
        ("US-ASCII", "plain"),
        *((f"ISO-8859-{number}", LATIN) for number in (1, 9, 14, 15)),
        ("ISO-8859-2", "łódź"),
        ("ISO-8859-3", "ĉapelo"),
        ("ISO-8859-4", "žąsis"),
        ("ISO-8859-5", CYRILLIC),
        ("ISO-8859-6", "كلمة"),
        ("ISO-8859-7", GREEK),
        ("ISO-8859-8", HEBREW),
        ("ISO-8859-10", "þjóð"),
        ("ISO-8859-11", THAI),
        ("ISO-8859-13", "žąsis"),
        ("windows-1250", "łódź"),
        ("windows-1251", CYRILLIC),
        ("windows-1252", "“Größe”"),
        ("windows-1253", GREEK),
        ("windows-1254", "şifre"),
        ("windows-1255", HEBREW),
        ("windows-1256", "كلمة"),
        ("windows-1257", "žąsis"),
        ("windows-1258", "mật"[:1] + "đ"),
        ("macintosh", LATIN),
        ("x-mac-roman", LATIN),
        ("KOI8-R", CYRILLIC),
        ("Shift_JIS", JAPANESE),
        ("x-sjis", JAPANESE),
        ("EUC-JP", JAPANESE),
        ("ISO-2022-JP", JAPANESE),
        ("GB2312", CHINESE),
        ("GBK", CHINESE),
        ("GB18030", CHINESE + "\U0001f511"),
        ("Big5", "密碼"),
        ("EUC-KR", KOREAN),
    ],
    ids=lambda value: value if value.isascii() and value != "plain" else "",
)
def test_a_declared_encoding_is_read(name: str, text: str) -> None:
    codec = {"x-mac-roman": "mac-roman", "x-sjis": "shift_jis"}.get(name, name)
    for quote in "\"'":
        declaration = f"<?xml version={quote}1.0{quote}\n encoding = {quote}{name}{quote} ?>"
        whole = f"{declaration}{DOCTYPE}<plist><dict><key>{text}</key><string>{text}</string></dict></plist>"
        assert same(clean(whole.encode(codec)), {text: text})


@pytest.mark.parametrize("mark", ["\ufeff", ""], ids=["with mark", "without mark"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "declared",
    ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="{}"?>'],
    ids=["no", "bare", "full"],
)
def test_every_form_of_unicode_is_read(mark: str, codec: str, declared: str) -> None:
    for said in (codec, codec[:6].rstrip("-")):
        whole = f"{mark}{declared.format(said.upper())}\r\n{DOCTYPE}\n{BARE}".lstrip("\r\n")
        assert same(clean(whole.encode(codec)), TREE)


def test_what_says_utf_16_and_is_not_is_read_and_told_of() -> None:
    found = load(WHOLE.replace("UTF-8", "utf-16").encode())
    assert same(found.value, TREE)
    assert found.notes == ("The file says that it is in UTF-16, and is read as UTF-8, which it is in.",)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-8"])
def test_the_byte_order_mark_counts_more_than_what_is_said_and_that_is_told(codec: str) -> None:
    said = "ISO-8859-1" if codec == "utf-8" else "UTF-8"
    found = load(f"\ufeff{WHOLE.replace('UTF-8', said)}".encode(codec))
    assert same(found.value, TREE)
    family = codec[:6].rstrip("-").upper()
    assert found.notes == (f"The file says that it is in {said}, and is read as {family}, which it is in.",)


@pytest.mark.parametrize(
    "whole",
    [
        WHOLE,
        f"{DOCTYPE}\n{BARE}",
        BARE,
        f"{DECLARATION}{BARE}",
        f"\n \t{WHOLE}",
        f"\ufeff\ufeff\r\n{WHOLE}",
        f"\0{WHOLE}",
        f"{WHOLE}\n\n",
        WHOLE.replace("\n", "\r\n"),
        WHOLE.replace("\n", "\r"),
        WHOLE.replace("\n", ""),
        WHOLE.replace("UTF-8", "UTF-8' standalone='yes").replace('"UTF-8', "'UTF-8").replace('yes"', "yes'"),
        WHOLE.replace(' version="1.0">', ">"),
        WHOLE.replace("http:", "https:"),
        WHOLE.replace("PUBLIC", "SYSTEM").replace('"-//Apple//DTD PLIST 1.0//EN" ', ""),
        WHOLE.replace("<string>é ü</string>", "<string><![CDATA[é ü]]></string>"),
        WHOLE.replace("<string>é ü</string>", "<string>&#xe9; &#252;</string>"),
        WHOLE.replace("<true/>", "<true></true>").replace("<true/>", "<true />"),
        WHOLE.replace("<integer>1</integer>", "<integer> +0x1 </integer>".replace("+0x1", "+001")),
        WHOLE.replace("<integer>-1</integer>", "<integer>\n-01\t</integer>"),
        WHOLE.replace("<real>2.5</real>", "<real> +2500e-3 </real>"),
        BARE.replace('<plist version="1.0">', "").replace("</plist>", ""),
        f"<!-- by hand -->\n{WHOLE}",
        f"<!-- a <plist> with a <dict> --><!-- <?xml -->{WHOLE}",
        WHOLE.replace("<plist", "<!-- a --><?style b?><plist"),
        f"{WHOLE}<!-- </plist> --><?style a?>",
    ],
    ids=[
        "as Apple writes it",
        "no declaration",
        "plist only",
        "no doctype",
        "blanks before",
        "two byte order marks",
        "zero before",
        "blanks after",
        "windows line ends",
        "old line ends",
        "one line",
        "standalone",
        "no version",
        "https",
        "system doctype",
        "cdata",
        "references",
        "empty elements",
        "plus",
        "spaces",
        "real",
        "no plist",
        "comment before",
        "comments with XML in them before",
        "comment before the plist",
        "comment after",
    ],
)
def test_what_is_written_otherwise_is_the_same_with_nothing_to_tell(whole: str) -> None:
    assert same(clean(whole.encode()), TREE)


@pytest.mark.parametrize(
    ("whole", "note"),
    [
        (WHOLE.replace("<dict>", "<dict><!-- <key>a</key> -->"), "Comments between the values are not kept."),
        (WHOLE.replace("é ü", "é<!-- x --> ü"), "Comments between the values are not kept."),
        (f"Content-Type: text/xml\n\n{WHOLE}", "What stands before the XML is left out."),
        (f"ï»¿{WHOLE}", "What stands before the XML is left out."),
        (f"<pre>{WHOLE}", "What stands before the XML is left out."),
        (f"{WHOLE}abc", "What stands after the end of the XML is left out."),
        (f"{WHOLE}\0\0\0", "What stands after the end of the XML is left out."),
        (f"{WHOLE}</plist>", "What stands after the end of the XML is left out."),
        (f"{WHOLE}{WHOLE}", "What stands after the end of the XML is left out."),
        (f"{WHOLE}<dict", "What stands after the end of the XML is left out."),
        (WHOLE.replace("<array>", "<array>x"), "Text that stands outside of any value is left out."),
        (WHOLE.replace("</key>", "</key>;"), "Text that stands outside of any value is left out."),
        (WHOLE.replace("<true/>", "<true>1</true>"), "Text that stands outside of any value is left out."),
        (WHOLE.replace("</dict>", "</dict>."), "Text that stands outside of any value is left out."),
        (
            WHOLE.replace("<dict>", '<dict id="a">'),
            "Attributes of elements, such as <dict id=…>, are not kept.",
        ),
        (WHOLE.replace('"1.0">', '"0.9">'), "Attributes of elements, such as <dict id=…>, are not kept."),
        (
            WHOLE.replace("<array>", "<array><?style a?>"),
            "Instructions to other programs, such as <?style …?>, are not kept.",
        ),
        (
            WHOLE.replace("<key>Größe", "<key>Größe</key><integer>4711</integer><key>Größe"),
            "The key 'Größe' stands twice in one dictionary; the last one counts, as on devices.",
        ),
    ],
    ids=[
        "comment inside",
        "comment in a text",
        "header",
        "byte order mark gone wrong",
        "element before",
        "text after",
        "zeros after",
        "end after",
        "second list after",
        "beginning after",
        "text in an array",
        "text after a key",
        "text in a truth",
        "text in the plist",
        "attribute",
        "other version",
        "instruction",
        "key twice",
    ],
)
def test_what_is_not_kept_is_told_of(whole: str, note: str) -> None:
    found = load(whole.encode())
    assert same(found.value, TREE)
    assert found.notes == (note,)


def test_names_in_notes_are_short_and_legible() -> None:
    name = "a\n" + "b" * 100
    twice = f"<key>{name}</key><true/>" * 2
    assert noted(xml(f"<dict>{twice}</dict>")).startswith(f"The key 'a�{'b' * 58}' stands twice")


def test_notes_are_no_more_than_a_person_reads() -> None:
    twice = "".join(f"<key>{number}</key><true/>" for number in range(30)) * 2
    notes = load(xml(f"<dict>{twice}</dict>")).notes
    assert len(notes) == 21
    assert notes[-1] == "There are 10 more notes like these."


def test_a_text_keeps_its_blanks_and_line_ends() -> None:
    assert clean(xml("<string> a\n\tb&#13;&#10; </string>")) == " a\n\tb\r\n "
    assert clean(xml("<string>a\r\nb\rc</string>")) == "a\nb\nc"
    assert clean(xml("<string/>")) == ""
    assert clean(xml("<dict><key/><string></string></dict>")) == {"": ""}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-9223372036854775808", -(2**63)),
        ("18446744073709551615", 2**64 - 1),
        ("0xFFFFFFFFFFFFFFFF", 2**64 - 1),
        ("0X1f", 31),
        ("-0", 0),
        ("007", 7),
    ],
)
def test_whole_numbers_up_to_64_bits_are_read(text: str, number: int) -> None:
    assert same(clean(xml(f"<integer>{text}</integer>")), number)
    assert same(plistlib.loads(xml(f"<integer>{text}</integer>")), number)


@pytest.mark.parametrize("text", ["1", "1.", ".5", "-1.5E+3", "1e-400", "1.7976931348623157e308", "-0.0"])
def test_reals_are_read(text: str) -> None:
    assert same(clean(xml(f"<real>{text}</real>")), float(text))


def test_dates_and_data_are_read() -> None:
    assert clean(xml("<date>0001-01-01T00:00:00Z</date>")) == moment(1, 1, 1)
    assert clean(xml("<date>9999-12-31T23:59:59Z</date>")) == moment(9999, 12, 31, 23, 59, 59)
    assert clean(xml("<data>\n\tAP\r\n 8= </data>")) == b"\0\xff"
    assert clean(xml("<data/>")) == b""


def test_the_deepest_tree_that_is_read_is_read_again() -> None:
    for form in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        tree: Any = "a"
        for _ in range(67):
            tree = [tree]
        found = load(plistlib.dumps(tree, fmt=form)).value
        assert found == tree
        assert load(dump(found)).value == tree
        # Without a <plist> around it, too.
        inside = b"<array>" * 67 + b"<true/>" + b"</array>" * 67
        assert load(dump(load(inside).value)).value == load(inside).value


def test_a_file_may_have_just_as_many_bytes_as_the_limit() -> None:
    data = WHOLE.encode()
    assert load(data, limit=len(data)).value == TREE


def test_values_stand_in_no_traceback() -> None:
    assert "4711" not in repr(load(xml("<string>4711</string>")))
    assert load(xml("<true/>")) == Loaded(value=True, notes=())


def test_binary_objects_of_every_size_are_read() -> None:
    numbers = {
        b"\x10\xff": 255,
        b"\x11\xff\xff": 65_535,
        b"\x12\xff\xff\xff\xff": 2**32 - 1,
        b"\x13" + b"\xff" * 8: -1,
        b"\x14" + b"\0" * 8 + b"\xff" * 8: 2**64 - 1,
        b"\x14" + b"\xff" * 8 + b"\x80" + b"\0" * 7: -(2**63),
        b"\x22\x3f\xc0\0\0": 1.5,
        b"\x23\xbf\xf8" + b"\0" * 6: -1.5,
        b"\x08": False,
        b"\x09": True,
        b"\x51a": "a",
        b"\x61\x20\xac": "€",
        b"\x62\xd8\x3d\xdd\x11": "\U0001f511",
        b"\x40": b"",
        marked(0x40, 300) + b"\xff" * 300: b"\xff" * 300,
        b"\x33" + b"\0" * 8: moment(2001, 1, 1),
        b"\xa0": [],
        b"\xd0": {},
    }
    for written, value in numbers.items():
        data = binary(written)
        assert same(clean(data), value)
        assert same(plistlib.loads(data), value)
    assert clean(binary(refers(1, 1, width=3), b"\x09", width=3)) == [True, True]


def test_fractions_of_a_second_are_dropped_and_told_of() -> None:
    at = moment(2027, 1, 31, 12, 0, 0) + timedelta(milliseconds=750)
    data = plistlib.dumps({"At": at}, fmt=plistlib.FMT_BINARY)
    assert load(data).value == {"At": at.replace(microsecond=0)}
    assert noted(data) == "Fractions of a second of dates are dropped, as XML cannot hold them."


def test_a_key_that_stands_twice_in_binary_is_told_of() -> None:
    data = binary(refers(1, 1, 2, 3, kind=0xD0), b"\x51a", b"\x08", b"\x09")
    assert load(data).value == {"a": True}
    assert noted(data) == "The key 'a' stands twice in one dictionary; the last one counts, as on devices."


def test_objects_that_nobody_refers_to_are_told_of() -> None:
    data = binary(refers(1), b"\x09", b"\x51a")
    assert load(data).value == [True]
    assert noted(data) == "Objects in the file that belong to no key are left out."


def test_what_is_shared_in_binary_comes_as_copies() -> None:
    found = clean(binary(refers(1, 1, 2, 2), refers(3), refers(4, 3, kind=0xD0), b"\x51b", b"\x51a"))
    assert found == [["b"], ["b"], {"a": "b"}, {"a": "b"}]
    found[0].append("c")
    found[2]["c"] = "d"
    assert found == [["b", "c"], ["b"], {"a": "b", "c": "d"}, {"a": "b"}]


def test_a_hundred_thousand_values_are_read_from_both_forms() -> None:
    # One of the hundred thousand is the dictionary; keys do not count.
    tree = {str(number): number % 250 for number in range(99_999)}
    assert load(dump(tree)).value == tree
    assert load(plistlib.dumps(tree, fmt=plistlib.FMT_BINARY, sort_keys=False)).value == tree


def test_random_cuts_of_encodings_read_all_or_refuse() -> None:
    draw = random.Random(1)
    for _ in range(200):
        text = "".join(
            chr(draw.choice([draw.randrange(0x20, 0x7F), draw.randrange(0xA0, 0xD800)])) for _ in range(40)
        )
        tree = {"a": text}
        for codec in ("utf-8", "utf-16", "utf-32", "gb18030"):
            whole = dump(tree).decode().replace("UTF-8", codec)
            assert clean(whole.encode(codec)) == tree
