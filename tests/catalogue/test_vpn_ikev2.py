"""The IKEv2 payload and the envelope as Apple documents them, and what a person reads about each key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.payloads.vpn_ikev2 import PAYLOAD
from profiles.plist.catalogue_json import catalogue_json
from tests.catalogue import ikev2_facts
from tests.catalogue.ikev2_facts import Fact

TOLD: dict[str, dict[str, Any]] = {
    described["slug"]: {key["path"]: key for key in described["keys"]}
    for described in [*catalogue_json()["payloads"], catalogue_json()["envelope"]]
}
GONE = {"iOS": "26.0", "macOS": "26.0", "tvOS": None, "visionOS": "26.0", "watchOS": None}
IKEV2_FACTS = {f"IKEv2.{path}": fact for path, fact in ikev2_facts.IKEV2.items()}


def by_system(text: str, base: str = "") -> dict[str, str | None]:
    """“iOS 14.0, watchOS never” as a dictionary, on top of `base`."""
    entries = [part.split(" ") for part in f"{base}, {text}".split(", ") if part]
    return {system: None if version == ikev2_facts.NEVER else version for system, version in entries}


def agrees(told: dict[str, Any], fact: Fact, base: str) -> None:
    assert told["type"] == fact.type
    allowed = None if told["allowed"] is None else {(type(value), value) for value in told["allowed"]}
    assert allowed == (None if fact.allowed is None else {(type(value), value) for value in fact.allowed})
    assert (told["min"], told["max"], told["max_items"]) == (fact.least, fact.most, fact.most_items)
    assert (type(told["default"]), told["default"]) == (type(fact.default), fact.default)
    assert told["required"] is fact.required
    assert told["since"] == by_system(fact.since, base)
    assert {s: str(value) for s, value in told["default_by_os"].items()} == by_system(fact.by_os)
    assert {s: str(value) for s, value in told["max_on"].items()} == by_system(fact.most_on)
    assert told["allowed_until"] == {str(value): GONE for value in fact.until}


@pytest.mark.parametrize("path", IKEV2_FACTS)
def test_a_key_of_ikev2_is_as_apple_documents_it(path: str) -> None:
    agrees(TOLD["vpn-ikev2"][path], IKEV2_FACTS[path], ikev2_facts.IKEV2_SINCE)


@pytest.mark.parametrize("path", ikev2_facts.ENVELOPE)
def test_a_key_of_the_envelope_is_as_apple_documents_it(path: str) -> None:
    agrees(TOLD["profile"][path], ikev2_facts.ENVELOPE[path], ikev2_facts.ENVELOPE_SINCE)


def test_the_catalogue_has_the_46_keys_of_ikev2_and_no_other() -> None:
    direct = {path for path in IKEV2_FACTS if path.count(".") == 1 and "[]" not in path}
    assert len(direct) == 46
    assert {path for path in TOLD["vpn-ikev2"] if path.startswith("IKEv2.")} == set(IKEV2_FACTS)


def test_the_envelope_has_the_documented_keys_and_no_other() -> None:
    assert set(TOLD["profile"]) == set(ikev2_facts.ENVELOPE)


def test_the_connection_name_is_required_beside_the_dictionary_of_ikev2() -> None:
    told = TOLD["vpn-ikev2"]["UserDefinedName"]
    assert (told["type"], told["required"]) == ("string", True)


def test_just_the_four_secrets_are_secret() -> None:
    assert {path for path, key in TOLD["vpn-ikev2"].items() if key["secret"]} == ikev2_facts.SECRETS
    assert not [path for path, key in TOLD["profile"].items() if key["secret"]]


def test_the_payload_is_told_apart_by_its_vpn_type() -> None:
    assert PAYLOAD.payload_type == "com.apple.vpn.managed"
    assert PAYLOAD.discriminator == {"VPNType": "IKEv2"}


def test_every_key_of_the_child_association_inherits_from_its_twin() -> None:
    ike, child = (f"IKEv2.{name}." for name in ikev2_facts.ASSOCIATIONS)
    inherits = {key.path: key.inherits for key in PAYLOAD.keys if key.path.startswith(child)}
    assert inherits == {path: path.replace(child, ike) for path in inherits}
    assert len(inherits) == 5
    assert not [key.path for key in PAYLOAD.keys if key.inherits and key.path not in inherits]


def every_key() -> Iterator[Any]:
    for payload in (ENVELOPE, PAYLOAD):
        for key in payload.keys:
            for path, each in within(key, key.path):
                yield pytest.param(each, id=f"{payload.slug}/{path}")


def within(key: Key, path: str) -> Iterator[tuple[str, Key]]:
    """The key and those inside it; an item of a list has no help of its own, so only its keys count."""
    yield path, key
    if isinstance(key, ListOf) and isinstance(key.item, Dictionary):
        for inner in key.item.keys:
            yield from within(inner, f"{path}[].{inner.path}")


@pytest.mark.parametrize("key", list(every_key()))
def test_a_key_has_a_label_and_one_line_of_help(key: Key) -> None:
    assert key.label == key.label.strip() != ""
    assert len(key.label) <= 45
    assert key.help == key.help.strip()
    assert "\n" not in key.help
    assert key.help.endswith(".")
    assert key.help[0].isupper()
    assert 10 <= len(key.help) <= 140


@pytest.mark.parametrize("payload", [ENVELOPE, PAYLOAD], ids=lambda payload: str(payload.slug))
def test_no_two_keys_have_the_same_label(payload: Any) -> None:
    labels = [key.label for key in payload.keys]
    assert sorted(set(labels)) == sorted(labels)
