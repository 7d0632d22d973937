"""Profiles as they are found in the wild, drawn at random: the whole catalogue, and whatever else a file may hold."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.payloads.other import SLUG as OTHER
from tests.key_samples import some_values

TEXTS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r\x85\u2028."),
    max_size=12,
)
# As property lists have them: without a zone, and in whole seconds.
DATES = st.datetimes().map(lambda moment: moment.replace(microsecond=0))
SCALARS = (
    TEXTS
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    # Without -0.0, of which plistlib makes 0.0 in a binary file that holds both.
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
    | st.binary(max_size=12)
    | DATES
    | st.sampled_from(["", 0, 1, 0.0, 1.0, True, "1", "true", "14"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXTS, inside, max_size=3),
    max_leaves=8,
)
UUIDS = st.uuids().map(lambda each: str(each).upper())


def known(payload: Payload) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the keys of a payload type, with values that they accept."""
    return st.tuples(st.integers(0, 2**32), st.sampled_from([0.1, 0.5, 1])).map(
        lambda drawn: dict(some_values(payload, random.Random(drawn[0]), drawn[1]))
    )


@st.composite
def spoiled(draw: st.DrawFn, values: dict[str, Any]) -> dict[str, Any]:
    """The same with some keys, nested too, that hold something else, and some that nobody knows."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        match draw(st.integers(0, 9)):
            case 0:
                found[name] = draw(VALUES)
            case 1:
                continue
            case _ if isinstance(value, dict):
                found[name] = draw(spoiled(value))
            case _:
                found[name] = value
    extra: dict[str, Any] = draw(st.dictionaries(TEXTS, VALUES, max_size=2))
    return {**extra, **found}


@st.composite
def identities(draw: st.DrawFn, uuids: st.SearchStrategy[str]) -> dict[str, Any]:
    """What a part says of itself, as rough as files are."""
    found = {
        "PayloadUUID": draw(st.one_of(uuids, uuids, TEXTS, VALUES)),
        "PayloadIdentifier": draw(st.one_of(st.just("com.example.same"), TEXTS, VALUES)),
        "PayloadVersion": draw(st.sampled_from([1, 1, 1.0, True, "1", 2])),
    }
    without = draw(st.sets(st.sampled_from([*found]), max_size=1))
    return {name: value for name, value in found.items() if name not in without}


@st.composite
def payloads(draw: st.DrawFn, uuids: st.SearchStrategy[str]) -> dict[str, Any]:
    """A payload of any type, known or not."""
    payload = draw(st.sampled_from([*registry.payloads().values()]))
    values = draw(known(payload).flatmap(spoiled))
    kind = {"PayloadType": payload.type_of(values), **payload.discriminator}
    if payload.slug == OTHER:
        kind = draw(
            st.sampled_from([{"PayloadType": "com.apple.wifi.managed"}, {"PayloadType": 1}, {}, kind])
        )
    return {**values, **kind, **draw(identities(uuids))}


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Any]:
    """A property list that is a profile, or nearly one."""
    few = st.sampled_from(draw(st.lists(UUIDS, min_size=1, max_size=3)))
    envelope = draw(known(ENVELOPE).flatmap(spoiled))
    content = draw(st.lists(payloads(few), max_size=4))
    odd = draw(st.integers(0, 19))
    return {
        **envelope,
        **draw(identities(few)),
        "PayloadType": "Profile Service" if odd == 0 else "Configuration",
        "PayloadContent": {"URL": "https://example.com"} if odd == 1 else content,
    }
