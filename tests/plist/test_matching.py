"""Which payload of one document is which of another, and which item of one list which of another."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings

from profiles.plist.diff.matching import pairs
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.imported.source_form import Kept
from profiles.plist.reading.read import read
from tests.plist import wild
from tests.plist.making import document
from tests.plist.trees import tree, vpn


def part(name: str, number: int, slug: str = "vpn-ikev2", **values: Any) -> PayloadDocument:
    return PayloadDocument(slug=slug, name=name, uuid=f"ABCDEF00-2222-3333-4444-{number:012}", values=values)


def matched(old: Document, new: Document, *, loosely: bool = True) -> list[tuple[str | None, str | None]]:
    """The names of each pair, or None."""
    return [
        (was.name if was else None, now.name if now else None)
        for was, now in pairs(old, new, loosely=loosely)
    ]


def test_the_same_uuid_is_the_same_payload_in_either_case_and_at_any_place() -> None:
    old = document(part("a", 1), part("b", 2))
    lower = replace(part("x", 1), uuid=part("x", 1).uuid.lower())
    for loosely in (False, True):
        assert matched(old, document(part("y", 2), lower), loosely=loosely) == [("b", "y"), ("a", "x")]


def test_strictly_nothing_else_counts() -> None:
    old, new = (
        document(part("a", 1, UserDefinedName="Office")),
        document(part("a", 2, UserDefinedName="Office")),
    )
    assert matched(old, new, loosely=False) == [(None, "a"), ("a", None)]
    assert matched(old, new) == [("a", "a")]


def test_another_type_is_another_payload_even_with_the_same_uuid() -> None:
    assert matched(document(part("a", 1)), document(part("b", 1, "scep"))) == [(None, "b"), ("a", None)]
    wifi, mail = (part(kind, 1, "other", PayloadType=f"com.apple.{kind}") for kind in ("wifi", "mail"))
    assert matched(document(wifi), document(mail)) == [(None, "mail"), ("wifi", None)]
    assert matched(document(wifi), document(replace(wifi, name="b"))) == [("wifi", "b")]


def test_a_uuid_that_is_none_is_the_same_where_it_says_the_same() -> None:
    def odd(*said: str) -> Document:
        uuids = iter(said)
        payloads = [vpn({"MTU": number}, number, PayloadUUID=next(uuids)) for number in range(len(said))]
        return replace(read(tree(*payloads)), uuid="0B5E1C1A-8B0D-4B53-9E36-1B9B7F3C2D11")

    found = pairs(odd("first", "second"), odd("Second", "other"), loosely=True)
    assert [was and was.known_as for was, _ in found] == ["second", "first"]


def test_the_identifier_counts_before_the_name_and_the_name_before_the_place() -> None:
    def named(name: str, number: int, identifier: str | None, title: str) -> PayloadDocument:
        kept = Kept(values={"PayloadIdentifier": identifier}) if identifier else None
        return replace(part(name, number, UserDefinedName=title), kept=kept)

    old = document(named("a", 1, "one", "A"), named("b", 2, None, "B"), named("c", 3, None, "C"))
    new = document(named("x", 4, None, "Z"), named("y", 5, None, "B"), named("z", 6, "one", "B"))
    assert matched(old, new) == [("c", "x"), ("b", "y"), ("a", "z")]


def test_an_identifier_that_is_made_here_is_one_that_a_file_may_say() -> None:
    made = part("made", 1)
    said = replace(
        part("said", 2, UserDefinedName="Other"),
        kept=Kept(values={"PayloadIdentifier": made.identifier_in("com.example.vpn")}),
    )
    assert matched(document(made, part("rest", 3)), document(part("first", 4), said)) == [
        ("rest", "first"),
        ("made", "said"),
    ]


def test_what_has_no_identifier_shares_none() -> None:
    bare = Kept(without=frozenset({"PayloadIdentifier", "PayloadUUID"}))
    old = document(
        replace(part("a", 1, UserDefinedName="A"), kept=bare),
        replace(part("b", 2, UserDefinedName="B"), kept=bare),
    )
    new = document(
        replace(part("b", 3, UserDefinedName="B"), kept=bare),
        replace(part("a", 4, UserDefinedName="A"), kept=bare),
    )
    assert matched(old, new) == [("b", "b"), ("a", "a")]


def test_of_several_that_are_called_the_same_the_order_decides() -> None:
    old = document(*(part(f"a{number}", number, UserDefinedName="A") for number in (1, 2, 3)))
    new = document(*(part(f"b{number}", number, UserDefinedName="A") for number in (4, 5)))
    assert matched(old, new) == [("a1", "b4"), ("a2", "b5"), ("a3", None)]


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles(), wild.profiles())
def test_each_payload_is_in_one_pair_with_one_of_its_type(one: dict[str, Any], other: dict[str, Any]) -> None:
    old, new = read(one), read(other)
    for loosely in (False, True):
        found = pairs(old, new, loosely=loosely)
        assert [now for _, now in found if now] == [*new.payloads]
        assert Counter(was.uuid for was, _ in found if was) == Counter(each.uuid for each in old.payloads)
        assert all(was.slug == now.slug for was, now in found if was and now)
    assert [(was, now) for was, now in pairs(old, old, loosely=True) if was is not now] == []
