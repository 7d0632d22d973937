"""The IKEv2 payload and the envelope as Apple documents them."""

from __future__ import annotations

import pytest

from profiles.catalogue.payloads.vpn_ikev2 import PAYLOAD
from tests.catalogue import ikev2_facts
from tests.catalogue.facts import agrees, told

IKEV2_FACTS = {f"IKEv2.{path}": fact for path, fact in ikev2_facts.IKEV2.items()}


@pytest.mark.parametrize("path", IKEV2_FACTS)
def test_a_key_of_ikev2_is_as_apple_documents_it(path: str) -> None:
    agrees(told()["vpn-ikev2"][path], IKEV2_FACTS[path], ikev2_facts.IKEV2_SINCE)


@pytest.mark.parametrize("path", ikev2_facts.ENVELOPE)
def test_a_key_of_the_envelope_is_as_apple_documents_it(path: str) -> None:
    agrees(told()["profile"][path], ikev2_facts.ENVELOPE[path], ikev2_facts.ENVELOPE_SINCE)


def test_the_catalogue_has_the_46_keys_of_ikev2_and_no_other() -> None:
    direct = {path for path in IKEV2_FACTS if path.count(".") == 1 and "[]" not in path}
    assert len(direct) == 46
    assert {path for path in told()["vpn-ikev2"] if path.startswith("IKEv2.")} == set(IKEV2_FACTS)


def test_the_envelope_has_the_documented_keys_and_no_other() -> None:
    assert set(told()["profile"]) == set(ikev2_facts.ENVELOPE)


def test_the_payload_is_told_apart_by_its_vpn_type() -> None:
    assert PAYLOAD.payload_type == "com.apple.vpn.managed"
    assert PAYLOAD.discriminator == {"VPNType": "IKEv2"}


def test_every_key_of_the_child_association_inherits_from_its_twin() -> None:
    ike, child = (f"IKEv2.{name}." for name in ikev2_facts.ASSOCIATIONS)
    inherits = {key.path: key.inherits for key in PAYLOAD.keys if key.path.startswith(child)}
    assert inherits == {path: path.replace(child, ike) for path in inherits}
    assert len(inherits) == 5
    assert not [key.path for key in PAYLOAD.keys if key.inherits and key.path not in inherits]
