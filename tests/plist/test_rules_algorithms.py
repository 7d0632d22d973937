"""Algorithms, lifetimes and post-quantum keys: what is refused, and what next to it is fine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plist.making import problems, tunnel

IKE, CHILD = "IKESecurityAssociationParameters", "ChildSecurityAssociationParameters"
BOTH = pytest.mark.parametrize("association", [IKE, CHILD])
OUTDATED = [
    ("EncryptionAlgorithm", "DES"),
    ("EncryptionAlgorithm", "3DES"),
    ("IntegrityAlgorithm", "SHA1-96"),
    ("IntegrityAlgorithm", "SHA1-160"),
    ("DiffieHellmanGroup", 1),
    ("DiffieHellmanGroup", 2),
    ("DiffieHellmanGroup", 5),
]


def strict(
    *, ike: dict[str, Any] | None = None, child: dict[str, Any] | None = None
) -> list[tuple[str, str, str]]:
    """The errors under strict selection that are its own."""
    parts = {name: values for name, values in ((IKE, ike), (CHILD, child)) if values}
    found = problems(parts, EnforceStrictAlgorithmSelection=1)
    return [problem for problem in found if problem[2].startswith("strict")]


def test_a_post_quantum_key_needs_its_name_and_the_name_its_key() -> None:
    assert problems(PPK=b"k") == [("error", "PPKIdentifier", "missing")]
    assert problems(PPKIdentifier="k1") == [("error", "PPK", "missing")]
    assert problems(PPK=b"k", PPKIdentifier="k1") == []


@pytest.mark.parametrize("insist", [0, 1])
def test_insisting_on_a_post_quantum_key_needs_one(insist: int) -> None:
    assert problems(PPKMandatory=insist) == [("warning", "PPKMandatory", "ignored")]
    assert problems(PPKMandatory=insist, PPK=b"k", PPKIdentifier="k1") == []


def test_a_post_quantum_key_is_data_and_not_text() -> None:
    assert ("error", "PPK", "wrong-type") in problems(PPK="k", PPKIdentifier="k1")


@BOTH
@pytest.mark.parametrize("methods", [[0], [36], [37, 36, 0], [36] * 7])
def test_up_to_seven_post_quantum_exchanges_are_fine(association: str, methods: list[int]) -> None:
    assert problems({association: {"PostQuantumKeyExchangeMethods": methods}}) == []


@BOTH
def test_more_than_seven_post_quantum_exchanges_are_too_many(association: str) -> None:
    assert problems({association: {"PostQuantumKeyExchangeMethods": [36] * 8}}) == [
        ("error", f"{association}.PostQuantumKeyExchangeMethods", "too-many")
    ]


@BOTH
@pytest.mark.parametrize(("method", "code"), [(35, "not-allowed"), (38, "not-allowed"), ("36", "wrong-type")])
def test_a_post_quantum_exchange_must_be_one_of_three(association: str, method: Any, code: str) -> None:
    assert problems({association: {"PostQuantumKeyExchangeMethods": [36, method]}}) == [
        ("error", f"{association}.PostQuantumKeyExchangeMethods[1]", code)
    ]


@BOTH
def test_fallback_only_matters_with_post_quantum_exchanges(association: str) -> None:
    assert problems(AllowPostQuantumKeyExchangeFallback=1) == [
        ("warning", "AllowPostQuantumKeyExchangeFallback", "ignored")
    ]
    assert (
        problems(
            {association: {"PostQuantumKeyExchangeMethods": [36]}}, AllowPostQuantumKeyExchangeFallback=1
        )
        == []
    )


@pytest.mark.parametrize("cipher", ["DES", "3DES"])
def test_strict_selection_refuses_weak_ciphers(cipher: str) -> None:
    weak = {"EncryptionAlgorithm": cipher}
    assert ("error", f"{IKE}.EncryptionAlgorithm", "strict-algorithms") in strict(ike=weak)
    assert ("error", f"{CHILD}.EncryptionAlgorithm", "strict-algorithms") in strict(child=weak)
    assert strict(ike={"EncryptionAlgorithm": "AES-128"}) == []


@pytest.mark.parametrize("group", [1, 2, 5])
def test_strict_selection_refuses_low_groups(group: int) -> None:
    low = {"DiffieHellmanGroup": group}
    assert strict(ike=low) == [("error", f"{IKE}.DiffieHellmanGroup", "strict-algorithms")]
    assert strict(child=low) == [("error", f"{CHILD}.DiffieHellmanGroup", "strict-algorithms")]
    assert strict(ike={"DiffieHellmanGroup": 14}, child={"DiffieHellmanGroup": 31}) == []


def test_without_strict_selection_weak_algorithms_are_only_warned_of() -> None:
    assert problems({IKE: {"EncryptionAlgorithm": "DES"}}) == [
        ("warning", f"{IKE}.EncryptionAlgorithm", "value-outdated")
    ]


@pytest.mark.parametrize(
    ("ike", "child", "refused"),
    [
        ("AES-128", "AES-256", True),
        ("AES-128-GCM", "AES-256-GCM", True),
        ("AES-128", "ChaCha20Poly1305", True),
        ("AES-128", None, True),  # the Child association has its own default, AES-256
        ("AES-256", "AES-128", False),
        ("AES-256", "AES-256-GCM", False),
        ("ChaCha20Poly1305", "AES-256-GCM", False),
        (None, "AES-256-GCM", False),
        (None, "AES-128", False),
    ],
)
def test_strict_selection_wants_ike_at_least_as_strong_as_the_traffic(
    ike: str | None, child: str | None, refused: bool
) -> None:
    told = strict(
        ike={"EncryptionAlgorithm": ike} if ike else None,
        child={"EncryptionAlgorithm": child} if child else {"LifeTimeInMinutes": 60},
    )
    assert told == ([("error", f"{IKE}.EncryptionAlgorithm", "strict-order")] if refused else [])


def test_a_child_association_that_follows_ike_is_as_strong() -> None:
    assert strict(ike={"EncryptionAlgorithm": "AES-128"}) == []


@BOTH
@pytest.mark.parametrize(("name", "value"), OUTDATED)
def test_an_outdated_algorithm_is_refused_from_26_on(association: str, name: str, value: Any) -> None:
    here = (f"{association}.{name}", "value-refused")
    for system in ("iOS", "macOS", "visionOS"):
        assert problems({association: {name: value}}, targets={system: "26.0"}) == [("error", *here)]
    for system in ("tvOS", "watchOS"):
        targets = {system: "18.0"}
        assert problems({association: {name: value}}, targets=targets) == [("error", *here)]


@BOTH
@pytest.mark.parametrize(("name", "value"), OUTDATED)
def test_an_outdated_algorithm_is_warned_of_elsewhere(association: str, name: str, value: Any) -> None:
    told = [("warning", f"{association}.{name}", "value-outdated")]
    assert problems({association: {name: value}}) == told
    assert problems({association: {name: value}}, targets={"iOS": "18.0", "macOS": "15.0"}) == told


@pytest.mark.parametrize("cipher", ["AES-128-GCM", "AES-256-GCM", "ChaCha20Poly1305"])
@BOTH
def test_a_cipher_that_protects_integrity_makes_the_hash_idle(association: str, cipher: str) -> None:
    hashed = {"EncryptionAlgorithm": cipher, "IntegrityAlgorithm": "SHA2-512"}
    assert problems({association: hashed}) == [
        ("advice", f"{association}.IntegrityAlgorithm", "integrity-unused")
    ]
    assert problems({association: {"EncryptionAlgorithm": cipher}}) == []


@BOTH
def test_a_hash_goes_with_the_other_ciphers(association: str) -> None:
    assert problems({association: {"EncryptionAlgorithm": "AES-256", "IntegrityAlgorithm": "SHA2-512"}}) == []


def test_forward_secrecy_wants_the_group_of_the_traffic_to_be_said() -> None:
    silent = [("advice", f"{CHILD}.DiffieHellmanGroup", "pfs-group")]
    assert problems(EnablePFS=1) == silent
    assert problems({IKE: {"DiffieHellmanGroup": 20}}, EnablePFS=1) == silent
    assert problems({CHILD: {"DiffieHellmanGroup": 20}}, EnablePFS=1) == []
    assert problems(EnablePFS=0) == []


@BOTH
@pytest.mark.parametrize(
    ("minutes", "code"), [(9, "too-small"), (10, ""), (1440, ""), (1441, "too-large"), (-5, "too-small")]
)
def test_keys_last_between_ten_minutes_and_a_day(association: str, minutes: int, code: str) -> None:
    told = [("error", f"{association}.LifeTimeInMinutes", code)] if code else []
    assert problems({association: {"LifeTimeInMinutes": minutes}}) == told


@pytest.mark.parametrize(
    ("size", "code"), [(1279, "too-small"), (1280, ""), (1400, ""), (1401, "too-large"), (1500, "too-large")]
)
def test_a_packet_has_between_1280_and_1400_bytes(size: int, code: str) -> None:
    assert problems(MTU=size) == ([("error", "MTU", code)] if code else [])


def test_a_child_association_follows_ike_until_it_says_something() -> None:
    ike = {"EncryptionAlgorithm": "AES-128", "DiffieHellmanGroup": 20}
    cases: list[tuple[dict[str, Any], str, int]] = [
        ({}, "AES-128", 20),
        ({"LifeTimeInMinutes": 60}, "AES-256", 14),
    ]
    for child, cipher, group in cases:
        (part,) = tunnel({IKE: ike, CHILD: child}).payloads
        scope = part.payload.scope(part.values, {})
        assert scope.effective(f"IKEv2.{CHILD}.EncryptionAlgorithm") == cipher
        assert scope.effective(f"IKEv2.{CHILD}.DiffieHellmanGroup") == group
