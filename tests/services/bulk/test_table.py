"""Lists of people, read as tables whatever program wrote them."""

import csv
import io
import random
import re
import time
import tracemalloc
from collections.abc import Sequence
from typing import Literal

import pytest

from profiles.exceptions import TableError
from profiles.services.bulk.csv.reader import (
    MAX_BYTES,
    MAX_CELL,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_LINES,
    MAX_ROWS,
    Table,
    read_table,
)

PEOPLE = (("Name", "E-mail"), ("Alice", "alice@example.com"), ("Bob", "bob@example.com"))


def written(
    rows: Sequence[Sequence[str]], *, delimiter: str = ",", end: str = "\r\n", quoting: Literal[0, 1] = 0
) -> str:
    """The rows as the csv module writes them."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return text.getvalue()


def cells(table: Table) -> list[tuple[str, ...]]:
    """The rows without their numbers."""
    return [row.cells for row in table.rows]


def refusal(data: bytes | str, *, header: bool | None = None) -> str:
    """Why it is no table."""
    with pytest.raises(TableError) as caught:
        read_table(data, header=header)
    sentences = str(caught.value)
    assert sentences.endswith(".")
    return sentences


# Encodings


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=["crlf", "lf", "cr"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "pipe"])
@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
        ("mac-roman", "Mac OS Roman"),
    ],
)
def test_what_a_program_wrote_is_read_as_it_was(delimiter: str, codec: str, encoding: str, end: str) -> None:
    rows = [
        ("Name", "Note", "Amount"),
        ("Zoë Müller", 'says "hello", ; | \t and goes', "1,5"),
        ("André Weiß", f"two{end}lines", ""),
        ("Jürgen Håkansson", "''", "2,75"),
    ]

    table = read_table(written(rows, delimiter=delimiter, end=end).encode(codec))

    assert (table.columns, cells(table)) == (rows[0], rows[1:])
    assert (table.delimiter, table.encoding, table.has_header) == (delimiter, encoding, True)
    assert [row.line for row in table.rows] == [2, 3, 4]


def test_tables_of_chance_come_back_as_they_were_written() -> None:
    chance = random.Random(20)
    letters = "abcXYZ019 äß東’\"',;|\t\r\n-_."
    for _ in range(300):
        delimiter, end = chance.choice(",;|\t"), chance.choice(["\r\n", "\n", "\r"])
        width = chance.randint(2, 6)
        body = [
            [f"x{''.join(chance.choices(letters, k=chance.randint(0, 12)))}x" for _ in range(width)]
            for _ in range(chance.randint(3, 8))
        ]
        rows = [[f"Name {number}" for number in range(width)], *body]
        text = f"sep={delimiter}\n{written(rows, delimiter=delimiter, end=end, quoting=1)}"

        table = read_table(text.encode(chance.choice(["utf-8", "utf-8-sig", "utf-16"])), header=True)

        assert [list(row.cells) for row in table.rows] == body


@pytest.mark.parametrize(
    "names",
    [
        ["Müller", "Groß", "Jörg"],
        ["García", "Peña", "Íñigo"],
        ["Hélène", "François", "Noël"],
        ["João", "Conceição", "Antônio"],
        ["Åse", "Bjørn", "Søren"],
        ["Öberg", "Ärzte", "Übel"],
        ["Jörg"],
        ["Jose O’Brien"],
    ],
    ids=lambda names: names[0],
)
def test_windows_and_the_mac_are_told_apart_by_their_letters(names: list[str]) -> None:
    text = "\n".join(f"{name},{number}" for number, name in enumerate(names))

    assert [row.cells[0] for row in read_table(text.encode("cp1252"), header=False).rows] == names
    if names != ["Jose O’Brien"]:  # by itself it might as well be an í, so Windows it is
        assert [row.cells[0] for row in read_table(text.encode("mac-roman"), header=False).rows] == names


def test_signs_of_windows_are_kept() -> None:
    text = "Name,Note\nAlice,“25 €” – it’s fine…\nBob,n° 5"

    assert cells(read_table(text.encode("cp1252"))) == [("Alice", "“25 €” – it’s fine…"), ("Bob", "n° 5")]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=["crlf", "lf", "cr"])
def test_utf_8_with_a_damaged_line_is_not_mistaken_for_another_encoding(end: str, mark: bytes) -> None:
    data = mark + end.join(["Name,City", "Zoë,Köln", "Jürgen,Zürich", ""]).encode() + b"\xc9ric,Paris"

    assert refusal(data).startswith(
        "The file is in UTF-8, but line 4 holds something else. Save it as CSV (UTF-8)"
    )


def test_half_a_character_at_the_end_is_named() -> None:
    assert "UTF-16, but line 3" in refusal("Name,City\nA,B\nC,D".encode("utf-16") + b"x")


def test_bytes_without_a_letter_in_windows_1252_or_sense_on_the_mac_are_named() -> None:
    assert "Windows-1252, but line 2" in refusal("Name\nM\xfcller \x81\x81".encode("latin-1"))


def test_a_pasted_text_has_no_encoding() -> None:
    table = read_table("\ufeffName\tE-mail\r\nZoë\tzoe@example.com")

    assert (table.columns, cells(table)) == (("Name", "E-mail"), [("Zoë", "zoe@example.com")])
    assert (table.encoding, table.delimiter) == ("", "\t")


# Delimiters


@pytest.mark.parametrize(
    ("text", "delimiter", "width"),
    [
        ("Name;Amount\nAlice;1,5\nBob;2,5", ";", 2),
        ("1,5;Alice\n2,5;Bob\n3,5;Carol", ";", 2),
        ("Name, first name;E-mail\nMüller, Hans;h@example.com\nMaier, Eva;e@example.com", ";", 2),
        ("Name, first, title;E-mail\nMüller, Hans, Dr.;h@x.de\nMaier, Eva, Dr.;e@x.de", ";", 2),
        ("name,groups\nalice,a;b\nbob,a;b", ",", 2),
        ("alice,a@example.com,a;b\nbob,b@example.com,c;d", ",", 3),
        ('name,"groups; roles"\nalice,"a; b"\nbob,"a; b"', ",", 2),
        ("A, B, C\tE-mail\n1, 2, 3\tx@example.com\n1, 2, 3\ty@example.com", "\t", 2),
        ('a;b;c\n1;"2,3,4,5";3\n1;"2,3,4,5";3', ";", 3),
        ("name, email, device\nalice, a@example.com, Mac", ",", 3),
        ("a|b|c\n1|2|3", "|", 3),
        ('sep=;\nName;Amount,net\nAlice;1,5', ";", 2),
        ('"sep=^"\r\nName^E-mail\r\nAlice^a@example.com', "^", 2),
        ("SEP=\t\nName\tE-mail\nAlice\ta@example.com", "\t", 2),
        ("\n\n;;\nName;Amount;\nAlice;1,5;x", ";", 3),
        ("a,b,c\n1,2,3\n1,2,3\n1,2\n1,2,3,4\n1,2,3", ",", 3),
    ],
)  # fmt: skip
def test_the_delimiter_is_found(text: str, delimiter: str, width: int) -> None:
    table = read_table(text)

    assert (table.delimiter, len(table.columns)) == (delimiter, width)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name\nalice\nbob", ["alice", "bob"]),
        ("Name\nMüller, Hans\nMaier, Eva", ["Müller, Hans", "Maier, Eva"]),
        ('Name\n"Müller, Hans"\n"Maier; Eva"', ["Müller, Hans", "Maier; Eva"]),
        ("E-mail\ralice@example.com\rbob@example.com\r", ["alice@example.com", "bob@example.com"]),
    ],
)
def test_a_list_of_one_column_needs_no_delimiter(text: str, expected: list[str]) -> None:
    table = read_table(text)

    assert (len(table.columns), table.delimiter) == (1, ",")
    assert cells(table) == [(cell,) for cell in expected]


def test_the_line_that_names_the_delimiter_is_no_row() -> None:
    table = read_table("sep=;\r\nName;Amount\r\nAlice;1,5")

    assert (table.columns, table.rows[0].line) == (("Name", "Amount"), 2)


def test_a_long_list_is_judged_by_its_beginning() -> None:
    rows = [("Name", "Note"), *[(f"Person {number}", 'a; "b", c\nd') for number in range(10_000)]]

    assert cells(read_table(written(rows).encode())) == rows[1:]


# Rows


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    table = read_table('\r\nName,Note\r\n\r\n ,\u00a0\r\nAlice,"two\r\nlines"\r\n,,\r\nBob,x\r\n')

    assert [(row.line, row.cells) for row in table.rows] == [
        (5, ("Alice", "two\r\nlines")),
        (7, ("Bob", "x")),
    ]


def test_blanks_around_cells_go_and_those_within_stay() -> None:
    table = read_table('Name;Note\n\u00a0 Alice  B. \u202f; "\t x \u3000"\n')

    assert cells(table) == [("Alice  B.", "x")]


def test_control_characters_are_left_for_the_check_that_names_them() -> None:
    text = "Name,Note\nAlice\x1f,\x07x\x0b\nBob,\x00y"

    assert cells(read_table(text)) == [("Alice\x1f", "\x07x\x0b"), ("Bob", "\x00y")]
    assert cells(read_table(text.encode("utf-16")))[1] == ("Bob", "\x00y")


def test_rows_that_are_too_short_or_too_long_are_kept_as_they_are() -> None:
    table = read_table("Name,E-mail,Device\nAlice\nBob,b@example.com,Mac,,more\nCarol,c@example.com,")

    assert cells(table) == [
        ("Alice",),
        ("Bob", "b@example.com", "Mac", "", "more"),
        ("Carol", "c@example.com", ""),
    ]


def test_columns_that_a_spreadsheet_left_empty_are_none() -> None:
    table = read_table("Name;E-mail;;\nAlice;a@example.com;;\nBob;b@example.com;;;;;;\n")

    assert table.columns == ("Name", "E-mail")
    assert cells(table) == [("Alice", "a@example.com"), ("Bob", "b@example.com")]


def test_a_column_without_a_name_but_with_cells_is_numbered() -> None:
    table = read_table("Name;;E-mail;;\nAlice;x;a@example.com;y;\n", header=True)

    assert table.columns == ("Name", "Column 2", "E-mail", "Column 4")
    assert cells(table) == [("Alice", "x", "a@example.com", "y")]


def test_a_named_column_counts_though_nobody_has_anything_in_it() -> None:
    assert read_table("Name,E-mail,Device\nAlice,a@example.com,\n").columns == ("Name", "E-mail", "Device")


def test_without_a_header_the_columns_are_those_that_most_rows_have() -> None:
    table = read_table("a@x.org,A,1\nb@x.org,B,2\nc@x.org,C,3,stray\nd@x.org,D,4", header=False)

    assert table.columns == ("Column 1", "Column 2", "Column 3")
    assert table.rows[2].cells == ("c@x.org", "C", "3", "stray")


# Headers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name,Team\nalice,Sales", True),
        ("User name,Floor\nalice,Ground", True),
        ("E-Mail-Adresse;Stock\na@example.com;Erdgeschoss", True),
        ("Kürzel;Anschrift\nab;a@example.com\ncd;c@example.com", True),
        ("Who,Number\nalice,17", True),
        ("Who,Where\nalice,Room 1\nbob,Room 2\ncarol,Room 3", True),
        ("alice,Sales\nbob,IT", False),
        ("alice,Sales\nbob2,IT\ncarol3,HR", False),
        ("Name,Name\nalice,Sales", False),
        ("Name,\nalice,Sales", True),
        (",Name,E-mail\n0,alice,a@example.com", False),
        ("alice,a@example.com\nbob,b@example.com", False),
        ("Name,12\nalice,13", False),
        ("Name,10.0.0.1\nalice,10.0.0.2", False),
        ("Name,fe80::1\nalice,fe80::2", False),
        ("Name,https://example.com\nalice,https://example.org", False),
        ("Name,123e4567-e89b-12d3-a456-426614174000\nalice,x", False),
        ("Name,+49 (30) 12-34\nalice,x", False),
        ("Name,12.05.2024\nalice,x", False),
        (f"Name,{'x' * 101}\nalice,x", False),
        ("alice@example.com", False),
        ("alice\nbob\ncarol", False),
    ],
)
def test_a_header_is_found_by_names_and_by_what_is_below(text: str, expected: bool) -> None:
    table = read_table(text)

    assert table.has_header is expected
    assert len(table.rows) == text.count("\n") + (not expected)


@pytest.mark.parametrize("known", ["tunnel_id", "TUNNEL ID", "Tunnel-Id"])
def test_the_name_of_a_variable_makes_a_header_of_the_first_row(known: str) -> None:
    text = "Tunnel ID,,Tunnel ID\na,b,c\n"

    assert not read_table(text).has_header
    assert read_table(text, known=["other", known]).columns == ("Tunnel ID", "Column 2", "Tunnel ID (2)")


def test_a_variable_without_a_label_makes_no_header() -> None:
    assert not read_table("alice,,x\nbob,,y", known=["", "--"]).has_header


def test_who_says_whether_there_is_a_header_is_believed() -> None:
    assert cells(read_table("Name,E-mail\nAlice,a@example.com", header=False))[0] == ("Name", "E-mail")
    assert read_table("alice,a@example.com\nbob,b@example.com", header=True).columns == (
        "alice",
        "a@example.com",
    )


def test_every_column_has_a_name_of_its_own_on_one_line() -> None:
    table = read_table(
        f'Name,name,"Name (2)","first\nname",,\x07,Column 5,{"n" * 300}\n1,2,3,4,5,6,7,8', header=True
    )

    assert table.columns == (
        "Name",
        "name (2)",
        "Name (2) (2)",
        "first name",
        "Column 5",
        "Column 6",
        "Column 5 (2)",
        "n" * 100,
    )


# What is no table


@pytest.mark.parametrize(
    "data", [b"", b"\n\r\n ", "", b"\xef\xbb\xbf", b";;;\n;;;\n", b"\xff\xfe", "sep=;\n"], ids=repr
)
def test_a_list_without_anything_is_refused(data: bytes | str) -> None:
    assert refusal(data) == "The list is empty. Give it a row for each person."


@pytest.mark.parametrize("header", [None, True])
def test_a_list_with_a_header_alone_is_refused(header: bool | None) -> None:
    assert refusal("Name,E-mail\n,\n", header=header) == (
        "The list has a header, but no row below it. Add a row for each person."
    )


@pytest.mark.parametrize("magic", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00"])
def test_a_workbook_is_to_be_saved_as_csv(magic: bytes) -> None:
    assert refusal(magic + bytes(100)).startswith(
        "This is a workbook, not a list as text. Save it as CSV (UTF-8) in Excel"
    )


def test_a_list_that_begins_with_the_letters_of_a_zip_is_none() -> None:
    assert read_table(b"PK;Name\n1;Alice\n2;Bob").columns == ("PK", "Name")


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%\xe2\xe3",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xff\xd8\xff\xe0",
        b"{\\rtf1\\ansi Name}",
        b"\xef\xbb\xbf<?xml version='1.0'?><plist/>",
        b"\n<!DOCTYPE html><table>",
    ],
    ids=["pdf", "png", "jpeg", "rtf", "xml", "html"],
)
def test_a_document_or_picture_is_refused(data: bytes) -> None:
    assert refusal(data).startswith("This is a document or a picture, not a list as text.")


@pytest.mark.parametrize(
    "data",
    [b"\x7fELF\0\0\0\0\1\1", b"Name,x\nAl\0ice,y\n", bytes(1000), b"a\0b"],
    ids=["program", "nul", "nuls", "odd"],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert refusal(data).startswith("This file is no text, so it cannot be a list. Save it as CSV (UTF-8)")


@pytest.mark.parametrize("rest", ["", "\nBob,b@example.com" * 10], ids=["at the end", "in the middle"])
def test_a_quotation_mark_that_is_never_closed_is_named(rest: str) -> None:
    assert refusal(f'Name,E-mail\n"Carol\nD.",c@example.com\nX,y\n"Alice,a@example.com{rest}') == (
        "In line 5 a cell begins with a quotation mark that is never closed. Close it, or leave it out."
    )


def test_a_quotation_mark_that_takes_in_most_of_a_file_is_named() -> None:
    text = 'Name,E-mail\n"Alice,a@example.com\n' + "Bob,b@example.com\n" * 10_000

    assert refusal(text).startswith(
        "A cell of the row that begins in line 2 has more than 10,000 characters."
    )


@pytest.mark.parametrize("cell", ['"Bob" Smith', '"a\\"b"', '"a"b"'])
def test_text_after_a_quoted_cell_is_not_guessed_at(cell: str) -> None:
    assert refusal(f"Name,x\nAlice,y\n{cell},z\n").startswith(
        "In the row that begins in line 3, text follows the closing quotation mark of a cell."
    )


def test_quotation_marks_within_a_cell_are_text() -> None:
    assert cells(read_table('Name\tSize\nBob "B" Smith\t5" pipe\n')) == [('Bob "B" Smith', '5" pipe')]


# Bounds


def test_as_many_rows_as_are_allowed_are_read_and_no_more() -> None:
    body = "\n".join(f"alice,{number}" for number in range(MAX_ROWS))

    assert len(read_table(f"Name,Number\n{body}").rows) == MAX_ROWS
    assert len(read_table(body, header=False).rows) == MAX_ROWS
    assert refusal(f"Name,Number\n{body}\nbob,1") == "The list has more than 100,000 rows. Split it."
    assert refusal(f"{body}\nbob,1", header=False) == "The list has more than 100,000 rows. Split it."


def test_as_many_columns_as_are_allowed_are_read_and_no_more() -> None:
    row = ",".join(f"x{number}" for number in range(MAX_COLUMNS))

    assert len(read_table(f"{row}\n{row},,,,", header=False).columns) == MAX_COLUMNS
    assert refusal(f"{row}\n{row},one more").startswith("Row 2 has more than 200 cells.")


def test_cells_are_as_long_as_is_allowed_and_no_longer() -> None:
    assert cells(read_table(f"Name,Note\nAlice,{'x' * MAX_CELL}")) == [("Alice", "x" * MAX_CELL)]
    assert refusal(f"Name,Note\nAlice,{'x' * (MAX_CELL + 1)}") == (
        "A cell in row 2 has more than 10,000 characters. Shorten it."
    )
    assert refusal(f"Name,Note\nAlice,{'x' * 200_000}").startswith(
        "A cell of the row that begins in line 2 has more than 10,000 characters."
    )


def test_there_are_bounds_for_what_rows_and_columns_allow_together() -> None:
    wide = "ab," * 100 + "\n"

    assert refusal(wide * (MAX_CELLS // 100)).startswith("The list has more than 3,000,000 cells.")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"x" * MAX_BYTES, "The row that begins in line 1 does not end within 2,000,000 characters."),
        (b'"' * MAX_BYTES, "The row that begins in line 1 does not end"),
        (b'"' * (MAX_BYTES - 1), "The row that begins in line 1 does not end"),
        (b"," * MAX_BYTES, "The row that begins in line 1 does not end"),
        (b"\t" * MAX_BYTES, "The row that begins in line 1 does not end"),
        (b'"\n",' * (MAX_BYTES // 4), "The row that begins in line 1 does not end"),
        (b'a,b\n"' + b"x\n" * (MAX_BYTES // 2 - 3), "A cell of the row that begins in line 2 has more than"),
        (b"\n" * MAX_BYTES, f"The list has more than {MAX_LINES:,} lines."),
        (b"\r" * MAX_BYTES, f"The list has more than {MAX_LINES:,} lines."),
        ((b"," * 199 + b"\n") * (MAX_BYTES // 200), "The list is empty."),
        (b" " * MAX_BYTES, "The row that begins in line 1 does not end"),
        (b"\xff" * MAX_BYTES, "The row that begins in line 1 does not end"),
        (b"x" * (MAX_BYTES + 1), "The list is larger than 32 MB."),
    ],
    ids=[
        "one line", "even quotes", "odd quotes", "commas", "tabs", "quoted lines", "open quote", "newlines", "returns",
        "empty cells", "blanks", "high bytes", "too much",
    ],
)  # fmt: skip
def test_hostile_lists_are_refused_soon_and_in_little_memory(data: bytes, sentence: str) -> None:
    began = time.process_time()
    assert refusal(data).startswith(sentence)
    assert time.process_time() - began < 10


def test_a_refusal_takes_little_memory() -> None:
    data = b"," * MAX_BYTES
    tracemalloc.start()
    try:
        refusal(data)
        assert tracemalloc.get_traced_memory()[1] < 3 * MAX_BYTES
    finally:
        tracemalloc.stop()


def test_a_list_of_everybody_is_read_in_no_time() -> None:
    rows = [
        (
            f"Jürgen {number}",
            f"Müller {number}",
            f"user{number}@example.com",
            "Sales, north",
            f"C02{number:09}",
            "x;y",
        )
        for number in range(MAX_ROWS)
    ]
    data = written([("First name", "Last name", "E-mail", "Department", "Serial", "Note"), *rows]).encode()

    began = time.process_time()
    table = read_table(data)
    assert time.process_time() - began < 5
    assert cells(table) == rows


def test_no_refusal_repeats_what_is_in_the_list() -> None:
    texts: list[bytes | str] = [
        f'Name\n"hunter2{"x" * 20_000}',
        'Name,x\n"hunter2" hunter2,y',
        "hunter2," * 300,
        b"Name\nhunter2\x00",
    ]
    assert not [text for text in texts if re.search("hunter2", refusal(text, header=True))]
