"""Documents to store, and what they hide."""

from dataclasses import replace
from typing import Any

from profiles.plist.document import Document, PayloadDocument, random_uuid

PASSWORD = "hunter2-in-no-column"
UNKNOWN = "imported-and-in-no-column"
UNDECLARED = "misspelt-and-in-no-column"
SECRETS = (PASSWORD, UNKNOWN, UNDECLARED)


def payload(name: str = "office", **ikev2: Any) -> PayloadDocument:
    """An IKEv2 payload with a password, a key that is unknown, and one that is misspelt."""
    values = {
        "RemoteAddress": "vpn.example.com",
        "RemoteIdentifier": "vpn.example.com",
        "AuthenticationMethod": "None",
        "ExtendedAuthEnabled": 1,
        "AuthName": "alice",
        "AuthPassword": PASSWORD,
        "ServerCertificateIssuerCommonName": "Example Issuing CA",
        "OnDemandEnabled": 1,
        "OnDemandRules": [{"Action": "Connect", "Secrit": UNDECLARED}],
        "AuthPasword": UNDECLARED,
        **ikev2,
    }
    return PayloadDocument(
        slug="vpn-ikev2",
        name=name,
        uuid=random_uuid(),
        values={"UserDefinedName": "Office", "IKEv2": values},
        unknown={"VendorConfig": {"Token": UNKNOWN, "Blob": UNKNOWN.encode(), "Level": 1.5}},
    )


def document(*payloads: PayloadDocument, **envelope: Any) -> Document:
    """A profile with these payloads, or one of them."""
    return Document(
        uuid=random_uuid(),
        envelope={
            "PayloadDisplayName": "Office VPN",
            "PayloadIdentifier": "com.example.vpn.office",
            "ConsentText": {"default": "Agree", "de": "Zustimmen"},
            "VendorNote": UNDECLARED,
            **envelope,
        },
        targets={"iOS": "17.0"},
        payloads=payloads or (payload(),),
    )


def valid(*, name: str = "Office VPN", payloads: int = 1) -> Document:
    """A profile without a single problem."""
    whole = document(*(payload(f"tunnel {number}") for number in range(payloads)), PayloadDisplayName=name)
    parts = []
    for part in whole.payloads:
        ikev2 = {key: value for key, value in part.values["IKEv2"].items() if key != "AuthPasword"}
        ikev2["OnDemandRules"] = [{"Action": "Connect"}]
        parts.append(replace(part, values={**part.values, "IKEv2": ikev2}, unknown={}))
    envelope = {key: value for key, value in whole.envelope.items() if key != "VendorNote"}
    return replace(whole, envelope=envelope, payloads=tuple(parts))


def changed(whole: Document, **ikev2: Any) -> Document:
    """The document with some values of its first payload replaced."""
    first, *rest = whole.payloads
    values = {**first.values, "IKEv2": {**first.values["IKEv2"], **ikev2}}
    return replace(whole, payloads=(replace(first, values=values), *rest))
