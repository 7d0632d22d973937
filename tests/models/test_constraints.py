"""What the database itself holds to."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from profiles.exceptions import DocumentError
from profiles.models import LocalAuthority, Payload, Revision, SigningIdentity, User
from profiles.models.local_authority import ONLY
from profiles.services import profiles
from profiles.services.teams import home
from tests.services.samples import document

END = datetime(2030, 1, 1, tzinfo=UTC)


def identity(**fields: Any) -> SigningIdentity:
    """A row of a signing identity, not saved yet."""
    return SigningIdentity(**{"name": "n", "not_after": END, "sealed": b"", **fields})


def refused(row: Any) -> bool:
    """Does the database refuse the row?"""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return True
    return False


def test_a_revision_is_never_saved_twice(alice: User) -> None:
    revision = profiles.create(actor=alice, team=home(alice), document=document()).revisions.get()

    with pytest.raises(DocumentError, match="never changes"):
        revision.save()


def test_numbers_of_revisions_do_not_repeat(alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=document())

    assert refused(Revision(profile=profile, number=1, document={}, sealed=b""))
    assert not refused(Revision(profile=profile, number=2, document={}, sealed=b""))


def test_payloads_of_a_profile_share_neither_name_nor_place_nor_uuid(alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=document())
    first = profile.payloads.get()
    free: dict[str, Any] = {"profile": profile, "slug": "vpn-ikev2", "position": 7, "name": "x", "uuid": "X"}

    for taken in ("position", "name", "uuid"):
        assert refused(Payload(sealed=b"", **{**free, taken: getattr(first, taken)})), taken
    assert not refused(Payload(sealed=b"", **free))


def test_the_catalogue_says_which_types_of_payload_there_are(alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=document())
    row = profile.payloads.get()
    row.full_clean(exclude=["sealed"])
    row.slug = "no-such-type"

    with pytest.raises(ValidationError, match="no payload type 'no-such-type'"):
        row.full_clean(exclude=["sealed"])


def test_a_team_has_at_most_one_default_identity_and_so_has_the_server(alice: User, bob: User) -> None:
    assert not refused(identity(team=home(alice), is_default=True))
    assert refused(identity(team=home(alice), name="m", is_default=True))
    assert not refused(identity(team=home(alice), name="m"))
    assert not refused(identity(team=home(bob), is_default=True))
    assert not refused(identity(is_default=True))
    assert refused(identity(name="m", is_default=True))


def test_names_of_identities_do_not_repeat_within_one_team_nor_within_the_server(alice: User) -> None:
    assert not refused(identity(team=home(alice)))
    assert refused(identity(team=home(alice)))
    assert not refused(identity())
    assert refused(identity())


def test_there_is_one_local_authority(db: None) -> None:
    assert refused(LocalAuthority(not_after=END, sealed=b""))
    assert not refused(LocalAuthority(id=ONLY, not_after=END, sealed=b""))
    assert refused(LocalAuthority(id=ONLY, not_after=END, sealed=b""))


def test_what_an_account_made_stays_with_the_team(alice: User) -> None:
    team = home(alice)
    profile = profiles.create(actor=alice, team=team, document=document())

    alice.delete()

    profile.refresh_from_db()
    assert (profile.team, profile.created_by, profile.updated_by) == (team, None, None)
    with pytest.raises(ProtectedError):
        team.delete()


def test_an_author_who_left_leaves_the_history(alice: User, bob: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=document())
    Revision.objects.filter(profile=profile).update(author=bob)

    bob.delete()

    assert profile.revisions.get().author is None
