"""Teams, their members, and how new ones come in. What a role allows, `profiles.policy` says."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from profiles.exceptions import TeamError
from profiles.models import Invitation, Membership, Role, Team, User, Visibility
from profiles.models.lengths import NAME_LENGTH
from profiles.policy import Action, may, require
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.expiry import with_signers
from profiles.services.links import Issued, issue, spend
from profiles.services.save_checks import one_line

INVITATION_DAYS: Final = 7


def memberships(user: User, *, signers: bool = False) -> list[Membership]:
    """The user's teams with the role in each, the oldest first; somebody without any gets a team of their own.

    With `signers`, what `expiry.signer_ending` tells is read along.
    """
    mine = Membership.objects.filter(user=user).select_related("team")
    return list(with_signers(mine) if signers else mine) or [_own(user)]


def home(user: User) -> Team:
    """The user's first team."""
    return memberships(user)[0].team


@transaction.atomic
def create(*, actor: User, name: str) -> Team:
    """A new team that `actor` owns; raises TeamError for a name that cannot be."""
    team = Team.objects.create(name=_tidy(name))
    Membership.objects.create(team=team, user=actor, role=Role.OWNER)
    audit.record(Event.TEAM_CREATED, actor=actor, team_id=team.pk, subject=team)
    return team


@transaction.atomic
def rename(*, actor: User, team: Team, name: str) -> Team:
    """Call the team otherwise; raises TeamError, NotAllowedError."""
    require(actor, Action.MANAGE, team.pk)
    before, team.name = team.name, _tidy(name)
    team.save(update_fields=["name"])
    audit.record(Event.TEAM_RENAMED, actor=actor, team_id=team.pk, subject=team, detail=f"was “{before}”")
    return team


def members(team: Team) -> QuerySet[Membership]:
    """Everybody in the team."""
    return team.memberships.select_related("user")


def member(team: Team, user_id: int) -> QuerySet[Membership]:
    """That one of them, or nobody."""
    # Asked for the user itself, SQLite breaks at a number that no id can be.
    return members(team).filter(user__pk=user_id)


def invitations(team: Team) -> Sequence[Invitation]:
    """The invitations that can still be accepted."""
    open_ = team.invitations.filter(revoked_at=None, uses=0, expires_at__gt=timezone.now())
    return list(open_.select_related("created_by"))


@transaction.atomic
def invite(*, actor: User, team: Team, role: str, note: str = "") -> Issued[Invitation]:
    """A link that makes one person a member with that role, within 7 days."""
    require(actor, Action.MANAGE, team.pk)
    invitation = Invitation(team=team, role=_role(role), note=one_line(note, "The note", refusal=TeamError))
    issued = issue(invitation, actor=actor, days=INVITATION_DAYS)
    audit.record(
        Event.MEMBER_INVITED,
        actor=actor,
        team_id=team.pk,
        subject=invitation,
        name=invitation.note,
        detail=f"as {role}",
    )
    return issued


@transaction.atomic
def revoke_invitation(*, actor: User, team: Team, invitation_id: uuid.UUID) -> None:
    """Let nobody accept it any more; raises Invitation.DoesNotExist when it is not the team's.

    One that nobody could accept any more stays as it is.
    """
    require(actor, Action.MANAGE, team.pk)
    invitation = team.invitations.select_for_update().get(pk=invitation_id)
    if invitation.state() != "open":
        return
    invitation.revoke()
    audit.record(
        Event.INVITATION_REVOKED, actor=actor, team_id=team.pk, subject=invitation, name=invitation.note
    )


def find_invitation(token: str) -> Invitation:
    """The invitation of that token; raises Invitation.DoesNotExist for none, LinkError when it is no good any more."""
    invitation = Invitation.objects.with_token(token).select_related("team").get()
    invitation.require_open()
    return invitation


@transaction.atomic
def accept(*, user: User, token: str) -> Team:
    """Make the user a member, once; raises as `find_invitation`, and TeamError for who is a member already."""
    invitation = find_invitation(token)
    _lock(invitation.team)
    if Membership.objects.filter(team=invitation.team, user=user).exists():
        raise TeamError(f"You are in “{invitation.team}” already. Nothing was changed.")
    spend(invitation)
    Membership.objects.create(team=invitation.team, user=user, role=invitation.role)
    audit.record(
        Event.MEMBER_JOINED,
        actor=user,
        team_id=invitation.team_id,
        subject=user,
        detail=f"as {invitation.role}",
    )
    return invitation.team


@transaction.atomic
def accept_as_new(*, username: str, password: str, token: str) -> User:
    """Make an account for the invited person, and a member of it; the form has checked both texts.

    Raises as `accept`, and TeamError when somebody has just taken the name.
    """
    user = User(username=username)
    validate_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise TeamError("Somebody has just taken this user name. Choose another.") from None
    accept(user=user, token=token)
    return user


@transaction.atomic
def change_role(*, actor: User, team: Team, user_id: int, role: str) -> Membership:
    """Give a member another role; raises TeamError when the team would have no owner left."""
    _lock(team)
    require(actor, Action.MANAGE, team.pk)
    found = member(team, user_id).get()
    before, found.role = found.role, _role(role)
    found.save(update_fields=["role"])
    _require_owner(team)
    if not may(found.user, Action.MANAGE, team.pk):
        _revoke_those_of(found.user, team)
    audit.record(
        Event.ROLE_CHANGED, actor=actor, team_id=team.pk, subject=found.user, detail=f"{before} → {role}"
    )
    return found


@transaction.atomic
def remove_member(*, actor: User, team: Team, user_id: int) -> Membership:
    """Take a member out, or let one leave; raises TeamError when the team would have no owner left."""
    _lock(team)
    if actor.pk != user_id:
        require(actor, Action.MANAGE, team.pk)
    found = member(team, user_id).get()
    found.delete()
    _require_owner(team)
    _revoke_those_of(found.user, team)
    # Nobody else could open them any more, or take them off the list.
    left = team.profiles.filter(created_by=found.user, visibility=Visibility.PRIVATE)
    left.update(visibility=Visibility.TEAM)
    audit.record(Event.MEMBER_REMOVED, actor=actor, team_id=team.pk, subject=found.user)
    return found


def _revoke_those_of(user: User, team: Team) -> None:
    """Let nobody come in by an invitation of somebody who may not invite any more."""
    team.invitations.filter(created_by=user, revoked_at=None).update(revoked_at=timezone.now())


def _lock(team: Team) -> None:
    """Let changes to the members of one team wait for each other until the transaction ends."""
    Team.objects.select_for_update().get(pk=team.pk)


def _require_owner(team: Team) -> None:
    if not team.memberships.filter(role=Role.OWNER).exists():
        raise TeamError("A team needs an owner. Make somebody else an owner first.")


@transaction.atomic
def _own(user: User) -> Membership:
    """A team of the user's own, unless another request has just made one."""
    User.objects.select_for_update().get(pk=user.pk)
    if found := Membership.objects.filter(user=user).select_related("team").first():
        return found
    legible = "".join(letter for letter in user.get_username() if letter.isprintable())
    create(actor=user, name=f"{legible[: NAME_LENGTH - 10] or 'Somebody'}’s team")
    return Membership.objects.select_related("team").get(user=user)


def _role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise TeamError("There is no such role. Choose one of the list.") from None


def _tidy(name: str) -> str:
    tidy = one_line(name, "The name", refusal=TeamError)
    if not tidy:
        raise TeamError("The name of the team is empty. Write one.")
    return tidy
