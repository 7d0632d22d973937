"""What pages tell of the problems of a template itself, whatever it is filled in with."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.urls import reverse

from designer.forms.document_form import DocumentForm
from designer.presentation.review import MAX_PROBLEMS, ShownProblem, on_page, shown
from profiles.models import BulkRun, Profile, User
from profiles.plist.document import Document, Problem
from profiles.plist.validation.validate import has_errors
from profiles.policy import Action, may
from profiles.services.bulk.templates import (
    TemplateProblems,
    problems_by_now,
    template_document,
    template_problems,
)

_TITLE: Final = "The template itself has {kind}"
_OF_REVISION: Final = "Revision {revision} of the template has {kind}"
_UNCHANGED: Final = (
    "No row of the list can fix them. This run stays with the revision of the template that it was begun with: correct "
    "the template, then bring the list again."
)
_DOUBTS: Final = (
    "Profiles are made all the same, and no row of the list can fix them. This run stays with the revision of the "
    "template that it was begun with: to fix them, correct the template, then bring the list again."
)
_CORRECTED: Final = (
    "This run stays with revision {revision}, which it was begun with. The template was corrected since and is at "
    "revision {now}: bring the list again."
)
_STILL_WRONG: Final = (
    "This run stays with revision {revision}, which it was begun with. The template is at revision {now} by now, and "
    "still has {kind}: correct it, then bring the list again."
)


@dataclass(frozen=True, kw_only=True)
class ShownErrors:
    """The problems, and `more` beyond those; `title` stands above them, and `told` says what they mean here.

    `page` is the address of the template, empty for whoever cannot open it; `mends` tells who may change it there.
    `new_run` is the address at which a run begins anew, where that is all that is left to do.
    """

    title: str
    told: str
    problems: Sequence[ShownProblem]
    more: int
    page: str
    mends: bool
    new_run: str = ""


def shown_errors(
    user: User, template_id: uuid.UUID, document: Document, found: Sequence[Problem], *, told: str
) -> ShownErrors | None:
    """What to tell of the template that `document` is a revision of; None where nothing is wrong."""
    if not found:
        return None
    mine = Profile.objects.for_user(user).filter(pk=template_id).values_list("team_id", flat=True).first()
    page = reverse("profile", args=[template_id]) if mine else ""
    return ShownErrors(
        title=_TITLE.format(kind=_kind(found)),
        told=told,
        problems=_placed(document, found, page),
        more=max(0, len(found) - MAX_PROBLEMS),
        page=page,
        mends=mine is not None and may(user, Action.EDIT, mine),
    )


def of_run(user: User, run: BulkRun, *, doubts: bool = False) -> ShownErrors | None:
    """What to tell of the revision of the template that a run stays with, and of what became of it since.

    Its warnings, too, where it is to tell of `doubts`. Raises EncryptionError where its secrets cannot be opened.
    """
    document = template_document(run.template_id, run.template_revision)
    found = _found(template_problems(run), doubts=doubts)
    told = _UNCHANGED if has_errors(found) else _DOUBTS
    own = shown_errors(user, run.template_id, document, found, told=told)
    revision, now = run.template_revision, run.template.revision
    if own is None or run.template.deleted_at is not None or now == revision:
        return own
    own = replace(own, title=_OF_REVISION.format(revision=revision, kind=_kind(found)))
    left = _found(problems_by_now(run), doubts=not has_errors(found))
    if left:
        return replace(own, told=_STILL_WRONG.format(revision=revision, now=now, kind=_kind(left)))
    # Where they stood, nothing is to be corrected any more.
    return replace(
        own,
        told=_CORRECTED.format(revision=revision, now=now),
        problems=_placed(document, found, ""),
        new_run=f"{reverse('new_run')}?template={run.template_id}",
    )


def _found(own: TemplateProblems, *, doubts: bool) -> Sequence[Problem]:
    return (*own.errors, *own.doubts) if doubts else own.errors


def _kind(found: Sequence[Problem]) -> str:
    return "errors" if has_errors(found) else "warnings"


def _placed(document: Document, found: Sequence[Problem], page: str) -> list[ShownProblem]:
    """MAX_PROBLEMS of the problems with their places, which lead nowhere without a page."""
    form = DocumentForm(document)
    told = [shown(form, problem, page=page) for problem in on_page(form, found)[:MAX_PROBLEMS]]
    return told if page else [replace(each, row="", folded="") for each in told]
