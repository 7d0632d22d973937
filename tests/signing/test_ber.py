"""BER in the shortest form: the same for each way to write one structure, and an error for what is none."""

from __future__ import annotations

import random

import pytest

from profiles.signing import ber
from tests.signing import ber_forms
from tests.signing.ber_forms import LONG, OPEN, Node
from tests.work import counted, soon


def grown(chance: random.Random, depth: int = 0) -> Node:
    """A random structure of sequences, sets, tagged elements and strings."""
    kind = chance.choice(
        ["octets", "text", "number", "sequence", "set", "tagged"] if depth < 5 else ["octets"]
    )
    data = chance.randbytes(chance.choice([0, 1, 5, 127, 128, 300]))
    match kind:
        case "octets":
            return Node(0, 4, data)
        case "text":
            return Node(0, 12, data)
        case "number":
            return Node(0, 2, data[:8] or b"\0")
    children = [grown(chance, depth + 1) for _ in range(chance.randrange(4))]
    class_, tag = {"sequence": (0, 16), "set": (0, 17), "tagged": (2, chance.randrange(5))}[kind]
    return Node(class_, tag, b"", children)


def test_each_way_to_write_a_structure_has_the_same_shortest_form() -> None:
    chance = random.Random(16)
    for _ in range(200):
        structure = grown(chance)
        der = structure.encoded()
        assert ber.plain(der) == der
        for each in list(structure.within()):
            each.form = chance.choice(["", OPEN, LONG])
            if (each.class_, each.tag) in ((0, 4), (0, 12)) and chance.random() < 0.5:
                each.in_pieces(chance.choice([1, 100, 1000]), chance.choice(["", OPEN, LONG]))
        assert ber.plain(structure.encoded()) == der


def test_elements_stand_one_behind_the_other() -> None:
    data = b"\x04\x01a" + b"\x30\x80\x04\x00\0\0" + b"\x9f\x81\x01\x01b"
    assert [(each.identifier, each.contents) for each in ber.elements(data)] == [
        (b"\x04", b"a"),
        (b"\x30", b"\x04\x00"),
        (b"\x9f\x81\x01", b"b"),
    ]
    assert b"".join(each.whole for each in ber.elements(data)) == data


def test_what_stands_behind_an_element_is_no_part_of_it() -> None:
    assert ber.plain(b"\x04\x81\x01a rest") == b"\x04\x01a"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x30\x80\x04\x01a",
        b"\x04\x05a",
        b"\x04\x80a\0\0",
        b"\x30\x02\x04\x05",
        b"\x24\x02\x30\x00",
        b"\x1f\x81\x81\x81\x81\x01\x00",
        b"\x30\x80" * 62 + b"\0\0" * 62,
    ],
)
def test_what_is_damaged_or_too_deep_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"element|tag|piece"):
        ber.plain(data)


def test_pieces_are_strings_of_octets_alone() -> None:
    assert ber.joined(b"\x04\x01a\x24\x80\x04\x01b\0\0\x04\x00") == b"ab"
    with pytest.raises(ValueError, match="no string of octets"):
        ber.joined(b"\x04\x01a\x0c\x01b")


def test_no_element_is_looked_at_again_for_each_that_it_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = b"\x30\x80" * 55 + b"\x04\x00" * 49_000 + b"\0\0" * 55
    looked = counted(monkeypatch, ber, "_contents")
    with soon():
        assert len(ber.plain(deep)) > 98_000
        assert looked["_contents"] == 2 * (55 + 49_000), "measured, then written"
        assert [len(each.contents) for each in ber.elements(deep)] == [len(deep) - 4]
        assert looked["_contents"] == 3 * (55 + 49_000) + 1


def test_the_longest_contents_have_the_shortest_length() -> None:
    for size, head in ((127, b"\x04\x7f"), (128, b"\x04\x81\x80"), (65_536, b"\x04\x83\x01\0\0")):
        written = Node(0, 4, bytes(size), form=LONG)
        assert ber_forms.tree(ber.plain(written.encoded())).contents == bytes(size)
        assert ber.plain(written.encoded()).startswith(head)
