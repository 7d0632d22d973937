"""Templates for people elsewhere: by a link that shows them, and as a file. Neither holds a secret."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from profiles.models import Profile, ShareLink, Team, User, Visibility
from profiles.plist.templates import file
from profiles.plist.templates.file import ToBeFilledIn
from profiles.policy import Action, require
from profiles.services import audit, profiles
from profiles.services.audit import Event
from profiles.services.document_storage import load
from profiles.services.links import LIFETIMES, LISTED, Issued, issue, spend


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A template from a file, and the secrets that the file does not hold."""

    template: Profile
    to_be_filled_in: tuple[ToBeFilledIn, ...]


@transaction.atomic
def share(*, actor: User, template: Profile, days: int) -> Issued[ShareLink]:
    """A link by which anybody can look at the template and take a copy, for so many days; raises LinkError."""
    require(actor, Action.EDIT, template.team_id)
    issued = issue(ShareLink(template=template), actor=actor, days=days)
    audit.record(
        Event.TEMPLATE_SHARED,
        actor=actor,
        team_id=template.team_id,
        subject=template,
        detail=LIFETIMES[days],
    )
    return issued


def links(template: Profile) -> Sequence[ShareLink]:
    """The newest links of the template."""
    return list(template.share_links.select_related("created_by")[:LISTED])


@transaction.atomic
def revoke(*, actor: User, template: Profile, link_id: uuid.UUID) -> None:
    """Let the link show nothing any more; raises ShareLink.DoesNotExist when it is not the template's."""
    require(actor, Action.EDIT, template.team_id)
    link = template.share_links.select_for_update().get(pk=link_id)
    if link.state() != "open":
        return
    link.revoke()
    audit.record(Event.SHARE_REVOKED, actor=actor, team_id=template.team_id, subject=template)


def find_shared(token: str) -> ShareLink:
    """The link of that token; raises ShareLink.DoesNotExist for none, LinkError when it is no good any more."""
    link = ShareLink.objects.with_token(token).select_related("template__team").get()
    link.require_open()
    if link.template.deleted_at is not None:
        raise ShareLink.DoesNotExist
    return link


@transaction.atomic
def take(*, actor: User, team: Team, link: ShareLink) -> Imported:
    """A copy of a shared template for one's own team, without its secrets."""
    text = file.write(load(link.template))
    spend(link)
    audit.record(
        Event.SHARE_USED, actor=actor, team_id=link.template.team_id, subject=link.template, detail="copied"
    )
    return import_file(actor=actor, team=team, text=text, comment=f"From “{str(link.template)[:200]}”")


@transaction.atomic
def download_shared(link: ShareLink) -> str:
    """The shared template as a file."""
    spend(link)
    audit.record(
        Event.SHARE_USED, actor=None, team_id=link.template.team_id, subject=link.template, detail="as a file"
    )
    return file.write(load(link.template))


def export(*, user: User, template: Profile) -> str:
    """The template as a file: JSON without secrets, which it lists as to be filled in."""
    require(user, Action.LOOK, template.team_id)
    audit.record(Event.TEMPLATE_EXPORTED, actor=user, team_id=template.team_id, subject=template)
    return file.write(load(template))


def import_file(*, actor: User, team: Team, text: str, comment: str = "From a file") -> Imported:
    """A template of the team from such a file; raises SpecError with the reason where it cannot be read."""
    require(actor, Action.EDIT, team.pk)
    document, missing = file.read(text)
    template = profiles.create(
        actor=actor,
        team=team,
        document=document,
        comment=comment,
        event=Event.TEMPLATE_IMPORTED,
        visibility=Visibility.TEAM,
    )
    return Imported(template=template, to_be_filled_in=missing)
