"""Each kind of field: what is posted, and the exact value that it means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from designer.forms.builder import field_for
from designer.forms.fields import KEEP, ChoiceField, JsonField, fields_holding
from designer.forms.form_context import NOWHERE
from profiles.catalogue.keys import (
    Boolean,
    Choice,
    Data,
    Date,
    Dictionary,
    DistinguishedName,
    Integer,
    Key,
    Languages,
    ListOf,
    Real,
    Switch,
    Text,
)
from profiles.catalogue.options import Option
from profiles.catalogue.values import MAX_DATA
from profiles.plist.masks import MaskKey
from tests.designer.forms.making import read, refusal

NOON = datetime(2027, 1, 31, 12)  # noqa: DTZ001 — as property lists have it
TEXT = Text("K", label="K")
AREA = Text("K", label="K", multiline=True)
INTEGER = Integer("K", label="K", minimum=10, maximum=20)
REAL = Real("K", label="K")
SWITCH = Switch("K", label="K")
BOOLEAN = Boolean("K", label="K")
WORDS = Choice("K", label="K", choices=(Option("None"), Option("High")))
NUMBERS = Choice("K", label="K", choices=(Option(2), Option(14)))
DATE = Date("K", label="K")
SECRET = Text("K", label="K", secret=True)
BYTES = Data("K", label="K", secret=True)
TEXTS = ListOf("K", label="K", item=Text("", label="Item"))
CHOICES = ListOf("K", label="K", item=Choice("", label="Item", choices=(Option(0), Option(36), Option(37))))
DISTINCT = ListOf("K", label="K", item=CHOICES.item, distinct=True)
BLANK = ListOf("K", label="K", item=Text("", label="Item"), blank="All others")
SEEN = Data("K", label="K")
SUBJECT = DistinguishedName("K", label="K")
LANGUAGES = Languages("K", label="K")
NESTED = ListOf(
    "K", label="K", item=Dictionary("", label="Item", keys=(Integer("N", label="N"), Data("D", label="D")))
)
EVERY_KIND = [
    TEXT,
    AREA,
    INTEGER,
    REAL,
    SWITCH,
    BOOLEAN,
    WORDS,
    NUMBERS,
    DATE,
    TEXTS,
    CHOICES,
    DISTINCT,
    BLANK,
    SEEN,
    SUBJECT,
    LANGUAGES,
    NESTED,
]


@pytest.mark.parametrize(
    ("key", "posted", "value"),
    [
        (TEXT, " Büro <1> ", "Büro <1>"),
        (AREA, "one\r\n\r\ntwo\r\n", "one\n\ntwo"),
        (INTEGER, " 15 ", 15),
        (INTEGER, "-5", -5),
        (REAL, "1.5", 1.5),
        (REAL, "2", 2.0),
        (REAL, "1.4822357227449907", 1.4822357227449907),
        (SWITCH, "0", 0),
        (SWITCH, "1", 1),
        (BOOLEAN, "true", True),
        (BOOLEAN, "false", False),
        (WORDS, "None", "None"),
        (NUMBERS, "14", 14),
        (DATE, "2027-01-31T12:00", NOON),
        (DATE, "2027-01-31T14:00+02:00", NOON),
        (SECRET, " s\r\np ", " s\np "),
        (TEXTS, " b \r\n\r\na", ["b", "a"]),
        (CHOICES, ["37", "", "0"], [37, 0]),
        (DISTINCT, ["37", "0"], [0, 37]),
        (SEEN, "00 ff:10", b"\x00\xff\x10"),
        (
            SUBJECT,
            " CN = alice ,O=Example\\, Inc.+OU=IT",
            [[["CN", "alice"]], [["O", "Example, Inc."], ["OU", "IT"]]],
        ),
    ],
)
def test_what_is_posted_is_read_type_exactly(key: Key, posted: str | list[str], value: Any) -> None:
    found = read(key, posted)
    assert found == value
    assert type(found) is type(value)
    if isinstance(value, list):
        assert list(map(type, found)) == list(map(type, value))


@pytest.mark.parametrize(
    "key", EVERY_KIND, ids=lambda key: f"{type(key).__name__}-{key.options and key.type}"
)
def test_nothing_is_no_value(key: Key) -> None:
    assert read(key, None) is None
    assert read(key, "") is None


@pytest.mark.parametrize("key", [TEXT, AREA, INTEGER, REAL, DATE, TEXTS, SEEN, SUBJECT])
def test_mere_spaces_are_no_value(key: Key) -> None:
    assert read(key, " \t\r\n ") is None


def test_a_value_that_only_breaks_a_rule_is_read() -> None:
    assert read(INTEGER, "5") == 5
    assert read(CHOICES, ["36"] * 50) == [36] * 50


@pytest.mark.parametrize(
    ("key", "posted", "message"),
    [
        (TEXT, "a\x00b", "K holds the control character U+0000, which no profile can hold. Remove it."),
        (INTEGER, "ten", "“ten” is not a whole number. Use digits only."),
        (INTEGER, "1.5", "“1.5” is not a whole number. Use digits only."),
        (INTEGER, "9" * 5000, f"“{'9' * 40}” is not a whole number. Use digits only."),
        (INTEGER, str(2**64), "K does not fit 64 bits. Write a smaller number."),
        (REAL, "1,5", "“1,5” is not a number. Use digits only."),
        (REAL, "nan", "This is not a number that a profile can hold. Use digits only."),
        (REAL, "-1e999", "This is not a number that a profile can hold. Use digits only."),
        (SWITCH, "true", "“true” is not one of the choices. Choose one of them."),
        (SWITCH, "2", "“2” is not one of the choices. Choose one of them."),
        (BOOLEAN, "1", "“1” is not one of the choices. Choose one of them."),
        (WORDS, "none", "“none” is not one of the choices. Choose one of them."),
        (NUMBERS, "14.0", "“14.0” is not one of the choices. Choose one of them."),
        (DATE, "soon", "This is not a date. Write it as 2027-01-31T12:00:00Z."),
        (CHOICES, ["36", "35"], "“35” is not one of the choices. Choose one of them."),
        (SEEN, "xyz", "This is not hexadecimal. Use pairs of 0–9 and a–f."),
        (SUBJECT, "alice", "“alice” is not of the form CN=name. Put a \\ before a comma that is meant."),
        (DISTINCT, ["35"], "“35” is not one of the choices. Choose one of them."),
    ],
)
def test_what_has_no_value_is_refused_in_a_sentence(key: Key, posted: str | list[str], message: str) -> None:
    assert refusal(key, posted) == message


def json_field() -> JsonField:
    return JsonField(NESTED, Dictionary("", label="", keys=(NESTED,)), MaskKey(b"key", "form"))


def refused_json(text: str) -> str:
    """The message of the one error when this is typed where only JSON will do."""
    with pytest.raises(ValidationError) as refused:
        json_field().clean(text)
    (message,) = refused.value.messages
    return message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{]", "This is not JSON: expecting property name enclosed in double quotes in line 1, column 3."),
        ("[\n1,]", "This is not JSON: expecting value in line 2, column 3."),
        ("[NaN]", "This cannot be read: NaN is not a number that a profile can hold."),
        (
            '[{"D": {"base64": "?"}}]',
            "This cannot be read: This is not base64. Use A–Z, a–z, 0–9, + and / only.",
        ),
    ],
)
def test_json_that_has_no_value_is_refused_in_a_sentence(text: str, message: str) -> None:
    assert refused_json(text) == message


@pytest.mark.parametrize("text", ['["\\ud800"]', "[1e999]", "[null]"])
def test_json_that_no_profile_can_hold_is_refused(text: str) -> None:
    assert refused_json(text).endswith(".")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, f"[{'9' * 5000}]", "[" * 3000], ids=["deep", "long", "nested"]
)
def test_json_that_nothing_can_read_is_refused_in_words_of_its_own(text: str) -> None:
    message = refused_json(text)
    assert message.endswith(".")
    assert "recursion" not in message
    assert "sys." not in message


def test_a_wrong_type_in_json_is_read_and_left_to_the_review() -> None:
    assert json_field().clean('[{"N": true}]') == [{"N": True}]
    assert json_field().clean('{"no": "list"}') == {"no": "list"}


def test_a_huge_text_is_refused() -> None:
    assert refusal(TEXT, "x" * 10_000_000).startswith("K has 10,000,000 characters")


@pytest.mark.parametrize("key", [SECRET, BYTES])
def test_a_secret_is_kept_replaced_or_removed(key: Key) -> None:
    assert read(key) is KEEP
    assert read(key, "") is KEEP
    assert read(key, remove="1") is None
    assert read(key, "new", remove="1") in ("new", b"new")


def test_the_message_about_a_secret_does_not_repeat_it() -> None:
    assert "hunter2" not in refusal(SECRET, "hunter2\x00")
    assert "hunter2" not in refusal(BYTES, "hunter2", encoding="hex")
    assert "hunter2" not in refusal(BYTES, "hunter2!", encoding="base64")


@pytest.mark.parametrize(
    ("text", "encoding", "value"),
    [
        (" größe ", "text", "größe".encode()),
        ("0aFF 01", "hex", b"\x0a\xff\x01"),
        ("0x0aff", "hex", b"\x0a\xff"),
        ("0a:ff:01", "hex", b"\x0a\xff\x01"),
        ("AQID", "base64", b"\x01\x02\x03"),
        ("AQ", "base64", b"\x01"),
        ("A\r\nQ==", "base64", b"\x01"),
        ("0aff", "", b"0aff"),
        ("0aff", "rot13", b"0aff"),
    ],
)
def test_bytes_are_typed_as_text_hexadecimal_or_base64(text: str, encoding: str, value: bytes) -> None:
    assert read(BYTES, text, encoding=encoding) == value


@pytest.mark.parametrize(
    ("text", "encoding", "message"),
    [
        ("0af", "hex", "This is not hexadecimal. Use pairs of 0–9 and a–f."),
        ("xyz!", "hex", "This is not hexadecimal. Use pairs of 0–9 and a–f."),
        ("A*", "base64", "This is not base64. Use A–Z, a–z, 0–9, + and / only."),
        ("x" * (MAX_DATA + 1), "text", "These are 1,048,577 bytes; at most 1,048,576 are allowed."),
    ],
)
def test_bytes_that_cannot_be_read_are_refused_in_a_sentence(text: str, encoding: str, message: str) -> None:
    assert refusal(BYTES, text, encoding=encoding) == message


@pytest.mark.parametrize(
    ("languages", "texts", "value"),
    [
        (["default", "de"], ["Yes\r\n", "Ja"], {"default": "Yes\n", "de": "Ja"}),
        ([" de "], ["Ja"], {"de": "Ja"}),
        (["default", "de"], ["  ", "Ja"], {"de": "Ja"}),
        (["default"], [""], None),
        (["default", "de"], ["Yes"], {"default": "Yes"}),
    ],
)
def test_texts_are_read_by_language(languages: list[str], texts: list[str], value: Any) -> None:
    assert read(LANGUAGES, language=languages, text=texts) == value


def test_a_text_needs_a_language_of_its_own() -> None:
    assert refusal(LANGUAGES, language=[""], text=["Ja"]) == (
        "A text has no language. Write “default”, or a code such as en."
    )
    assert (
        refusal(LANGUAGES, language=["de", "de"], text=["Ja", "Doch"])
        == "There are two texts for “de”. Remove one."
    )


@pytest.mark.parametrize(
    ("key", "stray", "text", "title"),
    [
        (WORDS, "Old", "Old", "“Old” (as written)"),
        (WORDS, "o" * 50, "o" * 50, f"“{'o' * 40}…” (as written)"),
        (NUMBERS, 99, "99", "99 (as written)"),
        (SWITCH, True, "true", "true (as written)"),
        (BOOLEAN, 1, "1", "1 (as written)"),
        (SWITCH, "1", "stray:1", "“1” (as written)"),
    ],
    ids=["text", "long text", "number", "boolean", "integer", "text like a number"],
)
def test_a_stored_value_that_is_no_choice_is_offered_as_it_is(
    key: Key, stray: Any, text: str, title: str
) -> None:
    field = field_for(key).holding(stray)
    assert isinstance(field, ChoiceField)
    assert field.widget.extra == [(text, title)]
    assert field.initial_of(stray) == text
    assert field.clean(text) is stray
    assert field.clean("") is None
    assert field_for(key).widget is not field.widget


@pytest.mark.parametrize(
    ("key", "stored"), [(WORDS, "High"), (NUMBERS, 14), (SWITCH, 0), (BOOLEAN, False), (WORDS, None)]
)
def test_a_stored_value_that_is_a_choice_adds_none(key: Key, stored: Any) -> None:
    field = field_for(key).holding(stored)
    assert isinstance(field, ChoiceField)
    assert field.widget.extra == []


@pytest.mark.parametrize(
    ("key", "odd"),
    [
        (NESTED, "text"),
        (NESTED, ["text"]),
        (TEXTS, "text"),
        (TEXTS, ["two\nlines"]),
        (TEXTS, [""]),
        (TEXTS, [5]),
        (DISTINCT, [35]),
        (SUBJECT, [["CN", "alice"]]),
        (SEEN, "text"),
        (CHOICES, 36),
    ],
)
def test_a_stored_value_that_no_control_can_show_is_json(key: Key, odd: Any) -> None:
    keys = Dictionary("", label="", keys=(key,))
    held, shown = fields_holding({key.path: field_for(key)}, keys, {key.path: odd}, NOWHERE, about="form")
    field = held[key.path]
    assert isinstance(field, JsonField)
    assert field.clean(shown[key.path]) == odd


@pytest.mark.parametrize(
    ("key", "stored"),
    [
        (TEXTS, ["a", "b c"]),
        (BLANK, ["", "a"]),
        (BLANK, [""]),
        (SUBJECT, [[["CN", "a,b"]]]),
        (SEEN, b"\x00\xff"),
    ],
)
def test_a_stored_value_comes_back_from_its_control(key: Key, stored: Any) -> None:
    field = field_for(key).holding(stored)
    shown = field.initial_of(stored)
    cleaned = field.clean(shown)
    assert (stored if field.says(cleaned, stored) else cleaned) == stored


def test_the_order_of_distinct_choices_and_of_a_blank_means_nothing() -> None:
    assert field_for(DISTINCT).says([0, 37], [37, 0])
    assert not field_for(DISTINCT).says([0], [37, 0])
    assert field_for(BLANK).says(["a", ""], ["", "a"])
    assert not field_for(BLANK).says(["a"], ["", "a"])


def test_an_empty_text_in_a_list_is_a_tick() -> None:
    assert read(BLANK, "a", blank="1") == ["a", ""]
    assert read(BLANK, "", blank="1") == [""]
