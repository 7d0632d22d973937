"""Four real deployments, each built by mouse and keyboard alone, downloaded, and taken apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from tests.browser.building import Workshop, own_keys
from tests.plist.exactness import differences
from tests.signing.making import openssl

PASSWORD: Final = "p12 pass & word"

pytestmark = pytest.mark.usefixtures("server_identity")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with root.crt, root.der and alice.p12, which holds the root too, in the encryption of OpenSSL 3."""
    folder = tmp_path_factory.mktemp("deployments")
    curve = ("-newkey", "rsa:2048", "-nodes")
    root = ("-subj", "/CN=Example Root CA", "-days", "900", "-keyout", "root.key", "-out", "root.crt")
    openssl("req", "-x509", *curve, *root, folder=folder)
    openssl("x509", "-in", "root.crt", "-outform", "DER", "-out", "root.der", folder=folder)
    openssl("req", *curve, "-subj", "/CN=alice", "-keyout", "a.key", "-out", "a.csr", folder=folder)
    (folder / "a.ext").write_text("extendedKeyUsage=clientAuth\nsubjectAltName=email:alice@example.com\n")
    issue = ("-CA", "root.crt", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "a.ext")
    openssl("x509", "-req", "-in", "a.csr", *issue, "-days", "300", "-out", "a.crt", folder=folder)
    parts = ("-inkey", "a.key", "-in", "a.crt", "-certfile", "root.crt", "-passout", f"pass:{PASSWORD}")
    openssl("pkcs12", "-export", *parts, "-out", "alice.p12", folder=folder)
    return folder


@pytest.fixture
def workshop(page_as_alice: Page) -> Workshop:
    return Workshop(page_as_alice)


def checked(file: dict[str, Any], *expected: dict[str, Any]) -> list[dict[str, Any]]:
    """The payloads of a file, once each is, type-exactly, what was expected, and each UUID is that of one payload."""
    payloads: list[dict[str, Any]] = file["PayloadContent"]
    uuids = [payload["PayloadUUID"] for payload in payloads]
    assert len(set(uuids)) == len(uuids)
    assert len(payloads) == len(expected)
    for payload, wanted in zip(payloads, expected, strict=True):
        assert differences(own_keys(payload), wanted) == []
    return payloads


def require_opens(payload: dict[str, Any], folder: Path, *, certificate: Path) -> None:
    """The PKCS #12 opens with its password in the old way that devices know, and holds just that certificate."""
    (folder / "from-profile.p12").write_bytes(payload["PayloadContent"])
    opened = ("pkcs12", "-legacy", "-in", "from-profile.p12", "-passin", f"pass:{payload['Password']}")
    openssl(*opened, "-nodes", "-nocerts", folder=folder)
    shown = openssl(*opened, "-nokeys", "-info", folder=folder)
    assert shown.count(b"BEGIN CERTIFICATE") == 1
    wanted = openssl("x509", "-in", str(certificate), folder=folder)
    assert wanted in shown


def test_certificate_and_eap_mschapv2_with_an_authority(workshop: Workshop, files: Path) -> None:
    workshop.begin("Certificate and password", "Blank")
    vpn = workshop.part()
    vpn.fill("IKEv2.RemoteAddress", "vpn.example.com")
    vpn.fill("IKEv2.RemoteIdentifier", "vpn.example.com")
    vpn.choose("IKEv2.AuthenticationMethod", "Certificate")
    vpn.choose("IKEv2.ExtendedAuthEnabled", "On")
    vpn.fill("IKEv2.AuthName", "alice")
    vpn.fill("IKEv2.AuthPassword", "p & <q>")
    identity = workshop.add_reference(vpn, "IKEv2.PayloadCertificateUUID", "Identity (PKCS #12)")
    workshop.upload(identity, files / "alice.p12", PASSWORD)
    authority = workshop.add_payload("Certificate")
    authority.row("PayloadContent").locator("select").select_option(label="Example Root CA")
    workshop.part().fill("IKEv2.LocalIdentifier", "alice@example.com")
    workshop.part().fill("IKEv2.ServerCertificateIssuerCommonName", "Example Root CA")
    workshop.save()
    assert workshop.errors() == []

    file = workshop.file()
    uuid = file["PayloadContent"][1]["PayloadUUID"]
    _, p12, _ = checked(
        file,
        {
            "VPNType": "IKEv2",
            "UserDefinedName": "Certificate and password",
            "IKEv2": {
                "RemoteAddress": "vpn.example.com",
                "RemoteIdentifier": "vpn.example.com",
                "LocalIdentifier": "alice@example.com",
                "AuthenticationMethod": "Certificate",
                "ExtendedAuthEnabled": 1,
                "AuthName": "alice",
                "AuthPassword": "p & <q>",
                "PayloadCertificateUUID": uuid,
                "ServerCertificateIssuerCommonName": "Example Root CA",
            },
        },
        {
            "PayloadContent": file["PayloadContent"][1]["PayloadContent"],
            "Password": PASSWORD,
            "PayloadCertificateFileName": "alice.p12",
            "PayloadDisplayName": "alice",
        },
        {
            "PayloadContent": (files / "root.der").read_bytes(),
            "PayloadCertificateFileName": "Example-Root-CA.cer",
            "PayloadDisplayName": "Example Root CA",
        },
    )
    assert [payload["PayloadType"] for payload in file["PayloadContent"]] == [
        "com.apple.vpn.managed",
        "com.apple.security.pkcs12",
        "com.apple.security.root",
    ]
    require_opens(p12, files, certificate=files / "a.crt")


def test_eap_tls_with_scep(workshop: Workshop) -> None:
    workshop.begin("EAP-TLS", "EAP-TLS with SCEP")
    vpn, scep = workshop.part(0), workshop.part(1)
    vpn.fill("IKEv2.RemoteAddress", "vpn.example.com")
    vpn.fill("IKEv2.RemoteIdentifier", "vpn.example.com")
    scep.fill("PayloadContent.URL", "https://ca.example.com/scep")
    scep.fill("PayloadContent.Challenge", "let me in")
    scep.fill("PayloadContent.Subject", "CN=alice,O=Example\\, Inc.")
    scep.fill("PayloadContent.SubjectAltName.rfc822Name", "alice@example.com")
    scep.fill("PayloadContent.CAFingerprint", "00 01 FF")
    scep.choose("PayloadContent.KeyIsExtractable", "Off")
    workshop.save()
    assert workshop.errors() == []

    file = workshop.file()
    checked(
        file,
        {
            "VPNType": "IKEv2",
            "UserDefinedName": "EAP-TLS",
            "IKEv2": {
                "RemoteAddress": "vpn.example.com",
                "RemoteIdentifier": "vpn.example.com",
                "LocalIdentifier": "",
                "AuthenticationMethod": "None",
                "ExtendedAuthEnabled": 1,
                "TLSMinimumVersion": "1.2",
                "PayloadCertificateUUID": file["PayloadContent"][1]["PayloadUUID"],
            },
        },
        {
            "PayloadContent": {
                "URL": "https://ca.example.com/scep",
                "Challenge": "let me in",
                "Subject": [[["CN", "alice"]], [["O", "Example, Inc."]]],
                "SubjectAltName": {"rfc822Name": "alice@example.com"},
                "CAFingerprint": b"\x00\x01\xff",
                "Keysize": 2048,
                "Key Usage": 5,
                "KeyIsExtractable": False,
            }
        },
    )


def test_split_tunnel_on_demand_with_dns(workshop: Workshop) -> None:
    workshop.begin("Split tunnel", "Blank")
    vpn = workshop.part()
    vpn.fill("IKEv2.RemoteAddress", "vpn.example.com")
    vpn.fill("IKEv2.RemoteIdentifier", "vpn.example.com")
    vpn.choose("IKEv2.AuthenticationMethod", "Shared secret")
    vpn.fill("IKEv2.SharedSecret", "correct horse")
    vpn.choose("IKEv2.OnDemandEnabled", "On")
    office = vpn.add("IKEv2.OnDemandRules")
    office.choose("Action", "Disconnect")
    office.choose("InterfaceTypeMatch", "Wi-Fi")
    office.fill("SSIDMatch", "Office\nOffice 5G")
    last = vpn.add("IKEv2.OnDemandRules")
    last.choose("Action", "Evaluate each connection")
    needed = last.add("ActionParameters")
    needed.choose("DomainAction", "Connect if needed")
    needed.fill("Domains", "corp.example\n*.internal.example")
    needed.fill("RequiredDNSServers", "10.0.0.53")
    never = last.add("ActionParameters")
    never.choose("DomainAction", "Never connect")
    never.fill("Domains", "www.corp.example")
    # The device takes the first domain action that fits, so the exception goes up.
    never.box.get_by_role("button", name="Move up").click()
    vpn.choose("DNS.DNSProtocol", "HTTPS (DoH)")
    vpn.fill("DNS.ServerURL", "https://dns.corp.example/dns-query")
    vpn.fill("DNS.ServerAddresses", "10.0.0.53\n10.0.1.53")
    vpn.fill("DNS.SupplementalMatchDomains", "corp.example")
    vpn.row("DNS.SupplementalMatchDomains").get_by_label("Every other domain, too").check()
    workshop.save()
    assert workshop.errors() == []

    checked(
        workshop.file(),
        {
            "VPNType": "IKEv2",
            "UserDefinedName": "Split tunnel",
            "IKEv2": {
                "RemoteAddress": "vpn.example.com",
                "RemoteIdentifier": "vpn.example.com",
                "LocalIdentifier": "",
                "AuthenticationMethod": "SharedSecret",
                "SharedSecret": "correct horse",
                "ExtendedAuthEnabled": 0,
                "OnDemandEnabled": 1,
                "OnDemandRules": [
                    {
                        "Action": "Disconnect",
                        "InterfaceTypeMatch": "WiFi",
                        "SSIDMatch": ["Office", "Office 5G"],
                    },
                    {
                        "Action": "EvaluateConnection",
                        "ActionParameters": [
                            {"DomainAction": "NeverConnect", "Domains": ["www.corp.example"]},
                            {
                                "DomainAction": "ConnectIfNeeded",
                                "Domains": ["corp.example", "*.internal.example"],
                                "RequiredDNSServers": ["10.0.0.53"],
                            },
                        ],
                    },
                ],
            },
            "DNS": {
                "DNSProtocol": "HTTPS",
                "ServerURL": "https://dns.corp.example/dns-query",
                "ServerAddresses": ["10.0.0.53", "10.0.1.53"],
                "SupplementalMatchDomains": ["corp.example", ""],
            },
        },
    )


def test_always_on_with_two_tunnels(workshop: Workshop, files: Path) -> None:
    workshop.begin("Always On", "Always On")
    vpn, identity = workshop.part(0), workshop.part(1)
    workshop.upload(identity, files / "alice.p12", PASSWORD)
    wifi = vpn.item("AlwaysOn.TunnelConfigurations")
    wifi.choose("Interfaces", "Wi-Fi")
    wifi.fill("RemoteAddress", "wifi.vpn.example.com")
    wifi.fill("RemoteIdentifier", "wifi.vpn.example.com")
    wifi.fill("LocalIdentifier", "alice@example.com")
    cellular = vpn.add("AlwaysOn.TunnelConfigurations")
    cellular.choose("ProtocolType", "IKEv2")
    cellular.choose("Interfaces", "Cellular")
    cellular.fill("RemoteAddress", "cellular.vpn.example.com")
    cellular.fill("RemoteIdentifier", "cellular.vpn.example.com")
    cellular.choose("AuthenticationMethod", "Shared secret")
    cellular.fill("SharedSecret", "battery staple")
    cellular.choose("IKESecurityAssociationParameters.DiffieHellmanGroup", "19 (ECP 256)")
    mail = vpn.add("AlwaysOn.ServiceExceptions")
    mail.choose("ServiceName", "Visual voicemail")
    mail.choose("Action", "Around the tunnel")
    phone = vpn.add("AlwaysOn.ApplicationExceptions")
    phone.fill("BundleIdentifier", "com.example.phone")
    phone.choose("LimitToProtocols", "UDP")
    vpn.choose("AlwaysOn.AllowCaptiveWebSheet", "On")
    workshop.save()
    assert workshop.errors() == []

    file = workshop.file()
    _, p12 = checked(
        file,
        {
            "VPNType": "AlwaysOn",
            "UserDefinedName": "Always On",
            "AlwaysOn": {
                "TunnelConfigurations": [
                    {
                        "ProtocolType": "IKEv2",
                        "Interfaces": ["WiFi"],
                        "RemoteAddress": "wifi.vpn.example.com",
                        "RemoteIdentifier": "wifi.vpn.example.com",
                        "LocalIdentifier": "alice@example.com",
                        "AuthenticationMethod": "Certificate",
                        "ExtendedAuthEnabled": 0,
                        "PayloadCertificateUUID": file["PayloadContent"][1]["PayloadUUID"],
                    },
                    {
                        "ProtocolType": "IKEv2",
                        "Interfaces": ["Cellular"],
                        "RemoteAddress": "cellular.vpn.example.com",
                        "RemoteIdentifier": "cellular.vpn.example.com",
                        "LocalIdentifier": "",
                        "AuthenticationMethod": "SharedSecret",
                        "SharedSecret": "battery staple",
                        "ExtendedAuthEnabled": 0,
                        "IKESecurityAssociationParameters": {"DiffieHellmanGroup": 19},
                    },
                ],
                "ServiceExceptions": [{"ServiceName": "VoiceMail", "Action": "Allow"}],
                "ApplicationExceptions": [
                    {"BundleIdentifier": "com.example.phone", "LimitToProtocols": ["UDP"]}
                ],
                "AllowCaptiveWebSheet": 1,
            },
        },
        {
            "PayloadContent": file["PayloadContent"][1]["PayloadContent"],
            "Password": PASSWORD,
            "PayloadCertificateFileName": "alice.p12",
            "PayloadDisplayName": "alice",
        },
    )
    require_opens(p12, files, certificate=files / "a.crt")
