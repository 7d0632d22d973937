"""Profiles as property lists, built from a tunnel that has no problem, with the parts that a case asks for changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

Tree = dict[str, Any]

ABSENT: Final = object()
"""Given for a key, leaves it out."""

PROFILE_UUID: Final = "3D0C6B2E-7E0A-4E7B-9F53-0C1E5A9D7700"
IDENTITY_UUID: Final = "8A5F0D11-64C2-4C0E-8D6A-2B7C90E4F1A1"
AUTHORITY_UUID: Final = "5B9E77C4-0F3D-4A86-B1C5-6E2D13A8C0B2"

SERVER: Final = "gate.hafen.example"
PASSWORD: Final = "Nebelhorn-im-Watt"
SHARED_SECRET: Final = "Moewe-Mole-Mast-Mitternacht"
SECRETS: Final = (PASSWORD, SHARED_SECRET)
"""What no message may repeat."""

STRONG: Final[Mapping[str, Any]] = {
    "EncryptionAlgorithm": "AES-256-GCM",
    "IntegrityAlgorithm": "SHA2-384",
    "DiffieHellmanGroup": 20,
}

TUNNEL: Final[Mapping[str, Any]] = {
    "RemoteAddress": SERVER,
    "RemoteIdentifier": SERVER,
    "LocalIdentifier": "mia",
    "AuthenticationMethod": "None",
    "ExtendedAuthEnabled": 1,
    "AuthName": "mia",
    "AuthPassword": PASSWORD,
    "IKESecurityAssociationParameters": STRONG,
}
"""A user name and a password over EAP."""

WITH_SECRET: Final[Mapping[str, Any]] = {
    "AuthenticationMethod": "SharedSecret",
    "SharedSecret": SHARED_SECRET,
    "ExtendedAuthEnabled": 0,
    "AuthName": ABSENT,
    "AuthPassword": ABSENT,
}
"""Changes the tunnel to one with a shared secret."""

BY_CERTIFICATE: Final[Mapping[str, Any]] = {
    "AuthenticationMethod": "Certificate",
    "ExtendedAuthEnabled": 0,
    "PayloadCertificateUUID": IDENTITY_UUID,
    "AuthName": ABSENT,
    "AuthPassword": ABSENT,
}
"""Changes the tunnel to one with a certificate of the machine."""

BY_EAP_TLS: Final[Mapping[str, Any]] = {
    "PayloadCertificateUUID": IDENTITY_UUID,
    "AuthName": ABSENT,
    "AuthPassword": ABSENT,
}
"""Changes the tunnel to one with EAP-TLS."""


def merged(*parts: Mapping[str, Any]) -> Tree:
    """The parts over each other, without what is ABSENT in the end."""
    found = {name: value for part in parts for name, value in part.items()}
    return {name: value for name, value in found.items() if value is not ABSENT}


def profile(*payloads: Any, **envelope: Any) -> Tree:
    """A profile with these payloads; `envelope` goes over what it has."""
    base = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": "example.hafen.profile",
        "PayloadUUID": PROFILE_UUID,
        "PayloadDisplayName": "Harbour",
        "PayloadContent": [*payloads],
    }
    return merged(base, envelope)


def vpn(*changes: Mapping[str, Any], number: int = 1, **top: Any) -> Tree:
    """A payload with the tunnel, changed as said; `top` goes over what stands beside the tunnel."""
    base = {
        "PayloadType": "com.apple.vpn.managed",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"example.hafen.profile.vpn{number}",
        "PayloadUUID": f"D41C7E9A-5B20-4F68-A3E1-{number:012}",
        "UserDefinedName": f"Harbour {number}",
        "VPNType": "IKEv2",
        "IKEv2": merged(TUNNEL, *changes),
    }
    return merged(base, top)


def tunnel(*changes: Mapping[str, Any], **ikev2: Any) -> Tree:
    """A profile with one tunnel, changed by whole mappings, or by a key each."""
    return profile(vpn(*changes, ikev2))


def always_on(*tunnels: Mapping[str, Any], number: int = 1, **top: Any) -> Tree:
    """A payload of Always On with these tunnels, each changed as said."""
    inside = [merged({"ProtocolType": "IKEv2"}, TUNNEL, each) for each in (tunnels or ({},))]
    kind = {"VPNType": "AlwaysOn", "IKEv2": ABSENT, "AlwaysOn": {"TunnelConfigurations": inside}}
    return vpn(number=number, **{**kind, **top})


def pkcs12(content: bytes, password: str | None = PASSWORD, **top: Any) -> Tree:
    """A payload with an identity."""
    base = {
        "PayloadType": "com.apple.security.pkcs12",
        "PayloadVersion": 1,
        "PayloadIdentifier": "example.hafen.profile.identity",
        "PayloadUUID": IDENTITY_UUID,
        "PayloadContent": content,
        "Password": ABSENT if password is None else password,
    }
    return merged(base, top)


def root(content: bytes, **top: Any) -> Tree:
    """A payload with the certificate of an authority."""
    base = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": "example.hafen.profile.authority",
        "PayloadUUID": AUTHORITY_UUID,
        "PayloadContent": content,
    }
    return merged(base, top)


def scep(**content: Any) -> Tree:
    """A payload that has an identity issued by SCEP."""
    inside = {
        "URL": "https://ca.hafen.example/scep",
        "Name": "Harbour CA",
        "Keysize": 2048,
        "Subject": [[["CN", "mia"]]],
        **content,
    }
    return {
        "PayloadType": "com.apple.security.scep",
        "PayloadVersion": 1,
        "PayloadIdentifier": "example.hafen.profile.scep",
        "PayloadUUID": IDENTITY_UUID,
        "PayloadContent": inside,
    }


def on_demand(*rules: Mapping[str, Any], **ikev2: Any) -> Tree:
    """A profile with one tunnel that connects on demand by these rules."""
    return tunnel(OnDemandEnabled=1, OnDemandRules=[dict(rule) for rule in rules], **ikev2)


def evaluating(*parameters: Mapping[str, Any]) -> Tree:
    """A rule that looks at what is asked for."""
    return {"Action": "EvaluateConnection", "ActionParameters": [dict(each) for each in parameters]}


CONNECT: Final[Mapping[str, Any]] = {"Action": "Connect"}
IGNORE: Final[Mapping[str, Any]] = {"Action": "Ignore"}


def named(names: Iterable[str], **more: Any) -> Tree:
    """A rule that disconnects on Wi-Fi networks of these names."""
    return {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi", "SSIDMatch": [*names], **more}
