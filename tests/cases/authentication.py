"""Cases: how both ends prove who they are."""

from __future__ import annotations

from typing import Any, Final

from tests.cases import credentials
from tests.cases.expectations import AS_A_FILE, TODAY, Case, Told, advice, error, never, told, warning
from tests.cases.making import (
    ABSENT,
    BY_CERTIFICATE,
    BY_EAP_TLS,
    CONNECT,
    PASSWORD,
    WITH_SECRET,
    Tree,
    on_demand,
    pkcs12,
    profile,
    root,
    scep,
    tunnel,
    vpn,
)

_TYPE: Final = r"IKEv2\.CertificateType"
_ISSUER: Final = r"IKEv2\.ServerCertificateIssuerCommonName"
_IDENTITY: Final = r"IKEv2\.PayloadCertificateUUID"
_PASSWORD_EAP: Final = {"AuthenticationMethod": "Certificate", "ExtendedAuthEnabled": 1}


def with_identity(*changes: Any, kind: credentials.Kind = "RSA", **ikev2: Any) -> Tree:
    """A profile with a tunnel, an identity, and the authority that issued it."""
    return profile(
        vpn(*changes, ikev2),
        pkcs12(credentials.identity(kind)),
        root(credentials.der(credentials.authority())),
    )


def _typed(name: str, kind: credentials.Kind, said: object, *tells: Told, **ikev2: Any) -> Case:
    return Case(
        name,
        lambda: with_identity(BY_CERTIFICATE, {"CertificateType": said, **ikev2}, kind=kind),
        tells,
        silent=() if tells else (never("", _TYPE), never("", _ISSUER)),
    )


CASES: Final = (
    Case("user name and password", tunnel, calm=True, silent=(never(""),)),
    Case("shared secret", lambda: tunnel(WITH_SECRET), calm=True, silent=(never(""),)),
    # strongSwan's base template, VyOS's generator
    Case(
        "method certificate with EAP and no identity",
        lambda: profile(
            vpn(_PASSWORD_EAP, {"ServerCertificateIssuerCommonName": credentials.ROOT}),
            root(credentials.der(credentials.authority())),
        ),
        calm=True,
        silent=(never("", _IDENTITY), never("", _TYPE)),
        targets=TODAY,
    ),
    Case(
        "method certificate with EAP, no identity and nothing else",
        lambda: tunnel(_PASSWORD_EAP, AuthName=ABSENT, AuthPassword=ABSENT, LocalIdentifier=""),
        calm=True,
        silent=(never("", _IDENTITY), never("", _TYPE)),
    ),
    Case(
        "method certificate without EAP and without identity",
        lambda: tunnel(BY_CERTIFICATE, PayloadCertificateUUID=ABSENT),
        (error("missing", _IDENTITY),),
    ),
    Case(
        "method certificate with EAP left out and without identity",
        lambda: tunnel(BY_CERTIFICATE, PayloadCertificateUUID=ABSENT, ExtendedAuthEnabled=ABSENT),
        (error("missing", _IDENTITY),),
        doors=AS_A_FILE,
    ),
    # A switch that is left out is off, and the file is right.
    Case(
        "EAP left out with a certificate",
        lambda: with_identity(BY_CERTIFICATE, ExtendedAuthEnabled=ABSENT, CertificateType="RSA"),
        calm=True,
        silent=(never("left-out|missing"), never("", _ISSUER), never("", _TYPE)),
        doors=AS_A_FILE,
    ),
    Case(
        "EAP left out with a shared secret",
        lambda: tunnel(WITH_SECRET, ExtendedAuthEnabled=ABSENT),
        calm=True,
        silent=(never("left-out|missing"),),
        doors=AS_A_FILE,
    ),
    Case(
        "local identifier left out with a user name",
        lambda: tunnel(LocalIdentifier=ABSENT),
        silent=(never("missing"),),
        doors=AS_A_FILE,
    ),
    _typed("RSA said of an RSA key, without an issuer", "RSA", "RSA"),
    _typed(
        "RSA-PSS said of an RSA key, without an issuer", "RSA", "RSA-PSS", advice("issuer-missing", _ISSUER)
    ),
    _typed("nothing said of an RSA key", "RSA", ABSENT),
    _typed(
        "P-256 said of a P-256 key, without an issuer", "P-256", "ECDSA256", advice("issuer-missing", _ISSUER)
    ),
    _typed(
        "P-384 with its issuer",
        "P-384",
        "ECDSA384",
        ServerCertificateIssuerCommonName=credentials.ROOT,
    ),
    _typed("P-521 with its issuer", "P-521", "ECDSA521", ServerCertificateIssuerCommonName=credentials.ROOT),
    _typed("RSA said of a P-256 key", "P-256", "RSA", error("certificate-type", _TYPE)),
    _typed("nothing said of a P-256 key", "P-256", ABSENT, error("certificate-type", _TYPE)),
    _typed(
        "P-256 said of an RSA key",
        "RSA",
        "ECDSA256",
        error("certificate-type", _TYPE),
        ServerCertificateIssuerCommonName=credentials.ROOT,
    ),
    _typed(
        "P-384 said of a P-256 key",
        "P-256",
        "ECDSA384",
        error("certificate-type", _TYPE),
        ServerCertificateIssuerCommonName=credentials.ROOT,
    ),
    Case(
        "certificate type with EAP and without an issuer",
        lambda: with_identity(BY_EAP_TLS, CertificateType="ECDSA256", kind="P-256"),
        (error("issuer-missing|missing", _ISSUER),),
    ),
    Case(
        "EAP-TLS with its certificate type",
        lambda: with_identity(
            BY_EAP_TLS,
            CertificateType="ECDSA256",
            ServerCertificateIssuerCommonName=credentials.ROOT,
            kind="P-256",
        ),
        calm=True,
        silent=(never("", _TYPE),),
    ),
    Case(
        "EAP-TLS with a P-256 key and no certificate type",
        lambda: with_identity(BY_EAP_TLS, kind="P-256"),
        (told("error|warning|advice", "certificate-type", _TYPE),),
    ),
    Case(
        "EAP-TLS under the method certificate with a P-256 key and no certificate type",
        lambda: with_identity(BY_EAP_TLS, AuthenticationMethod="Certificate", kind="P-256"),
        (told("error|warning|advice", "certificate-type", _TYPE),),
    ),
    Case(
        "EAP-TLS with an RSA key and no certificate type",
        lambda: with_identity(BY_EAP_TLS),
        calm=True,
        silent=(never("", _TYPE), never("", _ISSUER)),
    ),
    Case(
        "EAP-TLS and a password",
        lambda: with_identity(BY_EAP_TLS, AuthName="mia", AuthPassword=PASSWORD),
        (advice("password-unused", r"IKEv2\.AuthPassword", mends=True),),
        calm=True,
    ),
    Case(
        "shared secret and EAP",
        lambda: tunnel(WITH_SECRET, ExtendedAuthEnabled=1, AuthName="mia", AuthPassword=PASSWORD),
        calm=True,
    ),
    Case(
        "shared secret that is data",
        lambda: tunnel(WITH_SECRET, SharedSecret=b"in bytes"),
        (error("wrong-type", r"IKEv2\.SharedSecret"),),
        doors=AS_A_FILE,
    ),
    Case(
        "empty local identifier with EAP",
        lambda: tunnel(LocalIdentifier=""),
        calm=True,
        silent=(never("", r"IKEv2\.LocalIdentifier"),),
    ),
    Case(
        "empty local identifier with a shared secret",
        lambda: tunnel(WITH_SECRET, LocalIdentifier=""),
        (advice("local-identifier-empty", r"IKEv2\.LocalIdentifier"),),
        calm=True,
    ),
    Case(
        "empty local identifier with a certificate",
        lambda: with_identity(BY_CERTIFICATE, LocalIdentifier=""),
        (advice("local-identifier-empty|local-identifier", r"IKEv2\.LocalIdentifier"),),
        calm=True,
    ),
    Case(
        "local identifier that the certificate does not say",
        lambda: with_identity(BY_CERTIFICATE, LocalIdentifier="noah"),
        (advice("local-identifier", r"IKEv2\.LocalIdentifier"),),
        calm=True,
    ),
    Case(
        "local identifier as a distinguished name",
        lambda: tunnel(LocalIdentifier="CN=mia, O=Hafen"),
        (advice("distinguished-name", r"IKEv2\.LocalIdentifier"),),
        calm=True,
    ),
    Case(
        "EAP alone without EAP",
        lambda: tunnel(ExtendedAuthEnabled=0, AuthName=ABSENT, AuthPassword=ABSENT),
        (error("eap-only", r"IKEv2\.AuthenticationMethod"),),
    ),
    Case(
        "EAP alone without EAP and with a secret",
        lambda: tunnel(WITH_SECRET, AuthenticationMethod="None"),
        (warning("falls-back-to-secret", r"IKEv2\.AuthenticationMethod"),),
    ),
    Case(
        "account password",
        lambda: tunnel(Password=PASSWORD),
        (advice("ignored", r"IKEv2\.Password", mends=True),),
        calm=True,
    ),
    Case(
        "on demand without a name and a password",
        lambda: on_demand(CONNECT, AuthName=ABSENT, AuthPassword=ABSENT),
        (advice("on-demand-asks", r"IKEv2(\.\w+)?"),),
        calm=True,
    ),
    Case(
        "on demand with both",
        lambda: on_demand(CONNECT),
        calm=True,
        silent=(never("on-demand-asks"),),
    ),
    Case(
        "on demand with a shared secret",
        lambda: on_demand(CONNECT, **WITH_SECRET),
        calm=True,
        silent=(never("on-demand-asks"),),
    ),
    Case(
        "on demand that is off, without a name and a password",
        lambda: tunnel(OnDemandEnabled=0, OnDemandRules=[CONNECT], AuthName=ABSENT, AuthPassword=ABSENT),
        calm=True,
        silent=(never("on-demand-asks"),),
    ),
    Case(
        "identity from SCEP",
        lambda: profile(vpn(BY_CERTIFICATE), scep(), root(credentials.der(credentials.authority()))),
        calm=True,
    ),
    Case(
        "identity that is not there",
        lambda: tunnel(BY_CERTIFICATE),
        (error("dangling-reference", _IDENTITY),),
    ),
    Case(
        "identity that is an authority",
        lambda: profile(
            vpn(
                BY_CERTIFICATE,
                {
                    "CertificateType": "ECDSA256",
                    "ServerCertificateIssuerCommonName": credentials.ROOT,
                },
            ),
            root(
                credentials.der(credentials.authority()),
                PayloadUUID=BY_CERTIFICATE["PayloadCertificateUUID"],
            ),
        ),
        (error("wrong-reference", _IDENTITY),),
    ),
    Case(
        "TLS 1.3 on iOS 26",
        lambda: with_identity(BY_EAP_TLS, TLSMaximumVersion="1.3"),
        (warning("value-unavailable", r"IKEv2\.TLSMaximumVersion"),),
        targets={"iOS": "26.0"},
    ),
    Case(
        "TLS 1.3 on iOS 27",
        lambda: with_identity(BY_EAP_TLS, TLSMinimumVersion="1.3", TLSMaximumVersion="1.3"),
        calm=True,
        silent=(never("", r"IKEv2\.TLSM.*"),),
        targets={"iOS": "27.0", "macOS": "27.0"},
    ),
    Case(
        "TLS 1.3 without a target",
        lambda: with_identity(BY_EAP_TLS, TLSMaximumVersion="1.3"),
        silent=(never("not-allowed|value-refused|ignored", r"IKEv2\.TLSM.*"),),
    ),
    Case(
        "TLS 1.1",
        lambda: with_identity(BY_EAP_TLS, TLSMinimumVersion="1.1"),
        (advice("tls-outdated", r"IKEv2\.TLSMinimumVersion"),),
        calm=True,
    ),
    Case(
        "TLS versions in the wrong order",
        lambda: with_identity(BY_EAP_TLS, TLSMinimumVersion="1.2", TLSMaximumVersion="1.1"),
        (error("tls-order", r"IKEv2\.TLSM\w+"),),
    ),
    Case(
        "subtype of an app",
        lambda: profile(vpn(VPNSubType="com.vendor.app")),
        (warning("provider-unused", "VPNSubType", mends=True),),
        calm=True,
        silent=(never("ignored", "VPNSubType"),),
    ),
    Case(
        "keys of an app",
        lambda: tunnel(ProviderBundleIdentifier="com.vendor.app", ProviderType="packet-tunnel"),
        (
            warning("provider-unused", r"IKEv2\.ProviderBundleIdentifier", mends=True),
            warning("provider-unused", r"IKEv2\.ProviderType", mends=True),
        ),
        calm=True,
        silent=(never("ignored", r"IKEv2\.Provider\w+"),),
    ),
)
