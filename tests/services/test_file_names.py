"""Names of files that every system takes, and no two alike."""

import time
import unicodedata

import pytest

from profiles.services.file_names import FileNames, safe_stem


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("Alice Müller", "Alice Müller"),
        ("東京 VPN", "東京 VPN"),
        ("  two\t words\r\n", "two words"),
        ("alice@example.com", "alice@example.com"),
        ("../../etc/passwd", "etc passwd"),
        ("..\\..\\windows", "windows"),
        ("C:\\x", "C x"),
        ('a<b>c"d|e?f*g%h;i', "a b c d e f g h i"),
        ("a\x00b\x1fc", "a b c"),
        ("exe\u202egpj", "exe gpj"),
        ("\u2066a\u2069", "a"),
        ("a\u200b\ufeffb", "a b"),
        ("a\u115f\u3164\ufe0f\u2800\u034f\U000e0100b", "ab"),
        ("\u3164\u2800", ""),
        ("\ud800", ""),
        ("Mu\u0308ller", "Müller"),
        ("name. . ", "name"),
        (" .hidden", "hidden"),
        ("..", ""),
        ("", ""),
        ("CON", "_CON"),
        ("nul.alice", "_nul.alice"),
        ("Com1", "_Com1"),
        ("LPT³", "_LPT³"),
        ("aux .x", "_aux .x"),
        ("CONIN$", "_CONIN$"),
        ("console", "console"),
        ("COM10", "COM10"),
        ("n" * 81, "n" * 80),
        ("n" * 79 + ". x", "n" * 79),
        ("東" * 80, "東" * 66),
        ("com1." + "n" * 80, "_com1." + "n" * 74),
    ],
    ids=ascii,
)
def test_a_text_becomes_a_name_that_every_system_takes(text: str, stem: str) -> None:
    assert safe_stem(text) == stem


def test_equal_names_are_numbered() -> None:
    names = FileNames()

    assert [names.of("alice") for _ in range(3)] == ["alice", "alice-2", "alice-3"]
    assert names.of("bob") == "bob"


def test_a_number_that_was_given_as_a_name_is_left_out() -> None:
    names = FileNames()

    given = [names.of(text) for text in ("alice-2", "alice", "alice", "alice-2", "alice-3", "alice")]

    assert given == ["alice-2", "alice", "alice-3", "alice-2-2", "alice-3-2", "alice-4"]


@pytest.mark.parametrize(
    "others",
    [
        ("Alice", "ALICE", "alice"),
        ("Zoë", "Zoe\u0308", "ZOË"),
        ("straße", "STRASSE"),
        ("ﬁn", "fin"),
        ("ς", "σ", "Σ"),
        ("ı", "I", "i"),
        ("a/b", "a b", "a\u202eb"),
        ("x.", "x", " x"),
    ],
    ids=ascii,
)
def test_names_that_some_system_takes_for_one_are_told_apart(others: tuple[str, ...]) -> None:
    names = FileNames()

    given = [names.of(text) for text in others]

    folded = {unicodedata.normalize("NFKD", name).casefold().upper() for name in given}
    assert len(folded) == len(others)
    assert given[1].endswith("-2")


def test_what_leaves_no_name_has_one_nevertheless() -> None:
    names = FileNames()

    assert [names.of(text) for text in ("", "///", "\u202e")] == ["profile", "profile-2", "profile-3"]


@pytest.mark.parametrize("letter", ["n", "東", "😀", "ﷺ"], ids=ascii)
def test_numbered_names_are_no_longer_than_others(letter: str) -> None:
    names = FileNames()

    for text in [letter * 200] * 200 + [letter * 200 + "x"]:
        name = names.of(text)
        assert len(name) <= 80
        assert len(name.encode()) <= 200


def test_a_reserved_name_stays_mended_when_it_is_numbered() -> None:
    names = FileNames()

    assert [names.of("con"), names.of("CON")] == ["_con", "_CON-2"]


@pytest.mark.parametrize(
    "texts",
    [
        ["alice"] * 100_000,
        [f"{'n' * 75}{number:05}" for number in range(50_000)] * 2,
        [f"alice-{number}" for number in range(50_000)] + ["alice"] * 50_000,
    ],
    ids=["equal", "equal when cut", "numbered already"],
)
def test_a_hundred_thousand_names_take_no_time(texts: list[str]) -> None:
    names = FileNames()

    began = time.process_time()
    given = {names.of(text).casefold() for text in texts}
    assert time.process_time() - began < 10
    assert len(given) == 100_000
