"""The rules about certificates that the device asks for itself: SCEP and ACME."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from profiles.catalogue import network_names, placeholders
from profiles.catalogue.citations import apple, rfc, schema
from profiles.catalogue.effect_text import line
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.payload_type import Rule
from profiles.catalogue.rules import names
from profiles.catalogue.scope import Scope
from profiles.catalogue.values import control_character
from profiles.catalogue.versions import before
from profiles.catalogue.wording import listed
from profiles.certificate_facts import LEAST_RSA_BITS

WEAK_BITS: Final = 1024
EC_SIZES: Final = (192, 256, 384, 521)
RSA_SIZES: Final = range(1024, 4097, 8)
HARDWARE_SIZES: Final = (256, 384)
HARDWARE_MACOS: Final = "14.0"

SCEP: Final = "com.apple.security.scep"
ACME: Final = "com.apple.security.acme"

WEAK_KEY: Final = Diagnostic(
    "weak-key",
    Severity.ADVICE,
    "The RSA key is short",
    why="An RSA key of 1024 bits can be broken, and it is what devices make when a SCEP payload says nothing. Devices "
    "themselves trust no server whose key has fewer than 2048 bits.",
    mend="Choose 2048 bits.",
    sources=(
        schema(SCEP, "PayloadContent.Keysize"),
        apple(
            "Requirements for trusted certificates in iOS 13 and macOS 10.15",
            "https://support.apple.com/en-us/HT210176",
        ),
    ),
)
KEY_SIZE: Final = Diagnostic(
    "key-size",
    Severity.ERROR,
    "There is no key of that kind and size",
    why="An RSA key has 1024 to 4096 bits, a multiple of 8. An elliptic curve is P-192, P-256, P-384 or P-521, and "
    "KeySize says which.",
    mend="Write a size that the kind of key has.",
    sources=(schema(ACME, "KeyType"),),
)
HARDWARE_KEY: Final = Diagnostic(
    "hardware-key",
    Severity.ERROR,
    "The Secure Enclave holds no such key",
    why="A key that is bound to the hardware is made in the Secure Enclave, which has elliptic curves of 256 and 384 "
    "bits and no RSA.",
    mend="Choose such a curve, or turn HardwareBound off.",
    sources=(schema(ACME, "KeyType"), schema(ACME, "HardwareBound")),
)
HARDWARE_MAC: Final = Diagnostic(
    "hardware-mac",
    Severity.ERROR,
    "Older Macs bind no key to their hardware",
    why="From macOS 14 on, Macs with Apple silicon or a T2 chip take a key that is bound to the hardware, and only "
    "those with Apple silicon attest to it. For older ones both have to be off.",
    mend="Turn the key off in a profile for such Macs, or do not target macOS before 14.0.",
    sources=(schema(ACME, "HardwareBound"), schema(ACME, "Attest")),
)
ATTEST_WITHOUT_HARDWARE: Final = Diagnostic(
    "attest-without-hardware",
    Severity.ERROR,
    "A key that is not bound to the hardware cannot be attested",
    why="Apple vouches for a key because the Secure Enclave holds it, so Attest needs HardwareBound.",
    mend="Turn HardwareBound on, or Attest off.",
    sources=(schema(ACME, "Attest"),),
)


DNS_NAME_FORM: Final = Diagnostic(
    "dns-name-form",
    Severity.WARNING,
    "What is asked for as a DNS name is none",
    why="The name goes into the certificate as it stands, as a name in DNS, which has no scheme, port, path, brackets "
    "or blanks, and is no IP address. An authority refuses another one, or issues a certificate that fits no name.",
    mend="Write the host name by itself.",
    sources=(schema(SCEP, "PayloadContent.SubjectAltName.dNSName"), rfc(5280, "4.2.1.6")),
)


@dataclass(frozen=True)
class DnsNames(Rule):
    """The DNS names that are asked for at `path` are host names, with *. before one maybe, and nothing around them."""

    path: str

    def check(self, scope: Scope) -> Iterator[Finding]:
        for path, text, _ in names.texts(scope.values.get(self.path), self.path):
            # What is told of the text by itself is enough.
            if placeholders.stands_in(text) or control_character(text):
                continue
            if wrong := network_names.domain_pattern(text):
                mend = line(wrong.meant) or "one host name"
                yield DNS_NAME_FORM.at(
                    path,
                    f"“{line(text)}” {wrong.flaw.value}, and goes into the certificate as it stands. Write {mend}.",
                    fix=names.write(path, text, wrong.meant),
                )


class ScepKeySize(Rule):
    """1024 bits, which devices use when nothing is said, are too few."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = "PayloadContent.Keysize"
        if scope.effective(path) == WEAK_BITS:
            usual = "" if scope.is_set(path) else ", which devices use when nothing is set,"
            yield WEAK_KEY.at(
                path,
                f"An RSA key of {WEAK_BITS} bits{usual} can be broken, and many authorities refuse it. "
                f"Choose {LEAST_RSA_BITS}.",
            )


class HardwareOfMacs(Rule):
    """Macs bind keys to their hardware from macOS 14 on."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        lowest = scope.targets.get("macOS")
        if not lowest or not before(lowest, HARDWARE_MACOS):
            return
        for path in ("HardwareBound", "Attest"):
            if scope.effective(path) is True:
                yield HARDWARE_MAC.at(
                    path,
                    f"macOS before {HARDWARE_MACOS} needs {path} to be off, so a Mac of that age gets no certificate. "
                    "Turn it off there, or change the targets.",
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
                yield HARDWARE_KEY.at(
                    "HardwareBound",
                    f"The Secure Enclave only holds elliptic-curve keys of {listed(HARDWARE_SIZES)} bits, so the "
                    "device refuses this one. Choose such a key, or turn HardwareBound off.",
                )
        elif scope.effective("Attest") is True:
            yield ATTEST_WITHOUT_HARDWARE.at(
                "Attest",
                "The device can only attest to a key that is bound to its hardware. Turn HardwareBound on, or "
                "Attest off.",
            )

    def _size(self, kind: object, size: int) -> Iterator[Finding]:
        if kind == "RSA" and size not in RSA_SIZES:
            yield KEY_SIZE.at(
                "KeySize",
                f"An RSA key cannot have {size} bits here. Use {RSA_SIZES[0]} to {RSA_SIZES[-1]}, a multiple of "
                f"{RSA_SIZES.step}.",
            )
        elif kind == "ECSECPrimeRandom" and size not in EC_SIZES:
            yield KEY_SIZE.at("KeySize", f"No curve has {size} bits. Use {listed(EC_SIZES)}.")
