"""New encryption keys for what is stored already."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from profiles.encryption import KeyRing, key_id
from profiles.exceptions import EncryptionError
from profiles.models import (
    BulkResult,
    Certificate,
    ImportedFile,
    LocalAuthority,
    Payload,
    Profile,
    Recipient,
    Revision,
    SigningIdentity,
    User,
)
from profiles.services import key_rotation, profiles, signing
from profiles.services.document_storage import load, revision_document
from profiles.services.teams import home
from tests.services.samples import changed, document, payload


def put_new_key_in_front(settings: Settings) -> str:
    """The id of a new key that is the current one from now on."""
    fresh = KeyRing.generate_key_line()
    settings.ENCRYPTION_KEYS = f"{fresh}\n{settings.ENCRYPTION_KEYS}"
    return fresh.partition(":")[0]


def test_every_kind_of_row_with_secrets_is_known() -> None:
    known = {
        BulkResult,
        Certificate,
        ImportedFile,
        LocalAuthority,
        Payload,
        Profile,
        Recipient,
        Revision,
        SigningIdentity,
    }
    assert {*key_rotation.sealed_models()} == known


def test_all_that_is_stored_moves_to_the_new_key_and_still_opens(alice: User, settings: Settings) -> None:
    before = document(payload("one"), payload("two"))
    profile = profiles.create(actor=alice, team=home(alice), document=before)
    after = changed(before, MTU=1400)
    profiles.save(actor=alice, profile_id=profile.pk, document=after, base_revision=1)
    signing.ensure_local_identity()
    old = settings.ENCRYPTION_KEYS
    new = put_new_key_in_front(settings)
    assert key_rotation.keys_in_use() == {KeyRing.parse(old).current}

    # One profile, two payloads, two revisions, an identity and its authority.
    assert key_rotation.rotate() == 7

    assert key_rotation.keys_in_use() == {new}
    settings.ENCRYPTION_KEYS = KeyRing.lines(settings.ENCRYPTION_KEYS)[0]
    assert load(Profile.objects.get()) == after
    assert [revision_document(row) for row in profile.revisions.order_by("number")] == [before, after]
    assert signing.authority_certificate()


def test_a_second_run_has_nothing_to_do(alice: User, settings: Settings) -> None:
    profiles.create(actor=alice, team=home(alice), document=document())
    put_new_key_in_front(settings)

    assert (key_rotation.rotate(), key_rotation.rotate()) == (3, 0)


def test_more_rows_than_a_batch_are_all_done(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_rotation, "BATCH", 4)
    whole = document(*(payload(f"tunnel {number}") for number in range(11)))
    profiles.create(actor=alice, team=home(alice), document=whole)
    new = put_new_key_in_front(settings)

    assert key_rotation.rotate() == 13
    assert key_rotation.keys_in_use() == {new}
    assert load(Profile.objects.get()) == whole


def test_it_goes_on_where_it_was_stopped(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_rotation, "BATCH", 1)
    whole = document(*(payload(f"tunnel {number}") for number in range(3)))
    profiles.create(actor=alice, team=home(alice), document=whole)
    new = put_new_key_in_front(settings)
    last = Payload.objects.order_by("pk").last()
    assert last
    good = bytes(last.sealed)
    Payload.objects.filter(pk=last.pk).update(sealed=good[:-1] + bytes([good[-1] ^ 1]))

    with pytest.raises(EncryptionError):
        key_rotation.rotate()
    rows = [*Payload.objects.all(), *Profile.objects.all(), *Revision.objects.all()]
    done = sum(key_id(bytes(row.sealed)) == new for row in rows)
    assert 2 <= done < 5

    Payload.objects.filter(pk=last.pk).update(sealed=good)
    assert key_rotation.rotate() == 5 - done
    assert load(Profile.objects.get()) == whole


def test_a_row_that_no_key_opens_is_told(alice: User, settings: Settings) -> None:
    profiles.create(actor=alice, team=home(alice), document=document())
    settings.ENCRYPTION_KEYS = KeyRing.generate_key_line()

    with pytest.raises(EncryptionError, match="Put it back"):
        key_rotation.rotate()


def test_rows_are_locked_in_the_order_of_their_keys_as_workers_lock_theirs(
    alice: User, settings: Settings
) -> None:
    whole = document(*(payload(f"tunnel {number}") for number in range(3)))
    profiles.create(actor=alice, team=home(alice), document=whole)
    put_new_key_in_front(settings)

    with CaptureQueriesContext(connection) as queries:
        assert key_rotation.rotate() == 5

    statements = [each["sql"] for each in queries.captured_queries]
    # SQLite, which has no locks of rows, leaves out that they shall be locked.
    locking = [sql for sql in statements if sql.startswith("SELECT") and " IN (" in sql]
    tables = [model._meta.db_table for model in (Payload, Profile, Revision)]
    assert len(locking) == len(tables)
    for table in tables:
        assert any(f'ORDER BY "{table}"."id" ASC' in sql for sql in locking)
