"""Any two of profile, revision and file, by plain requests."""

from __future__ import annotations

import uuid
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from profiles.models import ImportedFile, Profile, User
from profiles.plist.build import build
from profiles.plist.dump import dump
from profiles.plist.read import read
from profiles.services import imports, profiles, templates
from profiles.services.documents import load
from profiles.services.teams import home
from tests.plist.test_part_xml import WIFI
from tests.plist.test_read import tree, vpn
from tests.services.samples import changed

GIVEN = tree(vpn({"RemoteAddress": "a.example.com", "SharedSecret": "hush-1", "MTU": 1400}), WIFI)


@pytest.fixture
def profile(alice: User) -> Profile:
    return profiles.create(actor=alice, team=home(alice), document=read(GIVEN))


def page_of(client: Client, status: int = 200, **query: str) -> str:
    response = client.get(reverse("compare"), query)
    assert response.status_code == status
    return unescape(response.content.decode())


def kept(alice: User, given: dict[str, Any]) -> ImportedFile:
    return imports.keep(actor=alice, team=home(alice), data=dump(given), name="other.mobileconfig")


def test_a_profile_is_compared_with_its_revision(alice_client: Client, alice: User, profile: Profile) -> None:
    after = changed(load(profile), MTU=1300, SharedSecret="hush-2")
    profiles.save(actor=alice, profile_id=profile.pk, document=after, base_revision=1)
    page = page_of(alice_client, old=f"profile:{profile.pk}", old_revision="1", new=f"profile:{profile.pk}")
    for told in ("IKEv2.MTU", "1400 bytes", "1300 bytes", "another secret", "revision 1"):
        assert told in page
    assert "hush" not in page
    assert "Nothing differs" not in page


def test_a_profile_is_compared_with_a_file_of_other_uuids(
    alice_client: Client, alice: User, profile: Profile
) -> None:
    given = tree(WIFI | {"Password": "hush-3"}, vpn(GIVEN["PayloadContent"][0]["IKEv2"], 77))
    row = kept(alice, given)
    page = page_of(alice_client, old=f"profile:{profile.pk}", new=f"file:{row.pk}")
    assert "Password" in page
    assert "another secret" in page
    assert "hush" not in page
    assert "They also differ in what they are called inside" in page
    assert "removed" not in page


def test_another_order_and_formatting_are_no_difference(
    alice_client: Client, alice: User, profile: Profile
) -> None:
    data = dump(GIVEN, sort_keys=True).replace(b"\t", b"    ")
    row = imports.keep(actor=alice, team=home(alice), data=data, name="same")
    page = page_of(alice_client, old=f"file:{row.pk}", new=f"profile:{profile.pk}")
    assert "Nothing differs" in page
    assert "They also differ" not in page


def test_what_was_exported_does_not_differ(alice_client: Client, alice: User, profile: Profile) -> None:
    row = imports.keep(actor=alice, team=home(alice), data=build(load(profile)), name="export")
    assert "Nothing differs" in page_of(alice_client, old=f"profile:{profile.pk}", new=f"file:{row.pk}")


def test_a_template_can_be_compared(alice_client: Client, alice: User, profile: Profile) -> None:
    template = templates.make(actor=alice, profile=profile)
    page = page_of(alice_client, old=f"profile:{profile.pk}", new=f"profile:{template.pk}")
    assert "Template" in page


def test_a_file_is_uploaded_for_one_side(alice_client: Client, profile: Profile) -> None:
    response = alice_client.post(
        reverse("upload_to_compare"),
        {
            "side": "new",
            "old": f"profile:{profile.pk}",
            "file": SimpleUploadedFile("new.mobileconfig", dump(GIVEN)),
        },
    )
    row = ImportedFile.objects.get()
    query = parse_qs(urlsplit(response["Location"]).query)
    assert query == {"old": [f"profile:{profile.pk}"], "new": [f"file:{row.pk}"]}
    assert "Nothing differs" in alice_client.get(response["Location"]).content.decode()


def test_a_file_that_cannot_be_read_is_told_and_the_choice_stays(
    alice_client: Client, profile: Profile
) -> None:
    for file in ({"file": SimpleUploadedFile("x.jpg", b"\xff\xd8\xff\xe0")}, {}):
        response = alice_client.post(
            reverse("upload_to_compare"), {"side": "new", "old": f"profile:{profile.pk}", **file}
        )
        assert response.status_code == 422
        assert f'value="profile:{profile.pk}" selected' in response.content.decode()
    assert not ImportedFile.objects.exists()


def test_without_two_sides_there_is_a_form_alone(alice_client: Client, profile: Profile) -> None:
    page = page_of(alice_client)
    assert f"profile:{profile.pk}" in page
    assert "What differs" not in page
    assert f'value="profile:{profile.pk}" selected' in page_of(alice_client, new=f"profile:{profile.pk}")


@pytest.mark.parametrize(
    "reference", ["profile", "profile:x", "revision:x:1", "other:1", "file:1:2", "profile:1:2"]
)
def test_what_is_no_reference_is_told(alice_client: Client, profile: Profile, reference: str) -> None:
    assert "Choose what is to be compared." in page_of(
        alice_client, 422, old=reference, new=f"profile:{profile.pk}"
    )


def test_what_is_not_there_is_not_found(alice_client: Client, profile: Profile) -> None:
    here, other = f"profile:{profile.pk}", uuid.uuid4()
    for reference in (f"profile:{other}", f"revision:{profile.pk}:9", f"file:{other}", f"revision:{other}:1"):
        page_of(alice_client, 404, old=here, new=reference)


def test_the_number_of_statements_does_not_grow(
    alice_client: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    whole = read(tree(*(vpn({"RemoteAddress": "a", "MTU": 1300}, number) for number in range(1, 40))))
    rows = [profiles.create(actor=alice, team=home(alice), document=whole) for _ in range(12)]
    with django_assert_max_num_queries(14):
        page_of(alice_client, old=f"profile:{rows[0].pk}", new=f"profile:{rows[1].pk}")
