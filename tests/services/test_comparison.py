"""Any two profiles side by side: what a reference names, what is found, and what differs."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.exceptions import DocumentError
from profiles.models import ImportedFile, Membership, Profile, Revision, Role, User
from profiles.plist.build import build
from profiles.plist.document import Document
from profiles.plist.templates.declaration import Declaration
from profiles.plist.xml_writer import dump
from profiles.services import comparison, imports, profiles
from profiles.services.comparison import MOST_FILES, MOST_FOUND, Comparison, compare, resolve, search
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.plist.trees import WIFI, tree, vpn
from tests.services.samples import SECRETS, changed, document, valid


def saved(owner: User, whole: Document | None = None) -> Profile:
    return profiles.create(actor=owner, team=home(owner), document=whole or document())


def again(owner: User, profile: Profile, **ikev2: Any) -> Profile:
    """The profile after one more save."""
    return profiles.save(
        actor=owner,
        profile_id=profile.pk,
        document=changed(load(profile), **ikev2),
        base_revision=profile.revision,
    )


def kept(owner: User, data: bytes, name: str = "office.mobileconfig") -> ImportedFile:
    return imports.keep(actor=owner, team=home(owner), data=data, name=name)


def compared(user: User, old: str, new: str) -> Comparison:
    return compare(old=resolve(user=user, reference=old), new=resolve(user=user, reference=new))


def told(found: Comparison) -> list[tuple[str, str, str]]:
    return [(change.path, change.old, change.new) for part in found.parts for change in part.changes]


# What a reference names


def test_a_profile_is_named_with_its_latest_revision(alice: User) -> None:
    profile = again(alice, saved(alice), MTU=1301)
    side = resolve(user=alice, reference=f"profile:{profile.pk}")
    assert (side.kind, side.title, side.detail) == (
        "profile",
        "Office VPN",
        "profile, revision 2, the latest",
    )
    assert (side.profile, side.revision, side.latest, side.team_id) == (profile.pk, 2, 2, profile.team_id)
    assert side.document == load(profile)


def test_a_template_is_called_one(alice: User) -> None:
    template = saved(alice, replace(valid(), declaration=Declaration()))
    side = resolve(user=alice, reference=f"profile:{template.pk}")
    assert (side.kind, side.detail) == ("template", "template, revision 1, the latest")
    assert resolve(user=alice, reference=f"revision:{template.pk}:1").detail == "template, revision 1"


def test_a_revision_is_what_it_was(alice: User) -> None:
    profile = saved(alice)
    before = load(profile)
    again(alice, profile, MTU=1301)
    side = resolve(user=alice, reference=f"revision:{profile.pk}:1")
    assert (side.kind, side.detail, side.revision, side.latest) == ("revision", "profile, revision 1", 1, 2)
    assert side.document == before


def test_a_file_is_named_by_its_profile(alice: User) -> None:
    row, bare = kept(alice, dump(tree())), kept(alice, dump(tree(PayloadDisplayName=None)))
    side = resolve(user=alice, reference=f"file:{row.pk}")
    assert (side.kind, side.title, side.detail) == ("file", "Office", "file office.mobileconfig")
    assert (side.file, side.profile, side.expires_at) == (row.pk, None, row.expires_at)
    side = resolve(user=alice, reference=f"file:{bare.pk}")
    assert (side.title, side.detail) == ("office.mobileconfig", "file")


@pytest.mark.parametrize(
    "reference", ["", "profile", "profile:x", "revision:{0}", "revision:{0}:0", "file:{0}:1"]
)
def test_what_is_no_reference_is_refused(alice: User, reference: str) -> None:
    with pytest.raises(DocumentError, match="Choose what is to be compared"):
        resolve(user=alice, reference=reference.format(uuid.uuid4()))


def test_what_is_not_there_or_of_others_does_not_exist(alice: User, bob: User) -> None:
    profile, row = saved(alice), kept(alice, dump(tree()))
    for user, owner in ((bob, profile.pk), (alice, uuid.uuid4())):
        with pytest.raises(Profile.DoesNotExist):
            resolve(user=user, reference=f"profile:{owner}")
        with pytest.raises(Revision.DoesNotExist):
            resolve(user=user, reference=f"revision:{owner}:1")
        with pytest.raises(ImportedFile.DoesNotExist):
            resolve(user=user, reference=f"file:{row.pk if user == bob else owner}")
    with pytest.raises(Revision.DoesNotExist):
        resolve(user=alice, reference=f"revision:{profile.pk}:2")


def test_a_profile_in_the_bin_and_a_file_that_has_expired_are_not_there(alice: User) -> None:
    profile, row = saved(alice), kept(alice, dump(tree()))
    profiles.delete(actor=alice, profile=profile)
    ImportedFile.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for reference in (f"profile:{profile.pk}", f"revision:{profile.pk}:1", f"file:{row.pk}"):
        with pytest.raises(comparison.NOT_THERE):
            resolve(user=alice, reference=reference)


def test_a_viewer_may_look_and_compare(alice: User, bob: User) -> None:
    profile = saved(alice)
    Membership.objects.create(team=profile.team, user=bob, role=Role.VIEWER)
    assert resolve(user=bob, reference=f"profile:{profile.pk}").title == "Office VPN"
    assert [choice.title for choice in search(user=bob).choices] == ["Office VPN"]


# What differs


def test_a_profile_and_the_file_that_was_made_of_it_do_not_differ(alice: User) -> None:
    whole = valid(payloads=3)
    for each in (whole, replace(whole, declaration=Declaration())):
        profile = saved(alice, each)
        row = kept(alice, build(load(profile)))
        for sides in (
            (f"profile:{profile.pk}", f"file:{row.pk}"),
            (f"file:{row.pk}", f"profile:{profile.pk}"),
        ):
            found = compared(alice, *sides)
            assert (told(found), [*found.identity], found.same) == ([], [], 3)


def test_two_revisions_of_one_profile_differ_as_in_its_history(alice: User) -> None:
    profile = saved(alice, valid(payloads=2))
    first = load(profile)
    other = replace(first, payloads=(first.payloads[0], replace(valid().payloads[0], name="new")))
    profiles.save(actor=alice, profile_id=profile.pk, document=other, base_revision=1)
    found = compared(alice, f"revision:{profile.pk}:1", f"profile:{profile.pk}")
    assert (found.added, found.removed, found.differing, found.same) == (1, 1, 0, 1)


def test_a_copy_differs_in_its_name_and_its_identity(alice: User) -> None:
    profile = saved(alice, valid(payloads=2))
    copy = profiles.duplicate(actor=alice, profile=profile)
    found = compared(alice, f"profile:{profile.pk}", f"profile:{copy.pk}")
    assert told(found) == [("PayloadDisplayName", "Office VPN", "Office VPN copy")]
    assert (found.has_own, found.differing, found.keys, found.same) == (True, 0, 1, 2)
    assert {change.path for part in found.identity for change in part.changes} == {
        "PayloadIdentifier",
        "PayloadUUID",
    }


def test_what_is_counted_is_what_differs(alice: User) -> None:
    one = kept(alice, dump(tree(vpn({"MTU": 1300, "AuthName": "a"}, 1), vpn({}, 2), WIFI)))
    two = kept(
        alice,
        dump(tree(vpn({"MTU": 1400, "AuthName": "b"}, 1), vpn({}, 2), vpn({}, 3), PayloadOrganization="x")),
    )
    found = compared(alice, f"file:{one.pk}", f"file:{two.pk}")
    assert (found.differing, found.added, found.removed, found.same) == (1, 1, 1, 1)
    assert (found.has_own, found.keys) == (True, 3)


def test_no_comparison_holds_a_secret(alice: User) -> None:
    profile = again(
        alice, saved(alice), AuthPassword="another-hush", OnDemandRules=[{"Secrit": "another-hush"}]
    )
    row = kept(alice, build(document()))
    sides = (f"profile:{profile.pk}", f"revision:{profile.pk}:1", f"file:{row.pk}")
    for old in sides:
        for new in sides:
            found = compared(alice, old, new)
            assert [each for each in (*SECRETS, "another-hush") if each in repr(told(found))] == []
            assert [each for each in (*SECRETS, "another-hush") if each in repr(found)] == []


def test_a_comparison_takes_the_same_statements_however_many_payloads_there_are(alice: User) -> None:
    counts = []
    for number in (1, 40):
        profile = saved(alice, valid(payloads=number))
        row = kept(alice, dump(tree(*(vpn({"MTU": 1300}, each) for each in range(number)))))
        with CaptureQueriesContext(connection) as queries:
            compared(alice, f"profile:{profile.pk}", f"file:{row.pk}")
            compared(alice, f"revision:{profile.pk}:1", f"profile:{profile.pk}")
        counts.append(len(queries))
    assert counts == [6, 6]


# What there is to compare


def test_what_changed_last_is_found_first_and_files_after_that(alice: User) -> None:
    first, second = (
        saved(alice, valid(name="First")),
        saved(alice, replace(valid(name="Second"), declaration=Declaration())),
    )
    row = kept(alice, dump(tree()), name="waits.mobileconfig")
    again(alice, first, MTU=1301)
    found = search(user=alice)
    assert [(choice.reference, choice.kind, choice.title) for choice in found.choices] == [
        (f"profile:{first.pk}", "profile", "First"),
        (f"profile:{second.pk}", "template", "Second"),
        (f"file:{row.pk}", "file", "waits.mobileconfig"),
    ]
    assert not found.more


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("OFF", ["Office VPN", "office.mobileconfig"]),
        ("office vpn", ["Office VPN"]),
        ("com.example.vpn", ["Office VPN"]),
        ("nothing", []),
        ("\x00", []),
    ],
)
def test_each_word_is_looked_for_in_names_and_identifiers(alice: User, text: str, titles: list[str]) -> None:
    saved(alice)
    kept(alice, dump(tree()))
    assert [choice.title for choice in search(user=alice, text=text).choices] == titles


def test_all_teams_are_looked_through_and_no_other(alice: User, bob: User) -> None:
    profile = saved(alice, valid(name="Shared"))
    saved(bob, valid(name="Own"))
    assert [choice.title for choice in search(user=bob).choices] == ["Own"]
    Membership.objects.create(team=profile.team, user=bob, role=Role.VIEWER)
    assert [(choice.title, choice.team) for choice in search(user=bob).choices] == [
        ("Own", home(bob).name),
        ("Shared", profile.team.name),
    ]


def test_a_search_takes_two_statements_and_lists_no_more_than_a_few(alice: User) -> None:
    for number in range(MOST_FOUND + 2):
        saved(alice, valid(name=f"Number {number}"))
        kept(alice, dump(tree()), name=f"file {number}")
    with CaptureQueriesContext(connection) as queries:
        found = search(user=alice)
    assert len(queries) == 2
    assert len(found.choices) == MOST_FOUND + MOST_FILES
    assert found.more
    assert not [each["sql"] for each in queries if '"sealed"' in each["sql"] or '"envelope"' in each["sql"]]
