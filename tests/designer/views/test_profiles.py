"""The list of profiles."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.models import Profile, User
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.pagination import PER_PAGE
from profiles.services.teams import home
from tests.services.samples import valid

LIST = reverse("profiles")


def names(client: Client, **query: str) -> list[str]:
    """What the list shows, in order."""
    return [profile.name for profile in client.get(LIST, query).context["page"]]


def fill(alice: User, *titles: str) -> list[Profile]:
    return [profiles.create(actor=alice, team=home(alice), document=valid(name=title)) for title in titles]


def test_an_empty_list_says_how_to_begin(alice_client: Client) -> None:
    assert "Make the first profile" in alice_client.get(LIST).content.decode()


def test_it_shows_ones_own_profiles_with_who_changed_them_last(
    alice: User, alice_client: Client, bob: User
) -> None:
    fill(alice, "Hers")
    profiles.create(actor=bob, team=home(bob), document=valid(name="His"))

    assert names(alice_client) == ["Hers"]
    assert "by alice · revision 1" in alice_client.get(LIST).content.decode()


def test_it_is_searched_and_sorted(alice: User, alice_client: Client) -> None:
    fill(alice, "Beta", "alpha", "Gamma")

    assert names(alice_client) == ["Gamma", "alpha", "Beta"]
    assert names(alice_client, sort="name") == ["alpha", "Beta", "Gamma"]
    assert names(alice_client, sort="-name") == ["Gamma", "Beta", "alpha"]
    assert names(alice_client, q="LPH") == ["alpha"]
    assert "No profile matches “nothing”" in alice_client.get(LIST, {"q": "nothing"}).content.decode()


@pytest.mark.parametrize("query", [{"sort": "owner"}, {"page": "x"}, {"page": "999"}, {"q": "\x00%_'"}])
def test_a_query_that_makes_no_sense_is_no_error(
    alice: User, alice_client: Client, query: dict[str, str]
) -> None:
    fill(alice, "One")

    assert alice_client.get(LIST, query).status_code == 200


def test_it_comes_in_pages_that_keep_search_and_order(alice: User, alice_client: Client) -> None:
    fill(alice, *(f"Office {number:02}" for number in range(30)))

    page = alice_client.get(LIST, {"q": "office", "sort": "name"})

    assert len(page.context["page"]) == PER_PAGE
    assert "?q=office&amp;sort=name&amp;page=2" in page.content.decode()
    assert names(alice_client, q="office", sort="name", page="2")[-1] == "Office 29"


def test_it_asks_the_database_as_often_for_many_as_for_few(alice: User, alice_client: Client) -> None:
    counts = []
    for size in (1, 20):
        fill(alice, *(f"{size}-{number}" for number in range(size)))
        with CaptureQueriesContext(connection) as queries:
            alice_client.get(LIST)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_copy_opens_and_installs_beside_the_original(alice: User, alice_client: Client) -> None:
    (original,) = fill(alice, "Office")

    response = alice_client.post(reverse("duplicate_profile", args=[original.pk]))

    copy = Profile.objects.exclude(pk=original.pk).get()
    assert response["Location"] == reverse("profile", args=[copy.pk])
    assert copy.name == "Office copy"
    assert load(copy).identifier != load(original).identifier
    assert load(copy).payloads[0].uuid != load(original).payloads[0].uuid


def test_a_deletion_can_be_undone(alice: User, alice_client: Client) -> None:
    (profile,) = fill(alice, "Office <b>")

    page = alice_client.post(reverse("delete_profile", args=[profile.pk]), follow=True).content.decode()
    undo = reverse("restore_profile", args=[profile.pk])

    assert names(alice_client) == []
    assert undo in page
    assert "Office &lt;b&gt;" in page
    assert "“Office &lt;b&gt;” is back." in alice_client.post(undo, follow=True).content.decode()
    assert names(alice_client) == ["Office <b>"]


def test_a_new_profile_needs_a_starting_point(alice_client: Client) -> None:
    response = alice_client.post(reverse("new_profile"), {"name": "X", "starting_point": "none-such"})

    assert response.status_code == 422
    assert not Profile.objects.exists()


def test_a_new_profile_begins_with_its_name(alice_client: Client) -> None:
    response = alice_client.post(
        reverse("new_profile"), {"name": "  Büro  VPN ", "starting_point": "eap-password"}
    )

    profile = Profile.objects.get()
    assert response["Location"] == reverse("profile", args=[profile.pk])
    assert profile.name == "Büro VPN"
    assert profile.identifier.startswith("local.profile-designer.")
