"""Signing identities: made here, uploaded, chosen, used, removed; openssl is the judge."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from profiles.exceptions import IdentityError, KeyMismatchError, PasswordError
from profiles.models import LocalAuthority, SigningIdentity, User
from profiles.services import signing
from profiles.services.teams import home
from profiles.signing import authority
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.signers import add, chain_pem, key_pem, openssl_verify, p12

CONTENT = "<plist>\n東京 &amp;\r\n</plist>\n".encode()


@pytest.fixture
def server(db: None) -> SigningIdentity:
    """The identity that the server makes for itself."""
    signing.ensure_local_identity()
    return signing.default_identity(None)


def test_a_fresh_server_signs_at_once(server: SigningIdentity, tmp_path: Path) -> None:
    signed = signing.sign(CONTENT)

    assert openssl_verify(signed, signing.authority_certificate(), tmp_path) == CONTENT
    assert (server.name, server.team, server.is_default) == ("This server", None, True)
    assert signing.verdict(server).verified


def test_before_that_the_sentence_says_what_to_run(db: None) -> None:
    with pytest.raises(IdentityError, match="prepare"):
        signing.sign(CONTENT)
    with pytest.raises(IdentityError, match="prepare"):
        signing.authority_certificate()


def test_making_it_again_changes_nothing(server: SigningIdentity) -> None:
    signing.ensure_local_identity()

    again = SigningIdentity.objects.get()
    assert (again.pk, again.fingerprint) == (server.pk, server.fingerprint)
    assert LocalAuthority.objects.count() == 1


def test_the_server_renews_what_ends_within_a_month_under_the_same_authority(
    server: SigningIdentity, tmp_path: Path
) -> None:
    root = signing.authority_certificate()
    SigningIdentity.objects.update(not_after=timezone.now() + timedelta(days=29))

    signing.ensure_local_identity()

    renewed = SigningIdentity.objects.get()
    assert renewed.pk == server.pk
    assert renewed.fingerprint != server.fingerprint
    assert renewed.not_after > timezone.now() + timedelta(days=700)
    signed = signing.sign(CONTENT)
    assert openssl_verify(signed, root, tmp_path) == CONTENT
    assert _signer(signed, tmp_path) == renewed.fingerprint


def test_what_lasts_longer_than_a_month_is_not_renewed(server: SigningIdentity) -> None:
    SigningIdentity.objects.update(not_after=timezone.now() + timedelta(days=31))

    signing.ensure_local_identity()

    assert SigningIdentity.objects.get().fingerprint == server.fingerprint


def test_an_authority_at_its_end_is_replaced_together_with_what_it_issued(
    server: SigningIdentity, tmp_path: Path
) -> None:
    root = signing.authority_certificate()
    LocalAuthority.objects.update(not_after=timezone.now() + timedelta(days=3))

    signing.ensure_local_identity()

    assert signing.authority_certificate() != root
    assert openssl_verify(signing.sign(CONTENT), signing.authority_certificate(), tmp_path) == CONTENT


def test_a_long_organization_fits_the_certificate(db: None, settings: Settings) -> None:
    settings.ORGANIZATION = "Ö" * 200

    signing.ensure_local_identity()

    assert signing.default_identity(None).subject.startswith("ÖÖÖ")


def test_pkcs12_and_pem_give_the_same_identity(alice: User, issued: Loaded, tmp_path: Path) -> None:
    one = signing.add_pkcs12(
        actor=alice, team=home(alice), name="p12", data=p12(issued, "pässword"), password="pässword"
    )
    two = add(alice, "pem", issued)

    assert one.fingerprint == two.fingerprint
    assert (one.subject, one.issuer) == ("Signer from elsewhere", "Elsewhere CA")
    assert one.not_after == issued.certificate.not_valid_after_utc
    root = issued.chain[-1].public_bytes(Encoding.PEM)
    for row in (one, two):
        assert openssl_verify(signing.sign_with(row, CONTENT), root, tmp_path) == CONTENT


def test_a_bad_upload_is_told_and_not_kept(alice: User, issued: Loaded) -> None:
    stranger = authority.create_authority("Stranger")

    with pytest.raises(PasswordError):
        signing.add_pkcs12(
            actor=alice, team=home(alice), name="n", data=p12(issued, "right"), password="wrong"
        )
    with pytest.raises(KeyMismatchError):
        signing.add_pem(
            actor=alice, team=home(alice), name="n", key=key_pem(stranger), chain=chain_pem(issued)
        )
    with pytest.raises(IdentityError):
        signing.add_pkcs12(actor=alice, team=home(alice), name="n", data=b"rubbish", password="")
    assert not SigningIdentity.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "x" * 256])
def test_a_name_that_cannot_be_kept_is_refused(alice: User, issued: Loaded, name: str) -> None:
    with pytest.raises(IdentityError, match="name of a signing identity"):
        add(alice, name, issued)


def test_names_are_unique_to_each_team(alice: User, bob: User, issued: Loaded) -> None:
    add(alice, "work", issued)

    with pytest.raises(IdentityError, match="“work” already"):
        add(alice, " work ", issued)
    assert add(bob, "work", issued).team == home(bob)
    assert add(None, "work", issued).team is None


def test_the_first_own_identity_is_the_default_until_another_is_chosen(
    server: SigningIdentity, alice: User, bob: User, issued: Loaded
) -> None:
    assert signing.default_identity(home(alice).pk) == server
    first, second = add(alice, "first", issued), add(alice, "second", issued)
    assert signing.default_identity(home(alice).pk) == first

    signing.choose_default(actor=alice, team=home(alice), identity=second)
    assert signing.default_identity(home(alice).pk) == second
    assert second.is_default

    signing.choose_default(actor=alice, team=home(alice), identity=server)
    assert signing.default_identity(home(alice).pk) == server
    assert signing.default_identity(home(bob).pk) == signing.default_identity(None) == server


def test_the_server_can_have_another_default(server: SigningIdentity, alice: User, issued: Loaded) -> None:
    bought = add(None, "bought", issued)
    with pytest.raises(IdentityError, match="Choose it for each download"):
        signing.choose_default(actor=alice, team=home(alice), identity=bought)

    signing.choose_default(actor=None, team=None, identity=bought)

    assert signing.default_identity(home(alice).pk) == bought
    signing.ensure_local_identity()
    assert signing.default_identity(home(alice).pk) == bought


def test_nobody_uses_chooses_or_removes_what_is_not_theirs(
    server: SigningIdentity, alice: User, bob: User, issued: Loaded
) -> None:
    hers = add(alice, "hers", issued)

    with pytest.raises(IdentityError, match="no such signing identity in this team"):
        signing.sign(CONTENT, team_id=home(bob).pk, identity_id=hers.pk)
    with pytest.raises(IdentityError, match="no signing identity of that name"):
        signing.sign(CONTENT, team_id=home(bob).pk, name="hers")
    with pytest.raises(IdentityError, match="not the team’s to change"):
        signing.choose_default(actor=bob, team=home(bob), identity=hers)
    with pytest.raises(IdentityError, match="not the team’s to change"):
        signing.choose_default(actor=None, team=None, identity=hers)
    with pytest.raises(IdentityError, match="not the team’s to change"):
        signing.remove(actor=bob, team=home(bob), identity=hers)
    with pytest.raises(IdentityError, match="not the team’s to change"):
        signing.remove(actor=alice, team=home(alice), identity=server)
    assert not SigningIdentity.objects.for_user(bob).filter(pk=hers.pk).exists()
    assert SigningIdentity.objects.for_user(alice).count() == 2


def test_the_command_line_finds_an_identity_by_name(
    server: SigningIdentity, alice: User, bob: User, issued: Loaded, tmp_path: Path
) -> None:
    add(alice, "work", issued)
    signed = signing.sign(CONTENT, name="work")
    assert openssl_verify(signed, issued.chain[-1].public_bytes(Encoding.PEM), tmp_path) == CONTENT

    add(bob, "work", issued)
    with pytest.raises(IdentityError, match="Several teams"):
        signing.sign(CONTENT, name="work")
    for missing in ("no such", "a\x00b"):
        with pytest.raises(IdentityError, match="no signing identity of that name"):
            signing.sign(CONTENT, name=missing)

    add(None, "work", issued)
    assert signing.find_identity(name="work").team is None
    assert signing.find_identity(name="work", team_id=home(bob).pk).team == home(bob)


@pytest.mark.django_db(transaction=True)
def test_a_removed_identity_signs_no_more(issued: Loaded) -> None:
    alice = User.objects.create_user("alice")
    row = add(alice, "work", issued)
    signing.sign_with(row, CONTENT)

    signing.remove(actor=alice, team=home(alice), identity=row)

    with pytest.raises(IdentityError, match="removed meanwhile"):
        signing.sign_with(row, CONTENT)
    with pytest.raises(IdentityError):
        signing.sign(CONTENT, team_id=home(alice).pk)


def test_what_the_server_signs_with_is_not_removed(server: SigningIdentity) -> None:
    with pytest.raises(IdentityError, match="another default first"):
        signing.remove(actor=None, team=None, identity=server)


def test_a_loaded_key_is_not_loaded_again(
    server: SigningIdentity, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    signing.sign(CONTENT)

    with django_assert_num_queries(1):
        signing.sign(CONTENT)


def test_the_verdict_names_what_devices_have_to_trust(alice: User, issued: Loaded) -> None:
    row = add(alice, "work", issued)

    assert "Elsewhere CA" in signing.verdict(row).sentence
    late = signing.verdict(row, at=row.not_after + timedelta(days=1))
    assert not late.verified


def _signer(signed: bytes, folder: Path) -> str:
    (folder / "signed.der").write_bytes(signed)
    command = [
        "openssl",
        "cms",
        "-verify",
        "-inform",
        "DER",
        "-in",
        "signed.der",
        "-noverify",
        "-signer",
        "signer.pem",
    ]
    subprocess.run([*command, "-out", "content"], cwd=folder, capture_output=True, check=True)
    loaded = x509.load_pem_x509_certificate((folder / "signer.pem").read_bytes())
    return loaded.fingerprint(SHA256()).hex(":").upper()
