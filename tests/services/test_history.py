"""The history of a profile: listed without what is in it, compared without a secret, and gone back to."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiles.exceptions import ConflictError, DocumentError, NotAllowedError
from profiles.models import Membership, Profile, Revision, Role, User
from profiles.plist.diff.change import Change
from profiles.plist.document import random_uuid
from profiles.plist.templates.declaration import Origin, Place
from profiles.services import history, profiles
from profiles.services.document_storage import fingerprint, load, revision_document
from profiles.services.pagination import PER_PAGE
from profiles.services.teams import home
from tests.services.samples import PASSWORD, SECRETS, changed, document, valid

OTHER_PASSWORD = "correct-horse-in-no-diff"


def saved(owner: User, revisions: int) -> Profile:
    """A profile with that many revisions; the MTU of each is 1300 and its number."""
    profile = profiles.create(actor=owner, team=home(owner), document=changed(valid(), MTU=1301))
    for number in range(2, revisions + 1):
        whole = changed(load(profile), MTU=1300 + number)
        profile = profiles.save(
            actor=owner,
            profile_id=profile.pk,
            document=whole,
            base_revision=number - 1,
            comment=f"No {number}",
        )
    return profile


def mtu(profile: Profile) -> int:
    profile.refresh_from_db()
    value: int = load(profile).payloads[0].values["IKEv2"]["MTU"]
    return value


def changes_of(found: history.Comparison) -> list[Change]:
    return [change for part in found.parts for change in part.changes]


def join(user: User, profile: Profile, role: str) -> None:
    Membership.objects.create(team=profile.team, user=user, role=role)


def test_the_newest_comes_first_page_by_page(alice: User) -> None:
    profile = saved(alice, PER_PAGE + 3)

    first, second = (history.revisions(user=alice, profile_id=profile.pk, page=number) for number in (1, 2))

    assert [row.number for row in first] == list(range(PER_PAGE + 3, 3, -1))
    assert [row.number for row in second] == [3, 2, 1]
    assert [(row.comment, str(row.author)) for row in second] == [
        ("No 3", "alice"),
        ("No 2", "alice"),
        ("", "alice"),
    ]


def test_the_list_loads_nothing_of_what_is_in_a_revision(alice: User) -> None:
    (row,) = history.revisions(user=alice, profile_id=saved(alice, 1).pk)

    assert row.get_deferred_fields() == {"document", "sealed"}


def test_it_asks_the_database_as_often_for_many_as_for_few(alice: User) -> None:
    counts = []
    for number in (3, 60):
        profile = saved(alice, number)
        with CaptureQueriesContext(connection) as queries:
            for row in history.revisions(user=alice, profile_id=profile.pk, page=2):
                assert str(row.author) == "alice"
        counts.append(len(queries))

    assert counts == [2, 2]


def test_any_two_are_compared_in_either_direction(alice: User) -> None:
    profile = saved(alice, 4)

    there, back = (
        history.compare(user=alice, profile_id=profile.pk, old=old, new=new) for old, new in ((1, 3), (3, 1))
    )

    assert [(change.label, change.old, change.new) for change in changes_of(there)] == [
        ("MTU", "1301 bytes", "1303 bytes")
    ]
    assert [(change.old, change.new) for change in changes_of(back)] == [("1303 bytes", "1301 bytes")]
    assert (there.old.number, there.new.number) == (back.new.number, back.old.number) == (1, 3)


def test_a_revision_does_not_differ_from_itself(alice: User) -> None:
    assert history.compare(user=alice, profile_id=saved(alice, 2).pk, old=2, new=2).parts == []


def test_a_comparison_names_secrets_and_holds_none(alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=document())
    other = changed(load(profile), AuthPassword=OTHER_PASSWORD, AuthPasword=OTHER_PASSWORD)
    profiles.save(actor=alice, profile_id=profile.pk, document=other, base_revision=1)

    found = history.compare(user=alice, profile_id=profile.pk, old=1, new=2)

    assert {(change.old, change.new) for change in changes_of(found)} == {("a secret", "another secret")}
    assert not [secret for secret in (*SECRETS, OTHER_PASSWORD) if secret in repr(found)]


@pytest.mark.parametrize("number", [0, 3, 999_999_999])
def test_a_number_that_never_was_is_not_there(alice: User, number: int) -> None:
    profile = saved(alice, 2)

    with pytest.raises(Revision.DoesNotExist):
        history.compare(user=alice, profile_id=profile.pk, old=1, new=number)
    with pytest.raises(Revision.DoesNotExist):
        history.restore(actor=alice, profile_id=profile.pk, number=number, base_revision=2)


def test_to_others_there_are_no_revisions(alice: User, bob: User) -> None:
    profile = saved(alice, 2)

    assert list(history.revisions(user=bob, profile_id=profile.pk)) == []
    with pytest.raises(Revision.DoesNotExist):
        history.compare(user=bob, profile_id=profile.pk, old=1, new=2)
    with pytest.raises(Revision.DoesNotExist):
        history.restore(actor=bob, profile_id=profile.pk, number=1, base_revision=2)


def test_going_back_makes_a_new_revision_that_says_so_and_holds_all_of_it(alice: User, bob: User) -> None:
    profile = saved(alice, 4)
    join(bob, profile, Role.EDITOR)

    restored = history.restore(actor=bob, profile_id=profile.pk, number=2, base_revision=4)

    latest, second = (profile.revisions.get(number=number) for number in (5, 2))
    assert (restored.revision, latest.comment, latest.author) == (5, "Back to revision 2", bob)
    assert fingerprint(load(restored)) == fingerprint(revision_document(second))
    assert load(restored).payloads[0].values["IKEv2"]["AuthPassword"] == PASSWORD
    assert mtu(profile) == 1302


def test_going_back_brings_back_payloads_and_names(alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=valid(payloads=3, name="Before"))
    first = load(profile)
    less = replace(
        first, payloads=first.payloads[::-2], envelope={**first.envelope, "PayloadDisplayName": "After"}
    )
    profiles.save(actor=alice, profile_id=profile.pk, document=less, base_revision=1)

    restored = history.restore(actor=alice, profile_id=profile.pk, number=1, base_revision=2)

    restored.refresh_from_db()
    assert restored.name == "Before"
    assert fingerprint(load(restored)) == fingerprint(first)


@pytest.mark.parametrize("base", [3, 1])
def test_going_back_to_what_is_there_makes_no_revision(alice: User, base: int) -> None:
    profile = saved(alice, 3)

    assert history.restore(actor=alice, profile_id=profile.pk, number=3, base_revision=base).revision == 3
    assert profile.revisions.count() == 3


def test_going_back_to_an_equal_revision_makes_none(alice: User) -> None:
    profile = saved(alice, 3)
    history.restore(actor=alice, profile_id=profile.pk, number=1, base_revision=3)

    assert history.restore(actor=alice, profile_id=profile.pk, number=1, base_revision=4).revision == 4


def test_what_was_saved_in_between_is_not_undone_unseen(alice: User, bob: User) -> None:
    profile = saved(alice, 2)
    join(bob, profile, Role.EDITOR)
    theirs = changed(load(profile), MTU=1400)
    profiles.save(actor=bob, profile_id=profile.pk, document=theirs, base_revision=2)

    with pytest.raises(ConflictError) as refused:
        history.restore(actor=alice, profile_id=profile.pk, number=1, base_revision=2)

    assert (refused.value.author, refused.value.revision) == ("bob", 3)
    assert mtu(profile) == 1400


def test_of_two_who_go_back_at_once_exactly_one_does(transactional_db: None) -> None:
    alice = User.objects.create_user("alice")
    profile = saved(alice, 3)
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def go_back(number: int) -> None:
        try:
            start.wait(timeout=20)
            history.restore(actor=alice, profile_id=profile.pk, number=number, base_revision=3)
            outcomes.append(f"back to {number}")
        except ConflictError as error:
            outcomes.append(f"conflict with {error.revision}")
        finally:
            connection.close()

    threads = [threading.Thread(target=go_back, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    winner = mtu(profile) - 1300
    assert sorted(outcomes) == [f"back to {winner}", "conflict with 4"]
    assert profile.revisions.count() == 4


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HELPER])
def test_who_may_not_edit_may_look_and_not_go_back(alice: User, bob: User, role: Role) -> None:
    profile = saved(alice, 2)
    join(bob, profile, role)

    assert len(history.revisions(user=bob, profile_id=profile.pk)) == 2
    assert history.compare(user=bob, profile_id=profile.pk, old=1, new=2).parts
    with pytest.raises(NotAllowedError):
        history.restore(actor=bob, profile_id=profile.pk, number=1, base_revision=2)
    assert mtu(profile) == 1302


def made_from_template(owner: User) -> Profile:
    """A profile whose template locks the MTU, up to revision 1 of that."""
    whole = changed(valid(), MTU=1300)
    place = Place(whole.payloads[0].uuid, "IKEv2.MTU")
    origin = Origin(template=random_uuid().lower(), revision=1, title="Staff VPN", locked=frozenset({place}))
    return profiles.create(actor=owner, team=home(owner), document=replace(whole, origin=origin))


def test_going_back_takes_back_the_template_of_then(alice: User) -> None:
    profile = made_from_template(alice)
    whole = load(profile)
    assert whole.origin
    updated = replace(changed(whole, MTU=1400), origin=replace(whole.origin, revision=2))
    profiles.save(actor=alice, profile_id=profile.pk, document=updated, base_revision=1)
    profiles.save(actor=alice, profile_id=profile.pk, document=replace(updated, origin=None), base_revision=2)

    for number, then in ((1, 1), (2, 2)):
        restored = history.restore(
            actor=alice, profile_id=profile.pk, number=number, base_revision=2 + number
        )
        assert restored.template_revision == then
        assert load(restored) == revision_document(profile.revisions.get(number=number))


def test_going_back_past_a_lock_is_refused(alice: User) -> None:
    profile = made_from_template(alice)
    whole = load(profile)
    for number, origin in ((1, None), (2, whole.origin)):
        document = replace(changed(whole, MTU=1400), origin=origin)
        profiles.save(actor=alice, profile_id=profile.pk, document=document, base_revision=number)

    with pytest.raises(DocumentError, match="locked by the template “Staff VPN”"):
        history.restore(actor=alice, profile_id=profile.pk, number=1, base_revision=3)
    assert mtu(profile) == 1400
