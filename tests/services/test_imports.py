"""Certificates and identities of an imported file: put into the library once, whatever opens them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.exceptions import DocumentError, EncryptionError, NotAllowedError, UnreadableProfileError
from profiles.models import Certificate, ImportedFile, Membership, Profile, Role, User
from profiles.plist.build import property_list
from profiles.plist.xml_writer import dump
from profiles.services import certificates, imports
from profiles.services.document_storage import load
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.plist.exactness import differences
from tests.plist.trees import identity, tree, vpn
from tests.services.signers import p12
from tests.signing.test_uploads import indefinite

IDENTITY = "99999999-2222-3333-4444-555555555555"


def file_with(held: bytes, password: Any = None) -> dict[str, Any]:
    """A tunnel, and the identity that it refers to."""
    referring = vpn({"RemoteAddress": "a", "PayloadCertificateUUID": IDENTITY})
    return tree(referring, identity(held, IDENTITY, Password=password))


def keep(alice: User, given: dict[str, Any]) -> ImportedFile:
    return imports.keep(actor=alice, team=home(alice), data=dump(given), name="file.mobileconfig")


def save(alice: User, row: ImportedFile, passwords: dict[str, str] | None = None) -> imports.Saved:
    opened = imports.document(user=alice, file_id=row.pk)
    return imports.save(actor=alice, opened=opened, chosen=(), as_template=False, passwords=passwords or {})


@pytest.fixture
def held(issued: Loaded) -> bytes:
    return p12(issued, "opens it")


def test_an_identity_goes_into_the_library_by_the_password_beside_it(alice: User, held: bytes) -> None:
    given = file_with(held, "opens it")
    row = keep(alice, given)
    (lifted,) = imports.look(user=alice, file_id=row.pk).lifted
    assert (lifted.has_key, lifted.there, lifted.locked, lifted.fault) == (True, False, False, "")
    saved = save(alice, row)
    entry = Certificate.objects.get(has_key=True)
    assert f"“{entry}”" in " ".join(saved.notes)
    assert differences(property_list(load(saved.profile)), given) == []
    content = certificates.content(user=alice, team_id=home(alice).pk, certificate_id=entry.pk)
    assert content.password == "opens it"


def test_the_same_identity_is_one_entry_and_stays_as_it_is(alice: User, held: bytes, issued: Loaded) -> None:
    save(alice, keep(alice, file_with(held, "opens it")))
    entry = Certificate.objects.get(has_key=True)
    certificates.rename(actor=alice, certificate_id=entry.pk, name="Renamed")
    other = keep(alice, file_with(p12(issued, "another one"), "another one"))
    assert [each.there for each in imports.look(user=alice, file_id=other.pk).lifted] == [True]
    save(alice, other)
    after = Certificate.objects.get(has_key=True)
    assert (after.pk, after.name, bytes(after.sealed)) == (entry.pk, "Renamed", bytes(entry.sealed))


def test_an_identity_that_nothing_opens_asks_for_its_password(alice: User, held: bytes) -> None:
    for given in (file_with(held), file_with(held, "wrong")):
        row = keep(alice, given)
        (lifted,) = imports.look(user=alice, file_id=row.pk).lifted
        assert lifted.locked
        saved = save(alice, row)
        assert not Certificate.objects.exists()
        assert "not in the certificates library" in " ".join(saved.notes)
        assert differences(property_list(load(saved.profile)), given) == []
    saved = save(alice, keep(alice, file_with(held)), {IDENTITY: "opens it"})
    assert Certificate.objects.filter(has_key=True).count() == 1
    assert "opens it" not in repr(saved)
    assert "Password" not in property_list(load(saved.profile))["PayloadContent"][1]


def test_an_identity_of_open_length_is_rewritten_in_the_library_alone(alice: User, held: bytes) -> None:
    given = file_with(indefinite(held), "opens it")
    saved = save(alice, keep(alice, given))
    entry = Certificate.objects.get(has_key=True)
    kept = certificates.content(user=alice, team_id=home(alice).pk, certificate_id=entry.pk).pkcs12
    assert kept is not None
    assert kept[:2] != b"\x30\x80"
    assert differences(property_list(load(saved.profile)), given) == []


def test_what_is_no_identity_is_told_and_the_profile_is_saved(alice: User) -> None:
    given = file_with(b"none", "x")
    row = keep(alice, given)
    (lifted,) = imports.look(user=alice, file_id=row.pk).lifted
    assert lifted.fault
    saved = save(alice, row)
    assert "not in the certificates library" in " ".join(saved.notes)
    assert differences(property_list(load(saved.profile)), given) == []


def test_a_full_library_is_told_and_the_profile_is_saved(
    alice: User, held: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "MOST_ENTRIES", 0)
    saved = save(alice, keep(alice, file_with(held, "opens it")))
    assert "holds at most" in " ".join(saved.notes)
    assert Profile.objects.count() == 1


def test_a_reference_is_shown_by_what_it_leads_to(alice: User, held: bytes) -> None:
    found = imports.look(user=alice, file_id=keep(alice, file_with(held, "opens it")).pk)
    assert "dangling-reference" not in {problem.code for problem in found.problems}


def test_nothing_that_cannot_be_read_is_kept(alice: User) -> None:
    with pytest.raises(UnreadableProfileError):
        imports.keep(actor=alice, team=home(alice), data=b"<plist><dict>", name="x")
    assert not ImportedFile.objects.exists()


def test_a_team_has_no_more_than_so_many_files_waiting(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_WAITING", 2)
    rows = [keep(alice, tree()) for _ in range(2)]
    with pytest.raises(DocumentError, match="wait already"):
        keep(alice, tree())
    ImportedFile.objects.filter(pk=rows[0].pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    keep(alice, tree())


def test_a_name_becomes_one_line_that_fits(alice: User) -> None:
    row = imports.keep(actor=alice, team=home(alice), data=dump(tree()), name="a\n\0b" + "c" * 400)
    assert row.name.startswith("a bccc")
    assert len(row.name) <= 255
    assert imports.keep(actor=alice, team=home(alice), data=dump(tree()), name=" \n").name == "Pasted text"


def test_who_may_only_look_takes_nothing_in(alice: User, bob: User) -> None:
    Membership.objects.create(team=home(alice), user=bob, role=Role.VIEWER)
    with pytest.raises(NotAllowedError):
        imports.keep(actor=bob, team=home(alice), data=dump(tree()), name="x")
    row = keep(alice, tree())
    assert imports.look(user=bob, file_id=row.pk).row == row
    with pytest.raises(NotAllowedError):
        save(bob, row)
    with pytest.raises(NotAllowedError):
        imports.discard(actor=bob, file_id=row.pk)


def test_a_file_of_others_is_not_there(alice: User, bob: User) -> None:
    row = keep(alice, tree())
    for act in (
        lambda: imports.look(user=bob, file_id=row.pk),
        lambda: save(bob, row),
        lambda: imports.discard(actor=bob, file_id=row.pk),
    ):
        with pytest.raises(ImportedFile.DoesNotExist):
            act()


def test_a_file_that_cannot_be_read_any_more_is_found_and_thrown_away(alice: User) -> None:
    row = keep(alice, tree())
    ImportedFile.objects.update(sealed=b"none of ours")
    assert imports.find(user=alice, file_id=row.pk).name == "file.mobileconfig"
    with pytest.raises(EncryptionError):
        imports.document(user=alice, file_id=row.pk)
    assert imports.discard(actor=alice, file_id=row.pk).name == row.name
    assert not ImportedFile.objects.exists()


def test_a_file_is_found_and_thrown_away_without_its_bytes(alice: User) -> None:
    row = keep(alice, tree())
    with CaptureQueriesContext(connection) as captured:
        imports.find(user=alice, file_id=row.pk)
        imports.discard(actor=alice, file_id=row.pk)
    assert captured.captured_queries
    assert "sealed" not in " ".join(query["sql"] for query in captured)
