"""Each kind of key accepts exactly its own type, and says in a sentence what is wrong with the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from profiles.catalogue.findings import Finding, Severity
from profiles.catalogue.fixes import put
from profiles.catalogue.keys import (
    Address,
    Boolean,
    Choice,
    Data,
    Date,
    Dictionary,
    Integer,
    Key,
    Languages,
    ListOf,
    Real,
    Reference,
    Switch,
    Text,
)
from profiles.catalogue.options import Option
from profiles.catalogue.values import (
    MAX_DATA,
    MAX_ITEMS,
    MAX_TEXT,
    PlistType,
    control_character,
    plist_type_of,
)
from profiles.catalogue.versions import NEVER, Availability, Targets

MOMENT = datetime(2027, 1, 31, 12, 0, 0)  # noqa: DTZ001 — a date in a property list has no zone
GONE = Availability(iOS="26.0", tvOS=NEVER)

VALID: list[tuple[Key, Any]] = [
    (Text("K", label="K"), "any text"),
    (Integer("K", label="K"), 5),
    (Real("K", label="K"), 5.0),
    (Boolean("K", label="K"), True),
    (Data("K", label="K"), b"\x00\xff"),
    (Date("K", label="K"), MOMENT),
    (ListOf("K", label="K"), ["a", "b"]),
    (Dictionary("K", label="K"), {"a": 1}),
    (Languages("K", label="K"), {"default": "Agree", "pt-BR": "Concordo"}),
    (Switch("K", label="K"), 1),
    (Choice("K", label="K", choices=(Option("A"), Option("B"))), "B"),
    (Choice("K", label="K", choices=(Option(14), Option(19))), 19),
]
KINDS = [type(key).__name__ for key, _ in VALID]
ANY_TYPE: list[Any] = ["x", 1, 1.0, True, b"x", MOMENT, ["x"], {"x": "x"}, None, (1,), {1}, 1j]


def found(key: Key, value: Any, targets: Targets | None = None) -> list[Finding]:
    return list(key.check(value, "Here", targets or {}))


def codes(key: Key, value: Any, targets: Targets | None = None) -> list[str]:
    return [finding.code for finding in found(key, value, targets)]


def message(key: Key, value: Any, targets: Targets | None = None) -> str:
    (finding,) = found(key, value, targets)
    return finding.message


@pytest.mark.parametrize(("key", "value"), VALID, ids=KINDS)
def test_a_fitting_value_is_accepted(key: Key, value: Any) -> None:
    assert found(key, value) == []


@pytest.mark.parametrize(("key", "value"), VALID, ids=KINDS)
def test_every_other_type_is_refused_and_cannot_be_built(key: Key, value: Any) -> None:
    for other in ANY_TYPE:
        if type(other) is type(value):
            continue
        (finding,) = found(key, other)
        assert (finding.severity, finding.path, finding.code) == (Severity.ERROR, "Here", "wrong-type")
        assert not finding.buildable
        article = "" if key.type == "data" else "an " if key.type[0] in "aeiou" else "a "
        assert finding.message.startswith(f"K has to be {article}{key.type}, but ")


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (
            Text("K", label="K"),
            5,
            "K has to be a string, but is an integer. Write it as text: <string> in a file, quotes in a spec.",
        ),
        (
            Integer("K", label="K"),
            "5",
            "K has to be an integer, but is a string. Write a whole number, without quotes or a decimal point.",
        ),
        (Switch("K", label="K"), True, "K has to be an integer, but is a boolean. Write 1."),
        (Switch("K", label="K"), False, "K has to be an integer, but is a boolean. Write 0."),
        (Switch("K", label="K"), "on", "K has to be an integer, but is a string. Write 0 or 1."),
        (Boolean("K", label="K"), 1, "K has to be a boolean, but is an integer. Write true or false."),
        (
            ListOf("K", label="K"),
            "a",
            "K has to be an array, but is a string. Write a list, even for a single value.",
        ),
        (
            Data("K", label="K"),
            "a",
            (
                'K has to be data, but is a string. Write it as data: <data> in a file, {"base64": "…"} or '
                '{"file": "…"} in a spec.'
            ),
        ),
        (
            Text("K", label="K"),
            None,
            (
                "K has to be a string, but is nothing that a profile can hold. Write it as text: <string> in a file, "
                "quotes in a spec."
            ),
        ),
    ],
)
def test_a_wrong_type_is_told_in_one_sentence_and_a_remedy(key: Key, value: Any, sentence: str) -> None:
    assert message(key, value) == sentence


def test_a_type_is_recognized_exactly() -> None:
    assert plist_type_of(True) is PlistType.BOOLEAN
    assert plist_type_of(1) is PlistType.INTEGER
    assert plist_type_of(1.0) is PlistType.REAL
    assert plist_type_of(None) is None
    assert plist_type_of(type("Text", (str,), {})("x")) is None


@pytest.mark.parametrize(
    "allowed", ["\t", "\n", "\r", "\x7f", "\x85", "\u2028", "\ufffd", "😀", "\U0010ffff"]
)
def test_xml_can_hold_most_characters(allowed: str) -> None:
    assert control_character(f"a{allowed}b") is None


@pytest.mark.parametrize(
    ("character", "name"),
    [("\x00", "U+0000"), ("\x0b", "U+000B"), ("\x1f", "U+001F"), ("\ud800", "U+D800"), ("\uffff", "U+FFFF")],
)
def test_what_xml_cannot_hold_is_named_and_cannot_be_built(character: str, name: str) -> None:
    (finding,) = found(Text("K", label="K"), f"secret{character}secret")
    assert (finding.code, finding.buildable) == ("control-character", False)
    assert name in finding.message
    assert "secret" not in finding.message


def test_a_text_may_be_long_but_not_without_end() -> None:
    assert codes(Text("K", label="K"), "x" * MAX_TEXT) == []
    assert codes(Text("K", label="K"), "x" * (MAX_TEXT + 1)) == ["too-long"]


def test_data_may_be_long_but_not_without_end() -> None:
    assert codes(Data("K", label="K"), bytes(MAX_DATA)) == []
    assert codes(Data("K", label="K"), bytes(MAX_DATA + 1)) == ["too-long"]


def test_a_pattern_must_match_the_whole_text() -> None:
    key = Text("K", label="K", pattern="[a-z]+", pattern_help="is not in lower case.")
    assert codes(key, "abc") == []
    assert codes(key, "") == []
    for text in ("abC", "abc\n", " abc"):
        assert message(key, text) == "K is not in lower case."


@pytest.mark.parametrize(
    "uuid", ["6F1A3A8E-2A44-5B1E-9A55-6D6B0F7A9C11", "6f1a3a8e-2a44-5b1e-9a55-6d6b0f7a9c11"]
)
def test_a_reference_is_a_uuid_in_either_case(uuid: str) -> None:
    assert codes(Reference("K", label="K", to="identity"), uuid) == []


@pytest.mark.parametrize(
    "text", ["office", "6F1A3A8E2A445B1E9A556D6B0F7A9C11", "{6F1A3A8E-2A44-5B1E-9A55-6D6B0F7A9C11}"]
)
def test_any_text_may_be_a_reference(text: str) -> None:
    assert codes(Reference("K", label="K", to="identity"), text) == []


@pytest.mark.parametrize(
    ("value", "code"), [(9, "too-small"), (10, ""), (1440, ""), (1441, "too-large"), (-(2**63), "too-small")]
)
def test_limits_are_inclusive(value: int, code: str) -> None:
    assert codes(Integer("K", label="K", minimum=10, maximum=1440), value) == ([code] if code else [])


def test_a_limit_is_told_with_its_unit() -> None:
    key = Integer("K", label="K", minimum=10, maximum=1440, unit="minutes")
    assert message(key, 5) == "K is 5, but the least allowed is 10 minutes."
    assert message(key, 2000) == "K is 2000, but the most allowed is 1440 minutes."


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, 10**300])
def test_an_integer_that_does_not_fit_64_bits_cannot_be_built(value: int) -> None:
    (finding,) = found(Integer("K", label="K", maximum=5), value)
    assert (finding.code, finding.buildable) == ("too-large", False)


def test_a_limit_of_one_system_only_counts_where_it_is_targeted() -> None:
    key = Integer("K", label="K", maximum_on={"watchOS": 15})
    assert codes(key, 16) == []
    assert codes(key, 16, {"iOS": "17.0"}) == []
    assert codes(key, 15, {"watchOS": "10.0"}) == []
    assert message(key, 16, {"watchOS": "10.0"}) == (
        "watchOS allows at most 15 for K. Lower it, or do not target watchOS."
    )


def test_a_value_that_is_no_choice_is_told_with_those_that_are() -> None:
    key = Choice("K", label="K", choices=(Option("A"), Option("B", "Bee")))
    assert message(key, "C") == "K cannot be 'C': the device refuses it. Choose one of A, B."


def test_a_secret_is_not_repeated_when_it_is_no_choice() -> None:
    key = Choice("K", label="K", choices=(Option("A"),), secret=True)
    assert "hunter2" not in message(key, "hunter2")


def test_a_long_value_that_is_no_choice_is_cut_short() -> None:
    assert len(message(Choice("K", label="K", choices=(Option("A"),)), "x" * 10_000_000)) < 200


@pytest.mark.parametrize("value", [2, -1, 2**63 - 1])
def test_a_switch_is_zero_or_one(value: int) -> None:
    assert codes(Switch("K", label="K"), value) == ["not-allowed"]


@pytest.mark.parametrize(
    ("targets", "severity", "code"),
    [
        ({"iOS": "26.0"}, "error", "value-refused"),
        ({"iOS": "27.1"}, "error", "value-refused"),
        ({"tvOS": "17.0"}, "error", "value-refused"),
        ({"iOS": "18.0"}, "warning", "value-outdated"),
        ({"macOS": "26.0"}, "warning", "value-outdated"),
        ({}, "warning", "value-outdated"),
    ],
)
def test_a_value_that_went_is_an_error_only_where_it_is_refused(
    targets: Targets, severity: str, code: str
) -> None:
    key = Choice("K", label="K", choices=(Option("DES", until=GONE), Option("AES")))
    assert [(finding.severity, finding.code) for finding in found(key, "DES", targets)] == [(severity, code)]
    assert found(key, "AES", targets) == []


def test_a_value_that_went_from_several_systems_is_told_for_each() -> None:
    key = Choice("K", label="K", choices=(Option("DES", until=GONE),))
    told = [finding.message for finding in found(key, "DES", {"iOS": "26.0", "tvOS": "17.0"})]
    assert told == [
        "iOS / iPadOS 26.0 and later refuse DES. Choose another value.",
        "No tvOS accepts DES. Choose another value.",
    ]


@pytest.mark.parametrize(
    "language", ["default", "en", "de", "pt-BR", "zh-Hant", "zh_TW", "sr-Latn-RS", "fil"]
)
def test_a_language_is_a_code_or_the_default(language: str) -> None:
    assert codes(Languages("K", label="K"), {language: "text"}) == []


@pytest.mark.parametrize("language", ["", "English", "e", "en-", "12", "default ", "en-US-"])
def test_what_is_no_language_is_malformed(language: str) -> None:
    (finding,) = found(Languages("K", label="K"), {language: "text"})
    assert (finding.code, finding.path) == ("malformed", f"Here.{language}")


def test_the_text_for_a_language_is_a_string_without_control_characters() -> None:
    assert codes(Languages("K", label="K"), {"en": 5, "de": "a\x00b"}) == ["wrong-type", "control-character"]


def test_each_item_of_a_list_is_checked_in_its_place() -> None:
    key = ListOf("K", label="K", item=Integer("", label="Number", maximum=5))
    assert [(f.path, f.code) for f in found(key, [1, "2", 6])] == [
        ("Here[1]", "wrong-type"),
        ("Here[2]", "too-large"),
    ]


def test_a_list_holds_as_many_items_as_are_documented() -> None:
    key = ListOf("K", label="K", max_items=2)
    assert codes(key, ["a", "b"]) == []
    assert message(key, ["a", "b", "c"]) == "K has 3 items, but at most 2 are allowed. Remove some."


def test_a_list_without_documented_limit_ends_somewhere() -> None:
    assert codes(ListOf("K", label="K"), ["a"] * MAX_ITEMS) == []
    assert "too-many" in codes(ListOf("K", label="K"), ["a"] * (MAX_ITEMS + 1))


def test_the_name_of_a_key_is_the_last_part_of_its_path() -> None:
    assert (Text("A.B.C", label="").name, Text("A.B.C", label="").container) == ("C", "A.B")
    assert (Text("A", label="").name, Text("A", label="").container) == ("A", "")


@pytest.mark.parametrize(
    ("key", "value", "title"),
    [
        (Switch("K", label="K"), 1, "On"),
        (Switch("K", label="K"), True, "True"),
        (Boolean("K", label="K"), False, "Off"),
        (Integer("K", label="K", unit="seconds"), 5, "5 seconds"),
        (Choice("K", label="K", choices=(Option("A", "First"), Option("B"))), "A", "First"),
        (Choice("K", label="K", choices=(Option("A", "First"), Option("B"))), "B", "B"),
        (Choice("K", label="K", choices=(Option("A", "First"),)), "C", "C"),
    ],
)
def test_a_value_is_shown_in_the_words_of_its_key(key: Key, value: Any, title: str) -> None:
    assert key.option_title(value) == title


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("AES256", "AES-256"),
        ("aes-256", "AES-256"),
        ("AES_256_GCM", "AES-256-GCM"),
        ("aes256gcm", "AES-256-GCM"),
        ("chacha20-poly1305", "ChaCha20Poly1305"),
        ("SHA-256", "SHA2-256"),
        ("sha256", "SHA2-256"),
        ("SHA2_512", "SHA2-512"),
        ("sha1", ""),
        ("AES", ""),
        ("-", ""),
    ],
)
def test_an_option_in_another_spelling_is_mended(written: str, meant: str) -> None:
    names = ("AES-256", "AES-256-GCM", "ChaCha20Poly1305", "SHA1-96", "SHA1-160", "SHA2-256", "SHA2-512")
    (finding,) = found(Choice("K", label="K", choices=tuple(map(Option, names))), written)
    assert finding.code == "not-allowed"
    assert finding.fix == (put("Here", written, meant, f"Write {meant}") if meant else None)


def test_the_spelling_of_options_that_differ_in_nothing_else_is_nobody_s_guess() -> None:
    (finding,) = found(Choice("K", label="K", choices=(Option("A-B"), Option("AB"))), "a_b")
    assert finding.fix is None


def test_what_stands_where_a_list_belongs_was_meant_as_its_one_item() -> None:
    key = ListOf("K", label="K")
    assert key.meant("a", {}) == ["a"]
    assert key.meant(5, {}) == 5
    assert key.meant("", {}) is None
    assert key.meant(["a"], {}) == ["a"]


def test_an_item_is_called_after_its_list() -> None:
    key = ListOf("A.Names", label="Called so")
    assert message(key, [5]).startswith("An item of Names has to be a string, but is an integer.")


@pytest.mark.parametrize(
    "text", [" https://a.example/q", "https://a.example/q\n", "\u200bhttps://a.example/q "]
)
def test_blanks_around_a_web_address_go(text: str) -> None:
    (finding,) = found(Address("K", label="K", placeholder="https://b.example", secure=True), text)
    assert (finding.code, finding.severity) == ("malformed", Severity.WARNING)
    assert finding.fix == put("Here", text, "https://a.example/q", "Remove the blanks")


@pytest.mark.parametrize("text", [" a.example ", " http://a.example", "https://a.example/a b "])
def test_without_its_blanks_a_web_address_has_to_be_one(text: str) -> None:
    (finding,) = found(Address("K", label="K", placeholder="https://b.example", secure=True), text)
    assert (finding.code, finding.severity, finding.fix) == ("malformed", Severity.ERROR, None)
