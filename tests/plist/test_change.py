"""When two values are the same to a device, told with and without writing them."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from typing import Any, Final

import pytest

from profiles.plist.diff.change import are_same, exact

VALUES: Final[list[Any]] = [
    1,
    1.0,
    True,
    0,
    0.0,
    -0.0,
    1e16,
    10**16,
    "1",
    b"1",
    "",
    b"",
    [],
    {},
    [1],
    [True],
    [1, 1],
    {"a": 1},
    {"a": True},
    {"b": 1},
    {"a": 1, "b": [{"c": 1.0}]},
    {"b": [{"c": 1.0}], "a": 1},
    {"b": [{"c": 1}], "a": 1},
    {"base64": "MQ=="},
    datetime(2027, 1, 31, 12),  # noqa: DTZ001 - as plistlib reads dates
    datetime(2027, 1, 31, 13),  # noqa: DTZ001
    None,
]


@pytest.mark.parametrize("one", VALUES, ids=repr)
def test_two_values_are_the_same_where_they_are_written_the_same(one: Any) -> None:
    for other in VALUES:
        assert are_same(one, other) == (exact(one) == exact(other)), other


def test_a_value_is_the_same_as_a_copy() -> None:
    tree = {"a": [{"b": 1, "c": b"x"}, "text"], "d": {}}
    copy = {"d": {}, "a": [{"c": b"x", "b": 1}, "text"]}
    assert are_same(tree, copy)
    assert sum(are_same(one, other) for one, other in product(VALUES, VALUES)) == len(VALUES) + 2
