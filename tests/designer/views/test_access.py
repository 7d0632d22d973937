"""A profile and an identity belong to one person; to everybody else they are not there."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from profiles.models import Profile, User
from profiles.services import profiles
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.samples import valid
from tests.services.signers import add

GET, POST = "get", "post"
OF_A_PROFILE = [
    (GET, "profile"),
    (POST, "profile"),
    (POST, "preview_profile"),
    (GET, "download_profile"),
    (POST, "simulate_profile"),
    (GET, "profile_compatibility"),
    (POST, "profile_compatibility"),
    (POST, "check_server_certificate"),
    (POST, "duplicate_profile"),
    (POST, "delete_profile"),
    (POST, "restore_profile"),
]
OF_AN_IDENTITY = [(POST, "choose_default_identity"), (POST, "remove_identity")]


@pytest.mark.parametrize(("method", "name"), OF_A_PROFILE)
def test_somebody_elses_profile_is_not_there(alice: User, bob_client: Client, method: str, name: str) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=valid())

    response = getattr(bob_client, method)(reverse(name, args=[profile.pk]))

    assert response.status_code == 404
    assert Profile.objects.for_user(alice).get().revision == 1


@pytest.mark.parametrize(("method", "name"), OF_AN_IDENTITY)
def test_somebody_elses_identity_is_not_there(
    alice: User, bob_client: Client, issued: Loaded, method: str, name: str
) -> None:
    identity = add(alice, "hers", issued)

    assert (
        getattr(bob_client, method)(reverse(name, args=[identity.pk]), {"confirmed": "1"}).status_code == 404
    )
    identity.refresh_from_db()


@pytest.mark.parametrize(("method", "name"), OF_A_PROFILE + OF_AN_IDENTITY)
def test_an_id_that_is_nobodys_is_not_there(alice_client: Client, method: str, name: str) -> None:
    assert getattr(alice_client, method)(reverse(name, args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize(
    "hostile", ["1", "..%2f..%2fetc", "%00", "00000000-0000-0000-0000-00000000000g", "'; DROP--"]
)
def test_what_is_no_uuid_is_not_there(alice_client: Client, hostile: str) -> None:
    assert alice_client.get(f"/profiles/{hostile}").status_code == 404
    assert alice_client.get(f"/profiles/{hostile}/download").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "preview_profile",
        "duplicate_profile",
        "delete_profile",
        "restore_profile",
        "simulate_profile",
        "check_server_certificate",
    ],
)
def test_what_changes_something_is_never_done_by_a_link(alice: User, alice_client: Client, name: str) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=valid())

    assert alice_client.get(reverse(name, args=[profile.pk])).status_code == 405
