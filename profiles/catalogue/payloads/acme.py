"""An identity that the device gets by ACME: com.apple.security.acme."""

from __future__ import annotations

from collections.abc import Iterator

from profiles.catalogue.effect_text import host
from profiles.catalogue.evidence import Source
from profiles.catalogue.groups.certificate_requests import alternative_names, request_effects, subject, usage
from profiles.catalogue.groups.shared import about, keychain
from profiles.catalogue.keys import Address, Boolean, Choice, Integer, ListOf, Text
from profiles.catalogue.options import Option
from profiles.catalogue.payload_type import Example, Group, Payload
from profiles.catalogue.rules.certificate_requests import (
    EC_SIZES,
    RSA_SIZES,
    AcmeKey,
    DnsNames,
    HardwareOfMacs,
)
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import Availability, only_macos
from profiles.catalogue.wording import listed

NAMES = alternative_names("SubjectAltName")

SERVER = Group(
    "server",
    title="Server",
    help="Which ACME server (RFC 8555) issues the certificate, and to whom.",
    keys=(
        Address(
            "DirectoryURL",
            label="Directory",
            help="The directory of the ACME server.",
            required=True,
            secure=True,
            placeholder="https://ca.example.com/acme/directory",
        ),
        Text(
            "ClientIdentifier",
            compared=True,
            label="Client identifier",
            help="Which device this is, in words that the server knows; it may be used once.",
            required=True,
        ),
    ),
)

KEY = Group(
    "key",
    title="Key",
    help="The key that the device makes.",
    keys=(
        Choice(
            "KeyType",
            label="Key type",
            help="RSA, or an elliptic curve of the NIST.",
            required=True,
            choices=(Option("RSA"), Option("ECSECPrimeRandom", "Elliptic curve")),
        ),
        Integer(
            "KeySize",
            label="Key size",
            help=f"How long the key is: {RSA_SIZES[0]} to {RSA_SIZES[-1]} for RSA; {listed(EC_SIZES)} for an elliptic "
            "curve.",
            unit="bits",
            required=True,
        ),
        Boolean(
            "HardwareBound",
            label="Bound to the hardware",
            help="The key never leaves the Secure Enclave.",
            required=True,
        ),
        Boolean(
            "Attest",
            label="Attest to the device",
            help="Apple's attestation servers vouch for the device and its key to the ACME server.",
            default=False,
            available=Availability(watchOS="10.0"),
        ),
        *keychain(extractable=only_macos(), apps=only_macos()),
    ),
)

CERTIFICATE = Group(
    "request",
    title="Certificate",
    help="What the device asks for; the server may issue something else.",
    keys=(
        subject("Subject", required=True),
        *NAMES,
        usage("UsageFlags", zero=False),
        ListOf(
            "ExtendedKeyUsage",
            label="Extended key usage",
            help="Object identifiers of what the certificate is for; 1.3.6.1.5.5.7.3.2 is a client.",
            placeholder="1.3.6.1.5.5.7.3.2",
            item=Text(
                "",
                label="Object identifier",
                pattern=r"\d+(\.\d+)+",
                pattern_help="is not an object identifier. Write numbers between dots, such as 1.3.6.1.5.5.7.3.2.",
            ),
        ),
    ),
)


def _effects(scope: Scope) -> Iterator[str]:
    yield from request_effects(scope, server="DirectoryURL", subject="Subject")
    if scope.values.get("Attest") is True:
        yield f"Apple vouches for this device to {host(scope.values.get('DirectoryURL')) or 'that server'}."


PAYLOAD = Payload(
    slug="acme",
    payload_type="com.apple.security.acme",
    title="ACME identity",
    summary="The device makes a key, in hardware if asked, and has a certificate issued for it by an ACME server.",
    available=Availability(iOS="16.0", macOS="13.1", tvOS="16.0", visionOS="1.0", watchOS="9.0"),
    provides="identity",
    source=Source(
        "request",
        key_type="KeyType",
        key_size="KeySize",
        subject="Subject",
        alternative_names=tuple(key.path for key in NAMES),
    ),
    groups=(SERVER, KEY, CERTIFICATE, about()),
    effects=_effects,
    rules=(AcmeKey(), HardwareOfMacs(), DnsNames("SubjectAltName.dNSName")),
    examples=(
        Example(
            "A key in hardware, attested",
            {
                "DirectoryURL": "https://ca.example.com/acme/directory",
                "ClientIdentifier": "C02XG0FDH05N",
                "KeyType": "ECSECPrimeRandom",
                "KeySize": 384,
                "HardwareBound": True,
                "Attest": True,
                "Subject": [[["CN", "laptop-7"]], [["O", "Example"]]],
                "SubjectAltName": {"dNSName": "laptop-7.example.com"},
                "UsageFlags": 5,
                "ExtendedKeyUsage": ["1.3.6.1.5.5.7.3.2"],
            },
            {"iOS": "17.0", "macOS": "14.0"},
        ),
    ),
)
