"""Profiles without any of the documented faults, drawn at random from what Apple's schema allows."""

from __future__ import annotations

import string
from datetime import datetime
from typing import Any, Final

from hypothesis import strategies as st

from tests.cases import credentials, oracle
from tests.cases.making import (
    ABSENT,
    IDENTITY_UUID,
    PASSWORD,
    SHARED_SECRET,
    Tree,
    merged,
    pkcs12,
    profile,
    root,
    scep,
    vpn,
)

SIGN_IN: Final = (
    "AuthenticationMethod",
    "ExtendedAuthEnabled",
    "SharedSecret",
    "AuthName",
    "AuthPassword",
    "PayloadCertificateUUID",
    "CertificateType",
    "ServerCertificateIssuerCommonName",
    "TLSMinimumVersion",
    "TLSMaximumVersion",
)
"""The keys that say how a device signs in."""

_TYPES: Final[dict[credentials.Kind, tuple[str, ...]]] = {
    "RSA": ("RSA", "RSA-PSS"),
    "P-256": ("ECDSA256",),
    "P-384": ("ECDSA384",),
    "P-521": ("ECDSA521",),
}

LABELS: Final = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)
HOSTS: Final = st.lists(LABELS.map("h{}".format), min_size=1, max_size=3).map(
    lambda parts: ".".join([*parts, "example"])
)
IPV4: Final = st.ip_addresses(v=4).map(str)
IPV6: Final = st.ip_addresses(v=6).map(str)
ADDRESSES: Final = HOSTS | IPV4 | IPV6
NAMES: Final = st.text(
    st.characters(categories=["Ll", "Lu", "Lo", "Nd"]) | st.sampled_from(" -_.@+'&<>\"#%$/()"), max_size=20
).map("n{}n".format)
"""Texts that begin and end with a letter, with whatever a person may type between."""

SSIDS: Final = st.text(
    st.characters(categories=["Ll", "Nd"], max_codepoint=0x7F) | st.just(" "), max_size=28
).map("n{}n".format)
PROBES: Final = st.builds("{}://{}/{}".format, st.sampled_from(["http", "https"]), HOSTS, LABELS)
_SWITCH: Final = st.sampled_from([0, 1])


def some(options: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Tree]:
    """Some of these keys."""
    return st.fixed_dictionaries({}, optional=options)


@st.composite
def associations(draw: st.DrawFn) -> Tree:
    """Neither, one, or both security associations, and strict selection only where they allow it."""
    limits = {
        "IntegrityAlgorithm": st.sampled_from(oracle.INTEGRITY),
        "LifeTimeInMinutes": st.integers(*oracle.LIFETIME),
        "PostQuantumKeyExchangeMethods": st.lists(
            st.sampled_from(oracle.POST_QUANTUM), min_size=1, max_size=oracle.MOST_POST_QUANTUM
        ),
    }
    found: Tree = {}
    if draw(st.booleans()):
        # The same strong cipher for both is never too weak.
        cipher = draw(st.sampled_from(["AES-256", "AES-256-GCM", "ChaCha20Poly1305"]))
        group = st.sampled_from([number for number in oracle.GROUPS if number >= 14])
        for name in oracle.ASSOCIATIONS:
            found[name] = {
                "EncryptionAlgorithm": cipher,
                "DiffieHellmanGroup": draw(group),
                **draw(some(limits)),
            }
        found["EnforceStrictAlgorithmSelection"] = draw(_SWITCH)
    else:
        each = {
            "EncryptionAlgorithm": st.sampled_from(oracle.CIPHERS),
            "DiffieHellmanGroup": st.sampled_from(oracle.GROUPS),
            **limits,
        }
        found = draw(some({name: some(each) for name in oracle.ASSOCIATIONS}))
    if any("PostQuantumKeyExchangeMethods" in found.get(name, {}) for name in oracle.ASSOCIATIONS):
        found |= draw(some({"AllowPostQuantumKeyExchangeFallback": _SWITCH}))
    return found | draw(some({"EnablePFS": _SWITCH}))


def matches() -> st.SearchStrategy[Tree]:
    """Conditions of an On-Demand rule."""
    wifi = some({"InterfaceTypeMatch": st.just("WiFi"), "SSIDMatch": st.lists(SSIDS, min_size=1, max_size=3)})
    other = some({"InterfaceTypeMatch": st.sampled_from(oracle.INTERFACES)})
    more = some(
        {
            "DNSDomainMatch": st.lists(HOSTS | HOSTS.map("*.{}".format), min_size=1, max_size=3),
            "DNSServerAddressMatch": st.lists(IPV4 | st.just("10.7.*") | IPV6, min_size=1, max_size=3),
            "URLStringProbe": PROBES,
        }
    )
    return st.builds(lambda first, second: {**first, **second}, wifi | other, more)


@st.composite
def parameters(draw: st.DrawFn) -> Tree:
    """What a rule evaluates."""
    action = draw(st.sampled_from(oracle.DOMAIN_ACTIONS))
    found: Tree = {
        "DomainAction": action,
        "Domains": draw(st.lists(HOSTS | HOSTS.map("*.{}".format), min_size=1, max_size=3)),
    }
    if action == "ConnectIfNeeded":
        servers = st.lists(IPV4 | IPV6, min_size=1, max_size=2)
        found |= draw(some({"RequiredDNSServers": servers, "RequiredURLStringProbe": PROBES}))
    return found


@st.composite
def rules(draw: st.DrawFn) -> list[Tree]:
    """Rules, of which the last one has no conditions."""
    found = []
    conditions = [*draw(st.lists(matches(), max_size=3)), {}]
    for each in conditions:
        action = draw(st.sampled_from([name for name in oracle.ACTIONS if name != "Allow"]))
        rule = {**each, "Action": action}
        if action == "EvaluateConnection":
            rule["ActionParameters"] = draw(st.lists(parameters(), min_size=1, max_size=2))
        found.append(rule)
    return found


@st.composite
def sign_ins(draw: st.DrawFn, identity: credentials.Kind | None) -> Tree:
    """How the device signs in, with the identity where there is one."""
    names = some({"AuthName": NAMES, "AuthPassword": st.just(PASSWORD)})
    issuer = {"ServerCertificateIssuerCommonName": NAMES}
    if identity is None:
        return draw(
            st.one_of(
                st.builds(
                    lambda method, more, ca: {
                        "AuthenticationMethod": method,
                        "ExtendedAuthEnabled": 1,
                        **more,
                        **ca,
                    },
                    st.sampled_from(["None", "Certificate"]),
                    names,
                    some(issuer),
                ),
                st.builds(
                    lambda more: {
                        "AuthenticationMethod": "SharedSecret",
                        "SharedSecret": SHARED_SECRET,
                        **more,
                    },
                    some({"ExtendedAuthEnabled": st.just(0)}),
                ),
            )
        )
    said = draw(st.sampled_from([*_TYPES[identity], *([ABSENT] if identity == "RSA" else [])]))
    found: Tree = {"PayloadCertificateUUID": IDENTITY_UUID, "CertificateType": said}
    if draw(st.booleans()):
        found |= {
            "AuthenticationMethod": draw(st.sampled_from(["None", "Certificate"])),
            "ExtendedAuthEnabled": 1,
        }
        found |= {name: draw(values) for name, values in issuer.items()}
        lowest = draw(st.sampled_from(["1.0", "1.1", "1.2"]))
        highest = draw(st.sampled_from([version for version in ("1.0", "1.1", "1.2") if version >= lowest]))
        found |= draw(st.sampled_from([{}, {"TLSMinimumVersion": lowest, "TLSMaximumVersion": highest}]))
    else:
        found |= {"AuthenticationMethod": "Certificate"}
        found |= draw(some({"ExtendedAuthEnabled": st.just(0), **issuer}))
    return merged(found)


@st.composite
def tunnels(draw: st.DrawFn, identity: credentials.Kind | None = None, *, always_on: bool = False) -> Tree:
    """A tunnel; one of Always On has none of the keys that do nothing there."""
    host = draw(ADDRESSES)
    common = {
        "LocalIdentifier": NAMES | st.just(""),
        "DeadPeerDetectionRate": st.sampled_from(oracle.CHOICES["DeadPeerDetectionRate"]),
        "DisableMOBIKE": _SWITCH,
        "DisableRedirect": _SWITCH,
        "EnableCertificateRevocationCheck": _SWITCH,
        "MTU": st.integers(1280, 1400),
        "ServerCertificateCommonName": HOSTS,
        "UseConfigurationAttributeInternalIPSubnet": _SWITCH,
    }
    found: Tree = {
        "RemoteAddress": host,
        "RemoteIdentifier": host,
        **draw(sign_ins(identity)),
        **draw(some(common)),
    }
    if draw(st.booleans()):
        found |= {"PPK": draw(st.binary(min_size=32, max_size=64)), "PPKIdentifier": draw(NAMES)}
        found |= draw(some({"PPKMandatory": _SWITCH}))
    if always_on:
        strong = st.sampled_from([number for number in oracle.GROUPS if number >= 14])
        own = {"IKESecurityAssociationParameters": st.fixed_dictionaries({"DiffieHellmanGroup": strong})}
        keepalive = {"NATKeepAliveOffloadEnable": st.just(1), "NATKeepAliveInterval": st.integers(20, 300)}
        return found | draw(some(own)) | draw(some(keepalive))
    found |= draw(associations())
    if draw(st.booleans()):
        found |= {"OnDemandEnabled": draw(_SWITCH), "OnDemandRules": draw(rules())}
        found |= draw(some({"OnDemandUserOverrideDisabled": _SWITCH}))
    if draw(st.booleans()):
        found |= {"IncludeAllNetworks": 1, "ExcludeLocalNetworks": draw(_SWITCH)}
        names = ("ExcludeAPNs", "ExcludeCellularServices", "ExcludeDeviceCommunication")
        found |= draw(some(dict.fromkeys(names, _SWITCH)))
    if draw(st.booleans()):
        found |= {"DisconnectOnIdle": 1, "DisconnectOnIdleTimer": draw(st.integers(1, 86400))}
    return found


@st.composite
def resolvers(draw: st.DrawFn) -> Tree:
    """The dictionary DNS."""
    servers = st.lists(IPV4 | IPV6, min_size=1, max_size=3)
    found = draw(
        st.one_of(
            st.fixed_dictionaries({"DNSProtocol": st.just("Cleartext"), "ServerAddresses": servers}),
            st.fixed_dictionaries(
                {"DNSProtocol": st.just("HTTPS"), "ServerURL": HOSTS.map("https://{}/dns-query".format)},
                optional={"ServerAddresses": servers},
            ),
            st.fixed_dictionaries(
                {"DNSProtocol": st.just("TLS"), "ServerName": HOSTS}, optional={"ServerAddresses": servers}
            ),
        )
    )
    domains = st.lists(HOSTS, min_size=1, max_size=3)
    found |= draw(some({"SearchDomains": domains, "DomainName": HOSTS}))
    if draw(st.booleans()):
        found["SupplementalMatchDomains"] = draw(domains | st.just([""]))
        found |= draw(some({"SupplementalMatchDomainsNoSearch": _SWITCH}))
    return found


@st.composite
def proxies(draw: st.DrawFn) -> Tree:
    """The dictionary Proxies."""
    found: Tree = {}
    for kind in ("HTTP", "HTTPS"):
        if draw(st.booleans()):
            found |= {
                f"{kind}Enable": 1,
                f"{kind}Proxy": draw(ADDRESSES),
                f"{kind}Port": draw(st.integers(1, 65535)),
            }
        else:
            found[f"{kind}Enable"] = 0
    if draw(st.booleans()):
        file = draw(HOSTS.map("https://{}/proxy.pac".format))
        found |= {"ProxyAutoConfigEnable": 1, "ProxyAutoConfigURLString": file}
    return found


# As property lists have them, in UTC and without a zone.
_LATER: Final = st.datetimes(datetime(2081, 1, 1), datetime(2099, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)

ENVELOPES: Final = some(
    {
        "PayloadOrganization": NAMES,
        "PayloadDescription": NAMES,
        "ConsentText": st.dictionaries(st.sampled_from(["default", "en", "de", "pt-BR"]), NAMES, min_size=1),
        "PayloadScope": st.sampled_from(["System", "User"]),
        "TargetDeviceType": st.integers(0, 6),
        "PayloadRemovalDisallowed": st.booleans(),
        "PayloadExpirationDate": _LATER,
        "RemovalDate": _LATER,
        "DurationUntilRemoval": st.floats(1, 1e8).map(float.__trunc__).map(float),
    }
)


@st.composite
def acmes(draw: st.DrawFn) -> tuple[credentials.Kind, Tree]:
    """The kind of key of an identity that ACME issues, and its payload."""
    made: list[tuple[credentials.Kind, str, int]] = [
        ("RSA", "RSA", 2048),
        ("RSA", "RSA", 4096),
        ("P-256", "ECSECPrimeRandom", 256),
        ("P-384", "ECSECPrimeRandom", 384),
        ("P-521", "ECSECPrimeRandom", 521),
    ]
    kind, name, size = draw(st.sampled_from(made))
    hardware = size in (256, 384) and draw(st.booleans())
    payload = {
        "PayloadType": "com.apple.security.acme",
        "PayloadVersion": 1,
        "PayloadIdentifier": "example.hafen.profile.acme",
        "PayloadUUID": IDENTITY_UUID,
        "DirectoryURL": draw(HOSTS.map("https://{}/acme/directory".format)),
        "ClientIdentifier": draw(NAMES),
        "KeyType": name,
        "KeySize": size,
        "HardwareBound": hardware,
        "Attest": hardware and draw(st.booleans()),
        "Subject": [[["CN", draw(NAMES)]]],
    }
    return kind, payload


@st.composite
def identities(draw: st.DrawFn) -> tuple[credentials.Kind | None, list[Tree]]:
    """The kind of key of an identity, if there is one, and the payloads that bring it."""
    authority = root(credentials.der(credentials.authority()))
    match draw(st.integers(0, 4)):
        case 0:
            kind = draw(st.sampled_from([*_TYPES]))
            return kind, [pkcs12(credentials.identity(kind)), authority]
        case 1:
            return "RSA", [scep(URL=draw(HOSTS.map("http://{}/scep".format)))]
        case 2:
            issued, payload = draw(acmes())
            return issued, [payload, authority]
    return None, draw(st.sampled_from([[], [authority]]))


@st.composite
def profiles(draw: st.DrawFn) -> Tree:
    """A profile with one or two tunnels, and Always On now and then."""
    identity, brought = draw(identities())
    parts: list[Tree] = []
    for number in range(1, draw(st.integers(1, 2)) + 1):
        beside = draw(some({"DNS": resolvers(), "Proxies": proxies()}))
        parts.append(vpn(number=number, **beside, IKEv2=draw(tunnels(identity))))
    if draw(st.integers(0, 5)) == 0:
        served: list[list[Any]] = [[ABSENT], [["WiFi"], ["Cellular"]], [["Cellular", "WiFi"]]]
        lists = draw(st.sampled_from(served))
        inside = [
            merged({"ProtocolType": "IKEv2"}, draw(tunnels(always_on=True)), {"Interfaces": each})
            for each in lists
        ]
        kind = {"VPNType": "AlwaysOn", "IKEv2": ABSENT, "AlwaysOn": {"TunnelConfigurations": inside}}
        parts.append(vpn(number=9, **kind))
    return profile(*brought, *parts, **draw(ENVELOPES))


def first_tunnel(tree: Tree) -> Tree:
    """The first payload with a tunnel."""
    found: Tree = next(part for part in tree["PayloadContent"] if part.get("VPNType") == "IKEv2")
    return found
