"""Editors and managements that export a profile, and the files that Apple itself signs."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.archetypes.shapes import Archetype, ikev2, part, profile, uuid, xml
from tests.cases import credentials
from tests.cases.ber import with_constructed_signer
from tests.cases.expectations import advice, never, told, warning
from tests.cases.making import PASSWORD, SHARED_SECRET, Tree
from tests.signing.making import certificate, key_pem, openssl, pem

HOST: Final = "tor.kontor.example"

_FALSE: Final = never("wrong-type|malformed|dangling-reference|duplicate-uuid|duplicate-identifier")
_STRONG: Final = {
    "DiffieHellmanGroup": 14,
    "EncryptionAlgorithm": "AES-256",
    "IntegrityAlgorithm": "SHA2-256",
    "LifeTimeInMinutes": 1440,
}


def _signed(content: bytes, *, constructed: bool) -> bytes:
    """A file as Apple's encoder signs it: the signer named by its key, in a constructed tag."""
    with tempfile.TemporaryDirectory() as name:
        folder, own = Path(name), credentials.key("RSA", "profiles")
        signer = certificate(
            "Kontor Profile Signing",
            own,
            issuer=credentials.authority(),
            issuer_key=credentials.key("P-256", "root"),
            usage=["digital_signature"],
        )
        files = {"content": content, "signer.pem": pem(signer), "signer.key": key_pem(own)}
        for file, data in files.items():
            (folder / file).write_bytes(data)
        who = ["-signer", "signer.pem", "-inkey", "signer.key", "-in", "content"]
        made = openssl(
            "cms", "-sign", "-nodetach", "-binary", "-keyid", "-outform", "DER", *who, folder=folder
        )
    return with_constructed_signer(made) if constructed else made


@cache
def _beta() -> bytes:
    """A profile of Apple's for trying a system early: signed, and its payload called as the profile is."""
    own, identifier = uuid(), "com.apple.kontor.beta"
    seed = {
        "DefaultsDomainName": "com.apple.MobileAsset",
        "DefaultsData": {
            "MobileAssetAssetAudience": uuid(lower=True),
            "MobileAssetSUAllowOSVersionChange": True,
        },
    }
    payload = part("com.apple.defaults.managed", identifier, PayloadContent=[seed], PayloadUUID=own)
    made = profile(
        payload,
        identifier=identifier,
        PayloadUUID=own,
        PayloadDisplayName="Kontor Beta Software Profile",
        PayloadDescription="Configures your device for use with the beta program.",
        PayloadOrganization="Kontor",
        PayloadRemovalDisallowed=False,
        HasRemovalPasscode=False,
    )
    return _signed(xml(made), constructed=True)


def _configurator() -> bytes:
    """Apple Configurator: <true/> for what is on, 0 for what is off, and what belongs to other types of VPN."""
    tunnel = {
        "AuthName": "mia",
        "AuthPassword": PASSWORD,
        "AuthenticationMethod": "None",
        "ChildSecurityAssociationParameters": _STRONG,
        "DeadPeerDetectionRate": "Medium",
        "DisableMOBIKE": 0,
        "DisableRedirect": True,
        "EnableCertificateRevocationCheck": 0,
        "EnableFallback": 0,
        "EnablePFS": True,
        "ExtendedAuthEnabled": True,
        "IKESecurityAssociationParameters": _STRONG,
        "LocalIdentifier": "",
        "OnDemandEnabled": 0,
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "UseConfigurationAttributeInternalIPSubnet": 0,
    }
    return xml(
        profile(
            ikev2(
                "Kontor",
                tunnel,
                IPv4={"OverridePrimary": 1},
                Proxies={"HTTPEnable": 0, "HTTPSEnable": 0},
                PayloadDescription="Configures VPN settings",
                PayloadDisplayName="VPN",
            ),
            identifier=f"Mias-MacBook-Pro.{uuid()}",
            PayloadDisplayName="Kontor",
            PayloadRemovalDisallowed=False,
            HasRemovalPasscode=False,
            IsEncrypted=False,
        )
    )


def _configurator_certificate() -> bytes:
    """Apple Configurator with a certificate from SCEP, and an authority."""
    own = uuid()
    scep = part(
        "com.apple.security.scep",
        PayloadUUID=own,
        PayloadDisplayName="SCEP",
        PayloadContent={
            "Challenge": "spring tide",
            "Key Type": "RSA",
            "Key Usage": 5,
            "Keysize": 2048,
            "Name": "KONTOR",
            "Retries": 3,
            "RetryDelay": 10,
            "Subject": [[["O", "Kontor"]], [["CN", "mia"]]],
            "URL": "http://ca.kontor.example/certsrv/mscep/mscep.dll",
        },
    )
    tunnel = {
        "AuthenticationMethod": "Certificate",
        "CertificateType": "RSA",
        "ChildSecurityAssociationParameters": _STRONG,
        "DeadPeerDetectionRate": "Low",
        "EnablePFS": True,
        "ExtendedAuthEnabled": 0,
        "IKESecurityAssociationParameters": _STRONG,
        "LocalIdentifier": "mia",
        "PayloadCertificateUUID": own,
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
    }
    root = part("com.apple.security.root", PayloadContent=credentials.der(credentials.authority()))
    return xml(profile(ikev2("Kontor", tunnel), scep, root, PayloadDisplayName="Kontor"))


def _jamf() -> bytes:
    """Jamf Pro: every identifier is a bare UUID, the profile's its own, and each part says that it is enabled."""
    own, identity = uuid(), uuid()
    tunnel = {
        "AuthenticationMethod": "Certificate",
        "CertificateType": "RSA",
        "ChildSecurityAssociationParameters": _STRONG,
        "DeadPeerDetectionRate": "Medium",
        "DisableMOBIKE": 0,
        "DisableRedirect": 0,
        "DisconnectOnIdle": 0,
        "EnableCertificateRevocationCheck": 0,
        "EnablePFS": 0,
        "ExtendedAuthEnabled": 0,
        "IKESecurityAssociationParameters": _STRONG,
        "IncludeAllNetworks": 0,
        "LocalIdentifier": "$EMAIL",
        "OnDemandEnabled": 0,
        "PayloadCertificateUUID": identity,
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "ServerCertificateIssuerCommonName": credentials.ROOT,
        "UseConfigurationAttributeInternalIPSubnet": 0,
    }

    def enabled(payload: Tree) -> Tree:
        return {**payload, "PayloadEnabled": True, "PayloadOrganization": "Kontor"}

    bare = uuid()
    vpn = ikev2(
        "Kontor", tunnel, bare, PayloadUUID=bare, VPNSubType="", IPv4={"OverridePrimary": 0}, Proxies={}
    )
    p12 = part(
        "com.apple.security.pkcs12",
        identity,
        PayloadUUID=identity,
        PayloadContent=credentials.identity(),
        Password=PASSWORD,
        PayloadDisplayName="mia",
        AllowAllAppsAccess=True,
        KeyIsExtractable=False,
    )
    made = profile(
        enabled(vpn),
        enabled(p12),
        identifier=own,
        PayloadUUID=own,
        PayloadDescription="",
        PayloadDisplayName="Kontor VPN",
        PayloadEnabled=True,
        PayloadOrganization="Kontor",
        PayloadRemovalDisallowed=True,
        PayloadScope="System",
    )
    return xml(made).replace(b"\n", b"").replace(b"\t", b"")


def _pppc() -> bytes:
    """A utility for privacy settings, whose files Jamf takes: the scope begins with a small letter."""
    own = uuid()
    app = {
        "Allowed": True,
        "CodeRequirement": 'identifier "com.kontor.agent" and anchor apple generic',
        "Comment": "Allow the agent",
        "Identifier": "com.kontor.agent",
        "IdentifierType": "bundleID",
    }
    payload = part(
        "com.apple.TCC.configuration-profile-policy",
        own,
        PayloadUUID=own,
        Services={"SystemPolicyAllFiles": [app]},
        PayloadOrganization="Kontor",
        PayloadDisplayName="Privacy",
    )
    made = profile(
        payload,
        identifier=uuid(),
        PayloadDisplayName="Privacy",
        PayloadOrganization="Kontor",
        payloadScope="system",
    )
    return xml(made)


def _workspace() -> bytes:
    """Managements that write every dictionary that a VPN may have, and a key of the tunnel in its associations."""
    odd = {**_STRONG, "EnableFallback": 0}
    tunnel = {
        "RemoteAddress": HOST,
        "LocalIdentifier": "kontor",
        "RemoteIdentifier": HOST,
        "AuthenticationMethod": "SharedSecret",
        "SharedSecret": SHARED_SECRET,
        "ExtendedAuthEnabled": 0,
        "MTU": 1280,
        "DeadPeerDetectionRate": "Low",
        "NATKeepAliveOffloadEnable": 0,
        "EnablePFS": 0,
        "ChildSecurityAssociationParameters": odd,
        "IKESecurityAssociationParameters": odd,
    }
    beside: Tree = {
        "IPv4": {"OverridePrimary": 1},
        "Proxies": {},
        "VPN": {"ProviderType": "app-proxy"},
        "VendorConfig": {},
    }
    return xml(profile(ikev2("Kontor", tunnel, **beside), PayloadDisplayName="Kontor"))


def _imazing() -> bytes:
    """iMazing Profile Editor: a text for every language, a type of device, and a date of removal."""
    tunnel = {
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "LocalIdentifier": "mia@kontor.example",
        "AuthenticationMethod": "None",
        "ExtendedAuthEnabled": 1,
        "AuthName": "mia",
        "IncludeAllNetworks": 1,
        "ExcludeLocalNetworks": 1,
        "ExcludeAPNs": 1,
        "ExcludeCellularServices": 1,
        "DisconnectOnIdle": 1,
        "DisconnectOnIdleTimer": 900,
        "TLSMinimumVersion": "1.2",
        "TLSMaximumVersion": "1.2",
        "IKESecurityAssociationParameters": {**_STRONG, "DiffieHellmanGroup": 19},
        "ChildSecurityAssociationParameters": {**_STRONG, "DiffieHellmanGroup": 19},
        "EnablePFS": 1,
        "OnDemandEnabled": 1,
        "OnDemandUserOverrideDisabled": 0,
        "OnDemandRules": [{"Action": "Disconnect", "SSIDMatch": ["Kontor"]}, {"Action": "Connect"}],
    }
    return xml(
        profile(
            ikev2("Kontor", tunnel, PayloadDisplayName="VPN (Kontor)", PayloadOrganization=""),
            identifier=f"kontor.profile.{uuid()}",
            ConsentText={"default": "Für Kontor.", "en": "For Kontor."},
            DurationUntilRemoval=2592000.0,
            PayloadDescription="",
            PayloadDisplayName="Kontor",
            PayloadOrganization="Kontor",
            PayloadRemovalDisallowed=False,
            TargetDeviceType=1,
        )
    )


def _intune() -> bytes:
    """A custom profile for Intune: its variables stand in braces, and its certificate is in the same file."""
    own = uuid()
    scep = part(
        "com.apple.security.scep",
        PayloadUUID=own,
        PayloadContent={
            "URL": "https://scep.kontor.example/intune",
            "Subject": [[["CN", "{{userprincipalname}}"]]],
            "SubjectAltName": {"ntPrincipalName": "{{userprincipalname}}", "rfc822Name": "{{mail}}"},
            "Keysize": 2048,
            "Key Type": "RSA",
            "Key Usage": 5,
        },
    )
    tunnel = {
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "LocalIdentifier": "{{userprincipalname}}",
        "AuthenticationMethod": "Certificate",
        "PayloadCertificateUUID": own,
        "ExtendedAuthEnabled": 0,
        "EnablePFS": 1,
        "IKESecurityAssociationParameters": _STRONG,
        "ChildSecurityAssociationParameters": _STRONG,
    }
    vpn = ikev2("Kontor", tunnel)
    return xml(
        profile(scep, vpn, PayloadDisplayName="Kontor VPN", PayloadScope="User", PayloadOrganization="Kontor")
    )


def _fleet() -> bytes:
    """A profile for Fleet: even the address of the SCEP server is one of its variables."""
    own = uuid()
    scep = part(
        "com.apple.security.scep",
        PayloadUUID=own,
        PayloadDisplayName="SCEP",
        PayloadContent={
            "URL": "$FLEET_VAR_CUSTOM_SCEP_PROXY_URL_KONTOR",
            "Challenge": "$FLEET_VAR_CUSTOM_SCEP_CHALLENGE_KONTOR",
            "Subject": [
                [["CN", "$FLEET_VAR_HOST_END_USER_EMAIL_IDP"]],
                [["OU", "$FLEET_VAR_CERTIFICATE_RENEWAL_ID"]],
            ],
            "Keysize": 2048,
            "Key Type": "RSA",
            "Key Usage": 5,
        },
    )
    tunnel = {
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "LocalIdentifier": "$FLEET_VAR_HOST_END_USER_EMAIL_IDP",
        "AuthenticationMethod": "Certificate",
        "PayloadCertificateUUID": own,
        "ExtendedAuthEnabled": 0,
        "IKESecurityAssociationParameters": _STRONG,
    }
    made = profile(scep, ikev2("Kontor", tunnel), PayloadDisplayName="Kontor VPN", PayloadScope="System")
    return xml(made)


def _firewall(product: str) -> bytes:
    """Exports of firewalls (pfSense, OPNsense): a user name and a password behind the server's certificate."""
    tunnel: dict[str, Any] = {
        "AuthName": "mia",
        "AuthPassword": "",
        "AuthenticationMethod": "None",
        "ChildSecurityAssociationParameters": {**_STRONG, "EncryptionAlgorithm": "AES-256-GCM"},
        "DeadPeerDetectionRate": "Medium",
        "DisableMOBIKE": 0,
        "DisableRedirect": 1,
        "EnableCertificateRevocationCheck": 0,
        "EnablePFS": 1,
        "ExtendedAuthEnabled": 1,
        "IKESecurityAssociationParameters": {**_STRONG, "EncryptionAlgorithm": "AES-256-GCM"},
        "LocalIdentifier": "",
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "ServerCertificateIssuerCommonName": credentials.ROOT,
        "ServerCertificateCommonName": HOST,
        "UseConfigurationAttributeInternalIPSubnet": 1,
    }
    dns = {
        "ServerAddresses": ["10.7.0.1"],
        "SearchDomains": ["kontor.example"],
        "SupplementalMatchDomains": ["kontor.example", ""],
    }
    root = part(
        "com.apple.security.root",
        PayloadCertificateFileName="ca.cer",
        PayloadContent=credentials.der(credentials.authority()),
    )
    return xml(
        profile(
            root,
            ikev2(f"{product} mobile", tunnel, DNS=dns, IPv4={"OverridePrimary": 1}),
            identifier=f"kontor.{product.lower()}.mobile",
            PayloadDisplayName=f"{product} VPN",
        )
    )


def _shared_name() -> bytes:
    """Files of large vendors in which the payload has the profile's identifier."""
    payload = part(
        "com.apple.notificationsettings", "com.kontor.agent.notifications", NotificationSettings=[]
    )
    return xml(
        profile(payload, identifier="com.kontor.agent.notifications", PayloadDisplayName="Notifications")
    )


def _by_hand() -> bytes:
    """Written in an editor on Windows: line ends of two bytes, comments, an identifier of one word."""
    tunnel = {
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "LocalIdentifier": "mia",
        "AuthenticationMethod": "SharedSecret",
        "SharedSecret": SHARED_SECRET,
    }
    made = xml(
        profile(
            ikev2("Kontor", tunnel, "kontorvpn1", PayloadUUID="kontor-vpn-1"),
            identifier="kontorvpn",
            PayloadUUID="kontor-vpn",
        )
    )
    return b"<!-- Kontor, by hand -->\r\n" + made.replace(b"\n", b"\r\n")


ARCHETYPES: Final = (
    Archetype(
        "Apple's beta profile", _beta, silent=(_FALSE, never("tampered|unknown-key|signature-unchecked"))
    ),
    Archetype(
        "Apple Configurator",
        _configurator,
        (
            *(
                warning("other-type", rf"IKEv2\.{name}", mends=True)
                for name in ("DisableRedirect", "EnablePFS", "ExtendedAuthEnabled")
            ),
            advice("no-effect-key", r"IPv4(\.OverridePrimary)?"),
        ),
        silent=(_FALSE, never("unknown-key|missing|left-out")),
    ),
    Archetype(
        "Apple Configurator with SCEP",
        _configurator_certificate,
        (warning("other-type", r"IKEv2\.EnablePFS"),),
        silent=(_FALSE, never("issuer-missing|missing")),
    ),
    Archetype(
        "Jamf Pro",
        _jamf,
        (advice("mdm-placeholder", r"IKEv2\.LocalIdentifier"),),
        silent=(_FALSE, never("modern-encryption|unfilled-placeholder|provider-unused")),
    ),
    Archetype(
        "Jamf's privacy utility",
        _pppc,
        (warning("misspelt-key", "payloadScope"),),
        silent=(_FALSE, never("unknown-key", "payloadScope")),
    ),
    Archetype(
        "management that writes every dictionary",
        _workspace,
        (told("warning|advice", "", r"IKEv2\.IKESecurityAssociationParameters\.EnableFallback"),),
        silent=(_FALSE,),
    ),
    Archetype("iMazing", _imazing, silent=(_FALSE, never("date-passed|removal-twice|rule-unreachable"))),
    Archetype(
        "Intune",
        _intune,
        (advice("mdm-placeholder", r"IKEv2\.LocalIdentifier"),),
        silent=(_FALSE, never("own-placeholder|unfilled-placeholder")),
    ),
    Archetype(
        "Fleet",
        _fleet,
        (
            advice("mdm-placeholder", r"PayloadContent\.URL"),
            advice("mdm-placeholder", r"IKEv2\.LocalIdentifier"),
        ),
        silent=(_FALSE, never("own-placeholder|unfilled-placeholder|not-a-web-address")),
    ),
    Archetype(
        "pfSense",
        lambda: _firewall("pfSense"),
        (warning("missing|left-out", r"DNS\.DNSProtocol"),),
        silent=(_FALSE, never("missing", r"IKEv2.*")),
    ),
    Archetype("OPNsense", lambda: _firewall("OPNsense"), silent=(_FALSE, never("missing", r"IKEv2.*"))),
    Archetype("vendor that uses one identifier twice", _shared_name, silent=(_FALSE,)),
    Archetype(
        "by hand",
        _by_hand,
        (advice("no-uuid", "PayloadUUID"), advice("unnamed", "PayloadDisplayName")),
        silent=(_FALSE, never("left-out|missing")),
    ),
    Archetype(
        "by hand, signed with openssl",
        lambda: _signed(_by_hand(), constructed=False),
        silent=(_FALSE, never("tampered")),
    ),
)
