"""Algorithms, lifetimes and post-quantum keys: what is refused, and what next to it is fine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from profiles.catalogue.fixes import REMOVED, Change, Fix
from profiles.plist.imported.source_form import Kept
from profiles.plist.validation.validate import validate
from tests.plist.making import problems, sentence, tunnel

IKE, CHILD = "IKESecurityAssociationParameters", "ChildSecurityAssociationParameters"
BOTH = pytest.mark.parametrize("association", [IKE, CHILD])
KEY = bytes(range(32))
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
    assert problems(PPK=KEY) == [("error", "PPKIdentifier", "missing")]
    assert problems(PPKIdentifier="k1") == [("error", "PPK", "missing")]
    assert problems(PPK=KEY, PPKIdentifier="k1") == []


@pytest.mark.parametrize(("insist", "severity"), [(0, "warning"), (1, "advice")])
def test_insisting_on_a_post_quantum_key_needs_one(insist: int, severity: str) -> None:
    assert problems(PPKMandatory=insist) == [(severity, "PPKMandatory", "ignored")]
    assert problems(PPKMandatory=insist, PPK=KEY, PPKIdentifier="k1") == []


@pytest.mark.parametrize(("length", "short"), [(1, True), (16, True), (31, True), (32, False), (64, False)])
def test_a_post_quantum_key_has_256_bits(length: int, short: bool) -> None:
    told = [("advice", "PPK", "ppk-short")] if short else []
    assert problems(PPK=b"k" * length, PPKIdentifier="k1") == told


def test_a_short_post_quantum_key_is_told_without_a_word_about_it() -> None:
    said = sentence("ppk-short", PPK=b"hunter2", PPKIdentifier="k1")
    assert said.endswith("Use 32 random bytes or more.")
    assert "hunter2" not in said


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
        told = problems({association: {name: value}}, targets={system: "26.0"})
        assert told == [("error", *here)]
    # Apple TV has VPN since tvOS 17, and never took these.
    told = problems({association: {name: value}}, targets={"tvOS": "17.0"})
    assert told == [("error", *here)]
    said = sentence("value-refused", {association: {name: value}}, targets={"tvOS": "17.0"})
    assert said.startswith("tvOS 17.0 and later refuse")


@BOTH
@pytest.mark.parametrize(("name", "value"), OUTDATED)
def test_an_outdated_algorithm_is_warned_of_elsewhere(association: str, name: str, value: Any) -> None:
    outdated = [("warning", f"{association}.{name}", "value-outdated")]
    for targets in ({}, {"iOS": "18.0", "macOS": "15.0"}):
        told = problems({association: {name: value}}, targets=targets)
        assert told == outdated


def test_no_system_is_named_without_its_versions() -> None:
    said = sentence("value-outdated", {IKE: {"EncryptionAlgorithm": "3DES"}})
    assert "tvOS 17.0 and later" in said
    assert "watchOS" not in said


AEAD = pytest.mark.parametrize("cipher", ["AES-128-GCM", "AES-256-GCM", "ChaCha20Poly1305"])


@AEAD
def test_a_cipher_that_protects_integrity_makes_the_hash_of_the_traffic_idle(cipher: str) -> None:
    hashed = {"EncryptionAlgorithm": cipher, "IntegrityAlgorithm": "SHA2-512"}
    path = f"{CHILD}.IntegrityAlgorithm"
    assert problems({CHILD: hashed}) == [("advice", path, "integrity-unused")]
    assert problems({CHILD: {"EncryptionAlgorithm": cipher}}) == []
    (found,) = validate(tunnel({CHILD: hashed}))
    assert found.finding.fix == Fix("Remove it", (Change(f"IKEv2.{path}", "SHA2-512", REMOVED),))


@AEAD
def test_beside_such_a_cipher_the_hash_of_ike_names_the_prf(cipher: str) -> None:
    hashed = {"EncryptionAlgorithm": cipher, "IntegrityAlgorithm": "SHA2-512"}
    assert problems({IKE: hashed}) == []
    assert problems({IKE: hashed, CHILD: {"EncryptionAlgorithm": cipher}}) == []


@BOTH
def test_a_hash_goes_with_the_other_ciphers(association: str) -> None:
    assert problems({association: {"EncryptionAlgorithm": "AES-256", "IntegrityAlgorithm": "SHA2-512"}}) == []


def test_forward_secrecy_wants_the_group_of_the_traffic_to_be_said() -> None:
    silent = [("advice", f"{CHILD}.DiffieHellmanGroup", "pfs-group")]
    assert problems(EnablePFS=1) == silent
    assert problems({IKE: {"DiffieHellmanGroup": 20}}, EnablePFS=1) == silent
    assert problems({CHILD: {"DiffieHellmanGroup": 20}}, EnablePFS=1) == []
    assert problems(EnablePFS=0) == []


@pytest.mark.parametrize("off", [0, None])
def test_a_group_of_the_traffic_does_nothing_without_forward_secrecy(off: int | None) -> None:
    group = {CHILD: {"EncryptionAlgorithm": "AES-256", "DiffieHellmanGroup": 20}}
    idle = [("advice", f"{CHILD}.DiffieHellmanGroup", "group-without-pfs")]
    assert problems(group, EnablePFS=off) == idle
    assert problems(group, EnablePFS=1) == []
    assert problems({IKE: {"DiffieHellmanGroup": 20}}, EnablePFS=off) == []


OLDER = {"iOS": "iOS / iPadOS before 17.0", "macOS": "macOS before 14.0"}


@pytest.mark.parametrize(
    ("targets", "older"),
    [
        ({}, []),
        ({"iOS": "17.0"}, []),
        ({"macOS": "14.0", "tvOS": "17.0", "visionOS": "1.0"}, []),
        ({"iOS": "16.7"}, ["iOS"]),
        ({"macOS": "13.0", "iOS": "17.0"}, ["macOS"]),
        ({"macOS": "13.6", "iOS": "16.0"}, ["iOS", "macOS"]),
    ],
)
def test_older_targets_offer_other_algorithms_where_none_is_set(
    targets: dict[str, str], older: list[str]
) -> None:
    path = f"{IKE}.EncryptionAlgorithm"
    assert problems(targets=targets) == ([("advice", path, "default-algorithms")] if older else [])
    for association in (IKE, CHILD):
        assert problems({association: {"LifeTimeInMinutes": 60}}, targets=targets) == []
    if older:
        said = sentence("default-algorithms", targets=targets)
        assert [system for system, named in OLDER.items() if named in said] == older


def test_an_empty_dictionary_of_the_traffic_is_not_the_same_as_none() -> None:
    def told(child: dict[str, Any] | None, **more: Any) -> list[tuple[str, str, str]]:
        whole = tunnel({CHILD: child}, **more)
        written = replace(whole, payloads=tuple(replace(part, kept=Kept()) for part in whole.payloads))
        return [(p.severity.value, p.path, p.code) for p in validate(written) if CHILD in p.path]

    assert told({}) == [("advice", f"IKEv2.{CHILD}", "child-empty")]
    assert told({"LifeTimeInMinutes": 60}) == told(None) == []
    # What is made here is not written while it is empty.
    assert problems({CHILD: {}}) == []


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
