"""What is measured: the largest profile that the catalogue's examples make, with copies of its payload."""

from dataclasses import replace
from datetime import datetime

from profiles.catalogue import registry
from profiles.catalogue.payload_type import Example, Payload
from profiles.catalogue.versions import OPERATING_SYSTEMS
from profiles.plist.build import build
from profiles.plist.document import Document, PayloadDocument, random_uuid

RULES = 60
FULL = (
    "vpn-ikev2",
    "vpn-ikev2",
    "identity-pkcs12",
    "identity-pkcs12",
    "certificate",
    "certificate",
    "scep",
    "acme",
)
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


def full(office: str = "Office") -> Document:
    """Eight payloads: two tunnels with sixty On-Demand rules between them about an office, identities, certificates."""
    parts = [
        PayloadDocument(
            slug=slug,
            name=f"{slug} {number}",
            uuid=random_uuid(),
            values=registry.payload(slug).examples[0].values,
        )
        for number, slug in enumerate(FULL)
    ]
    tunnels = [part for part in parts if part.slug == "vpn-ikev2"]
    for part in tunnels:
        rules = [_rule(number, office) for number in range(RULES // len(tunnels))]
        ikev2 = {**part.values["IKEv2"], "OnDemandEnabled": 1, "OnDemandRules": rules}
        parts[parts.index(part)] = replace(part, values={**part.values, "IKEv2": ikev2})
    return Document(
        uuid=random_uuid(), envelope=ENVELOPE, targets={"iOS": "17.0", "macOS": "14.0"}, payloads=tuple(parts)
    )


def empty() -> Document:
    """A blank profile, as the starting point makes it."""
    part = PayloadDocument(slug="vpn-ikev2", name="vpn", uuid=random_uuid(), values={})
    envelope = {name: ENVELOPE[name] for name in ("PayloadDisplayName", "PayloadIdentifier")}
    return Document(uuid=random_uuid(), envelope=envelope, targets={}, payloads=(part,))


def _rule(number: int, office: str) -> dict[str, object]:
    """Every third rule evaluates each connection, the others know a network."""
    if number % 3:
        return {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi", "SSIDMatch": [f"{office} {number}"]}
    action = {"DomainAction": "ConnectIfNeeded", "Domains": [f"{office}-site{number}.example".lower()]}
    return {
        "Action": "EvaluateConnection",
        "DNSDomainMatch": [f"{office}-site{number}.example".lower()],
        "ActionParameters": [action],
    }


def _document(example: Example, payload: Payload) -> Document:
    part = PayloadDocument(slug=payload.slug, name="office", uuid=random_uuid(), values=example.values)
    targets = {system: example.targets[system] for system in OPERATING_SYSTEMS if system in example.targets}
    return Document(uuid=random_uuid(), envelope=ENVELOPE, targets=targets, payloads=(part,))
