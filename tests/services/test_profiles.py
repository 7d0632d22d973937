"""Profiles: made, saved, copied, deleted, found."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.exceptions import CatalogueError, ConflictError, DocumentError
from profiles.models import Payload, Profile, Revision, User
from profiles.plist.document import Document
from profiles.services import profiles
from profiles.services.document_storage import fingerprint, load, revision_document
from profiles.services.starting_points import all_points, begin
from profiles.services.teams import home
from tests.services.samples import PASSWORD, changed, document, payload


def same(left: Document, right: Document) -> bool:
    """Are they the same, type by type?"""
    return left == right and fingerprint(left) == fingerprint(right)


def test_what_was_created_is_loaded_exactly_as_it_was(alice: User) -> None:
    whole = document(payload("one"), payload("two", MTU=1400), DurationUntilRemoval=3600.0)

    profile = profiles.create(actor=alice, team=home(alice), document=whole, comment="First")

    assert same(load(Profile.objects.get(pk=profile.pk)), whole)
    revision = profile.revisions.get()
    assert (revision.number, revision.author, revision.comment) == (1, alice, "First")
    assert same(revision_document(revision), whole)


def test_the_list_knows_name_identifier_and_who(alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=document())

    assert (profile.name, profile.identifier) == ("Office VPN", "com.example.vpn.office")
    assert (profile.revision, profile.updated_by) == (1, alice)


def test_a_profile_without_any_payload_is_kept_too(alice: User) -> None:
    bare = replace(document(), payloads=(), envelope={})

    assert same(load(profiles.create(actor=alice, team=home(alice), document=bare)), bare)


def test_a_save_makes_the_next_revision_and_keeps_the_last(alice: User) -> None:
    before = document()
    profile = profiles.create(actor=alice, team=home(alice), document=before)
    after = changed(before, AuthPassword="another")

    saved = profiles.save(
        actor=alice, profile_id=profile.pk, document=after, base_revision=1, comment="New password"
    )

    assert saved.revision == 2
    assert same(load(saved), after)
    assert same(revision_document(profile.revisions.get(number=1)), before)
    assert same(revision_document(profile.revisions.get(number=2)), after)
    assert profile.revisions.get(number=2).comment == "New password"


def test_a_save_that_changes_nothing_makes_no_revision(alice: User) -> None:
    whole = document()
    profile = profiles.create(actor=alice, team=home(alice), document=whole)
    reordered = replace(whole, envelope=dict(reversed([*whole.envelope.items()])))

    saved = profiles.save(actor=alice, profile_id=profile.pk, document=reordered, base_revision=1)

    assert (saved.revision, saved.updated_at) == (1, profile.updated_at)
    assert profile.revisions.count() == 1


@pytest.mark.parametrize(("old", "new"), [(1, True), (1, 1.0), ("1", 1), (b"x", "x"), (None, "")])
def test_a_change_of_type_alone_is_a_change(alice: User, old: Any, new: Any) -> None:
    whole = document(payload(MTU=old))
    profile = profiles.create(actor=alice, team=home(alice), document=whole)

    saved = profiles.save(
        actor=alice, profile_id=profile.pk, document=changed(whole, MTU=new), base_revision=1
    )

    assert saved.revision == 2
    assert type(load(saved).payloads[0].values["IKEv2"]["MTU"]) is type(new)


def test_payloads_keep_their_rows_when_renamed_reordered_and_changed(alice: User) -> None:
    one, two, three = payload("one"), payload("two"), payload("three")
    before = document(one, two, three)
    profile = profiles.create(actor=alice, team=home(alice), document=before)
    ids = dict(Payload.objects.values_list("uuid", "id"))

    # Names and places are swapped, which no row can do alone; one goes, one comes.
    four = payload("four")
    after = replace(before, payloads=(replace(two, name="one"), replace(one, name="two"), four))
    saved = profiles.save(actor=alice, profile_id=profile.pk, document=after, base_revision=1)

    assert same(load(saved), after)
    assert {row.uuid: row.id for row in saved.payloads.all() if row.uuid != four.uuid} == {
        two.uuid: ids[two.uuid],
        one.uuid: ids[one.uuid],
    }


def test_a_row_that_did_not_change_is_not_written(alice: User) -> None:
    whole = document(payload("one"), payload("two"))
    profile = profiles.create(actor=alice, team=home(alice), document=whole)
    untouched = bytes(profile.payloads.get(name="two").sealed)

    profiles.save(actor=alice, profile_id=profile.pk, document=changed(whole, MTU=1400), base_revision=1)

    assert bytes(profile.payloads.get(name="two").sealed) == untouched


def test_a_save_on_top_of_another_is_a_conflict_that_tells_all(alice: User) -> None:
    base = document()
    profile = profiles.create(actor=alice, team=home(alice), document=base)
    theirs, mine = changed(base, AuthName="theirs"), changed(base, AuthName="mine")
    saved = profiles.save(actor=alice, profile_id=profile.pk, document=theirs, base_revision=1)

    with pytest.raises(ConflictError, match="alice saved this profile") as caught:
        profiles.save(actor=alice, profile_id=profile.pk, document=mine, base_revision=1)

    error = caught.value
    assert (error.revision, error.author, error.saved_at) == (2, "alice", saved.updated_at)
    assert same(error.base, base)
    assert same(error.theirs, theirs)
    assert same(error.mine, mine)
    assert PASSWORD not in str(error)
    assert same(load(saved), theirs)

    overruled = profiles.save(actor=alice, profile_id=profile.pk, document=mine, base_revision=error.revision)
    assert overruled.revision == 3
    assert same(load(overruled), mine)


def test_the_same_save_sent_twice_is_no_conflict(alice: User) -> None:
    whole = document()
    profile = profiles.create(actor=alice, team=home(alice), document=whole)
    after = changed(whole, MTU=1400)
    profiles.save(actor=alice, profile_id=profile.pk, document=after, base_revision=1)

    again = profiles.save(actor=alice, profile_id=profile.pk, document=after, base_revision=1)

    assert again.revision == 2


@pytest.mark.parametrize("number", [0, -1, 2**31, 10**30])
def test_any_number_at_all_may_be_sent_as_the_base(alice: User, number: int) -> None:
    whole = document()
    profile = profiles.create(actor=alice, team=home(alice), document=whole)

    with pytest.raises(ConflictError):
        profiles.save(
            actor=alice, profile_id=profile.pk, document=changed(whole, MTU=1400), base_revision=number
        )


def test_a_conflict_tells_of_an_author_who_left_and_a_revision_that_never_was(alice: User) -> None:
    whole = document()
    profile = profiles.create(actor=alice, team=home(alice), document=whole)
    Profile.objects.update(updated_by=None)

    with pytest.raises(ConflictError, match="Somebody saved") as caught:
        profiles.save(actor=alice, profile_id=profile.pk, document=changed(whole, MTU=1400), base_revision=99)

    assert caught.value.author == ""
    assert same(caught.value.base, caught.value.theirs)


def test_nobody_reaches_the_profiles_of_others(alice: User, bob: User) -> None:
    whole = document()
    profile = profiles.create(actor=alice, team=home(alice), document=whole)

    with pytest.raises(Profile.DoesNotExist):
        profiles.save(actor=bob, profile_id=profile.pk, document=document(), base_revision=1)
    with pytest.raises(Profile.DoesNotExist):
        profiles.delete(actor=bob, profile=profile)
    with pytest.raises(Profile.DoesNotExist):
        profiles.restore(actor=bob, profile_id=profile.pk)
    with pytest.raises(Profile.DoesNotExist):
        profiles.duplicate(actor=bob, profile=profile)
    assert not Profile.objects.for_user(bob).exists()
    assert not profiles.search(user=bob, team=home(bob)).object_list
    assert same(load(profile), whole)


def test_an_id_that_is_nowhere_is_told_as_the_id_of_another(alice: User) -> None:
    with pytest.raises(Profile.DoesNotExist):
        profiles.save(actor=alice, profile_id=uuid.uuid4(), document=document(), base_revision=1)


def test_a_copy_has_its_own_uuids_and_identifier_and_references_follow(alice: User) -> None:
    target = payload("certificate")
    pointing = payload(
        "tunnel", PayloadCertificateUUID=target.uuid.lower(), LocalIdentifier=f"x{target.uuid}"
    )
    pointing = replace(pointing, unknown={"Chain": [{"Leaf": target.uuid}]})
    original = document(target, pointing)
    profile = profiles.create(actor=alice, team=home(alice), document=original)

    copy = profiles.duplicate(actor=alice, profile=profile)

    made = load(copy)
    uuids = [made.uuid, *(part.uuid for part in made.payloads)]
    assert not {*uuids} & {original.uuid, *(part.uuid for part in original.payloads)}
    assert len({*uuids}) == 3
    assert copy.name == made.title == "Office VPN copy"
    assert made.identifier.startswith("com.example.vpn.office.")
    copied = made.payloads[1]
    assert copied.values["IKEv2"]["PayloadCertificateUUID"] == made.payloads[0].uuid
    assert copied.values["IKEv2"]["LocalIdentifier"] == f"x{target.uuid}"
    assert copied.unknown == {"Chain": [{"Leaf": made.payloads[0].uuid}]}
    assert copied.values["IKEv2"]["AuthPassword"] == PASSWORD
    assert same(load(profile), original)


def test_copies_of_a_copy_do_not_collide(alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=document())

    copies = [profiles.duplicate(actor=alice, profile=profile) for _ in range(3)]

    assert len({copy.identifier for copy in copies}) == 3


def test_a_nameless_profile_can_be_copied(alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=replace(document(), envelope={}))

    assert profiles.duplicate(actor=alice, profile=profile).name == "copy"


def test_a_deleted_profile_is_gone_until_it_is_restored(alice: User) -> None:
    whole = document()
    profile = profiles.create(actor=alice, team=home(alice), document=whole)

    profiles.delete(actor=alice, profile=profile)
    assert not Profile.objects.for_user(alice).exists()
    with pytest.raises(Profile.DoesNotExist):
        profiles.save(actor=alice, profile_id=profile.pk, document=whole, base_revision=1)
    with pytest.raises(Profile.DoesNotExist):
        profiles.delete(actor=alice, profile=profile)

    restored = profiles.restore(actor=alice, profile_id=profile.pk)
    assert same(load(restored), whole)
    assert Profile.objects.for_user(alice).get() == profile


def test_what_was_deleted_a_month_ago_is_purged_and_nothing_else(alice: User, bob: User) -> None:
    old, recent, kept, other = (
        profiles.create(actor=alice, team=home(alice), document=document()) for _ in range(4)
    )
    now = timezone.now()
    Profile.objects.filter(pk=old.pk).update(deleted_at=now - timedelta(days=31))
    Profile.objects.filter(pk=recent.pk).update(deleted_at=now - timedelta(days=29))

    profiles.delete(actor=alice, profile=other)

    assert {*Profile.objects.values_list("pk", flat=True)} == {recent.pk, kept.pk, other.pk}
    assert not Revision.objects.filter(profile_id=old.pk).exists()
    assert not Payload.objects.filter(profile_id=old.pk).exists()


def test_search_finds_words_of_name_and_identifier_in_any_case_and_script(alice: User) -> None:
    for name, identifier in [
        ("Zürich ÄRZTE", "com.a.one"),
        ("東京 VPN", "com.b.two"),
        ("100%_done", "com.b.three"),
    ]:
        envelope = {"PayloadDisplayName": name, "PayloadIdentifier": identifier}
        profiles.create(actor=alice, team=home(alice), document=document(**envelope))

    def found(text: str) -> list[str]:
        return [
            profile.name for profile in profiles.search(user=alice, team=home(alice), text=text, order="name")
        ]

    assert found("ärzte ZÜRICH") == ["Zürich ÄRZTE"]
    assert found("京") == ["東京 VPN"]
    assert found("COM.B") == ["100%_done", "東京 VPN"]
    assert found("%") == ["100%_done"]
    assert found("_done com.b") == ["100%_done"]
    assert found("nowhere") == []
    assert found("vpn\x00") == []
    assert len(found("")) == 3


def test_the_list_is_sorted_and_paged(alice: User) -> None:
    for name in ("b", "C", "a"):
        profiles.create(actor=alice, team=home(alice), document=document(PayloadDisplayName=name))

    def names(**options: Any) -> list[str]:
        return [profile.name for profile in profiles.search(user=alice, team=home(alice), **options)]

    assert names(order="name") == ["a", "b", "C"]
    assert names(order="-name") == ["C", "b", "a"]
    assert names(order="updated") == ["b", "C", "a"]
    assert names() == names(order="no such order") == ["a", "C", "b"]
    assert names(order="name", page=2, per_page=2) == ["C"]
    assert names(order="name", page="rubbish", per_page=2) == ["a", "b"]
    assert names(order="name", page=99, per_page=2) == ["C"]


def _queries(work: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        work()
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_payloads(alice: User) -> None:
    team = home(alice)
    counts: dict[str, list[int]] = {"create": [], "load": [], "save": [], "duplicate": [], "list": []}
    for number in (1, 8):
        whole = document(*(payload(f"tunnel {index}") for index in range(number)))
        other = replace(
            whole, payloads=tuple(replace(part, name=f"{part.name}!") for part in reversed(whole.payloads))
        )
        made: list[Profile] = []

        def create(whole: Document = whole, made: list[Profile] = made) -> None:
            made.append(profiles.create(actor=alice, team=team, document=whole))

        counts["create"].append(_queries(create))
        stored = Profile.objects.get(pk=made[0].pk)
        counts["load"].append(_queries(lambda stored=stored: load(stored)))

        def save(stored: Profile = stored, other: Document = other) -> None:
            profiles.save(actor=alice, profile_id=stored.pk, document=other, base_revision=1)

        counts["save"].append(_queries(save))
        counts["duplicate"].append(
            _queries(lambda stored=stored: profiles.duplicate(actor=alice, profile=stored))
        )
        counts["list"].append(
            _queries(lambda: [(row.name, row.updated_by) for row in profiles.search(user=alice, team=team)])
        )

    assert {name: first for name, (first, _) in counts.items()} == {
        name: last for name, (_, last) in counts.items()
    }
    assert counts["load"][0] == 1
    assert counts["list"][0] == 3  # the role, the count, the page
    assert counts["save"][0] <= 10


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (document(payload(AuthName="a\x00b")), r"office/IKEv2/AuthName holds the control character U\+0000"),
        (document(payload(AuthPassword="a\x07b")), r"AuthPassword holds the control character U\+0007"),
        (document(payload(AuthName="\ud800")), r"U\+D800"),
        (document(payload(Inner={"a\x00": 1})), "has a key that is not plain text"),
        (document(payload(OnDemandRules=[{"Action": "\x00"}])), r"OnDemandRules\[0\]/Action"),
        (document(PayloadDescription="\x1b"), r"profile/PayloadDescription"),
        (document(payload(MTU=float("nan"))), "not a finite number"),
        (document(payload(MTU=object())), "that no profile can hold"),
        (document(payload("x" * 256)), "256 characters"),
        (document(payload(" ")), "name of a payload is empty"),
        (document(payload("a\x00")), "control character"),
        (document(payload("a"), payload("a")), "Two payloads are called 'a'"),
        (document(payload("profile")), "is the profile itself"),
        (replace(document(), uuid=""), "PayloadUUID of the profile is empty"),
    ],
)
def test_what_the_database_cannot_hold_is_refused_with_a_sentence(
    alice: User, broken: Document, sentence: str
) -> None:
    with pytest.raises(DocumentError, match=sentence) as caught:
        profiles.create(actor=alice, team=home(alice), document=broken)

    assert PASSWORD not in str(caught.value)
    assert not Profile.objects.exists()


def test_two_payloads_with_one_uuid_are_refused_whatever_their_case(alice: User) -> None:
    first = payload("one")
    second = replace(payload("two"), uuid=first.uuid.lower())

    with pytest.raises(DocumentError, match="have the UUID"):
        profiles.create(actor=alice, team=home(alice), document=document(first, second))


def test_endless_nesting_is_refused(alice: User) -> None:
    deep: Any = "bottom"
    for _ in range(200):
        deep = [deep]

    with pytest.raises(DocumentError, match="nests deeper"):
        profiles.create(actor=alice, team=home(alice), document=document(payload(AuthName=deep)))


def test_an_unknown_type_of_payload_is_refused(alice: User) -> None:
    with pytest.raises(CatalogueError, match="no payload type"):
        profiles.create(
            actor=alice, team=home(alice), document=document(replace(payload(), slug="no-such-type"))
        )


@pytest.mark.parametrize("comment", ["a\x00b", "x" * 1_001])
def test_a_comment_that_cannot_be_kept_is_refused(alice: User, comment: str) -> None:
    with pytest.raises(DocumentError, match="The comment"):
        profiles.create(actor=alice, team=home(alice), document=document(), comment=comment)


def test_a_megabyte_in_one_field_is_kept(alice: User) -> None:
    whole = document(payload(AuthName="ü" * 1_000_000), PayloadDisplayName="n" * 10_000)

    profile = profiles.create(actor=alice, team=home(alice), document=whole)

    assert same(load(profile), whole)
    assert len(profile.name) == 255
    assert profiles.duplicate(actor=alice, profile=profile).revisions.get().comment.startswith("Copy of nnn")


def test_a_copy_of_always_on_refers_to_its_own_identity_in_each_tunnel(alice: User) -> None:
    point = all_points()["always-on"]
    begun = begin(point, name="Tablets", organization="", identifier_prefix="com.example")
    original = profiles.create(actor=alice, team=home(alice), document=begun)

    tunnel, identity = load(profiles.duplicate(actor=alice, profile=original)).payloads

    (inside,) = tunnel.values["AlwaysOn"]["TunnelConfigurations"]
    assert inside["PayloadCertificateUUID"] == identity.uuid
    assert identity.uuid != begun.payloads[1].uuid
