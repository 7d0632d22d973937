"""What is measured: the largest profile that the catalogue's examples make, with copies of its payload."""

from dataclasses import replace
from datetime import datetime

from profiles.catalogue import registry
from profiles.catalogue.spec import Example, Payload
from profiles.catalogue.versions import OPERATING_SYSTEMS
from profiles.plist.build import build
from profiles.plist.document import Document, PayloadDocument, random_uuid

PAYLOAD = registry.payload("vpn-ikev2")

ENVELOPE = {
    "PayloadDisplayName": "Office VPN",
    "PayloadIdentifier": "com.example.vpn.office",
    "PayloadOrganization": "Example Organization",
    "PayloadDescription": "Connects to the office. Ask the help desk when it does not work.",
    "ConsentText": {"default": "I agree.", "de": "Ich stimme zu."},
    "PayloadRemovalDisallowed": False,
    "RemovalDate": datetime(2040, 1, 1),  # noqa: DTZ001 - a property list's dates are UTC and say nothing of it
}


def largest(*, payloads: int = 1) -> Document:
    """The example that makes the largest file, as many times as asked for."""
    document = max(
        (_document(example, PAYLOAD) for example in PAYLOAD.examples), key=lambda each: len(build(each))
    )
    first = document.payloads[0]
    copies = [replace(first, name=f"{first.name} {number}", uuid=random_uuid()) for number in range(payloads)]
    return replace(document, payloads=tuple(copies))


def _document(example: Example, payload: Payload) -> Document:
    part = PayloadDocument(slug=payload.slug, name="office", uuid=random_uuid(), values=example.values)
    targets = {system: example.targets[system] for system in OPERATING_SYSTEMS if system in example.targets}
    return Document(uuid=random_uuid(), envelope=ENVELOPE, targets=targets, payloads=(part,))
