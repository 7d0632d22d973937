"""The page of the certificates library, and its upload from within the designer."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profiles.models import Certificate, User
from profiles.services import certificates
from profiles.services.pagination import PER_PAGE
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.signers import chain_pem, key_pem, p12
from tests.services.test_certificates import authorities
from tests.signing.making import DAY, NOW, certificate, pem

PAGE, ADD = reverse("certificates"), reverse("add_certificate")
PASSWORD = "of-the-file"
OF_AN_ENTRY = [
    ("get", "download_certificate"),
    ("post", "rename_certificate"),
    ("post", "remove_certificate"),
]


def file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("upload", content)


def identity(issued: Loaded, **more: str) -> dict[str, Any]:
    """What a browser posts for a PKCS #12 file."""
    return {"file": file(p12(issued, PASSWORD)), "password": PASSWORD, "keep_password": "keep", **more}


def entry(alice: User, issued: Loaded) -> Certificate:
    return certificates.add(
        actor=alice, team=home(alice), data=p12(issued, PASSWORD), password=PASSWORD
    ).entries[0]


def test_an_empty_library_says_what_belongs_there(alice_client: Client) -> None:
    page = alice_client.get(PAGE).content.decode()
    assert "No certificates yet" in page
    assert "Find a certificate" not in page


def test_a_pkcs12_is_taken_and_its_parts_are_shown(alice_client: Client, issued: Loaded) -> None:
    page = alice_client.post(ADD, identity(issued, name="Laptop"), follow=True).content.decode()

    assert "In the library: “Laptop”, “Elsewhere CA”. The file also held one more certificate" in page
    for shown in ("Identity", "Authority", "RSA 2048", "CN=Signer from elsewhere", "CN=Elsewhere CA"):
        assert shown in page
    assert "It is a root." in page
    assert "codeSigning, emailProtection" in page
    assert issued.certificate.serial_number.to_bytes(20, "big").hex().lstrip("0").upper() in page
    assert PASSWORD not in page


def test_pem_may_be_pasted(alice_client: Client, issued: Loaded) -> None:
    response = alice_client.post(ADD, {"pasted": chain_pem(issued).decode(), "password": ""})
    assert response.status_code == 302
    assert set(Certificate.objects.values_list("name", flat=True)) == {
        "Signer from elsewhere",
        "Elsewhere CA",
    }


@pytest.mark.parametrize(("choice", "kept"), [("keep", PASSWORD), ("ask", None)])
def test_the_password_is_kept_or_asked_for_as_chosen(
    alice: User, alice_client: Client, issued: Loaded, choice: str, kept: str | None
) -> None:
    alice_client.post(ADD, identity(issued, keep_password=choice))

    row = Certificate.objects.get(has_key=True)
    assert certificates.content(user=alice, team_id=home(alice).pk, certificate_id=row.pk).password == kept
    shown = "asked for on the device" if kept is None else "<dd>kept</dd>"
    assert shown in alice_client.get(PAGE).content.decode()


Upload = Callable[[Loaded], dict[str, Any]]
REFUSALS: list[tuple[Upload, str, str]] = [
    (lambda it: identity(it, password="wrong"), "password", "does not open this file"),
    (lambda it: identity(it, password=""), "password", "protected by a password"),
    (lambda it: {"file": file(b"rubbish")}, "file", "holds no certificates"),
    (lambda it: {"pasted": "rubbish"}, "pasted", "holds no certificates"),
    (lambda it: {"pasted": key_pem(it).decode()}, "pasted", "private key alone"),
    (lambda it: {"file": file(b"x" * 1_000_001)}, "file", "1,000,001 bytes"),
    (lambda it: {}, "file", "Choose a file, or paste"),
    (lambda it: {**identity(it), "pasted": "-----BEGIN"}, "pasted", "one at a time"),
    (lambda it: identity(it, keep_password="else"), "keep_password", "valid choice"),
]


@pytest.mark.parametrize(("upload", "field", "sentence"), REFUSALS)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_refusal_stands_beside_its_field_and_what_was_typed_stays(
    alice_client: Client,
    issued: Loaded,
    headers: dict[str, str],
    upload: Upload,
    field: str,
    sentence: str,
) -> None:
    response = alice_client.post(ADD, {"name": "Mine", **upload(issued)}, headers=headers)

    page = response.content.decode()
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert sentence in page
    assert 'value="Mine"' in page
    assert PASSWORD not in page
    assert ("<html" in page) is not bool(headers)
    assert f'id="{"upload" if headers else "id"}_password"' in page
    assert not Certificate.objects.exists()


def test_a_pasted_key_is_not_shown_again_but_a_certificate_is(alice_client: Client, issued: Loaded) -> None:
    key = key_pem(issued).decode()
    page = alice_client.post(ADD, {"pasted": key}).content.decode()
    assert key.splitlines()[3] not in page

    half = chain_pem(issued).decode()[:200]
    assert half.splitlines()[1] in alice_client.post(ADD, {"pasted": half}).content.decode()


def test_a_script_is_told_of_the_entries(alice: User, alice_client: Client, issued: Loaded) -> None:
    data = identity(issued, name="Büro")
    response = alice_client.post(ADD, data, headers={"HX-Request": "true"})

    rows = certificates.entries(user=alice, team_id=home(alice).pk)
    told = json.loads(response["HX-Trigger"])["certificate-added"]
    assert (response.status_code, response.content) == (204, b"")
    assert told["entries"] == [
        {"id": str(rows[0].pk), "title": "Büro", "kind": "identity", "authority": False},
        {"id": str(rows[1].pk), "title": "Elsewhere CA", "kind": "certificate", "authority": True},
    ]
    assert "one more certificate" in told["notes"][0]
    assert PASSWORD not in response["HX-Trigger"]


def test_a_body_that_no_upload_needs_is_refused_before_it_is_read(alice_client: Client) -> None:
    assert alice_client.post(ADD, {"file": file(b"x" * 4_100_000)}).status_code == 413


def test_the_certificate_is_downloaded_without_its_key(
    alice: User, alice_client: Client, issued: Loaded
) -> None:
    row = entry(alice, issued)
    certificates.rename(actor=alice, certificate_id=row.pk, name='A "quoted"; name')
    response = alice_client.get(reverse("download_certificate", args=[row.pk]))

    assert x509.load_der_x509_certificate(response.content) == issued.certificate
    assert response["Content-Type"] == "application/x-x509-ca-cert"
    assert response["Content-Disposition"] == 'attachment; filename="A-quoted-name.cer"'


def test_an_entry_is_renamed(alice: User, alice_client: Client, issued: Loaded) -> None:
    address = reverse("rename_certificate", args=[entry(alice, issued).pk])

    assert "called “Desk” now" in alice_client.post(address, {"name": "Desk"}, follow=True).content.decode()
    assert "The name is empty" in alice_client.post(address, {"name": " "}, follow=True).content.decode()
    assert Certificate.objects.get(has_key=True).name == "Desk"


def test_an_entry_goes_only_once_that_was_confirmed(
    alice: User, alice_client: Client, issued: Loaded
) -> None:
    row = entry(alice, issued)
    address = reverse("remove_certificate", args=[row.pk])

    asked = alice_client.post(address).content.decode()
    assert "cannot be brought back" in asked
    assert "Profiles that hold it keep their copy." in asked
    assert Certificate.objects.filter(pk=row.pk).exists()
    told = alice_client.post(address, {"confirmed": "1"}, follow=True).content.decode()
    assert "was removed" in told
    assert not Certificate.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(("method", "name"), OF_AN_ENTRY)
def test_somebody_elses_entry_is_not_there(
    alice: User, alice_client: Client, bob_client: Client, issued: Loaded, method: str, name: str
) -> None:
    row = entry(alice, issued)
    posted = {"confirmed": "1", "name": "his"}

    assert getattr(bob_client, method)(reverse(name, args=[row.pk]), posted).status_code == 404
    assert getattr(alice_client, method)(reverse(name, args=[uuid.uuid4()]), posted).status_code == 404
    assert Certificate.objects.get(pk=row.pk).name == row.name
    assert row.name not in bob_client.get(PAGE).content.decode()


@pytest.mark.parametrize("name", ["rename_certificate", "remove_certificate"])
def test_what_changes_something_is_never_done_by_a_link(
    alice: User, alice_client: Client, issued: Loaded, name: str
) -> None:
    assert alice_client.get(reverse(name, args=[entry(alice, issued).pk])).status_code == 405
    assert alice_client.get(ADD).status_code == 405


def test_nobody_gets_in_without_signing_in(client: Client, db: None) -> None:
    for method, address in (("get", PAGE), ("post", ADD)):
        response = getattr(client, method)(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("days", "severity", "words"),
    [
        (-3, "error", ">ended<"),
        (0.5, "warning", "ends in less than a day"),
        (1.5, "warning", "ends in 1 day<"),
        (12.5, "warning", "ends in 12 days"),
        (100, "", ""),
    ],
)
def test_validity_is_told_in_words(
    alice: User, alice_client: Client, days: float, severity: str, words: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    ending = certificate("CA", key, authority=True, start=NOW - 10 * DAY, end=NOW + days * DAY)
    certificates.add(actor=alice, team=home(alice), data=pem(ending))

    page = alice_client.get(PAGE).content.decode()
    assert (f"count--{severity}" in page) is bool(severity)
    assert words in page


def test_what_begins_later_is_told(alice: User, alice_client: Client) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificates.add(
        actor=alice, team=home(alice), data=pem(certificate("CA", key, authority=True, start=NOW + DAY))
    )
    assert "not valid yet" in alice_client.get(PAGE).content.decode()


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_a_certificate_without_an_end_is_shown_in_every_time_zone(
    alice: User, alice_client: Client, zone: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # RFC 5280, 4.1.2.5
    certificates.add(actor=alice, team=home(alice), data=pem(certificate("CA", key, authority=True, end=end)))
    with timezone.override(zone):
        assert "until 31 December 9999" in alice_client.get(PAGE).content.decode()


def test_odd_names_are_text_and_no_markup(alice: User, alice_client: Client) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    host = x509.SubjectAlternativeName([x509.DNSName("<script>alert(1)</script>")])
    certificates.add(actor=alice, team=home(alice), data=pem(certificate("<b>bold</b>", key, extra=host)))
    page = alice_client.get(PAGE).content.decode()
    assert "<b>bold" not in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;bold" in page


def test_it_is_searched_and_comes_in_pages(alice: User, alice_client: Client) -> None:
    for start in (0, 20):
        certificates.add(actor=alice, team=home(alice), data=authorities(20, start))

    assert len(alice_client.get(PAGE).context["entries"]) == PER_PAGE
    assert len(alice_client.get(PAGE, {"page": "2"}).context["entries"]) == 20
    assert [found.entry.name for found, *_ in alice_client.get(PAGE, {"q": "ca 33"}).context["entries"]] == [
        "CA 33"
    ]
    assert "Nothing matches “nothing”" in alice_client.get(PAGE, {"q": "nothing"}).content.decode()


@pytest.mark.parametrize("query", [{"page": "x"}, {"page": "999"}, {"q": "\x00%_'"}, {"q": "x" * 5000}])
def test_a_query_that_makes_no_sense_is_no_error(
    alice: User, alice_client: Client, query: dict[str, str]
) -> None:
    certificates.add(actor=alice, team=home(alice), data=authorities(1))
    assert alice_client.get(PAGE, query).status_code == 200


def test_more_entries_take_no_more_statements(alice: User, alice_client: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert alice_client.get(PAGE).status_code == 200
        return len(queries)

    certificates.add(actor=alice, team=home(alice), data=authorities(3))
    few = statements()
    for start in (3, 22, 41):
        certificates.add(actor=alice, team=home(alice), data=authorities(19, start))
    assert Certificate.objects.count() == 60
    assert statements() == few
