"""What helps with a key: the simulator, the compatibility table, the check against a server's certificate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from profiles.models import Profile, User
from profiles.plist.build import property_list
from profiles.plist.document import PayloadDocument
from profiles.plist.reading.read import read
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.plist.trees import tree, vpn
from tests.posting import browse
from tests.services.samples import changed, valid
from tests.signing.making import certificate, pem

RULES = [
    {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Office <1>"]},
    {
        "Action": "EvaluateConnection",
        "DNSDomainMatch": ["corp.example"],
        "ActionParameters": [{"DomainAction": "ConnectIfNeeded", "Domains": ["corp.example"]}],
    },
    {"Action": "Connect"},
]
SECRET = "p & <q>"


@pytest.fixture
def profile(alice: User) -> Profile:
    document = changed(valid(), OnDemandEnabled=1, OnDemandRules=RULES, AuthPassword=SECRET)
    return profiles.create(actor=alice, team=home(alice), document=document)


def typed(client: Client, profile: Profile) -> dict[str, Any]:
    """What the designer's form holds, as a browser sends it along."""
    data = browse(client.get(reverse("profile", args=[profile.pk])).content.decode()).data()
    return {name: data.getlist(name) for name in data}


def post(client: Client, profile: Profile, name: str, **more: Any) -> str:
    response = client.post(reverse(name, args=[profile.pk]), {**typed(client, profile), **more})
    assert response.status_code == 200
    text = response.content.decode()
    assert SECRET not in text
    assert "p &amp;" not in text
    return text


def simulate(client: Client, profile: Profile, **network: str) -> str:
    part = load(profile).payloads[0].uuid
    described = {f"network-{name}": value for name, value in network.items()}
    return post(client, profile, "simulate_profile", part=part, path="IKEv2.OnDemandRules", **described)


def test_the_simulator_goes_through_the_rules(alice_client: Client, profile: Profile) -> None:
    office = simulate(alice_client, profile, interface="WiFi", ssid="Office <1>")
    assert "Rule 1 matches." in office
    assert "“Office &lt;1&gt;”" in office
    corp = simulate(
        alice_client, profile, ssid="Home", search_domains="corp.example", host="git.corp.example"
    )
    assert "Rule 2 matches." in corp
    assert "the tunnel comes up" in corp
    assert "Rule 3 matches." in simulate(alice_client, profile, interface="Cellular")


def test_the_simulator_looks_at_what_is_typed(alice_client: Client, profile: Profile) -> None:
    part = load(profile).payloads[0].uuid
    data = {
        **typed(alice_client, profile),
        f"{part}-IKEv2.OnDemandRules": ["na"],
        "na.Action": "Disconnect",
        "part": part,
        "path": "IKEv2.OnDemandRules",
    }
    text = alice_client.post(reverse("simulate_profile", args=[profile.pk]), data).content.decode()
    assert "On any network: disconnect." in text


def test_without_a_rule_the_simulator_says_so(alice: User, alice_client: Client) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=changed(valid(), OnDemandRules=None))
    assert "There is no rule yet." in simulate(alice_client, profile)


@pytest.mark.parametrize("rules", [["text"], "text", [5, {"Action": "Connect"}]])
def test_rules_that_are_none_break_no_simulator(alice: User, alice_client: Client, rules: object) -> None:
    document = changed(valid(), OnDemandEnabled=1, OnDemandRules=rules)
    assert simulate(alice_client, profiles.create(actor=alice, team=home(alice), document=document))


NO_NAMES = [
    {"SSIDMatch": [""]},
    {"Action": "Disconnect", "SSIDMatch": [], "DNSDomainMatch": [""]},
    {"Action": "Connect"},
]


def test_rules_that_are_made_here_are_tried_as_they_are_written(alice: User, alice_client: Client) -> None:
    document = changed(valid(), OnDemandEnabled=1, OnDemandRules=NO_NAMES)
    profile = profiles.create(actor=alice, team=home(alice), document=document)
    rules = property_list(document)["PayloadContent"][0]["IKEv2"]["OnDemandRules"]
    assert rules == [{"Action": "Disconnect"}, {"Action": "Connect"}]
    page = simulate(alice_client, profile)
    # The first one is not written, and the page still counts it.
    assert "<strong>Rule 2 matches.</strong> The tunnel goes down and stays down." in page
    assert '<li value="2" class="step step--match">' in page
    assert "On any network: disconnect." in page
    shown = alice_client.get(reverse("profile", args=[profile.pk])).content.decode()
    assert "are empty" not in shown


def test_rules_of_a_file_are_tried_as_they_stand(alice: User, alice_client: Client) -> None:
    document = read(tree(vpn({"OnDemandEnabled": 1, "OnDemandRules": NO_NAMES})))
    profile = profiles.create(actor=alice, team=home(alice), document=document)
    page = simulate(alice_client, profile)
    assert "<strong>Rule 3 matches.</strong> The tunnel comes up" in page
    assert "Never, since SSIDMatch and DNSDomainMatch are empty: disconnect." in page
    assert "nothing matches an empty SSIDMatch" in page
    shown = alice_client.get(reverse("profile", args=[profile.pk])).content.decode()
    assert "Never, since SSIDMatch and DNSDomainMatch are empty: disconnect." in shown


@pytest.mark.parametrize("path", ["", "IKEv2", "IKEv2.Nothing", "../x"])
def test_a_list_that_is_not_there_cannot_be_simulated(
    alice_client: Client, profile: Profile, path: str
) -> None:
    part = load(profile).payloads[0].uuid
    address = reverse("simulate_profile", args=[profile.pk])
    assert alice_client.post(address, {"part": part, "path": path}).status_code == 404
    assert alice_client.post(address, {"part": "x", "path": "IKEv2.OnDemandRules"}).status_code == 404


def test_the_table_is_a_page_of_what_is_saved_and_a_piece_of_what_is_typed(
    alice_client: Client, profile: Profile
) -> None:
    page = alice_client.get(reverse("profile_compatibility", args=[profile.pk])).content.decode()
    piece = post(alice_client, profile, "profile_compatibility")
    assert "<h1>Compatibility of “Office VPN”</h1>" in page
    assert "<html" not in piece
    for text in (page, piece):
        assert "IKEv2.OnDemandRules[].Action" in text
        assert "sent" in text
        assert "p &amp;" not in text


def test_a_server_certificate_is_compared_and_not_kept(alice_client: Client, profile: Profile) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    presented = pem(certificate("other.example.com", key))
    for given in (
        {"server-pasted": presented.decode()},
        {"server-file": SimpleUploadedFile("server.pem", presented)},
    ):
        text = post(alice_client, profile, "check_server_certificate", **given)
        assert "The server&#x27;s certificate says “other.example.com”" in text
        assert "P-256" in text
    profile.refresh_from_db()
    assert profile.revision == 1


def test_the_chain_of_a_servers_certificate_is_told(alice: User, alice_client: Client) -> None:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("Example <Root>", root_key, authority=True)
    between = certificate("Example CA", key, issuer=root, issuer_key=root_key, authority=True)
    leaf = certificate(
        "vpn.example.com", ec.generate_private_key(ec.SECP256R1()), issuer=between, issuer_key=key
    )
    stray = certificate("Stray", key)
    brought = PayloadDocument(
        slug="certificate",
        name="root",
        uuid="CA",
        values={"PayloadContent": root.public_bytes(Encoding.DER)},
    )
    plain = changed(valid(), OnDemandRules=None)
    with_root = replace(plain, payloads=(*plain.payloads, brought))
    for document, pasted, sentence in (
        (
            with_root,
            (leaf, between),
            "Example CA (pasted) → Example &lt;Root&gt; (in this profile). The chain is ",
        ),
        (
            with_root,
            (leaf, between),
            "The chain is complete, and its root, “Example &lt;Root&gt;”, is in this profile.",
        ),
        (plain, (leaf, between, root), "but its root, “Example &lt;Root&gt;”, is not in this profile."),
        (
            with_root,
            (leaf,),
            "The chain ends at “vpn.example.com”: “Example CA”, which issued it, is neither pasted",
        ),
        (plain, (stray,), "The certificate is signed with its own key, and is not in this profile."),
        (with_root, (leaf, between, stray), "Not part of it: Stray."),
    ):
        profile = profiles.create(actor=alice, team=home(alice), document=document)
        text = post(
            alice_client, profile, "check_server_certificate", **{"server-pasted": pem(*pasted).decode()}
        )
        assert sentence in text
        Profile.objects.filter(pk=profile.pk).delete()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Paste the certificate, or choose its file."),
        ({"server-pasted": "none"}, "This file holds no certificates"),
        ({"server-pasted": "-----BEGIN CERTIFICATE-----"}, "has no END line"),
        ({"server-pasted": "x" * 300_000}, "at most 200000 characters"),
        ({"server-file": SimpleUploadedFile("big", b"x" * 1_000_001)}, "1,000,001 bytes"),
    ],
)
def test_what_is_no_certificate_has_its_own_sentence(
    alice_client: Client, profile: Profile, given: dict[str, Any], sentence: str
) -> None:
    assert sentence in post(alice_client, profile, "check_server_certificate", **given)
