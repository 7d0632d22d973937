"""Profiles that were made from a template, and how they follow it: by a three-way merge that somebody has looked at."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from profiles.catalogue.conditions import is_set
from profiles.exceptions import ConflictError, DocumentError, NotAllowedError
from profiles.models import Profile, User
from profiles.models.profile import ProfileQuerySet
from profiles.plist.document import Document
from profiles.plist.templates.declaration import Declaration, Origin, Place
from profiles.plist.templates.instance import NO_VALUES, holding, place_in_instance
from profiles.plist.templates.merge import NO_CHOICES, WHOLE, Merge, MergeChange, Side, merge
from profiles.plist.templates.variables import check_answers, confidential, uses
from profiles.plist.validation.references import follow
from profiles.policy import Action, may, require
from profiles.services import profiles
from profiles.services.audit import Event
from profiles.services.document_storage import load, revision_document
from profiles.services.templates import NAME, find, made, proposed_name, require_answers, require_right

MOST_UPDATED: Final = 200
MOST_LOOKED_AT: Final = 1_000
"""Profiles that are updated, and looked at for that, at once: a person waits for it."""


@dataclass(frozen=True, kw_only=True)
class Update:
    """What a profile would become: the merge, and the revision of the template that it leads to."""

    template: Profile
    revision: int
    declaration: Declaration
    answers: Mapping[str, str]
    merge: Merge


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What the template would make of a profile; `obstacle` says why that takes a person, where it does."""

    profile: Profile
    proposed: Update | None = None
    obstacle: str = ""

    @property
    def changes(self) -> tuple[MergeChange, ...]:
        """What would change, as far as it could be worked out."""
        return self.proposed.merge.changes if self.proposed else ()


@dataclass(frozen=True, kw_only=True)
class Updated:
    """What became of all profiles of a template: how many were updated, and those that somebody has to look at."""

    done: int
    left: tuple[Profile, ...]


def instances(*, user: User, template: Profile, behind: bool = False) -> ProfileQuerySet:
    """The profiles in the user's teams that were made from the template; those alone that it has left behind."""
    found = Profile.objects.for_user(user).filter(template=template)
    return found.filter(template_revision__lt=F("template__revision")) if behind else found


def propose(
    *,
    user: User,
    profile: Profile,
    answers: Mapping[str, str] | None = None,
    take: Mapping[Place, Side] = NO_CHOICES,
) -> Update:
    """What the profile becomes with the template as it is now; nothing is stored.

    `answers` are added to those that the profile was made with. Raises VariablesError for a variable without a value,
    DocumentError when the template is gone, or the profile stands by itself.
    """
    mine = load(profile)
    origin = _origin(mine)
    template = _template(user, origin)
    now = load(template)
    declaration = now.declaration or Declaration()
    given = {**_known(now, origin), **(answers or {})}
    theirs = made(template, now, uuid=mine.uuid, name="", answers=given, values=NO_VALUES)
    base = _as_it_was(template, _then(template, origin), mine, NO_VALUES)
    merged = merge(base, theirs, mine, asked=_asked(declaration, mine.uuid), take=take)
    return Update(
        template=template,
        revision=template.revision,
        declaration=declaration,
        answers=given,
        merge=merged,
    )


@transaction.atomic
def update(
    *,
    actor: User,
    profile: Profile,
    base_revision: int,
    revision: int,
    answers: Mapping[str, str],
    take: Mapping[Place, Side],
) -> Profile:
    """Let the profile follow its template to the revision that was looked at.

    Raises as `propose` does, ConflictError when the profile was saved meanwhile, DocumentError when the template was.
    """
    require(actor, Action.EDIT, profile.team_id)
    proposed = propose(user=actor, profile=profile, answers=answers, take=take)
    require_answers(proposed.declaration, proposed.answers)
    if proposed.revision != revision:
        raise DocumentError("The template was saved meanwhile. Look at what changes now, then update.")
    return _follow(actor, profile, proposed, base_revision)


def _follow(actor: User, profile: Profile, proposed: Update, base_revision: int) -> Profile:
    return profiles.save(
        actor=actor,
        profile_id=profile.pk,
        document=proposed.merge.document,
        base_revision=base_revision,
        comment=f"Updated to revision {proposed.revision} of “{str(proposed.template)[:200]}”",
        event=Event.PROFILE_UPDATED,
    )


def update_all(*, actor: User, template: Profile) -> Updated:
    """Let every profile follow that nothing speaks against; those with conflicts or open questions are left.

    So are those in teams where the role does not allow it; raises NotAllowedError for the team of the template.
    """
    require(actor, Action.EDIT, template.team_id)
    done, left = 0, []
    for profile in _behind(actor, template)[:MOST_LOOKED_AT]:
        if done == MOST_UPDATED:
            break
        try:
            found = look(user=actor, profile=profile)
            if found.proposed is None or found.obstacle:
                left.append(profile)
                continue
            _follow(actor, profile, found.proposed, profile.revision)
            done += 1
        except Profile.DoesNotExist:
            continue  # deleted meanwhile
        except (ConflictError, DocumentError):
            left.append(profile)
    return Updated(done=done, left=tuple(left))


def review(*, user: User, template: Profile, most: int) -> list[Looked]:
    """What “update all” would do to the first so many profiles."""
    return [look(user=user, profile=profile) for profile in _behind(user, template)[:most]]


def look(*, user: User, profile: Profile) -> Looked:
    """What would change in a profile that follows its template, or why somebody has to look at it."""
    try:
        proposed = propose(user=user, profile=profile)
    except DocumentError as error:
        return Looked(profile=profile, obstacle=str(error))
    if check_answers(proposed.declaration, proposed.answers):
        obstacle = "The template asks for something new."
    elif number := len(proposed.merge.conflicts):
        obstacle = f"Changed on both sides: {number} {'key' if number == 1 else 'keys'}."
    elif not may(user, Action.EDIT, profile.team_id):
        obstacle = "Your role in its team does not allow you to change it."
    else:
        obstacle = ""
    return Looked(profile=profile, proposed=proposed, obstacle=obstacle)


def _behind(user: User, template: Profile) -> ProfileQuerySet:
    return instances(user=user, template=template, behind=True).order_by("pk")


@dataclass(frozen=True, kw_only=True)
class OpenQuestions:
    """The variables of the template as it is now that a profile has no value for, and the template itself."""

    template: Profile
    document: Document
    names: tuple[str, ...]


def open_questions(*, user: User, profile: Profile) -> OpenQuestions:
    """What has to be answered before the profile can follow its template; raises as `propose` does."""
    origin = _origin(load(profile))
    template = _template(user, origin)
    document = load(template)
    wrong = check_answers(document.declaration or Declaration(), _known(document, origin))
    return OpenQuestions(template=template, document=document, names=tuple(wrong))


def _known(document: Document, origin: Origin) -> dict[str, str]:
    """The answers to what the template still asks."""
    names = {variable.name for variable in (document.declaration or Declaration()).variables}
    return {name: answer for name, answer in origin.answers.items() if name in names}


def questions(*, user: User, profile: Profile) -> tuple[Profile, Document]:
    """The template of a profile, and the revision of it that the profile is up to, with what was asked filled in."""
    mine = load(profile)
    origin = _origin(mine)
    template = _template(user, origin)
    document = _then(template, origin)
    return template, holding(document, _current(document, mine))


def answer(
    *,
    actor: User,
    profile: Profile,
    base_revision: int,
    name: str,
    answers: Mapping[str, str],
    values: Mapping[Place, Any],
) -> Profile:
    """Fill in the short form of a profile again; what was edited in the profile since then stays.

    Raises as `templates.use` does, and ConflictError when the profile was saved meanwhile.
    """
    mine = load(profile)
    origin = _origin(mine)
    template = _template(actor, origin)
    document = _then(template, origin)
    filled = _Filled(
        template=template,
        document=document,
        revision=origin.revision,
        name=name,
        answers=answers,
        values=values,
    )
    return _fill(actor, profile, mine, filled, base_revision, comment="Filled in again")


def fill_again(
    *,
    actor: User,
    profile: Profile,
    base_revision: int,
    name: str,
    answers: Mapping[str, str],
    values: Mapping[Place, Any],
) -> Profile:
    """Fill in the template as it is now for a profile that was made from it before, which follows it that way.

    A name that is empty, or that the template proposes, leaves that of the profile, and a secret that is empty leaves
    that secret. Raises as `answer` does, and DocumentError where both sides have changed what nobody was asked.
    """
    mine = load(profile)
    origin = _origin(mine)
    template = _template(actor, origin)
    document = load(template)
    typed = " ".join(name.split())
    filled = _Filled(
        template=template,
        document=document,
        revision=template.revision,
        name=mine.title if typed in ("", proposed_name(document)) else typed,
        answers={**answers, **_kept_answers(document, origin, answers)},
        values={**values, **_kept_secrets(document, mine, values)},
    )
    comment = f"Filled in again, with revision {template.revision} of “{str(template)[:200]}”"
    return _fill(actor, profile, mine, filled, base_revision, comment=comment)


@dataclass(frozen=True, kw_only=True)
class _Filled:
    """A revision of a template, and what was typed into its short form."""

    template: Profile
    document: Document
    revision: int
    name: str
    answers: Mapping[str, str] = field(repr=False)
    values: Mapping[Place, Any] = field(repr=False)


def _fill(
    actor: User, profile: Profile, mine: Document, filled: _Filled, base_revision: int, *, comment: str
) -> Profile:
    require_answers(filled.document.declaration, filled.answers)
    origin = _origin(mine)
    behind = origin.revision != filled.revision
    then = _then(filled.template, origin) if behind else filled.document
    # But for what was asked, which is as it is now.
    before = _as_it_was(filled.template, then, mine, _current(then, mine))
    # What nobody has called otherwise, the template goes on calling.
    named = "" if " ".join(filled.name.split()) == mine.title == before.title else filled.name
    after = made(
        filled.template,
        filled.document,
        uuid=mine.uuid,
        name=named,
        answers=filled.answers,
        values=filled.values,
        revision=filled.revision,
    )
    before = replace(before, envelope={**before.envelope, NAME.path: mine.title})
    conflicts = merge(before, after, mine).conflicts
    if behind:
        _require_answered(conflicts, filled.document, mine)
    # Whoever answers again means the answer; a payload that was taken out by hand stays out.
    meant = [conflict.place for conflict in conflicts if conflict.place.path != WHOLE]
    merged = merge(before, after, mine, take=dict.fromkeys(meant, "theirs"))
    require_right(merged.document)
    return profiles.save(
        actor=actor,
        profile_id=profile.pk,
        document=merged.document,
        base_revision=base_revision,
        comment=comment,
        action=Action.FILL,
    )


def _require_answered(conflicts: Collection[MergeChange], document: Document, mine: Document) -> None:
    """Raise DocumentError where both the template and somebody have changed a key that no answer is for."""
    asked = (document.declaration or Declaration()).asked | {NAME}
    parts = {name: part for part, (name, _, _) in document.places().items()}
    answered = {
        Place(parts[name], path.partition("[")[0])
        for places in uses(document).values()
        for name, path in places
    }
    meant = {place_in_instance(place, mine.uuid) for place in asked | answered}
    for conflict in conflicts:
        if conflict.place not in meant:
            raise DocumentError(
                f"{conflict.label} was changed both in the profile and in its template since. Let an editor update the "
                "profile, then fill it in again."
            )


def _kept_answers(document: Document, origin: Origin, answers: Mapping[str, str]) -> dict[str, str]:
    """The secrets that were answered before and are left empty now."""
    hidden, known = confidential(document), _known(document, origin)
    return {name: known[name] for name in known if name in hidden and not answers.get(name, "").strip()}


def _kept_secrets(document: Document, mine: Document, values: Mapping[Place, Any]) -> dict[Place, Any]:
    """The same of the keys that are asked for."""
    parts = document.places()
    found = {}
    for place, value in _current(document, mine).items():
        key = parts[place.part][1].by_path.get(place.path) if place.part in parts else None
        if key is not None and key.secret and not is_set(values.get(place)):
            found[place] = value
    return found


@transaction.atomic
def detach(*, actor: User, profile: Profile) -> Profile:
    """Let the profile stand by itself: nothing is locked any more, and no template updates it."""
    document = load(profile)
    _origin(document)
    return profiles.save(
        actor=actor,
        profile_id=profile.pk,
        document=replace(document, origin=None),
        base_revision=profile.revision,
        comment="Detached from its template",
        event=Event.PROFILE_DETACHED,
    )


def _origin(document: Document) -> Origin:
    if document.origin is None:
        raise DocumentError("This profile was not made from a template, or was detached from it.")
    return document.origin


def _template(user: User, origin: Origin) -> Profile:
    try:
        return find(user=user, template_id=uuid.UUID(origin.template))
    except (Profile.DoesNotExist, NotAllowedError):
        raise DocumentError(
            f"The template “{origin.title}” was deleted, or is not shared with you any more. The profile works as it "
            "is; detach it to change what was locked."
        ) from None


def _then(template: Profile, origin: Origin) -> Document:
    """The template as it was when the profile was made from it, or updated last."""
    return revision_document(template.revisions.get(number=origin.revision))


def _as_it_was(template: Profile, then: Document, mine: Document, values: Mapping[Place, Any]) -> Document:
    """The profile as it came from the template, which was `then`."""
    origin = _origin(mine)
    return made(
        template,
        then,
        uuid=mine.uuid,
        name="",
        answers=origin.answers,
        values=values,
        revision=origin.revision,
    )


def _asked(declaration: Declaration, uuid: str) -> frozenset[Place]:
    return frozenset(place_in_instance(place, uuid) for place in declaration.asked | {NAME})


def _current(document: Document, mine: Document) -> Mapping[Place, Any]:
    """What the profile holds now where its template asks, by places and with references of the template."""
    declaration = document.declaration or Declaration()
    parts = mine.places()
    back = {_uuid_in_instance(part.uuid, mine.uuid): part.uuid for part in document.payloads}
    found = {}
    for place in declaration.asked:
        part, path = place_in_instance(place, mine.uuid)
        if part in parts:
            _, payload, values = parts[part]
            found[place] = follow(payload.flat(values).get(path), back)
    return found


def _uuid_in_instance(part: str, uuid: str) -> str:
    return place_in_instance(Place(part, WHOLE), uuid).part
