"""Handing out a profile by link: what the link holds, how it ends, and who may make it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connection
from django.utils import timezone

from profiles.exceptions import IdentityError, LinkError, NotAllowedError, ProblemsError
from profiles.models import AuditEntry, HandOut, Membership, Profile, Revision, Role, SigningIdentity, User
from profiles.plist.build import build
from profiles.services import hand_outs, profiles, signing
from profiles.services.document_storage import load, revision_document
from profiles.services.links import LISTED
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.samples import changed, valid
from tests.services.signers import add, openssl_verify

PASSPHRASE = "blue elephant 7"


@pytest.fixture
def profile(alice: User) -> Profile:
    """Without problems, and signed by the server's own identity."""
    signing.ensure_local_identity()
    return profiles.create(actor=alice, team=home(alice), document=valid())


@pytest.fixture
def events(profile: Profile) -> Callable[[], list[tuple[str, str, str]]]:
    """Actor, event and detail of what the log has learnt since the profile was made."""
    before = AuditEntry.objects.count()

    def since() -> list[tuple[str, str, str]]:
        entries = AuditEntry.objects.order_by("id")[before:]
        return [(entry.actor, entry.event, entry.detail) for entry in entries]

    return since


def change(alice: User, profile: Profile) -> None:
    """Save another revision."""
    profile.refresh_from_db()
    document = changed(load(profile), AuthName=f"after {profile.revision}")
    profiles.save(actor=alice, profile_id=profile.pk, document=document, base_revision=profile.revision)


def test_a_link_installs_the_revision_that_was_saved_last_and_goes_on_doing_so(
    alice: User, profile: Profile, tmp_path: Path
) -> None:
    change(alice, profile)
    token = hand_outs.create(actor=alice, profile=profile).token
    change(alice, profile)

    hand_out = hand_outs.find(token)

    assert hand_out.revision == 2
    pinned = revision_document(Revision.objects.get(profile=profile, number=2))
    signed = hand_outs.file_of(hand_out).content
    assert openssl_verify(signed, signing.authority_certificate(), tmp_path) == build(pinned)


def test_the_token_is_in_no_column(alice: User, profile: Profile) -> None:
    made = hand_outs.create(actor=alice, profile=profile, passphrase=PASSPHRASE)

    row = repr(HandOut.objects.values().get())
    log = repr(list(AuditEntry.objects.values()))
    for secret in (made.token, PASSPHRASE):
        assert secret not in row
        assert secret not in log


def test_it_lasts_seven_days_unless_something_else_is_said(alice: User, profile: Profile) -> None:
    for days, made in (
        (7, hand_outs.create(actor=alice, profile=profile)),
        (365, hand_outs.create(actor=alice, profile=profile, days=365)),
    ):
        left = made.link.expires_at - timezone.now()
        assert timedelta(days=days, minutes=-1) < left <= timedelta(days=days)


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"days": 2}, "A link lasts 1 day, 7 days, 30 days, 1 year."),
        ({"passphrase": "short"}, "The passphrase has 5 characters. Use 8 to 200."),
        ({"passphrase": "x" * 201}, "The passphrase has 201 characters."),
        ({"note": "x" * 256}, "The note has 256 characters"),
        ({"note": "x\x00y"}, "not printable"),
        ({"note": "x\u202ey"}, "not printable"),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_a_sentence(
    alice: User, profile: Profile, choice: dict[str, object], sentence: str
) -> None:
    with pytest.raises(LinkError, match=sentence):
        hand_outs.create(actor=alice, profile=profile, **choice)  # type: ignore[arg-type]
    assert not HandOut.objects.exists()


def test_a_profile_with_errors_gets_no_link(alice: User, profile: Profile) -> None:
    profiles.save(actor=alice, profile_id=profile.pk, document=changed(load(profile), MTU=5), base_revision=1)
    with pytest.raises(ProblemsError) as raised:
        hand_outs.create(actor=alice, profile=profile)
    assert any(problem.path == "IKEv2.MTU" for problem in raised.value.problems)
    assert not HandOut.objects.exists()


def test_without_anything_to_sign_with_there_is_no_link(alice: User, profile: Profile) -> None:
    SigningIdentity.objects.all().delete()
    with pytest.raises(IdentityError, match="no identity to sign with"):
        hand_outs.create(actor=alice, profile=profile)


def test_an_identity_of_another_team_cannot_sign(
    alice: User, bob: User, profile: Profile, issued: Loaded
) -> None:
    foreign = add(bob, "Bob’s", issued)
    with pytest.raises(IdentityError, match="no such signing identity"):
        hand_outs.create(actor=alice, profile=profile, identity_id=foreign.pk)


def test_the_identity_that_was_chosen_signs(
    alice: User, profile: Profile, issued: Loaded, tmp_path: Path
) -> None:
    identity = add(alice, "Elsewhere", issued)
    signing.choose_default(actor=alice, team=home(alice), identity=SigningIdentity.objects.get(team=None))
    made = hand_outs.create(actor=alice, profile=profile, identity_id=identity.pk)

    assert hand_outs.offer(made.link).identity == identity
    signed = hand_outs.file_of(made.link).content
    root = issued.chain[-1].public_bytes(Encoding.PEM)
    assert openssl_verify(signed, root, tmp_path) == build(load(profile))


@pytest.mark.parametrize("role", Role)
def test_making_and_revoking_take_a_role_that_hands_out(
    alice: User, bob: User, profile: Profile, role: Role
) -> None:
    Membership.objects.create(team=profile.team, user=bob, role=role)
    made = hand_outs.create(actor=alice, profile=profile)
    acts: list[Callable[[], object]] = [
        lambda: hand_outs.create(actor=bob, profile=profile),
        lambda: hand_outs.revoke(actor=bob, profile=profile, hand_out_id=made.link.pk),
    ]
    for act in acts:
        if role is Role.VIEWER:
            with pytest.raises(NotAllowedError):
                act()
        else:
            act()


def test_a_profile_of_another_team_is_not_there(bob: User, profile: Profile) -> None:
    with pytest.raises(Profile.DoesNotExist):
        hand_outs.create(actor=bob, profile=profile)


def test_a_link_that_works_once_is_spent_by_the_confirmation_alone(alice: User, profile: Profile) -> None:
    token = hand_outs.create(actor=alice, profile=profile, one_time=True).token
    for _ in range(3):
        hand_outs.offer(hand_outs.find(token))

    hand_outs.confirm(hand_outs.find(token))

    with pytest.raises(LinkError, match="works once, and has been used"):
        hand_outs.find(token)


def test_what_cannot_be_signed_does_not_spend_the_link(alice: User, profile: Profile) -> None:
    token = hand_outs.create(actor=alice, profile=profile, one_time=True).token
    SigningIdentity.objects.all().delete()
    with pytest.raises(IdentityError):
        hand_outs.confirm(hand_outs.find(token))
    assert hand_outs.find(token).uses == 0


def test_the_grant_fetches_the_file_again_and_again_though_the_link_is_spent(
    alice: User, profile: Profile
) -> None:
    token = hand_outs.create(actor=alice, profile=profile, one_time=True).token
    grant = hand_outs.confirm(hand_outs.find(token))

    for _ in range(2):
        hand_outs.note_served(hand_outs.find_granted(grant))

    hand_out = HandOut.objects.get()
    assert (hand_out.uses, hand_out.served) == (1, 2)
    profile.refresh_from_db()
    assert profile.installed_revision == 1
    assert profile.installed_at is not None


def test_a_grant_is_refused_after_its_time(
    alice: User, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = hand_outs.confirm(hand_outs.create(actor=alice, profile=profile).link)
    monkeypatch.setattr(hand_outs, "GRANT_SECONDS", -1)
    with pytest.raises(LinkError, match="not fetched in time"):
        hand_outs.find_granted(grant)


def test_a_grant_outlives_the_expiry_of_its_link_but_not_its_revocation(
    alice: User, profile: Profile
) -> None:
    made = hand_outs.create(actor=alice, profile=profile)
    grant = hand_outs.confirm(made.link)
    HandOut.objects.update(expires_at=timezone.now())
    hand_outs.find_granted(grant)

    hand_outs.revoke(actor=alice, profile=profile, hand_out_id=made.link.pk)

    with pytest.raises(LinkError, match="revoked"):
        hand_outs.find_granted(grant)


@pytest.mark.parametrize("grant", ["", "x", "x:y:z", "a" * 5000, "\x00"])
def test_what_is_no_grant_is_not_there(db: None, grant: str) -> None:
    with pytest.raises(HandOut.DoesNotExist):
        hand_outs.find_granted(grant)


def test_a_deleted_profile_is_withdrawn_until_it_is_back(alice: User, profile: Profile) -> None:
    made = hand_outs.create(actor=alice, profile=profile)
    grant = hand_outs.confirm(made.link)
    profiles.delete(actor=alice, profile=profile)
    with pytest.raises(LinkError, match="withdrawn"):
        hand_outs.find(made.token)
    with pytest.raises(LinkError, match="withdrawn"):
        hand_outs.find_granted(grant)

    profiles.restore(actor=alice, profile_id=profile.pk)

    assert hand_outs.find(made.token) == hand_outs.find_granted(grant) == made.link


@pytest.mark.parametrize("typed", [PASSPHRASE, f"  {PASSPHRASE}\n"])
def test_the_passphrase_opens_however_it_was_pasted(alice: User, profile: Profile, typed: str) -> None:
    made = hand_outs.create(actor=alice, profile=profile, passphrase=PASSPHRASE)
    assert hand_outs.confirm(made.link, passphrase=typed)


def test_a_passphrase_is_the_same_whether_its_accents_are_composed_or_not(
    alice: User, profile: Profile
) -> None:
    made = hand_outs.create(actor=alice, profile=profile, passphrase="cafe\u0301 au lait")
    assert hand_outs.confirm(made.link, passphrase="caf\u00e9 au lait")


@pytest.mark.parametrize("typed", ["", "short", "blue elephant 8", "x" * 5000])
def test_a_wrong_passphrase_is_refused_logged_and_spends_nothing(
    alice: User, profile: Profile, events: Callable[[], list[tuple[str, str, str]]], typed: str
) -> None:
    made = hand_outs.create(actor=alice, profile=profile, passphrase=PASSPHRASE, one_time=True)
    with pytest.raises(LinkError, match="not the passphrase"):
        hand_outs.confirm(made.link, passphrase=typed)
    assert hand_outs.find(made.token).uses == 0
    assert events()[1:] == [
        ("somebody with the link", "install link refused", "revision 1, wrong passphrase")
    ]


def test_the_log_tells_the_whole_story(
    alice: User, profile: Profile, events: Callable[[], list[tuple[str, str, str]]]
) -> None:
    made = hand_outs.create(
        actor=alice, profile=profile, note=" Bob’s \n iPhone ", one_time=True, passphrase=PASSPHRASE, days=1
    )
    grant = hand_outs.confirm(made.link, passphrase=PASSPHRASE)
    hand_outs.note_served(hand_outs.find_granted(grant))
    for _ in range(2):
        hand_outs.revoke(actor=alice, profile=profile, hand_out_id=made.link.pk)

    nobody, what = "somebody with the link", "revision 1, for Bob’s iPhone"
    assert events() == [
        ("alice", "install link made", f"{what}, 1 day, once, with a passphrase"),
        (nobody, "install link used", what),
        (nobody, "install file sent", what),
        ("alice", "install link revoked", what),
    ]
    assert AuditEntry.objects.first().name == "Office VPN"  # type: ignore[union-attr]


def test_a_link_of_another_profile_cannot_be_revoked_through_this_one(alice: User, profile: Profile) -> None:
    other = profiles.create(actor=alice, team=home(alice), document=valid(name="Other"))
    made = hand_outs.create(actor=alice, profile=other)
    with pytest.raises(HandOut.DoesNotExist):
        hand_outs.revoke(actor=alice, profile=profile, hand_out_id=made.link.pk)
    assert hand_outs.find(made.token) == made.link


def test_the_newest_fifty_are_listed(alice: User, profile: Profile) -> None:
    for number in range(LISTED + 1):
        HandOut.objects.create(
            profile=profile,
            revision=1,
            note=str(number),
            token_hash=str(number),
            expires_at=timezone.now(),
            created_at=timezone.now() + timedelta(minutes=number),
        )
    assert [row.note for row in hand_outs.listed(profile)] == [str(number) for number in range(50, 0, -1)]


def test_the_offer_says_who_signs_and_what_it_does(alice: User, profile: Profile) -> None:
    offer = hand_outs.offer(hand_outs.create(actor=alice, profile=profile).link)

    assert offer.title == "Office VPN"
    assert (offer.organization, offer.description) == ("", "")
    assert offer.verdict.sentence.startswith("Shows as Verified on devices that trust")
    assert [effect.title for effect in offer.effects] == ["Office", "Office VPN"]


def test_the_offer_shows_texts_of_the_envelope_and_nothing_else_that_an_import_put_there(
    alice: User, profile: Profile
) -> None:
    document = load(profile)
    odd = {**document.envelope, "PayloadOrganization": " Example ", "PayloadDescription": 5}
    profiles.save(
        actor=alice, profile_id=profile.pk, document=replace(document, envelope=odd), base_revision=1
    )

    offer = hand_outs.offer(HandOut(profile=profile, revision=2))

    assert (offer.organization, offer.description) == ("Example", "")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_confirm_at_once_exactly_one_wins() -> None:
    alice = User.objects.create_user("alice")
    signing.ensure_local_identity()
    profile = profiles.create(actor=alice, team=home(alice), document=valid())
    token = hand_outs.create(actor=alice, profile=profile, one_time=True).token

    def confirm(_: int) -> str:
        try:
            return hand_outs.confirm(found.pop())
        except LinkError as error:
            return str(error)
        finally:
            connection.close()

    # All have opened the page before anybody confirms.
    found = [hand_outs.find(token) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(confirm, range(8)))

    granted = [answer for answer in answers if not answer.startswith("This link")]
    assert len(granted) == 1
    assert HandOut.objects.get().uses == 1
    assert hand_outs.find_granted(granted[0]) == HandOut.objects.get()
    assert AuditEntry.objects.filter(event="install link used").count() == 1
