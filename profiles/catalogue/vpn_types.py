"""The kinds of VPN that com.apple.vpn.managed sets up, under Apple's names; most have no declaration here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

TYPE_KEY: Final = "VPNType"
"""The key that tells them apart."""

PAYLOAD_TYPE: Final = "com.apple.vpn.managed"
"""The payload type of all of them."""

IKEV2: Final = "IKEv2"
ALWAYS_ON: Final = "AlwaysOn"
"""Those that the catalogue has a declaration of, each with a dictionary of that name."""

_OTHERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "L2TP": "an L2TP VPN",
        "PPTP": "a PPTP VPN",
        "IPSec": "a Cisco IPsec VPN",
        "VPN": "the VPN of an app",
        "TransparentProxy": "the transparent proxy of an app",
    }
)
"""Those that the catalogue has no declaration of, as they stand in a sentence."""

DICTIONARIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "IPSec": "a Cisco IPsec VPN",
        "PPP": "an L2TP VPN",
        "VPN": "the VPN of an app",
        "VendorConfig": "the VPN of an app",
        "TransparentProxy": "the transparent proxy of an app",
    }
)
"""The dictionaries of those, with what they are for."""


def variants() -> Mapping[str, tuple[str, ...]]:
    """The names of all kinds, by payload type."""
    return {PAYLOAD_TYPE: (IKEV2, ALWAYS_ON, *_OTHERS)}


def variant(values: Mapping[str, Any]) -> str:
    """The kind of VPN that a payload without a declaration sets up, in words; empty where it is none of them."""
    kind, name = values.get("PayloadType"), values.get(TYPE_KEY)
    known = kind == PAYLOAD_TYPE and isinstance(name, str)
    return _OTHERS.get(name, "") if known and isinstance(name, str) else ""


def idle_dictionaries(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The dictionaries of kinds with a declaration in a payload of another kind, where no device looks at them."""
    return tuple(
        name for name in (IKEV2, ALWAYS_ON) if variant(values) and isinstance(values.get(name), dict)
    )
