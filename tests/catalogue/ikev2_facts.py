"""What Apple documents about each key of the IKEv2 payload and of the envelope, written down independently."""

from __future__ import annotations

from tests.catalogue.facts import Fact, switch

IKEV2_SINCE = "iOS 4.0, macOS 10.7, tvOS 17.0, visionOS 1.0, watchOS never"
ENVELOPE_SINCE = "iOS 4.0, macOS 10.7, tvOS 9.0, visionOS 1.0, watchOS 1.0"
PPK = "iOS 18.0, macOS 15.0, tvOS 18.0, visionOS 2.0"
VERSION_26 = "iOS 26.0, macOS 26.0, tvOS 26.0, visionOS 26.0"
STRICT = "iOS 18.5, macOS 15.5, tvOS 18.5, visionOS 2.5"
NO_TV = "tvOS never"
CIPHERS = ("DES", "3DES", "AES-128", "AES-256", "AES-128-GCM", "AES-256-GCM", "ChaCha20Poly1305")
HASHES = ("SHA1-96", "SHA1-160", "SHA2-256", "SHA2-384", "SHA2-512")
GROUPS = (1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31, 32)
# 1.3 comes with 27.0 on iOS and macOS.
TLS = ("1.0", "1.1", "1.2", "1.3")

SECURITY_ASSOCIATION = {
    "": Fact("dictionary"),
    ".EncryptionAlgorithm": Fact(
        "string",
        CIPHERS,
        default="AES-256",
        by_os="tvOS AES-256-GCM",
        until=("DES", "3DES"),
    ),
    ".IntegrityAlgorithm": Fact("string", HASHES, default="SHA2-256", until=("SHA1-96", "SHA1-160")),
    ".DiffieHellmanGroup": Fact("integer", GROUPS, default=14, until=(1, 2, 5)),
    ".LifeTimeInMinutes": Fact("integer", least=10, most=1440, default=1440),
    ".PostQuantumKeyExchangeMethods": Fact("array", most_items=7, since=VERSION_26),
    ".PostQuantumKeyExchangeMethods[]": Fact("integer", (0, 36, 37), since=VERSION_26),
}
ASSOCIATIONS = ("IKESecurityAssociationParameters", "ChildSecurityAssociationParameters")

ON_DEMAND_RULES = {
    "": Fact("array"),
    "[]": Fact("dictionary"),
    "[].Action": Fact(
        "string", ("Allow", "Connect", "Disconnect", "EvaluateConnection", "Ignore"), required=True
    ),
    "[].ActionParameters": Fact("array"),
    "[].ActionParameters[]": Fact("dictionary"),
    "[].ActionParameters[].Domains": Fact("array", required=True),
    "[].ActionParameters[].Domains[]": Fact("string"),
    "[].ActionParameters[].DomainAction": Fact("string", ("ConnectIfNeeded", "NeverConnect"), required=True),
    "[].ActionParameters[].RequiredDNSServers": Fact("array"),
    "[].ActionParameters[].RequiredDNSServers[]": Fact("string"),
    "[].ActionParameters[].RequiredURLStringProbe": Fact("string"),
    "[].DNSDomainMatch": Fact("array"),
    "[].DNSDomainMatch[]": Fact("string"),
    "[].DNSServerAddressMatch": Fact("array"),
    "[].DNSServerAddressMatch[]": Fact("string"),
    "[].InterfaceTypeMatch": Fact("string", ("Ethernet", "WiFi", "Cellular")),
    "[].SSIDMatch": Fact("array"),
    "[].SSIDMatch[]": Fact("string"),
    "[].URLStringProbe": Fact("string"),
}

IKEV2: dict[str, Fact] = {
    "AllowPostQuantumKeyExchangeFallback": switch(0, VERSION_26),
    "AuthName": Fact("string"),
    "AuthPassword": Fact("string"),
    "AuthenticationMethod": Fact("string", ("None", "SharedSecret", "Certificate"), required=True),
    "CertificateType": Fact("string", ("RSA", "ECDSA256", "ECDSA384", "ECDSA521", "RSA-PSS"), default="RSA"),
    "DeadPeerDetectionRate": Fact("string", ("None", "Low", "Medium", "High"), default="Medium"),
    "DisableMOBIKE": switch(0, "iOS 9.0"),
    "DisableRedirect": switch(0, "iOS 9.0"),
    "DisconnectOnIdle": switch(0),
    # Apple names no least value; a timer of zero or less makes no sense.
    "DisconnectOnIdleTimer": Fact("integer", least=1),
    "EnableCertificateRevocationCheck": switch(0, "iOS 9.0"),
    "EnableFallback": switch(0, "iOS 13.0, macOS never"),
    "EnablePFS": switch(0, "iOS 9.0"),
    "EnforceRoutes": switch(0, "iOS 14.2, macOS 11.0"),
    "EnforceStrictAlgorithmSelection": switch(0, STRICT),
    "ExcludeAPNs": switch(1, f"iOS 16.4, macOS 13.3, {NO_TV}"),
    "ExcludeCellularServices": switch(1, f"iOS 16.4, macOS 13.3, {NO_TV}"),
    "ExcludeDeviceCommunication": switch(1, f"iOS 17.4, macOS 14.4, visionOS 1.1, {NO_TV}"),
    "ExcludeLocalNetworks": switch(None, f"iOS 14.2, macOS 10.15, {NO_TV}", by_os="iOS 1, macOS 0"),
    "ExtendedAuthEnabled": switch(0),
    "IncludeAllNetworks": switch(0, f"iOS 14.0, macOS 10.15, {NO_TV}"),
    "LocalIdentifier": Fact("string", required=True),
    "MTU": Fact("integer", least=1280, most=1400, default=1280, since="iOS 14.0, macOS 11.0"),
    "NATKeepAliveInterval": Fact("integer", least=20, default=20, since="iOS 9.0"),
    "NATKeepAliveOffloadEnable": switch(1, "iOS 9.0"),
    "OnDemandEnabled": switch(0),
    "OnDemandUserOverrideDisabled": switch(0, "iOS 14.0, macOS never"),
    "PPK": Fact("data", since=PPK),
    "PPKIdentifier": Fact("string", since=PPK),
    "PPKMandatory": switch(1, PPK),
    "Password": Fact("string"),
    "PayloadCertificateUUID": Fact("string"),
    "ProviderBundleIdentifier": Fact("string"),
    "ProviderDesignatedRequirement": Fact("string", since="iOS never, macOS 10.15, visionOS never"),
    "ProviderType": Fact("string", ("packet-tunnel", "app-proxy"), default="packet-tunnel"),
    "RemoteAddress": Fact("string", required=True),
    "RemoteIdentifier": Fact("string", required=True),
    "ServerCertificateCommonName": Fact("string"),
    "ServerCertificateIssuerCommonName": Fact("string"),
    "SharedSecret": Fact("string"),
    "TLSMaximumVersion": Fact("string", TLS, default="1.2", since="iOS 11.0, macOS 10.13"),
    "TLSMinimumVersion": Fact("string", TLS, default="1.0", since="iOS 11.0, macOS 10.13"),
    "UseConfigurationAttributeInternalIPSubnet": switch(0, "iOS 9.0"),
    **{f"{name}{rest}": fact for name in ASSOCIATIONS for rest, fact in SECURITY_ASSOCIATION.items()},
    **{f"OnDemandRules{rest}": fact for rest, fact in ON_DEMAND_RULES.items()},
}
"""By path inside the dictionary IKEv2, where `[]` is an item of a list."""


ENVELOPE: dict[str, Fact] = {
    "PayloadDisplayName": Fact("string"),
    "PayloadIdentifier": Fact("string", required=True),
    "PayloadOrganization": Fact("string"),
    "PayloadDescription": Fact("string"),
    "ConsentText": Fact("dictionary"),
    "PayloadScope": Fact("string", ("System", "User"), default="User", since="macOS 10.8"),
    "TargetDeviceType": Fact(
        "integer",
        (0, 1, 2, 3, 4, 5, 6),
        default=0,
        since="iOS 12.2, macOS 10.15, tvOS 12.2, visionOS 1.1, watchOS 5.2",
    ),
    "PayloadRemovalDisallowed": Fact("boolean", default=False, since="visionOS never, watchOS never"),
    "RemovalDate": Fact("date"),
    # Apple names no least value here either.
    "DurationUntilRemoval": Fact("real", least=1),
    "PayloadExpirationDate": Fact("date", since="watchOS never"),
    "HasRemovalPasscode": Fact("boolean", default=False),
    "IsEncrypted": Fact("boolean", default=False),
    "EncryptedPayloadContent": Fact("data"),
}
