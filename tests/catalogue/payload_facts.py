"""What Apple documents about the keys of VPN payloads outside IKEv2, and of identities and certificates."""

from __future__ import annotations

from tests.catalogue.facts import Fact, switch
from tests.catalogue.ikev2_facts import IKEV2, IKEV2_SINCE

ABOUT = {
    "PayloadDisplayName": Fact("string"),
    "PayloadDescription": Fact("string"),
    "PayloadOrganization": Fact("string"),
}

SINCE_10 = "iOS 10.0, macOS 10.12"
SINCE_14 = "iOS 14.0, macOS 11.0"

# DNSProtocol and ServerAddresses are required inside the dictionary, which as a whole may be absent.
DNS = {
    "DNS": Fact("dictionary"),
    "DNS.DNSProtocol": Fact("string", ("Cleartext", "HTTPS", "TLS"), since=SINCE_14),
    "DNS.ServerURL": Fact("string", since=SINCE_14),
    "DNS.ServerName": Fact("string", since=SINCE_14),
    "DNS.ServerAddresses": Fact("array", since=SINCE_10),
    "DNS.ServerAddresses[]": Fact("string", since=SINCE_10),
    "DNS.SearchDomains": Fact("array", since=SINCE_10),
    "DNS.SearchDomains[]": Fact("string", since=SINCE_10),
    "DNS.DomainName": Fact("string", since=SINCE_10),
    "DNS.SupplementalMatchDomains": Fact("array", since=SINCE_10),
    "DNS.SupplementalMatchDomains[]": Fact("string", since=SINCE_10),
    "DNS.SupplementalMatchDomainsNoSearch": switch(0, since=SINCE_10),
    "DNS.PayloadCertificateUUID": Fact("string", since="iOS 16.0, macOS 13.0"),
}

PROXIES = {
    "Proxies": Fact("dictionary"),
    "Proxies.ProxyAutoConfigEnable": switch(),
    "Proxies.ProxyAutoDiscoveryEnable": switch(1),
    "Proxies.ProxyAutoConfigURLString": Fact("string"),
    "Proxies.SupplementalMatchDomains": Fact("array"),
    "Proxies.SupplementalMatchDomains[]": Fact("string"),
    "Proxies.HTTPEnable": switch(0),
    "Proxies.HTTPProxy": Fact("string"),
    "Proxies.HTTPPort": Fact("integer", least=0, most=65535),
    "Proxies.HTTPProxyUsername": Fact("string"),
    "Proxies.HTTPProxyPassword": Fact("string"),
    "Proxies.HTTPSEnable": switch(0),
    "Proxies.HTTPSProxy": Fact("string"),
    "Proxies.HTTPSPort": Fact("integer", least=0, most=65535),
}

IPV4 = {"IPv4": Fact("dictionary"), "IPv4.OverridePrimary": switch(0, "tvOS never")}
"""For Cisco IPsec and L2TP, but files have it beside every VPN."""

VPN = {"UserDefinedName": Fact("string", required=True), **IPV4, **DNS, **PROXIES, **ABOUT}

VPN_IKEV2 = {"VPNSubType": Fact("string"), "IKEv2": Fact("dictionary"), **VPN}
"""Beside what is inside IKEv2."""

ALWAYS_ON_SINCE = "iOS 8.0, macOS never, tvOS never, visionOS 1.0, watchOS never"
SINCE_13_6 = "iOS 13.6"

TUNNEL = {
    "ProtocolType": Fact("string", ("IKEv2",), required=True),
    "Interfaces": Fact("array"),
    "Interfaces[]": Fact("string", ("Cellular", "WiFi")),
    # Those of On Demand and of routing do nothing there, but files have them.
    **IKEV2,
}

VPN_ALWAYS_ON = {
    "VPNSubType": Fact("string"),
    **VPN,
    "AlwaysOn": Fact("dictionary"),
    "AlwaysOn.UIToggleEnabled": switch(0),
    # Apple allows “an arbitrary number”, but there are two interfaces.
    "AlwaysOn.TunnelConfigurations": Fact("array", required=True, most_items=2),
    "AlwaysOn.TunnelConfigurations[]": Fact("dictionary"),
    **{f"AlwaysOn.TunnelConfigurations[].{path}": fact for path, fact in TUNNEL.items()},
    "AlwaysOn.ServiceExceptions": Fact("array"),
    "AlwaysOn.ServiceExceptions[]": Fact("dictionary"),
    "AlwaysOn.ServiceExceptions[].ServiceName": Fact(
        "string", ("VoiceMail", "AirPrint", "CellularServices", "DeviceCommunication"), required=True
    ),
    "AlwaysOn.ServiceExceptions[].Action": Fact("string", ("Allow", "Drop"), required=True),
    "AlwaysOn.ApplicationExceptions": Fact("array", since=SINCE_13_6),
    "AlwaysOn.ApplicationExceptions[]": Fact("dictionary", since=SINCE_13_6),
    "AlwaysOn.ApplicationExceptions[].BundleIdentifier": Fact("string", required=True, since=SINCE_13_6),
    "AlwaysOn.ApplicationExceptions[].LimitToProtocols": Fact("array", since=SINCE_13_6),
    "AlwaysOn.ApplicationExceptions[].LimitToProtocols[]": Fact("string", ("UDP",), since=SINCE_13_6),
    "AlwaysOn.AllowCaptiveWebSheet": switch(0),
    "AlwaysOn.AllowAllCaptiveNetworkPlugins": switch(0),
    "AlwaysOn.AllowedCaptiveNetworkPlugins": Fact("array"),
    "AlwaysOn.AllowedCaptiveNetworkPlugins[]": Fact("dictionary"),
    "AlwaysOn.AllowedCaptiveNetworkPlugins[].BundleIdentifier": Fact("string", required=True),
}

CREDENTIAL_SINCE = "iOS 4.0, macOS 10.7, tvOS 9.0, visionOS 1.0, watchOS 3.0"
ONLY_MACOS = "iOS never, tvOS never, visionOS never, watchOS never"

IDENTITY_PKCS12 = {
    "PayloadCertificateFileName": Fact("string"),
    "PayloadContent": Fact("data", required=True),
    "Password": Fact("string"),
    "AllowAllAppsAccess": Fact("boolean", default=False, since=f"macOS 10.10, {ONLY_MACOS}"),
    "KeyIsExtractable": Fact("boolean", default=True, since=f"macOS 10.15, {ONLY_MACOS}"),
    **ABOUT,
}

CERTIFICATE_TYPES = ("com.apple.security.root", "com.apple.security.pkcs1", "com.apple.security.pem")

CERTIFICATE = {
    # Three payload types that differ in nothing else.
    "PayloadType": Fact("string", CERTIFICATE_TYPES, default="com.apple.security.root"),
    "PayloadCertificateFileName": Fact("string"),
    "PayloadContent": Fact("data", required=True),
    **ABOUT,
}

ALTERNATIVE_NAMES = {
    "SubjectAltName": Fact("dictionary"),
    "SubjectAltName.rfc822Name": Fact("string"),
    "SubjectAltName.dNSName": Fact("string"),
    "SubjectAltName.uniformResourceIdentifier": Fact("string"),
    "SubjectAltName.ntPrincipalName": Fact("string"),
}

SCEP = {
    "PayloadContent": Fact("dictionary"),
    "PayloadContent.URL": Fact("string", required=True),
    "PayloadContent.Name": Fact("string"),
    "PayloadContent.Subject": Fact("array"),
    "PayloadContent.Challenge": Fact("string"),
    "PayloadContent.Keysize": Fact("integer", (1024, 2048, 4096), default=1024),
    # Apple names RSA as the default, and no other.
    "PayloadContent.Key Type": Fact("string", ("RSA",), default="RSA"),
    # A bit mask: 1 signs, 4 encrypts.
    "PayloadContent.Key Usage": Fact("integer", (0, 1, 4, 5), default=0, since="macOS 10.11"),
    "PayloadContent.CAFingerprint": Fact("data"),
    # Apple names no least values; fewer than none makes no sense.
    "PayloadContent.Retries": Fact("integer", default=3, least=0, since="macOS 10.10"),
    "PayloadContent.RetryDelay": Fact("integer", default=10, least=0, since="macOS 10.10"),
    **{f"PayloadContent.{path}": fact for path, fact in ALTERNATIVE_NAMES.items()},
    "PayloadContent.KeyIsExtractable": Fact("boolean", default=True, since="macOS 10.13.4"),
    "PayloadContent.AllowAllAppsAccess": Fact("boolean", default=False, since="macOS 10.10"),
    **ABOUT,
}

ACME_SINCE = "iOS 16.0, macOS 13.1, tvOS 16.0, visionOS 1.0, watchOS 9.0"

ACME = {
    "DirectoryURL": Fact("string", required=True),
    "ClientIdentifier": Fact("string", required=True),
    "KeySize": Fact("integer", required=True),
    "KeyType": Fact("string", ("RSA", "ECSECPrimeRandom"), required=True),
    "HardwareBound": Fact("boolean", required=True),
    "Subject": Fact("array", required=True),
    **ALTERNATIVE_NAMES,
    "UsageFlags": Fact("integer", (1, 4, 5)),
    "ExtendedKeyUsage": Fact("array"),
    "ExtendedKeyUsage[]": Fact("string"),
    "Attest": Fact("boolean", default=False, since="watchOS 10.0"),
    "KeyIsExtractable": Fact("boolean", default=True, since=ONLY_MACOS),
    "AllowAllAppsAccess": Fact("boolean", default=False, since=ONLY_MACOS),
    **ABOUT,
}

PAYLOADS = {
    "vpn-ikev2": (IKEV2_SINCE, VPN_IKEV2),
    "vpn-always-on": (ALWAYS_ON_SINCE, VPN_ALWAYS_ON),
    "identity-pkcs12": (CREDENTIAL_SINCE, IDENTITY_PKCS12),
    "certificate": (CREDENTIAL_SINCE, CERTIFICATE),
    "scep": (CREDENTIAL_SINCE, SCEP),
    "acme": (ACME_SINCE, ACME),
}
"""By slug: since when each system knows the payload, and its keys."""

SECRETS = {
    "vpn-ikev2": {
        *(f"IKEv2.{name}" for name in ("SharedSecret", "AuthPassword", "Password", "PPK")),
        "Proxies.HTTPProxyPassword",
    },
    "vpn-always-on": {
        *(
            f"AlwaysOn.TunnelConfigurations[].{name}"
            for name in ("SharedSecret", "AuthPassword", "Password", "PPK")
        ),
        "Proxies.HTTPProxyPassword",
    },
    "identity-pkcs12": {"PayloadContent", "Password"},
    "certificate": set(),
    "scep": {"PayloadContent.Challenge"},
    "acme": set(),
    "profile": {"EncryptedPayloadContent"},
}
