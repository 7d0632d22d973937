"""What pages tell of the errors of a template itself, before anybody fills it in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from designer.forms.document_form import DocumentForm
from designer.review import MAX_PROBLEMS, ShownProblem, shown
from profiles.models import Profile, User
from profiles.plist.document import Document, Problem
from profiles.policy import Action, may


@dataclass(frozen=True, kw_only=True)
class ShownErrors:
    """The errors, and `more` beyond those.

    `page` is the address of the template, empty for whoever cannot open it; `mends` tells who may change it there.
    """

    problems: Sequence[ShownProblem]
    more: int
    page: str
    mends: bool


def shown_errors(
    user: User, template_id: uuid.UUID, document: Document, found: Sequence[Problem]
) -> ShownErrors | None:
    """What to tell of the template that `document` is a revision of; None where nothing is wrong."""
    if not found:
        return None
    form = DocumentForm(document)
    mine = Profile.objects.for_user(user).filter(pk=template_id).values_list("team_id", flat=True).first()
    page = reverse("profile", args=[template_id]) if mine else ""
    told = [shown(form, problem, page=page) for problem in found[:MAX_PROBLEMS]]
    return ShownErrors(
        # Whoever cannot open the template is led nowhere.
        problems=told if page else [replace(each, row="", folded="") for each in told],
        more=max(0, len(found) - MAX_PROBLEMS),
        page=page,
        mends=mine is not None and may(user, Action.EDIT, mine),
    )
