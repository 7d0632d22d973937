"""What sentences on effects are made of: short, in one line, and never more than a part of the sentence."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from profiles.catalogue.effect_text import (
    LONGEST,
    called,
    day,
    domains,
    host,
    line,
    place,
    places,
    quoted,
    span,
)

ODD: list[Any] = [None, 0, 1.5, True, b"bytes", [], ["a list"], {}, {"a": "b"}, object(), {1, 2}]


def test_a_text_becomes_one_line() -> None:
    assert line("  Head\nOffice\t\u2028 North ") == "Head Office North"


def test_a_long_text_is_cut() -> None:
    assert line("x" * LONGEST) == "x" * LONGEST
    assert line("x" * 70_000) == "x" * (LONGEST - 1) + "…"


def test_a_text_cannot_turn_the_direction_of_the_sentence_or_leave_its_quotes() -> None:
    assert quoted("\u202eeciffO\u2066") == "“eciffO”"
    assert quoted("Office”. It is harmless. “") == '“Office". It is harmless. "”'


def test_what_cannot_be_sent_is_left_out() -> None:
    assert line("a\ud800b\x00c\uffff") == "a b c"


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_text_is_not_set(odd: Any) -> None:
    assert (line(odd), quoted(odd), place(odd), host(odd)) == ("", "", "", "")


def test_the_first_text_is_the_name() -> None:
    assert quoted(None, "", "  ", 5, "Office", "Branch") == "“Office”"


def test_what_has_no_name_is_one_of_its_kind() -> None:
    assert called("identity", None, "alice") == "the identity “alice”"
    assert (called("identity"), called("certificate", "")) == ("an identity", "a certificate")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("vpn.example.com", "vpn.example.com"),
        (" vpn.example.com. ", "vpn.example.com"),
        ("203.0.113.7", "203.0.113.7"),
        ("fe80::1%en0", "fe80::1%en0"),
        ("bücher.example", "bücher.example"),
        ("vpn.example.com. Nothing else", "“vpn.example.com. Nothing else”"),
        ("alice:secret@vpn.example.com", "vpn.example.com"),
        ("x" * 100 + "@vpn.example.com", "vpn.example.com"),
    ],
)
def test_a_host_stands_in_the_sentence_as_it_is(value: str, words: str) -> None:
    assert place(value) == words


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://ca.example.com:8443/acme?token=secret", "ca.example.com"),
        ("https://alice:secret@ca.example.com/", "ca.example.com"),
        ("https://[2001:db8::1]/scep", "2001:db8::1"),
        ("https://[broken/", ""),
        ("ca.example.com/scep", ""),
        ("https://", ""),
    ],
)
def test_of_an_address_only_the_host_is_told(address: str, words: str) -> None:
    assert host(address) == words


def test_the_hosts_of_a_list_are_told_once() -> None:
    assert places(["10.0.0.53", 5, "", None, "10.0.0.53", "10.0.0.54"]) == ["10.0.0.53", "10.0.0.54"]
    assert places("10.0.0.53") == []


def test_an_empty_domain_is_every_other() -> None:
    assert domains(["corp.example", "lab.example"]) == "corp.example and lab.example"
    assert domains(["corp.example", ""]) == ""
    assert domains([]) == ""
    assert domains({"corp.example": 1}) == ""


def test_a_date_is_told_in_english() -> None:
    assert day(datetime(2026, 3, 3, 23, 59)) == "3 Mar 2026"  # noqa: DTZ001 — as property lists have it
    assert day(datetime(2026, 12, 31, tzinfo=UTC)) == "31 Dec 2026"
    assert [day(odd) for odd in ODD] == [""] * len(ODD)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.5, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (5400, "90 minutes"),
        (86_400.0, "1 day"),
        (604_800, "7 days"),
        (100_000, "about 28 hours"),
        (1_000_000, "about 12 days"),
        (8_640_000_000, "100,000 days"),
    ],
)
def test_a_span_is_told_in_a_unit_that_fits(seconds: float, words: str) -> None:
    assert span(seconds) == words


@pytest.mark.parametrize("odd", [0, -1, True, math.nan, math.inf, 1e300, 10**400, "60", None, [60]])
def test_what_is_no_span_is_not_set(odd: Any) -> None:
    assert span(odd) == ""
