"""Templates: made from profiles, found, declared, and filled in.

Who can start from one, `Profile.objects.templates_for` says; what may be done, `profiles.policy`. Every function raises
Profile.DoesNotExist for what is not there or not to be seen, and NotAllowedError for what the role does not allow.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from django.db import transaction
from django.db.models import Q

from profiles.catalogue.findings import Severity
from profiles.exceptions import DocumentError, ProblemsError, VariablesError
from profiles.models import Profile, Team, User, Visibility
from profiles.models.lengths import NAME_LENGTH
from profiles.models.profile import ProfileQuerySet
from profiles.plist.document import Document, random_uuid
from profiles.plist.templates.declaration import ENVELOPE_PART, Declaration, Place
from profiles.plist.templates.instance import instantiate
from profiles.plist.templates.variables import check_answers, uses
from profiles.policy import Action, require
from profiles.services import audit, profiles
from profiles.services.audit import Event
from profiles.services.certificate_evidence import check
from profiles.services.document_storage import load
from profiles.services.pagination import LongPage, page_of
from profiles.services.profiles import HEAVY, matching

NAME: Final = Place(ENVELOPE_PART, "PayloadDisplayName")
"""What a profile is called: asked for with every template, unless it locks it."""

MOST_LISTED: Final = 500
"""Templates that a list to choose from holds."""

Show = Literal["private", "team", "everyone"]


def search(*, user: User, team: Team, show: Show = "team", text: str = "", page: int | str = 1) -> LongPage:
    """One page of the templates of the team, of the user alone, or of everyone, the one that changed last first."""
    require(user, Action.LOOK, team.pk)
    found = matching(_shown(user, team, show), text)
    # The summary stands in the declaration.
    light = [column for column in HEAVY if column != "declaration"]
    return page_of(found.defer(*light).order_by("-updated_at", "-id"), page)


def _shown(user: User, team: Team, show: Show) -> ProfileQuerySet:
    there = Profile.objects.filter(is_template=True, deleted_at=None)
    if show == "everyone":
        return there.filter(visibility=Visibility.SERVER).select_related("team")
    if show == "private":
        return there.filter(team=team, visibility=Visibility.PRIVATE, created_by=user)
    return there.filter(team=team).open_to(user)


def fillable(*, user: User, team: Team) -> list[Profile]:
    """The names of what can be filled in for the team, in order, MOST_LISTED at most."""
    require(user, Action.FILL, team.pk)
    usable = Q(team=team) | Q(visibility=Visibility.SERVER)
    rows = Profile.objects.templates_for(user).filter(usable).order_by("sort_key", "id").defer(*HEAVY)
    return list(rows[:MOST_LISTED])


def find(*, user: User, template_id: uuid.UUID) -> Profile:
    """A template that the user can start from.

    Unless it is for everyone, the role in its team has to allow that: what is filled in holds its secrets.
    """
    template = Profile.objects.templates_for(user).select_related("team").get(pk=template_id)
    if template.visibility != Visibility.SERVER:
        require(user, Action.FILL, template.team_id)
    return template


def find_for(*, actor: User, team: Team, template_id: uuid.UUID) -> Profile:
    """The same, to be filled in for `team`; raises DocumentError where it is for another team alone."""
    require(actor, Action.FILL, team.pk)
    template = find(user=actor, template_id=template_id)
    if team.pk != template.team_id and template.visibility != Visibility.SERVER:
        raise DocumentError(f"“{template}” is for its own team alone. Choose that team, then fill it in.")
    return template


def note_use(*, actor: User, team: Team, template: Profile) -> None:
    """Let the log of the template’s team know that another team starts from it."""
    if team.pk != template.team_id:
        audit.record(
            Event.TEMPLATE_USED,
            actor=actor,
            team_id=template.team_id,
            subject=template,
            detail="by another team",
        )


def make(*, actor: User, profile: Profile) -> Profile:
    """A template with what is in the profile, secrets included; the profile stays as it is."""
    profile = Profile.objects.for_user(actor).select_related("team").get(pk=profile.pk)
    original = load(profile)
    copy = profiles.copied(original, title=original.title or original.identifier)
    document = replace(copy, declaration=copy.declaration or Declaration())
    return profiles.create(
        actor=actor,
        team=profile.team,
        document=document,
        comment=f"From the profile “{str(profile)[:200]}”",
        event=Event.TEMPLATE_MADE,
    )


@transaction.atomic
def declare(
    *,
    actor: User,
    template_id: uuid.UUID,
    declaration: Declaration,
    visibility: str,
    base_revision: int,
    comment: str = "",
    visibility_before: str | None = None,
) -> Profile:
    """Store what is variable, locked and asked for, and who can see the template.

    `visibility_before` is who could see it when it was opened. Raises ConflictError and DocumentError as
    `profiles.save` does, and DocumentError when somebody has changed who can see it.
    """
    template = Profile.objects.for_user(actor).filter(is_template=True).get(pk=template_id)
    if visibility not in Visibility:
        raise DocumentError("There is no such choice of who can see the template. Choose one of the list.")
    if visibility == Visibility.PRIVATE and template.created_by_id != actor.pk:
        raise DocumentError(
            "Only whoever made the template can keep it for themselves. Let the team or everyone start from it."
        )
    if visibility_before not in (None, template.visibility):
        raise DocumentError("Somebody has changed who can start from it. Choose again, then save.")
    document = replace(load(template), declaration=declaration)
    saved = profiles.save(
        actor=actor, profile_id=template.pk, document=document, base_revision=base_revision, comment=comment
    )
    if saved.visibility != visibility:
        saved.visibility = visibility
        saved.save(update_fields=["visibility"])
        profiles.note_visibility(actor=actor, profile=saved)
    return saved


def proposed_name(document: Document) -> str:
    """What a profile made from this template is called unless somebody says otherwise; empty where that varies."""
    varies = any((ENVELOPE_PART, NAME.path) in places for places in uses(document).values())
    return "" if varies else document.title[:NAME_LENGTH]


def use(
    *,
    actor: User,
    team: Team,
    template: Profile,
    name: str,
    answers: Mapping[str, str],
    values: Mapping[Place, Any],
) -> Profile:
    """A new profile of `team`, made from the template as it is now.

    `values` are for the keys that it asks for. Raises VariablesError for an answer that is missing or not as it has to
    be, ProblemsError when what comes out has errors.
    """
    template = find_for(actor=actor, team=team, template_id=template.pk)
    asked = load(template)
    require_answers(asked.declaration, answers)
    document = made(template, asked, uuid=random_uuid(), name=name, answers=answers, values=values)
    require_right(document)
    with transaction.atomic():
        note_use(actor=actor, team=team, template=template)
        return profiles.create(
            actor=actor,
            team=team,
            document=document,
            comment=f"From the template “{str(template)[:200]}”, revision {template.revision}",
        )


def made(
    template: Profile,
    document: Document,
    *,
    uuid: str,
    name: str,
    answers: Mapping[str, str],
    values: Mapping[Place, Any],
    revision: int | None = None,
) -> Document:
    """The profile that `document`, a revision of the template, becomes; an empty name leaves that of the template."""
    instance = instantiate(
        document,
        template_id=str(template.pk),
        revision=revision or template.revision,
        uuid=uuid,
        answers=answers,
        values=values,
    )
    title = " ".join(name.split())
    declaration = document.declaration or Declaration()
    if not title or NAME in declaration.locked:
        return instance
    return replace(instance, envelope={**instance.envelope, NAME.path: title})


def require_answers(declaration: Declaration | None, answers: Mapping[str, str]) -> None:
    """Raise VariablesError, with a sentence for each, where an answer is missing, unknown, or not as it has to be."""
    if wrong := check_answers(declaration or Declaration(), answers):
        raise VariablesError(" ".join(wrong.values()), names=list(wrong))


def require_right(document: Document) -> None:
    """Raise ProblemsError where a filled-in template has errors: whoever fills it in need not know how to fix them."""
    problems = [problem for problem in check(document) if problem.severity is Severity.ERROR]
    if problems:
        raise ProblemsError(
            "This cannot be installed as it is. Fix what is marked, or ask an editor to fix the template.",
            problems=problems,
            buildable=False,
        )
