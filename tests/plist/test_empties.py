"""Empty values in lists: not written of what is made here, and told of a file, whichever list it is."""

from __future__ import annotations

import copy
import plistlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import ListOf
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import Shape, nest
from profiles.plist.build import build, property_list
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.reading.read import read
from profiles.plist.validation.repairs import repaired, repairs
from profiles.plist.validation.validate import structure, validate
from tests.plist.exactness import differences
from tests.plist.making import TUNNEL, TUNNEL_UUID, document, problems, sentence, tunnel

ODD: tuple[Any, ...] = (
    *("", [], {}, b"", [""], ["", ""], [{}], [[]], [b""], ["", "a.example"], [{}, {}]),
    *([{"SSIDMatch": [""]}], [{"Domains": []}], 7, True, "a.example", ["a.example", 7], {"a": ""}),
)
PAYLOADS = [
    each for each in registry.payloads().values() if any(isinstance(key, ListOf) for key in each.keys)
]


def lists(shape: Shape) -> Iterator[tuple[str, ...]]:
    """The way to each list, through the lists that it is in."""
    for key in shape.keys:
        if isinstance(key, ListOf):
            yield (key.path,)
            yield from ((key.path, *inner) for each in key.shapes for inner in lists(each))


def put(shape: Shape, values: dict[str, Any], way: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The values with another one at the end of the way, in the first dictionary of each list."""
    flat = shape.flat(values)
    first, *rest = way
    key = shape.by_path[first]
    if rest:
        held = flat.get(first)
        item, *others = held if isinstance(held, list) and held else [{}]
        flat[first] = [put(key.shapes[0], item, tuple(rest), value), *others]
    else:
        flat[first] = value
    return nest(flat)


def odd(payload: Payload) -> Iterator[Document]:
    """A profile for each odd value in each list."""
    example = dict(payload.examples[0].values)
    for way in lists(payload.shape):
        for value in ODD:
            yield made(payload, put(payload.shape, copy.deepcopy(example), way, copy.deepcopy(value)))


def made(payload: Payload, values: dict[str, Any]) -> Document:
    return document(PayloadDocument(slug=payload.slug, name="a", uuid=TUNNEL_UUID, values=values))


def file_of(whole: Document, identifier: str = "") -> Document:
    """A file with these very values in its payload."""
    (part,) = whole.payloads
    tree = property_list(whole)
    own = {name: value for name, value in tree["PayloadContent"][0].items() if name.startswith("Payload")}
    renamed = {"PayloadIdentifier": identifier} if identifier else {}
    tree["PayloadContent"] = [{**own, **part.payload.discriminator, **part.values, **renamed}]
    found = read(tree)
    assert differences(property_list(found), tree) == []
    return found


def said(whole: Document) -> list[tuple[str, ...]]:
    return sorted((str(each.severity), each.path, each.code, each.message) for each in validate(whole))


def empties(value: Any, payload: Payload) -> Iterator[Any]:
    """All that is empty in lists, at whatever depth."""
    for way in lists(payload.shape):
        yield from _empties(payload.shape, value, way)


def _empties(shape: Shape, values: Any, way: tuple[str, ...]) -> Iterator[Any]:
    flat = shape.flat(values)
    key, rest = shape.by_path[way[0]], way[1:]
    if not isinstance(key, ListOf) or way[0] not in flat:
        return
    held = flat[way[0]]
    if not held:
        yield held
    for item in held:
        if not is_set(item) and not key.blank:
            yield item
        elif rest:
            yield from _empties(key.shapes[0], item, rest)


@pytest.mark.parametrize("payload", PAYLOADS, ids=[each.slug for each in PAYLOADS])
def test_a_list_that_is_made_here_is_written_without_what_is_empty(payload: Payload) -> None:
    seen = 0
    for whole in odd(payload):
        if any(not each.buildable for each in structure(whole)):
            continue
        seen += 1
        (part,) = plistlib.loads(build(whole))["PayloadContent"]
        assert [*empties(part, payload)] == []
    assert seen >= 4


@pytest.mark.parametrize("payload", PAYLOADS, ids=[each.slug for each in PAYLOADS])
def test_what_is_made_here_is_judged_by_what_is_written(payload: Payload) -> None:
    for whole in odd(payload):
        if any(not each.buildable for each in structure(whole)):
            continue
        again = read(plistlib.loads(build(whole)))
        assert again.payloads[0].kept is None
        names = replace(again, payloads=(replace(again.payloads[0], name="a"),))
        assert [each[2] for each in said(whole)] == [each[2] for each in said(names)], whole.payloads[
            0
        ].values


@pytest.mark.parametrize("payload", PAYLOADS, ids=[each.slug for each in PAYLOADS])
def test_whose_identifiers_a_file_has_changes_nothing_of_what_is_told(payload: Payload) -> None:
    for whole in odd(payload):
        assert said(file_of(whole)) == said(file_of(whole, "org.example.other")), whole.payloads[0].values


def test_a_rule_of_names_that_are_none_has_no_conditions() -> None:
    rules = [{"Action": "Ignore", "SSIDMatch": [""]}, {}, {"Action": "Connect"}]
    assert problems(OnDemandEnabled=1, OnDemandRules=rules) == [
        ("warning", "OnDemandRules[2]", "rule-unreachable")
    ]
    (part,) = property_list(tunnel(OnDemandEnabled=1, OnDemandRules=rules))["PayloadContent"]
    assert part["IKEv2"]["OnDemandRules"] == [{"Action": "Ignore"}, {"Action": "Connect"}]


def test_a_list_in_which_nothing_is_left_is_missing() -> None:
    rules = [{"Action": "EvaluateConnection", "ActionParameters": [{"Domains": [""]}]}, {"Action": "Connect"}]
    assert "ActionParameters is missing" in sentence("missing", OnDemandEnabled=1, OnDemandRules=rules)


def test_what_is_written_as_it_stands_is_judged_like_a_file() -> None:
    inside = {**TUNNEL, "EnablePFS": True, "AuthName": "", "LocalIdentifier": "x"}
    values = {"PayloadType": "com.apple.vpn.managed", "VPNType": "IKEv2", "UserDefinedName": "Office"}
    other = PayloadDocument(slug="other", name="a", uuid=TUNNEL_UUID, values={**values, "IKEv2": inside})
    written = property_list(document(other))
    assert written["PayloadContent"][0]["IKEv2"] == inside
    found = [each[:3] for each in said(document(other)) if each[2] in ("other-type", "wrong-type", "empty")]
    assert found == [("advice", "IKEv2.AuthName", "empty"), ("warning", "IKEv2.EnablePFS", "other-type")]
    assert set(found) <= {each[:3] for each in said(read(written))}


def test_a_whole_number_in_place_of_a_real_one_is_kept_and_needs_no_word() -> None:
    tree = property_list(tunnel())
    found = read({**tree, "DurationUntilRemoval": 86400})
    assert said(found) == []
    written = property_list(found)["DurationUntilRemoval"]
    assert (type(written), written) == (int, 86400)


@pytest.mark.parametrize(("value", "codes"), [(0, []), (1, ["always-on-only"])])
def test_keepalives_that_are_turned_off_are_right_for_any_tunnel(value: int, codes: list[str]) -> None:
    assert [code for _, _, code in problems(NATKeepAliveOffloadEnable=value)] == codes


@pytest.mark.parametrize("texts", [{"default": "Agree", "de": ""}, {"de": ""}], ids=str)
def test_a_language_without_a_text_is_told_of_a_file_and_mended(texts: dict[str, str]) -> None:
    tree = {**property_list(tunnel()), "ConsentText": texts}
    found = read(tree)
    assert differences(property_list(found), tree) == []
    assert [each[:3] for each in said(found)] == [("advice", "ConsentText.de", "empty")]
    offered = repairs(found, validate(found))
    mended = repaired(found, offered, [each.id for each in offered])
    assert [each[2] for each in said(mended) if each[2] != "empty"] == []
    assert "de" not in property_list(mended).get("ConsentText", {})
