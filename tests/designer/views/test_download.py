"""The file, as it is served."""

import plistlib
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from profiles.models import Profile, SigningIdentity, User
from profiles.plist.build import build
from profiles.services import profiles, signing
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.services.samples import changed, valid
from tests.services.signers import openssl_verify


def address(profile: Profile) -> str:
    return reverse("download_profile", args=[profile.pk])


def test_it_is_signed_and_served_as_a_profile(alice_client: Client, profile: Profile, tmp_path: Path) -> None:
    assert address(profile) == f"/profiles/{profile.pk}/download"

    response = alice_client.get(address(profile))

    assert response.status_code == 200
    assert response["Content-Type"] == "application/x-apple-aspen-config"
    assert response["Cache-Control"] == "no-store"
    assert 'filename="Office-VPN.mobileconfig"' in response["Content-Disposition"]
    assert openssl_verify(response.content, signing.authority_certificate(), tmp_path) == build(load(profile))


def test_its_name_may_be_in_any_script(alice: User, alice_client: Client, profile: Profile) -> None:
    other = profiles.create(actor=alice, team=home(alice), document=valid(name='東京 "VPN"\r\nX: y'))

    disposition = alice_client.get(address(other))["Content-Disposition"]

    assert disposition.isascii()
    assert "\r" not in disposition
    assert "filename*=UTF-8''%E6%9D%B1%E4%BA%AC" in disposition
    assert disposition.endswith(".mobileconfig")


def test_it_is_unsigned_when_that_was_chosen(alice_client: Client, profile: Profile) -> None:
    response = alice_client.get(address(profile), {"unsigned": "1"})

    assert plistlib.loads(response.content)["PayloadDisplayName"] == "Office VPN"


def test_errors_lead_to_a_page_that_lists_them_and_asks(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    profiles.save(actor=alice, profile_id=profile.pk, document=changed(load(profile), MTU=5), base_revision=1)

    blocked = alice_client.get(address(profile), {"unsigned": "1"})

    assert blocked.status_code == 409
    page = blocked.content.decode()
    assert "MTU is 5" in page
    row = f"id_{load(profile).payloads[0].uuid}-IKEv2-MTU_row"
    assert f'href="{reverse("profile", args=[profile.pk])}#{row}"' in page
    assert "?unsigned=1&amp;anyway=1" in page
    confirmed = alice_client.get(address(profile), {"unsigned": "1", "anyway": "1"})
    assert plistlib.loads(confirmed.content)["PayloadContent"][0]["IKEv2"]["MTU"] == 5


def test_what_no_profile_can_hold_is_not_even_handed_out_on_confirmation(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    document = changed(load(profile), DisconnectOnIdle=True)
    profiles.save(actor=alice, profile_id=profile.pk, document=document, base_revision=1)

    response = alice_client.get(address(profile), {"anyway": "1"})

    assert response.status_code == 409
    assert "Download anyway" not in response.content.decode()


def test_without_an_identity_the_page_says_what_to_do(alice_client: Client, profile: Profile) -> None:
    SigningIdentity.objects.all().delete()

    response = alice_client.get(address(profile))

    assert response.status_code == 409
    assert "There is no identity to sign with" in response.content.decode()


@pytest.mark.parametrize("identity", ["x", "1", "../../x"])
def test_an_identity_that_is_none_is_not_there(alice_client: Client, profile: Profile, identity: str) -> None:
    assert alice_client.get(address(profile), {"identity": identity}).status_code == 404
