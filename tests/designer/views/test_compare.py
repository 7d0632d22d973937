"""Any two of profile, revision and file, by plain requests."""

from __future__ import annotations

import uuid
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.models import ImportedFile, Membership, Profile, Role, User
from profiles.plist.build import build
from profiles.plist.reading.read import read
from profiles.plist.xml_writer import dump
from profiles.services import imports, profiles, templates
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.plist.trees import WIFI, tree, vpn
from tests.services.samples import changed, valid

GIVEN = tree(vpn({"RemoteAddress": "a.example.com", "SharedSecret": "hush-1", "MTU": 1400}), WIFI)


@pytest.fixture
def profile(alice: User) -> Profile:
    return profiles.create(actor=alice, team=home(alice), document=read(GIVEN))


def page_of(client: Client, status: int = 200, **query: str) -> str:
    """The page to which the form with these fields leads."""
    response = client.get(reverse("compare"), query, follow=True)
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
    assert "They also differ in their identity" in page
    assert "1 payload and the profile itself differ in 2 keys. 1 payload is the same." in page
    assert "Order of payloads" in page
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
        page = response.content.decode()
        assert 'role="alert"' in page
        assert f'name="old" value="profile:{profile.pk}"' in page
        assert 'type="radio" name="old"' not in page
        assert 'type="radio" name="new"' in page
    assert not ImportedFile.objects.exists()


def test_without_two_sides_there_is_a_form_alone(alice_client: Client, profile: Profile) -> None:
    page = page_of(alice_client)
    assert page.count(f'value="profile:{profile.pk}"') == 2
    assert "What differs" not in page
    page = page_of(alice_client, new=f"profile:{profile.pk}")
    assert f'type="radio" name="old" value="profile:{profile.pk}"' in page
    assert f'type="hidden" name="new" value="profile:{profile.pk}"' in page
    assert "What differs" not in page


def test_what_is_searched_for_is_listed_for_its_side_alone(alice_client: Client, alice: User) -> None:
    for name in ("Alpha", "Beta"):
        profiles.create(actor=alice, team=home(alice), document=valid(name=name))
    page = page_of(alice_client, old_text="alp")
    old, new = page.partition("<legend>From")[2].split("<legend>To")
    assert ("Alpha" in old, "Beta" in old) == (True, False)
    assert ("Alpha" in new, "Beta" in new) == (True, True)
    assert "Nothing matches “gamma”." in page_of(alice_client, new_text="gamma")


def test_what_a_form_says_becomes_an_address_to_keep(alice_client: Client, profile: Profile) -> None:
    here = f"profile:{profile.pk}"
    for query, leads_to in (
        (
            {"old": here, "old_revision": "1", "new": here, "new_revision": "", "new_text": "x"},
            f"?old=revision:{profile.pk}:1&new={here}",
        ),
        ({"old": here, "old_revision": "x", "new": "", "new_text": " a b "}, f"?old={here}&new_text=a+b"),
        ({"old": "", "old_text": "", "new": "", "new_text": ""}, ""),
    ):
        response = alice_client.get(reverse("compare"), query)
        assert response.status_code == 302
        assert response["Location"] == f"{reverse('compare')}{leads_to}"
        assert alice_client.get(response["Location"]).status_code == 200


def test_a_form_that_says_nothing_for_a_side_is_told_so(alice_client: Client, profile: Profile) -> None:
    told = "Choose what to compare on both sides."
    here = f"profile:{profile.pk}"
    for query in ({"old_text": "", "new_text": ""}, {"old": here, "new_text": ""}):
        page = alice_client.get(reverse("compare"), query, follow=True).content.decode()
        assert told in page
    # A search, as a form of its own or of the whole.
    for query in ({"old_text": ""}, {"old": here, "new_text": "office"}, {"old": here}):
        assert told not in alice_client.get(reverse("compare"), query, follow=True).content.decode()


def test_the_sides_can_be_swapped_and_chosen_anew(
    alice_client: Client, alice: User, profile: Profile
) -> None:
    row = kept(alice, GIVEN)
    one, other = f"profile:{profile.pk}", f"file:{row.pk}"
    page = page_of(alice_client, old=one, new=other)
    for query in (f"?old={other}&new={one}", f"?new={other}", f"?old={one}"):
        assert f'href="{reverse("compare")}{query}"' in page


def test_payloads_that_came_or_went_are_told_by_their_names(alice_client: Client, alice: User) -> None:
    one, two = kept(alice, tree(WIFI)), kept(alice, tree(vpn({"RemoteAddress": "a"})))
    page = page_of(alice_client, old=f"file:{one.pk}", new=f"file:{two.pk}")
    assert "1 payload was added and 1 payload was removed." in page
    assert 'com.apple.wifi.managed (Other payload) <span class="tag">removed</span>' in page
    assert 'Office (IKEv2 VPN) <span class="tag">added</span>' in page


def test_unknown_keys_are_named_with_their_types(alice_client: Client, alice: User) -> None:
    one, two = (kept(alice, tree(vpn({"Vendor": {"b": value}}))) for value in ("hush-4", "hush-5"))
    page = page_of(alice_client, old=f"file:{one.pk}", new=f"file:{two.pk}")
    assert '<code class="changes__name">IKEv2.Vendor.b</code>' in page
    assert "unknown key, string" in page
    assert "hush" not in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"AuthName": "b"}, "1 payload differs in 1 key."),
        ({"AuthName": "b", "MTU": 1300}, "1 payload differs in 2 keys."),
    ],
)
def test_how_much_differs_is_told_in_a_sentence(
    alice_client: Client, alice: User, query: dict[str, Any], sentence: str
) -> None:
    one, two = kept(alice, tree(vpn({}))), kept(alice, tree(vpn(query)))
    assert sentence in page_of(alice_client, old=f"file:{one.pk}", new=f"file:{two.pk}")
    three = kept(alice, tree(vpn(query), PayloadOrganization="x"))
    page = page_of(alice_client, old=f"file:{one.pk}", new=f"file:{three.pk}")
    count = len(query) + 1
    assert f"1 payload and the profile itself differ in {count} keys." in page
    four = kept(alice, tree(vpn({}), PayloadOrganization="x"))
    page = page_of(alice_client, old=f"file:{one.pk}", new=f"file:{four.pk}")
    assert "The profile itself differs in 1 key. 1 payload is the same." in page


def test_of_very_many_changes_the_first_are_shown(
    alice_client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("designer.views.compare.MAX_ROWS", 3)
    one, two = (
        kept(alice, tree(*(vpn({"MTU": mtu, "AuthName": str(mtu)}, number) for number in range(3))))
        for mtu in (1300, 1400)
    )
    page = page_of(alice_client, old=f"file:{one.pk}", new=f"file:{two.pk}")
    assert page.count("IKEv2.MTU") + page.count("IKEv2.AuthName") == 3
    assert "And 3 more." in page
    assert "3 payloads differ in 6 keys." in page


def test_who_may_not_upload_is_not_offered_to(
    alice: User, bob: User, bob_client: Client, profile: Profile
) -> None:
    Membership.objects.create(team=profile.team, user=bob, role=Role.VIEWER)
    Membership.objects.filter(user=bob).exclude(team=profile.team).delete()
    page = page_of(bob_client, old=f"profile:{profile.pk}")
    assert "Office" in page
    assert "from this computer" not in page


def test_the_history_leads_to_a_comparison_with_another(alice_client: Client, profile: Profile) -> None:
    page = alice_client.get(reverse("profile_history", args=[profile.pk])).content.decode()
    assert f"{reverse('compare')}?old=revision:{profile.pk}:1" in page


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


def test_the_number_of_statements_does_not_grow(alice_client: Client, alice: User) -> None:
    counts = []
    for number in (1, 40):
        whole = read(tree(*(vpn({"RemoteAddress": "a", "MTU": 1300}, each) for each in range(number))))
        rows = [profiles.create(actor=alice, team=home(alice), document=whole) for _ in range(number)]
        queried: list[dict[str, Any]] = [
            {},
            {"old": f"profile:{rows[0].pk}", "new": f"profile:{rows[-1].pk}"},
        ]
        for query in queried:
            with CaptureQueriesContext(connection) as queries:
                page_of(alice_client, **query)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
