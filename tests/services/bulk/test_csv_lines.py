"""Tables for spreadsheets: every text comes back as it was typed, and none is run."""

from __future__ import annotations

import csv
import io

import pytest

from profiles.services.csv_export import as_typed, csv_lines, harmless

TEXTS = [
    "=1+1", "+49 30", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "'=x", "''=x", "'x", "'", "''", "x", "", " =x", "x=1", "ü",
    'say "hi"', "a,b;c", "two\nlines", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "'\uff1d1", "x;=1", "x;'=1",
    "x;''=1", "x;=1;-1;y", 'x;"=1', "x;\"'=1", "x;'y", "x\n- y", "x\t+y", "x\r\n@y", ";=1", "\t=1", "'\t'=1", "=1;=1",
    "x;\uff1d1",
]  # fmt: skip

SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What formulas begin with."""


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_text_comes_back_as_it_was_typed(text: str) -> None:
    assert as_typed(harmless(text)) == text
    assert not harmless(text).startswith((*SIGNS, "\t", "\r", "\n"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["commas", "semicolons", "tabs"])
@pytest.mark.parametrize(
    "text",
    [*TEXTS, "x;=1+cmd|' /C calc'!A0", "x;=1+cmd|' /C calc'!A0;y", 'x;"=1+1;"', "x\n=1+1;", "x\t=1+1\t"],
)
def test_no_spreadsheet_finds_a_formula_whatever_it_separates_by(text: str, delimiter: str) -> None:
    lines = "".join(csv_lines(["name", text], [["1", text], [text, "1"]]))

    cells = [cell for row in csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter) for cell in row]
    assert [cell for cell in cells if cell.startswith(SIGNS)] == []


def test_every_cell_is_in_quotes() -> None:
    assert list(csv_lines(["name"], [["x;y"], [5], [None]])) == [
        '"name"\r\n"x;y"\r\n',
        '"5"\r\n',
        '""\r\n',
        "",
    ]


def test_what_needs_no_apostrophe_gets_none() -> None:
    assert [harmless(value) for value in ("x", "'x", "", 5, -5, 1.5, None)] == [
        "x",
        "'x",
        "",
        5,
        -5,
        1.5,
        None,
    ]


def test_lines_are_what_a_reader_takes_for_the_rows() -> None:
    rows = [[text, number] for number, text in enumerate(TEXTS)]
    lines = list(csv_lines(["=name", "number"], iter(rows)))

    read = list(csv.reader(io.StringIO("".join(lines), newline="")))
    assert read[0] == ["'=name", "number"]
    assert [[as_typed(text), int(number)] for text, number in read[1:]] == rows


def test_without_rows_there_is_a_header() -> None:
    assert list(csv_lines(["name"], [])) == ['"name"\r\n']


def test_a_line_is_there_before_the_next_row_is_asked_for() -> None:
    def endless() -> object:
        while True:
            yield ["x"]

    lines = csv_lines(["name"], endless())  # type: ignore[arg-type]
    assert next(lines) == '"name"\r\n"x"\r\n'
    assert next(lines) == '"x"\r\n'
