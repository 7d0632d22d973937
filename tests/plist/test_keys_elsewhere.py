"""Keys and dictionaries that are known in one place of a payload, in all its others: told with where they belong."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.keys import Dictionary, ListOf
from profiles.catalogue.shape import Shape
from profiles.plist.document import PayloadDocument, Problem
from profiles.plist.validation.repairs import mended
from profiles.plist.validation.validate import validate
from tests.plist.making import TUNNEL_UUID, WITH_SECRET, document, payload

HEAD = ("PayloadType", "PayloadVersion", "PayloadIdentifier", "PayloadUUID")
VALUE = {"Strange": "x"}
WRONG = {"misplaced-key", "no-effect-key"}


def filled(shape: Shape) -> dict[str, Any]:
    """A value with each dictionary of a shape in it, and an item in each list of dictionaries."""
    found: dict[str, Any] = {}
    for path in shape.containers:
        at(found, path)
    for key in shape.keys:
        if isinstance(key, ListOf) and isinstance(key.item, Dictionary):
            *way, name = key.path.split(".")
            at(found, ".".join(way))[name] = [filled(key.item.shape)]
    return found


def at(whole: dict[str, Any], path: str) -> dict[str, Any]:
    """The dictionary at a path, which is made where it is not there."""
    for name in filter(None, path.split(".")):
        whole = whole.setdefault(name, {})
    return whole


def dictionaries(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each dictionary inside a value, with its path."""
    if isinstance(value, dict):
        if path:
            yield path, value
        for name, inside in value.items():
            yield from dictionaries(inside, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from dictionaries(item, f"{path}[{index}]")


def told(slug: str, values: Mapping[str, Any], path: str) -> list[Problem]:
    part = PayloadDocument(slug=slug, name=slug, uuid=TUNNEL_UUID, values=values)
    return [problem for problem in validate(document(part)) if problem.path == path]


def known_here(shape: Shape, path: str, name: str) -> bool:
    """Does the dictionary at a path have such a key, in whatever letters?"""
    outside, bracket, rest = path.partition("]")
    if bracket:
        key = shape.by_path[outside.partition("[")[0]]
        inner, inside = key.shapes[0], rest.removeprefix(".")
        if inside:
            return known_here(inner, inside, name)
        return name.casefold() in {each.casefold() for each in inner.names}
    return f"{path}.{name}".casefold() in {each.casefold() for each in (*shape.by_path, *shape.containers)}


@pytest.mark.parametrize("slug", ["vpn-ikev2", "vpn-always-on", "scep"])
def test_what_is_known_at_the_top_is_unknown_nowhere(slug: str) -> None:
    kind = registry.payload(slug)
    whole, unknown, tried = filled(kind.shape), [], 0
    for name in (*kind.shape.names, *kind.elsewhere, *HEAD, *kind.discriminator):
        for path, _ in dictionaries(whole):
            if known_here(kind.shape, path, name):
                continue
            changed = copy.deepcopy(whole)
            dict(dictionaries(changed))[path][name] = VALUE
            found = told(slug, changed, f"{path}.{name}")
            tried += 1
            if not {problem.code for problem in found} & WRONG:
                unknown.append(f"{path}.{name}")
    assert unknown == []
    assert tried > 5


RULE: Mapping[str, Any] = {"Action": "Connect"}
PPP: Mapping[str, Any] = {"CommRemoteAddress": "vpn.example.com"}
IN_IKEV2 = [
    ("IKEv2.PPP", "no-effect-key", "PPP is for an L2TP VPN, and does nothing in this payload. Remove it."),
    (
        "IKEv2.alwayson",
        "no-effect-key",
        "alwayson is for an Always On VPN, and does nothing in this payload. Remove it.",
    ),
    ("IKEv2.VPNSubType", "no-effect-key", "VPNSubType does nothing here, nor beside IKEv2. Remove it."),
    (
        "IKEv2.PayloadType",
        "misplaced-key",
        "PayloadType belongs beside IKEv2, not inside it; the device ignores it here. Keep PayloadType there alone.",
    ),
    (
        "IKEv2.OnDemandRules[0].IPSec",
        "no-effect-key",
        "IPSec is for a Cisco IPsec VPN, and does nothing in this payload. Remove it.",
    ),
    (
        "IKEv2.OnDemandRules[0].MTU",
        "misplaced-key",
        "MTU belongs beside OnDemandRules, not inside it; the device ignores it here. Move it there.",
    ),
    (
        "IKEv2.OnDemandRules[0].DNS",
        "misplaced-key",
        "DNS belongs beside IKEv2, not inside it; the device ignores it here. Move it there.",
    ),
]


def by_rule(rule: Mapping[str, Any], **changes: Any) -> PayloadDocument:
    """A tunnel that connects on demand by one rule."""
    return payload({**WITH_SECRET, "OnDemandEnabled": 1, "OnDemandRules": [dict(rule)], **changes})


@pytest.mark.parametrize(("path", "code", "message"), IN_IKEV2, ids=[path for path, _, _ in IN_IKEV2])
def test_where_it_belongs_is_told(path: str, code: str, message: str) -> None:
    values = copy.deepcopy(dict(by_rule(RULE).values))
    where, _, name = path.rpartition(".")
    dict(dictionaries(values))[where][name] = 1400
    (found,) = told("vpn-ikev2", values, path)
    assert (found.severity.value, found.code, found.message) == ("warning", code, message)


def test_beside_the_dictionary_tools_write_it_so_it_is_advice() -> None:
    found = validate(document(payload(WITH_SECRET, unknown={"PPP": PPP})))
    assert [(each.severity.value, each.path, each.code) for each in found] == [
        ("advice", "PPP", "no-effect-key")
    ]


@pytest.mark.parametrize(
    ("strange", "moved"), [({"MTU": 1300}, {"MTU": 1300}), ({"PPP": PPP}, {})], ids=["MTU", "PPP"]
)
def test_what_can_only_be_meant_there_moves_out_of_an_item(
    strange: Mapping[str, Any], moved: Mapping[str, Any]
) -> None:
    (after,) = mended(document(by_rule({**RULE, **strange})), validate).document.payloads
    assert after.values == by_rule(RULE, **moved).values


def test_what_belongs_at_the_top_moves_there() -> None:
    part = by_rule({**RULE, "PayloadDisplayName": "Office"})
    (after,) = mended(document(part), validate).document.payloads
    assert after.values == {**by_rule(RULE).values, "PayloadDisplayName": "Office"}
