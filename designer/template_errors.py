"""What pages tell of the errors of a template itself, before anybody fills it in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from designer.forms.document_form import DocumentForm
from designer.review import MAX_PROBLEMS, ShownProblem, shown
from profiles.models import Profile, User
from profiles.plist.document import Document, Problem


@dataclass(frozen=True, kw_only=True)
class ShownErrors:
    """The errors, `more` beyond those, and the address of the template; empty for whoever cannot open it."""

    problems: Sequence[ShownProblem]
    more: int
    page: str


def shown_errors(
    user: User, template_id: uuid.UUID, document: Document, found: Sequence[Problem]
) -> ShownErrors | None:
    """What to tell of the template that `document` is a revision of; None where nothing is wrong."""
    if not found:
        return None
    form = DocumentForm(document)
    mine = Profile.objects.for_user(user).filter(pk=template_id).exists()
    return ShownErrors(
        problems=[shown(form, problem) for problem in found[:MAX_PROBLEMS]],
        more=max(0, len(found) - MAX_PROBLEMS),
        page=reverse("profile", args=[template_id]) if mine else "",
    )
