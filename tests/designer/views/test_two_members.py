"""Two members do something with one profile at the same moment: neither meets a failure, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from designer.views import profile as designer
from designer.views import profiles as list_page
from profiles.models import Membership, Profile, Role, User
from profiles.services import profiles
from profiles.services.document_storage import load
from tests.posting import browse
from tests.services.samples import changed


@pytest.fixture
def colleague(bob: User, profile: Profile) -> User:
    """Bob, an editor of Alice's team."""
    Membership.objects.create(team=profile.team, user=bob, role=Role.EDITOR)
    return bob


def in_between(monkeypatch: pytest.MonkeyPatch, module: Any, act: Callable[[], object]) -> None:
    """Let `act` happen after a request has found its profile, and before it does anything with it."""
    find = module.own_profile

    def found(*args: Any) -> Profile:
        row: Profile = find(*args)
        act()
        return row

    monkeypatch.setattr(module, "own_profile", found)


def test_who_saves_what_was_just_deleted_is_told_and_brings_it_back(
    alice_client: Client, colleague: User, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = reverse("profile", args=[profile.pk])
    typed = browse(alice_client.get(where).content.decode()).data(**{"profile-PayloadDisplayName": "Mine"})
    with monkeypatch.context() as patched:
        in_between(patched, designer, lambda: profiles.delete(actor=colleague, profile=profile))
        assert alice_client.post(where, typed).status_code == 404

    alice_client.post(reverse("restore_profile", args=[profile.pk]))
    assert alice_client.post(where, typed).status_code == 302
    assert load(Profile.objects.get(pk=profile.pk)).title == "Mine"


def test_of_two_who_delete_one_is_told(
    alice_client: Client, colleague: User, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_between(monkeypatch, list_page, lambda: profiles.delete(actor=colleague, profile=profile))

    assert alice_client.post(reverse("delete_profile", args=[profile.pk])).status_code == 404
    assert Profile.objects.owned_by(colleague).get(pk=profile.pk).deleted_at


def test_what_is_duplicated_and_deleted_at_once_is_not_copied(
    alice_client: Client, colleague: User, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_between(monkeypatch, list_page, lambda: profiles.delete(actor=colleague, profile=profile))

    assert alice_client.post(reverse("duplicate_profile", args=[profile.pk])).status_code == 404
    assert Profile.objects.count() == 1


def test_two_who_bring_it_back_both_find_it_there(
    alice: User, alice_client: Client, bob_client: Client, colleague: User, profile: Profile
) -> None:
    profiles.delete(actor=alice, profile=profile)

    for client in (alice_client, bob_client):
        assert client.post(reverse("restore_profile", args=[profile.pk])).status_code == 302
    assert Profile.objects.for_user(alice).get() == profile


def test_who_brings_it_back_finds_what_a_colleague_saved_before(
    alice: User, alice_client: Client, colleague: User, profile: Profile
) -> None:
    profiles.save(
        actor=colleague,
        profile_id=profile.pk,
        document=changed(load(profile), MTU=1300),
        base_revision=profile.revision,
    )
    profiles.delete(actor=colleague, profile=profile)

    alice_client.post(reverse("restore_profile", args=[profile.pk]))

    profile.refresh_from_db()
    assert (profile.revision, profile.updated_by) == (2, colleague)
    assert load(profile).payloads[0].values["IKEv2"]["MTU"] == 1300
