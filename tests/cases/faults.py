"""The documented faults: how each is planted into a sound profile, and what has to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tests.cases import credentials, oracle
from tests.cases.expectations import Told, advice, error, told, warning
from tests.cases.making import (
    ABSENT,
    IDENTITY_UUID,
    PASSWORD,
    SHARED_SECRET,
    Tree,
    always_on,
    pkcs12,
    root,
    scep,
    vpn,
)
from tests.cases.valid import SIGN_IN, first_tunnel

IKE, CHILD = oracle.ASSOCIATIONS

PASSWORD_EAP: Final[Tree] = {
    "AuthenticationMethod": "None",
    "ExtendedAuthEnabled": 1,
    "AuthName": "mia",
    "AuthPassword": PASSWORD,
}
SECRET: Final[Tree] = {"AuthenticationMethod": "SharedSecret", "SharedSecret": SHARED_SECRET}
CERTIFICATE: Final[Tree] = {"AuthenticationMethod": "Certificate", "PayloadCertificateUUID": IDENTITY_UUID}
EAP_TLS: Final[Tree] = {
    "AuthenticationMethod": "None",
    "ExtendedAuthEnabled": 1,
    "PayloadCertificateUUID": IDENTITY_UUID,
}


Signs = Mapping[str, Any] | None
"""The keys with which a tunnel signs in; None leaves it as it is."""


@dataclass(frozen=True)
class Fault:
    """A fault: `plant` puts it into a profile, with what it needs around it; `tells` is all that stops a download."""

    name: str
    plant: Callable[[Tree], None]
    tells: Told


def put(tunnel: Tree, changes: Mapping[str, Any]) -> None:
    """Change a tunnel; what is ABSENT goes."""
    for name, value in changes.items():
        if value is ABSENT:
            tunnel.pop(name, None)
        else:
            tunnel[name] = value


def sign_in(tunnel: Tree, how: Mapping[str, Any]) -> None:
    """Let a tunnel sign in like that, and no other way."""
    put(tunnel, dict.fromkeys(SIGN_IN, ABSENT))
    put(tunnel, how)


def in_tunnel(name: str, tells: Told, how: Signs = None, /, **changes: Any) -> Fault:
    """A fault inside a tunnel, which signs in as said."""

    def plant(tree: Tree) -> None:
        tunnel = first_tunnel(tree)["IKEv2"]
        if how is not None:
            sign_in(tunnel, how)
        put(tunnel, changes)

    return Fault(name, plant, tells)


def beside(name: str, tells: Told, **changes: Any) -> Fault:
    """A fault beside a tunnel."""
    return Fault(name, lambda tree: put(first_tunnel(tree), changes), tells)


def enveloped(name: str, tells: Told, **changes: Any) -> Fault:
    """A fault of the envelope."""
    return Fault(name, lambda tree: put(tree, changes), tells)


def with_identity(
    name: str,
    tells: Told,
    how: Signs = None,
    /,
    *,
    payload: Callable[[], Tree] = lambda: pkcs12(credentials.identity()),
    **changes: Any,
) -> Fault:
    """A fault of the identity that a tunnel signs in with, or of how it does so."""

    def plant(tree: Tree) -> None:
        rest = [part for part in tree["PayloadContent"] if part["PayloadUUID"] != IDENTITY_UUID]
        for part in rest:
            if "IKEv2" in part:
                sign_in(part["IKEv2"], PASSWORD_EAP)
        tree["PayloadContent"] = [payload(), *rest]
        tunnel = first_tunnel(tree)["IKEv2"]
        sign_in(tunnel, how or CERTIFICATE)
        put(tunnel, changes)

    return Fault(name, plant, tells)


def added(name: str, tells: Told, *payloads: Tree) -> Fault:
    """A fault of what stands beside the payloads that are there; any Always On of these goes."""

    def plant(tree: Tree) -> None:
        rest = [part for part in tree["PayloadContent"] if part.get("VPNType") != "AlwaysOn"]
        tree["PayloadContent"] = [*rest, *payloads]

    return Fault(name, plant, tells)


def _inside(*names: str) -> str:
    return r"\.".join(["IKEv2", *names])


def _rules(*rules: Mapping[str, Any]) -> dict[str, Any]:
    return {"OnDemandEnabled": 1, "OnDemandRules": [dict(rule) for rule in rules]}


def _evaluated(**parameters: Any) -> dict[str, Any]:
    given = {"DomainAction": "ConnectIfNeeded", "Domains": ["ship.example"], **parameters}
    kept = {name: value for name, value in given.items() if value is not ABSENT}
    return _rules({"Action": "EvaluateConnection", "ActionParameters": [kept]})


def _at(*keys: str, rule: int = 0) -> str:
    return _inside(rf"OnDemandRules\[{rule}\]", *(rf"{key}(\[0\])?" for key in keys))


def _acme(**changes: Any) -> Tree:
    found = {
        "PayloadType": "com.apple.security.acme",
        "PayloadVersion": 1,
        "PayloadIdentifier": "example.hafen.profile.acme",
        "PayloadUUID": IDENTITY_UUID,
        "DirectoryURL": "https://ca.hafen.example/acme/directory",
        "ClientIdentifier": "mia",
        "KeyType": "RSA",
        "KeySize": 2048,
        "HardwareBound": False,
        "Subject": [[["CN", "mia"]]],
        **changes,
    }
    return {name: value for name, value in found.items() if value is not ABSENT}


def _of_schema() -> Iterator[Fault]:
    """What breaks the schema, key by key."""
    for name in oracle.SWITCHES:
        context = oracle.USED_WITH.get(name, {})
        how = SECRET if name == "ExtendedAuthEnabled" else None
        yield in_tunnel(f"{name} of 2", error("not-allowed", _inside(name)), how, **{**context, name: 2})
        yield in_tunnel(
            f"{name} as a text",
            told("error|warning", "wrong-type|other-type", _inside(name)),
            how,
            **{**context, name: "yes"},
        )
    for name in oracle.TEXTS:
        how = {"AuthName": PASSWORD_EAP, "AuthPassword": PASSWORD_EAP, "SharedSecret": SECRET}.get(name)
        context = oracle.USED_WITH.get(name, {})
        yield in_tunnel(
            f"{name} as data", error("wrong-type", _inside(name)), how, **{**context, name: b"\xff\x00"}
        )
    signing_in = {"CertificateType": CERTIFICATE, "TLSMinimumVersion": EAP_TLS, "TLSMaximumVersion": EAP_TLS}
    for name in oracle.CHOICES:
        wrong: Tree = {name: {"TLSMinimumVersion": "0.9", "TLSMaximumVersion": "2.0"}.get(name, "Tide")}
        tells = error("not-allowed", _inside(name))
        if name in signing_in:
            yield with_identity(f"{name} of no kind", tells, signing_in[name], **wrong)
        else:
            yield in_tunnel(f"{name} of no kind", tells, **wrong)
    for name, (least, most) in oracle.RANGES.items():
        context = oracle.USED_WITH.get(name, {})
        yield in_tunnel(
            f"{name} too small", error("too-small", _inside(name)), **{**context, name: least - 1}
        )
        if most is not None:
            yield in_tunnel(
                f"{name} too large", error("too-large", _inside(name)), **{**context, name: most + 1}
            )
    for name in oracle.REQUIRED:
        yield in_tunnel(f"no {name}", error("missing", _inside(name)), **{name: ABSENT})
        yield in_tunnel(f"empty {name}", error("missing|empty", _inside(name)), **{name: ""})


def _of_associations() -> Iterator[Fault]:
    """What breaks the schema of a security association, or what devices ask of both."""
    wrong: tuple[tuple[str, Any, str], ...] = (
        ("EncryptionAlgorithm", "AES-192", "not-allowed"),
        ("IntegrityAlgorithm", "MD5", "not-allowed"),
        ("DiffieHellmanGroup", 3, "not-allowed"),
        ("DiffieHellmanGroup", "twenty", "wrong-type|not-allowed"),
        ("LifeTimeInMinutes", oracle.LIFETIME[0] - 1, "too-small"),
        ("LifeTimeInMinutes", oracle.LIFETIME[1] + 1, "too-large"),
        ("PostQuantumKeyExchangeMethods", [35], "not-allowed"),
        ("PostQuantumKeyExchangeMethods", [36] * 8, "too-many"),
    )
    for name in oracle.ASSOCIATIONS:
        for key, value, code in wrong:
            tells = error(code, _inside(name, rf"{key}(\[\d\])?"))
            changes = {"EnforceStrictAlgorithmSelection": 0, name: {key: value}}
            yield in_tunnel(f"{key} of {value!s:.12} in {name}", tells, **changes)

    def strict(name: str, code: str, where: str, ike: Tree, child: Tree) -> Fault:
        changes: Tree = {"EnforceStrictAlgorithmSelection": 1, IKE: ike, CHILD: child}
        return in_tunnel(f"strict with {name}", error(code, where), **changes)

    either = rf"({IKE}|{CHILD})"
    old = {"EncryptionAlgorithm": "3DES"}
    small = {"EncryptionAlgorithm": "AES-256", "DiffieHellmanGroup": 5}
    yield strict("3DES", "strict-algorithms", _inside(either, "EncryptionAlgorithm"), old, old)
    yield strict("group 5", "strict-algorithms", _inside(either, "DiffieHellmanGroup"), small, small)
    yield strict(
        "a weaker cipher for IKE",
        "strict-order",
        _inside(IKE, "EncryptionAlgorithm"),
        {"EncryptionAlgorithm": "AES-128"},
        {"EncryptionAlgorithm": "AES-256"},
    )


def _of_addresses() -> Iterator[Fault]:
    codes = "address-malformed|blanks|several-in-one|unfilled-placeholder|own-placeholder"
    for text in (
        "https://gate.example",
        "gate.example:4500",
        "198.51.100.0/24",
        " gate.example",
        "gate.example ",
        "gate example",
        "[2001:db8::7]",
        "*.gate.example",
        "a.example,b.example",
        "${SERVER}",
        "##server##",
        "{{ host }}",
        "REPLACE_ME",
        "<server>",
    ):
        yield in_tunnel(
            f"address {text!r}",
            error(codes, _inside("RemoteAddress")),
            RemoteAddress=text,
            RemoteIdentifier="gate.example",
        )


def _of_sign_in() -> Iterator[Fault]:
    reference, issuer = _inside("PayloadCertificateUUID"), _inside("ServerCertificateIssuerCommonName")
    nowhere = "0D15EA5E-0000-4000-8000-0000DEADBEEF"
    yield in_tunnel(
        "no secret", error("missing", _inside("SharedSecret")), {"AuthenticationMethod": "SharedSecret"}
    )
    yield in_tunnel(
        "None without EAP",
        error("eap-only", _inside("AuthenticationMethod")),
        {"AuthenticationMethod": "None"},
    )
    yield in_tunnel(
        "None without EAP, with a secret",
        warning("falls-back-to-secret", _inside("AuthenticationMethod")),
        {**SECRET, "AuthenticationMethod": "None"},
    )
    yield in_tunnel("no identity", error("missing", reference), {"AuthenticationMethod": "Certificate"})
    yield in_tunnel(
        "an identity that is not there",
        error("dangling-reference", reference),
        {**CERTIFICATE, "PayloadCertificateUUID": nowhere},
    )
    yield in_tunnel(
        "an identity for EAP that is not there",
        error("dangling-reference", reference),
        {**EAP_TLS, "PayloadCertificateUUID": nowhere},
    )
    yield with_identity(
        "an authority in place of an identity",
        error("wrong-reference", reference),
        payload=lambda: root(
            credentials.der(credentials.authority()),
            PayloadUUID=IDENTITY_UUID,
            PayloadIdentifier="example.hafen.profile.other",
        ),
        CertificateType="ECDSA256",
    )
    yield with_identity(
        "another kind of key than the identity has",
        error("certificate-type", _inside("CertificateType")),
        CertificateType="ECDSA256",
    )
    yield with_identity(
        "no kind of key, and one that is not RSA",
        error("certificate-type", _inside("CertificateType")),
        payload=lambda: pkcs12(credentials.identity("P-384")),
    )
    yield with_identity(
        "a kind of key of SCEP that it does not issue",
        error("certificate-type", _inside("CertificateType")),
        payload=scep,
        CertificateType="ECDSA384",
    )
    yield with_identity(
        "a kind of key with EAP and no issuer",
        error("issuer-missing|missing", issuer),
        EAP_TLS,
        CertificateType="RSA",
    )
    yield with_identity(
        "a kind of key without EAP and without an issuer",
        advice("issuer-missing", issuer),
        payload=lambda: pkcs12(credentials.identity("P-256")),
        CertificateType="ECDSA256",
    )
    yield with_identity(
        "TLS versions in the wrong order",
        error("tls-order", _inside(r"TLSM\w+")),
        EAP_TLS,
        TLSMinimumVersion="1.2",
        TLSMaximumVersion="1.1",
    )
    yield with_identity(
        "an old TLS version",
        advice("tls-outdated", _inside("TLSMinimumVersion")),
        EAP_TLS,
        TLSMinimumVersion="1.0",
        TLSMaximumVersion="1.2",
    )
    yield with_identity(
        "a password beside EAP-TLS",
        advice("password-unused", _inside("AuthPassword")),
        EAP_TLS,
        AuthPassword=PASSWORD,
    )
    yield in_tunnel(
        "a distinguished name",
        advice("distinguished-name", _inside("LocalIdentifier")),
        LocalIdentifier="CN=mia,O=Hafen",
    )
    yield in_tunnel(
        "no name of the device with a secret",
        advice("local-identifier-empty", _inside("LocalIdentifier")),
        SECRET,
        LocalIdentifier="",
    )
    yield in_tunnel("an account password", advice("ignored", _inside("Password")), Password=PASSWORD)
    yield in_tunnel(
        "the key of an app", warning("provider-unused", _inside("ProviderType")), ProviderType="app-proxy"
    )
    yield beside("the name of an app", warning("provider-unused", "VPNSubType"), VPNSubType="com.vendor.app")


def _of_identities() -> Iterator[Fault]:
    yield with_identity(
        "another password",
        error("wrong-password", "PayloadContent"),
        payload=lambda: pkcs12(credentials.identity(), "Ebbe"),
    )
    yield with_identity(
        "an identity that is none",
        error("unreadable-content|no-key|wrong-password", "PayloadContent"),
        payload=lambda: pkcs12(b"0\x03no identity"),
    )
    yield with_identity(
        "an identity that expired",
        error("expired", "PayloadContent"),
        payload=lambda: pkcs12(credentials.identity("RSA", "expired")),
    )
    yield with_identity(
        "an identity that is not valid yet",
        error("not-yet-valid", "PayloadContent"),
        payload=lambda: pkcs12(credentials.identity("RSA", "young")),
    )
    yield with_identity(
        "an identity that ends soon",
        warning("expires-soon", "PayloadContent"),
        payload=lambda: pkcs12(credentials.identity("RSA", "ending")),
    )
    yield with_identity(
        "SCEP without a server", error("missing", r"PayloadContent\.URL"), payload=lambda: scep(URL="")
    )
    yield with_identity(
        "SCEP with an odd size",
        error("not-allowed", r"PayloadContent\.Keysize"),
        payload=lambda: scep(Keysize=2000),
    )
    yield with_identity(
        "SCEP with a small key",
        advice("weak-key", r"PayloadContent\.Keysize"),
        payload=lambda: scep(Keysize=1024),
    )
    yield with_identity(
        "ACME without a server", error("missing", "DirectoryURL"), payload=lambda: _acme(DirectoryURL=ABSENT)
    )
    yield with_identity(
        "ACME with an odd size", error("key-size", "KeySize"), payload=lambda: _acme(KeySize=2001)
    )
    yield with_identity(
        "ACME with RSA in hardware",
        error("hardware-key", "HardwareBound"),
        payload=lambda: _acme(HardwareBound=True),
    )
    yield with_identity(
        "ACME that attests to software",
        error("attest-without-hardware", "Attest"),
        payload=lambda: _acme(Attest=True),
    )


def _of_timers_and_routes() -> Iterator[Fault]:
    yield in_tunnel(
        "idle without a period",
        warning("missing", _inside("DisconnectOnIdleTimer")),
        DisconnectOnIdle=1,
        DisconnectOnIdleTimer=ABSENT,
    )
    yield in_tunnel(
        "routes that are enforced for everything",
        warning("routes-ignored", _inside("EnforceRoutes")),
        IncludeAllNetworks=1,
        EnforceRoutes=1,
    )
    yield in_tunnel(
        "an exclusion from nothing",
        warning("ignored", _inside("ExcludeAPNs")),
        IncludeAllNetworks=ABSENT,
        ExcludeAPNs=0,
    )
    yield in_tunnel(
        "keepalive of Always On",
        advice("always-on-only", _inside("NATKeepAliveInterval")),
        NATKeepAliveOffloadEnable=1,
        NATKeepAliveInterval=60,
    )
    yield in_tunnel(
        "a post-quantum key without a name",
        error("missing", _inside("PPKIdentifier")),
        PPK=bytes(range(32)),
        PPKIdentifier=ABSENT,
        PPKMandatory=ABSENT,
    )
    yield in_tunnel(
        "the name of a post-quantum key alone",
        error("missing", _inside("PPK")),
        PPK=ABSENT,
        PPKIdentifier="quay",
        PPKMandatory=ABSENT,
    )
    yield in_tunnel(
        "a short post-quantum key",
        advice("ppk-short", _inside("PPK")),
        PPK=bytes(range(31)),
        PPKIdentifier="quay",
    )
    yield in_tunnel("an empty Child SA", advice("child-empty", _inside(CHILD)), **{CHILD: {}})
    yield in_tunnel(
        "integrity of an AEAD cipher in the Child SA",
        advice("integrity-unused", _inside(CHILD, "IntegrityAlgorithm")),
        **{
            "EnforceStrictAlgorithmSelection": 0,
            CHILD: {"EncryptionAlgorithm": "AES-256-GCM", "IntegrityAlgorithm": "SHA2-256"},
        },
    )
    yield in_tunnel(
        "a group of the Child SA without PFS",
        advice("group-without-pfs", _inside(CHILD, "DiffieHellmanGroup")),
        **{"EnforceStrictAlgorithmSelection": 0, "EnablePFS": 0, CHILD: {"DiffieHellmanGroup": 19}},
    )


def _of_rules() -> Iterator[Fault]:
    connect = {"Action": "Connect"}
    wifi = {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi"}
    both = "warning|advice"

    def ruled(name: str, tells: Told, *rules: Tree) -> Fault:
        return in_tunnel(name, tells, **_rules(*rules))

    def evaluated(name: str, tells: Told, **parameters: Any) -> Fault:
        return in_tunnel(name, tells, **_evaluated(**parameters))

    yield ruled("an action of no kind", error("not-allowed", _at("Action")), {"Action": "Sail"}, connect)
    yield ruled("no action", error("missing", _at("Action")), {"InterfaceTypeMatch": "WiFi"}, connect)
    yield ruled(
        "an interface of no kind",
        error("not-allowed", _at("InterfaceTypeMatch")),
        {"Action": "Disconnect", "InterfaceTypeMatch": "Wifi"},
        connect,
    )
    yield ruled(
        "nothing to evaluate", error("missing", _at("ActionParameters")), {"Action": "EvaluateConnection"}
    )
    yield ruled("a deprecated action", warning("action-deprecated", _at("Action")), {"Action": "Allow"})
    yield ruled("no last rule", warning("no-catch-all", _at()), wifi)
    yield ruled(
        "a rule that is not reached",
        warning("rule-unreachable", _at(rule=1)),
        wifi,
        {**wifi, "SSIDMatch": ["Quay"]},
        connect,
    )
    yield ruled(
        "a name on a cable",
        warning("ssid-without-wifi", _at("SSIDMatch")),
        {"Action": "Disconnect", "InterfaceTypeMatch": "Ethernet", "SSIDMatch": ["Quay"]},
        connect,
    )
    yield in_tunnel(
        "no rules",
        warning("no-rules|missing", _inside("OnDemandRules")),
        OnDemandEnabled=1,
        OnDemandRules=ABSENT,
    )
    for name, codes, severities, text in (
        ("a long name", "ssid-length", "warning", "Quay" * 9),
        ("a name with blanks around it", "blanks", "warning", " Quay "),
        ("names in one text", "several-in-one", both, "Quay,Pier"),
    ):
        yield ruled(name, told(severities, codes, _at("SSIDMatch")), {**wifi, "SSIDMatch": [text]}, connect)
    for key, codes, text in (
        ("DNSServerAddressMatch", "not-an-address", "10.0.0.0/8"),
        ("DNSServerAddressMatch", "not-an-address", "ns.example"),
        ("DNSDomainMatch", "not-a-domain|not-a-web-address", "https://hafen.example/"),
    ):
        yield ruled(
            f"{text} in {key}", warning(codes, _at(key)), {"Action": "Disconnect", key: [text]}, connect
        )
    yield ruled(
        "a probe without a scheme",
        warning("not-a-web-address", _at("URLStringProbe")),
        {"Action": "Disconnect", "URLStringProbe": "probe.example"},
        connect,
    )
    yield evaluated("no domains", error("missing", _at("ActionParameters", "Domains")), Domains=ABSENT)
    yield evaluated(
        "no action for domains",
        error("missing", _at("ActionParameters", "DomainAction")),
        DomainAction=ABSENT,
    )
    yield evaluated(
        "an action for domains of no kind",
        error("not-allowed", _at("ActionParameters", "DomainAction")),
        DomainAction="Sail",
    )
    yield evaluated(
        "an address among domains",
        warning("not-a-domain", _at("ActionParameters", "Domains")),
        Domains=["10.7.7.7"],
    )
    yield evaluated(
        "domains in one text",
        told(both, "several-in-one|not-a-domain", _at("ActionParameters", "Domains")),
        Domains=["ship.example, crane.example"],
    )
    yield evaluated(
        "a required DNS server by its name",
        warning("not-an-address", _at("ActionParameters", "RequiredDNSServers")),
        RequiredDNSServers=["ns.example"],
    )
    yield evaluated(
        "a required probe without a scheme",
        warning("not-a-web-address", _at("ActionParameters", "RequiredURLStringProbe")),
        RequiredURLStringProbe="probe.example",
    )
    yield evaluated(
        "DNS servers of what never connects",
        warning("ignored", _at("ActionParameters", "RequiredDNSServers")),
        DomainAction="NeverConnect",
        RequiredDNSServers=["10.7.7.7"],
    )
    yield in_tunnel(
        "on demand that asks",
        advice("on-demand-asks", r"IKEv2.*"),
        {"AuthenticationMethod": "None", "ExtendedAuthEnabled": 1},
        OnDemandEnabled=1,
        OnDemandRules=[connect],
    )


def _of_networks() -> Iterator[Fault]:
    servers = {"ServerAddresses": ["10.7.7.7"], "SupplementalMatchDomains": [""]}
    clear = {"DNSProtocol": "Cleartext", **servers}
    yield beside(
        "DNS of no kind", error("not-allowed", r"DNS\.DNSProtocol"), DNS={**servers, "DNSProtocol": "Carrier"}
    )
    yield beside("DNS without a kind", warning("missing|left-out", r"DNS\.DNSProtocol"), DNS=servers)
    yield beside(
        "a DNS server by its name",
        told("error|warning", "malformed|not-an-address", r"DNS\.ServerAddresses(\[0\])?"),
        DNS={**clear, "ServerAddresses": ["ns.example"]},
    )
    for text in ("*.hafen.example", ".hafen.example", "https://hafen.example"):
        yield beside(
            f"split domain {text}",
            warning("not-a-domain|not-a-web-address", r"DNS\.SupplementalMatchDomains(\[0\])?"),
            DNS={**clear, "SupplementalMatchDomains": [text]},
        )
    host, port = {"HTTPProxy": "proxy.example"}, {"HTTPPort": 3128}
    on = {"HTTPEnable": 1}
    yield beside("a proxy without a port", error("missing", r"Proxies\.HTTPPort"), Proxies={**on, **host})
    yield beside("a proxy without a host", warning("missing", r"Proxies\.HTTPProxy"), Proxies={**on, **port})
    yield beside(
        "a port too large",
        error("too-large", r"Proxies\.HTTPPort"),
        Proxies={**on, **host, "HTTPPort": 65536},
    )
    yield beside(
        "no proxy file",
        error("missing", r"Proxies\.ProxyAutoConfigURLString"),
        Proxies={"ProxyAutoConfigEnable": 1},
    )


def _of_profiles() -> Iterator[Fault]:
    past = datetime(2020, 2, 2)  # noqa: DTZ001 — as property lists have it
    yield enveloped(
        "no identifier", error("missing|malformed", "PayloadIdentifier"), PayloadIdentifier=ABSENT
    )
    yield enveloped(
        "a type of no kind", told("error|warning", "envelope-type", "PayloadType"), PayloadType="Tide"
    )
    yield enveloped("a scope of no kind", error("not-allowed", "PayloadScope"), PayloadScope="Harbour")
    yield enveloped("a device of no kind", error("not-allowed", "TargetDeviceType"), TargetDeviceType=9)
    yield enveloped("a version of its own", warning("odd-version", "PayloadVersion"), PayloadVersion=2)
    yield enveloped("a removal in the past", warning("date-passed", "RemovalDate"), RemovalDate=past)
    yield enveloped(
        "an end in the past", warning("date-passed", "PayloadExpirationDate"), PayloadExpirationDate=past
    )
    yield enveloped(
        "a slip in a key", warning("misspelt-key", "PayloadScop"), PayloadScop="System", PayloadScope=ABSENT
    )
    yield enveloped("a key of nobody's", warning("unknown-key", "Tide"), Tide=7)
    yield beside("another type of VPN", error("vpn-type", "VPNType"), VPNType="IKEV2")
    yield beside("no name of the connection", error("missing", "UserDefinedName"), UserDefinedName=ABSENT)
    yield beside("a key of the tunnel beside it", warning("misplaced-key", "MTU"), MTU=1300)
    yield beside(
        "IPv4 beside the tunnel", advice("no-effect-key", r"IPv4(\.\w+)?"), IPv4={"OverridePrimary": 1}
    )
    yield in_tunnel(
        "a slip in a key of the tunnel",
        warning("misspelt-key", _inside("RemoteAdress")),
        RemoteAdress="gate.example",
    )
    yield in_tunnel("a key of the tunnel that is nobody's", warning("unknown-key", _inside("Tide")), Tide=7)
    yield in_tunnel("a boolean", warning("other-type", _inside("DisableRedirect")), DisableRedirect=True)
    yield in_tunnel(
        "a variable of ours",
        warning("own-placeholder", _inside("LocalIdentifier")),
        LocalIdentifier="{{ person }}",
    )
    yield in_tunnel(
        "a variable of Jamf's",
        advice("mdm-placeholder", _inside("LocalIdentifier")),
        LocalIdentifier="$EMAIL",
    )
    own = vpn(number=7)
    yield added(
        "a UUID twice",
        error("duplicate-uuid", "PayloadUUID"),
        own,
        vpn(number=8, PayloadUUID=own["PayloadUUID"]),
    )
    yield added(
        "an identifier twice",
        error("duplicate-identifier", "PayloadIdentifier"),
        own,
        vpn(number=8, PayloadIdentifier=own["PayloadIdentifier"]),
    )
    yield added("a UUID that is none", advice("no-uuid", "PayloadUUID"), vpn(number=7, PayloadUUID="harbour"))
    yield added(
        "one name twice",
        advice("same-names", ".*"),
        own,
        vpn(number=8, UserDefinedName=own["UserDefinedName"]),
    )
    on = {"OnDemandEnabled": 1, "OnDemandRules": [{"Action": "Connect"}]}
    yield added("on demand twice", advice("several-on-demand", ".*"), vpn(on, number=7), vpn(on, number=8))
    yield added(
        "always on twice",
        told("error|warning", "several-always-on", ".*"),
        always_on(number=7),
        always_on(number=8),
    )
    small = {"IKESecurityAssociationParameters": {"DiffieHellmanGroup": 2}}
    yield added(
        "a small group in always on",
        error("always-on-group", r"AlwaysOn\.TunnelConfigurations\[0\]\.\w+\.DiffieHellmanGroup"),
        always_on(small, number=7),
    )
    yield added(
        "a network without a tunnel",
        told("error|warning", "interface-without-tunnel", r"AlwaysOn\.TunnelConfigurations"),
        always_on({"Interfaces": ["WiFi"]}, number=7),
    )
    yield added(
        "on demand in always on",
        warning("always-on-key", r"AlwaysOn\.TunnelConfigurations\[0\]\.OnDemandEnabled"),
        always_on({"OnDemandEnabled": 0}, number=7),
    )


FAULTS: Final[tuple[Fault, ...]] = (
    *_of_schema(),
    *_of_associations(),
    *_of_addresses(),
    *_of_sign_in(),
    *_of_identities(),
    *_of_timers_and_routes(),
    *_of_rules(),
    *_of_networks(),
    *_of_profiles(),
)
