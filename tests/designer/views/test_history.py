"""The history of a profile: the list, the comparison, and the way back, as roles see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profiles.models import Membership, Profile, Revision, Role, User
from profiles.plist.document import random_uuid
from profiles.plist.templates.declaration import Declaration, Origin, Place
from profiles.services import download, history, profiles
from profiles.services.document_storage import load
from profiles.services.pagination import PER_PAGE
from profiles.services.teams import home
from tests.services.samples import SECRETS, changed, document, valid

OTHER = "another-secret-in-no-page"


def page(client: Client, profile: Profile, **query: str | int) -> str:
    response = client.get(reverse("profile_history", args=[profile.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


def compared(client: Client, profile: Profile, **query: str | int) -> str:
    """The page of a comparison; `old` stands for `from`."""
    response = client.get(reverse("compare_revisions", args=[profile.pk]), _asked(query))
    assert response.status_code == 200
    return response.content.decode()


def _asked(query: Mapping[str, str | int]) -> dict[str, str | int]:
    return {{"old": "from", "new": "to"}[name]: value for name, value in query.items()}


def restored(client: Client, profile: Profile, number: int, base: int | str) -> str:
    """What the page says after going back."""
    address = reverse("restore_revision", args=[profile.pk, number])
    response = client.post(address, {"base_revision": base}, follow=True)
    assert response.redirect_chain == [(reverse("profile_history", args=[profile.pk]), 302)]
    return response.content.decode()


def revised(owner: User, profile: Profile, times: int) -> Profile:
    """The profile after that many more saves; the MTU of each revision is 1300 and its number."""
    for _ in range(times):
        number = profile.revision + 1
        whole = changed(load(profile), MTU=1300 + number)
        profile = profiles.save(
            actor=owner,
            profile_id=profile.pk,
            document=whole,
            base_revision=profile.revision,
            comment=f"No {number}",
        )
    return profile


@pytest.fixture
def three(alice: User) -> Profile:
    """A profile with three revisions."""
    return revised(alice, profiles.create(actor=alice, team=home(alice), document=valid()), 2)


@pytest.fixture
def template(alice: User) -> Profile:
    """A template with two revisions."""
    whole = replace(valid(name="Staff VPN"), declaration=Declaration())
    return revised(alice, profiles.create(actor=alice, team=home(alice), document=whole), 1)


def join(user: User, profile: Profile, role: str) -> None:
    Membership.objects.create(team=profile.team, user=user, role=role)


def mtu(profile: Profile) -> int:
    profile.refresh_from_db()
    value: int = load(profile).payloads[0].values["IKEv2"]["MTU"]
    return value


def test_it_shows_who_saved_what_when_and_why(alice_client: Client, three: Profile) -> None:
    Revision.objects.filter(number=2).update(created_at=timezone.now() - timedelta(days=2), author=None)

    shown = page(alice_client, three)

    newest, middle, oldest = shown.partition("<tbody>")[2].split("</tr>")[:3]
    for row, told in (
        (newest, ("Revision 3<", "now", "alice", "No 3", ">latest<")),
        (middle, ("Revision 2<", "2\N{NO-BREAK SPACE}days ago", "a former user", "No 2")),
        (oldest, ("Revision 1<", "now", "alice")),
    ):
        assert [text for text in told if text not in row] == []
    assert shown.count(">latest<") == 1


def test_it_comes_in_pages(alice: User, alice_client: Client, three: Profile) -> None:
    revised(alice, three, PER_PAGE - 1)

    first, second = page(alice_client, three), page(alice_client, three, page=2)

    assert f"1–{PER_PAGE} of {PER_PAGE + 2}" in first
    assert "Revision 2<" not in first
    assert f"{PER_PAGE + 1}–{PER_PAGE + 2} of {PER_PAGE + 2}" in second
    assert "Revision 2<" in second


@pytest.mark.parametrize("number", ["x", "-1", "999", "\x00"])
def test_a_page_that_is_none_is_the_nearest_one(alice_client: Client, three: Profile, number: str) -> None:
    assert "Revision 3" in page(alice_client, three, page=number)


def test_it_asks_the_database_as_often_for_many_as_for_few(
    alice: User, alice_client: Client, three: Profile
) -> None:
    asked = []
    for more in (0, 57):
        revised(alice, three, more)
        three.refresh_from_db()
        with CaptureQueriesContext(connection) as queries:
            page(alice_client, three)
        asked.append([query["sql"] for query in queries])

    assert len(asked[0]) == len(asked[1])
    assert not [sql for sql in asked[1] if '"profiles_revision"."document"' in sql]


def test_what_was_never_handed_out_is_said_to_be_so(alice_client: Client, three: Profile) -> None:
    shown = page(alice_client, three)

    assert "No revision was downloaded or handed out yet." in shown
    assert ">installed<" not in shown


def test_what_changed_since_users_installed_it_is_one_click_away(
    alice: User, alice_client: Client, three: Profile
) -> None:
    download.download(user=alice, profile=three, revision=2, unsigned=True)

    shown = page(alice_client, three)

    assert "Users installed revision 2 last" in shown
    assert "What changed since the version that users installed" in shown
    assert f"{reverse('compare_revisions', args=[three.pk])}?from=2" in shown
    assert shown.count(">installed<") == 1
    assert "1303 bytes" in compared(alice_client, three, old=2)
    download.download(user=alice, profile=three, unsigned=True)
    assert "Users have the latest: revision 3" in page(alice_client, three)


def test_chosen_at_first_are_the_latest_and_what_users_have(alice_client: Client, three: Profile) -> None:
    Profile.objects.update(installed_revision=1, installed_at=timezone.now())
    assert chosen(alice_client, three) == {"old": 1, "new": 3}

    Profile.objects.update(installed_revision=3)
    assert chosen(alice_client, three) == {"old": 2, "new": 3}


def chosen(client: Client, profile: Profile) -> dict[str, int]:
    found: dict[str, int] = client.get(reverse("profile_history", args=[profile.pk])).context["chosen"]
    return found


def test_a_single_revision_leaves_nothing_to_choose(alice: User, alice_client: Client) -> None:
    shown = page(alice_client, profiles.create(actor=alice, team=home(alice), document=valid()))

    assert "Revision 1" in shown
    assert "radio" not in shown.partition("<main")[2]
    assert "Restore" not in shown


def test_a_template_has_a_history_without_downloads(alice_client: Client, template: Profile) -> None:
    for shown in (page(alice_client, template), compared(alice_client, template)):
        assert "Back to the template" in shown
        assert "Download" not in shown
        assert "handed out" not in shown
        assert "Restore" in shown


def test_each_revision_can_be_downloaded(alice_client: Client, three: Profile) -> None:
    shown = page(alice_client, three)

    for number in (1, 2, 3):
        assert f"{reverse('download_profile', args=[three.pk])}?revision={number}" in shown


@pytest.mark.parametrize(
    ("role", "downloads", "restores"),
    [(Role.VIEWER, False, False), (Role.HELPER, True, False), (Role.EDITOR, True, True)],
)
def test_what_is_offered_is_what_the_role_allows(
    bob: User, bob_client: Client, three: Profile, role: Role, downloads: bool, restores: bool
) -> None:
    join(bob, three, role)

    for shown in (page(bob_client, three), compared(bob_client, three)):
        assert ("?revision=2" in shown) is downloads
        assert (reverse("restore_revision", args=[three.pk, 2]) in shown) is restores
    response = bob_client.post(
        reverse("restore_revision", args=[three.pk, 2]), {"base_revision": "3"}, follow=True
    )
    assert response.status_code == (200 if restores else 403)
    assert mtu(three) == (1302 if restores else 1303)


def test_a_comparison_tells_both_sides_and_what_differs(alice_client: Client, three: Profile) -> None:
    shown = compared(alice_client, three, old=2, new=3)

    for text in ("From</span> revision 2", "To</span> revision 3", "alice, <time", "No 2", "No 3"):
        assert text in shown
    assert shown.index("1302 bytes") < shown.index("1303 bytes")
    assert ">Office (IKEv2 VPN)</h2>" in shown
    assert "?from=3&amp;to=2" in shown
    swapped = compared(alice_client, three, old=3, new=2)
    assert swapped.index("1303 bytes") < swapped.index("1302 bytes")


@pytest.mark.parametrize(
    ("query", "sides"),
    [
        ({}, (2, 3)),
        ({"to": 2}, (1, 2)),
        ({"from": 1}, (1, 3)),
        ({"to": 1}, (1, 1)),
        ({"from": "", "to": ""}, (2, 3)),
    ],
)
def test_a_side_that_is_not_named_is_the_nearest_that_makes_sense(
    alice_client: Client, three: Profile, query: dict[str, str | int], sides: tuple[int, int]
) -> None:
    response = alice_client.get(reverse("compare_revisions", args=[three.pk]), query)

    assert tuple(revision.number for _, revision in response.context["sides"]) == sides


@pytest.mark.parametrize("number", ["0", "4", "x", "-1", "1.0", "²", "9" * 30, "\x00"])
@pytest.mark.parametrize("side", ["from", "to"])
def test_a_number_that_never_was_is_not_there(
    alice_client: Client, three: Profile, side: str, number: str
) -> None:
    assert alice_client.get(reverse("compare_revisions", args=[three.pk]), {side: number}).status_code == 404


@pytest.mark.parametrize("number", [0, 4, 10**30])
def test_nobody_goes_back_to_what_never_was(alice_client: Client, three: Profile, number: int) -> None:
    address = reverse("restore_revision", args=[three.pk, number])

    assert alice_client.post(address, {"base_revision": "3"}).status_code == 404
    assert mtu(three) == 1303


def test_where_nothing_differs_the_page_says_so(alice: User, alice_client: Client, three: Profile) -> None:
    history.restore(actor=alice, profile_id=three.pk, number=2, base_revision=3)

    assert "Revisions 2 and 4 hold the same." in compared(alice_client, three, old=2, new=4)
    assert "These are the same revision" in compared(alice_client, three, old=3, new=3)


def test_no_page_holds_a_secret(alice: User, alice_client: Client) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=document())
    first = load(profile)
    other = changed(
        first, AuthPassword=OTHER, AuthPasword=OTHER, OnDemandRules=[{"Action": "Ignore", "Secrit": OTHER}]
    )
    other = replace(other, payloads=(replace(other.payloads[0], unknown={"VendorConfig": OTHER}),))
    profiles.save(actor=alice, profile_id=profile.pk, document=other, base_revision=1)

    for shown in (
        compared(alice_client, profile, old=1, new=2),
        compared(alice_client, profile, old=2, new=1),
        page(alice_client, profile),
    ):
        assert not [secret for secret in (*SECRETS, OTHER) if secret in shown]
    assert "another secret" in compared(alice_client, profile)


def test_what_people_wrote_is_text(alice: User, alice_client: Client, three: Profile) -> None:
    hostile = changed(load(three), AuthName="<img src=x>")
    profiles.save(
        actor=alice,
        profile_id=three.pk,
        document=hostile,
        base_revision=3,
        comment="<script>alert(1)</script>",
    )

    for shown in (page(alice_client, three), compared(alice_client, three)):
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert "&lt;script&gt;" in shown


def test_going_back_says_what_it_did(alice_client: Client, three: Profile) -> None:
    shown = restored(alice_client, three, 2, base=3)

    assert "Revision 2 is back, as revision 4." in shown
    assert "Back to revision 2" in shown
    assert mtu(three) == 1302


@pytest.mark.parametrize("number", [3, 2])
def test_going_back_to_what_is_there_says_so(
    alice: User, alice_client: Client, three: Profile, number: int
) -> None:
    if number == 2:
        history.restore(actor=alice, profile_id=three.pk, number=2, base_revision=3)
        three.refresh_from_db()

    latest = three.revision
    assert "so no new one was made." in restored(alice_client, three, number, base=latest)
    three.refresh_from_db()
    assert three.revision == latest


@pytest.mark.parametrize("base", ["2", "", "x", "0"])
def test_what_was_saved_in_between_is_told_instead_of_undone(
    alice_client: Client, three: Profile, base: str
) -> None:
    shown = restored(alice_client, three, 1, base=base)

    assert "alice saved revision 3 after you opened this page, so revision 1 was not restored." in shown
    assert mtu(three) == 1303


def test_what_a_template_locks_is_told(alice: User, alice_client: Client) -> None:
    whole = changed(valid(), MTU=1300)
    lock = frozenset({Place(whole.payloads[0].uuid, "IKEv2.MTU")})
    origin = Origin(template=random_uuid().lower(), revision=1, title="Staff VPN", locked=lock)
    profile = profiles.create(actor=alice, team=home(alice), document=replace(whole, origin=origin))
    for number, then in ((1, None), (2, origin)):
        other = replace(changed(whole, MTU=1400), origin=then)
        profiles.save(actor=alice, profile_id=profile.pk, document=other, base_revision=number)

    shown = restored(alice_client, profile, 1, base=3)

    assert "Not restored: IKEv2.MTU is locked by the template “Staff VPN”." in shown
    assert mtu(profile) == 1400


def test_a_revision_that_cannot_be_decrypted_is_told(alice_client: Client, three: Profile) -> None:
    Revision.objects.filter(profile=three, number=1).update(sealed=b"x")

    assert "Revision 1" in page(alice_client, three)
    response = alice_client.get(reverse("compare_revisions", args=[three.pk]), {"from": "1"})
    assert response.status_code == 503
    assert "This cannot be done just now" in response.content.decode()


@pytest.mark.parametrize("name", ["profile_history", "compare_revisions"])
def test_somebody_elses_history_is_not_there(bob_client: Client, three: Profile, name: str) -> None:
    assert bob_client.get(reverse(name, args=[three.pk])).status_code == 404


def test_nobody_goes_back_in_somebody_elses_history(bob_client: Client, three: Profile) -> None:
    address = reverse("restore_revision", args=[three.pk, 1])

    assert bob_client.post(address, {"base_revision": "3"}).status_code == 404
    assert mtu(three) == 1303


def test_going_back_is_never_done_by_a_link(alice_client: Client, three: Profile) -> None:
    assert alice_client.get(reverse("restore_revision", args=[three.pk, 1])).status_code == 405
    assert mtu(three) == 1303
