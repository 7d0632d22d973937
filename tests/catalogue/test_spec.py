"""Nested values and paths: what goes in comes out."""

from __future__ import annotations

from profiles.catalogue.keys import Text
from profiles.catalogue.payloads.vpn_ikev2 import PAYLOAD
from profiles.catalogue.shape import nest
from tests.catalogue.making import payload

DEEP = payload(Text("Top", label="Top"), Text("A.B.C", label="C"), Text("A.D", label="D"))


def test_the_paths_imply_their_dictionaries_outermost_first() -> None:
    assert DEEP.containers == ("A", "A.B")
    assert {*PAYLOAD.containers[:4]} == {"DNS", "IKEv2", "IPv4", "Proxies"}
    assert "IKEv2.ChildSecurityAssociationParameters" in PAYLOAD.containers


def test_keys_keep_the_order_of_the_form() -> None:
    assert [key.path for key in DEEP.keys] == ["Top", "A.B.C", "A.D"]
    assert list(DEEP.by_path) == ["Top", "A.B.C", "A.D"]


def test_nested_values_become_paths_and_come_back() -> None:
    values = {"Top": "t", "A": {"B": {"C": "c"}, "D": "d"}}
    assert DEEP.flat(values) == {"Top": "t", "A.B.C": "c", "A.D": "d"}
    assert nest(DEEP.flat(values)) == values


def test_what_is_none_is_not_there() -> None:
    assert DEEP.flat({"Top": None, "A": {"B": {"C": None}}}) == {}


def test_a_dictionary_that_is_no_container_is_a_value() -> None:
    assert DEEP.flat({"Other": {"B": 1}}) == {"Other": {"B": 1}}


def test_something_else_in_the_place_of_a_dictionary_stays_a_value() -> None:
    assert DEEP.flat({"A": "text"}) == {"A": "text"}


def test_a_dot_in_the_name_of_an_unknown_key_makes_it_no_path() -> None:
    values = {"A.D": "not the key D of A", "A": {"com.example.x": 1, "D": "d"}}
    assert nest(DEEP.flat(values)) == values
    assert "A.D" not in DEEP.flat({"A.D": "x"})
