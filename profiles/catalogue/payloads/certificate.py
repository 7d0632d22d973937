"""A certificate without its key: com.apple.security.root, .pkcs1 and .pem."""

from __future__ import annotations

from profiles.catalogue.conditions import Equals
from profiles.catalogue.evidence import Source
from profiles.catalogue.keys import Certificate, Choice, Text
from profiles.catalogue.options import Option
from profiles.catalogue.rules import certificates
from profiles.catalogue.shared import about
from profiles.catalogue.spec import Example, Group, Payload
from profiles.catalogue.versions import Availability

ROOT, PKCS1, PEM = "com.apple.security.root", "com.apple.security.pkcs1", "com.apple.security.pem"

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

PAYLOAD = Payload(
    slug="certificate",
    payload_type=ROOT,
    title="Certificate",
    summary="An authority that devices are to trust, or a certificate that they are to know.",
    available=Availability(iOS="4.0", macOS="10.7", tvOS="9.0", visionOS="1.0", watchOS="3.0"),
    source=Source("certificate", content="PayloadContent"),
    groups=(CERTIFICATE, about()),
    rules=(certificates.ContentFaults("PayloadContent"), certificates.CertificateForm("PayloadContent")),
    examples=(
        Example(
            "A root authority",
            {
                "PayloadContent": b"0\x82 a certificate",
                "PayloadCertificateFileName": "example-ca.cer",
                "PayloadDisplayName": "Example Root CA",
            },
            {"iOS": "17.0"},
        ),
        Example(
            "An intermediate authority as PEM",
            {"PayloadType": PEM, "PayloadContent": b"-----BEGIN CERTIFICATE-----"},
        ),
    ),
)
