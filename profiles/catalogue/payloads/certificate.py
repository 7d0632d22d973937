"""A certificate without its key: com.apple.security.root, .pkcs1 and .pem."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final

from profiles.catalogue.conditions import Equals
from profiles.catalogue.effect_text import called, quoted
from profiles.catalogue.evidence import Source
from profiles.catalogue.groups.shared import about
from profiles.catalogue.keys import Certificate, Choice, Text
from profiles.catalogue.options import Option
from profiles.catalogue.payload_type import Example, Group, Payload
from profiles.catalogue.rules import certificates
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import Availability

ROOT, PKCS1, PEM = "com.apple.security.root", "com.apple.security.pkcs1", "com.apple.security.pem"

EXAMPLE_ROOT: Final = (
    "MIIBNjCB3qADAgECAgEBMAoGCCqGSM49BAMCMBoxGDAWBgNVBAMMD0V4YW1wbGUgUm9vdCBDQTAgFw0yNTAxMDEw"
    "MDAwMDBaGA85OTk5MTIzMTIzNTk1OVowGjEYMBYGA1UEAwwPRXhhbXBsZSBSb290IENBMFkwEwYHKoZIzj0CAQYI"
    "KoZIzj0DAQcDQgAE9v5k5Bvy+0npcXxi8ZuycOVj9MmI7YzoKICE14Eaj0F/DPPK044ylWBiiIBEWwP0x8q/CxrZ"
    "NICPjsinOBjOaKMTMBEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBSfYfgu9vwv6bSvbInXSuM"
    "2TqNWNiS39gOC5pVFxUzxwIgAkGBcJ+Rs1fS7M8s0CulyoupVpbNvVL8jD9SdDbgSgk="
)
"""A root authority whose key nobody has, in base64."""

CERTIFICATE = Group(
    "certificate",
    title="Certificate",
    help="The certificate of an authority, or of a server, that the device is to know.",
    keys=(
        Certificate(
            "PayloadContent",
            label="Certificate",
            help="One X.509 certificate, from the certificates library.",
            required=True,
            file_name="PayloadCertificateFileName",
            title="PayloadDisplayName",
            armoured=Equals("PayloadType", PEM),
        ),
        Choice(
            "PayloadType",
            label="Kind",
            help="A root is trusted as an authority; the others are only known, and written as DER or as PEM.",
            default=ROOT,
            always_emitted=True,
            choices=(
                Option(ROOT, "Root authority (DER)"),
                Option(PKCS1, "Other certificate (DER)"),
                Option(PEM, "Other certificate (PEM)"),
            ),
        ),
        Text(
            "PayloadCertificateFileName",
            label="File name",
            help="How the device calls the file.",
            placeholder="example-ca.cer",
        ),
    ),
)


def _effects(scope: Scope) -> Iterator[str]:
    title, file_name = map(scope.values.get, ("PayloadDisplayName", "PayloadCertificateFileName"))
    names = (scope.own and scope.own.title, title, file_name)
    # What says nothing that a device knows is told as the kind that does more harm.
    if scope.effective("PayloadType") in (PKCS1, PEM):
        yield f"Adds {called('certificate', *names)} to those that this device knows."
        return
    authority = quoted(*names) or "the authority whose certificate it adds"
    yield f"Makes this device trust websites and servers vouched for by {authority}."
    yield (
        "Whoever runs that authority can pretend to be any website, and read what you send there: install it only if "
        "you trust them with that."
    )
    if not scope.targets or "iOS" in scope.targets:
        yield (
            "On an iPhone or iPad it holds for websites once you allow it in Settings, General, About, Certificate "
            "Trust Settings."
        )


def _armoured(certificate: str) -> bytes:
    lines = [certificate[start : start + 64] for start in range(0, len(certificate), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]).encode()


PAYLOAD = Payload(
    slug="certificate",
    payload_type=ROOT,
    title="Certificate",
    summary="An authority that devices are to trust, or a certificate that they are to know.",
    available=Availability(iOS="4.0", macOS="10.7", tvOS="9.0", visionOS="1.0", watchOS="3.0"),
    source=Source("certificate", content="PayloadContent"),
    groups=(CERTIFICATE, about()),
    effects=_effects,
    rules=(
        certificates.ContentFaults("PayloadContent"),
        certificates.ValidCertificate("PayloadContent"),
        certificates.CertificateForm("PayloadContent", Equals("PayloadType", ROOT)),
    ),
    examples=(
        Example(
            "A root authority",
            {
                "PayloadContent": base64.b64decode(EXAMPLE_ROOT),
                "PayloadCertificateFileName": "example-ca.cer",
                "PayloadDisplayName": "Example Root CA",
            },
            {"iOS": "17.0"},
        ),
        Example(
            "An authority as PEM",
            {"PayloadType": PEM, "PayloadContent": _armoured(EXAMPLE_ROOT)},
        ),
    ),
)
