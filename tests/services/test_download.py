"""The file that a device installs."""

import plistlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from profiles.catalogue.findings import Severity
from profiles.exceptions import IdentityError, ProblemsError
from profiles.models import Profile, User
from profiles.plist.build import build
from profiles.plist.document import Problem
from profiles.services import profiles, signing
from profiles.services.document_storage import load
from profiles.services.download import download
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.samples import PASSWORD, changed, document, payload, valid
from tests.services.signers import add, openssl_verify


@pytest.fixture
def profile(alice: User) -> Profile:
    """A profile of Alice's without problems, on a server that can sign."""
    signing.ensure_local_identity()
    return profiles.create(actor=alice, team=home(alice), document=valid())


def test_openssl_verifies_a_download_and_finds_the_profile_in_it(
    alice: User, profile: Profile, tmp_path: Path
) -> None:
    made = download(user=alice, profile=profile)

    content = openssl_verify(made.content, signing.authority_certificate(), tmp_path)
    assert content == build(load(profile))
    assert plistlib.loads(content)["PayloadContent"][0]["IKEv2"]["AuthPassword"] == PASSWORD
    assert made.content_type == "application/x-apple-aspen-config"
    assert made.filename == made.ascii_filename.replace("-", " ") == "Office VPN.mobileconfig"
    assert PASSWORD not in repr(made)


def test_an_unsigned_one_is_the_property_list_and_needs_no_identity(alice: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=valid())

    assert download(user=alice, profile=profile, unsigned=True).content == build(load(profile))
    with pytest.raises(IdentityError):
        download(user=alice, profile=profile)


def test_a_chosen_identity_signs(alice: User, profile: Profile, tmp_path: Path, issued: Loaded) -> None:
    bought = add(None, "bought", issued)
    root = issued.chain[-1].public_bytes(Encoding.PEM)

    made = download(user=alice, profile=profile, identity_id=bought.pk)

    assert openssl_verify(made.content, root, tmp_path) == build(load(profile))


def errors(problems: Sequence[Problem]) -> list[str]:
    """The paths of the errors among them."""
    return [problem.path for problem in problems if problem.severity is Severity.ERROR]


def test_errors_stop_a_download_until_it_is_confirmed(alice: User, profile: Profile) -> None:
    broken = changed(load(profile), MTU=1)
    profiles.save(actor=alice, profile_id=profile.pk, document=broken, base_revision=1)

    with pytest.raises(ProblemsError, match="confirm to download it anyway") as caught:
        download(user=alice, profile=profile)
    assert errors(caught.value.problems) == ["IKEv2.MTU"]
    assert caught.value.buildable

    forced = download(user=alice, profile=profile, force=True, unsigned=True)
    assert forced.content == build(broken)
    assert errors(forced.problems) == ["IKEv2.MTU"]


def test_what_no_property_list_can_hold_is_not_even_forced(alice: User, profile: Profile) -> None:
    broken = changed(load(profile), MTU="1400")
    profiles.save(actor=alice, profile_id=profile.pk, document=broken, base_revision=1)

    with pytest.raises(ProblemsError, match="Fix the errors first") as caught:
        download(user=alice, profile=profile, force=True)
    assert not caught.value.buildable


def test_nobody_downloads_the_profile_of_another(bob: User, profile: Profile) -> None:
    with pytest.raises(Profile.DoesNotExist):
        download(user=bob, profile=profile)


def test_a_deleted_profile_is_not_downloaded(alice: User, profile: Profile) -> None:
    profiles.delete(actor=alice, profile=profile)

    with pytest.raises(Profile.DoesNotExist):
        download(user=alice, profile=profile)


@pytest.mark.parametrize(
    ("name", "filename", "fallback"),
    [
        ("Zürich Büro", "Zürich Büro", "Zurich-Buro"),
        ("東京 VPN", "東京 VPN", "VPN"),
        ("東京", "東京", "profile"),
        ("../../etc/passwd", "etc passwd", "etc-passwd"),
        ('a"b;c\\d%0d', "a b c d 0d", "a-b-c-d-0d"),
        ("line\r\nSet-Cookie: x", "line Set-Cookie x", "line-Set-Cookie-x"),
        ("exe\u202egpj.", "exe gpj", "exe-gpj"),
        (" . ", "com.example.vpn.office", "com.example.vpn.office"),
        ("", "com.example.vpn.office", "com.example.vpn.office"),
        ("n" * 500, "n" * 80, "n" * 80),
    ],
)
def test_the_file_is_named_after_the_profile_and_safely(
    alice: User, name: str, filename: str, fallback: str
) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=valid(name=name))

    made = download(user=alice, profile=profile, unsigned=True)

    assert made.filename == f"{filename}.mobileconfig"
    assert made.ascii_filename == f"{fallback}.mobileconfig"


def test_a_profile_without_any_name_still_has_a_file_name(alice: User) -> None:
    nameless = replace(document(payload()), envelope={})
    profile = profiles.create(actor=alice, team=home(alice), document=nameless)

    assert download(user=alice, profile=profile, unsigned=True, force=True).filename == "profile.mobileconfig"
