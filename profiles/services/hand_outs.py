"""Handing out a profile by link: whoever has the link installs one revision of it, until it ends or is revoked."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing as tokens
from django.db import transaction
from django.db.models import F

from profiles.catalogue.findings import Severity
from profiles.catalogue.versions import OperatingSystem, Targets
from profiles.exceptions import LinkError, PassphraseError
from profiles.models import HandOut, Profile, SigningIdentity, User
from profiles.models.link import LinkQuerySet
from profiles.plist.compatibility import suited
from profiles.plist.document import Document, Problem
from profiles.plist.effects import Effect, effects
from profiles.policy import Action, require
from profiles.services import audit, signing
from profiles.services.audit import Event
from profiles.services.bulk.rows import personal_document
from profiles.services.certificate_evidence import check, inspect
from profiles.services.document_storage import load, revision_document
from profiles.services.doubts import is_doubt
from profiles.services.download import Download, note_installed, release
from profiles.services.links import DEFAULT_DAYS, LIFETIMES, LISTED, Issued, issue, spend
from profiles.services.profiles import HEAVY
from profiles.services.save_checks import one_line
from profiles.signing.verdict import Verdict

SHORTEST_PASSPHRASE: Final = 8
LONGEST_PASSPHRASE: Final = 200
"""Characters; each guess is hashed, which should not take longer for longer ones."""

GRANT_SECONDS: Final = 300
"""How long the file can be fetched after the confirmation; a device may fetch it twice."""

_SALT: Final = "profiles.hand_out"
_WITHDRAWN: Final = "This profile was withdrawn. Ask whoever sent the link for another."
_HIDDEN: Final = tuple(f"profile__{column}" for column in HEAVY)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the person who holds a link is told before installing.

    systems    those that the profile does something on
    effects    end with what holds for the whole
    """

    title: str
    organization: str
    description: str
    targets: Targets
    systems: Sequence[OperatingSystem]
    effects: Sequence[Effect]
    identity: SigningIdentity
    verdict: Verdict


def create(
    *,
    actor: User,
    profile: Profile,
    days: int = DEFAULT_DAYS,
    one_time: bool = False,
    passphrase: str = "",
    note: str = "",
    identity_id: uuid.UUID | None = None,
) -> Issued[HandOut]:
    """A link to the revision saved last, which is built and signed once, so that the link holds what it promises.

    Raises what `download.release` raises, LinkError for a choice that cannot be, NotAllowedError, and
    Profile.DoesNotExist when it is not the user's, or is a template.
    """
    profile = Profile.objects.for_user(actor).filter(is_template=False).defer(*HEAVY).get(pk=profile.pk)
    require(actor, Action.HAND_OUT, profile.team_id)
    hand_out = HandOut(
        profile=profile,
        revision=profile.revision,
        note=tidy_note(note),
        one_time=one_time,
        passphrase=_hashed(passphrase),
        identity=signing.find_identity(team_id=profile.team_id, identity_id=identity_id)
        if identity_id
        else None,
    )
    file_of(hand_out)
    with transaction.atomic():
        issued = issue(hand_out, actor=actor, days=days)
        _record(Event.HANDED_OUT, hand_out, actor=actor, detail=_conditions(hand_out, LIFETIMES[days]))
    return issued


def doubts(profile: Profile) -> Sequence[Problem]:
    """What to know of the revision saved last before it is handed out: its errors, and all that is not mere advice."""
    return [
        problem for problem in check(load(profile)) if problem.severity is Severity.ERROR or is_doubt(problem)
    ]


def listed(profile: Profile) -> Sequence[HandOut]:
    """The newest links of a profile, LISTED at most, open or not; those of bulk runs stand there."""
    rows = (
        profile.hand_outs.filter(recipient=None)
        .select_related("created_by", "identity")
        .defer("identity__sealed")
    )
    return list(rows[:LISTED])


@transaction.atomic
def revoke(*, actor: User, profile: Profile, hand_out_id: uuid.UUID) -> HandOut:
    """Let it install nothing any more, nor the file be fetched; raises HandOut.DoesNotExist when it is not there."""
    require(actor, Action.HAND_OUT, profile.team_id)
    hand_out = profile.hand_outs.select_for_update().get(pk=hand_out_id, recipient=None)
    if hand_out.revoked_at is None:
        hand_out.revoke()
        _record(Event.HAND_OUT_REVOKED, hand_out, actor=actor)
    return hand_out


def find(token: str) -> HandOut:
    """The link of that token; raises HandOut.DoesNotExist for none, LinkError when it is no good any more."""
    hand_out = _with_all().with_token(token).get()
    _require_there(hand_out)
    hand_out.require_open()
    return hand_out


def offer(hand_out: HandOut) -> Offer:
    """What the link installs, in plain words; raises IdentityError or EncryptionError."""
    document = _document(hand_out)
    identity = _signer(hand_out)
    return Offer(
        title=document.title or document.identifier,
        organization=_text(document, "PayloadOrganization"),
        description=_text(document, "PayloadDescription"),
        targets=document.targets,
        systems=suited(document),
        effects=effects(document, inspect(document)),
        identity=identity,
        verdict=signing.verdict(identity),
    )


def confirm(hand_out: HandOut, *, passphrase: str = "") -> str:
    """Use the link once; the grant that is returned fetches the file.

    Raises PassphraseError, LinkError when somebody else was faster, and what `download.release` raises:
    what cannot be sent does not spend the link either.
    """
    _require_passphrase(hand_out, passphrase)
    file_of(hand_out)
    with transaction.atomic():
        spend(hand_out)
        _record(Event.HAND_OUT_CONFIRMED, hand_out)
    return tokens.dumps(str(hand_out.pk), salt=_SALT)


def find_granted(grant: str) -> HandOut:
    """The link whose confirmation gave this grant.

    Raises HandOut.DoesNotExist when it is no grant of ours, LinkError when it is too old, or the link was revoked
    since. That the link has been used or has expired meanwhile does not matter.
    """
    try:
        name = tokens.loads(grant, salt=_SALT, max_age=GRANT_SECONDS)
    except tokens.SignatureExpired:
        raise LinkError(
            "The file was not fetched in time. Open the link that you were sent again; if it worked once only, ask "
            "for another."
        ) from None
    except tokens.BadSignature:
        raise HandOut.DoesNotExist from None
    hand_out = _with_all().get(pk=name)
    _require_there(hand_out)
    if hand_out.revoked_at is not None:
        hand_out.require_open()
    return hand_out


def file_of(hand_out: HandOut) -> Download:
    """The revision that was handed out, signed now; raises what `download.release` raises."""
    return release(_document(hand_out), team_id=hand_out.team_id, identity_id=hand_out.identity_id)


@transaction.atomic
def note_served(hand_out: HandOut) -> None:
    """Count that the file was sent."""
    HandOut.objects.filter(pk=hand_out.pk).update(served=F("served") + 1)
    if hand_out.recipient is None:
        note_installed(hand_out.profile, hand_out.revision)
    _record(Event.HAND_OUT_SERVED, hand_out)


def tidy_note(note: str) -> str:
    """The note as one line; raises LinkError when it cannot be one."""
    return one_line(note, "The note", refusal=LinkError)


def tidy_passphrase(passphrase: str) -> str:
    """The passphrase as it counts, however it was typed; empty for none; raises LinkError when it cannot be one."""
    tidy = unicodedata.normalize("NFC", passphrase).strip()
    if tidy and not SHORTEST_PASSPHRASE <= len(tidy) <= LONGEST_PASSPHRASE:
        raise LinkError(
            f"The passphrase has {len(tidy)} characters. Use {SHORTEST_PASSPHRASE} to {LONGEST_PASSPHRASE}."
        )
    return tidy


def _hashed(passphrase: str) -> str:
    tidy = tidy_passphrase(passphrase)
    return make_password(tidy) if tidy else ""


def _require_passphrase(hand_out: HandOut, passphrase: str) -> None:
    if not hand_out.passphrase:
        return
    try:
        right = check_password(tidy_passphrase(passphrase), hand_out.passphrase)
    except LinkError:
        right = False  # too short or too long to be it
    if not right:
        _record(Event.HAND_OUT_REFUSED, hand_out, detail="wrong passphrase")
        raise PassphraseError(
            "That is not the passphrase of this link. Ask whoever sent it, and type it again."
        )


def _require_there(hand_out: HandOut) -> None:
    if hand_out.profile.deleted_at is not None:
        raise LinkError(_WITHDRAWN)


def _with_all() -> LinkQuerySet[HandOut]:
    """Links with what they install."""
    return HandOut.objects.select_related("profile", "recipient__run").defer(*_HIDDEN)


def _document(hand_out: HandOut) -> Document:
    if hand_out.recipient:
        return personal_document(hand_out.recipient)
    return revision_document(hand_out.profile.revisions.get(number=hand_out.revision))


def _signer(hand_out: HandOut) -> SigningIdentity:
    return signing.find_identity(team_id=hand_out.team_id, identity_id=hand_out.identity_id)


def _text(document: Document, key: str) -> str:
    """A text of the envelope; an import may have brought anything."""
    value = document.envelope.get(key)
    return value.strip() if isinstance(value, str) else ""


def _conditions(hand_out: HandOut, lasting: str) -> str:
    marks = [lasting, "once" if hand_out.one_time else "", "with a passphrase" if hand_out.passphrase else ""]
    return ", ".join(mark for mark in marks if mark)


def _record(event: Event, hand_out: HandOut, *, actor: User | None = None, detail: str = "") -> None:
    told = [f"revision {hand_out.revision}", f"for {hand_out.note}" if hand_out.note else "", detail]
    audit.record(
        event,
        actor=actor,
        team_id=hand_out.team_id,
        subject=hand_out,
        name=str(hand_out.profile),
        detail=", ".join(text for text in told if text),
    )
