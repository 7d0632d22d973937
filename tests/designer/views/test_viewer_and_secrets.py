"""Whoever may look only gets no secret by asking for a review of something else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from profiles.models import Membership, Profile, Role, User
from profiles.plist.secrets import MASK
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.services.samples import PASSWORD, valid


@pytest.fixture
def odd(alice: User) -> Profile:
    """A profile with a password, and a list that is none, which the form shows as JSON."""
    whole = valid()
    (part,) = whole.payloads
    values = {**part.values, "DNS": {"DNSProtocol": "Cleartext", "ServerAddresses": "192.0.2.1"}}
    return profiles.create(
        actor=alice,
        team=home(alice),
        document=replace(whole, payloads=(replace(part, values=values),)),
    )


def review_with_a_mask(client: Client, profile: Profile) -> str:
    """The review of a form in which a mask was typed into a key that is shown."""
    prefix = load(profile).payloads[0].uuid
    typed = {
        "payload": f"{prefix} vpn-ikev2",
        f"{prefix}-DNS.ServerAddresses": json.dumps([f"{MASK} 1"]),
        f"{prefix}-DNS.DNSProtocol": "Cleartext",
    }
    response = client.post(reverse("preview_profile", args=[profile.pk]), typed)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HELPER])
def test_nothing_that_they_post_counts(odd: Profile, bob: User, bob_client: Client, role: Role) -> None:
    Membership.objects.create(team=odd.team, user=bob, role=role)

    shown = review_with_a_mask(bob_client, odd)

    assert f"{MASK} 1" not in shown
    assert PASSWORD not in shown


def test_a_mask_that_stands_for_nothing_is_told_of(odd: Profile, alice_client: Client) -> None:
    shown = review_with_a_mask(alice_client, odd)

    assert "The mask in DNS.ServerAddresses[0] stands for nothing there." in shown
    assert PASSWORD not in shown
