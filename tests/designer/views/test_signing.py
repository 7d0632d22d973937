"""The page of signing identities."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from profiles.models import SigningIdentity, User
from profiles.services import signing
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.signers import add, chain_pem, key_pem, p12

PAGE = reverse("signing")
PASSWORD = "of-the-file"


def file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("upload", content)


def test_it_says_how_devices_will_show_what_the_server_signs(alice_client: Client) -> None:
    signing.ensure_local_identity()

    page = alice_client.get(PAGE).content.decode()

    assert "Shows as Verified on devices that trust “Profile Designer authority”." in page
    assert reverse("signing_authority") in page


def test_the_servers_authority_can_be_fetched(alice_client: Client) -> None:
    signing.ensure_local_identity()

    response = alice_client.get(reverse("signing_authority"))

    assert response["Content-Type"] == "application/x-x509-ca-cert"
    assert response.content == signing.authority_certificate()


def test_a_pkcs12_file_is_added_and_becomes_the_default(
    alice: User, alice_client: Client, issued: Loaded
) -> None:
    data = {"name": "Bought", "file": file(p12(issued, PASSWORD)), "password": PASSWORD}

    page = alice_client.post(reverse("add_pkcs12"), data, follow=True).content.decode()

    assert "“Bought” can sign from now on." in page
    assert "Default of the team" in page
    assert signing.default_identity(home(alice).pk).name == "Bought"


def test_pem_files_are_added(alice_client: Client, issued: Loaded) -> None:
    data = {"name": "Bought", "key": file(key_pem(issued)), "chain": file(chain_pem(issued))}

    assert alice_client.post(reverse("add_pem"), data).status_code == 302
    assert SigningIdentity.objects.get().subject == "Signer from elsewhere"


Upload = Callable[[Loaded], dict[str, Any]]


@pytest.mark.parametrize(
    ("kind", "upload", "sentence"),
    [
        ("pkcs12", lambda it: {"file": file(p12(it, PASSWORD)), "password": "wrong"}, "password"),
        ("pkcs12", lambda it: {"file": file(b"rubbish"), "password": ""}, "PKCS #12"),
        ("pkcs12", lambda it: {"file": file(b"x" * 1_000_001)}, "1,000,001 bytes"),
        ("pkcs12", lambda it: {}, "Choose a file."),
        ("pem", lambda it: {"key": file(chain_pem(it)), "chain": file(chain_pem(it))}, "key"),
        ("pem", lambda it: {"key": file(key_pem(it)), "chain": file(b"rubbish")}, "certificate"),
    ],
)
def test_a_broken_upload_is_refused_with_a_sentence(
    alice_client: Client, issued: Loaded, kind: str, upload: Upload, sentence: str
) -> None:
    response = alice_client.post(reverse(f"add_{kind}"), {"name": "Mine", **upload(issued)})

    assert response.status_code == 422
    (bound,) = [form for _, _, form in response.context["forms"] if form.is_bound]
    told = " ".join(message for messages in bound.errors.values() for message in messages)
    assert sentence in told
    assert PASSWORD not in response.content.decode()
    assert 'value="Mine"' in response.content.decode()
    assert not SigningIdentity.objects.exists()


def test_a_body_that_no_upload_needs_is_refused_before_it_is_read(alice_client: Client) -> None:
    response = alice_client.post(reverse("add_pkcs12"), {"name": "x", "file": file(b"x" * 4_100_000)})

    assert response.status_code == 413


def test_another_default_is_chosen(alice: User, alice_client: Client, issued: Loaded) -> None:
    signing.ensure_local_identity()
    mine = add(alice, "Mine", issued)
    server = SigningIdentity.objects.get(team=None)

    alice_client.post(reverse("choose_default_identity", args=[server.pk]))
    assert signing.default_identity(home(alice).pk) == server
    alice_client.post(reverse("choose_default_identity", args=[mine.pk]))
    assert signing.default_identity(home(alice).pk) == mine


def test_an_identity_goes_only_once_that_was_confirmed(
    alice: User, alice_client: Client, issued: Loaded
) -> None:
    mine = add(alice, "Mine", issued)
    address = reverse("remove_identity", args=[mine.pk])

    assert "cannot be brought back" in alice_client.post(address).content.decode()
    assert SigningIdentity.objects.exists()
    assert "were removed" in alice_client.post(address, {"confirmed": "1"}, follow=True).content.decode()
    assert not SigningIdentity.objects.exists()


def test_the_servers_own_identity_is_nobodys_to_remove(alice_client: Client) -> None:
    signing.ensure_local_identity()
    server = SigningIdentity.objects.get()

    page = alice_client.post(reverse("remove_identity", args=[server.pk]), {"confirmed": "1"}, follow=True)

    assert "is not the team’s to change" in page.content.decode()
    assert SigningIdentity.objects.exists()
