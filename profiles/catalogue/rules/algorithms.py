"""The rules about the algorithms and keys of a tunnel, in both security associations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from profiles.catalogue.citations import report, rfc
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import drop
from profiles.catalogue.groups.shared import AEAD, ENCRYPTION_STRENGTH, STRICT_LEAST_GROUP
from profiles.catalogue.rules.base import STRONGSWAN_APPLE, Ikev2Rule, ikev2_key
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import TITLES, OperatingSystem, before
from profiles.catalogue.wording import listed

LEAST_SECRET: Final = 32
"""Bytes of a post-quantum pre-shared key: RFC 8784 asks for 256 bits of entropy."""

NEWER_PROPOSALS: Final[Mapping[OperatingSystem, str]] = {"iOS": "17.0", "macOS": "14.0"}
"""The versions from which systems offer AES-256-GCM by themselves, as far as is known."""

_STRICT: Final = ikev2_key("EnforceStrictAlgorithmSelection")

STRICT_ALGORITHMS: Final = Diagnostic(
    "strict-algorithms",
    Severity.ERROR,
    "Strict selection refuses the algorithm",
    why="With EnforceStrictAlgorithmSelection a device takes neither DES and 3DES nor Diffie-Hellman groups below 14, "
    "and rejects the profile because of them.",
    mend="Choose a stronger algorithm at both ends of the tunnel, or turn strict selection off.",
    sources=(_STRICT,),
)
STRICT_ORDER: Final = Diagnostic(
    "strict-order",
    Severity.ERROR,
    "Strict selection refuses an IKE cipher that is weaker than that of the traffic",
    why="With EnforceStrictAlgorithmSelection the cipher of the IKE SA has to be at least as strong as that of the "
    "Child SA, or a device rejects the profile.",
    mend="Choose a stronger cipher for IKE, or turn strict selection off.",
    sources=(_STRICT,),
)
INTEGRITY_UNUSED: Final = Diagnostic(
    "integrity-unused",
    Severity.ADVICE,
    "The traffic's cipher needs no integrity algorithm",
    why="A cipher such as AES-256-GCM protects integrity by itself, and none is negotiated beside it for the Child SA. "
    "In the IKE SA the same key names the PRF, so it counts there and nothing is told of it.",
    mend="Remove the IntegrityAlgorithm of the Child SA.",
    sources=(rfc(7296, "3.3"), ikev2_key("ChildSecurityAssociationParameters.IntegrityAlgorithm")),
    drops=True,
)
PFS_GROUP: Final = Diagnostic(
    "pfs-group",
    Severity.ADVICE,
    "Perfect forward secrecy is on, and the group of the traffic is not said",
    why="The first Child SA never carries a group, so a tunnel whose ends differ in it connects, and drops minutes or "
    "hours later, when it rekeys.",
    mend="Set the DiffieHellmanGroup of the Child SA to the one that the server uses there.",
    sources=(rfc(7296, "1.2"), report("hwdsl2/setup-ipsec-vpn", 1486), STRONGSWAN_APPLE),
)
GROUP_WITHOUT_PFS: Final = Diagnostic(
    "group-without-pfs",
    Severity.ADVICE,
    "A group is set for the traffic, and perfect forward secrecy is not on",
    why="Without EnablePFS a device proposes no group when it rekeys the Child SA, and the first one carries none. "
    "The group does nothing, and a server that insists on one ends the tunnel at the first rekey.",
    mend="Turn EnablePFS on if the server does the same, or remove the group.",
    sources=(rfc(7296, "1.2"), STRONGSWAN_APPLE, ikev2_key("EnablePFS")),
    certainty=Certainty.OBSERVED,
    drops=True,
)
CHILD_EMPTY: Final = Diagnostic(
    "child-empty",
    Severity.ADVICE,
    "The dictionary of the Child SA is there, and holds nothing",
    why="The algorithms of the IKE SA hold for the Child SA as long as it has no dictionary of its own. An empty one "
    "is one all the same, so its own defaults may hold, which are AES-256, SHA2-256 and group 14.",
    mend="Remove the dictionary to have the algorithms of the IKE SA for both, or set those of the Child SA.",
    sources=(ikev2_key("IKESecurityAssociationParameters"),),
    certainty=Certainty.INFERRED,
)
DEFAULT_ALGORITHMS: Final = Diagnostic(
    "default-algorithms",
    Severity.ADVICE,
    "No algorithm is set, and the targets offer different ones",
    why="Recent systems offer AES-256-GCM and AES-256-CBC with ECP-256 and MODP-2048 when nothing is set. iOS 16 "
    "offers five proposals with CBC ciphers, and macOS 13 AES-256 with SHA2-256 and MODP-2048 alone, so a server with "
    "AES-GCM only refuses them.",
    mend="Set the algorithms that the server takes, or let it take AES-256 with SHA2-256 and group 14 as well.",
    sources=(STRONGSWAN_APPLE, report("libreswan/libreswan", 1450), report("strongswan/strongswan", 2861)),
    certainty=Certainty.OBSERVED,
)
PPK_SHORT: Final = Diagnostic(
    "ppk-short",
    Severity.ADVICE,
    "The post-quantum pre-shared key is short",
    why="A quantum computer halves the strength of a key, so RFC 8784 asks for 256 bits of entropy to keep 128.",
    mend="Use 32 random bytes or more, at both ends of the tunnel.",
    sources=(rfc(8784, "6"),),
)


class StrictAlgorithms(Ikev2Rule):
    """Strict selection refuses weak algorithms, and an IKE cipher weaker than the Child cipher."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        if scope.effective(self.at("EnforceStrictAlgorithmSelection")) != 1:
            return
        associations = [self.ike, self.child] if scope.any_set(self.child) else [self.ike]
        for association in associations:
            yield from self._weak(scope, association)
        yield from self._order(scope)

    def _weak(self, scope: Scope, association: str) -> Iterator[Finding]:
        cipher, group = f"{association}.EncryptionAlgorithm", f"{association}.DiffieHellmanGroup"
        if scope.effective(cipher) in ("DES", "3DES"):
            yield STRICT_ALGORITHMS.at(
                cipher,
                f"With strict algorithm selection the device refuses the profile because of {scope.effective(cipher)}. "
                "Choose an AES cipher or ChaCha20-Poly1305.",
            )
        number = scope.effective(group)
        if isinstance(number, int) and number < STRICT_LEAST_GROUP:
            yield STRICT_ALGORITHMS.at(
                group,
                f"With strict algorithm selection the device refuses the profile because of group {number}. "
                f"Choose group {STRICT_LEAST_GROUP} or higher.",
            )

    def _order(self, scope: Scope) -> Iterator[Finding]:
        path = f"{self.ike}.EncryptionAlgorithm"
        ike, child = scope.effective(path), scope.effective(f"{self.child}.EncryptionAlgorithm")
        if _strength(ike) < _strength(child):
            yield STRICT_ORDER.at(
                path,
                f"With strict algorithm selection the device refuses an IKE cipher ({ike}) that is weaker than the "
                f"Child cipher ({child}). Choose a stronger one for IKE.",
            )


def _strength(cipher: Any) -> int:
    return ENCRYPTION_STRENGTH.get(cipher, 0) if isinstance(cipher, str) else 0


class IntegrityUnused(Ikev2Rule):
    """An AEAD cipher of the traffic needs no separate integrity algorithm; in the IKE SA it names the PRF."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = f"{self.child}.IntegrityAlgorithm"
        cipher = scope.effective(f"{self.child}.EncryptionAlgorithm")
        if scope.is_set(path) and cipher in AEAD:
            yield INTEGRITY_UNUSED.at(
                path,
                f"{cipher} protects the integrity of the traffic by itself, so the device does not use this. "
                "Remove it.",
                fix=drop(path, scope.values[path]),
            )


class ForwardSecrecy(Ikev2Rule):
    """With PFS both ends must agree on the Child group, or the tunnel drops when it rekeys; without it none counts."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = f"{self.child}.DiffieHellmanGroup"
        enabled = scope.effective(self.at("EnablePFS")) == 1
        if enabled and not scope.is_set(path):
            yield PFS_GROUP.at(
                path,
                "With PFS the device drops the tunnel at rekey when the server uses another group here. "
                f"Set it to the server's group; without it the device uses {scope.effective(path)}.",
            )
        elif not enabled and scope.is_set(path):
            yield GROUP_WITHOUT_PFS.at(
                path,
                "Without EnablePFS the device proposes no group for the traffic, so this does nothing. Turn EnablePFS "
                "on if the server does the same, or remove the group.",
            )


def child_empty(path: str) -> Finding:
    """That the dictionary of the Child SA, at `path`, is written and empty, which is not the same as none."""
    return CHILD_EMPTY.at(
        path,
        "This dictionary is there and empty, so the device may use its own defaults for the traffic, and not the "
        "algorithms of IKE. Remove it to have those for both, or set some here.",
    )


class DefaultAlgorithms(Ikev2Rule):
    """Without any algorithm, older systems offer others than newer ones."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        older = [
            f"{TITLES[system]} before {version}"
            for system, version in NEWER_PROPOSALS.items()
            if system in scope.targets and before(scope.targets[system], version)
        ]
        if older and not scope.any_set(self.ike) and not scope.any_set(self.child):
            yield DEFAULT_ALGORITHMS.at(
                f"{self.ike}.EncryptionAlgorithm",
                f"While no algorithm is set, newer systems offer AES-GCM, but not {listed(older)}. Set the algorithms "
                "that the server takes, or let it take AES-256 with SHA2-256 and group 14 as well.",
            )


class SharedKey(Ikev2Rule):
    """A post-quantum pre-shared key is as strong as it is long."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = self.at("PPK")
        key = scope.values.get(path)
        if isinstance(key, bytes) and 0 < len(key) < LEAST_SECRET:
            yield PPK_SHORT.at(
                path,
                f"The key has fewer than {LEAST_SECRET} bytes, too few to withstand a quantum computer. Use "
                f"{LEAST_SECRET} random bytes or more.",
            )
