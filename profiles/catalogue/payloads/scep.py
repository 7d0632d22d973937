"""An identity that the device gets by SCEP: com.apple.security.scep."""

from __future__ import annotations

from collections.abc import Iterator

from profiles.catalogue.evidence import Source
from profiles.catalogue.findings import Severity
from profiles.catalogue.groups.certificate_requests import alternative_names, request_effects, subject, usage
from profiles.catalogue.groups.shared import about, keychain
from profiles.catalogue.keys import Address, Choice, Data, Integer, Text
from profiles.catalogue.options import Option
from profiles.catalogue.payload_type import Example, Group, Payload
from profiles.catalogue.rules.certificate_requests import DnsNames, ScepKeySize
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import Availability

NAMES = alternative_names("PayloadContent.SubjectAltName", several=True)

SERVER = Group(
    "server",
    title="Server",
    help="Which SCEP server (RFC 8894) issues the certificate, and how the device proves that it may have one.",
    keys=(
        Address(
            "PayloadContent.URL",
            label="Server address",
            help="The address of the SCEP server.",
            required=True,
            placeholder="https://ca.example.com/scep",
        ),
        Text(
            "PayloadContent.Name",
            compared=True,
            label="Instance",
            help="The name of the authority on a server that has several.",
        ),
        Text(
            "PayloadContent.Challenge",
            label="Challenge",
            help="The shared password with which the server lets the device in.",
            secret=True,
        ),
        Data(
            "PayloadContent.CAFingerprint",
            label="Fingerprint of the authority",
            help="The fingerprint of the authority's certificate, for a server that is reached without HTTPS.",
        ),
        Integer(
            "PayloadContent.Retries",
            label="Retries",
            help="How often the device asks again while the server says “pending”.",
            minimum=0,
            too_small_as=Severity.WARNING,
            default=3,
            available=Availability(macOS="10.10"),
        ),
        Integer(
            "PayloadContent.RetryDelay",
            label="Delay between retries",
            help="How long the device waits before it asks again.",
            unit="seconds",
            minimum=0,
            too_small_as=Severity.WARNING,
            default=10,
            available=Availability(macOS="10.10"),
        ),
    ),
)

CERTIFICATE = Group(
    "request",
    title="Certificate",
    help="What the device asks for.",
    keys=(
        subject("PayloadContent.Subject", required=False),
        *NAMES,
        Choice(
            "PayloadContent.Keysize",
            label="Key size",
            help="The size of the RSA key in bits.",
            default=1024,
            choices=(Option(1024), Option(2048), Option(4096)),
        ),
        Choice(
            "PayloadContent.Key Type",
            label="Key type",
            help="The kind of key; SCEP on devices knows RSA only.",
            default="RSA",
            choices=(Option("RSA"),),
        ),
        usage("PayloadContent.Key Usage", zero=True, available=Availability(macOS="10.11")),
        *keychain(
            "PayloadContent.", extractable=Availability(macOS="10.13.4"), apps=Availability(macOS="10.10")
        ),
    ),
)


def _effects(scope: Scope) -> Iterator[str]:
    return request_effects(scope, server="PayloadContent.URL", subject="PayloadContent.Subject")


PAYLOAD = Payload(
    slug="scep",
    payload_type="com.apple.security.scep",
    title="SCEP identity",
    summary="The device makes a key and has a certificate issued for it by a SCEP server.",
    available=Availability(iOS="4.0", macOS="10.7", tvOS="9.0", visionOS="1.0", watchOS="3.0"),
    provides="identity",
    source=Source(
        "request",
        key_type="PayloadContent.Key Type",
        key_size="PayloadContent.Keysize",
        subject="PayloadContent.Subject",
        alternative_names=tuple(key.path for key in NAMES),
    ),
    groups=(SERVER, CERTIFICATE, about()),
    effects=_effects,
    rules=(ScepKeySize(), DnsNames("PayloadContent.SubjectAltName.dNSName")),
    examples=(
        Example(
            "A certificate for a user",
            {
                "PayloadContent": {
                    "URL": "https://ca.example.com/scep",
                    "Name": "Example",
                    "Challenge": "a sample challenge",
                    "Subject": [[["CN", "alice"]], [["O", "Example, Inc."], ["OU", "IT"]]],
                    "SubjectAltName": {"rfc822Name": "alice@example.com"},
                    "Keysize": 2048,
                    "Key Usage": 5,
                    "CAFingerprint": bytes(range(20)),
                },
                "PayloadDisplayName": "alice",
            },
            {"iOS": "17.0"},
        ),
    ),
)
