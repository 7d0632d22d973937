"""A value that leaked goes from a profile and its history, and the rest of both stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from profiles.exceptions import ConflictError, DocumentError, NotAllowedError
from profiles.models import AuditEntry, Membership, Payload, Profile, Revision, Role, User
from profiles.models.bulk_run import Delivery
from profiles.plist.document import Document
from profiles.services import hand_outs, profiles, purging, signing, templates
from profiles.services.bulk.runs import Wish
from profiles.services.document_storage import load, revision_document
from profiles.services.purging import NOW, Order, Plan
from profiles.services.teams import home
from tests.database_files import stored_bytes
from tests.services.bulk import run_samples
from tests.services.bulk.run_samples import UNSIGNED
from tests.services.samples import changed, valid
from tests.services.template_samples import make_template

LEAKED = "leaked-into-a-public-key"
PLACE = "tunnel 0/IKEv2.RemoteAddress"


@pytest.fixture
def profile(alice: User) -> Profile:
    """Three revisions, of which the first two hold what leaked."""
    made = profiles.create(actor=alice, team=home(alice), document=changed(valid(), RemoteAddress=LEAKED))
    saved(alice, made, MTU=1300)
    saved(alice, made, RemoteAddress="vpn.example.com")
    return made


def saved(actor: User, profile: Profile, comment: str = "", **ikev2: Any) -> None:
    profile.refresh_from_db()
    profiles.save(
        actor=actor,
        profile_id=profile.pk,
        document=changed(load(profile), **ikev2),
        base_revision=profile.revision,
        comment=comment,
    )


def purged(actor: User, profile: Profile, *places: str, **more: Any) -> Plan:
    """What was done, once it is known to be what was told before."""
    order = Order(places=places or (PLACE,), **more)
    before = rows(profile)
    told = purging.look(actor=actor, profile_id=profile.pk, order=order)
    assert rows(profile) == before
    done = purging.carry_out(actor=actor, profile_id=profile.pk, order=order)
    assert (done.changed, done.repeated, done.stays) == (told.changed, told.repeated, told.stays)
    return done


def rows(profile: Profile) -> list[Any]:
    return [
        *Profile.objects.filter(pk=profile.pk).values_list(),
        *Payload.objects.filter(profile=profile).values_list(),
        *Revision.objects.filter(profile=profile).values_list(),
    ]


def history(profile: Profile) -> dict[int, Document]:
    return {row.number: revision_document(row) for row in profile.revisions.all()}


def addresses(profile: Profile) -> list[str | None]:
    """The address in each revision, the oldest first, then as it is now."""
    profile.refresh_from_db()
    documents = [*(document for _, document in sorted(history(profile).items())), load(profile)]
    return [document.payloads[0].values["IKEv2"].get("RemoteAddress") for document in documents]


def test_it_goes_from_all_revisions_that_hold_it(alice: User, profile: Profile) -> None:
    before = history(profile)

    done = purged(alice, profile, numbers=[1, 2])

    assert done.changed == {1: [PLACE], 2: [PLACE]}
    assert addresses(profile) == [None, None, "vpn.example.com", "vpn.example.com"]
    assert profile.revision == 3
    assert LEAKED not in str(Revision.objects.filter(profile=profile).values_list("document", flat=True))
    for number, document in history(profile).items():
        assert changed(document, RemoteAddress="") == changed(before[number], RemoteAddress="")


def test_all_includes_the_profile_as_it_is_now_which_becomes_a_revision(
    alice: User, profile: Profile
) -> None:
    done = purged(alice, profile)

    assert done.changed == {1: [PLACE], 2: [PLACE], 3: [PLACE], NOW: [PLACE]}
    assert addresses(profile) == [None] * 5
    profile.refresh_from_db()
    assert profile.revision == 4
    last = profile.revisions.get(number=4)
    assert (last.comment, last.author) == (f"Purged {PLACE}", alice)


def test_the_others_of_a_revision_are_as_they_were_and_so_are_the_secrets(
    alice: User, profile: Profile
) -> None:
    secret = load(profile).payloads[0].values["IKEv2"]["AuthPassword"]
    purged(alice, profile, "tunnel 0/IKEv2.AuthPassword", numbers=[1])
    kept = [
        document.payloads[0].values["IKEv2"].get("AuthPassword") for document in history(profile).values()
    ]
    assert sorted(map(str, kept)) == sorted(["None", secret, secret])


def test_a_page_that_was_opened_before_does_not_bring_it_back(alice: User, profile: Profile) -> None:
    saved(alice, profile, RemoteAddress=LEAKED)
    opened = load(profile)
    purged(alice, profile)
    with pytest.raises(ConflictError):
        profiles.save(actor=alice, profile_id=profile.pk, document=changed(opened, MTU=1400), base_revision=4)


def test_what_stays_is_told(alice: User, profile: Profile) -> None:
    saved(alice, profile, comment=f"It was {LEAKED}", RemoteAddress=LEAKED, LocalIdentifier=f"me@{LEAKED}")
    saved(alice, profile, MTU=1400)

    done = purged(alice, profile, numbers=[1])
    assert done.stays == [PLACE]

    done = purged(alice, profile, same_as=2)
    assert done.stays == ()
    repeats = ["tunnel 0/IKEv2.LocalIdentifier"]
    assert done.repeated == {4: repeats, 5: repeats, NOW: repeats}
    assert done.comments == [4]


def test_just_the_value_of_one_revision_goes_where_that_is_asked_for(alice: User, profile: Profile) -> None:
    assert purging.look(actor=alice, profile_id=profile.pk, order=Order(places=[PLACE])).different == 2
    done = purged(alice, profile, same_as=1)
    assert (done.changed, done.different) == ({1: [PLACE], 2: [PLACE]}, 1)
    assert addresses(profile) == [None, None, "vpn.example.com", "vpn.example.com"]
    assert profile.revision == 3


def test_the_log_tells_where_it_stood_and_not_what_it_was(alice: User, profile: Profile) -> None:
    purged(alice, profile, numbers=[1, 2])
    (entry,) = AuditEntry.objects.filter(event="secret purged")
    assert (entry.actor, entry.object_id) == ("alice", str(profile.pk))
    assert entry.detail == f"{PLACE} in revisions 1, 2"
    assert LEAKED not in repr(vars(entry))


@pytest.mark.parametrize(
    "places", [("tunnel 0/IKEv2.Gone",), ("nobody/IKEv2.RemoteAddress",), ("RemoteAddress",)]
)
def test_where_nothing_stands_nothing_is_done(alice: User, profile: Profile, places: Sequence[str]) -> None:
    for act in (purging.look, purging.carry_out):
        with pytest.raises(DocumentError, match=r"^Nothing stands there in these revisions\."):
            act(actor=alice, profile_id=profile.pk, order=Order(places=places))
    with pytest.raises(DocumentError):
        purging.look(actor=alice, profile_id=profile.pk, order=Order(places=[PLACE], numbers=[99]))
    assert not AuditEntry.objects.filter(event="secret purged").exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HELPER, Role.EDITOR])
def test_it_takes_an_owner(profile: Profile, bob: User, role: Role) -> None:
    Membership.objects.create(team=profile.team, user=bob, role=role)
    before = rows(profile)
    for act in (purging.look, purging.carry_out):
        with pytest.raises(NotAllowedError):
            act(actor=bob, profile_id=profile.pk, order=Order(places=[PLACE]))
    assert rows(profile) == before


def test_the_profile_of_others_is_not_there(profile: Profile, bob: User) -> None:
    for act in (purging.look, purging.carry_out):
        with pytest.raises(Profile.DoesNotExist):
            act(actor=bob, profile_id=profile.pk, order=Order(places=[PLACE]))


def test_a_deleted_profile_can_be_purged_too(alice: User, profile: Profile) -> None:
    profiles.delete(actor=alice, profile=profile)
    purged(alice, profile, numbers=[1, 2])
    assert addresses(profile)[:2] == [None, None]


def test_a_name_goes_from_the_list_too(alice: User) -> None:
    made = profiles.create(actor=alice, team=home(alice), document=valid(name=LEAKED))
    purged(alice, made, "profile/PayloadDisplayName")
    made.refresh_from_db()
    assert LEAKED not in repr(vars(made))


# What was made from a template

ISSUER = "ServerCertificateIssuerCommonName"


@pytest.fixture
def template(alice: User) -> Profile:
    """A template that holds the value in a key that it does not lock."""
    signing.ensure_local_identity()
    made = make_template(alice)
    saved(alice, made, **{ISSUER: LEAKED})
    made.refresh_from_db()
    return made


def place_in(profile: Profile) -> str:
    return f"{load(profile).payloads[0].name}/IKEv2.{ISSUER}"


def issuers(profile: Profile) -> list[str | None]:
    profile.refresh_from_db()
    documents = [*(document for _, document in sorted(history(profile).items())), load(profile)]
    return [document.payloads[0].values["IKEv2"].get(ISSUER) for document in documents]


def used(actor: User, template: Profile) -> Profile:
    answers = {"user": "bob", "pin": "4711"}
    return templates.use(
        actor=actor, team=home(actor), template=template, name="", answers=answers, values={}
    )


def test_profiles_made_from_it_follow_where_that_is_asked_for(alice: User, template: Profile) -> None:
    instance, own = used(alice, template), used(alice, template)
    part = replace(load(instance).payloads[0], name="renamed")
    renamed = replace(load(instance), payloads=(part,))
    profiles.save(actor=alice, profile_id=instance.pk, document=renamed, base_revision=1)
    saved(alice, own, **{ISSUER: "Another CA"})
    place = place_in(template)
    order = Order(places=[place])
    assert purging.look(actor=alice, profile_id=template.pk, order=order).others == 2

    done = purged(alice, template, place, instances=True)

    assert done.others == 0
    assert {plan.profile for plan in done.instances} == {instance, own}
    assert {*issuers(template), *issuers(instance)} <= {None, "Example Issuing CA"}
    assert issuers(own) == [None, "Another CA", "Another CA"]
    assert AuditEntry.objects.filter(event="secret purged").count() == 3


def test_profiles_made_from_it_stay_where_nobody_asks(alice: User, template: Profile) -> None:
    instance = used(alice, template)
    assert purged(alice, template, place_in(template)).others == 1
    assert issuers(instance) == [LEAKED, LEAKED]


def test_profiles_of_teams_of_others_stay(alice: User, bob: User, template: Profile) -> None:
    Profile.objects.filter(pk=template.pk).update(visibility="server")
    theirs = used(bob, template)
    done = purged(alice, template, place_in(template), instances=True)
    assert (done.others, [*done.instances]) == (1, [])
    assert issuers(theirs) == [LEAKED, LEAKED]


def test_what_holds_it_on_and_what_serves_it_is_told(alice: User, template: Profile) -> None:
    instance = used(alice, template)
    hand_outs.create(actor=alice, profile=instance)
    made = run_samples.finished(alice, template, run_samples.people(2), UNSIGNED)
    run_samples.finished(alice, template, run_samples.people(2), Wish(delivery=Delivery.LINKS))
    assert purged(alice, template, place_in(template)).runs == [made]
    part = load(instance).payloads[0].name
    assert purged(alice, instance, f"{part}/IKEv2.{ISSUER}").links == 1


# What a thief of the files finds


@pytest.mark.django_db(transaction=True)
def test_the_files_of_the_database_hold_it_no_more() -> None:
    alice = User.objects.create_user("alice")
    made = profiles.create(actor=alice, team=home(alice), document=changed(valid(), RemoteAddress=LEAKED))
    for number in range(3):
        saved(alice, made, MTU=1300 + number)
    assert LEAKED.encode() in stored_bytes()

    purging.carry_out(actor=alice, profile_id=made.pk, order=Order(places=[PLACE]))

    assert purging.clean_up() is (connection.vendor == "sqlite")
    assert LEAKED.encode() not in stored_bytes()


def test_inside_a_transaction_nothing_can_be_cleaned_up(alice: User) -> None:
    assert purging.clean_up() is False
