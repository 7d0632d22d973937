"""The certificates library: what is uploaded is taken apart, rewritten, kept sealed, and found again."""

from __future__ import annotations

import logging
import uuid
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from profiles.encryption import KeyRing
from profiles.exceptions import DamagedFileError, IdentityError, PasswordError
from profiles.models import Certificate, User
from profiles.services import certificates, key_rotation
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.signers import chain_pem, key_pem, p12
from tests.signing.making import certificate, openssl, pem

PASSWORD = "pässwörd-in-no-column"


def upload(owner: User, loaded: Loaded, *, name: str = "", keep_password: bool = True) -> certificates.Added:
    return certificates.add(
        actor=owner,
        team=home(owner),
        data=p12(loaded, PASSWORD),
        password=PASSWORD,
        name=name,
        keep_password=keep_password,
    )


def authorities(number: int, start: int = 0) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return pem(*(certificate(f"CA {start + each}", key, authority=True) for each in range(number)))


def test_a_pkcs12_becomes_an_identity_and_its_authority(alice: User, issued: Loaded, tmp_path: Path) -> None:
    added = upload(alice, issued, name=" Alice's \n laptop ")

    identity, authority = added.entries
    assert (identity.name, identity.has_key, identity.is_authority) == ("Alice's laptop", True, False)
    assert (authority.name, authority.has_key, authority.is_authority) == ("Elsewhere CA", False, True)
    assert [*certificates.entries(user=alice, team_id=home(alice).pk)] == [identity, authority]
    assert any("one more certificate" in note for note in added.notes)
    content = certificates.content(user=alice, team_id=home(alice).pk, certificate_id=identity.pk)
    assert content.pkcs12
    assert content.password == PASSWORD
    assert (content.name, content.file_name) == ("Alice's laptop", "Alice-s-laptop.p12")
    assert x509.load_der_x509_certificate(content.certificate) == issued.certificate
    (tmp_path / "kept.p12").write_bytes(content.pkcs12)
    arguments = ["pkcs12", "-legacy", "-in", "kept.p12", "-passin", f"pass:{PASSWORD}", "-nodes"]
    held = openssl(*arguments, folder=tmp_path)
    assert x509.load_pem_x509_certificates(held) == [issued.certificate]
    assert b"PRIVATE KEY" in held


def test_a_certificate_has_neither_key_nor_password(alice: User, issued: Loaded) -> None:
    (entry,) = certificates.add(
        actor=alice, team=home(alice), data=chain_pem(issued), name="Büro / CA"
    ).entries[:1]
    content = certificates.content(user=alice, team_id=home(alice).pk, certificate_id=entry.pk)
    assert (content.pkcs12, content.password, content.file_name) == (None, None, "Buro-CA.cer")
    assert content.certificate == issued.certificate.public_bytes(Encoding.DER)


def test_a_password_that_the_device_asks_for_is_not_kept(alice: User, issued: Loaded, tmp_path: Path) -> None:
    entry = upload(alice, issued, keep_password=False).entries[0]
    content = certificates.content(user=alice, team_id=home(alice).pk, certificate_id=entry.pk)
    assert entry.asks_password
    assert content.password is None
    assert content.pkcs12
    assert PASSWORD.encode() not in entry.unseal()
    (tmp_path / "kept.p12").write_bytes(content.pkcs12)
    arguments = ["pkcs12", "-legacy", "-in", "kept.p12", "-noout"]
    openssl(*arguments, "-passin", f"pass:{PASSWORD}", folder=tmp_path)


def test_an_identity_without_a_password_gets_one_that_is_kept(
    alice: User, issued: Loaded, tmp_path: Path
) -> None:
    added = certificates.add(actor=alice, team=home(alice), data=key_pem(issued) + chain_pem(issued))
    content = certificates.content(user=alice, team_id=home(alice).pk, certificate_id=added.entries[0].pk)
    assert content.password
    assert content.pkcs12
    assert any("one was made" in note for note in added.notes)
    assert content.password not in " ".join(added.notes)
    (tmp_path / "kept.p12").write_bytes(content.pkcs12)
    arguments = ["pkcs12", "-legacy", "-in", "kept.p12", "-noout"]
    openssl(*arguments, "-passin", f"pass:{content.password}", folder=tmp_path)


def test_without_a_password_there_is_none_for_a_device_to_ask(alice: User, issued: Loaded) -> None:
    with pytest.raises(PasswordError, match="none that a device could ask for"):
        certificates.add(
            actor=alice, team=home(alice), data=key_pem(issued) + chain_pem(issued), keep_password=False
        )
    assert not Certificate.objects.exists()


def test_the_same_upload_again_changes_nothing(alice: User, issued: Loaded) -> None:
    first = upload(alice, issued, name="Mine")
    again = upload(alice, issued)

    assert [entry.pk for entry in again.entries] == [entry.pk for entry in first.entries]
    assert again.entries[0].name == "Mine"
    assert Certificate.objects.count() == 2


def test_an_identity_uploaded_again_has_its_new_password_and_says_so(alice: User, issued: Loaded) -> None:
    first = upload(alice, issued)
    again = certificates.add(
        actor=alice, team=home(alice), data=p12(issued, "a new one"), password="a new one"
    )

    assert not any("there already" in note for note in first.notes)
    assert (
        certificates.content(user=alice, team_id=home(alice).pk, certificate_id=first.entries[0].pk).password
        == "a new one"
    )
    assert any("was there already: its file and password were replaced" in note for note in again.notes)


def test_a_bare_certificate_of_an_identity_is_an_entry_of_its_own(alice: User, issued: Loaded) -> None:
    upload(alice, issued)
    certificates.add(actor=alice, team=home(alice), data=pem(issued.certificate))
    marks = Certificate.objects.filter(name="Signer from elsewhere").values_list("has_key", flat=True)
    assert sorted(marks) == [False, True]


def test_everybody_has_a_library_of_their_own(alice: User, bob: User, issued: Loaded) -> None:
    hers = upload(alice, issued).entries[0]
    upload(bob, issued)

    assert Certificate.objects.count() == 4
    assert hers not in certificates.entries(user=bob, team_id=home(bob).pk)
    assert hers not in certificates.search(user=bob, team_id=home(bob).pk, text="elsewhere")
    for identifier in (hers.pk, uuid.uuid4()):
        with pytest.raises(Certificate.DoesNotExist):
            certificates.content(user=bob, team_id=home(bob).pk, certificate_id=identifier)
        with pytest.raises(Certificate.DoesNotExist):
            certificates.rename(actor=bob, certificate_id=identifier, name="his")
        with pytest.raises(Certificate.DoesNotExist):
            certificates.remove(actor=bob, certificate_id=identifier)
    hers.refresh_from_db()


def test_a_library_stays_when_who_filled_it_leaves_and_goes_with_the_team(
    alice: User, issued: Loaded
) -> None:
    upload(alice, issued)
    team = home(alice)
    alice.delete()
    assert Certificate.objects.exists()
    team.delete()
    assert not Certificate.objects.exists()


def test_a_refused_upload_leaves_nothing(alice: User, issued: Loaded) -> None:
    file = p12(issued, PASSWORD)
    team = home(alice)
    # Nor does anybody wait for it: there is no transaction yet while a password is tried.
    with CaptureQueriesContext(connection) as queries, pytest.raises(PasswordError):
        certificates.add(actor=alice, team=team, data=file, password="wrong")
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]  # the role
    with pytest.raises(DamagedFileError):
        certificates.add(actor=alice, team=home(alice), data=b"rubbish")
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(("name", "told"), [("a\x00b", "not printable"), ("x" * 256, "256 characters")])
def test_a_name_that_cannot_be_kept_is_refused(alice: User, issued: Loaded, name: str, told: str) -> None:
    with pytest.raises(IdentityError, match=told):
        upload(alice, issued, name=name)
    assert not Certificate.objects.exists()


def test_a_full_library_takes_no_more_but_what_it_holds(
    alice: User, issued: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "MOST_ENTRIES", 4)
    upload(alice, issued)
    certificates.add(actor=alice, team=home(alice), data=authorities(2))
    with pytest.raises(IdentityError, match="at most 4 entries"):
        certificates.add(actor=alice, team=home(alice), data=authorities(1, 5))
    assert Certificate.objects.count() == 4
    upload(alice, issued)


def test_entries_are_renamed_and_found_by_it(alice: User, issued: Loaded) -> None:
    entry = upload(alice, issued).entries[0]
    certificates.rename(actor=alice, certificate_id=entry.pk, name=" Büro ")

    assert [found.name for found in certificates.search(user=alice, team_id=home(alice).pk, text="BÜRO")] == [
        "Büro"
    ]
    with pytest.raises(IdentityError, match="name is empty"):
        certificates.rename(actor=alice, certificate_id=entry.pk, name=" ")
    assert Certificate.objects.get(pk=entry.pk).name == "Büro"


def test_a_removed_entry_is_gone(alice: User, issued: Loaded) -> None:
    entry, authority = upload(alice, issued).entries
    certificates.remove(actor=alice, certificate_id=entry.pk)
    assert [*certificates.entries(user=alice, team_id=home(alice).pk)] == [authority]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["Signer from elsewhere", "Elsewhere CA", "Other CA"]),
        ("elsewhere", ["Signer from elsewhere", "Elsewhere CA"]),
        ("ca other", ["Other CA"]),
        ("vpn.example", ["Other CA"]),
        ("0", []),
        ("%", []),
        ("_", []),
        ("a\x00", []),
    ],
)
def test_each_word_is_looked_for(alice: User, issued: Loaded, text: str, names: list[str]) -> None:
    upload(alice, issued)
    host = x509.SubjectAlternativeName([x509.DNSName("vpn.example.com")])
    key = ec.generate_private_key(ec.SECP256R1())
    other = certificate("Other CA", key, authority=True, extra=host)
    certificates.add(actor=alice, team=home(alice), data=pem(other))

    assert [
        entry.name for entry in certificates.search(user=alice, team_id=home(alice).pk, text=text)
    ] == names


def test_a_fingerprint_finds_its_certificate(alice: User, issued: Loaded) -> None:
    entry = upload(alice, issued).entries[0]
    assert [
        *certificates.search(user=alice, team_id=home(alice).pk, text=entry.fingerprint[:20].lower())
    ] == [entry]


def test_a_chain_is_told_as_far_as_the_library_holds_it(alice: User) -> None:
    root_key, middle_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = certificate("Root", root_key, authority=True)
    middle = certificate("Middle", middle_key, issuer=root, issuer_key=root_key, authority=True)
    leaf = certificate("Leaf", leaf_key, issuer=middle, issuer_key=middle_key)
    # It calls itself like the root, but signed nothing.
    impostor = certificate("Root", leaf_key, authority=True)

    def chain() -> tuple[tuple[str, ...], bool]:
        (found,) = certificates.look(
            user=alice,
            team_id=home(alice).pk,
            rows=[*certificates.search(user=alice, team_id=home(alice).pk, text="leaf", per_page=1)],
        )
        return found.chain, found.complete

    certificates.add(actor=alice, team=home(alice), data=pem(leaf))
    assert chain() == ((), False)
    certificates.add(actor=alice, team=home(alice), data=pem(middle))
    certificates.add(actor=alice, team=home(alice), data=pem(impostor))
    assert chain() == (("Middle",), False)
    certificates.add(actor=alice, team=home(alice), data=pem(root))
    assert chain() == (("Middle", "Root"), True)


def test_listing_takes_as_many_statements_for_sixty_as_for_three(alice: User) -> None:
    team = home(alice)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = [*certificates.search(user=alice, team_id=team.pk, per_page=100)]
            certificates.look(user=alice, team_id=team.pk, rows=rows)
        assert not any('"sealed"' in query["sql"] for query in queries)
        return len(queries)

    certificates.add(actor=alice, team=home(alice), data=authorities(3))
    few = statements()
    for start in (3, 22, 41):
        certificates.add(actor=alice, team=home(alice), data=authorities(19, start))
    assert Certificate.objects.count() == 60
    assert statements() == few == 3


def test_choices_take_one_statement_without_what_is_secret_or_large(alice: User, issued: Loaded) -> None:
    upload(alice, issued)
    team = home(alice)
    with CaptureQueriesContext(connection) as queries:
        assert [entry.name for entry in certificates.entries(user=alice, team_id=team.pk)]
    assert len(queries) == 1
    assert '"sealed"' not in queries[0]["sql"]
    assert '"der"' not in queries[0]["sql"]


def test_pages_end_where_the_entries_do(alice: User) -> None:
    certificates.add(actor=alice, team=home(alice), data=authorities(5))
    assert len(certificates.search(user=alice, team_id=home(alice).pk, page=2, per_page=2)) == 2
    assert len(certificates.search(user=alice, team_id=home(alice).pk, page="999", per_page=2)) == 1
    assert len(certificates.search(user=alice, team_id=home(alice).pk, page="x", per_page=2)) == 2


def test_no_secret_stands_anywhere_in_the_clear(
    alice: User, issued: Loaded, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        added = upload(alice, issued)
        content = certificates.content(user=alice, team_id=home(alice).pk, certificate_id=added.entries[0].pk)
        with pytest.raises(PasswordError) as caught:
            certificates.add(
                actor=alice, team=home(alice), data=p12(issued, PASSWORD), password=PASSWORD[:-1]
            )
    row = Certificate.objects.get(has_key=True)
    stored = b"".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for value in Certificate.objects.filter(pk=row.pk).values_list().get()
    )
    assert content.pkcs12
    assert b"Signer from elsewhere" in stored
    assert PASSWORD.encode() not in stored
    assert content.pkcs12[:200] not in stored
    spoken = [repr(content), repr(added), str(caught.value), *added.notes]
    for said in (*spoken, caplog.text):
        assert PASSWORD not in said
        assert PASSWORD[:-1] not in said


def test_what_is_sealed_moves_to_a_new_key(alice: User, issued: Loaded, settings: Settings) -> None:
    entry = upload(alice, issued).entries[0]
    settings.ENCRYPTION_KEYS = f"{KeyRing.generate_key_line()}\n{settings.ENCRYPTION_KEYS}"

    assert key_rotation.rotate() == 2

    settings.ENCRYPTION_KEYS = KeyRing.lines(settings.ENCRYPTION_KEYS)[0]
    assert (
        certificates.content(user=alice, team_id=home(alice).pk, certificate_id=entry.pk).password == PASSWORD
    )
