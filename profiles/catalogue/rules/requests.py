"""The rules about certificates that the device asks for itself: SCEP and ACME."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from profiles.catalogue.findings import Finding, advice, error
from profiles.catalogue.scope import Scope
from profiles.catalogue.spec import Rule
from profiles.catalogue.wording import listed
from profiles.facts import LEAST_RSA_BITS

WEAK_BITS: Final = 1024
EC_SIZES: Final = (192, 256, 384, 521)
RSA_SIZES: Final = range(1024, 4097, 8)
HARDWARE_SIZES: Final = (256, 384)


class ScepKeySize(Rule):
    """1024 bits, which devices use when nothing is said, are too few."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = "PayloadContent.Keysize"
        if scope.effective(path) == WEAK_BITS:
            usual = "" if scope.is_set(path) else ", which devices use when nothing is set,"
            yield advice(
                path,
                "weak-key",
                f"An RSA key of {WEAK_BITS} bits{usual} can be broken, and many authorities refuse it. "
                f"Choose {LEAST_RSA_BITS}.",
            )


class AcmeKey(Rule):
    """Kind, size and place of the key fit each other."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        kind, size = scope.effective("KeyType"), scope.effective("KeySize")
        # A size of the wrong type is told as such, and true is no number here.
        bits = size if type(size) is int else None
        if bits is not None:
            yield from self._size(kind, bits)
        if scope.effective("HardwareBound") is True:
            if kind == "RSA" or (bits is not None and kind and bits not in HARDWARE_SIZES):
                yield error(
                    "HardwareBound",
                    "hardware-key",
                    f"The Secure Enclave only holds elliptic-curve keys of {listed(HARDWARE_SIZES)} bits, so the "
                    "device refuses this one. Choose such a key, or turn HardwareBound off.",
                )
        elif scope.effective("Attest") is True:
            yield error(
                "Attest",
                "attest-without-hardware",
                "The device can only attest to a key that is bound to its hardware. Turn HardwareBound on, or "
                "Attest off.",
            )

    def _size(self, kind: object, size: int) -> Iterator[Finding]:
        if kind == "RSA" and size not in RSA_SIZES:
            yield error(
                "KeySize",
                "key-size",
                f"An RSA key cannot have {size} bits here. Use {RSA_SIZES[0]} to {RSA_SIZES[-1]}, a multiple of "
                f"{RSA_SIZES.step}.",
            )
        elif kind == "ECSECPrimeRandom" and size not in EC_SIZES:
            yield error("KeySize", "key-size", f"No curve has {size} bits. Use {listed(EC_SIZES)}.")
