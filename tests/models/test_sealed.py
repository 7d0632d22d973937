"""Rows that hold something secret."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from profiles.encryption import KeyRing
from profiles.exceptions import EncryptionError
from profiles.models import Payload, Profile, Revision, SealedModel, User
from profiles.models.sealed import key_ring
from profiles.services import profiles
from profiles.services.document_storage import load, revision_document
from profiles.services.teams import home
from tests.services.samples import PASSWORD, document, payload


def test_a_ciphertext_does_not_open_in_another_row(alice: User) -> None:
    profile = profiles.create(
        actor=alice, team=home(alice), document=document(payload("one"), payload("two"))
    )
    one, two = profile.payloads.order_by("position")
    one.sealed, two.sealed = two.sealed, one.sealed
    Payload.objects.bulk_update([one, two], ["sealed"])

    with pytest.raises(EncryptionError, match="moved here from another place"):
        load(profile)


def test_a_ciphertext_does_not_open_in_another_table(alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=document())
    revision = profile.revisions.get()
    stranger = Payload(id=revision.pk, sealed=revision.sealed)

    assert PASSWORD.encode() in revision.unseal()
    with pytest.raises(EncryptionError, match="moved here from another place"):
        stranger.unseal()


def test_a_row_of_another_profile_does_not_take_its_secrets_along(alice: User, bob: User) -> None:
    mine = profiles.create(actor=alice, team=home(alice), document=document())
    theirs = profiles.create(actor=bob, team=home(bob), document=document())
    stolen = mine.revisions.get()
    Revision.objects.filter(profile=theirs).update(document=stolen.document, sealed=stolen.sealed)

    with pytest.raises(EncryptionError):
        revision_document(theirs.revisions.get())


@pytest.mark.parametrize("model", [Payload, Profile, Revision])
def test_the_context_names_table_column_and_row(model: type[SealedModel]) -> None:
    row = model()

    assert row.seal_context == f"profiles_{model.__name__.lower()}.sealed:{row.pk}"


def test_without_keys_the_sentence_says_what_to_run(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = ""

    with pytest.raises(EncryptionError, match="prepare"):
        Payload().seal(b"x")


def test_a_changed_key_file_is_seen_without_a_restart(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    old, new = KeyRing.generate_key_line(), KeyRing.generate_key_line()
    path.write_text(old)
    settings.ENCRYPTION_KEYS, settings.ENCRYPTION_KEYS_PATH = old, path
    row = Payload()
    row.seal(b"x")

    draft = tmp_path / "draft"
    draft.write_text(f"{new}\n{old}\n")
    draft.replace(path)

    assert key_ring().current == new.partition(":")[0]
    assert row.unseal() == b"x"


def test_a_key_file_that_vanishes_does_no_harm_until_the_restart(settings: Settings, tmp_path: Path) -> None:
    line = KeyRing.generate_key_line()
    settings.ENCRYPTION_KEYS, settings.ENCRYPTION_KEYS_PATH = line, tmp_path / "gone"

    assert key_ring().current == line.partition(":")[0]
