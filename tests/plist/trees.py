"""Property lists of profiles as other tools write them."""

from __future__ import annotations

from typing import Any

UUID = "0B5E1C1A-8B0D-4B53-9E36-1B9B7F3C2D10"

WIFI = {
    "PayloadType": "com.apple.wifi.managed",
    "PayloadVersion": 1,
    "PayloadUUID": "11111111-2222-3333-4444-555555555555",
    "PayloadIdentifier": "com.example.wifi",
    "SSID_STR": "Example",
    "Password": "hush hush",
    "AutoJoin": True,
    "Inner": {"Pin": 1234, "Data": b"hush"},
}
"""A payload with keys that the catalogue does not know."""


def tree(*payloads: Any, **envelope: Any) -> dict[str, Any]:
    """A profile with these payloads; of `envelope` what is not None."""
    given = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadUUID": UUID,
        "PayloadIdentifier": "com.example.vpn",
        "PayloadDisplayName": "Office",
        "PayloadContent": [*payloads],
        **envelope,
    }
    return {name: value for name, value in given.items() if value is not None}


def vpn(ikev2: Any, number: int = 1, **top: Any) -> dict[str, Any]:
    """An IKEv2 payload as other tools write it; of `top` what is not None."""
    given = {
        "PayloadType": "com.apple.vpn.managed",
        "PayloadVersion": 1,
        "PayloadUUID": f"11111111-2222-3333-4444-{number:012}",
        "PayloadIdentifier": f"com.apple.vpn.managed.{number}",
        "VPNType": "IKEv2",
        "UserDefinedName": "Office",
        "IKEv2": ikev2,
        **top,
    }
    return {name: value for name, value in given.items() if value is not None}


def identity(content: bytes = b"x", uuid: str = "my-identity", **top: Any) -> dict[str, Any]:
    """A PKCS #12 payload; of `top` what is not None."""
    given = {
        "PayloadType": "com.apple.security.pkcs12",
        "PayloadVersion": 1,
        "PayloadUUID": uuid,
        "PayloadIdentifier": "com.example.identity",
        "PayloadContent": content,
        **top,
    }
    return {name: value for name, value in given.items() if value is not None}
