"""Property list values as JSON and back."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from profiles.exceptions import DocumentError
from profiles.plist.json_values import from_json, parse_base64, parse_date, to_json, utc
from tests.plist.exactness import differences

MOMENT = datetime(2027, 1, 31, 12, 0, 5)  # noqa: DTZ001 — as property lists have it

PAIRS: list[tuple[Any, Any]] = [
    ("text", "text"),
    (1, 1),
    (True, True),
    (1.0, 1.0),
    (-0.0, {"real": "-0.0"}),
    (b"\x00\xff", {"base64": "AP8="}),
    (b"", {"base64": ""}),
    (MOMENT, {"date": "2027-01-31T12:00:05Z"}),
    ([b"a", [MOMENT]], [{"base64": "YQ=="}, [{"date": "2027-01-31T12:00:05Z"}]]),
    ({"a": {"b": b"a"}}, {"a": {"b": {"base64": "YQ=="}}}),
    ({"base64": 5, "date": "x"}, {"base64": 5, "date": "x"}),
    ({}, {}),
    ([], []),
]


@pytest.mark.parametrize(("value", "written"), PAIRS)
def test_a_value_becomes_json_and_comes_back_with_its_type(value: Any, written: Any) -> None:
    assert differences(to_json(value), written) == []
    assert differences(from_json(json.loads(json.dumps(to_json(value)))), value) == []


@pytest.mark.parametrize("name", ["base64", "date", "dictionary"])
@pytest.mark.parametrize("inside", ["eA==", 5, {"date": "2027-01-31T12:00:00Z"}, b"x"])
def test_a_dictionary_that_looks_like_a_value_comes_back_as_a_dictionary(name: str, inside: Any) -> None:
    assert differences(from_json(to_json({name: inside})), {name: inside}) == []


def random_value(chance: random.Random, depth: int) -> Any:
    kinds: list[Any] = [
        "text",
        chance.randrange(-5, 5),
        chance.random(),
        chance.random() < 0.5,
        chance.randbytes(5),
        MOMENT,
    ]
    if depth and chance.random() < 0.6:
        names = chance.sample(["base64", "date", "dictionary", "a", "b.c"], chance.randrange(4))
        inner = {name: random_value(chance, depth - 1) for name in names}
        return chance.choice([inner, list(inner.values())])
    return chance.choice(kinds)


def test_any_value_comes_back() -> None:
    chance = random.Random(3)
    for _ in range(500):
        value = random_value(chance, 4)
        assert differences(from_json(json.loads(json.dumps(to_json(value)))), value) == []


@pytest.mark.parametrize("text", ["aGk=", "aGk", " aG\nk=\r\n", "aGk==="])
def test_base64_may_have_line_breaks_and_lack_padding(text: str) -> None:
    assert parse_base64(text) == b"hi"


@pytest.mark.parametrize("text", ["a", "a-_b", "ä", "aGk=aGk=", "{}", "aGk\x00"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=r"^This is not base64\. Use A–Z, a–z, 0–9, \+ and / only\.$"):
        parse_base64(text)


@pytest.mark.parametrize(
    "text",
    ["2027-01-31T12:00:05Z", "2027-01-31T12:00:05", "2027-01-31T14:00:05+02:00", "2027-01-31 12:00:05.9"],
)
def test_a_date_becomes_utc_in_whole_seconds(text: str) -> None:
    assert parse_date(text) == MOMENT
    assert parse_date(text).tzinfo is None


def test_a_day_begins_at_midnight_utc() -> None:
    assert parse_date("2027-01-31") == datetime(2027, 1, 31)  # noqa: DTZ001 — as property lists have it


@pytest.mark.parametrize("text", ["", "soon", "31.01.2027", "2027-13-01", "2027-01-32T00:00:00Z", "12:00"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=r"^This is not a date\. Write it as 2027-01-31T12:00:00Z\.$"):
        parse_date(text)


def test_a_moment_with_a_zone_becomes_utc() -> None:
    assert utc(MOMENT.replace(tzinfo=timezone(timedelta(hours=-5)))) == MOMENT + timedelta(hours=5)
    assert utc(MOMENT.replace(tzinfo=UTC, microsecond=999_999)) == MOMENT
