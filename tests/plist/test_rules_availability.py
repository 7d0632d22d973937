"""Keys and payloads that a targeted system does not know."""

from __future__ import annotations

import pytest

from tests.plist.making import document, payload, problems, sentence, told


@pytest.mark.parametrize(
    ("targets", "known"),
    [
        ({}, True),
        ({"iOS": "18.5"}, True),
        ({"iOS": "26.0", "macOS": "15.5", "tvOS": "18.5"}, True),
        ({"iOS": "18.4.1"}, False),
        ({"iOS": "26.0", "macOS": "15.4"}, False),
        ({"tvOS": "18.4"}, False),
    ],
)
def test_a_key_that_a_target_does_not_know_is_ignored_there(targets: dict[str, str], known: bool) -> None:
    found = problems(targets=targets, EnforceStrictAlgorithmSelection=1)
    assert found == ([] if known else [("warning", "EnforceStrictAlgorithmSelection", "unavailable")])


def test_a_key_that_is_not_set_is_not_judged() -> None:
    suite = {"IKESecurityAssociationParameters": {"DiffieHellmanGroup": 19}}
    assert problems(suite, targets={"iOS": "12.0", "macOS": "10.13", "tvOS": "17.0"}) == []


def test_each_system_that_does_not_know_a_key_is_named() -> None:
    targets = {"iOS": "12.0", "macOS": "26.0", "visionOS": "1.0"}
    assert sentence("unavailable", targets=targets, EnableFallback=1) == (
        "EnableFallback is ignored on iOS / iPadOS before 13.0 and any macOS. Do not count on it there, or change "
        "the targets."
    )


@pytest.mark.parametrize(
    ("system", "version", "known"),
    [
        ("iOS", "3.2", False),
        ("macOS", "10.6", False),
        ("tvOS", "16.6", False),
        ("iOS", "4.0", True),
        ("tvOS", "17.0", True),
        ("visionOS", "1.0", True),
        ("watchOS", "10.0", False),
        ("watchOS", "26.0", False),
    ],
)
def test_a_target_that_does_not_know_the_payload_ignores_it(system: str, version: str, known: bool) -> None:
    assert (("warning", "", "unavailable") in problems(targets={system: version})) is not known


def test_a_watch_is_told_once_and_why() -> None:
    newer = {"PPK": bytes(32), "PPKIdentifier": "k", "EnforceRoutes": 1, "DeadPeerDetectionRate": "High"}
    weak = {"IKESecurityAssociationParameters": {"EncryptionAlgorithm": "AES-128", "DiffieHellmanGroup": 14}}
    assert problems(newer, weak, targets={"watchOS": "10.0"}) == [("warning", "", "unavailable")]
    assert sentence("unavailable", targets={"watchOS": "26.0"}) == (
        "No version of watchOS knows this payload, so it is ignored there. An Apple Watch has VPN for single apps "
        "alone (per-app VPN), which only an MDM can set up. Do not target watchOS."
    )
    assert sentence("unavailable", targets={"tvOS": "16.0"}) == (
        "tvOS before 17.0 does not know this payload, so it is ignored there. Do not count on it there, or change the "
        "targets."
    )


def test_an_item_of_a_list_is_as_available_as_the_list() -> None:
    post_quantum = {"IKESecurityAssociationParameters": {"PostQuantumKeyExchangeMethods": [36]}}
    path = "IKESecurityAssociationParameters.PostQuantumKeyExchangeMethods"
    assert problems(post_quantum, targets={"iOS": "18.0"}) == [("warning", path, "unavailable")]
    assert problems(post_quantum, targets={"iOS": "26.0"}) == []


@pytest.mark.parametrize(
    ("name", "value", "systems"),
    [
        ("PayloadRemovalDisallowed", True, ("visionOS", "watchOS")),
        ("PayloadScope", "System", ()),
        ("TargetDeviceType", 1, ()),
    ],
)
def test_the_envelope_is_judged_as_payloads_are(name: str, value: object, systems: tuple[str, ...]) -> None:
    for system in ("iOS", "visionOS", "watchOS"):
        found = told(document(payload(), targets={system: "26.0"}, envelope={name: value}))
        assert (("warning", name, "unavailable") in found) is (system in systems)
