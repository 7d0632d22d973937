"""Cases: security associations, post-quantum keys, timers and routes."""

from __future__ import annotations

from typing import Any, Final

from tests.cases.expectations import AS_A_FILE, TODAY, Case, advice, error, never, told, warning
from tests.cases.making import ABSENT, STRONG, Tree, profile, tunnel, vpn

IKE: Final = "IKESecurityAssociationParameters"
CHILD: Final = "ChildSecurityAssociationParameters"
_OLD: Final = {"EncryptionAlgorithm": "3DES", "IntegrityAlgorithm": "SHA1-96", "DiffieHellmanGroup": 2}


def _ike(**changes: Any) -> Tree:
    return tunnel({IKE: {**STRONG, **changes}})


def _child(child: Any, **ikev2: Any) -> Tree:
    return tunnel({CHILD: child, **ikev2})


def _outdated(severity: str, codes: str) -> tuple[Any, ...]:
    return tuple(told(severity, codes, rf"IKEv2\.{IKE}\.{name}") for name in _OLD)


CASES: Final = (
    Case(
        "integrity with an AEAD cipher names the PRF",
        lambda: _ike(IntegrityAlgorithm="SHA2-512"),
        calm=True,
        silent=(never("", rf"IKEv2\.{IKE}.*"),),
    ),
    Case(
        "integrity with ChaCha20 names the PRF",
        lambda: _ike(EncryptionAlgorithm="ChaCha20Poly1305"),
        calm=True,
        silent=(never("", rf"IKEv2\.{IKE}.*"),),
    ),
    Case(
        "integrity with an AEAD cipher in the Child SA",
        lambda: _child({**STRONG}, EnablePFS=1),
        (advice("integrity-unused", rf"IKEv2\.{CHILD}\.IntegrityAlgorithm", mends=True),),
        calm=True,
    ),
    Case(
        "group of the Child SA without PFS",
        lambda: _child({"EncryptionAlgorithm": "AES-256-GCM", "DiffieHellmanGroup": 20}),
        (advice("group-without-pfs", rf"IKEv2\.{CHILD}\.DiffieHellmanGroup"),),
        calm=True,
    ),
    Case(
        "group of the Child SA with PFS",
        lambda: _child({"EncryptionAlgorithm": "AES-256-GCM", "DiffieHellmanGroup": 20}, EnablePFS=1),
        calm=True,
        silent=(never("group-without-pfs|pfs-group"),),
    ),
    Case(
        "PFS without a group",
        lambda: _child({"EncryptionAlgorithm": "AES-256-GCM"}, EnablePFS=1),
        (advice("pfs-group", rf"IKEv2\.{CHILD}(\.DiffieHellmanGroup)?"),),
        calm=True,
    ),
    Case(
        "an empty Child SA",
        lambda: _child({}),
        (advice("child-empty", rf"IKEv2\.{CHILD}"),),
        calm=True,
        silent=(never("empty"),),
        doors=AS_A_FILE,
    ),
    Case(
        "neither of both SAs, on systems that offer other algorithms than newer ones",
        lambda: tunnel({IKE: ABSENT}),
        (advice("default-algorithms", rf"IKEv2(\.({IKE}|{CHILD})(\.\w+)?)?"),),
        calm=True,
        targets={"iOS": "16.0", "macOS": "13.0"},
    ),
    Case(
        "neither of both SAs",
        lambda: tunnel({IKE: ABSENT}),
        calm=True,
        targets=TODAY,
    ),
    Case(
        "old algorithms without a target", lambda: tunnel({IKE: _OLD}), _outdated("warning", "value-outdated")
    ),
    Case(
        "old algorithms for iOS 18",
        lambda: tunnel({IKE: _OLD}),
        _outdated("warning", "value-outdated"),
        targets=TODAY,
    ),
    Case(
        "old algorithms for iOS 26",
        lambda: tunnel({IKE: _OLD}),
        _outdated("error", "value-refused|value-outdated"),
        targets={"iOS": "26.0"},
    ),
    Case(
        "old algorithms for tvOS",
        lambda: tunnel({IKE: _OLD}),
        _outdated("error", "value-refused|value-outdated"),
        targets={"tvOS": "17.0"},
    ),
    Case(
        "lifetime of 5 minutes",
        lambda: _ike(LifeTimeInMinutes=5),
        (error("too-small", rf"IKEv2\.{IKE}\.LifeTimeInMinutes"),),
    ),
    Case(
        "lifetime of two days",
        lambda: _ike(LifeTimeInMinutes=2880),
        (error("too-large", rf"IKEv2\.{IKE}\.LifeTimeInMinutes"),),
    ),
    Case(
        "a short post-quantum key",
        lambda: tunnel(PPK=b"\x07\x08\x09", PPKIdentifier="quay"),
        (advice("ppk-short", r"IKEv2\.PPK"),),
        calm=True,
    ),
    Case(
        "a post-quantum key of 256 bits",
        lambda: tunnel(PPK=bytes(range(32)), PPKIdentifier="quay", PPKMandatory=0),
        calm=True,
        silent=(never("", r"IKEv2\.PPK.*"),),
    ),
    Case(
        "a post-quantum key without its name",
        lambda: tunnel(PPK=bytes(range(32))),
        (error("missing", r"IKEv2\.PPKIdentifier"),),
    ),
    Case(
        "the name of a post-quantum key without the key",
        lambda: tunnel(PPKIdentifier="quay"),
        (error("missing", r"IKEv2\.PPK"),),
    ),
    Case(
        "a post-quantum key as a text",
        lambda: tunnel(PPK="0123456789abcdef0123456789abcdef", PPKIdentifier="quay"),
        (error("wrong-type", r"IKEv2\.PPK"),),
        doors=AS_A_FILE,
    ),
    Case(
        "idle without a period",
        lambda: tunnel(DisconnectOnIdle=1),
        (warning("missing", r"IKEv2\.DisconnectOnIdleTimer"),),
    ),
    Case(
        "idle with no time at all",
        lambda: tunnel(DisconnectOnIdle=1, DisconnectOnIdleTimer=0),
        (error("too-small", r"IKEv2\.DisconnectOnIdleTimer"),),
    ),
    Case(
        "idle with a period",
        lambda: tunnel(DisconnectOnIdle=1, DisconnectOnIdleTimer=300),
        calm=True,
        silent=(never("", r"IKEv2\.DisconnectOnIdle.*"),),
    ),
    Case(
        "routes that are enforced for everything",
        lambda: tunnel(IncludeAllNetworks=1, EnforceRoutes=1),
        (warning("routes-ignored", r"IKEv2\.EnforceRoutes", mends=True),),
    ),
    Case(
        "the local network, for which two targets differ",
        lambda: tunnel(IncludeAllNetworks=1),
        (advice("default-differs", r"IKEv2\.ExcludeLocalNetworks"),),
        targets=TODAY,
        calm=True,
    ),
    Case(
        "keepalive for Always On",
        lambda: tunnel(NATKeepAliveOffloadEnable=1, NATKeepAliveInterval=60),
        (
            advice("always-on-only", r"IKEv2\.NATKeepAliveOffloadEnable", mends=True),
            advice("always-on-only", r"IKEv2\.NATKeepAliveInterval", mends=True),
        ),
        calm=True,
    ),
    Case(
        "a VPN on a watch",
        lambda: profile(vpn()),
        (warning("unavailable", ""),),
        targets={"watchOS": "11.0"},
    ),
    Case(
        "fallback on a Mac",
        lambda: tunnel(EnableFallback=1),
        (warning("unavailable", r"IKEv2\.EnableFallback"),),
        targets=TODAY,
    ),
)
