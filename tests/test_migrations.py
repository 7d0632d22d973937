"""From a database of before there were teams to one of now: everybody keeps what they had."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from profiles.models import (
    AuditEntry,
    Membership,
    Payload,
    Profile,
    Revision,
    SigningIdentity,
    Team,
    User,
    Visibility,
)
from profiles.models.lengths import NAME_LENGTH, SORT_KEY_LENGTH
from profiles.services import profiles, signing, teams
from profiles.services.document_storage import fill_payload, fill_profile, fill_revision, load
from tests.services.samples import document

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE_TEAMS = [("profiles", "0002_certificates")]
END = datetime(2030, 1, 1, tzinfo=UTC)
LONG = "ẞ" * 300
"""A name that grows when its case is folded."""


@pytest.fixture
def old() -> Iterator[Any]:
    """`apps.get_model` of a database in which objects belong to users; the newest state comes back at the end."""
    yield migrated(BEFORE_TEAMS).get_model
    _empty()
    migrated()


def migrated(targets: list[tuple[str, str]] | None = None) -> Any:
    """The models after migrating there, or to the newest state."""
    executor = MigrationExecutor(connection)
    targets = targets or executor.loader.graph.leaf_nodes()
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def _empty() -> None:
    """Nothing that a test left behind may stand in the way of the next migration."""
    call_command("flush", interactive=False, verbosity=0)


def profile(old: Any, owner: Any, name: str, **fields: Any) -> Any:
    """A profile as it was stored then."""
    key = f"{name[:NAME_LENGTH]} com.example".casefold()[: 4 * NAME_LENGTH]
    return old("profiles", "Profile").objects.create(
        **{
            "owner": owner,
            "name": name[:NAME_LENGTH],
            "identifier": "com.example",
            "search_key": key,
            "uuid": str(uuid.uuid4()),
            "sealed": b"sealed",
            "revision": 1,
            **fields,
        }
    )


def user(old: Any, name: str) -> Any:
    """Somebody with an account."""
    return old("profiles", "User").objects.create(username=name, password="x")


def identity(old: Any, owner: Any, name: str, **fields: Any) -> Any:
    """A signing identity as it was stored then."""
    return old("profiles", "SigningIdentity").objects.create(
        owner=owner, name=name, not_after=END, sealed=b"key", fingerprint="AA", **fields
    )


def certificate(old: Any, owner: Any, fingerprint: str) -> Any:
    """An entry of the library as it was stored then."""
    return old("profiles", "Certificate").objects.create(
        owner=owner, name="Root", not_after=END, sealed=b"s", der=b"der", fingerprint=fingerprint
    )


def test_everybody_gets_a_team_that_owns_what_they_had(old: Any) -> None:
    alice, bob, nobody = (user(old, name) for name in ("alice", "bob", "nobody"))
    hers, deleted = profile(old, alice, "Hers"), profile(old, alice, "Deleted", deleted_at=timezone.now())
    his = profile(old, bob, "His", updated_by=alice)
    for owner in (alice, bob):
        certificate(old, owner, "AB")  # the same one in two libraries
        identity(old, owner, "Signer", is_default=True)
    identity(old, None, "This server", is_default=True)

    migrated()

    assert {(each.user.username, each.role, each.team.name) for each in Membership.objects.all()} == {
        ("alice", "owner", "alice’s team"),
        ("bob", "owner", "bob’s team"),
        ("nobody", "owner", "nobody’s team"),
    }
    assert Team.objects.count() == 3
    for row, owner in ((hers, alice), (deleted, alice), (his, bob)):
        now = Profile.objects.get(pk=row.pk)
        assert now.team == _team_of(owner)
        assert now.created_by_id == owner.pk
        assert (now.visibility, now.is_template, now.origin, now.declaration) == (
            Visibility.TEAM,
            False,
            None,
            None,
        )
    for owner in (alice, bob):
        team = _team_of(owner)
        assert team.certificates.get().fingerprint == "AB"
        assert team.signing_identities.get().is_default
    assert SigningIdentity.objects.get(team=None).name == "This server"
    assert not _team_of(nobody).profiles.exists()
    assert not AuditEntry.objects.exists()


def _team_of(owner: Any) -> Team:
    return teams.home(User.objects.get(pk=owner.pk))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Office", "office com.example"),
        (LONG, "s" * SORT_KEY_LENGTH),
        ("", " com.example"),
        ("東京" * 200, "東京" * (SORT_KEY_LENGTH // 2)),
    ],
)
def test_profiles_are_sorted_as_new_ones_are(old: Any, name: str, key: str) -> None:
    row = profile(old, user(old, "alice"), name)

    migrated()

    assert Profile.objects.get(pk=row.pk).sort_key == key


def test_a_user_name_of_any_length_makes_a_name_for_a_team(old: Any) -> None:
    user(old, "a" * 150)

    migrated()

    assert Team.objects.get().name == f"{'a' * 150}’s team"


def test_many_profiles_are_all_moved(old: Any) -> None:
    alice = user(old, "alice")
    rows = [
        old("profiles", "Profile")(
            owner=alice,
            name=f"Profile {number}",
            search_key=f"profile {number} com.example",
            uuid=str(number),
            sealed=b"",
        )
        for number in range(1_200)
    ]
    old("profiles", "Profile").objects.bulk_create(rows)

    migrated()

    assert Profile.objects.filter(team=_team_of(alice)).count() == 1_200
    assert not Profile.objects.filter(sort_key="").exists()


def test_an_empty_database_stays_empty(old: Any) -> None:
    migrated()

    assert not Team.objects.exists()
    assert not Profile.objects.exists()


def test_what_was_saved_before_is_opened_saved_and_signed_after(old: Any) -> None:
    """With its secrets, payloads and history, which no migration can read."""
    alice = user(old, "alice")
    row = profile(old, alice, "Office VPN")
    whole = document()
    _store(old, row, whole)
    signing_row = identity(old, alice, "Signer")

    migrated()

    person = User.objects.get(pk=alice.pk)
    now = Profile.objects.for_user(person).get()
    assert load(now) == whole
    changed = profiles.save(
        actor=person, profile_id=now.pk, document=document(PayloadDisplayName="Renamed"), base_revision=1
    )
    assert (changed.revision, changed.name) == (2, "Renamed")
    assert changed.revisions.count() == 2
    assert signing.find_identity(team_id=now.team_id, name="Signer").pk == signing_row.pk


def _store(old: Any, row: Any, whole: Any) -> None:
    """Put the document into the rows of then: what is sealed has not changed since."""
    now = Profile(pk=row.pk)
    fill_profile(now, whole)
    old("profiles", "Profile").objects.filter(pk=row.pk).update(
        uuid=now.uuid, envelope=now.envelope, targets=now.targets, sealed=now.sealed
    )
    for position, part in enumerate(whole.payloads):
        payload = Payload(profile_id=row.pk)
        fill_payload(payload, part, position)
        old("profiles", "Payload").objects.create(profile_id=row.pk, **_columns(payload, "profile"))
    revision = Revision(profile_id=row.pk, number=1)
    fill_revision(revision, whole)
    for later in ("declaration", "origin"):
        del revision.document[later]
    old("profiles", "Revision").objects.create(profile_id=row.pk, **_columns(revision, "profile", "author"))


def _columns(row: Any, *without: str) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if field.name not in without
    }


def test_the_models_are_what_the_migrations_make_of_them(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
