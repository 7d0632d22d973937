"""What is set, in force and looked at among the values of one dictionary."""

from __future__ import annotations

import pytest

from profiles.catalogue.conditions import Equals, IsSet
from profiles.catalogue.keys import Choice, Key, Switch, Text
from profiles.catalogue.options import Option
from profiles.catalogue.payloads.vpn_ikev2 import PAYLOAD
from tests.catalogue.making import scope

IKE = "IKEv2.IKESecurityAssociationParameters"
CHILD = "IKEv2.ChildSecurityAssociationParameters"

CHAIN: tuple[Key, ...] = (
    Switch("First", label="First", default=0),
    Switch("Second", label="Second", revealed_by=Equals("First", 1)),
    Text("Third", label="Third", revealed_by=IsSet("Second")),
)


def test_a_value_that_is_set_is_in_force() -> None:
    assert scope(*CHAIN, values={"First": 1}).effective("First") == 1


def test_the_default_is_in_force_while_nothing_is_set() -> None:
    assert scope(*CHAIN, values={}).effective("First") == 0


@pytest.mark.parametrize("nothing", ["", b"", [], {}, None])
def test_an_empty_value_counts_as_not_set(nothing: object) -> None:
    seen = scope(*CHAIN, values={"First": nothing})
    assert not seen.is_set("First")
    assert seen.effective("First") == 0


@pytest.mark.parametrize("something", [0, False, 0.0, " ", [""], {"default": ""}])
def test_zero_false_and_a_list_of_something_count_as_set(something: object) -> None:
    assert scope(*CHAIN, values={"First": something}).is_set("First")


def test_nothing_is_in_force_without_value_and_default() -> None:
    assert scope(*CHAIN, values={}).effective("Third") is None
    assert scope(*CHAIN, values={}).effective("No such key") is None


def test_a_key_is_looked_at_when_its_condition_holds() -> None:
    second = CHAIN[1]
    assert scope(*CHAIN, values={"First": 1}).revealed(second)
    assert not scope(*CHAIN, values={}).revealed(second)


def test_a_key_is_never_required_while_the_device_does_not_look_at_it() -> None:
    key = Text("Timer", label="Timer", revealed_by=Equals("First", 1), required=True)
    assert not scope(CHAIN[0], key, values={}).required(key)
    assert scope(CHAIN[0], key, values={"First": 1}).required(key)


def test_a_key_can_be_required_under_a_condition() -> None:
    key = Text("Other", label="Other", required=IsSet("First"))
    assert scope(CHAIN[0], key, values={"First": 0}).required(key)
    assert not scope(CHAIN[0], key, values={}).required(key)


def test_settling_drops_what_the_device_does_not_look_at() -> None:
    settled = scope(*CHAIN, values={"First": 0, "Second": 1}).settled()
    assert settled.values == {"First": 0}


def test_settling_drops_what_only_a_dropped_value_revealed() -> None:
    settled = scope(*CHAIN, values={"Second": 1, "Third": "x"}).settled()
    assert settled.values == {}


def test_settling_leaves_what_is_looked_at() -> None:
    values = {"First": 1, "Second": 1, "Third": "x"}
    assert scope(*CHAIN, values=values).settled().values == values


def test_settling_keeps_the_values_that_it_is_told_to_keep() -> None:
    settled = scope(*CHAIN, values={"Second": 1, "Third": "x"}).settled(kept={"Second"})
    assert settled.values == {"Second": 1, "Third": "x"}


def test_settling_leaves_values_of_undeclared_keys() -> None:
    assert scope(*CHAIN, values={"Unheard": "of"}).settled().values == {"Unheard": "of"}


def test_a_default_that_conceals_counts_once_the_value_is_dropped() -> None:
    keys = (*CHAIN, Text("Fourth", label="Fourth", revealed_by=Equals("Second", 1)))
    assert scope(*keys, values={"Second": 1, "Fourth": "x"}).settled().values == {}


def test_the_child_association_follows_ike_while_nothing_is_set_in_it() -> None:
    seen = PAYLOAD.scope({"IKEv2": {"IKESecurityAssociationParameters": {"DiffieHellmanGroup": 20}}}, {})
    assert seen.effective(f"{CHILD}.DiffieHellmanGroup") == 20
    assert seen.effective(f"{CHILD}.EncryptionAlgorithm") == "AES-256"


def test_the_child_association_has_its_own_defaults_once_anything_is_set_in_it() -> None:
    values = {
        "IKESecurityAssociationParameters": {"DiffieHellmanGroup": 20, "EncryptionAlgorithm": "AES-128-GCM"},
        "ChildSecurityAssociationParameters": {"LifeTimeInMinutes": 60},
    }
    seen = PAYLOAD.scope({"IKEv2": values}, {})
    assert seen.effective(f"{CHILD}.DiffieHellmanGroup") == 14
    assert seen.effective(f"{CHILD}.EncryptionAlgorithm") == "AES-256"
    assert seen.effective(f"{IKE}.DiffieHellmanGroup") == 20


def test_an_empty_child_association_still_follows_ike() -> None:
    values = {
        "IKESecurityAssociationParameters": {"DiffieHellmanGroup": 20},
        "ChildSecurityAssociationParameters": {"EncryptionAlgorithm": ""},
    }
    assert PAYLOAD.scope({"IKEv2": values}, {}).effective(f"{CHILD}.DiffieHellmanGroup") == 20


def test_a_default_that_differs_between_systems_is_no_default() -> None:
    key = Choice("Local", label="Local", default_on={"iOS": 1, "macOS": 0}, choices=(Option(1), Option(0)))
    assert scope(key, values={}).effective("Local") is None
