"""What an imported profile is written otherwise than Apple documents it, fixed at any time later."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from designer.presentation.import_review import Words, by_code
from designer.presentation.review import told_brought
from designer.views.profiles import own_profile
from designer.web import current_team
from designer.web.parameters import number_of
from profiles.exceptions import ConflictError, DocumentError
from profiles.models import Profile, User
from profiles.plist.validation.repairs import mended, repairs
from profiles.policy import Action
from profiles.services import profiles
from profiles.services.certificate_evidence import check
from profiles.services.document_storage import load
from profiles.services.imports import PUT_RIGHT


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def put_right(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Show what can be fixed; on POST fix what was chosen."""
    row = own_profile(request, profile_id)
    if request.method != "POST":
        return _page(request, row)
    current_team.require(request, Action.EDIT)
    chosen = request.POST.getlist("repair")
    if not chosen:
        return _page(request, row, error="Nothing is chosen. Tick what is to be fixed.", status=422)
    try:
        fixed = mended(load(row), check, chosen)
        profiles.save(
            actor=cast(User, request.user),
            profile_id=row.pk,
            document=fixed.document,
            base_revision=number_of(request.POST.get("base_revision")),
            comment=PUT_RIGHT,
        )
    except ConflictError as conflict:
        told = f"{conflict.author or 'Somebody'} saved this profile after you opened it. Look again, then choose."
        return _page(request, row, error=told, status=409)
    except DocumentError as refusal:
        return _page(request, row, error=str(refusal), status=422)
    messages.success(request, "Fixed and saved.")
    if brought := told_brought(fixed.brought):
        messages.warning(request, f"{brought} The history has the way back.")
    return redirect("profile", row.pk)


def _page(request: HttpRequest, row: Profile, *, error: str = "", status: int = 200) -> HttpResponse:
    row.refresh_from_db()
    document = load(row)
    context: dict[str, Any] = {
        "profile": row,
        "groups": by_code(Words(document), repairs(document, check(document))),
        "chosen": set(request.POST.getlist("repair")),
        "error": error,
        "base_revision": row.revision,
    }
    return render(request, "imports/put_right.html", context, status=status)
