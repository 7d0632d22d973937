"""Several repairs at once, and repairs that no longer apply."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.catalogue.findings import Finding, Severity
from profiles.catalogue.fixes import NOTHING, Fix, drop, move, put
from profiles.plist.document import Document, Problem
from profiles.plist.reading.read import read
from profiles.plist.validation.repairs import Repair, effective, repaired, repairs
from profiles.plist.validation.validate import validate
from tests.plist.trees import tree, vpn


def repair(document: Document, fix: Fix) -> Repair:
    """The repair of the first payload that makes this fix."""
    part = document.payloads[0]
    problem = Problem(part.name, Finding(Severity.WARNING, fix.changes[0].path, "odd", "Odd.", fix=fix))
    return repairs(document, [problem])[0]


def made(ikev2: dict[str, Any], *fixes: Fix) -> dict[str, Any]:
    """What is left of the values inside IKEv2 with all these fixes made at once."""
    document = read(tree(vpn(ikev2)))
    chosen = [repair(document, fix) for fix in fixes]
    values = repaired(document, chosen, {each.id for each in chosen}).payloads[0].values
    return dict(values.get("IKEv2", {}))


def test_of_two_keys_that_are_meant_for_one_the_second_stays_where_it_is() -> None:
    one, two = (move(f"IKEv2.{name}", "IKEv2.MTU", value, "") for name, value in [("mtu", 1), ("Mtu", 2)])
    assert made({"mtu": 1, "Mtu": 2}, one, two) == {"MTU": 1, "Mtu": 2}


def test_a_move_onto_what_is_there_by_now_moves_nothing() -> None:
    moved = move("IKEv2.mtu", "IKEv2.MTU", 1400, "")
    assert made({"mtu": 1400, "MTU": 1300}, moved) == {"mtu": 1400, "MTU": 1300}


@pytest.mark.parametrize(
    ("ikev2", "path", "value", "left"),
    [
        ({"MTU": 1}, "IKEv2.MTU", 1, {}),
        (
            {"MTU": 1, "IKESecurityAssociationParameters": {"A": 1}},
            "IKEv2.IKESecurityAssociationParameters.A",
            1,
            {"MTU": 1},
        ),
        (
            {"OnDemandRules": [{"SSIDMatch": [""]}]},
            "IKEv2.OnDemandRules[0].SSIDMatch[0]",
            "",
            {"OnDemandRules": [{}]},
        ),
    ],
)
def test_what_has_nothing_left_in_it_goes_too_but_for_items_of_lists(
    ikev2: dict[str, Any], path: str, value: Any, left: dict[str, Any]
) -> None:
    assert made(ikev2, drop(path, value)) == left


def test_only_what_changes_something_is_effective() -> None:
    document = read(tree(vpn({"MTU": 1, "AuthName": "a"})))
    right = [put("IKEv2.MTU", 1, 2, ""), drop("IKEv2.AuthName", "a"), put("IKEv2.New", NOTHING, 1, "")]
    wrong = [put("IKEv2.MTU", True, 2, ""), drop("IKEv2.Gone", 1), move("IKEv2.MTU", "IKEv2.AuthName", 1, "")]
    found = effective(document, [repair(document, fix) for fix in [*right, *wrong]])
    assert [each.fix for each in found] == right


def test_every_repair_that_is_offered_of_a_file_is_effective() -> None:
    document = read(tree({**vpn({"EnablePFS": True, "mtu": 1, "AuthName": ""}), "PayloadVersion": 2.0}))
    offered = repairs(document, validate(document))
    assert len(offered) > 3
    assert effective(document, offered) == offered
