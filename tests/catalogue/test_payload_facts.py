"""Every payload type as Apple documents it."""

from __future__ import annotations

import pytest

from profiles.catalogue import registry
from tests.catalogue import payload_facts
from tests.catalogue.facts import Fact, agrees, told
from tests.catalogue.ikev2_facts import IKEV2

FACTS = [
    pytest.param(slug, path, fact, since, id=f"{slug}/{path}")
    for slug, (since, facts) in payload_facts.PAYLOADS.items()
    for path, fact in facts.items()
]
every_payload = pytest.mark.parametrize("slug", payload_facts.PAYLOADS)


@pytest.mark.parametrize(("slug", "path", "fact", "since"), FACTS)
def test_a_key_is_as_apple_documents_it(slug: str, path: str, fact: Fact, since: str) -> None:
    agrees(told()[slug][path], fact, since)


@every_payload
def test_a_payload_has_the_documented_keys_and_no_other(slug: str) -> None:
    found = {path for path in told()[slug] if not path.startswith("IKEv2.")}
    assert found == set(payload_facts.PAYLOADS[slug][1])


@pytest.mark.parametrize("slug", payload_facts.SECRETS)
def test_just_the_secrets_are_secret(slug: str) -> None:
    assert {path for path, key in told()[slug].items() if key["secret"]} == payload_facts.SECRETS[slug]


@pytest.mark.parametrize(
    ("slug", "payload_type", "discriminator", "provides"),
    [
        ("vpn-always-on", "com.apple.vpn.managed", {"VPNType": "AlwaysOn"}, ""),
        ("identity-pkcs12", "com.apple.security.pkcs12", {}, "identity"),
        ("certificate", "com.apple.security.root", {}, ""),
        ("scep", "com.apple.security.scep", {}, "identity"),
        ("acme", "com.apple.security.acme", {}, "identity"),
    ],
)
def test_a_payload_is_called_on_the_device_as_documented(
    slug: str, payload_type: str, discriminator: dict[str, str], provides: str
) -> None:
    found = registry.payload(slug)
    assert (found.payload_type, found.discriminator, found.provides) == (
        payload_type,
        discriminator,
        provides,
    )


@pytest.mark.parametrize("payload_type", payload_facts.CERTIFICATE_TYPES)
def test_a_certificate_is_of_the_type_that_was_chosen(payload_type: str) -> None:
    certificate = registry.payload("certificate")
    assert certificate.type_of({"PayloadType": payload_type}) == payload_type
    assert certificate.type_of({}) == "com.apple.security.root"


def test_a_tunnel_of_always_on_has_every_key_of_ikev2() -> None:
    inside = "AlwaysOn.TunnelConfigurations[]."
    tunnel = {path.removeprefix(inside) for path in told()["vpn-always-on"] if path.startswith(inside)}
    assert set(IKEV2) <= tunnel
    assert tunnel - set(IKEV2) == {"ProtocolType", "Interfaces", "Interfaces[]"}


def test_a_tunnel_says_each_thing_as_ikev2_does() -> None:
    inside = "AlwaysOn.TunnelConfigurations[]."
    alone, within = told()["vpn-ikev2"], told()["vpn-always-on"]
    for path in IKEV2:
        one, other = alone[f"IKEv2.{path}"], within[f"{inside}{path}"]
        assert (one["label"], one["help"], one["allowed"]) == (
            other["label"],
            other["help"],
            other["allowed"],
        )
