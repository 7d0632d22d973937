"""What Apple's schema says of an IKEv2 tunnel, written down by hand from it: nothing here asks the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

SWITCHES: Final = (
    "AllowPostQuantumKeyExchangeFallback",
    "DisableMOBIKE",
    "DisableRedirect",
    "DisconnectOnIdle",
    "EnableCertificateRevocationCheck",
    "EnableFallback",
    "EnablePFS",
    "EnforceRoutes",
    "EnforceStrictAlgorithmSelection",
    "ExcludeAPNs",
    "ExcludeCellularServices",
    "ExcludeDeviceCommunication",
    "ExcludeLocalNetworks",
    "ExtendedAuthEnabled",
    "IncludeAllNetworks",
    "NATKeepAliveOffloadEnable",
    "OnDemandEnabled",
    "OnDemandUserOverrideDisabled",
    "PPKMandatory",
    "UseConfigurationAttributeInternalIPSubnet",
)
"""Whole numbers, 0 or 1."""

TEXTS: Final = (
    "AuthName",
    "AuthPassword",
    "LocalIdentifier",
    "PPKIdentifier",
    "RemoteAddress",
    "RemoteIdentifier",
    "ServerCertificateCommonName",
    "ServerCertificateIssuerCommonName",
    "SharedSecret",
)

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "AuthenticationMethod": ("None", "SharedSecret", "Certificate"),
    "CertificateType": ("RSA", "ECDSA256", "ECDSA384", "ECDSA521", "RSA-PSS"),
    "DeadPeerDetectionRate": ("None", "Low", "Medium", "High"),
    "TLSMaximumVersion": ("1.0", "1.1", "1.2", "1.3"),
    "TLSMinimumVersion": ("1.0", "1.1", "1.2", "1.3"),
}

RANGES: Final[Mapping[str, tuple[int, int | None]]] = {
    "DisconnectOnIdleTimer": (1, None),
    "MTU": (1280, 1400),
    "NATKeepAliveInterval": (20, None),
}

ASSOCIATIONS: Final = ("IKESecurityAssociationParameters", "ChildSecurityAssociationParameters")

CIPHERS: Final = ("DES", "3DES", "AES-128", "AES-256", "AES-128-GCM", "AES-256-GCM", "ChaCha20Poly1305")
INTEGRITY: Final = ("SHA1-96", "SHA1-160", "SHA2-256", "SHA2-384", "SHA2-512")
GROUPS: Final = (1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31, 32)
LIFETIME: Final = (10, 1440)
POST_QUANTUM: Final = (0, 36, 37)
MOST_POST_QUANTUM: Final = 7

ACTIONS: Final = ("Allow", "Connect", "Disconnect", "EvaluateConnection", "Ignore")
DOMAIN_ACTIONS: Final = ("ConnectIfNeeded", "NeverConnect")
INTERFACES: Final = ("Ethernet", "WiFi", "Cellular")

REQUIRED: Final = ("AuthenticationMethod", "RemoteAddress", "RemoteIdentifier")
"""What a tunnel must have; LocalIdentifier stands there too, but files that work leave it out."""

USED_WITH: Final[Mapping[str, Mapping[str, Any]]] = {
    "AllowPostQuantumKeyExchangeFallback": {
        "IKESecurityAssociationParameters": {"PostQuantumKeyExchangeMethods": [36]}
    },
    "DisconnectOnIdle": {"DisconnectOnIdleTimer": 60},
    "DisconnectOnIdleTimer": {"DisconnectOnIdle": 1},
    "ExcludeAPNs": {"IncludeAllNetworks": 1},
    "ExcludeCellularServices": {"IncludeAllNetworks": 1},
    "ExcludeDeviceCommunication": {"IncludeAllNetworks": 1},
    "ExcludeLocalNetworks": {"IncludeAllNetworks": 1},
    "NATKeepAliveInterval": {"NATKeepAliveOffloadEnable": 1},
    "OnDemandEnabled": {"OnDemandRules": [{"Action": "Connect"}]},
    "OnDemandUserOverrideDisabled": {"OnDemandEnabled": 1, "OnDemandRules": [{"Action": "Connect"}]},
    "PPKIdentifier": {"PPK": bytes(range(32))},
    "PPKMandatory": {"PPK": bytes(range(32)), "PPKIdentifier": "quay"},
}
"""What has to be set for a device to look at a key."""
