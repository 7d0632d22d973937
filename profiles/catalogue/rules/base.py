"""What every rule of an IKEv2 tunnel has: the paths of its keys, and the sources that most of them rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from profiles.catalogue.citations import Citation, apple, schema, server
from profiles.catalogue.groups.shared import TunnelPaths
from profiles.catalogue.payload_type import Rule
from profiles.catalogue.vpn_types import PAYLOAD_TYPE

STRONGSWAN_PROFILE: Final = server(
    "strongSwan documentation, Apple IKEv2 Configuration Profile",
    "https://docs.strongswan.org/docs/latest/interop/appleIkev2Profile.html",
)
STRONGSWAN_APPLE: Final = server(
    "strongSwan documentation, iOS and macOS", "https://docs.strongswan.org/docs/latest/interop/ios.html"
)
DEPLOYMENT: Final = apple(
    "VPN overview for Apple device deployment",
    "https://support.apple.com/guide/deployment/depae3d361d0/web",
)
DEPLOYMENT_REFERENCE: Final = apple("iOS Deployment Reference, Always-on VPN")


@dataclass(frozen=True)
class Ikev2Rule(TunnelPaths, Rule):
    """A rule over the keys of a tunnel."""


def ikev2_key(name: str) -> Citation:
    """A key of the dictionary IKEv2 in Apple's schema."""
    return schema(PAYLOAD_TYPE, f"IKEv2.{name}")
