"""Scripts and servers that write a profile for their users."""

from __future__ import annotations

from typing import Any, Final

from tests.archetypes.shapes import (
    Archetype,
    commented,
    ikev2,
    part,
    profile,
    uuid,
    without_declaration,
    xml,
)
from tests.cases import credentials
from tests.cases.ber import in_pieces
from tests.cases.expectations import Told, advice, never, told, warning
from tests.cases.making import PASSWORD, SHARED_SECRET, Tree
from tests.signing.making import pem

ADDRESS: Final = "198.51.100.23"
HOST: Final = "vpn.werft.example"

_GROUP_UNUSED: Final = advice(
    "group-without-pfs", r"IKEv2\.ChildSecurityAssociationParameters\.DiffieHellmanGroup"
)
_NO_EFFECT: Final = advice("no-effect-key", r"IPv4(\.OverridePrimary)?")
_IN_PEM: Final = advice("other-encoding", "PayloadContent")
_KNOWN: Final = never("unknown-key", r"(IPv4|Proxies|IKEv2|PayloadRemovalDisallowed).*")
_OFF: Final = never("ignored", r"IKEv2\.OnDemandRules.*")
_FALSE: Final = never("wrong-type|malformed|dangling-reference")


def _boolean(*names: str) -> tuple[Told, ...]:
    return tuple(warning("other-type", rf"IKEv2\.{name}") for name in names)


def _algorithms(group: int, minutes: int, **more: Any) -> Tree:
    return {
        "DiffieHellmanGroup": group,
        "EncryptionAlgorithm": "AES-256-GCM",
        **more,
        "LifeTimeInMinutes": minutes,
    }


def _identity(own: str, content: bytes, **more: Any) -> Tree:
    described: Tree = {"PayloadCertificateFileName": "mia.p12", "PayloadContent": content}
    told: Tree = {"PayloadDescription": "Adds a PKCS#12-formatted certificate", "PayloadDisplayName": "mia"}
    return part("com.apple.security.pkcs12", PayloadUUID=own, **more, **described, **told)


def _authority(content: bytes | None = None, **more: Any) -> Tree:
    found = content or credentials.der(credentials.authority())
    told: Tree = {"PayloadDescription": "Adds a CA root certificate", "PayloadDisplayName": "Werft CA"}
    return part("com.apple.security.root", PayloadContent=found, **told, **more)


def _hwdsl2(*, password: bool = True) -> bytes:
    """hwdsl2/setup-ipsec-vpn: Libreswan with certificates of NSS, and On Demand that people switch on themselves."""
    own = uuid()
    tunnel = {
        "AuthenticationMethod": "Certificate",
        "ChildSecurityAssociationParameters": _algorithms(19, 1410),
        "DeadPeerDetectionRate": "Medium",
        "DisableRedirect": True,
        "EnableCertificateRevocationCheck": 0,
        "EnablePFS": 0,
        "IKESecurityAssociationParameters": _algorithms(19, 1410, IntegrityAlgorithm="SHA2-256"),
        "LocalIdentifier": "mia",
        "PayloadCertificateUUID": own,
        "OnDemandEnabled": 0,
        "OnDemandRules": [
            {
                "InterfaceTypeMatch": "WiFi",
                "URLStringProbe": "http://captive.apple.com/hotspot-detect.html",
                "Action": "Connect",
            },
            {"InterfaceTypeMatch": "Cellular", "Action": "Disconnect"},
            {"Action": "Ignore"},
        ],
        "RemoteAddress": ADDRESS,
        "RemoteIdentifier": ADDRESS,
        "UseConfigurationAttributeInternalIPSubnet": 0,
    }
    opens = {"Password": PASSWORD} if password else {}
    return xml(
        profile(
            ikev2(
                ADDRESS,
                tunnel,
                IPv4={"OverridePrimary": 1},
                Proxies={"HTTPEnable": 0, "HTTPSEnable": 0},
                PayloadDisplayName="VPN",
            ),
            _identity(own, in_pieces(credentials.identity(), PASSWORD), **opens),
            _authority(PayloadCertificateFileName="werftca"),
            PayloadDisplayName=f"IKEv2 VPN {ADDRESS}",
            PayloadRemovalDisallowed=False,
        )
    )


def _jawj() -> bytes:
    """jawj/IKEv2-setup: a user name and a password, booleans for switches, no local identifier at all."""
    strong = _algorithms(20, 1440, IntegrityAlgorithm="SHA2-384")
    tunnel = {
        "AuthenticationMethod": "None",
        "ChildSecurityAssociationParameters": strong,
        "DeadPeerDetectionRate": "Medium",
        "DisableMOBIKE": 0,
        "DisableRedirect": 0,
        "EnableCertificateRevocationCheck": 0,
        "EnablePFS": True,
        "ExtendedAuthEnabled": True,
        "IKESecurityAssociationParameters": strong,
        "OnDemandEnabled": 1,
        "OnDemandRules": [{"Action": "Connect"}],
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "UseConfigurationAttributeInternalIPSubnet": 0,
    }
    made = profile(
        ikev2(
            HOST,
            tunnel,
            IPv4={"OverridePrimary": 1},
            Proxies={"HTTPEnable": 0, "HTTPSEnable": 0},
            PayloadDescription="Configures VPN settings",
        ),
        PayloadDisplayName=f"IKEv2 VPN configuration ({HOST})",
        PayloadRemovalDisallowed=False,
    )
    return xml(made).replace(b'version="1.0" encoding="UTF-8"', b"version='1.0' encoding='UTF-8'", 1)


def _algo(*, on_demand: bool) -> bytes:
    """trailofbits/algo: an address as every name, P-384 keys, an authority in PEM, a version that is a real."""
    own = uuid()
    probe = "http://captive.apple.com/hotspot-detect.html"
    connecting = [
        {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Kai 7", "Werft & Söhne"]},
        {"Action": "Connect", "InterfaceTypeMatch": "WiFi", "URLStringProbe": probe},
        {"Action": "Connect", "InterfaceTypeMatch": "Cellular", "URLStringProbe": probe},
        {"Action": "Disconnect"},
    ]
    strong = _algorithms(20, 1440, IntegrityAlgorithm="SHA2-512")
    tunnel = {
        "OnDemandEnabled": int(on_demand),
        "OnDemandRules": connecting if on_demand else [{"Action": "Connect"}],
        "AuthenticationMethod": "Certificate",
        "ChildSecurityAssociationParameters": strong,
        "DeadPeerDetectionRate": "Medium",
        "DisableMOBIKE": 0,
        "DisableRedirect": 1,
        "EnableCertificateRevocationCheck": 0,
        "EnablePFS": True,
        "IKESecurityAssociationParameters": strong,
        "LocalIdentifier": "mia@6c1d0b8e-2f7a-5a3e-9a55-0d3f1c6a7b21",
        "PayloadCertificateUUID": own,
        "CertificateType": "ECDSA384",
        "ServerCertificateIssuerCommonName": ADDRESS,
        "ServerCertificateCommonName": ADDRESS,
        "RemoteAddress": ADDRESS,
        "RemoteIdentifier": ADDRESS,
        "UseConfigurationAttributeInternalIPSubnet": 0,
    }
    made = xml(
        profile(
            ikev2(
                "AlgoVPN werft IKEv2",
                tunnel,
                IPv4={"OverridePrimary": 1},
                Proxies={"HTTPEnable": 0, "HTTPSEnable": 0},
                PayloadVersion=1.0,
            )
            | {"PayloadVersion": 1.0},
            _identity(own, credentials.identity("P-384"), Password=PASSWORD),
            _authority(pem(credentials.authority()), PayloadCertificateFileName="ca.crt"),
            PayloadDisplayName="AlgoVPN werft IKEv2",
            PayloadOrganization="AlgoVPN",
            PayloadRemovalDisallowed=False,
        )
    )
    made = made.replace(b"<real>1.0</real>", b"<real>1</real>")
    return commented(made, "DisableMOBIKE", "CertificateType", "OverridePrimary")


def _strongswan(changes: Tree, *more: Tree) -> bytes:
    """strongSwan's page on profiles for Apple devices: comments, small letters in UUIDs, no XML declaration."""
    old = {"EncryptionAlgorithm": "AES-128", "IntegrityAlgorithm": "SHA1-96", "DiffieHellmanGroup": 14}
    tunnel = {
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "LocalIdentifier": "",
        "ServerCertificateIssuerCommonName": credentials.ROOT,
        "ServerCertificateCommonName": HOST,
        "AuthenticationMethod": "Certificate",
        "ExtendedAuthEnabled": 1,
        "IKESecurityAssociationParameters": old,
        "ChildSecurityAssociationParameters": old,
        **changes,
    }
    tunnel = {name: value for name, value in tunnel.items() if value is not None}
    made = profile(
        ikev2("Werft", tunnel, "org.werft.vpn1.conf1", PayloadUUID=uuid(lower=True)),
        *more,
        _authority(PayloadUUID=uuid(lower=True)),
        identifier="org.werft.vpn1",
        PayloadUUID=uuid(lower=True),
        PayloadDisplayName="Werft",
    )
    return without_declaration(commented(xml(made), "PayloadDisplayName", "RemoteAddress", "IKEv2"))


def _strongswan_certificate() -> bytes:
    own = uuid(lower=True)
    changes = {"LocalIdentifier": "mia", "ExtendedAuthEnabled": None, "PayloadCertificateUUID": own}
    return _strongswan(changes, _identity(own, credentials.identity(), Password=PASSWORD))


def _strongswan_eap_tls() -> bytes:
    own = uuid(lower=True)
    changes = {"LocalIdentifier": "mia", "PayloadCertificateUUID": own, "CertificateType": "ECDSA256"}
    return _strongswan(changes, _identity(own, credentials.identity("P-256"), Password=PASSWORD))


def _strongswan_on_demand() -> bytes:
    rules = [
        {"InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Werft"], "Action": "Disconnect"},
        {
            "Action": "EvaluateConnection",
            "ActionParameters": [{"Domains": ["*.intern.werft.example"], "DomainAction": "ConnectIfNeeded"}],
        },
        {"Action": "Ignore"},
    ]
    return _strongswan({"AuthName": "mia", "OnDemandEnabled": 1, "OnDemandRules": rules})


def _vyos() -> bytes:
    """vyos/vyos-1x, `generate ipsec profile ios-remote-access`."""
    strong = {
        "EncryptionAlgorithm": "AES-128-GCM",
        "IntegrityAlgorithm": "SHA2-256",
        "DiffieHellmanGroup": 14,
    }
    tunnel = {
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "LocalIdentifier": "",
        "ServerCertificateIssuerCommonName": credentials.ROOT,
        "ServerCertificateCommonName": HOST,
        "AuthenticationMethod": "Certificate",
        "ExtendedAuthEnabled": 1,
        "IKESecurityAssociationParameters": strong,
        "ChildSecurityAssociationParameters": strong,
    }
    made = profile(
        ikev2("Werft VPN", tunnel, "example.werft.vpn.conf1", PayloadUUID=uuid(lower=True)),
        part(
            "com.apple.security.root", "org.werft.ca", PayloadContent=credentials.der(credentials.authority())
        ),
        identifier="example.werft.vpn",
        PayloadDisplayName="Werft IKEv2 Profile",
    )
    return without_declaration(commented(xml(made), "PayloadIdentifier", "AuthenticationMethod"))


def _shell_script() -> bytes:
    """Scripts around openssl 3: its own PKCS #12, and the authority as PEM."""
    own = uuid(lower=True)
    strong = {
        "EncryptionAlgorithm": "AES-128-GCM",
        "IntegrityAlgorithm": "SHA2-256",
        "DiffieHellmanGroup": 19,
    }
    tunnel = {
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "LocalIdentifier": "mia",
        "AuthenticationMethod": "Certificate",
        "PayloadCertificateUUID": own,
        "CertificateType": "RSA",
        "ServerCertificateIssuerCommonName": HOST,
        "EnablePFS": 1,
        "IKESecurityAssociationParameters": strong,
        "ChildSecurityAssociationParameters": strong,
        "OnDemandEnabled": 0,
        "OnDemandRules": [
            {"InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Kai", "Dock"], "Action": "Disconnect"},
            {"InterfaceTypeMatch": "Cellular", "Action": "Connect"},
            {"Action": "Connect"},
        ],
    }
    return xml(
        profile(
            ikev2("Werft", tunnel, "com.apple.vpn.managed.werft"),
            _identity(own, credentials.identity(modern=True), Password=PASSWORD),
            _authority(pem(credentials.authority()), PayloadCertificateFileName="ca.pem"),
            identifier="example.werft.vpn",
            PayloadDisplayName="Werft VPN",
        )
    )


def _iked() -> bytes:
    """Set-ups of OpenBSD's iked: a shared secret, a boolean, and a weaker Child cipher."""
    tunnel = {
        "AuthenticationMethod": "SharedSecret",
        "ChildSecurityAssociationParameters": {
            "DiffieHellmanGroup": 14,
            "EncryptionAlgorithm": "AES-256",
            "IntegrityAlgorithm": "SHA2-256",
            "LifeTimeInMinutes": 1440,
        },
        "DeadPeerDetectionRate": "Medium",
        "DisableMOBIKE": 0,
        "EnableFallback": 0,
        "EnablePFS": True,
        "IKESecurityAssociationParameters": _algorithms(14, 1440, IntegrityAlgorithm="SHA2-256"),
        "LocalIdentifier": "mia",
        "RemoteAddress": HOST,
        "RemoteIdentifier": HOST,
        "SharedSecret": SHARED_SECRET,
        "UseConfigurationAttributeInternalIPSubnet": 0,
    }
    return xml(profile(ikev2(HOST, tunnel, IPv4={"OverridePrimary": 1}), PayloadDisplayName=HOST))


def _autoconnect(kind: str) -> bytes:
    """klinquist/iOS-VPN-Autoconnect: L2TP and Cisco IPsec, with On Demand beside them, and identifiers of its own."""
    secret = {"AuthenticationMethod": "SharedSecret", "LocalIdentifierType": "KeyID", "SharedSecret": "tide"}
    user = {"XAuthEnabled": 1, "XAuthName": "mia", "XAuthPassword": PASSWORD, "LocalIdentifier": ""}
    inside: Tree = (
        {
            "IPSec": secret,
            "PPP": {"AuthName": "mia", "AuthPassword": PASSWORD, "CommRemoteAddress": HOST},
        }
        if kind == "L2TP"
        else {"IPSec": {"RemoteAddress": HOST, **secret, **user}}
    )
    rules = [
        {"InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Kai"], "Action": "Disconnect"},
        {"InterfaceTypeMatch": "WiFi", "Action": "Connect"},
        {"Action": "Disconnect"},
    ]
    beside = {"OnDemandEnabled": 1, "OnDemandRules": rules, "OverridePrimary": True}
    payload = part(
        "com.apple.vpn.managed",
        "com.vpn.vpn1",
        UserDefinedName="Autoconnect VPN",
        PayloadDisplayName="Autoconnect VPN",
        VPNType=kind,
        **inside,
        **beside,
        IPv4={"OverridePrimary": 1},
    )
    made = profile(
        payload, identifier=uuid(), PayloadDisplayName="VPN Configurations", PayloadRemovalDisallowed=False
    )
    return commented(xml(made), "Action")


def _provider() -> bytes:
    """A seller of tunnels: one payload for each place, each with the same name and password."""
    strong = _algorithms(14, 1440, IntegrityAlgorithm="SHA2-256")

    def place(name: str) -> Tree:
        host = f"{name.lower()}.seller.example"
        tunnel = {
            "AuthName": "p4711",
            "AuthPassword": PASSWORD,
            "AuthenticationMethod": "None",
            "ChildSecurityAssociationParameters": strong,
            "DisableRedirect": True,
            "EnableFallback": 0,
            "EnablePFS": 0,
            "ExtendedAuthEnabled": True,
            "IKESecurityAssociationParameters": strong,
            "LocalIdentifier": "vpnclient",
            "RemoteAddress": host,
            "RemoteIdentifier": host,
        }
        dns = {
            "DNSProtocol": "HTTPS",
            "ServerURL": "https://dns.seller.example/dns-query",
            "ServerAddresses": ["198.51.100.53"],
            "SupplementalMatchDomainsNoSearch": 0,
        }
        return ikev2(f"Seller {name}", tunnel, DNS=dns)

    places = map(place, ("Bergen", "Lissabon", "Triest"))
    return xml(profile(*places, PayloadDisplayName="Seller", PayloadOrganization="Seller"))


ARCHETYPES: Final = (
    Archetype(
        "hwdsl2",
        _hwdsl2,
        (*_boolean("DisableRedirect"), _NO_EFFECT, _GROUP_UNUSED),
        silent=(_FALSE, _KNOWN, _OFF, never("modern-encryption|missing|left-out")),
    ),
    Archetype(
        "hwdsl2, whose file asks for its password",
        lambda: _hwdsl2(password=False),
        (*_boolean("DisableRedirect"), _NO_EFFECT),
        silent=(_FALSE, _KNOWN, _OFF, never("modern-encryption|missing|wrong-password")),
    ),
    Archetype(
        "jawj",
        _jawj,
        (*_boolean("EnablePFS", "ExtendedAuthEnabled"), _NO_EFFECT, advice("on-demand-asks", r"IKEv2.*")),
        silent=(_FALSE, _KNOWN, never("missing|eap-only|falls-back-to-secret")),
    ),
    Archetype(
        "algo, on demand",
        lambda: _algo(on_demand=True),
        (*_boolean("EnablePFS"), _NO_EFFECT, warning("odd-version", "PayloadVersion"), _IN_PEM),
        silent=(
            _FALSE,
            _KNOWN,
            never("modern-encryption|missing|rule-unreachable|unfilled-placeholder|certificate-type"),
        ),
    ),
    Archetype(
        "algo, not on demand",
        lambda: _algo(on_demand=False),
        (*_boolean("EnablePFS"), _NO_EFFECT, _IN_PEM),
        silent=(_FALSE, _KNOWN, _OFF, never("missing")),
    ),
    Archetype(
        "strongSwan's base template",
        lambda: _strongswan({"AuthName": "mia"}),
        (_GROUP_UNUSED, told("warning", "value-outdated", r"IKEv2\.\w+\.IntegrityAlgorithm")),
        silent=(_FALSE, never("missing|empty", r"IKEv2.*"), never("issuer-not-in-profile")),
    ),
    Archetype(
        "strongSwan's template with a certificate",
        _strongswan_certificate,
        (_GROUP_UNUSED,),
        silent=(_FALSE, never("missing|left-out|issuer-missing")),
    ),
    Archetype(
        "strongSwan's template with EAP-TLS",
        _strongswan_eap_tls,
        silent=(_FALSE, never("ignored|missing|certificate-type")),
    ),
    Archetype(
        "strongSwan's template with a secret",
        lambda: _strongswan(
            {"AuthenticationMethod": "SharedSecret", "SharedSecret": SHARED_SECRET, "ExtendedAuthEnabled": 0}
        ),
        (advice("local-identifier-empty", r"IKEv2\.LocalIdentifier"),),
        silent=(_FALSE, never("missing")),
    ),
    Archetype(
        "strongSwan's template on demand", _strongswan_on_demand, silent=(_FALSE, never("not-a-domain"))
    ),
    Archetype("VyOS", _vyos, (_GROUP_UNUSED,), silent=(_FALSE, never("missing|empty", r"IKEv2.*"))),
    Archetype(
        "script around OpenSSL 3",
        _shell_script,
        (_IN_PEM,),
        silent=(_FALSE, _OFF, never("issuer-missing|left-out")),
    ),
    Archetype(
        "iked",
        _iked,
        (*_boolean("EnablePFS"), _NO_EFFECT),
        silent=(_FALSE, _KNOWN, never("left-out|missing")),
    ),
    Archetype(
        "klinquist, L2TP", lambda: _autoconnect("L2TP"), silent=(_FALSE, never("unknown-key|misplaced-key"))
    ),
    Archetype(
        "klinquist, IPsec", lambda: _autoconnect("IPSec"), silent=(_FALSE, never("unknown-key|misplaced-key"))
    ),
    Archetype(
        "seller of tunnels",
        _provider,
        _boolean("DisableRedirect", "ExtendedAuthEnabled"),
        silent=(_FALSE, never("same-names|several-on-demand|duplicate-identifier")),
    ),
)
