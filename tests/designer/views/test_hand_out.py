"""The page on which links are made, listed and revoked."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.models import AuditEntry, HandOut, Membership, Profile, Role, SigningIdentity, User
from profiles.plist.templates.declaration import Declaration
from profiles.services import hand_outs, profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.posting import browse
from tests.services.samples import changed, valid

PASSPHRASE = "blue elephant 7"


def address(profile: Profile) -> str:
    return reverse("hand_out", args=[profile.pk])


def revocation(profile: Profile, hand_out: HandOut) -> str:
    return reverse("revoke_hand_out", args=[profile.pk, hand_out.pk])


def test_the_link_is_shown_once_as_text_and_as_a_code(alice_client: Client, profile: Profile) -> None:
    response = alice_client.post(address(profile), {"note": "Bob’s iPhone", "days": "30"})

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    page = response.content.decode()
    link = re.search(r'value="(http://127\.0\.0\.1:8000/i/[\w-]{43})"', page)
    assert link
    assert '<svg viewBox="0 0 ' in page
    hand_out = hand_outs.find(link[1].rpartition("/")[2])
    assert (hand_out.note, hand_out.revision, hand_out.created_by) == ("Bob’s iPhone", 1, profile.created_by)
    assert link[1] not in alice_client.get(address(profile)).content.decode()


def test_what_reaches_the_device_otherwise_than_meant_is_told_before_it_is_handed_out(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    def told() -> str:
        page = alice_client.get(address(profile)).content.decode()
        return page.partition("Look at this before you hand it out")[2].partition("</section>")[0]

    assert told() == ""
    document = changed(load(profile), AuthName="{{who}}", LocalIdentifier="$EMAIL")
    profiles.save(actor=alice, profile_id=profile.pk, document=document, base_revision=profile.revision)
    for sentence in (
        "{{who}} reaches the device as it stands",
        "$EMAIL is filled in by Jamf Pro or Kandji alone",
    ):
        assert sentence in told()
    # It is no error, so that the link can be made all the same.
    assert alice_client.post(address(profile), {"days": "1"}).status_code == 200


def test_what_was_chosen_holds(alice_client: Client, profile: Profile) -> None:
    identity = SigningIdentity.objects.get()
    page = alice_client.post(
        address(profile),
        {"days": "1", "one_time": "on", "passphrase": PASSPHRASE, "identity": str(identity.pk)},
    ).content.decode()

    hand_out = HandOut.objects.get()
    assert (hand_out.one_time, hand_out.identity) == (True, identity)
    assert hand_out.passphrase
    assert PASSPHRASE not in hand_out.passphrase
    assert PASSPHRASE not in page
    assert ", once, for those who know the passphrase" in page


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ({"passphrase": "short"}, "The passphrase has 5 characters"),
        ({"days": "2"}, "Select a valid choice"),
        ({"identity": str(uuid.uuid4())}, "Select a valid choice"),
        ({"identity": "x"}, "Select a valid choice"),
        ({"note": "x\u202ey"}, "not printable"),
        ({"note": "x" * 256}, "at most 255"),
        ({"note": "x" * 256, "passphrase": PASSPHRASE}, "Type the passphrase again"),
    ],
)
def test_what_will_not_do_is_explained_beside_its_field(
    alice_client: Client, profile: Profile, answers: dict[str, str], complaint: str
) -> None:
    response = alice_client.post(address(profile), answers)

    assert response.status_code == 422
    page = response.content.decode()
    assert complaint in page
    assert PASSPHRASE not in page
    assert not HandOut.objects.exists()


@pytest.fixture
def wrong(alice: User, profile: Profile) -> Profile:
    """The profile with an error."""
    return profiles.save(
        actor=alice, profile_id=profile.pk, document=changed(load(profile), MTU=5), base_revision=1
    )


def test_errors_in_the_profile_are_listed_with_the_way_to_mend_them(
    alice_client: Client, wrong: Profile
) -> None:
    before = alice_client.get(address(wrong)).content.decode()
    response = alice_client.post(address(wrong))

    assert response.status_code == 409
    page = response.content.decode()
    assert "has errors, so no link was made." in page
    for html in (before, page):
        assert "Fix the errors before you hand it out" in html
        assert html.count("MTU is 5") == 1
        assert re.search(rf'href="{reverse("profile", args=[wrong.pk])}#id_[\w.-]+MTU_row"', html)
    assert not HandOut.objects.exists()


def test_what_was_chosen_stays_when_no_link_could_be_made(alice_client: Client, wrong: Profile) -> None:
    identity = SigningIdentity.objects.get()
    chosen = {"note": "Bob <b>", "days": "30", "identity": str(identity.pk), "one_time": "on"}

    response = alice_client.post(address(wrong), chosen | {"passphrase": PASSPHRASE})

    assert response.status_code == 409
    html = response.content.decode()
    assert browse(html).data().dict().items() >= chosen.items()
    assert "Type the passphrase again" in html
    assert PASSPHRASE not in html


def test_without_anything_to_sign_with_the_page_says_so(alice_client: Client, profile: Profile) -> None:
    SigningIdentity.objects.all().delete()

    response = alice_client.post(address(profile), {"note": "Bob"})

    assert response.status_code == 409
    html = response.content.decode()
    assert "There is no identity to sign with" in html
    assert f'href="{reverse("signing")}">Signing identities' in html
    assert browse(html).data()["note"] == "Bob"
    assert "Type the passphrase again" not in html
    assert not HandOut.objects.exists()


def test_a_link_is_listed_with_all_that_became_of_it(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    made = hand_outs.create(actor=alice, profile=profile, note="Bob", one_time=True)
    hand_outs.note_served(hand_outs.find_granted(hand_outs.confirm(made.link)))
    document = changed(load(profile), AuthName="bob")
    profiles.save(actor=alice, profile_id=profile.pk, document=document, base_revision=1)

    page = alice_client.get(address(profile)).content.decode()

    row = re.sub(r"<[^>]*>|\s+", " ", page.partition("<tbody>")[2].partition("</tbody>")[0])
    told = ("Bob", "revision 1, now 2", "works once", "by alice", "used", "1 time, file sent 1 time", "last")
    for text in told:
        assert text in row
    assert "Revoke" not in row


def test_a_revoked_link_installs_nothing_any_more(
    alice: User, alice_client: Client, client: Client, profile: Profile
) -> None:
    made = hand_outs.create(actor=alice, profile=profile)

    response = alice_client.post(revocation(profile, made.link), follow=True)

    assert "The link was revoked." in response.content.decode()
    assert client.get(reverse("install", args=[made.token])).status_code == 410
    assert AuditEntry.objects.filter(event="install link revoked", actor="alice").count() == 1


def test_it_is_never_revoked_by_a_link_that_somebody_follows(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    made = hand_outs.create(actor=alice, profile=profile)
    assert alice_client.get(revocation(profile, made.link)).status_code == 405
    assert hand_outs.find(made.token) == made.link


def test_somebody_elses_profile_and_links_are_not_there(
    alice: User, bob: User, bob_client: Client, profile: Profile
) -> None:
    made = hand_outs.create(actor=alice, profile=profile)
    own = profiles.create(actor=bob, team=home(bob), document=valid())

    assert bob_client.get(address(profile)).status_code == 404
    assert bob_client.post(address(profile)).status_code == 404
    for through in (profile, own):
        assert bob_client.post(revocation(through, made.link)).status_code == 404
    assert hand_outs.find(made.token) == made.link


def test_who_only_looks_may_not(alice: User, bob: User, bob_client: Client, profile: Profile) -> None:
    Membership.objects.create(team=profile.team, user=bob, role=Role.VIEWER)
    made = hand_outs.create(actor=alice, profile=profile)

    answers = [
        bob_client.get(address(profile)),
        bob_client.post(address(profile)),
        bob_client.post(revocation(profile, made.link)),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert HandOut.objects.get().state() == "open"


def test_a_helper_may(bob: User, bob_client: Client, profile: Profile) -> None:
    Membership.objects.create(team=profile.team, user=bob, role=Role.HELPER)
    assert bob_client.post(address(profile)).status_code == 200
    assert HandOut.objects.get().created_by == bob


def test_a_template_is_not_handed_out(alice: User, alice_client: Client, profile: Profile) -> None:
    template = profiles.create(
        actor=alice, team=home(alice), document=replace(valid(), declaration=Declaration())
    )
    assert alice_client.get(address(template)).status_code == 404
    assert alice_client.post(address(template)).status_code == 404
    assert not HandOut.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_links(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert alice_client.get(address(profile)).status_code == 200
        return len(captured)

    alice_client.get(address(profile))
    identity = SigningIdentity.objects.get()
    hand_outs.create(actor=alice, profile=profile)
    few = statements()
    for number in range(10):
        hand_outs.create(actor=alice, profile=profile, note=str(number), identity_id=identity.pk)
    assert statements() == few
